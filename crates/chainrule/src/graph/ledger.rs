//! The ledger itself: nodes, the buffer of numbers, and what lies beside them.

use super::{
    Op, View,
    keys::Keys,
    node::{Kind, Node},
    op::Views,
    operations::{Operations, Registered},
};
use crate::{
    error::{Error, Result},
    float::Float,
    kernel::singles::Single,
    shape::Shape,
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
    /// The nodes, and room for more behind the first `count` while all are single numbers.
    pub(super) nodes: Vec<Node>,
    /// The line of source of each node.
    pub(super) lines: Vec<&'static Location<'static>>,
    /// The numbers of all nodes, and room for more behind the first `end`.
    pub(super) values: Vec<T>,
    pub(super) count: usize,
    pub(super) end: usize,
    /// For a number on its way.
    pub(super) scratch: Vec<T>,
    /// For the views of arguments.
    pub(super) views: Views<T>,
    /// The arguments of nodes that have many.
    pub(super) arguments: Vec<u32>,
    pub(super) shapes: Vec<Shape>,
    pub(super) shape_index: HashMap<Shape, u32>,
    pub(super) ops: Operations<T>,
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
pub(super) fn ids<'a>(list: &'a [u32], node: &'a Node) -> &'a [u32] {
    let few = &node.places.arguments;
    match few.get(..node.argument_count.into()) {
        Some(ids) => ids,
        None => &list[few[0] as usize..][..few[1] as usize],
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
            lines: vec![],
            values: vec![],
            count: 0,
            end: 0,
            scratch: vec![],
            views: Views::default(),
            arguments: vec![],
            shapes: vec![Shape::SCALAR],
            shape_index: HashMap::from([(Shape::SCALAR, 0)]),
            ops: Operations::default(),
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
        (self.count, self.end) = (0, 0);
        self.arguments.clear();
        self.ops.clear();
        self.names.clear();
        self.faults.clear();
        self.parameters.clear();
        self.first_other = u32::MAX;
        self.stamp = next_stamp();
    }

    #[inline]
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

    /// The rules for single numbers of the operation that made a node, if it has them.
    #[inline]
    pub(super) fn single(&self, node: &Node) -> Option<&Single<T>> {
        self.ops.get(node.op).and_then(Registered::single)
    }

    pub(super) fn op(&self, node: &Node) -> Option<&dyn Op<T>> {
        self.ops.get(node.op).map(Registered::get)
    }

    /// Where the numbers of a node lie: nowhere, when it is faulty.
    #[inline]
    pub(super) fn place(&self, node: &Node) -> Range<usize> {
        let length = match node.kind {
            Kind::Single => 1,
            Kind::Tensor => self.shapes[node.shape as usize].len(),
            Kind::Faulty => 0,
        };
        node.start()..node.start() + length
    }

    /// The numbers of a node; none for a faulty one.
    pub(super) fn view(&self, id: u32) -> View<'_, T> {
        let node = self.node(id);
        if node.faulty() {
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
