//! The trivial baseline, the linear model and the network beside each other.

use chainrule_learn::{Comparison, METRICS, Model, Noise, Scores, metrics::figure_of};
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
            @if comparison.because.is_empty() {
                (comparison.verdict)
            } @else {
                strong { (comparison.verdict) ":" } " " (comparison.because)
            }
            @if let Some(kept) = comparison.kept_sentence() { " " (kept) }
        }
        (scores(comparison))
        @if let Some(picture) = folds(comparison) { (picture) }
        @if !comparison.differences.is_empty() {
            details {
                summary { "How far apart they are" }
                (differences(comparison))
                p.note { (noise(comparison)) " p is how probable a difference this large would be by chance alone." }
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
            @if comparison.kept == scores.name { br; span.badge.kept { "kept" } }
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
    let folds = comparison.models.iter().map(|scores| scores.folds.len()).max();
    // One look has no deviation.
    let seen = |(mean, deviation): (f64, f64)| match folds {
        Some(2..) => format!("{} ± {}", brief(mean), brief(deviation)),
        _ => brief(mean),
    };
    let held_out = match folds {
        Some(2..) => "cross-validated",
        _ => "on rows held out",
    };
    let mut rows = vec![];
    if validated {
        rows.push(row(&comparison.score_name(), held_out, &|scores| {
            scores.mean_and_deviation(&comparison.score).map(seen)
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
            let in_folds = own.mean_and_deviation(&comparison.score).map(seen);
            in_folds.or(own.test.get(&comparison.score).map(|value| brief(*value)))
        };
        let what = if validated { held_out } else { "on the test rows" };
        rows.push(row(&format!("{} of {}", comparison.score, target.name), what, &own));
    }
    let heads: Vec<Markup> = std::iter::once(html! {})
        .chain(comparison.models.iter().map(head))
        .collect();
    html! {
        (table(&heads, &rows, true))
        @if validated {
            p.note {
                @match folds {
                    Some(2..) => { "Cross-validated: mean and standard deviation over " (comparison.scheme) "." }
                    _ => { "On rows held out: " (comparison.scheme) "." }
                }
                " The test rows took no part in it."
            }
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

/// How it was found out what is chance.
fn noise(comparison: &Comparison) -> &'static str {
    match comparison.differences.first().map(|difference| difference.noise) {
        Some(Noise::Folds) | None => {
            "Each difference is the mean over the folds. Folds share most of their rows, so its standard error is widened as \
             Nadeau and Bengio (2003) say."
        }
        Some(Noise::Rows) => {
            "The models were compared row by row: how far one is ahead on a row, beside how much that differs from row to row \
             (classes: McNemar's exact test; numbers: a paired t test of the squared errors)."
        }
        Some(Noise::Groups) => {
            "The models were compared group by group: how far one is ahead in a group, beside how much that differs from group \
             to group."
        }
    }
}

fn differences(comparison: &Comparison) -> Markup {
    let rows: Vec<Vec<Markup>> = comparison
        .differences
        .iter()
        .map(|difference| {
            vec![
                html! { (difference.of) " over " (difference.to) },
                html! { (brief(difference.mean)) },
                html! { (difference.standard_error.map_or("–".to_string(), brief)) },
                html! { (difference.p.map_or("–".to_string(), |p| if p < 0.001 { "< 0.001".to_string() } else { format!("{p:.3}") })) },
            ]
        })
        .collect();
    table(
        &words(&[
            &format!("how much better by {}", comparison.score_name()),
            "by",
            "standard error",
            "p",
        ]),
        &rows,
        true,
    )
}
