//! The recorded operations once more, on all samples.

use super::recording::{Dot, Kind, Made, Step};
use crate::{
    error::{Error, Fault, Result},
    float::Float,
    graph::{Graph, Var},
    ops::{concat, stack},
    shape::Shape,
};
use std::{collections::HashMap, panic::Location};

/// What a value of one sample is for all samples.
#[derive(Clone, Copy)]
enum Known<'g, T: Float> {
    /// A value with a row for each sample.
    Whole(Var<'g, T>),
    /// A single number for each sample: a column of a matrix with a row for each sample.
    Column(Var<'g, T>, usize),
}

/// What is known of all samples so far, by the value of the first one.
pub(super) struct AllSamples<'g, T: Float> {
    graph: &'g Graph<T>,
    rows: usize,
    known: HashMap<usize, Known<'g, T>>,
}

impl<'g, T: Float> AllSamples<'g, T> {
    /// The samples are known: each is a row of its input.
    pub fn new(
        graph: &'g Graph<T>,
        rows: usize,
        samples: impl Iterator<Item = (Var<'g, T>, Var<'g, T>)>,
    ) -> AllSamples<'g, T> {
        let known = samples.map(|(sample, input)| (sample.id(), Known::Whole(input)));
        AllSamples {
            graph,
            rows,
            known: known.collect(),
        }
    }

    /// Records the steps on all samples; says what the answer is.
    pub fn record(mut self, steps: &[Step<'g, T>], answer: Var<'g, T>) -> Result<Var<'g, T>> {
        for level in steps.chunk_by(|a, b| a.level == b.level) {
            let mut groups: Vec<Vec<&Step<'g, T>>> = vec![];
            for step in level {
                match groups.iter_mut().find(|group| group[0].is_like(step)) {
                    Some(group) => group.push(step),
                    None => groups.push(vec![step]),
                }
            }
            for group in groups {
                self.record_group(&group)?;
            }
        }
        self.whole(answer)
    }

    /// Records like steps: those of single numbers as columns of one matrix.
    fn record_group(&mut self, group: &[&Step<'g, T>]) -> Result<()> {
        let result = group[0].result;
        let matrix = match &group[0].kind {
            Kind::Dot(first) => {
                let dots = group.iter().filter_map(|step| match &step.kind {
                    Kind::Dot(dot) => Some(dot),
                    Kind::Op(_) => None,
                });
                self.record_dots(&first.x, &dots.collect::<Vec<_>>())?
            }
            Kind::Op(made) => {
                // One number that has axes keeps them.
                let single = result.shape() == Shape::SCALAR;
                if let (Some(known), true) = (self.cell(made), single) {
                    self.known.insert(result.id(), known);
                    return Ok(());
                }
                if group.len() == 1 {
                    let whole = self.record_one(made, result.shape())?;
                    self.known.insert(result.id(), Known::Whole(whole));
                    return Ok(());
                }
                let mut matrices = vec![];
                for k in 0..made.from.len() {
                    let arguments = group.iter().filter_map(|step| match &step.kind {
                        Kind::Op(made) => made.from.get(k).copied(),
                        Kind::Dot(_) => None,
                    });
                    matrices.push(self.matrix(&arguments.collect::<Vec<_>>())?);
                }
                made.by.again(self.graph, &matrices)
            }
        };
        let matrix = matrix.broadcast([self.rows, group.len()]);
        for (column, step) in group.iter().enumerate() {
            self.known.insert(step.result.id(), Known::Column(matrix, column));
        }
        Ok(())
    }

    /// Sums of products with the same first factors, as a product of matrices.
    fn record_dots(&self, x: &[Var<'g, T>], dots: &[&Dot<'g, T>]) -> Result<Var<'g, T>> {
        let weights = (0..x.len()).flat_map(|i| dots.iter().map(move |dot| dot.w[i]));
        let weights = stack(&weights.collect::<Vec<_>>())?.reshape([x.len(), dots.len()]);
        let mut sum = self.matrix(x)?.matmul(weights);
        for i in 0..dots[0].rest.len() {
            let rest: Vec<_> = dots.iter().map(|dot| dot.rest[i]).collect();
            sum += self.matrix(&rest)?;
        }
        Ok(sum)
    }

    /// The cell of a known value that an operation only reads.
    fn cell(&self, made: &Made<'g, T>) -> Option<Known<'g, T>> {
        let [from] = *made.from.as_slice() else { return None };
        let cell = made.by.op().reads_cell(from.shape())?;
        match self.known.get(&from.id())? {
            Known::Column(..) => None,
            Known::Whole(whole) => Some(Known::Column(whole.reshape([self.rows, from.shape().len()]), cell)),
        }
    }

    /// An operation on all samples.
    fn record_one(&self, made: &Made<'g, T>, result: Shape) -> Result<Var<'g, T>> {
        let (op, from) = (made.by.op(), &made.from);
        let shapes: Vec<Shape> = from.iter().map(|x| x.shape()).collect();
        let over_rows = op.over_rows(self.rows, &shapes);
        let mut arguments = vec![];
        for &argument in from {
            let differs = self.known.contains_key(&argument.id());
            arguments.push(match (op.broadcasts(), differs) {
                (true, false) => argument,
                (true, true) => {
                    // As many axes as the result has, so that the first one stays the first.
                    let (whole, own) = (self.whole(argument)?, argument.shape());
                    let sizes = std::iter::once(self.rows)
                        .chain(vec![1; result.rank().saturating_sub(own.rank())])
                        .chain(own.sizes().iter().map(|&size| size as usize));
                    match Shape::new(&sizes.collect::<Vec<_>>()) {
                        Some(shape) => whole.reshape(shape),
                        None => return Err(self.too_many_axes()),
                    }
                }
                (false, _) => self.whole(argument)?,
            });
        }
        if let Some(op) = over_rows {
            return Ok(self.graph.apply_shared(op, &arguments));
        }
        if op.broadcasts() {
            return Ok(made.by.again(self.graph, &arguments));
        }
        // Sample by sample.
        let mut answers = vec![];
        for row in 0..self.rows {
            let sample: Vec<_> = arguments.iter().map(|argument| argument.at(row)).collect();
            answers.push(made.by.again(self.graph, &sample));
        }
        stack(&answers)
    }

    /// A value with a row for each sample; one that is the same for all is repeated.
    fn whole(&self, value: Var<'g, T>) -> Result<Var<'g, T>> {
        match self.known.get(&value.id()) {
            Some(Known::Whole(whole)) => Ok(*whole),
            Some(Known::Column(matrix, column)) => Ok(if matrix.shape().last() == 1 {
                matrix.reshape([self.rows])
            } else {
                matrix.slice(1, *column..column + 1).reshape([self.rows])
            }),
            None => match value.shape().with_rows(self.rows) {
                Some(shape) => Ok(value.broadcast(shape)),
                None => Err(self.too_many_axes()),
            },
        }
    }

    /// Single numbers as columns of a matrix with a row for each sample, or as what broadcasts to it.
    fn matrix(&self, numbers: &[Var<'g, T>]) -> Result<Var<'g, T>> {
        let known: Vec<_> = numbers.iter().map(|number| self.known.get(&number.id())).collect();
        if known.iter().all(Option::is_none) {
            let same = numbers.iter().all(|number| number.id() == numbers[0].id());
            return if same { Ok(numbers[0]) } else { stack(numbers) };
        }
        if let Some(Known::Column(matrix, _)) = known[0] {
            let columns = known.iter().map(|known| match known {
                Some(Known::Column(other, column)) if other.id() == matrix.id() => Some(*column),
                _ => None,
            });
            if let Some(columns) = columns.collect::<Option<Vec<usize>>>() {
                let all = columns.iter().copied().eq(0..matrix.shape().last());
                return Ok(if all { *matrix } else { matrix.pick(1, columns) });
            }
        }
        let mut columns = vec![];
        for &number in numbers {
            columns.push(self.whole(number)?.reshape([self.rows, 1]));
        }
        concat(&columns, 1)
    }

    #[track_caller]
    fn too_many_axes(&self) -> Error {
        let fault = Fault::new("a value would have too many axes with one more for the samples");
        Error::shape("vmap", fault, Location::caller())
    }
}
