//! Intervals and sets that hold the truth as often as was promised.

use chainrule_table::message::count;
use serde::{Deserialize, Serialize};

use crate::{
    error::{Error, Result},
    metrics::mean,
    target::Task,
};

/// Where the rows come from that said how far off the answers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The validation rows. Weights were not learned from them, but the training of a network stopped by them, so its answers
    /// are a little better on them than on new rows.
    Validation,
    /// Rows that were kept apart to compare models by: the model did not learn from them, nor stop by them.
    Compared,
    /// Training rows, each answered by a model that learned from other folds only, so from fewer rows: a little worse than
    /// the model itself.
    Folds,
}

/// What was learned of how far off a model's answers are: split and cross-conformal prediction.
///
/// For a number, the interval `prediction ± limit`, where `limit` is the k-th smallest `|truth − prediction|` of n rows that
/// the model did not learn from. For a class, the set of the classes that are at least as probable as `limit`, the k-th
/// largest probability of the right class. With `k = ⌈(n + 1) · coverage⌉` a row like those n is covered with at least the
/// promised probability. A set may be empty: no class is as probable as right ones usually are.
///
/// Source: Vovk, Gammerman and Shafer (2005); for classes Sadinle, Lei and Wasserman (2019).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conformal {
    /// The promised probability.
    pub coverage: f64,
    /// How many rows said how far off the answers are.
    pub rows: usize,
    /// Where they come from.
    pub source: Source,
    /// Half the width of intervals, in the target's unit; or the least probability of a class of a set.
    pub limit: f64,
}

/// How often the promise was kept on the rows judged on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    /// The promised probability.
    pub promised: f64,
    /// The share of the rows whose interval or set holds the truth.
    pub observed: f64,
    /// The width of the intervals in the target's unit, or how many classes a set has on the average.
    pub size: f64,
    /// How many sets are empty.
    pub empty: usize,
}

impl Conformal {
    /// Learns from answers for rows that the model did not learn from, and their truth: a distance for each number, or the
    /// probability of each row's right class. Nothing when the rows are too few for the promise.
    fn from_scores(coverage: f64, source: Source, mut scores: Vec<f64>, largest_first: bool) -> Option<Conformal> {
        let rows = scores.len();
        match largest_first {
            true => scores.sort_by(|a, b| b.total_cmp(a)),
            false => scores.sort_by(f64::total_cmp),
        }
        // Less a little: 0.9 · 30 must not become 28 by rounding.
        let place = ((rows + 1) as f64 * coverage - 1e-9).ceil() as usize;
        let limit = scores.get(place.checked_sub(1)?).copied()?;
        Some(Conformal {
            coverage,
            rows,
            source,
            limit,
        })
    }

    /// For numbers, by their distances from the truth.
    ///
    /// ```
    /// use chainrule_learn::judgement::{Conformal, Source};
    ///
    /// let truth: Vec<f64> = (1..=19).map(f64::from).collect();
    /// let conformal = Conformal::for_numbers(0.9, Source::Validation, &[0.0; 19], &truth).unwrap();
    /// assert_eq!(conformal.interval(100.0), (82.0, 118.0));
    /// // With 8 rows nobody can promise 90 %.
    /// assert!(Conformal::for_numbers(0.9, Source::Validation, &[0.0; 8], &truth[..8]).is_none());
    /// ```
    pub fn for_numbers(coverage: f64, source: Source, predicted: &[f64], truth: &[f64]) -> Option<Conformal> {
        let distances = predicted.iter().zip(truth).map(|(p, y)| (y - p).abs());
        Conformal::from_scores(coverage, source, distances.collect(), false)
    }

    /// For classes, by the probabilities of the right ones: `classes` probabilities for each row.
    pub fn for_classes(
        coverage: f64,
        source: Source,
        probabilities: &[f64],
        classes: usize,
        truth: &[usize],
    ) -> Option<Conformal> {
        let rows = probabilities.chunks_exact(classes.max(1)).zip(truth);
        let of_right = rows.map(|(row, class)| row.get(*class).copied().unwrap_or(0.0));
        Conformal::from_scores(coverage, source, of_right.collect(), true)
    }

    /// The interval around a predicted number.
    pub fn interval(&self, predicted: f64) -> (f64, f64) {
        (predicted - self.limit, predicted + self.limit)
    }

    /// The classes of the set of a row, by position.
    pub fn set(&self, probabilities: &[f64]) -> Vec<usize> {
        let places = probabilities.iter().enumerate();
        places
            .filter(|(_, p)| **p >= self.limit)
            .map(|(class, _)| class)
            .collect()
    }

    /// Whether a limit and a promise that came from outside make sense.
    pub(crate) fn is_sound(&self) -> bool {
        (0.0..1.0).contains(&self.coverage) && (0.0..f64::MAX / 2.0).contains(&self.limit)
    }

    /// How often its intervals hold the truth of some rows.
    pub(crate) fn check_numbers(&self, predicted: &[f64], truth: &[f64]) -> Option<Coverage> {
        let width = 2.0 * self.limit;
        let held = predicted.iter().zip(truth).map(|(p, y)| (y - p).abs() <= self.limit);
        self.checked(held.map(|held| (held, width)).unzip(), |_| width)
    }

    /// How often its sets hold the right class of some rows.
    pub(crate) fn check_classes(&self, probabilities: &[f64], classes: usize, truth: &[usize]) -> Option<Coverage> {
        let row = |(row, class): (&[f64], &usize)| {
            let set = self.set(row);
            (set.contains(class), set.len() as f64)
        };
        let rows = probabilities.chunks_exact(classes.max(1)).zip(truth);
        self.checked(rows.map(row).unzip(), mean)
    }

    fn checked(&self, (held, sizes): (Vec<bool>, Vec<f64>), size: impl Fn(&[f64]) -> f64) -> Option<Coverage> {
        (!held.is_empty()).then(|| Coverage {
            promised: self.coverage,
            observed: held.iter().filter(|held| **held).count() as f64 / held.len() as f64,
            size: size(&sizes),
            empty: sizes.iter().filter(|size| **size == 0.0).count(),
        })
    }
}

/// Refuses a promise that is none.
pub(crate) fn check_coverage(coverage: f64) -> Result<()> {
    if coverage > 0.0 && coverage < 1.0 {
        return Ok(());
    }
    Err(Error::request(format!(
        "a coverage of {coverage}: choose a probability between 0 and 1, such as 0.9"
    )))
}

/// Learns for each target from how far off answers were for rows that were not learned from; says when these are too few
/// for the promise.
pub(crate) fn learn(
    coverage: f64,
    source: Source,
    scores: Vec<Vec<f64>>,
    task: Task,
    notices: &mut Vec<String>,
) -> Vec<Conformal> {
    let rows = scores.first().map_or(0, Vec::len);
    let learned = scores.into_iter().map(|scores| {
        let learned = Conformal::from_scores(coverage, source, scores, task == Task::Classification);
        learned.filter(Conformal::is_sound)
    });
    let learned = learned.collect::<Option<Vec<Conformal>>>().unwrap_or_default();
    if learned.is_empty() {
        let needed = (coverage / (1.0 - coverage) - 1e-9).ceil();
        notices.push(format!(
            "{} beside those learned from are too few to promise intervals or sets that hold the truth with a probability of \
             {coverage}: that takes at least {needed}",
            count(rows, "row", "rows"),
        ));
    }
    learned
}
