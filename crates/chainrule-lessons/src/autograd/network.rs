//! The notebook's network of single numbers, its four samples, and how it is trained.

use chainrule::{
    Graph, Operand, Param, Var,
    nn::{
        Activation,
        scalar::{Layer, Mlp, Neuron},
    },
    ops::Tanh,
    optim::{Optimizer, Sgd},
};
use chainrule_numpy::PythonRandom;
use chainrule_picture::network;

use crate::error::Result;

/// The inputs of the four samples.
pub(super) const SAMPLES: [[f64; 3]; 4] = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]];
/// What the network should answer to them.
pub(super) const TARGETS: [f64; 4] = [1.0, -1.0, -1.0, 1.0];
/// Three inputs, two hidden layers of four neurons, one output.
pub(super) const WIDTHS: [usize; 4] = [3, 4, 4, 1];

/// The same with a name that says where it belongs: `w2.1.3` leads to the first neuron of the second layer from its
/// third input.
fn named(parameter: &Param, name: String) -> Param {
    parameter.clone().named(name)
}

/// A neuron whose weights are drawn as the notebook draws them, by Python's `random.uniform(-1, 1)`; its bias is 0.
pub(super) fn neuron(inputs: usize, activation: Activation, random: &mut PythonRandom) -> Neuron {
    Neuron {
        weights: (0..inputs).map(|_| Param::new(random.uniform(-1.0, 1.0))).collect(),
        bias: Param::new(0.0),
        activation,
    }
}

/// A layer of such neurons.
pub(super) fn layer(inputs: usize, outputs: usize, activation: &Activation, random: &mut PythonRandom) -> Layer {
    let neurons = (0..outputs).map(|_| neuron(inputs, activation.clone(), random));
    Layer {
        neurons: neurons.collect(),
    }
}

/// The notebook's network: tanh after every layer but the last.
pub(super) fn mlp(widths: &[usize], random: &mut PythonRandom) -> Mlp {
    let last = widths.len().saturating_sub(2);
    let layers = widths.windows(2).enumerate().map(|(place, pair)| {
        let activation = match place == last {
            true => Activation::identity(),
            false => Tanh.into(),
        };
        layer(pair[0], pair[1], &activation, random)
    });
    let mut layers: Vec<Layer> = layers.collect();
    for (l, layer) in (1..).zip(&mut layers) {
        for (n, neuron) in (1..).zip(&mut layer.neurons) {
            neuron.bias = named(&neuron.bias, format!("b{l}.{n}"));
            for (i, weight) in (1..).zip(&mut neuron.weights) {
                *weight = named(weight, format!("w{l}.{n}.{i}"));
            }
        }
    }
    Mlp { layers }
}

/// A neuron's answer as the notebook computes it: the bias first, then product after product.
pub(super) fn fire<'g>(neuron: &Neuron, graph: &'g Graph, input: impl Fn(usize) -> Var<'g>) -> Var<'g> {
    let mut sum = neuron.bias.on(graph);
    for (place, weight) in neuron.weights.iter().enumerate() {
        sum += weight.on(graph) * input(place);
    }
    neuron.activation.forward(sum)
}

/// The network's answers to plain numbers. Each neuron of the first layer wraps every number anew, as the notebook
/// does.
pub(super) fn answers<'g>(mlp: &Mlp, graph: &'g Graph, sample: &[f64]) -> Vec<Var<'g>> {
    let mut values: Option<Vec<Var<'g>>> = None;
    for layer in &mlp.layers {
        let neurons = layer.neurons.iter();
        values = Some(match &values {
            None => neurons
                .map(|neuron| fire(neuron, graph, |place| graph.constant(sample[place])))
                .collect(),
            Some(values) => neurons
                .map(|neuron| fire(neuron, graph, |place| values[place]))
                .collect(),
        });
    }
    values.unwrap_or_default()
}

/// The answers to the first so many samples, one for each.
pub(super) fn predictions<'g>(mlp: &Mlp, graph: &'g Graph, samples: usize) -> Vec<Var<'g>> {
    SAMPLES
        .iter()
        .take(samples)
        .flat_map(|sample| answers(mlp, graph, sample))
        .collect()
}

/// The notebook's loss, `0 + (p₁ − t₁)² + (p₂ − t₂)² + …`: it is called "mse" there and is a sum.
pub(super) fn sum_of_squares<'g>(graph: &'g Graph, predictions: &[Var<'g>]) -> Var<'g> {
    let mut sum = graph.constant(0.0);
    for (prediction, target) in predictions.iter().zip(TARGETS) {
        sum += (*prediction - target).powf(2.0);
    }
    sum
}

/// What is written down of a training, one entry for each epoch, before its step.
pub(super) struct History {
    pub(super) losses: Vec<f64>,
    pub(super) predictions: Vec<Vec<f64>>,
}

/// Trains a network on all samples at once, with any loss of its answers.
pub(super) fn train(
    mlp: &mut Mlp,
    mut optimizer: Sgd,
    epochs: usize,
    loss: impl for<'g> Fn(&'g Graph, &[Var<'g>]) -> Var<'g>,
) -> Result<History> {
    let mut history = History {
        losses: vec![],
        predictions: vec![],
    };
    for _ in 0..epochs {
        let graph = Graph::new();
        let predictions = predictions(mlp, &graph, SAMPLES.len());
        let loss = loss(&graph, &predictions);
        history.losses.push(loss.item()?);
        let numbers = predictions.iter().map(|prediction| prediction.item());
        history
            .predictions
            .push(numbers.collect::<chainrule::Result<Vec<f64>>>()?);
        optimizer.step(mlp, &loss.backward()?);
    }
    Ok(history)
}

/// The network as a drawing.
pub(super) fn drawing(mlp: &Mlp, inputs: usize) -> network::Network {
    let number = |param: &Param| param.value.data().first().copied().unwrap_or(f64::NAN);
    let layers = mlp.layers.iter().map(|layer| network::Layer {
        weights: (0..layer.neurons.first().map_or(0, |neuron| neuron.weights.len()))
            .map(|input| {
                layer
                    .neurons
                    .iter()
                    .map(|neuron| number(&neuron.weights[input]))
                    .collect()
            })
            .collect(),
        bias: layer.neurons.iter().map(|neuron| number(&neuron.bias)).collect(),
        activation: match layer.neurons.first().map(|neuron| neuron.activation.to_string()) {
            Some(name) if name != "identity" => name,
            _ => String::new(),
        },
        names: vec![],
    });
    network::Network {
        inputs: (1..=inputs).map(|input| format!("x{input}")).collect(),
        layers: layers.collect(),
    }
}
