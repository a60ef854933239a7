//! A network with one hidden layer for yes or no, started as numpy would start it.

use chainrule::{
    Float, Graph, Mlp, Module, Rng, Var,
    loss::bce_with_logits,
    nn::{Dropout, Mode},
    ops::Tanh,
    optim::Optimizer,
};
use chainrule_numpy::RandomState;

use super::table::Table;
use crate::error::{Error, Result};

/// A network `inputs → hidden tanh → 1`; layer by layer, weights before biases, uniform in ±1/√inputs.
pub(super) fn start(inputs: usize, hidden: usize, random: &mut RandomState) -> Result<Mlp> {
    let mut net = Mlp::new(&[inputs, hidden, 1], Tanh, &mut Rng::new(0))?;
    let mut failed = None;
    for layer in &mut net.layers {
        let bound = 1.0 / (layer.inputs() as f64).sqrt();
        layer.visit_mut("", &mut |_, param| {
            for weight in param.value.data_mut() {
                match random.uniform(-bound, bound) {
                    Ok(drawn) => *weight = drawn,
                    Err(error) => failed = Some(Error::from(error)),
                }
            }
        });
    }
    failed.map_or(Ok(net), Err)
}

/// The logit of each row, in training with some of the hidden neurons dropped.
fn forward<'g>(net: &Mlp, x: Var<'g>, dropout: Dropout, mode: &mut Mode<'_>) -> Var<'g> {
    let mut x = x;
    for (place, (layer, activation)) in net.layers.iter().zip(&net.activations).enumerate() {
        if place > 0 {
            x = dropout.forward(x, mode);
        }
        x = activation.forward(layer.forward(x));
    }
    x
}

fn column<'g, T: Float>(graph: &'g Graph<T>, y: &[T]) -> Var<'g, T> {
    graph.tensor(y, [y.len(), 1])
}

/// One step of training on these rows.
pub(super) fn step(
    net: &mut Mlp,
    optimizer: &mut dyn Optimizer<f64>,
    rows: &Table,
    dropout: Dropout,
    rng: &mut Rng,
) -> Result<()> {
    let graph = Graph::new();
    let logits = forward(net, graph.constant(&rows.x), dropout, &mut Mode::Train(rng));
    let gradient = bce_with_logits(logits, column(&graph, &rows.y)).backward()?;
    optimizer.step(net, &gradient);
    Ok(())
}

/// Training without dropout.
pub(super) const NO_DROPOUT: Dropout = Dropout { rate: 0.0 };

/// How good a network is on some rows.
#[derive(Clone, Copy)]
pub(super) struct Judgement {
    /// The mean cross-entropy.
    pub(super) loss: f64,
    /// The share of rows on the right side of p = ½.
    pub(super) accuracy: f64,
}

pub(super) fn judge(net: &Mlp, rows: &Table) -> Result<Judgement> {
    let graph = Graph::new();
    let logits = net.forward(graph.constant(&rows.x));
    let loss = bce_with_logits(logits, column(&graph, &rows.y)).item()?;
    let answers = logits.value()?;
    let right = answers
        .data()
        .iter()
        .zip(&rows.y)
        .filter(|&(&z, &y)| (z > 0.0) == (y > 0.5));
    Ok(Judgement {
        loss,
        accuracy: right.count() as f64 / rows.y.len() as f64,
    })
}

/// `counts[truth][prediction]`.
pub(super) fn confusion(net: &Mlp, rows: &Table) -> Result<[[usize; 2]; 2]> {
    let answers = net.predict(&rows.x)?;
    let mut counts = [[0; 2]; 2];
    for (&z, &y) in answers.data().iter().zip(&rows.y) {
        counts[usize::from(y > 0.5)][usize::from(z > 0.0)] += 1;
    }
    Ok(counts)
}
