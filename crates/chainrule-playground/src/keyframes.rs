//! States of a run from which every other one can be computed again.

use std::sync::Arc;

use chainrule::optim::Memory;

use crate::history::Meter;

/// The state of a run on its arrival at a step, before anything is done by hand.
#[derive(Debug)]
pub(crate) struct Keyframe {
    pub step: usize,
    /// All weights, layer after layer.
    pub weights: Vec<f64>,
    /// What the optimizer remembers.
    pub memory: Vec<Memory<f64>>,
    /// Under which leg that was.
    pub leg: usize,
    /// The figures of the epoch so far.
    pub meter: Meter,
}

impl Keyframe {
    /// How many bytes it takes.
    fn bytes(&self) -> usize {
        let remembered = self.memory.iter().flat_map(|memory| &memory.lists).map(Vec::len);
        let lists: usize = self.memory.iter().map(|memory| memory.lists.len() + 1).sum();
        (self.weights.len() + remembered.sum::<usize>()) * 8 + lists * 32 + size_of::<Keyframe>() + 32
    }
}

/// States of a run at equal distances, which grow when they would take too much memory.
#[derive(Clone, Debug)]
pub(crate) struct Keyframes {
    /// By steps; the first is always there.
    kept: Vec<Arc<Keyframe>>,
    /// The distance between those that come.
    every: usize,
    bytes: usize,
}

/// So many bytes, unless the fewest take more.
const MOST_BYTES: usize = 4_000_000;
const FEWEST: usize = 4;
/// The first distance.
const FIRST_EVERY: usize = 16;

impl Keyframes {
    pub fn new(first: Keyframe) -> Keyframes {
        Keyframes {
            bytes: first.bytes(),
            kept: vec![Arc::new(first)],
            every: FIRST_EVERY,
        }
    }

    /// Whether one is wanted at this step.
    pub fn wants(&self, step: usize) -> bool {
        step.is_multiple_of(self.every) && self.kept.last().is_none_or(|last| last.step < step)
    }

    /// Keeps one that comes after all others, and drops every second one when they are too many.
    pub fn push(&mut self, keyframe: Keyframe) {
        if self.kept.last().is_some_and(|last| last.step >= keyframe.step) {
            return;
        }
        self.bytes += keyframe.bytes();
        self.kept.push(Arc::new(keyframe));
        while self.bytes > MOST_BYTES && self.kept.len() > FEWEST {
            self.every *= 2;
            let (every, last) = (self.every, self.kept.len() - 1);
            let mut place = 0;
            self.kept.retain(|keyframe| {
                place += 1;
                keyframe.step.is_multiple_of(every) || place - 1 == last
            });
            self.bytes = self.kept.iter().map(|keyframe| keyframe.bytes()).sum();
        }
    }

    /// The last one that is not after a step.
    pub fn before(&self, step: usize) -> Option<&Arc<Keyframe>> {
        let after = self.kept.partition_point(|keyframe| keyframe.step <= step);
        self.kept.get(after.saturating_sub(1))
    }

    /// Forgets those after a step.
    pub fn cut(&mut self, step: usize) {
        self.kept.retain(|keyframe| keyframe.step <= step);
        self.bytes = self.kept.iter().map(|keyframe| keyframe.bytes()).sum();
    }

    /// All of them, by steps.
    pub fn all(&self) -> &[Arc<Keyframe>] {
        &self.kept
    }

    /// How many bytes they take.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}
