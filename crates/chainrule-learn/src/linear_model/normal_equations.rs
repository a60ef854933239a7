//! Least squares by the normal equations, where these keep the digits: a fifth of the time that a triangle takes.

use super::{
    Answers, Features,
    blocks::{Block, Blocks, ROWS_AT_ONCE, Sum},
    factor::{Factor, MOST_CONDITION},
};

/// For fewer rows the triangle is as quick.
const FEWEST_ROWS: usize = 4096;
/// The fewest for each column that there must be.
const ROWS_PER_COLUMN: usize = 16;

/// Bounds of what one step of refinement shrinks an error to, so that few steps bring all digits: the condition of the
/// columns in units of their own is at most [`MOST_CONDITION`], the spread of a column is more than this share of its mean,
/// or its digits are lost when the mean goes,
const LEAST_SPREAD: f64 = 1e-6;
/// and so is each curvature a number whose square is one.
const CURVATURES: std::ops::Range<f64> = 1e-150..1e150;

/// The last step changes no weight by more than this share of the largest, both in the units of the columns. The next
/// one would change less than can be seen; so there is nearly always one step of refinement.
const LAST_STEP: f64 = 1e-7;
const MOST_STEPS: usize = 4;

/// For each y, a target less its mean, the weights that minimize `‖y − (X − means) w‖² + α ‖w‖²`; none where the normal
/// equations would lose digits, for columns that nearly depend on each other, are of very different scales, hardly vary, or are too many.
///
/// They are `(ZᵀZ + α) w = Zᵀy` with Z = X − means, solved by Cholesky's factors after each column is divided by its
/// length; then a few steps of refinement, each with the gradient at the weights from the rows themselves. Source: Golub
/// and Van Loan, Matrix Computations, 5.3.2; Björck, Numerical Methods for Least Squares Problems, 2.9.
pub(super) fn weights(x: &Features, targets: &[Answers], means: &[f64], alpha: f64) -> Option<Vec<Vec<f64>>> {
    if x.rows < FEWEST_ROWS.max(ROWS_PER_COLUMN * x.columns) {
        return None;
    }
    Rows::new(x, targets, means).weights(alpha)
}

/// Rows of `[x − means, y − mean, …]`.
struct Rows<'a> {
    x: &'a Features<'a>,
    targets: &'a [Answers<'a>],
    means: &'a [f64],
}

impl<'a> Rows<'a> {
    fn new(x: &'a Features<'a>, targets: &'a [Answers<'a>], means: &'a [f64]) -> Rows<'a> {
        Rows { x, targets, means }
    }

    fn weights(&self, alpha: f64) -> Option<Vec<Vec<f64>>> {
        let columns = self.x.columns;
        let products = self.products();
        let curvature = |column: usize| products(column, column) + alpha;
        if !(0..columns).all(|column| CURVATURES.contains(&curvature(column))) {
            return None;
        }
        let lengths: Vec<f64> = (0..columns).map(|column| curvature(column).sqrt()).collect();
        let rows = self.x.rows as f64;
        let hardly_varies = |(length, mean): (&f64, &f64)| *length <= LEAST_SPREAD * rows.sqrt() * mean.abs();
        if lengths.iter().zip(self.means).any(hardly_varies) {
            return None;
        }
        let scaled = |row: usize, column: usize| match row == column {
            true => 1.0,
            false => products(row, column) / (lengths[row] * lengths[column]),
        };
        let factor = Factor::new(columns, scaled)?;
        let inverse = factor.trace_of_inverse();
        // The smallest singular value is at least that of unit columns times the shortest of them. Where it might count as
        // 0, the triangle decides.
        let shortest = lengths.iter().copied().fold(f64::INFINITY, f64::min);
        let longest = lengths.iter().copied().fold(0.0, f64::max);
        let counts = f64::EPSILON * rows * longest * (columns as f64).sqrt();
        let sound = columns as f64 * inverse <= MOST_CONDITION && shortest / inverse.sqrt() > counts;
        if !sound {
            return None;
        }

        let of_target = |target: usize| {
            // At weights of 0 the gradient is Zᵀ y.
            let gradient = (0..columns).map(|column| products(columns + target, column)).collect();
            self.weights_of(target, gradient, (&factor, &lengths), alpha)
        };
        (0..self.targets.len()).map(of_target).collect()
    }

