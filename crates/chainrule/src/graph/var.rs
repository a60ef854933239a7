//! A handle to one value of a graph.

use super::{Apply, Graph, Op, operations::OpRef};
use crate::{
    error::{Error, Fault, Result},
    float::Float,
    shape::Shape,
    tensor::Tensor,
};
use std::{fmt, panic::Location, sync::Arc};

/// A value in a [`Graph`]: a `Copy` handle that operators and methods calculate with.
///
/// `a * b + a` needs no references and no clones; numbers may stand on either side: `2.0 * a`,
/// `a - 1.0`.
#[must_use = "a value that is never used changes nothing"]
pub struct Var<'g, T: Float = f64> {
    graph: &'g Graph<T>,
    /// Its position, and above these 32 bits whether it is differentiable: the node says so too, but a graph of single
    /// numbers need not look there. One number and not two, so that a `Var` travels in two registers.
    handle: u64,
}

impl<T: Float> Clone for Var<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: Float> Copy for Var<'_, T> {}

impl<'g, T: Float> Var<'g, T> {
    #[inline]
    pub(super) fn new(graph: &'g Graph<T>, id: u32, differentiable: bool) -> Var<'g, T> {
        let handle = u64::from(id) | u64::from(differentiable) << 32;
        Var { graph, handle }
    }

    #[inline]
    pub(super) fn from_handle(graph: &'g Graph<T>, handle: u64) -> Var<'g, T> {
        Var { graph, handle }
    }

    #[inline]
    pub(super) fn handle(self) -> u64 {
        self.handle
    }

    /// The graph it belongs to.
    #[inline]
    pub fn graph(self) -> &'g Graph<T> {
        self.graph
    }

    /// Its position in the graph: 0 is the first value ever computed.
    #[inline]
    pub fn id(self) -> usize {
        self.index() as usize
    }

    /// 1 when it is differentiable, 0 when it is not.
    #[inline]
    pub(super) fn flag(self) -> u8 {
        (self.handle >> 32) as u8
    }

    /// Its position as nodes write it.
    #[inline]
    pub(super) fn index(self) -> u32 {
        self.handle as u32
    }

    /// Its shape; `[]` for a faulty value, which has no numbers.
    pub fn shape(self) -> Shape {
        self.graph.read().shape(self.index())
    }

    /// Whether it depends on a leaf, so that a gradient can flow through it.
    #[inline]
    pub fn is_differentiable(self) -> bool {
        self.flag() != 0
    }

    /// Gives it a name, which drawings and errors show.
    pub fn named(self, name: impl Into<Arc<str>>) -> Var<'g, T> {
        self.graph.ledger.borrow_mut().names.insert(self.index(), name.into());
        self
    }

    /// Its name, if it was given one.
    pub fn name(self) -> Option<Arc<str>> {
        self.graph.read().names.get(&self.index()).cloned()
    }

    /// Its numbers.
    ///
    /// # Errors
    /// The first fault on the way to it.
    pub fn value(self) -> Result<Tensor<T>> {
        let ledger = self.graph.read();
        ledger.sound(self.index())?;
        let view = ledger.view(self.index());
        Tensor::new(view.data.to_vec(), view.shape)
    }

    /// Its number, when it is exactly one.
    ///
    /// # Errors
    /// The first fault on the way to it, or that it holds more or fewer than one number.
    #[track_caller]
    pub fn item(self) -> Result<T> {
        let ledger = self.graph.read();
        ledger.sound(self.index())?;
        let view = ledger.view(self.index());
        match view.data {
            [number] => Ok(*number),
            _ => Err(Error::argument(
                "item",
                Fault::new(format!("a value of shape {} is not one number", view.shape))
                    .fix("use value(), or reduce it first, for example with mean()"),
                Location::caller(),
            )),
        }
    }

    /// The fault that made it, or a value it was made from, impossible to compute.
    pub fn fault(self) -> Option<Error> {
        self.graph.read().sound(self.index()).err()
    }

