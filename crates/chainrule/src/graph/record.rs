//! Writing the ledger: sources and operations, with a short way for single numbers.

use super::{
    Var, View,
    ledger::{Ledger, ids, with_each},
    node::{Kind, MANY, Node, places_of},
    operations::{Apply, Registered, Row},
};
use crate::{
    error::{Error, Fault, Result},
    float::Float,
    kernel::singles::Places,
    shape::Shape,
    tensor::{Numbers, fill},
};
use std::{panic::Location, slice::from_ref};

/// The most numbers a graph can hold: a node keeps in 32 bits where its own begin.
const MOST: usize = u32::MAX as usize;

/// How many single numbers room is made for at a time: as many as there are, within these bounds.
const ROOM: [usize; 2] = [64, 16384];

fn bounded(count: usize) -> Result<(), Fault> {
    if count <= MOST {
        return Ok(());
    }
    Err(
        Fault::new(format!("a graph holds {MOST} numbers, and this would make {count}"))
            .fix("use smaller batches, or a new graph for each step"),
    )
}

impl<T: Float> Ledger<T> {
    /// A new leaf or constant.
    #[inline]
    pub(super) fn source(
        &mut self,
        numbers: impl Numbers<T>,
        differentiable: bool,
        line: &'static Location<'static>,
    ) -> u32 {
        let shape = numbers.shape();
        if shape == Shape::SCALAR && self.first_other == u32::MAX {
            self.scratch.clear();
            numbers.append_to(&mut self.scratch);
            let node = Node::source(self.end as u32, 0, differentiable);
            if let [x] = self.scratch[..]
                && (self.push_single(node, x, line) || self.make_room() && self.push_single(node, x, line))
            {
                return node.places.result;
            }
        }
        self.values.truncate(self.end);
        numbers.append_to(&mut self.values);
        let (length, end) = (self.values.len() - self.end, self.values.len());
        if let Err(fault) = fill(length, shape).and_then(|()| bounded(end)) {
            self.values.truncate(self.end);
            let what = if differentiable { "leaf" } else { "constant" };
            return self.push_fault(Error::shape(what, fault, line), line);
        }
        let node = Node::source(self.end as u32, self.intern(shape), differentiable);
        self.end = end;
        self.push(node, line)
    }

    /// Adds a single number, if there is room: only a graph of nothing else has it.
    #[inline(always)]
    fn push_single(&mut self, node: Node, x: T, line: &'static Location<'static>) -> bool {
        let id = self.count;
        match (self.nodes.get_mut(id), self.lines.get_mut(id), self.values.get_mut(id)) {
            (Some(to_node), Some(to_line), Some(to_x)) => {
                (*to_node, *to_line, *to_x) = (node, line, x);
                (self.count, self.end) = (id + 1, id + 1);
                true
            }
            _ => false,
        }
    }

    /// Makes room for more single numbers; false when there can be no more.
    #[cold]
    #[inline(never)]
    fn make_room(&mut self) -> bool {
        let length = (self.count + self.count.clamp(ROOM[0], ROOM[1])).min(MOST);
        if self.nodes.len() < length {
            self.nodes.resize(length, Node::source(0, 0, false));
        }
        if self.lines.len() < length {
            self.lines.resize(length, Location::caller());
        }
        if self.values.len() < length {
            self.values.resize(length, T::ZERO);
        }
        length > self.count
    }

    fn push(&mut self, node: Node, line: &'static Location<'static>) -> u32 {
        let id = self.count;
        if node.kind != Kind::Single {
            self.first_other = self.first_other.min(id as u32);
            self.nodes.truncate(id);
            self.lines.truncate(id);
        }
        match (self.nodes.get_mut(id), self.lines.get_mut(id)) {
            (Some(to_node), Some(to_line)) => (*to_node, *to_line) = (node, line),
            _ => {
                self.nodes.push(node);
                self.lines.push(line);
            }
        }
        self.count += 1;
        id as u32
    }

    pub(super) fn push_fault(&mut self, fault: Error, line: &'static Location<'static>) -> u32 {
        self.push_faulty(Node::source(0, 0, false), fault, line)
    }

    fn push_faulty(&mut self, mut node: Node, fault: Error, line: &'static Location<'static>) -> u32 {
        node.places.result = self.end as u32;
        node.kind = Kind::Faulty;
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
        self.record_again(op, arguments, line)
    }

