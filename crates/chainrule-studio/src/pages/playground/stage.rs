//! A run on the stage of the playground: where it goes, what is drawn of it, and the branch beside it.

use chainrule_learn::Table;
use chainrule_playground::{Change, Data, Event, Run, Setup, Stop, Worked, events_text, parse_events};
use std::collections::VecDeque;

use super::{
    code,
    drawn::{self, Drawn, Job},
    looks::Look,
    surface::{Answers, Grid, View},
};
use crate::page::File;

/// The farthest step that an address may ask for.
const FARTHEST: usize = 2_000_000;
/// The most events a run may have, so that they can stand in an address.
const MOST_EVENTS: usize = 900;

/// A run, the one it is compared with, and what is shown of them.
pub(super) struct Stage {
    run: Run,
    other: Option<Run>,
    /// All columns there are, also those that are no inputs now.
    columns: Vec<String>,
    axes: [usize; 2],
    chosen: Option<(usize, usize)>,
    /// The neuron that the pointer or the focus is on: what it answers stands in the place of the output.
    peeked: Option<(usize, usize)>,
    /// Which weight has the box, where there are too many for one each.
    source: usize,
    /// Whether the window is narrow.
    narrow: bool,
    /// Where the runs go, one place after the other.
    goals: VecDeque<Goal>,
    /// What changed since the picture was drawn, apart from steps.
    changes: usize,
    drawn: Drawn,
    /// What the pictures show.
    answers: Option<Answers>,
    drawn_of: Option<(usize, usize, bool)>,
    quick: bool,
    job: Option<(Job, (usize, usize, bool))>,
    grid: Option<Grid>,
    /// Why the run stopped by itself.
    pub(super) stopped: Option<Stop>,
    /// Whether the other run is the one that was forked from this one, or the fork.
    swapped: bool,
}

/// A place to go to.
#[derive(Clone, Copy)]
enum Goal {
    Run(usize),
    Other(usize),
}

impl Stage {
    /// A run with what was chosen, at step 0.
    pub(super) fn open(setup: &Setup, own: Option<&Table>, before: Option<&Stage>) -> Result<Stage, String> {
        let data = Data::open(setup, own).map_err(|error| error.to_string())?;
        let of = |data: &Data| data.columns().iter().map(|column| column.name.clone()).collect();
        let columns: Vec<String> = match setup.get("inputs")?.is_empty() {
            true => of(&data),
            false => {
                let mut all = setup.clone();
                all.set("inputs", "")?;
                Data::open(&all, own).map_or_else(|_| of(&data), |data| of(&data))
            }
        };
        let run = Run::new(setup.clone(), data).map_err(|error| error.to_string())?;
        let axes = match before {
            Some(before) if before.columns == columns && View::of(run.data(), before.axes) != View::Nothing => {
                before.axes
            }
            _ => View::usual(run.data()),
        };
        let mut stage = Stage {
            other: None,
            columns,
            axes,
            chosen: None,
            peeked: None,
            source: 0,
            narrow: before.is_some_and(|before| before.narrow),
            goals: VecDeque::new(),
            changes: 0,
            drawn: Drawn::default(),
            answers: None,
            drawn_of: None,
            quick: false,
            job: None,
            grid: None,
            stopped: None,
            swapped: false,
            run,
        };
        stage.chosen = before
            .and_then(|before| before.chosen)
            .filter(|chosen| stage.has(*chosen));
        if let Some(before) = before {
            // Something to look at until the first picture is ready.
            stage.drawn = before.drawn.clone();
        }
        Ok(stage)
    }

    pub(super) fn run(&self) -> &Run {
        &self.run
    }

    pub(super) fn other(&self) -> Option<&Run> {
        self.other.as_ref()
    }

    pub(super) fn swapped(&self) -> bool {
        self.swapped
    }

    pub(super) fn columns(&self) -> &[String] {
        &self.columns
    }

    pub(super) fn axes(&self) -> [usize; 2] {
        self.axes
    }

    pub(super) fn chosen(&self) -> Option<(usize, usize)> {
        self.chosen
    }

    pub(super) fn peeked(&self) -> Option<(usize, usize)> {
        self.peeked
    }

    pub(super) fn source(&self) -> usize {
        self.source
    }

    pub(super) fn is_narrow(&self) -> bool {
        self.narrow
    }

    /// Says whether the window is narrow.
    pub(super) fn set_narrow(&mut self, narrow: bool) {
        self.changes += usize::from(self.narrow != narrow);
        self.narrow = narrow;
    }

    /// Looks at a neuron, `LAYER.NEURON`, or at none. What it answers is there already, so nothing is computed.
    pub(super) fn peek(&mut self, value: &str) {
        self.peeked = neuron(value).filter(|peeked| self.has(*peeked));
        if self.answers.is_some() {
            self.drawn.surface = drawn::surface(self, self.answers.as_ref());
        }
    }

