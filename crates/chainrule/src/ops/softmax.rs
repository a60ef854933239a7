//! Softmax and its logarithm, along one axis.

use super::{
    Example, SMOOTH,
    axes::{after_rows, axis_of},
    keepdims,
};
use crate::{
    error::Fault,
    float::Float,
    graph::{Doc, Here, Moment, Op, Var, View},
    kernel::{
        instructions::run,
        reduce::{best, sum, sum_of, sum_of_pairs},
    },
    shape::Shape,
};
use std::{borrow::Cow, sync::Arc};

/// Softmax along an axis, `yᵢ = e^xᵢ / Σ e^xⱼ`.
#[derive(Clone, Debug, PartialEq)]
pub struct Softmax {
    /// The axis whose numbers become probabilities; negative counts from the end.
    pub axis: isize,
}

/// Logarithm of softmax along an axis, `yᵢ = xᵢ − ln Σ e^xⱼ`.
#[derive(Clone, Debug, PartialEq)]
pub struct LogSoftmax {
    /// The axis; negative counts from the end.
    pub axis: isize,
}

pub(super) fn examples<T: Float>() -> Vec<Example<T>> {
    [0, 1, -1]
        .into_iter()
        .flat_map(|axis| {
            let shape = Shape::from([2, 3, 2]);
            [
                Example::new(Softmax { axis }, [shape]),
                Example::new(LogSoftmax { axis }, [shape]),
            ]
        })
        .collect()
}

/// The cells of each line along an axis: `line(first cell, distance, length)`.
pub(super) fn lines(axis: isize, shape: Shape, mut line: impl FnMut(usize, usize, usize)) {
    let Ok(axis) = axis_of(axis, shape) else { return };
    let (length, distance) = (shape.size(axis), shape.strides()[axis]);
    if shape.is_empty() {
        return;
    }
    for outer in (0..shape.len()).step_by(length * distance) {
        for inner in 0..distance {
            line(outer + inner, distance, length);
        }
    }
}

/// Calls `work` with the numbers of each line along an axis, of some values and of one to change. Lines whose numbers do
/// not lie together are copied there and back.
fn on_lines<T: Float, const N: usize>(
    axis: isize,
    shape: Shape,
    data: [&[T]; N],
    out: &mut [T],
    mut work: impl FnMut([&[T]; N], &mut [T]),
) {
    let Ok(position) = axis_of(axis, shape) else { return };
    let length = shape.size(position);
    if shape.strides()[position] == 1 {
        return lines(axis, shape, |first, _, _| {
            let line = first..first + length;
            work(data.map(|x| &x[line.clone()]), &mut out[line]);
        });
    }
    T::lend_room((N + 1) * length, &mut |room| {
        let (copies, copy_of_out) = room.split_at_mut(N * length);
        lines(axis, shape, |first, distance, _| {
            let cells = || (first..).step_by(distance).take(length);
            for (k, x) in data.iter().enumerate() {
                for (to, cell) in copies[k * length..].iter_mut().zip(cells()) {
                    *to = x[cell];
                }
            }
            for (to, cell) in copy_of_out.iter_mut().zip(cells()) {
                *to = out[cell];
            }
            work(std::array::from_fn(|k| &copies[k * length..][..length]), copy_of_out);
            for (cell, y) in cells().zip(&*copy_of_out) {
                out[cell] = *y;
            }
        });
    });
}

/// The largest of some numbers; −∞ when there are none, NaN is passed over.
#[inline(always)]
pub(super) fn largest<T: Float>(x: &[T]) -> T {
    best(
        T::NEG_INFINITY,
        x,
        #[inline(always)]
        |largest, x| if x > largest { x } else { largest },
    )
}

/// How many numbers are brought together at a time, so that short rows are not computed one by one.
const BLOCK: usize = 256;

/// For each of some rows of `count` numbers, of at most [`BLOCK`] together: what is subtracted from them so that no
/// exponential overflows, their exponentials, and the sum of these.
#[inline(always)]
fn exponentials<T: Float>(x: &[T], count: usize, shift: &mut [T], e: &mut [T], sum_of_row: &mut [T]) {
    for ((x, e), shift) in x.chunks_exact(count).zip(e.chunks_exact_mut(count)).zip(shift) {
        let largest = largest(x);
        // ±∞ cannot be subtracted from itself; without a shift it comes out right.
        *shift = if largest.is_finite() { largest } else { T::ZERO };
        for (e, &x) in e.iter_mut().zip(x) {
            *e = x - *shift;
        }
    }
    for e in &mut *e {
        *e = e.exp();
    }
    for (e, sum_of_row) in e.chunks_exact(count).zip(sum_of_row) {
        *sum_of_row = sum(e);
    }
}

