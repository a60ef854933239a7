//! Reductions over axes: sum and mean, and what the other reductions share with them.

use super::{Axes, Example, Extreme, LogSumExp, SMOOTH, Variance, keepdims};
use crate::{
    error::Fault,
    float::Float,
    graph::{Doc, Here, Moment, Op, Var, View},
    kernel::{
        instructions::run,
        reduce::{sum, sum_of},
        walk::{Walk, side_by_side},
    },
    shape::Shape,
};
use std::{borrow::Cow, sync::Arc};

/// Sum over axes, `y = Σ x`.
#[derive(Clone, Debug, PartialEq)]
pub struct Sum {
    /// The axes that are summed away.
    pub axes: Axes,
}

/// Mean over axes, `y = Σ x / n`.
#[derive(Clone, Debug, PartialEq)]
pub struct Mean {
    /// The axes that are averaged away.
    pub axes: Axes,
}

pub(super) fn examples<T: Float>() -> Vec<Example<T>> {
    let shape = Shape::from([2, 3, 2]);
    let mut examples = vec![];
    for axes in [
        Axes::ALL,
        Axes::from(0),
        Axes::from([0, 2]),
        keepdims([1]),
        keepdims([-1, 0]),
    ] {
        let axes = || axes.clone();
        examples.push(Example::new(Sum { axes: axes() }, [shape]));
        examples.push(Example::new(Mean { axes: axes() }, [shape]));
        examples.push(Example::new(
            Extreme {
                axes: axes(),
                largest: true,
            },
            [shape],
        ));
        examples.push(Example::new(
            Extreme {
                axes: axes(),
                largest: false,
            },
            [shape],
        ));
        examples.push(Example::new(
            Variance {
                axes: axes(),
                correction: 0.0,
            },
            [shape],
        ));
        examples.push(Example::new(
            Variance {
                axes: axes(),
                correction: 0.5,
            },
            [shape],
        ));
        examples.push(Example::new(LogSumExp { axes: axes() }, [shape]));
    }
    examples.push(Example::new(Sum { axes: Axes::ALL }, [Shape::SCALAR]));
    examples
}

/// Pairs each cell of the argument with the cell of the result it is reduced to. Each call has cells
/// `x..x + length` of the argument; the result's cell is `y + i * step`, `step` being 0 or 1.
pub(super) fn pairs(axes: &Axes, shape: Shape, mut row: impl FnMut(std::ops::Range<usize>, usize, usize)) {
    if axes.are_all() && !shape.is_empty() {
        return row(0..shape.len(), 0, 0);
    }
    let walk = Walk::new(shape, [shape, axes.reduce_kept(shape)]);
    walk.rows(|length, [x, y], [_, step]| row(x..x + length, y, step));
}

/// Adds `f` of each cell of the argument, and of the number that `of_result` has for the cell it is reduced to, to that
/// cell of the result.
#[inline(always)]
pub(super) fn add_over<T: Float>(axes: &Axes, x: View<'_, T>, of_result: &[T], out: &mut [T], f: impl Fn(T, T) -> T) {
    pairs(axes, x.shape, |cells, y, step| {
        let x = &x.data[cells];
        run(
            #[inline(always)]
            || {
                if step == 0 {
                    let of_result = of_result[y];
                    out[y] += sum_of(
                        x,
                        #[inline(always)]
                        |x| f(x, of_result),
                    );
                } else {
                    for ((out, &x), &of_result) in out[y..].iter_mut().zip(x).zip(&of_result[y..]) {
                        *out += f(x, of_result);
                    }
                }
            },
        );
    });
}

/// Adds to each cell of the argument's gradient its share, made of the argument's number and of what two values have for
/// the cell of the result it is reduced to.
#[inline(always)]
pub(super) fn share_out<T: Float>(
    axes: &Axes,
    x: View<'_, T>,
    of_result: [&[T]; 2],
    gradient_x: &mut [T],
    share: impl Fn(T, T, T) -> T,
) {
    if let ([a], [b], true) = (of_result[0], of_result[1], axes.are_all()) {
        return run(
            #[inline(always)]
            || {
                for (gradient_x, &x) in gradient_x.iter_mut().zip(x.data) {
                    *gradient_x += share(x, *a, *b);
                }
            },
        );
    }
    let kept = axes.reduce_kept(x.shape);
    side_by_side(
        [x.data, of_result[0], of_result[1]],
        [x.shape, kept, kept],
        false,
        |block| {
            let gradient_x = &mut gradient_x[block.first..][..block.length];
            run(
                #[inline(always)]
                || {
                    let [x, a, b] = block.numbers();
                    for (i, gradient_x) in gradient_x.iter_mut().enumerate() {
                        *gradient_x += share(x[i], a[i], b[i]);
                    }
                },
            );
        },
    );
}

fn sum_over<T: Float>(axes: &Axes, x: View<'_, T>, out: &mut [T]) {
    out.fill(T::ZERO);
    pairs(axes, x.shape, |cells, y, step| {
        let x = &x.data[cells];
        run(
            #[inline(always)]
            || {
                if step == 0 {
                    out[y] += sum(x);
                } else {
                    for (out, &x) in out[y..].iter_mut().zip(x) {
                        *out += x;
                    }
                }
            },
        );
    });
}

pub(super) fn mean_over<T: Float>(axes: &Axes, x: View<'_, T>, out: &mut [T]) {
    sum_over(axes, x, out);
    let n = T::from_f64(count(x.shape, out.len()));
    for y in out {
        *y /= n;
    }
}

