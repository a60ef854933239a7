//! Computation graphs whose parts are changed before they are drawn.

use chainrule::Var;
use chainrule_picture::{graph::Node, values};

/// The values behind a result, ready to be drawn: without gradients.
pub(super) fn nodes(result: Var<'_>) -> Vec<Node> {
    values(result).nodes().to_vec()
}

/// How many value boxes, operation boxes and arrows a drawing has: an arrow from each argument to the operation, and
/// one from the operation to its value.
pub(super) struct Count {
    pub(super) values: usize,
    pub(super) operations: usize,
    pub(super) arrows: usize,
}

/// Counts what a drawing of these values has.
pub(super) fn count(nodes: &[Node]) -> Count {
    let operations = nodes.iter().filter(|node| node.op.is_some()).count();
    let arguments: usize = nodes.iter().map(|node| node.arguments.len()).sum();
    Count {
        values: nodes.len(),
        operations,
        arrows: arguments + operations,
    }
}
