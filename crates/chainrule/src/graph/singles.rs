//! Single numbers, recorded once and computed again and again: the loops of a scalar graph that is replayed.

use super::{
    ledger::Ledger,
    node::{Kind, places_of},
    operations::Registered,
};
use crate::{
    float::Float,
    kernel::singles::{Places, Single},
};

/// Operations on single numbers, ordered so that many of the same kind follow each other: their rule runs through them
/// without a call for each.
///
/// No number depends on the order: what an operation reads is finished before, and where several add to one gradient,
/// they do so in the order of the walk back. It works on the ledger's numbers, and on gradients laid out alike.
pub(super) struct Singles<T> {
    rules: Vec<Single<T>>,
    schedule: Schedule,
}

/// Operations in the order in which they run.
struct Schedule {
    places: Vec<Places>,
    /// Each rule that runs, and where its run ends.
    runs: Vec<(u32, u32)>,
}

/// So many operations that follow each other in the graph are ordered together: enough for long runs, and few enough
/// that their numbers stay close by.
const WINDOW: usize = 2048;

impl<T: Float> Singles<T> {
    /// A plan to compute these values, in order, each of which must have [a rule](Ledger::has_single_rule).
    pub(super) fn plan_forward(ledger: &Ledger<T>, ids: &[u32]) -> Singles<T> {
        Singles::plan(ledger, ids, Schedule::forward)
    }

    /// A plan for the walk back through these values, in order, each of which must have [a rule](Ledger::has_single_rule)
    /// and be reached by the gradient.
    pub(super) fn plan_backward(ledger: &Ledger<T>, ids: &[u32]) -> Singles<T> {
        Singles::plan(ledger, ids, Schedule::backward)
    }

    fn plan(ledger: &Ledger<T>, ids: &[u32], schedule: fn(&[(u32, Places)], usize) -> Schedule) -> Singles<T> {
        let mut rules = vec![];
        // The place among the rules of each of the ledger's operations.
        let mut known: Vec<Option<u32>> = vec![];
        let mut instructions = Vec::with_capacity(ids.len());
        for &id in ids {
            let node = ledger.node(id);
            let Some(single) = ledger.ops.get(node.op).and_then(Registered::single) else {
                continue;
            };
            let op = node.op as usize;
            if known.len() <= op {
                known.resize(op + 1, None);
            }
            let rule = *known[op].get_or_insert_with(|| {
                rules.push(single.clone());
                (rules.len() - 1) as u32
            });
            instructions.push((rule, places_of(&ledger.nodes, node)));
        }
        let schedule = schedule(&instructions, ledger.end);
        Singles { rules, schedule }
    }

    /// Computes all values anew from those they depend on.
    pub(super) fn forward(&self, values: &mut [T]) {
        self.schedule.run(|rule, places| {
            if let Some(single) = self.rules.get(rule) {
                single.evaluate(values, places);
            }
        });
    }

    /// Adds to the gradients of all arguments what they receive.
    pub(super) fn backward(&self, values: &[T], gradients: &mut [T]) {
        self.schedule.run(|rule, places| {
            if let Some(single) = self.rules.get(rule) {
                single.pull(values, gradients, places);
            }
        });
    }
}

impl<T: Float> Ledger<T> {
    /// Whether a value is an operation on single numbers with a rule for such.
    pub(super) fn has_single_rule(&self, id: u32) -> bool {
        let node = self.node(id);
        let rules = self.ops.get(node.op).and_then(Registered::single);
        rules.is_some() && node.kind == Kind::Single
    }
}

/// The level and the rule of an operation.
type At = (u32, u32);

/// The first level of an operation with this rule that comes after another. Within a level, those of one rule keep their
/// order, so that they may depend on each other.
fn after((level, other): At, rule: u32) -> u32 {
    level + u32::from(other != rule)
}

