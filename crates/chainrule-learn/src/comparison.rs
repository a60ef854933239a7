//! A trivial baseline, a linear model and a network beside each other, and whether they differ by more than chance.

use std::collections::BTreeMap;

use chainrule_table::message::count;
use serde::{Deserialize, Serialize};

use crate::{
    judge::Figures,
    metrics::{METRICS, Metric, OF_SEVERAL, figure_of, mean},
    target::Task,
};

/// Three models on the same rows, and which is worth having.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The figure they are compared by, one of [`METRICS`]: accuracy for classes, rmse for numbers. (Of r2 each fold has
    /// another unit: the spread of its own rows.) Of several targets, which have no unit in common, the mean of their r2.
    pub score: String,
    /// What the training rows were divided into, as a part of a sentence: `5 folds of the 120 training rows`.
    pub scheme: String,
    /// The baseline, the linear model and the network.
    pub models: Vec<Scores>,
    /// How much each is better than a simpler one, fold by fold.
    pub differences: Vec<Difference>,
    /// The name of the simplest model that no other one is clearly better than; none when nothing was held out.
    pub worth_having: Option<String>,
    /// The same as plain sentences.
    pub verdict: String,
}

/// The figures of one model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// Its name here: `baseline`, `linear` or `network`.
    pub name: String,
    /// What it is: `mean`, `shares`, or a name of a [`ModelKind`](crate::ModelKind).
    pub kind: String,
    /// Its figures on the rows of each fold that were held out, by name.
    pub folds: Vec<BTreeMap<String, f64>>,
    /// Its figures on the test rows.
    pub test: BTreeMap<String, f64>,
    /// Its figures of each of several targets; of one there is none here, for it is the whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<TargetScores>,
}

/// The figures of one model of one of several targets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TargetScores {
    /// The target.
    pub name: String,
    /// Its figures on the rows of each fold that were held out, by name.
    pub folds: Vec<BTreeMap<String, f64>>,
    /// Its figures on the test rows.
    pub test: BTreeMap<String, f64>,
}

impl Scores {
    /// The figures of a model in folds and on the test rows, with the names of the targets.
    pub(crate) fn new(name: &str, kind: &str, folds: &[Figures], test: Figures, targets: &[String]) -> Scores {
        let of_target = |(place, test): (usize, BTreeMap<String, f64>)| {
            let own = |fold: &Figures| fold.targets.get(place).cloned().unwrap_or_default();
            TargetScores {
                name: targets.get(place).cloned().unwrap_or_default(),
                folds: folds.iter().map(own).collect(),
                test,
            }
        };
        Scores {
            name: name.to_string(),
            kind: kind.to_string(),
            folds: folds.iter().map(|fold| fold.whole.clone()).collect(),
            test: test.whole,
            targets: test.targets.into_iter().enumerate().map(of_target).collect(),
        }
    }

    /// The values of a figure in all folds; empty when a fold does not have it.
    pub fn in_folds(&self, figure: &str) -> Vec<f64> {
        in_folds(&self.folds, figure)
    }

    /// The mean of a figure over the folds, and its standard deviation (divided by one less than their number).
    pub fn mean_and_deviation(&self, figure: &str) -> Option<(f64, f64)> {
        mean_and_deviation(&self.in_folds(figure))
    }
}

impl TargetScores {
    /// The values of a figure in all folds; empty when a fold does not have it.
    pub fn in_folds(&self, figure: &str) -> Vec<f64> {
        in_folds(&self.folds, figure)
    }

    /// The mean of a figure over the folds, and its standard deviation (divided by one less than their number).
    pub fn mean_and_deviation(&self, figure: &str) -> Option<(f64, f64)> {
        mean_and_deviation(&self.in_folds(figure))
    }
}

fn in_folds(folds: &[BTreeMap<String, f64>], figure: &str) -> Vec<f64> {
    let all: Option<Vec<f64>> = folds.iter().map(|fold| fold.get(figure).copied()).collect();
    all.unwrap_or_default()
}

