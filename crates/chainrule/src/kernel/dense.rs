//! Dense layers on plain numbers: product, bias and nonlinearity, one layer after the other while the numbers are near.
//!
//! Every weighted sum is one chain of fused multiply-adds that starts from 0 and goes through the inputs in order; then the
//! bias is added, rounded once more. That is what the graph's product and sum do, so the bits are the same, whichever of
//! three ways the rows take:
//!
//! - one row: the outputs lie side by side in registers;
//! - many rows of a network that fits into the near cache: rows lie side by side in registers, so that no width wastes any
//!   (source: the batched layers of fully fused networks, Müller et al., Real-time Neural Radiance Caching, 2021, §4.1);
//! - many rows of a larger network: as products of matrices ([`gemm`](super::gemm)), a block of rows at a time.

use super::{
    gemm::{Gemm, Matrix, Sizes, aligned},
    instructions::{InstructionSet, Kind},
    registers::{self, Register, Tiles},
};
use std::{cell::RefCell, ops::AddAssign};

/// A layer, `y = f(x · W + b)`.
#[derive(Clone, Copy)]
pub(crate) struct Layer<'a, T> {
    /// W, `[inputs, outputs]`, row-major.
    pub weight: &'a [T],
    /// b, `[outputs]`.
    pub bias: &'a [T],
    /// Whether there is a nonlinearity.
    pub bent: bool,
}

impl<T> Layer<'_, T> {
    fn outputs(&self) -> usize {
        self.bias.len()
    }

    /// Whether it takes rows of so many numbers.
    fn takes(&self, inputs: usize) -> bool {
        inputs.checked_mul(self.outputs()) == Some(self.weight.len())
    }
}

/// Layers one after the other.
pub(crate) trait Layers<T> {
    /// The layer at a place; none behind the last.
    fn layer(&self, place: usize) -> Option<Layer<'_, T>>;
    /// Fills `y` (all zeros at the start) with the nonlinearity of the layer at a place.
    fn bend(&self, place: usize, x: &[T], y: &mut [T]);
}

/// How much there is to predict.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    /// How many rows.
    pub rows: usize,
    /// How many numbers a row of the argument has, and one of the result.
    pub inputs: usize,
    pub outputs: usize,
    /// How many numbers the widest layer gives.
    pub widest: usize,
    /// How many weights there are, without biases.
    pub weights: usize,
}

/// Dense layers, for the two number types.
#[allow(private_interfaces)] // `Float` is sealed, so nobody outside can name or call this.
pub trait Dense: Sized {
    /// Fills `out` with what the layers make of the rows of `x`; there is at least one layer, and no width is 0.
    #[doc(hidden)]
    fn predict(layers: &dyn Layers<Self>, extent: Extent, x: &[Self], out: &mut [Self]);
}

macro_rules! dense {
    ($T:ident: $portable:ident $avx2:ident $avx512:ident) => {
        #[allow(private_interfaces)]
        impl Dense for $T {
            fn predict(layers: &dyn Layers<$T>, extent: Extent, x: &[$T], out: &mut [$T]) {
                thread_local! {
                    /// Room for the numbers between layers, kept for the next prediction.
                    static ROOM: RefCell<Vec<$T>> = const { RefCell::new(vec![]) };
                }
                // Taken, not borrowed: a nonlinearity may predict with another network.
                let mut room = ROOM.take();
                let set = InstructionSet::in_use();
                match set.kind() {
                    Kind::Portable => predict::<registers::$portable>(set, layers, extent, x, out, &mut room),
                    #[cfg(target_arch = "x86_64")]
                    Kind::Avx2 => predict::<registers::$avx2>(set, layers, extent, x, out, &mut room),
                    #[cfg(target_arch = "x86_64")]
                    Kind::Avx512 => predict::<registers::$avx512>(set, layers, extent, x, out, &mut room),
                }
                ROOM.replace(room);
            }
        }
    };
}
dense!(f64: PortableF64 Avx2F64 Avx512F64);
dense!(f32: PortableF32 Avx2F32 Avx512F32);

/// How many bytes of weights count as near: they stay in the second cache beside everything else.
const NEAR: usize = 128 << 10;
/// How many bytes the numbers between two layers have in a block of rows of a near network: a part of the first cache.
const BLOCK_NEAR: usize = 8 << 10;
/// The same for a larger network: a part of the second cache.
const BLOCK_FAR: usize = 256 << 10;

type Number<K> = <<K as Tiles>::Register as Register>::Number;

