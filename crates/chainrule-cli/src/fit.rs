//! `chainrule fit`: from a table to a trained, judged, saved model.

use crate::{
    columns::{Columns, decisions_json, decisions_text, no_target, targets},
    compared::{comparison_json, comparison_text},
    failure::Failure,
    input,
    interrupt::Interrupt,
    output::{
        bold, coefficients_json, coefficients_text, is_quiet, judgement_json, judgement_text, method,
        notes_and_warnings, print, print_json, printable, say, search_json, search_text,
    },
    places::{Use, check_places, real},
    progress,
    report::as_typed,
    resume::{Resume, is_plain},
};
use chainrule::{nn::activations, optim::optimizers};
use chainrule_learn::{
    DivideBy, LinearOptions, Model, ModelKind, NetworkOptions, Options, Reader, ScheduleName, Table, Task,
    fit_with_checkpoint, write_file,
};
use chainrule_report::Origin;
use chainrule_table::message::count;
use clap::builder::PossibleValuesParser;
use std::{ops::ControlFlow, path::PathBuf, sync::Arc, time::Instant};

/// Train a model on a table and judge it on rows it has not seen
///
/// Splits the rows 64 : 16 : 20 before anything is learned from them, trains on the first part, stops by the second, and
/// judges once on the third. A trivial baseline, a linear model and a network are compared on the same folds of the first
/// two parts: which is worth having, and is the difference more than chance? Saves the model as one safetensors file and
/// a report as one page of HTML. A linear model has nothing to stop: it learns from the first two parts.
///
/// Ctrl-C stops after the present epoch: what has been reached is judged and saved, the exit code is 0, as there is a model,
/// and --resume goes on. A second Ctrl-C ends at once (exit code 130); the last checkpoint stays.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  chainrule fit data/iris.csv --target species
  chainrule fit wine --target cultivar
  chainrule fit diabetes --target progression --model auto
  chainrule fit flats.csv --target rent,price
  chainrule fit visits.csv --target ill --group patient --class-weights balanced
  chainrule fit sales.csv --target sold --time day --folds 8
  chainrule fit houses.csv --target price --hidden 32,32 --seed 7 --out houses.safetensors
  chainrule fit houses.csv.gz --target price --drop id --categorical zip --date sold
  chainrule fit data/iris.csv --target species --json | jq .test.accuracy
  chainrule fit --config model.safetensors.toml --seed 1")]
