//! How far all the trainings of a fit are.

use std::{
    ops::ControlFlow,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use crate::{checkpoint::Board, standing::Standing, train::Epoch};

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
    /// Where trainings are put aside, if they are.
    board: Option<Board>,
}

struct Watched<'w> {
    watcher: &'w mut (dyn FnMut(&Progress) -> ControlFlow<()> + Send),
    done: f64,
}

impl<'w> Watch<'w> {
    /// Tells `watcher` of each epoch of trainings that are so much work together, and puts them aside on `board`.
    pub(crate) fn new(
        watcher: &'w mut (dyn FnMut(&Progress) -> ControlFlow<()> + Send),
        work: f64,
        board: Option<Board>,
    ) -> Watch<'w> {
        Watch {
            watched: Mutex::new(Watched { watcher, done: 0.0 }),
            stopped: AtomicBool::new(false),
            work,
            board,
        }
    }

    /// Where trainings are put aside, if they are.
    pub(crate) fn board(&self) -> Option<&Board> {
        self.board.as_ref()
    }

    /// Whether the watcher wants no more.
    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.load(Relaxed)
    }

    /// Watches one training on so many rows, of at most so many epochs.
    pub(crate) fn training(&self, stage: Stage, rows: usize, epochs: usize) -> Watching<'_, 'w> {
        let key = match stage {
            // Each round trains anew, for longer.
            Stage::Search(number) => format!("search {number} for {epochs}"),
            Stage::Network => "network".to_string(),
            Stage::Fold(number) => format!("fold {number}"),
        };
        Watching {
            watch: self,
            stage,
            rows: rows as f64,
            left: epochs,
            most: epochs,
            key,
            round: 0,
            // What begins after the stop is not what would have begun.
            kept: !self.is_stopped(),
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

/// One training that is watched and put aside; when it is dropped, what it left undone counts as done.
pub(crate) struct Watching<'a, 'w> {
    watch: &'a Watch<'w>,
    stage: Stage,
    rows: f64,
    left: usize,
    most: usize,
    /// The training among all of a fit.
    key: String,
    /// When it was put aside last.
    round: u64,
    kept: bool,
}

impl Watching<'_, '_> {
    /// Tells of an epoch, and hears whether to go on.
    pub(crate) fn tell(&mut self, epoch: &Epoch) -> ControlFlow<()> {
        self.left = self.left.saturating_sub(1);
        self.watch.add(self.rows, Some((self.stage, *epoch)))
    }

    /// The most epochs it may have.
    pub(crate) fn most_epochs(&self) -> usize {
        self.most
    }

    /// Whether somebody will ask for its weights; of configurations that are tried only the losses count.
    pub(crate) fn keeps_weights(&self) -> bool {
        !matches!(self.stage, Stage::Search(_))
    }

    fn board(&self) -> Option<&Board> {
        self.watch.board.as_ref().filter(|_| self.kept)
    }

    /// It begins: where it stood when it was put aside, if that can be it.
    pub(crate) fn begin(&mut self, fits: impl FnOnce(&Standing) -> bool) -> Option<Standing> {
        let (round, standing) = self.board()?.begin(&self.key);
        self.round = round;
        let standing = standing.filter(fits)?;
        let epochs = standing.history.len();
        self.left = self.left.saturating_sub(epochs);
        let _ = self.watch.add(self.rows * epochs as f64, None);
        Some(standing)
    }

    /// Whether it is to be put aside: asked between any two batches.
    pub(crate) fn is_due(&self) -> bool {
        self.board().is_some_and(|board| board.is_due(self.round))
    }

    /// Puts it aside.
    pub(crate) fn put_aside(&mut self, standing: Standing) {
        if let Some(board) = self.board() {
            self.round = board.put_aside(&self.key, standing);
        }
    }

    /// It ended, or was stopped, here; asks where that is only when it is put aside.
    pub(crate) fn end(&self, standing: impl FnOnce() -> Standing) {
        if let Some(board) = self.board() {
            board.end(&self.key, Some(standing()));
        }
    }
}

impl Drop for Watching<'_, '_> {
    fn drop(&mut self) {
        let _ = self.watch.add(self.rows * self.left as f64, None);
        if let Some(board) = self.board() {
            board.end(&self.key, None);
        }
    }
}
