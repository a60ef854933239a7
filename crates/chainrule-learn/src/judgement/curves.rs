//! ROC and precision-recall curves, and the areas under them.

use serde::{Deserialize, Serialize};

use super::classes::against_the_rest;

/// The most points of a curve that are kept in a model.
const MOST_POINTS: usize = 200;
/// The most classes whose curves are kept.
const MOST_CURVES: usize = 20;

/// How many rows at or above each score are of the class, and how many are not; from the highest score down, equal
/// scores together.
fn steps(scores: &[f64], positive: &[bool]) -> Vec<(usize, usize)> {
    let mut order: Vec<(f64, bool)> = scores.iter().copied().zip(positive.iter().copied()).collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (mut hits, mut false_alarms) = (0, 0);
    let same = order.chunk_by(|a, b| a.0 == b.0);
    same.map(|rows| {
        let found = rows.iter().filter(|row| row.1).count();
        hits += found;
        false_alarms += rows.len() - found;
        (hits, false_alarms)
    })
    .collect()
}

/// The receiver operating characteristic: for every threshold, the share of the rows of a class that are found over the
/// share of the others that are taken for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Roc {
    /// `[false positive rate, true positive rate]`, from `[0, 0]` to `[1, 1]`.
    pub points: Vec<[f64; 2]>,
    /// The area under it: 1 when all is right, ½ for guessing.
    pub area: f64,
}

impl Roc {
    /// The curve of scores, where `positive` says which rows are of the class; nothing when all are, or none is.
    ///
    /// Source: scikit-learn, `roc_curve` with `drop_intermediate=False`, `roc_auc_score`.
    ///
    /// ```
    /// use chainrule_learn::judgement::Roc;
    /// let roc = Roc::new(&[0.1, 0.4, 0.35, 0.8], &[false, false, true, true]).unwrap();
    /// assert_eq!(roc.area, 0.75);
    /// assert_eq!(roc.points[1], [0.0, 0.5]);
    /// ```
    pub fn new(scores: &[f64], positive: &[bool]) -> Option<Roc> {
        let steps = steps(scores, positive);
        let &(positives, negatives) = steps.last()?;
        if positives == 0 || negatives == 0 {
            return None;
        }
        let (mut twice, mut last) = (0u128, (0, 0));
        let mut points = vec![[0.0, 0.0]];
        for (hits, false_alarms) in steps {
            twice += (false_alarms - last.1) as u128 * (hits + last.0) as u128;
            last = (hits, false_alarms);
            points.push([false_alarms as f64 / negatives as f64, hits as f64 / positives as f64]);
        }
        let area = twice as f64 / (2 * positives as u128 * negatives as u128) as f64;
        Some(Roc { points, area })
    }
}

/// For every threshold, the share of what is taken for a class that is of it, over the share of the class that is found.
#[derive(Clone, Debug, PartialEq)]
pub struct PrecisionRecall {
    /// `[recall, precision]`, from `[0, 1]` on with falling thresholds.
    pub points: Vec<[f64; 2]>,
    /// Average precision, `Σ (recallₙ − recallₙ₋₁) · precisionₙ`: the area under the curve as steps.
    pub area: f64,
}

impl PrecisionRecall {
    /// The curve of scores, where `positive` says which rows are of the class; nothing when none is.
    ///
    /// Source: scikit-learn, `precision_recall_curve`, whose points come in the reverse order, `average_precision_score`.
    pub fn new(scores: &[f64], positive: &[bool]) -> Option<PrecisionRecall> {
        let steps = steps(scores, positive);
        let positives = steps.last()?.0;
        if positives == 0 {
            return None;
        }
        let (mut area, mut before) = (0.0, 0);
        let mut points = vec![[0.0, 1.0]];
        for (hits, false_alarms) in steps {
            let precision = hits as f64 / (hits + false_alarms) as f64;
            area += (hits - before) as f64 * precision;
            before = hits;
            points.push([hits as f64 / positives as f64, precision]);
        }
        Some(PrecisionRecall {
            points,
            area: area / positives as f64,
        })
    }
}

/// The curves of one class against all others, of at most 200 points each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassCurves {
    /// The class.
    pub class: String,
    /// `[false positive rate, true positive rate]`, from `[0, 0]` to `[1, 1]`.
    pub roc: Vec<[f64; 2]>,
    /// `[recall, precision]`, from `[0, 1]` on.
    pub precision_recall: Vec<[f64; 2]>,
}

impl ClassCurves {
    /// The curves of the classes that have them: of two classes the second, of more than 20 the first 20.
    pub fn of(names: &[String], probabilities: &[f64], truth: &[usize]) -> Vec<ClassCurves> {
        let first = usize::from(names.len() == 2);
        let curves = |(class, name): (usize, &String)| {
            let (scores, positive) = against_the_rest(class, names.len(), probabilities, truth);
            Some(ClassCurves {
                class: name.clone(),
                roc: thinned(&Roc::new(&scores, &positive)?.points, MOST_POINTS),
                precision_recall: thinned(&PrecisionRecall::new(&scores, &positive)?.points, MOST_POINTS),
            })
        };
        let classes = names.iter().enumerate().skip(first);
        classes.filter_map(curves).take(MOST_CURVES).collect()
    }
}

/// At most so many points of a curve, the first and the last among them: those within a straight piece go first, then
/// those that are nearest to the last one kept.
pub fn thinned(points: &[[f64; 2]], most: usize) -> Vec<[f64; 2]> {
    let corner = |three: &[[f64; 2]]| {
        let along = |k: usize| three[2][k] - three[1][k];
        let before = |k: usize| three[1][k] - three[0][k];
        before(0) * along(1) != before(1) * along(0)
    };
    let ends = [points.first(), points.last()];
    let [Some(first), Some(last)] = ends else {
        return vec![];
    };
    if points.len() <= most {
        return points.to_vec();
    }
    let corners = points.windows(3).filter(|three| corner(three)).map(|three| three[1]);
    let mut kept: Vec<[f64; 2]> = [*first].into_iter().chain(corners).chain([*last]).collect();
    if kept.len() > most {
        let step = |a: &[f64; 2], b: &[f64; 2]| (a[0] - b[0]).abs() + (a[1] - b[1]).abs();
        let length: f64 = kept.windows(2).map(|pair| step(&pair[0], &pair[1])).sum();
        // One point for each part of the way: no more than there are parts.
        let part = length / most.saturating_sub(2).max(1) as f64;
        let (mut walked, mut places, mut thin) = (0.0, 0usize, vec![*first]);
        for pair in kept.windows(2).take(kept.len() - 2) {
            walked += step(&pair[0], &pair[1]);
            if (walked / part) as usize > places {
                places = (walked / part) as usize;
                thin.push(pair[1]);
            }
        }
        thin.truncate(most.saturating_sub(1).max(1));
        thin.push(*last);
        kept = thin;
    }
    kept
}