impl Schedule {
    /// What an operation reads is computed before.
    fn forward(instructions: &[(u32, Places)], end: usize) -> Schedule {
        // What computes each number; nothing for those that come from elsewhere.
        let mut computed: Vec<Option<At>> = vec![None; end];
        Schedule::levels(instructions.iter(), |rule, places, base| {
            let before = places.arguments.iter().filter_map(|&a| computed[a as usize]);
            let level = before.fold(base, |level, before| after(before, rule).max(level));
            computed[places.result as usize] = Some((level, rule));
            level
        })
    }

    /// The walk back: what an operation passes on is complete before, and what several add to one gradient comes in the
    /// same order.
    fn backward(instructions: &[(u32, Places)], end: usize) -> Schedule {
        // What added to each gradient last; nothing at first.
        let mut added: Vec<Option<At>> = vec![None; end];
        Schedule::levels(instructions.iter().rev(), |rule, places, base| {
            let arguments = places.arguments.into_iter().enumerate();
            let receivers = arguments.filter(|(k, _)| places.receives >> k & 1 == 1).map(|(_, a)| a);
            let before = receivers
                .clone()
                .chain([places.result])
                .filter_map(|a| added[a as usize]);
            let level = before.fold(base, |level, before| after(before, rule).max(level));
            for argument in receivers {
                added[argument as usize] = Some((level, rule));
            }
            level
        })
    }

