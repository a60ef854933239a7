//! Learning an encoder from the training rows.

use std::collections::HashSet;

use crate::column::{MISSING, NumberKind, Values};
use crate::encode::{Encoder, Encoding, Feature};
use crate::error::{Error, Result};
use crate::message;
use crate::message::{count, quoted};
use crate::table::Table;

/// A category column with no more different values than this is never taken for an identifier.
const FEW_CATEGORIES: usize = 20;
/// A category column with more different values than this would make more inputs than it is worth.
const MOST_CATEGORIES: usize = 1000;

impl Encoder {
    /// Learns how to encode the columns `features` from the given rows of a table.
    ///
    /// Columns that cannot help are left out, each with one of the [`Encoder::notes`]: those with one value only, or none,
    /// and category columns that look like an identifier or free text (more than 20 different values, and more than half
    /// of the values different).
    ///
    /// # Errors
    /// When a column does not exist or is named twice, when there are no rows, or when no column is left.
    pub fn fit(table: &Table, features: &[&str], rows: &[usize]) -> Result<Encoder> {
        if rows.is_empty() {
            return Err(Error::request("there are no training rows to learn an encoder from"));
        }
        if let Some(row) = rows.iter().find(|row| **row >= table.rows()) {
            return Err(Error::request(format!(
                "training row {row} does not exist: {} has {}, counted from 0",
                table.name(),
                count(table.rows(), "row", "rows")
            )));
        }
        let mut encoder = Encoder {
            features: Vec::new(),
            notes: Vec::new(),
        };
        let mut seen = HashSet::new();
        for name in features {
            table.check(name)?;
            let column = table.column(name)?;
            if !seen.insert(*name) {
                return Err(Error::request(format!(
                    "the feature {} is named twice; name it once",
                    quoted(name)
                )));
            }
            let encoding = match &column.values {
                Values::Numbers { values, kind } => number(*kind, rows.iter().map(|row| values[*row])),
                Values::Categories { names, codes } => category(names, codes, rows.iter().map(|row| codes[*row])),
                Values::Empty { .. } => Err(EMPTY.to_string()),
            };
            if let Ok(Encoding::Category { untrained, .. }) = &encoding
                && !untrained.is_empty()
            {
                encoder.notes.push(format!(
                    "column {}: no training row has {}, so nothing was learned about {}",
                    quoted(name),
                    message::listed(untrained.iter().map(String::as_str)),
                    if untrained.len() == 1 { "it" } else { "them" }
                ));
            }
            match encoding {
                Ok(encoding) => encoder.features.push(Feature {
                    name: name.to_string(),
                    encoding,
                }),
                Err(why) => encoder
                    .notes
                    .push(format!("column {} was left out: {why}", quoted(name))),
            }
        }
        if encoder.features.is_empty() {
            let notes = if encoder.notes.is_empty() {
                "none was named".to_string()
            } else {
                encoder.notes.join("; ")
            };
            return Err(Error::request(format!(
                "{} has no feature column to learn from: {notes}",
                table.name()
            )));
        }
        Ok(encoder)
    }
}

/// Why a column without values is left out.
const EMPTY: &str = "it has no value in any training row";

/// How to encode numbers, or why not to.
fn number(kind: NumberKind, cells: impl Iterator<Item = f64> + Clone) -> std::result::Result<Encoding, String> {
    let indicator = cells.clone().any(f64::is_nan);
    let present: Vec<f64> = cells.filter(|value| !value.is_nan()).collect();
    let Some(first) = present.first() else {
        return Err(EMPTY.to_string());
    };
    if present.iter().all(|value| value == first) {
        if !indicator {
            return Err(match kind {
                NumberKind::Date => "every training row has the same date".to_string(),
                _ => format!("every training row has {}", message::number(*first)),
            });
        }
        // Only whether the value is missing tells rows apart.
        return Ok(Encoding::Number {
            kind,
            mean: *first,
            standard_deviation: 1.0,
            indicator,
        });
    }
    let (mean, standard_deviation) = mean_and_standard_deviation(&present);
    if !mean.is_finite() || !standard_deviation.is_finite() || standard_deviation <= 0.0 {
        return Err("its numbers are spread too far, or too little, to be standardized".to_string());
    }
    Ok(Encoding::Number {
        kind,
        mean,
        standard_deviation,
        indicator,
    })
}

