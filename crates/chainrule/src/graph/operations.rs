//! The operations that a graph has used, each with what is asked of it for every node, asked once.

use super::Op;
use crate::{float::Float, kernel::singles::Single};
use std::sync::Arc;

/// An operation to record: by its place in the table of rows, or by itself.
pub(crate) enum Apply<T: Float> {
    /// A row without parameters: its position in the table, which is the same in every graph, and the row.
    Row(usize, fn() -> &'static dyn Op<T>),
    /// Any other operation.
    Own(Arc<dyn Op<T>>),
}

/// An operation, either a row of the table or one with parameters of its own.
#[derive(Clone)]
pub(super) enum OpRef<T: Float> {
    Row(&'static dyn Op<T>),
    Own(Arc<dyn Op<T>>),
}

impl<T: Float> OpRef<T> {
    pub(super) fn get(&self) -> &dyn Op<T> {
        match self {
            OpRef::Row(op) => *op,
            OpRef::Own(op) => &**op,
        }
    }
}

/// An operation of a graph, with what is asked of it for every node, asked once.
pub(super) struct Registered<T: Float> {
    pub(super) op: OpRef<T>,
    /// Which arguments ever receive a gradient, as bits; those beyond the last bit count as the last one.
    pub(super) receives: u8,
    /// Its rules for single numbers and how many of them it takes, at most three.
    single: Option<(Single<T>, usize)>,
}

impl<T: Float> Registered<T> {
    fn new(op: OpRef<T>) -> Registered<T> {
        let arity = op.get().arity();
        let receives = (0..arity.map_or(8, |arity| arity.min(8)))
            .filter(|&k| op.get().receives_gradient(k))
            .fold(0, |bits, k| bits | 1 << k);
        let single = arity
            .filter(|arity| (1..=3).contains(arity))
            .and_then(|arity| Some((op.get().single()?, arity)));
        Registered { op, receives, single }
    }

    /// Whether argument `k` ever receives a gradient.
    #[inline]
    pub(super) fn receives(&self, k: usize) -> bool {
        self.receives >> k.min(7) & 1 == 1
    }

    #[inline]
    pub(super) fn get(&self) -> &dyn Op<T> {
        self.op.get()
    }

    /// Its rules for single numbers, if it has them.
    #[inline]
    pub(super) fn single(&self) -> Option<&Single<T>> {
        self.single.as_ref().map(|(single, _)| single)
    }

    /// What is asked most often about it, given its number.
    pub(super) fn row(&self, op: u32) -> Row {
        Row {
            op,
            receives: self.receives,
        }
    }

    /// Its rules for so many single numbers, if it takes so many.
    #[inline]
    pub(super) fn single_of(&self, count: usize) -> Option<&Single<T>> {
        match &self.single {
            Some((single, arity)) if *arity == count => Some(single),
            _ => None,
        }
    }
}

/// What is asked most often about an operation.
#[derive(Clone, Copy)]
pub(super) struct Row {
    /// Its number.
    pub(super) op: u32,
    /// Which arguments ever receive a gradient, as bits.
    pub(super) receives: u8,
}

/// A row of the table that a graph has not used yet.
const UNUSED: Row = Row {
    op: u32::MAX,
    receives: 0,
};

/// How many of the newest operations with parameters are looked through for the same one.
const LOOKED_THROUGH: usize = 4;

/// So many rows of the table are recorded the short way; the table has fewer.
const ROWS: usize = 64;

/// All operations of a graph, in the order of their first use.
pub(super) struct Operations<T: Float> {
    used: Vec<Registered<T>>,
    /// Each row of the table.
    rows: [Row; ROWS],
}

impl<T: Float> Default for Operations<T> {
    fn default() -> Operations<T> {
        Operations {
            used: vec![],
            rows: [UNUSED; ROWS],
        }
    }
}

impl<T: Float> Operations<T> {
    /// Forgets all operations; where all are rows of the table, they stay for the next step.
    pub(super) fn clear(&mut self) {
        if self.used.iter().any(|known| matches!(known.op, OpRef::Own(_))) {
            self.used.clear();
            self.rows = [UNUSED; ROWS];
        }
    }

    /// The operation with this number; none for a source.
    #[inline]
    pub(super) fn get(&self, op: u32) -> Option<&Registered<T>> {
        self.used.get(op as usize)
    }

    /// A row of the table that was used before, and has rules for as many single numbers as it takes arguments, as all
    /// have.
    #[inline]
    pub(super) fn row(&self, row: usize) -> Option<Row> {
        self.rows.get(row).copied().filter(|row| row.op != UNUSED.op)
    }

    /// The number of an operation.
    pub(super) fn register(&mut self, op: Apply<T>) -> u32 {
        match op {
            Apply::Row(row, op) => match self.row(row) {
                Some(known) => known.op,
                None => self.add_row(row, op()),
            },
            Apply::Own(op) => self.register_own(op),
        }
    }

    fn add_row(&mut self, row: usize, op: &'static dyn Op<T>) -> u32 {
        let op = self.add(OpRef::Row(op));
        let registered = &self.used[op as usize];
        if let Some(to) = self.rows.get_mut(row).filter(|_| registered.single().is_some()) {
            *to = registered.row(op);
        }
        op
    }

    /// The neurons of a layer share one operation: that is found again.
    fn register_own(&mut self, op: Arc<dyn Op<T>>) -> u32 {
        let same = |known: &Registered<T>| match &known.op {
            OpRef::Own(known) => std::ptr::addr_eq(Arc::as_ptr(known), Arc::as_ptr(&op)),
            OpRef::Row(_) => false,
        };
        let back = self.used.iter().rev().take(LOOKED_THROUGH).position(same);
        match back {
            Some(back) => (self.used.len() - 1 - back) as u32,
            None => self.add(OpRef::Own(op)),
        }
    }

    fn add(&mut self, op: OpRef<T>) -> u32 {
        self.used.push(Registered::new(op));
        (self.used.len() - 1) as u32
    }
}
