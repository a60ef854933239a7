//! `chainrule evaluate`: the judgement of a saved model on another table.

use crate::{
    failure::Failure,
    input,
    output::{judgement_json, judgement_text, notes_and_warnings, print, print_json},
};
use std::{path::PathBuf, time::Instant};

/// Judge a saved model on a table with known answers
///
/// The figures are honest only for rows that the model was not trained on.
#[derive(clap::Args)]
#[command(after_help = "Example:
  chainrule evaluate model.safetensors later.csv")]
pub struct Arguments {
    /// The model that `chainrule fit` saved
    model: PathBuf,
    /// The table: a CSV file with the columns the model was trained with, and the target, or - for standard input
    data: PathBuf,
    /// Print one JSON object instead of text
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub fn run(self) -> Result<(), Failure> {
        let start = Instant::now();
        let model = input::model(&self.model, Some(("chainrule evaluate", &self.data)))?;
        let table = input::table(&self.data, &model.reader().without_text())?;
        let judgement = model.evaluate(&table)?;
        if self.json {
            let (epochs, path) = (model.record().history.len(), self.model.display().to_string());
            return print_json(&judgement_json(
                &judgement,
                epochs,
                start.elapsed().as_secs_f64(),
                &path,
            ));
        }
        notes_and_warnings(&judgement);
        print(&judgement_text(&judgement))
    }
}
