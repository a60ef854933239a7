//! The microscope: the local partial derivatives of one cell of any value, by the value's own rule.

use super::{Var, ledger::Ledger};
use crate::{
    error::{Error, Fault, Result},
    float::Float,
    tensor::Tensor,
};
use std::panic::Location;

/// The partial derivatives of one cell of a value with respect to one of its arguments.
#[derive(Clone, Debug, PartialEq)]
pub struct Partial<T: Float = f64> {
    /// The argument's position in the graph.
    pub argument: usize,
    /// The derivative with respect to each of the argument's cells, in the argument's shape.
    pub derivative: Tensor<T>,
}

impl<T: Float> Var<'_, T> {
    /// How one cell of this value depends on every cell of its direct arguments:
    /// ∂ yᵢ / ∂ xⱼ for each argument x and each j. Empty for leaves and constants.
    ///
    /// Nothing is derived twice: the operation's own backward rule is run on the unit vector eᵢ.
    ///
    /// ```
    /// use chainrule::Graph;
    /// let g = Graph::new();
    /// let (a, b) = (g.leaf([[1.0, 2.0]]), g.leaf([[3.0], [4.0]]));
    /// let partials = a.matmul(b).partials(0)?; // 1·3 + 2·4
    /// assert_eq!(partials[0].derivative.data(), [3.0, 4.0]);
    /// assert_eq!(partials[1].derivative.data(), [1.0, 2.0]);
    /// # Ok::<(), chainrule::Error>(())
    /// ```
    ///
    /// # Errors
    /// The first fault on the way to the value, or that it has no such cell.
    #[track_caller]
    pub fn partials(self, cell: usize) -> Result<Vec<Partial<T>>> {
        let ledger = self.graph().read();
        ledger.sound(self.index())?;
        let shape = ledger.shape(self.index());
        if cell >= shape.len() {
            let fault = Fault::new(format!("there is no cell {cell} in a value of shape {shape}"))
                .fix("cells are counted from 0, row by row");
            return Err(Error::argument("partials", fault, Location::caller()));
        }
        let mut partials = vec![];
        ledger.cell_partials(self.index(), cell, |argument, _, derivative| {
            partials.push((argument, derivative.to_vec()));
        });
        partials
            .into_iter()
            .map(|(argument, derivative)| {
                Ok(Partial {
                    argument: argument as usize,
                    derivative: Tensor::new(derivative, ledger.shape(argument))?,
                })
            })
            .collect()
    }
}

impl<T: Float> Ledger<T> {
    /// Hands `visit` each argument of a node, whether it ever receives a gradient, and the partial derivatives of one cell
    /// of the node.
    pub(super) fn cell_partials(&self, id: u32, cell: usize, mut visit: impl FnMut(u32, bool, &[T])) {
        let mut unit = vec![T::ZERO; self.shape(id).len()];
        unit[cell] = T::ONE;
        let mut derivative = vec![];
        self.pull(id, &unit, |argument, receives, pull| {
            derivative.clear();
            derivative.resize(self.shape(argument).len(), T::ZERO);
            pull(&mut derivative);
            visit(argument, receives, &derivative);
        });
    }
}