    /// Records an operation that the graph has used already.
    pub(super) fn record_again(&mut self, op: u32, arguments: &[Var<'_, T>], line: &'static Location<'static>) -> u32 {
        let short = |ledger: &mut Ledger<T>| {
            let registered = ledger.ops.get(op)?;
            registered.single_of(arguments.len())?;
            let row = registered.row(op);
            match arguments {
                [a] => ledger.record_single(row, [*a], line, |_| None),
                [a, b] => ledger.record_single(row, [*a, *b], line, |_| None),
                [a, b, c] => ledger.record_single(row, [*a, *b, *c], line, |_| None),
                _ => None,
            }
        };
        if let Some((id, _)) = short(self) {
            return id;
        }
        if self.first_other == u32::MAX
            && self.make_room()
            && let Some((id, _)) = short(self)
        {
            return id;
        }
        self.record_any(op, arguments, line)
    }

    /// Records an operation that has rules for so many single numbers, if the graph has nothing else and there is room; says
    /// whether the result is differentiable. Its rules compute the value that `simple` does not.
    #[inline(always)]
    pub(super) fn record_single<const N: usize>(
        &mut self,
        row: Row,
        arguments: [Var<'_, T>; N],
        line: &'static Location<'static>,
        simple: impl FnOnce([T; 3]) -> Option<T>,
    ) -> Option<(u32, bool)> {
        let (mut x, mut ids, mut flows) = ([T::ZERO; 3], [0; 3], 0);
        for (k, argument) in arguments.iter().enumerate() {
            x[k] = *self.values.get(argument.id())?;
            ids[k] = argument.index();
            flows |= argument.flag() << k;
        }
        let node = Node {
            places: Places {
                arguments: ids,
                result: self.count as u32,
                receives: flows & row.receives,
            },
            op: row.op,
            shape: 0,
            argument_count: N as u8,
            kind: Kind::Single,
        };
        let y = simple(x);
        if !self.push_single(node, y.unwrap_or(T::ZERO), line) {
            return None;
        }
        if y.is_none()
            && let Some(single) = self.ops.get(row.op).and_then(Registered::single)
        {
            single.evaluate(&mut self.values, from_ref(&node.places));
        }
        Some((node.places.result, node.differentiable()))
    }

    /// Records any operation.
    fn record_any(&mut self, op: u32, arguments: &[Var<'_, T>], line: &'static Location<'static>) -> u32 {
        let (mut ids, mut receives, mut fault) = ([0; 3], 0, None);
        let registered = self.ops.get(op);
        let rules = registered.is_some_and(|op| op.single_of(arguments.len()).is_some());
        let mut single = rules;
        for (k, argument) in arguments.iter().enumerate() {
            let node = self.node(argument.index());
            let gets = node.differentiable() && registered.is_some_and(|op| op.receives(k));
            receives |= u8::from(gets) << k.min(ids.len());
            single &= node.kind == Kind::Single;
            if node.faulty() && fault.is_none() {
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
        let mut node = Node {
            places: Places {
                arguments: ids,
                result: self.end as u32,
                receives,
            },
            op,
            shape: 0,
            argument_count: arguments.len().min(MANY.into()) as u8,
            // Rules for single numbers are not for one that was made of many.
            kind: if single == rules { Kind::Single } else { Kind::Tensor },
        };
        if let Some(fault) = fault {
            return self.push_faulty(node, fault, line);
        }
        let shape = if single {
            Ok(Shape::SCALAR)
        } else {
            self.result_shape(&node)
        };
        match shape.and_then(|shape| self.compute(&node, shape)) {
            Ok(shape) => {
                node.shape = self.intern(shape);
                if node.shape != 0 {
                    node.kind = Kind::Tensor;
                }
                self.push(node, line)
            }
            Err(reason) => {
                let name = self.op(&node).map_or("", |op| op.name());
                let reason = reason.remark(&self.remark(arguments));
                self.push_faulty(node, Error::shape(name, reason, line), line)
            }
        }
    }

    /// The shape that a new node will have.
    fn result_shape(&self, node: &Node) -> Result<Shape, Fault> {
        let (op, ids) = (self.op(node), self.ids(node));
        let Some(op) = op else { return Ok(Shape::SCALAR) };
        if op.arity().map_or(ids.is_empty(), |arity| arity != ids.len()) {
            let expected = op.arity().map_or("at least one".to_string(), |arity| arity.to_string());
            let count = ids.len();
            return Err(Fault::new(format!("{count} arguments, but it takes {expected}")));
        }
        with_each(ids, Shape::SCALAR, |&id| self.shape(id), |shapes| op.shape(shapes))
    }

    /// Appends the value of a new node of this shape, which it says again.
    fn compute(&mut self, node: &Node, shape: Shape) -> Result<Shape, Fault> {
        let end = self.end.saturating_add(shape.len());
        bounded(end)?;
        let more = end.saturating_sub(self.values.len());
        if self.values.try_reserve(more).is_err() {
            return Err(Fault::new(format!(
                "there is no memory for {} numbers (shape {shape})",
                shape.len()
            ))
            .fix("use a smaller shape"));
        }
        if more > 0 {
            self.values.resize(end, T::ZERO);
        }
        self.end = end;
        if shape != Shape::SCALAR || !self.compute_single(node) {
            self.evaluate(node, shape);
        }
        Ok(shape)
    }

    /// Computes a single number where it lies, by the rules for such; false when the operation has none.
    #[inline]
    pub(super) fn compute_single(&mut self, node: &Node) -> bool {
        let rules = self.ops.get(node.op).and_then(Registered::single);
        let Some(single) = rules.filter(|_| node.kind == Kind::Single) else {
            return false;
        };
        single.evaluate(&mut self.values, &[places_of(&self.nodes, node)]);
        true
    }

    /// Computes the value of a node of this shape where it lies.
    pub(super) fn evaluate(&mut self, node: &Node, shape: Shape) {
        let Ledger {
            nodes,
            arguments,
            values,
            shapes,
            ops,
            views,
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
        views.with_each(ids(arguments, node), view, |views| {
            op.get().eval(views, &mut present[..shape.len()]);
        });
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
}
