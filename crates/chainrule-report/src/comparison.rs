//! The trivial baseline, the linear model and the network beside each other.

use chainrule_learn::{Comparison, METRICS, Model, Scores};
use chainrule_picture::Chart;
use maud::{Markup, html};

use crate::{
    page::{self, table},
    words::figure,
};

pub(crate) fn section(model: &Model) -> Markup {
    let Some(comparison) = &model.record().comparison else {
        return html! { p { "The model was not compared with others: cross-validation was switched off." } };
    };
    html! {
        p.verdict { (comparison.verdict) }
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

fn scores(comparison: &Comparison) -> Markup {
    let names: Vec<&str> = METRICS
        .iter()
        .map(|metric| metric.name)
        .filter(|name| comparison.models.iter().any(|scores| scores.test.contains_key(*name)))
        .collect();
    let validated = comparison.models.iter().any(|scores| !scores.folds.is_empty());
    let mut head = vec!["model"];
    let title = format!("{}, cross-validated", comparison.score);
    if validated {
        head.push(&title);
    }
    let on_test: Vec<String> = names.iter().map(|name| format!("{name}, test rows")).collect();
    head.extend(on_test.iter().map(String::as_str));
    let row = |scores: &Scores| {
        let worth = comparison.worth_having.as_ref() == Some(&scores.name);
        let mut cells = vec![html! {
            (scores.name) " " span.kind { (scores.kind) }
            @if worth { " " span.badge { "worth having" } }
        }];
        if validated {
            cells.push(match scores.mean_and_deviation(&comparison.score) {
                Some((mean, deviation)) => html! { (figure(mean)) " ± " (figure(deviation)) },
                None => html! { "–" },
            });
        }
        cells.extend(names.iter().map(|name| match scores.test.get(*name) {
            Some(value) => html! { (figure(*value)) },
            None => html! { "–" },
        }));
        cells
    };
    let rows: Vec<Vec<Markup>> = comparison.models.iter().map(row).collect();
    html! {
        (table(&head, &rows, true))
        @if validated {
            p.note { "Cross-validated: mean and standard deviation over " (comparison.scheme) ". The test rows took no part in it." }
        }
    }
}

/// The score of each model in each fold.
fn folds(comparison: &Comparison) -> Option<Markup> {
    let mut chart = Chart::new(format!("{} in each fold", comparison.score))
        .x_label("fold")
        .y_label(comparison.score.as_str())
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
                html! { (figure(difference.mean)) },
                html! { (difference.standard_error.map_or("–".to_string(), figure)) },
                html! { (difference.p.map_or("–".to_string(), |p| if p < 0.001 { "< 0.001".to_string() } else { format!("{p:.3}") })) },
            ]
        })
        .collect();
    table(
        &[&format!("difference of {}", comparison.score), "mean", "standard error", "p"],
        &rows,
        true,
    )
}
