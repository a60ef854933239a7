//! Ordinary least squares and ridge regression.

use chainrule::Tensor;

use super::{Answers, Features, check_alpha, dot, least_squares::weights};
use crate::{
    error::{Error, Result},
    metrics::{mean, r2, rmse},
};

/// Ordinary least squares: the w and b with the smallest `‖y − X w − b‖²`.
///
/// Where columns depend on each other, or are more than the rows, the smallest such w. Singular values of the (centered)
/// X below ε · max(rows, features) · the largest count as 0. scikit-learn's `LinearRegression` draws that line at `tol`
/// = 10⁻⁶, so there are columns of very different scales that it gives up and this does not.
///
/// ```
/// use chainrule::Tensor;
/// use chainrule_learn::LinearRegression;
///
/// let x = Tensor::from([[0.0], [1.0], [2.0], [3.0]]);
/// let y = [1.0, 3.0, 5.0, 7.0];
/// let line = LinearRegression::default().fit(&x, &y)?;
/// assert!((line.coefficients[0] - 2.0).abs() < 1e-14 && (line.intercept - 1.0).abs() < 1e-14);
/// assert!(line.r2(&x, &y)? > 0.999_999);
/// # Ok::<(), chainrule_learn::Error>(())
/// ```
///
/// Source: Legendre (1805); Golub and Van Loan, Matrix Computations, 5.5.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinearRegression {
    /// Whether there is a b; without it, the line goes through 0. Default true.
    pub intercept: bool,
}

impl Default for LinearRegression {
    fn default() -> LinearRegression {
        LinearRegression { intercept: true }
    }
}

impl LinearRegression {
    /// The model for x of `[rows, features]` and one number y for each row.
    ///
    /// # Errors
    /// When x has no rows or no features, y is not one number for each row, or a number is not finite or too large.
    pub fn fit(&self, x: &Tensor, y: &[f64]) -> Result<LinearModel> {
        fit_one(x, y, 0.0, self.intercept)
    }

    /// The models of several targets, a list of numbers for each, from the same x, which is taken apart once for all.
    ///
    /// ```
    /// use chainrule::Tensor;
    /// use chainrule_learn::LinearRegression;
    ///
    /// let x = Tensor::from([[0.0], [1.0], [2.0], [3.0]]);
    /// let lines = LinearRegression::default().fit_several(&x, &[[1.0, 3.0, 5.0, 7.0], [3.0, 2.0, 1.0, 0.0]])?;
    /// assert!((lines[0].coefficients[0] - 2.0).abs() < 1e-14 && (lines[1].coefficients[0] + 1.0).abs() < 1e-14);
    /// # Ok::<(), chainrule_learn::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`LinearRegression::fit`], for each of them.
    pub fn fit_several(&self, x: &Tensor, targets: &[impl AsRef<[f64]>]) -> Result<Vec<LinearModel>> {
        fit(x, targets, 0.0, self.intercept)
    }
}

/// Ridge regression: the w and b with the smallest `‖y − X w − b‖² + α ‖w‖²`; b is not penalized.
///
/// ```
/// use chainrule::Tensor;
/// use chainrule_learn::{LinearRegression, Ridge};
///
/// let (x, y) = (Tensor::from([[0.0], [1.0], [2.0]]), [0.0, 1.0, 2.0]);
/// let free = LinearRegression::default().fit(&x, &y)?;
/// let held = Ridge { alpha: 2.0, ..Ridge::default() }.fit(&x, &y)?;
/// assert!((free.coefficients[0] - 1.0).abs() < 1e-14);
/// assert!((held.coefficients[0] - 0.5).abs() < 1e-14); // Σ(x − 1)² = 2, so w = 2 / (2 + α)
/// # Ok::<(), chainrule_learn::Error>(())
/// ```
///
/// Source: Hoerl and Kennard, Ridge Regression (1970); α as in scikit-learn's `Ridge`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ridge {
    /// The penalty α on `‖w‖²`; 0 for none. Default 1.
    pub alpha: f64,
    /// Whether there is a b. Default true.
    pub intercept: bool,
}

