//! Values side by side along an axis.

use super::{
    Example, SMOOTH,
    axes::{after_rows, axis_of},
};
use crate::{
    error::{Error, Fault, Result},
    float::Float,
    graph::{Doc, Here, Moment, Op, Var, View},
    shape::Shape,
};
use std::{borrow::Cow, sync::Arc};

/// Values side by side along an existing axis; all other sizes must agree.
#[derive(Clone, Debug, PartialEq)]
pub struct Concat {
    /// The axis; negative counts from the end.
    pub axis: isize,
}

pub(super) fn examples<T: Float>() -> Vec<Example<T>> {
    vec![
        Example::new(Concat { axis: 0 }, [Shape::from([1, 2]), Shape::from([3, 2])]),
        Example::new(
            Concat { axis: -1 },
            [
                Shape::from([2, 2]),
                Shape::from([2, 0]),
                Shape::from([2, 1]),
                Shape::from([2, 3]),
            ],
        ),
    ]
}

impl Concat {
    /// How a shape lies in a row of the result: how many rows there are, and how long each of its own is.
    fn rows(&self, shape: Shape) -> Option<(usize, usize)> {
        let axis = axis_of(self.axis, shape).ok()?;
        let size = |range: std::ops::Range<usize>| range.map(|a| shape.size(a)).product::<usize>();
        Some((size(0..axis), size(axis..shape.rank())))
    }
}

impl<T: Float> Op<T> for Concat {
    fn name(&self) -> &'static str {
        "concat"
    }
    fn arity(&self) -> Option<usize> {
        None
    }
    fn label(&self) -> Cow<'static, str> {
        format!("concat {}", self.axis).into()
    }
    fn doc(&self) -> Doc {
        Doc {
            text: "Values side by side along an axis. Source: numpy.concatenate.",
            derivative: "slice(g)",
        }
    }
    fn shape(&self, arguments: &[Shape]) -> Result<Shape, Fault> {
        let first = arguments[0];
        let axis = axis_of(self.axis, first)?;
        let mut sizes: Vec<usize> = first.sizes().iter().map(|&size| size as usize).collect();
        for shape in &arguments[1..] {
            let fits =
                shape.rank() == first.rank() && (0..first.rank()).all(|a| a == axis || shape.size(a) == first.size(a));
            if !fits {
                return Err(Fault::new(format!(
                    "shapes {first} and {shape} do not fit side by side along axis {axis}"
                ))
                .fix("all sizes but that of the axis must agree"));
            }
            sizes[axis] += shape.size(axis);
        }
        Shape::new(&sizes).ok_or_else(|| Fault::new("the result is too large"))
    }
    fn eval(&self, arguments: &[View<'_, T>], out: &mut [T]) {
        let lengths = arguments.iter().filter_map(|a| Some(self.rows(a.shape)?.1));
        let (row, mut start) = (lengths.sum::<usize>(), 0);
        for argument in arguments {
            let Some((rows, length)) = self.rows(argument.shape) else {
                return;
            };
            for i in 0..rows {
                out[i * row + start..][..length].copy_from_slice(&argument.data[i * length..][..length]);
            }
            start += length;
        }
    }
    fn pull(&self, k: usize, at: &Moment<'_, T>, gradient_y: &[T], gradient_x: &mut [T]) {
        let length_of = |a: &View<'_, T>| self.rows(a.shape).map_or(0, |(_, length)| length);
        let start: usize = at.arguments[..k].iter().map(length_of).sum();
        let Some((rows, length)) = self.rows(at.arguments[k].shape) else {
            return;
        };
        let row = gradient_y.len() / rows.max(1);
        for i in 0..rows {
            let from = &gradient_y[i * row + start..][..length];
            for (to, &g) in gradient_x[i * length..][..length].iter_mut().zip(from) {
                *to += g;
            }
        }
    }
    fn emit<'g>(&self, k: usize, at: &Here<'_, 'g, T>, g: Var<'g, T>) -> Option<Var<'g, T>> {
        let axis = axis_of(self.axis, at.value.shape()).ok()?;
        let size = |a: &Var<'g, T>| a.shape().size(axis);
        let start: usize = at.arguments[..k].iter().map(size).sum();
        Some(g.slice(axis as isize, start..start + size(&at.arguments[k])))
    }
    fn joins(&self, arguments: &[Shape]) -> bool {
        let first = arguments.first().and_then(|&shape| self.rows(shape));
        first.is_some_and(|(rows, _)| rows == 1)
    }
    fn over_rows(&self, _: usize, _: &[Shape]) -> Option<Arc<dyn Op<T>>> {
        let axis = after_rows(self.axis);
        Some(Arc::new(Concat { axis }))
    }
    fn try_at(&self) -> &'static [f64] {
        SMOOTH
    }
}

/// Values side by side along an existing axis.
///
/// ```
/// use chainrule::{Graph, concat};
/// let g = Graph::new();
/// let joined = concat(&[g.leaf([1.0, 2.0]), g.leaf([3.0])], 0)?;
/// assert_eq!(joined.value()?.data(), [1.0, 2.0, 3.0]);
/// # Ok::<(), chainrule::Error>(())
/// ```
///
/// # Errors
/// When there are no values at all; values that do not fit give a faulty value as everywhere.
#[track_caller]
pub fn concat<'g, T: Float>(values: &[Var<'g, T>], axis: isize) -> Result<Var<'g, T>> {
    match values.first() {
        Some(first) => Ok(first.graph().apply(Concat { axis }, values)),
        None => Err(Error::argument(
            "concat",
            Fault::new("there are no values to put side by side"),
            std::panic::Location::caller(),
        )),
    }
}
