//! Learning an encoder from the training rows.

use std::collections::HashSet;

use crate::cell;
use crate::column::{Column, MISSING, NumberKind, Values};
use crate::date::{self, DateOrder};
use crate::encoding::{Encoder, Encoding, Feature, LeftOut, Reason, Remark, Scale};
use crate::error::{Error, Result};
use crate::identifier::{self, Finding};
use crate::message;
use crate::message::{as_argument, count, quoted};
use crate::stray;
use crate::table::Table;

/// A category column with no more different values than this is never taken for an identifier or free text.
const FEWEST_VALUES_OF_TEXT: usize = 21;
/// Free text has this many words in a cell, on the average.
const WORDS_OF_TEXT: usize = 4;
/// A category column with no more categories than this keeps them all.
const FEW_CATEGORIES: usize = 10;
/// The most categories of a column that have an input of their own: the most frequent.
const MOST_CATEGORIES: usize = 100;
/// A category of fewer training rows is rare: 1 % of them, but at least this many, and at most that many.
const RARE: (usize, usize) = (2, 10);
/// The most rare categories that are known by name.
const MOST_RARE_KEPT: usize = 10_000;

impl Encoder {
    /// Learns how to encode the columns `features` from the given rows of a table.
    ///
    /// Columns that cannot help are left out, each with one of the [`Encoder::notes`]: those with one value only, or none,
    /// and those that look like an identifier or free text, unless somebody said what they hold. The
    /// [`rules`](crate::rules) have the thresholds.
    ///
    /// # Errors
    /// When a column does not exist or is named twice, when there are no rows, or when no column is left.
    pub fn fit(table: &Table, features: &[&str], rows: &[usize]) -> Result<Encoder> {
        check_rows(table, rows)?;
        let mut encoder = Encoder {
            features: Vec::new(),
            left_out: table.dropped().iter().map(|name| LeftOut::asked(name)).collect(),
            remarks: Vec::new(),
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
            encoder.learn(column, rows, false);
        }
        encoder.checked(table)
    }

    /// Learns the same columns anew from other rows of the same table, or of a part of it.
    ///
    /// Which columns name the rows or hold free text was decided by the rows of [`Encoder::fit`]; other rows do not decide
    /// it again, for fewer of them, or in another order, may look like something else. Only what has no information in the
    /// rows learned from is left out as well.
    ///
    /// # Errors
    /// When a column does not exist, when there are no rows, or when no column is left.
    pub fn refit(&self, table: &Table, rows: &[usize]) -> Result<Encoder> {
        check_rows(table, rows)?;
        let mut encoder = Encoder {
            features: Vec::new(),
            left_out: self.left_out.clone(),
            remarks: self.remarks.clone(),
        };
        for feature in &self.features {
            encoder.learn(table.column(&feature.name)?, rows, true);
        }
        encoder.checked(table)
    }

    /// Learns one column; `decided` says that it was decided before that it is learned from.
    fn learn(&mut self, column: &Column, rows: &[usize], decided: bool) {
        let name = &column.name;
        let believed = decided || column.asked.is_some();
        let mut remark = |text: String| {
            self.remarks.push(Remark {
                name: name.clone(),
                text,
            });
        };
        let learned = match &column.values {
            Values::Numbers { values, kind } => {
                let cells = rows.iter().map(|row| values[*row]);
                match kind {
                    NumberKind::Date(order) => dates(*order, cells),
                    NumberKind::Integer if !believed => whole_numbers(column, values, rows, &mut remark),
                    _ => numbers(*kind, cells),
                }
            }
            Values::Categories { names, codes } => {
                if let Some(hint) = stray::nearly_other(name, names).filter(|_| !believed) {
                    remark(hint);
                }
                categories(names, rows.iter().map(|row| codes[*row]), believed)
            }
            Values::Text { distinct, .. } => Err(Why(
                Reason::Text,
                format!("it has more than {distinct} different values, so it is an identifier or free text"),
            )),
            Values::Empty { .. } => Err(Why::empty()),
        };
        match learned {
            Ok(encoding) => self.features.push(Feature {
                name: name.clone(),
                encoding,
                asked: column.asked,
            }),
            Err(Why(reason, why)) => self.left_out.push(LeftOut {
                name: name.clone(),
                reason,
                why,
            }),
        }
    }

