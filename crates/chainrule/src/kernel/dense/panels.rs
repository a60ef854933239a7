//! Many rows of a network that fits into the near cache: the rows lie side by side in registers. Of each lane's worth of
//! rows, a panel has the first number of all, then the second.

use super::{Layer, row::plus};
use crate::kernel::{
    gemm::transpose,
    registers::{Machine, Register, Tiles},
};

/// The weighted sums of rows that lie in panels.
pub(super) fn weighted_sums<K: Tiles>(
    machine: Machine<K>,
    layer: Layer<K::Number>,
    x: &[K::Number],
    y: &mut [K::Number],
) {
    let (lanes, outputs) = (K::LANES, layer.outputs());
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
                                $($H => unsafe { some_outputs::<K, $H>(layer, first, x, y) },)+
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
) {
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
pub(super) fn bring_in<K: Tiles>(machine: Machine<K>, width: usize, rows: &[K::Number], panels: &mut [K::Number]) {
    let size = width * K::LANES;
    machine.run(
        #[inline(always)]
        || {
            for (rows, panel) in rows.chunks(size).zip(panels.chunks_exact_mut(size)) {
                let sizes = [rows.len() / width, width];
                // SAFETY: this runs with the instructions of `K`.
                unsafe { transpose::<K>(sizes, rows, width, panel, K::LANES) };
                for column in panel.chunks_exact_mut(K::LANES).filter(|_| rows.len() < size) {
                    let (there, rest) = column.split_at_mut(sizes[0]);
                    rest.fill(there[sizes[0] - 1]);
                }
            }
        },
    );
}

/// Brings panels back into rows of so many numbers.
pub(super) fn bring_out<K: Tiles>(machine: Machine<K>, width: usize, panels: &[K::Number], rows: &mut [K::Number]) {
    let size = width * K::LANES;
    machine.run(
        #[inline(always)]
        || {
            for (rows, panel) in rows.chunks_mut(size).zip(panels.chunks_exact(size)) {
                let sizes = [width, rows.len() / width];
                // SAFETY: this runs with the instructions of `K`.
                unsafe { transpose::<K>(sizes, panel, K::LANES, rows, width) };
            }
        },
    );
}
