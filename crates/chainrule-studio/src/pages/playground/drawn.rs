//! What is shown of a run, kept as text: drawn a piece at a time, so that a control never waits for a picture.

use chainrule_learn::Task;
use chainrule_playground::{Finding, Gradients, Measured, Run, doctor};
use maud::html;

use super::{
    facts::Facts,
    formula,
    looks::{self, Look},
    stage::Stage,
    surface::{self, Answers, Grid, View},
    wiring,
};
use crate::{pages::picture::picture, part::Part};

/// Everything drawn of one step.
#[derive(Clone)]
pub(super) struct Drawn {
    pub(super) network: Part,
    pub(super) surface: Part,
    pub(super) formula: Part,
    pub(super) look: Part,
    pub(super) facts: Facts,
    /// What the doctor found when he looked last.
    pub(super) findings: Vec<Finding>,
    /// How many pictures of a training there were since it was played.
    age: usize,
    /// What `look` is a part of.
    looked: Look,
}

/// While the network changes the doctor, and what else takes its time, looks at every so manieth picture.
const VISITS: usize = 12;
/// What one looks at below is drawn with every so manieth: it changes little from one to the next.
const LOOKS: usize = 4;

impl Default for Drawn {
    fn default() -> Drawn {
        Drawn {
            network: Part::new("figure", "network"),
            surface: Part::new("figure", "output"),
            formula: Part::new("div", "formula"),
            look: Part::new("div", "looked").with("class", "looked"),
            facts: Facts::default(),
            findings: vec![],
            age: 0,
            looked: Look::default(),
        }
    }
}

/// A drawing on its way.
pub(super) struct Job {
    answers: Option<Answers>,
    gradients: Option<Gradients>,
    look: Look,
    looking: looks::Looking,
    drawn: Drawn,
    /// Whether it is one of many that follow each other, and whether what one looks at is drawn all the same.
    quick: bool,
    looks: bool,
    done: usize,
    /// The neuron whose answers stand in the place of the output.
    peeked: Option<(usize, usize)>,
}

impl Job {
    /// The drawing of a run. While it goes `quick` not everything is drawn each time: in a picture that `follows` one before,
    /// with nothing but steps between them, the rest is as it was `before`.
    pub(super) fn new(run: &Run, grid: &Grid, look: Look, quick: bool, follows: bool, before: &Drawn) -> Job {
        let age = if quick { before.age + 1 } else { 0 };
        let drawn = Drawn {
            findings: before.findings.clone(),
            look: before.look.clone(),
            age,
            looked: look,
            ..Drawn::default()
        };
        let rests = !quick || age.is_multiple_of(VISITS);
        let kept = (!rests && before.looked == look && look.takes_time()).then(|| before.look.clone());
        Job {
            answers: Answers::new(run, grid).ok(),
            gradients: None,
            look,
            looking: looks::Looking::new(kept),
            drawn,
            quick,
            looks: !follows || age.is_multiple_of(LOOKS),
            done: 0,
            peeked: None,
        }
    }

    /// What was drawn, with the answers it shows.
    pub(super) fn drawn(mut self, stage: &Stage) -> (Drawn, Option<Answers>) {
        if self.peeked != stage.peeked() {
            self.drawn.surface = surface(stage, self.answers.as_ref());
        }
        (self.drawn, self.answers)
    }

    /// Goes on until it is enough; whether all is drawn.
    pub(super) fn work(&mut self, stage: &Stage, enough: &mut dyn FnMut() -> bool) -> bool {
        loop {
            let over = match self.done {
                0 => self
                    .answers
                    .as_mut()
                    .is_none_or(|answers| answers.work(enough).unwrap_or(true)),
                1 => {
                    // They stand in no picture that passes by.
                    if !self.quick {
                        self.gradients = stage.run().gradients().ok();
                    }
                    self.drawn.facts = facts(stage.run());
                    true
                }
                2 => {
                    if self.drawn.age.is_multiple_of(VISITS) {
                        self.drawn.findings = doctor(stage.run()).unwrap_or_default();
                    }
                    true
                }
                3 => {
                    self.drawn.network = self.network(stage);
                    true
                }
                4 => {
                    self.peeked = stage.peeked();
                    self.drawn.surface = surface(stage, self.answers.as_ref());
                    self.drawn.formula = formula::panel(stage);
                    true
                }
                5 if self.looks => self.looking.work(self.look, stage, &self.drawn.findings, enough),
                _ => {
                    if self.looks {
                        self.drawn.look = self.looking.part();
                    }
                    return true;
                }
            };
            self.done += usize::from(over);
            if enough() {
                return false;
            }
        }
    }

    fn network(&self, stage: &Stage) -> Part {
        let figure = Part::new("figure", "network");
        let Some(answers) = &self.answers else { return figure };
        let (gradients, findings) = (self.gradients.as_ref(), &self.drawn.findings);
        let drawn = wiring::picture(
            stage.run(),
            answers,
            gradients,
            stage.chosen(),
            findings,
            stage.is_narrow(),
            self.quick,
        );
        // Many layers do not fit a phone: they are moved under their frame.
        let deep = stage.is_narrow() && drawn.in_page().width.parse().is_ok_and(|width: f64| width > TOO_WIDE);
        let figure = match deep {
            true => figure
                .with("class", "deep")
                .with("tabindex", "0")
                .with("role", "group")
                .with("aria-label", "The network, to be moved sideways"),
            false => figure,
        };
        figure.part(picture("network-picture", &drawn))
    }
}

/// A picture wider than this would be illegible on a phone.
const TOO_WIDE: f64 = 460.0;

/// What the network answers, or the neuron that is looked at.
pub(super) fn surface(stage: &Stage, answers: Option<&Answers>) -> Part {
    let figure = Part::new("figure", "output");
    let run = stage.run();
    let Some(answers) = answers else { return figure };
    let drawn = match stage.peeked() {
        Some(peeked) => surface::neuron(run, answers, peeked, &wiring::called(run, peeked.0, peeked.1)),
        None => surface::picture(run, answers),
    };
    let Some(drawn) = drawn else {
        return figure.html(html! { p.muted { "No column holds numbers, so there is no plane to draw." } });
    };
    let plane = matches!(answers.view, View::Plane(..));
    let others = run.data().columns().len() > if plane { 2 } else { 1 };
    figure.part(picture("output-picture", &drawn)).html(html! {
        figcaption.note {
            @match stage.peeked() {
                Some(peeked) => (formula::line(stage, peeked)),
                None => {
                    @if plane { "Full points are rows it learns from, those with a hole it is judged by." }
                    @if others { " All other columns are at their typical values." }
                }
            }
        }
    })
}

fn facts(run: &Run) -> Facts {
    let measured = run.measured().ok();
    let nothing = Measured {
        loss: f64::NAN,
        score: f64::NAN,
    };
    let (train, validation) = measured.unwrap_or((nothing, nothing));
    Facts {
        known: true,
        at: run.at(),
        epoch: run.epoch(),
        train,
        validation,
        score: match run.data().task() {
            Task::Classification => "accuracy",
            _ => "R²",
        },
    }
}