    /// The weights of one target, from the gradient at weights of 0.
    fn weights_of(
        &self,
        target: usize,
        mut gradient: Vec<f64>,
        (factor, lengths): (&Factor, &[f64]),
        alpha: f64,
    ) -> Option<Vec<f64>> {
        // In units of the columns' lengths.
        let mut weights = vec![0.0; lengths.len()];
        for _ in 0..MOST_STEPS {
            for (gradient, length) in gradient.iter_mut().zip(lengths) {
                *gradient /= length;
            }
            factor.solve(&mut gradient);
            let mut largest = [0.0f64; 2];
            for (weight, step) in weights.iter_mut().zip(&gradient) {
                *weight += step;
                largest = [largest[0].max(step.abs()), largest[1].max(weight.abs())];
            }
            let own: Vec<f64> = weights
                .iter()
                .zip(lengths)
                .map(|(weight, length)| weight / length)
                .collect();
            if largest[0] <= LAST_STEP * largest[1] {
                return own.iter().all(|weight| weight.is_finite()).then_some(own);
            }
            gradient = self.gradient(target, &own);
            for (gradient, weight) in gradient.iter_mut().zip(&own) {
                *gradient -= alpha * weight;
            }
        }
        None
    }

    /// The products of all columns, summed over the rows.
    fn products(&self) -> impl Fn(usize, usize) -> f64 {
        let width = self.x.columns + self.targets.len();
        let mut products = Sum::new(width * width);
        self.each(|block| products.add(|part| block.products(part)));
        move |row, column| products.total[row * width + column]
    }

    /// `Zᵀ (y − Z w)` of a target.
    fn gradient(&self, target: usize, weights: &[f64]) -> Vec<f64> {
        let columns = self.x.columns;
        let width = columns + self.targets.len();
        // With 1 for y the sum of a row's products is what is left of y.
        let mut wide: Vec<f64> = weights.iter().map(|weight| -weight).collect();
        wide.resize(width, 0.0);
        wide[columns + target] = 1.0;
        let (mut gradient, mut left) = (Sum::new(width), [0.0; ROWS_AT_ONCE]);
        self.each(|block| {
            let left = &mut left[..block.rows];
            block.times(&wide, left);
            gradient.add(|part| block.transposed_times(left, part));
        });
        gradient.total.truncate(columns);
        gradient.total
    }

