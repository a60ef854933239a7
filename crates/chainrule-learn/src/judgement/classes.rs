//! Each class by itself.

use serde::{Deserialize, Serialize};

use super::curves::{PrecisionRecall, Roc};
use crate::metrics::Counts;

/// The figures of one class against all others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassFigures {
    /// The class.
    pub class: String,
    /// How many of the rows judged on are of it.
    pub rows: usize,
    /// Share of the rows given the class that are of it; 0 when it was given to none.
    pub precision: f64,
    /// Share of the rows of the class that were given it; 0 when there are none.
    pub recall: f64,
    /// `2 · precision · recall / (precision + recall)`, 0 when both are.
    pub f1: f64,
    /// Area under the ROC curve: how likely a row of the class has a higher probability of it than a row of another.
    /// Nothing when no row, or every row, is of the class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roc_auc: Option<f64>,
    /// Average precision, the area under the precision-recall curve as steps. Nothing when no row is of the class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub average_precision: Option<f64>,
}

impl ClassFigures {
    /// The figures of every class, from probabilities row by row and the right classes.
    ///
    /// Source: scikit-learn, `precision_recall_fscore_support` with `zero_division=0`, `roc_auc_score` and
    /// `average_precision_score` of each class against the rest.
    ///
    /// ```
    /// use chainrule_learn::judgement::ClassFigures;
    ///
    /// let names = ["ham".to_string(), "spam".to_string()];
    /// let figures = ClassFigures::of(&names, &[0.9, 0.1, 0.4, 0.6, 0.2, 0.8], &[0, 0, 1]);
    /// assert_eq!((figures[1].precision, figures[1].recall, figures[1].roc_auc), (0.5, 1.0, Some(1.0)));
    /// ```
    pub fn of(names: &[String], probabilities: &[f64], truth: &[usize]) -> Vec<ClassFigures> {
        let counts = Counts::of(probabilities, names.len(), truth);
        let figures = |(class, (name, counts)): (usize, (&String, &Counts))| {
            let (scores, positive) = against_the_rest(class, names.len(), probabilities, truth);
            ClassFigures {
                class: name.clone(),
                rows: counts.rows,
                precision: counts.precision(),
                recall: counts.recall(),
                f1: counts.f1(),
                roc_auc: Roc::new(&scores, &positive).map(|roc| roc.area),
                average_precision: PrecisionRecall::new(&scores, &positive).map(|curve| curve.area),
            }
        };
        names.iter().zip(&counts).enumerate().map(figures).collect()
    }
}

/// The probabilities of a class, and which rows are of it.
pub(super) fn against_the_rest(
    class: usize,
    classes: usize,
    probabilities: &[f64],
    truth: &[usize],
) -> (Vec<f64>, Vec<bool>) {
    let scores = probabilities.chunks_exact(classes.max(1)).map(|row| row[class]);
    (scores.collect(), truth.iter().map(|own| *own == class).collect())
}
