//! Matrix product on slices.
//!
//! Every number of a product is one chain of fused multiply-adds: it starts from what is there and goes through the inner
//! size in order. Nothing else decides about its bits: not the instruction set, not the sizes of tiles and blocks.
//!
//! The result is computed in small tiles whose sums stay in registers (`tile.rs`). So that the tiles read from the nearest
//! cache, large matrices are taken in blocks, and blocks whose numbers lie far apart are copied first (`pack.rs`).
//! Source: Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication (2008).

mod pack;
#[cfg(test)]
mod tests;
mod tile;

use super::{
    instructions::{InstructionSet, Kind},
    registers::{self, Register, Tiles},
};
pub(super) use pack::aligned;
use pack::{Block, compact, panels};
use std::cell::RefCell;
use tile::Tile;

/// One matrix of a product: row-major numbers, read as they lie or transposed.
#[derive(Clone, Copy)]
pub(crate) struct Matrix<'a, T> {
    pub data: &'a [T],
    pub transposed: bool,
}

/// The sizes of a product: `[rows, inner] · [inner, columns]`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sizes {
    pub rows: usize,
    pub inner: usize,
    pub columns: usize,
}

/// A matrix whose neighbors in a column lie `row` numbers apart, those in a row `column` numbers.
#[derive(Clone, Copy, Debug)]
struct Strided<'a, T> {
    data: &'a [T],
    row: usize,
    column: usize,
}

impl<'a, T> Strided<'a, T> {
    fn transposed(self) -> Strided<'a, T> {
        Strided {
            data: self.data,
            row: self.column,
            column: self.row,
        }
    }

    /// Whether all cells lie in the data.
    fn holds(&self, rows: usize, columns: usize) -> bool {
        let steps = |count: usize, step: usize| count.saturating_sub(1).saturating_mul(step);
        rows == 0 || columns == 0 || steps(rows, self.row).saturating_add(steps(columns, self.column)) < self.data.len()
    }
}

impl<'a, T> Matrix<'a, T> {
    fn strided(self, rows: usize, columns: usize) -> Strided<'a, T> {
        let (row, column) = if self.transposed { (1, rows) } else { (columns, 1) };
        Strided {
            data: self.data,
            row,
            column,
        }
    }
}

/// Matrix product, for the two number types.
#[allow(private_interfaces)] // `Float` is sealed, so nobody outside can name or call this.
pub trait Gemm: Sized {
    /// `out += a · b`, `out` of `[rows, columns]`, row-major.
    #[doc(hidden)]
    fn multiply_add(sizes: Sizes, a: Matrix<Self>, b: Matrix<Self>, out: &mut [Self]);
}

macro_rules! gemm {
    ($T:ident, $product:ident: $portable:ident $avx2:ident $avx512:ident) => {
        #[allow(private_interfaces)]
        impl Gemm for $T {
            fn multiply_add(sizes: Sizes, a: Matrix<$T>, b: Matrix<$T>, out: &mut [$T]) {
                let Sizes { rows, inner, columns } = sizes;
                let (a, b) = (a.strided(rows, inner), b.strided(inner, columns));
                $product(InstructionSet::in_use(), sizes, a, b, out);
            }
        }

        /// `out += a · b` with the given instructions.
        fn $product(set: InstructionSet, sizes: Sizes, a: Strided<$T>, b: Strided<$T>, out: &mut [$T]) {
            thread_local! {
                /// Room for copies, kept for the next product.
                static ROOM: RefCell<[Vec<$T>; 2]> = const { RefCell::new([const { vec![] }; 2]) };
            }
            let room = || ROOM.take();
            let used = match set.kind() {
                Kind::Portable => product::<registers::$portable>(set, sizes, a, b, out, room),
                #[cfg(target_arch = "x86_64")]
                Kind::Avx2 => product::<registers::$avx2>(set, sizes, a, b, out, room),
                #[cfg(target_arch = "x86_64")]
                Kind::Avx512 => product::<registers::$avx512>(set, sizes, a, b, out, room),
            };
            if let Some(used) = used {
                ROOM.set(used);
            }
        }
    };
}
gemm!(f64, product_f64: PortableF64 Avx2F64 Avx512F64);
gemm!(f32, product_f32: PortableF32 Avx2F32 Avx512F32);