pub struct Arguments {
    /// The table: a CSV file, packed by gzip or not, the name of a data set (see `chainrule data`), or - for standard input
    data: PathBuf,
    /// The column to predict, or several of numbers that one model predicts together: a,b or --target a --target b; without
    /// it, the columns are listed
    #[arg(long, value_name = "COLUMN")]
    target: Vec<String>,
    /// What to predict: a number or a class; by the target's type if not given
    #[arg(long, value_parser = PossibleValuesParser::new(Task::ALL.map(Task::name)))]
    task: Option<String>,
    #[command(flatten)]
    columns: Columns,
    /// What to keep: a weighted sum for a number (linear; ridge with a penalty) or a class (logistic), a network (mlp), or
    /// the network if it is worth having and a weighted sum otherwise (auto)
    #[arg(long, value_name = "MODEL", default_value = ModelKind::default().name(), value_parser = PossibleValuesParser::new(ModelKind::ALL.map(ModelKind::name).into_iter().chain([AUTO])))]
    model: String,
    /// Keep rows with the same value of this column together, all to learn from or all to judge by
    #[arg(long, value_name = "COLUMN", conflicts_with = "time")]
    group: Option<String>,
    /// Judge by the latest rows by this column, of dates or numbers, and go forward in time in all folds
    #[arg(long, value_name = "COLUMN")]
    time: Option<String>,
    /// Compare models in so many folds, or not at all with 0; 5 if not given, fewer for few rows, and for more than 20,000
    /// training rows one look at half of the validation rows instead, by which no network then stops
    #[arg(long, value_name = "COUNT", allow_negative_numbers = true)]
    folds: Option<usize>,
    /// How much each row counts in training, by this column, which is not learned from
    #[arg(long, value_name = "COLUMN")]
    weights: Option<String>,
    /// How much each class counts in training: `balanced` as much as any other, however many rows it has
    #[arg(long, value_name = "WEIGHTS", value_parser = ["balanced", "none"])]
    class_weights: Option<String>,
    /// The penalty of ridge and logistic, as scikit-learn has it (for logistic 1 / C); 1 if not given
    #[arg(long, value_name = "PENALTY", allow_negative_numbers = true)]
    alpha: Option<f64>,
    /// Widths of the hidden layers, "" for none; 64 if not given
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
    /// How the learning rate changes: constant; cosine to 0; exponential to 1 %; step to a half after each fifth of the
    /// epochs; plateau to a half where the validation loss stands still
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(ScheduleName::ALL.map(ScheduleName::name)))]
    schedule: Option<String>,
    /// Rows per step; 32, or 256 for more than 10,000 training rows, if not given
    #[arg(long, value_name = "ROWS")]
    batch_size: Option<usize>,
    /// The most passes over the training rows; 500 if not given
    #[arg(long, value_name = "COUNT")]
    epochs: Option<usize>,
    /// Stop after so many epochs without a better validation loss; 50 if not given
    #[arg(long, value_name = "EPOCHS")]
    patience: Option<usize>,
    /// Penalty on the absolute weights of a network: this times their sum is added to the loss
    #[arg(long, value_name = "PENALTY", allow_negative_numbers = true)]
    l1: Option<f64>,
    /// Penalty on the squared weights of a network: this times their sum is added to the loss
    #[arg(long, value_name = "PENALTY", allow_negative_numbers = true)]
    l2: Option<f64>,
    /// Share of the hidden neurons that are left out of each step
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    dropout: Option<f64>,
    /// Shorten gradients to this norm where they are longer
    #[arg(long, value_name = "NORM", allow_negative_numbers = true)]
    clip: Option<f64>,
    /// Try so many random configurations of the network (widths, rate, nonlinearity, L2, dropout), the first as the other
    /// options say, on the training rows, and keep the best
    #[arg(long, value_name = "COUNT", allow_negative_numbers = true)]
    search: Option<usize>,
    /// How often the intervals and sets of `predict` should hold the truth
    #[arg(long, value_name = "SHARE", default_value_t = 0.9, allow_negative_numbers = true)]
    coverage: f64,
    /// Seed of everything random; the same seed gives the same model file
    #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
    seed: u64,
    /// Where the model goes
    #[arg(long, value_name = "FILE", default_value = "model.safetensors")]
    out: PathBuf,
    /// Where the report goes, a page of HTML
    #[arg(
        long,
        value_name = "FILE",
        default_value = "report.html",
        conflicts_with = "no_report"
    )]
    report: PathBuf,
    /// Write no report; `chainrule report` makes it from the model at any time
    #[arg(long)]
    no_report: bool,
    /// Where a picture of a network's losses goes, if one is wanted beside the report
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,
    #[command(flatten)]
    resume: Resume,
    /// Take flags from this file, `epochs = 100` for --epochs 100; those of the command line win
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where the flags of this run go, for --config; beside the model (its name and .toml) if not given
    #[arg(long, value_name = "FILE")]
    write_config: Option<PathBuf>,
    /// Keep no rows in the model file. Otherwise it holds the cells of up to 24 test rows, without the target, so that exports
    /// of the model can be checked
    #[arg(long)]
    no_examples: bool,
    /// Print one JSON object instead of text
    #[arg(long)]
    json: bool,
}

/// The word for a choice of the model by cross-validation.
const AUTO: &str = "auto";

