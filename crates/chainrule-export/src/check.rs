//! A graph beside the model it came from: the same rows must give the same answers.

use std::collections::BTreeMap;

use chainrule_learn::{Model, Prediction, Target};
use chainrule_table::{Encoder, Encoding, Rows, Table, Values, date_text, message::number};

use crate::error::{Error, Result};
use crate::evaluate::evaluate;
use crate::graph::{Data, Graph, Tensor};

/// How many rows are made up, beside the test rows that the model file holds.
const MADE_UP: usize = 64;
/// The largest difference that is rounding: sums go in another order elsewhere.
const ROUNDING: f64 = 1e-9;
/// The same where a part is computed in 32 bits.
const ROUNDING_32: f64 = 1e-5;

/// What was found when an exported graph was compared with the model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Check {
    /// Test rows that the model file holds.
    pub test_rows: usize,
    /// Rows that were made up of the columns' values, missing and unknown ones among them.
    pub made_up_rows: usize,
    /// The largest difference of a probability, or of a number in standard deviations of the training rows.
    pub largest_difference: f64,
}

/// Computes the graph for test rows and made-up rows, and refuses it when its answers are not the model's.
pub(crate) fn check(model: &Model, graph: &Graph) -> Result<Check> {
    let stored = model.examples().to_vec();
    let made_up: Vec<Vec<String>> = (0..MADE_UP).map(|row| made_up(model.encoder(), row)).collect();
    let mut check = Check {
        test_rows: stored.len(),
        made_up_rows: 0,
        largest_difference: 0.0,
    };
    for rows in [stored, made_up] {
        // Made-up rows may lie so far out that there is no answer; those of the file never do.
        let Some((table, answers)) = answered(model, &rows)? else {
            continue;
        };
        if rows.len() == MADE_UP {
            check.made_up_rows = MADE_UP;
        }
        let outputs = evaluate(graph, feeds(&table))?;
        check.largest_difference = check
            .largest_difference
            .max(difference(model, &answers, &outputs, graph)?);
    }
    let erf = graph.nodes.iter().any(|node| node.op == crate::graph::Op::Erf);
    let most = if erf { ROUNDING_32 } else { ROUNDING };
    match check.largest_difference <= most {
        true => Ok(check),
        false => Err(Error::new(format!(
            "the exported graph differs from the model by {}, more than {most}; it was not written. This is a mistake of ours: \
             please report it with the model file",
            number(check.largest_difference)
        ))),
    }
}

fn answered(model: &Model, rows: &[Vec<String>]) -> Result<Option<(Table, Prediction)>> {
    if rows.is_empty() {
        return Ok(None);
    }
    let names: Vec<String> = model
        .encoder()
        .features()
        .iter()
        .map(|feature| feature.name.clone())
        .collect();
    let mut reader = Rows::new(model.encoder(), "the stored test rows", &names, 1)?;
    for (place, row) in rows.iter().enumerate() {
        if row.len() != names.len() {
            return Err(Error::new("the model's test rows are damaged; train the model again"));
        }
        reader.push(place + 1, row.iter().map(String::as_str));
    }
    let table = reader.take()?;
    let answers = model.predict(&table)?;
    Ok(Some((table, answers)))
}

/// Texts for a row of every column: known values in turn, and now and then one that is missing, rare or unknown.
fn made_up(encoder: &Encoder, row: usize) -> Vec<String> {
    let cell = |(place, encoding): (usize, &Encoding)| {
        // Another order for each column, so that not all of them are missing in the same row.
        let turn = row * (2 * place + 1) + place;
        let missing = (turn + row).is_multiple_of(9);
        let spread = (turn % 7) as f64 - 3.0;
        match encoding {
            _ if missing => String::new(),
            Encoding::Number { scale, .. } => number(scale.mean + 0.61 * spread * scale.standard_deviation),
            Encoding::Date { days, .. } => {
                // Between the years 1 and 9999, which a text can say.
                let day = days.mean + 0.61 * spread * days.standard_deviation;
                date_text(((day * 24.0).round() / 24.0).clamp(-719_000.0, 2_932_000.0))
            }
            Encoding::Category { names, rare, .. } => {
                let all: Vec<&String> = names.iter().chain(rare).collect();
                let unknown = " unknown ".trim().to_string();
                all.get(turn % (all.len() + 1)).map_or(unknown, |name| name.to_string())
            }
        }
    };
    let encodings = encoder.features().iter().map(|feature| &feature.encoding);
    encodings.enumerate().map(cell).collect()
}

/// The columns of a table as a graph takes them.
fn feeds(table: &Table) -> BTreeMap<String, Tensor> {
    let rows = table.rows();
    let feed = |column: &chainrule_table::Column| {
        let data = match &column.values {
            Values::Numbers { values, .. } => Data::Numbers(values.clone()),
            Values::Categories { names, codes } => {
                let text = |code: &u32| names.get(*code as usize).cloned().unwrap_or_default();
                Data::Texts(codes.iter().map(text).collect())
            }
            _ => Data::Numbers(vec![f64::NAN; rows]),
        };
        let columns = 1;
        (column.name.clone(), Tensor { rows, columns, data })
    };
    table.columns().iter().map(feed).collect()
}

/// The largest difference between the model's answers and the graph's.
fn difference(model: &Model, answers: &Prediction, outputs: &BTreeMap<String, Tensor>, graph: &Graph) -> Result<f64> {
    let missing = || Error::new("the exported graph lacks an output");
    let output = |place: usize| {
        let port = graph.outputs.get(place).ok_or_else(missing)?;
        outputs.get(&port.name).ok_or_else(missing)
    };
    match (answers, model.target()) {
        (Prediction::Numbers(targets), Target::Numbers(scales)) => {
            let mut largest: f64 = 0.0;
            for (place, (expected, scale)) in targets.iter().zip(scales).enumerate() {
                let unit = scale.standard_deviation.abs().max(f64::MIN_POSITIVE);
                largest = largest.max(apart(expected, output(place)?, unit)?);
            }
            Ok(largest)
        }
        (Prediction::Classes { names, probabilities }, _) => {
            let Data::Texts(labels) = &output(0)?.data else {
                return Err(missing());
            };
            for (row, label) in labels.iter().enumerate() {
                let own = answers.text(row);
                let probability = |class: &str| {
                    let place = names.iter().position(|name| name == class)?;
                    answers.probabilities(row)?.get(place).copied()
                };
                // Of two classes that are equally likely either may be named.
                let tie = probability(label)
                    .zip(probability(&own))
                    .is_some_and(|(a, b)| (a - b).abs() < ROUNDING_32);
                if *label != own && !tie {
                    return Ok(f64::INFINITY);
                }
            }
            apart(probabilities, output(1)?, 1.0)
        }
        _ => Err(Error::new("the model's target is damaged; train the model again")),
    }
}

/// The largest difference between numbers that were expected and those of an output, in a unit.
fn apart(expected: &[f64], found: &Tensor, unit: f64) -> Result<f64> {
    let Data::Numbers(found) = &found.data else {
        return Err(Error::new("the exported graph lacks an output"));
    };
    if found.len() != expected.len() {
        return Ok(f64::INFINITY);
    }
    let differences = found.iter().zip(expected).map(|(a, b)| match a.is_finite() {
        true => (a - b).abs() / unit,
        false => f64::INFINITY,
    });
    Ok(differences.fold(0.0, f64::max))
}
