//! The command line that all programs in Rust share.

use std::{io::BufRead, process::ExitCode};

use crate::{
    Result,
    meter::{Meter, Mode},
};

/// A workload: its name, who does it, and how.
pub type Workload = (&'static str, &'static str, fn(&mut Meter) -> Result<()>);

const USAGE: &str = "usage: [--only WHO] [--threads N] [--seconds S | --times N | --check] NAME… | --serve | --list
  measures the workload of this NAME, or all whose name starts so; WHO is ours or floor
  --times only runs it, so that instructions can be counted; --check only says what it computes
  --serve reads one NAME per line, measures it, and ends the answer with an empty line";

struct Arguments {
    names: Vec<String>,
    only: Option<String>,
    threads: usize,
    mode: Mode,
    serve: bool,
    list: bool,
}

fn arguments() -> Result<Arguments> {
    let mut found = Arguments {
        names: vec![],
        only: None,
        threads: 1,
        mode: Mode::Seconds(0.5),
        serve: false,
        list: false,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word} needs a value\n{USAGE}"));
        match word.as_str() {
            "--only" => found.only = Some(value()?),
            "--threads" => found.threads = value()?.parse()?,
            "--seconds" => found.mode = Mode::Seconds(value()?.parse()?),
            "--times" => found.mode = Mode::Times(value()?.parse()?),
            "--check" => found.mode = Mode::Check,
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
fn measure(
    workloads: &[Workload],
    meter: &mut Meter,
    only: Option<&str>,
    meant: impl Fn(&str) -> bool,
) -> Result<usize> {
    let mut count = 0;
    for &(name, who, run) in workloads {
        if meant(name) && only.is_none_or(|only| only == who) {
            meter.start(name, who);
            run(meter).map_err(|error| format!("{name}: {error}"))?;
            count += 1;
        }
    }
    Ok(count)
}

fn run(workloads: &[Workload]) -> Result<()> {
    let arguments = arguments()?;
    let (mut meter, only) = (Meter::new(arguments.mode), arguments.only.as_deref());
    crate::set_threads(arguments.threads)?;
    if arguments.list {
        for (name, who, _) in workloads {
            println!("{name} {who}");
        }
    }
    for wanted in &arguments.names {
        let exact = workloads.iter().any(|(name, ..)| name == wanted);
        let meant = |name: &str| name == wanted || !exact && name.starts_with(wanted.as_str());
        if measure(workloads, &mut meter, only, meant)? == 0 {
            return Err(format!("no workload starts with {wanted}; --list shows them all").into());
        }
    }
    for (workload, who, check) in &meter.checks {
        println!("{{\"workload\": \"{workload}\", \"who\": \"{who}\", \"check\": {check:e}}}");
    }
    if arguments.serve {
        for line in std::io::stdin().lock().lines() {
            let line = line?;
            measure(workloads, &mut meter, only, |name| name == line.trim())?;
            println!();
        }
    }
    Ok(())
}

/// Measures what the command line asks for.
pub fn main(workloads: &[Workload]) -> ExitCode {
    match run(workloads) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
