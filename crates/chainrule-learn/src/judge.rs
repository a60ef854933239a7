//! The judgement of a model on rows it has not seen, beside a trivial baseline.

use std::collections::BTreeMap;

use chainrule_table::message::{count, listed};
use serde::{Deserialize, Serialize};

use crate::{
    comparison::{Comparison, more_is_better, score},
    judgement::{Calibration, ClassCurves, ClassFigures, Conformal, Coverage, Importance},
    metrics::{METRICS, Metric, OF_SEVERAL, mean, most_likely},
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
    /// Rows that models were compared by, and nothing else; none where that was done in folds.
    #[serde(default, skip_serializing_if = "is_none")]
    pub compared: usize,
    /// Rows that were judged on.
    pub test: usize,
}

fn is_none(rows: &usize) -> bool {
    *rows == 0
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
    /// The model's figures, by scikit-learn's names; one that is not defined, such as r2 of one row, is left out. Of several
    /// targets the mean of those that have no unit: r2.
    pub test: BTreeMap<String, f64>,
    /// The baseline's figures.
    pub baseline: BTreeMap<String, f64>,
    /// Of several targets each by itself; of one there is none here, for it is the whole.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub targets: Vec<TargetJudgement>,
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
    /// `[prediction, truth]` of at most 500 rows, for regression with one target: for a picture of one by the other, or of the residuals,
    /// truth less prediction, by the prediction.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub answers: Vec<[f64; 2]>,
    /// How often the promised intervals or sets held the truth, of one target.
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

/// What a [`Judgement`] says of one of several targets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TargetJudgement {
    /// The target's name.
    pub name: String,
    /// The model's figures, by scikit-learn's names.
    pub test: BTreeMap<String, f64>,
    /// The baseline's figures.
    pub baseline: BTreeMap<String, f64>,
    /// `[prediction, truth]` of some rows, at most 500 of all targets together or 50 of each.
    pub answers: Vec<[f64; 2]>,
    /// How often the promised intervals held the truth.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub coverage: Option<Coverage>,
}

/// The most predictions that are kept beside their truth, of all targets together; but so many of each.
const MOST_ANSWERS: usize = 500;
const ANSWERS_OF_EACH: usize = 50;

/// Figures of fewer rows say little.
const FEW_ROWS: usize = 20;

/// The right answers of some rows.
pub(crate) enum Truth {
    /// For each target a number for each row.
    Numbers(Vec<Vec<f64>>),
    Classes(Vec<usize>),
}

/// Figures of merit, by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Figures {
    /// Of one target, or of all together.
    pub whole: BTreeMap<String, f64>,
    /// Of several targets each by itself.
    pub targets: Vec<BTreeMap<String, f64>>,
}

/// Every figure of merit of some predictions that is defined.
pub(crate) fn figures(prediction: &Prediction, truth: &Truth) -> Figures {
    let defined = |figure: &dyn Fn(&Metric) -> Option<f64>| -> BTreeMap<String, f64> {
        let all = METRICS
            .iter()
            .filter_map(|metric| Some((metric.name.to_string(), figure(metric)?)));
        all.filter(|(_, figure)| figure.is_finite()).collect()
    };
    match (prediction, truth) {
        (Prediction::Classes { names, probabilities }, Truth::Classes(truth)) => Figures {
            whole: defined(&|metric| metric.of_classes(probabilities, names.len(), truth)),
            targets: vec![],
        },
        (Prediction::Numbers(predicted), Truth::Numbers(truth)) => {
            let each = predicted.iter().zip(truth);
            let mut targets: Vec<_> = each
                .map(|(predicted, truth)| defined(&|metric| metric.of_numbers(predicted, truth)))
                .collect();
            match targets.len() {
                1 => Figures {
                    whole: targets.remove(0),
                    targets,
                },
                _ => Figures {
                    whole: mean_of(&targets).into_iter().collect(),
                    targets,
                },
            }
        }
        _ => Figures::default(),
    }
}

/// The figure of several targets together, if each of them has it.
fn mean_of(targets: &[BTreeMap<String, f64>]) -> Option<(String, f64)> {
    let each: Option<Vec<f64>> = targets.iter().map(|figures| figures.get(OF_SEVERAL).copied()).collect();
    let mean = mean(&each?);
    mean.is_finite().then(|| (OF_SEVERAL.to_string(), mean))
}

/// Whether one of a model's figures is better than the baseline's.
fn is_better(test: &BTreeMap<String, f64>, baseline: &BTreeMap<String, f64>) -> bool {
    let better = |metric: &Metric| match (test.get(metric.name), baseline.get(metric.name)) {
        (Some(own), Some(trivial)) => {
            (metric.more_is_better && own > trivial) || (!metric.more_is_better && own < trivial)
        }
        _ => false,
    };
    METRICS.iter().any(better)
}

/// `[prediction, truth]` of some rows of one of so many targets.
fn some_answers(predicted: &[f64], truth: &[f64], targets: usize) -> Vec<[f64; 2]> {
    let most = (MOST_ANSWERS / targets.max(1)).max(ANSWERS_OF_EACH);
    let every = predicted.len().div_ceil(most).max(1);
    let pairs = predicted.iter().zip(truth).map(|(p, y)| [*p, *y]);
    pairs
        .step_by(every)
        .filter(|pair| pair.iter().all(|x| x.is_finite()))
        .collect()
}