/// Fills `out` with what the layers make of the rows. `set` must have the instructions of `K`.
#[inline(always)]
fn predict<K: Tiles>(
    set: InstructionSet,
    layers: &dyn Layers<Number<K>>,
    extent: Extent,
    x: &[Number<K>],
    out: &mut [Number<K>],
    room: &mut Vec<Number<K>>,
) where
    Number<K>: Default + From<u8> + Gemm + AddAssign,
{
    let Extent {
        rows,
        inputs,
        outputs,
        widest,
        weights,
    } = extent;
    assert!(rows.checked_mul(inputs) == Some(x.len()), "argument of {extent:?}");
    assert!(rows.checked_mul(outputs) == Some(out.len()), "result of {extent:?}");
    let (size, lanes) = (size_of::<Number<K>>(), K::Register::LANES);
    let near = weights.saturating_mul(size) <= NEAR;
    macro_rules! blocks_of {
        ($rows:expr) => {
            x.chunks($rows * inputs).zip(out.chunks_mut($rows * outputs))
        };
    }
    if rows == 1 || near && 4 * rows <= lanes {
        let widest = widest.next_multiple_of(lanes);
        let (from, to) = aligned(room, 2 * widest).split_at_mut(widest);
        for (x, out) in blocks_of!(1) {
            through(layers, 1, x, [from, to], out, |layer, x, y| {
                one_row::<K>(set, layer, x, y)
            });
        }
    } else if near {
        let block = (BLOCK_NEAR / (widest * size)).max(2 * lanes).min(rows);
        let block = block.next_multiple_of(lanes);
        let room = aligned(room, (inputs + 2 * widest + outputs) * block);
        let (panels_in, room) = room.split_at_mut(inputs * block);
        let (panels_out, room) = room.split_at_mut(outputs * block);
        let (from, to) = room.split_at_mut(widest * block);
        for (x, out) in blocks_of!(block) {
            let rows = (out.len() / outputs).next_multiple_of(lanes);
            let (panels_in, panels_out) = (&mut panels_in[..rows * inputs], &mut panels_out[..rows * outputs]);
            into_panels::<K>(set, inputs, x, panels_in);
            through(layers, rows, panels_in, [from, to], panels_out, |layer, x, y| {
                panels::<K>(set, layer, x, y)
            });
            out_of_panels::<K>(set, outputs, panels_out, out);
        }
    } else {
        let block = (BLOCK_FAR / (widest * size)).max(128).min(rows);
        let (from, to) = aligned(room, 2 * widest * block).split_at_mut(widest * block);
        for (x, out) in blocks_of!(block) {
            let rows = out.len() / outputs;
            through(layers, rows, x, [from, to], out, |layer, x, y| {
                product(set, rows, layer, x, y)
            });
        }
    }
}

/// Takes some rows through all layers with `product`, which gives a layer's weighted sums; `room` has room for those of
/// any layer, twice.
#[inline(always)]
fn through<T: Copy + Default>(
    layers: &dyn Layers<T>,
    rows: usize,
    x: &[T],
    room: [&mut [T]; 2],
    out: &mut [T],
    product: impl Fn(Layer<T>, &[T], &mut [T]),
) {
    let ([mut from, mut to], mut place, mut next) = (room, 0, layers.layer(0));
    let mut count = x.len();
    while let Some(layer) = next {
        next = layers.layer(place + 1);
        let x = if place == 0 { x } else { &from[..count] };
        count = rows * layer.outputs();
        if !layer.bent && next.is_none() {
            return product(layer, x, out);
        }
        product(layer, x, &mut to[..count]);
        if layer.bent {
            let y = if next.is_none() { &mut *out } else { &mut from[..count] };
            y.fill(T::default());
            layers.bend(place, &to[..count], y);
        } else {
            std::mem::swap(&mut from, &mut to);
        }
        place += 1;
    }
}

/// The weighted sums of many rows, as a product of matrices.
fn product<T: Copy + Default + Gemm + AddAssign>(
    set: InstructionSet,
    rows: usize,
    layer: Layer<T>,
    x: &[T],
    y: &mut [T],
) {
    let sizes = Sizes {
        rows,
        inner: x.len() / rows,
        columns: layer.outputs(),
    };
    let matrix = |data| Matrix {
        data,
        transposed: false,
    };
    y.fill(T::default());
    T::multiply_add(sizes, matrix(x), matrix(layer.weight), y);
    set.run(
        #[inline(always)]
        || {
            for y in y.chunks_exact_mut(layer.outputs()) {
                for (y, &bias) in y.iter_mut().zip(layer.bias) {
                    *y += bias;
                }
            }
        },
    );
}

