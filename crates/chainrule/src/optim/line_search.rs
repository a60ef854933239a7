//! How far to go along a direction: far enough to gain, not so far that the slope has turned.

use crate::error::Result;

/// The loss must fall by at least this share of what the first slope promises.
const DECREASE: f64 = 1e-4;
/// The slope must flatten to at most this share of the first one.
const FLATNESS: f64 = 0.9;
/// A longer first step is tried as long as the slope stays steep.
const GROWTH: f64 = 4.0;
const MOST_TRIALS: usize = 40;
/// So many roundings of the loss are taken for noise.
const ROUNDINGS: f64 = 100.0;

/// Weights with their loss and its gradient; the loss is NaN when any of these is not finite.
#[derive(Clone)]
pub(super) struct Point {
    pub weights: Vec<f64>,
    pub loss: f64,
    pub gradient: Vec<f64>,
}

/// The loss along a direction, as far as it is known before the first trial.
pub(super) struct Line {
    start: Trial,
    /// Differences of losses up to this are rounding.
    noise: f64,
}

/// A point so many steps along the direction.
#[derive(Clone)]
pub(super) struct Trial {
    pub step: f64,
    /// The derivative of the loss along the direction.
    pub slope: f64,
    pub point: Point,
}

impl Line {
    pub fn new(at: &Point, direction: &[f64], epsilon: f64) -> Line {
        Line {
            noise: ROUNDINGS * epsilon * at.loss.abs(),
            start: Trial {
                step: 0.0,
                slope: dot(&at.gradient, direction),
                point: at.clone(),
            },
        }
    }

    /// Whether the loss has fallen enough. Where the losses differ by no more than rounding, the slopes decide: the
    /// approximate Wolfe condition of Hager and Zhang (2005).
    fn has_fallen(&self, trial: &Trial) -> bool {
        let (start, loss) = (self.start.point.loss, trial.point.loss);
        let promised = DECREASE * trial.step * self.start.slope;
        loss <= start + promised
            || (loss <= start + self.noise && trial.slope <= (2.0 * DECREASE - 1.0) * self.start.slope)
    }

    /// Whether the loss is above that of another trial, or not a number.
    fn has_risen(&self, low: &Trial, trial: &Trial) -> bool {
        trial.point.loss.is_nan() || trial.point.loss > low.point.loss + self.noise
    }

    fn is_flat(&self, trial: &Trial) -> bool {
        trial.slope.abs() <= -FLATNESS * self.start.slope
    }
}

/// A point that meets the strong Wolfe conditions, or at least one whose loss has fallen; none when there is none.
///
/// Source: Nocedal and Wright, Numerical Optimization, algorithm 3.5.
pub(super) fn search(line: &Line, first: f64, mut at: impl FnMut(f64) -> Result<Trial>) -> Result<Option<Point>> {
    let mut low = line.start.clone();
    let mut step = first;
    for _ in 0..MOST_TRIALS {
        let trial = at(step)?;
        if line.has_risen(&low, &trial) || !line.has_fallen(&trial) {
            return zoom(line, low, trial, at);
        }
        if line.is_flat(&trial) {
            return Ok(Some(trial.point));
        }
        if trial.slope >= 0.0 {
            return zoom(line, trial, low, at);
        }
        low = trial;
        step *= GROWTH;
    }
    Ok(Some(low.point))
}

/// Narrows an interval whose end `low` has the smaller loss and slopes down into it. Algorithm 3.6.
fn zoom(
    line: &Line,
    mut low: Trial,
    mut high: Trial,
    mut at: impl FnMut(f64) -> Result<Trial>,
) -> Result<Option<Point>> {
    for _ in 0..MOST_TRIALS {
        let step = between(&low, &high, line.noise);
        if step == low.step || step == high.step {
            break;
        }
        let trial = at(step)?;
        if line.has_risen(&low, &trial) || !line.has_fallen(&trial) {
            high = trial;
            continue;
        }
        if line.is_flat(&trial) {
            return Ok(Some(trial.point));
        }
        if trial.slope * (high.step - low.step) >= 0.0 {
            high = low;
        }
        low = trial;
    }
    Ok((low.step > 0.0).then_some(low.point))
}

/// Where the cubic through both ends is smallest, kept away from the ends; the middle where there is none.
///
/// Where the losses differ by rounding only, where the line through both slopes is 0. Source: Nocedal and Wright, (3.59).
fn between(low: &Trial, high: &Trial, noise: f64) -> f64 {
    let width = high.step - low.step;
    let (a, b) = (low.slope, high.slope);
    let rise = high.point.loss - low.point.loss;
    let share = if rise.abs() <= noise {
        a / (a - b)
    } else {
        let first = a + b - 3.0 * rise / width;
        let second = (first * first - a * b).sqrt().copysign(width);
        1.0 - (b + second - first) / (b - a + 2.0 * second)
    };
    match share.is_finite() {
        true => low.step + share.clamp(0.1, 0.9) * width,
        false => low.step + 0.5 * width,
    }
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
