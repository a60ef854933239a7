//! `chainrule fit`: from a table to a trained, judged, saved model.

use crate::{
    failure::Failure,
    output::{bold, judgement_json, judgement_text, notes, print, print_json, printable, short},
    places::{Use, check_places},
};
use chainrule::{nn::activations, optim::optimizers};
use chainrule_learn::{Epoch, Model, Options, Table, Task, fit, open, write_file};
use chainrule_table::message::count;
use clap::builder::PossibleValuesParser;
use indicatif::{ProgressBar, ProgressStyle};
use std::{ops::ControlFlow, path::PathBuf, time::Instant};

/// Train a network on a table and judge it on rows it has not seen
///
/// Splits the rows 64 : 16 : 20 before anything is learned from them, trains on the first part, stops by the second, and
/// judges once on the third, beside a trivial baseline. Saves the model as one safetensors file and the course of the
/// losses as a picture.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  chainrule fit data/iris.csv --target species
  chainrule fit wine --target cultivar
  chainrule fit houses.csv --target price --hidden 32,32 --seed 7 --out houses.safetensors
  chainrule fit data/iris.csv --target species --json | jq .test.accuracy")]
pub struct Arguments {
    /// The table: a CSV file with a header line, or the name of a data set (see `chainrule data`)
    data: PathBuf,
    /// The column to predict
    #[arg(long, value_name = "COLUMN")]
    target: String,
    /// What to predict: a number or a class; by the target's type if not given
    #[arg(long, value_parser = PossibleValuesParser::new(Task::ALL.map(Task::name)))]
    task: Option<String>,
    /// Widths of the hidden layers; "" for none
    #[arg(long, value_name = "WIDTHS", default_value = "16,16", value_parser = widths)]
    hidden: Widths,
    /// Nonlinearity of the hidden layers
    #[arg(long, value_name = "NAME", default_value = "tanh", value_parser = PossibleValuesParser::new(activations()))]
    activation: String,
    /// How weights move along their gradients
    #[arg(long, value_name = "NAME", default_value = "adam", value_parser = PossibleValuesParser::new(optimizers::<f64>().into_iter().map(|o| o.name)))]
    optimizer: String,
    /// How far one step goes; the optimizer's usual rate if not given
    #[arg(long, value_name = "RATE", allow_negative_numbers = true)]
    learning_rate: Option<f64>,
    /// Rows per step; 32, or 256 for more than 10,000 training rows, if not given
    #[arg(long, value_name = "ROWS")]
    batch_size: Option<usize>,
    /// The most passes over the training rows
    #[arg(long, value_name = "COUNT", default_value_t = 500)]
    epochs: usize,
    /// Stop after so many epochs without a better validation loss
    #[arg(long, value_name = "EPOCHS", default_value_t = 50)]
    patience: usize,
    /// Seed of everything random; the same seed gives the same model file
    #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
    seed: u64,
    /// Where the model goes
    #[arg(long, value_name = "FILE", default_value = "model.safetensors")]
    out: PathBuf,
    /// Where the picture of the losses goes
    #[arg(long, value_name = "FILE", default_value = "loss.svg")]
    picture: PathBuf,
    /// Print one JSON object instead of text
    #[arg(long)]
    json: bool,
}

/// Widths of hidden layers.
#[derive(Clone, Debug)]
struct Widths(Vec<usize>);

fn widths(text: &str) -> Result<Widths, String> {
    if text.trim().is_empty() {
        return Ok(Widths(vec![]));
    }
    let width = |part: &str| {
        let width = part.trim().parse::<usize>();
        width.map_err(|_| format!("`{}` is not a width; write widths as 16,16", part.trim()))
    };
    text.split(',').map(width).collect::<Result<_, _>>().map(Widths)
}

impl Arguments {
    pub fn run(self) -> Result<(), Failure> {
        let options = Options {
            task: Task::ALL
                .into_iter()
                .find(|task| self.task.as_deref() == Some(task.name())),
            hidden: self.hidden.0.clone(),
            activation: self.activation.clone(),
            optimizer: self.optimizer.clone(),
            learning_rate: self.learning_rate,
            batch_size: self.batch_size,
            epochs: self.epochs,
            patience: self.patience,
            seed: self.seed,
            ..Options::new(&self.target)
        };
        check_places(&[
            ("the table", Some(&self.data), Use::Read),
            ("the model", Some(&self.out), Use::Write),
            ("the picture", Some(&self.picture), Use::Write),
        ])?;
        let start = Instant::now();
        let table = open(&self.data)?;
        let bar = progress_bar(self.epochs);
        let fitted = fit(&table, &options, |epoch| {
            show_progress(&bar, epoch);
            ControlFlow::Continue(())
        });
        bar.finish_and_clear();
        let fitted = fitted?;
        fitted.model.save(&self.out)?;
        let picture = fitted.model.loss_picture();
        write_file(&self.picture, |out| out.write_all(picture.svg().as_bytes()))?;

        let seconds = start.elapsed().as_secs_f64();
        let epochs = fitted.model.record().history.len();
        if self.json {
            let model = self.out.display().to_string();
            return print_json(&judgement_json(&fitted.judgement, epochs, seconds, &model));
        }
        notes(&fitted.judgement.warnings);
        print(&self.told(&table, &fitted.model, seconds))
    }

    fn told(&self, table: &Table, model: &Model, seconds: f64) -> String {
        let (record, rows) = (model.record(), &model.record().judgement.rows);
        let epochs = record.history.len();
        let waited = epochs - record.best_epoch >= self.patience;
        let stopped = if epochs < self.epochs && waited {
            format!(
                "stopped after epoch {epochs}: no better validation loss since epoch {}",
                record.best_epoch
            )
        } else {
            format!(
                "{}; the best validation loss was in epoch {}",
                count(epochs, "epoch", "epochs"),
                record.best_epoch
            )
        };
        format!(
            "{}\n  {}, target {} ({})\n  {} to train, {} to validate, {} to test (seed {})\n  {}\n  {}, learning rate {}, \
             batches of {}; {stopped}\n\n{}\nSaved {} and {} in {seconds:.1} s\n",
            bold(&printable(table.name())),
            count(table.rows(), "row", "rows"),
            printable(&self.target),
            record.judgement.task.name(),
            rows.train,
            rows.validation,
            rows.test,
            self.seed,
            model.network(),
            self.optimizer,
            record.options.learning_rate.map_or(String::new(), short),
            record.options.batch_size.unwrap_or_default(),
            judgement_text(&record.judgement),
            self.out.display(),
            self.picture.display(),
        )
    }
}

/// A bar over the epochs on standard error; nothing where that is not a terminal.
fn progress_bar(epochs: usize) -> ProgressBar {
    let bar = ProgressBar::new(epochs as u64);
    let style = "{spinner} epoch {pos}/{len} [{bar:30}] {msg}, at most {eta} left";
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style.progress_chars("━╸ "));
    }
    bar
}

fn show_progress(bar: &ProgressBar, epoch: &Epoch) {
    bar.set_position(epoch.number as u64);
    bar.set_message(format!(
        "loss {} in training, {} in validation",
        short(epoch.train_loss),
        short(epoch.validation_loss)
    ));
}