/// The weighted sums of one row. `set` must have the instructions of `K`.
#[inline(always)]
fn one_row<K: Tiles>(set: InstructionSet, layer: Layer<Number<K>>, x: &[Number<K>], y: &mut [Number<K>])
where
    Number<K>: Default + From<u8>,
{
    let (lanes, outputs) = (K::Register::LANES, layer.outputs());
    assert!(layer.takes(x.len()) && y.len() == outputs);
    let mut first = 0;
    while first < outputs {
        let width = (8 * lanes).min(outputs - first);
        let registers = width.div_ceil(lanes);
        let last = width - (registers - 1) * lanes;
        macro_rules! of_registers {
            ($($N:literal)+) => {
                match registers {
                    $($N if last == lanes => columns!($N, false),
                    $N => columns!($N, true),)+
                    _ => unreachable!("{registers} registers"),
                }
            };
        }
        macro_rules! columns {
            ($N:literal, $EDGE:literal) => {
                set.run(
                    #[inline(always)]
                    // SAFETY: the columns from the first on, of which there are `width`, lie in all rows (checked above).
                    || unsafe { some_columns::<K::Register, $N, $EDGE>(layer, first, last, x, y) },
                )
            };
        }
        of_registers!(1 2 3 4 5 6 7 8);
        first += width;
    }
}

/// The weighted sums of one row for `N` registers of columns, of which the last is full or, at the `EDGE`, has `last`
/// columns.
///
/// # Safety
/// As for [`Register`]; the columns must lie in the layer, whose sizes are those of `x` and `y`.
#[inline(always)]
unsafe fn some_columns<R: Register, const N: usize, const EDGE: bool>(
    layer: Layer<R::Number>,
    first: usize,
    last: usize,
    x: &[R::Number],
    y: &mut [R::Number],
) where
    R::Number: Default + From<u8>,
{
    let (weight, bias) = (
        layer.weight.as_ptr().wrapping_add(first),
        layer.bias.as_ptr().wrapping_add(first),
    );
    let y = y.as_mut_ptr().wrapping_add(first);
    macro_rules! load {
        ($from:ident, $j:ident) => {
            if EDGE && $j + 1 == N {
                R::load_first($from.add($j * R::LANES), last)
            } else {
                R::load($from.add($j * R::LANES))
            }
        };
    }
    // SAFETY (of all blocks): the caller vouches for the columns and the instructions.
    let mut sums = [unsafe { R::splat(R::Number::default()) }; N];
    for (i, &x) in x.iter().enumerate() {
        let (x, weight) = unsafe { (R::splat(x), weight.add(i * layer.bias.len())) };
        for (j, sum) in sums.iter_mut().enumerate() {
            *sum = unsafe { x.multiply_add(load!(weight, j), *sum) };
        }
    }
    for (j, sum) in sums.into_iter().enumerate() {
        let y = unsafe { y.add(j * R::LANES) };
        unsafe {
            let sum = plus(load!(bias, j), sum);
            if EDGE && j + 1 == N {
                sum.store_first(y, last)
            } else {
                sum.store(y)
            }
        }
    }
}

/// The sum of two registers: one times the first is exact, so the sum is rounded once.
///
/// # Safety
/// As for [`Register`].
#[inline(always)]
unsafe fn plus<R: Register>(a: R, b: R) -> R
where
    R::Number: From<u8>,
{
    // SAFETY: the caller vouches for the instructions.
    unsafe { a.multiply_add(R::splat(1.into()), b) }
}

