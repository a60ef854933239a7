//! Another way from here: two branches of a run beside each other; and what the doctor finds.

use chainrule_picture::number::count;
use chainrule_playground::Finding;
use maud::html;

use super::{controls, stage::Stage};
use crate::part::Part;

/// The panel beside the losses.
pub(super) fn panel(stage: &Stage, findings: &[Finding]) -> Part {
    let run = stage.run();
    Part::new("div", "beside")
        .with("class", "findings-beside")
        .html(html! { h2 { "What the doctor says" } })
        .part(found(stage, findings))
        .html(html! { h2 { "Another way from step " (count(run.at())) } })
        .part(fork(stage))
}

/// What is wrong, what it means, and the change that mends it.
fn found(stage: &Stage, findings: &[Finding]) -> Part {
    let list = Part::new("ul", "findings")
        .with("class", "findings")
        .with("aria-label", "Findings");
    if findings.is_empty() {
        let well = match stage.run().at() {
            0 => "Nothing to find before the first step.",
            _ => "Nothing looks wrong at this step.",
        };
        return list.html(html! { li.well { (well) } });
    }
    findings.iter().fold(list, |list, finding| {
        list.html(html! {
            li.grave[finding.grave] {
                p { b { (finding.found) } }
                p.muted { (finding.meaning) }
                @if let Some((name, value)) = &finding.change {
                    button type="button" data-send=(format!("{name}={value}")) { "Set " (controls::called(name)) " to " (value) }
                }
            }
        })
    })
}

fn fork(stage: &Stage) -> Part {
    let now = stage.run().choices();
    let panel = Part::new("div", "fork").with("class", "fork");
    if let Some(other) = stage.other() {
        let which = |swapped: bool| {
            if swapped {
                "the branch you forked from"
            } else {
                "the fork"
            }
        };
        return panel
            .html(html! { span { "You are on " (which(stage.swapped())) "; the other one has done " (other.latest()) " steps." } })
            .html(html! { button type="button" data-send="branch=1" { "go on with the other" } })
            .html(html! { button type="button" data-send="unfork=1" { "forget the other" } });
    }
    let rate = now.rate();
    let seed = now
        .get("seed")
        .ok()
        .and_then(|seed| seed.parse::<u32>().ok())
        .unwrap_or(0);
    let button = |text: String, changes: String, title: &str| {
        html! { button type="button" data-send=(format!("fork={changes}")) title=(title) { (text) } }
    };
    let short = |rate: f64| chainrule_picture::number::brief(rate);
    panel
        .html(button(
            format!("rate {}", short(rate * 3.0)),
            format!("rate:{}", short(rate * 3.0)),
            "Three times the learning rate",
        ))
        .html(button(
            format!("rate {}", short(rate / 3.0)),
            format!("rate:{}", short(rate / 3.0)),
            "A third of the learning rate",
        ))
        .html(button(
            format!("seed {}", seed.wrapping_add(1)),
            format!("seed:{}", seed.wrapping_add(1)),
            "Other batches from here on",
        ))
        .html(button(
            "the same".to_string(),
            "same".to_string(),
            "Then change anything above: both branches stay in the picture",
        ))
}
