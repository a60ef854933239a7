//! The formula of a chosen neuron, with its weights to change.

use chainrule_picture::number::brief;
use chainrule_playground::Weight;
use maud::html;

use super::{stage::Stage, wiring};
use crate::{part::Part, typeset};

/// More weights than this are told as a line of text, with a box for one at a time.
const BOXES: usize = 24;
/// More inputs than this are not told below a picture.
const IN_A_LINE: usize = 8;

/// The formula of a neuron in one line: of an input, what it is; of many inputs, how many.
pub(super) fn line(stage: &Stage, (layer, place): (usize, usize)) -> String {
    let run = stage.run();
    let name = wiring::called(run, layer, place);
    let Some(before) = layer.checked_sub(1) else {
        return format!("{name} is an input.");
    };
    let sources = run.network().widths().get(before).copied().unwrap_or(0);
    if sources > IN_A_LINE {
        return format!("{name} adds up {sources} inputs, each times a weight; choose it to read them all.");
    }
    format!("{name} = {}", run.formula(before, place, 2).unwrap_or_default())
}

/// The formula, or how to get one.
pub(super) fn panel(stage: &Stage) -> Part {
    let panel = Part::new("div", "formula").with("class", "formula");
    let run = stage.run();
    let Some((layer, place)) = stage.chosen() else {
        return panel.html(html! { span.muted { "Choose a neuron to read its formula and to set its weights (from one to the next by the arrow keys); drag a line to move its weight; point at a neuron to see what it answers." } });
    };
    let Some(before) = layer.checked_sub(1) else {
        let name = wiring::name(run, 0, place);
        let scaled = run.choices().get("scaling").is_ok_and(|scaling| scaling == "on");
        return panel.html(html! {
            span { b { (name) } " is an input" @if scaled { ", made to have mean 0 and standard deviation 1" } "." }
        });
    };
    let sources = run.network().widths().get(before).copied().unwrap_or(0);
    let activation = run
        .network()
        .activations
        .get(before)
        .map_or(String::new(), ToString::to_string);
    let called = |layer: usize, place: usize| wiring::called(run, layer, place);
    let name = called(layer, place);
    let value = |from: Option<usize>| {
        let which = Weight {
            layer: before,
            from,
            to: place,
        };
        run.weight(which).unwrap_or(f64::NAN)
    };
    let number = |id: String, value: f64, label: String| {
        let shown = if value.is_finite() {
            format!("{value:.4}").parse::<f64>().unwrap_or(value).to_string()
        } else {
            String::new()
        };
        html! {
            input type="number" step="0.1" value=(shown) data-set=(id) data-once="" data-late="" aria-label=(label) title=(brief(value));
        }
    };
    if sources > BOXES {
        let text = run.formula(before, place, 3).unwrap_or_default();
        let from = stage.source().min(sources - 1);
        return panel
            .html(html! { span { (typeset::name(&name)) (typeset::formula(&format!("= {text}"))) } })
            .html(html! {
                label.one { span { "the weight of" }
                    select data-set="source" data-once="" {
                        @for source in 0..sources { option value=(source) selected[source == from] { (called(before, source)) } }
                    }
                }
            })
            .html(html! {
                span.one {
                    (number(format!("w.{before}.{from}.{place}"), value(Some(from)), format!("weight of {}", called(before, from))))
                    " and the bias " (number(format!("b.{before}.{place}"), value(None), "bias".to_string()))
                }
            });
    }
    let plain = activation == "identity";
    panel.html(html! {
        span {
            (typeset::name(&name)) " = " @if !plain { (activation) "( " }
            @for from in 0..sources {
                @let source = called(before, from);
                @if from > 0 { " + " }
                (number(format!("w.{before}.{from}.{place}"), value(Some(from)), format!("weight of {source}"))) " · " (typeset::name(&source))
            }
            " + " (number(format!("b.{before}.{place}"), value(None), "bias".to_string()))
            @if !plain { " )" }
        }
    })
}
