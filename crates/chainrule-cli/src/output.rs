//! What is printed: tables, figures, JSON.

use crate::{failure::Failure, judged};
use chainrule_learn::{
    Coefficients, Judgement, METRICS, Model, NetworkOptions, Record, Task, Tried, metrics::figure_of,
};
use chainrule_table::message::count;
use serde::Serialize;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    io::{IsTerminal, Write, stderr, stdout},
    sync::atomic::{AtomicBool, Ordering::Relaxed},
};

static QUIET: AtomicBool = AtomicBool::new(false);

/// From now on only errors and what was asked for are said, if so.
pub fn set_quiet(quiet: bool) {
    QUIET.store(quiet, Relaxed);
}

/// Whether only errors and what was asked for are said.
pub fn is_quiet() -> bool {
    QUIET.load(Relaxed)
}

/// Prints one JSON object and a line break.
pub fn print_json(value: &impl Serialize) -> Result<(), Failure> {
    let mut out = stdout().lock();
    serde_json::to_writer_pretty(&mut out, value)?;
    writeln!(out)?;
    out.flush()?;
    Ok(())
}

/// Says something to the person, on standard error, unless quiet is wanted; when nobody listens, that is no failure.
pub fn say(text: &str) {
    if !is_quiet() {
        complain(text);
    }
}

/// Says what went wrong, on standard error.
pub fn complain(text: &str) {
    let _ = writeln!(stderr(), "{}", printable(text));
}

/// Says what a person should know.
pub fn notes(notices: &[String]) {
    for notice in notices {
        say(&format!("note: {notice}"));
    }
}

/// Says what was noticed, and then what may be wrong.
pub fn notes_and_warnings(judgement: &Judgement) {
    notes(&judgement.notices);
    for warning in &judgement.warnings {
        say(&format!("warning: {warning}"));
    }
}

/// Text from outside without control characters, which would reach the terminal: line breaks stay.
pub fn printable(text: &str) -> String {
    let shown = |c: char| match c.is_control() && c != '\n' {
        true => c.escape_default().collect::<String>(),
        false => c.to_string(),
    };
    text.chars().map(shown).collect()
}

/// Prints text that ends with a line break.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut out = stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// Bold on a terminal, plain elsewhere or when `NO_COLOR` is set.
pub fn bold(text: &str) -> String {
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if stdout().is_terminal() && !plain {
        format!("\x1b[1m{text}\x1b[0m")
    } else {
        text.to_string()
    }
}

/// A number as JSON; null when it is not finite, which JSON cannot say.
pub fn number(x: f64) -> Value {
    json!(x.is_finite().then_some(x))
}

/// Figures of merit as JSON.
pub fn figures(figures: &BTreeMap<String, f64>) -> Value {
    let named = figures.iter().map(|(name, x)| (name.clone(), number(*x)));
    Value::Object(named.collect())
}

/// The judgement of a model as the JSON object that `fit` and `evaluate` print.
pub fn judgement_json(judgement: &Judgement, epochs: usize, seconds: f64, model: &str) -> Value {
    let rows = &judgement.rows;
    let mut object = json!({
        "task": judgement.task.name(),
        "rows": {"train": rows.train, "validation": rows.validation, "compared": rows.compared, "test": rows.test},
        "test": figures(&judgement.test),
        "baseline": figures(&judgement.baseline),
        "epochs": epochs,
        "seconds": number((seconds * 1e3).round() / 1e3),
        "model": model,
        "notices": judgement.notices,
        "warnings": judgement.warnings.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "alarms": judgement.warnings,
    });
    for (name, value) in judged::json(judgement) {
        object[name] = value;
    }
    if let Some(confusion) = &judgement.confusion {
        object["confusion"] = json!({"classes": confusion.classes, "counts": confusion.counts});
    }
    object
}

