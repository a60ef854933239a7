//! Logistic and softmax regression: a layer, a loss and an optimizer.

use chainrule::{
    Graph, InstructionSet, Linear, Numbers, Operand, Rng, Shape, Tensor, Var,
    loss::{BceWithLogits, CrossEntropy, Loss, bce_with_logits, cross_entropy},
    nn::Init,
    optim::Lbfgs,
};

use super::{Features, ROWS_PER_SUM, check_alpha, dot, newton, sums};
use crate::{
    error::{Error, Result},
    metrics::most_likely,
};

/// Logistic regression: the weights with the smallest cross-entropy, summed over the rows, plus `½ α Σ w²`.
///
/// For two classes one logit z = X w + b, the probability of class 1 being `σ(z)`; for more one logit for each class and
/// `softmax(z)`. Intercepts are not penalized. There is no closed form: two classes are learned by Newton's method, where
/// its steps end; the others, and more, by a [`Linear`] layer and [`Lbfgs`].
///
/// ```
/// use chainrule::Tensor;
/// use chainrule_learn::LogisticRegression;
///
/// let x = Tensor::from([[-2.0], [-1.0], [1.0], [2.0]]);
/// let model = LogisticRegression::default().fit(&x, &[0, 0, 1, 1])?;
/// assert!(model.converged && model.coefficients[0][0] > 0.0);
/// assert_eq!(model.predict(&x)?, [0, 0, 1, 1]);
/// # Ok::<(), chainrule_learn::Error>(())
/// ```
///
/// Source: Cox, The Regression Analysis of Binary Sequences (1958); α is 1 / C of scikit-learn's `LogisticRegression`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogisticRegression {
    /// The penalty α on the sum of the squared weights; 0 for none. Default 1.
    pub alpha: f64,
    /// Whether there are intercepts. Default true.
    pub intercept: bool,
}

impl Default for LogisticRegression {
    fn default() -> LogisticRegression {
        LogisticRegression {
            alpha: 1.0,
            intercept: true,
        }
    }
}

/// Weighted sums of features as logits: one for two classes, otherwise one for each class.
#[derive(Clone, Debug, PartialEq)]
pub struct LogisticModel {
    /// The weights: a row for each logit, with one number for each feature.
    pub coefficients: Vec<Vec<f64>>,
    /// The intercept of each logit; 0 when it was fitted without.
    pub intercepts: Vec<f64>,
    /// Whether the minimum was reached. It is not where it lies at infinity: classes that a plane separates, α = 0.
    pub converged: bool,
    /// How many steps it took.
    pub iterations: usize,
}

/// Ends when no component of the mean loss's gradient is larger.
const TOLERANCE: f64 = 1e-11;
const MOST_ITERATIONS: usize = 10_000;

impl LogisticRegression {
    /// The model for x of `[rows, features]` and the class of each row, counted from 0.
    ///
    /// # Errors
    /// When x has no rows or no features, a number is not finite or too large, there is not one class for each row, only
    /// one class, or one below the largest that no row has, or α is negative or not finite.
    pub fn fit(&self, x: &Tensor, classes: &[usize]) -> Result<LogisticModel> {
        self.fit_rows(x, classes, None)
    }

    /// The same when each row's cross-entropy counts as often as its weight says, scikit-learn's `sample_weight`.
    ///
    /// ```
    /// use chainrule::Tensor;
    /// use chainrule_learn::LogisticRegression;
    ///
    /// let (x, classes) = (Tensor::from([[-1.0], [0.5], [1.0]]), [0, 0, 1]);
    /// let twice = LogisticRegression::default().fit_weighted(&x, &classes, &[1.0, 1.0, 2.0])?;
    /// let x = Tensor::from([[-1.0], [0.5], [1.0], [1.0]]);
    /// let repeated = LogisticRegression::default().fit(&x, &[0, 0, 1, 1])?;
    /// assert!((twice.coefficients[0][0] - repeated.coefficients[0][0]).abs() < 1e-8);
    /// # Ok::<(), chainrule_learn::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`LogisticRegression::fit`], and when there is not one finite number from 0 on for each row.
    pub fn fit_weighted(&self, x: &Tensor, classes: &[usize], weights: &[f64]) -> Result<LogisticModel> {
        Features::of(x)?.check_numbers(weights)?;
        if let Some(row) = weights.iter().position(|weight| *weight < 0.0) {
            return Err(Error::data(format!(
                "the weight of row {row} (counted from 0) is {}; weights are numbers from 0 on",
                weights[row]
            )));
        }
        self.fit_rows(x, classes, Some(weights))
    }