fn mean_and_deviation(values: &[f64]) -> Option<(f64, f64)> {
    (!values.is_empty()).then(|| (mean(values), variance(values).sqrt()))
}

/// How much better one model is than another, in the same folds.
///
/// Folds share most of their training rows, so their differences are not independent; the variance of the mean is
/// `(1/k + test rows / training rows) s²`, with `s²` the variance of the differences. Source: Nadeau and Bengio, Inference
/// for the Generalization Error (2003).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// The model.
    pub of: String,
    /// The simpler one.
    pub to: String,
    /// By how much the score of the first is better, its mean over the folds.
    pub mean: f64,
    /// The standard error of the mean, corrected; none for a single fold.
    pub standard_error: Option<f64>,
    /// The probability of a difference this far from 0 if there were none, by Student's t with one less degree of freedom
    /// than there are folds; none for a single fold.
    pub p: Option<f64>,
}

/// How improbable a difference must be by chance to be taken for more.
const MOST_P: f64 = 0.05;

impl Difference {
    /// The difference of scores in the same folds; `ratio` is test rows per training row.
    fn new(of: &Scores, to: &Scores, score: &str, ratio: f64) -> Option<Difference> {
        let (own, other) = (of.in_folds(score), to.in_folds(score));
        let sign = if more_is_better(score) { 1.0 } else { -1.0 };
        let differences: Vec<f64> = own.iter().zip(&other).map(|(a, b)| sign * (a - b)).collect();
        if differences.is_empty() {
            return None;
        }
        let (mean, folds) = (mean(&differences), differences.len());
        let standard_error = (folds > 1).then(|| ((1.0 / folds as f64 + ratio) * variance(&differences)).sqrt());
        Some(Difference {
            of: of.name.clone(),
            to: to.name.clone(),
            mean,
            standard_error,
            p: standard_error.map(|error| match mean == 0.0 {
                true => 1.0,
                false => two_sided_p(mean / error, folds - 1),
            }),
        })
    }

    /// Whether the first is better by more than chance; a single fold does not say what chance does, so there any
    /// difference counts.
    pub fn is_clear(&self) -> bool {
        self.mean > 0.0 && self.p.is_none_or(|p| p < MOST_P)
    }

    /// The same when the sides are changed.
    fn turned(&self) -> Difference {
        Difference {
            of: self.to.clone(),
            to: self.of.clone(),
            mean: -self.mean,
            ..self.clone()
        }
    }
}

/// The variance of some numbers, divided by one less than their number; 0 for one.
fn variance(numbers: &[f64]) -> f64 {
    let center = mean(numbers);
    let squares: Vec<f64> = numbers.iter().map(|x| (x - center).powi(2)).collect();
    squares.iter().sum::<f64>() / (numbers.len().max(2) - 1) as f64
}

/// The probability that |Student's t| with so many degrees of freedom is larger than `t`.
/// Source: Abramowitz and Stegun, 26.7.3 and 26.7.4.
fn two_sided_p(t: f64, degrees: usize) -> f64 {
    if t.is_infinite() {
        return 0.0;
    }
    let angle = (t.abs() / (degrees as f64).sqrt()).atan();
    let (sine, cosine) = angle.sin_cos();
    // cosᵏ with the product of the odd numbers over the even ones before it, or the other way round.
    let (mut term, mut sum) = if degrees % 2 == 1 { (cosine, 0.0) } else { (1.0, 0.0) };
    for k in (degrees % 2..degrees.saturating_sub(1)).step_by(2) {
        sum += term;
        term *= cosine * cosine * (k + 1) as f64 / (k + 2) as f64;
    }
    let inside = match degrees % 2 {
        1 => (angle + sine * sum) * std::f64::consts::FRAC_2_PI,
        _ => sine * sum,
    };
    (1.0 - inside).clamp(0.0, 1.0)
}

fn more_is_better(score: &str) -> bool {
    METRICS
        .iter()
        .any(|metric| metric.name == score && metric.more_is_better)
}

