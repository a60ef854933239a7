//! Encoded rows with their answers, batches of them, and the loss that is made small.

use chainrule::{
    Rng, Tensor, Var,
    loss::{self, Loss, cross_entropy, mse},
};

/// What the network should answer, as it learns it.
pub(crate) enum Answer {
    /// Standardized numbers, one for each target, row after row.
    Numbers { targets: usize, data: Vec<f64> },
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
    /// How much each row counts, 1 on the average; all the same if not given.
    pub weights: Option<Vec<f64>>,
    /// What the weights were divided by: a penalty beside the sum of the rows' losses counts so many times less.
    pub mean_weight: f64,
}

impl Samples {
    pub(crate) fn len(&self) -> usize {
        self.rows
    }

    /// Room for so many rows with their answers and what else a [`Step`] takes, for a network with so many hidden neurons.
    pub(crate) fn room(&self, rows: usize, hidden: usize) -> Batch {
        let nothing = || Tensor::full([1], 0.0);
        Batch {
            x: Tensor::full([rows, self.inputs], 0.0),
            y: match &self.answer {
                Answer::Numbers { targets, .. } => Tensor::full([rows, *targets], 0.0),
                Answer::Classes(_) => Tensor::full([rows], 0.0),
            },
            weights: match (&self.weights, &self.answer) {
                (None, _) => nothing(),
                (Some(_), Answer::Numbers { .. }) => Tensor::full([rows, 1], 0.0),
                (Some(_), Answer::Classes(_)) => Tensor::full([rows], 0.0),
            },
            mask: match hidden {
                0 => nothing(),
                hidden => Tensor::full([rows, hidden], 0.0),
            },
        }
    }

    /// Copies some rows with their answers into a batch of as many.
    pub(crate) fn gather(&self, rows: &[usize], batch: &mut Batch) {
        let places = batch.x.data_mut().chunks_exact_mut(self.inputs.max(1));
        for (to, &row) in places.zip(rows) {
            to.copy_from_slice(&self.data[row * self.inputs..][..self.inputs]);
        }
        match &self.answer {
            Answer::Numbers { targets, data } => {
                for (to, &row) in batch.y.data_mut().chunks_exact_mut(*targets).zip(rows) {
                    to.copy_from_slice(&data[row * targets..][..*targets]);
                }
            }
            Answer::Classes(classes) => {
                for (to, &row) in batch.y.data_mut().iter_mut().zip(rows) {
                    *to = classes[row] as f64;
                }
            }
        }
        if let Some(weights) = &self.weights {
            for (to, &row) in batch.weights.data_mut().iter_mut().zip(rows) {
                *to = weights[row];
            }
        }
    }

    /// What is made small: cross-entropy for classes, mean squared error over rows and targets for numbers; each row by its
    /// weight.
    pub(crate) fn loss<'g>(&self, output: Var<'g>, y: Var<'g>, weights: Var<'g>) -> Var<'g> {
        match (&self.answer, &self.weights) {
            (Answer::Classes(_), None) => cross_entropy(output, y),
            (Answer::Numbers { .. }, None) => mse(output, y),
            (Answer::Classes(_), Some(_)) => (loss::CrossEntropy::default().each(output, y.into()) * weights).mean(),
            (Answer::Numbers { .. }, Some(_)) => (loss::Mse.each(output, y.into()) * weights).mean(),
        }
    }
}

/// Some rows with their answers: `[rows, inputs]`, and numbers as `[rows, targets]` or class indices as `[rows]`; the weight of
/// each answer, and what each hidden neuron is multiplied by, `[rows, neurons]`, where these are used.
pub(crate) struct Batch {
    pub x: Tensor,
    pub y: Tensor,
    pub weights: Tensor,
    pub mask: Tensor,
}

impl Batch {
    /// Drops each hidden neuron for each row with a probability; the others grow to make up for it.
    pub(crate) fn draw_mask(&mut self, rate: f64, rng: &mut Rng) {
        let kept = 1.0 / (1.0 - rate);
        for factor in self.mask.data_mut() {
            *factor = if rng.unit() < rate { 0.0 } else { kept };
        }
    }
}
