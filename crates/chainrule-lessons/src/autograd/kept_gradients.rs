//! The notebook's way back: every value keeps its own gradient, and a walk adds to what is kept.

use chainrule::{Graph, Var};

use crate::error::Result;

/// The gradients that the values of a graph keep, all 0 at first.
pub(super) struct KeptGradients(Vec<f64>);

impl KeptGradients {
    /// For all values that the graph has so far.
    pub(super) fn new(graph: &Graph) -> KeptGradients {
        KeptGradients(vec![0.0; graph.len()])
    }

    /// What a value keeps.
    pub(super) fn of(&self, value: Var<'_>) -> f64 {
        self.0.get(value.id()).copied().unwrap_or(f64::NAN)
    }

    /// Starts a walk: the gradient of the result with respect to itself is 1.
    pub(super) fn start(&mut self, result: Var<'_>) {
        self.0[result.id()] = 1.0;
    }

    /// The notebook's `value._backward()`: each argument's gradient grows by the local derivative times the value's own
    /// gradient.
    pub(super) fn call(&mut self, value: Var<'_>) -> Result<()> {
        for partial in value.partials(0)? {
            for derivative in partial.derivative.data() {
                self.0[partial.argument] += derivative * self.0[value.id()];
            }
        }
        Ok(())
    }

    /// The notebook's `result.backward()`; `order` holds the values with arguments before their users, the result last.
    pub(super) fn backward(&mut self, order: &[Var<'_>]) -> Result<()> {
        if let Some(result) = order.last() {
            self.start(*result);
        }
        for value in order.iter().rev() {
            self.call(*value)?;
        }
        Ok(())
    }
}