/// How many numbers are reduced to one.
pub(super) fn count(x: Shape, y: usize) -> f64 {
    x.len() as f64 / y as f64
}

/// A reduced value, or its gradient, repeated to the shape of the argument again.
pub(super) fn repeat<'g, T: Float>(axes: &Axes, y: Var<'g, T>, x: Var<'g, T>) -> Var<'g, T> {
    y.reshape(axes.reduce_kept(x.shape())).broadcast(x.shape())
}

impl<T: Float> Op<T> for Sum {
    fn name(&self) -> &'static str {
        "sum"
    }
    fn label(&self) -> Cow<'static, str> {
        format!("Σ{}", self.axes).into()
    }
    fn doc(&self) -> Doc {
        Doc {
            text: "Sum over axes, `y = Σ x`. Source: numpy.sum.",
            derivative: "g",
        }
    }
    fn shape(&self, arguments: &[Shape]) -> Result<Shape, Fault> {
        self.axes.reduce(arguments[0])
    }
    fn eval(&self, arguments: &[View<'_, T>], out: &mut [T]) {
        sum_over(&self.axes, arguments[0], out);
    }
    fn pull(&self, _: usize, at: &Moment<'_, T>, gradient_y: &[T], gradient_x: &mut [T]) {
        let (x, g) = (at.arguments[0], gradient_y);
        share_out(&self.axes, x, [g, g], gradient_x, |_, g, _| g);
    }
    fn emit<'g>(&self, _: usize, at: &Here<'_, 'g, T>, g: Var<'g, T>) -> Option<Var<'g, T>> {
        Some(repeat(&self.axes, g, at.arguments[0]))
    }
    fn is_linear(&self) -> bool {
        true
    }
    fn over_rows(&self, _: usize, arguments: &[Shape]) -> Option<Arc<dyn Op<T>>> {
        let axes = self.axes.after_rows(arguments[0]);
        Some(Arc::new(Sum { axes }))
    }
    fn try_at(&self) -> &'static [f64] {
        SMOOTH
    }
}

impl<T: Float> Op<T> for Mean {
    fn name(&self) -> &'static str {
        "mean"
    }
    fn label(&self) -> Cow<'static, str> {
        format!("mean{}", self.axes).into()
    }
    fn doc(&self) -> Doc {
        Doc {
            text: "Mean over axes, `y = Σ x / n`. Source: numpy.mean.",
            derivative: "g / n",
        }
    }
    fn shape(&self, arguments: &[Shape]) -> Result<Shape, Fault> {
        self.axes.reduce(arguments[0])
    }
    fn eval(&self, arguments: &[View<'_, T>], out: &mut [T]) {
        mean_over(&self.axes, arguments[0], out);
    }
    fn pull(&self, _: usize, at: &Moment<'_, T>, gradient_y: &[T], gradient_x: &mut [T]) {
        let (x, g) = (at.arguments[0], gradient_y);
        let n = T::from_f64(count(x.shape, g.len()));
        share_out(&self.axes, x, [g, g], gradient_x, |_, g, _| g / n);
    }
    fn emit<'g>(&self, _: usize, at: &Here<'_, 'g, T>, g: Var<'g, T>) -> Option<Var<'g, T>> {
        let n = count(at.arguments[0].shape(), g.shape().len());
        Some(repeat(&self.axes, g / n, at.arguments[0]))
    }
    fn is_linear(&self) -> bool {
        true
    }
    fn over_rows(&self, _: usize, arguments: &[Shape]) -> Option<Arc<dyn Op<T>>> {
        let axes = self.axes.after_rows(arguments[0]);
        Some(Arc::new(Mean { axes }))
    }
    fn try_at(&self) -> &'static [f64] {
        SMOOTH
    }
}

impl<'g, T: Float> Var<'g, T> {
    /// The sum of all its numbers, `Σ x`, a scalar.
    #[track_caller]
    pub fn sum(self) -> Var<'g, T> {
        self.sum_over(Axes::ALL)
    }

    /// The sum over some axes; see [`Axes`].
    #[track_caller]
    pub fn sum_over(self, axes: impl Into<Axes>) -> Var<'g, T> {
        self.apply(Sum { axes: axes.into() })
    }

    /// The mean of all its numbers, `Σ x / n`, a scalar.
    #[track_caller]
    pub fn mean(self) -> Var<'g, T> {
        self.mean_over(Axes::ALL)
    }

    /// The mean over some axes; see [`Axes`].
    #[track_caller]
    pub fn mean_over(self, axes: impl Into<Axes>) -> Var<'g, T> {
        self.apply(Mean { axes: axes.into() })
    }

    /// Sums away what broadcasting added, until the shape is `to`: the inverse of
    /// [`broadcast`](Var::broadcast) for gradients.
    #[track_caller]
    pub fn sum_to(self, to: Shape) -> Var<'g, T> {
        let shape = self.shape();
        if shape == to || self.fault().is_some() {
            return self;
        }
        let new = shape.rank().saturating_sub(to.rank());
        let repeated: Vec<isize> = (0..shape.rank())
            .filter(|&axis| axis < new || (to.size(axis - new) == 1 && shape.size(axis) != 1))
            .map(|axis| axis as isize)
            .collect();
        self.sum_over(keepdims(repeated.as_slice())).reshape(to)
    }
}
