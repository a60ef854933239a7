//! What became of each column of the table, and why.

use chainrule_learn::{Model, Target};
use chainrule_picture::number::brief;
use maud::{Markup, html};

use crate::{
    page::{table, words},
    words::{many, percent},
};

pub(crate) fn section(model: &Model) -> Markup {
    let (record, encoder) = (model.record(), model.encoder());
    let used = encoder.features().iter().map(|feature| {
        vec![
            html! { (feature.name) },
            html! { (feature.encoding) @if feature.asked.is_some() { ", as asked" } },
        ]
    });
    let left_out = encoder.left_out().iter().map(|column| {
        vec![
            html! { (column.name) },
            html! { span.out { "left out: " } (column.why) },
        ]
    });
    let rows: Vec<Vec<Markup>> = used.chain(left_out).collect();
    html! {
        p {
            @match model.target() {
                Target::Numbers(scales) => {
                    @for (target, scale) in model.targets().iter().zip(scales).take(MOST_TARGETS) {
                        strong { (target) } " is a number; over the training rows its mean is " (brief(scale.mean))
                        ", its standard deviation " (brief(scale.standard_deviation)) ". "
                    }
                    @if scales.len() > MOST_TARGETS { "There are " (scales.len() - MOST_TARGETS) " more targets." }
                }
                Target::Classes { names, shares } => {
                    strong { (record.options.target_names()) } " is one of " (many(names.len(), "class", "classes")) ": "
                    @for (k, (name, share)) in names.iter().zip(shares).take(MOST_CLASSES).enumerate() {
                        @if k > 0 { ", " } (name) " (" (percent(*share)) ")"
                    }
                    @if names.len() > MOST_CLASSES { ", and " (names.len() - MOST_CLASSES) " more" }
                    "."
                }
            }
        }
        details open[rows.len() <= 30] {
            summary { (many(rows.len(), "column", "columns")) " and what became of each" }
            (table(&words(&["column", "what it holds, and how it becomes numbers"]), &rows, false))
        }
        @if !record.judgement.notices.is_empty() {
            h3 { "What was decided" }
            ul { @for notice in &record.judgement.notices { li { (notice) } } }
        }
        p.note {
            "Means, categories and everything else that is learned from the table come from training rows only. Any of these \
             decisions can be overruled: --drop, --categorical, --numeric, --date."
        }
    }
}

/// The most targets that are described.
const MOST_TARGETS: usize = 20;

/// The most classes that are named in a sentence.
const MOST_CLASSES: usize = 20;
