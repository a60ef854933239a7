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
    threads,
};
pub(super) use pack::aligned;
use pack::{Block, compact, panels};
use std::cell::RefCell;
use tile::{Tiled, tiles};

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
    /// `out = a · b`, `out` of `[rows, columns]`, row-major: the bits are those of adding to zeros.
    #[doc(hidden)]
    fn multiply(sizes: Sizes, a: Matrix<Self>, b: Matrix<Self>, out: &mut [Self]);
    /// `out += a · b`.
    #[doc(hidden)]
    fn multiply_add(sizes: Sizes, a: Matrix<Self>, b: Matrix<Self>, out: &mut [Self]);
}

macro_rules! gemm {
    ($T:ident, $product:ident, $compute:ident: $portable:ident $avx2:ident $avx512:ident) => {
        #[allow(private_interfaces)]
        impl Gemm for $T {
            fn multiply(sizes: Sizes, a: Matrix<$T>, b: Matrix<$T>, out: &mut [$T]) {
                let (a, b) = (
                    a.strided(sizes.rows, sizes.inner),
                    b.strided(sizes.inner, sizes.columns),
                );
                $product(
                    InstructionSet::in_use(),
                    threads::threads(),
                    sizes,
                    a,
                    b,
                    out,
                    true,
                );
            }
            fn multiply_add(sizes: Sizes, a: Matrix<$T>, b: Matrix<$T>, out: &mut [$T]) {
                let (a, b) = (
                    a.strided(sizes.rows, sizes.inner),
                    b.strided(sizes.inner, sizes.columns),
                );
                $product(
                    InstructionSet::in_use(),
                    threads::threads(),
                    sizes,
                    a,
                    b,
                    out,
                    false,
                );
            }
        }

        /// `out = a · b` if it is `fresh`, or else `out += a · b`, with the given instructions and up to so many threads.
        fn $product(
            set: InstructionSet,
            threads: usize,
            sizes: Sizes,
            a: Strided<$T>,
            b: Strided<$T>,
            out: &mut [$T],
            fresh: bool,
        ) {
            let Some(product) = Product::new(sizes, a, b, out, fresh) else {
                return;
            };
            match threads::help(threads, product.work()) {
                // SAFETY: the result is borrowed exclusively.
                None => unsafe { $compute(set, &product) },
                Some(help) => {
                    let cut = product.cut(4 * threads);
                    // SAFETY: the result is borrowed exclusively, and no two parts have the same cells of it.
                    help.share(cut.parts, &|i| unsafe { $compute(set, &product.part(cut, i)) });
                }
            }
        }

        /// Computes a product, or a part of one, in one thread.
        ///
        /// # Safety
        /// Nothing else may use the product's cells of `out` meanwhile.
        unsafe fn $compute(set: InstructionSet, product: &Product<$T>) {
            thread_local! {
                /// Room for copies, kept for the next product.
                static ROOM: RefCell<[Vec<$T>; 2]> = const { RefCell::new([const { vec![] }; 2]) };
            }
            let room = || ROOM.take();
            // SAFETY (of all): `set` vouches for the instructions of the registers, which are chosen by it, and the
            // caller for the result.
            let used = match set.kind() {
                Kind::Portable => unsafe { compute::<registers::$portable>(set, product, room) },
                #[cfg(target_arch = "x86_64")]
                Kind::Avx2 => unsafe { compute::<registers::$avx2>(set, product, room) },
                #[cfg(target_arch = "x86_64")]
                Kind::Avx512 => unsafe { compute::<registers::$avx512>(set, product, room) },
            };
            if let Some(used) = used {
                ROOM.set(used);
            }
        }
    };
}
gemm!(f64, product_f64, compute_f64: PortableF64 Avx2F64 Avx512F64);
gemm!(f32, product_f32, compute_f32: PortableF32 Avx2F32 Avx512F32);

/// Parts of fewer multiply-adds than this are not worth taking.
const PART: usize = 1 << 18;

