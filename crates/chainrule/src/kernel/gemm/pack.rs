//! Copies of parts of matrices, arranged so that the tiles read them straight through.

use super::{Machine, Strided, Tiles};

/// A part of a matrix: its first row and column, and how many of each.
#[derive(Clone, Copy)]
pub(super) struct Block {
    pub row: usize,
    pub column: usize,
    pub rows: usize,
    pub columns: usize,
}

/// Copies a block of a matrix into panels of `width` columns, one after the other; a panel's rows lie `width` numbers
/// apart.
pub(super) fn panels<K: Tiles>(
    machine: Machine<K>,
    from: Strided<K::Number>,
    block: Block,
    width: usize,
    to: &mut [K::Number],
) {
    assert!(from.row == 1 || from.column == 1);
    machine.run(
        #[inline(always)]
        || {
            for (panel, to) in to.chunks_exact_mut(width * block.rows).enumerate() {
                let first = panel * width;
                let columns = width.min(block.columns - first);
                let from_here = &from.data[block.row * from.row + (block.column + first) * from.column..];
                if from.column == 1 {
                    for (row, to) in to.chunks_exact_mut(width).enumerate() {
                        to[..columns].copy_from_slice(&from_here[row * from.row..][..columns]);
                    }
                } else {
                    // SAFETY: this runs with the instructions of `K`.
                    unsafe { transpose::<K>([columns, block.rows], from_here, from.column, to, width) };
                }
            }
        },
    );
}

/// Copies a matrix of these sizes transposed; its rows lie `from_row` numbers apart, the copy's `to_row`. A square of
/// numbers at a time, then what is left of both sides.
///
/// # Safety
/// The machine must have the instructions of `K`.
#[inline(always)]
pub(in crate::kernel) unsafe fn transpose<K: Tiles>(
    [rows, columns]: [usize; 2],
    from: &[K::Number],
    from_row: usize,
    to: &mut [K::Number],
    to_row: usize,
) {
    let last = K::SQUARE - 1;
    let (straight_rows, straight_columns) = (rows - rows % K::SQUARE, columns - columns % K::SQUARE);
    for row in (0..straight_rows).step_by(K::SQUARE) {
        for column in (0..straight_columns).step_by(K::SQUARE) {
            let (from, to) = (&from[row * from_row + column..], &mut to[column * to_row + row..]);
            assert!(last * from_row + last < from.len() && last * to_row + last < to.len());
            // SAFETY: the square's last number lies in both slices; the caller vouches for the instructions.
            unsafe { K::transpose(from.as_ptr(), from_row, to.as_mut_ptr(), to_row) };
        }
    }
    for column in 0..columns {
        let done = if column < straight_columns { straight_rows } else { 0 };
        let to = &mut to[column * to_row..][..rows];
        for row in done..rows {
            to[row] = from[row * from_row + column];
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