    /// Refuses to learn from nothing.
    fn checked(self, table: &Table) -> Result<Encoder> {
        if !self.features.is_empty() {
            return Ok(self);
        }
        let notes = match self.notes() {
            notes if notes.is_empty() => "none was named".to_string(),
            notes => notes.join("; "),
        };
        Err(Error::request(format!(
            "{} has no feature column to learn from: {notes}",
            table.name()
        )))
    }
}

impl LeftOut {
    fn asked(name: &str) -> LeftOut {
        LeftOut {
            name: name.to_string(),
            reason: Reason::Asked,
            why: "as was asked".to_string(),
        }
    }
}

/// Refuses rows that are not there.
fn check_rows(table: &Table, rows: &[usize]) -> Result<()> {
    if rows.is_empty() {
        return Err(Error::request("there are no training rows to learn an encoder from"));
    }
    match rows.iter().find(|row| **row >= table.rows()) {
        Some(row) => Err(Error::request(format!(
            "training row {row} does not exist: {} has {}, counted from 0",
            table.name(),
            count(table.rows(), "row", "rows")
        ))),
        None => Ok(()),
    }
}

/// Why a column is left out.
#[derive(Debug)]
struct Why(Reason, String);

impl Why {
    fn empty() -> Why {
        Why(Reason::NoInformation, "it has no value in any training row".to_string())
    }

    fn one_value(value: &str) -> Why {
        Why(Reason::NoInformation, format!("every training row has {value}"))
    }
}

/// How to encode a column, or why not to.
type Learned = std::result::Result<Encoding, Why>;

/// Whole numbers may be measured, or name the rows.
fn whole_numbers(column: &Column, values: &[f64], rows: &[usize], remark: &mut impl FnMut(String)) -> Learned {
    let cells: Vec<(usize, f64)> = rows.iter().map(|row| (*row, values[*row])).collect();
    if cells.iter().all(|(_, value)| !value.is_nan()) {
        match identifier::judge(&column.name, &cells) {
            Finding::Identifier(why) => {
                let why = format!("{why}; --numeric {} keeps it", as_argument(&column.name));
                return Err(Why(Reason::Identifier, why));
            }
            Finding::Doubtful(doubt) => remark(doubt),
            Finding::Measured => {}
        }
    }
    numbers(NumberKind::Integer, cells.iter().map(|(_, value)| *value))
}

/// How to encode numbers, or why not to.
fn numbers(kind: NumberKind, cells: impl Iterator<Item = f64> + Clone) -> Learned {
    let indicator = cells.clone().any(f64::is_nan);
    let present: Vec<f64> = cells.filter(|value| !value.is_nan()).collect();
    let Some(first) = present.first() else {
        return Err(Why::empty());
    };
    if !indicator && present.iter().all(|value| value == first) {
        return Err(Why::one_value(&message::number(*first)));
    }
    let scale = scale(&present)?;
    Ok(Encoding::Number { kind, scale, indicator })
}

/// What to standardize numbers with. Where all are the same, only whether one is missing tells rows apart.
fn scale(present: &[f64]) -> std::result::Result<Scale, Why> {
    if let Some(first) = present.first()
        && present.iter().all(|value| value == first)
    {
        return Ok(Scale {
            mean: *first,
            standard_deviation: 1.0,
        });
    }
    let (mean, standard_deviation) = mean_and_standard_deviation(present);
    match mean.is_finite() && standard_deviation.is_finite() && standard_deviation > 0.0 {
        true => Ok(Scale {
            mean,
            standard_deviation,
        }),
        false => Err(Why(
            Reason::Spread,
            "its numbers are spread too far, or too little, to be standardized".to_string(),
        )),
    }
}

