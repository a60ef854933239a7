//! A recorded calculation, run again with other numbers: no graph is built and no memory is asked for.

use super::{Graph, Moment, Var, ledger::Ledger, op::Views, singles::Singles};
use crate::{
    error::{Error, Fault, Result},
    float::Float,
    shape::Shape,
};
use std::{collections::HashMap, ops::Range, panic::Location};

/// A graph with one result, whose sources can be given other numbers of the same shapes.
pub(crate) struct Replay<T: Float> {
    graph: Graph<T>,
    result: u32,
    /// What depends on the sources that change and leads to the result, in order.
    forward: Vec<u32>,
    /// What the gradient flows through, the result first.
    backward: Vec<Back>,
    /// What each of these hands on, one after the other.
    pulls: Vec<Pull>,
    /// Room for the gradients: a value's place is another's as soon as its gradient was handed on.
    gradients: Vec<T>,
    views: Views<T>,
    /// Both ways when all there is are single numbers; then the gradients are laid out as the values are.
    singles: Option<(Singles<T>, Singles<T>)>,
}

/// A value on the way back, once all that its gradient is made of is there.
struct Back {
    id: u32,
    /// Where its gradient begins: inside that of another value, where this is passed on as it is.
    gradient: usize,
    /// How many of the pulls are its own.
    pulls: usize,
    /// Which of the module's parameters it is, if it is one that learns.
    parameter: Option<usize>,
}

/// The share of a gradient that an argument receives.
struct Pull {
    /// Which argument.
    k: usize,
    /// Where the argument's gradient lies.
    to: Range<usize>,
    /// Whether it is the first share of this argument, which is not added to what is there.
    overwrites: bool,
}

/// Room for gradients that live one after the other: places of equal lengths are used again.
#[derive(Default)]
struct Room {
    free: HashMap<usize, Vec<usize>>,
    end: usize,
}

impl Room {
    fn take(&mut self, length: usize) -> usize {
        if let Some(start) = self.free.get_mut(&length).and_then(Vec::pop) {
            return start;
        }
        // Long gradients begin at lines of the cache, as far as the buffer does.
        let start = if length < LINE {
            self.end
        } else {
            self.end.next_multiple_of(LINE)
        };
        self.end = start + length;
        start
    }

    fn give_back(&mut self, start: usize, length: usize) {
        self.free.entry(length).or_default().push(start);
    }
}

/// Numbers in a line of the cache, at least.
const LINE: usize = 16;

