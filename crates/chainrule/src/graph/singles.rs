//! Single numbers, recorded once and computed again and again: the loops of a scalar graph that is replayed.

use super::{
    ledger::Ledger,
    node::{Kind, places_of},
};
use crate::{
    float::Float,
    kernel::singles::{Back, Places, Single},
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
            let Some(single) = ledger.single(node) else { continue };
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
        let mut back = Back { values, gradients };
        self.schedule.run(|rule, places| {
            if let Some(single) = self.rules.get(rule) {
                single.pull(&mut back, places);
            }
        });
    }
}

impl<T: Float> Ledger<T> {
    /// Whether a value is an operation on single numbers with a rule for such.
    pub(super) fn has_single_rule(&self, id: u32) -> bool {
        let node = self.node(id);
        node.kind == Kind::Single && self.single(node).is_some()
    }
}

/// When an operation runs: those of one level and one rule are a run, in which the less deep come first, so that
/// neighbors hardly ever wait for each other.
#[derive(Clone, Copy)]
struct When {
    level: u32,
    rule: u32,
    depth: u32,
}

impl When {
    /// Nothing before `base`.
    fn first(rule: u32, base: u32) -> When {
        When {
            level: base,
            rule,
            depth: 0,
        }
    }

    /// Not before another, and so much deeper.
    fn after(self, other: When, deeper: u32) -> When {
        When {
            level: self.level.max(other.level + u32::from(other.rule != self.rule)),
            depth: self.depth.max(other.depth + deeper),
            ..self
        }
    }
}

impl Schedule {
    /// What an operation reads is computed before.
    fn forward(instructions: &[(u32, Places)], end: usize) -> Schedule {
        // What computes each number; nothing for those that come from elsewhere.
        let mut computed: Vec<Option<When>> = vec![None; end];
        Schedule::order(instructions.iter(), |first, places| {
            let before = places.arguments.iter().filter_map(|&a| computed[a as usize]);
            let when = before.fold(first, |when, before| when.after(before, 1));
            computed[places.result as usize] = Some(when);
            when
        })
    }

    /// The walk back: what an operation passes on is complete before, and what several add to one gradient comes in the
    /// same order.
    fn backward(instructions: &[(u32, Places)], end: usize) -> Schedule {
        // What added to each gradient last; nothing at first.
        let mut added: Vec<Option<When>> = vec![None; end];
        Schedule::order(instructions.iter().rev(), |first, places| {
            let arguments = places.arguments.into_iter().enumerate();
            let receivers = arguments
                .filter(|(k, _)| places.receives >> k & 1 == 1)
                .map(|(_, a)| a as usize);
            let complete = added[places.result as usize];
            let when = complete.map_or(first, |complete| first.after(complete, 1));
            let before = receivers.clone().filter_map(|argument| added[argument]);
            let when = before.fold(when, |when, before| when.after(before, 0));
            for argument in receivers {
                added[argument] = Some(when);
            }
            when
        })
    }

    /// Orders the instructions of each window by what `when` says, otherwise as they come; it is given the earliest time.
    fn order<'a>(
        instructions: impl Iterator<Item = &'a (u32, Places)>,
        mut when: impl FnMut(When, &Places) -> When,
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
                let when = when(When::first(*rule, base), places);
                next_base = next_base.max(when.level + 1);
                window.push(((when.level, *rule, when.depth, k), places));
            }
            window.sort_unstable_by_key(|&(key, _)| key);
            for &((_, rule, ..), places) in &window {
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
    use crate::graph::{Graph, Var};

    const LEAVES: usize = 6;

    /// Numbers in [0, 1) that depend on the seed.
    fn draws(seed: u64) -> impl FnMut() -> f64 {
        let mut state = seed;
        move || {
            state = state
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            (state >> 40) as f64 / (1u64 << 24) as f64
        }
    }

    /// A graph of many operations on numbers drawn among all earlier ones, long enough for several windows; its sources
    /// and its result.
    fn random_graph<'g, T: Float>(graph: &'g Graph<T>, sources: &[f64]) -> (Vec<Var<'g, T>>, Var<'g, T>) {
        let mut draw = draws(7);
        let mut below = |count: usize| (draw() * count as f64) as usize;
        let leaf = |(k, &x): (usize, &f64)| if k < LEAVES { graph.leaf(x) } else { graph.constant(x) };
        let sources: Vec<Var<'g, T>> = sources.iter().enumerate().map(leaf).collect();
        let (mut values, mut result) = (sources.clone(), sources[0]);
        for _ in 0..3 * WINDOW {
            let [a, b, c] = std::array::from_fn(|_| values[below(values.len())]);
            let value = match below(14) {
                0 => a + b,
                1 => a - b,
                2 => a * b,
                3 => a * a,
                4 => a / (b * b + 1.0),
                5 => -a,
                6 => a.maximum(b),
                7 => a.greater(b).select(b, c),
                8 => a.step() + b,
                9 => a.sigmoid(),
                10 => a.softplus(),
                11 => a.powf(2.0),
                12 => a.leaky_relu(0.1),
                _ => a.exp().ln_1p(),
            };
            // Numbers stay moderate.
            values.push(value.clamp(-1.5, 1.5));
            result += value * value.tanh() * c;
        }
        (sources, result)
    }

    fn replayed_bits_are_recorded_bits<T: Float>() {
        let numbers = |seed| -> Vec<f64> {
            let mut draw = draws(seed);
            (0..2 * LEAVES).map(|_| 2.0 * draw() - 1.0).collect()
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
    #[cfg_attr(miri, ignore)]
    fn what_is_replayed_has_the_bits_of_what_was_recorded() {
        replayed_bits_are_recorded_bits::<f64>();
        replayed_bits_are_recorded_bits::<f32>();
    }
}
