#![forbid(unsafe_code)]
//! Runs the workloads of COMPARE.md and says what each took, one line of JSON per measurement.
//!
//! `chainrule-benches w3d w7` measures every workload whose name starts so, ours and the hand-written floor;
//! README.md in this folder says what each is.

mod curve;
mod data;
mod floors;
mod meter;
mod numbers;
mod ours;
mod points;
mod program;
mod table;
mod tape;

use chainrule::{
    ops::{Relu, Tanh},
    optim::{Adam, Sgd},
};
use program::Workload;
use std::{error::Error, process::ExitCode};

/// What may go wrong is told and ends the program.
pub type Result<T> = std::result::Result<T, Box<dyn Error>>;

const SMALL: [usize; 4] = [4, 16, 16, 3];
const DIGITS: [usize; 3] = [784, 128, 10];
const DEEP: [usize; 4] = [784, 512, 512, 10];
/// The learning rates of W3.
const SGD: f64 = 0.01;
const ADAM: f64 = 0.001;

const WORKLOADS: &[Workload] = &[
    ("w1", "ours", ours::scalars::people),
    ("w1-eager", "ours", ours::scalars::people_eager),
    ("w1", "floor", floors::people::epochs),
    ("w2a", "ours", ours::scalars::points_step),
    ("w2a-eager", "ours", ours::scalars::points_step_eager),
    ("w2b", "ours", ours::networks::points_step),
    ("w2b", "floor", floors::points::points_step),
    ("w2c", "ours", ours::scalars::samples_epochs),
    ("w2c-eager", "ours", ours::scalars::samples_epochs_eager),
    ("w2c", "floor", floors::points::samples_epochs),
    ("w3a-32", "ours", |m| {
        ours::networks::classifier_step(m, &DIGITS, Relu, 32, Sgd::new(SGD))
    }),
    ("w3a-32", "floor", |m| floors::digits::step::<false>(m, 32)),
    ("w3a-128", "ours", |m| {
        ours::networks::classifier_step(m, &DIGITS, Relu, 128, Sgd::new(SGD))
    }),
    ("w3a-128", "floor", |m| floors::digits::step::<false>(m, 128)),
    ("w3b-32", "ours", |m| {
        ours::networks::classifier_step(m, &DIGITS, Relu, 32, Adam::new(ADAM))
    }),
    ("w3b-32", "floor", |m| floors::digits::step::<true>(m, 32)),
    ("w3b-128", "ours", |m| {
        ours::networks::classifier_step(m, &DIGITS, Relu, 128, Adam::new(ADAM))
    }),
    ("w3b-128", "floor", |m| floors::digits::step::<true>(m, 128)),
    ("w3b-512", "ours", |m| {
        ours::networks::classifier_step(m, &DIGITS, Relu, 512, Adam::new(ADAM))
    }),
    ("w3b-512", "floor", |m| floors::digits::step::<true>(m, 512)),
    ("w3c-32", "ours", |m| {
        ours::networks::classifier_step(m, &DEEP, Relu, 32, Adam::new(ADAM))
    }),
    ("w3c-128", "ours", |m| {
        ours::networks::classifier_step(m, &DEEP, Relu, 128, Adam::new(ADAM))
    }),
    ("w3c-512", "ours", |m| {
        ours::networks::classifier_step(m, &DEEP, Relu, 512, Adam::new(ADAM))
    }),
    ("w3d-sgd", "ours", |m| {
        ours::networks::classifier_step(m, &SMALL, Tanh, 32, Sgd::new(SGD))
    }),
    ("w3d-sgd", "floor", floors::small::step::<false>),
    ("w3d-adam", "ours", |m| {
        ours::networks::classifier_step(m, &SMALL, Tanh, 32, Adam::new(ADAM))
    }),
    ("w3d-adam", "floor", floors::small::step::<true>),
    ("w4", "ours", ours::curve::step),
    ("w4", "floor", floors::curve::step),
    ("w5a-1", "ours", |m| ours::networks::predict(m, &SMALL, Relu, 1)),
    ("w5a-1", "floor", |m| floors::small::predict::<false>(m, 1)),
    ("w5a-into-1", "ours", |m| {
        ours::networks::predict_into(m, &SMALL, Relu, 1)
    }),
    ("w5a-into-1", "floor", |m| floors::small::predict::<false>(m, 1)),
    ("w5a-1024", "ours", |m| ours::networks::predict(m, &SMALL, Relu, 1024)),
    ("w5a-1024", "floor", |m| floors::small::predict::<false>(m, 1024)),
    ("w5a-tanh-1", "ours", |m| ours::networks::predict(m, &SMALL, Tanh, 1)),
    ("w5a-tanh-1", "floor", |m| floors::small::predict::<true>(m, 1)),
    ("w5a-tanh-1024", "ours", |m| {
        ours::networks::predict(m, &SMALL, Tanh, 1024)
    }),
    ("w5a-tanh-1024", "floor", |m| floors::small::predict::<true>(m, 1024)),
    ("w5b-1", "ours", |m| ours::networks::predict(m, &DIGITS, Relu, 1)),
    ("w5b-1", "floor", |m| floors::digits::predict(m, 1)),
    ("w5b-1024", "ours", |m| ours::networks::predict(m, &DIGITS, Relu, 1024)),
    ("w5b-1024", "floor", |m| floors::digits::predict(m, 1024)),
    ("w7-chained-1e4", "ours", |m| ours::scalars::eager(m, 10_000, false)),
    ("w7-chained-1e4", "floor", |m| floors::tape::eager(m, 10_000, false)),
    ("w7-chained-1e6", "ours", |m| ours::scalars::eager(m, 1_000_000, false)),
    ("w7-chained-1e6", "floor", |m| floors::tape::eager(m, 1_000_000, false)),
    ("w7-random-1e4", "ours", |m| ours::scalars::eager(m, 10_000, true)),
    ("w7-random-1e4", "floor", |m| floors::tape::eager(m, 10_000, true)),
    ("w7-random-1e6", "ours", |m| ours::scalars::eager(m, 1_000_000, true)),
    ("w7-random-1e6", "floor", |m| floors::tape::eager(m, 1_000_000, true)),
    ("w7-replay-1e4", "ours", |m| ours::scalars::replayed(m, 10_000, false)),
    ("w7-replay-1e4", "floor", |m| floors::tape::replayed(m, 10_000, false)),
    ("w7-replay-1e6", "ours", |m| {
        ours::scalars::replayed(m, 1_000_000, false)
    }),
    ("w7-replay-1e6", "floor", |m| {
        floors::tape::replayed(m, 1_000_000, false)
    }),
    #[cfg(feature = "linear")]
    ("w8-least-squares", "ours", ours::linear::least_squares),
    ("w8-least-squares", "floor", floors::linear::least_squares),
    ("w8-descent", "ours", ours::linear::descent),
    ("w8-descent", "floor", floors::linear::descent),
    #[cfg(feature = "linear")]
    ("w8-logistic", "ours", ours::linear::logistic),
    ("w8-logistic", "floor", floors::linear::logistic),
    ("bits", "ours", ours::promises::bits),
    ("cliffs", "ours", ours::promises::cliffs),
];

