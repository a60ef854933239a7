//! Where a training stands: all it needs to go on as if nothing had happened.

use std::collections::BTreeMap;

use chainrule::{Mlp, Module, optim::Memory};
use safetensors::{Dtype, tensor::TensorView};
use serde::{Deserialize, Serialize};

use crate::{
    sealed::{Numbers, bytes_of, numbers_of},
    train::Epoch,
};

/// Where a training stands, between two batches or at its end.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Standing {
    /// Every epoch's losses so far.
    pub history: Vec<Epoch>,
    /// All weights, one parameter after the other: those of the best epoch; of a finished training whose weights nobody
    /// asks for there are none.
    pub best: Vec<f64>,
    /// The state of its random numbers.
    pub rng: [u64; 4],
    pub stage: Stage,
}

/// Whether it goes on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Stage {
    /// It ended; in this epoch its losses ceased to be numbers, if they did.
    Finished { diverged: Option<usize> },
    /// It goes on.
    Running {
        weights: Vec<f64>,
        /// What the optimizer remembers.
        memory: Vec<Memory<f64>>,
        /// The order of the rows in this epoch.
        order: Vec<usize>,
        /// How many batches of this epoch are done, and the sum of their losses; none when it has not begun.
        inside: Option<(usize, f64)>,
    },
}

/// What of a standing is no list of numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Description {
    rng: [u64; 4],
    finished: bool,
    diverged: Option<usize>,
    /// The batches that are done, and the bits of the sum of their losses.
    inside: Option<(usize, u64)>,
    /// For each parameter that was moved: how often, and the lengths of the lists of what is remembered.
    memory: Vec<(i32, Vec<usize>)>,
}

impl Standing {
    /// Its description; the numbers are added to `tensors` under names that begin with `name`.
    pub(crate) fn describe(&self, name: &str, tensors: &mut BTreeMap<String, Numbers>) -> Description {
        let mut add = |what: &str, sizes: Vec<usize>, numbers: &[f64]| {
            tensors.insert(format!("{name}.{what}"), (Dtype::F64, sizes, bytes_of(numbers)));
        };
        let losses: Vec<f64> = self
            .history
            .iter()
            .flat_map(|epoch| [epoch.train_loss, epoch.validation_loss])
            .collect();
        add("losses", vec![self.history.len(), 2], &losses);
        add("best", vec![self.best.len()], &self.best);
        let mut description = Description {
            rng: self.rng,
            finished: true,
            diverged: None,
            inside: None,
            memory: vec![],
        };
        match &self.stage {
            Stage::Finished { diverged } => description.diverged = *diverged,
            Stage::Running {
                weights,
                memory,
                order,
                inside,
            } => {
                add("weights", vec![weights.len()], weights);
                let remembered: Vec<f64> = memory.iter().flat_map(|memory| memory.lists.concat()).collect();
                add("memory", vec![remembered.len()], &remembered);
                let places = order.iter().flat_map(|&row| (row as u64).to_le_bytes()).collect();
                tensors.insert(format!("{name}.order"), (Dtype::U64, vec![order.len()], places));
                description.finished = false;
                description.inside = inside.map(|(batches, sum)| (batches, sum.to_bits()));
                let lengths = |memory: &Memory<f64>| memory.lists.iter().map(Vec::len).collect();
                description.memory = memory.iter().map(|memory| (memory.steps, lengths(memory))).collect();
            }
        }
        description
    }

    /// The standing of a description; nothing when its numbers make no sense.
    pub(crate) fn read(
        name: &str,
        description: &Description,
        tensors: &BTreeMap<String, TensorView>,
    ) -> Option<Standing> {
        let numbers = |what: &str| tensors.get(&format!("{name}.{what}")).and_then(numbers_of);
        let mut history: Vec<Epoch> = vec![];
        let mut smallest = f64::INFINITY;
        for pair in numbers("losses")?.chunks_exact(2) {
            let &[train_loss, validation_loss] = pair else {
                return None;
            };
            if !(train_loss.is_finite() && validation_loss.is_finite()) {
                return None;
            }
            let number = history.len() + 1;
            let better = validation_loss < smallest;
            smallest = smallest.min(validation_loss);
            let best = history.last().filter(|_| !better).map_or(number, |last| last.best);
            history.push(Epoch {
                number,
                train_loss,
                validation_loss,
                best,
            });
        }
        let best = numbers("best")?;
        if best.iter().any(|x| !x.is_finite()) {
            return None;
        }
        let stage = match description.finished {
            true if history.is_empty() => return None,
            true => Stage::Finished {
                diverged: description.diverged,
            },
            false => {
                let view = tensors.get(&format!("{name}.order"))?;
                let row = |bytes: &[u8]| usize::try_from(u64::from_le_bytes(bytes.try_into().ok()?)).ok();
                let order: Vec<usize> = view.data().chunks_exact(8).map(row).collect::<Option<_>>()?;
                // Every row once.
                let mut seen = vec![false; order.len()];
                for &row in &order {
                    match seen.get_mut(row) {
                        Some(seen @ false) => *seen = true,
                        _ => return None,
                    }
                }
                Stage::Running {
                    weights: numbers("weights")?,
                    memory: memory(&description.memory, &numbers("memory")?)?,
                    order,
                    inside: description.inside.map(|(batches, sum)| (batches, f64::from_bits(sum))),
                }
            }
        };
        Some(Standing {
            history,
            best,
            rng: description.rng,
            stage,
        })
    }

