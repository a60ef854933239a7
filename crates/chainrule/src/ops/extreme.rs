//! Largest and smallest number over axes.

use super::{
    Axes, SMOOTH,
    reduce::{pairs, repeat, share_out},
};
use crate::{
    error::Fault,
    float::Float,
    graph::{Doc, Here, Moment, Op, Var, View},
    kernel::{instructions::run, reduce::best},
    shape::Shape,
};
use std::{borrow::Cow, sync::Arc};

/// Largest or smallest number over axes; ties share the gradient evenly, as PyTorch's `amax` does.
#[derive(Clone, Debug, PartialEq)]
pub struct Extreme {
    /// The axes that are reduced.
    pub axes: Axes,
    /// Whether the largest is meant; otherwise the smallest.
    pub largest: bool,
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

impl<'g, T: Float> Var<'g, T> {
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
}
