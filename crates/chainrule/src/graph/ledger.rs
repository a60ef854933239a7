//! The ledger itself: nodes, the buffer of numbers, and what lies beside them.

use super::{
    Op, Var, View,
    keys::Keys,
    node::{MANY, Node},
    operations::{Apply, Operations, Registered},
};
use crate::{
    error::{Error, Fault, Result},
    float::Float,
    kernel::singles::Places,
    shape::Shape,
    tensor::{Numbers, fill},
};
use std::{
    collections::HashMap,
    ops::Range,
    panic::Location,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// What the graph remembers. Names, faults and lines of source lie in side tables: they are cold.
pub(super) struct Ledger<T: Float> {
    pub(super) nodes: Vec<Node>,
    /// The arguments of nodes that have many.
    arguments: Vec<u32>,
    pub(super) values: Vec<T>,
    pub(super) shapes: Vec<Shape>,
    pub(super) shape_index: HashMap<Shape, u32>,
    pub(super) ops: Operations<T>,
    pub(super) lines: Vec<&'static Location<'static>>,
    pub(super) names: HashMap<u32, Arc<str>>,
    pub(super) faults: HashMap<u32, Error>,
    pub(super) parameters: Keys,
    /// The first value that is not a sound single number; before it, number k belongs to value k.
    pub(super) first_other: u32,
    /// Which graph this is, and which of its lives since it was last cleared.
    pub(super) stamp: u64,
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

/// The arguments of a node, given the list of those that have many.
#[inline]
fn ids<'a>(list: &'a [u32], node: &'a Node) -> &'a [u32] {
    let few = &node.places.arguments;
    match few.get(..node.argument_count.into()) {
        Some(ids) => ids,
        None => &list[few[0] as usize..][..few[1] as usize],
    }
}

/// The most numbers a graph can hold: a node keeps in 32 bits where its own begin.
const MOST: usize = u32::MAX as usize;

fn room(count: usize) -> Result<(), Fault> {
    if count <= MOST {
        return Ok(());
    }
    Err(Fault::new(format!("a graph holds {MOST} numbers, and this would make {count}"))
        .fix("use smaller batches, or a new graph for each step"))
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
            ops: Operations::default(),
            lines: vec![],
            names: HashMap::new(),
            faults: HashMap::new(),
            parameters: Keys::default(),
            first_other: u32::MAX,
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
        self.lines.clear();
        self.names.clear();
        self.faults.clear();
        self.parameters.clear();
        self.first_other = u32::MAX;
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
        if shape == Shape::SCALAR && self.values.len() == start + 1 && start < MOST {
            return self.push(Node::source(start as u32, 0, differentiable), line);
        }
        if let Err(fault) = fill(self.values.len() - start, shape).and_then(|()| room(self.values.len())) {
            self.values.truncate(start);
            let what = if differentiable { "leaf" } else { "constant" };
            return self.push_fault(Error::shape(what, fault, line), line);
        }
        let shape = self.intern(shape);
        self.push(Node::source(start as u32, shape, differentiable), line)
    }

    #[inline]
    fn push(&mut self, node: Node, line: &'static Location<'static>) -> u32 {
        let id = self.nodes.len() as u32;
        if !node.single {
            self.first_other = self.first_other.min(id);
        }
        self.nodes.push(node);
        self.lines.push(line);
        id
    }

    pub(super) fn push_fault(&mut self, fault: Error, line: &'static Location<'static>) -> u32 {
        self.push_faulty(Node::source(0, 0, false), fault, line)
    }

    fn push_faulty(&mut self, node: Node, fault: Error, line: &'static Location<'static>) -> u32 {
        let (start, faulty, single) = (self.values.len() as u32, true, false);
        let places = Places {
            result: start,
            ..node.places
        };
        let node = Node {
            places,
            faulty,
            single,
            ..node
        };
        let id = self.push(node, line);
        self.faults.insert(id, fault);
        id
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

    /// Records an operation.
    pub(super) fn record(&mut self, op: Apply<T>, arguments: &[Var<'_, T>], line: &'static Location<'static>) -> u32 {
        let op = self.ops.register(op);
        match self.record_single(op, arguments, line) {
            Some((id, _)) => id,
            None => self.record_any(op, arguments, line),
        }
    }

    /// Records an operation while the graph has only single numbers, and says whether the result is differentiable; none
    /// when there is another way to go.
    #[inline(always)]
    pub(super) fn record_single(
        &mut self,
        op: u32,
        arguments: &[Var<'_, T>],
        line: &'static Location<'static>,
    ) -> Option<(u32, bool)> {
        let registered = self.ops.get(op)?;
        let single = registered.single_of(arguments.len())?;
        if self.first_other != u32::MAX || self.values.len() >= MOST {
            return None;
        }
        let (mut x, mut ids, mut receives) = ([T::ZERO; 3], [0; 3], 0);
        for (k, argument) in arguments.iter().enumerate() {
            x[k] = *self.values.get(argument.id())?;
            ids[k] = argument.index();
            receives |= u8::from(argument.is_differentiable()) << k;
        }
        let places = Places {
            arguments: ids,
            result: self.values.len() as u32,
            receives: receives & registered.receives,
        };
        let node = Node {
            places,
            op,
            shape: 0,
            argument_count: arguments.len() as u8,
            differentiable: places.receives != 0,
            faulty: false,
            single: true,
        };
        self.values.push(single.value(x));
        self.nodes.push(node);
        self.lines.push(line);
        Some((places.result, node.differentiable))
    }

    /// Records any operation.
    #[inline(never)]
    fn record_any(&mut self, op: u32, arguments: &[Var<'_, T>], line: &'static Location<'static>) -> u32 {
        let (mut ids, mut receives, mut fault) = ([0; 3], 0, None);
        for (k, argument) in arguments.iter().enumerate() {
            let node = self.node(argument.index());
            let gets = node.differentiable && self.ops.get(op).is_some_and(|op| op.receives(k));
            receives |= u8::from(gets) << k.min(ids.len());
            if node.faulty && fault.is_none() {
                fault = self.faults.get(&argument.index()).cloned();
            }
        }
        let all = arguments.iter().map(|argument| argument.index());
        if arguments.len() <= ids.len() {
            ids.iter_mut().zip(all).for_each(|(to, id)| *to = id);
        } else {
            ids = [self.arguments.len() as u32, arguments.len() as u32, 0];
            self.arguments.extend(all);
        }
        let node = Node {
            places: Places {
                arguments: ids,
                result: self.values.len() as u32,
                receives,
            },
            op,
            shape: 0,
            argument_count: arguments.len().min(MANY.into()) as u8,
            differentiable: receives != 0,
            faulty: false,
            single: false,
        };
        if let Some(fault) = fault {
            return self.push_faulty(node, fault, line);
        }
        match self.compute(&node) {
            Ok(shape) => {
                let shape = self.intern(shape);
                let single = shape == 0;
                self.push(Node { shape, single, ..node }, line)
            }
            Err(reason) => {
                let name = self.op(&node).map_or("", |op| op.name());
                let reason = reason.remark(&self.remark(arguments));
                self.push_faulty(node, Error::shape(name, reason, line), line)
            }
        }
    }

    /// Appends the value of a new node and says its shape.
    fn compute(&mut self, node: &Node) -> Result<Shape, Fault> {
        let Some(op) = self.op(node) else {
            return Err(Fault::new("no operation"));
        };
        let ids = self.ids(node);
        if op.arity().map_or(ids.is_empty(), |arity| arity != ids.len()) {
            let expected = op.arity().map_or("at least one".to_string(), |arity| arity.to_string());
            let count = ids.len();
            return Err(Fault::new(format!("{count} arguments, but it takes {expected}")));
        }
        let shape = with_each(ids, Shape::SCALAR, |&id| self.shape(id), |shapes| op.shape(shapes))?;
        let end = self.values.len().saturating_add(shape.len());
        room(end)?;
        if self.values.try_reserve(shape.len()).is_err() {
            return Err(Fault::new(format!(
                "there is no memory for {} numbers (shape {shape})",
                shape.len()
            ))
            .fix("use a smaller shape"));
        }
        self.values.resize(end, T::ZERO);
        self.evaluate(node, shape);
        Ok(shape)
    }

    /// Computes the value of a node of this shape where it lies, which must hold zeros.
    pub(super) fn evaluate(&mut self, node: &Node, shape: Shape) {
        let Ledger {
            nodes,
            arguments,
            values,
            shapes,
            ops,
            ..
        } = self;
        let Some(op) = ops.get(node.op) else { return };
        let (past, present) = values.split_at_mut(node.start());
        let view = |&id: &u32| {
            let node = &nodes[id as usize];
            let shape = shapes[node.shape as usize];
            View {
                data: &past[node.start()..][..shape.len()],
                shape,
            }
        };
        with_each(ids(arguments, node), View::nothing(), view, |views| {
            op.get().eval(views, &mut present[..shape.len()])
        });
    }

    /// Computes a single number anew where it lies, by the rules for such; false when it is none.
    #[inline]
    pub(super) fn compute_single(&mut self, node: &Node) -> bool {
        let rules = self.ops.get(node.op).and_then(Registered::single);
        let Some(single) = rules.filter(|_| node.single) else {
            return false;
        };
        let mut x = [T::ZERO; 3];
        for (x, &id) in x.iter_mut().zip(self.ids(node)) {
            *x = self.values[self.node(id).start()];
        }
        self.values[node.start()] = single.value(x);
        true
    }

    /// The names of the arguments with their shapes, for an error; empty when none has a name.
    fn remark(&self, arguments: &[Var<'_, T>]) -> String {
        if !arguments.iter().any(|a| self.names.contains_key(&a.index())) {
            return String::new();
        }
        let names: Vec<_> = arguments
            .iter()
            .map(|a| match self.names.get(&a.index()) {
                Some(name) => format!("\"{name}\" {}", self.shape(a.index())),
                None => format!("{}", self.shape(a.index())),
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

    #[inline]
    pub(super) fn ids<'a>(&'a self, node: &'a Node) -> &'a [u32] {
        ids(&self.arguments, node)
    }

    pub(super) fn op(&self, node: &Node) -> Option<&dyn Op<T>> {
        self.ops.get(node.op).map(Registered::get)
    }

    /// Where the numbers of a node lie: nowhere, when it is faulty.
    #[inline]
    pub(super) fn place(&self, node: &Node) -> Range<usize> {
        let length = match node.faulty {
            false => self.shapes[node.shape as usize].len(),
            true => 0,
        };
        node.start()..node.start() + length
    }

    /// The numbers of a node; none for a faulty one.
    pub(super) fn view(&self, id: u32) -> View<'_, T> {
        let node = self.node(id);
        if node.faulty {
            return View::nothing();
        }
        View {
            data: &self.values[self.place(node)],
            shape: self.shapes[node.shape as usize],
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