impl<T: Float> Replay<T> {
    /// Records for `whom` what `calculate` does, of which the inputs it names and all parameters will change.
    ///
    /// # Errors
    /// The first fault on the way to the result, or that it is not one number.
    pub(crate) fn record(
        whom: &'static str,
        calculate: impl for<'g> FnOnce(&'g Graph<T>) -> (Vec<Var<'g, T>>, Var<'g, T>),
        line: &'static Location<'static>,
    ) -> Result<(Replay<T>, Vec<u32>)> {
        let graph = Graph::default();
        let (inputs, result) = {
            let (inputs, result) = calculate(&graph);
            if !std::ptr::eq(result.graph(), &graph) {
                let fault =
                    Fault::new("the loss belongs to another graph").fix("compute it from the inputs it is given");
                return Err(Error::argument(whom, fault, line));
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
                whom,
                fault.fix("reduce it first, for example with mean()"),
                line,
            ));
        }
        let (forward, reached) = ledger.plan(result, &inputs);
        let (mut backward, pulls, mut room) = ledger.plan_back(result, &reached);
        let singles = ledger.plan_singles(&forward, &backward);
        if singles.is_some() {
            room = ledger.place(ledger.node(result)).end;
            // Of the way back only those are left that may learn.
            backward.retain(|back| ledger.node(back.id).argument_count == 0);
            for back in &mut backward {
                back.gradient = ledger.node(back.id).start();
            }
        }
        drop(ledger);
        let replay = Replay {
            graph,
            result,
            forward,
            backward,
            pulls,
            gradients: vec![T::ZERO; room],
            views: Views::default(),
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

    /// Lets the source of this id learn, as this one of the module's parameters; nothing happens when no gradient flows to
    /// it.
    pub(crate) fn let_learn(&mut self, id: u32, parameter: usize) {
        // The result comes first, so the ids descend.
        if let Ok(at) = self.backward.binary_search_by(|back| id.cmp(&back.id)) {
            self.backward[at].parameter = Some(parameter);
        }
    }

    /// Computes everything anew from the sources; says the result.
    pub(crate) fn forward(&mut self) -> T {
        let ledger = self.graph.ledger.get_mut();
        match &self.singles {
            Some((forward, _)) => forward.forward(&mut ledger.values),
            None => self.forward.iter().for_each(|&id| ledger.compute_again(id)),
        }
        ledger.values[ledger.node(self.result).start()]
    }

    /// Computes the gradients after [`forward`](Replay::forward), and hands each parameter, its numbers and its gradient
    /// to `learn` as soon as nothing needs the numbers any more.
    pub(crate) fn backward(&mut self, mut learn: impl FnMut(usize, &mut [T], &[T])) {
        let ledger = self.graph.ledger.get_mut();
        if let Some((_, backward)) = &self.singles {
            self.gradients.fill(T::ZERO);
            self.gradients[ledger.node(self.result).start()] = T::ONE;
            backward.backward(&ledger.values, &mut self.gradients);
            for back in &self.backward {
                if let Some(parameter) = back.parameter {
                    let at = back.gradient;
                    learn(parameter, &mut ledger.values[at..=at], &self.gradients[at..=at]);
                }
            }
            return;
        }
        let Some(result) = self.backward.first() else { return };
        self.gradients[result.gradient] = T::ONE;
        let mut pulls = self.pulls.as_slice();
        for back in &self.backward {
            let node = *ledger.node(back.id);
            let numbers = ledger.place(&node);
            let gradient = back.gradient..back.gradient + numbers.len();
            if let Some(parameter) = back.parameter {
                let numbers = &mut ledger.values[numbers];
                learn(parameter, numbers, &self.gradients[gradient]);
                continue;
            }
            let (own, later) = pulls.split_at(back.pulls);
            pulls = later;
            if !own.is_empty() {
                ledger.pull_again(back.id, &gradient, own, &mut self.gradients, &mut self.views);
            }
        }
    }

    /// The result as a value of the recorded graph, which can be drawn, traced and explained.
    pub(crate) fn result(&self) -> Var<'_, T> {
        self.graph.var(self.result)
    }
}

impl<T: Float> Ledger<T> {
    /// What must be computed again when inputs and parameters change, and whether the gradient of the result flows through
    /// each value.
    fn plan(&self, result: u32, inputs: &[u32]) -> (Vec<u32>, Vec<bool>) {
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
        let forward = (0..count).filter(|&id| self.nodes[id].argument_count > 0 && leads[id] && changes[id]);
        let forward = forward.map(|id| id as u32).collect();
        for (id, reached) in reached.iter_mut().enumerate() {
            *reached &= self.nodes[id].differentiable();
        }
        (forward, reached)
    }

