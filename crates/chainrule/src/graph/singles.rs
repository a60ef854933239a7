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
    forward: Schedule,
    backward: Schedule,
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
    /// A plan for these values, in order, each of which must have [a rule](Ledger::has_single_rule).
    pub(super) fn plan(ledger: &Ledger<T>, ids: &[u32]) -> Singles<T> {
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
        Singles {
            rules,
            forward: Schedule::forward(&instructions, ledger.end),
            backward: Schedule::backward(&instructions, ledger.end),
        }
    }

    /// Computes all values anew from those they depend on.
    pub(super) fn forward(&self, values: &mut [T]) {
        self.forward.run(|rule, places| {
            if let Some(single) = self.rules.get(rule) {
                single.evaluate(values, places);
            }
        });
    }

    /// Adds to the gradients of all arguments what they receive.
    pub(super) fn backward(&self, values: &[T], gradients: &mut [T]) {
        self.backward.run(|rule, places| {
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

impl Schedule {
    /// What an operation reads is written in an earlier level.
    fn forward(instructions: &[(u32, Places)], end: usize) -> Schedule {
        // The first level that may read each number.
        let mut ready = vec![0; end];
        Schedule::levels(instructions.iter(), |_, places, base| {
            let level = places
                .arguments
                .iter()
                .fold(base, |level, &a| ready[a as usize].max(level));
            ready[places.result as usize] = level + 1;
            level
        })
    }

    /// The walk back: what an operation passes on is complete before, and what several add to one gradient comes in the
    /// same order.
    fn backward(instructions: &[(u32, Places)], end: usize) -> Schedule {
        // The level and the rule that last added to each gradient; no level before the first.
        let mut added: Vec<Option<(u32, u32)>> = vec![None; end];
        Schedule::levels(instructions.iter().rev(), |rule, places, base| {
            let receives = |k: &usize| places.receives >> k & 1 == 1;
            let mut level = base;
            if let Some((last, _)) = added[places.result as usize] {
                level = level.max(last + 1);
            }
            for k in (0..3).filter(receives) {
                if let Some((last, by)) = added[places.arguments[k] as usize] {
                    level = level.max(if by == rule { last } else { last + 1 });
                }
            }
            for k in (0..3).filter(receives) {
                added[places.arguments[k] as usize] = Some((level, rule));
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
        let plan = |wanted: &dyn Fn(u32) -> bool| {
            let ledger = graph.read();
            let ids: Vec<u32> = (0..graph.len() as u32).filter(|&id| wanted(id)).collect();
            assert!(ids.iter().all(|&id| ledger.has_single_rule(id)) && ids.len() > 2 * WINDOW);
            Singles::plan(&ledger, &ids)
        };
        let operation = |id| graph.read().node(id).argument_count > 0;
        let forward = plan(&operation);
        let backward = plan(&|id| operation(id) && reached.get(graph.var(id)).is_some());
        assert!(
            forward.forward.runs.len() < forward.forward.places.len() / 2,
            "no long runs: {} of {}",
            forward.forward.runs.len(),
            forward.forward.places.len()
        );
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
    fn what_is_replayed_has_the_bits_of_what_was_recorded() {
        replayed_bits_are_recorded_bits::<f64>();
        replayed_bits_are_recorded_bits::<f32>();
    }
}