    fn fit_rows(&self, x: &Tensor, classes: &[usize], weights: Option<&[f64]>) -> Result<LogisticModel> {
        check_alpha(self.alpha)?;
        let x = Features::of(x)?;
        x.check_length(classes.len(), "classes")?;
        let logits = match count_classes(classes)? {
            2 => 1,
            count => count,
        };
        let means = match self.intercept {
            true => x.means(),
            false => vec![0.0; x.columns],
        };
        let scales = self.scales(&x, &means)?;
        let loss = newton::Loss {
            x: &x,
            classes,
            weights,
            means: &means,
            scales: &scales,
            alpha: self.alpha,
            intercept: self.intercept,
        };
        let learned = match logits {
            1 => loss.minimum(TOLERANCE).map(Learned::from),
            _ => None,
        };
        let Learned {
            weights: learned,
            biases,
            converged,
            iterations,
        } = match learned {
            Some(learned) => learned,
            None => self.by_lbfgs(&x, (classes, weights), logits, &means, &scales)?,
        };
        let row = |logit: usize| {
            let weights = learned.iter().skip(logit).step_by(logits).zip(&scales);
            weights.map(|(weight, scale)| weight * scale).collect()
        };
        let coefficients: Vec<Vec<f64>> = (0..logits).map(row).collect();
        let biases = biases.iter().zip(&coefficients);
        let intercepts = biases.map(|(bias, weights)| bias - dot(weights, &means)).collect();
        Ok(LogisticModel {
            coefficients,
            intercepts,
            converged,
            iterations,
        })
    }

    /// What each weight is measured in while it is learned: with such units the loss curves about alike along each.
    fn scales(&self, x: &Features, means: &[f64]) -> Result<Vec<f64>> {
        let squares = sums(x.data, x.columns, means, |value| value * value);
        let variances: Vec<f64> = squares.iter().map(|sum| sum / x.rows as f64).collect();
        if let Some(column) = variances.iter().position(|variance| !variance.is_finite()) {
            return Err(Error::data(format!(
                "column {column} of x (counted from 0) has numbers too large for their squares; divide it by a power of ten"
            )));
        }
        // σ′ is at most 1/4, so the loss's curvature along a weight is at most a quarter of this.
        let curvatures = variances
            .iter()
            .map(|variance| variance + 4.0 * self.alpha / x.rows as f64);
        let scale = |curvature: f64| {
            if curvature.is_normal() {
                1.0 / curvature.sqrt()
            } else {
                1.0
            }
        };
        Ok(curvatures.map(scale).collect())
    }

    /// The layer with the smallest penalized loss on `(x − means) · scales`, by [`Lbfgs`].
    ///
    /// Neither changes the minimum: an intercept takes up the means, and the penalty is of the weights in their own unit.
    pub(super) fn by_lbfgs(
        &self,
        x: &Features,
        (classes, of_rows): (&[usize], Option<&[f64]>),
        logits: usize,
        means: &[f64],
        scales: &[f64],
    ) -> Result<Learned> {
        let answers: Vec<f64> = classes.iter().map(|&class| class as f64).collect();
        let mut layer = Linear::with_init(x.columns, logits, Init::Zeros, &mut Rng::new(0));
        layer.bias.trainable = self.intercept;
        // The sum of the losses and ½ α Σ w², both divided by the rows: the same minimum, whatever their number.
        let penalty = 0.5 * self.alpha / x.rows as f64;
        let lbfgs = Lbfgs {
            iterations: MOST_ITERATIONS,
            tolerance: TOLERANCE,
            ..Lbfgs::default()
        };
        let minimum = lbfgs.minimize(&mut layer, |layer, graph| {
            let z = layer.forward(graph.constant(Standardized { x, means, scales }));
            let answers = || graph.tensor(&answers, [x.rows, 1]);
            let loss = match (logits, of_rows) {
                (1, None) => bce_with_logits(z, answers()),
                (_, None) => cross_entropy(z, classes),
                (1, Some(weights)) => {
                    (BceWithLogits.each(z, answers().into()) * graph.tensor(weights, [x.rows, 1])).mean()
                }
                (_, Some(weights)) => {
                    (CrossEntropy::default().each(z, classes.into()) * graph.tensor(weights, [x.rows])).mean()
                }
            };
            let weights: Var = (&layer.weight).on(graph) * graph.tensor(scales, [x.columns, 1]);
            loss + weights.square().sum() * penalty
        })?;
        Ok(Learned {
            weights: layer.weight.value.into_data(),
            biases: layer.bias.value.into_data(),
            converged: minimum.converged,
            iterations: minimum.iterations,
        })
    }
}