/// The figure that models of so many targets are compared by.
fn score(task: Task, targets: usize) -> &'static str {
    match (task, targets) {
        (Task::Classification, _) => "accuracy",
        (Task::Regression, 0 | 1) => "rmse",
        (Task::Regression, _) => OF_SEVERAL,
    }
}

impl Comparison {
    /// Compares baseline, linear model and network; `ratio` is how many rows are held out for each one learned from.
    pub(crate) fn new(task: Task, scheme: String, ratio: f64, models: Vec<Scores>) -> Comparison {
        let targets = models.first().map_or(0, |scores| scores.targets.len());
        let score = score(task, targets);
        let difference = |of: &str, to: &str| {
            let find = |name: &str| models.iter().find(|scores| scores.name == name);
            Difference::new(find(of)?, find(to)?, score, ratio)
        };
        let differences: Vec<Difference> = [("linear", "baseline"), ("network", "baseline"), ("network", "linear")]
            .iter()
            .filter_map(|(of, to)| difference(of, to))
            .collect();
        let (worth_having, verdict) = verdict(score, &figure_of(score, targets), &differences);
        Comparison {
            score: score.to_string(),
            scheme,
            models,
            differences,
            worth_having: worth_having.map(String::from),
            verdict,
        }
    }

    /// What the figure they are compared by is called: `accuracy`, or `mean r2` of several targets.
    pub fn score_name(&self) -> String {
        figure_of(
            &self.score,
            self.models.first().map_or(0, |scores| scores.targets.len()),
        )
    }

    /// The metric they are compared by.
    pub fn metric(&self) -> Option<&'static Metric> {
        METRICS.iter().find(|metric| metric.name == self.score)
    }
}

/// The simplest model that is worth having, and why.
fn verdict(score: &str, score_name: &str, differences: &[Difference]) -> (Option<&'static str>, String) {
    let [linear, network, between] = differences else {
        return (None, "No rows were held out to compare models by.".to_string());
    };
    let article = |name: &str| match name {
        "baseline" => "the trivial baseline",
        "linear" => "the linear model",
        _ => "the network",
    };
    // Better, worse or neither, as a sentence.
    let compared = |difference: &Difference| {
        let brief = chainrule_picture::number::brief;
        let (of, to) = (article(&difference.of), article(&difference.to));
        if difference.mean == 0.0 {
            return format!("the {score_name} of {of} is that of {to}");
        }
        let above = (difference.mean > 0.0) == more_is_better(score);
        let place = if above { "above" } else { "below" };
        let told = format!(
            "the {score_name} of {of} is {} {place} that of {to}",
            brief(difference.mean.abs())
        );
        let (Some(error), Some(p)) = (difference.standard_error, difference.p) else {
            return format!("{told}; one look does not say how much of it is chance");
        };
        let p = match p {
            ..0.001 => "p < 0.001".to_string(),
            ..0.01 => format!("p = {p:.3}"),
            _ => format!("p = {p:.2}"),
        };
        let clear = match difference.is_clear() || difference.turned().is_clear() {
            true => "more than the noise of the folds",
            false => "no more than the noise of the folds",
        };
        format!("{told}, {clear} (standard error {}, {p})", brief(error))
    };
    let (name, sentence) = match (linear.is_clear(), network.is_clear(), between.is_clear()) {
        (true, true, true) | (false, true, true) => (
            "network",
            format!("The network is worth having: {}.", compared(between)),
        ),
        (true, _, _) => ("linear", format!("The linear model is enough: {}.", compared(between))),
        (false, true, false) => (
            "network",
            format!(
                "The network is worth having, the linear model is not: {}; {}.",
                compared(network),
                compared(linear)
            ),
        ),
        (false, false, _) => {
            let best = if network.mean > linear.mean { network } else { linear };
            ("baseline", format!("No model is worth having: {}.", compared(best)))
        }
    };
    let against = if name == "network" { network } else { linear };
    match name {
        "baseline" => (Some(name), sentence),
        _ if sentence.contains("baseline") => (Some(name), sentence),
        _ => (
            Some(name),
            format!("{sentence} Against guessing, {}.", compared(against)),
        ),
    }
}

