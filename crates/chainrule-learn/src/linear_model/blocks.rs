//! Rows of features less their means, some at a time: few enough that they stay in the first cache while they are
//! multiplied by weights, by what is left of each row, and by themselves.

use chainrule::{InstructionSet, Op, Shape, View, ops::MatMul};

use super::Features;

/// Rows that are worked on at once.
pub(super) const ROWS_AT_ONCE: usize = 128;

/// The rows of a table less the means of its columns, with room for more columns behind them.
pub(super) struct Blocks<'a> {
    x: &'a Features<'a>,
    means: &'a [f64],
    width: usize,
}

impl<'a> Blocks<'a> {
    pub fn new(x: &'a Features<'a>, means: &'a [f64], more: usize) -> Blocks<'a> {
        let width = x.columns + more;
        Blocks { x, means, width }
    }

    /// Hands over the first block and then one of so many (all, if `every` is 1), each with the number of its first row.
    /// The columns behind the features hold anything.
    pub fn each(&self, every: usize, mut work: impl FnMut(usize, Block<'_>)) {
        let (width, columns) = (self.width, self.x.columns);
        let mut room = vec![0.0; ROWS_AT_ONCE * width];
        for first in (0..self.x.rows).step_by(every * ROWS_AT_ONCE) {
            let rows = ROWS_AT_ONCE.min(self.x.rows - first);
            let x = &self.x.data[first * columns..][..rows * columns];
            let numbers = &mut room[..rows * width];
            InstructionSet::in_use().run(
                #[inline(always)]
                || {
                    for (to, x) in numbers.chunks_exact_mut(width).zip(x.chunks_exact(columns)) {
                        for ((to, x), mean) in to.iter_mut().zip(x).zip(self.means) {
                            *to = x - mean;
                        }
                    }
                },
            );
            work(first, Block { rows, width, numbers });
        }
    }
}

/// Some rows Z.
pub(super) struct Block<'a> {
    pub rows: usize,
    width: usize,
    numbers: &'a mut [f64],
}

impl Block<'_> {
    /// Writes a column.
    pub fn set(&mut self, column: usize, numbers: impl IntoIterator<Item = f64>) {
        let cells = self.numbers.iter_mut().skip(column).step_by(self.width);
        for (to, number) in cells.zip(numbers) {
            *to = number;
        }
    }

    /// Multiplies each row by its factor.
    pub fn scale(&mut self, factors: &[f64]) {
        InstructionSet::in_use().run(
            #[inline(always)]
            || {
                for (row, factor) in self.numbers.chunks_exact_mut(self.width).zip(factors) {
                    for x in row {
                        *x *= factor;
                    }
                }
            },
        );
    }

    /// `Z w`.
    pub fn times(&self, weights: &[f64], out: &mut [f64]) {
        let weights = View {
            data: weights,
            shape: Shape::from([self.width, 1]),
        };
        MatMul::default().eval(&[self.view(), weights], out);
    }

    /// `Zᵀ f`.
    pub fn transposed_times(&self, factors: &[f64], out: &mut [f64]) {
        let factors = View {
            data: factors,
            shape: Shape::from([self.rows, 1]),
        };
        MatMul {
            transpose_a: true,
            transpose_b: false,
        }
        .eval(&[self.view(), factors], out);
    }

    /// `Zᵀ Z`.
    pub fn products(&self, out: &mut [f64]) {
        MatMul {
            transpose_a: true,
            transpose_b: false,
        }
        .eval(&[self.view(), self.view()], out);
    }

    fn view(&self) -> View<'_, f64> {
        View {
            data: self.numbers,
            shape: Shape::from([self.rows, self.width]),
        }
    }
}

/// A sum of what each block gives.
pub(super) struct Sum {
    pub total: Vec<f64>,
    part: Vec<f64>,
}

impl Sum {
    /// Zeros.
    pub fn new(count: usize) -> Sum {
        Sum {
            total: vec![0.0; count],
            part: vec![0.0; count],
        }
    }

    /// Adds what `part` writes.
    pub fn add(&mut self, part: impl FnOnce(&mut [f64])) {
        part(&mut self.part);
        for (total, part) in self.total.iter_mut().zip(&self.part) {
            *total += part;
        }
    }
}
