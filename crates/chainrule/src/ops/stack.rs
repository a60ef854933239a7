//! Values of one shape along a new axis.

use super::{Example, SMOOTH};
use crate::{
    error::{Error, Fault, Result},
    float::Float,
    graph::{Doc, Here, Moment, Op, Var, View},
    shape::Shape,
};
use std::panic::Location;

/// Values of one shape one after the other, along a new first axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Stack;

pub(super) fn examples<T: Float>() -> Vec<Example<T>> {
    vec![
        Example::new(Stack, [Shape::SCALAR; 3]),
        Example::new(Stack, [Shape::from([2, 2]); 4]),
    ]
}

impl<T: Float> Op<T> for Stack {
    fn name(&self) -> &'static str {
        "stack"
    }
    fn arity(&self) -> Option<usize> {
        None
    }
    fn doc(&self) -> Doc {
        Doc {
            text: "Values of one shape along a new first axis, `y[k] = xₖ`. Source: numpy.stack.",
            derivative: "g[k]",
        }
    }
    fn shape(&self, arguments: &[Shape]) -> Result<Shape, Fault> {
        let first = arguments[0];
        if let Some(other) = arguments.iter().find(|&&shape| shape != first) {
            return Err(Fault::new(format!("shapes {first} and {other} cannot be stacked"))
                .fix("all shapes must be equal; concat joins values along an axis that they have"));
        }
        let shape = first.with_rows(arguments.len());
        shape.ok_or_else(|| Fault::new("the result has too many axes"))
    }
    fn eval(&self, arguments: &[View<'_, T>], out: &mut [T]) {
        let length = arguments.first().map_or(1, |x| x.data.len().max(1));
        for (to, x) in out.chunks_exact_mut(length).zip(arguments) {
            to.copy_from_slice(x.data);
        }
    }
    fn pull(&self, k: usize, _: &Moment<'_, T>, gradient_y: &[T], gradient_x: &mut [T]) {
        let own = &gradient_y[k * gradient_x.len()..];
        for (to, &g) in gradient_x.iter_mut().zip(own) {
            *to += g;
        }
    }
    fn emit<'g>(&self, k: usize, _: &Here<'_, 'g, T>, g: Var<'g, T>) -> Option<Var<'g, T>> {
        Some(g.at(k))
    }
    fn joins(&self, _: &[Shape]) -> bool {
        true
    }
    fn try_at(&self) -> &'static [f64] {
        SMOOTH
    }
}

/// Values of one shape one after the other, along a new first axis.
///
/// ```
/// use chainrule::{Graph, stack};
/// let g = Graph::new();
/// let rows = stack(&[g.leaf([1.0, 2.0]), g.leaf([3.0, 4.0])])?;
/// assert_eq!(rows.shape().sizes(), [2, 2]);
/// # Ok::<(), chainrule::Error>(())
/// ```
///
/// # Errors
/// When there are no values at all; values that do not fit give a faulty value as everywhere.
#[track_caller]
pub fn stack<'g, T: Float>(values: &[Var<'g, T>]) -> Result<Var<'g, T>> {
    match values.first() {
        Some(first) => Ok(first.graph().apply(Stack, values)),
        None => Err(Error::argument(
            "stack",
            Fault::new("there are no values to stack"),
            Location::caller(),
        )),
    }
}
