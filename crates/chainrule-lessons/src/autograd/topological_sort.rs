//! In which order to walk back, and how deep.

use std::{collections::HashMap, rc::Rc};

use chainrule::{Graph, TraceNode, Var};
use chainrule_picture::{Chart, Picture, graph};

use super::{
    drawing,
    neuron::{BIAS, INPUTS_AND_WEIGHTS, Neuron},
};
use crate::{
    controls::{Control, Controls, count},
    error::Result,
    figure::Figure,
    lesson::Scene,
    once::once,
};

pub(super) const SCENE: Scene = Scene {
    name: "topological-sort",
    title: "The right order, without digging too deep",
    prose: include_str!("topological_sort.md"),
    controls: &[Control::new(
        "chain",
        "how many operations follow each other",
        (100.0, 100_000.0),
        100.0,
        100_000.0,
    )],
    pictures,
    figures,
};

/// How many calls deep Python goes before it stops, unless told otherwise.
const PYTHON_LIMIT: usize = 1000;

/// The notebook's sort: first all arguments of a value, each by calling itself, then the value. Gives the order and
/// how many calls were open at once; nothing when they would be more than `limit`. The calls are kept in a list here,
/// or this too would run out of room.
fn recursive_order(nodes: &[TraceNode], limit: usize) -> Option<(Vec<usize>, usize)> {
    let place: HashMap<usize, usize> = nodes.iter().enumerate().map(|(place, node)| (node.id, place)).collect();
    let (mut order, mut visited, mut deepest) = (vec![], vec![false; nodes.len()], 0);
    let mut open = vec![(nodes.len() - 1, 0)];
    visited[nodes.len() - 1] = true;
    while let Some((node, next)) = open.last_mut() {
        let (node, argument) = (*node, *next);
        *next += 1;
        match nodes[node].arguments.get(argument).and_then(|id| place.get(id)) {
            Some(&argument) if !visited[argument] => {
                visited[argument] = true;
                open.push((argument, 0));
                deepest = deepest.max(open.len());
                if open.len() > limit {
                    return None;
                }
            }
            Some(_) => {}
            None => {
                order.push(node);
                open.pop();
            }
        }
    }
    Some((order, deepest))
}

/// `tanh(tanh(… tanh(1)))`: the leaf, and what follows it after each operation.
fn chain(graph: &Graph, operations: usize) -> Vec<Var<'_>> {
    let first = graph.leaf(1.0);
    std::iter::successors(Some(first), |value| Some(value.tanh()))
        .take(operations + 1)
        .collect()
}

/// The gradient of the last value of a chain with respect to the leaf.
fn slope(chain: &[Var<'_>]) -> Result<f64> {
    match chain {
        [leaf, .., result] => Ok(result.backward()?[*leaf]),
        _ => Ok(f64::NAN),
    }
}

/// The neuron with the place of each value in an order before its name.
fn numbered(neuron: Neuron<'_>, order: &[usize], title: &str) -> Picture {
    let mut nodes = drawing::nodes(neuron.o);
    for (turn, place) in order.iter().enumerate() {
        let node = &mut nodes[*place];
        node.name = Some(format!("{turn}. {}", node.name.as_deref().unwrap_or_default()));
    }
    graph::Graph::new(nodes).title(title).picture()
}

/// A chain of so many operations: its last value, and the gradients of that at some places, the leaf first.
struct LongChain {
    last: f64,
    at: Vec<f64>,
    slopes: Vec<f64>,
}

fn long_chain(operations: f64) -> Result<Rc<LongChain>> {
    once("topological-sort", &[operations], || {
        let graph = Graph::new();
        let chain = chain(&graph, count(operations));
        let (mut last, mut at, mut slopes) = (f64::NAN, vec![], vec![]);
        if let Some(result) = chain.last() {
            let gradients = result.backward()?;
            last = result.item()?;
            for (place, value) in chain.iter().enumerate().step_by(chain.len().div_ceil(1000)) {
                at.push(place as f64);
                slopes.push(gradients[*value]);
            }
        }
        Ok(LongChain { last, at, slopes })
    })
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [operations] = controls.all()?;
    let graph = Graph::new();
    let neuron = Neuron::new(&graph, INPUTS_AND_WEIGHTS, BIAS);
    let ledger: Vec<usize> = (0..neuron.values().len()).collect();
    let (recursive, _) = recursive_order(&neuron.o.trace(None), PYTHON_LIMIT).unwrap_or_default();
    let long = long_chain(operations)?;
    let chart = Chart::new(format!("Gradient along a chain of {operations} tanh"))
        .line("gradient of the last value", &long.at, &long.slopes)
        .x_label("operations from the leaf")
        .y_label("gradient")
        .log_y();
    Ok(vec![
        numbered(neuron, &ledger, "In the order of the computation"),
        numbered(neuron, &recursive, "In the order of the recursive sort"),
        chart.picture(),
    ])
}

/// Whether each value stands after all of its arguments.
fn is_sorted(nodes: &[TraceNode], order: &[usize]) -> bool {
    let turn: HashMap<usize, usize> = order
        .iter()
        .enumerate()
        .map(|(turn, place)| (nodes[*place].id, turn))
        .collect();
    let mut pairs = nodes
        .iter()
        .flat_map(|node| node.arguments.iter().map(|argument| (*argument, node.id)));
    order.len() == nodes.len() && pairs.all(|(argument, user)| turn.get(&argument) < turn.get(&user))
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [operations] = controls.all()?;
    let graph = Graph::new();
    let trace = Neuron::new(&graph, INPUTS_AND_WEIGHTS, BIAS).o.trace(None);
    let ledger: Vec<usize> = (0..trace.len()).collect();
    let (recursive, neuron_depth) = recursive_order(&trace, PYTHON_LIMIT).unwrap_or_default();
    let names = |order: &[usize]| -> String {
        let names = order.iter().filter_map(|place| trace[*place].name.clone());
        names.collect::<Vec<String>>().join(", ")
    };
    let sorted = |order: &[usize]| match is_sorted(&trace, order) {
        true => "every value after its arguments",
        false => "some value before its arguments",
    };

    let graph = Graph::new();
    let short = chain(&graph, PYTHON_LIMIT);
    let slope = slope(&short)?;
    let short = short.last().map_or(vec![], |result| result.trace(None));
    let deep = recursive_order(&short, usize::MAX).map_or(0, |(_, deepest)| deepest);
    let recursion = Figure::new(
        "recursive sort of a chain of 1000",
        match recursive_order(&short, PYTHON_LIMIT) {
            Some(_) => "sorted".to_string(),
            None => format!("needs more than {PYTHON_LIMIT} open calls"),
        },
    );
    let long = long_chain(operations)?;
    Ok(vec![
        Figure::new("ledger", names(&ledger)),
        Figure::new("ledger order", sorted(&ledger)),
        Figure::new("recursive", names(&recursive)),
        Figure::new("recursive order", sorted(&recursive)),
        Figure::new("open calls for the neuron", neuron_depth),
        Figure::new("open calls for a chain of 1000", deep),
        recursion.corrected(slope).why(format!(
            "The sort calls itself once for each operation of the chain, {deep} calls deep, and Python stops at \
             {PYTHON_LIMIT} with a RecursionError. The order of the computation needs no sort: this is the \
             gradient it gives.",
        )),
        Figure::new("last value", long.last),
        Figure::new("gradient", long.slopes.first().copied().unwrap_or(f64::NAN)),
    ])
}
