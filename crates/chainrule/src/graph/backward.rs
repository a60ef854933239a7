//! The walk back: gradients as numbers, and gradients as values.

use super::{
    Graph, Here, Moment, Var, View,
    ledger::{Ledger, with_each},
    node::{Kind, Node, places_of},
};
use crate::{
    error::{Error, Fault, Result},
    float::Float,
    kernel::singles::Back,
};
use std::{
    ops::{Index, Range},
    panic::Location,
};

/// Gradients as numbers: the derivative of one value with respect to every value before it.
///
/// Index it with a scalar [`Var`] for a number; [`wrt`](Gradients::wrt) gives the slice of any
/// value. Values that the result does not depend on have gradient 0.
#[derive(Clone)]
pub struct Gradients<T: Float = f64> {
    /// The gradient of each value, where the value lies in its own buffer; behind them zeros, for values that the walk did
    /// not reach.
    numbers: Vec<T>,
    /// Where the result ends.
    end: usize,
    reached: Reached,
    /// Key, start and length of each parameter that the walk reached, by key.
    parameters: Vec<(u64, usize, usize)>,
    /// The stamp of the graph it belongs to.
    stamp: u64,
}

/// Which values the walk reached.
#[derive(Clone)]
struct Reached {
    /// How many of the first values, up to the result, are single numbers: their gradients themselves are nothing, −0, or
    /// something.
    singles: usize,
    /// The other values.
    others: Vec<bool>,
}

impl Reached {
    /// For how many values this is known.
    fn count(&self) -> usize {
        self.singles + self.others.len()
    }

    /// Says that the walk reached this value; false when its gradient has to say it.
    fn add(&mut self, id: u32) -> bool {
        let other = (id as usize).checked_sub(self.singles);
        match other.and_then(|other| self.others.get_mut(other)) {
            Some(reached) => *reached = true,
            None => return false,
        }
        true
    }
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
        if value.id() >= self.reached.count() {
            panic!("the value was recorded after backward(): call backward() again");
        }
        let place = ledger.place(ledger.node(value.index()));
        match self.is_reached(value.id()) {
            true => &self.numbers[place],
            false => &self.numbers[self.end..][..place.len()],
        }
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
        self.numbers.get(place).filter(|_| self.is_reached(id))
    }

    /// Whether the walk reached this value.
    #[inline]
    fn is_reached(&self, id: usize) -> bool {
        match id.checked_sub(self.reached.singles) {
            None => !self.numbers[id].is_nothing(),
            Some(other) => self.reached.others.get(other) == Some(&true),
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
            let gradient = &mut self.numbers[start..][..length];
            change(gradient);
            // One that became too small for a number is still one.
            if start < self.reached.singles {
                gradient.iter_mut().for_each(|x| *x += T::ZERO);
            }
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
        // Values that the result does not depend on have the zeros at the end: the longest of them needs so many.
        let end = self.place(self.node(result)).end;
        let singles = self.first_other.min(result + 1) as usize;
        let others = &self.nodes[singles..self.count];
        let zeros = others.iter().map(|node| self.place(node).len()).max();
        let length = end + zeros.unwrap_or(0).max(1);
        let mut numbers = Vec::with_capacity(length);
        numbers.resize(singles, T::NOTHING);
        numbers.resize(length, T::ZERO);
        numbers[self.node(result).start()] = T::ONE;
        let mut gradients = Gradients {
            numbers,
            end,
            reached: Reached {
                singles,
                others: vec![false; others.len()],
            },
            parameters: vec![],
            stamp: self.stamp,
        };
        gradients.reached.add(result);
        for id in (singles as u32..=result).rev() {
            let node = self.node(id);
            // A value that the result does not depend on must not be pulled: 0 · ∞ would be NaN.
            if gradients.is_reached(id as usize) && node.passes_on() {
                self.pull_node(node, id, &mut gradients.numbers, &mut gradients.reached);
            }
        }
        self.pull_singles(&mut gradients);
        let parameters = self.parameters.iter().map(|(key, handle)| (key, handle as u32));
        gradients.parameters = parameters
            .filter(|&(_, id)| gradients.is_reached(id as usize))
            .map(|(key, id)| (key, self.place(self.node(id))))
            .map(|(key, place)| (key, place.start, place.len()))
            .collect();
        gradients.parameters.sort_unstable();
        gradients
    }

    /// The walk back through the first values, which are single numbers: in a graph of nothing else, all of it.
    // A function of its own, which keeps in registers what it walks through.
    #[inline(never)]
    fn pull_singles(&self, gradients: &mut Gradients<T>) {
        let Gradients { numbers, reached, .. } = gradients;
        let mut back = Back {
            values: &self.values,
            gradients: numbers,
        };
        for (id, node) in self.nodes[..reached.singles].iter().enumerate().rev() {
            let gradient = back.gradients[id];
            if gradient.is_nothing() {
                continue;
            }
            match self.single(node) {
                Some(single) => single.pull_one(&mut back, &node.places, gradient),
                None if node.passes_on() => self.pull_node(node, id as u32, back.gradients, reached),
                None => {}
            }
        }
    }

    /// Adds what the arguments of a node receive to their gradients.
    #[inline(never)]
    fn pull_node(&self, node: &Node, id: u32, gradients: &mut [T], reached: &mut Reached) {
        if let (Some(single), Kind::Single) = (self.single(node), node.kind) {
            for (k, &argument) in self.ids(node).iter().enumerate() {
                if node.places.receives >> k & 1 == 1 {
                    reached.add(argument);
                }
            }
            let (values, gradient) = (&self.values, gradients[node.start()]);
            let places = places_of(&self.nodes, node);
            return single.pull_one(&mut Back { values, gradients }, &places, gradient);
        }
        let (past, present) = gradients.split_at_mut(node.start());
        self.pull(id, &present[..self.place(node).len()], |argument, receives, pull| {
            let node = self.node(argument);
            // Nor must one be pulled that the operation only looks at, such as the condition of `select`.
            if !node.differentiable() || !receives {
                return;
            }
            let gradient = &mut past[self.place(node)];
            if reached.add(argument) {
                return pull(gradient);
            }
            // Nothing becomes 0, before and after.
            gradient.iter_mut().for_each(|x| *x += T::ZERO);
            pull(gradient);
            gradient.iter_mut().for_each(|x| *x += T::ZERO);
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