    /// Whether it is drawn quickly, because it is played.
    pub(super) fn is_quick(&self) -> bool {
        self.quick
    }

    pub(super) fn drawn(&self) -> &Drawn {
        &self.drawn
    }

    /// The step it stands at, or goes to.
    pub(super) fn bound_for(&self) -> usize {
        let goals = self.goals.iter().rev();
        let last = goals.filter_map(|goal| match goal {
            Goal::Run(step) => Some(*step),
            Goal::Other(_) => None,
        });
        last.take(1).next().unwrap_or(self.run.at())
    }

    fn has(&self, (layer, place): (usize, usize)) -> bool {
        self.run
            .network()
            .widths()
            .get(layer)
            .is_some_and(|width| place < *width)
    }

    /// What was done since the beginning, as an address has it: events, the branch beside it, and the steps of `to`, `step` and
    /// `other_to`.
    pub(super) fn replay(
        &mut self,
        events: Option<&str>,
        other: Option<&str>,
        steps: [Option<usize>; 3],
    ) -> Result<(), String> {
        let [to, at, other_to] = steps.map(|step| step.map(|step: usize| step.min(FARTHEST)));
        let with = |events: Vec<Event>| {
            let run = Run::with_events(self.run.setup().clone(), self.run.data().clone(), events);
            run.map_err(|error| error.to_string())
        };
        let run = events.map(|text| with(parse_events(text)?)).transpose()?;
        self.other = other.map(|text| with(parse_events(text)?)).transpose()?;
        if let Some(run) = run {
            self.run = run;
        }
        self.goals = [to.map(Goal::Run), at.map(Goal::Run), other_to.map(Goal::Other)]
            .into_iter()
            .flatten()
            .collect();
        self.changes += 1;
        Ok(())
    }

    /// What an address says of it.
    pub(super) fn moved(&self, put: &mut impl FnMut(&str, String)) {
        let run = &self.run;
        if !run.events().is_empty() {
            put("events", events_text(run.events()));
        }
        let at = self.bound_for();
        if run.latest() > at {
            put("to", run.latest().to_string());
        }
        if at > 0 {
            put("step", at.to_string());
        }
        if let Some(other) = &self.other {
            put("other", events_text(other.events()));
            put("other_to", other.latest().to_string());
        }
        if let Some((layer, place)) = self.chosen {
            put("chosen", format!("{layer}.{place}"));
        }
        let usual = View::usual(run.data());
        for (name, place, usual) in [("x", self.axes[0], usual[0]), ("y", self.axes[1], usual[1])] {
            if place != usual {
                put(name, place.to_string());
            }
        }
    }

    /// A neuron to look at, or the columns along which the output is shown.
    pub(super) fn choose(&mut self, name: &str, value: &str) {
        match name {
            "chosen" => {
                let chosen = neuron(value);
                self.chosen = chosen.filter(|chosen| self.has(*chosen) && self.chosen != Some(*chosen));
            }
            "source" => self.source = value.parse().unwrap_or(self.source),
            "x" | "y" => {
                let axis = usize::from(name == "y");
                let place = value.parse().unwrap_or(usize::MAX);
                if View::of(self.run.data(), [place, place]) != View::Nothing {
                    self.axes[axis] = place;
                    self.grid = None;
                }
            }
            _ => return,
        }
        self.look_again();
    }

    /// What is shown is not what there is any more.
    pub(super) fn look_again(&mut self) {
        self.changes += 1;
    }

    pub(super) fn seek(&mut self, step: usize) {
        self.goals = [Goal::Run(step.min(self.run.latest()))].into();
    }

    /// Some steps or epochs more.
    pub(super) fn go_on(&mut self, count: usize, epochs: bool) {
        let at = self.run.at();
        let (steps, done) = self.run.steps_of_epoch();
        let count = if epochs {
            (count * steps).saturating_sub(done)
        } else {
            count
        };
        self.stopped = None;
        self.goals = [Goal::Run(at.saturating_add(count))].into();
    }

    pub(super) fn change(&mut self, name: &str, value: &str) -> Result<(), String> {
        self.done(Change::choice(name, value)?)
    }

    /// Sets a weight, named as in an event.
    pub(super) fn set_weight(&mut self, name: &str, value: &str) -> Result<(), String> {
        let event: Event = format!("0:{name}={value}").parse()?;
        self.done(event.change)
    }

    fn done(&mut self, change: Change) -> Result<(), String> {
        if self.run.events().len() >= MOST_EVENTS {
            return Err(format!(
                "{MOST_EVENTS} changes by hand are as many as an address can hold: reset, or fork"
            ));
        }
        self.goals.clear();
        self.run.change(change).map_err(|error| error.to_string())?;
        self.stopped = None;
        self.changes += 1;
        Ok(())
    }

