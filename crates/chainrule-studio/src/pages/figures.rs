//! The figures of a scene as a table.

use chainrule_lessons::{Figure, Value};
use maud::html;

use crate::part::Part;

/// The figures under each other: what the notebook printed, what is computed, what is right, and why they differ.
pub(super) fn figures(figures: &[Figure]) -> Part {
    let printed = figures.iter().any(|figure| figure.as_printed.is_some());
    let corrected = figures.iter().any(Figure::is_mistake);
    let columns = 2 + usize::from(printed) + usize::from(corrected);
    let mut rows = Part::new("tbody", "figure-rows");
    let mut told = None;
    for figure in figures {
        rows = rows.html(html! {
            tr.mistake[figure.is_mistake()] {
                th scope="row" { (figure.name) }
                @if printed { td { (figure.as_printed.as_deref().unwrap_or_default()) } }
                td { (figure.computed) }
                @if corrected { td { (figure.corrected.as_ref().map(Value::to_string).unwrap_or_default()) } }
            }
        });
        // A reason that several figures share is told once.
        if figure.why.is_some() && figure.why != told {
            told.clone_from(&figure.why);
            rows = rows.html(html! {
                tr.why { td colspan=(columns) { (figure.why.as_deref().unwrap_or_default()) } }
            });
        }
    }
    let mistakes = figures.iter().filter(|figure| figure.is_mistake()).count();
    let head = html! {
        thead {
            tr {
                th scope="col" { "figure" }
                @if printed { th scope="col" { "as printed" } }
                th scope="col" { "computed" }
                @if corrected { th scope="col" { "right" } }
            }
        }
    };
    let table = Part::new("table", "figure-table").html(head).part(rows);
    Part::new("details", "figures")
        .with("class", "figures")
        .html(html! {
            summary {
                "All figures in full"
                @if printed { ", beside what the notebook printed" }
                @if mistakes > 0 {
                    " " span.badge { (mistakes) @if mistakes == 1 { " mistake found" } @else { " mistakes found" } }
                }
            }
        })
        .part(Part::new("div", "figures-scroll").with("class", "wide").part(table))
}
