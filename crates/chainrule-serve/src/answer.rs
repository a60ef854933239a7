//! From the bytes of a request to the model's answers.

use axum::http::StatusCode;
use chainrule_learn::{Model, Prediction};
use chainrule_table::{Blocks, Reading, Rows, Table, Unseen};
use serde_json::{Map, Value, json};

use crate::json_rows::{Sink, TOO_MANY};
use crate::limits::Limits;
use crate::problem::Problem;

/// How the rows of a request are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Json,
    Csv,
}

impl Kind {
    /// What the numbers of rows in messages count.
    fn place(self) -> &'static str {
        match self {
            Kind::Json => "row",
            Kind::Csv => "line",
        }
    }
}

/// The model's answers for the rows of a request.
pub(crate) fn answer(model: &Model, limits: &Limits, kind: Kind, body: &[u8]) -> Result<String, Problem> {
    let mut answers = Answers {
        model,
        predictions: Vec::new(),
        unseen: Vec::new(),
        readings: Vec::new(),
    };
    match kind {
        Kind::Json => answers.json(limits, body)?,
        Kind::Csv => answers.csv(limits, body)?,
    }
    let read = answers.readings.iter().map(note_of_reading);
    let notes: Vec<Value> = read.chain(answers.unseen.iter().map(note)).collect();
    Ok(json!({"predictions": answers.predictions, "notes": notes}).to_string())
}

struct Answers<'a> {
    model: &'a Model,
    predictions: Vec<Value>,
    unseen: Vec<Unseen>,
    /// Cells that were read in a way that one should know of.
    readings: Vec<Reading>,
}

fn too_many_rows(most: usize) -> Problem {
    let detail = format!("the request has more than {most} rows; send fewer at a time");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
}

/// What is wrong with cells, or with a text that is no table.
fn refused(error: &chainrule_table::Error, kind: Kind) -> Problem {
    match error.faults() {
        [] if kind == Kind::Csv => Problem::new(StatusCode::BAD_REQUEST, error.to_string()),
        [] => Problem::new(StatusCode::UNPROCESSABLE_ENTITY, error.to_string()),
        faults => Problem::faults("cells cannot be understood as in training", kind.place(), faults),
    }
}

impl Answers<'_> {
    fn json(&mut self, limits: &Limits, body: &[u8]) -> Result<(), Problem> {
        let encoder = self.model.encoder();
        let columns: Vec<String> = encoder.features().iter().map(|feature| feature.name.clone()).collect();
        let rows = Rows::new(encoder, "the request", &columns, limits.faults);
        let rows = rows.map_err(|error| refused(&error, Kind::Json))?;
        let mut sink = Sink::new(rows, &columns, limits.rows, limits.faults);
        sink.read(body).map_err(|error| match error.to_string() {
            message if message.starts_with(TOO_MANY) => too_many_rows(limits.rows),
            message => {
                let looks_like_json = body.trim_ascii_start().first().is_none_or(|byte| b"{[".contains(byte));
                let hint = if looks_like_json {
                    ""
                } else {
                    "; to send CSV, say Content-Type: text/csv"
                };
                let detail = format!("the body is not the JSON that is expected: {message}{hint}");
                Problem::new(StatusCode::BAD_REQUEST, detail)
            }
        })?;
        let mut faults = std::mem::take(&mut sink.faults);
        let table = match sink.rows.rows() {
            0 if faults.is_empty() => return Ok(()),
            _ => sink.rows.take(),
        };
        self.readings = sink.rows.readings();
        match table {
            Ok(table) if faults.is_empty() => self.add(&table),
            Ok(_) => Err(Problem::faults("rows are not whole", "row", &faults)),
            Err(error) if error.faults().is_empty() => Err(refused(&error, Kind::Json)),
            Err(error) => {
                faults.extend_from_slice(error.faults());
                faults.sort_by_key(|fault| fault.line);
                faults.truncate(limits.faults);
                Err(Problem::faults(
                    "cells cannot be understood as in training",
                    "row",
                    &faults,
                ))
            }
        }
    }

    fn csv(&mut self, limits: &Limits, body: &[u8]) -> Result<(), Problem> {
        let encoder = self.model.encoder();
        let blocks = Blocks::with_faults(encoder, "the body", body, limits.faults);
        let mut blocks = blocks.map_err(|error| refused(&error, Kind::Csv))?;
        let mut rows = 0;
        while let Some(table) = blocks.next().map_err(|error| refused(&error, Kind::Csv))? {
            rows += table.rows();
            if rows > limits.rows {
                return Err(too_many_rows(limits.rows));
            }
            self.add(&table)?;
        }
        self.readings = blocks.readings();
        Ok(())
    }

    fn add(&mut self, table: &Table) -> Result<(), Problem> {
        let (prediction, unseen) = (self.model.predict_and_count(table))
            .map_err(|error| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, error.to_string()))?;
        self.model.encoder().add_unseen(&mut self.unseen, unseen);
        let conformal = self.model.conformal();
        match &prediction {
            Prediction::Numbers(targets) => {
                let names = self.model.targets();
                for row in 0..prediction.rows() {
                    let own: Vec<f64> = targets.iter().filter_map(|numbers| numbers.get(row).copied()).collect();
                    let mut answer = json!({"prediction": by_target(names, own.iter().map(|number| json!(number)))});
                    if !conformal.is_empty() {
                        let ends = conformal
                            .iter()
                            .zip(&own)
                            .map(|(conformal, number)| conformal.interval(*number));
                        answer["interval"] = by_target(names, ends.map(|(low, high)| json!([low, high])));
                    }
                    self.predictions.push(answer);
                }
            }
            Prediction::Classes { names, .. } => {
                for row in 0..prediction.rows() {
                    let probabilities = prediction.probabilities(row).unwrap_or_default();
                    let named = names.iter().cloned().zip(probabilities.iter().map(|p| json!(p)));
                    let named: Map<String, Value> = named.collect();
                    let mut answer = json!({"label": prediction.text(row), "probabilities": named});
                    if let Some(set) = conformal.first().map(|conformal| conformal.set(probabilities)) {
                        let held: Vec<&String> = set.iter().filter_map(|class| names.get(*class)).collect();
                        answer["set"] = json!(held);
                    }
                    self.predictions.push(answer);
                }
            }
        }
        Ok(())
    }
}

/// Cells that were read in a way that one should know of.
fn note_of_reading(reading: &Reading) -> Value {
    json!({
        "column": reading.column,
        "cells": reading.cells,
        "what": reading.oddity.what(),
        "counts_as": reading.counts_as,
        reading.place: reading.line,
        "value": reading.example,
    })
}

/// What each target has: of one that itself, of several an object by name.
pub(crate) fn by_target(names: &[String], mut each: impl Iterator<Item = Value>) -> Value {
    match names {
        [_] => each.next().unwrap_or_default(),
        several => Value::Object(several.iter().cloned().zip(each).collect()),
    }
}

/// Cells that hold what no training row had.
fn note(unseen: &Unseen) -> Value {
    let what = match unseen.what {
        "" => "missing, but no cell was in training".to_string(),
        what => format!("{what} that no training row has"),
    };
    let mut note = json!({
        "column": unseen.column,
        "cells": unseen.cells,
        "what": what,
        "counts_as": unseen.counts_as,
        unseen.place: unseen.line,
    });
    if !unseen.what.is_empty() {
        note["value"] = json!(unseen.example);
    }
    if let Some(meant) = &unseen.meant {
        note["perhaps"] = json!(meant);
    }
    note
}
