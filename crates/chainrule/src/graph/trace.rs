//! Reading a graph: every value behind a result, as plain data for drawings and listings.

use super::{Gradients, Var};
use crate::{float::Float, shape::Shape};

/// One value of a graph as plain data.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceNode {
    /// Its position in the graph.
    pub id: usize,
    /// Its name, if it was given one.
    pub name: Option<String>,
    /// Where it comes from.
    pub origin: Origin,
    /// The positions of its arguments, in order; one that is used twice stands here twice.
    pub arguments: Vec<usize>,
    /// Its shape.
    pub shape: Shape,
    /// Its numbers, row-major; empty when it could not be computed.
    pub value: Vec<f64>,
    /// Its gradient, when it was asked for and the value is differentiable.
    pub gradient: Option<Vec<f64>>,
    /// Why it could not be computed.
    pub fault: Option<String>,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Origin {
    /// A value to differentiate with respect to.
    Leaf,
    /// A value that is not differentiated.
    Constant,
    /// An operation, by its name and the label a drawing shows.
    Op {
        /// The name: `mul`.
        name: &'static str,
        /// The label: `×`.
        label: String,
    },
}

impl<T: Float> Var<'_, T> {
    /// This value and everything it was computed from, in the order of computation.
    ///
    /// ```
    /// use chainrule::Graph;
    /// let g = Graph::new();
    /// let a = g.leaf(3.0).named("a");
    /// let trace = (a + a).trace(None);
    /// assert_eq!(trace.len(), 2);
    /// assert_eq!(trace[1].arguments, [0, 0]);
    /// ```
    pub fn trace(self, gradients: Option<&Gradients<T>>) -> Vec<TraceNode> {
        let ledger = self.graph().read();
        let mut wanted = vec![false; self.id() + 1];
        wanted[self.id()] = true;
        for id in (0..=self.index()).rev() {
            if wanted[id as usize] {
                for &argument in ledger.ids(ledger.node(id)) {
                    wanted[argument as usize] = true;
                }
            }
        }
        let numbers = |data: &[T]| data.iter().map(|x| x.to_f64()).collect::<Vec<_>>();
        (0..=self.index())
            .filter(|&id| wanted[id as usize])
            .map(|id| {
                let node = ledger.node(id);
                TraceNode {
                    id: id as usize,
                    name: ledger.names.get(&id).map(|name| name.to_string()),
                    origin: match ledger.op(node) {
                        Some(op) => Origin::Op {
                            name: op.name(),
                            label: op.label().into_owned(),
                        },
                        None if node.differentiable() => Origin::Leaf,
                        None => Origin::Constant,
                    },
                    arguments: ledger.ids(node).iter().map(|&id| id as usize).collect(),
                    shape: ledger.shape(id),
                    value: numbers(ledger.view(id).data),
                    gradient: gradients
                        .filter(|_| node.differentiable() && !node.faulty())
                        .map(|gradients| match gradients.reached(id as usize, ledger.place(node)) {
                            Some(gradient) => numbers(gradient),
                            None => vec![0.0; ledger.shape(id).len()],
                        }),
                    fault: ledger.sound(id).err().map(|fault| fault.to_string()),
                }
            })
            .collect()
    }
}