/// How many steps of the inner size a block has: a panel of the right matrix then fills half of the first cache.
const BLOCK_INNER: usize = 256;
/// How many bytes of the left matrix a block has: about half of the second cache.
const BLOCK_LEFT: usize = 192 << 10;
/// How many bytes of the right matrix a block has: a part of the third cache.
const BLOCK_RIGHT: usize = 2 << 20;
/// Rows that lie this many bytes apart, or a multiple, fall on few lines of the first cache and drive each other out.
const CROWDED: usize = 1 << 10;

/// `out += a · b`. Gives back the room it took for copies, if it took it.
fn product<'a, K: Tiles>(
    set: InstructionSet,
    sizes: Sizes,
    mut a: Strided<'a, Number<K>>,
    mut b: Strided<'a, Number<K>>,
    out: &mut [Number<K>],
    take_room: impl FnOnce() -> Room<K>,
) -> Option<Room<K>>
where
    Number<K>: Default,
{
    let Sizes {
        mut rows,
        inner,
        mut columns,
    } = sizes;
    assert!(a.holds(rows, inner), "left matrix of {sizes:?}");
    assert!(b.holds(inner, columns), "right matrix of {sizes:?}");
    assert!(rows.checked_mul(columns) == Some(out.len()), "product of {sizes:?}");
    if out.is_empty() || inner == 0 {
        return None;
    }
    let mut out_row = columns;
    // A product with a vector is computed transposed where the matrix then lies better.
    if (columns == 1 && a.row == 1) || (rows == 1 && b.column != 1) {
        (a, b) = (b.transposed(), a.transposed());
        (rows, columns, out_row) = (columns, rows, 1);
    }
    let (lanes, size) = (K::Register::LANES, size_of::<Number<K>>());
    let panel = if rows == 1 { 8 * lanes } else { 2 * lanes };
    let crowded = |distance: usize| (distance * size).is_multiple_of(CROWDED);
    let copies_b = columns > 1 && b.column != 1
        || rows > K::HEIGHT && columns > 128 && inner * columns * size > 32 << 10
        || rows > K::HEIGHT && inner > 32 && crowded(b.row);
    let copies_a = rows > K::HEIGHT && columns > panel && (a.row == 1 || a.column == 1) && {
        let far = if a.column == 1 { a.row } else { a.column };
        crowded(far) || columns > 4 * panel && far * size > CROWDED
    };
    let mut room = (copies_a || copies_b).then(take_room);
    let (mut no_a, mut no_b) = (vec![], vec![]);
    let [room_a, room_b] = match &mut room {
        Some([a, b]) => [a, b],
        None => [&mut no_a, &mut no_b],
    };

    let block_inner = inner.div_ceil(inner.div_ceil(BLOCK_INNER));
    let block_rows = (BLOCK_LEFT / (block_inner * size)).next_multiple_of(K::HEIGHT);
    let block_columns = (BLOCK_RIGHT / (block_inner * size)).next_multiple_of(panel);
    let distance_a = if a.column == 1 {
        block_inner
    } else {
        rows.min(block_rows)
    } + 64 / size;
    for column in (0..columns).step_by(block_columns) {
        let block_columns = block_columns.min(columns - column);
        for step in (0..inner).step_by(block_inner) {
            let block_inner = block_inner.min(inner - step);
            let (b, b_row, b_panel) = if copies_b {
                let to = aligned(room_b, block_columns.next_multiple_of(panel) * block_inner);
                let block = Block {
                    row: step,
                    column,
                    rows: block_inner,
                    columns: block_columns,
                };
                set.run(
                    #[inline(always)]
                    // SAFETY: `set` has the instructions of `K`, which was chosen by it.
                    || unsafe { panels::<K>(b, block, panel, to) },
                );
                (&*to, panel, panel * block_inner)
            } else {
                (&b.data[step * b.row + column * b.column..], b.row, panel)
            };
            for row in (0..rows).step_by(block_rows) {
                let block_rows = block_rows.min(rows - row);
                let (a, a_row, a_column) = if copies_a {
                    let block = Block {
                        row,
                        column: step,
                        rows: block_rows,
                        columns: block_inner,
                    };
                    let lines = if a.column == 1 { block_rows } else { block_inner };
                    let to = aligned(room_a, lines * distance_a);
                    compact(a, block, distance_a, to);
                    let (a_row, a_column) = if a.column == 1 {
                        (distance_a, 1)
                    } else {
                        (1, distance_a)
                    };
                    (&*to, a_row, a_column)
                } else {
                    (&a.data[row * a.row + step * a.column..], a.row, a.column)
                };
                for (i, first) in (0..block_columns).step_by(panel).enumerate() {
                    let width = panel.min(block_columns - first);
                    let registers = width.div_ceil(lanes);
                    let tile = Tile {
                        inner: block_inner,
                        a: a.as_ptr(),
                        a_row,
                        a_column,
                        b: b[i * b_panel..].as_ptr(),
                        b_row,
                        out: out[row * out_row + column + first..].as_mut_ptr(),
                        out_row,
                        last: width - (registers - 1) * lanes,
                    };
                    // SAFETY: `a`, `b` and `out` hold the block's cells (checked above, or copied here), `out` is
                    // borrowed exclusively, and `set` vouches for the instructions of `K`, which was chosen by it.
                    unsafe { column_of_tiles::<K>(set, tile, block_rows, registers) };
                }
            }
        }
    }
    room
}

