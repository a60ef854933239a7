//! The ledger itself: nodes, the buffer of numbers, and what lies beside them.

use super::{Op, Var, View};
use crate::{
    error::{Error, Fault, Result},
    float::Float,
    shape::Shape,
    tensor::{Numbers, fill},
};
use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
    panic::Location,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// What the graph remembers. Names, faults and lines of source lie in side tables: they are cold.
pub(super) struct Ledger<T: Float> {
    pub(super) nodes: Vec<Node>,
    pub(super) arguments: Vec<u32>,
    pub(super) values: Vec<T>,
    pub(super) shapes: Vec<Shape>,
    pub(super) shape_index: HashMap<Shape, u32>,
    pub(super) ops: Vec<Registered<T>>,
    pub(super) table: Vec<u32>,
    pub(super) lines: Vec<&'static Location<'static>>,
    pub(super) names: HashMap<u32, Arc<str>>,
    pub(super) faults: HashMap<u32, Error>,
    pub(super) parameters: HashMap<u64, u32, BuildHasherDefault<KeyHasher>>,
    /// Which graph this is, and which of its lives since it was last cleared.
    pub(super) stamp: u64,
}

/// One value: which operation made it, from what, and where its numbers begin.
#[derive(Clone, Copy)]
pub(super) struct Node {
    pub(super) op: u32,
    pub(super) shape: u32,
    pub(super) start: usize,
    pub(super) length: usize,
    pub(super) first_argument: u32,
    pub(super) argument_count: u32,
    pub(super) differentiable: bool,
    pub(super) faulty: bool,
}

const _: () = assert!(
    size_of::<Node>() <= 48,
    "a node is hot: what is cold belongs in a side table"
);

/// In place of an operation: the node is a source of numbers.
pub(super) const SOURCE: u32 = u32::MAX;

/// Marks a row of the table that this graph has not used yet.
const UNUSED: u32 = u32::MAX;

/// An operation, either a row of the table or one with parameters of its own.
pub(super) enum OpRef<T: Float> {
    Row(&'static dyn Op<T>),
    Own(Arc<dyn Op<T>>),
}

/// An operation of this graph, with what is asked of it for every node, asked once.
pub(super) struct Registered<T: Float> {
    pub(super) op: OpRef<T>,
    /// Which arguments ever receive a gradient, as bits; those beyond the last bit count as the last one.
    receives: u32,
}

impl<T: Float> Registered<T> {
    fn new(op: OpRef<T>) -> Registered<T> {
        let receives = (0..32)
            .filter(|&k| op.get().receives_gradient(k))
            .fold(0, |bits, k| bits | 1 << k);
        Registered { op, receives }
    }

    /// Whether argument `k` ever receives a gradient.
    #[inline]
    pub(super) fn receives(&self, k: usize) -> bool {
        self.receives >> k.min(31) & 1 == 1
    }