/// Does some work on rows of `count` numbers. Of the shortest the compiler is told how short they are: their loops would
/// take longer than what is done in them.
#[inline(always)]
fn on_rows(count: usize, mut work: impl FnMut(usize)) {
    match count {
        2 => work(2),
        3 => work(3),
        _ => work(count),
    }
}

/// Says for each row of `count` numbers its `ln Σ eˣ`, finite for any finite x: `to(row, normalizer)`.
pub(super) fn normalizers<T: Float>(x: &[T], count: usize, mut to: impl FnMut(usize, T)) {
    let Some(rows) = BLOCK.checked_div(count) else { return };
    if rows == 0 {
        for (row, x) in x.chunks_exact(count).enumerate() {
            let normalizer = run(
                #[inline(always)]
                || {
                    let (shift, sum) = shift_and_sum(x);
                    shift + sum.ln()
                },
            );
            to(row, normalizer);
        }
        return;
    }
    let (mut e, mut shift, mut sum) = ([T::ZERO; BLOCK], [T::ZERO; BLOCK], [T::ZERO; BLOCK]);
    for (i, x) in x.chunks(rows * count).enumerate() {
        let here = x.len() / count;
        run(
            #[inline(always)]
            || {
                let e = &mut e[..x.len()];
                on_rows(
                    count,
                    #[inline(always)]
                    |count| exponentials(x, count, &mut shift, e, &mut sum),
                );
                for (sum, shift) in sum[..here].iter_mut().zip(&shift) {
                    *sum = *shift + sum.ln();
                }
            },
        );
        for (row, &normalizer) in sum[..here].iter().enumerate() {
            to(i * rows + row, normalizer);
        }
    }
}

/// Hands over `softmax(x)` of each row of `count` numbers, some numbers at a time: whole rows, or a part of one row that
/// is long: `to(first cell, probabilities)`.
pub(super) fn probabilities<T: Float>(x: &[T], count: usize, mut to: impl FnMut(usize, &[T])) {
    let (mut e, mut shift, mut sum) = ([T::ZERO; BLOCK], [T::ZERO; BLOCK], [T::ZERO; BLOCK]);
    let Some(rows) = BLOCK.checked_div(count) else { return };
    if rows == 0 {
        for (row, x) in x.chunks_exact(count).enumerate() {
            let (shift, sum) = run(
                #[inline(always)]
                || shift_and_sum(x),
            );
            for (i, x) in x.chunks(BLOCK).enumerate() {
                run(
                    #[inline(always)]
                    || {
                        for (e, &x) in e.iter_mut().zip(x) {
                            *e = (x - shift).exp() / sum;
                        }
                    },
                );
                to(row * count + i * BLOCK, &e[..x.len()]);
            }
        }
        return;
    }
    for (i, x) in x.chunks(rows * count).enumerate() {
        let e = &mut e[..x.len()];
        run(
            #[inline(always)]
            || {
                on_rows(
                    count,
                    #[inline(always)]
                    |count| {
                        exponentials(x, count, &mut shift, e, &mut sum);
                        for (e, &sum) in e.chunks_exact_mut(count).zip(&sum) {
                            for e in e {
                                *e /= sum;
                            }
                        }
                    },
                );
            },
        );
        to(i * rows * count, e);
    }
}

/// For a long row what [`exponentials`] says of it, without them.
#[inline(always)]
fn shift_and_sum<T: Float>(x: &[T]) -> (T, T) {
    let largest = largest(x);
    let shift = if largest.is_finite() { largest } else { T::ZERO };
    let sum = sum_of(
        x,
        #[inline(always)]
        |x| (x - shift).exp(),
    );
    (shift, sum)
}

