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
mod vector;

use super::{
    Kernels,
    instructions::InstructionSet,
    registers::{Machine, Tiles, on_machine},
    threads,
};
pub(super) use pack::transpose;
use pack::{Block, compact, panels};
use tile::{Tiled, tiles};
use vector::{RowsByVector, rows_by_vector};

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
pub(super) struct Strided<'a, T> {
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
    pub(super) fn strided(self, rows: usize, columns: usize) -> Strided<'a, T> {
        let (row, column) = if self.transposed { (1, rows) } else { (columns, 1) };
        Strided {
            data: self.data,
            row,
            column,
        }
    }
}

/// `out = a · b` if it is `fresh`, with the bits of adding to zeros, or else `out += a · b`: with the given instructions
/// and up to so many threads. `out` is `[rows, columns]`, row-major.
pub(super) fn product<T: Kernels>(
    set: InstructionSet,
    threads: usize,
    sizes: Sizes,
    a: Strided<T>,
    b: Strided<T>,
    out: &mut [T],
    fresh: bool,
) {
    let Some(product) = Product::new(sizes, a, b, out, fresh) else {
        return;
    };
    let cut = product.cut(threads);
    let help = match cut.parts {
        1 => None,
        _ => threads::help(threads, product.work()),
    };
    match help {
        // SAFETY: the result is borrowed exclusively.
        None => unsafe { compute(set, &product) },
        // SAFETY: the result is borrowed exclusively, and no two parts have the same cells of it.
        Some(help) => help.share(cut.parts, &|i| unsafe { compute(set, &product.part(cut, i)) }),
    }
}

/// Computes a product, or a part of one, in one thread.
///
/// # Safety
/// Nothing else may use the product's cells of `out` meanwhile.
unsafe fn compute<T: Kernels>(set: InstructionSet, product: &Product<T>) {
    // SAFETY: the caller vouches for the result.
    on_machine!(set, T, |machine| unsafe { compute_on(machine, product) })
}

/// Parts of fewer multiply-adds than this are not worth taking, ...
const PART: usize = 1 << 18;
/// ... and so many for each thread are enough to keep all of them busy to the end.
const PARTS_EACH: usize = 4;

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

