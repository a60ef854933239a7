//! The data of the first scenes: a line with noise.

use chainrule_numpy::{RandomState, linspace};

use crate::error::Result;

/// The weight and the bias behind the simulated line.
pub(super) const TRUE_W: f64 = 2.0;
pub(super) const TRUE_B: f64 = 20.0;
/// The notebook's bad guess of both, from which all descents start.
pub(super) const GUESS: [f64; 2] = [-5.0, 3.0];
/// How many points there are.
pub(super) const POINTS: usize = 100;

/// Points of the plane.
pub(super) struct Points {
    pub(super) x: Vec<f64>,
    pub(super) y: Vec<f64>,
}

/// 100 points between −5 and 5 on the line `y = w·x + b`, each moved up or down by `noise` times a normal number.
pub(super) fn simulated(seed: u32, w: f64, b: f64, noise: f64) -> Result<Points> {
    let x = linspace(-5.0, 5.0, POINTS)?;
    let normal = RandomState::new(seed).randn(POINTS);
    let y = x.iter().zip(normal).map(|(x, normal)| w * x + b + noise * normal);
    Ok(Points { y: y.collect(), x })
}

/// The same with the notebook's line and noise of standard deviation 1.
pub(super) fn notebook(seed: u32) -> Result<Points> {
    simulated(seed, TRUE_W, TRUE_B, 1.0)
}