impl<T: Float> Op<T> for Softmax {
    fn name(&self) -> &'static str {
        "softmax"
    }
    fn label(&self) -> Cow<'static, str> {
        format!("softmax {}", self.axis).into()
    }
    fn doc(&self) -> Doc {
        Doc {
            text: "Softmax along an axis, `yᵢ = e^xᵢ / Σ e^xⱼ`, shifted by the largest x. \
                   Source: Bridle, Probabilistic Interpretation of Feedforward Classification Network Outputs (1990).",
            derivative: "y * (g - Σ g y)",
        }
    }
    fn shape(&self, arguments: &[Shape]) -> Result<Shape, Fault> {
        axis_of(self.axis, arguments[0]).map(|_| arguments[0])
    }
    fn eval(&self, arguments: &[View<'_, T>], out: &mut [T]) {
        let x = arguments[0];
        on_lines(self.axis, x.shape, [x.data], out, |[x], y| {
            run(
                #[inline(always)]
                || {
                    let largest = largest(x);
                    for (y, &x) in y.iter_mut().zip(x) {
                        *y = (x - largest).exp();
                    }
                    let sum = sum(y);
                    for y in y {
                        *y /= sum;
                    }
                },
            );
        });
    }
    fn pull(&self, _: usize, at: &Moment<'_, T>, gradient_y: &[T], gradient_x: &mut [T]) {
        let y = at.value;
        on_lines(
            self.axis,
            y.shape,
            [y.data, gradient_y],
            gradient_x,
            |[y, g], gradient_x| {
                run(
                    #[inline(always)]
                    || {
                        let dot = sum_of_pairs(g, y, |g, y| g * y);
                        for ((gradient_x, &y), &g) in gradient_x.iter_mut().zip(y).zip(g) {
                            *gradient_x += y * (g - dot);
                        }
                    },
                );
            },
        );
    }
    fn emit<'g>(&self, _: usize, at: &Here<'_, 'g, T>, g: Var<'g, T>) -> Option<Var<'g, T>> {
        let y = at.value;
        Some(y * (g - (g * y).sum_over(keepdims(self.axis))))
    }
    fn over_rows(&self, _: usize, _: &[Shape]) -> Option<Arc<dyn Op<T>>> {
        let axis = after_rows(self.axis);
        Some(Arc::new(Softmax { axis }))
    }
    fn try_at(&self) -> &'static [f64] {
        SMOOTH
    }
}

impl<T: Float> Op<T> for LogSoftmax {
    fn name(&self) -> &'static str {
        "log_softmax"
    }
    fn label(&self) -> Cow<'static, str> {
        format!("ln softmax {}", self.axis).into()
    }
    fn doc(&self) -> Doc {
        Doc {
            text: "Logarithm of softmax along an axis, `yᵢ = xᵢ − ln Σ e^xⱼ`, shifted by the largest x. \
                   Source: Bridle, Probabilistic Interpretation of Feedforward Classification Network Outputs (1990).",
            derivative: "g - exp(y) Σ g",
        }
    }
    fn shape(&self, arguments: &[Shape]) -> Result<Shape, Fault> {
        axis_of(self.axis, arguments[0]).map(|_| arguments[0])
    }
    fn eval(&self, arguments: &[View<'_, T>], out: &mut [T]) {
        let x = arguments[0];
        on_lines(self.axis, x.shape, [x.data], out, |[x], y| {
            run(
                #[inline(always)]
                || {
                    let largest = largest(x);
                    let shift = sum_of(
                        x,
                        #[inline(always)]
                        |x| (x - largest).exp(),
                    )
                    .ln();
                    for (y, &x) in y.iter_mut().zip(x) {
                        *y = (x - largest) - shift;
                    }
                },
            );
        });
    }
    fn pull(&self, _: usize, at: &Moment<'_, T>, gradient_y: &[T], gradient_x: &mut [T]) {
        let y = at.value;
        on_lines(
            self.axis,
            y.shape,
            [y.data, gradient_y],
            gradient_x,
            |[y, g], gradient_x| {
                run(
                    #[inline(always)]
                    || {
                        let total = sum(g);
                        for ((gradient_x, &y), &g) in gradient_x.iter_mut().zip(y).zip(g) {
                            *gradient_x += g - y.exp() * total;
                        }
                    },
                );
            },
        );
    }
    fn emit<'g>(&self, _: usize, at: &Here<'_, 'g, T>, g: Var<'g, T>) -> Option<Var<'g, T>> {
        Some(g - at.value.exp() * g.sum_over(keepdims(self.axis)))
    }
    fn over_rows(&self, _: usize, _: &[Shape]) -> Option<Arc<dyn Op<T>>> {
        let axis = after_rows(self.axis);
        Some(Arc::new(LogSoftmax { axis }))
    }
    fn try_at(&self) -> &'static [f64] {
        SMOOTH
    }
}

impl<'g, T: Float> Var<'g, T> {
    /// Probabilities along an axis, `e^xᵢ / Σ e^xⱼ`; they add up to 1 for any finite x.
    #[track_caller]
    pub fn softmax(self, axis: isize) -> Var<'g, T> {
        self.apply(Softmax { axis })
    }

    /// Logarithms of the probabilities along an axis, `xᵢ − ln Σ e^xⱼ`, precise for any finite x.
    #[track_caller]
    pub fn log_softmax(self, axis: isize) -> Var<'g, T> {
        self.apply(LogSoftmax { axis })
    }
}
