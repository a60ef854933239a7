//! A recorded calculation, run again with other numbers: no graph is built and no memory is asked for.

use super::{Graph, Var, ledger::Ledger, singles::Singles};
use crate::{
    error::{Error, Fault, Result},
    float::Float,
    shape::Shape,
};
use std::panic::Location;

/// A graph with one result, whose sources can be given other numbers of the same shapes.
pub(crate) struct Replay<T: Float> {
    graph: Graph<T>,
    result: u32,
    /// What depends on the sources that change and leads to the result, in order.
    forward: Vec<u32>,
    /// What the gradient flows through, in order.
    backward: Vec<u32>,
    /// The gradient of every value, where the value lies in its own buffer.
    gradients: Vec<T>,
    /// The same two walks when all of it is single numbers.
    singles: Option<(Singles<T>, Singles<T>)>,
}

impl<T: Float> Replay<T> {
    /// Records what `calculate` does, of which the sources `changing` says (inputs and parameters) will change.
    ///
    /// # Errors
    /// The first fault on the way to the result, or that it is not one number.
    pub(crate) fn record(
        calculate: impl for<'g> FnOnce(&'g Graph<T>) -> (Vec<Var<'g, T>>, Var<'g, T>),
        line: &'static Location<'static>,
    ) -> Result<(Replay<T>, Vec<u32>)> {
        let graph = Graph::default();
        let (inputs, result) = {
            let (inputs, result) = calculate(&graph);
            if !std::ptr::eq(result.graph(), &graph) {
                let fault =
                    Fault::new("the loss belongs to another graph").fix("compute it from the inputs it is given");
                return Err(Error::argument("Step", fault, line));
            }
            (
                inputs.iter().map(|input| input.index()).collect::<Vec<_>>(),
                result.index(),
            )
        };
        let ledger = graph.read();
        ledger.sound(result)?;
        if ledger.shape(result).len() != 1 {
            let fault = Fault::new(format!(
                "needs one number to differentiate, got a value of shape {}",
                ledger.shape(result)
            ));
            return Err(Error::argument(
                "Step",
                fault.fix("reduce it first, for example with mean()"),
                line,
            ));
        }
        let (forward, backward) = ledger.plan(result, &inputs);
        let end = ledger.place(ledger.node(result)).end;
        let pulled: Vec<u32> = backward
            .iter()
            .copied()
            .filter(|&id| ledger.node(id).argument_count > 0)
            .collect();
        let singles = forward.iter().chain(&pulled).all(|&id| ledger.has_single_rule(id));
        let singles = singles.then(|| {
            (
                Singles::plan_forward(&ledger, &forward),
                Singles::plan_backward(&ledger, &pulled),
            )
        });
        drop(ledger);
        let replay = Replay {
            graph,
            result,
            forward,
            backward,
            gradients: vec![T::ZERO; end],
            singles,
        };
        Ok((replay, inputs))
    }

    /// The value that the parameter with this key has here; none when the calculation does not use it.
    pub(crate) fn parameter(&self, key: u64) -> Option<u32> {
        self.graph.read().parameters.get(key).map(|handle| handle as u32)
    }

    /// The shape of a value.
    pub(crate) fn shape(&self, id: u32) -> Shape {
        self.graph.read().shape(id)
    }

    /// The numbers of a source, to be changed.
    pub(crate) fn numbers(&mut self, id: u32) -> &mut [T] {
        let ledger = self.graph.ledger.get_mut();
        let place = ledger.place(ledger.node(id));
        &mut ledger.values[place]
    }

    /// A source's numbers to be changed, and their gradient; none when no gradient flows to it.
    pub(crate) fn numbers_and_gradient(&mut self, id: u32) -> Option<(&mut [T], &[T])> {
        self.backward.binary_search(&id).ok()?;
        let ledger = self.graph.ledger.get_mut();
        let place = ledger.place(ledger.node(id));
        Some((&mut ledger.values[place.clone()], &self.gradients[place]))
    }

    /// Computes everything anew from the sources, and the gradients; says the result.
    pub(crate) fn run(&mut self) -> T {
        let ledger = self.graph.ledger.get_mut();
        if let Some((forward, backward)) = &self.singles {
            let result = ledger.node(self.result).start();
            forward.forward(&mut ledger.values);
            self.gradients.fill(T::ZERO);
            self.gradients[result] = T::ONE;
            backward.backward(&ledger.values, &mut self.gradients);
            return ledger.values[result];
        }
        for &id in &self.forward {
            ledger.compute_again(id);
        }
        for &id in &self.backward {
            let node = ledger.node(id);
            self.gradients[ledger.place(node)].fill(T::ZERO);
        }
        let node = *ledger.node(self.result);
        self.gradients[node.start()] = T::ONE;
        for &id in self.backward.iter().rev() {
            let node = ledger.node(id);
            if node.argument_count == 0 {
                continue;
            }
            ledger.pull_node(node, id, &mut self.gradients, |_| ());
        }
        ledger.values[node.start()]
    }

    /// The result as a value of the recorded graph, which can be drawn, traced and explained.
    pub(crate) fn result(&self) -> Var<'_, T> {
        self.graph.var(self.result)
    }
}

impl<T: Float> Ledger<T> {
    /// What must be computed again when inputs and parameters change, and what the gradient of the result flows through.
    fn plan(&self, result: u32, inputs: &[u32]) -> (Vec<u32>, Vec<u32>) {
        let count = result as usize + 1;
        let (mut leads, mut changes, mut reached) = (vec![false; count], vec![false; count], vec![false; count]);
        for id in inputs
            .iter()
            .copied()
            .chain(self.parameters.iter().map(|(_, handle)| handle as u32))
        {
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
        let forward = (0..count).filter(|&id| self.nodes[id].argument_count > 0 && leads[id] && changes[id]);
        let backward = (0..count).filter(|&id| reached[id] && self.nodes[id].differentiable());
        (
            forward.map(|id| id as u32).collect(),
            backward.map(|id| id as u32).collect(),
        )
    }

    /// Computes a value anew where it lies.
    fn compute_again(&mut self, id: u32) {
        let node = *self.node(id);
        if self.compute_single(&node) {
            return;
        }
        let (place, shape) = (self.place(&node), self.shape(id));
        self.values[place].fill(T::ZERO);
        self.evaluate(&node, shape);
    }
}
