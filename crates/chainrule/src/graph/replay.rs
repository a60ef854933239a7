//! A recorded calculation, run again with other numbers: no graph is built and no memory is asked for.

use super::{Graph, Var, ledger::Ledger, needed::Needed, op::Views, plan::Plan, singles::Singles};
use crate::{
    error::{Error, Fault, Result},
    float::Float,
    shape::Shape,
};
use std::{
    panic::Location,
    slice::{from_mut, from_ref},
};

/// A graph with one result, whose sources can be given other numbers of the same shapes.
pub(crate) struct Replay<T: Float> {
    graph: Graph<T>,
    result: u32,
    way: Way<T>,
    gradients: Vec<T>,
}

/// How a recording is computed and walked back.
enum Way<T: Float> {
    /// All there is are single numbers: gradients are laid out as the values are.
    Singles {
        forward: Singles<T>,
        backward: Singles<T>,
        /// The module's parameters that learn, and where their numbers lie.
        learn: Vec<(usize, usize)>,
        /// Which values the gradient reaches.
        reached: Vec<bool>,
    },
    /// Any operations, with room for the views of their arguments.
    Operations(Plan<T>, Views<T>),
}

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
        let needed = ledger.needed(result, &inputs);
        let (way, gradients) = match Way::singles(&ledger, result, &needed) {
            Some(way) => (way, vec![T::ZERO; ledger.place(ledger.node(result)).end]),
            None => {
                let plan = Plan::new(&ledger, result, needed);
                let mut gradients = vec![T::ZERO; plan.room];
                plan.begin(&ledger.values, &mut gradients);
                (Way::Operations(plan, Views::default()), gradients)
            }
        };
        drop(ledger);
        let replay = Replay {
            graph,
            result,
            way,
            gradients,
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
        let start = match &self.way {
            Way::Operations(plan, _) => plan.moved(id).unwrap_or(place.start),
            Way::Singles { .. } => place.start,
        };
        &mut ledger.values[start..][..place.len()]
    }

    /// Lets the source of this id learn, as this one of the module's parameters; nothing happens when no gradient flows to
    /// it.
    pub(crate) fn let_learn(&mut self, id: u32, parameter: usize) {
        match &mut self.way {
            Way::Operations(plan, _) => plan.let_learn(id, parameter),
            Way::Singles { learn, reached, .. } => {
                if reached[id as usize] {
                    learn.push((parameter, self.graph.read().node(id).start()));
                }
            }
        }
    }

    /// Computes everything anew from the sources; says the result.
    pub(crate) fn forward(&mut self) -> T {
        let ledger = self.graph.ledger.get_mut();
        match &mut self.way {
            Way::Singles { forward, .. } => forward.forward(&mut ledger.values),
            Way::Operations(plan, views) => plan.forward(&mut ledger.values, &mut self.gradients, views),
        }
        ledger.values[ledger.node(self.result).start()]
    }

    /// Computes the gradients after [`forward`](Replay::forward), and hands each parameter, its numbers and its gradient
    /// to `learn` as soon as nothing needs the numbers any more.
    pub(crate) fn backward(&mut self, mut learn_from: impl FnMut(usize, &mut [T], &[T])) {
        let (ledger, gradients) = (self.graph.ledger.get_mut(), &mut self.gradients);
        match &mut self.way {
            Way::Singles { backward, learn, .. } => {
                gradients.fill(T::ZERO);
                gradients[ledger.node(self.result).start()] = T::ONE;
                backward.backward(&ledger.values, gradients);
                for &(parameter, at) in learn.iter() {
                    if let (Some(number), Some(gradient)) = (ledger.values.get_mut(at), gradients.get(at)) {
                        learn_from(parameter, from_mut(number), from_ref(gradient));
                    }
                }
            }
            Way::Operations(plan, views) => plan.backward(&mut ledger.values, gradients, views, learn_from),
        }
    }

    /// The result as a value of the recorded graph, which can be drawn, traced and explained, of the newest numbers.
    pub(crate) fn result(&mut self) -> Var<'_, T> {
        let ledger = self.graph.ledger.get_mut();
        if let Way::Operations(plan, _) = &self.way {
            plan.settle(ledger);
        }
        (0..=self.result).for_each(|id| ledger.compute_again(id));
        self.graph.var(self.result)
    }
}

impl<T: Float> Way<T> {
    /// The way through single numbers, if that is all there are.
    fn singles(ledger: &Ledger<T>, result: u32, needed: &Needed) -> Option<Way<T>> {
        let ids = |needed: &[bool]| -> Vec<u32> {
            let operation = |id: &u32| needed[*id as usize] && ledger.node(*id).argument_count > 0;
            (0..=result).filter(operation).collect()
        };
        let (computed, reached) = (ids(&needed.computed), ids(&needed.reached));
        let all = computed.iter().chain(&reached).all(|&id| ledger.has_single_rule(id));
        all.then(|| Way::Singles {
            forward: Singles::plan_forward(ledger, &computed),
            backward: Singles::plan_backward(ledger, &reached),
            learn: vec![],
            reached: needed.reached.clone(),
        })
    }
}

impl<T: Float> Ledger<T> {
    /// Computes a value anew where it lies.
    fn compute_again(&mut self, id: u32) {
        let node = *self.node(id);
        if node.argument_count > 0 && !node.faulty() && !self.compute_single(&node) {
            self.evaluate(&node, self.shape(id));
        }
    }
}