/// What was learned on `(x − means) · scales`.
pub(super) struct Learned {
    /// The weights, `[features, logits]`.
    pub(super) weights: Vec<f64>,
    pub(super) biases: Vec<f64>,
    pub(super) converged: bool,
    pub(super) iterations: usize,
}

impl From<newton::Minimum> for Learned {
    fn from(minimum: newton::Minimum) -> Learned {
        Learned {
            weights: minimum.weights,
            biases: vec![minimum.intercept],
            converged: true,
            iterations: minimum.steps,
        }
    }
}

/// `(x − means) · scales`, which the graph takes as it is made.
struct Standardized<'a> {
    x: &'a Features<'a>,
    means: &'a [f64],
    scales: &'a [f64],
}

impl Numbers<f64> for Standardized<'_> {
    fn shape(&self) -> Shape {
        Shape::from([self.x.rows, self.x.columns])
    }
    fn append_to(&self, values: &mut Vec<f64>) {
        values.reserve(self.x.data.len());
        for part in self.x.data.chunks(ROWS_PER_SUM * self.x.columns) {
            let start = values.len();
            values.extend_from_slice(part);
            let part = &mut values[start..];
            InstructionSet::in_use().run(
                #[inline(always)]
                || {
                    for row in part.chunks_exact_mut(self.x.columns) {
                        for ((value, mean), scale) in row.iter_mut().zip(self.means).zip(self.scales) {
                            *value = (*value - mean) * scale;
                        }
                    }
                },
            );
        }
    }
}

/// How many classes there are, when each of them is there.
fn count_classes(classes: &[usize]) -> Result<usize> {
    let largest = classes.iter().copied().max().unwrap_or(0);
    let gap = |class: usize| {
        Err(Error::data(format!(
            "no row has class {class}, though there is a class {largest}; number the classes 0, 1, 2, … without gaps"
        )))
    };
    // More classes than rows: one is missing, and a table for them all might be too large.
    let mut counts = vec![0usize; largest.min(classes.len()) + 1];
    for &class in classes {
        if let Some(count) = counts.get_mut(class) {
            *count += 1;
        }
    }
    match counts.iter().position(|count| *count == 0) {
        Some(class) => gap(class),
        None if largest == 0 => Err(Error::data(
            "every row has class 0: there is nothing to tell apart; give rows of at least two classes",
        )),
        None => Ok(largest + 1),
    }
}

impl LogisticModel {
    /// One row of weights and one intercept for each class, so that softmax gives the probabilities.
    ///
    /// For two classes `σ(z)` is the second of `softmax(−z/2, z/2)`.
    pub(crate) fn by_class(&self) -> (Vec<Vec<f64>>, Vec<f64>) {
        let ([weights], [intercept]) = (&self.coefficients[..], &self.intercepts[..]) else {
            return (self.coefficients.clone(), self.intercepts.clone());
        };
        let half = |sign: f64| weights.iter().map(|weight| sign * weight).collect();
        (vec![half(-0.5), half(0.5)], vec![-0.5 * intercept, 0.5 * intercept])
    }

    /// The probability of each class for each row, `[rows, classes]`.
    ///
    /// # Errors
    /// When x does not have the features it was fitted on, or holds a number that is not finite.
    pub fn probabilities(&self, x: &Tensor) -> Result<Tensor> {
        let x = Features::of(x)?;
        let (coefficients, intercepts) = self.by_class();
        x.check_columns(coefficients.first().map_or(0, Vec::len))?;
        let logits: Vec<f64> = x
            .each_row()
            .flat_map(|row| {
                let logit = |(weights, intercept): (&Vec<f64>, &f64)| dot(row, weights) + intercept;
                coefficients.iter().zip(&intercepts).map(logit).collect::<Vec<f64>>()
            })
            .collect();
        let graph = Graph::new();
        Ok(graph.tensor(&logits, [x.rows, intercepts.len()]).softmax(-1).value()?)
    }

    /// The most likely class of each row; the first of equals.
    ///
    /// # Errors
    /// As [`LogisticModel::probabilities`].
    pub fn predict(&self, x: &Tensor) -> Result<Vec<usize>> {
        let probabilities = self.probabilities(x)?;
        let rows = probabilities.data().chunks_exact(probabilities.shape().size(1).max(1));
        Ok(rows.map(most_likely).collect())
    }
}
