//! Figures of merit, named and defined as scikit-learn has them.

/// A figure of merit.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// The name, as scikit-learn has it.
    pub name: &'static str,
    /// What it says, with its formula.
    pub doc: &'static str,
    /// Whether more is better.
    pub more_is_better: bool,
    pub(crate) figure: Figure,
}

impl Metric {
    /// The figure of probabilities, row by row, for the right classes; nothing for a figure of numbers.
    pub fn of_classes(&self, probabilities: &[f64], classes: usize, truth: &[usize]) -> Option<f64> {
        match self.figure {
            Figure::Classes(figure) => Some(figure(probabilities, classes, truth)),
            Figure::Numbers(_) => None,
        }
    }

    /// The figure of predicted numbers for the right ones; nothing for a figure of classes.
    pub fn of_numbers(&self, predicted: &[f64], truth: &[f64]) -> Option<f64> {
        match self.figure {
            Figure::Numbers(figure) => Some(figure(predicted, truth)),
            Figure::Classes(_) => None,
        }
    }
}

/// How a figure is made.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Figure {
    /// From probabilities row by row, the number of classes, and the right classes.
    Classes(fn(&[f64], usize, &[usize]) -> f64),
    /// From predicted numbers and the right ones.
    Numbers(fn(&[f64], &[f64]) -> f64),
}

/// Every figure of merit that a judgement may hold.
pub const METRICS: [Metric; 7] = [
    Metric {
        name: "accuracy",
        doc: "share of rows whose most likely class is the right one",
        more_is_better: true,
        figure: Figure::Classes(accuracy),
    },
    Metric {
        name: "balanced_accuracy",
        doc: "mean over the classes of the share of their rows that were found",
        more_is_better: true,
        figure: Figure::Classes(balanced_accuracy),
    },
    Metric {
        name: "f1_macro",
        doc: "mean over the classes of 2 · precision · recall / (precision + recall)",
        more_is_better: true,
        figure: Figure::Classes(f1_macro),
    },
    Metric {
        name: "log_loss",
        doc: "mean of −ln(probability of the right class)",
        more_is_better: false,
        figure: Figure::Classes(log_loss),
    },
    Metric {
        name: "r2",
        doc: "1 − Σ(y − p)² / Σ(y − mean)²: share of the variance explained",
        more_is_better: true,
        figure: Figure::Numbers(r2),
    },
    Metric {
        name: "rmse",
        doc: "√ mean (y − p)², in the target's unit",
        more_is_better: false,
        figure: Figure::Numbers(rmse),
    },
    Metric {
        name: "mae",
        doc: "mean |y − p|, in the target's unit",
        more_is_better: false,
        figure: Figure::Numbers(mae),
    },
];

/// The figure of several numbers together, the mean of each one's: r2 is the one that has no unit.
/// Source: scikit-learn, `r2_score` with `multioutput="uniform_average"`.
pub(crate) const OF_SEVERAL: &str = "r2";

/// What a figure of several targets together is called: `mean r2`; of one it is the figure.
pub fn figure_of(figure: &str, targets: usize) -> String {
    match targets {
        0 | 1 => figure.to_string(),
        _ => format!("mean {figure}"),
    }
}

/// Position of the largest probability; the first of equals.
pub(crate) fn most_likely(probabilities: &[f64]) -> usize {
    let mut best = 0;
    for (class, probability) in probabilities.iter().enumerate() {
        if *probability > probabilities[best] {
            best = class;
        }
    }
    best
}

/// Share of rows whose most likely class is the right one.
pub(crate) fn accuracy(probabilities: &[f64], classes: usize, truth: &[usize]) -> f64 {
    let rows = probabilities.chunks_exact(classes.max(1)).zip(truth);
    let right = rows.filter(|(row, class)| most_likely(row) == **class).count();
    right as f64 / truth.len() as f64
}

