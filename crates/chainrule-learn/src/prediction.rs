//! The answers of a model.

use chainrule_table::message::number;

use crate::metrics::most_likely;

/// The answers of a model for the rows of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Prediction {
    /// For each target a number for each row.
    Numbers(Vec<Vec<f64>>),
    /// Probabilities for each row: as many numbers as there are classes, row after row.
    Classes {
        /// The classes.
        names: Vec<String>,
        /// The probabilities.
        probabilities: Vec<f64>,
    },
}

impl Prediction {
    /// How many rows there are.
    pub fn rows(&self) -> usize {
        match self {
            Prediction::Numbers(targets) => targets.first().map_or(0, Vec::len),
            Prediction::Classes { names, probabilities } => probabilities.len() / names.len().max(1),
        }
    }

    /// The answer for a row as text: the number, several separated by spaces, or the most likely class; empty where there is
    /// no such row.
    pub fn text(&self, row: usize) -> String {
        match self {
            Prediction::Numbers(targets) => {
                let numbers = targets.iter().filter_map(|numbers| numbers.get(row));
                numbers.map(|x| number(*x)).collect::<Vec<_>>().join(" ")
            }
            Prediction::Classes { names, .. } => {
                let class = self.probabilities(row).map(most_likely);
                class.and_then(|class| names.get(class)).cloned().unwrap_or_default()
            }
        }
    }

    /// The first row whose answer is not a finite number.
    pub(crate) fn first_not_finite(&self) -> Option<usize> {
        let first = |numbers: &[f64]| numbers.iter().position(|x| !x.is_finite());
        match self {
            Prediction::Numbers(targets) => targets.iter().filter_map(|numbers| first(numbers)).min(),
            Prediction::Classes { names, probabilities } => {
                first(probabilities).map(|place| place / names.len().max(1))
            }
        }
    }

    /// The probabilities of the classes for a row; none for numbers.
    pub fn probabilities(&self, row: usize) -> Option<&[f64]> {
        match self {
            Prediction::Numbers(_) => None,
            Prediction::Classes { names, probabilities } => probabilities.chunks_exact(names.len().max(1)).nth(row),
        }
    }
}
