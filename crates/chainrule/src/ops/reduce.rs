//! Reductions over axes: sum, mean, maximum, minimum, variance.

use super::{Axes, Example, LogSumExp, SMOOTH, keepdims};
use crate::{
    error::Fault,
    float::Float,
    graph::{Doc, Here, Moment, Op, Var, View},
    kernel::{
        instructions::run,
        reduce::{best, sum, sum_of},
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

/// Largest or smallest number over axes; ties share the gradient evenly, as PyTorch's `amax` does.
#[derive(Clone, Debug, PartialEq)]
pub struct Extreme {
    /// The axes that are reduced.
    pub axes: Axes,
    /// Whether the largest is meant; otherwise the smallest.
    pub largest: bool,
}

/// Variance over axes, `y = Σ (x − mean)² / (n − correction)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Variance {
    /// The axes that are reduced.
    pub axes: Axes,
    /// 0 for the variance of these numbers (numpy's default), 1 for an estimate from a sample (PyTorch's).
    pub correction: f64,
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

fn mean_over<T: Float>(axes: &Axes, x: View<'_, T>, out: &mut [T]) {
    sum_over(axes, x, out);
    let n = T::from_f64(count(x.shape, out.len()));
    for y in out {
        *y /= n;
    }
}

/// How many numbers are reduced to one.
fn count(x: Shape, y: usize) -> f64 {
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

impl Extreme {
    fn beats<T: Float>(&self, a: T, b: T) -> bool {
        a.is_nan() || if self.largest { a > b } else { a < b }
    }
}

impl<T: Float> Op<T> for Extreme {
    fn name(&self) -> &'static str {
        if self.largest { "max" } else { "min" }
    }
    fn label(&self) -> Cow<'static, str> {
        format!("{}{}", Op::<T>::name(self), self.axes).into()
    }
    fn doc(&self) -> Doc {
        Doc {
            text: "Largest (or smallest) number over axes; ties share the gradient evenly. Source: numpy.amax, torch.amax.",
            derivative: "g / ties where x = y, otherwise 0",
        }
    }
    fn shape(&self, arguments: &[Shape]) -> Result<Shape, Fault> {
        let shape = self.axes.reduce(arguments[0])?;
        if arguments[0].is_empty() && !shape.is_empty() {
            let name = Op::<T>::name(self);
            return Err(Fault::new(format!(
                "there is no {name} of no numbers (shape {})",
                arguments[0]
            )));
        }
        Ok(shape)
    }
    fn eval(&self, arguments: &[View<'_, T>], out: &mut [T]) {
        let x = arguments[0];
        let worst = if self.largest {
            T::NEG_INFINITY
        } else {
            -T::NEG_INFINITY
        };
        out.fill(worst);
        pairs(&self.axes, x.shape, |cells, y, step| {
            let better = |best, x| if self.beats(x, best) { x } else { best };
            let x = &x.data[cells];
            if step == 0 {
                out[y] = run(
                    #[inline(always)]
                    || best(out[y], x, better),
                );
            } else {
                for (out, &x) in out[y..].iter_mut().zip(x) {
                    *out = better(*out, x);
                }
            }
        });
    }
    fn pull(&self, _: usize, at: &Moment<'_, T>, gradient_y: &[T], gradient_x: &mut [T]) {
        let (x, best) = (at.arguments[0], at.value.data);
        T::lend_room(best.len(), &mut |shares| {
            // First how many ties there are.
            shares.fill(T::ZERO);
            pairs(&self.axes, x.shape, |cells, y, step| {
                for (i, &x) in x.data[cells].iter().enumerate() {
                    if x == best[y + i * step] {
                        shares[y + i * step] += T::ONE;
                    }
                }
            });
            for (share, &g) in shares.iter_mut().zip(gradient_y) {
                *share = g / *share;
            }
            share_out(&self.axes, x, [best, shares], gradient_x, |x, best, share| {
                if x == best { share } else { T::ZERO }
            });
        });
    }
    fn emit<'g>(&self, _: usize, at: &Here<'_, 'g, T>, g: Var<'g, T>) -> Option<Var<'g, T>> {
        let x = at.arguments[0];
        let is_best = x.equal(repeat(&self.axes, at.value, x));
        let ties = is_best.sum_over(self.axes.clone());
        Some(is_best.select(repeat(&self.axes, g / ties, x), 0.0))
    }
    fn over_rows(&self, _: usize, arguments: &[Shape]) -> Option<Arc<dyn Op<T>>> {
        let axes = self.axes.after_rows(arguments[0]);
        Some(Arc::new(Extreme { axes, ..*self }))
    }
    fn try_at(&self) -> &'static [f64] {
        SMOOTH
    }
}

