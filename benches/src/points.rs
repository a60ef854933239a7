//! W1 and W2: the people of the first notebook, the samples of the second, and a hundred points.

use crate::numbers::{ANSWERS, inputs, signed};

/// W1: weight less 135 lb, height less 66 in, and 1 for a woman.
pub const PEOPLE: [([f64; 2], f64); 4] = [
    ([-2.0, -1.0], 1.0),
    ([25.0, 6.0], 0.0),
    ([17.0, 4.0], 0.0),
    ([-15.0, -6.0], 1.0),
];
/// The learning rate of W1.
pub const PEOPLE_RATE: f64 = 0.1;
/// How often W1 goes through the people.
pub const EPOCHS: usize = 1000;

/// W2c: the four samples.
pub const SAMPLES: [[f64; 3]; 4] = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]];
/// What the network should say to each.
pub const WANTED: [f64; 4] = [1.0, -1.0, -1.0, 1.0];

/// W2a and W2b: how many points.
pub const ROWS: usize = 100;
/// The learning rate of W2.
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