    /// Hands over the rows, some at a time, each with its answers behind it.
    fn each(&self, mut work: impl FnMut(&Block)) {
        Blocks::new(self.x, self.means, self.targets.len()).each(1, |first, mut block| {
            for (target, Answers { numbers, mean }) in self.targets.iter().enumerate() {
                block.set(
                    self.x.columns + target,
                    numbers[first..].iter().map(|number| number - mean),
                );
            }
            work(&block);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::{super::least_squares, *};
    use crate::metrics::mean;
    use chainrule::{InstructionSet, Rng, Tensor};

    /// Rows of five columns, `change`d, and answers `3 + Σ (j + 1) x_j` with noise of this size.
    fn table(rows: usize, noise: f64, change: impl Fn(&mut [f64; 5])) -> (Tensor, Vec<f64>) {
        let mut rng = Rng::new(7);
        let (mut x, mut y) = (vec![], vec![]);
        for _ in 0..rows {
            let mut row = [0.0; 5].map(|_: f64| rng.normal(0.0, 1.0));
            change(&mut row);
            let answer: f64 = row.iter().enumerate().map(|(j, x)| (j + 1) as f64 * x).sum();
            y.push(3.0 + answer + noise * rng.normal(0.0, 1.0));
            x.extend(row);
        }
        (Tensor::new(x, [rows, 5]).unwrap(), y)
    }

    /// The weights by the normal equations, if these are taken, and those from the triangle.
    fn both((x, y): &(Tensor, Vec<f64>), alpha: f64) -> (Option<Vec<f64>>, Vec<f64>) {
        let x = Features::of(x).unwrap();
        let means = x.means();
        let targets = [Answers {
            numbers: y,
            mean: mean(y),
        }];
        let only = |mut weights: Vec<Vec<f64>>| weights.pop().unwrap();
        let own = Rows::new(&x, &targets, &means).weights(alpha).map(only);
        (
            own,
            only(least_squares::by_triangle(&x, &targets, &means, alpha).unwrap()),
        )
    }

    #[test]
    fn where_they_are_taken_they_agree_with_the_triangle() {
        type Change = fn(&mut [f64; 5]);
        let changes: [(&str, f64, Change); 5] = [
            ("plain", 1e-13, |_| ()),
            ("far from 0", 1e-11, |row| row.iter_mut().for_each(|x| *x += 1e3)),
            ("scales", 1e-12, |row| (row[0], row[1]) = (1e3 * row[0], 1e-3 * row[1])),
            ("alike", 1e-10, |row| row[1] = row[0] + 1e-3 * row[1]),
            ("one tiny part", 1e-13, |row| {
                row[4] = if row[4] > 2.5 { 1.0 } else { 0.0 }
            }),
        ];
        for (name, digits, change) in changes {
            for rows in [127, 128, 1000, 5000] {
                for noise in [0.0, 1.0, 1e4] {
                    for alpha in [0.0, 10.0] {
                        let data = table(rows, noise, change);
                        let (own, expected) = both(&data, alpha);
                        let Some(own) = own else {
                            // The rare part of few rows is in none of them.
                            assert!(name == "one tiny part" && rows < 1000 && alpha == 0.0, "{name} {rows}");
                            continue;
                        };
                        let what = format!("{name}, {rows} rows, noise {noise}, alpha {alpha}: {own:?} {expected:?}");
                        let (x, _) = &data;
                        for j in 0..5 {
                            // In the unit of the column: the largest of them would hide what the others lose.
                            let lengths: Vec<f64> = (0..5)
                                .map(|j| {
                                    x.data()
                                        .iter()
                                        .skip(j)
                                        .step_by(5)
                                        .fold(0.0f64, |most, x| most.max(x.abs()))
                                })
                                .collect();
                            let largest = (0..5).fold(0.0f64, |most, j| most.max((expected[j] * lengths[j]).abs()));
                            let off = (own[j] - expected[j]).abs() * lengths[j] / largest;
                            assert!(off <= digits, "{what}: {j} off by {off:e}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn what_would_lose_digits_is_left_to_the_triangle() {
        type Change = fn(&mut [f64; 5]);
        let changes: [(&str, Change); 6] = [
            ("the same twice", |row| row[1] = row[0]),
            ("nearly the same", |row| row[1] = row[0] + 1e-6 * row[1]),
            ("a sum of others", |row| row[4] = row[0] + row[1] + row[2]),
            ("constant", |row| row[3] = 0.1),
            ("hardly varies", |row| row[3] += 1e9),
            ("tiny", |row| row[2] *= 1e-14),
        ];
        for (name, change) in changes {
            assert_eq!(both(&table(5000, 1.0, change), 0.0).0, None, "{name}");
        }
        let (x, y) = table(4000, 1.0, |_| ());
        let x = Features::of(&x).unwrap();
        let targets = [Answers {
            numbers: &y,
            mean: mean(&y),
        }];
        assert_eq!(weights(&x, &targets, &x.means(), 0.0), None);
    }

    #[test]
    fn every_instruction_set_gives_the_same_bits() {
        let data = table(5000, 1.0, |row| row[0] += 100.0);
        let bits = |set: InstructionSet| {
            set.force();
            let own = both(&data, 1.0).0.unwrap();
            own.iter().map(|weight| weight.to_bits()).collect::<Vec<u64>>()
        };
        let sets = InstructionSet::available();
        let all: Vec<_> = sets.into_iter().map(bits).collect();
        assert!(all.windows(2).all(|pair| pair[0] == pair[1]));
    }
}
