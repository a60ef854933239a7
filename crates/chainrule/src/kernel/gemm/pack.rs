//! Copies of parts of matrices, arranged so that the tiles read them straight through.

use super::Strided;

/// A part of a matrix: its first row and column, and how many of each.
#[derive(Clone, Copy)]
pub(super) struct Block {
    pub row: usize,
    pub column: usize,
    pub rows: usize,
    pub columns: usize,
}

/// How many numbers of a buffer lie before the first whose address is a multiple of 64 bytes, at most; loads from there
/// on never straddle two lines of the cache.
pub(super) const MARGIN: usize = 16;

/// A run of `count` numbers in a buffer that grows when it is too short, aligned to a line of the cache.
pub(super) fn aligned<T: Copy + Default>(buffer: &mut Vec<T>, count: usize) -> &mut [T] {
    if buffer.len() < count + MARGIN {
        buffer.resize(count + MARGIN, T::default());
    }
    let start = buffer.as_ptr().align_offset(64).min(MARGIN);
    &mut buffer[start..][..count]
}

/// Copies a block of a matrix into panels of `width` columns, one after the other; a panel's rows lie `width` numbers
/// apart.
#[inline(always)]
pub(super) fn panels<T: Copy>(from: Strided<T>, block: Block, width: usize, to: &mut [T]) {
    for (panel, to) in to.chunks_exact_mut(width * block.rows).enumerate() {
        let first = panel * width;
        let columns = width.min(block.columns - first);
        let start = block.row * from.row + (block.column + first) * from.column;
        if from.column == 1 {
            for (row, to) in to.chunks_exact_mut(width).enumerate() {
                to[..columns].copy_from_slice(&from.data[start + row * from.row..][..columns]);
            }
        } else {
            for column in 0..columns {
                let from_column = &from.data[start + column * from.column..];
                for (row, to) in to[column..].iter_mut().step_by(width).enumerate() {
                    *to = from_column[row * from.row];
                }
            }
        }
    }
}

/// Copies a block of a matrix whose rows (or columns) lie far apart to where they lie together, `distance` numbers from
/// one to the next.
#[inline(always)]
pub(super) fn compact<T: Copy>(from: Strided<T>, block: Block, distance: usize, to: &mut [T]) {
    let start = block.row * from.row + block.column * from.column;
    let (count, step, length) = match from.column {
        1 => (block.rows, from.row, block.columns),
        _ => (block.columns, from.column, block.rows),
    };
    for (i, to) in to.chunks_exact_mut(distance).take(count).enumerate() {
        to[..length].copy_from_slice(&from.data[start + i * step..][..length]);
    }
}
