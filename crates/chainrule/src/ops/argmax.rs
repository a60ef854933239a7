//! Where the largest number along an axis stands.

use super::{
    Example, SMOOTH,
    axes::{after_rows, axis_of},
    softmax::lines,
};
use crate::{
    error::Fault,
    float::Float,
    graph::{Doc, Here, Moment, Op, Var, View},
    shape::Shape,
};
use std::sync::Arc;

/// Position of the largest number along an axis, counted from 0; the first of equals, NaN wins.
#[derive(Clone, Debug, PartialEq)]
pub struct ArgMax {
    /// The axis that is searched and removed; negative counts from the end.
    pub axis: isize,
}

pub(super) fn examples<T: Float>() -> Vec<Example<T>> {
    [0, -1]
        .into_iter()
        .map(|axis| Example::new(ArgMax { axis }, [Shape::from([2, 3])]))
        .collect()
}

impl<T: Float> Op<T> for ArgMax {
    fn name(&self) -> &'static str {
        "argmax"
    }
    fn doc(&self) -> Doc {
        Doc {
            text: "Position of the largest number along an axis; no gradient. Source: numpy.argmax.",
            derivative: "NoGradient",
        }
    }
    fn shape(&self, arguments: &[Shape]) -> Result<Shape, Fault> {
        let axis = axis_of(self.axis, arguments[0])?;
        if arguments[0].size(axis) == 0 {
            return Err(Fault::new(format!(
                "there is no largest of no numbers (shape {})",
                arguments[0]
            )));
        }
        Ok(arguments[0].without(|a| a == axis, false))
    }
    fn eval(&self, arguments: &[View<'_, T>], out: &mut [T]) {
        let x = arguments[0];
        let mut out = out.iter_mut();
        lines(self.axis, x.shape, |first, distance, length| {
            let at = |i: usize| x.data[first + i * distance];
            let best = (1..length).fold(0, |best, i| {
                let better = at(i) > at(best) || (at(i).is_nan() && !at(best).is_nan());
                if better { i } else { best }
            });
            if let Some(y) = out.next() {
                *y = T::from_f64(best as f64);
            }
        });
    }
    fn pull(&self, _: usize, _: &Moment<'_, T>, _: &[T], _: &mut [T]) {}
    fn emit<'g>(&self, _: usize, _: &Here<'_, 'g, T>, _: Var<'g, T>) -> Option<Var<'g, T>> {
        None
    }
    fn receives_gradient(&self, _: usize) -> bool {
        false
    }
    fn over_rows(&self, _: usize, _: &[Shape]) -> Option<Arc<dyn Op<T>>> {
        let axis = after_rows(self.axis);
        Some(Arc::new(ArgMax { axis }))
    }
    fn try_at(&self) -> &'static [f64] {
        SMOOTH
    }
}

impl<'g, T: Float> Var<'g, T> {
    /// Position of the largest number along an axis, which disappears; no gradient flows through it.
    #[track_caller]
    pub fn argmax(self, axis: isize) -> Var<'g, T> {
        self.apply(ArgMax { axis })
    }
}
