//! The ledger: everything computed, in the order it was computed.
//!
//! Invariant: the arguments of a node have smaller ids than the node, and its numbers lie behind
//! theirs in one buffer. So the past is readable while the present is written
//! (`split_at_mut`), and on the way back the present is readable while the past is written.
//! No `Rc`, no recursion, no `unsafe`.

mod backward;
mod blocks;
mod explain;
mod keys;
mod ledger;
mod microscope;
mod needed;
mod node;
mod op;
mod operations;
mod plan;
mod record;
mod replay;
mod singles;
mod trace;
mod var;

pub use backward::{GradientVars, Gradients};
pub(crate) use operations::Apply;
pub(crate) use replay::Replay;

pub use explain::{Explanation, Path, PathStep};
pub use microscope::Partial;
pub use op::{Doc, Here, Moment, Op, Rows, View};
pub use trace::{Origin, TraceNode};
pub(crate) use var::MadeBy;
pub use var::{Operand, Var};

use crate::{
    error::{Error, Fault},
    float::Float,
    shape::Shape,
    tensor::Numbers,
};
use ledger::Ledger;
use std::{
    cell::{Ref, RefCell},
    panic::Location,
    sync::Arc,
};

/// Every value ever computed, in order, with what it was computed from.
///
/// A graph grows as you calculate with its [`Var`]s; numbers are there at once. Use one graph per
/// training step and drop or [`clear`](Graph::clear) it.
///
/// ```
/// use chainrule::Graph;
/// let g = Graph::new();
/// let (a, b, c) = (g.leaf(2.0), g.leaf(-3.0), g.leaf(10.0));
/// let l = (a * b + c) * -2.0;
/// let gradient = l.backward()?;
/// assert_eq!((l.item()?, gradient[a], gradient[b], gradient[c]), (-8.0, 6.0, -4.0, -2.0));
/// # Ok::<(), chainrule::Error>(())
/// ```
pub struct Graph<T: Float = f64> {
    ledger: RefCell<Ledger<T>>,
}

impl Graph<f64> {
    /// An empty graph of `f64`. For `f32` write `Graph::<f32>::default()`.
    pub fn new() -> Graph {
        Graph::default()
    }
}

impl<T: Float> Default for Graph<T> {
    fn default() -> Graph<T> {
        Graph {
            ledger: RefCell::default(),
        }
    }
}

