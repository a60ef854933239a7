//! The network of the lesson: two inputs, two hidden neurons, one output, six weights; no bias, no activation.
//!
//! In plain numbers and in the notebook's order of arithmetic, as its results are compared to the last digit.

use chainrule::{Graph, Var};
use chainrule_learn::metrics::rmse;
use chainrule_numpy::RandomState;
use chainrule_picture::{
    Picture,
    network::{Layer, Network},
};

use super::problem::Problem;

/// The six weights: w1 … w4 lead from x1, x1, x2, x2 to h1, h2, h1, h2; w5 and w6 from h1 and h2 to the output.
pub(super) type Weights = [f64; 6];

pub(super) const NAMES: [&str; 6] = ["w1", "w2", "w3", "w4", "w5", "w6"];

/// The weights as the notebook draws them: the seed is set again before the last two, which are the first two once more.
pub(super) fn seeded_twice(seed: u32) -> Weights {
    let [w1, w2, w3, w4, _, _] = seeded_once(seed);
    [w1, w2, w3, w4, w1, w2]
}

/// Six weights one after the other, as `RandomState(seed).rand(6)` draws them.
pub(super) fn seeded_once(seed: u32) -> Weights {
    let mut random = RandomState::new(seed);
    [(); 6].map(|()| random.random_sample())
}

/// What the six weights amount to: the network is `c1·x1 + c2·x2`.
pub(super) fn coefficients(weights: &Weights) -> [f64; 2] {
    let [w1, w2, w3, w4, w5, w6] = *weights;
    [w1 * w5 + w2 * w6, w3 * w5 + w4 * w6]
}

pub(super) fn predictions(weights: &Weights, problem: &Problem) -> Vec<f64> {
    let [c1, c2] = coefficients(weights);
    problem.rows().map(|(x, _)| x[0] * c1 + x[1] * c2).collect()
}

/// The root of the mean squared error over all rows.
pub(super) fn error(weights: &Weights, problem: &Problem) -> f64 {
    rmse(&predictions(weights, problem), &problem.y)
}

/// What the notebook computes in its place: the first hidden neuron sees x1 twice and the second x2 twice.
pub(super) fn mixed_up_prediction(weights: &Weights, x: [f64; 2]) -> f64 {
    let [h1, h2] = mixed_up_hidden(weights, x);
    weights[4] * h1 + weights[5] * h2
}

pub(super) fn mixed_up_hidden(weights: &Weights, x: [f64; 2]) -> [f64; 2] {
    let [w1, w2, w3, w4, _, _] = *weights;
    [w1 * x[0] + w2 * x[0], w3 * x[1] + w4 * x[1]]
}

/// In which order the weights of one step move.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Order {
    /// w5 and w6 first; w1 … w4 use the new ones. The notebook's way.
    OneAfterTheOther,
    /// All from the same derivatives.
    Together,
}

/// One step for one row: `w ← w + rate · (y − ŷ) · ∂ŷ/∂w`, half of the derivative of the squared error.
pub(super) fn step(weights: &Weights, x: [f64; 2], y: f64, rate: f64, order: Order) -> Weights {
    let [mut w1, mut w2, mut w3, mut w4, mut w5, mut w6] = *weights;
    let [x1, x2] = x;
    let error = y - x1 * (w1 * w5 + w2 * w6) - x2 * (w3 * w5 + w4 * w6);
    let (old5, old6) = (w5, w6);
    w5 += rate * (w1 * x1 + w3 * x2) * error;
    w6 += rate * (w2 * x1 + w4 * x2) * error;
    let (used5, used6) = match order {
        Order::OneAfterTheOther => (w5, w6),
        Order::Together => (old5, old6),
    };
    w1 += rate * used5 * x1 * error;
    w2 += rate * used6 * x1 * error;
    w3 += rate * used5 * x2 * error;
    w4 += rate * used6 * x2 * error;
    [w1, w2, w3, w4, w5, w6]
}

/// The weights after each row of each epoch.
pub(super) fn train(
    mut weights: Weights,
    problem: &Problem,
    rate: f64,
    epochs: usize,
    order: Order,
) -> impl Iterator<Item = Weights> {
    let rows = (0..epochs).flat_map(|_| problem.rows());
    rows.map(move |(x, y)| {
        weights = step(&weights, x, y, rate, order);
        weights
    })
}

/// The network in a graph, for one row.
pub(super) struct InGraph<'g> {
    pub weights: [Var<'g>; 6],
    pub x: [Var<'g>; 2],
    pub prediction: Var<'g>,
}

/// Builds the network in a graph as it is drawn: x may be one row or a column of all rows for each feature.
pub(super) fn in_graph<'g>(graph: &'g Graph, weights: &Weights, x: [Var<'g>; 2]) -> InGraph<'g> {
    let mut names = NAMES.into_iter();
    let weights = weights.map(|weight| graph.leaf(weight).named(names.next().unwrap_or_default()));
    let [w1, w2, w3, w4, w5, w6] = weights;
    let h1 = (x[0] * w1 + x[1] * w3).named("h1");
    let h2 = (x[0] * w2 + x[1] * w4).named("h2");
    let prediction = (h1 * w5 + h2 * w6).named("ŷ");
    InGraph { weights, x, prediction }
}

/// The network with its weights.
pub(super) fn picture(weights: &Weights) -> Picture {
    let [w1, w2, w3, w4, w5, w6] = *weights;
    Network {
        inputs: vec!["x1".into(), "x2".into()],
        layers: vec![
            Layer {
                weights: vec![vec![w1, w2], vec![w3, w4]],
                ..Layer::default()
            },
            Layer {
                weights: vec![vec![w5], vec![w6]],
                names: vec!["ŷ".into()],
                ..Layer::default()
            },
        ],
    }
    .picture()
}
