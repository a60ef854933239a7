//! The wall of rules: every operation, its value and its derivative.
//!
//! A pointwise operation is one row in `rows.rs`; a structural one is one `impl Op` in the file that is
//! named after what it does, and a line in [`structural`]. Nothing outside this folder knows any
//! particular operation.

mod argmax;
mod axes;
mod concat;
mod cross_entropy;
mod extreme;
mod layout;
mod log_sum_exp;
mod matmul;
mod operators;
mod pointwise;
mod reduce;
mod rows;
mod scatter;
mod softmax;
mod stack;
mod table;
mod variance;

pub use argmax::ArgMax;
pub use axes::{Axes, keepdims};
pub use concat::{Concat, concat};
pub use cross_entropy::CrossEntropy;
pub use extreme::Extreme;
pub use layout::Layout;
pub use log_sum_exp::LogSumExp;
pub use matmul::MatMul;
pub use pointwise::{Num, Role, Row};
pub use reduce::{Mean, Sum};
pub use rows::*;
pub use scatter::Scatter;
pub use softmax::{LogSoftmax, Softmax};
pub use stack::{Stack, stack};
pub use table::rows;
pub use variance::Variance;

use crate::{
    float::Float,
    graph::{Apply, Op, Var},
    shape::Shape,
    tensor::Tensor,
};
use std::sync::Arc;

/// An operation with shapes of arguments that it accepts: what the automatic checks try.
#[derive(Clone, Debug)]
pub struct Example<T: Float = f64> {
    /// The operation.
    pub op: Arc<dyn Op<T>>,
    /// Shapes of arguments that fit it.
    pub arguments: Vec<Shape>,
    /// Arguments that must be certain numbers, such as class indices: which one, and the numbers.
    pub given: Vec<(usize, Vec<f64>)>,
}

impl<T: Float> Example<T> {
    fn new<const N: usize>(op: impl Op<T>, arguments: [Shape; N]) -> Example<T> {
        Example {
            op: Arc::new(op),
            arguments: arguments.to_vec(),
            given: vec![],
        }
    }

    /// The same with certain numbers as argument `k`.
    fn with<const N: usize>(mut self, k: usize, numbers: [f64; N]) -> Example<T> {
        self.given.push((k, numbers.to_vec()));
        self
    }

    /// Numbers for each argument: those it must be, or else the operation's own points, no two cells alike.
    pub fn inputs(&self) -> Vec<Tensor> {
        let points = self.op.try_at();
        let numbers = |k: usize, cell: usize| match self.given.iter().find(|(given, _)| *given == k) {
            Some((_, numbers)) => numbers[cell % numbers.len()],
            None => points[(cell + 3 * k) % points.len()] + 0.037 * (cell / points.len()) as f64,
        };
        let arguments = self.arguments.iter().enumerate();
        arguments
            .map(|(k, &shape)| Tensor::from_fn(shape, |cell| numbers(k, cell)))
            .collect()
    }

    /// Records the operation on some values.
    ///
    /// # Panics
    /// When there are no arguments at all.
    #[track_caller]
    pub fn apply<'g>(&self, arguments: &[Var<'g, T>]) -> Var<'g, T> {
        arguments[0].record(Apply::Own(self.op.clone()), &arguments[1..])
    }
}

/// Every structural operation (those that are not a row of [`rows`]), each with a few settings and shapes.
pub fn structural<T: Float>() -> Vec<Example<T>> {
    [
        argmax::examples(),
        concat::examples(),
        cross_entropy::examples(),
        layout::examples(),
        matmul::examples(),
        reduce::examples(),
        softmax::examples(),
        stack::examples(),
    ]
    .concat()
}

/// Points for operations that are smooth everywhere; no two are equal.
const SMOOTH: &[f64] = &[-1.3, 0.4, 0.9, -0.2, 1.7, -0.7, 0.1, 2.3, -1.9, 0.6, -0.5];

/// What the `pointwise!` macro expands to; not for direct use.
#[doc(hidden)]
pub mod macro_support {
    pub use super::pointwise::{Gradient, NoGradient, broadcast, evaluate, pull, rows_needed, share, value};
}