    /// Records an operation of one argument.
    #[track_caller]
    pub fn apply(self, op: impl Op<T>) -> Var<'g, T> {
        self.graph.apply(op, &[self])
    }

    /// What it was computed by, and from what; none for a source and for a value that could not be computed.
    pub(crate) fn made_by(self) -> Option<(MadeBy<T>, Vec<Var<'g, T>>)> {
        let ledger = self.graph.read();
        let node = ledger.node(self.index());
        if node.faulty() {
            return None;
        }
        let op = ledger.ops.get(node.op)?.op.clone();
        let arguments = ledger.ids(node).iter().map(|&id| self.graph.var(id));
        Some((MadeBy { op, place: node.op }, arguments.collect()))
    }

    #[track_caller]
    pub(crate) fn record(self, op: Apply<T>, others: &[Var<'g, T>]) -> Var<'g, T> {
        match (op, others) {
            (Apply::Row(row, op), []) => self.graph.record_row(row, op, [self]),
            (op, []) => self.graph.record(op, &[self]),
            (op, [b]) => self.graph.record(op, &[self, *b]),
            (op, [b, c]) => self.graph.record(op, &[self, *b, *c]),
            (op, _) => {
                let all: Vec<_> = std::iter::once(self).chain(others.iter().copied()).collect();
                self.graph.record(op, &all)
            }
        }
    }
}

/// The operation that made a value.
pub(crate) struct MadeBy<T: Float> {
    op: OpRef<T>,
    /// Its place among the operations of the graph.
    place: u32,
}

impl<T: Float> MadeBy<T> {
    pub(crate) fn op(&self) -> &dyn Op<T> {
        self.op.get()
    }

    /// Whether it is the row of the table with this name.
    pub(crate) fn is_row(&self, name: &str) -> bool {
        matches!(self.op, OpRef::Row(op) if op.name() == name)
    }

    /// Whether both are one and the same operation.
    pub(crate) fn is(&self, other: &MadeBy<T>) -> bool {
        match (&self.op, &other.op) {
            (OpRef::Own(a), OpRef::Own(b)) => std::ptr::addr_eq(Arc::as_ptr(a), Arc::as_ptr(b)),
            _ => self.place == other.place,
        }
    }

    /// Records the same operation on other values.
    #[track_caller]
    pub(crate) fn again<'g>(&self, graph: &'g Graph<T>, arguments: &[Var<'g, T>]) -> Var<'g, T> {
        let id = graph
            .ledger
            .borrow_mut()
            .record_again(self.place, arguments, Location::caller());
        graph.var(id)
    }
}

impl<T: Float> fmt::Debug for Var<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<T: Float> fmt::Display for Var<'_, T> {
    /// Its name, its first numbers and its shape; or what is wrong with it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = self.name() {
            write!(f, "{name} = ")?;
        }
        match self.value() {
            Ok(value) if value.shape().rank() == 0 => write!(f, "{}", value.data()[0]),
            Ok(value) if value.data().len() <= 16 => write!(f, "{:?} {}", value.data(), value.shape()),
            Ok(value) => write!(f, "{:?}… {}", &value.data()[..16], value.shape()),
            Err(error) => write!(f, "{error}"),
        }
    }
}

/// Anything that can stand beside a [`Var`] in an operator or a method: another `Var`, a number,
/// or a reference to a [`Param`](crate::nn::Param).
pub trait Operand<'g, T: Float> {
    /// The operand as a value of the graph.
    fn on(self, graph: &'g Graph<T>) -> Var<'g, T>;
}

impl<'g, T: Float> Operand<'g, T> for Var<'g, T> {
    fn on(self, _: &'g Graph<T>) -> Var<'g, T> {
        self
    }
}

impl<'g> Operand<'g, f32> for f32 {
    #[track_caller]
    fn on(self, graph: &'g Graph<f32>) -> Var<'g, f32> {
        graph.constant(self)
    }
}

impl<'g, T: Float> Operand<'g, T> for f64 {
    #[track_caller]
    fn on(self, graph: &'g Graph<T>) -> Var<'g, T> {
        graph.constant(self)
    }
}
