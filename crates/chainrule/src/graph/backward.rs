//! The walk back: gradients as numbers, and gradients as values.

use super::{
    Graph, Here, Moment, Var, View,
    ledger::{Ledger, with_each},
    node::{Kind, Node, places_of},
};
use crate::{
    error::{Error, Fault, Result},
    float::Float,
};
use std::{
    ops::{Index, Range},
    panic::Location,
    slice::from_ref,
};

/// Gradients as numbers: the derivative of one value with respect to every value before it.
///
/// Index it with a scalar [`Var`] for a number; [`wrt`](Gradients::wrt) gives the slice of any
/// value. Values that the result does not depend on have gradient 0.
#[derive(Clone)]
pub struct Gradients<T: Float = f64> {
    /// The gradient of each value, where the value lies in its own buffer; behind them zeros, for values after the result.
    numbers: Vec<T>,
    /// Where the result ends.
    end: usize,
    /// Which values the walk reached.
    reached: Vec<bool>,
    /// Key, start and length of each parameter that the walk reached, by key.
    parameters: Vec<(u64, usize, usize)>,
    /// The stamp of the graph it belongs to.
    stamp: u64,
}

impl<T: Float> Gradients<T> {
    /// The gradient with respect to a value, row-major, in the value's shape.
    ///
    /// # Panics
    /// When the value was recorded after `backward` was called, or in another graph.
    #[track_caller]
    pub fn wrt(&self, value: Var<'_, T>) -> &[T] {
        let ledger = value.graph().read();
        if ledger.stamp != self.stamp {
            panic!("these are the gradients of another graph");
        }
        if value.id() >= self.reached.len() {
            panic!("the value was recorded after backward(): call backward() again");
        }
        let node = ledger.node(value.index());
        let place = ledger.place(node);
        &self.numbers[place.start.min(self.end)..][..place.len()]
    }

    /// The gradient with respect to a value; `None` when the result does not depend on it.
    pub fn get(&self, value: Var<'_, T>) -> Option<&[T]> {
        let ledger = value.graph().read();
        let same = ledger.stamp == self.stamp;
        let node = ledger
            .nodes
            .get(value.id())
            .filter(|_| same && value.id() < ledger.count)?;
        self.reached(value.id(), ledger.place(node))
    }

    pub(super) fn reached(&self, id: usize, place: Range<usize>) -> Option<&[T]> {
        match self.reached.get(id) {
            Some(true) => self.numbers.get(place),
            _ => None,
        }
    }

    /// The gradient with respect to the parameter with this key; `None` when it was not used.
    pub(crate) fn of_parameter(&self, key: u64) -> Option<&[T]> {
        let place = self
            .parameters
            .binary_search_by_key(&key, |parameter| parameter.0)
            .ok()?;
        let (_, start, length) = self.parameters[place];
        Some(&self.numbers[start..][..length])
    }

    /// The gradients of all parameters, to change in place; in a fixed order, so that sums over them keep their bits.
    pub(crate) fn parameters_mut(&mut self, mut change: impl FnMut(&mut [T])) {
        for &(_, start, length) in &self.parameters {
            change(&mut self.numbers[start..][..length]);
        }
    }
}

impl<T: Float> Index<Var<'_, T>> for Gradients<T> {
    type Output = T;

    /// The gradient with respect to a single number.
    ///
    /// # Panics
    /// When the value is not a single number (use [`wrt`](Gradients::wrt)).
    #[track_caller]
    fn index(&self, value: Var<'_, T>) -> &T {
        match self.wrt(value) {
            [number] => number,
            many => panic!(
                "the gradient of a value of shape {} is {} numbers: use wrt()",
                value.shape(),
                many.len()
            ),
        }
    }
}

/// Gradients as values: each is computed by nodes of the same graph, so it can be drawn,
/// explained and differentiated again.
pub struct GradientVars<'g, T: Float = f64> {
    graph: &'g Graph<T>,
    of: Vec<Option<u32>>,
}

