//! Test rows that are training rows as well.

use std::collections::{HashMap, HashSet};

use chainrule_table::message::count;

use super::{Code, Warning, leak::collisions, sample};
use crate::{assess::Fit, target::Answers};

/// So many rows are looked at to say how many are alike by chance.
const ROWS_FOR_CHANCE: usize = 5_000;
/// Rows alike that chance makes less often than this are no chance.
const UNLIKELY: f64 = 0.005;
/// And they must be so many times as many as chance makes.
const TIMES: f64 = 3.0;

/// Says how many test rows have the cells and the answer of a row that was learned from, when chance would not do that.
///
/// In a table of a few coarse columns rows are alike by chance. There many more are alike but for one column; a copied row
/// has no such company. So the rows that differ in one column only say how many to expect that differ in none.
pub(super) fn duplicates(fit: &Fit, identifiers: &[String]) -> Option<Warning> {
    let split = fit.split;
    let columns = Columns::new(fit, identifiers);
    let learned: Vec<usize> = split.train.iter().chain(&split.validation).copied().collect();
    let known: HashSet<u64> = learned.iter().map(|row| columns.whole(*row)).collect();
    let twins: Vec<usize> = split
        .test
        .iter()
        .copied()
        .filter(|row| known.contains(&columns.whole(*row)))
        .collect();
    let first = *twins.first()?;
    let expected = columns.expected(&learned, &split.test);
    if (twins.len() as f64) < TIMES * expected || at_least(twins.len(), expected) > UNLIKELY {
        return None;
    }
    let twin = learned
        .iter()
        .find(|row| columns.whole(**row) == columns.whole(first))?;
    let (table, tested) = (fit.table(), split.test.len());
    let are = if twins.len() == 1 { "is" } else { "are" };
    Some(Warning::new(
        Code::Duplicates,
        format!(
            "{} of {tested} {are} in training as well, cell by cell, such as {} in {}; by chance one would expect \
             {}",
            count(twins.len(), "test row", "test rows"),
            table.place_in_file(first),
            table.place_in_file(*twin),
            chance(expected),
        ),
        "the figures are too good by them: remove doubles from the table, or keep the rows that belong together on one side \
         of the split with --group",
    ))
}

fn chance(expected: f64) -> String {
    match expected < 0.01 {
        true => "none".to_string(),
        false => format!("{expected:.2}"),
    }
}

/// The probability of so many events or more where some are expected, by Poisson's law.
fn at_least(events: usize, expected: f64) -> f64 {
    let (mut term, mut fewer) = ((-expected).exp(), 0.0);
    for k in 0..events {
        fewer += term;
        term *= expected / (k + 1) as f64;
    }
    (1.0 - fewer).max(0.0)
}

/// The columns by which rows are compared, the targets together the last of them, as one number for each cell.
struct Columns<'a> {
    fit: &'a Fit<'a>,
    /// The inputs of each column.
    inputs: Vec<std::ops::Range<usize>>,
}

impl Columns<'_> {
    fn new<'a>(fit: &'a Fit, identifiers: &[String]) -> Columns<'a> {
        let (mut inputs, mut offset) = (vec![], 0);
        for feature in fit.learned.prepared.encoder.features() {
            let width = feature.encoding.width();
            if !identifiers.contains(&feature.name) {
                inputs.push(offset..offset + width);
            }
            offset += width;
        }
        Columns { fit, inputs }
    }

    fn count(&self) -> usize {
        self.inputs.len() + 1
    }

    /// A number that stands for the cell of a row, and for the column it is in.
    fn cell(&self, row: usize, column: usize) -> u64 {
        let start = mixed(column as u64 + 1);
        match self.inputs.get(column) {
            Some(inputs) => {
                let numbers = &self.fit.row(row)[inputs.clone()];
                numbers.iter().fold(start, |hash, x| mixed(hash ^ x.to_bits()))
            }
            None => match &self.fit.problem.answers {
                Answers::Numbers(targets) => {
                    let bits = targets.iter().map(|values| values[row].to_bits());
                    bits.fold(start, |hash, bits| mixed(hash ^ bits))
                }
                Answers::Classes { codes, .. } => mixed(start ^ u64::from(codes[row])),
            },
        }
    }

    /// A number that stands for all cells of a row: their sum, so that one can be taken out again.
    fn whole(&self, row: usize) -> u64 {
        (0..self.count()).fold(0, |sum: u64, column| sum.wrapping_add(self.cell(row, column)))
    }

    /// How many tested rows are alike with a learned one by chance, judged by those that differ in one column only.
    fn expected(&self, learned: &[usize], tested: &[usize]) -> f64 {
        let (learned_here, tested_here) = (sample(learned, ROWS_FOR_CHANCE), sample(tested, ROWS_FOR_CHANCE));
        let mut seen = HashSet::new();
        let once: Vec<usize> = learned_here
            .iter()
            .copied()
            .filter(|row| seen.insert(self.whole(*row)))
            .collect();
        let whole = counts(&learned_here, |row| self.whole(row));
        let by_column = (0..self.count()).map(|column| {
            let same = collisions(learned_here.iter().map(|row| self.cell(*row, column)));
            let rest = |row: usize| self.whole(row).wrapping_sub(self.cell(row, column));
            let (all, distinct) = (counts(&learned_here, rest), counts(&once, rest));
            let near = |row: &usize| {
                // A row that was copied has many doubles: those it has near it must not count as often.
                let doubles = whole.get(&self.whole(*row));
                match doubles {
                    Some(doubles) => all.get(&rest(*row)).map_or(0, |rows| rows - doubles),
                    None => distinct.get(&rest(*row)).copied().unwrap_or(0),
                }
            };
            let pairs: usize = tested_here.iter().map(near).sum();
            match same < 1.0 {
                true => pairs as f64 * same / (1.0 - same),
                false => 0.0,
            }
        });
        let looked_at = (learned_here.len() * tested_here.len()).max(1) as f64;
        by_column.fold(0.0, f64::max) * (learned.len() as f64 * tested.len() as f64) / looked_at
    }
}

/// How many rows have each number.
fn counts(rows: &[usize], number: impl Fn(usize) -> u64) -> HashMap<u64, usize> {
    let mut counts = HashMap::new();
    for row in rows {
        *counts.entry(number(*row)).or_default() += 1;
    }
    counts
}

/// A number whose bits depend on all bits of another: the last step of SplitMix64.
fn mixed(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn poissons_law() {
        assert_eq!(at_least(0, 0.5), 1.0);
        assert!((at_least(1, 0.5) - (1.0 - (-0.5f64).exp())).abs() < 1e-15);
        assert!((at_least(3, 2.0) - (1.0 - 5.0 * (-2.0f64).exp())).abs() < 1e-15);
        assert_eq!(at_least(1, 0.0), 0.0);
    }
}
