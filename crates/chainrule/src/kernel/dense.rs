//! Dense layers on plain numbers: product, bias and nonlinearity, one layer after the other while the numbers are near.
//!
//! Every weighted sum is one chain of fused multiply-adds that starts from 0 and goes through the inputs in order; then the
//! bias is added, rounded once more. That is what the graph's product and sum do, so the bits are the same, whichever of
//! three ways the rows go:
//!
//! - one row: the outputs lie side by side in registers;
//! - many rows of a network that fits into the near cache: the rows lie side by side in registers, so that no width leaves
//!   a part of a register unused;
//! - many rows of a larger network: as products of matrices ([`gemm`](super::gemm)), a block of rows at a time.

use super::{
    gemm::{Gemm, Matrix, Sizes, aligned},
    instructions::{InstructionSet, Kind, run_as},
    registers::{self, Register, Tiles},
};
use std::{cell::RefCell, marker::PhantomData, ops::AddAssign};

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
    /// The layer at a place.
    fn layer(&self, place: usize) -> Layer<'_, T>;
    /// Overwrites `y` with the nonlinearity of the layer at a place; the last row may be there several times.
    fn bend(&self, place: usize, x: &[T], y: &mut [T]);
}

/// How much there is to predict.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    /// How many rows.
    pub rows: usize,
    /// How many layers.
    pub layers: usize,
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
    fn predict(layers: &dyn Layers<Self>, extent: &Extent, x: &[Self], out: &mut [Self]);
    /// Lends room for so many numbers, which hold anything: this thread's, which is kept for the next time.
    #[doc(hidden)]
    fn lend_room(count: usize, work: &mut dyn FnMut(&mut [Self]));
}

