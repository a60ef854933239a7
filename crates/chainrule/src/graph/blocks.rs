//! The rows of a recording, a block at a time.
//!
//! In a run of operations whose rows do not depend on each other, a block of rows goes through all of them while its
//! numbers are in the cache. When the loss is a sum or a mean of what comes out, the gradient there is the same whatever
//! the numbers are: so a block goes back at once, and what only the run reads needs room for one block.

use super::{
    Moment, Rows, View,
    ledger::Ledger,
    op::Views,
    operations::OpRef,
    plan::{Room, apart, evaluate},
};
use crate::{float::Float, shape::Shape};
use std::{collections::HashMap, ops::Range};

/// How many bytes the numbers of a block take, at most: a part of the second cache.
const BLOCK: usize = 128 << 10;
/// So many blocks are worth it: fewer are in the cache anyway.
const BLOCKS: usize = 8;
/// How many bytes every block may read again and again: more are not near beside it, and large products are better off as
/// a whole.
const SHARED: usize = 64 << 10;

/// A run of operations, block by block.
pub(super) struct Blocks<T: Float> {
    /// Which of the plan's operations these are.
    pub(super) operations: Range<usize>,
    steps: Vec<Step<T>>,
    rows: usize,
    /// How many rows a block has.
    length: usize,
    turn: Option<Turn<T>>,
}

/// An operation on a block, there and back.
struct Step<T: Float> {
    op: OpRef<T>,
    arguments: Vec<Piece>,
    value: Piece,
    gradient: Option<Piece>,
    /// Which arguments receive a share of the gradient, where, and whether it is the first.
    pulls: Vec<(usize, Piece, bool)>,
}

/// Where the way back begins: the operation that makes the result of what comes out of the run, and both.
struct Turn<T: Float> {
    op: OpRef<T>,
    value: Piece,
    result: Piece,
    gradient: Piece,
}

/// Numbers of which a block has a part.
#[derive(Clone, Copy)]
struct Piece {
    start: usize,
    shape: Shape,
    part: Part,
}

#[derive(Clone, Copy, PartialEq)]
enum Part {
    /// All of them.
    All,
    /// The block's rows.
    Rows,
    /// The block's rows, which lie where those of all other blocks lie: nothing else reads them.
    Passing,
}

impl Piece {
    fn all(&self) -> Range<usize> {
        self.start..self.start + self.shape.len()
    }

    fn place(&self, block: &Range<usize>) -> Range<usize> {
        let row = || self.shape.len() / self.shape.size(0);
        match self.part {
            Part::All => self.all(),
            Part::Rows => self.start + block.start * row()..self.start + block.end * row(),
            Part::Passing => self.start..self.start + block.len() * row(),
        }
    }

    fn shape(&self, block: &Range<usize>) -> Shape {
        match self.part {
            Part::All => self.shape,
            Part::Rows | Part::Passing => self.shape.with_size(0, block.len()),
        }
    }
}

impl<T: Float> Blocks<T> {
    /// Whether it walks back by itself.
    pub(super) fn turns(&self) -> bool {
        self.turn.is_some()
    }

    /// Computes all rows; where it turns, their gradients as well.
    pub(super) fn run(&self, values: &mut [T], gradients: &mut [T], views: &mut Views<T>) {
        for first in (0..self.rows).step_by(self.length) {
            let block = first..self.rows.min(first + self.length);
            for step in &self.steps {
                let place = |piece: &Piece| (piece.place(&block), piece.shape(&block));
                let to = step.value.place(&block);
                evaluate(step.op.get(), &step.arguments, place, values, to, views);
            }
            for step in self.steps.iter().rev() {
                if let Some(gradient) = step.gradient {
                    step.pull(&block, &gradient, values, gradients, views);
                }
            }
        }
    }

    /// Puts the gradient there where the way back begins: it stays the same.
    pub(super) fn begin(&self, values: &[T], gradients: &mut [T]) {
        let Some(Turn {
            op,
            value,
            result,
            gradient,
        }) = &self.turn
        else {
            return;
        };
        let view = |piece: &Piece| View {
            data: &values[piece.all()],
            shape: piece.shape,
        };
        let at = Moment {
            arguments: &[view(value)],
            value: view(result),
        };
        op.get().pull_first(0, &at, &[T::ONE], &mut gradients[gradient.all()]);
    }
}