    /// The way back through the values that the gradient reaches, with a place for each gradient while it is needed; and
    /// how much room these places take. A gradient that is passed on as it is stays where it is.
    fn plan_back(&self, result: u32, reached: &[bool]) -> (Vec<Back>, Vec<Pull>, usize) {
        let (mut backward, mut pulls, mut room) = (vec![], vec![], Room::default());
        let mut places: Vec<Option<usize>> = vec![None; reached.len()];
        // Of what is an argument of the value at hand: as which one for the last time.
        let mut last = vec![0; reached.len()];
        places[result as usize] = Some(room.take(self.place(self.node(result)).len()));
        for id in (0..=result).rev().filter(|&id| reached[id as usize]) {
            let node = self.node(id);
            // A value is reached through another one that handed something on, so it has a place.
            let Some(gradient) = places[id as usize] else { continue };
            let before = pulls.len();
            let arguments = self.ids(node);
            // What lies before is passed on already, if anything is.
            let (mut free, mut passes) = (gradient, false);
            for (k, &argument) in arguments.iter().enumerate() {
                last[argument as usize] = k;
            }
            let shapes: Vec<Shape> = arguments.iter().map(|&argument| self.shape(argument)).collect();
            for (k, &argument) in arguments.iter().enumerate() {
                let op = self.ops.get(node.op);
                let Some(op) = op.filter(|op| op.receives(k) && reached[argument as usize]) else {
                    continue;
                };
                let (place, length) = (&mut places[argument as usize], self.place(self.node(argument)).len());
                let first = place.is_none();
                if first && let Some(cell) = op.get().passes_gradient(k, &shapes) {
                    let part = gradient + cell..gradient + cell + length;
                    if last[argument as usize] == k && part.start >= free {
                        *place = Some(part.start);
                        (free, passes) = (part.end, true);
                        continue;
                    }
                }
                let start = *place.get_or_insert_with(|| room.take(length));
                pulls.push(Pull {
                    k,
                    to: start..start + length,
                    overwrites: first,
                });
            }
            // What a parameter learns from is used before the walk goes on, too.
            if !passes {
                room.give_back(gradient, self.place(node).len());
            }
            backward.push(Back {
                id,
                gradient,
                pulls: pulls.len() - before,
                parameter: None,
            });
        }
        (backward, pulls, room.end)
    }

    /// Hands on the gradient of a value.
    fn pull_again(&self, id: u32, gradient: &Range<usize>, pulls: &[Pull], gradients: &mut [T], views: &mut Views<T>) {
        let node = self.node(id);
        let Some(op) = self.op(node) else { return };
        let value = self.view(id);
        views.with_each(
            self.ids(node),
            |&id| self.view(id),
            |arguments| {
                let at = Moment { arguments, value };
                for Pull { k, to, overwrites } in pulls {
                    let (gradient_y, gradient_x) = apart(gradients, gradient, to);
                    match overwrites {
                        true => op.pull_first(*k, &at, gradient_y, gradient_x),
                        false => op.pull(*k, &at, gradient_y, gradient_x),
                    }
                }
            },
        );
    }

    /// The two ways when they go through single numbers only.
    fn plan_singles(&self, forward: &[u32], backward: &[Back]) -> Option<(Singles<T>, Singles<T>)> {
        let pulled = backward.iter().rev().map(|back| back.id);
        let pulled: Vec<u32> = pulled.filter(|&id| self.node(id).argument_count > 0).collect();
        let all = forward.iter().chain(&pulled).all(|&id| self.has_single_rule(id));
        all.then(|| {
            (
                Singles::plan_forward(self, forward),
                Singles::plan_backward(self, &pulled),
            )
        })
    }

    /// Computes a value anew where it lies.
    fn compute_again(&mut self, id: u32) {
        let node = *self.node(id);
        if !self.compute_single(&node) {
            self.evaluate(&node, self.shape(id));
        }
    }
}

/// Two parts of the gradients that do not overlap: one to read and one to write. Either may be empty and begin where the
/// other does.
fn apart<'a, T>(gradients: &'a mut [T], read: &Range<usize>, write: &Range<usize>) -> (&'a [T], &'a mut [T]) {
    if read.end <= write.start {
        let (before, after) = gradients.split_at_mut(write.start);
        (&before[read.clone()], &mut after[..write.len()])
    } else {
        let (before, after) = gradients.split_at_mut(read.start);
        (&after[..read.len()], &mut before[write.clone()])
    }
}