    /// Takes another way from here: `NAME=VALUE` with semicolons between them, or nothing to take the same one.
    pub(super) fn fork(&mut self, changes: &str) -> Result<(), String> {
        let pairs: Vec<(&str, &str)> = changes.split(',').filter_map(|pair| pair.split_once(':')).collect();
        let fork = self
            .run
            .fork(self.run.at(), &pairs)
            .map_err(|error| error.to_string())?;
        self.other = Some(std::mem::replace(&mut self.run, fork));
        (self.swapped, self.stopped) = (false, None);
        self.goals.clear();
        self.changes += 1;
        Ok(())
    }

    /// Goes on with the branch beside this one.
    pub(super) fn swap(&mut self) {
        if let Some(other) = &mut self.other {
            std::mem::swap(&mut self.run, other);
            (self.swapped, self.stopped) = (!self.swapped, None);
            self.goals.clear();
            self.changes += 1;
        }
    }

    pub(super) fn drop_other(&mut self) {
        self.other = None;
        self.changes += 1;
    }

    pub(super) fn is_seeking(&self) -> bool {
        !self.goals.is_empty()
    }

    /// Goes on to where it is bound for until it is enough; whether there is more to do.
    pub(super) fn work(&mut self, enough: &mut dyn FnMut() -> bool) -> Result<bool, String> {
        while let Some(goal) = self.goals.front().copied() {
            let (run, step) = match goal {
                Goal::Run(step) => (Some(&mut self.run), step),
                Goal::Other(step) => (self.other.as_mut(), step),
            };
            let Some(run) = run else {
                self.goals.pop_front();
                continue;
            };
            if run.at() != step && run.sought() != Some(step) {
                run.seek(step);
            }
            let worked = match run.at() == step {
                true => Worked::Arrived,
                false => run.work(enough).map_err(|error| error.to_string())?,
            };
            match worked {
                Worked::More => return Ok(true),
                Worked::Stopped(stop) => self.stopped = Some(stop),
                Worked::Arrived => {}
            }
            self.goals.pop_front();
            self.changes += usize::from(matches!(goal, Goal::Other(_)));
        }
        Ok(false)
    }

    /// Plays so many steps, or any number, until it is enough; whether the run goes on after that.
    pub(super) fn play(&mut self, steps: Option<usize>, enough: &mut dyn FnMut() -> bool) -> Result<bool, String> {
        if let Some(steps) = steps {
            self.run.seek(self.run.at().saturating_add(steps));
        }
        match self.run.work(enough).map_err(|error| error.to_string())? {
            Worked::Stopped(stop) => {
                self.stopped = Some(stop);
                Ok(false)
            }
            Worked::Arrived | Worked::More => {
                self.stopped = None;
                Ok(true)
            }
        }
    }

    fn now(&self, quick: bool) -> (usize, usize, bool) {
        (self.run.at(), self.changes, quick)
    }

    /// Whether there is something to draw that is not drawn, or not so finely as it is when nothing is played.
    pub(super) fn is_behind(&self, quick: bool) -> bool {
        self.drawn_of != Some(self.now(quick))
    }

    /// Draws what there is until it is enough, quickly while it is played; whether all is drawn.
    pub(super) fn draw(&mut self, look: Look, quick: bool, enough: &mut dyn FnMut() -> bool) -> bool {
        if self.quick != quick {
            (self.quick, self.grid) = (quick, None);
        }
        let now = self.now(quick);
        if self.job.as_ref().is_none_or(|(_, of)| *of != now) {
            let grid = self
                .grid
                .get_or_insert_with(|| Grid::new(self.run.data(), self.axes, quick));
            let follows = self.drawn_of.is_some_and(|(_, changes, _)| changes == self.changes);
            self.job = Some((Job::new(&self.run, grid, look, quick, follows, &self.drawn), now));
        }
        let Some((mut job, of)) = self.job.take() else {
            return true;
        };
        if !job.work(self, enough) {
            self.job = Some((job, of));
            return false;
        }
        (self.drawn, self.answers) = job.drawn(self);
        self.drawn_of = Some(of);
        true
    }

    /// A file to keep.
    pub(super) fn file(&self, name: &str) -> Option<File> {
        match self.is_seeking() {
            true => None,
            false => code::file(&self.run, name),
        }
    }
}

/// Which neuron `LAYER.NEURON` is.
fn neuron(text: &str) -> Option<(usize, usize)> {
    let (layer, place) = text.split_once('.')?;
    Some((layer.parse().ok()?, place.parse().ok()?))
}
