//! The computation as steps: forward value by value, then backward value by value.

use chainrule::{Origin, Result};
use std::collections::HashMap;

use super::source::Recorded;

/// A value of the graph.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Value {
    /// Its position in the graph.
    pub(crate) id: usize,
    pub(crate) name: Option<String>,
    /// Name and label of the operation that makes it; none for leaves and constants.
    pub(crate) op: Option<(&'static str, String)>,
    pub(crate) differentiable: bool,
    /// Which leaf it is, if one can move it.
    pub(crate) slot: Option<usize>,
    /// Its arguments as places in the walk.
    pub(crate) arguments: Vec<usize>,
    pub(crate) data: f64,
}

impl Value {
    /// What it is called in text: its name, or its operation with its position.
    pub(crate) fn called(&self) -> String {
        match (&self.name, &self.op) {
            (Some(name), _) => name.clone(),
            (None, Some((_, label))) => format!("{label}#{}", self.id),
            (None, None) => crate::bench::rule::told(self.data),
        }
    }
}

/// What one value hands to its arguments on the way back.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pass {
    pub(crate) place: usize,
    /// Its own gradient, complete by now.
    pub(crate) gradient: f64,
    pub(crate) shares: Vec<Share>,
}

/// What one argument receives.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Share {
    /// The argument as a place in the walk, and which of the arguments it is.
    pub(crate) place: usize,
    pub(crate) turn: usize,
    /// The local derivative, and that times the gradient.
    pub(crate) local: f64,
    pub(crate) product: f64,
    /// The argument's gradient before and after.
    pub(crate) before: f64,
    pub(crate) after: f64,
}

/// What happens at a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Step<'a> {
    /// Nothing yet: only leaves have numbers.
    Start,
    /// The value at this place is computed.
    Forward(usize),
    /// The gradient of the result with respect to itself is 1.
    Seed,
    /// A value hands its gradient on.
    Backward(&'a Pass),
}

/// All values behind a result, and the steps that compute them and their gradients.
///
/// Positions count from 0, where only leaves have numbers, over the forward steps, one that sets the result's own gradient
/// to 1, and the backward steps.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Walk {
    pub(crate) values: Vec<Value>,
    forward: Vec<usize>,
    backward: Vec<Pass>,
    /// The forward step of each value; 0 for leaves.
    computed_at: Vec<usize>,
}

impl Walk {
    pub(super) fn new(recorded: &Recorded<'_>) -> Result<Walk> {
        let (result, graph) = (recorded.result, recorded.result.graph());
        let trace = result.trace(None);
        let places: HashMap<usize, usize> = trace.iter().enumerate().map(|(place, node)| (node.id, place)).collect();
        let mut values: Vec<Value> = vec![];
        for node in trace {
            let arguments: Vec<usize> = node.arguments.iter().filter_map(|id| places.get(id).copied()).collect();
            let differentiable = match node.origin {
                Origin::Leaf => true,
                Origin::Constant => false,
                Origin::Op { .. } => arguments.iter().any(|&argument| values[argument].differentiable),
            };
            let slot = recorded
                .leaves
                .iter()
                .find(|(id, _)| *id == node.id)
                .map(|(_, slot)| *slot);
            values.push(Value {
                id: node.id,
                name: node.name,
                op: match node.origin {
                    Origin::Op { name, label } => Some((name, label)),
                    Origin::Leaf | Origin::Constant => None,
                },
                differentiable,
                slot,
                arguments,
                data: node.value.first().copied().unwrap_or(f64::NAN),
            });
        }
        let forward: Vec<usize> = (0..values.len()).filter(|&place| values[place].op.is_some()).collect();
        let mut computed_at = vec![0; values.len()];
        for (step, &place) in forward.iter().enumerate() {
            computed_at[place] = step + 1;
        }
        let mut gradients = vec![0.0; values.len()];
        if let Some(last) = gradients.last_mut() {
            *last = 1.0;
        }
        let mut backward = vec![];
        for &place in forward.iter().rev().filter(|&&place| values[place].differentiable) {
            let value = &values[place];
            let gradient = gradients[place];
            let mut shares = vec![];
            if let Some(var) = graph.value_at(value.id) {
                for (turn, partial) in var.partials(0)?.into_iter().enumerate() {
                    let Some(&argument) = places.get(&partial.argument) else {
                        continue;
                    };
                    if !values[argument].differentiable {
                        continue;
                    }
                    let local = partial.derivative.data().first().copied().unwrap_or(0.0);
                    let (product, before) = (local * gradient, gradients[argument]);
                    gradients[argument] = before + product;
                    shares.push(Share {
                        place: argument,
                        turn,
                        local,
                        product,
                        before,
                        after: gradients[argument],
                    });
                }
            }
            backward.push(Pass {
                place,
                gradient,
                shares,
            });
        }
        Ok(Walk {
            values,
            forward,
            backward,
            computed_at,
        })
    }

    /// How many steps go forward.
    pub(crate) fn forward_steps(&self) -> usize {
        self.forward.len()
    }

    /// How many steps there are: the last position.
    pub(crate) fn steps(&self) -> usize {
        let has_gradient = self.values.last().is_some_and(|result| result.differentiable);
        self.forward.len() + if has_gradient { 1 + self.backward.len() } else { 0 }
    }

    /// What happened last at a position.
    pub(crate) fn step(&self, position: usize) -> Step<'_> {
        let forward = self.forward.len();
        match position {
            0 => Step::Start,
            step if step <= forward => Step::Forward(self.forward[step - 1]),
            step if step == forward + 1 => Step::Seed,
            step => match self.backward.get(step - forward - 2) {
                Some(pass) => Step::Backward(pass),
                None => Step::Start,
            },
        }
    }

    /// Whether a value has been computed at a position.
    pub(crate) fn has(&self, place: usize, position: usize) -> bool {
        self.computed_at[place] <= position
    }

    /// The gradients at a position; none before the way back has begun, and for what has none.
    pub(crate) fn gradients(&self, position: usize) -> Vec<Option<f64>> {
        let begun = position > self.forward.len();
        let start = |value: &Value| (begun && value.differentiable).then_some(0.0);
        let mut gradients: Vec<Option<f64>> = self.values.iter().map(start).collect();
        if let Some(result) = gradients.last_mut().filter(|result| result.is_some()) {
            *result = Some(1.0);
        }
        let passed = position.saturating_sub(self.forward.len() + 1);
        for share in self.backward.iter().take(passed).flat_map(|pass| &pass.shares) {
            gradients[share.place] = Some(share.after);
        }
        gradients
    }

    /// The largest gradient of all, by size.
    pub(crate) fn largest(&self) -> f64 {
        let all = self.gradients(self.steps());
        let finite = all.into_iter().flatten().filter(|gradient| gradient.is_finite());
        finite.fold(0.0, |largest, gradient| largest.max(gradient.abs()))
    }
}
