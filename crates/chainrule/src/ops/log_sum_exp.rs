//! Logarithm of a sum of exponentials over axes.

use super::{
    Axes, SMOOTH,
    reduce::{add_over, pairs, repeat, share_out},
};
use crate::{
    error::Fault,
    float::Float,
    graph::{Doc, Here, Moment, Op, Var, View},
    kernel::instructions::run,
    shape::Shape,
};
use std::{borrow::Cow, sync::Arc};

/// Logarithm of a sum of exponentials over axes, `y = ln Σ eˣ`, without overflow for any x.
#[derive(Clone, Debug, PartialEq)]
pub struct LogSumExp {
    /// The axes that are reduced.
    pub axes: Axes,
}

impl<T: Float> Op<T> for LogSumExp {
    fn name(&self) -> &'static str {
        "logsumexp"
    }
    fn label(&self) -> Cow<'static, str> {
        format!("ln Σ exp{}", self.axes).into()
    }
    fn doc(&self) -> Doc {
        Doc {
            text: "Logarithm of a sum of exponentials over axes, `y = ln Σ eˣ`, shifted by the largest x. \
                   Source: scipy.special.logsumexp.",
            derivative: "g * exp(x - y)",
        }
    }
    fn shape(&self, arguments: &[Shape]) -> Result<Shape, Fault> {
        self.axes.reduce(arguments[0])
    }
    fn eval(&self, arguments: &[View<'_, T>], out: &mut [T]) {
        let x = arguments[0];
        T::lend_room(out.len(), &mut |shift| {
            shift.fill(T::NEG_INFINITY);
            pairs(&self.axes, x.shape, |cells, y, step| {
                for (i, &x) in x.data[cells].iter().enumerate() {
                    let largest = &mut shift[y + i * step];
                    if x > *largest || x.is_nan() {
                        *largest = x;
                    }
                }
            });
            // ±∞ cannot be subtracted from itself; without a shift it comes out right.
            for shift in shift.iter_mut().filter(|shift| !shift.is_finite()) {
                *shift = T::ZERO;
            }
            out.fill(T::ZERO);
            add_over(
                &self.axes,
                x,
                shift,
                out,
                #[inline(always)]
                |x, shift| (x - shift).exp(),
            );
            for (y, &mut shift) in out.iter_mut().zip(shift) {
                let sum = *y;
                *y = shift
                    + run(
                        #[inline(always)]
                        || sum.ln(),
                    );
            }
        });
    }
    fn pull(&self, _: usize, at: &Moment<'_, T>, gradient_y: &[T], gradient_x: &mut [T]) {
        share_out(
            &self.axes,
            at.arguments[0],
            [at.value.data, gradient_y],
            gradient_x,
            #[inline(always)]
            |x, y, g| g * (x - y).exp(),
        );
    }
    fn emit<'g>(&self, _: usize, at: &Here<'_, 'g, T>, g: Var<'g, T>) -> Option<Var<'g, T>> {
        let x = at.arguments[0];
        Some(repeat(&self.axes, g, x) * (x - repeat(&self.axes, at.value, x)).exp())
    }
    fn over_rows(&self, _: usize, arguments: &[Shape]) -> Option<Arc<dyn Op<T>>> {
        let axes = self.axes.after_rows(arguments[0]);
        Some(Arc::new(LogSumExp { axes }))
    }
    fn try_at(&self) -> &'static [f64] {
        SMOOTH
    }
}

impl<'g, T: Float> Var<'g, T> {
    /// `ln Σ eˣ` over some axes, finite for any finite x.
    #[track_caller]
    pub fn logsumexp(self, axes: impl Into<Axes>) -> Var<'g, T> {
        self.apply(LogSumExp { axes: axes.into() })
    }
}
