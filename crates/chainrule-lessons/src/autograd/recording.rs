//! A value that remembers what it was made from.

use chainrule::{Graph, Var};
use chainrule_picture::{Picture, graph};

use super::{drawing, expression::leaf, shown};
use crate::{controls::Controls, error::Result, figure::Figure, lesson::Scene};

pub(super) const SCENE: Scene = Scene {
    name: "recording",
    title: "A value that remembers what it was made from",
    prose: include_str!("recording.md"),
    controls: &[leaf("a", LEAVES[0]), leaf("b", LEAVES[1]), leaf("c", LEAVES[2])],
    pictures,
    figures,
};

/// The notebook's a, b and c.
const LEAVES: [f64; 3] = [2.0, -3.0, 10.0];

/// d = a·b + c without names.
fn d<'g>(graph: &'g Graph, [a, b, c]: [f64; 3]) -> Var<'g> {
    graph.leaf(a) * graph.leaf(b) + graph.leaf(c)
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let graph = Graph::new();
    let d = d(&graph, controls.all()?);
    Ok(vec![
        graph::Graph::new(drawing::nodes(d))
            .title("a·b + c, recorded: only data")
            .picture(),
    ])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let leaves = controls.all()?;
    let graph = Graph::new();
    let sum = graph.leaf(3.0) + graph.leaf(4.0);
    let d = d(&graph, leaves);
    let trace = d.trace(None);
    let children = |id: usize| -> Vec<String> {
        let arguments = trace
            .iter()
            .filter(|node| node.id == id)
            .flat_map(|node| &node.arguments);
        let nodes = arguments.filter_map(|id| trace.iter().find(|node| node.id == *id));
        nodes
            .flat_map(|node| &node.value)
            .map(|value| format!("Value({})", shown(*value)))
            .collect()
    };
    let count = drawing::count(&drawing::nodes(d));
    Ok(vec![
        Figure::new("3 + 4", format!("Value({})", sum.item()?)).printed("Value(7)"),
        Figure::new("d", format!("Value({})", shown(d.item()?))).printed_if(leaves == LEAVES, "Value(4.0)"),
        Figure::new("children of d", children(d.id()).join(", ")).why(
            "The notebook keeps them in a set, which shows them in an order of its own; here they stand in \
                  theirs.",
        ),
        Figure::new("children of a", trace.first().map_or(0, |a| children(a.id).len())),
        Figure::new("value boxes", count.values),
        Figure::new("operation boxes", count.operations),
        Figure::new("arrows", count.arrows),
    ])
}
