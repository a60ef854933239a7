//! How far all the trainings of a fit are.

use std::{
    ops::ControlFlow,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use crate::train::Epoch;

/// Which of the trainings of a fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// One of the configurations that are tried, counted from 1.
    Search(usize),
    /// The network itself.
    Network,
    /// A fold of the cross-validation, counted from 1.
    Fold(usize),
}

/// How far all the trainings of a fit are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// The training that is under way.
    pub stage: Stage,
    /// Where it stands.
    pub epoch: Epoch,
    /// The share of all the work that is done, from 0 to 1; trainings that end early make it jump.
    pub done: f64,
}

/// Who watches all the trainings, from any thread.
pub(crate) struct Watch<'w> {
    watched: Mutex<Watched<'w>>,
    stopped: AtomicBool,
    /// How much work there is, in rows times epochs.
    work: f64,
}

struct Watched<'w> {
    watcher: &'w mut (dyn FnMut(&Progress) -> ControlFlow<()> + Send),
    done: f64,
}

impl<'w> Watch<'w> {
    /// Tells `watcher` of each epoch of trainings that are so much work together.
    pub(crate) fn new(watcher: &'w mut (dyn FnMut(&Progress) -> ControlFlow<()> + Send), work: f64) -> Watch<'w> {
        let watched = Mutex::new(Watched { watcher, done: 0.0 });
        let stopped = AtomicBool::new(false);
        Watch { watched, stopped, work }
    }

    /// Whether the watcher wants no more.
    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.load(Relaxed)
    }

    /// Watches one training on so many rows, of at most so many epochs.
    pub(crate) fn training(&self, stage: Stage, rows: usize, epochs: usize) -> Watching<'_, 'w> {
        Watching {
            watch: self,
            stage,
            rows: rows as f64,
            left: epochs,
        }
    }

    fn add(&self, work: f64, tell: Option<(Stage, Epoch)>) -> ControlFlow<()> {
        let watched = &mut *self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        watched.done += work;
        let Some((stage, epoch)) = tell else {
            return ControlFlow::Continue(());
        };
        if self.is_stopped() {
            return ControlFlow::Break(());
        }
        let done = if self.work > 0.0 {
            (watched.done / self.work).min(1.0)
        } else {
            1.0
        };
        let goes_on = (watched.watcher)(&Progress { stage, epoch, done });
        if goes_on.is_break() {
            self.stopped.store(true, Relaxed);
        }
        goes_on
    }
}

/// One training that is watched; when it is dropped, what it left undone counts as done.
pub(crate) struct Watching<'a, 'w> {
    watch: &'a Watch<'w>,
    stage: Stage,
    rows: f64,
    left: usize,
}

impl Watching<'_, '_> {
    /// Tells of an epoch, and hears whether to go on.
    pub(crate) fn tell(&mut self, epoch: &Epoch) -> ControlFlow<()> {
        self.left = self.left.saturating_sub(1);
        self.watch.add(self.rows, Some((self.stage, *epoch)))
    }
}

impl Drop for Watching<'_, '_> {
    fn drop(&mut self) {
        let _ = self.watch.add(self.rows * self.left as f64, None);
    }
}