impl<T: Float> Op<T> for Variance {
    fn name(&self) -> &'static str {
        "var"
    }
    fn label(&self) -> Cow<'static, str> {
        format!("var{}", self.axes).into()
    }
    fn doc(&self) -> Doc {
        Doc {
            text: "Variance over axes, `y = Σ (x − mean)² / (n − correction)`, in two passes. Source: numpy.var.",
            derivative: "g * 2 (x - mean) / (n - correction)",
        }
    }
    fn shape(&self, arguments: &[Shape]) -> Result<Shape, Fault> {
        self.axes.reduce(arguments[0])
    }
    fn eval(&self, arguments: &[View<'_, T>], out: &mut [T]) {
        T::lend_room(out.len(), &mut |mean| {
            mean_over(&self.axes, arguments[0], mean);
            out.fill(T::ZERO);
            add_over(&self.axes, arguments[0], mean, out, |x, mean| (x - mean) * (x - mean));
        });
        let n = T::from_f64(count(arguments[0].shape, out.len()) - self.correction);
        for y in out {
            *y /= n;
        }
    }
    fn pull(&self, _: usize, at: &Moment<'_, T>, gradient_y: &[T], gradient_x: &mut [T]) {
        let x = at.arguments[0];
        let scale = T::from_f64(2.0 / (count(x.shape, gradient_y.len()) - self.correction));
        T::lend_room(gradient_y.len(), &mut |mean| {
            mean_over(&self.axes, x, mean);
            share_out(&self.axes, x, [mean, gradient_y], gradient_x, |x, mean, g| {
                g * scale * (x - mean)
            });
        });
    }
    fn emit<'g>(&self, _: usize, at: &Here<'_, 'g, T>, g: Var<'g, T>) -> Option<Var<'g, T>> {
        let x = at.arguments[0];
        let scale = 2.0 / (count(x.shape(), g.shape().len()) - self.correction);
        let mean = x.mean_over(keepdims(self.axes.clone()));
        Some(repeat(&self.axes, g * scale, x) * (x - mean))
    }
    fn over_rows(&self, _: usize, arguments: &[Shape]) -> Option<Arc<dyn Op<T>>> {
        let axes = self.axes.after_rows(arguments[0]);
        Some(Arc::new(Variance { axes, ..*self }))
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

    /// The largest of all its numbers; ties share the gradient evenly.
    #[track_caller]
    pub fn max(self) -> Var<'g, T> {
        self.max_over(Axes::ALL)
    }

    /// The largest over some axes; ties share the gradient evenly, NaN wins.
    #[track_caller]
    pub fn max_over(self, axes: impl Into<Axes>) -> Var<'g, T> {
        self.apply(Extreme {
            axes: axes.into(),
            largest: true,
        })
    }

    /// The smallest of all its numbers; ties share the gradient evenly.
    #[track_caller]
    pub fn min(self) -> Var<'g, T> {
        self.min_over(Axes::ALL)
    }

    /// The smallest over some axes; ties share the gradient evenly, NaN wins.
    #[track_caller]
    pub fn min_over(self, axes: impl Into<Axes>) -> Var<'g, T> {
        self.apply(Extreme {
            axes: axes.into(),
            largest: false,
        })
    }

    /// The variance of all its numbers, `Σ (x − mean)² / n`, as `numpy.var`.
    #[track_caller]
    pub fn var(self) -> Var<'g, T> {
        self.var_over(Axes::ALL)
    }

    /// The variance over some axes, `Σ (x − mean)² / n`, as `numpy.var`; [`Variance`] takes a correction.
    #[track_caller]
    pub fn var_over(self, axes: impl Into<Axes>) -> Var<'g, T> {
        self.apply(Variance {
            axes: axes.into(),
            correction: 0.0,
        })
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