macro_rules! dense {
    ($T:ident: $portable:ident $avx2:ident $avx512:ident) => {
        #[allow(private_interfaces)]
        impl Dense for $T {
            fn predict(layers: &dyn Layers<$T>, extent: &Extent, x: &[$T], out: &mut [$T]) {
                macro_rules! with {
                    ($K:ident) => {
                        // SAFETY: the set in use is one that the machine has.
                        predict(
                            unsafe { Machine::<registers::$K>::new() },
                            layers,
                            extent,
                            x,
                            out,
                        )
                    };
                }
                match InstructionSet::in_use().kind() {
                    Kind::Portable => with!($portable),
                    #[cfg(target_arch = "x86_64")]
                    Kind::Avx2 => with!($avx2),
                    #[cfg(target_arch = "x86_64")]
                    Kind::Avx512 => with!($avx512),
                }
            }
            fn lend_room(count: usize, work: &mut dyn FnMut(&mut [$T])) {
                thread_local! {
                    static ROOM: RefCell<Vec<$T>> = const { RefCell::new(vec![]) };
                }
                // Taken, not borrowed: a nonlinearity may predict with a network of its own.
                let mut room = ROOM.take();
                work(aligned(&mut room, count));
                ROOM.set(room);
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

/// A machine with the instructions of `K`: a value of this type is the proof.
#[derive(Clone, Copy)]
struct Machine<K>(PhantomData<K>);

impl<K: Tiles> Machine<K> {
    /// # Safety
    /// This machine must have the instructions of `K`.
    unsafe fn new() -> Machine<K> {
        Machine(PhantomData)
    }

    /// Does some work with them; what is to be compiled for them must be inlined.
    #[inline(always)]
    fn run(self, work: impl FnOnce()) {
        // SAFETY: this value is the proof.
        unsafe { run_as(K::KIND, work) }
    }
}

/// Fills `out` with what the layers make of the rows.
#[inline(always)]
fn predict<K: Tiles>(
    machine: Machine<K>,
    layers: &dyn Layers<Number<K>>,
    extent: &Extent,
    x: &[Number<K>],
    out: &mut [Number<K>],
) where
    Number<K>: Default + From<u8> + Dense + Gemm + AddAssign,
{
    assert!(
        extent.rows.checked_mul(extent.inputs) == Some(x.len()),
        "argument of {extent:?}"
    );
    assert!(
        extent.rows.checked_mul(extent.outputs) == Some(out.len()),
        "result of {extent:?}"
    );
    if extent.rows == 1 && extent.widest <= 2 * K::Register::LANES {
        narrow_row(machine, layers, extent.layers, x, out);
    } else {
        rows(machine, layers, extent, x, out);
    }
}

/// One row of a network whose layers have up to two registers of columns each. The steps between the layers would take
/// longer than the layers do, so all are done in one go, in room of their own.
fn narrow_row<K: Tiles>(
    machine: Machine<K>,
    layers: &dyn Layers<Number<K>>,
    count: usize,
    x: &[Number<K>],
    out: &mut [Number<K>],
) where
    Number<K>: Default + From<u8>,
{
    /// Two registers of any machine, which lie in lines of the cache of their own.
    #[repr(align(64))]
    struct Room<T>([T; 32]);
    let lanes = K::Register::LANES;
    machine.run(
        #[inline(always)]
        || {
            let (mut from, mut to) = (Room([Number::<K>::default(); 32]), Room([Number::<K>::default(); 32]));
            let room = [&mut from.0[..], &mut to.0[..]];
            through(
                layers,
                count,
                1,
                x,
                room,
                out,
                #[inline(always)]
                |layer, x, y| {
                    let columns = Columns::new(layer, x, y);
                    // SAFETY: the layer has so many columns; this runs with the instructions of `K`.
                    match columns.outputs <= lanes {
                        true => unsafe { columns.sum_up::<K::Register, 1, true>(columns.outputs) },
                        false => unsafe { columns.sum_up::<K::Register, 2, true>(columns.outputs - lanes) },
                    }
                },
            );
        },
    );
}

/// [`predict`] for many rows, or for larger networks.
fn rows<K: Tiles>(
    machine: Machine<K>,
    layers: &dyn Layers<Number<K>>,
    extent: &Extent,
    x: &[Number<K>],
    out: &mut [Number<K>],
) where
    Number<K>: Default + From<u8> + Dense + Gemm + AddAssign,
{
    let Extent {
        rows,
        inputs,
        outputs,
        widest,
        weights,
        ..
    } = *extent;
    let (size, lanes) = (size_of::<Number<K>>(), K::Register::LANES);
    let near = weights.saturating_mul(size) <= NEAR;
    if rows <= 1 || near && 4 * rows <= lanes {
        let widest = widest.next_multiple_of(lanes);
        Dense::lend_room(2 * widest, &mut |room| {
            let (from, to) = room.split_at_mut(widest);
            for (x, out) in x.chunks(inputs).zip(out.chunks_mut(outputs)) {
                through(layers, extent.layers, 1, x, [from, to], out, |layer, x, y| {
                    one_row(machine, layer, x, y)
                });
            }
        });
    } else if near {
        let block = (BLOCK_NEAR / (widest * size)).max(2 * lanes).min(rows);
        let block = block.next_multiple_of(lanes);
        Dense::lend_room((inputs + 2 * widest + outputs) * block, &mut |room| {
            let (panels_in, room) = room.split_at_mut(inputs * block);
            let (panels_out, room) = room.split_at_mut(outputs * block);
            let (from, to) = room.split_at_mut(widest * block);
            for (x, out) in x.chunks(block * inputs).zip(out.chunks_mut(block * outputs)) {
                let rows = (out.len() / outputs).next_multiple_of(lanes);
                let (panels_in, panels_out) = (&mut panels_in[..rows * inputs], &mut panels_out[..rows * outputs]);
                into_panels::<K>(machine, inputs, x, panels_in);
                through(
                    layers,
                    extent.layers,
                    rows,
                    panels_in,
                    [from, to],
                    panels_out,
                    |layer, x, y| panels::<K>(machine, layer, x, y),
                );
                out_of_panels::<K>(machine, outputs, panels_out, out);
            }
        });
    } else {
        let block = (BLOCK_FAR / (widest * size)).max(128).min(rows);
        Dense::lend_room(2 * widest * block, &mut |room| {
            let (from, to) = room.split_at_mut(widest * block);
            for (x, out) in x.chunks(block * inputs).zip(out.chunks_mut(block * outputs)) {
                let rows = out.len() / outputs;
                through(layers, extent.layers, rows, x, [from, to], out, |layer, x, y| {
                    product(machine, rows, layer, x, y)
                });
            }
        });
    }
}

/// Takes some rows through so many layers with `product`, which gives a layer's weighted sums; there is room for those of
/// any layer, twice.
#[inline(always)]
fn through<T>(
    layers: &dyn Layers<T>,
    count: usize,
    rows: usize,
    x: &[T],
    [mut from, mut to]: [&mut [T]; 2],
    out: &mut [T],
    product: impl Fn(Layer<T>, &[T], &mut [T]),
) {
    let mut length = x.len();
    for place in 0..count {
        let (layer, last) = (layers.layer(place), place + 1 == count);
        let x = if place == 0 { x } else { &from[..length] };
        length = rows * layer.outputs();
        if !layer.bent && last {
            product(layer, x, out);
        } else if layer.bent {
            product(layer, x, &mut to[..length]);
            let y = if last { &mut *out } else { &mut from[..length] };
            layers.bend(place, &to[..length], y);
        } else {
            product(layer, x, &mut to[..length]);
            std::mem::swap(&mut from, &mut to);
        }
    }
}

/// The weighted sums of many rows, as a product of matrices.
fn product<K: Tiles>(machine: Machine<K>, rows: usize, layer: Layer<Number<K>>, x: &[Number<K>], y: &mut [Number<K>])
where
    Number<K>: Default + Gemm + AddAssign,
{
    let sizes = Sizes {
        rows,
        inner: x.len() / rows,
        columns: layer.outputs(),
    };
    let matrix = |data| Matrix {
        data,
        transposed: false,
    };
    Gemm::multiply(sizes, matrix(x), matrix(layer.weight), y);
    machine.run(
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

/// The weighted sums of one row.
fn one_row<K: Tiles>(machine: Machine<K>, layer: Layer<Number<K>>, x: &[Number<K>], y: &mut [Number<K>])
where
    Number<K>: Default + From<u8>,
{
    let lanes = K::Register::LANES;
    let mut columns = Columns::new(layer, x, y);
    let mut left = columns.outputs;
    macro_rules! columns {
        ($N:literal, $EDGE:literal, $last:expr) => {
            machine.run(
                #[inline(always)]
                // SAFETY: there are as many columns in all rows; this runs with the instructions of `K`.
                || unsafe { columns.sum_up::<K::Register, $N, $EDGE>($last) },
            )
        };
    }
    while left >= 8 * lanes {
        columns!(8, false, lanes);
        let next = 8 * lanes;
        left -= next;
        columns.weight = columns.weight.wrapping_add(next);
        (columns.bias, columns.y) = (columns.bias.wrapping_add(next), columns.y.wrapping_add(next));
    }
    let registers = left.div_ceil(lanes);
    let last = left - registers.saturating_sub(1) * lanes;
    match registers {
        0 => {}
        1 => columns!(1, true, last),
        2 => columns!(2, true, last),
        3 => columns!(3, true, last),
        4 => columns!(4, true, last),
        5 => columns!(5, true, last),
        6 => columns!(6, true, last),
        7 => columns!(7, true, last),
        _ => columns!(8, true, last),
    }
}

/// Some columns of a layer, and one row.
#[derive(Clone, Copy)]
struct Columns<T> {
    x: *const T,
    inputs: usize,
    /// The weights from the first column on; rows lie `outputs` apart.
    weight: *const T,
    outputs: usize,
    /// Biases and sums from the first column on.
    bias: *const T,
    y: *mut T,
}

impl<T> Columns<T> {
    /// All columns of a layer.
    #[inline(always)]
    fn new(layer: Layer<T>, x: &[T], y: &mut [T]) -> Columns<T> {
        assert!(layer.takes(x.len()) && y.len() == layer.outputs());
        Columns {
            x: x.as_ptr(),
            inputs: x.len(),
            weight: layer.weight.as_ptr(),
            outputs: layer.outputs(),
            bias: layer.bias.as_ptr(),
            y: y.as_mut_ptr(),
        }
    }
}

impl<T: Copy + Default + From<u8>> Columns<T> {
    /// The weighted sums of `N` registers of columns, of which the last is full or, at the `EDGE`, has `last`
    /// columns.
    ///
    /// # Safety
    /// As for [`Register`]; the pointers must be good for the columns.
    #[inline(always)]
    unsafe fn sum_up<R: Register<Number = T>, const N: usize, const EDGE: bool>(self, last: usize) {
        let (mut x, mut weight) = (self.x, self.weight);
        let Columns {
            inputs,
            outputs,
            bias,
            y,
            ..
        } = self;
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
        let mut sums = [unsafe { R::splat(T::default()) }; N];
        for _ in 0..inputs {
            let number = unsafe { R::splat(*x) };
            for (j, sum) in sums.iter_mut().enumerate() {
                *sum = unsafe { number.multiply_add(load!(weight, j), *sum) };
            }
            // Past the last step these point behind the slices, and are not read.
            (x, weight) = (x.wrapping_add(1), weight.wrapping_add(outputs));
        }
        for (j, sum) in sums.into_iter().enumerate() {
            unsafe {
                let (sum, y) = (plus(load!(bias, j), sum), y.add(j * R::LANES));
                if EDGE && j + 1 == N {
                    sum.store_first(y, last);
                } else {
                    sum.store(y);
                }
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
fn panels<K: Tiles>(machine: Machine<K>, layer: Layer<Number<K>>, x: &[Number<K>], y: &mut [Number<K>])
where
    Number<K>: Default + From<u8>,
{
    let (lanes, outputs) = (K::Register::LANES, layer.outputs());
    let inputs = layer.weight.len() / outputs;
    let count = x.len() / (inputs * lanes);
    assert!(layer.takes(inputs) && x.len() == count * inputs * lanes && y.len() == count * outputs * lanes);
    let tiles = outputs.div_ceil(HEIGHT);
    let (height, higher) = (outputs / tiles, outputs % tiles);
    machine.run(
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
                                // of its inputs and `y` one for each of its outputs (checked above); this runs with the
                                // instructions of `K`.
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

/// Brings rows of so many numbers into panels; what is left of the last panel is filled with the last row, so that nobody
/// sees numbers that are not there.
fn into_panels<K: Tiles>(machine: Machine<K>, width: usize, rows: &[Number<K>], panels: &mut [Number<K>]) {
    let size = width * K::Register::LANES;
    machine.run(
        #[inline(always)]
        || {
            for (rows, panel) in rows.chunks(size).zip(panels.chunks_exact_mut(size)) {
                let sizes = [rows.len() / width, width];
                // SAFETY: this runs with the instructions of `K`.
                unsafe { transpose::<K>(sizes, rows, width, panel, K::Register::LANES) };
                for column in panel.chunks_exact_mut(K::Register::LANES).filter(|_| rows.len() < size) {
                    let (there, rest) = column.split_at_mut(sizes[0]);
                    rest.fill(there[sizes[0] - 1]);
                }
            }
        },
    );
}

/// Brings panels back into rows of so many numbers.
fn out_of_panels<K: Tiles>(machine: Machine<K>, width: usize, panels: &[Number<K>], rows: &mut [Number<K>]) {
    let size = width * K::Register::LANES;
    machine.run(
        #[inline(always)]
        || {
            for (rows, panel) in rows.chunks_mut(size).zip(panels.chunks_exact(size)) {
                let sizes = [width, rows.len() / width];
                // SAFETY: this runs with the instructions of `K`.
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
