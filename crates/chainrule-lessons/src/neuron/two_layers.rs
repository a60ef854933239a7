//! Three neurons in two layers.

use chainrule::Graph;
use chainrule_picture::{Picture, values};

use super::network::{self, in_graph};
use crate::{
    controls::{Control, Controls},
    error::Result,
    figure::Figure,
    lesson::Scene,
};

pub(super) const SCENE: Scene = Scene {
    name: "network",
    title: "Neurons that read neurons",
    prose: include_str!("two_layers.md"),
    controls: &[
        Control::weight("first", "what each neuron's first input is multiplied by", 0.0),
        Control::weight("second", "what each neuron's second input is multiplied by", 1.0),
        Control::weight("b", "the bias of each neuron", 0.0),
        Control::weight("x1", "the first input", 2.0),
        Control::weight("x2", "the second input", 3.0),
    ],
    pictures,
    figures,
};

/// All three neurons have the same weights and the same bias.
fn parameters(controls: &Controls) -> Result<(network::Parameters, [f64; 2])> {
    let [first, second, bias, x1, x2] = controls.all()?;
    let parameters = [first, second, first, second, first, second, bias, bias, bias];
    Ok((parameters, [x1, x2]))
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let (parameters, x) = parameters(controls)?;
    let graph = Graph::new();
    let drawn = in_graph(&graph, parameters, x);
    let drawing = values(drawn.o1).title("The network, number by number");
    Ok(vec![network::picture(&parameters, ["x1", "x2"]), drawing.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let (parameters, x) = parameters(controls)?;
    let graph = Graph::new();
    let drawn = in_graph(&graph, parameters, x);
    let figures = [
        ("h1", drawn.h1.item()?, "0.9526"),
        ("h2", drawn.h2.item()?, "0.9526"),
        ("o1", drawn.o1.item()?, "0.7216325609518421"),
    ];
    let here = controls.at_start();
    let figures = figures.map(|(name, number, printed)| Figure::new(name, number).printed_if(here, printed));
    Ok(figures.into())
}