impl<'a, T: Kernels> Product<'a, T> {
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
        // The numbers of a product with a vector lie side by side as one row. As one column they do where whole rows are read
        // as they lie, and where the matrix had to be transposed and that does not pay: its rows are too short, or it comes
        // from memory, which is waited for longer than for the sums of a column.
        let short = inner < 8;
        let far = inner <= BLOCK_INNER && work(sizes) * size_of::<T>() > FAR;
        let as_column = |matrix, count| goes_by_rows(matrix, count, inner) || short || far;
        if columns == 1 && (a.row == 1 || !as_column(a, rows))
            || rows == 1 && b.column != 1 && as_column(b.transposed(), columns)
        {
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

    /// Cuts the longer side into parts for so many threads; into one where that is not worth it. The inner size is never
    /// cut: that would change the bits.
    fn cut(&self, threads: usize) -> Cut {
        let Sizes { rows, columns, .. } = self.sizes;
        if threads <= 1 || self.work() < threads::SHARED {
            return Cut {
                parts: 1,
                length: rows.max(columns),
            };
        }
        // A part has whole panels of columns; see `compute`.
        let (side, whole) = match (rows >= columns, rows) {
            (true, _) => (rows, 1),
            (false, 1) => (columns, 128),
            (false, _) => (columns, 32),
        };
        let count = (self.work() / PART).clamp(1, PARTS_EACH * threads);
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

/// Whether a product with a vector reads so many rows of a matrix as they lie; see `vector.rs`.
fn goes_by_rows<T>(matrix: Strided<T>, count: usize, inner: usize) -> bool {
    matrix.column == 1 && matrix.row != 1 && count >= 8 && inner >= 8 && !is_crowded::<T>(matrix.row)
}

/// Whether numbers that lie so far apart fall on few lines of the first cache.
fn is_crowded<T>(distance: usize) -> bool {
    (distance * size_of::<T>()).is_multiple_of(CROWDED)
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

/// Computes a product.
///
/// # Safety
/// Nothing else may use the product's cells of `out` meanwhile.
unsafe fn compute_on<K: Tiles>(machine: Machine<K>, product: &Product<K::Number>) {
    let mut product = *product;
    // One column that is left over of several has its results apart.
    let is_vector = product.sizes.columns == 1 && product.out_row == 1;
    if is_vector && goes_by_rows(product.a, product.sizes.rows, product.sizes.inner) {
        let by_rows = RowsByVector {
            rows: product.sizes.rows,
            inner: product.sizes.inner,
            a: (product.a.data.as_ptr(), product.a.row),
            x: (product.b.data.as_ptr(), product.b.row),
            out: product.out,
            fresh: product.fresh,
        };
        // SAFETY: the matrices hold the product's cells (checked when it was made), and so does the result, whose rows lie
        // side by side.
        let done = unsafe { rows_by_vector(machine, by_rows) };
        if done == product.sizes.rows {
            return;
        }
        product.a.data = &product.a.data[done * product.a.row..];
        product.sizes.rows -= done;
        product.out = product.out.wrapping_add(done);
    }
    let Product {
        sizes: Sizes { rows, inner, columns },
        a,
        b,
        out,
        out_row,
        fresh,
    } = product;
    let (lanes, size) = (K::LANES, size_of::<K::Number>());
    let panel = match rows {
        1 if b.column == 1 => 8 * lanes,
        _ => 2 * lanes,
    };
    let crowded = is_crowded::<K::Number>;
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
        // `out`, which the caller leaves to us.
        unsafe { tiles(machine, &block) };
    };
    if !copies_a && !copies_b && inner <= BLOCK_INNER {
        let (a, b) = ((a.data.as_ptr(), a.row, a.column), (b.data.as_ptr(), b.row, panel));
        return block(rows, inner, columns, a, b, out, fresh);
    }

    let block_inner = inner.div_ceil(inner.div_ceil(BLOCK_INNER));
    let block_rows = (BLOCK_LEFT / (block_inner * size)).next_multiple_of(K::HEIGHT);
    let block_columns = (BLOCK_RIGHT / (block_inner * size)).next_multiple_of(panel);
    let distance_a = if a.column == 1 {
        block_inner
    } else {
        rows.min(block_rows)
    } + 64 / size;
    let lines_a = if a.column == 1 {
        block_rows.min(rows)
    } else {
        block_inner
    };
    let room_a = if copies_a { lines_a * distance_a } else { 0 };
    // What lies behind begins with a line of the cache, too.
    let room_b = if copies_b {
        block_columns.min(columns).next_multiple_of(panel) * block_inner
    } else {
        0
    };
    let room_b = room_b.next_multiple_of(64 / size);
    Kernels::lend_room(room_a + room_b, &mut |room: &mut [K::Number]| {
        let (room_b, room_a) = room.split_at_mut(room_b);
        for column in (0..columns).step_by(block_columns) {
            let block_columns = block_columns.min(columns - column);
            for step in (0..inner).step_by(block_inner) {
                let block_inner = block_inner.min(inner - step);
                let b = if copies_b {
                    let to = &mut room_b[..block_columns.next_multiple_of(panel) * block_inner];
                    let block = Block {
                        row: step,
                        column,
                        rows: block_inner,
                        columns: block_columns,
                    };
                    panels(machine, b, block, panel, to);
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
                        compact(a, block, distance_a, room_a);
                        match a.column == 1 {
                            true => (room_a.as_ptr(), distance_a, 1),
                            false => (room_a.as_ptr(), 1, distance_a),
                        }
                    } else {
                        (a.data[row * a.row + step * a.column..].as_ptr(), a.row, a.column)
                    };
                    let out = out.wrapping_add(row * out_row + column);
                    block(block_rows, block_inner, block_columns, a, b, out, fresh && step == 0);
                }
            }
        }
    });
}
