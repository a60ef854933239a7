//! A run: a training that can be played, scrubbed, changed by hand and forked.

mod moving;

use std::sync::Arc;

use chainrule::{Mlp, Module};

use crate::{
    course::{Course, Place},
    data::Data,
    error::{Error, Result},
    events::{Change, Event, LAST_STEP, Weight},
    history::{History, Meter},
    keyframes::{Keyframe, Keyframes},
    measure::{Measure, Measured},
    setup::Setup,
    training::{Batches, Training, first_network, loss_name, weight, weights},
};

/// A training that remembers every step: one can go on, go to any step that was reached, change something by hand there, and
/// fork.
///
/// Every step follows from the setup, the data and the events: the same three give the same weights, to the bit. So states
/// are kept now and then, and those between are computed again.
///
/// ```
/// use chainrule_playground::{Data, Run, Setup, Worked};
/// let setup = Setup::default();
/// let data = Data::open(&setup, None)?;
/// let mut run = Run::new(setup, data)?;
/// run.seek(1000);
/// while run.work(&mut || false)? == Worked::More {} // `|| false`: never enough
/// let end = run.weights();
/// run.seek(37);
/// run.work(&mut || false)?;
/// assert_eq!((run.at(), run.latest()), (37, 1000));
/// run.seek(1000);
/// run.work(&mut || false)?;
/// assert_eq!(run.weights(), end);
/// # Ok::<(), chainrule_playground::Error>(())
/// ```
pub struct Run {
    setup: Setup,
    data: Data,
    events: Vec<Event>,
    course: Course,
    training: Training,
    batches: Batches,
    /// The leg that the training is of.
    leg: usize,
    at: usize,
    latest: usize,
    goal: Option<usize>,
    stopped: Option<Stop>,
    /// Of the step that is shown while that is the latest; otherwise of the latest.
    meter: Meter,
    keyframes: Keyframes,
    history: History,
    measure: Measure,
    /// The network at the step that is shown.
    shown: Mlp,
}

/// Why work ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Worked {
    /// It was told that it is enough; there is more to do.
    More,
    /// The step that was sought is reached.
    Arrived,
    /// The run has stopped by itself at its latest step.
    Stopped(Stop),
}

/// Why a run stopped by itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stop {
    /// It has done as many steps as it should.
    Steps,
    /// The validation loss got no better for as many epochs as it may.
    Patience {
        /// The epoch with the best one.
        best_epoch: usize,
    },
    /// The score on the validation rows is good enough.
    Accuracy(f64),
    /// The loss of this step was no finite number.
    Diverged {
        /// The step, counted from 0.
        step: usize,
    },
}

impl Run {
    /// A run that stands at step 0.
    ///
    /// # Errors
    /// When the network would be too large, or the loss does not fit the task.
    pub fn new(setup: Setup, data: Data) -> Result<Run> {
        Run::with_events(setup, data, vec![])
    }

    /// A run with its events, which come true when their steps are reached: as it was written down somewhere.
    ///
    /// # Errors
    /// As [`Run::new`]; or when an event cannot be.
    pub fn with_events(setup: Setup, data: Data, events: Vec<Event>) -> Result<Run> {
        let classes = !data.classes().is_empty();
        loss_name(&setup, classes)?;
        let network = first_network(&setup, &data)?;
        for event in &events {
            check(event, &network, classes)?;
        }
        let course = Course::new(&setup, data.train().rows.len(), &events)?;
        let first = Keyframe {
            step: 0,
            weights: weights(&network),
            memory: vec![],
            leg: 0,
            meter: Meter::default(),
        };
        let mut run = Run {
            batches: Batches::new(setup.batch, &data),
            training: Training::new(&setup, classes, network.clone(), vec![]),
            keyframes: Keyframes::new(first),
            shown: network,
            leg: 0,
            at: 0,
            latest: 0,
            goal: None,
            stopped: None,
            meter: Meter::default(),
            history: History::default(),
            measure: Measure::default(),
            setup,
            data,
            events,
            course,
        };
        run.by_hand();
        run.show();
        Ok(run)
    }

    /// What was chosen at the beginning.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// What holds for the step after the one that is shown: the setup, with what was chosen anew since.
    pub fn choices(&self) -> &Setup {
        self.course.setup(self.course.leg(self.at))
    }

    /// The rows it learns from.
    pub fn data(&self) -> &Data {
        &self.data
    }

    /// What was done to it by hand, by steps.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// How many steps the network that is shown has done.
    pub fn at(&self) -> usize {
        self.at
    }

    /// How many steps were done at most.
    pub fn latest(&self) -> usize {
        self.latest
    }

    /// How many epochs are done at the step that is shown.
    pub fn epoch(&self) -> usize {
        self.course.place(self.at).epoch
    }

    /// How many steps an epoch has from here on, and how many of this one are done.
    pub fn steps_of_epoch(&self) -> (usize, usize) {
        let Place { batch, batches, .. } = self.course.place(self.at);
        (batches, batch)
    }

    /// The step that is sought, until it is reached.
    pub fn sought(&self) -> Option<usize> {
        self.goal
    }

    /// Why the run has stopped by itself at its latest step, if it has.
    pub fn stopped(&self) -> Option<Stop> {
        self.stopped
    }

    /// The course of its losses.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// The network at the step that is shown.
    pub fn network(&self) -> &Mlp {
        &self.shown
    }

    /// All weights at the step that is shown, layer after layer: the weights of a layer row after row, then its biases.
    pub fn weights(&self) -> Vec<f64> {
        weights(&self.shown)
    }

