//! `chainrule show`: what is inside a model file.

use crate::{
    compared::comparison_text,
    failure::Failure,
    input,
    output::{
        bold, coefficients_json, coefficients_text, columns, judgement_text, method, print, print_json, printable,
        short,
    },
    places::{Use, check_places},
};
use chainrule_learn::{Model, Target, write_file};
use chainrule_table::message::count;
use serde_json::json;
use std::path::PathBuf;

/// Show what is inside a model: layers, parameters, preprocessing, history
#[derive(clap::Args)]
#[command(after_help = "Examples:
  chainrule show model.safetensors
  chainrule show model.safetensors --picture network.svg")]
pub struct Arguments {
    /// The model that `chainrule fit` saved
    model: PathBuf,
    /// Draw the network with its weights
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,
    /// Print one JSON object instead of text
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub fn run(self) -> Result<(), Failure> {
        check_places(&[
            ("the model", Some(&self.model), Use::Read),
            ("the picture", self.picture.as_ref(), Use::Write),
        ])?;
        let model = input::model(&self.model, None)?;
        if let Some(path) = &self.picture {
            let picture = model.network_picture();
            write_file(path, |out| out.write_all(picture.svg().as_bytes()))?;
        }
        if self.json {
            let mut object = json!({
                "network": model.network().to_string(),
                "parameters": model.parameters().iter().map(|(name, value)| json!({
                    "name": name,
                    "shape": value.shape().sizes(),
                })).collect::<Vec<_>>(),
                "encoder": model.encoder(),
                "target": model.target(),
                "record": model.record(),
                "model_kind": model.record().kind.name(),
            });
            if let Some(coefficients) = model.coefficients() {
                (object["coefficients"], object["intercept"]) = coefficients_json(&model, &coefficients);
            }
            return print_json(&object);
        }
        print(&told(&model))
    }
}

/// What there is to say of a model.
pub fn told(model: &Model) -> String {
    let record = model.record();
    let options = &record.options;
    let mut text = format!(
        "{}\n  trained on {} by chainrule {}, seed {}, {}\n",
        bold(&model.network().to_string()),
        printable(&record.data),
        record.version,
        options.seed,
        method(record),
    );
    let shape = |sizes: &[u32]| sizes.iter().map(u32::to_string).collect::<Vec<_>>().join(" × ");
    let mut rows = vec![["parameter", "shape", "smallest", "mean", "largest"].map(String::from)];
    for (name, value) in model.parameters() {
        let numbers = value.data();
        rows.push([
            format!("  {name}"),
            shape(value.shape().sizes()),
            short(numbers.iter().copied().fold(f64::INFINITY, f64::min)),
            short(numbers.iter().sum::<f64>() / numbers.len() as f64),
            short(numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max)),
        ]);
    }
    text.push_str(&format!("\n{}", columns(&rows)));

    text.push_str(&format!("\n{}\n", bold("what goes in")));
    for feature in model.encoder().features() {
        let asked = if feature.asked.is_some() { " (as asked)" } else { "" };
        text.push_str(&format!(
            "  {}: {}{asked}\n",
            printable(&feature.name),
            printable(&feature.encoding.to_string())
        ));
    }
    for column in model.encoder().left_out() {
        text.push_str(&format!(
            "  {}: left out, {}\n",
            printable(&column.name),
            printable(&column.why)
        ));
    }
    text.push_str(&format!("\n{}\n", bold("what comes out")));
    text.push_str(&match model.target() {
        Target::Numbers(scales) => {
            let each = options.targets.iter().zip(scales).map(|(target, scale)| {
                format!(
                    "  {}: a number, standardized with mean {} and standard deviation {}\n",
                    printable(target),
                    short(scale.mean),
                    short(scale.standard_deviation)
                )
            });
            each.collect()
        }
        Target::Classes { names, shares } => {
            let shares = shares.iter().map(|share| format!("{:.1} %", share * 100.0));
            let classes: Vec<_> = names
                .iter()
                .zip(shares)
                .map(|(name, share)| format!("{} ({share})", printable(name)))
                .collect();
            format!(
                "  {}: one of {}\n",
                printable(&options.target_names()),
                classes.join(", ")
            )
        }
    });

    if let Some(coefficients) = model.coefficients() {
        text.push_str(&coefficients_text(model, &coefficients));
    }
    if !record.history.is_empty() {
        text.push_str(&history(model));
    }
    let rows = &record.judgement.rows;
    text.push_str(&format!(
        "\n{} on {} after training on {}{}\n{}",
        bold("judged"),
        count(rows.test, "row", "rows"),
        rows.train,
        match rows.validation {
            0 => String::new(),
            validation => format!(" and stopping by {validation}"),
        },
        judgement_text(&record.judgement)
    ));
    if let Some(comparison) = &record.comparison {
        text.push_str(&format!("\n{}", comparison_text(comparison, rows.test)));
    }
    for notice in &record.judgement.notices {
        text.push_str(&format!("note: {}\n", printable(notice)));
    }
    for warning in &record.judgement.warnings {
        text.push_str(&format!("warning: {}\n", printable(&warning.to_string())));
    }
    text
}

/// The losses of some epochs.
fn history(model: &Model) -> String {
    let record = model.record();
    let mut text = format!("\n{}\n", bold("history"));
    let mut rows = vec![["epoch", "training loss", "validation loss", ""].map(String::from)];
    let last = record.history.len();
    for epoch in &record.history {
        let best = epoch.number == record.best_epoch;
        if best || epoch.number == 1 || epoch.number == last || epoch.number % last.div_ceil(10).max(1) == 0 {
            rows.push([
                format!("  {}", epoch.number),
                short(epoch.train_loss),
                short(epoch.validation_loss),
                if best {
                    "best: these weights".to_string()
                } else {
                    String::new()
                },
            ]);
        }
    }
    text.push_str(&columns(&rows));
    text
}
