#![forbid(unsafe_code)]
//! Runs the workloads of COMPARE.md and says what each took, one line of JSON per measurement.
//!
//! `chainrule-benches w3d w7` measures every workload whose name starts so, ours and the hand-written floor;
//! README.md in this folder says what each is.

mod data;
mod floors;
mod meter;
mod ours;
mod points;
mod table;
mod tape;

use chainrule::{
    ops::{Relu, Tanh},
    optim::{Adam, Sgd},
};
use meter::{Meter, Mode};
use std::{error::Error, io::BufRead, process::ExitCode};

/// What may go wrong is told and ends the program.
pub type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// A workload: its name, who does it, and how.
type Workload = (&'static str, &'static str, fn(&mut Meter) -> Result<()>);

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
    ("w2b", "ours", ours::networks::points_step),
    ("w2b", "floor", floors::points::points_step),
    ("w2c", "ours", ours::scalars::samples_epochs),
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
    ("w5a-1", "ours", |m| ours::networks::predict(m, &SMALL, Relu, 1)),
    ("w5a-1", "floor", |m| floors::small::predict::<false>(m, 1)),
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

const USAGE: &str = "usage: chainrule-benches [--only WHO] [--seconds S | --times N] NAME… | --serve | --list
  measures every workload whose name starts with a NAME; WHO is ours or floor
  --serve reads one NAME per line, measures it, and ends the answer with an empty line";

struct Arguments {
    names: Vec<String>,
    only: Option<String>,
    mode: Mode,
    serve: bool,
    list: bool,
}

fn arguments() -> Result<Arguments> {
    let mut found = Arguments {
        names: vec![],
        only: None,
        mode: Mode::Seconds(0.5),
        serve: false,
        list: false,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word} needs a value\n{USAGE}"));
        match word.as_str() {
            "--only" => found.only = Some(value()?),
            "--seconds" => found.mode = Mode::Seconds(value()?.parse()?),
            "--times" => found.mode = Mode::Times(value()?.parse()?),
            "--serve" => found.serve = true,
            "--list" => found.list = true,
            _ if word.starts_with('-') => return Err(format!("there is no {word}\n{USAGE}").into()),
            _ => found.names.push(word),
        }
    }
    if found.names.is_empty() && !found.serve && !found.list {
        return Err(USAGE.into());
    }
    Ok(found)
}

/// Measures the workloads that are meant.
fn measure(meter: &mut Meter, only: Option<&str>, meant: impl Fn(&str) -> bool) -> Result<usize> {
    let mut count = 0;
    for &(name, who, run) in WORKLOADS {
        if meant(name) && only.is_none_or(|only| only == who) {
            meter.start(name, who);
            run(meter).map_err(|error| format!("{name}: {error}"))?;
            count += 1;
        }
    }
    Ok(count)
}

fn run() -> Result<()> {
    let arguments = arguments()?;
    let (mut meter, only) = (Meter::new(arguments.mode), arguments.only.as_deref());
    if arguments.list {
        for (name, who, _) in WORKLOADS {
            println!("{name} {who}");
        }
    }
    for wanted in &arguments.names {
        if measure(&mut meter, only, |name| name.starts_with(wanted.as_str()))? == 0 {
            return Err(format!("no workload starts with {wanted}; --list shows them all").into());
        }
    }
    if arguments.serve {
        for line in std::io::stdin().lock().lines() {
            let line = line?;
            measure(&mut meter, only, |name| name == line.trim())?;
            println!();
        }
    }
    Ok(())
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
