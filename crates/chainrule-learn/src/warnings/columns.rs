//! What is strange about columns: identifiers, a few huge values.

use std::collections::BTreeMap;

use chainrule_table::{
    Encoding, NumberKind, Reason, Values,
    message::{as_argument, as_listed_argument, quoted},
};

use super::{Code, Warning, sample};
use crate::assess::Fit;

/// With fewer training rows, whole numbers that are all different may well be measured.
const FEWEST_ROWS: usize = 50;
/// Identifiers are different numbers out of at most so many for each row of the table.
const NUMBERS_PER_ROW: f64 = 2.0;

/// The columns of whole numbers that name the rows: used as numbers, or left out for it.
pub(crate) fn identifiers(fit: &Fit) -> BTreeMap<String, Warning> {
    let (train, encoder) = (&fit.split.train, &fit.learned.prepared.encoder);
    let mut found = BTreeMap::new();
    for column in fit.table().columns() {
        let name = &column.name;
        let Values::Numbers {
            values,
            kind: NumberKind::Integer,
        } = &column.values
        else {
            continue;
        };
        if !fit.problem.features.contains(name) {
            continue;
        }
        let feature = encoder.features().iter().find(|feature| feature.name == *name);
        let left_out = encoder.left_out().iter().find(|left_out| left_out.name == *name);
        let used = match (feature.map(|feature| &feature.encoding), left_out) {
            (Some(Encoding::Number { .. }), _) => true,
            (None, Some(left_out)) if left_out.reason == Reason::Identifier => false,
            _ => continue,
        };
        let cells: Vec<f64> = train.iter().map(|row| values[*row]).collect();
        let count = cells.len();
        let seen = match (names_rows(&cells, fit.table().rows()), used) {
            // That numbers are all different is no wonder where they are few, unless it was found when the file was read.
            (Some(_), true) if count < FEWEST_ROWS => continue,
            (Some((low, high)), _) => {
                format!("its {count} training values are whole numbers from {low} to {high}, all different")
            }
            (None, true) => continue,
            (None, false) => {
                format!("its {count} training values are all different, and it is named like an identifier")
            }
        };
        found.insert(name.clone(), warning(name, &seen, used));
    }
    found
}

fn warning(name: &str, seen: &str, used: bool) -> Warning {
    let column = quoted(name);
    match used {
        true => Warning::new(
            Code::Identifier,
            format!("column {column} is used as a number, but seems to name the rows: {seen}"),
            format!(
                "leave it out with --drop {}, unless it was measured",
                as_listed_argument(name)
            ),
        ),
        false => Warning::new(
            Code::Identifier,
            format!("column {column} seems to name the rows and was left out: {seen}"),
            format!("if it was measured, keep it with --numeric {}", as_argument(name)),
        ),
    }
}

/// The smallest and the largest of numbers that are all different and from so narrow a range that they seem to count.
fn names_rows(cells: &[f64], rows: usize) -> Option<(f64, f64)> {
    let mut sorted = cells.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (low, high) = (*sorted.first()?, *sorted.last()?);
    let dense = high - low < NUMBERS_PER_ROW * rows as f64;
    let different = sorted.windows(2).all(|pair| pair[0] < pair[1]);
    (dense && different).then_some((low, high))
}

/// So many training rows are looked at.
const MOST_ROWS: usize = 10_000;
/// The middle 80 % of the rows lie in less than this share of a standard deviation.
const NARROW: f64 = 0.05;

/// Number columns in which a few huge values make all others alike.
///
/// Different units need no warning: columns are standardized. But a standard deviation that a few values make leaves no
/// difference between the others.
pub(super) fn heavy_tails(fit: &Fit) -> Vec<Warning> {
    let rows = sample(&fit.split.train, MOST_ROWS);
    let (mut warnings, mut offset) = (vec![], 0);
    for feature in fit.learned.prepared.encoder.features() {
        let input = offset;
        offset += feature.encoding.width();
        if !matches!(feature.encoding, Encoding::Number { .. }) || rows.len() < 20 {
            continue;
        }
        let mut scaled: Vec<f64> = rows.iter().map(|row| fit.row(*row)[input]).collect();
        scaled.sort_by(f64::total_cmp);
        let at = |share: f64| scaled[((scaled.len() - 1) as f64 * share) as usize];
        let (middle, farthest) = (at(0.9) - at(0.1), at(0.0).abs().max(at(1.0).abs()));
        if middle > 0.0 && middle < NARROW {
            warnings.push(Warning::new(
                Code::HeavyTail,
                format!(
                    "column {} has a few huge values: after scaling, the middle 80 % of the training rows lie within {middle:.2} \
                     standard deviations, and the farthest is {farthest:.0} away",
                    quoted(&feature.name)
                ),
                "the model hardly sees any difference between most rows: check the huge values, or give it the logarithm of \
                 the column",
            ));
        }
    }
    warnings
}
