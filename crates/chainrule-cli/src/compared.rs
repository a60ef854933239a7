//! Baseline, linear model and network beside each other, for a person and as JSON.

use crate::output::{MOST_TARGETS, bold, columns, cut, figures, more_targets, number, printable, short, wrapped};
use chainrule_learn::{Comparison, METRICS, Scores, TargetScores};
use chainrule_table::message::count;
use serde_json::{Value, json};

/// Baseline, linear model and network beside each other, and which is worth having.
pub fn comparison_text(comparison: &Comparison, test_rows: usize) -> String {
    let (score, name) = (&comparison.score, comparison.score_name());
    let folded = comparison.models.iter().any(|scores| !scores.folds.is_empty());
    let title = match folded {
        true => format!("Three models, by {}", printable(&comparison.scheme)),
        false => "Three models, on the test rows only".to_string(),
    };
    let mut rows = vec![[
        printable(&name),
        "mean".to_string(),
        "± deviation".to_string(),
        format!("on {}", count(test_rows, "test row", "test rows")),
        String::new(),
    ]];
    for scores in &comparison.models {
        let (mean, deviation) = match scores.mean_and_deviation(score) {
            Some((mean, deviation)) if scores.folds.len() > 1 => (short(mean), short(deviation)),
            Some((mean, _)) => (short(mean), String::new()),
            None => Default::default(),
        };
        let best = comparison.worth_having.as_ref() == Some(&scores.name);
        rows.push([
            format!("  {} ({})", printable(&scores.name), printable(&scores.kind)),
            mean,
            deviation,
            scores.test.get(score).map_or(String::new(), |x| short(*x)),
            if best { "worth having" } else { "" }.to_string(),
        ]);
    }
    format!(
        "{}\n{}{}{}{}",
        bold(&title),
        columns(&rows),
        compared_targets(comparison),
        wrapped(&printable(&comparison.sentences()), "", ""),
        comparison
            .kept_sentence()
            .map_or(String::new(), |kept| wrapped(&kept, "", ""))
    )
}

/// The score of each model for each of several targets, its mean over the folds or on the test rows when there were none;
/// nothing for one target.
fn compared_targets(comparison: &Comparison) -> String {
    let Some(first) = comparison.models.first().filter(|scores| !scores.targets.is_empty()) else {
        return String::new();
    };
    let score = &comparison.score;
    let heading = comparison.models.iter().map(|scores| printable(&scores.name));
    let mut rows = vec![[printable(score)].into_iter().chain(heading).collect::<Vec<String>>()];
    for (place, target) in first.targets.iter().enumerate().take(MOST_TARGETS) {
        let figure = |scores: &Scores| {
            let own = scores.targets.get(place)?;
            let in_folds = own.mean_and_deviation(score).map(|(mean, _)| mean);
            in_folds.or(own.test.get(score).copied())
        };
        let cells = comparison
            .models
            .iter()
            .map(|scores| figure(scores).map_or(String::new(), short));
        rows.push(
            [format!("  {}", cut(&target.name, 40))]
                .into_iter()
                .chain(cells)
                .collect(),
        );
    }
    columns(&rows) + &more_targets(first.targets.len())
}

/// Baseline, linear model and network beside each other as JSON: the list of models, and what their differences say.
pub fn comparison_json(comparison: &Comparison) -> (Value, Value) {
    let model = |scores: &Scores| {
        let mut object = json!({
            "name": scores.name,
            "kind": scores.kind,
            "cross_validation": in_folds(scores.folds.len(), |name| (scores.mean_and_deviation(name), scores.in_folds(name))),
            "test": figures(&scores.test),
        });
        if !scores.targets.is_empty() {
            let of_target = |own: &TargetScores| {
                json!({
                    "name": own.name,
                    "cross_validation": in_folds(own.folds.len(), |name| (own.mean_and_deviation(name), own.in_folds(name))),
                    "test": figures(&own.test),
                })
            };
            object["targets"] = scores.targets.iter().map(of_target).collect();
        }
        object
    };
    let models = comparison.models.iter().map(model).collect();
    let differences = comparison.differences.iter().map(|difference| {
        json!({
            "of": difference.of,
            "to": difference.to,
            "mean": number(difference.mean),
            "standard_error": difference.standard_error.map(number),
            "p": difference.p.map(number),
            "noise": difference.noise.name(),
        })
    });
    let about = json!({
        "score": comparison.score,
        "scheme": comparison.scheme,
        "differences": differences.collect::<Vec<_>>(),
        "worth_having": comparison.worth_having,
        "verdict": comparison.sentences(),
        "kept": comparison.kept,
        "advice": comparison.kept_sentence(),
    });
    (models, about)
}

/// Every figure over so many folds as JSON: its mean and deviation, and its values.
fn in_folds(folds: usize, of: impl Fn(&str) -> (Option<(f64, f64)>, Vec<f64>)) -> Value {
    let figures = METRICS.iter().filter_map(|metric| {
        let (mean_and_deviation, values) = of(metric.name);
        let (mean, deviation) = mean_and_deviation?;
        let figure = json!({
            "mean": number(mean),
            "standard_deviation": (folds > 1).then(|| number(deviation)),
            "folds": values.into_iter().map(number).collect::<Vec<_>>(),
        });
        Some((metric.name.to_string(), figure))
    });
    Value::Object(figures.collect())
}
