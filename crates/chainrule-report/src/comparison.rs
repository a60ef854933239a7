//! The trivial baseline, the linear model and the network beside each other.

use chainrule_learn::{Comparison, METRICS, Model, Scores, metrics::figure_of};
use chainrule_picture::{Chart, number::brief};
use maud::{Markup, html};

use crate::page::{self, table, words};

pub(crate) fn section(model: &Model) -> Markup {
    let Some(comparison) = &model.record().comparison else {
        return html! { p { "The model was not compared with others: cross-validation was switched off." } };
    };
    html! {
        p.verdict {
            // What it comes to, and then why.
            @match comparison.verdict.split_once(": ") {
                Some((short, why)) => { strong { (short) ":" } " " (why) }
                None => { (comparison.verdict) }
            }
        }
        (scores(comparison))
        @if let Some(picture) = folds(comparison) { (picture) }
        @if !comparison.differences.is_empty() {
            details {
                summary { "How far apart they are" }
                (differences(comparison))
                p.note {
                    "Each difference is the mean over the folds. Folds share most of their rows, so its standard error is widened as \
                     Nadeau and Bengio (2003) say; p is how probable a difference this large would be by chance alone."
                }
            }
        }
    }
}

/// The most targets that have a line of their own.
const MOST_TARGETS: usize = 20;

/// Every figure of every model: first by folds, then on the test rows.
fn scores(comparison: &Comparison) -> Markup {
    let validated = comparison.models.iter().any(|scores| !scores.folds.is_empty());
    let head = |scores: &Scores| {
        let worth = comparison.worth_having.as_ref() == Some(&scores.name);
        html! {
            (scores.name) " " span.kind { (scores.kind) }
            @if worth { br; span.badge { "worth having" } }
        }
    };
    let row = |name: &str, what: &str, cell: &dyn Fn(&Scores) -> Option<String>| {
        let title = html! { (name) " " span.kind { (what) } };
        let cells = comparison
            .models
            .iter()
            .map(|scores| html! { (cell(scores).unwrap_or("–".to_string())) });
        std::iter::once(title).chain(cells).collect::<Vec<Markup>>()
    };
    let targets: &[_] = comparison.models.first().map_or(&[], |scores| &scores.targets);
    let mut rows = vec![];
    if validated {
        rows.push(row(&comparison.score_name(), "cross-validated", &|scores| {
            let (mean, deviation) = scores.mean_and_deviation(&comparison.score)?;
            Some(format!("{} ± {}", brief(mean), brief(deviation)))
        }));
    }
    for metric in &METRICS {
        if comparison
            .models
            .iter()
            .any(|scores| scores.test.contains_key(metric.name))
        {
            let cell = |scores: &Scores| scores.test.get(metric.name).map(|value| brief(*value));
            rows.push(row(&figure_of(metric.name, targets.len()), "on the test rows", &cell));
        }
    }
    for (place, target) in targets.iter().enumerate().take(MOST_TARGETS) {
        let own = |scores: &Scores| {
            let own = scores.targets.get(place)?;
            let in_folds = own.mean_and_deviation(&comparison.score);
            let in_folds = in_folds.map(|(mean, deviation)| format!("{} ± {}", brief(mean), brief(deviation)));
            in_folds.or(own.test.get(&comparison.score).map(|value| brief(*value)))
        };
        let what = if validated {
            "cross-validated"
        } else {
            "on the test rows"
        };
        rows.push(row(&format!("{} of {}", comparison.score, target.name), what, &own));
    }
    let heads: Vec<Markup> = std::iter::once(html! {})
        .chain(comparison.models.iter().map(head))
        .collect();
    html! {
        (table(&heads, &rows, true))
        @if validated {
            p.note { "Cross-validated: mean and standard deviation over " (comparison.scheme) ". The test rows took no part in it." }
        }
    }
}

/// The score of each model in each fold.
fn folds(comparison: &Comparison) -> Option<Markup> {
    let mut chart = Chart::new(format!("{} in each fold", comparison.score_name()))
        .x_label("fold")
        .y_label(comparison.score_name())
        .size(560.0, 260.0);
    let mut most = 0;
    for scores in &comparison.models {
        let values = scores.in_folds(&comparison.score);
        let places: Vec<f64> = (1..=values.len()).map(|fold| fold as f64).collect();
        most = most.max(values.len());
        chart = chart.line(scores.name.as_str(), &places, &values);
    }
    let caption = "Every model learned from the same rows in each fold and was judged by the same others.";
    (most > 1).then(|| page::figure(&chart.picture(), caption))
}

fn differences(comparison: &Comparison) -> Markup {
    let rows: Vec<Vec<Markup>> = comparison
        .differences
        .iter()
        .map(|difference| {
            vec![
                html! { (difference.of) " less " (difference.to) },
                html! { (brief(difference.mean)) },
                html! { (difference.standard_error.map_or("–".to_string(), brief)) },
                html! { (difference.p.map_or("–".to_string(), |p| if p < 0.001 { "< 0.001".to_string() } else { format!("{p:.3}") })) },
            ]
        })
        .collect();
    table(
        &words(&[
            &format!("difference of {}", comparison.score_name()),
            "mean",
            "standard error",
            "p",
        ]),
        &rows,
        true,
    )
}
