//! The heart of the matrix product: a small tile of the result, whose sums stay in registers while the inner size goes
//! by; and blocks that are made of such tiles.

use super::{Machine, Sizes, Tiles};
use crate::kernel::registers::Register;

/// A tile of a product: where its numbers lie.
#[derive(Clone, Copy)]
struct Tile<T> {
    /// The inner size.
    inner: usize,
    /// The distances of the rows and columns of the left matrix.
    a_row: usize,
    a_column: usize,
    /// The right matrix, from the tile's first column on; its columns lie side by side.
    b: *const T,
    b_row: usize,
    /// The distance of the rows of the result; its columns lie side by side.
    out_row: usize,
    /// How many columns the tile has in its last register.
    last: usize,
    /// Whether the sums start from zero, not from what is there.
    fresh: bool,
}

impl<T: Copy + Default> Tile<T> {
    /// Adds the product of `H` rows and `N` registers of columns, of which the last is full or, at the `EDGE`, has fewer
    /// columns than lanes, to the cells from `to` on; `a` is the left matrix from their row on. Each sum starts from the
    /// cell of the result, or from zero, and goes through the inner size in order, each step rounded once: whatever the
    /// instruction set, the tiles and the blocks, the bits are the same.
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

/// A block of a product, to be computed in tiles.
pub(super) struct Tiled<T> {
    pub sizes: Sizes,
    /// The left matrix, and the distances of its rows and columns.
    pub a: (*const T, usize, usize),
    /// The right matrix in panels of `panel` columns, and the distances of a panel's rows and of the panels.
    pub b: (*const T, usize, usize),
    pub out: *mut T,
    pub out_row: usize,
    pub fresh: bool,
    pub panel: usize,
}

/// Computes a block: panel by panel, tiles one below the other and about equally high.
///
/// # Safety
/// As for [`Tile::multiply_add`], for all tiles together.
pub(super) unsafe fn tiles<K: Tiles>(machine: Machine<K>, block: &Tiled<K::Number>) {
    machine.run(
        #[inline(always)]
        || {
            let Sizes { rows, inner, columns } = block.sizes;
            let (lanes, count) = (K::LANES, rows.div_ceil(K::HEIGHT));
            let (height, higher) = if count == 1 {
                (rows, 0)
            } else {
                (rows / count, rows % count)
            };
            let (mut b, mut out, mut left) = (block.b.0, block.out, columns);
            while left > 0 {
                // What is left over in half a register goes after the whole ones, by itself.
                let over = left % lanes;
                let halved = K::Half::LANES < lanes && 0 < over && over <= K::Half::LANES;
                let width = match halved && rows > 1 && lanes < left && left < block.panel {
                    true => left - over,
                    false => left.min(block.panel),
                };
                let registers = width.div_ceil(lanes);
                let tile = Tile {
                    inner,
                    a_row: block.a.1,
                    a_column: block.a.2,
                    b,
                    b_row: block.b.1,
                    out_row: block.out_row,
                    last: width - (registers - 1) * lanes,
                    fresh: block.fresh,
                };
                macro_rules! rows {
                    ($R:ty, $N:literal, $EDGE:literal) => {{
                        let (mut a, mut out) = (block.a.0, out);
                        for i in 0..count {
                            let height = height + usize::from(i < higher);
                            // SAFETY: the caller vouches for the tiles.
                            unsafe { of_height!(height, a, out, $R, $N, $EDGE: 1 2 3 4 5 6 7 8 9 10 11 12 13 14) };
                            // Past the last tile these point behind the matrices, and are not used.
                            a = a.wrapping_add(height * tile.a_row);
                            out = out.wrapping_add(height * tile.out_row);
                        }
                    }};
                }
                macro_rules! of_height {
                    ($height:ident, $a:ident, $out:ident, $R:ty, $N:literal, $EDGE:literal: $($H:literal)+) => {
                        match $height {
                            $($H if $H <= K::HEIGHT => tile.multiply_add::<$R, $H, $N, $EDGE>($a, $out),)+
                            _ => unreachable!("no tile has {} rows", $height),
                        }
                    };
                }
                macro_rules! row {
                    ($N:literal, $EDGE:literal) => {
                        // SAFETY: the caller vouches for the tile.
                        unsafe { tile.multiply_add::<K, 1, $N, $EDGE>(block.a.0, out) }
                    };
                }
                match (registers, tile.last < lanes) {
                    (1, true) if tile.last <= K::Half::LANES => rows!(K::Half, 1, true),
                    (1, false) => rows!(K, 1, false),
                    (1, true) => rows!(K, 1, true),
                    (2, false) => rows!(K, 2, false),
                    (2, true) => rows!(K, 2, true),
                    (3, _) => row!(3, true),
                    (4, _) => row!(4, true),
                    (5, _) => row!(5, true),
                    (6, _) => row!(6, true),
                    (7, _) => row!(7, true),
                    (_, false) => row!(8, false),
                    (_, true) => row!(8, true),
                }
                // The rest of a panel lies in the same panel.
                let to_next = if width == block.panel { block.b.2 } else { width };
                (b, out, left) = (b.wrapping_add(to_next), out.wrapping_add(width), left - width);
            }
        },
    )
}
