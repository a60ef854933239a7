//! Variance over axes.

use super::{
    Axes, SMOOTH, keepdims,
    reduce::{add_over, count, mean_over, repeat, share_out},
};
use crate::{
    error::Fault,
    float::Float,
    graph::{Doc, Here, Moment, Op, Var, View},
    shape::Shape,
};
use std::{borrow::Cow, sync::Arc};

/// Variance over axes, `y = Σ (x − mean)² / (n − correction)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Variance {
    /// The axes that are reduced.
    pub axes: Axes,
    /// 0 for the variance of these numbers (numpy's default), 1 for an estimate from a sample (PyTorch's).
    pub correction: f64,
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
}
