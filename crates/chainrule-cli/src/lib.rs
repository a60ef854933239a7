#![forbid(unsafe_code)]
//! The front door: words typed by a person become calls.
//!
//! Each command is a variant of `Command` and a file of the same name with its arguments and its `run`. Help is
//! derived from these. Results go to standard output, everything else to standard error; the exit code is 0 when the work
//! was done, 1 when it failed, 2 when the arguments were wrong.

mod binding;
mod columns;
mod compared;
mod completions;
mod config;
mod data;
mod evaluate;
mod exercise;
mod export;
mod expr;
mod failure;
mod fit;
mod input;
mod interrupt;
mod judged;
mod lesson;
mod machine;
mod man;
mod numbers;
mod output;
mod places;
mod predict;
mod progress;
mod report;
mod resume;
mod serve;
mod show;
mod studio;

use chainrule_learn::Model;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use failure::Failure;
use std::{ffi::OsString, process::ExitCode};

/// Neural networks you can see through.
#[derive(Parser)]
#[command(name = "chainrule", version, max_term_width = 100)]
#[command(after_help = "Examples:
  chainrule fit data/iris.csv --target species
  chainrule predict model.safetensors new.csv --out answers.csv
  chainrule expr 'tanh(x*w + b)' x=2 w=-3 b=1 --explain w")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Compute with so many threads; as many as the machine has, or CHAINRULE_THREADS says, if not given
    #[arg(long, global = true, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=machine::MOST_THREADS))]
    threads: Option<u16>,
    /// Say nothing but errors and what was asked for: figures, tables, --json
    #[arg(long, global = true)]
    quiet: bool,
}

/// What can be done.
#[derive(Subcommand)]
enum Command {
    Fit(Box<fit::Arguments>),
    Predict(predict::Arguments),
    Evaluate(evaluate::Arguments),
    Show(show::Arguments),
    Export(export::Arguments),
    Serve(serve::Arguments),
    Report(report::Arguments),
    Data(data::Arguments),
    Expr(expr::Arguments),
    Lesson(lesson::Arguments),
    Exercise(exercise::Arguments),
    Studio(studio::Arguments),
    Completions(completions::Arguments),
    Man(man::Arguments),
}

/// What the program does: reads the words it was called with, does what they say, and gives its exit code.
pub fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        // Whoever reads our output has seen enough: `chainrule show model | head`.
        Err(Failure::Unread) => ExitCode::SUCCESS,
        Err(failure) => {
            output::complain(&format!("error: {failure}"));
            failure.code()
        }
    }
}

/// The words of a command line that the text of a file for `fit --config` stands for; `name` is what errors call the file.
///
/// # Errors
/// When it is no such text; the message names the line.
pub fn config_words(name: &str, text: &str) -> Result<Vec<OsString>, String> {
    config::words_of(name, text).map_err(|failure| failure.to_string())
}

/// What `show` says of a model.
pub fn show_text(model: &Model) -> String {
    show::told(model)
}

fn run() -> Result<ExitCode, Failure> {
    let matches =
        numbers::with_messages(Arguments::command()).get_matches_from(config::complete(std::env::args_os().collect())?);
    let arguments = Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    output::set_quiet(arguments.quiet);
    machine::choose(arguments.threads)?;
    match arguments.command {
        Command::Fit(arguments) => arguments.run(config::used(&matches)),
        Command::Predict(arguments) => arguments.run(),
        Command::Evaluate(arguments) => arguments.run(),
        Command::Show(arguments) => arguments.run(),
        Command::Export(arguments) => arguments.run(),
        Command::Serve(arguments) => arguments.run(),
        Command::Report(arguments) => arguments.run(),
        Command::Data(arguments) => arguments.run(),
        Command::Expr(arguments) => arguments.run(),
        Command::Lesson(arguments) => arguments.run(),
        Command::Studio(arguments) => arguments.run(),
        Command::Completions(arguments) => arguments.run(),
        Command::Man(arguments) => arguments.run(),
        // Whether an answer is right is an exit code of its own; a wrong one is no failure of the program.
        Command::Exercise(arguments) => return arguments.run(),
    }?;
    Ok(ExitCode::SUCCESS)
}