    #[inline]
    pub(super) fn get(&self) -> &dyn Op<T> {
        self.op.get()
    }
}

/// Keys of parameters count up: spreading them is hashing enough.
#[derive(Default)]
pub(super) struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(byte.into());
        }
    }
    fn write_u64(&mut self, key: u64) {
        self.0 = (self.0 ^ key).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
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
    pub(super) fn get(&self) -> &dyn Op<T> {
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

/// Hands `use_them` what `look_up` finds for each id. Nearly every operation has at most three arguments: for these there
/// is no allocation.
pub(super) fn with_each<X: Copy, R>(
    ids: &[u32],
    filler: X,
    look_up: impl Fn(&u32) -> X,
    use_them: impl FnOnce(&[X]) -> R,
) -> R {
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

impl<T: Float> Default for Ledger<T> {
    fn default() -> Ledger<T> {
        Ledger {
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
            parameters: HashMap::default(),
            stamp: next_stamp(),
        }
    }
}

impl<T: Float> Ledger<T> {
    /// Forgets every value and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.nodes.clear();
        self.arguments.clear();
        self.values.clear();
        self.ops.clear();
        self.table.clear();
        self.lines.clear();
        self.names.clear();
        self.faults.clear();
        self.parameters.clear();
        self.stamp = next_stamp();
    }

    /// A new leaf or constant.
    pub(super) fn source(
        &mut self,
        numbers: impl Numbers<T>,
        differentiable: bool,
        line: &'static Location<'static>,
    ) -> u32 {
        let (shape, start) = (numbers.shape(), self.values.len());
        numbers.append_to(&mut self.values);
        if let Err(fault) = fill(self.values.len() - start, shape) {
            self.values.truncate(start);
            let what = if differentiable { "leaf" } else { "constant" };
            return self.push_fault(Error::shape(what, fault, line), line);
        }
        let node = Node {
            op: SOURCE,
            shape: self.intern(shape),
            start,
            length: self.values.len() - start,
            first_argument: 0,
            argument_count: 0,
            differentiable,
            faulty: false,
        };
        self.push(node, line, None)
    }

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

    pub(super) fn push_fault(&mut self, fault: Error, line: &'static Location<'static>) -> u32 {
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
                self.ops.push(Registered::new(OpRef::Own(op)));
                next
            }
            Apply::Row(row, op) => {
                if self.table.len() <= row {
                    self.table.resize(row + 1, UNUSED);
                }
                if self.table[row] == UNUSED {
                    self.table[row] = next;
                    self.ops.push(Registered::new(OpRef::Row(op)));
                }
                self.table[row]
            }
        }
    }

    pub(super) fn record(&mut self, op: Apply<T>, arguments: &[Var<'_, T>], line: &'static Location<'static>) -> u32 {
        let op = self.register(op);
        self.record_again(op, arguments, line)
    }

    /// Records an operation that the graph has used already.
    pub(super) fn record_again(&mut self, op: u32, arguments: &[Var<'_, T>], line: &'static Location<'static>) -> u32 {
        if let Some(id) = self.record_scalar(op, arguments, line) {
            return id;
        }
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
            node.differentiable |= argument_node.differentiable && self.ops[op as usize].receives(k);
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

    /// The arguments of a node when these and the node are single numbers, and few.
    #[inline]
    pub(super) fn single_numbers(&self, node: &Node) -> Option<[T; 3]> {
        let (ids, mut x) = (self.ids(node), [T::ZERO; 3]);
        if node.shape != 0 || ids.len() > x.len() {
            return None;
        }
        for (x, &id) in x.iter_mut().zip(ids) {
            let argument = self.node(id);
            if argument.shape != 0 {
                return None;
            }
            *x = self.values[argument.start];
        }
        Some(x)
    }

    /// Records an operation on single numbers, of which a scalar graph is made; none when it is not one, or a fault is near.
    #[inline]
    fn record_scalar(&mut self, op: u32, arguments: &[Var<'_, T>], line: &'static Location<'static>) -> Option<u32> {
        let (mut x, mut differentiable) = ([T::ZERO; 3], false);
        let x = x.get_mut(..arguments.len())?;
        let registered = &self.ops[op as usize];
        for (k, (x, argument)) in x.iter_mut().zip(arguments).enumerate() {
            let node = &self.nodes[argument.id as usize];
            if node.shape != 0 || node.faulty {
                return None;
            }
            *x = self.values[node.start];
            differentiable |= node.differentiable && registered.receives(k);
        }
        let y = registered.get().scalar(x)?;
        let node = Node {
            op,
            shape: 0,
            start: self.values.len(),
            length: 1,
            first_argument: self.arguments.len() as u32,
            argument_count: arguments.len() as u32,
            differentiable,
            faulty: false,
        };
        self.values.push(y);
        self.arguments.extend(arguments.iter().map(|argument| argument.id));
        let id = self.nodes.len() as u32;
        self.nodes.push(node);
        self.lines.push(line);
        Some(id)
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

    pub(super) fn node(&self, id: u32) -> &Node {
        &self.nodes[id as usize]
    }

    pub(super) fn shape(&self, id: u32) -> Shape {
        self.shapes[self.node(id).shape as usize]
    }

    pub(super) fn ids(&self, node: &Node) -> &[u32] {
        &self.arguments[node.first_argument as usize..][..node.argument_count as usize]
    }

    pub(super) fn op(&self, node: &Node) -> Option<&dyn Op<T>> {
        self.ops.get(node.op as usize).map(Registered::get)
    }

    /// The numbers of a node; none for a faulty one.
    pub(super) fn view(&self, id: u32) -> View<'_, T> {
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
    pub(super) fn sound(&self, id: u32) -> Result<()> {
        match self.faults.get(&id) {
            Some(fault) => Err(fault.clone()),
            None => Ok(()),
        }
    }
}
