//! The course of the losses, in bounded memory.

/// The figures after an epoch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EpochFigures {
    /// Its number, from 1.
    pub epoch: usize,
    /// How many steps were done when it ended.
    pub step: usize,
    /// The mean loss over its batches, while the weights were moving, with penalties if there are any.
    pub train_loss: f64,
    /// The mean loss over the validation rows after it.
    pub validation_loss: f64,
    /// The accuracy on the validation rows, or R² of numbers.
    pub validation_score: f64,
}

/// What is measured while an epoch goes on, and the best so far.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Meter {
    /// The sum of the losses of this epoch's rows, and how many there were.
    pub sum: f64,
    pub rows: usize,
    /// The smallest validation loss and the epoch that had it.
    pub best: (f64, usize),
    /// The score after the last epoch.
    pub score: f64,
    /// The first step whose loss was no finite number.
    pub diverged: Option<usize>,
}

impl Default for Meter {
    fn default() -> Meter {
        Meter {
            sum: 0.0,
            rows: 0,
            best: (f64::INFINITY, 0),
            score: f64::NAN,
            diverged: None,
        }
    }
}

/// The course of the losses: every step's and every epoch's, until there are too many; then means of some steps, and every so
/// manieth epoch.
#[derive(Clone, Debug)]
pub struct History {
    /// How many steps are one mean.
    every: usize,
    means: Vec<f64>,
    sum: f64,
    count: usize,
    epochs: Vec<EpochFigures>,
    /// Which epochs are kept: those whose number this divides.
    every_epoch: usize,
}

/// The most means and epochs that are kept; an even number.
const MOST: usize = 8192;

impl Default for History {
    fn default() -> History {
        History {
            every: 1,
            means: vec![],
            sum: 0.0,
            count: 0,
            epochs: vec![],
            every_epoch: 1,
        }
    }
}

impl History {
    /// Adds the loss before the step that led to `step`.
    pub(crate) fn push(&mut self, step: usize, loss: f64) {
        self.sum += loss;
        self.count += 1;
        if !step.is_multiple_of(self.every) {
            return;
        }
        self.means.push(self.sum / self.count as f64);
        (self.sum, self.count) = (0.0, 0);
        if self.means.len() >= MOST {
            self.means = self
                .means
                .chunks_exact(2)
                .map(|pair| (pair[0] + pair[1]) / 2.0)
                .collect();
            self.every *= 2;
        }
    }

    pub(crate) fn push_epoch(&mut self, figures: EpochFigures) {
        if figures.epoch.is_multiple_of(self.every_epoch) {
            self.epochs.push(figures);
        }
        if self.epochs.len() >= MOST {
            self.every_epoch *= 2;
            let every = self.every_epoch;
            self.epochs.retain(|figures| figures.epoch.is_multiple_of(every));
        }
    }

    /// Forgets what came after a step.
    pub(crate) fn cut(&mut self, step: usize) {
        self.means.truncate(step / self.every);
        (self.sum, self.count) = (0.0, 0);
        self.epochs.retain(|figures| figures.step <= step);
    }

    /// The training loss: a number of steps done, and the mean loss of the batches of the steps before it since the last one.
    pub fn losses(&self) -> impl Iterator<Item = (usize, f64)> {
        let means = self.means.iter().enumerate();
        means.map(|(place, mean)| ((place + 1) * self.every, *mean))
    }

    /// How many steps one of the [`losses`](History::losses) is the mean of.
    pub fn steps_per_loss(&self) -> usize {
        self.every
    }

    /// The figures after each epoch that is kept, in order.
    pub fn epochs(&self) -> &[EpochFigures] {
        &self.epochs
    }

    /// How many bytes it takes.
    pub(crate) fn bytes(&self) -> usize {
        self.means.capacity() * 8 + self.epochs.capacity() * size_of::<EpochFigures>()
    }
}
