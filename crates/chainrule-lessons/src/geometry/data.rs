//! The points of the lesson: a noisy line, and a noisy line with a kink.

use chainrule::{Graph, loss::mse};
use chainrule_numpy::{RandomState, linspace};

use super::{EDGE, POINTS};
use crate::error::Result;

/// The standard deviation of the notebook's noise.
pub(super) const NOISE: f64 = 0.5;
/// The slope of the kinked data left of 0.
pub(super) const SLOPE: f64 = 0.2;
/// The height of the kinked data at 0.
pub(super) const HEIGHT: f64 = -2.0;
/// What the slope of the kinked data grows by at 0.
pub(super) const BEND: f64 = 2.0;

/// Points to fit, and the curve that they lie around.
pub(super) struct Points {
    pub(super) x: Vec<f64>,
    pub(super) y: Vec<f64>,
    pub(super) truth: Vec<f64>,
}

impl Points {
    /// `y = x + 2` with normal noise.
    pub(super) fn line(random: &mut RandomState) -> Result<Points> {
        let x = linspace(-EDGE, EDGE, POINTS)?;
        let truth: Vec<f64> = x.iter().map(|x| 1.0 * x + 2.0).collect();
        let noise: Vec<f64> = x.iter().map(|_| random.normal(0.0, NOISE)).collect::<Result<_, _>>()?;
        let y = truth.iter().zip(noise).map(|(truth, noise)| truth + noise).collect();
        Ok(Points { x, y, truth })
    }

    /// `y = 0.2x − 2` with normal noise, and 2x more in the right half: the slope is 0.2 up to the hinge at 0, then 2.2.
    pub(super) fn kink(noise: f64, random: &mut RandomState) -> Result<Points> {
        let x = linspace(-EDGE, EDGE, POINTS)?;
        let (mut y, mut truth) = (vec![], vec![]);
        for (i, x) in x.iter().enumerate() {
            let line = SLOPE * x + HEIGHT;
            let more = if i < POINTS / 2 { 0.0 } else { BEND * x };
            y.push(line + random.normal(0.0, noise)? + more);
            truth.push(line + more);
        }
        Ok(Points { x, y, truth })
    }

    /// The points of the right half.
    pub(super) fn right_half(&self) -> Points {
        let half = |list: &[f64]| list.iter().skip(POINTS / 2).copied().collect();
        Points {
            x: half(&self.x),
            y: half(&self.y),
            truth: half(&self.truth),
        }
    }

    /// The mean squared error of these predictions.
    pub(super) fn loss(&self, predicted: &[f64]) -> Result<f64> {
        mean_squared(predicted, &self.y)
    }
}

/// The mean squared difference of two lists.
pub(super) fn mean_squared(a: &[f64], b: &[f64]) -> Result<f64> {
    let g = Graph::new();
    Ok(mse(g.constant(a), g.constant(b)).item()?)
}