impl<T: Float> Step<T> {
    fn pull(&self, block: &Range<usize>, gradient: &Piece, values: &[T], gradients: &mut [T], views: &mut Views<T>) {
        let view = |piece: &Piece| View {
            data: &values[piece.place(block)],
            shape: piece.shape(block),
        };
        let (op, value) = (self.op.get(), view(&self.value));
        views.with_each(&self.arguments, view, |arguments| {
            let at = Moment { arguments, value };
            for (k, to, first) in &self.pulls {
                let (gradient_y, gradient_x) = apart(gradients, &gradient.place(block), &to.place(block));
                // What all rows add to begins with the first block.
                match *first && (to.part != Part::All || block.start == 0) {
                    true => op.pull_first(*k, &at, gradient_y, gradient_x),
                    false => op.pull(*k, &at, gradient_y, gradient_x),
                }
            }
        });
    }
}

/// What the plan knows when blocks are looked for.
pub(super) struct Known<'a, T: Float> {
    pub(super) ledger: &'a Ledger<T>,
    pub(super) result: u32,
    /// The values that are computed or lie inside another one.
    pub(super) used: &'a [bool],
    /// Those that the gradient reaches.
    pub(super) reached: &'a [bool],
    /// Where the numbers of each value begin.
    pub(super) starts: &'a [usize],
}