impl Default for Ridge {
    fn default() -> Ridge {
        Ridge {
            alpha: 1.0,
            intercept: true,
        }
    }
}

impl Ridge {
    /// The model for x of `[rows, features]` and one number y for each row.
    ///
    /// # Errors
    /// As [`LinearRegression::fit`], and when α is negative or not finite.
    pub fn fit(&self, x: &Tensor, y: &[f64]) -> Result<LinearModel> {
        check_alpha(self.alpha)?;
        fit_one(x, y, self.alpha, self.intercept)
    }

    /// The models of several targets, a list of numbers for each, from the same x, which is taken apart once for all.
    ///
    /// # Errors
    /// As [`Ridge::fit`], for each of them.
    pub fn fit_several(&self, x: &Tensor, targets: &[impl AsRef<[f64]>]) -> Result<Vec<LinearModel>> {
        check_alpha(self.alpha)?;
        fit(x, targets, self.alpha, self.intercept)
    }
}

/// The only target's model.
fn fit_one(x: &Tensor, y: &[f64], alpha: f64, intercept: bool) -> Result<LinearModel> {
    let mut models = fit(x, &[y], alpha, intercept)?;
    models
        .pop()
        .ok_or_else(|| Error::data("no target was fitted; give one number for each row"))
}

/// Centering both sides first makes b drop out of the equations, penalty or not.
fn fit(x: &Tensor, targets: &[impl AsRef<[f64]>], alpha: f64, intercept: bool) -> Result<Vec<LinearModel>> {
    let x = Features::of(x)?;
    let mut answers = vec![];
    for y in targets {
        let numbers = y.as_ref();
        x.check_numbers(numbers)?;
        let mean = if intercept { mean(numbers) } else { 0.0 };
        answers.push(Answers { numbers, mean });
    }
    let means = match intercept {
        true => x.means(),
        false => vec![0.0; x.columns],
    };
    let models = weights(&x, &answers, &means, alpha)?.into_iter().zip(&answers);
    let model = |(coefficients, answers): (Vec<f64>, &Answers)| {
        let intercept = match intercept {
            true => answers.mean - dot(&coefficients, &means),
            false => 0.0,
        };
        LinearModel {
            coefficients,
            intercept,
        }
    };
    Ok(models.map(model).collect())
}

/// A weighted sum of features, `p = X w + b`.
#[derive(Clone, Debug, PartialEq)]
pub struct LinearModel {
    /// The weights w, one for each feature.
    pub coefficients: Vec<f64>,
    /// The intercept b; 0 when it was fitted without one.
    pub intercept: f64,
}

impl LinearModel {
    /// The answer for each row of x.
    ///
    /// # Errors
    /// When x does not have the features it was fitted on, or holds a number that is not finite.
    pub fn predict(&self, x: &Tensor) -> Result<Vec<f64>> {
        let x = Features::of(x)?;
        x.check_columns(self.coefficients.len())?;
        let answers = x.each_row().map(|row| dot(row, &self.coefficients) + self.intercept);
        Ok(answers.collect())
    }

    /// The share of y's variance it explains, `1 − Σ(y − p)² / Σ(y − mean)²`; NaN for fewer than two rows.
    ///
    /// # Errors
    /// As [`LinearModel::predict`], and when y is not one finite number for each row.
    pub fn r2(&self, x: &Tensor, y: &[f64]) -> Result<f64> {
        self.figure(r2, x, y)
    }

    /// The root of the mean squared error, `√ mean (y − p)²`, in y's unit.
    ///
    /// # Errors
    /// As [`LinearModel::r2`].
    pub fn rmse(&self, x: &Tensor, y: &[f64]) -> Result<f64> {
        self.figure(rmse, x, y)
    }

    fn figure(&self, figure: fn(&[f64], &[f64]) -> f64, x: &Tensor, y: &[f64]) -> Result<f64> {
        Features::of(x)?.check_numbers(y)?;
        Ok(figure(&self.predict(x)?, y))
    }
}
