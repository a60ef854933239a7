//! Which batch is looked at in which step, and under which choices: all of it follows from the setup and the events.

use crate::{
    error::{Error, Result},
    events::{Change, Event, Weight},
    setup::Setup,
};

/// The course of a run.
#[derive(Clone, Debug)]
pub(crate) struct Course {
    /// In the order of their beginnings; the first begins at 0.
    legs: Vec<Leg>,
    /// Weights set by hand, by steps.
    weights: Vec<(usize, Weight, f64)>,
    rows: usize,
}

/// Some steps under the same choices.
#[derive(Clone, Debug)]
pub(crate) struct Leg {
    /// Its first step.
    from: usize,
    /// The step from which epochs are counted, and how many there were before.
    origin: (usize, usize),
    /// The choices.
    pub setup: Setup,
}

/// Where a step is in its epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// How many epochs are done.
    pub epoch: usize,
    /// Which batch of this epoch comes next.
    pub batch: usize,
    /// How many batches an epoch has.
    pub batches: usize,
}

impl Course {
    /// The course of a setup with so many training rows and these events.
    pub fn new(setup: &Setup, rows: usize, events: &[Event]) -> Result<Course> {
        let mut course = Course {
            legs: vec![Leg {
                from: 0,
                origin: (0, 0),
                setup: setup.clone(),
            }],
            weights: vec![],
            rows,
        };
        let mut ordered: Vec<&Event> = events.iter().collect();
        ordered.sort_by_key(|event| event.step);
        for event in ordered {
            match &event.change {
                Change::Weight { which, value } => course.weights.push((event.step, *which, *value)),
                Change::Choice { name, value } => course.choose(event.step, name, value)?,
            }
        }
        Ok(course)
    }

    fn choose(&mut self, step: usize, name: &str, value: &str) -> Result<()> {
        let Place { epoch, batch, .. } = self.place(step);
        let Some(last) = self.legs.last() else {
            return Ok(());
        };
        let mut leg = last.clone();
        leg.setup.set(name, value).map_err(Error::new)?;
        let again = (leg.setup.batch, leg.setup.seed) != (last.setup.batch, last.setup.seed);
        if again {
            // Other batches: an epoch that has begun ends here.
            leg.origin = (step, epoch + usize::from(batch > 0));
        }
        leg.from = step;
        match self.legs.last_mut() {
            Some(last) if last.from == step => *last = leg,
            _ => self.legs.push(leg),
        }
        Ok(())
    }

    /// Which leg the step after this one belongs to.
    pub fn leg(&self, step: usize) -> usize {
        self.legs.partition_point(|leg| leg.from <= step).saturating_sub(1)
    }

    /// The choices of a leg.
    pub fn setup(&self, leg: usize) -> &Setup {
        // There is always a first one, and nobody asks for more than there are.
        &self.legs[leg.min(self.legs.len() - 1)].setup
    }

    /// Where a step is in its epoch.
    pub fn place(&self, step: usize) -> Place {
        let leg = &self.legs[self.leg(step)];
        let batches = self.rows.div_ceil(leg.setup.batch.max(1)).max(1);
        let (first, epochs) = leg.origin;
        Place {
            epoch: epochs + (step - first) / batches,
            batch: (step - first) % batches,
            batches,
        }
    }

    /// The weights that are set by hand at a step.
    pub fn weights(&self, step: usize) -> impl Iterator<Item = (Weight, f64)> {
        let from = self.weights.partition_point(|(at, ..)| *at < step);
        let here = self.weights[from..].iter().take_while(move |(at, ..)| *at == step);
        here.map(|&(_, which, value)| (which, value))
    }
}
