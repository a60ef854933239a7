//! The network of the lesson: two inputs, two hidden neurons, one output, all with a sigmoid.
//!
//! Written in plain numbers and in the notebook's order of arithmetic, so that a run of four thousand steps ends with the
//! same digits; and once more with the engine, which needs no derivative by hand.

use chainrule::{Graph, Var};
use chainrule_numpy::RandomState;
use chainrule_picture::{
    Picture,
    network::{Layer, Network},
};

use super::people::Sample;
use crate::error::Result;

/// The names of the nine numbers, in the notebook's order.
pub(super) const NAMES: [&str; 9] = ["w1", "w2", "w3", "w4", "w5", "w6", "b1", "b2", "b3"];

/// The nine numbers: w1 … w6, b1 … b3.
pub(super) type Parameters = [f64; 9];

/// What the three neurons answer: h1, h2, o1.
pub(super) type Answers = [f64; 3];

/// The sigmoid as the notebook computes it: its exponential overflows for x below −709.78.
pub(super) fn naive_sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// Numbers from the normal distribution, as `RandomState(seed)` draws them.
pub(super) fn drawn(seed: u32) -> Parameters {
    let mut random = RandomState::new(seed);
    [(); 9].map(|()| random.standard_normal())
}

pub(super) fn answers(parameters: &Parameters, x: [f64; 2]) -> Answers {
    let [w1, w2, w3, w4, w5, w6, b1, b2, b3] = *parameters;
    let h1 = naive_sigmoid(w1 * x[0] + w2 * x[1] + b1);
    let h2 = naive_sigmoid(w3 * x[0] + w4 * x[1] + b2);
    [h1, h2, naive_sigmoid(w5 * h1 + w6 * h2 + b3)]
}

/// The network's answer, o1.
pub(super) fn answer(parameters: &Parameters, x: [f64; 2]) -> f64 {
    answers(parameters, x)[2]
}

/// The mean squared error.
pub(super) fn loss(parameters: &Parameters, samples: &[Sample]) -> f64 {
    let squares = samples.iter().map(|sample| {
        let error = sample.y - answer(parameters, sample.x);
        error * error
    });
    squares.sum::<f64>() / samples.len() as f64
}

/// `factor · ∂L/∂parameter` for one sample, each by the notebook's formula: the chain rule, factor by factor.
///
/// The notebook multiplies by the learning rate first; its rounding is part of its result.
pub(super) fn derivatives(parameters: &Parameters, sample: Sample, factor: f64) -> Parameters {
    let [_, _, _, _, w5, w6, _, _, _] = *parameters;
    let Sample { x, y } = sample;
    let [h1, h2, o1] = answers(parameters, x);
    let slope = |answer: f64| answer * (1.0 - answer);

    let dl_do1 = factor * (-2.0 * (y - o1));
    let (do1_dh1, do1_dh2) = (w5 * slope(o1), w6 * slope(o1));
    [
        dl_do1 * do1_dh1 * (x[0] * slope(h1)),
        dl_do1 * do1_dh1 * (x[1] * slope(h1)),
        dl_do1 * do1_dh2 * (x[0] * slope(h2)),
        dl_do1 * do1_dh2 * (x[1] * slope(h2)),
        dl_do1 * (h1 * slope(o1)),
        dl_do1 * (h2 * slope(o1)),
        dl_do1 * do1_dh1 * slope(h1),
        dl_do1 * do1_dh2 * slope(h2),
        dl_do1 * slope(o1),
    ]
}

/// Moves the parameters against `change`.
pub(super) fn subtract(parameters: &mut Parameters, change: &Parameters) {
    for (parameter, change) in parameters.iter_mut().zip(change) {
        *parameter -= change;
    }
}

/// Trains one sample at a time; returns the parameters after each epoch.
pub(super) fn train(mut parameters: Parameters, samples: &[Sample], rate: f64, epochs: usize) -> Vec<Parameters> {
    let epoch = |_| {
        for &sample in samples {
            let change = derivatives(&parameters, sample, rate);
            subtract(&mut parameters, &change);
        }
        parameters
    };
    (0..epochs).map(epoch).collect()
}

/// The network in a graph, every value with its name.
pub(super) struct Drawn<'g> {
    pub parameters: [Var<'g>; 9],
    pub h1: Var<'g>,
    pub h2: Var<'g>,
    pub o1: Var<'g>,
}

/// Builds the network in a graph for one person.
pub(super) fn in_graph(graph: &Graph, parameters: Parameters, x: [f64; 2]) -> Drawn<'_> {
    let mut names = NAMES.into_iter();
    let parameters = parameters.map(|number| graph.leaf(number).named(names.next().unwrap_or_default()));
    let [w1, w2, w3, w4, w5, w6, b1, b2, b3] = parameters;
    let (x1, x2) = (graph.constant(x[0]).named("x1"), graph.constant(x[1]).named("x2"));
    let h1 = (w1 * x1 + w2 * x2 + b1).named("sum_h1").sigmoid().named("h1");
    let h2 = (w3 * x1 + w4 * x2 + b2).named("sum_h2").sigmoid().named("h2");
    let o1 = (w5 * h1 + w6 * h2 + b3).named("sum_o1").sigmoid().named("o1");
    Drawn { parameters, h1, h2, o1 }
}

/// The derivatives of one sample's squared error by the engine.
pub(super) fn derivatives_by_engine(parameters: Parameters, sample: Sample) -> Result<Parameters> {
    let graph = Graph::new();
    let drawn = in_graph(&graph, parameters, sample.x);
    let gradients = (sample.y - drawn.o1).square().backward()?;
    Ok(drawn.parameters.map(|parameter| gradients[parameter]))
}

/// The network with its weights.
pub(super) fn picture(parameters: &Parameters, inputs: [&str; 2]) -> Picture {
    let [w1, w2, w3, w4, w5, w6, b1, b2, b3] = *parameters;
    Network {
        inputs: inputs.map(String::from).into(),
        layers: vec![
            Layer {
                weights: vec![vec![w1, w3], vec![w2, w4]],
                bias: vec![b1, b2],
                activation: "sigmoid".into(),
                names: vec![],
            },
            Layer {
                weights: vec![vec![w5], vec![w6]],
                bias: vec![b3],
                activation: "sigmoid".into(),
                names: vec!["o1".into()],
            },
        ],
    }
    .picture()
}
