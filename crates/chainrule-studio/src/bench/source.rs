//! Where a graph comes from: a formula or a small network, with numbers for its leaves.

use chainrule::{Explanation, Graph, Var, expression::Expression};

use super::{Groups, Network, Walk};

/// What names of a formula stand for until they are given a number.
const STARTS: [f64; 8] = [2.0, -3.0, 1.0, 0.5, -1.0, 1.5, -2.0, 3.0];

/// A leaf that one can move.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Slot {
    pub(crate) name: String,
    pub(crate) start: f64,
}

/// A stretch of the computation with a name, such as a neuron: the values from one position in the graph up to another.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stretch {
    /// Such as `s1.l2.n3`: what stands before the last point is the stretch around it.
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) from: usize,
    pub(crate) to: usize,
}

/// A graph as it has been recorded.
pub(crate) struct Recorded<'g> {
    pub(crate) result: Var<'g>,
    /// For each position in the graph that is a leaf to move: which one.
    pub(crate) leaves: Vec<(usize, usize)>,
    pub(crate) stretches: Vec<Stretch>,
}

/// Something to record.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    Formula(Expression),
    Network(Network),
}

impl Source {
    /// A formula, if it is one. It has no more values than characters.
    pub(crate) fn formula(text: &str) -> Result<Source, String> {
        let expression = Expression::parse(text).map_err(|error| error.to_string())?;
        Ok(Source::Formula(expression))
    }

    /// Its leaves, with the numbers they have at first.
    pub(crate) fn slots(&self) -> Vec<Slot> {
        match self {
            Source::Formula(expression) => {
                let names = expression.names().iter().zip(STARTS.into_iter().cycle());
                let slot = |(name, start): (&String, f64)| Slot {
                    name: name.clone(),
                    start,
                };
                names.map(slot).collect()
            }
            Source::Network(network) => network.slots(),
        }
    }

    /// What its result is called.
    pub(crate) fn result(&self) -> &'static str {
        match self {
            Source::Formula(expression) => {
                let free = ["L", "y", "result"].into_iter();
                let mut free = free.filter(|name| !expression.names().iter().any(|other| other == name));
                free.next().unwrap_or("value")
            }
            Source::Network(_) => "loss",
        }
    }

    fn record<'g>(&self, graph: &'g Graph, values: &[f64]) -> Result<Recorded<'g>, String> {
        let told = |error: chainrule::Error| error.to_string();
        let mut recorded = match self {
            Source::Network(network) => network.record(graph, values).map_err(told)?,
            Source::Formula(expression) => {
                let leaf = |(name, value): (&String, &f64)| graph.leaf(*value).named(name.as_str());
                let leaves: Vec<Var> = expression.names().iter().zip(values).map(leaf).collect();
                let result = expression.record(graph, &leaves).map_err(told)?;
                Recorded {
                    result,
                    leaves: leaves
                        .iter()
                        .enumerate()
                        .map(|(slot, leaf)| (leaf.id(), slot))
                        .collect(),
                    stretches: vec![],
                }
            }
        };
        if recorded.result.name().is_none() {
            recorded.result = recorded.result.named(self.result());
        }
        Ok(recorded)
    }

    /// The computation with these numbers, forward and backward, and what belongs together in it.
    pub(crate) fn walk(&self, values: &[f64]) -> Result<(Walk, Groups), String> {
        let graph = Graph::new();
        let recorded = self.record(&graph, values)?;
        let walk = Walk::new(&recorded).map_err(|error| error.to_string())?;
        let groups = match self {
            Source::Formula(_) => Groups::of_formula(&walk),
            Source::Network(_) => Groups::of_stretches(&walk, recorded.stretches),
        };
        Ok((walk, groups))
    }

    /// Why the gradient of the value at this position is what it is.
    pub(crate) fn explain(&self, values: &[f64], id: usize) -> Result<Explanation, String> {
        let graph = Graph::new();
        let recorded = self.record(&graph, values)?;
        let value = graph.value_at(id).ok_or_else(|| format!("there is no value {id}"))?;
        recorded.result.explain(value).map_err(|error| error.to_string())
    }
}

/// The edges of a path as positions in the graph, each as (argument, user).
pub(crate) fn told_path(path: &chainrule::Path, wrt: usize) -> Vec<(usize, usize)> {
    let next = path.steps.iter().skip(1).map(|step| step.id).chain([wrt]);
    path.steps
        .iter()
        .zip(next)
        .map(|(step, argument)| (argument, step.id))
        .collect()
}