    /// A weight or a bias at the step that is shown.
    pub fn weight(&self, which: Weight) -> Option<f64> {
        weight(&self.shown, which)
    }

    /// The loss and the score at the step that is shown, on all training rows and on all validation rows.
    ///
    /// # Errors
    /// When the network cannot answer for the rows, which a sound run never says.
    pub fn measured(&self) -> Result<(Measured, Measured)> {
        let classes = self.data.classes().len();
        let name = loss_name(self.choices(), classes > 0)?;
        let mut measure = Measure::default();
        let mut of = |part| measure.of(&self.shown, part, name, classes);
        Ok((of(self.data.train())?, of(self.data.validation())?))
    }

    /// How many bytes the past takes: states and the course of the losses.
    pub fn memory(&self) -> usize {
        self.keyframes.bytes() + self.history.bytes()
    }

    /// States that were kept: their steps and their weights, for the path that training took.
    pub(crate) fn kept(&self) -> &[Arc<Keyframe>] {
        self.keyframes.all()
    }

    /// The batch that the next step looks at.
    pub(crate) fn next_batch(&self) -> crate::training::Batch {
        let choices = self.choices();
        let place = self.course.place(self.at);
        let size_fits = |batches: &Batches| batches.look(place, choices.seed, &self.data);
        match self.leg == self.course.leg(self.at) {
            true => size_fits(&self.batches),
            false => size_fits(&Batches::new(choices.batch, &self.data)),
        }
    }

    /// Does one step, whether or not the run has stopped.
    ///
    /// # Errors
    /// When the step cannot be computed, which a sound run never says.
    pub fn step(&mut self) -> Result<()> {
        self.goal = None;
        let done = self.advance();
        self.show();
        done
    }

    /// Sets out for a step, past or to come; [`work`](Run::work) goes there.
    pub fn seek(&mut self, step: usize) {
        let step = step.min(LAST_STEP);
        self.goal = Some(step);
        let nearer = self.keyframes.before(step).filter(|keyframe| keyframe.step > self.at);
        if step < self.at || nearer.is_some() {
            self.restore(step);
            self.show();
        }
    }

    /// Goes on until it is `enough`, which is asked after every step: to the step that is sought, otherwise on and on.
    ///
    /// # Errors
    /// When a step cannot be computed, which a sound run never says.
    pub fn work(&mut self, enough: &mut dyn FnMut() -> bool) -> Result<Worked> {
        let ended = loop {
            if self.goal == Some(self.at) {
                self.goal = None;
                break Ok(Worked::Arrived);
            }
            if let (Some(stop), true) = (self.stopped, self.at == self.latest) {
                self.goal = None;
                break Ok(Worked::Stopped(stop));
            }
            if let Err(error) = self.advance() {
                break Err(error);
            }
            if enough() && self.goal != Some(self.at) {
                break Ok(Worked::More);
            }
        };
        self.show();
        ended
    }

    /// Does something by hand at the step that is shown. What came after it is forgotten: [`fork`](Run::fork) first to keep
    /// it.
    ///
    /// # Errors
    /// When it cannot be; nothing has changed then.
    pub fn change(&mut self, change: Change) -> Result<()> {
        let event = Event { step: self.at, change };
        check(&event, &self.shown, !self.data.classes().is_empty())?;
        let mut events: Vec<Event> = self
            .events
            .iter()
            .filter(|known| known.step <= self.at)
            .cloned()
            .collect();
        events.retain(|known| known.step != event.step || !known.change.is_about(&event.change));
        events.push(event);
        let course = Course::new(&self.setup, self.data.train().rows.len(), &events)?;
        self.cut(self.at)?;
        (self.events, self.course) = (events, course);
        // The leg that begins here may be another one.
        self.restore(self.at);
        self.stop_or_go_on();
        self.show();
        Ok(())
    }

    /// Another run with the same past up to a step, at which these choices are made anew.
    ///
    /// # Errors
    /// When the step was not reached, or a choice cannot be; this run stays as it is.
    pub fn fork(&self, at: usize, changes: &[(&str, &str)]) -> Result<Run> {
        if at > self.latest {
            return Err(Error::new(format!(
                "there is no step {at} to fork from yet: the run has done {}",
                self.latest
            )));
        }
        let changes = changes.iter().map(|(name, value)| Change::choice(name, value));
        let changes: Vec<Change> = changes.collect::<Result<_, _>>().map_err(Error::new)?;
        let events = self.events.iter().filter(|event| event.step <= at).cloned().collect();
        let mut fork = Run::with_events(self.setup.clone(), self.data.clone(), events)?;
        fork.keyframes = self.keyframes.clone();
        fork.history = self.history.clone();
        fork.latest = self.latest;
        fork.cut(at)?;
        fork.restore(at);
        for change in changes {
            fork.change(change)?;
        }
        fork.stop_or_go_on();
        fork.show();
        Ok(fork)
    }
}

/// Refuses an event that this network cannot take.
fn check(event: &Event, network: &Mlp, classes: bool) -> Result<()> {
    match &event.change {
        Change::Choice { name, value } => {
            let mut setup = Setup::default();
            setup.set(name, value).map_err(Error::new)?;
            match *name {
                "loss" => loss_name(&setup, classes).map(|_| ()),
                _ => Ok(()),
            }
        }
        Change::Weight { which, value } => {
            Change::weight(*which, *value).map_err(Error::new)?;
            match weight(network, *which) {
                Some(_) => Ok(()),
                None => Err(Error::new(format!(
                    "there is no such weight in a network of widths {:?} with {} weights: {}",
                    network.widths(),
                    network.parameter_count(),
                    event
                ))),
            }
        }
    }
}
