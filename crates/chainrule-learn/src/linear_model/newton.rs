//! Logistic regression of two classes by Newton's method: few passes over the rows, each of which sums up the curvature.

use chainrule::{Float, InstructionSet};

use super::{
    Features,
    blocks::{Blocks, ROWS_AT_ONCE, Sum},
    dot,
    factor::Factor,
};

/// For more columns the curvature costs more than the steps that it saves. With d columns it takes d² multiplications a row,
/// and about three are needed; L-BFGS needs twenty looks at the rows and more, of 4 d each, whose numbers come from memory,
/// which takes some four times as long: `3 d² = 320 d`.
const MOST_COLUMNS: usize = 100;

/// The minimum is reached when the next step, too, is at most this share of the weights, in their units: where there is
/// no minimum the gradient vanishes, but the steps do not.
const LAST_STEP: f64 = 1e-6;
const MOST_STEPS: usize = 50;
/// How often a step is halved at most.
const MOST_HALVINGS: usize = 30;
/// A step has gone too far when the slope at its end rises by more than this share of the fall at its beginning.
const OVERSHOOT: f64 = 0.1;

/// As long as each step shrinks the gradient to this share, the curvature of a step before is as good as a new one.
const SHRINKS: f64 = 1e-2;

/// The steps begin where those of one block of rows in so many end, ...
const SAMPLE: usize = 16;
/// ... when that has so many rows for each unknown, and these end with a gradient as small as this: the rest is chance.
const SAMPLED_ROWS: usize = 100;
const SAMPLE_TOLERANCE: f64 = 1e-3;

/// The mean of each row's cross-entropy, times its weight if there are `weights`, and the penalty `½ α Σ w²` over the
/// rows; a function of the weights in units of `scales`, and of the intercept for rows less the `means`, if there is one.
pub(super) struct Loss<'a> {
    pub x: &'a Features<'a>,
    pub classes: &'a [usize],
    pub weights: Option<&'a [f64]>,
    pub means: &'a [f64],
    pub scales: &'a [f64],
    pub alpha: f64,
    pub intercept: bool,
}

/// Where a loss is smallest.
pub(super) struct Minimum {
    /// The weights in their units.
    pub weights: Vec<f64>,
    /// The intercept; 0 if there is none.
    pub intercept: f64,
    /// How many steps it took over all rows.
    pub steps: usize,
}

/// What is known of the loss at some weights.
struct Look {
    gradient: Vec<f64>,
    curvature: Option<Curvature>,
}

/// The second derivatives as a factor of the matrix that has ones on its diagonal, and the lengths they were divided by.
struct Curvature {
    factor: Factor,
    lengths: Vec<f64>,
}

