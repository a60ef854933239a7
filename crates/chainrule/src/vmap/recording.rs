//! What was recorded for the first sample, taken apart: which operations differ from sample to sample, which of them are
//! sums of products, and which can be done side by side.

use crate::{
    float::Float,
    graph::{Graph, MadeBy, Var},
    shape::Shape,
};
use std::{collections::HashMap, ops::Range};

/// An operation of the function that differs from sample to sample.
pub(super) struct Step<'g, T: Float> {
    pub result: Var<'g, T>,
    pub kind: Kind<'g, T>,
    /// Greater than those of all its arguments.
    pub level: usize,
}

pub(super) enum Kind<'g, T: Float> {
    /// Any operation.
    Op(Made<'g, T>),
    /// A sum of products of numbers that differ and others that do not, and of more numbers.
    Dot(Dot<'g, T>),
}

/// An operation and its arguments.
pub(super) struct Made<'g, T: Float> {
    pub by: MadeBy<T>,
    pub from: Vec<Var<'g, T>>,
}

/// `Σ x w + Σ rest` of single numbers.
pub(super) struct Dot<'g, T: Float> {
    /// The factors that differ from sample to sample.
    pub x: Vec<Var<'g, T>>,
    /// The factors that are the same for all samples.
    pub w: Vec<Var<'g, T>>,
    pub rest: Vec<Var<'g, T>>,
}

impl<'g, T: Float> Step<'g, T> {
    /// Whether both can be columns of one matrix, given that they have one level.
    pub fn is_like(&self, other: &Step<'g, T>) -> bool {
        let ids = |vars: &[Var<'_, T>]| vars.iter().map(|var| var.id()).collect::<Vec<_>>();
        match (&self.kind, &other.kind) {
            (Kind::Dot(a), Kind::Dot(b)) => a.rest.len() == b.rest.len() && ids(&a.x) == ids(&b.x),
            (Kind::Op(a), Kind::Op(b)) => {
                let single = is_single(self.result) && is_single(other.result);
                let reads = a.from.first().and_then(|x| a.by.op().reads_cell(x.shape()));
                single && a.by.is(&b.by) && a.by.op().broadcasts() && reads.is_none()
            }
            _ => false,
        }
    }
}

fn is_single<T: Float>(value: Var<'_, T>) -> bool {
    value.shape() == Shape::SCALAR
}

/// What was recorded for one sample.
pub(super) struct Recording<'g, T: Float> {
    graph: &'g Graph<T>,
    /// The values of the function itself.
    own: Range<usize>,
    /// How each of them was made, if it differs from sample to sample.
    made: Vec<Option<Made<'g, T>>>,
    /// How often each value of the graph is used by what the answer needs.
    uses: Vec<usize>,
    /// Whether each value of the graph differs from sample to sample.
    differs: Vec<bool>,
}

impl<'g, T: Float> Recording<'g, T> {
    /// Reads what was recorded after the samples, up to the answer.
    pub fn read(graph: &'g Graph<T>, samples: &[Var<'g, T>], answer: Var<'g, T>) -> Recording<'g, T> {
        let first = samples.iter().map(|sample| sample.id() + 1).max().unwrap_or(0);
        let own = first..first.max(answer.id() + 1);
        let (mut made, mut differs, mut uses) = (vec![], vec![false; own.end], vec![0; own.end]);
        for sample in samples {
            differs[sample.id()] = true;
        }
        for id in own.clone() {
            let by = graph.var(id as u32).made_by();
            let by = by.filter(|(_, from)| from.iter().any(|x| differs[x.id()]));
            differs[id] = by.is_some();
            made.push(by.map(|(by, from)| Made { by, from }));
        }
        uses[answer.id()] = 2; // so that it is never only a part of something
        for (id, made) in own.clone().zip(&made).rev() {
            let needed = made.iter().filter(|_| uses[id] > 0);
            for argument in needed.flat_map(|made| &made.from).map(|x| x.id()).collect::<Vec<_>>() {
                uses[argument] += 1;
            }
        }
        Recording {
            graph,
            own,
            made,
            uses,
            differs,
        }
    }

    /// How a value was made, when it is of the function and used only once.
    fn only_part(&self, value: Var<'g, T>, row: &str) -> Option<&Made<'g, T>> {
        let place = value.id().checked_sub(self.own.start)?;
        let made = self.made.get(place)?.as_ref()?;
        (self.uses[value.id()] == 1 && made.by.is_row(row)).then_some(made)
    }

    /// The sum of products that a value is, and the values that are only parts of it.
    fn dot(&self, made: &Made<'g, T>) -> Option<(Dot<'g, T>, Vec<usize>)> {
        // A sum leans to the left: the terms come last first.
        let (mut terms, mut parts, mut sum) = (vec![], vec![], Some(made).filter(|made| made.by.is_row("add")));
        while let Some(Made { from, .. }) = sum {
            let [left, right] = *from.as_slice() else { return None };
            if !is_single(left) || !is_single(right) {
                return None;
            }
            terms.push(right);
            sum = self.only_part(left, "add");
            match sum {
                Some(_) => parts.push(left.id()),
                None => terms.push(left),
            }
        }
        let (x, w, rest) = (vec![], vec![], vec![]);
        let mut dot = Dot { x, w, rest };
        for &term in terms.iter().rev() {
            match self.only_part(term, "mul").map(|made| made.from.as_slice()) {
                Some(&[a, b]) if self.differs[a.id()] != self.differs[b.id()] => {
                    let (x, w) = if self.differs[a.id()] { (a, b) } else { (b, a) };
                    dot.x.push(x);
                    dot.w.push(w);
                    parts.push(term.id());
                }
                _ => dot.rest.push(term),
            }
        }
        (dot.x.len() > 1).then_some((dot, parts))
    }

    /// What the answer needs, lowest levels first.
    pub fn steps(mut self) -> Vec<Step<'g, T>> {
        let (mut dots, mut is_part) = (HashMap::new(), vec![false; self.own.end]);
        for id in self.own.clone().rev() {
            let made = self.made[id - self.own.start].as_ref();
            if self.uses[id] > 0
                && !is_part[id]
                && let Some((dot, parts)) = made.and_then(|made| self.dot(made))
            {
                dots.insert(id, dot);
                parts.into_iter().for_each(|part| is_part[part] = true);
            }
        }
        let (mut levels, mut steps) = (vec![0usize; self.own.end], vec![]);
        for (id, made) in self.own.zip(self.made.drain(..)) {
            let needed = self.uses[id] > 0 && !is_part[id];
            let Some(made) = made.filter(|_| needed) else { continue };
            let above = |arguments: &[Var<'g, T>]| arguments.iter().map(|x| levels[x.id()] + 1).max().unwrap_or(0);
            let (kind, level) = match dots.remove(&id) {
                Some(dot) => {
                    let level = above(&dot.x).max(above(&dot.rest));
                    (Kind::Dot(dot), level)
                }
                None => {
                    let level = above(&made.from);
                    (Kind::Op(made), level)
                }
            };
            levels[id] = level;
            let result = self.graph.var(id as u32);
            steps.push(Step { result, kind, level });
        }
        steps.sort_by_key(|step| step.level);
        steps
    }
}
