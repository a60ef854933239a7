//! Whether probabilities can be taken at their word.

use serde::{Deserialize, Serialize};

use crate::metrics::{mean, most_likely};

/// Probabilities are compared with what came true in so many parts of 0 to 1.
const BINS: usize = 10;

/// Rows of about the same probability.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// The mean of their probabilities.
    pub predicted: f64,
    /// The share of them for which it came true.
    pub observed: f64,
    /// How many they are.
    pub rows: usize,
}

/// How probabilities compare with what came true.
///
/// Of two classes it is the probability of the second; of more, that of the most likely one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// The class whose probability is meant; nothing when it is that of the most likely one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// Ten parts of 0 to 1 of the same width, without those that have no rows. Source: scikit-learn, `calibration_curve`.
    pub bins: Vec<Bin>,
    /// Expected calibration error, `Σ rows · |observed − predicted| / Σ rows`. Source: Guo et al. (2017).
    pub expected_error: f64,
    /// Brier score: of two classes the mean of `(probability of the second − 1 if it is right, 0 if not)²`; of more, the
    /// mean of the sum of these squares over the classes. Source: scikit-learn, `brier_score_loss`.
    pub brier: f64,
}

impl Calibration {
    /// Compares probabilities, row by row, with the right classes; nothing when there are no rows, or a
    /// probability is not a number.
    ///
    /// ```
    /// use chainrule_learn::judgement::Calibration;
    ///
    /// let names = ["no".to_string(), "yes".to_string()];
    /// let calibration = Calibration::of(&names, &[0.2, 0.8, 0.2, 0.8, 0.7, 0.3], &[1, 0, 0]).unwrap();
    /// assert_eq!((calibration.bins[1].predicted, calibration.bins[1].observed), (0.8, 0.5));
    /// ```
    pub fn of(names: &[String], probabilities: &[f64], truth: &[usize]) -> Option<Calibration> {
        if truth.is_empty() || names.len() < 2 {
            return None;
        }
        let binary = names.len() == 2;
        let rows = || probabilities.chunks_exact(names.len()).zip(truth.iter().copied());
        let told = |(row, class): (&[f64], usize)| match binary {
            true => (row[1], class == 1),
            false => (row[most_likely(row)], most_likely(row) == class),
        };
        let mut parts: Vec<Vec<(f64, bool)>> = vec![vec![]; BINS];
        for (probability, came_true) in rows().map(told) {
            // A probability on the border of two parts belongs to the lower one; borders are numpy's, to the last bit.
            let borders = (1..BINS).map(|k| k as f64 * (1.0 / BINS as f64));
            parts[borders.filter(|border| *border < probability).count()].push((probability, came_true));
        }
        let bin = |part: &Vec<(f64, bool)>| Bin {
            predicted: mean(&part.iter().map(|row| row.0).collect::<Vec<f64>>()),
            observed: part.iter().filter(|row| row.1).count() as f64 / part.len() as f64,
            rows: part.len(),
        };
        let bins: Vec<Bin> = parts.iter().filter(|part| !part.is_empty()).map(bin).collect();
        let errors = bins
            .iter()
            .map(|bin| bin.rows as f64 * (bin.observed - bin.predicted).abs());
        let square = |(row, class): (&[f64], usize)| {
            let each = row.iter().enumerate();
            let sum: f64 = each.map(|(k, p)| (p - f64::from(u8::from(k == class))).powi(2)).sum();
            if binary { (row[1] - class as f64).powi(2) } else { sum }
        };
        let calibration = Calibration {
            class: binary.then(|| names[1].clone()),
            expected_error: errors.sum::<f64>() / truth.len() as f64,
            brier: mean(&rows().map(square).collect::<Vec<f64>>()),
            bins,
        };
        calibration.brier.is_finite().then_some(calibration)
    }
}