/// How to encode dates, or why not to.
fn dates(order: DateOrder, cells: impl Iterator<Item = f64> + Clone) -> Learned {
    let indicator = cells.clone().any(f64::is_nan);
    let present: Vec<f64> = cells.filter(|value| !value.is_nan()).collect();
    let Some(first) = present.first() else {
        return Err(Why::empty());
    };
    if !indicator && present.iter().all(|value| value == first) {
        return Err(Why::one_value("the same date"));
    }
    let all: Vec<date::Parts> = present.iter().map(|days| date::parts(*days)).collect();
    let years: Vec<f64> = all.iter().map(|parts| parts.year as f64).collect();
    let several_years = years.iter().any(|year| *year != years[0]);
    // A part that never changes says nothing.
    let several = |part: fn(&date::Parts) -> u8| {
        let mut values: Vec<u8> = all.iter().map(part).collect();
        values.sort_unstable();
        values.dedup();
        if values.len() > 1 { values } else { Vec::new() }
    };
    Ok(Encoding::Date {
        order,
        days: scale(&present)?,
        year: several_years.then(|| scale(&years)).transpose()?,
        months: several(|parts| parts.month),
        weekdays: several(|parts| parts.weekday),
        hours: several(|parts| parts.hour),
        indicator,
    })
}

/// How to encode categories, or why not to.
fn categories(all: &[String], cells: impl Iterator<Item = u32> + Clone, asked: bool) -> Learned {
    let indicator = cells.clone().any(|code| code == MISSING);
    let mut counts = vec![0usize; all.len()];
    let mut present = 0;
    for code in cells.filter(|code| *code != MISSING) {
        counts[code as usize] += 1;
        present += 1;
    }
    let mut codes: Vec<usize> = (0..all.len()).filter(|code| counts[*code] > 0).collect();
    match codes.as_slice() {
        [] => return Err(Why::empty()),
        [only] if !indicator => return Err(Why::one_value(&quoted(&all[*only]))),
        _ => {}
    }
    let distinct = codes.len();
    if !asked && distinct >= FEWEST_VALUES_OF_TEXT {
        let words: usize = codes.iter().map(|code| all[*code].split_whitespace().count()).sum();
        let is_text = words >= WORDS_OF_TEXT * distinct;
        if distinct * 2 > present || is_text {
            let what = match (is_text, distinct == present) {
                (true, _) => "free text",
                (false, true) => "an identifier",
                (false, false) => "an identifier or free text",
            };
            let numbers = codes
                .iter()
                .filter(|code| cell::number(&all[**code], false).is_some())
                .count();
            let advice = match numbers * 2 > distinct {
                true => format!(", though {numbers} of them are numbers: --numeric takes the others as missing"),
                false => String::new(),
            };
            let why = format!("{distinct} of its {present} training values are different, so it is {what}{advice}");
            return Err(Why(Reason::Text, why));
        }
    }
    // The most frequent first, in order where several are as frequent.
    codes.sort_by_key(|code| std::cmp::Reverse(counts[*code]));
    let usual = codes[0];
    let rare_below = (present / 100).clamp(RARE.0, RARE.1);
    let mut rare = match distinct > FEW_CATEGORIES {
        true => codes.split_off(
            codes
                .partition_point(|code| counts[*code] >= rare_below)
                .min(MOST_CATEGORIES),
        ),
        false => Vec::new(),
    };
    if codes.is_empty() {
        if !asked {
            let why =
                format!("none of its {distinct} values has {rare_below} training rows or more; --categorical keeps it");
            return Err(Why(Reason::Text, why));
        }
        codes = rare.drain(..rare.len().min(MOST_CATEGORIES)).collect();
    }
    rare.truncate(MOST_RARE_KEPT);
    codes.sort_unstable();
    rare.sort_unstable();
    let named = |codes: &[usize]| codes.iter().map(|code| all[*code].clone()).collect::<Vec<String>>();
    Ok(Encoding::Category {
        usual: codes.iter().position(|code| *code == usual).unwrap_or(0),
        names: named(&codes),
        rare: named(&rare),
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
        let encoding = numbers(NumberKind::Float, [0.1, f64::NAN, 0.1].into_iter()).unwrap();
        assert_eq!(
            encoding,
            Encoding::Number {
                kind: NumberKind::Float,
                scale: Scale {
                    mean: 0.1,
                    standard_deviation: 1.0
                },
                indicator: true
            }
        );
    }
}
