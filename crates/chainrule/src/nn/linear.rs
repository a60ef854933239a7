//! A layer of weighted sums.

use super::{Init, Param, features::refuse_features};
use crate::{float::Float, graph::Var, module, random::Rng, tensor::Tensor};
use std::fmt;

/// Weighted sums, `y = x · W + b`: x of `[…, inputs]`, W of `[inputs, outputs]`, b of `[outputs]`.
///
/// ```
/// use chainrule::{Graph, Linear, Rng};
/// let layer = Linear::new(3, 2, &mut Rng::new(0));
/// let g = Graph::new();
/// let y = layer.forward(g.constant([[1.0, 2.0, 3.0]]));
/// assert_eq!(y.shape().sizes(), [1, 2]);
/// ```
#[derive(Clone, Debug)]
pub struct Linear<T: Float = f64> {
    /// The weights, `[inputs, outputs]`.
    pub weight: Param<T>,
    /// The biases, `[outputs]`.
    pub bias: Param<T>,
}
module!(Linear<T> { weight, bias });

impl<T: Float> Linear<T> {
    /// A layer whose weights and biases start as PyTorch's do, uniform in ±1/√inputs.
    pub fn new(inputs: usize, outputs: usize, rng: &mut Rng) -> Linear<T> {
        let bias = Init::PyTorch.draw([outputs], inputs, outputs, rng);
        Linear {
            weight: Param::new(Init::PyTorch.draw([inputs, outputs], inputs, outputs, rng)),
            bias: Param::new(bias),
        }
    }

    /// A layer whose weights start as `init` says, and its biases at 0.
    pub fn with_init(inputs: usize, outputs: usize, init: Init, rng: &mut Rng) -> Linear<T> {
        Linear {
            weight: Param::new(init.draw([inputs, outputs], inputs, outputs, rng)),
            bias: Param::new(Tensor::full([outputs], T::ZERO)),
        }
    }

    /// How many numbers a row of its argument has.
    pub fn inputs(&self) -> usize {
        self.weight.shape().size(0)
    }

    /// How many numbers a row of its result has.
    pub fn outputs(&self) -> usize {
        self.weight.shape().size(1)
    }

    /// The weighted sums of each row.
    #[track_caller]
    pub fn forward<'g>(&self, x: Var<'g, T>) -> Var<'g, T> {
        let name = self.weight.name().strip_suffix(".weight");
        if let Some(refused) = refuse_features(&self.to_string(), name, x, self.inputs()) {
            return refused;
        }
        x.matmul(&self.weight) + &self.bias
    }
}

impl<T: Float> fmt::Display for Linear<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Linear({} → {})", self.inputs(), self.outputs())
    }
}
