//! `chainrule predict`: a model's answers for a table.

use crate::{
    failure::Failure,
    output::{notes, say},
    places::{Use, check_places},
};
use chainrule_learn::{Model, Prediction, Table, judgement::Conformal, open, write_file};
use chainrule_table::message::count;
use std::{
    io::{Write, stdout},
    path::PathBuf,
};

/// Add a model's answers to a table
///
/// Writes the table as CSV with a column `predicted_TARGET`, and for classes one column `probability_CLASS` each. Numbers come
/// with the ends of an interval, `low_TARGET` and `high_TARGET`, classes with a set of them, `set_TARGET`, which hold the
/// truth as often as `fit --coverage` said; an empty set means that no class is as likely as right ones usually are. Cells
/// that hold what the training rows did not, such as an unknown category, are counted and said.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  chainrule predict model.safetensors new.csv
  chainrule predict model.safetensors new.csv --out answers.csv")]
pub struct Arguments {
    /// The model that `chainrule fit` saved
    model: PathBuf,
    /// The table: a CSV file with the columns the model was trained with; the target may be absent
    data: PathBuf,
    /// Where the table goes; standard output if not given
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Arguments {
    pub fn run(self) -> Result<(), Failure> {
        check_places(&[
            ("the model", Some(&self.model), Use::Read),
            ("the table", Some(&self.data), Use::Read),
            ("the output", self.out.as_ref(), Use::Write),
        ])?;
        let model = Model::load(&self.model)?;
        let table = open(&self.data, &model.reader())?;
        let (prediction, unseen) = model.predict_and_count(&table)?;
        let columns = columns(&table, &model, &prediction);
        if let Some((name, _)) = columns.iter().find(|(name, _)| table.position(name).is_ok()) {
            return Err(Failure::Work(format!(
                "{}: there is a column `{name}` already; rename it, or leave it out",
                table.name()
            )));
        }
        notes(table.notices());
        notes(&unseen.iter().map(ToString::to_string).collect::<Vec<_>>());
        let write = |out: &mut dyn Write| {
            let mut out = out;
            table.write(&columns, &mut out).map_err(std::io::Error::other)
        };
        match &self.out {
            None => {
                let mut text = vec![];
                write(&mut text)?;
                let mut out = stdout().lock();
                out.write_all(&text)?;
                out.flush()?;
            }
            Some(path) => {
                write_file(path, write)?;
                say(&format!(
                    "wrote {} to {}",
                    count(table.rows(), "row", "rows"),
                    path.display()
                ));
            }
        }
        Ok(())
    }
}

/// The columns that are added.
fn columns(table: &Table, model: &Model, prediction: &Prediction) -> Vec<(String, Vec<String>)> {
    let target = &model.record().options.target;
    let rows = 0..prediction.rows();
    let answer = |row| match prediction {
        Prediction::Numbers(numbers) => numbers.get(row).map_or(String::new(), |x| table.number_as_written(*x)),
        Prediction::Classes { .. } => prediction.text(row),
    };
    let mut columns = vec![(
        format!("predicted_{target}"),
        rows.clone().map(answer).collect::<Vec<_>>(),
    )];
    if let Prediction::Classes { names, .. } = prediction {
        for (class, name) in names.iter().enumerate() {
            let probability = |row| prediction.probabilities(row).and_then(|p| p.get(class)).copied();
            let cells = rows
                .clone()
                .map(|row| probability(row).map_or(String::new(), |p| table.number_as_written(p)));
            columns.push((format!("probability_{name}"), cells.collect()));
        }
    }
    if let Some(conformal) = model.conformal() {
        columns.extend(promised(table, target, prediction, conformal));
    }
    columns
}

/// The ends of an interval around each number, or a set of classes, that hold the truth as often as was promised.
fn promised(table: &Table, target: &str, prediction: &Prediction, conformal: &Conformal) -> Vec<(String, Vec<String>)> {
    match prediction {
        Prediction::Numbers(numbers) => {
            let ends = numbers.iter().map(|x| conformal.interval(*x));
            let written = |(low, high)| (table.number_as_written(low), table.number_as_written(high));
            let (low, high) = ends.map(written).unzip();
            vec![(format!("low_{target}"), low), (format!("high_{target}"), high)]
        }
        Prediction::Classes { names, probabilities } => {
            let rows = probabilities.chunks_exact(names.len().max(1));
            let named = |row| conformal.set(row).into_iter().filter_map(|class| names.get(class));
            let set = rows.map(|row| named(row).map(String::as_str).collect::<Vec<&str>>().join(" | "));
            vec![(format!("set_{target}"), set.collect())]
        }
    }
}