impl<T: Float> Known<'_, T> {
    /// The arguments of a value: which rows of each are needed (none when the operation does not go by rows), and whether
    /// it receives a gradient from here.
    fn arguments(&self, id: u32) -> impl Iterator<Item = (usize, u32, Option<Rows>, bool)> {
        let node = self.ledger.node(id);
        let (op, shapes) = (self.ledger.ops.get(node.op), self.ledger.shapes_of(id));
        let of = move |(k, &argument): (usize, &u32)| {
            let rows = op.and_then(|op| op.get().rows_needed(k, &shapes));
            let receives = self.reached[id as usize] && self.reached[argument as usize];
            (k, argument, rows, receives && op.is_some_and(|op| op.receives(k)))
        };
        self.ledger.ids(node).iter().enumerate().map(of)
    }

    /// How many rows a value has, if its operation goes by rows; otherwise none.
    fn rows(&self, id: u32) -> usize {
        let shape = self.ledger.shape(id);
        let fits = |(_, argument, needed, _): (usize, u32, Option<Rows>, bool)| match needed {
            Some(Rows::Own) => self.ledger.shape(argument).size(0) == shape.size(0),
            Some(Rows::All) => true,
            None => false,
        };
        let fits = shape.rank() > 0 && self.arguments(id).all(fits);
        if fits { shape.size(0) } else { 0 }
    }

    /// The longest run among the values that are computed by operations, which the others read row by row.
    fn longest_run(&self, operations: &[u32], runs: impl Fn(u32) -> bool) -> Range<usize> {
        let (mut longest, mut run, mut rows) = ((0, 0..0), (0, 0..0), 0);
        for (at, &id) in operations.iter().enumerate() {
            let own = if runs(id) { self.rows(id) } else { 0 };
            let so_far = &operations[run.1.clone()];
            let reads_all = |(_, argument, needed, _): (usize, u32, Option<Rows>, bool)| {
                needed == Some(Rows::All) && so_far.binary_search(&argument).is_ok()
            };
            if own == 0 || own != rows || self.arguments(id).any(reads_all) {
                (run, rows) = ((0, at..at), own);
            }
            run = (run.0 + self.ledger.shape(id).len(), run.1.start..at + 1);
            if own > 0 && run.0 > longest.0 {
                longest = run.clone();
            }
        }
        longest.1
    }

    /// Where a run may turn back: at its only value that anything else reads, when the result is linear in that and
    /// whatever receives a gradient from the run receives its first share there, and in order.
    fn turn(&self, run: &[u32]) -> Option<u32> {
        let node = self.ledger.node(self.result);
        let (&[out], Some(true)) = (self.ledger.ids(node), self.ledger.op(node).map(|op| op.is_linear())) else {
            return None;
        };
        if run.binary_search(&out).is_err() || !self.reached[out as usize] {
            return None;
        }
        // What receives a gradient from the run, and whether more than once or from all rows.
        let mut receivers: HashMap<u32, bool> = HashMap::new();
        for (_, argument, needed, receives) in run.iter().flat_map(|&id| self.arguments(id)) {
            if !receives || argument != out && run.binary_search(&argument).is_ok() {
                continue;
            }
            let all = needed == Some(Rows::All);
            let before = receivers.insert(argument, all);
            if argument == out || before.is_some_and(|before| before || all) {
                return None;
            }
        }
        let mut outside = (0..self.result).filter(|id| self.used[*id as usize] && run.binary_search(id).is_err());
        let disturbs = |id: u32| {
            self.arguments(id).any(|(_, argument, _, receives)| {
                let first = receives && Some(&id) > run.last() && receivers.contains_key(&argument);
                first || run.binary_search(&argument).is_ok()
            })
        };
        (!outside.any(disturbs)).then_some(out)
    }

    /// The blocks of these operations, those of which run that do; none where they do not pay. Where they turn back, what
    /// receives a gradient has its place in `room`.
    pub(super) fn blocks(
        &self,
        operations: &[u32],
        runs: impl Fn(u32) -> bool,
        room: &mut Room,
        places: &mut [Option<usize>],
    ) -> Option<Blocks<T>> {
        let range = self.longest_run(operations, runs);
        let run = &operations[range.clone()];
        let rows = self.ledger.shape(*run.first()?).size(0);
        let turn = self.turn(run);
        let inside = |id: u32| run.binary_search(&id).ok();
        let piece = |id: u32, needed: Option<Rows>| Piece {
            start: self.starts[id as usize],
            shape: self.ledger.shape(id),
            part: match (needed, inside(id), turn) {
                (Some(Rows::All), ..) => Part::All,
                (_, Some(_), Some(out)) if id != out => Part::Passing,
                _ => Part::Rows,
            },
        };
        let step = |&id: &u32| {
            let arguments = self.arguments(id);
            Some(Step {
                op: self.ledger.ops.get(self.ledger.node(id).op)?.op.clone(),
                arguments: arguments
                    .map(|(_, argument, needed, _)| piece(argument, needed))
                    .collect(),
                value: piece(id, None),
                gradient: None,
                pulls: vec![],
            })
        };
        let mut steps: Vec<Step<T>> = run.iter().map(step).collect::<Option<_>>()?;
        let length = block_length::<T>(rows, &steps)?;
        let turn = match turn {
            Some(out) => Some(self.plan_back(run, out, length, &mut steps, room, places)?),
            None => None,
        };
        Some(Blocks {
            operations: range,
            steps,
            rows,
            length,
            turn,
        })
    }

    /// The way back through a run from where it turns.
    fn plan_back(
        &self,
        run: &[u32],
        out: u32,
        length: usize,
        steps: &mut [Step<T>],
        room: &mut Room,
        places: &mut [Option<usize>],
    ) -> Option<Turn<T>> {
        let mut piece = |id: u32, part| {
            let shape = self.ledger.shape(id);
            let rows = if part == Part::Passing { length } else { shape.size(0) };
            Piece {
                start: room.take(shape.with_size(0, rows).len()),
                shape,
                part,
            }
        };
        let mut gradients: Vec<Option<Piece>> = vec![None; run.len()];
        let turn = Turn {
            op: self.ledger.ops.get(self.ledger.node(self.result).op)?.op.clone(),
            value: Piece {
                start: self.starts[out as usize],
                shape: self.ledger.shape(out),
                part: Part::Rows,
            },
            result: Piece {
                start: self.starts[self.result as usize],
                shape: self.ledger.shape(self.result),
                part: Part::All,
            },
            gradient: piece(out, Part::Rows),
        };
        gradients[run.binary_search(&out).ok()?] = Some(turn.gradient);
        for (at, &id) in run.iter().enumerate().rev() {
            let Some(gradient) = gradients[at] else { continue };
            let (shapes, mut free) = (self.ledger.shapes_of(id), id != out);
            for (k, argument, needed, _) in self.arguments(id).filter(|&(.., receives)| receives) {
                let Ok(inside) = run.binary_search(&argument) else {
                    let (place, part) = (
                        &mut places[argument as usize],
                        if needed == Some(Rows::All) {
                            Part::All
                        } else {
                            Part::Rows
                        },
                    );
                    let first = place.is_none();
                    let start = *place.get_or_insert_with(|| piece(argument, part).start);
                    let shape = self.ledger.shape(argument);
                    steps[at].pulls.push((k, Piece { start, shape, part }, first));
                    continue;
                };
                let known = gradients[inside];
                // Passed on as it is, unless it has to stay or is passed on already.
                let again = self.arguments(id).skip(k + 1).any(|(_, other, ..)| other == argument);
                let passes = || steps[at].op.get().passes_gradient(k, &shapes) == Some(0);
                if known.is_none() && free && !again && passes() {
                    (gradients[inside], free) = (Some(gradient), false);
                    continue;
                }
                let to = known.unwrap_or_else(|| piece(argument, Part::Passing));
                gradients[inside] = Some(to);
                steps[at].pulls.push((k, to, known.is_none()));
            }
            steps[at].gradient = Some(gradient).filter(|_| !steps[at].pulls.is_empty());
        }
        Some(turn)
    }
}