/// Each of several targets by itself; none of one.
fn judge_targets(
    names: &[String],
    (prediction, truth): (&Prediction, &Truth),
    test: Vec<BTreeMap<String, f64>>,
    baseline: Vec<BTreeMap<String, f64>>,
) -> Vec<TargetJudgement> {
    let (Prediction::Numbers(predicted), Truth::Numbers(truth)) = (prediction, truth) else {
        return vec![];
    };
    let answers = predicted
        .iter()
        .zip(truth)
        .map(|(predicted, truth)| some_answers(predicted, truth, names.len()));
    let figures = test.into_iter().zip(baseline);
    let all = names.iter().zip(answers).zip(figures);
    all.map(|((name, answers), (test, baseline))| TargetJudgement {
        name: name.clone(),
        test,
        baseline,
        answers,
        coverage: None,
    })
    .collect()
}

/// What to do about a model that is worth nothing.
const ADVICE: &str = "look for columns that have to do with the target, or for more rows";

/// Says when a model is worth no more than the baseline, or is not for some of its targets.
fn worth_nothing(
    (test, baseline): (&BTreeMap<String, f64>, &BTreeMap<String, f64>),
    targets: &[TargetJudgement],
    task: Task,
) -> Option<Warning> {
    let worse = targets
        .iter()
        .filter(|target| !is_better(&target.test, &target.baseline));
    let worse: Vec<&str> = worse.map(|target| target.name.as_str()).collect();
    let nowhere = match targets {
        [] => !test.is_empty() && !is_better(test, baseline),
        targets => worse.len() == targets.len(),
    };
    let seen = match (nowhere, worse.len()) {
        (true, _) => {
            "the model is not better than the baseline: its answers are worth no more than guessing".to_string()
        }
        (false, 0) => worse_score(test, baseline, score(task, targets.len()))?,
        (false, count) => format!(
            "for {count} of {} targets the model is not better than the baseline, and its answers are worth no more than \
             guessing: {}",
            targets.len(),
            listed(worse.into_iter())
        ),
    };
    Some(Warning::new(Code::NoBetterThanBaseline, seen, ADVICE))
}

/// Says when the figure that models are compared by is worse than the baseline's, whatever the others are.
fn worse_score(test: &BTreeMap<String, f64>, baseline: &BTreeMap<String, f64>, score: &'static str) -> Option<String> {
    let (own, trivial) = (*test.get(score)?, *baseline.get(score)?);
    let (worse, place) = match more_is_better(score) {
        true => (own < trivial, "below"),
        false => (own > trivial, "above"),
    };
    worse.then(|| {
        let [own, trivial] = [own, trivial].map(chainrule_picture::number::brief);
        format!("the model's {score}, {own}, is {place} the baseline's, {trivial}: by that, guessing is better")
    })
}

impl Judgement {
    /// Says when a comparison found no model to be worth having, unless that was said.
    pub(crate) fn check_comparison(&mut self, comparison: Option<&Comparison>) {
        let said = |warning: &Warning| warning.code == Code::NoBetterThanBaseline;
        if let Some(comparison) = comparison
            && comparison.worth_having.as_deref() == Some("baseline")
            && !self.warnings.iter().any(said)
        {
            self.warnings.push(Warning::new(
                Code::NoBetterThanBaseline,
                format!(
                    "by {} no model is better than the baseline by more than chance, in {}",
                    comparison.score_name(),
                    comparison.scheme
                ),
                ADVICE,
            ));
        }
    }

    /// Says how often each target's promise was kept.
    pub(crate) fn check(&mut self, conformal: &[Conformal], prediction: &Prediction, truth: &Truth) {
        match (prediction, truth, conformal) {
            (Prediction::Classes { names, probabilities }, Truth::Classes(truth), [conformal]) => {
                self.coverage = conformal.check_classes(probabilities, names.len(), truth);
            }
            (Prediction::Numbers(predicted), Truth::Numbers(truth), conformal) => {
                let each = conformal.iter().zip(predicted.iter().zip(truth));
                let mut each = each.map(|(own, (predicted, truth))| own.check_numbers(predicted, truth));
                match &mut self.targets[..] {
                    [] => self.coverage = each.next().flatten(),
                    targets => targets
                        .iter_mut()
                        .zip(each)
                        .for_each(|(target, found)| target.coverage = found),
                }
            }
            _ => {}
        }
    }
}

/// Judges predictions of some rows against the truth; `names` are those of the targets.
pub(crate) fn judge(
    (names, target): (&[String], &Target),
    prediction: &Prediction,
    truth: &Truth,
    rows: Rows,
    notices: Vec<String>,
) -> Judgement {
    let baseline = figures(&target.baseline(prediction.rows()), truth);
    let test = figures(prediction, truth);
    let targets = judge_targets(names, (prediction, truth), test.targets, baseline.targets);
    let (test, baseline) = (test.whole, baseline.whole);
    let mut warnings = vec![];
    warnings.extend(worth_nothing((&test, &baseline), &targets, target.task()));
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
            if let ([predicted], [truth]) = (&numbers[..], &truth[..]) {
                answers = some_answers(predicted, truth, 1);
            }
        }
        _ => {}
    }
    Judgement {
        task: target.task(),
        rows,
        test,
        baseline,
        targets,
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
