//! Losses and scores of a network on some rows, without a graph of the network.

use chainrule::{Graph, Mlp};
use chainrule_learn::{Part, metrics::r2};

use crate::{error::Result, training::loss};

/// The loss and the score of a network on some rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// The mean loss, without penalties.
    pub loss: f64,
    /// The accuracy, or R² of numbers.
    pub score: f64,
}

/// Measures networks on some rows again and again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Measure {
    outputs: Vec<f64>,
}

impl Measure {
    /// The figures of a network on rows, by the name of a loss; `classes` is 0 for numbers.
    pub fn of(&mut self, network: &Mlp, part: &Part, loss: &str, classes: usize) -> Result<Measured> {
        let outputs = network.layers.last().map_or(1, chainrule::Linear::outputs);
        self.outputs.resize(part.answers.len() * outputs, 0.0);
        network.predict_into(&part.inputs, &mut self.outputs)?;
        measured(&self.outputs, &part.answers, loss, classes)
    }
}

/// The figures of a network's outputs.
pub(crate) fn measured(outputs: &[f64], answers: &[f64], name: &str, classes: usize) -> Result<Measured> {
    let graph = Graph::new();
    let rows = answers.len();
    let (loss, score) = match classes {
        0 => {
            let (output, y) = (graph.tensor(outputs, [rows, 1]), graph.tensor(answers, [rows, 1]));
            (loss(name, output, y).item()?, r2(outputs, answers))
        }
        classes => {
            let (output, y) = (graph.tensor(outputs, [rows, classes]), graph.tensor(answers, [rows]));
            let most_likely = |row: &[f64]| {
                let mut best = 0;
                for (class, logit) in row.iter().enumerate() {
                    if *logit > row[best] {
                        best = class;
                    }
                }
                best
            };
            let each = outputs.chunks_exact(classes).zip(answers);
            let right = each.filter(|(row, answer)| most_likely(row) as f64 == **answer).count();
            (loss(name, output, y).item()?, right as f64 / rows as f64)
        }
    };
    Ok(Measured { loss, score })
}

/// So many multiplications are one measure of a picture or of the doctor: a few milliseconds at most.
const PRODUCTS: usize = 20_000_000;
/// The most and the fewest rows of such a measure.
const MOST_ROWS: usize = 400;
const FEWEST_ROWS: usize = 50;

/// The first of some rows: as many as can be measured again and again with a network of so many weights.
pub(crate) fn some_rows(part: &Part, weights: usize) -> Part {
    let inputs = part.inputs.len() / part.rows.len().max(1);
    let rows = (PRODUCTS / weights.max(1)).clamp(FEWEST_ROWS, MOST_ROWS);
    let rows = rows.min(part.rows.len());
    Part {
        rows: part.rows[..rows].to_vec(),
        inputs: part.inputs[..rows * inputs].to_vec(),
        answers: part.answers[..rows].to_vec(),
    }
}