/// The judgement of a model for a person: figures beside the baseline's, and which class was taken for which.
pub fn judgement_text(judgement: &Judgement) -> String {
    let mut rows = vec![[
        format!("On {}", count(judgement.rows.test, "row", "rows")),
        "model".to_string(),
        "baseline".to_string(),
        String::new(),
    ]];
    for metric in METRICS {
        let figure = |figures: &BTreeMap<String, f64>| figures.get(metric.name).map(|x| short(*x));
        if let Some(own) = figure(&judgement.test) {
            let better = if metric.more_is_better {
                "more is better"
            } else {
                "less is better"
            };
            let baseline = figure(&judgement.baseline).unwrap_or_default();
            rows.push([
                format!("  {}", figure_of(metric.name, judgement.targets.len())),
                own,
                baseline,
                format!("{}; {better}", metric.doc),
            ]);
        }
    }
    let mut text = columns(&rows);
    if let Some(confusion) = &judgement.confusion
        && confusion.classes.len() <= 12
    {
        text.push_str("\nWhich class was taken for which (rows: truth, columns: prediction)\n");
        let names = confusion.classes.iter().map(|name| cut(name, 20));
        let mut rows = vec![[String::new()].into_iter().chain(names).collect::<Vec<_>>()];
        for (name, counts) in confusion.classes.iter().zip(&confusion.counts) {
            let counts = counts.iter().map(|count| count.to_string());
            rows.push([format!("  {}", cut(name, 20))].into_iter().chain(counts).collect());
        }
        text.push_str(&columns(&rows));
    }
    text.push_str(&judged::text(judgement));
    text
}

/// How the weights of a model were found.
pub fn method(record: &Record) -> String {
    let (kind, options) = (record.kind, &record.options);
    let mut text = match kind.is_linear() {
        true => {
            let alpha = options.linear.alpha;
            let alpha = alpha.map_or(String::new(), |alpha| format!(" with alpha {}", short(alpha)));
            format!("{}{alpha} ({})", kind.name(), kind.method())
        }
        false => network_method(&options.network),
    };
    if let Some(column) = &options.weights {
        text.push_str(&format!(", rows weighted by {}", printable(column)));
    }
    if options.balanced {
        text.push_str(", classes balanced");
    }
    text
}

fn network_method(options: &NetworkOptions) -> String {
    let mut text = format!(
        "{}, learning rate {}",
        options.optimizer,
        options.learning_rate.map_or(String::new(), short)
    );
    if options.schedule != Default::default() {
        text.push_str(&format!(" ({})", options.schedule.name()));
    }
    text.push_str(&format!(", batches of {}", options.batch_size.unwrap_or_default()));
    let more = [
        ("L1", Some(options.l1)),
        ("L2", Some(options.l2)),
        ("dropout", Some(options.dropout)),
        ("gradients clipped to", options.clip),
    ];
    for (name, value) in more {
        if let Some(value) = value.filter(|value| *value > 0.0) {
            text.push_str(&format!(", {name} {}", short(value)));
        }
    }
    text
}

/// The most configurations of a search that a person is shown.
const MOST_TRIED: usize = 5;

/// The configurations that a search tried for a person: the best of them.
pub fn search_text(tried: &[Tried]) -> String {
    let title = format!("The best of {}", count(tried.len(), "configuration", "configurations"));
    let heading = [
        "  hidden",
        "activation",
        "learning rate",
        "L2",
        "dropout",
        "epochs",
        "validation loss",
    ];
    let mut rows = vec![heading.map(String::from)];
    for Tried {
        network,
        epochs,
        validation_loss,
    } in tried.iter().take(MOST_TRIED)
    {
        let hidden: Vec<String> = network.hidden.iter().map(usize::to_string).collect();
        rows.push([
            format!("  {}", hidden.join(",")),
            printable(&network.activation),
            network.learning_rate.map_or(String::new(), short),
            short(network.l2),
            short(network.dropout),
            epochs.to_string(),
            validation_loss.map_or("diverged".to_string(), short),
        ]);
    }
    format!("{}\n{}", bold(&title), columns(&rows))
}

/// The configurations that a search tried as JSON, the best one first.
pub fn search_json(tried: &[Tried]) -> Value {
    let one = |tried: &Tried| {
        let network = &tried.network;
        json!({
            "hidden": network.hidden,
            "activation": network.activation,
            "learning_rate": network.learning_rate.map(number),
            "l2": number(network.l2),
            "dropout": number(network.dropout),
            "epochs": tried.epochs,
            "validation_loss": tried.validation_loss.map(number),
        })
    };
    Value::Array(tried.iter().map(one).collect())
}

/// The most inputs and classes whose coefficients a person is shown.
const MOST_INPUTS: usize = 30;
const MOST_CLASSES: usize = 8;

