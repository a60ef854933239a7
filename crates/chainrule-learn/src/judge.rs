//! The judgement of a model on rows it has not seen, beside a trivial baseline.

use std::collections::BTreeMap;

use chainrule_table::message::{count, listed};
use serde::{Deserialize, Serialize};

use crate::{
    judgement::{Calibration, ClassCurves, ClassFigures, Coverage, Importance},
    metrics::{METRICS, Metric, most_likely},
    prediction::Prediction,
    target::{Target, Task},
    warnings::{Code, Warning},
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
    /// Each class by itself, for classification.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub classes: Vec<ClassFigures>,
    /// The ROC and precision-recall curves of each class against the rest; of two classes, of the second only.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub curves: Vec<ClassCurves>,
    /// How probabilities compare with what came true, for classification.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub calibration: Option<Calibration>,
    /// `[prediction, truth]` of at most 500 rows, for regression: for a picture of one by the other, or of the residuals,
    /// truth less prediction, by the prediction.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub answers: Vec<[f64; 2]>,
    /// How often the promised intervals or sets held the truth.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub coverage: Option<Coverage>,
    /// How much each column matters; measured when a model is fitted.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub importance: Option<Importance>,
    /// What was noticed and decided about the table.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub notices: Vec<String>,
    /// What may be wrong.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub warnings: Vec<Warning>,
}

/// The most predictions that are kept beside their truth.
const MOST_ANSWERS: usize = 500;

/// Figures of fewer rows say little.
const FEW_ROWS: usize = 20;

/// The right answers of some rows.
pub(crate) enum Truth {
    Numbers(Vec<f64>),
    Classes(Vec<usize>),
}

/// Every figure of merit of some predictions that is defined.
pub(crate) fn figures(prediction: &Prediction, truth: &Truth) -> BTreeMap<String, f64> {
    let figure = |metric: &Metric| match (prediction, truth) {
        (Prediction::Classes { names, probabilities }, Truth::Classes(truth)) => {
            metric.of_classes(probabilities, names.len(), truth)
        }
        (Prediction::Numbers(numbers), Truth::Numbers(truth)) => metric.of_numbers(numbers, truth),
        _ => None,
    };
    let all = METRICS
        .iter()
        .filter_map(|metric| Some((metric.name.to_string(), figure(metric)?)));
    all.filter(|(_, figure)| figure.is_finite()).collect()
}

/// Judges predictions of some rows against the truth.
pub(crate) fn judge(
    target: &Target,
    prediction: &Prediction,
    truth: &Truth,
    rows: Rows,
    notices: Vec<String>,
) -> Judgement {
    let baseline = figures(&target.baseline(prediction.rows()), truth);
    let test = figures(prediction, truth);
    let mut warnings = vec![];
    let better = |metric: &&Metric| match (test.get(metric.name), baseline.get(metric.name)) {
        (Some(own), Some(trivial)) => {
            (metric.more_is_better && own > trivial) || (!metric.more_is_better && own < trivial)
        }
        _ => false,
    };
    if !test.is_empty() && !METRICS.iter().any(|metric| better(&metric)) {
        warnings.push(Warning::new(
            Code::NoBetterThanBaseline,
            "the model is not better than the baseline: its answers are worth no more than guessing",
            "look for columns that have to do with the target, or for more rows",
        ));
    }
    if prediction.rows() < FEW_ROWS {
        let rows = count(prediction.rows(), "row", "rows");
        warnings.push(Warning::new(
            Code::FewTestRows,
            format!("the figures are of {rows} only and would differ much on others"),
            "judge on more rows, with `chainrule evaluate` on later ones",
        ));
    }
    let confusion = match (prediction, truth) {
        (Prediction::Classes { names, probabilities }, Truth::Classes(truth)) => {
            let mut counts = vec![vec![0; names.len()]; names.len()];
            for (row, &class) in probabilities.chunks_exact(names.len().max(1)).zip(truth) {
                counts[class][most_likely(row)] += 1;
            }
            let untested = names
                .iter()
                .zip(&counts)
                .filter(|(_, counts)| counts.iter().sum::<usize>() == 0);
            let untested: Vec<&str> = untested.map(|(name, _)| name.as_str()).collect();
            if !untested.is_empty() {
                warnings.push(Warning::new(
                    Code::UntestedClass,
                    format!("no row judged on has the class {}", listed(untested.into_iter())),
                    "nothing is known of how well it is recognized: add rows of it",
                ));
            }
            let classes = names.clone();
            Some(Confusion { classes, counts })
        }
        _ => None,
    };
    let (mut classes, mut curves, mut calibration, mut answers) = (vec![], vec![], None, vec![]);
    match (prediction, truth) {
        (Prediction::Classes { names, probabilities }, Truth::Classes(truth)) => {
            classes = ClassFigures::of(names, probabilities, truth);
            curves = ClassCurves::of(names, probabilities, truth);
            calibration = Calibration::of(names, probabilities, truth);
        }
        (Prediction::Numbers(numbers), Truth::Numbers(truth)) => {
            let pairs = numbers.iter().zip(truth).map(|(p, y)| [*p, *y]);
            let every = numbers.len().div_ceil(MOST_ANSWERS).max(1);
            answers = pairs
                .step_by(every)
                .filter(|pair| pair.iter().all(|x| x.is_finite()))
                .collect();
        }
        _ => {}
    }
    Judgement {
        task: target.task(),
        rows,
        test,
        baseline,
        confusion,
        classes,
        curves,
        calibration,
        answers,
        coverage: None,
        importance: None,
        notices,
        warnings,
    }
}