/// How often a class was the answer, and how often it should have been.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Rows of the class that were given it.
    pub right: usize,
    /// Rows that were given the class.
    pub given: usize,
    /// Rows of the class.
    pub rows: usize,
}

impl Counts {
    /// The counts of every class, when each row gets its most likely one.
    pub(crate) fn of(probabilities: &[f64], classes: usize, truth: &[usize]) -> Vec<Counts> {
        let mut counts = vec![Counts::default(); classes];
        for (row, &class) in probabilities.chunks_exact(classes.max(1)).zip(truth) {
            let given = most_likely(row);
            counts[given].given += 1;
            counts[class].rows += 1;
            counts[class].right += usize::from(given == class);
        }
        counts
    }

    /// Share of the rows given the class that are of it; 0 when there are none, as scikit-learn has it.
    pub(crate) fn precision(self) -> f64 {
        share(self.right, self.given)
    }

    /// Share of the rows of the class that were given it; 0 when there are none.
    pub(crate) fn recall(self) -> f64 {
        share(self.right, self.rows)
    }

    /// Harmonic mean of precision and recall, `2 right / (given + rows)`; 0 when there are none.
    pub(crate) fn f1(self) -> f64 {
        share(2 * self.right, self.given + self.rows)
    }
}

fn share(part: usize, of: usize) -> f64 {
    if of == 0 { 0.0 } else { part as f64 / of as f64 }
}

/// Mean recall of the classes that have rows.
fn balanced_accuracy(probabilities: &[f64], classes: usize, truth: &[usize]) -> f64 {
    let counts = Counts::of(probabilities, classes, truth);
    let recalls: Vec<f64> = counts.iter().filter(|c| c.rows > 0).map(|c| c.recall()).collect();
    mean(&recalls)
}

/// Mean F1 of the classes that have rows or were given to some.
fn f1_macro(probabilities: &[f64], classes: usize, truth: &[usize]) -> f64 {
    let counts = Counts::of(probabilities, classes, truth);
    let figures: Vec<f64> = counts.iter().filter(|c| c.rows + c.given > 0).map(|c| c.f1()).collect();
    mean(&figures)
}

/// Mean of −ln p(right class), p kept ε away from 0 and 1.
fn log_loss(probabilities: &[f64], classes: usize, truth: &[usize]) -> f64 {
    let rows = probabilities.chunks_exact(classes.max(1)).zip(truth);
    let sum: f64 = rows
        .map(|(row, &class)| -row[class].clamp(f64::EPSILON, 1.0 - f64::EPSILON).ln())
        .sum();
    sum / truth.len() as f64
}

/// The most numbers that are summed without halving them.
const ROW_OF_SUMS: usize = 128;

/// The sum by halves, in numpy's order: as good as exact for a million numbers, and the same digits as scikit-learn's.
fn sum(numbers: &[f64]) -> f64 {
    if numbers.len() > ROW_OF_SUMS {
        let half = numbers.len() / 2;
        let (first, second) = numbers.split_at(half - half % 8);
        return sum(first) + sum(second);
    }
    let (eights, rest) = numbers.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for eight in eights {
        for (sum, number) in sums.iter_mut().zip(eight) {
            *sum += number;
        }
    }
    let [a, b, c, d, e, f, g, h] = sums;
    rest.iter()
        .fold(((a + b) + (c + d)) + ((e + f) + (g + h)), |sum, number| sum + number)
}

pub(crate) fn mean(numbers: &[f64]) -> f64 {
    sum(numbers) / numbers.len() as f64
}

/// The numbers that a function makes of each truth and its prediction.
fn each(predicted: &[f64], truth: &[f64], of: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    truth.iter().zip(predicted).map(|(y, p)| of(*y, *p)).collect()
}