impl<'g, T: Float> GradientVars<'g, T> {
    /// The gradient with respect to a value, in its shape; a constant 0 when the result does not
    /// depend on it.
    ///
    /// # Panics
    /// When the value belongs to another graph.
    #[track_caller]
    pub fn wrt(&self, value: Var<'g, T>) -> Var<'g, T> {
        if !std::ptr::eq(value.graph(), self.graph) {
            panic!("these are the gradients of another graph");
        }
        self.get(value)
            .unwrap_or_else(|| self.graph.constant(0.0).broadcast(value.shape()))
    }

    /// The gradient with respect to a value; `None` when the result does not depend on it.
    pub fn get(&self, value: Var<'g, T>) -> Option<Var<'g, T>> {
        if !std::ptr::eq(value.graph(), self.graph) {
            return None;
        }
        let id = self.of.get(value.id()).copied().flatten()?;
        Some(self.graph.var(id))
    }
}

impl<'g, T: Float> Var<'g, T> {
    /// The derivatives of this number with respect to every value it depends on, as numbers.
    ///
    /// May be called any number of times: it changes nothing. Shared values accumulate:
    ///
    /// ```
    /// use chainrule::Graph;
    /// let g = Graph::new();
    /// let a = g.leaf(3.0);
    /// assert_eq!((a + a).backward()?[a], 2.0);
    /// # Ok::<(), chainrule::Error>(())
    /// ```
    ///
    /// # Errors
    /// The first fault on the way to it, or that it is not one number.
    #[track_caller]
    pub fn backward(self) -> Result<Gradients<T>> {
        let line = Location::caller();
        let ledger = self.graph().read();
        self.one_number(&ledger, "backward", line)?;
        Ok(ledger.backward(self.index()))
    }

    /// The derivatives of this number as values of the graph, for second derivatives.
    ///
    /// ```
    /// use chainrule::Graph;
    /// let g = Graph::new();
    /// let x = g.leaf(2.0);
    /// let slope = (x * x * x).backward_graph()?.wrt(x);
    /// assert_eq!((slope.item()?, slope.backward()?[x]), (12.0, 12.0)); // 3x² and 6x
    /// # Ok::<(), chainrule::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`backward`](Var::backward).
    #[track_caller]
    pub fn backward_graph(self) -> Result<GradientVars<'g, T>> {
        let graph = self.graph();
        let count = self.index() as usize + 1;
        let mut of: Vec<Option<u32>> = vec![None; count];
        {
            let ledger = graph.read();
            self.one_number(&ledger, "backward_graph", Location::caller())?;
        }
        let one = graph.constant(1.0).broadcast(self.shape());
        of[count - 1] = Some(one.index());
        let mut arguments = vec![];
        for id in (0..count).rev() {
            let Some(gradient) = of[id] else { continue };
            let node = *graph.read().node(id as u32);
            if !node.passes_on() {
                continue;
            }
            arguments.clear();
            arguments.extend(graph.read().ids(&node).iter().map(|&id| graph.var(id)));
            let here = Here {
                arguments: &arguments,
                value: graph.var(id as u32),
            };
            for (k, &argument) in arguments.iter().enumerate() {
                if !argument.is_differentiable() {
                    continue;
                }
                let Some(share) = graph.emit(&node, k, &here, graph.var(gradient)) else {
                    continue;
                };
                let slot = &mut of[argument.id()];
                *slot = Some(match *slot {
                    None => share.index(),
                    Some(sum) => (graph.var(sum) + share).index(),
                });
            }
        }
        Ok(GradientVars { graph, of })
    }

    fn one_number(self, ledger: &Ledger<T>, what: &'static str, line: &'static Location<'static>) -> Result<()> {
        ledger.sound(self.index())?;
        let shape = ledger.shape(self.index());
        if shape.len() == 1 {
            return Ok(());
        }
        Err(Error::argument(
            what,
            Fault::new(format!(
                "needs one number to differentiate, got a value of shape {shape}"
            ))
            .fix("reduce it first, for example with sum() or mean()"),
            line,
        ))
    }
}

impl<T: Float> Graph<T> {
    /// Calls the rule of a node without holding the ledger, which the rule writes to.
    fn emit<'g>(&'g self, node: &Node, k: usize, here: &Here<'_, 'g, T>, gradient: Var<'g, T>) -> Option<Var<'g, T>> {
        let op = self.read().ops.get(node.op)?.op.clone();
        op.get().emit(k, here, gradient)
    }
}

impl<T: Float> Ledger<T> {
    fn backward(&self, result: u32) -> Gradients<T> {
        // Values after the result have no gradient; they share one run of zeros at the end.
        let end = self.place(self.node(result)).end;
        let later = self.nodes[result as usize + 1..self.count]
            .iter()
            .map(|node| self.place(node).len());
        let mut numbers = vec![T::ZERO; end + later.max().unwrap_or(0)];
        let mut reached = vec![false; self.count];
        numbers[self.node(result).start()] = T::ONE;
        reached[result as usize] = true;
        let singles = self.first_other.min(result + 1);
        for id in (singles..=result).rev() {
            let node = self.node(id);
            // A value that the result does not depend on must not be pulled: 0 · ∞ would be NaN.
            if reached[id as usize] && node.passes_on() {
                self.pull_node(node, id, &mut numbers, |argument| reached[argument as usize] = true);
            }
        }
        self.pull_singles(singles as usize, &mut numbers, &mut reached);
        let mut parameters: Vec<_> = self
            .parameters
            .iter()
            .map(|(key, handle)| (key, handle as u32))
            .filter(|&(_, id)| reached.get(id as usize) == Some(&true))
            .map(|(key, id)| (key, self.place(self.node(id))))
            .map(|(key, place)| (key, place.start, place.len()))
            .collect();
        parameters.sort_unstable();
        Gradients {
            numbers,
            end,
            reached,
            parameters,
            stamp: self.stamp,
        }
    }

