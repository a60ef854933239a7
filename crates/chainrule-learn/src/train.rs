//! The training loop: mini-batches, early stopping on the validation rows.

use std::ops::ControlFlow;

use chainrule::{
    Graph, Mlp, Module, Rng, Tensor, Var,
    loss::{cross_entropy, mse},
    optim::Optimizer,
};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Where training stands after an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Epoch {
    /// Its number, from 1.
    pub number: usize,
    /// The mean loss over its batches, while the weights were moving.
    pub train_loss: f64,
    /// The mean loss over the validation rows after it.
    pub validation_loss: f64,
    /// The epoch with the smallest validation loss so far.
    pub best: usize,
}

/// What the network should answer, as it learns it.
pub(crate) enum Answer {
    /// Standardized numbers, one per row.
    Numbers(Vec<f64>),
    /// Class indices.
    Classes(Vec<usize>),
}

/// Encoded rows with their answers.
pub(crate) struct Samples {
    pub rows: usize,
    pub inputs: usize,
    /// The encoded rows, row-major.
    pub data: Vec<f64>,
    pub answer: Answer,
}

impl Samples {
    pub fn len(&self) -> usize {
        self.rows
    }

    /// The loss of some rows: cross-entropy for classes, mean squared error for numbers.
    fn loss<'g>(&self, network: &Mlp, graph: &'g Graph, rows: &[usize]) -> Var<'g> {
        let mut data = Vec::with_capacity(rows.len() * self.inputs);
        for &row in rows {
            data.extend_from_slice(&self.data[row * self.inputs..][..self.inputs]);
        }
        let output = network.forward(graph.tensor(&data, [rows.len(), self.inputs]));
        match &self.answer {
            Answer::Classes(classes) => {
                let classes: Vec<usize> = rows.iter().map(|&row| classes[row]).collect();
                cross_entropy(output, &classes)
            }
            Answer::Numbers(numbers) => {
                let numbers: Vec<f64> = rows.iter().map(|&row| numbers[row]).collect();
                mse(output, graph.tensor(&numbers, [rows.len(), 1]))
            }
        }
    }

    /// The mean loss over all rows, a few thousand at a time.
    fn mean_loss(&self, network: &Mlp) -> Result<f64> {
        let all: Vec<usize> = (0..self.len()).collect();
        let mut sum = 0.0;
        for rows in all.chunks(4096) {
            let graph = Graph::new();
            sum += self.loss(network, &graph, rows).item()? * rows.len() as f64;
        }
        Ok(sum / self.len() as f64)
    }
}

/// How to train.
pub(crate) struct Limits {
    pub batch_size: usize,
    pub epochs: usize,
    pub patience: usize,
}

/// How a training went.
pub(crate) struct Course {
    pub network: Mlp,
    pub history: Vec<Epoch>,
    /// The epoch in which the losses ceased to be numbers, if they did.
    pub diverged: Option<usize>,
}

/// Trains a network and gives it back with the weights of the best epoch by validation loss; says every epoch's losses.
///
/// `after_epoch` may stop the training; what has been reached stays.
pub(crate) fn train(
    mut network: Mlp,
    optimizer: &mut dyn Optimizer<f64>,
    limits: &Limits,
    (train, validation): (&Samples, &Samples),
    rng: &mut Rng,
    mut after_epoch: impl FnMut(&Epoch) -> ControlFlow<()>,
) -> Result<Course> {
    let (mut history, mut diverged): (Vec<Epoch>, _) = (vec![], None);
    let mut best_loss = f64::INFINITY;
    let mut best_weights = weights(&network);
    let mut order: Vec<usize> = (0..train.len()).collect();
    let mut graph = Graph::new();
    for number in 1..=limits.epochs {
        rng.shuffle(&mut order);
        let mut sum = 0.0;
        for rows in order.chunks(limits.batch_size) {
            graph.clear();
            let loss = train.loss(&network, &graph, rows);
            let gradients = loss.backward()?;
            sum += loss.item()? * rows.len() as f64;
            optimizer.step(&mut network, &gradients);
        }
        let mut epoch = Epoch {
            number,
            train_loss: sum / train.len() as f64,
            validation_loss: validation.mean_loss(&network)?,
            best: history.last().map_or(number, |last| last.best),
        };
        if !epoch.train_loss.is_finite() || !epoch.validation_loss.is_finite() {
            if best_loss.is_finite() {
                diverged = Some(number); // the weights of the best epoch are still sound
                break;
            }
            return Err(Error::data(format!(
                "training diverged in epoch {number}: the training loss is {} and the validation loss {}; try a smaller \
                 --learning-rate than {}",
                epoch.train_loss,
                epoch.validation_loss,
                optimizer.learning_rate()
            )));
        }
        if epoch.validation_loss < best_loss {
            best_loss = epoch.validation_loss;
            best_weights = weights(&network);
            epoch.best = number;
        }
        history.push(epoch);
        if after_epoch(&epoch).is_break() || number - epoch.best >= limits.patience {
            break;
        }
    }
    let mut best = best_weights.into_iter();
    network.visit_mut("", &mut |_, param| {
        if let Some(value) = best.next() {
            param.value = value;
        }
    });
    Ok(Course {
        network,
        history,
        diverged,
    })
}

fn weights(network: &Mlp) -> Vec<Tensor> {
    let mut weights = vec![];
    network.visit("", &mut |_, param| weights.push(param.value.clone()));
    weights
}
