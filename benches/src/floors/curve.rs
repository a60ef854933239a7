//! W4: a curve through a million points, in one pass; f64.

use chainrule::InstructionSet;

use super::math::Real;
use crate::{
    Result,
    curve::{POINTS, RATE, START, data},
    meter::Meter,
    numbers::CHECKED_STEPS,
};

/// Points that are worked on at a time, and partial sums of each kind.
const PART: usize = 256;
const LANES: usize = 16;

/// The squared errors of all points and what a, b and c receive.
#[inline(always)]
fn sums(x: &[f64], y: &[f64], [a, b, c]: [f64; 3]) -> [f64; 4] {
    let mut total = [0.0; 4];
    for (x, y) in x.chunks(PART).zip(y.chunks(PART)) {
        let mut lanes = [[0.0; LANES]; 4];
        for (x, y) in x.chunks(LANES).zip(y.chunks(LANES)) {
            for (lane, (&x, y)) in x.iter().zip(y).enumerate() {
                let z = Real::tanh(b.mul_add(x, c));
                let error = a.mul_add(z, -y);
                let slope = error * a * (1.0 - z * z);
                lanes[0][lane] += error * error;
                lanes[1][lane] += error * z;
                lanes[2][lane] += slope * x;
                lanes[3][lane] += slope;
            }
        }
        for (total, lanes) in total.iter_mut().zip(lanes) {
            *total += lanes.iter().sum::<f64>();
        }
    }
    total
}

/// A step of gradient descent on the mean squared error of all points.
pub fn step(meter: &mut Meter) -> Result<()> {
    let ((x, y), mut weights) = (data(), START);
    let mut step = || {
        let [loss, gradient @ ..] = InstructionSet::in_use().run(
            #[inline(always)]
            || sums(&x, &y, weights),
        );
        for (weight, gradient) in weights.iter_mut().zip(gradient) {
            *weight -= RATE * 2.0 / POINTS as f64 * gradient;
        }
        loss / POINTS as f64
    };
    for _ in 0..CHECKED_STEPS {
        step();
    }
    let check = step();
    meter.measure(check, 1.0, || Ok(step()))
}