    /// The walk back through the first so many values, which are single numbers: in a graph of nothing else, all of it.
    // A function of its own, which keeps in registers what it walks through.
    #[inline(never)]
    fn pull_singles(&self, count: usize, gradients: &mut [T], reached: &mut [bool]) {
        let (nodes, values, reached) = (&self.nodes[..count], self.values.as_slice(), &mut reached[..count]);
        for (id, node) in nodes.iter().enumerate().rev() {
            if !reached[id] || !node.passes_on() {
                continue;
            }
            let Some(single) = self.single(node) else {
                self.pull_node(node, id as u32, gradients, |argument| reached[argument as usize] = true);
                continue;
            };
            for (k, &argument) in node.places.arguments.iter().enumerate() {
                reached[argument as usize] |= node.places.receives >> k & 1 == 1;
            }
            single.pull(values, gradients, from_ref(&node.places));
        }
    }

    /// Adds what the arguments of a node receive to `gradients`, laid out as the values are, and says which received.
    #[inline(never)]
    pub(super) fn pull_node(&self, node: &Node, id: u32, gradients: &mut [T], mut received: impl FnMut(u32)) {
        if let (Some(single), Kind::Single) = (self.single(node), node.kind) {
            for (k, &argument) in self.ids(node).iter().enumerate() {
                if node.places.receives >> k & 1 == 1 {
                    received(argument);
                }
            }
            return single.pull(&self.values, gradients, &[places_of(&self.nodes, node)]);
        }
        let (past, present) = gradients.split_at_mut(node.start());
        self.pull(id, &present[..self.place(node).len()], |argument, receives, pull| {
            let node = self.node(argument);
            // Nor must one be pulled that the operation only looks at, such as the condition of `select`.
            if node.differentiable() && receives {
                received(argument);
                pull(&mut past[self.place(node)]);
            }
        });
    }

    /// For each argument of a node, hands `visit` its id, whether it ever receives a gradient, and a function that adds
    /// the argument's share of `gradient` to a buffer.
    pub(super) fn pull(&self, id: u32, gradient: &[T], mut visit: impl FnMut(u32, bool, &dyn Fn(&mut [T]))) {
        let node = self.node(id);
        let Some(op) = self.ops.get(node.op) else {
            return;
        };
        let ids = self.ids(node);
        let value = self.view(id);
        with_each(
            ids,
            View::nothing(),
            |&id| self.view(id),
            |arguments| {
                let at = Moment { arguments, value };
                for (k, &argument) in ids.iter().enumerate() {
                    let receives = op.receives(k);
                    let pull = |to: &mut [T]| {
                        if receives {
                            op.get().pull(k, &at, gradient, to);
                        }
                    };
                    visit(argument, receives, &pull);
                }
            },
        );
    }
}
