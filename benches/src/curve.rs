//! W4: a million points along a curve, `a tanh(b x + c)`.

use crate::numbers::{ANSWERS, inputs, signed};

/// How many points.
pub const POINTS: usize = 1_000_000;
/// a, b and c at first.
pub const START: [f64; 3] = [1.0, 0.5, 0.0];
/// The learning rate.
pub const RATE: f64 = 0.2;

/// x in [−1, 1) and y near the curve of 1.5, 2 and −0.5.
pub fn data() -> (Vec<f64>, Vec<f64>) {
    let x = inputs(POINTS, 1);
    let near = |(i, x): (usize, &f64)| 1.5 * (2.0 * x - 0.5).tanh() + 0.1 * signed(ANSWERS, i);
    let y = x.iter().enumerate().map(near).collect();
    (x, y)
}
