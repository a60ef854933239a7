//! What a recording needs of its graph: which values are computed again, which the gradient flows through, and where the
//! numbers of each lie.

use super::ledger::Ledger;
use crate::{float::Float, shape::Shape};

/// Which values a recording needs.
pub(super) struct Needed {
    /// Those that depend on what changes and lead to the result.
    pub(super) computed: Vec<bool>,
    /// Those that the gradient of the result flows through.
    pub(super) reached: Vec<bool>,
}

impl<T: Float> Ledger<T> {
    /// What must be computed again when inputs and parameters change, and what the gradient of the result flows through.
    pub(super) fn needed(&self, result: u32, inputs: &[u32]) -> Needed {
        let count = result as usize + 1;
        let (mut leads, mut changes, mut reached) = (vec![false; count], vec![false; count], vec![false; count]);
        let parameters = self.parameters.iter().map(|(_, handle)| handle as u32);
        for id in inputs.iter().copied().chain(parameters) {
            if let Some(changes) = changes.get_mut(id as usize) {
                *changes = true;
            }
        }
        for id in 0..count {
            let arguments = self.ids(&self.nodes[id]);
            changes[id] |= arguments.iter().any(|&argument| changes[argument as usize]);
        }
        (leads[count - 1], reached[count - 1]) = (true, true);
        for id in (0..count).rev() {
            let node = &self.nodes[id];
            for (k, &argument) in self.ids(node).iter().enumerate() {
                let argument = argument as usize;
                leads[argument] |= leads[id];
                let receives = self.ops.get(node.op).is_some_and(|op| op.receives(k));
                reached[argument] |= reached[id] && receives && self.nodes[argument].differentiable();
            }
        }
        let computed = |id: usize| self.nodes[id].argument_count > 0 && leads[id] && changes[id];
        let computed = (0..count).map(computed).collect();
        for (id, reached) in reached.iter_mut().enumerate() {
            *reached &= self.nodes[id].differentiable();
        }
        Needed { computed, reached }
    }

    /// Where the numbers of each value begin. What an operation only joins lies inside its result from the beginning, so
    /// that this is not computed any more; unless something lies inside another result already.
    pub(super) fn join(&self, computed: &mut [bool]) -> Vec<usize> {
        let mut starts: Vec<usize> = self.nodes[..computed.len()].iter().map(|node| node.start()).collect();
        let mut lies_inside = vec![false; computed.len()];
        for id in (0..computed.len()).rev() {
            let (node, shapes) = (&self.nodes[id], self.shapes_of(id as u32));
            let joins = computed[id] && self.op(node).is_some_and(|op| op.joins(&shapes));
            if !joins || shapes.iter().map(Shape::len).sum::<usize>() != self.place(node).len() {
                continue;
            }
            let ids = self.ids(node);
            // An argument that is there twice is not free the second time.
            let free = ids
                .iter()
                .take_while(|&&k| !std::mem::replace(&mut lies_inside[k as usize], true));
            let free = free.count();
            if free < ids.len() {
                ids[..free].iter().for_each(|&k| lies_inside[k as usize] = false);
                continue;
            }
            let mut start = starts[id];
            for (&argument, shape) in ids.iter().zip(shapes) {
                starts[argument as usize] = start;
                start += shape.len();
            }
            computed[id] = false;
        }
        starts
    }

    pub(super) fn shapes_of(&self, id: u32) -> Vec<Shape> {
        let ids = self.ids(self.node(id)).iter();
        ids.map(|&argument| self.shape(argument)).collect()
    }
}
