//! `chainrule report`: a model as a page of HTML.

use crate::{
    failure::Failure,
    input,
    output::print,
    places::{Use, check_places},
};
use chainrule_learn::write_file;
use chainrule_report::{Origin, report};
use std::path::PathBuf;

/// Write a report about a model: one page of HTML for the person who asked the question
///
/// What was asked and the answer in a sentence, what may be wrong, the models that were compared, every judgement with its
/// picture, what became of each column, the network drawn, and how to use it. One file that fetches nothing; it prints.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  chainrule report model.safetensors
  chainrule report houses.safetensors --out houses.html")]
pub struct Arguments {
    /// The model that `chainrule fit` saved
    model: PathBuf,
    /// Where the report goes
    #[arg(long, value_name = "FILE", default_value = "report.html")]
    out: PathBuf,
}

impl Arguments {
    pub fn run(self) -> Result<(), Failure> {
        check_places(&[
            ("the model", Some(&self.model), Use::Read),
            ("the report", Some(&self.out), Use::Write),
        ])?;
        let model = input::model(&self.model, None)?;
        let origin = Origin {
            model: Some(self.model.display().to_string()),
            command: None,
        };
        let page = report(&model, &origin);
        write_file(&self.out, |out| out.write_all(page.as_bytes()))?;
        print(&format!("Saved {}\n", self.out.display()))
    }
}

/// The command line of this run, as a shell takes it.
pub fn as_typed() -> String {
    let words = std::env::args_os().skip(1);
    let words = words.map(|word| chainrule_report::quoted(&word.to_string_lossy()));
    let all: Vec<String> = std::iter::once("chainrule".to_string()).chain(words).collect();
    all.join(" ")
}