    /// Orders the instructions of each window by level and rule, otherwise as they come. `level` is given the rule, the
    /// places and the first level of the window.
    fn levels<'a>(
        instructions: impl Iterator<Item = &'a (u32, Places)>,
        mut level: impl FnMut(u32, &Places, u32) -> u32,
    ) -> Schedule {
        let mut schedule = Schedule {
            places: vec![],
            runs: vec![],
        };
        let (mut window, mut base, mut next_base) = (vec![], 0, 0);
        let mut instructions = instructions.peekable();
        while instructions.peek().is_some() {
            window.clear();
            for (k, (rule, places)) in instructions.by_ref().take(WINDOW).enumerate() {
                let level = level(*rule, places, base);
                next_base = next_base.max(level + 1);
                window.push((level, *rule, k, places));
            }
            window.sort_unstable_by_key(|&(level, rule, k, _)| (level, rule, k));
            for &(_, rule, _, places) in &window {
                schedule.places.push(*places);
                let end = schedule.places.len() as u32;
                match schedule.runs.last_mut() {
                    Some((last, last_end)) if *last == rule => *last_end = end,
                    _ => schedule.runs.push((rule, end)),
                }
            }
            base = next_base;
        }
        schedule
    }

    #[inline(always)]
    fn run(&self, mut run: impl FnMut(usize, &[Places])) {
        let mut start = 0;
        for &(rule, end) in &self.runs {
            let end = end as usize;
            if let Some(places) = self.places.get(start..end) {
                run(rule as usize, places);
            }
            start = end;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{graph::Graph, graph::Var, ops::rows, random::Rng};

    const LEAVES: usize = 6;

    /// A graph of every pointwise operation on numbers drawn among all earlier ones, long enough for several windows;
    /// its sources and its result.
    fn random_graph<'g, T: Float>(graph: &'g Graph<T>, sources: &[f64]) -> (Vec<Var<'g, T>>, Var<'g, T>) {
        let mut rng = Rng::new(7);
        let mut draw = |count: usize| (rng.uniform(0.0, count as f64) as usize).min(count - 1);
        let leaf = |(k, &x): (usize, &f64)| if k < LEAVES { graph.leaf(x) } else { graph.constant(x) };
        let sources: Vec<Var<'g, T>> = sources.iter().enumerate().map(leaf).collect();
        let (mut values, mut result) = (sources.clone(), sources[0]);
        for _ in 0..3 * WINDOW {
            let row = &rows::<T>()[draw(rows::<T>().len())];
            let arguments: Vec<_> = (0..row.op.arity().unwrap())
                .map(|_| values[draw(values.len())])
                .collect();
            // Numbers stay moderate, so that nearly all are finite.
            let value = row.apply(&[], &arguments).clamp(-1.5, 1.5);
            values.push(value);
            let newest = values.len() - 1;
            result += value * value.tanh() * values[draw(newest)];
        }
        (sources, result)
    }

    fn replayed_bits_are_recorded_bits<T: Float>() {
        let numbers = |seed| -> Vec<f64> {
            let mut rng = Rng::new(seed);
            (0..2 * LEAVES).map(|_| rng.uniform(-1.0, 1.0)).collect()
        };
        let (graph, other) = (Graph::<T>::default(), Graph::<T>::default());
        let (sources, result) = random_graph(&graph, &numbers(1));
        let (expected_sources, expected) = random_graph(&other, &numbers(2));
        let reached = result.backward().unwrap();
        let wanted = |wanted: &dyn Fn(u32) -> bool| -> Vec<u32> {
            let ids: Vec<u32> = (0..graph.len() as u32).filter(|&id| wanted(id)).collect();
            assert!(ids.iter().all(|&id| graph.read().has_single_rule(id)) && ids.len() > 2 * WINDOW);
            ids
        };
        let operation = |id| graph.read().node(id).argument_count > 0;
        let forward = Singles::plan_forward(&graph.read(), &wanted(&operation));
        let pulled = wanted(&|id| operation(id) && reached.get(graph.var(id)).is_some());
        let backward = Singles::plan_backward(&graph.read(), &pulled);
        let mut ledger = graph.ledger.borrow_mut();
        for (source, x) in sources.iter().zip(numbers(2)) {
            let place = ledger.node(source.index()).start();
            ledger.values[place] = T::from_f64(x);
        }
        forward.forward(&mut ledger.values);
        let mut gradients = vec![T::ZERO; ledger.end];
        gradients[ledger.node(result.index()).start()] = T::ONE;
        backward.backward(&ledger.values, &mut gradients);
        let bits = |x: T| x.to_f64().to_bits();
        let eager = other.read();
        assert_eq!(ledger.end, eager.end);
        for place in 0..eager.end {
            assert_eq!(bits(ledger.values[place]), bits(eager.values[place]), "value {place}");
        }
        let expected = expected.backward().unwrap();
        for (ours, theirs) in sources.iter().zip(expected_sources).take(LEAVES) {
            let ours = gradients[ledger.node(ours.index()).start()];
            assert!(expected[theirs] != T::ZERO, "a leaf without gradient shows nothing");
            assert_eq!(bits(ours), bits(expected[theirs]));
        }
    }

    #[test]
    fn a_layer_of_neurons_runs_in_long_runs() {
        let graph = Graph::new();
        let weights: Vec<[Var<'_>; 2]> = (0..16).map(|k| [graph.leaf(0.1 * k as f64), graph.leaf(0.5)]).collect();
        let loss = graph.sum((0..50).flat_map(|sample| {
            let x = graph.constant(0.02 * sample as f64);
            weights.iter().map(move |&[weight, bias]| (x * weight + bias).tanh())
        }));
        let ledger = graph.read();
        let ids: Vec<u32> = (0..=loss.index()).filter(|&id| ledger.has_single_rule(id)).collect();
        assert_eq!(ids.len(), 4 * 16 * 50 - 1);
        let forward = Singles::plan_forward(&ledger, &ids).schedule.runs.len();
        let backward = Singles::plan_backward(&ledger, &ids).schedule.runs.len();
        assert!(forward <= 12 && backward <= 12, "{forward} and {backward} runs");
    }

    #[test]
    fn what_is_replayed_has_the_bits_of_what_was_recorded() {
        replayed_bits_are_recorded_bits::<f64>();
        replayed_bits_are_recorded_bits::<f32>();
    }
}
