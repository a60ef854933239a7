//! `chainrule predict`: a model's answers for a table.

use crate::{
    failure::Failure,
    input,
    output::{notes, say},
    places::{Use, check_places, write_table},
};
use chainrule_learn::{Model, Passed, Prediction, Table, judgement::Conformal};
use chainrule_table::message::count;
use std::{
    io::{self, BufWriter, Write, stdout},
    path::PathBuf,
};

/// Add a model's answers to a table
///
/// Writes the table as CSV, its cells as they were, with a column `predicted_TARGET` for each target, and for classes one
/// column `probability_CLASS` each. Numbers come with the ends of an interval, `low_TARGET` and `high_TARGET`, classes with a
/// set of them, `set_TARGET`, which hold the truth as often as `fit --coverage` said; an empty set means that no class is as
/// likely as right ones usually are. Rows pass by in blocks, so a file of any size needs little memory. Cells that hold what
/// the training rows did not, such as an unknown category, are counted and said at the end. A cell that cannot be understood
/// ends the work with its line and column, and leaves no half-written FILE.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  chainrule predict model.safetensors new.csv
  chainrule predict model.safetensors new.csv --out answers.csv
  zcat new.csv.gz | chainrule predict model.safetensors - > answers.csv")]
pub struct Arguments {
    /// The model that `chainrule fit` saved
    model: PathBuf,
    /// The table: a CSV file with the columns the model was trained with, or - for standard input; the target may be absent
    data: PathBuf,
    /// Where the table goes, packed by gzip if the name ends in .gz; standard output if not given
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Arguments {
    pub fn run(self) -> Result<(), Failure> {
        let piped = self.data.as_os_str() == "-";
        check_places(&[
            ("the model", Some(&self.model), Use::Read),
            ("the table", (!piped).then_some(&self.data), Use::Read),
            ("the output", self.out.as_ref(), Use::Write),
        ])?;
        let model = input::model(&self.model, Some(("chainrule predict", &self.data)))?;
        let Some(path) = &self.out else {
            let mut out = BufWriter::new(stdout().lock());
            let passed = self.pass(&model, &mut out)?;
            out.flush()?;
            tell(&passed);
            return Ok(());
        };
        let mut outcome = Ok(Passed::default());
        let written = write_table(path, |out| {
            outcome = self.pass(&model, out);
            // Half a table is no table: an error of any kind leaves the place as it was.
            outcome
                .as_ref()
                .map(|_| ())
                .map_err(|_| io::Error::other("not all rows"))
        });
        let passed = outcome?;
        written?;
        tell(&passed);
        let rows = count(passed.rows, "row", "rows");
        say(&format!("wrote {rows} to {}", path.display()));
        Ok(())
    }

    /// Reads, predicts and writes block after block.
    fn pass(&self, model: &Model, out: &mut dyn Write) -> Result<Passed, Failure> {
        let mut first = true;
        model.predict_blocks(&self.data, |block, prediction| {
            let columns = columns(block, model, prediction);
            if let Some((name, _)) = columns.iter().find(|(name, _)| block.position(name).is_ok()) {
                return Err(Failure::Work(format!(
                    "{}: there is a column `{name}` already; rename it, or leave it out",
                    block.name()
                )));
            }
            let mut text = vec![];
            match std::mem::take(&mut first) {
                true => block.write(&columns, &mut text),
                false => block.write_rows(&columns, &mut text),
            }
            .map_err(io::Error::other)?;
            out.write_all(&text).map_err(Failure::from)
        })
    }
}

/// Says what a person should know of the rows that passed.
fn tell(passed: &Passed) {
    notes(&passed.notices);
    notes(&passed.unseen.iter().map(ToString::to_string).collect::<Vec<_>>());
}

/// The columns that are added: for each target its answers, and what holds the truth as often as was promised.
fn columns(table: &Table, model: &Model, prediction: &Prediction) -> Vec<(String, Vec<String>)> {
    let mut promised = model.conformal().iter();
    let targets = model.targets();
    let mut columns = vec![];
    match prediction {
        Prediction::Numbers(answers) => {
            for (target, numbers) in targets.iter().zip(answers) {
                let written = numbers.iter().map(|x| table.number_as_written(*x));
                columns.push((format!("predicted_{target}"), written.collect()));
                columns.extend(
                    promised
                        .next()
                        .into_iter()
                        .flat_map(|own| ends(table, target, numbers, own)),
                );
            }
        }
        Prediction::Classes { names, probabilities } => {
            let (target, rows) = (targets.concat(), 0..prediction.rows());
            let likeliest = rows.clone().map(|row| prediction.text(row));
            columns.push((format!("predicted_{target}"), likeliest.collect()));
            for (class, name) in names.iter().enumerate() {
                let probability = |row| prediction.probabilities(row).and_then(|p| p.get(class)).copied();
                let cells = rows
                    .clone()
                    .map(|row| probability(row).map_or(String::new(), |p| table.number_as_written(p)));
                columns.push((format!("probability_{name}"), cells.collect()));
            }
            columns.extend(promised.next().map(|own| set(&target, names, probabilities, own)));
        }
    }
    columns
}

/// The ends of an interval around each number.
fn ends(table: &Table, target: &str, numbers: &[f64], conformal: &Conformal) -> [(String, Vec<String>); 2] {
    let ends = numbers.iter().map(|x| conformal.interval(*x));
    let written = |(low, high)| (table.number_as_written(low), table.number_as_written(high));
    let (low, high) = ends.map(written).unzip();
    [(format!("low_{target}"), low), (format!("high_{target}"), high)]
}

/// A set of classes for each row.
fn set(target: &str, names: &[String], probabilities: &[f64], conformal: &Conformal) -> (String, Vec<String>) {
    let rows = probabilities.chunks_exact(names.len().max(1));
    let named = |row| conformal.set(row).into_iter().filter_map(|class| names.get(class));
    let set = rows.map(|row| named(row).map(String::as_str).collect::<Vec<&str>>().join(" | "));
    (format!("set_{target}"), set.collect())
}
