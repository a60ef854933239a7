//! Logistic regression of one variable in plain arithmetic, as one would write it in numpy.

use chainrule_numpy::{RandomState, linspace};

use super::data::Points;
use crate::error::Result;

/// `rows` numbers x from −10 to 10 and a label for each: the sigmoid of `2x + 1 + noise · u`, rounded to 0 or 1, with u
/// uniform between 0 and 1.
pub(super) fn labelled(seed: u32, rows: usize, noise: f64) -> Result<Points> {
    let x = linspace(-10.0, 10.0, rows)?;
    let uniform = RandomState::new(seed).rand(rows);
    let label = |(x, u): (&f64, f64)| f64::from(sigmoid(2.0 * x + 1.0 + noise * u) > 0.5);
    let y = x.iter().zip(uniform).map(label).collect();
    Ok(Points { x, y })
}

/// `1 / (1 + e⁻ᶻ)`.
pub(super) fn sigmoid(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}

/// The cross-entropy of one label from its logit, `ln(1 + eᶻ)` for 0 and `ln(1 + e⁻ᶻ)` for 1, without ever taking the
/// logarithm of 0.
pub(super) fn cross_entropy(z: f64, y: f64) -> f64 {
    let against = if y > 0.5 { -z } else { z };
    against.max(0.0) + (-against.abs()).exp().ln_1p()
}

/// The summed cross-entropy.
pub(super) fn loss(points: &Points, w: f64, b: f64) -> f64 {
    let each = points
        .x
        .iter()
        .zip(&points.y)
        .map(|(x, &y)| cross_entropy(w * x + b, y));
    each.sum()
}

/// Its gradient, `Σ (p − y)·x` and `Σ (p − y)`.
pub(super) fn gradient(points: &Points, w: f64, b: f64) -> (f64, f64) {
    let mut sums = (0.0, 0.0);
    for (&x, &y) in points.x.iter().zip(&points.y) {
        let error = sigmoid(w * x + b) - y;
        sums.0 += error * x;
        sums.1 += error;
    }
    sums
}

/// The places of a descent with the summed loss, w = b = 0 first.
pub(super) fn descend(points: &Points, rate: f64, steps: usize) -> Vec<(f64, f64)> {
    let (mut w, mut b) = (0.0, 0.0);
    let mut places = vec![(w, b)];
    for _ in 0..steps {
        let (along_w, along_b) = gradient(points, w, b);
        w -= rate * along_w;
        b -= rate * along_b;
        places.push((w, b));
    }
    places
}

/// The share of labels that `p > 0.5` gets right.
pub(super) fn accuracy(points: &Points, w: f64, b: f64) -> f64 {
    let right = points
        .x
        .iter()
        .zip(&points.y)
        .filter(|&(&x, &y)| (w * x + b > 0.0) == (y > 0.5));
    right.count() as f64 / points.x.len() as f64
}

/// The w and b of the least loss, by Newton's method (with steps halved while they do not help).
pub(super) fn newton(points: &Points) -> (f64, f64) {
    let (mut w, mut b) = (0.0, 0.0);
    for _ in 0..50 {
        let (along_w, along_b) = gradient(points, w, b);
        let (mut ww, mut wb, mut bb) = (0.0, 0.0, 0.0);
        for x in &points.x {
            let p = sigmoid(w * x + b);
            let curvature = p * (1.0 - p);
            ww += curvature * x * x;
            wb += curvature * x;
            bb += curvature;
        }
        let determinant = ww * bb - wb * wb;
        let (step_w, step_b) = (
            (bb * along_w - wb * along_b) / determinant,
            (ww * along_b - wb * along_w) / determinant,
        );
        let here = loss(points, w, b);
        let mut share = 1.0;
        while share > 1e-6 && loss(points, w - share * step_w, b - share * step_b) > here {
            share /= 2.0;
        }
        w -= share * step_w;
        b -= share * step_b;
    }
    (w, b)
}
