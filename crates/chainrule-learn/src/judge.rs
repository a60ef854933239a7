//! The judgement of a model on rows it has not seen, beside a trivial baseline.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    metrics::{accuracy, log_loss, mae, most_likely, r2, rmse},
    prediction::Prediction,
    target::{Target, Task},
};

/// How many rows each part had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rows {
    /// Rows the weights were learned from.
    pub train: usize,
    /// Rows that said when to stop.
    pub validation: usize,
    /// Rows that were judged on.
    pub test: usize,
}

/// Which class was taken for which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confusion {
    /// The classes.
    pub classes: Vec<String>,
    /// `counts[truth][prediction]`.
    pub counts: Vec<Vec<usize>>,
}

/// The figures of a model on rows it has not seen, beside those of a trivial baseline: the most frequent class of the
/// training rows with their shares as probabilities, or their mean.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// Regression or classification.
    pub task: Task,
    /// How many rows each part had.
    pub rows: Rows,
    /// The model's figures, by scikit-learn's names; one that is not defined, such as r2 of one row, is left out.
    pub test: BTreeMap<String, f64>,
    /// The baseline's figures.
    pub baseline: BTreeMap<String, f64>,
    /// Which class was taken for which, for classification.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub confusion: Option<Confusion>,
    /// What a person should know about it.
    pub warnings: Vec<String>,
}

/// The right answers of some rows.
pub(crate) enum Truth {
    Numbers(Vec<f64>),
    Classes(Vec<usize>),
}

/// Judges predictions of some rows against the truth.
pub(crate) fn judge(
    target: &Target,
    prediction: &Prediction,
    truth: &Truth,
    rows: Rows,
    warnings: Vec<String>,
) -> Judgement {
    let (test, baseline, confusion) = match (target, prediction, truth) {
        (Target::Classes { names, shares }, Prediction::Classes { probabilities, .. }, Truth::Classes(truth)) => {
            let figures = |probabilities: &[f64]| {
                vec![
                    ("accuracy", accuracy(probabilities, names.len(), truth)),
                    ("log_loss", log_loss(probabilities, names.len(), truth)),
                ]
            };
            let mut counts = vec![vec![0; names.len()]; names.len()];
            for (row, &class) in probabilities.chunks_exact(names.len().max(1)).zip(truth) {
                counts[class][most_likely(row)] += 1;
            }
            let confusion = Confusion {
                classes: names.clone(),
                counts,
            };
            (
                figures(probabilities),
                figures(&shares.repeat(truth.len())),
                Some(confusion),
            )
        }
        (Target::Number { mean, .. }, Prediction::Numbers(numbers), Truth::Numbers(truth)) => {
            let figures = |numbers: &[f64]| {
                vec![
                    ("r2", r2(numbers, truth)),
                    ("rmse", rmse(numbers, truth)),
                    ("mae", mae(numbers, truth)),
                ]
            };
            (figures(numbers), figures(&vec![*mean; truth.len()]), None)
        }
        _ => (vec![], vec![], None),
    };
    let defined = |figures: Vec<(&str, f64)>| {
        let finite = figures.into_iter().filter(|(_, figure)| figure.is_finite());
        finite.map(|(name, figure)| (name.to_string(), figure)).collect()
    };
    Judgement {
        task: target.task(),
        rows,
        test: defined(test),
        baseline: defined(baseline),
        confusion,
        warnings,
    }
}
