//! A matrix times a vector, where the rows of the matrix lie as they are read: several rows become the lanes of a register,
//! a square of numbers at a time, and nothing is copied through memory.

use super::{Kernels, Machine, Tiles};
use crate::kernel::registers::Register;

/// The largest square that is transposed at once.
const LARGEST_SQUARE: usize = 8;

/// Some rows, and the vector that each of them is multiplied by.
#[derive(Clone, Copy)]
pub(super) struct RowsByVector<T> {
    pub rows: usize,
    pub inner: usize,
    /// The matrix, and the distance of its rows, whose numbers lie side by side.
    pub a: (*const T, usize),
    /// The vector, and the distance of its numbers.
    pub x: (*const T, usize),
    /// The results, side by side.
    pub out: *mut T,
    /// Whether the sums start from zero, not from what is there.
    pub fresh: bool,
}

/// Multiplies whole registers of rows, and says how many rows that were. Each sum goes through the inner size in order.
///
/// # Safety
/// The pointers must be good for all numbers of the product, and nothing else may use its results.
pub(super) unsafe fn rows_by_vector<K: Tiles>(machine: Machine<K>, product: RowsByVector<K::Number>) -> usize {
    machine.run(
        #[inline(always)]
        || {
            let (lanes, mut left) = (K::Half::LANES, product);
            // Four registers at once, for the sum of one waits for its last step longer than a step takes.
            while left.rows >= 4 * lanes {
                // SAFETY: so many rows are left; the caller vouches for them.
                unsafe { left.multiply::<K, 4>() };
                left = left.after(4 * lanes);
            }
            while left.rows >= lanes {
                // SAFETY: as above.
                unsafe { left.multiply::<K, 1>() };
                left = left.after(lanes);
            }
            product.rows - left.rows
        },
    )
}

impl<T: Kernels> RowsByVector<T> {
    /// The rows after the first so many.
    #[inline(always)]
    fn after(self, rows: usize) -> Self {
        RowsByVector {
            rows: self.rows - rows,
            a: (self.a.0.wrapping_add(rows * self.a.1), self.a.1),
            out: self.out.wrapping_add(rows),
            ..self
        }
    }

    /// The product of the first `N` registers of rows.
    ///
    /// # Safety
    /// As for [`Register`]; there must be so many rows.
    #[inline(always)]
    unsafe fn multiply<K: Tiles<Number = T>, const N: usize>(&self) {
        let (lanes, square) = (K::Half::LANES, K::SQUARE);
        let (a, a_row) = self.a;
        // SAFETY (of all blocks below): `N` registers of rows and steps below `inner` lie in the product, for which the
        // caller vouches; a square and its registers lie in the room.
        let mut sums = [unsafe { K::Half::splat(T::default()) }; N];
        if !self.fresh {
            for (n, sum) in sums.iter_mut().enumerate() {
                *sum = unsafe { K::Half::load(self.out.add(n * lanes)) };
            }
        }
        let mut room = [[T::default(); LARGEST_SQUARE]; LARGEST_SQUARE];
        let mut step = 0;
        while step + square <= self.inner {
            let mut x = [sums[0]; LARGEST_SQUARE];
            for (i, x) in x.iter_mut().enumerate().take(square) {
                *x = unsafe { K::Half::splat(*self.x.0.add((step + i) * self.x.1)) };
            }
            for (n, sum) in sums.iter_mut().enumerate() {
                let from = unsafe { a.add(n * lanes * a_row + step) };
                if square == lanes {
                    unsafe { K::transpose(from, a_row, room.as_mut_ptr().cast(), LARGEST_SQUARE) };
                } else {
                    for (i, to) in room.iter_mut().enumerate().take(square) {
                        unsafe { gather(from.add(i), a_row, lanes, to) };
                    }
                }
                for (x, column) in x.iter().zip(&room).take(square) {
                    *sum = unsafe { x.multiply_add(K::Half::load(column.as_ptr()), *sum) };
                }
            }
            step += square;
        }
        for step in step..self.inner {
            let x = unsafe { K::Half::splat(*self.x.0.add(step * self.x.1)) };
            for (n, sum) in sums.iter_mut().enumerate() {
                let to = &mut room[0];
                *sum = unsafe {
                    gather(a.add(n * lanes * a_row + step), a_row, lanes, to);
                    x.multiply_add(K::Half::load(to.as_ptr()), *sum)
                };
            }
        }
        for (n, sum) in sums.iter().enumerate() {
            unsafe { sum.store(self.out.add(n * lanes)) };
        }
    }
}

/// Copies so many numbers that lie `distance` apart.
///
/// # Safety
/// The pointer must be good for them.
#[inline(always)]
unsafe fn gather<T: Copy>(from: *const T, distance: usize, count: usize, to: &mut [T; LARGEST_SQUARE]) {
    for (i, to) in to.iter_mut().enumerate().take(count) {
        // SAFETY: the caller vouches for it.
        *to = unsafe { *from.add(i * distance) };
    }
}
