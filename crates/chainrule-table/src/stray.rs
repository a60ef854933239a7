//! A few words among numbers or dates: cells that do not belong in their column.

use crate::category::number;
use crate::column::Values;
use crate::date::dates;
use crate::message::{count, not_finite, quoted};

/// The fewest numbers in a column of text that make its other cells look like mistakes.
const FEWEST_ALIKE: usize = 10;
/// How many numbers there must be for each other cell: nine make 90 % of the column.
const ALIKE_PER_STRAY: usize = 9;

/// What is wrong with a column of text that holds nearly nothing but numbers, or dates: the row of the first cell that
/// does not fit, and what to say of it.
pub(crate) fn find(values: &Values) -> Option<(usize, String)> {
    match values {
        Values::Categories { names, codes } => among_numbers(names, codes).or_else(|| among_dates(names, codes)),
        _ => None,
    }
}

fn among_numbers(names: &[String], codes: &[u32]) -> Option<(usize, String)> {
    let strays = Strays::find(names, codes, names.iter().map(|word| number(word).is_some()).collect())?;
    if strays.word.parse::<f64>().is_ok() {
        return Some((strays.row, not_finite(strays.word)));
    }
    let advice = "If the numbers are names, such as codes, write a letter before each";
    Some((strays.row, format!("{}. {advice}", strays.describe("numbers"))))
}

fn among_dates(names: &[String], codes: &[u32]) -> Option<(usize, String)> {
    let strays = Strays::find(names, codes, dates(names).iter().map(Option::is_some).collect())?;
    Some((strays.row, strays.describe("dates")))
}

/// The few cells of a column that are not like the others.
struct Strays<'a> {
    /// The row of the first.
    row: usize,
    /// The text of the first.
    word: &'a str,
    /// How many there are.
    cells: usize,
}

impl<'a> Strays<'a> {
    /// The cells that do not fit, when nearly all do: as categories, the values of those would be lost.
    ///
    /// `fits` says it for each name.
    fn find(names: &'a [String], codes: &[u32], fits: Vec<bool>) -> Option<Strays<'a>> {
        let mut alike = 0;
        let mut strays: Option<Strays> = None;
        for (row, code) in codes.iter().enumerate() {
            match (fits.get(*code as usize), &mut strays) {
                (Some(true), _) => alike += 1,
                (Some(false), Some(strays)) => strays.cells += 1,
                (Some(false), None) => {
                    let word = names.get(*code as usize)?;
                    strays = Some(Strays { row, word, cells: 1 });
                }
                (None, _) => {} // missing
            }
        }
        strays.filter(|strays| alike >= FEWEST_ALIKE && alike >= strays.cells * ALIKE_PER_STRAY)
    }

    fn describe(&self, alike: &str) -> String {
        let (first, advice) = match self.cells {
            1 => ("", "empty the cell if the value is missing, or correct it"),
            _ => (
                "the first ",
                "empty those whose value is missing, and correct the others",
            ),
        };
        format!(
            "the column holds {alike} but for {}, {first}{}; {advice}",
            count(self.cells, "cell", "cells"),
            quoted(self.word)
        )
    }
}
