//! The formula of a chosen neuron, with its weights to change.

use chainrule_picture::number::brief;
use chainrule_playground::Weight;
use maud::html;

use super::{stage::Stage, wiring};
use crate::{part::Part, typeset};

/// More weights than this are told as a line of text.
const BOXES: usize = 24;

/// The formula, or how to get one.
pub(super) fn panel(stage: &Stage) -> Part {
    let panel = Part::new("div", "formula").with("class", "formula");
    let run = stage.run();
    let Some((layer, place)) = stage.chosen() else {
        return panel.html(html! { span.muted { "Choose a neuron to read its formula and to set its weights; drag a line to move its weight." } });
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
    let called = |layer: usize, place: usize| match wiring::name(run, layer, place) {
        name if name.is_empty() => format!("h{layer}.{}", place + 1),
        name => name,
    };
    let name = called(layer, place);
    if sources > BOXES {
        let text = run.formula(before, place, 3).unwrap_or_default();
        return panel.html(html! { span { (typeset::name(&name)) (typeset::formula(&format!("= {text}"))) } });
    }
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
    let plain = activation == "identity";
    panel.html(html! {
        span {
            (typeset::name(&name)) " = " @if !plain { (typeset::name(&activation)) "( " }
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
