//! A trivial baseline, a linear model and a network beside each other, and whether they differ by more than chance.

use std::collections::BTreeMap;

use chainrule_table::message::count;
use serde::{Deserialize, Serialize};

use crate::{
    difference::{Difference, ROUNDING},
    held_out::Crossed,
    judge::Figures,
    metrics::{METRICS, Metric, OF_SEVERAL, figure_of, mean},
    target::Task,
    verdict::verdict,
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
    /// The same in a few words: "The linear model is enough".
    pub verdict: String,
    /// Why, as the rest of that sentence and others; empty when nothing was held out.
    #[serde(default)]
    pub because: String,
    /// The name of the model that was kept.
    #[serde(default)]
    pub kept: String,
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

/// The variance of some numbers, divided by one less than their number; 0 for one, and for those that differ by rounding
/// only.
pub(crate) fn variance(numbers: &[f64]) -> f64 {
    let center = mean(numbers);
    let far = numbers.iter().map(|x| (x - center).abs()).fold(0.0, f64::max);
    if far <= ROUNDING * center.abs() {
        return 0.0;
    }
    let squares: Vec<f64> = numbers.iter().map(|x| (x - center).powi(2)).collect();
    squares.iter().sum::<f64>() / (numbers.len().max(2) - 1) as f64
}

pub(crate) fn more_is_better(score: &str) -> bool {
    METRICS
        .iter()
        .any(|metric| metric.name == score && metric.more_is_better)
}

/// The figure that models of so many targets are compared by.
pub(crate) fn score(task: Task, targets: usize) -> &'static str {
    match (task, targets) {
        (Task::Classification, _) => "accuracy",
        (Task::Regression, 0 | 1) => "rmse",
        (Task::Regression, _) => OF_SEVERAL,
    }
}

impl Comparison {
    /// Compares baseline, linear model and network, in this order, by what was seen on rows that were held out.
    pub(crate) fn new(task: Task, scheme: String, crossed: &Crossed, models: Vec<Scores>) -> Comparison {
        let targets = models.first().map_or(0, |scores| scores.targets.len());
        let score = score(task, targets);
        let pairs = [(LINEAR, BASELINE), (NETWORK, BASELINE), (NETWORK, LINEAR)].into_iter();
        let differences: Vec<Difference> = pairs
            .filter_map(|pair| Difference::new(&models, pair, score, crossed))
            .collect();
        let (worth_having, verdict, because) = verdict(score, &figure_of(score, targets), &differences);
        Comparison {
            score: score.to_string(),
            scheme,
            models,
            differences,
            worth_having: worth_having.map(String::from),
            verdict,
            because,
            kept: String::new(),
        }
    }

    /// The verdict and why, in sentences.
    pub fn sentences(&self) -> String {
        match self.because.is_empty() {
            true => self.verdict.clone(),
            false => format!("{}: {}", self.verdict, self.because),
        }
    }

    /// Which model was kept, in a sentence; and where another is worth having, how to get that one.
    pub fn kept_sentence(&self) -> Option<String> {
        let kept = named(&self.kept)?;
        Some(match self.worth_having.as_deref() {
            Some("baseline") => format!("Kept is {kept}, though it is not clearly better than guessing."),
            Some(other) if other != self.kept => {
                let other = named(other)?;
                format!("Kept is {kept} all the same, as --model says; --model auto keeps {other}.")
            }
            _ => format!("Kept is {kept}."),
        })
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

/// The places of the models among all.
pub(crate) const BASELINE: usize = 0;
pub(crate) const LINEAR: usize = 1;
pub(crate) const NETWORK: usize = 2;

/// A model by its name, as a part of a sentence.
pub(crate) fn named(model: &str) -> Option<&'static str> {
    match model {
        "baseline" => Some("the trivial baseline"),
        "linear" => Some("the linear model"),
        "network" => Some("the network"),
        _ => None,
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

    #[test]
    fn folds_that_share_rows_say_less_than_independent_ones() {
        let models = [
            scores("linear", &[0.88, 0.92, 0.85, 0.93, 0.88]),
            scores("network", &[0.9, 0.92, 0.88, 0.95, 0.9]),
        ];
        let sharing = |ratio: f64| {
            let crossed = Crossed { looks: vec![], ratio };
            Difference::new(&models, (1, 0), "accuracy", &crossed).unwrap()
        };
        let difference = sharing(0.25);
        // Differences .02, 0, .03, .02, .02: variance .00012, over 5 folds, and a quarter more for shared rows.
        assert!((difference.mean - 0.018).abs() < 1e-15);
        assert!((difference.standard_error.unwrap() - (0.45f64 * 0.00012).sqrt()).abs() < 1e-15);
        assert!(!difference.is_clear(), "{difference:?}");
        let independent = sharing(0.0);
        assert!(independent.is_clear(), "{independent:?}");
        assert!(!independent.turned().is_clear());
    }

    #[test]
    fn rounding_is_no_deviation() {
        let same = scores("baseline", &[0.1 + 0.2, 0.3, 0.3, 0.30000000000000004]);
        assert_eq!(same.mean_and_deviation("accuracy").unwrap().1, 0.0);
        assert!(
            scores("baseline", &[0.3, 0.30001])
                .mean_and_deviation("accuracy")
                .unwrap()
                .1
                > 0.0
        );
    }

    fn compared(baseline: &[f64], linear: &[f64], network: &[f64]) -> Comparison {
        let models = vec![
            scores("baseline", baseline),
            scores("linear", linear),
            scores("network", network),
        ];
        let crossed = Crossed {
            looks: vec![],
            ratio: 0.25,
        };
        Comparison::new(Task::Classification, "5 folds".to_string(), &crossed, models)
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

    #[test]
    fn what_was_kept_is_said_and_how_to_get_what_is_worth_more() {
        let (low, high) = ([0.5, 0.52, 0.48, 0.5], [0.9, 0.88, 0.91, 0.9]);
        let kept = |mut comparison: Comparison, kept: &str| {
            comparison.kept = kept.to_string();
            comparison.kept_sentence().unwrap()
        };
        let enough = compared(&low, &high, &high);
        assert_eq!(enough.verdict, "The linear model is enough");
        assert!(
            enough
                .sentences()
                .starts_with("The linear model is enough: the accuracy of")
        );
        assert_eq!(kept(enough.clone(), "linear"), "Kept is the linear model.");
        assert_eq!(
            kept(enough.clone(), "network"),
            "Kept is the network all the same, as --model says; --model auto keeps the linear model."
        );
        assert_eq!(
            kept(compared(&low, &low, &low), "network"),
            "Kept is the network, though it is not clearly better than guessing."
        );
        assert_eq!(kept(compared(&[], &[], &[]), "network"), "Kept is the network.");
        // Models of earlier versions do not say which was kept.
        assert_eq!(enough.kept_sentence(), None);
    }
}
