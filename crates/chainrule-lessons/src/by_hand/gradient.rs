//! The derivatives of the six weights: by formula, by the engine, and by small steps.

use chainrule::Graph;

use super::{
    network::{Weights, in_graph, predictions},
    problem::Problem,
};
use crate::{error::Result, finite_difference};

/// `∂/∂w Σ (y − ŷ)²` over these rows, by the formula: −2 times the sum over the rows of error · ∂ŷ/∂w.
pub(super) fn by_formula(weights: &Weights, rows: impl Iterator<Item = ([f64; 2], f64)>) -> Weights {
    let [w1, w2, w3, w4, w5, w6] = *weights;
    let mut gradient = [0.0; 6];
    for ([x1, x2], y) in rows {
        let (h1, h2) = (w1 * x1 + w3 * x2, w2 * x1 + w4 * x2);
        let error = y - (w5 * h1 + w6 * h2);
        let slopes = [w5 * x1, w6 * x1, w5 * x2, w6 * x2, h1, h2];
        for (sum, slope) in gradient.iter_mut().zip(slopes) {
            *sum += -2.0 * error * slope;
        }
    }
    gradient
}

/// The same by the engine, which is told only the network and the loss.
pub(super) fn by_engine(weights: &Weights, problem: &Problem) -> Result<Weights> {
    let graph = Graph::new();
    let x = [graph.constant(&problem.x1), graph.constant(&problem.x2)];
    let network = in_graph(&graph, weights, x);
    let gradients = (graph.constant(&problem.y) - network.prediction)
        .square()
        .sum()
        .backward()?;
    Ok(network.weights.map(|weight| gradients[weight]))
}

/// The same by moving each weight a little to both sides.
pub(super) fn by_difference(weights: &Weights, problem: &Problem) -> Weights {
    let loss = |weights: &Weights| -> f64 {
        let errors = problem.y.iter().zip(predictions(weights, problem)).map(|(y, p)| y - p);
        errors.map(|error| error * error).sum()
    };
    finite_difference::gradient(loss, weights, 1e-4)
}
