//! `chainrule fit`: from a table to a trained, judged, saved model.

use crate::{
    columns::{Columns, decisions_json, decisions_text},
    failure::Failure,
    output::{
        bold, coefficients_json, coefficients_text, judgement_json, judgement_text, method, notes, print, print_json,
        printable, short,
    },
    places::{Use, check_places},
};
use chainrule::{nn::activations, optim::optimizers};
use chainrule_learn::{Epoch, Model, ModelKind, Options, Reader, Table, Task, fit, open, write_file};
use chainrule_table::message::count;
use clap::builder::PossibleValuesParser;
use indicatif::{ProgressBar, ProgressStyle};
use std::{ops::ControlFlow, path::PathBuf, time::Instant};

/// Train a model on a table and judge it on rows it has not seen
///
/// Splits the rows 64 : 16 : 20 before anything is learned from them, trains on the first part, stops by the second, and
/// judges once on the third, beside a trivial baseline. Saves the model as one safetensors file and the course of the
/// losses as a picture. A linear model has nothing to stop and no course: it learns from the first two parts.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  chainrule fit data/iris.csv --target species
  chainrule fit wine --target cultivar
  chainrule fit diabetes --target progression --model ridge --alpha 10
  chainrule fit houses.csv --target price --hidden 32,32 --seed 7 --out houses.safetensors
  chainrule fit houses.csv.gz --target price --drop id --categorical zip --date sold
  chainrule fit data/iris.csv --target species --json | jq .test.accuracy")]
