//! What a recording does whenever it runs again, settled once: which operations run, where their numbers lie, and where
//! gradients are handed on to.

use super::{
    Moment, Op, View,
    blocks::{Blocks, Known},
    ledger::Ledger,
    needed::Needed,
    node::Kind,
    op::Views,
    operations::{OpRef, Registered},
};
use crate::{
    float::Float,
    kernel::singles::{Places, Single},
    shape::Shape,
};
use std::{collections::HashMap, ops::Range, slice::from_ref};

/// A value of a recording: where its numbers begin, how many they are, and their shape.
#[derive(Clone, Copy)]
struct Spot {
    start: usize,
    length: usize,
    shape: Shape,
}

/// An operation of a recording.
struct Operation<T: Float> {
    op: OpRef<T>,
    /// Which of the plan's spots are its arguments.
    arguments: Range<usize>,
    value: Spot,
    /// Its rule, when all there is are single numbers.
    single: Option<(Single<T>, Places)>,
    /// Whether its value is computed again.
    runs: bool,
}

/// Both ways through the operations of a recording.
pub(super) struct Plan<T: Float> {
    operations: Vec<Operation<T>>,
    /// The arguments of all operations, one after the other.
    arguments: Vec<Spot>,
    /// What the gradient flows through, the result first.
    backward: Vec<Back>,
    /// What each of these hands on, one after the other.
    pulls: Vec<Pull>,
    /// Where the numbers of sources lie that are not where the ledger has them, by their ids.
    moved: Vec<(u32, usize)>,
    /// The operations that are computed a block of rows at a time.
    pub(super) blocks: Option<Blocks<T>>,
    /// Where the gradient of the result lies.
    result: usize,
    /// How much room the gradients take.
    pub(super) room: usize,
}

