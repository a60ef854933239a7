//! The expression that the lesson takes apart: `L = (a·b + c)·f`.

use chainrule::{Graph, Var};

use crate::{controls::Control, error::Result};

/// Every value of the expression, with its name.
#[derive(Clone, Copy)]
pub(super) struct Expression<'g> {
    pub(super) a: Var<'g>,
    pub(super) b: Var<'g>,
    pub(super) c: Var<'g>,
    pub(super) e: Var<'g>,
    pub(super) d: Var<'g>,
    pub(super) f: Var<'g>,
    pub(super) l: Var<'g>,
}

impl<'g> Expression<'g> {
    /// Builds it: e = a·b, d = e + c, L = d·f.
    pub(super) fn new(graph: &'g Graph, [a, b, c, f]: [f64; 4]) -> Expression<'g> {
        let leaf = |value: f64, name: &'static str| graph.leaf(value).named(name);
        let (a, b, c) = (leaf(a, "a"), leaf(b, "b"), leaf(c, "c"));
        let e = (a * b).named("e");
        let d = (e + c).named("d");
        let f = leaf(f, "f");
        let l = (d * f).named("L");
        Expression { a, b, c, e, d, f, l }
    }

    /// Its values with their names, in the order of the computation.
    pub(super) fn values(self) -> [(&'static str, Var<'g>); 7] {
        [
            ("a", self.a),
            ("b", self.b),
            ("c", self.c),
            ("e", self.e),
            ("d", self.d),
            ("f", self.f),
            ("L", self.l),
        ]
    }
}

/// The value of L for these leaves.
pub(super) fn value(leaves: [f64; 4]) -> Result<f64> {
    Ok(Expression::new(&Graph::new(), leaves).l.item()?)
}

/// The gradient of L with respect to a, b, c and f, at the notebook's leaves.
pub(super) fn gradient() -> Result<[f64; 4]> {
    let graph = Graph::new();
    let Expression { a, b, c, f, l, .. } = Expression::new(&graph, LEAVES);
    let gradients = l.backward()?;
    Ok([a, b, c, f].map(|leaf| gradients[leaf]))
}

/// The names of the leaves.
pub(super) const NAMES: [&str; 4] = ["a", "b", "c", "f"];

/// The notebook's leaves: a, b, c, f.
pub(super) const LEAVES: [f64; 4] = [2.0, -3.0, 10.0, -2.0];

/// What the notebook's drawing shows as the gradient of each value, in the order of [`Expression::values`].
pub(super) const GRADIENTS_DRAWN: [&str; 7] =
    ["6.0000", "-4.0000", "-2.0000", "-2.0000", "-2.0000", "4.0000", "1.0000"];

/// The leaves as controls.
pub(super) const CONTROLS: [Control; 4] = [
    leaf("a", LEAVES[0]),
    leaf("b", LEAVES[1]),
    leaf("c", LEAVES[2]),
    leaf("f", LEAVES[3]),
];

/// A leaf that one may move.
pub(super) const fn leaf(name: &'static str, start: f64) -> Control {
    Control::new(name, "a leaf of the graph", (-10.0, 10.0), 0.5, start)
}