/// How many threads the engine computes with.
fn set_threads(count: usize) -> Result<()> {
    chainrule::set_threads(count);
    Ok(())
}

fn main() -> ExitCode {
    program::main(WORKLOADS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use meter::{Meter, Mode};

    #[test]
    fn ours_and_the_loops_by_hand_compute_the_same() -> Result<()> {
        let small = [
            "w1",
            "w2b",
            "w2c",
            "w3d-sgd",
            "w3d-adam",
            "w5a-1",
            "w5a-into-1",
            "w5a-tanh-1",
            "w5b-1",
            "w7-random-1e4",
            "w7-replay-1e4",
        ];
        let mut meter = Meter::new(Mode::Check);
        for &(name, who, run) in WORKLOADS {
            if small.contains(&name) {
                meter.start(name, who);
                run(&mut meter)?;
            }
        }
        assert_eq!(meter.checks.len(), 2 * small.len());
        for pair in meter.checks.chunks(2) {
            let [(name, "ours", ours), (same, "floor", floor)] = *pair else {
                return Err(format!("not a workload and its floor: {pair:?}").into());
            };
            assert_eq!(name, same);
            let tolerance = if name.starts_with("w3") || name.starts_with("w5") {
                1e-5
            } else {
                1e-9
            };
            assert!(
                (ours - floor).abs() <= tolerance * ours.abs(),
                "{name}: {ours} and {floor}"
            );
        }
        Ok(())
    }
}