/// A value on the way back, once all that its gradient is made of is there.
struct Back {
    id: u32,
    start: usize,
    length: usize,
    /// Where its gradient begins: inside that of another value, where this is passed on as it is.
    gradient: usize,
    /// The operation that made it, and how many of the pulls are its own; none for a source.
    operation: usize,
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
pub(super) struct Room {
    free: HashMap<usize, Vec<usize>>,
    end: usize,
}

impl Room {
    pub(super) fn take(&mut self, length: usize) -> usize {
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

impl<T: Float> Plan<T> {
    /// The plan for what is needed up to the result.
    pub(super) fn new(ledger: &Ledger<T>, result: u32, needed: Needed) -> Plan<T> {
        let Needed {
            mut computed,
            mut reached,
        } = needed;
        let used: Vec<bool> = computed.iter().zip(&reached).map(|(a, b)| a | b).collect();
        let starts = ledger.join(&mut computed);
        let sources = (0..=result).filter(|&id| ledger.node(id).argument_count == 0);
        let moved = sources
            .map(|id| (id, starts[id as usize]))
            .filter(|&(id, start)| ledger.node(id).start() != start);
        let mut plan = Plan {
            operations: vec![],
            arguments: vec![],
            backward: vec![],
            pulls: vec![],
            moved: moved.collect(),
            blocks: None,
            result: 0,
            room: 0,
        };
        let made =
            |id: &u32| (computed[*id as usize] || reached[*id as usize]) && ledger.op(ledger.node(*id)).is_some();
        let operations: Vec<u32> = (0..=result).filter(made).collect();
        // The operation that made each value.
        let mut made_by = vec![0; starts.len()];
        for (at, &id) in operations.iter().enumerate() {
            if let Some(op) = ledger.ops.get(ledger.node(id).op) {
                made_by[id as usize] = at;
                plan.add(ledger, id, op, computed[id as usize], &starts);
            }
        }
        let (mut room, mut places) = (Room::default(), vec![None; reached.len()]);
        let known = Known {
            ledger,
            result,
            used: &used,
            reached: &reached,
            starts: &starts,
        };
        plan.blocks = known.blocks(&operations, |id| computed[id as usize], &mut room, &mut places);
        if let Some(blocks) = plan.blocks.as_ref().filter(|blocks| blocks.turns()) {
            // They walk back by themselves.
            operations[blocks.operations.clone()]
                .iter()
                .for_each(|&id| reached[id as usize] = false);
        }
        plan.plan_back(ledger, result, &reached, &starts, &made_by, room, places);
        plan
    }

    /// Adds the operation that makes a value.
    fn add(&mut self, ledger: &Ledger<T>, id: u32, op: &Registered<T>, runs: bool, starts: &[usize]) {
        let spot = |id: u32| Spot {
            start: starts[id as usize],
            length: ledger.place(ledger.node(id)).len(),
            shape: ledger.shape(id),
        };
        let (node, first) = (ledger.node(id), self.arguments.len());
        self.arguments.extend(ledger.ids(node).iter().map(|&id| spot(id)));
        let single = op.single().filter(|_| node.kind == Kind::Single).map(|single| {
            let mut places = node.places;
            places.result = starts[id as usize] as u32;
            for (place, argument) in places.arguments.iter_mut().zip(&self.arguments[first..]) {
                *place = argument.start as u32;
            }
            (single.clone(), places)
        });
        self.operations.push(Operation {
            op: op.op.clone(),
            arguments: first..self.arguments.len(),
            value: spot(id),
            single,
            runs,
        });
    }

    /// The way back through the values that the gradient reaches, with a place for each gradient while it is needed; a
    /// gradient that is passed on as it is stays where it is.
    fn plan_back(
        &mut self,
        ledger: &Ledger<T>,
        result: u32,
        reached: &[bool],
        starts: &[usize],
        made_by: &[usize],
        mut room: Room,
        mut places: Vec<Option<usize>>,
    ) {
        // Of what is an argument of the value at hand: as which one for the last time.
        let mut last = vec![0; reached.len()];
        self.result = room.take(ledger.place(ledger.node(result)).len());
        places[result as usize] = Some(self.result);
        for id in (0..=result).rev().filter(|&id| reached[id as usize]) {
            let node = ledger.node(id);
            // A value is reached through another one that handed something on, so it has a place.
            let Some(gradient) = places[id as usize] else { continue };
            let before = self.pulls.len();
            let arguments = ledger.ids(node);
            // What lies before is passed on already, if anything is.
            let (mut free, mut passes) = (gradient, false);
            for (k, &argument) in arguments.iter().enumerate() {
                last[argument as usize] = k;
            }
            let (op, shapes) = (ledger.ops.get(node.op), ledger.shapes_of(id));
            // Where the numbers of what is joined begin, one after the other.
            let mut joined = op.filter(|op| op.get().joins(&shapes)).map(|_| 0);
            for (k, &argument) in arguments.iter().enumerate() {
                let length = ledger.place(ledger.node(argument)).len();
                let cell = joined;
                joined = joined.map(|cell| cell + length);
                let Some(op) = op.filter(|op| op.receives(k) && reached[argument as usize]) else {
                    continue;
                };
                let place = &mut places[argument as usize];
                let first = place.is_none();
                if first && let Some(cell) = cell.or_else(|| op.get().passes_gradient(k, &shapes)) {
                    let part = gradient + cell..gradient + cell + length;
                    if last[argument as usize] == k && part.start >= free {
                        *place = Some(part.start);
                        (free, passes) = (part.end, true);
                        continue;
                    }
                }
                let start = *place.get_or_insert_with(|| room.take(length));
                self.pulls.push(Pull {
                    k,
                    to: start..start + length,
                    overwrites: first,
                });
            }
            let length = ledger.place(node).len();
            // What a parameter learns from is used before the walk goes on, too.
            if !passes {
                room.give_back(gradient, length);
            }
            let pulls = self.pulls.len() - before;
            if pulls > 0 || arguments.is_empty() {
                self.backward.push(Back {
                    id,
                    start: starts[id as usize],
                    length,
                    gradient,
                    operation: made_by[id as usize],
                    pulls,
                    parameter: None,
                });
            }
        }
        self.room = room.end;
    }

    /// Where the numbers of a source begin, if not where the ledger has them.
    #[inline]
    pub(super) fn moved(&self, id: u32) -> Option<usize> {
        let place = self.moved.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        Some(self.moved[place].1)
    }

    /// Copies the numbers of sources to where the ledger has them.
    pub(super) fn settle(&self, ledger: &mut Ledger<T>) {
        for &(id, start) in &self.moved {
            let place = ledger.place(ledger.node(id));
            ledger.values.copy_within(start..start + place.len(), place.start);
        }
    }

    /// Lets a source learn, as this one of the module's parameters; nothing happens when no gradient flows to it.
    pub(super) fn let_learn(&mut self, id: u32, parameter: usize) {
        // The result comes first, so the ids descend.
        if let Ok(at) = self.backward.binary_search_by(|back| id.cmp(&back.id)) {
            self.backward[at].parameter = Some(parameter);
        }
    }

    /// Makes the gradients ready for all runs.
    pub(super) fn begin(&self, values: &[T], gradients: &mut [T]) {
        if let Some(blocks) = &self.blocks {
            blocks.begin(values, gradients);
        }
    }

    /// Computes everything anew from the sources.
    pub(super) fn forward(&self, values: &mut [T], gradients: &mut [T], views: &mut Views<T>) {
        match &self.blocks {
            None => self.compute(&self.operations, values, views),
            Some(blocks) => {
                self.compute(&self.operations[..blocks.operations.start], values, views);
                blocks.run(values, gradients, views);
                self.compute(&self.operations[blocks.operations.end..], values, views);
            }
        }
    }

    fn compute(&self, operations: &[Operation<T>], values: &mut [T], views: &mut Views<T>) {
        for operation in operations.iter().filter(|operation| operation.runs) {
            if let Some((single, places)) = &operation.single {
                single.evaluate(values, from_ref(places));
                continue;
            }
            let Spot { start, length, .. } = operation.value;
            let arguments = &self.arguments[operation.arguments.clone()];
            let place = |spot: &Spot| (spot.start..spot.start + spot.length, spot.shape);
            evaluate(
                operation.op.get(),
                arguments,
                place,
                values,
                start..start + length,
                views,
            );
        }
    }

    /// Hands on the gradient of the result, and each parameter, its numbers and its gradient to `learn` as soon as nothing
    /// needs the numbers any more.
    pub(super) fn backward(
        &self,
        values: &mut [T],
        gradients: &mut [T],
        views: &mut Views<T>,
        mut learn: impl FnMut(usize, &mut [T], &[T]),
    ) {
        if let Some(result) = gradients.get_mut(self.result) {
            *result = T::ONE;
        }
        let mut pulls = self.pulls.as_slice();
        for back in &self.backward {
            let gradient = back.gradient..back.gradient + back.length;
            if let Some(parameter) = back.parameter {
                learn(
                    parameter,
                    &mut values[back.start..][..back.length],
                    &gradients[gradient],
                );
                continue;
            }
            let (own, later) = pulls.split_at(back.pulls);
            pulls = later;
            if !own.is_empty() {
                self.pull(
                    &self.operations[back.operation],
                    values,
                    gradients,
                    &gradient,
                    own,
                    views,
                );
            }
        }
    }

    /// Hands on the gradient of a value.
    fn pull(
        &self,
        operation: &Operation<T>,
        values: &[T],
        gradients: &mut [T],
        gradient: &Range<usize>,
        pulls: &[Pull],
        views: &mut Views<T>,
    ) {
        let view = |spot: &Spot| View {
            data: &values[spot.start..][..spot.length],
            shape: spot.shape,
        };
        let (op, value) = (operation.op.get(), view(&operation.value));
        let arguments = &self.arguments[operation.arguments.clone()];
        views.with_each(arguments, view, |arguments| {
            let at = Moment { arguments, value };
            for Pull { k, to, overwrites } in pulls {
                let (gradient_y, gradient_x) = apart(gradients, gradient, to);
                match overwrites {
                    true => op.pull_first(*k, &at, gradient_y, gradient_x),
                    false => op.pull(*k, &at, gradient_y, gradient_x),
                }
            }
        });
    }
}

/// Computes a value where it lies, from arguments whose places and shapes `place` tells.
#[inline(always)]
pub(super) fn evaluate<T: Float, X>(
    op: &dyn Op<T>,
    arguments: &[X],
    place: impl Fn(&X) -> (Range<usize>, Shape),
    values: &mut [T],
    to: Range<usize>,
    views: &mut Views<T>,
) {
    let (before, rest) = values.split_at_mut(to.start);
    let (out, after) = rest.split_at_mut(to.len());
    let view = |argument: &X| {
        let (from, shape) = place(argument);
        // What is joined later lies behind.
        let data = match from.start.checked_sub(to.end) {
            Some(start) => &after[start..][..from.len()],
            None => &before[from],
        };
        View { data, shape }
    };
    views.with_each(arguments, view, |views| op.eval(views, out));
}

/// Two parts of the gradients that do not overlap: one to read and one to write. Either may be empty and begin where the
/// other does.
pub(super) fn apart<'a, T>(
    gradients: &'a mut [T],
    read: &Range<usize>,
    write: &Range<usize>,
) -> (&'a [T], &'a mut [T]) {
    if read.end <= write.start {
        let (before, after) = gradients.split_at_mut(write.start);
        (&before[read.clone()], &mut after[..write.len()])
    } else {
        let (before, after) = gradients.split_at_mut(read.start);
        (&after[..read.len()], &mut before[write.clone()])
    }
}