/// Coefficient of determination, `1 − Σ(y − p)² / Σ(y − mean y)²`, to the last digit of scikit-learn.
///
/// For a constant truth 1 when all is right, otherwise 0; NaN for fewer than two rows. Source: scikit-learn, `r2_score`.
///
/// ```
/// assert_eq!(chainrule_learn::metrics::r2(&[2.5, 0.0, 2.0, 8.0], &[3.0, -0.5, 2.0, 7.0]), 0.9486081370449679);
/// ```
pub fn r2(predicted: &[f64], truth: &[f64]) -> f64 {
    if truth.len() < 2 {
        return f64::NAN;
    }
    if truth.iter().all(|y| *y == truth[0]) {
        return if truth == predicted { 1.0 } else { 0.0 };
    }
    let center = mean(truth);
    let total = sum(&each(predicted, truth, |y, _| (y - center).powi(2)));
    let left = sum(&each(predicted, truth, |y, p| (y - p).powi(2)));
    1.0 - left / total
}

/// Mean squared error, `mean (y − p)²`, in the square of y's unit; NaN for no rows. Source: scikit-learn,
/// `mean_squared_error`.
///
/// ```
/// assert_eq!(chainrule_learn::metrics::mse(&[2.5, 0.0, 2.0, 8.0], &[3.0, -0.5, 2.0, 7.0]), 0.375);
/// ```
pub fn mse(predicted: &[f64], truth: &[f64]) -> f64 {
    mean(&each(predicted, truth, |y, p| (y - p).powi(2)))
}

/// Root of the mean squared error, `√ mean (y − p)²`, in the unit of y; NaN for no rows.
/// Source: scikit-learn, `root_mean_squared_error`.
pub fn rmse(predicted: &[f64], truth: &[f64]) -> f64 {
    mse(predicted, truth).sqrt()
}

/// Mean absolute error, `mean |y − p|`, in the unit of y; NaN for no rows. Source: scikit-learn, `mean_absolute_error`.
pub fn mae(predicted: &[f64], truth: &[f64]) -> f64 {
    mean(&each(predicted, truth, |y, p| (y - p).abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Figures from scikit-learn 1.9.1: accuracy_score, log_loss, r2_score, root_mean_squared_error, mean_absolute_error.
    #[test]
    fn figures_are_those_of_scikit_learn() {
        let probabilities = [0.7, 0.2, 0.1, 0.1, 0.8, 0.1, 0.3, 0.3, 0.4, 0.6, 0.3, 0.1];
        let truth = [0, 1, 2, 1];
        assert_eq!(accuracy(&probabilities, 3, &truth), 0.75);
        assert!((log_loss(&probabilities, 3, &truth) - 0.6750205078632583).abs() < 1e-15);
        let (y, p) = ([3.0, -0.5, 2.0, 7.0], [2.5, 0.0, 2.0, 8.0]);
        assert!((r2(&p, &y) - 0.9486081370449679).abs() < 1e-15);
        assert!((rmse(&p, &y) - 0.6123724356957945).abs() < 1e-15);
        assert_eq!(mae(&p, &y), 0.5);
        assert_eq!((r2(&[1.0, 1.0], &[1.0, 1.0]), r2(&[1.0, 2.0], &[1.0, 1.0])), (1.0, 0.0));
        assert!(log_loss(&[0.0, 1.0], 2, &[0]).is_finite());
    }

    // From numpy 2.4.6: numpy.sum(1 / numpy.arange(1, n + 1)) for the lengths at which its order of summing changes.
    #[test]
    fn sums_have_numpys_digits() {
        let harmonic = |n: usize| sum(&(1..=n).map(|k| 1.0 / k as f64).collect::<Vec<f64>>());
        assert_eq!(harmonic(7), 2.5928571428571425);
        assert_eq!(harmonic(8), 2.7178571428571425);
        assert_eq!(harmonic(100), 5.187377517639621);
        assert_eq!(harmonic(128), 5.433147092589173);
        assert_eq!(harmonic(129), 5.440899030573669);
        assert_eq!(harmonic(1000), 7.485470860550345);
        assert_eq!(harmonic(4099), 8.895835961417054);
    }
}
