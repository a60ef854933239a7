//! One neuron with two inputs: `o = tanh(x1·w1 + x2·w2 + b)`, every step of it a value with a name.

use chainrule::{Graph, Var};

/// Every value of the neuron.
#[derive(Clone, Copy)]
pub(super) struct Neuron<'g> {
    pub(super) x1: Var<'g>,
    pub(super) x2: Var<'g>,
    pub(super) w1: Var<'g>,
    pub(super) w2: Var<'g>,
    pub(super) b: Var<'g>,
    pub(super) x1w1: Var<'g>,
    pub(super) x2w2: Var<'g>,
    pub(super) x1w1x2w2: Var<'g>,
    pub(super) n: Var<'g>,
    pub(super) o: Var<'g>,
}

/// The notebook's inputs and weights: x1, x2, w1, w2.
pub(super) const INPUTS_AND_WEIGHTS: [f64; 4] = [2.0, 0.0, -3.0, 1.0];
/// The notebook's second bias, which puts the output at √½.
#[allow(clippy::excessive_precision)] // to the letter, as the notebook has it
pub(super) const BIAS: f64 = 6.8813735870195432;

impl<'g> Neuron<'g> {
    pub(super) fn new(graph: &'g Graph, [x1, x2, w1, w2]: [f64; 4], b: f64) -> Neuron<'g> {
        let leaf = |value: f64, name: &'static str| graph.leaf(value).named(name);
        let (x1, x2) = (leaf(x1, "x1"), leaf(x2, "x2"));
        let (w1, w2) = (leaf(w1, "w1"), leaf(w2, "w2"));
        let b = leaf(b, "b");
        let x1w1 = (x1 * w1).named("x1*w1");
        let x2w2 = (x2 * w2).named("x2*w2");
        let x1w1x2w2 = (x1w1 + x2w2).named("x1*w1 + x2*w2");
        let n = (x1w1x2w2 + b).named("n");
        let o = n.tanh().named("o");
        Neuron {
            x1,
            x2,
            w1,
            w2,
            b,
            x1w1,
            x2w2,
            x1w1x2w2,
            n,
            o,
        }
    }

    /// Its values with their names, in the order of the computation.
    pub(super) fn values(self) -> [(&'static str, Var<'g>); 10] {
        [
            ("x1", self.x1),
            ("x2", self.x2),
            ("w1", self.w1),
            ("w2", self.w2),
            ("b", self.b),
            ("x1*w1", self.x1w1),
            ("x2*w2", self.x2w2),
            ("x1*w1 + x2*w2", self.x1w1x2w2),
            ("n", self.n),
            ("o", self.o),
        ]
    }
}