/// The weighted sums of rows that lie in panels: of each lane's worth of rows the first number of all, then the second.
/// `set` must have the instructions of `K`.
#[inline(always)]
fn panels<K: Tiles>(set: InstructionSet, layer: Layer<Number<K>>, x: &[Number<K>], y: &mut [Number<K>])
where
    Number<K>: Default + From<u8>,
{
    let (lanes, outputs) = (K::Register::LANES, layer.outputs());
    let (count, inputs) = (y.len() / (outputs * lanes), layer.weight.len() / outputs);
    assert!(layer.takes(inputs) && x.len() == count * inputs * lanes && y.len() == count * outputs * lanes);
    let tiles = outputs.div_ceil(HEIGHT);
    let (height, higher) = (outputs / tiles, outputs % tiles);
    set.run(
        #[inline(always)]
        || {
            for (x, y) in x.chunks_exact(inputs * lanes).zip(y.chunks_exact_mut(outputs * lanes)) {
                let mut first = 0;
                for tile in 0..tiles {
                    let height = height + usize::from(tile < higher);
                    macro_rules! of_height {
                        ($($H:literal)+) => {
                            match height {
                                // SAFETY: `height` outputs from the first on lie in the layer, `x` has a register for each
                                // of its inputs and `y` one for each of its outputs (checked above); `set` has the
                                // instructions.
                                $($H => unsafe { some_outputs::<K::Register, $H>(layer, first, x, y) },)+
                                _ => unreachable!("no tile has {height} outputs"),
                            }
                        };
                    }
                    of_height!(1 2 3 4 5 6 7 8 9 10 11 12);
                    first += height;
                }
            }
        },
    );
}

/// How many outputs are summed up at once, at most: their sums stay in registers.
const HEIGHT: usize = 12;

/// The weighted sums of `H` outputs for a register of rows.
///
/// # Safety
/// As for [`Register`]; the outputs must lie in the layer, which has a register in `x` for each input and in `y` for each
/// output.
#[inline(always)]
unsafe fn some_outputs<R: Register, const H: usize>(
    layer: Layer<R::Number>,
    first: usize,
    x: &[R::Number],
    y: &mut [R::Number],
) where
    R::Number: Default + From<u8>,
{
    let (outputs, y) = (layer.outputs(), y.as_mut_ptr());
    let (mut weight, mut rows) = (layer.weight.as_ptr().wrapping_add(first), x.as_ptr());
    // SAFETY (of all blocks): the caller vouches for the outputs, the registers of `x` and `y`, and the instructions.
    let mut sums = [unsafe { R::splat(R::Number::default()) }; H];
    for _ in 0..x.len() / R::LANES {
        let x = unsafe { R::load(rows) };
        for (i, sum) in sums.iter_mut().enumerate() {
            *sum = unsafe { x.multiply_add(R::splat(*weight.add(i)), *sum) };
        }
        // Past the last step these point behind the slices, and are not read.
        (weight, rows) = (weight.wrapping_add(outputs), rows.wrapping_add(R::LANES));
    }
    for (i, sum) in sums.into_iter().enumerate() {
        let bias = layer.bias[first + i];
        unsafe { plus(R::splat(bias), sum).store(y.add((first + i) * R::LANES)) };
    }
}

/// Brings rows of so many numbers into panels; rows that the last panel has too many keep what was there.
/// `set` must have the instructions of `K`.
#[inline(always)]
fn into_panels<K: Tiles>(set: InstructionSet, width: usize, rows: &[Number<K>], panels: &mut [Number<K>]) {
    let size = width * K::Register::LANES;
    set.run(
        #[inline(always)]
        || {
            for (rows, panel) in rows.chunks(size).zip(panels.chunks_exact_mut(size)) {
                let sizes = [rows.len() / width, width];
                // SAFETY: `set` has the instructions.
                unsafe { transpose::<K>(sizes, rows, width, panel, K::Register::LANES) };
            }
        },
    );
}

/// Brings panels back into rows of so many numbers.
/// `set` must have the instructions of `K`.
#[inline(always)]
fn out_of_panels<K: Tiles>(set: InstructionSet, width: usize, panels: &[Number<K>], rows: &mut [Number<K>]) {
    let size = width * K::Register::LANES;
    set.run(
        #[inline(always)]
        || {
            for (rows, panel) in rows.chunks_mut(size).zip(panels.chunks_exact(size)) {
                let sizes = [width, rows.len() / width];
                // SAFETY: `set` has the instructions.
                unsafe { transpose::<K>(sizes, panel, K::Register::LANES, rows, width) };
            }
        },
    );
}

/// Copies a matrix of these sizes transposed; its rows lie `from_row` numbers apart, the copy's `to_row`.
///
/// # Safety
/// The machine must have the instructions of `K`.
#[inline(always)]
unsafe fn transpose<K: Tiles>(
    [rows, columns]: [usize; 2],
    from: &[Number<K>],
    from_row: usize,
    to: &mut [Number<K>],
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
    for row in 0..rows {
        let done = if row < straight_rows { straight_columns } else { 0 };
        for column in done..columns {
            to[column * to_row + row] = from[row * from_row + column];
        }
    }
}