/// How many steps of the inner size a block has: a panel of the right matrix then fills half of the first cache.
const BLOCK_INNER: usize = 256;
/// How many bytes of the left matrix a block has: about half of the second cache.
const BLOCK_LEFT: usize = 192 << 10;
/// How many bytes of the right matrix a block has: a part of the third cache.
const BLOCK_RIGHT: usize = 2 << 20;
/// A matrix of more bytes is not near when it is multiplied by a vector.
const FAR: usize = 4 << 20;
/// Rows that lie this many bytes apart, or a multiple, fall on few lines of the first cache and drive each other out.
const CROWDED: usize = 1 << 10;

/// A product, or a part of one, that has been checked: the matrices hold its cells, and so does the result.
#[derive(Clone, Copy)]
struct Product<'a, T> {
    sizes: Sizes,
    a: Strided<'a, T>,
    b: Strided<'a, T>,
    /// The result; its columns lie side by side, its rows so far apart.
    out: *mut T,
    out_row: usize,
    /// Whether sums start from zero, not from what is there.
    fresh: bool,
}

// SAFETY: it is its matrices and a pointer that is written through by unsafe code only, which answers for it.
unsafe impl<T: Sync> Sync for Product<'_, T> {}

impl<'a, T: Copy + Default + Sync> Product<'a, T> {
    /// Checks the sizes; `None` when nothing is left to be done.
    fn new(sizes: Sizes, a: Strided<'a, T>, b: Strided<'a, T>, out: &mut [T], fresh: bool) -> Option<Product<'a, T>> {
        let Sizes { rows, inner, columns } = sizes;
        assert!(a.holds(rows, inner), "left matrix of {sizes:?}");
        assert!(b.holds(inner, columns), "right matrix of {sizes:?}");
        assert!(rows.checked_mul(columns) == Some(out.len()), "product of {sizes:?}");
        if out.is_empty() || inner == 0 {
            if fresh {
                out.fill(T::default());
            }
            return None;
        }
        let mut product = Product {
            sizes,
            a,
            b,
            out: out.as_mut_ptr(),
            out_row: columns,
            fresh,
        };
        // The numbers of a product with a vector lie side by side as one row. As one column they do where the matrix has
        // to be transposed and that does not pay: its rows are too short, or it comes from memory, which is waited for
        // longer than for the sums of a column.
        let short = inner < 8;
        let far = inner <= BLOCK_INNER && work(sizes) * size_of::<T>() > FAR;
        if columns == 1 && (a.row == 1 || !short && !far) || rows == 1 && b.column != 1 && (short || far) {
            (product.a, product.b) = (b.transposed(), a.transposed());
            product.sizes = Sizes {
                rows: columns,
                inner,
                columns: rows,
            };
            product.out_row = 1;
        }
        Some(product)
    }

    /// How many multiply-adds it takes.
    fn work(&self) -> usize {
        work(self.sizes)
    }

    /// Cuts the longer side into up to so many parts. The inner size is never cut: that would change the bits.
    fn cut(&self, most: usize) -> Cut {
        let Sizes { rows, columns, .. } = self.sizes;
        // A part has whole panels of columns; see `compute`.
        let (side, whole) = match (rows >= columns, rows) {
            (true, _) => (rows, 1),
            (false, 1) => (columns, 128),
            (false, _) => (columns, 32),
        };
        let count = (self.work() / PART).clamp(1, most);
        let length = side.div_ceil(count).next_multiple_of(whole);
        Cut {
            parts: side.div_ceil(length),
            length,
        }
    }

    fn part(&self, cut: Cut, i: usize) -> Self {
        let (mut part, first) = (*self, i * cut.length);
        if self.sizes.rows >= self.sizes.columns {
            part.a.data = &self.a.data[first * self.a.row..];
            part.sizes.rows = cut.length.min(self.sizes.rows - first);
            part.out = self.out.wrapping_add(first * self.out_row);
        } else {
            part.b.data = &self.b.data[first * self.b.column..];
            part.sizes.columns = cut.length.min(self.sizes.columns - first);
            part.out = self.out.wrapping_add(first);
        }
        part
    }
}