impl Loss<'_> {
    /// The minimum, where no component of the gradient is above the tolerance and the next step would be short; none
    /// when the columns are too many, depend on each other, or the steps do not end, as for classes that a plane separates.
    ///
    /// A step is `−H⁻¹ g` with the gradient `g = Xᵀ (p − y)` and the curvature `H = Xᵀ diag(p (1 − p)) X`, halved until
    /// the slope along it does not rise at its end: the loss is convex, so it has fallen. Source: Nocedal and Wright,
    /// Numerical Optimization, 3.3; on keeping a curvature for several steps Shamanskii, A Modification of Newton's Method (1967).
    pub fn minimum(&self, tolerance: f64) -> Option<Minimum> {
        if self.x.columns > MOST_COLUMNS {
            return None;
        }
        let unknowns = self.x.columns + usize::from(self.intercept);
        let zeros = vec![0.0; unknowns];
        let sample = match self.x.rows / SAMPLE >= SAMPLED_ROWS * unknowns {
            true => self.descend(zeros.clone(), SAMPLE, SAMPLE_TOLERANCE, false),
            false => None,
        };
        let near = sample.is_some();
        let start = sample.map_or(zeros, |(at, _)| at);
        let (mut at, steps) = self.descend(start, 1, tolerance, near)?;
        let intercept = at.split_off(self.x.columns).pop().unwrap_or(0.0);
        Some(Minimum {
            weights: at,
            intercept,
            steps,
        })
    }

    /// The minimum over one block of rows in so many, from a start that may be `near`, and the steps to it.
    fn descend(&self, mut at: Vec<f64>, every: usize, tolerance: f64, near: bool) -> Option<(Vec<f64>, usize)> {
        let look = self.look(&at, every, true);
        let (mut gradient, mut curvature) = (look.gradient, look.curvature?);
        let mut shrinks = near;
        for steps in 0..MOST_STEPS {
            let direction = curvature.step(&gradient);
            let before = largest(&gradient);
            if before <= tolerance && largest(&direction) <= LAST_STEP.max(tolerance) * largest(&at).max(1.0) {
                // The next step is known: what it brings is for nothing.
                at.iter_mut().zip(&direction).for_each(|(at, step)| *at += step);
                return Some((at, steps));
            }
            let fall = -dot(&direction, &gradient);
            let mut share = 1.0;
            let look = (0..MOST_HALVINGS).find_map(|_| {
                let next: Vec<f64> = at.iter().zip(&direction).map(|(at, step)| at + share * step).collect();
                let look = self.look(&next, every, !shrinks);
                share *= 0.5;
                (dot(&direction, &look.gradient) <= OVERSHOOT * fall).then_some((next, look))
            });
            let (next, look) = look?;
            shrinks = largest(&look.gradient) <= SHRINKS * before;
            (at, gradient) = (next, look.gradient);
            match (look.curvature, shrinks) {
                (Some(new), _) => curvature = new,
                (None, true) => (),
                // The old one has served its time.
                (None, false) => curvature = self.look(&at, every, true).curvature?,
            }
        }
        None
    }

    /// One pass over the rows of one block in so many.
    fn look(&self, at: &[f64], every: usize, with_curvature: bool) -> Look {
        let Features { rows, columns, .. } = *self.x;
        let unknowns = at.len();
        let scale = |i: usize| self.scales.get(i).copied().unwrap_or(1.0);
        let own: Vec<f64> = at.iter().enumerate().map(|(i, at)| at * scale(i)).collect();
        let mut gradient = Sum::new(unknowns);
        let mut products = Sum::new(if with_curvature { unknowns * unknowns } else { 0 });
        // For each row p − y, and the root of p (1 − p).
        let (mut left, mut roots) = ([0.0; ROWS_AT_ONCE], [0.0; ROWS_AT_ONCE]);
        let mut seen = 0;
        Blocks::new(self.x, self.means, unknowns - columns).each(every, |first, mut block| {
            let count = block.rows;
            seen += count;
            // Behind the columns the intercept's 1, where there is one.
            block.set(columns, std::iter::repeat_n(1.0, count * (unknowns - columns)));
            let (left, roots) = (&mut left[..count], &mut roots[..count]);
            block.times(&own, left);
            InstructionSet::in_use().run(
                #[inline(always)]
                || {
                    let classes = &self.classes[first..][..count];
                    for ((left, root), class) in left.iter_mut().zip(&mut *roots).zip(classes) {
                        let p = 1.0 / (1.0 + Float::exp(-*left));
                        *left = p - if *class == 1 { 1.0 } else { 0.0 };
                        *root = (p * (1.0 - p)).sqrt();
                    }
                    if let Some(weights) = self.weights {
                        for ((left, root), weight) in left.iter_mut().zip(&mut *roots).zip(&weights[first..]) {
                            *left *= weight;
                            *root *= weight.sqrt();
                        }
                    }
                },
            );
            gradient.add(|part| block.transposed_times(left, part));
            if with_curvature {
                block.scale(roots);
                products.add(|part| block.products(part));
            }
        });
        // Means over the rows that were seen.
        let (seen, alpha) = (seen as f64, self.alpha / rows as f64);
        let penalty = |i: usize| if i < columns { alpha } else { 0.0 };
        let sums = gradient.total.iter().zip(&own).enumerate();
        let gradient = sums.map(|(i, (sum, own))| (sum / seen + penalty(i) * own) * scale(i));
        let second = |i: usize, j: usize| {
            let penalty = if i == j { penalty(i) } else { 0.0 };
            (products.total[i * unknowns + j] / seen + penalty) * scale(i) * scale(j)
        };
        Look {
            gradient: gradient.collect(),
            curvature: with_curvature.then(|| Curvature::new(unknowns, second)).flatten(),
        }
    }
}

