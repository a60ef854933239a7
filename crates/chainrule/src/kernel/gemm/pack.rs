//! Copies of parts of matrices, arranged so that the tiles read them straight through.

use super::{Number, Strided, Tiles};

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
pub(in crate::kernel) fn aligned<T: Copy + Default>(buffer: &mut Vec<T>, count: usize) -> &mut [T] {
    if buffer.len() < count + MARGIN {
        buffer.resize(count + MARGIN, T::default());
    }
    let start = buffer.as_ptr().align_offset(64).min(MARGIN);
    &mut buffer[start..][..count]
}

/// Copies a block of a matrix into panels of `width` columns, one after the other; a panel's rows lie `width` numbers
/// apart.
///
/// # Safety
/// The machine must have the instructions of `K`.
#[inline(always)]
pub(super) unsafe fn panels<K: Tiles>(from: Strided<Number<K>>, block: Block, width: usize, to: &mut [Number<K>]) {
    for (panel, to) in to.chunks_exact_mut(width * block.rows).enumerate() {
        let first = panel * width;
        let columns = width.min(block.columns - first);
        let start = block.row * from.row + (block.column + first) * from.column;
        if from.column == 1 {
            for (row, to) in to.chunks_exact_mut(width).enumerate() {
                to[..columns].copy_from_slice(&from.data[start + row * from.row..][..columns]);
            }
            continue;
        }
        // A square of numbers at a time where the columns lie straight, then what is left of both.
        let squares = |count: usize| if from.row == 1 { count - count % K::SQUARE } else { 0 };
        let (straight_rows, straight_columns) = (squares(block.rows), squares(columns));
        for column in (0..straight_columns).step_by(K::SQUARE) {
            for row in (0..straight_rows).step_by(K::SQUARE) {
                let from_square = &from.data[start + column * from.column + row..];
                let to_square = &mut to[row * width + column..];
                let last = K::SQUARE - 1;
                assert!(last * from.column + last < from_square.len() && last * width + last < to_square.len());
                // SAFETY: the square's last number lies in both slices; the caller vouches for the instructions.
                unsafe { K::transpose(from_square.as_ptr(), from.column, to_square.as_mut_ptr(), width) };
            }
        }
        for row in 0..block.rows {
            let done = if row < straight_rows { straight_columns } else { 0 };
            if done == columns {
                continue;
            }
            let from = from.data[start + row * from.row + done * from.column..]
                .iter()
                .step_by(from.column);
            for (to, from) in to[row * width..][done..columns].iter_mut().zip(from) {
                *to = *from;
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
