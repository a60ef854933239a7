//! The ledger: everything computed, in the order it was computed.
//!
//! Invariant: the arguments of a node have smaller ids than the node, and its numbers lie behind
//! theirs in one buffer. So the past is readable while the present is written
//! (`split_at_mut`), and on the way back the present is readable while the past is written.
//! No `Rc`, no recursion, no `unsafe`.

mod backward;
mod explain;
mod microscope;
mod op;
mod trace;
mod var;

pub use backward::{GradientVars, Gradients};
pub use explain::{Explanation, Path, PathStep};
pub use microscope::Partial;
pub use op::{Doc, Here, Moment, Op, View};
pub use trace::{Origin, TraceNode};
pub use var::{Operand, Var};

use crate::{
    error::{Error, Fault, Result},
    float::Float,
    shape::Shape,
    tensor::{Numbers, fill},
};
use std::{
    cell::{Ref, RefCell},
    collections::HashMap,
    panic::Location,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
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

/// What the graph remembers. Names, faults and lines of source lie in side tables: they are cold.
struct Ledger<T: Float> {
    nodes: Vec<Node>,
    arguments: Vec<u32>,
    values: Vec<T>,
    shapes: Vec<Shape>,
    shape_index: HashMap<Shape, u32>,
    ops: Vec<OpRef<T>>,
    table: Vec<u32>,
    lines: Vec<&'static Location<'static>>,
    names: HashMap<u32, Arc<str>>,
    faults: HashMap<u32, Error>,
    parameters: HashMap<u64, u32>,
    /// Which graph this is, and which of its lives since it was last cleared.
    stamp: u64,
}

/// One value: which operation made it, from what, and where its numbers begin.
#[derive(Clone, Copy)]
struct Node {
    op: u32,
    shape: u32,
    start: usize,
    length: usize,
    first_argument: u32,
    argument_count: u32,
    differentiable: bool,
    faulty: bool,
}

const _: () = assert!(
    size_of::<Node>() <= 48,
    "a node is hot: what is cold belongs in a side table"
);

/// In place of an operation: the node is a source of numbers.
const SOURCE: u32 = u32::MAX;

/// Marks a row of the table that this graph has not used yet.
const UNUSED: u32 = u32::MAX;

/// An operation, either a row of the table or one with parameters of its own.
enum OpRef<T: Float> {
    Row(&'static dyn Op<T>),
    Own(Arc<dyn Op<T>>),
}

impl<T: Float> Clone for OpRef<T> {
    fn clone(&self) -> Self {
        match self {
            OpRef::Row(op) => OpRef::Row(*op),
            OpRef::Own(op) => OpRef::Own(op.clone()),
        }
    }
}

impl<T: Float> OpRef<T> {
    fn get(&self) -> &dyn Op<T> {
        match self {
            OpRef::Row(op) => *op,
            OpRef::Own(op) => &**op,
        }
    }
}

/// An operation to record: by its place in the table of rows, or by itself.
pub(crate) enum Apply<T: Float> {
    /// A row without parameters: its position in the table, which is the same in every graph.
    Row(usize, &'static dyn Op<T>),
    /// Any other operation.
    Own(Arc<dyn Op<T>>),
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
            ledger: RefCell::new(Ledger {
                nodes: vec![],
                arguments: vec![],
                values: vec![],
                shapes: vec![Shape::SCALAR],
                shape_index: HashMap::from([(Shape::SCALAR, 0)]),
                ops: vec![],
                table: vec![],
                lines: vec![],
                names: HashMap::new(),
                faults: HashMap::new(),
                parameters: HashMap::new(),
                stamp: next_stamp(),
            }),
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
        let mut ledger = self.ledger.borrow_mut();
        let (shape, start) = (numbers.shape(), ledger.values.len());
        numbers.append_to(&mut ledger.values);
        let fault = fill(ledger.values.len() - start, shape).err();
        if fault.is_some() {
            ledger.values.truncate(start);
        }
        let shape = ledger.intern(if fault.is_some() { Shape::SCALAR } else { shape });
        let node = Node {
            op: SOURCE,
            shape,
            start,
            length: ledger.values.len() - start,
            first_argument: 0,
            argument_count: 0,
            differentiable,
            faulty: false,
        };
        let fault = fault.map(|fault| Error::shape(if differentiable { "leaf" } else { "constant" }, fault, line));
        let id = ledger.push(node, line, fault);
        Var::new(self, id)
    }

    /// The leaf of a parameter: the same one however often it is asked for.
    #[track_caller]
    pub(crate) fn parameter(&self, key: u64, name: &str, numbers: impl Numbers<T>, trainable: bool) -> Var<'_, T> {
        if let Some(&id) = self.ledger.borrow().parameters.get(&key) {
            return Var::new(self, id);
        }
        let var = self.source(numbers, trainable, Location::caller());
        let mut ledger = self.ledger.borrow_mut();
        ledger.parameters.insert(key, var.id);
        if !name.is_empty() {
            ledger.names.insert(var.id, name.into());
        }
        drop(ledger);
        var
    }

    /// Records an operation and computes it. Never fails: a fault is kept in the node.
    #[track_caller]
    pub fn apply(&self, op: impl Op<T>, arguments: &[Var<'_, T>]) -> Var<'_, T> {
        self.record(Apply::Own(Arc::new(op)), arguments)
    }

    #[track_caller]
    pub(crate) fn record(&self, op: Apply<T>, arguments: &[Var<'_, T>]) -> Var<'_, T> {
        let line = Location::caller();
        let mut ledger = self.ledger.borrow_mut();
        let foreign = arguments.iter().any(|a| !std::ptr::eq(a.graph(), self));
        if foreign {
            let fault =
                Fault::new("a value of another graph was used").fix("build every value of a calculation in one graph");
            let name = match &op {
                Apply::Row(_, op) => op.name(),
                Apply::Own(op) => op.name(),
            };
            return Var::new(self, ledger.push_fault(Error::argument(name, fault, line), line));
        }
        let id = ledger.record(op, arguments, line);
        Var::new(self, id)
    }

    /// A value that only carries a fault: for layers and losses that refuse their arguments.
    #[track_caller]
    pub(crate) fn faulty(&self, subject: String, fault: Fault) -> Var<'_, T> {
        let line = Location::caller();
        let mut ledger = self.ledger.borrow_mut();
        let id = ledger.push_fault(Error::shape(subject, fault, line), line);
        Var::new(self, id)
    }

    /// The sum of any number of values; 0 for none.
    #[track_caller]
    pub fn sum<'g>(&'g self, values: impl IntoIterator<Item = Var<'g, T>>) -> Var<'g, T> {
        let mut values = values.into_iter();
        match values.next() {
            Some(first) => {
                let mut sum = first;
                for value in values {
                    sum = sum + value;
                }
                sum
            }
            None => self.constant(0.0),
        }
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.ledger.borrow().nodes.len()
    }

    /// Whether there is no value yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets every value and keeps the memory, ready for the next step.
    pub fn clear(&mut self) {
        let ledger = self.ledger.get_mut();
        ledger.nodes.clear();
        ledger.arguments.clear();
        ledger.values.clear();
        ledger.ops.clear();
        ledger.table.clear();
        ledger.lines.clear();
        ledger.names.clear();
        ledger.faults.clear();
        ledger.parameters.clear();
        ledger.stamp = next_stamp();
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

/// Hands `use_them` what `look_up` finds for each id. Nearly every operation has at most three arguments: for these there
/// is no allocation.
fn with_each<X: Copy, R>(ids: &[u32], filler: X, look_up: impl Fn(&u32) -> X, use_them: impl FnOnce(&[X]) -> R) -> R {
    let mut few = [filler; 3];
    match few.get_mut(..ids.len()) {
        Some(few) => {
            for (to, id) in few.iter_mut().zip(ids) {
                *to = look_up(id);
            }
            use_them(few)
        }
        None => use_them(&ids.iter().map(look_up).collect::<Vec<X>>()),
    }
}

/// A number that no other graph has.
fn next_stamp() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

impl<T: Float> Ledger<T> {
    fn push(&mut self, node: Node, line: &'static Location<'static>, fault: Option<Error>) -> u32 {
        let id = self.nodes.len() as u32;
        self.nodes.push(Node {
            faulty: fault.is_some(),
            ..node
        });
        self.lines.push(line);
        if let Some(fault) = fault {
            self.faults.insert(id, fault);
        }
        id
    }

    fn push_fault(&mut self, fault: Error, line: &'static Location<'static>) -> u32 {
        let node = Node {
            op: SOURCE,
            shape: 0,
            start: self.values.len(),
            length: 0,
            first_argument: 0,
            argument_count: 0,
            differentiable: false,
            faulty: true,
        };
        self.push(node, line, Some(fault))
    }

    fn intern(&mut self, shape: Shape) -> u32 {
        if shape == Shape::SCALAR {
            return 0;
        }
        let next = self.shapes.len() as u32;
        *self.shape_index.entry(shape).or_insert_with(|| {
            self.shapes.push(shape);
            next
        })
    }

    fn register(&mut self, op: Apply<T>) -> u32 {
        let next = self.ops.len() as u32;
        match op {
            Apply::Own(op) => {
                self.ops.push(OpRef::Own(op));
                next
            }
            Apply::Row(row, op) => {
                if self.table.len() <= row {
                    self.table.resize(row + 1, UNUSED);
                }
                if self.table[row] == UNUSED {
                    self.table[row] = next;
                    self.ops.push(OpRef::Row(op));
                }
                self.table[row]
            }
        }
    }

    fn record(&mut self, op: Apply<T>, arguments: &[Var<'_, T>], line: &'static Location<'static>) -> u32 {
        let op = self.register(op);
        let first_argument = self.arguments.len() as u32;
        self.arguments.extend(arguments.iter().map(|a| a.id));
        let mut node = Node {
            op,
            shape: 0,
            start: self.values.len(),
            length: 0,
            first_argument,
            argument_count: arguments.len() as u32,
            differentiable: false,
            faulty: false,
        };
        let mut fault = None;
        for (k, argument) in arguments.iter().enumerate() {
            let argument_node = self.nodes[argument.id as usize];
            node.differentiable |= argument_node.differentiable && self.ops[op as usize].get().receives_gradient(k);
            if argument_node.faulty && fault.is_none() {
                fault = self.faults.get(&argument.id).cloned();
            }
        }
        if fault.is_none() {
            match self.compute(&node) {
                Ok(shape) => {
                    node.length = self.values.len() - node.start;
                    node.shape = self.intern(shape);
                }
                Err(reason) => {
                    let reason = reason.remark(&self.remark(arguments));
                    fault = Some(Error::shape(self.ops[op as usize].get().name(), reason, line));
                }
            }
        }
        self.push(node, line, fault)
    }

    /// Appends the value of a new node and says its shape.
    fn compute(&mut self, node: &Node) -> Result<Shape, Fault> {
        let Ledger {
            nodes,
            arguments,
            values,
            shapes,
            ops,
            ..
        } = self;
        let op = ops[node.op as usize].get();
        let count = node.argument_count as usize;
        if op.arity().map_or(count == 0, |arity| arity != count) {
            let expected = op.arity().map_or("at least one".to_string(), |arity| arity.to_string());
            return Err(Fault::new(format!("{count} arguments, but it takes {expected}")));
        }
        let ids = &arguments[node.first_argument as usize..];
        let shape_of = |&id: &u32| shapes[nodes[id as usize].shape as usize];
        let shape = with_each(ids, Shape::SCALAR, shape_of, |shapes| op.shape(shapes))?;
        if values.try_reserve(shape.len()).is_err() {
            return Err(Fault::new(format!(
                "there is no memory for {} numbers (shape {shape})",
                shape.len()
            ))
            .fix("use a smaller shape"));
        }
        values.resize(node.start + shape.len(), T::ZERO);
        let (past, present) = values.split_at_mut(node.start);
        let view = |id: &u32| {
            let (node, shape) = (&nodes[*id as usize], shape_of(id));
            View {
                data: &past[node.start..][..node.length],
                shape,
            }
        };
        with_each(ids, View::nothing(), view, |views| op.eval(views, present));
        Ok(shape)
    }

    /// The names of the arguments with their shapes, for an error; empty when none has a name.
    fn remark(&self, arguments: &[Var<'_, T>]) -> String {
        if !arguments.iter().any(|a| self.names.contains_key(&a.id)) {
            return String::new();
        }
        let names: Vec<_> = arguments
            .iter()
            .map(|a| match self.names.get(&a.id) {
                Some(name) => format!("\"{name}\" {}", self.shape(a.id)),
                None => format!("{}", self.shape(a.id)),
            })
            .collect();
        format!(", from {}", names.join(" and "))
    }

    fn node(&self, id: u32) -> &Node {
        &self.nodes[id as usize]
    }

    fn shape(&self, id: u32) -> Shape {
        self.shapes[self.node(id).shape as usize]
    }

    fn ids(&self, node: &Node) -> &[u32] {
        &self.arguments[node.first_argument as usize..][..node.argument_count as usize]
    }

    fn op(&self, node: &Node) -> Option<&dyn Op<T>> {
        self.ops.get(node.op as usize).map(OpRef::get)
    }

    /// The numbers of a node; none for a faulty one.
    fn view(&self, id: u32) -> View<'_, T> {
        let node = self.node(id);
        if node.faulty {
            return View::nothing();
        }
        let shape = self.shapes[node.shape as usize];
        View {
            data: &self.values[node.start..][..node.length],
            shape,
        }
    }

    /// The first fault on the way to this value, if there is one.
    fn sound(&self, id: u32) -> Result<()> {
        match self.faults.get(&id) {
            Some(fault) => Err(fault.clone()),
            None => Ok(()),
        }
    }
}