impl Curvature {
    /// None when it is not positive definite, as far as its digits go.
    fn new(size: usize, second: impl Fn(usize, usize) -> f64) -> Option<Curvature> {
        let lengths: Vec<f64> = (0..size).map(|i| second(i, i).sqrt()).collect();
        let unit = |i: usize, j: usize| match i == j {
            true if lengths[i] > 0.0 => 1.0,
            true => f64::NAN,
            false => second(i, j) / (lengths[i] * lengths[j]),
        };
        let factor = Factor::new(size, unit)?;
        Some(Curvature { factor, lengths })
    }

    /// `−H⁻¹ g`.
    fn step(&self, gradient: &[f64]) -> Vec<f64> {
        let mut step: Vec<f64> = gradient
            .iter()
            .zip(&self.lengths)
            .map(|(g, length)| -g / length)
            .collect();
        self.factor.solve(&mut step);
        step.iter()
            .zip(&self.lengths)
            .map(|(step, length)| step / length)
            .collect()
    }
}

fn largest(numbers: &[f64]) -> f64 {
    numbers.iter().fold(0.0, |largest: f64, x| largest.max(x.abs()))
}

#[cfg(test)]
mod tests {
    use super::{super::LogisticRegression, *};
    use chainrule::{Rng, Tensor};

    const TOLERANCE: f64 = 1e-11;

    /// Rows of so many columns, `change`d, and classes that the first two tell apart, with noise.
    struct Data {
        x: Tensor,
        classes: Vec<usize>,
        weights: Vec<f64>,
    }

    fn data(rows: usize, columns: usize, noise: f64, change: impl Fn(&mut [f64])) -> Data {
        let mut rng = Rng::new(11);
        let (mut x, mut classes, mut weights) = (vec![], vec![], vec![]);
        for _ in 0..rows {
            let mut row: Vec<f64> = (0..columns).map(|_| rng.normal(0.0, 1.0)).collect();
            classes.push(usize::from(
                row[0] - 2.0 * row[1] + 0.7 + noise * rng.normal(0.0, 1.0) > 0.0,
            ));
            weights.push(rng.normal(0.0, 1.0).abs());
            change(&mut row);
            x.extend(row);
        }
        Data {
            x: Tensor::new(x, [rows, columns]).unwrap(),
            classes,
            weights,
        }
    }

    /// Does something with the loss and with what L-BFGS finds, in the same units.
    fn with<R>(data: &Data, alpha: f64, intercept: bool, weighted: bool, work: impl Fn(&Loss, Vec<f64>) -> R) -> R {
        let x = Features::of(&data.x).unwrap();
        let means = if intercept { x.means() } else { vec![0.0; x.columns] };
        let scales: Vec<f64> = (0..x.columns)
            .map(|column| {
                let squares = x.each_row().map(|row| (row[column] - means[column]).powi(2));
                let variance = squares.sum::<f64>() / x.rows as f64;
                if variance > 0.0 { 1.0 / variance.sqrt() } else { 1.0 }
            })
            .collect();
        let weights = weighted.then_some(&data.weights[..]);
        let loss = Loss {
            x: &x,
            classes: &data.classes,
            weights,
            means: &means,
            scales: &scales,
            alpha,
            intercept,
        };
        let learned = LogisticRegression { alpha, intercept }
            .by_lbfgs(&x, (&data.classes, weights), 1, &means, &scales)
            .unwrap();
        let mut expected = learned.weights;
        expected.push(if intercept { learned.biases[0] } else { 0.0 });
        work(&loss, expected)
    }

    fn all(minimum: Minimum) -> Vec<f64> {
        [minimum.weights, vec![minimum.intercept]].concat()
    }

    /// Up to this share of the largest, or of 1.
    #[track_caller]
    fn assert_same(found: &[f64], expected: &[f64], digits: f64, what: &str) {
        assert_eq!(found.len(), expected.len());
        let largest = largest(expected).max(1.0);
        for (a, b) in found.iter().zip(expected) {
            assert!((a - b).abs() <= digits * largest, "{what}: {found:?}, not {expected:?}");
        }
    }

