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

mod panels;
mod row;
#[cfg(test)]
mod tests;

use super::{
    Kernels,
    gemm::{Matrix, Sizes},
    instructions::InstructionSet,
    registers::{Machine, Tiles, on_machine},
};

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

/// How many bytes of weights count as near: they stay in the second cache beside everything else.
const NEAR: usize = 128 << 10;
/// How many bytes the numbers between two layers have in a block of rows of a near network: a part of the first cache.
const BLOCK_NEAR: usize = 8 << 10;
/// The same for a larger network: a part of the second cache.
const BLOCK_FAR: usize = 256 << 10;

/// Fills `out` with what the layers make of the rows of `x`; there is at least one layer, and no width is 0.
pub(super) fn predict<T: Kernels>(
    set: InstructionSet,
    layers: &dyn Layers<T>,
    extent: &Extent,
    x: &[T],
    out: &mut [T],
) {
    on_machine!(set, T, |machine| predict_on(machine, layers, extent, x, out))
}

/// [`predict`] with some machine.
fn predict_on<K: Tiles>(
    machine: Machine<K>,
    layers: &dyn Layers<K::Number>,
    extent: &Extent,
    x: &[K::Number],
    out: &mut [K::Number],
) {
    assert!(
        extent.rows.checked_mul(extent.inputs) == Some(x.len()),
        "argument of {extent:?}"
    );
    assert!(
        extent.rows.checked_mul(extent.outputs) == Some(out.len()),
        "result of {extent:?}"
    );
    if extent.rows == 1 && extent.widest <= 2 * K::LANES {
        // Asking for room would take longer than a layer.
        let mut room = Narrow([K::Number::default(); 64]);
        let (from, to) = room.0.split_at_mut(32);
        row::through::<K, true>(machine, layers, extent.layers, x, [from, to], out);
    } else {
        rows(machine, layers, extent, x, out);
    }
}

/// Twice the room for two registers of any machine, in lines of the cache of its own.
#[repr(align(64))]
struct Narrow<T>([T; 64]);

/// [`predict`] for many rows, or for larger networks.
fn rows<K: Tiles>(
    machine: Machine<K>,
    layers: &dyn Layers<K::Number>,
    extent: &Extent,
    x: &[K::Number],
    out: &mut [K::Number],
) {
    let Extent {
        rows,
        inputs,
        outputs,
        widest,
        weights,
        ..
    } = *extent;
    let (size, lanes) = (size_of::<K::Number>(), K::LANES);
    let near = weights.saturating_mul(size) <= NEAR;
    if rows <= 1 || near && 4 * rows <= lanes {
        let widest = widest.next_multiple_of(lanes);
        Kernels::lend_room(2 * widest, &mut |room| {
            let (from, to) = room.split_at_mut(widest);
            for (x, out) in x.chunks(inputs).zip(out.chunks_mut(outputs)) {
                row::through::<K, false>(machine, layers, extent.layers, x, [from, to], out);
            }
        });
    } else if near {
        let block = (BLOCK_NEAR / (widest * size)).max(2 * lanes).min(rows);
        let block = block.next_multiple_of(lanes);
        Kernels::lend_room((inputs + 2 * widest + outputs) * block, &mut |room| {
            let (panels_in, room) = room.split_at_mut(inputs * block);
            let (panels_out, room) = room.split_at_mut(outputs * block);
            let (from, to) = room.split_at_mut(widest * block);
            for (x, out) in x.chunks(block * inputs).zip(out.chunks_mut(block * outputs)) {
                let rows = (out.len() / outputs).next_multiple_of(lanes);
                let (panels_in, panels_out) = (&mut panels_in[..rows * inputs], &mut panels_out[..rows * outputs]);
                panels::bring_in(machine, inputs, x, panels_in);
                through(
                    layers,
                    extent.layers,
                    rows,
                    panels_in,
                    [from, to],
                    panels_out,
                    |layer, x, y| panels::weighted_sums(machine, layer, x, y),
                );
                panels::bring_out(machine, outputs, panels_out, out);
            }
        });
    } else {
        let block = (BLOCK_FAR / (widest * size)).max(128).min(rows);
        Kernels::lend_room(2 * widest * block, &mut |room| {
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
fn through<T: Copy>(
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
        let sums = if last && !layer.bent {
            &mut *out
        } else {
            &mut to[..length]
        };
        product(layer, x, sums);
        if layer.bent {
            let y = if last { &mut *out } else { &mut from[..length] };
            layers.bend(place, &to[..length], y);
        } else {
            std::mem::swap(&mut from, &mut to);
        }
    }
}

/// The weighted sums of many rows, as a product of matrices.
fn product<K: Tiles>(machine: Machine<K>, rows: usize, layer: Layer<K::Number>, x: &[K::Number], y: &mut [K::Number]) {
    let sizes = Sizes {
        rows,
        inner: x.len() / rows,
        columns: layer.outputs(),
    };
    let matrix = |data| Matrix {
        data,
        transposed: false,
    };
    Kernels::product(sizes, matrix(x), matrix(layer.weight), y, true);
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
