//! The workloads for libraries in Rust: burn, candle, linfa and reverse; the numbers, the clock and the command line are
//! those of the benchmark program.

mod with_burn;
mod with_candle;
mod with_linfa;
mod with_reverse;

#[allow(dead_code)]
#[path = "../../../src/meter.rs"]
mod meter;
#[allow(dead_code)]
#[path = "../../../src/numbers.rs"]
mod numbers;
#[allow(dead_code)]
#[path = "../../../src/points.rs"]
mod points;
#[path = "../../../src/program.rs"]
mod program;
#[allow(dead_code)]
#[path = "../../../src/table.rs"]
mod table;
#[path = "../../../src/tape.rs"]
mod tape;

use program::Workload;
use std::{error::Error, process::ExitCode};

/// What may go wrong is told and ends the program.
pub type Result<T> = std::result::Result<T, Box<dyn Error>>;

const SMALL: [usize; 4] = [4, 16, 16, 3];
const DIGITS: [usize; 3] = [784, 128, 10];
const DEEP: [usize; 4] = [784, 512, 512, 10];
const SGD: f64 = 0.01;
const ADAM: f64 = 0.001;

/// The nonlinearity between the layers.
#[derive(Clone, Copy, PartialEq)]
pub enum Bend {
    Relu,
    Tanh,
}
use Bend::{Relu, Tanh};

/// The workloads that both frameworks can do.
macro_rules! networks {
    ($library:ident, $who:literal) => {
        [
            ("w3a-32", $who, |m| $library::step(m, &DIGITS, Relu, 32, None)),
            ("w3a-128", $who, |m| $library::step(m, &DIGITS, Relu, 128, None)),
            ("w3b-32", $who, |m| $library::step(m, &DIGITS, Relu, 32, Some(ADAM))),
            ("w3b-128", $who, |m| $library::step(m, &DIGITS, Relu, 128, Some(ADAM))),
            ("w3b-512", $who, |m| $library::step(m, &DIGITS, Relu, 512, Some(ADAM))),
            ("w3c-32", $who, |m| $library::step(m, &DEEP, Relu, 32, Some(ADAM))),
            ("w3c-128", $who, |m| $library::step(m, &DEEP, Relu, 128, Some(ADAM))),
            ("w3c-512", $who, |m| $library::step(m, &DEEP, Relu, 512, Some(ADAM))),
            ("w3d-sgd", $who, |m| $library::step(m, &SMALL, Tanh, 32, None)),
            ("w3d-adam", $who, |m| $library::step(m, &SMALL, Tanh, 32, Some(ADAM))),
            ("w5a-1", $who, |m| $library::predict(m, &SMALL, Relu, 1)),
            ("w5a-1024", $who, |m| $library::predict(m, &SMALL, Relu, 1024)),
            ("w5a-tanh-1", $who, |m| $library::predict(m, &SMALL, Tanh, 1)),
            ("w5a-tanh-1024", $who, |m| $library::predict(m, &SMALL, Tanh, 1024)),
            ("w5b-1", $who, |m| $library::predict(m, &DIGITS, Relu, 1)),
            ("w5b-1024", $who, |m| $library::predict(m, &DIGITS, Relu, 1024)),
        ]
    };
}

const BURN: [Workload; 16] = networks!(with_burn, "burn");
const CANDLE: [Workload; 16] = networks!(with_candle, "candle");
const OTHERS: [Workload; 9] = [
    ("w2a", "reverse", with_reverse::points_step),
    ("w2b", "candle", with_candle::points_step),
    ("w2c", "reverse", with_reverse::samples_epochs),
    ("w7-chained-1e4", "reverse", |m| with_reverse::graph(m, 10_000, false)),
    ("w7-chained-1e6", "reverse", |m| {
        with_reverse::graph(m, 1_000_000, false)
    }),
    ("w7-random-1e4", "reverse", |m| with_reverse::graph(m, 10_000, true)),
    ("w7-random-1e6", "reverse", |m| with_reverse::graph(m, 1_000_000, true)),
    ("w8-least-squares", "linfa", with_linfa::least_squares),
    ("w8-logistic", "linfa", with_linfa::logistic),
];

/// They ask the environment, RAYON_NUM_THREADS.
fn set_threads(_count: usize) -> Result<()> {
    Ok(())
}

fn main() -> ExitCode {
    program::main(&[&BURN[..], &CANDLE, &OTHERS].concat())
}