/// The mean and the standard deviation of a population (divided by the count).
///
/// Two passes: large numbers with small differences keep their precision. The second pass also corrects the mean, and
/// works on deviations divided by the largest, so that their squares neither overflow nor vanish.
pub fn mean_and_standard_deviation(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let sum: f64 = values.iter().sum();
    let rough = if sum.is_finite() {
        sum / count
    } else {
        values.iter().map(|value| value / count).sum()
    };
    let mean = rough + values.iter().map(|value| (value - rough) / count).sum::<f64>();
    let largest = values.iter().map(|value| (value - mean).abs()).fold(0.0, f64::max);
    let variance = values
        .iter()
        .map(|value| ((value - mean) / largest).powi(2))
        .sum::<f64>()
        / count;
    (mean, largest * variance.sqrt())
}

/// How to encode categories, or why not to.
fn category(
    all: &[String],
    codes_of_table: &[u32],
    cells: impl Iterator<Item = u32> + Clone,
) -> std::result::Result<Encoding, String> {
    let indicator = cells.clone().any(|code| code == MISSING);
    let present: Vec<u32> = cells.filter(|code| *code != MISSING).collect();
    let mut codes = present.clone();
    codes.sort_unstable();
    codes.dedup();
    let named = |codes: &[u32]| {
        codes
            .iter()
            .map(|code| all[*code as usize].clone())
            .collect::<Vec<String>>()
    };
    let names = named(&codes);
    let mut others: Vec<u32> = codes_of_table
        .iter()
        .copied()
        .filter(|code| *code != MISSING && codes.binary_search(code).is_err())
        .collect();
    others.sort_unstable();
    others.dedup();
    match names.as_slice() {
        [] => return Err(EMPTY.to_string()),
        [only] if !indicator => return Err(format!("every training row has {}", quoted(only))),
        _ => {}
    }
    if names.len() > FEW_CATEGORIES && names.len() * 2 > present.len() {
        return Err(format!(
            "{} of its {} training values are different, so it is an identifier or free text",
            names.len(),
            present.len()
        ));
    }
    if names.len() > MOST_CATEGORIES {
        return Err(format!(
            "it has {} different values in the training rows, more than {MOST_CATEGORIES}; merge the rare ones",
            names.len()
        ));
    }
    Ok(Encoding::Category {
        names,
        untrained: named(&others),
        indicator,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_with_small_differences_keep_their_precision() {
        let values: Vec<f64> = (0..1000).map(|i| 1e9 + f64::from(i % 2)).collect();
        assert_eq!(mean_and_standard_deviation(&values), (1e9 + 0.5, 0.5));
    }

    #[test]
    fn squares_neither_overflow_nor_vanish() {
        assert_eq!(mean_and_standard_deviation(&[1e200, 3e200]), (2e200, 1e200));
        let (mean, deviation) = mean_and_standard_deviation(&[1e308, 1.5e308]);
        assert!((mean / 1.25e308 - 1.0).abs() < 1e-15 && (deviation / 0.25e308 - 1.0).abs() < 1e-14);
        let (mean, deviation) = mean_and_standard_deviation(&[1e-200, 3e-200]);
        assert!((mean / 2e-200 - 1.0).abs() < 1e-15 && (deviation / 1e-200 - 1.0).abs() < 1e-15);
    }

    #[test]
    fn a_constant_with_missing_cells_has_deviation_one() {
        let encoding = number(NumberKind::Float, [0.1, f64::NAN, 0.1].into_iter()).unwrap();
        assert_eq!(
            encoding,
            Encoding::Number {
                kind: NumberKind::Float,
                mean: 0.1,
                standard_deviation: 1.0,
                indicator: true
            }
        );
    }
}