/// How many rows a block has; none where blocks do not pay.
fn block_length<T: Float>(rows: usize, steps: &[Step<T>]) -> Option<usize> {
    let pieces = steps.iter().flat_map(|step| step.arguments.iter().chain([&step.value]));
    let mut pieces: Vec<&Piece> = pieces.collect();
    pieces.sort_unstable_by_key(|piece| piece.start);
    pieces.dedup_by_key(|piece| piece.start);
    let (all, cut): (Vec<_>, Vec<_>) = pieces.into_iter().partition(|piece| piece.part == Part::All);
    let bytes = |pieces: &[&Piece]| pieces.iter().map(|piece| piece.shape.len()).sum::<usize>() * size_of::<T>();
    let length = (BLOCK * rows).checked_div(bytes(&cut))?.next_multiple_of(16);
    (steps.len() > 1 && bytes(&all) <= SHARED && length >= 32 && rows / length >= BLOCKS).then_some(length)
}

#[cfg(test)]
mod tests {
    use crate::graph::{Graph, Var, plan::Plan};

    /// How many operations go by blocks in a replay of a layer of so many inputs and outputs and what `loss` makes of its
    /// errors and weights, and whether they turn back.
    fn blocks(
        rows: usize,
        [inputs, outputs]: [usize; 2],
        loss: impl for<'g> Fn(Var<'g>, Var<'g>) -> Var<'g>,
    ) -> Option<(usize, bool)> {
        let graph = Graph::new();
        let numbers = |rows, columns| (vec![0.5; rows * columns], [rows, columns]);
        let (x, y) = (
            graph.constant(numbers(rows, inputs)),
            graph.constant(numbers(rows, outputs)),
        );
        let (weight, bias) = (graph.leaf(numbers(inputs, outputs)), graph.leaf(vec![0.1; outputs]));
        let loss = loss(x.matmul(weight) + bias - y, weight);
        let ledger = graph.read();
        let needed = ledger.needed(loss.index(), &[x, y, weight, bias].map(|source| source.index()));
        let plan = Plan::new(&ledger, loss.index(), needed);
        plan.blocks.map(|blocks| (blocks.operations.len(), blocks.turns()))
    }

    #[test]
    fn many_rows_go_by_blocks_and_turn_back_where_the_gradient_is_known() {
        let there_and_back = Some((4, true));
        assert_eq!(blocks(10_000, [20, 3], |e, _| e.square().mean()), there_and_back);
        assert_eq!(blocks(10_000, [20, 3], |e, _| e.abs().sum()), there_and_back);
        assert_eq!(
            blocks(10_000, [20, 3], |e, w| w.square().sum() * 0.0 + e.mean()),
            Some((3, false))
        );
        assert_eq!(
            blocks(10_000, [20, 3], |e, _| e.square().mean().sqrt()),
            Some((4, false))
        );
        assert_eq!(
            blocks(10_000, [20, 3], |e, _| e.square().mean() + e.max()),
            Some((4, false))
        );
        assert_eq!(
            blocks(10_000, [20, 3], |e, w| e.square().mean() + w.sum()),
            Some((4, false))
        );
        // Few rows are in the cache anyway, and large weights are not.
        assert_eq!(blocks(500, [20, 3], |e, _| e.square().mean()), None);
        assert_eq!(blocks(10_000, [200, 100], |e, _| e.square().mean()), None);
    }
}