    #[test]
    fn it_finds_what_lbfgs_finds() {
        type Change = fn(&mut [f64]);
        let changes: [(&str, f64, Change); 4] = [
            ("plain", 1e-8, |_| ()),
            ("far from 0", 1e-6, |row| row.iter_mut().for_each(|x| *x += 1e3)),
            ("scales", 1e-8, |row| (row[0], row[1]) = (1e4 * row[0], 1e-4 * row[1])),
            ("alike", 1e-5, |row| row[1] = row[0] + 1e-2 * row[1]),
        ];
        for (name, digits, change) in changes {
            // With one block and with several, of which the last is shorter.
            for (rows, columns) in [(65, 7), (200, 8), (600, 2)] {
                let data = data(rows, columns, 1.0, change);
                for (alpha, intercept, weighted) in [
                    (1.0, true, false),
                    (0.01, true, true),
                    (100.0, false, false),
                    (0.1, false, true),
                ] {
                    with(&data, alpha, intercept, weighted, |loss, expected| {
                        let what = format!("{name}, {rows} × {columns}, alpha {alpha}, {intercept} {weighted}");
                        let Some(minimum) = loss.minimum(TOLERANCE) else {
                            // Far from 0 and without an intercept all columns are nearly one.
                            assert!(name == "far from 0" && !intercept, "{what}");
                            return;
                        };
                        assert_same(&all(minimum), &expected, digits, &what);
                    });
                }
            }
        }
    }

    /// Rows enough for a start from some of them, in an order in which no block is like the others.
    #[test]
    fn a_start_from_some_rows_changes_no_digit_that_counts() {
        let mut data = data(8000, 3, 1.0, |_| ());
        let mut order: Vec<usize> = (0..8000).collect();
        order.sort_by_key(|&row| data.classes[row]);
        let x: Vec<f64> = order
            .iter()
            .flat_map(|&row| &data.x.data()[3 * row..][..3])
            .copied()
            .collect();
        data.classes.sort();
        data.x = Tensor::new(x, [8000, 3]).unwrap();
        with(&data, 1.0, true, false, |loss, expected| {
            let (sampled, _) = loss.descend(vec![0.0; 4], SAMPLE, SAMPLE_TOLERANCE, false).unwrap();
            assert!(sampled.iter().zip(&expected).any(|(a, b)| (a - b).abs() > 1e-3));
            let (whole, _) = loss.descend(vec![0.0; 4], 1, TOLERANCE, false).unwrap();
            assert_same(&all(loss.minimum(TOLERANCE).unwrap()), &whole, 1e-10, "sampled");
            assert_same(&whole, &expected, 1e-8, "lbfgs");
        });
    }

    #[test]
    fn steps_that_go_too_far_are_halved() {
        let data = data(300, 3, 1.0, |_| ());
        with(&data, 1e-3, true, false, |loss, expected| {
            let (found, _) = loss.descend(vec![9.0, 9.0, -9.0, 9.0], 1, TOLERANCE, false).unwrap();
            assert_same(&found, &expected, 1e-8, "from afar");
        });
    }

    #[test]
    fn what_has_no_minimum_or_is_too_wide_is_left_to_lbfgs() {
        let none = |data: &Data, alpha: f64| {
            with(data, alpha, true, false, |loss, _| {
                assert!(loss.minimum(TOLERANCE).is_none());
            });
        };
        none(&data(100, 2, 0.0, |_| ()), 0.0);
        none(&data(100, 3, 1.0, |row| row[2] = row[0]), 0.0);
        none(&data(100, 3, 1.0, |row| row[2] = 7.0), 0.0);
        none(&data(10, 12, 1.0, |_| ()), 0.0);
        none(&data(10, MOST_COLUMNS + 1, 1.0, |_| ()), 1.0);
    }

    #[test]
    fn every_instruction_set_gives_the_same_bits() {
        let data = data(5000, 3, 1.0, |row| row[0] += 10.0);
        let bits = |set: InstructionSet| {
            set.force();
            with(&data, 1.0, true, true, |loss, _| {
                let found = all(loss.minimum(TOLERANCE).unwrap());
                found.iter().map(|x| x.to_bits()).collect::<Vec<u64>>()
            })
        };
        let sets: Vec<_> = InstructionSet::available().into_iter().map(bits).collect();
        assert!(sets.windows(2).all(|pair| pair[0] == pair[1]));
    }
}