/// How many multiply-adds a product takes.
fn work(Sizes { rows, inner, columns }: Sizes) -> usize {
    (rows * inner).saturating_mul(columns)
}

/// How many parts the longer side of a product is cut into, and how long each is; the last may be shorter.
#[derive(Clone, Copy)]
struct Cut {
    parts: usize,
    length: usize,
}

/// Computes a product. Gives back the room it took for copies, if it took it.
///
/// # Safety
/// Nothing else may use the product's cells of `out` meanwhile; `set` must have the instructions of `K`.
unsafe fn compute<K: Tiles>(
    set: InstructionSet,
    product: &Product<Number<K>>,
    take_room: impl FnOnce() -> Room<K>,
) -> Option<Room<K>>
where
    Number<K>: Default,
{
    let Product {
        sizes: Sizes { rows, inner, columns },
        a,
        b,
        out,
        out_row,
        fresh,
    } = *product;
    let (lanes, size) = (K::Register::LANES, size_of::<Number<K>>());
    let panel = match rows {
        1 if b.column == 1 => 8 * lanes,
        _ => 2 * lanes,
    };
    let crowded = |distance: usize| (distance * size).is_multiple_of(CROWDED);
    // A few rows read a matrix that the second cache holds faster than it can be copied.
    let worth_copying = if rows > 4 * K::HEIGHT { 32 << 10 } else { 1 << 20 };
    let copies_b = columns > 1 && b.column != 1
        || rows > K::HEIGHT && columns > 128 && inner * columns * size > worth_copying
        || rows > K::HEIGHT && inner > 32 && crowded(b.row);
    let copies_a = rows > K::HEIGHT && columns > panel && (a.row == 1 || a.column == 1) && {
        let far = if a.column == 1 { a.row } else { a.column };
        crowded(far) || columns > 4 * panel && far * size > CROWDED
    };
    let block = |rows, inner, columns, a, b, out, fresh| {
        let block = Tiled {
            sizes: Sizes { rows, inner, columns },
            a,
            b,
            out,
            out_row,
            fresh,
            panel,
        };
        // SAFETY: `a` and `b` hold the block's cells (checked when the product was made, or copied here), and so does
        // `out`, which the caller leaves to us; `set` has the instructions of `K`.
        unsafe { tiles::<K>(set, &block) };
    };
    if !copies_a && !copies_b && inner <= BLOCK_INNER {
        block(
            rows,
            inner,
            columns,
            (a.data.as_ptr(), a.row, a.column),
            (b.data.as_ptr(), b.row, panel),
            out,
            fresh,
        );
        return None;
    }

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
            let b = if copies_b {
                let to = aligned(room_b, block_columns.next_multiple_of(panel) * block_inner);
                let block = Block {
                    row: step,
                    column,
                    rows: block_inner,
                    columns: block_columns,
                };
                set.run(
                    #[inline(always)]
                    // SAFETY: `set` has the instructions of `K`.
                    || unsafe { panels::<K>(b, block, panel, to) },
                );
                (to.as_ptr(), panel, panel * block_inner)
            } else {
                (b.data[step * b.row + column * b.column..].as_ptr(), b.row, panel)
            };
            for row in (0..rows).step_by(block_rows) {
                let block_rows = block_rows.min(rows - row);
                let a = if copies_a {
                    let block = Block {
                        row,
                        column: step,
                        rows: block_rows,
                        columns: block_inner,
                    };
                    let lines = if a.column == 1 { block_rows } else { block_inner };
                    let to = aligned(room_a, lines * distance_a);
                    compact(a, block, distance_a, to);
                    match a.column == 1 {
                        true => (to.as_ptr(), distance_a, 1),
                        false => (to.as_ptr(), 1, distance_a),
                    }
                } else {
                    (a.data[row * a.row + step * a.column..].as_ptr(), a.row, a.column)
                };
                let out = out.wrapping_add(row * out_row + column);
                block(block_rows, block_inner, block_columns, a, b, out, fresh && step == 0);
            }
        }
    }
    room
}

type Number<K> = <<K as Tiles>::Register as Register>::Number;
type Room<K> = [Vec<Number<K>>; 2];