/// The coefficients of a linear model for a person; nothing when they are too many to read.
pub fn coefficients_text(model: &Model, coefficients: &Coefficients) -> String {
    let Coefficients {
        inputs,
        outputs,
        weights,
        intercepts,
    } = coefficients;
    if inputs.len() > MOST_INPUTS || outputs.len() > MOST_CLASSES {
        return "\nThe coefficients are many: `chainrule show MODEL --json` has them all\n".to_string();
    }
    let (title, names) = match model.target().task() {
        Task::Regression => (
            format!(
                "What one unit more adds to {}",
                match outputs.len() {
                    1 => printable(&model.record().options.target_names()),
                    _ => "each target".to_string(),
                }
            ),
            match outputs.len() {
                1 => vec!["coefficient".to_string()],
                _ => outputs.iter().map(|name| cut(name, 20)).collect(),
            },
        ),
        Task::Classification => (
            "What one unit more adds to the logit of each class".to_string(),
            outputs.iter().map(|name| cut(name, 20)).collect(),
        ),
    };
    let row = |name: String, numbers: Vec<f64>| {
        let cells = numbers.into_iter().map(short);
        [name].into_iter().chain(cells).collect::<Vec<String>>()
    };
    let mut rows = vec![[String::new()].into_iter().chain(names).collect()];
    for (input, name) in inputs.iter().enumerate() {
        let numbers = weights.iter().filter_map(|weights| weights.get(input).copied());
        rows.push(row(format!("  {}", cut(name, 40)), numbers.collect()));
    }
    rows.push(row("  intercept".to_string(), intercepts.clone()));
    format!("\n{}\n{}", bold(&title), columns(&rows))
}

/// The coefficients and the intercept of a linear model as JSON: by input, and for classes or several targets by these first.
pub fn coefficients_json(model: &Model, coefficients: &Coefficients) -> (Value, Value) {
    let weights = coefficients.weights.iter().map(|weights| {
        let named = coefficients
            .inputs
            .iter()
            .cloned()
            .zip(weights.iter().map(|x| number(*x)));
        Value::Object(named.collect())
    });
    let intercepts = coefficients.intercepts.iter().map(|x| number(*x));
    match (model.target().task(), coefficients.outputs.len()) {
        (Task::Regression, 1) => {
            let first = |mut values: Vec<Value>| values.drain(..).next().unwrap_or_default();
            (first(weights.collect()), first(intercepts.collect()))
        }
        _ => {
            let names = || coefficients.outputs.iter().cloned();
            let (weights, intercepts) = (names().zip(weights), names().zip(intercepts));
            (Value::Object(weights.collect()), Value::Object(intercepts.collect()))
        }
    }
}

/// The most targets that a person is shown.
pub const MOST_TARGETS: usize = 20;

/// How many targets a person is not shown.
pub fn more_targets(targets: usize) -> String {
    match targets.saturating_sub(MOST_TARGETS) {
        0 => String::new(),
        more => format!(
            "  and {}: `--json` has them all\n",
            count(more, "more target", "more targets")
        ),
    }
}

/// A number in four digits.
pub fn short(x: f64) -> String {
    chainrule_picture::number::brief(x)
}

/// Text in lines of at most 100 characters, the first and the others indented.
pub fn wrapped(text: &str, first: &str, others: &str) -> String {
    let (mut lines, mut line) = (String::new(), first.to_string());
    let mut begun = false;
    for word in text.split_whitespace() {
        if begun && line.chars().count() + 1 + word.chars().count() > 100 {
            lines.push_str(&line);
            lines.push('\n');
            line = others.to_string();
            begun = false;
        }
        if begun {
            line.push(' ');
        }
        line.push_str(word);
        begun = true;
    }
    lines + &line + "\n"
}

/// Cells under each other: columns of numbers to the right, others to the left. The first row may be a heading.
pub fn columns<R: AsRef<[String]>>(rows: &[R]) -> String {
    let cells = |column: usize| rows.iter().filter_map(move |row| row.as_ref().get(column));
    let count = rows.first().map_or(0, |row| row.as_ref().len());
    let is_number = |cell: &String| cell.is_empty() || cell.parse::<f64>().is_ok();
    let layout: Vec<(usize, bool)> = (0..count)
        .map(|column| {
            let width = cells(column).map(|cell| cell.chars().count()).max().unwrap_or(0);
            (width, cells(column).skip(1).all(is_number))
        })
        .collect();
    let mut text = String::new();
    for row in rows {
        let padded = row
            .as_ref()
            .iter()
            .zip(&layout)
            .map(|(cell, &(width, numbers))| match numbers {
                true => format!("{cell:>width$}"),
                false => format!("{cell:<width$}"),
            });
        text.push_str(padded.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}

/// Text of at most so many characters, fit for a terminal.
pub fn cut(text: &str, most: usize) -> String {
    let text = &printable(text);
    match text.chars().count() > most {
        true => text.chars().take(most - 1).chain(['…']).collect(),
        false => text.to_string(),
    }
}
