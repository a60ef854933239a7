//! The answers of a model.

use chainrule_table::message::number;

use crate::metrics::most_likely;

/// The answers of a model for the rows of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Prediction {
    /// A number for each row.
    Numbers(Vec<f64>),
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
            Prediction::Numbers(numbers) => numbers.len(),
            Prediction::Classes { names, probabilities } => probabilities.len() / names.len().max(1),
        }
    }

    /// The answer for a row as text: the number, or the most likely class; empty where there is no such row.
    pub fn text(&self, row: usize) -> String {
        match self {
            Prediction::Numbers(numbers) => numbers.get(row).map_or(String::new(), |x| number(*x)),
            Prediction::Classes { names, .. } => {
                let class = self.probabilities(row).map(most_likely);
                class.and_then(|class| names.get(class)).cloned().unwrap_or_default()
            }
        }
    }

    /// The first row whose answer is not a finite number.
    pub(crate) fn first_not_finite(&self) -> Option<usize> {
        let (numbers, per_row) = match self {
            Prediction::Numbers(numbers) => (numbers, 1),
            Prediction::Classes { names, probabilities } => (probabilities, names.len().max(1)),
        };
        numbers.iter().position(|x| !x.is_finite()).map(|place| place / per_row)
    }

    /// The probabilities of the classes for a row; none for numbers.
    pub fn probabilities(&self, row: usize) -> Option<&[f64]> {
        match self {
            Prediction::Numbers(_) => None,
            Prediction::Classes { names, probabilities } => probabilities.chunks_exact(names.len().max(1)).nth(row),
        }
    }
}
