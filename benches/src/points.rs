//! W2: the hundred points that the small network with two inputs learns.

use crate::data::{ANSWERS, inputs, signed};

/// How many points.
pub const ROWS: usize = 100;
/// The rate of the gradient descent on their mean squared error.
pub const LEARNING_RATE: f64 = 0.05;

/// Points in the square and a number for each: its sign is the side of a circle, its size is random.
pub fn data() -> (Vec<f64>, Vec<f64>) {
    let x = inputs(ROWS, 2);
    let side = |point: &[f64]| {
        if point[0] * point[0] + point[1] * point[1] < 0.5 {
            1.0
        } else {
            -1.0
        }
    };
    let y = x.chunks_exact(2).enumerate();
    let y = y.map(|(i, point)| side(point) + 0.25 * signed(ANSWERS, i)).collect();
    (x, y)
}