/// Widths of hidden layers.
#[derive(Clone, Debug)]
pub struct Widths(Vec<usize>);

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
    /// Does it; `used` are the flags of this run as a file.
    pub fn run(self, used: Option<String>) -> Result<(), Failure> {
        if self.target.is_empty() {
            return Err(no_target(&input::table(&self.data, &Reader::new().without_text())?));
        }
        let mut options = self.options()?;
        let reader = Reader::new().columns(&options.column_types()).without_text();
        let report = (!self.no_report).then_some(&self.report);
        let checkpoint = self.resume.checkpoint(&self.out)?;
        let checkpoint_place = checkpoint.as_ref().map(|checkpoint| checkpoint.path().to_path_buf());
        let config = self.config_place();
        check_places(&[
            ("the table", Some(&self.data), Use::Read),
            ("the configuration", self.config.as_ref(), Use::Read),
            ("the model", Some(&self.out), Use::Write),
            ("the report", report, Use::Write),
            ("the picture", self.picture.as_ref(), Use::Write),
            ("the checkpoint", checkpoint_place.as_ref(), Use::Write),
            ("the configuration", config.as_ref(), Use::Write),
        ])?;
        let start = Instant::now();
        if let Some(checkpoint) = &checkpoint {
            self.resume.tell(checkpoint)?;
        }
        let passed = Arc::default();
        let reader = reader.counting(Arc::clone(&passed));
        let bar = progress::reading(&self.data, passed);
        let table = input::table(&self.data, &reader).inspect_err(|_| bar.finish_and_clear());
        let table = table.map_err(|failure| self.columns.explained(failure))?;
        options.targets = targets(&table, options.targets);
        let interrupt = Interrupt::watch();
        let fitted = fit_with_checkpoint(&table, &options, checkpoint.as_ref(), |progress| {
            progress::show(&bar, progress);
            match interrupt.is_asked() {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        });
        bar.finish_and_clear();
        let mut fitted = fitted?;
        if self.no_examples {
            fitted.model.forget_examples();
        }
        fitted.model.save(&self.out)?;
        let config = config.zip(used);
        if let Some((path, used)) = &config {
            write_file(path, |out| out.write_all(used.as_bytes()))?;
        }
        match &checkpoint {
            Some(checkpoint) if fitted.stopped => say(&format!(
                "note: training was stopped; the same command with --resume goes on from {}",
                checkpoint.path().display()
            )),
            Some(checkpoint) => checkpoint.remove()?,
            None => {}
        }
        if let Some(why) = &fitted.no_checkpoint {
            say(&format!("note: there was no checkpoint: {why}"));
        }
        let record = fitted.model.record();
        // There is no course to draw when a linear model was chosen.
        let picture = self.picture.as_ref().filter(|_| !record.kind.is_linear());
        if let Some(path) = picture {
            let losses = fitted.model.loss_picture();
            write_file(path, |out| out.write_all(losses.svg().as_bytes()))?;
        }
        if let Some(path) = report {
            let origin = Origin {
                model: Some(self.out.display().to_string()),
                command: Some(as_typed()),
            };
            let page = chainrule_report::report(&fitted.model, &origin);
            write_file(path, |out| out.write_all(page.as_bytes()))?;
        }

        let seconds = start.elapsed().as_secs_f64();
        let epochs = record.history.len();
        if self.json {
            let path = self.out.display().to_string();
            let mut object = judgement_json(&fitted.judgement, epochs, seconds, &path);
            object["model_kind"] = record.kind.name().into();
            object["stopped"] = fitted.stopped.into();
            if let Some(comparison) = &record.comparison {
                (object["models"], object["comparison"]) = comparison_json(comparison);
            }
            object["format"] = table.format().to_string().into();
            object["columns"] = decisions_json(&fitted.model);
            if !record.search.is_empty() {
                object["search"] = search_json(&record.search);
            }
            if let Some(coefficients) = fitted.model.coefficients() {
                (object["coefficients"], object["intercept"]) = coefficients_json(&fitted.model, &coefficients);
            }
            return print_json(&object);
        }
        notes_and_warnings(&fitted.judgement);
        if is_quiet() {
            return Ok(());
        }
        let config = config.as_ref().map(|(path, _)| path);
        let written: Vec<String> = [Some(&self.out), report, picture, config]
            .into_iter()
            .flatten()
            .map(|path| path.display().to_string())
            .collect();
        let written = written.join(", ");
        let told = self.told(&table, &fitted.model);
        print(&format!("{told}\nSaved {written} in {seconds:.1} s\n"))
    }

    /// Where the flags of this run go; nowhere when they would replace those that were taken.
    fn config_place(&self) -> Option<PathBuf> {
        let beside = || {
            let mut name = self.out.clone().into_os_string();
            name.push(".toml");
            let place = PathBuf::from(name);
            let taken = self.config.as_ref().is_some_and(|taken| real(taken) == real(&place));
            (is_plain(&self.out) && !taken).then_some(place)
        };
        self.write_config.clone().or_else(beside)
    }

    /// What was chosen, with the defaults of what was not.
    fn options(&self) -> Result<Options, Failure> {
        let mut kinds = ModelKind::ALL.into_iter();
        let model = kinds.find(|kind| kind.name() == self.model);
        let of_networks = [
            ("--hidden", self.hidden.is_some()),
            ("--activation", self.activation.is_some()),
            ("--optimizer", self.optimizer.is_some()),
            ("--learning-rate", self.learning_rate.is_some()),
            ("--batch-size", self.batch_size.is_some()),
            ("--epochs", self.epochs.is_some()),
            ("--patience", self.patience.is_some()),
            ("--schedule", self.schedule.is_some()),
            ("--l1", self.l1.is_some()),
            ("--l2", self.l2.is_some()),
            ("--dropout", self.dropout.is_some()),
            ("--clip", self.clip.is_some()),
            ("--search", self.search.is_some()),
            ("--picture", self.picture.is_some()),
        ];
        let given = of_networks.iter().find(|(_, given)| *given);
        if let (Some((option, _)), true) = (given, model.is_some_and(ModelKind::is_linear)) {
            return Err(Failure::Arguments(format!(
                "{option} is for networks; leave it out with --model {}, or use --model mlp",
                self.model
            )));
        }
        let defaults = NetworkOptions::default();
        let schedule = ScheduleName::ALL
            .into_iter()
            .find(|schedule| self.schedule.as_deref() == Some(schedule.name()));
        Ok(Options {
            task: Task::ALL
                .into_iter()
                .find(|task| self.task.as_deref() == Some(task.name())),
            columns: self.columns.types()?,
            model,
            division: match (&self.group, &self.time) {
                (Some(group), _) => DivideBy::Group(group.clone()),
                (None, Some(time)) => DivideBy::Time(time.clone()),
                (None, None) => DivideBy::Chance,
            },
            folds: self.folds,
            weights: self.weights.clone(),
            balanced: self.class_weights.as_deref() == Some("balanced"),
            linear: LinearOptions { alpha: self.alpha },
            network: NetworkOptions {
                hidden: self.hidden.clone().map_or(defaults.hidden, |widths| widths.0),
                activation: self.activation.clone().unwrap_or(defaults.activation),
                optimizer: self.optimizer.clone().unwrap_or(defaults.optimizer),
                learning_rate: self.learning_rate,
                schedule: schedule.unwrap_or_default(),
                batch_size: self.batch_size,
                epochs: self.epochs.unwrap_or(defaults.epochs),
                patience: self.patience.unwrap_or(defaults.patience),
                l1: self.l1.unwrap_or_default(),
                l2: self.l2.unwrap_or_default(),
                dropout: self.dropout.unwrap_or_default(),
                clip: self.clip,
                search: self.search.unwrap_or_default(),
            },
            coverage: self.coverage,
            seed: self.seed,
            ..Options::of(&self.target)
        })
    }

    fn told(&self, table: &Table, model: &Model) -> String {
        let record = model.record();
        let rows = &record.judgement.rows;
        let parts = match record.kind.is_linear() {
            true => format!("{} to train, {} to test", rows.train, rows.test),
            false => {
                let compared = match rows.compared {
                    0 => String::new(),
                    rows => format!("{rows} to compare models by, "),
                };
                let (train, validation, test) = (rows.train, rows.validation, rows.test);
                format!("{train} to train, {validation} to validate, {compared}{test} to test")
            }
        };
        let mut text = format!(
            "{}\n  {}\n  {}, {} {} ({})\n  {parts} (seed {})\n  {}\n  {}\n\n{}\n{}",
            bold(&printable(table.name())),
            table.format(),
            count(table.rows(), "row", "rows"),
            match record.options.targets.len() {
                1 => "target",
                _ => "targets",
            },
            printable(&record.options.target_names()),
            record.judgement.task.name(),
            self.seed,
            model.network(),
            match record.kind.is_linear() {
                true => method(record),
                false => course(model),
            },
            decisions_text(model),
            judgement_text(&record.judgement),
        );
        if !record.search.is_empty() {
            text.push_str(&format!("\n{}", search_text(&record.search)));
        }
        if let Some(comparison) = &record.comparison {
            text.push_str(&format!("\n{}", comparison_text(comparison, rows.test)));
        }
        if let Some(coefficients) = model.coefficients() {
            text.push_str(&coefficients_text(model, &coefficients));
        }
        text
    }
}

/// How a network was trained, and why that ended.
fn course(model: &Model) -> String {
    let record = model.record();
    let options = &record.options.network;
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
    format!("{}; {stopped}", method(record))
}
