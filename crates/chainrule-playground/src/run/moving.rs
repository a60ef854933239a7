//! How a run moves: step by step, back to states that were kept, and under other choices.

use super::{Run, Stop};
use crate::{
    error::Result,
    events::LAST_STEP,
    history::EpochFigures,
    keyframes::Keyframe,
    training::{Training, copy_weights, loss_name, set_weights, weights, with_activation},
};

impl Run {
    /// Forgets what came after a step, and stands there with the figures it had then.
    pub(super) fn cut(&mut self, step: usize) -> Result<()> {
        self.keyframes.cut(step);
        self.history.cut(step);
        self.restore(step);
        if let Some(keyframe) = self.keyframes.before(step) {
            self.meter = keyframe.meter;
        }
        // What was measured since the last state is measured again.
        while self.at < step {
            let loss = self.move_on()?;
            self.count(loss)?;
            if self.at == step {
                self.keep();
            }
            self.by_hand();
        }
        self.latest = step;
        self.goal = None;
        Ok(())
    }

    /// Stands at the last state that is not after a step.
    pub(super) fn restore(&mut self, step: usize) {
        let Some(keyframe) = self.keyframes.before(step).cloned() else {
            return;
        };
        let setup = self.course.setup(keyframe.leg).clone();
        let mut network = with_activation(self.shown.clone(), &setup);
        set_weights(&mut network, &keyframe.weights);
        self.batches.resize(setup.batch, &self.data);
        self.training = Training::new(
            &setup,
            !self.data.classes().is_empty(),
            network,
            keyframe.memory.clone(),
        );
        (self.at, self.leg) = (keyframe.step, keyframe.leg);
        self.by_hand();
    }

    /// Puts weights that were set by hand at this step in their place.
    pub(super) fn by_hand(&mut self) {
        for (which, value) in self.course.weights(self.at) {
            self.training.set(which, value);
        }
    }

    /// Brings the network that is shown to the step.
    pub(super) fn show(&mut self) {
        copy_weights(self.training.network(), &mut self.shown);
        let setup = self.course.setup(self.course.leg(self.at));
        let hidden = self
            .shown
            .activations
            .first()
            .filter(|_| self.shown.activations.len() > 1);
        if hidden.is_some_and(|activation| activation.to_string() != setup.activation) {
            self.shown = with_activation(self.shown.clone(), setup);
        }
    }

    /// One step, and all that is written down at the end of the known.
    pub(super) fn advance(&mut self) -> Result<()> {
        let new = self.at == self.latest;
        let loss = self.move_on()?;
        if new {
            self.latest = self.at;
            self.history.push(self.at, loss);
            if let Some(figures) = self.count(loss)? {
                self.history.push_epoch(figures);
            }
            self.stop_or_go_on();
            if self.keyframes.wants(self.at) {
                self.keep();
            }
        }
        self.by_hand();
        Ok(())
    }

    /// Moves the weights one step, under the choices of its leg; says the loss before it.
    pub(super) fn move_on(&mut self) -> Result<f64> {
        let leg = self.course.leg(self.at);
        if leg != self.leg {
            self.enter(leg);
        }
        let place = self.course.place(self.at);
        let batch = self.batches.next(place, self.course.setup(leg).seed, &self.data);
        let loss = self.training.run(batch)?;
        self.at += 1;
        Ok(loss)
    }

    /// Goes on under the choices of another leg.
    pub(super) fn enter(&mut self, leg: usize) {
        let (before, setup) = (self.course.setup(self.leg), self.course.setup(leg));
        let memory = match before.optimizer == setup.optimizer {
            true => self.training.memory(),
            false => vec![],
        };
        let network = with_activation(self.training.network().clone(), setup);
        self.batches.resize(setup.batch, &self.data);
        self.training = Training::new(setup, !self.data.classes().is_empty(), network, memory);
        self.leg = leg;
    }

    /// Keeps the state at this step.
    pub(super) fn keep(&mut self) {
        let keyframe = Keyframe {
            step: self.at,
            weights: weights(self.training.network()),
            memory: self.training.memory(),
            leg: self.leg,
            meter: self.meter,
        };
        self.keyframes.push(keyframe);
    }

    /// Counts the loss before the step that was just done; gives the figures of the epoch if it ended.
    pub(super) fn count(&mut self, loss: f64) -> Result<Option<EpochFigures>> {
        let done = self.course.place(self.at - 1);
        let rows = self.data.train().rows.len();
        let size = self.course.setup(self.leg).batch.min(rows);
        let rows = size.min(rows - done.batch * size);
        if !loss.is_finite() && self.meter.diverged.is_none() {
            self.meter.diverged = Some(self.at - 1);
        }
        self.meter.sum += loss * rows as f64;
        self.meter.rows += rows;
        if done.batch + 1 < done.batches {
            return Ok(None);
        }
        let classes = self.data.classes().len();
        let name = loss_name(self.course.setup(self.leg), classes > 0)?;
        let network = self.training.network();
        let validation = self.measure.of(network, self.data.validation(), name, classes)?;
        let figures = EpochFigures {
            epoch: done.epoch + 1,
            step: self.at,
            train_loss: self.meter.sum / self.meter.rows as f64,
            validation_loss: validation.loss,
            validation_score: validation.score,
        };
        (self.meter.sum, self.meter.rows) = (0.0, 0);
        self.meter.score = validation.score;
        if validation.loss < self.meter.best.0 {
            self.meter.best = (validation.loss, figures.epoch);
        }
        Ok(Some(figures))
    }

    /// Whether the run should stop at its latest step.
    pub(super) fn stop_or_go_on(&mut self) {
        let setup = self.course.setup(self.course.leg(self.latest));
        let (_, best_epoch) = self.meter.best;
        let epoch = self.course.place(self.latest).epoch;
        self.stopped = match setup.stop.as_str() {
            _ if self.meter.diverged.is_some() => self.meter.diverged.map(|step| Stop::Diverged { step }),
            _ if self.latest >= LAST_STEP => Some(Stop::Steps),
            "steps" if self.latest >= setup.steps => Some(Stop::Steps),
            "patience" if epoch >= best_epoch + setup.patience => Some(Stop::Patience { best_epoch }),
            "accuracy" if self.meter.score >= setup.accuracy => Some(Stop::Accuracy(self.meter.score)),
            _ => None,
        };
    }
}
