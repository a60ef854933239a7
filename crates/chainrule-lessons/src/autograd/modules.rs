//! Neuron, layer, network: each a list of the one before.

use chainrule::{
    Graph, Module,
    nn::{
        Activation,
        scalar::{Layer, Mlp, Neuron},
    },
    ops::Tanh,
};
use chainrule_numpy::PythonRandom;
use chainrule_picture::Picture;

use super::{network, shown};
use crate::{
    controls::{Control, Controls, count},
    error::Result,
    figure::Figure,
    lesson::Scene,
};

pub(super) const SCENE: Scene = Scene {
    name: "neuron-layer-network",
    title: "Neuron, layer, network",
    prose: include_str!("modules.md"),
    controls: &[
        Control::new("first", "neurons of the first hidden layer", (1.0, 8.0), 1.0, 4.0),
        Control::new("second", "neurons of the second hidden layer", (1.0, 8.0), 1.0, 4.0),
    ],
    pictures,
    figures,
};

/// The input of the notebook's first neuron and first layer.
const INPUT: [f64; 2] = [2.1, 3.1];

fn mlp(controls: &Controls) -> Result<Mlp> {
    let [first, second] = controls.all()?;
    let widths = [3, count(first), count(second), 1];
    Ok(network::mlp(&widths, &mut PythonRandom::new(controls.seed)))
}

/// How the notebook writes a neuron.
fn neuron_text(neuron: &Neuron) -> String {
    let kind = match neuron.activation.to_string() {
        none if none == "identity" => "Linear".to_string(),
        name => name,
    };
    format!("{kind}Neuron({})", neuron.weights.len())
}

/// How the notebook writes a layer.
fn layer_text(layer: &Layer) -> String {
    let neurons: Vec<String> = layer.neurons.iter().map(neuron_text).collect();
    format!("Layer of [{}]", neurons.join(", "))
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    Ok(vec![network::drawing(&mlp(controls)?, 3).picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let tanh: Activation = Tanh.into();
    let random = || PythonRandom::new(controls.seed);
    let answer =
        |neuron: &Neuron, graph: &Graph| network::fire(neuron, graph, |place| graph.constant(INPUT[place])).item();
    let graph = Graph::new();
    let neuron = network::neuron(2, tanh.clone(), &mut random());
    let layer = network::layer(2, 3, &tanh, &mut random());
    let of_layer = layer.neurons.iter().map(|neuron| Ok(shown(answer(neuron, &graph)?)));
    let of_layer = of_layer.collect::<Result<Vec<String>>>()?;
    let mlp = mlp(controls)?;
    let layers: Vec<String> = mlp.layers.iter().map(layer_text).collect();
    let larger = network::mlp(&[3, 8, 4, 1], &mut random());
    Ok(vec![
        Figure::new("neuron", neuron_text(&neuron)).printed("tanhNeuron(2)"),
        Figure::new("neuron at (2.1, 3.1)", answer(&neuron, &graph)?)
            .why("The notebook has no seed; this is Python's random after random.seed of the scene's seed."),
        Figure::new("layer", layer_text(&layer)),
        Figure::new("layer at (2.1, 3.1)", of_layer.join(", ")),
        Figure::new("layers", layers.len()),
        Figure::new("as the notebook writes it", format!("MLP of [{}]", layers.join(", "))),
        Figure::new("as the engine writes it", mlp.to_string()),
        Figure::new("parameters", mlp.parameter_count()),
        Figure::new("parameters of MLP(3, [8, 4, 1])", larger.parameter_count()),
    ])
}
