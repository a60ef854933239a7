//! Least squares with or without a penalty: a triangle from all rows, then its singular values.

use nalgebra::{DMatrix, DVector};

use super::{Answers, Features, normal_equations};
use crate::error::{Error, Result};

/// The fewest rows that are folded into the triangle at once; enough to keep the folding cheap, few enough for a cache.
const FEWEST_ROWS_AT_ONCE: usize = 512;

/// The largest smaller side of X: its cube is the work, an hour or so of it.
const MOST: usize = 5000;

/// How often the weights are improved; each time they gain the digits that they had at first.
const REFINEMENTS: usize = 2;

/// For each y, a target less its mean, the weights of smallest norm among those that minimize
/// `‖y − (X − means) w‖² + α ‖w‖²`.
///
/// With X − means = Q R and R = U diag(s) Vᵀ they are `V diag(s / (s² + α)) Uᵀ Qᵀ y`. A singular value below ε · max(rows,
/// columns) · the largest counts as 0: what it says is rounding. Where none does, and there are many rows, the [normal
/// equations](normal_equations) find the same weights sooner. Nothing as large as X is made. Source: Golub and Van
/// Loan, Matrix Computations, 5.5; LAPACK, `dgelsd`, for what counts as 0.
pub(super) fn weights(x: &Features, targets: &[Answers], means: &[f64], alpha: f64) -> Result<Vec<Vec<f64>>> {
    let columns = x.columns;
    if x.rows.min(columns) > MOST {
        return Err(Error::data(format!(
            "{} rows of {columns} features are too many for least squares in closed form, which takes up to {MOST} of one \
             of them; leave features out, or train a network without hidden layers",
            x.rows
        )));
    }
    match normal_equations::weights(x, targets, means, alpha) {
        Some(weights) => Ok(weights),
        None => by_triangle(x, targets, means, alpha),
    }
}

/// The weights from the triangle, whatever the columns are.
pub(super) fn by_triangle(x: &Features, targets: &[Answers], means: &[f64], alpha: f64) -> Result<Vec<Vec<f64>>> {
    let columns = x.columns;
    let triangle = triangle(x, targets, means);
    let height = triangle.nrows().min(columns);
    let r = triangle.view((0, 0), (height, columns)).into_owned();
    let projected = triangle.view((0, columns), (height, targets.len()));
    if r.iter().chain(&projected).any(|value| !value.is_finite()) {
        return Err(Error::data(
            "the numbers are too large for their squares; divide the columns by a power of ten",
        ));
    }
    let most_steps = 100 * height + 100;
    let parts = r.clone().try_svd(true, true, 5.0 * f64::EPSILON, most_steps);
    let Some((s, Some(u), Some(v_t))) = parts.map(|svd| (svd.singular_values, svd.u, svd.v_t)) else {
        return Err(Error::data(format!(
            "the singular values were not found within {most_steps} steps; standardize the columns"
        )));
    };
    let smallest = f64::EPSILON * x.rows.max(columns) as f64 * s.max();
    let curvatures: Vec<f64> = s.iter().map(|s| s * s + alpha).collect();
    // Along each singular direction that counts: a number divided by the curvature there.
    let solve = |along: DVector<f64>| {
        let kept = along.iter().zip(&s).zip(&curvatures);
        let shares = kept.map(|((along, s), curvature)| if *s > smallest { along / curvature } else { 0.0 });
        v_t.tr_mul(&DVector::from_iterator(s.len(), shares))
    };
    let of_target = |projected: DVector<f64>| {
        let mut weights = solve(u.tr_mul(&projected).component_mul(&s));
        // What the singular values lose when columns differ much in scale, the gradient at the weights brings back.
        for _ in 0..REFINEMENTS {
            let gradient = r.tr_mul(&(&projected - &r * &weights)) - alpha * &weights;
            weights += solve(&v_t * gradient);
        }
        let weights: Vec<f64> = weights.iter().copied().collect();
        match weights.iter().position(|weight| !weight.is_finite()) {
            None => Ok(weights),
            Some(column) => Err(Error::data(format!(
                "the coefficient of column {column} (counted from 0) is {}: its numbers are too small for their squares; \
                 multiply the column by a power of ten",
                weights[column]
            ))),
        }
    };
    projected
        .column_iter()
        .map(|column| of_target(column.into_owned()))
        .collect()
}

/// The triangle R of a QR factorization of `[X − means, y − mean, …]`, some rows at a time.
fn triangle(x: &Features, targets: &[Answers], means: &[f64]) -> DMatrix<f64> {
    let width = x.columns + targets.len();
    let at_once = FEWEST_ROWS_AT_ONCE.max(2 * width);
    let mut triangle = DMatrix::<f64>::zeros(0, width);
    for (part, rows) in x.data.chunks(at_once * x.columns).enumerate() {
        let (above, count) = (triangle.nrows(), rows.len() / x.columns);
        let mut stacked = DMatrix::zeros(above + count, width);
        stacked.view_mut((0, 0), (above, width)).copy_from(&triangle);
        for column in 0..x.columns {
            let numbers = rows.iter().skip(column).step_by(x.columns);
            let mean = means[column];
            for (to, number) in stacked.column_mut(column).iter_mut().skip(above).zip(numbers) {
                *to = number - mean;
            }
        }
        for (target, answers) in targets.iter().enumerate() {
            let numbers = answers.numbers.iter().skip(part * at_once);
            for (to, number) in stacked
                .column_mut(x.columns + target)
                .iter_mut()
                .skip(above)
                .zip(numbers)
            {
                *to = number - answers.mean;
            }
        }
        triangle = stacked.qr().unpack_r();
    }
    triangle
}