    /// Whether it can be one of a network with so many weights that learns from so many rows, and has its weights if
    /// somebody asks for them.
    pub(crate) fn fits(&self, parameters: usize, rows: usize, keeps_weights: bool) -> bool {
        let fits = |weights: &[f64]| weights.len() == parameters;
        match &self.stage {
            Stage::Finished { .. } => fits(&self.best) || !keeps_weights && self.best.is_empty(),
            Stage::Running { weights, order, .. } => fits(&self.best) && fits(weights) && order.len() == rows,
        }
    }
}

/// What an optimizer remembers, from the lengths of its lists and their numbers.
fn memory(lengths: &[(i32, Vec<usize>)], mut numbers: &[f64]) -> Option<Vec<Memory<f64>>> {
    let mut all = vec![];
    for (steps, lengths) in lengths {
        let mut lists = vec![];
        for &length in lengths {
            let (list, rest) = numbers.split_at_checked(length)?;
            lists.push(list.to_vec());
            numbers = rest;
        }
        all.push(Memory { steps: *steps, lists });
    }
    numbers.is_empty().then_some(all)
}

/// All weights of a network, one parameter after the other.
pub(crate) fn weights(network: &Mlp) -> Vec<f64> {
    let mut weights = vec![];
    network.visit("", &mut |_, param| weights.extend_from_slice(param.value.data()));
    weights
}

/// Gives a network all its weights; as many as it has.
pub(crate) fn set_weights(network: &mut Mlp, mut weights: &[f64]) {
    network.visit_mut("", &mut |_, param| {
        let own = param.value.data_mut();
        if let Some((first, rest)) = weights.split_at_checked(own.len()) {
            own.copy_from_slice(first);
            weights = rest;
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epoch(number: usize, validation_loss: f64, best: usize) -> Epoch {
        Epoch {
            number,
            train_loss: 0.5,
            validation_loss,
            best,
        }
    }

    #[test]
    fn a_standing_comes_back_from_its_description_to_the_bit() {
        let running = Standing {
            history: vec![epoch(1, 0.3, 1), epoch(2, 0.2, 2), epoch(3, 0.2, 2)],
            best: vec![1.0, -0.0, 1e-300],
            rng: [u64::MAX, 1, 2, 3],
            stage: Stage::Running {
                weights: vec![0.1, 0.2, f64::NEG_INFINITY],
                memory: vec![
                    Memory {
                        steps: 7,
                        lists: vec![vec![1.5, 2.5], vec![3.5, 4.5]],
                    },
                    Memory::default(),
                ],
                order: vec![2, 0, 1, 3],
                inside: Some((2, 0.1 + 0.2)),
            },
        };
        let finished = Standing {
            stage: Stage::Finished { diverged: Some(4) },
            ..running.clone()
        };
        for standing in [running, finished] {
            let mut tensors = BTreeMap::new();
            let description = standing.describe("network", &mut tensors);
            let views: BTreeMap<String, TensorView> = tensors
                .iter()
                .map(|(name, (kind, sizes, data))| (name.clone(), TensorView::new(*kind, sizes.clone(), data).unwrap()))
                .collect();
            let text = serde_json::to_string(&description).unwrap();
            let description: Description = serde_json::from_str(&text).unwrap();
            assert_eq!(Standing::read("network", &description, &views), Some(standing));
            assert_eq!(Standing::read("fold", &description, &views), None);
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        assert_eq!(memory(&[(1, vec![2])], &[1.0]), None);
        assert_eq!(memory(&[(1, vec![2])], &[1.0, 2.0, 3.0]), None);
        assert_eq!(memory(&[(1, vec![usize::MAX, usize::MAX])], &[1.0]), None);
        let row_twice = Standing {
            history: vec![],
            best: vec![],
            rng: [0; 4],
            stage: Stage::Running {
                weights: vec![],
                memory: vec![],
                order: vec![0, 0],
                inside: None,
            },
        };
        assert!(row_twice.fits(0, 2, true) && !row_twice.fits(0, 3, true) && !row_twice.fits(1, 2, true));
        let mut tensors = BTreeMap::new();
        let description = row_twice.describe("network", &mut tensors);
        let views: BTreeMap<String, TensorView> = tensors
            .iter()
            .map(|(name, (kind, sizes, data))| (name.clone(), TensorView::new(*kind, sizes.clone(), data).unwrap()))
            .collect();
        assert_eq!(Standing::read("network", &description, &views), None);
    }
}