type Number<K> = <<K as Tiles>::Register as Register>::Number;
type Room<K> = [Vec<Number<K>>; 2];

/// Computes tiles one below the other, about equally high, of so many registers of columns.
///
/// # Safety
/// As for [`Tile::multiply_add`], for tiles that have `rows` rows together; `set` must have the instructions of `K`.
unsafe fn column_of_tiles<K: Tiles>(set: InstructionSet, tile: Tile<Number<K>>, rows: usize, registers: usize) {
    macro_rules! all_rows {
        ($N:literal, $EDGE:literal) => {
            set.run(
                #[inline(always)]
                || {
                    let count = rows.div_ceil(K::HEIGHT);
                    let (height, higher) = (rows / count, rows % count);
                    let mut tile = tile;
                    for i in 0..count {
                        let height = height + usize::from(i < higher);
                        // SAFETY: the tiles' rows together are those the caller vouches for.
                        unsafe {
                            of_height!(tile, height, $N, $EDGE: 1 2 3 4 5 6 7 8 9 10 11 12 13 14);
                        }
                        tile.a = tile.a.wrapping_add(height * tile.a_row);
                        tile.out = tile.out.wrapping_add(height * tile.out_row);
                    }
                },
            )
        };
    }
    macro_rules! of_height {
        ($tile:ident, $height:ident, $N:literal, $EDGE:literal: $($H:literal)+) => {
            match $height {
                $($H if $H <= K::HEIGHT => $tile.multiply_add::<K::Register, $H, $N, $EDGE>(),)+
                _ => unreachable!("no tile has {} rows", $height),
            }
        };
    }
    macro_rules! one_row {
        ($N:literal, $EDGE:literal) => {
            set.run(
                #[inline(always)]
                // SAFETY: the caller vouches for the tile.
                || unsafe { tile.multiply_add::<K::Register, 1, $N, $EDGE>() },
            )
        };
    }
    match (registers, tile.last < K::Register::LANES) {
        (1, false) => all_rows!(1, false),
        (1, true) => all_rows!(1, true),
        (2, false) => all_rows!(2, false),
        (2, true) => all_rows!(2, true),
        (3, _) => one_row!(3, true),
        (4, _) => one_row!(4, true),
        (5, _) => one_row!(5, true),
        (6, _) => one_row!(6, true),
        (7, _) => one_row!(7, true),
        (_, false) => one_row!(8, false),
        (_, true) => one_row!(8, true),
    }
}
