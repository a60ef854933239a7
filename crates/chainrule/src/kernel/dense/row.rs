//! One row: the outputs lie side by side in registers.

use super::{Layer, Layers};
use crate::kernel::{
    Kernels,
    registers::{Machine, Register, Tiles},
};

/// Takes a row through so many layers, of up to two registers of outputs each where they are `NARROW`; there is room for the
/// numbers of any layer, twice. The steps between narrow layers would take longer than the layers do, so all are done in
/// one go.
pub(super) fn through<K: Tiles, const NARROW: bool>(
    machine: Machine<K>,
    layers: &dyn Layers<K::Number>,
    count: usize,
    x: &[K::Number],
    room: [&mut [K::Number]; 2],
    out: &mut [K::Number],
) {
    machine.run(
        #[inline(always)]
        || {
            super::through(
                layers,
                count,
                1,
                x,
                room,
                out,
                #[inline(always)]
                // SAFETY: this runs with the instructions of `K`.
                |layer, x, y| unsafe { weighted_sums::<K, NARROW>(layer, x, y) },
            );
        },
    );
}

/// The weighted sums of one row.
///
/// # Safety
/// As for [`Register`].
#[inline(always)]
unsafe fn weighted_sums<K: Tiles, const NARROW: bool>(layer: Layer<K::Number>, x: &[K::Number], y: &mut [K::Number]) {
    let lanes = K::LANES;
    let mut columns = Columns::new(layer, x, y);
    let mut left = columns.outputs;
    macro_rules! columns {
        ($N:literal, $EDGE:literal, $last:expr) => {
            // SAFETY: there are as many columns in all rows; the caller vouches for the instructions.
            unsafe { columns.sum_up::<K, $N, $EDGE>($last) }
        };
    }
    if NARROW {
        return match left <= lanes {
            true => columns!(1, true, left),
            false => columns!(2, true, left - lanes),
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

impl<T: Kernels> Columns<T> {
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
pub(super) unsafe fn plus<R: Register>(a: R, b: R) -> R {
    // SAFETY: the caller vouches for the instructions.
    unsafe { a.multiply_add(R::splat(1.into()), b) }
}
