//! W8: a million rows of twenty features.

use crate::numbers::{ANSWERS, inputs, signed};

/// How many rows.
pub const ROWS: usize = 1_000_000;
/// How many features each has.
pub const FEATURES: usize = 20;
/// The learning rate of the descent.
pub const DESCENT_RATE: f64 = 0.5;
/// How many steps of descent are one unit.
pub const DESCENT_STEPS: usize = 50;

/// The features, in [−1, 1), row-major.
pub fn features() -> Vec<f64> {
    inputs(ROWS, FEATURES)
}

/// Σ xⱼ (j + 1) / 20.
fn sum(row: &[f64]) -> f64 {
    row.iter().enumerate().map(|(j, x)| x * (j + 1) as f64 / 20.0).sum()
}

/// Ones number for each row: the sum and a half, and some noise.
pub fn numbers() -> Vec<f64> {
    let x = features();
    let rows = x.chunks_exact(FEATURES).enumerate();
    rows.map(|(i, row)| sum(row) + 0.5 + 0.1 * signed(ANSWERS, i)).collect()
}

/// A class for each row: the sign of the sum with much noise.
pub fn classes() -> Vec<usize> {
    let x = features();
    let rows = x.chunks_exact(FEATURES).enumerate();
    rows.map(|(i, row)| usize::from(sum(row) + 2.0 * signed(ANSWERS, i) > 0.0))
        .collect()
}

/// What the programs compare: Σ (j + 1) wⱼ and the intercept.
pub fn check(coefficients: &[f64], intercept: f64) -> f64 {
    let weighted = coefficients.iter().enumerate().map(|(j, w)| (j + 1) as f64 * w);
    weighted.sum::<f64>() + intercept
}