/// The scheme of folds as a part of a sentence.
pub(crate) fn folds_of(folds: usize, rows: usize, how: &str) -> String {
    format!(
        "{} of the {}{how}",
        count(folds, "fold", "folds"),
        count(rows, "training row", "training rows")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scores(name: &str, values: &[f64]) -> Scores {
        let fold = |value: &f64| BTreeMap::from([("accuracy".to_string(), *value)]);
        Scores {
            name: name.to_string(),
            kind: String::new(),
            folds: values.iter().map(fold).collect(),
            test: BTreeMap::new(),
            targets: vec![],
        }
    }

    // From scipy 1.17: 2 * scipy.stats.t.sf(t, degrees).
    #[test]
    fn the_probability_is_that_of_students_t() {
        for (t, degrees, p) in [
            (1.0, 1, 0.5000000000000001),
            (2.5, 2, 0.12961172022151068),
            (0.3, 3, 0.783763292039919),
            (2.7764451051977987, 4, 0.05),
            (2.262157162740992, 9, 0.05),
            (3.1, 10, 0.011250657216083414),
            (1.5, 7, 0.17729848698997),
            (12.0, 4, 0.000276428548502973),
        ] {
            let ours = two_sided_p(t, degrees);
            assert!((ours - p).abs() < 1e-11, "t = {t}, {degrees} degrees: {ours}, not {p}");
            assert_eq!(two_sided_p(-t, degrees), ours);
        }
        assert_eq!(two_sided_p(f64::INFINITY, 4), 0.0);
    }

    #[test]
    fn folds_that_share_rows_say_less_than_independent_ones() {
        let (network, linear) = (
            scores("network", &[0.9, 0.92, 0.88, 0.95, 0.9]),
            scores("linear", &[0.88, 0.92, 0.85, 0.93, 0.88]),
        );
        let difference = Difference::new(&network, &linear, "accuracy", 0.25).unwrap();
        // Differences .02, 0, .03, .02, .02: variance .00012, over 5 folds, and a quarter more for shared rows.
        assert!((difference.mean - 0.018).abs() < 1e-15);
        assert!((difference.standard_error.unwrap() - (0.45f64 * 0.00012).sqrt()).abs() < 1e-15);
        assert!(!difference.is_clear(), "{difference:?}");
        let independent = Difference::new(&network, &linear, "accuracy", 0.0).unwrap();
        assert!(independent.is_clear(), "{independent:?}");
        assert!(!independent.turned().is_clear());
    }

    fn compared(baseline: &[f64], linear: &[f64], network: &[f64]) -> Comparison {
        let models = vec![
            scores("baseline", baseline),
            scores("linear", linear),
            scores("network", network),
        ];
        Comparison::new(Task::Classification, "5 folds".to_string(), 0.25, models)
    }

    #[test]
    fn the_simplest_model_that_is_not_clearly_worse_is_worth_having() {
        let worth =
            |baseline: &[f64], linear: &[f64], network: &[f64]| compared(baseline, linear, network).worth_having;
        let (low, middle, high) = ([0.5, 0.52, 0.48, 0.5], [0.7, 0.71, 0.69, 0.72], [0.9, 0.88, 0.91, 0.9]);
        assert_eq!(worth(&low, &middle, &high).as_deref(), Some("network"));
        assert_eq!(worth(&low, &high, &high).as_deref(), Some("linear"));
        assert_eq!(worth(&low, &high, &middle).as_deref(), Some("linear"));
        assert_eq!(worth(&low, &low, &high).as_deref(), Some("network"));
        assert_eq!(worth(&high, &high, &middle).as_deref(), Some("baseline"));
        assert_eq!(
            worth(&low, &[0.5, 0.7, 0.4, 0.6], &[0.4, 0.8, 0.3, 0.7]).as_deref(),
            Some("baseline")
        );
        assert_eq!(worth(&[], &[], &[]), None);
    }
}
