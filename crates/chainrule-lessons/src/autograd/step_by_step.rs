//! The way back, one call at a time.

use chainrule::{Graph, Var};
use chainrule_picture::{Picture, graph};

use super::{
    drawing,
    kept_gradients::KeptGradients,
    neuron::{BIAS, INPUTS_AND_WEIGHTS, Neuron},
};
use crate::{
    controls::{Control, Controls, count},
    error::Result,
    figure::Figure,
    lesson::Scene,
};

pub(super) const SCENE: Scene = Scene {
    name: "step-by-step",
    title: "Backward, one call at a time",
    prose: include_str!("step_by_step.md"),
    controls: &[Control::new(
        "calls",
        "how many of the calls have been made",
        (0.0, 6.0),
        1.0,
        2.0,
    )],
    pictures,
    figures,
};

/// The calls in the notebook's order.
fn calls(neuron: Neuron<'_>) -> [(&'static str, Var<'_>); 6] {
    [
        ("o", neuron.o),
        ("n", neuron.n),
        ("b", neuron.b),
        ("x1*w1 + x2*w2", neuron.x1w1x2w2),
        ("x1*w1", neuron.x1w1),
        ("x2*w2", neuron.x2w2),
    ]
}

/// The gradients kept after the first calls.
fn after(graph: &Graph, neuron: Neuron<'_>, made: usize) -> Result<KeptGradients> {
    let mut kept = KeptGradients::new(graph);
    kept.start(neuron.o);
    for (_, value) in calls(neuron).into_iter().take(made) {
        kept.call(value)?;
    }
    Ok(kept)
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [made] = controls.all()?;
    let graph = Graph::new();
    let neuron = Neuron::new(&graph, INPUTS_AND_WEIGHTS, BIAS);
    let kept = after(&graph, neuron, count(made))?;
    let mut nodes = drawing::nodes(neuron.o);
    for (node, (_, value)) in nodes.iter_mut().zip(neuron.values()) {
        node.gradient = Some(vec![kept.of(value)]);
    }
    let last = calls(neuron).into_iter().take(count(made)).last();
    let title = match last {
        None => "Before the first call".to_string(),
        Some((name, _)) => format!("After {made} calls, the last one of {name}"),
    };
    Ok(vec![graph::Graph::new(nodes).title(title).picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [made] = controls.all()?;
    let graph = Graph::new();
    let neuron = Neuron::new(&graph, INPUTS_AND_WEIGHTS, BIAS);
    let kept = after(&graph, neuron, count(made))?;
    let all = after(&graph, neuron, calls(neuron).len())?;
    let gradients = neuron.o.backward()?;
    let mut figures = vec![];
    for (name, value) in neuron.values() {
        figures.push(Figure::new(format!("{name}.grad"), kept.of(value)));
    }
    // The same calls, but n before o: when n is asked, its own gradient is still 0.
    let mut early = KeptGradients::new(&graph);
    early.start(neuron.o);
    for value in [neuron.n, neuron.o, neuron.x1w1x2w2, neuron.x1w1, neuron.x2w2] {
        early.call(value)?;
    }
    figures.push(Figure::new("x1.grad after all calls", all.of(neuron.x1)));
    figures.push(Figure::new("do/dx1", gradients[neuron.x1]));
    figures.push(Figure::new("x1.grad with n before o", early.of(neuron.x1)));
    Ok(figures)
}
