//! What is always in view: how to play, where the run stands, how good it is.

use chainrule_picture::number::{brief, count};
use chainrule_playground::{Measured, Stop};
use maud::{Markup, html};

use super::{SPEEDS, controls::Refused, stage::Stage};
use crate::part::Part;

/// The figures of the step that is shown.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    /// Whether there are any: before the first picture there are none.
    pub(super) known: bool,
    pub(super) at: usize,
    pub(super) epoch: usize,
    pub(super) train: Measured,
    pub(super) validation: Measured,
    /// What the score is called.
    pub(super) score: &'static str,
}

impl Default for Facts {
    fn default() -> Facts {
        let unknown = Measured {
            loss: f64::NAN,
            score: f64::NAN,
        };
        Facts {
            known: false,
            at: 0,
            epoch: 0,
            train: unknown,
            validation: unknown,
            score: "accuracy",
        }
    }
}

impl Facts {
    /// A score as one reads it.
    pub(super) fn scored(&self, score: f64) -> String {
        match self.score {
            _ if !score.is_finite() => "–".to_string(),
            "accuracy" => format!("{:.1} %", 100.0 * score),
            _ => brief(score).replace('-', "−"),
        }
    }

    /// A loss as one reads it.
    fn loss(&self, loss: f64) -> String {
        match loss.is_finite() {
            _ if !self.known => "…".to_string(),
            true => brief(loss),
            false => "no number".to_string(),
        }
    }
}

/// Play, one step, one epoch, back to the beginning; how fast; and the figures.
pub(super) fn transport(playing: bool, speed: usize, stage: &Stage) -> Part {
    let facts = &stage.drawn().facts;
    let (send, label) = match playing {
        true => ("play=off", "Pause"),
        false => ("play=on", "Train"),
    };
    let stopped = stage.stopped.map(|stop| match stop {
        Stop::Steps => "It has done all its steps.".to_string(),
        Stop::Patience { best_epoch } => format!("It stopped: no better since epoch {best_epoch}."),
        Stop::Accuracy(score) => format!("It stopped: {} is good enough.", facts.scored(score)),
        Stop::Diverged { step } => format!("It stopped: the loss of step {step} is no finite number."),
    });
    let fact = |name: &str, value: String, more: String| {
        html! { div { dt { (name) } dd { (value) " " small { (more) } } } }
    };
    Part::new("div", "transport")
        .with("class", "transport")
        .with("role", "group")
        .with("aria-label", "Training")
        .html(html! {
            button.run type="button" data-send=(send) aria-pressed=(playing) aria-label=(label) title=(label) {}
        })
        .html(html! { button type="button" data-add="do_steps" value="1" title="One step: one batch of rows, every weight moved once" { "1 step" } })
        .html(html! { button type="button" data-add="do_epochs" value="1" title="To the end of this epoch: every training row seen once" { "1 epoch" } })
        .html(html! { button type="button" data-send="reset=1" title="Back to new weights, with everything as it is chosen now" { "reset" } })
        .html(html! {
            label {
                span { "speed" }
                select data-set="speed" data-once="" {
                    @for (place, (name, text, _)) in SPEEDS.iter().enumerate() {
                        option value=(name) selected[place == speed] { (text) }
                    }
                }
            }
        })
        .html(html! { span.muted role="status" { @if let Some(why) = &stopped { (why) } } })
        .html(html! {
            dl.facts {
                (fact("epoch", count(facts.epoch), format!("step {}", count(facts.at))))
                (fact("training loss", facts.loss(facts.train.loss), facts.scored(facts.train.score)))
                (fact("validation loss", facts.loss(facts.validation.loss), String::new()))
                (fact(facts.score, facts.scored(facts.validation.score), "on validation rows".to_string()))
            }
        })
}

/// The time machine: every step there was.
pub(super) fn time(stage: &Stage) -> Part {
    let (at, latest) = (stage.bound_for(), stage.run().latest());
    Part::new("div", "time")
        .with("class", "time")
        .html(html! { label for="p-at" title="Every step is kept: go to any of them" { "step" } })
        .html(html! {
            input #p-at type="range" min="0" max=(latest.max(1)) step="1" value=(at) data-set="step" data-once="" data-follows=""
                disabled[latest == 0] aria-valuetext=(format!("step {at} of {latest}"));
        })
        .html(html! {
            span.number { input type="number" min="0" max=(latest) step="1" value=(at) data-set="step" data-once="" data-late=""
                data-follows="" disabled[latest == 0] aria-label="step as a number"; }
        })
}

/// What could not be done, and what to do.
pub(super) fn refused(refused: &Refused) -> Markup {
    html! {
        p #p-refused .notice hidden[refused.is_none()] role="alert" {
            @if let Some((name, why)) = refused { b { (name) } ": " (why) }
        }
    }
}

/// What a screen reader says when the run rests.
pub(super) fn heard(stage: &Stage, playing: bool) -> Part {
    let facts = &stage.drawn().facts;
    let quiet = Part::new("div", "heard")
        .with("class", "hidden")
        .with("aria-live", "polite");
    quiet.html(html! {
        p {
            @if !playing && facts.known {
                "Step " (facts.at) ", training loss " (facts.loss(facts.train.loss)) ", validation loss " (facts.loss(facts.validation.loss)) ", "
                (facts.score) " " (facts.scored(facts.validation.score))
            }
        }
    })
}
