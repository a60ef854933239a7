//! One neuron: weigh, add, squash.

use chainrule::{Graph, Param, nn::scalar::Neuron, ops::Sigmoid};
use chainrule_numpy::linspace;
use chainrule_picture::{Chart, Picture, values};

use super::network::naive_sigmoid;
use crate::{
    controls::{Control, Controls},
    error::Result,
    figure::Figure,
    lesson::Scene,
};

pub(super) const SCENE: Scene = Scene {
    name: "neuron",
    title: "A neuron weighs, adds and squashes",
    prose: include_str!("one_neuron.md"),
    controls: &[
        Control::weight("w1", "the weight of the first input", 0.0),
        Control::weight("w2", "the weight of the second input", 1.0),
        Control::weight("b", "the bias", 4.0),
        Control::weight("x1", "the first input", 2.0),
        Control::weight("x2", "the second input", 3.0),
    ],
    pictures,
    figures,
};

/// The sum and the answer of the engine's neuron, and a drawing of how they came about.
fn computed(controls: &Controls) -> Result<(f64, f64, Picture)> {
    let [w1, w2, b, x1, x2] = controls.all()?;
    let neuron = Neuron {
        weights: vec![Param::new(w1).named("w1"), Param::new(w2).named("w2")],
        bias: Param::new(b).named("b"),
        activation: Sigmoid.into(),
    };
    let graph = Graph::new();
    let x = [graph.constant(x1).named("x1"), graph.constant(x2).named("x2")];
    let y = neuron.forward(&x).unwrap_or(graph.constant(0.0)).named("y");
    let drawing = values(y).title("The neuron, number by number").picture();
    Ok((w1 * x1 + w2 * x2 + b, y.item()?, drawing))
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let (sum, y, drawing) = computed(controls)?;
    let x = linspace(-10.0, 10.0, 201)?;
    let curve: Vec<f64> = x.iter().map(|&x| naive_sigmoid(x)).collect();
    let chart = Chart::new("Where this neuron stands on the sigmoid")
        .line("σ(s) = 1 / (1 + e⁻ˢ)", &x, &curve)
        .scatter("this neuron", &[sum], &[y])
        .x_label("s = w·x + b")
        .y_label("y = σ(s)")
        .y_range(0.0, 1.0);
    Ok(vec![drawing, chart.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let (sum, y, _) = computed(controls)?;
    Ok(vec![
        Figure::new("w·x + b", sum),
        Figure::new("y", y).printed_if(controls.at_start(), "0.9990889488055994"),
    ])
}
