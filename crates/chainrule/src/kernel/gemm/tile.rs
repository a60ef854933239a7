//! The heart of the matrix product: a small tile of the result, whose sums stay in registers while the inner size goes
//! by.

use crate::kernel::registers::Register;

/// A tile of a product: where its numbers lie.
#[derive(Clone, Copy)]
pub(super) struct Tile<T> {
    /// The inner size.
    pub inner: usize,
    /// The distances of the rows and columns of the left matrix.
    pub a_row: usize,
    pub a_column: usize,
    /// The right matrix, from the tile's first column on; its columns lie side by side.
    pub b: *const T,
    pub b_row: usize,
    /// The distance of the rows of the result; its columns lie side by side.
    pub out_row: usize,
    /// How many columns the tile has in its last register.
    pub last: usize,
    /// Whether the sums start from zero, not from what is there.
    pub fresh: bool,
}

impl<T: Copy + Default> Tile<T> {
    /// Adds the product of `H` rows and `N` registers of columns, of which the last is full or, at the `EDGE`, has fewer
    /// columns than lanes, to the cells from `to` on; `a` is the left matrix from their row on. Each sum starts from the cell of the result, or
    /// from zero, and goes through the inner size in order, each step rounded once: whatever the instruction set, the tiles and the blocks,
    /// the bits are the same.
    ///
    /// # Safety
    /// As for [`Register`]; the pointers must be good for the whole tile, and nothing else may use its cells of `out`.
    #[inline(always)]
    pub unsafe fn multiply_add<R: Register<Number = T>, const H: usize, const N: usize, const EDGE: bool>(
        &self,
        mut a: *const T,
        to: *mut T,
    ) {
        let (inner, last, mut b) = (self.inner, self.last, self.b);
        // SAFETY (of all blocks below): rows below H, columns below N registers of which the last has `last` columns, and
        // steps below `inner` lie in the tile, for which the caller vouches.
        let mut sums = [[unsafe { R::splat(T::default()) }; N]; H];
        if !self.fresh {
            for (i, row) in sums.iter_mut().enumerate() {
                let out = unsafe { to.add(i * self.out_row) };
                for (j, sum) in row.iter_mut().enumerate() {
                    let out = unsafe { out.add(j * R::LANES) };
                    *sum = unsafe {
                        match EDGE && j + 1 == N {
                            true => R::load_first(out, last),
                            false => R::load(out),
                        }
                    };
                }
            }
        }
        // Where a row is one step, adding up to its address would take longer than the step. So there is a pointer for
        // every third row; the two after it are one and two distances away, which costs no addition.
        let mut thirds: [*const T; 5] = std::array::from_fn(|i| a.wrapping_add(3 * i * self.a_row));
        for _ in 0..inner {
            let mut columns = [sums[0][0]; N];
            for (j, column) in columns.iter_mut().enumerate() {
                let b = unsafe { b.add(j * R::LANES) };
                *column = unsafe {
                    if EDGE && j + 1 == N {
                        R::load_first(b, last)
                    } else {
                        R::load(b)
                    }
                };
            }
            for (i, row) in sums.iter_mut().enumerate() {
                let a = match N {
                    1 => thirds[i / 3].wrapping_add(i % 3 * self.a_row),
                    _ => a.wrapping_add(i * self.a_row),
                };
                let x = unsafe { R::splat(*a) };
                for (sum, column) in row.iter_mut().zip(columns) {
                    *sum = unsafe { x.multiply_add(column, *sum) };
                }
            }
            // Past the last step these point behind the matrices, and are not read.
            a = a.wrapping_add(self.a_column);
            thirds = thirds.map(|a| a.wrapping_add(self.a_column));
            b = b.wrapping_add(self.b_row);
        }
        for (i, row) in sums.iter().enumerate() {
            let out = unsafe { to.add(i * self.out_row) };
            for (j, sum) in row.iter().enumerate() {
                let out = unsafe { out.add(j * R::LANES) };
                unsafe {
                    match EDGE && j + 1 == N {
                        true => sum.store_first(out, last),
                        false => sum.store(out),
                    }
                }
            }
        }
    }
}