pub struct Arguments {
    /// The table: a CSV file, packed by gzip or not, or the name of a data set (see `chainrule data`)
    data: PathBuf,
    /// The column to predict
    #[arg(long, value_name = "COLUMN")]
    target: String,
    /// What to predict: a number or a class; by the target's type if not given
    #[arg(long, value_parser = PossibleValuesParser::new(Task::ALL.map(Task::name)))]
    task: Option<String>,
    #[command(flatten)]
    columns: Columns,
    /// What to fit: a weighted sum for a number (linear; ridge with a penalty) or a class (logistic), or a network
    #[arg(long, value_name = "MODEL", default_value = ModelKind::default().name(), value_parser = PossibleValuesParser::new(ModelKind::ALL.map(ModelKind::name)))]
    model: String,
    /// The penalty of ridge and logistic, as scikit-learn has it (for logistic 1 / C); 1 if not given
    #[arg(long, value_name = "PENALTY", allow_negative_numbers = true)]
    alpha: Option<f64>,
    /// Widths of the hidden layers, "" for none; 16,16 if not given
    #[arg(long, value_name = "WIDTHS", value_parser = widths)]
    hidden: Option<Widths>,
    /// Nonlinearity of the hidden layers; tanh if not given
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(activations()))]
    activation: Option<String>,
    /// How weights move along their gradients; adam if not given
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(optimizers::<f64>().into_iter().map(|o| o.name)))]
    optimizer: Option<String>,
    /// How far one step goes; the optimizer's usual rate if not given
    #[arg(long, value_name = "RATE", allow_negative_numbers = true)]
    learning_rate: Option<f64>,
    /// Rows per step; 32, or 256 for more than 10,000 training rows, if not given
    #[arg(long, value_name = "ROWS")]
    batch_size: Option<usize>,
    /// The most passes over the training rows; 500 if not given
    #[arg(long, value_name = "COUNT")]
    epochs: Option<usize>,
    /// Stop after so many epochs without a better validation loss; 50 if not given
    #[arg(long, value_name = "EPOCHS")]
    patience: Option<usize>,
    /// Seed of everything random; the same seed gives the same model file
    #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
    seed: u64,
    /// Where the model goes
    #[arg(long, value_name = "FILE", default_value = "model.safetensors")]
    out: PathBuf,
    /// Where the picture of a network's losses goes; loss.svg if not given
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,
    /// Keep no rows in the model file. Otherwise it holds the cells of up to 24 test rows, without the target, so that exports
    /// of the model can be checked
    #[arg(long)]
    no_examples: bool,
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
        let options = self.options()?;
        let reader = Reader::new().columns(&options.columns).without_text();
        let picture = self.picture(options.model);
        check_places(&[
            ("the table", Some(&self.data), Use::Read),
            ("the model", Some(&self.out), Use::Write),
            ("the picture", picture.as_ref(), Use::Write),
        ])?;
        let start = Instant::now();
        let table = open(&self.data, &reader)?;
        let bar = progress_bar(options.epochs);
        let fitted = fit(&table, &options, |epoch| {
            show_progress(&bar, epoch);
            ControlFlow::Continue(())
        });
        bar.finish_and_clear();
        let mut fitted = fitted?;
        if self.no_examples {
            fitted.model.forget_examples();
        }
        fitted.model.save(&self.out)?;
        if let Some(path) = &picture {
            let losses = fitted.model.loss_picture();
            write_file(path, |out| out.write_all(losses.svg().as_bytes()))?;
        }

        let seconds = start.elapsed().as_secs_f64();
        let epochs = fitted.model.record().history.len();
        if self.json {
            let path = self.out.display().to_string();
            let mut object = judgement_json(&fitted.judgement, epochs, seconds, &path);
            object["model_kind"] = options.model.name().into();
            object["format"] = table.format().to_string().into();
            object["columns"] = decisions_json(&fitted.model);
            if let Some(coefficients) = fitted.model.coefficients() {
                (object["coefficients"], object["intercept"]) = coefficients_json(&fitted.model, &coefficients);
            }
            return print_json(&object);
        }
        notes(&fitted.judgement.warnings);
        let written = match &picture {
            Some(picture) => format!("{} and {}", self.out.display(), picture.display()),
            None => self.out.display().to_string(),
        };
        let told = self.told(&table, &fitted.model, &options);
        print(&format!("{told}\nSaved {written} in {seconds:.1} s\n"))
    }

    /// What was chosen, with the defaults of what was not.
    fn options(&self) -> Result<Options, Failure> {
        let mut kinds = ModelKind::ALL.into_iter();
        let model = kinds.find(|kind| kind.name() == self.model).unwrap_or_default();
        let of_networks = [
            ("--hidden", self.hidden.is_some()),
            ("--activation", self.activation.is_some()),
            ("--optimizer", self.optimizer.is_some()),
            ("--learning-rate", self.learning_rate.is_some()),
            ("--batch-size", self.batch_size.is_some()),
            ("--epochs", self.epochs.is_some()),
            ("--patience", self.patience.is_some()),
            ("--picture", self.picture.is_some()),
        ];
        if let Some((option, _)) = of_networks.iter().find(|(_, given)| *given && model.is_linear()) {
            return Err(Failure::Arguments(format!(
                "{option} is for networks; leave it out with --model {}, or use --model mlp",
                model.name()
            )));
        }
        let defaults = Options::new(&self.target);
        Ok(Options {
            task: Task::ALL
                .into_iter()
                .find(|task| self.task.as_deref() == Some(task.name())),
            columns: self.columns.types()?,
            model,
            alpha: self.alpha,
            hidden: self.hidden.clone().map_or(defaults.hidden, |widths| widths.0),
            activation: self.activation.clone().unwrap_or(defaults.activation),
            optimizer: self.optimizer.clone().unwrap_or(defaults.optimizer),
            learning_rate: self.learning_rate,
            batch_size: self.batch_size,
            epochs: self.epochs.unwrap_or(defaults.epochs),
            patience: self.patience.unwrap_or(defaults.patience),
            seed: self.seed,
            target: defaults.target,
        })
    }

    /// Where the picture of the losses goes; a linear model has none.
    fn picture(&self, model: ModelKind) -> Option<PathBuf> {
        let place = || self.picture.clone().unwrap_or_else(|| PathBuf::from("loss.svg"));
        (!model.is_linear()).then(place)
    }

    fn told(&self, table: &Table, model: &Model, options: &Options) -> String {
        let record = model.record();
        let rows = &record.judgement.rows;
        let parts = match options.model.is_linear() {
            true => format!("{} to train, {} to test", rows.train, rows.test),
            false => format!(
                "{} to train, {} to validate, {} to test",
                rows.train, rows.validation, rows.test
            ),
        };
        let mut text = format!(
            "{}\n  {}\n  {}, target {} ({})\n  {parts} (seed {})\n  {}\n  {}\n\n{}\n{}",
            bold(&printable(table.name())),
            table.format(),
            count(table.rows(), "row", "rows"),
            printable(&self.target),
            record.judgement.task.name(),
            self.seed,
            model.network(),
            match options.model.is_linear() {
                true => method(&record.options),
                false => course(model, options),
            },
            decisions_text(model),
            judgement_text(&record.judgement),
        );
        if let Some(coefficients) = model.coefficients() {
            text.push_str(&coefficients_text(model, &coefficients));
        }
        text
    }
}

/// How a network was trained, and why that ended.
fn course(model: &Model, options: &Options) -> String {
    let record = model.record();
    let epochs = record.history.len();
    let waited = epochs - record.best_epoch >= options.patience;
    let stopped = if epochs < options.epochs && waited {
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
    format!("{}; {stopped}", method(&record.options))
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
