//! What is strange about columns: identifiers, a few huge values.

use chainrule_table::{Encoding, NumberKind, Values, message::quoted};

use super::{Code, Warning, sample};
use crate::assess::Fit;

/// With fewer training rows, whole numbers that are all different may well be measured.
const FEWEST_ROWS: usize = 50;
/// Identifiers are different numbers out of at most so many for each row of the table.
const NUMBERS_PER_ROW: f64 = 2.0;

/// The columns of whole numbers that name the rows: used as numbers, or left out for it; with their names.
pub(super) fn identifiers(fit: &Fit) -> Vec<(String, Warning)> {
    let mut found = vec![];
    for column in fit.table().columns() {
        let Values::Numbers {
            values,
            kind: NumberKind::Integer,
        } = &column.values
        else {
            continue;
        };
        if !fit.problem.features.contains(&column.name) || fit.split.train.len() < FEWEST_ROWS {
            continue;
        }
        let feature = fit
            .learned
            .prepared
            .encoder
            .features()
            .iter()
            .find(|feature| feature.name == column.name);
        let used = match feature.map(|feature| &feature.encoding) {
            Some(Encoding::Number { .. }) => true,
            Some(_) => continue,
            None => false,
        };
        let left_out = fit
            .learned
            .prepared
            .encoder
            .left_out()
            .iter()
            .find(|left_out| left_out.name == column.name);
        let cells: Vec<f64> = fit.split.train.iter().map(|row| values[*row]).collect();
        let Some((low, high)) = names_rows(&cells, fit.table().rows()) else {
            // Named like an identifier, with numbers from far apart: that is judged where columns are read.
            if let Some(left_out) = left_out.filter(|left_out| left_out.why.contains("named like an identifier")) {
                found.push((column.name.clone(), warning(&column.name, &left_out.why, used)));
            }
            continue;
        };
        let seen = format!(
            "its {} training values are whole numbers from {low} to {high}, all different",
            cells.len()
        );
        found.push((column.name.clone(), warning(&column.name, &seen, used)));
    }
    found
}

fn warning(name: &str, seen: &str, used: bool) -> Warning {
    let column = quoted(name);
    match used {
        true => Warning::new(
            Code::Identifier,
            format!("column {column} is used as a number, but seems to name the rows: {seen}"),
            format!("leave it out with --drop {name}, unless it was measured"),
        ),
        false => {
            let seen = seen.split(';').next().unwrap_or_default();
            Warning::new(
                Code::Identifier,
                format!("column {column} seems to name the rows and was left out: {seen}"),
                format!("if it was measured, keep it with --numeric {name}"),
            )
        }
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
