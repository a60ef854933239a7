//! Arguments kept in a set lose one, and lose their order.

use chainrule::{Graph, Var};
use chainrule_picture::{
    Picture,
    graph::{self, Node},
};

use super::{
    drawing,
    expression::{self, leaf},
    shown,
};
use crate::{controls::Controls, error::Result, figure::Figure, lesson::Scene};

pub(super) const SCENE: Scene = Scene {
    name: "children-in-a-set",
    title: "Arguments are a list, not a set",
    prose: include_str!("children_in_a_set.md"),
    controls: &[leaf("a", 3.0)],
    pictures,
    figures,
};

fn sum(graph: &Graph, a: f64) -> (Var<'_>, Var<'_>) {
    let a = graph.leaf(a).named("a");
    (a, (a + a).named("b"))
}

/// The same values, each with its arguments as a set has them: every one once, in an order that is not theirs.
fn in_a_set(mut nodes: Vec<Node>) -> Vec<Node> {
    for node in &mut nodes {
        node.arguments.sort_unstable();
        node.arguments.dedup();
    }
    nodes
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [a] = controls.all()?;
    let graph = Graph::new();
    let (_, b) = sum(&graph, a);
    let nodes = drawing::nodes(b);
    Ok(vec![
        graph::Graph::new(in_a_set(nodes.clone()))
            .title("b = a + a, arguments in a set")
            .picture(),
        graph::Graph::new(nodes)
            .title("b = a + a, arguments in a list")
            .picture(),
    ])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [a] = controls.all()?;
    let graph = Graph::new();
    let (leaf, b) = sum(&graph, a);
    let list = drawing::nodes(b);
    let set = in_a_set(list.clone());
    let arguments = |nodes: &[Node]| nodes.last().map_or(0, |node| node.arguments.len());
    let why = "A set holds everything once. The gradient is right all the same, because the rule of + adds to \
               both sides, but a drawing, and whoever asks what b was made from, sees half of it.";

    let other = Graph::new();
    let (x, y) = (other.leaf(a), other.leaf(expression::LEAVES[2]));
    let (first, second) = (drawing::nodes(x - y), drawing::nodes(y - x));
    let children = |nodes: &[Node]| nodes.last().map(|node| node.arguments.clone());
    let compared = |first: &[Node], second: &[Node]| match children(first) == children(second) {
        true => "the same",
        false => "different",
    };
    let as_lists = compared(&first, &second);
    let as_sets = compared(&in_a_set(first), &in_a_set(second));
    let order = [0.1, 0.2, 0.3];
    let forward: f64 = order.iter().sum();
    let backward: f64 = order.iter().rev().sum();
    Ok(vec![
        Figure::new("children of a + a", arguments(&set))
            .corrected(arguments(&list))
            .why(why),
        Figure::new("arrows from a set", drawing::count(&set).arrows)
            .corrected(drawing::count(&list).arrows)
            .why("The second arrow from a to the plus is missing."),
        Figure::new("arguments of a + a", arguments(&list)),
        Figure::new("gradient of a", b.backward()?[leaf]),
        Figure::new("children of x − y and of y − x", as_sets)
            .corrected(as_lists)
            .why(format!(
                "As lists they are [x, y] and [y, x]; the values are {} and {}.",
                shown((x - y).item()?),
                shown((y - x).item()?)
            )),
        Figure::new("0.1 + 0.2 + 0.3", forward),
        Figure::new("0.3 + 0.2 + 0.1", backward),
    ])
}
