//! Cells that were read in a way that a person should know of.

use std::fmt;

use crate::message::{count, listed, quoted};

/// In which way cells are odd.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Oddity {
    /// They are no numbers where somebody said that there are numbers, and count as missing.
    NoNumber,
    /// They are no dates where somebody said that there are dates, and count as missing.
    NoDate,
    /// They are numbers with signs, such as `$95.16`, where somebody said that there are numbers.
    Signs,
    /// They are dates such as `03/04/2024`, and nothing says which number is the day.
    EitherOrder,
}

impl Oddity {
    /// What such a cell is, as a part of a sentence.
    pub fn what(self) -> &'static str {
        match self {
            Oddity::NoNumber => "not a number",
            Oddity::NoDate => "not a date",
            Oddity::Signs => "a number with signs",
            Oddity::EitherOrder => "a date of which nothing says whether the day or the month is first",
        }
    }
}

/// Cells of one column that were read in a way that a person should know of. Shown, it is a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The column's name.
    pub column: String,
    /// In which way they are odd.
    pub oddity: Oddity,
    /// How many cells there are.
    pub cells: usize,
    /// The text of the first.
    pub example: String,
    /// The line of the first, or its row where rows are no lines of a file.
    pub line: usize,
    /// What that number counts, in a word: `line` or `row`.
    pub place: &'static str,
    /// What the first cell counts as.
    pub counts_as: String,
}

impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Reading {
            column,
            cells,
            line,
            place,
            counts_as,
            ..
        } = self;
        let one = *cells == 1;
        let example = format!("{} in {place} {line}", quoted(&self.example));
        let cells = count(*cells, "cell", "cells");
        let noun = match (self.oddity, one) {
            (Oddity::EitherOrder, _) => return f.write_str(&unknown_order([column.as_str()].into_iter())),
            (Oddity::Signs, _) => {
                let (has, such_as) = if one { ("has", "") } else { ("have", "such as ") };
                return write!(
                    f,
                    "column {}: {cells} {has} signs, {such_as}{example}, which is read as {counts_as}",
                    quoted(column)
                );
            }
            (Oddity::NoNumber, true) => "number",
            (Oddity::NoNumber, false) => "numbers",
            (Oddity::NoDate, true) => "date",
            (Oddity::NoDate, false) => "dates",
        };
        let (are, count) = if one { ("is", "counts as") } else { ("are", "count as") };
        write!(
            f,
            "column {}: {cells} {are} no {noun} and {count} {counts_as}, such as {example}",
            quoted(column)
        )
    }
}

/// What is said of columns whose dates could be read either way.
pub(crate) fn unknown_order<'a>(columns: impl ExactSizeIterator<Item = &'a str>) -> String {
    format!(
        "no date in {} has a day above 12, so they were read month first, as 12/31/2024; if the day is first, write them as \
         2024-12-31",
        listed(columns)
    )
}

/// How many cells there were of a kind, and the first of them with its line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counted {
    pub(crate) cells: usize,
    first: Option<(String, usize)>,
}

impl Counted {
    pub(crate) fn add(&mut self, cell: impl Fn() -> String, line: usize) {
        self.cells += 1;
        self.first.get_or_insert_with(|| (cell(), line));
    }

    /// What a person should know of them, if there were any.
    pub(crate) fn reading(
        &self,
        oddity: Oddity,
        column: &str,
        place: &'static str,
        counts_as: impl Into<String>,
    ) -> Option<Reading> {
        let (example, line) = self.first.clone()?;
        Some(Reading {
            column: column.to_string(),
            oddity,
            cells: self.cells,
            example,
            line,
            place,
            counts_as: counts_as.into(),
        })
    }
}