impl<T: Float> Graph<T> {
    /// A value to differentiate with respect to: a number, an array, a [`Tensor`](crate::Tensor),
    /// or numbers with a shape.
    ///
    /// ```
    /// use chainrule::Graph;
    /// let g = Graph::new();
    /// let (scalar, matrix) = (g.leaf(2.0), g.leaf([[1.0, 2.0], [3.0, 4.0]]));
    /// let reshaped = g.leaf(([1.0, 2.0, 3.0, 4.0], [4, 1]));
    /// assert_eq!(reshaped.shape().sizes(), [4, 1]);
    /// # let _ = (scalar, matrix);
    /// ```
    #[track_caller]
    pub fn leaf(&self, numbers: impl Numbers<T>) -> Var<'_, T> {
        self.source(numbers, true, Location::caller())
    }

    /// A value that is not differentiated: data, a label, a known number.
    #[track_caller]
    pub fn constant(&self, numbers: impl Numbers<T>) -> Var<'_, T> {
        self.source(numbers, false, Location::caller())
    }

    /// A value that is not differentiated, with its shape: short for `constant((numbers, shape))`.
    #[track_caller]
    pub fn tensor<S: Copy + Into<Shape>>(&self, numbers: &[T], shape: S) -> Var<'_, T> {
        self.source((numbers, shape), false, Location::caller())
    }

    fn source(&self, numbers: impl Numbers<T>, differentiable: bool, line: &'static Location<'static>) -> Var<'_, T> {
        let id = self.ledger.borrow_mut().source(numbers, differentiable, line);
        self.var(id)
    }

    /// The leaf of the parameter with this key; none before it was added.
    #[inline]
    pub(crate) fn parameter(&self, key: u64) -> Option<Var<'_, T>> {
        let handle = self.ledger.try_borrow().ok()?.parameters.get(key)?;
        Some(Var::from_handle(self, handle))
    }

    /// The leaf of a parameter that has none yet.
    #[cold]
    #[inline(never)]
    #[track_caller]
    pub(crate) fn add_parameter(&self, key: u64, name: &str, numbers: impl Numbers<T>, trainable: bool) -> Var<'_, T> {
        let var = self.source(numbers, trainable, Location::caller());
        let mut ledger = self.ledger.borrow_mut();
        ledger.parameters.insert(key, var.handle());
        if !name.is_empty() {
            ledger.names.insert(var.index(), name.into());
        }
        drop(ledger);
        var
    }

    /// Records an operation and computes it. Never fails: a fault is kept in the node.
    #[track_caller]
    pub fn apply(&self, op: impl Op<T>, arguments: &[Var<'_, T>]) -> Var<'_, T> {
        self.record(Apply::Own(Arc::new(op)), arguments)
    }

    /// [`apply`](Graph::apply) for an operation that others may hold, too.
    #[track_caller]
    pub(crate) fn apply_shared(&self, op: Arc<dyn Op<T>>, arguments: &[Var<'_, T>]) -> Var<'_, T> {
        self.record(Apply::Own(op), arguments)
    }

    #[track_caller]
    pub(crate) fn record(&self, op: Apply<T>, arguments: &[Var<'_, T>]) -> Var<'_, T> {
        self.record_at(op, arguments, Location::caller())
    }

    /// The same for a row of the table, as the methods of `Var` record it: single numbers go a short way.
    #[track_caller]
    pub(crate) fn record_row<const N: usize>(
        &self,
        row: usize,
        op: fn() -> &'static dyn Op<T>,
        arguments: [Var<'_, T>; N],
    ) -> Var<'_, T> {
        self.record_short(row, op, arguments, Location::caller(), |_| None)
    }

    /// The same for a row whose value is so simple that it is computed here and not by a call.
    #[inline]
    #[track_caller]
    pub(crate) fn record_simple<const N: usize>(
        &self,
        row: usize,
        op: fn() -> &'static dyn Op<T>,
        arguments: [Var<'_, T>; N],
        value: impl FnOnce([T; 3]) -> T,
    ) -> Var<'_, T> {
        self.record_short(row, op, arguments, Location::caller(), |x| Some(value(x)))
    }

    #[inline(always)]
    fn record_short<const N: usize>(
        &self,
        row: usize,
        op: fn() -> &'static dyn Op<T>,
        arguments: [Var<'_, T>; N],
        line: &'static Location<'static>,
        simple: impl FnOnce([T; 3]) -> Option<T>,
    ) -> Var<'_, T> {
        if arguments.iter().all(|a| std::ptr::eq(a.graph(), self))
            && let Ok(mut ledger) = self.ledger.try_borrow_mut()
            && let Some(row) = ledger.ops.row(row)
            && let Some((id, differentiable)) = ledger.record_single(row, arguments, line, simple)
        {
            return Var::new(self, id, differentiable);
        }
        self.record_long(row, op, arguments, line)
    }

    #[cold]
    #[inline(never)]
    fn record_long<const N: usize>(
        &self,
        row: usize,
        op: fn() -> &'static dyn Op<T>,
        arguments: [Var<'_, T>; N],
        line: &'static Location<'static>,
    ) -> Var<'_, T> {
        self.record_at(Apply::Row(row, op), &arguments, line)
    }

    #[inline(never)]
    fn record_at(&self, op: Apply<T>, arguments: &[Var<'_, T>], line: &'static Location<'static>) -> Var<'_, T> {
        let mut ledger = self.ledger.borrow_mut();
        let foreign = arguments.iter().any(|a| !std::ptr::eq(a.graph(), self));
        let id = if foreign {
            let fault =
                Fault::new("a value of another graph was used").fix("build every value of a calculation in one graph");
            let name = match &op {
                Apply::Row(_, op) => op().name(),
                Apply::Own(op) => op.name(),
            };
            ledger.push_fault(Error::argument(name, fault, line), line)
        } else {
            ledger.record(op, arguments, line)
        };
        drop(ledger);
        self.var(id)
    }

    /// The handle of the value with this id.
    #[inline]
    pub(crate) fn var(&self, id: u32) -> Var<'_, T> {
        Var::new(self, id, self.read().node(id).differentiable())
    }

    /// The value at a position of the graph, as [`Var::id`] and [`Var::trace`] tell it; none where there is none.
    ///
    /// ```
    /// use chainrule::Graph;
    /// let g = Graph::new();
    /// let a = g.leaf(3.0);
    /// let b = (a * a).square();
    /// let square = g.value_at(b.trace(None)[1].id).ok_or("not there")?;
    /// assert_eq!((square.item()?, g.value_at(99).is_none()), (9.0, true));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn value_at(&self, id: usize) -> Option<Var<'_, T>> {
        let id = u32::try_from(id).ok().filter(|_| id < self.len())?;
        Some(self.var(id))
    }

    /// A value that only carries a fault: for layers and losses that refuse their arguments.
    #[track_caller]
    pub(crate) fn faulty(&self, subject: String, fault: Fault) -> Var<'_, T> {
        let line = Location::caller();
        let mut ledger = self.ledger.borrow_mut();
        let id = ledger.push_fault(Error::shape(subject, fault, line), line);
        Var::new(self, id, false)
    }

    /// A value that only carries an error.
    #[track_caller]
    pub(crate) fn broken(&self, error: Error) -> Var<'_, T> {
        let line = Location::caller();
        let id = self.ledger.borrow_mut().push_fault(error, line);
        Var::new(self, id, false)
    }

    /// The sum of any number of values; 0 for none.
    #[track_caller]
    pub fn sum<'g>(&'g self, values: impl IntoIterator<Item = Var<'g, T>>) -> Var<'g, T> {
        let mut values = values.into_iter();
        match values.next() {
            Some(first) => {
                let mut sum = first;
                for value in values {
                    sum += value;
                }
                sum
            }
            None => self.constant(0.0),
        }
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.ledger.borrow().count
    }

    /// Whether there is no value yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets every value and keeps the memory, ready for the next step.
    pub fn clear(&mut self) {
        self.ledger.get_mut().clear();
    }

    fn read(&self) -> Ref<'_, Ledger<T>> {
        self.ledger.borrow()
    }
}

impl<T: Float> std::fmt::Debug for Graph<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Graph({} values)", self.len())
    }
}
