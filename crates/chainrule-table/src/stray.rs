//! A few words among numbers or dates: cells that do not belong in their column.

use crate::category::value_of;
use crate::column::{Column, Values};
use crate::date::{DateOrder, date, has_short_year};
use crate::message::{as_argument, count, not_finite, quoted};
use crate::retype::SHORT_YEAR;
use crate::signs::signed;

/// The fewest numbers in a column of text that make its other cells look like mistakes.
const FEWEST_ALIKE: usize = 10;
/// How many numbers there must be for each other cell: nine make 90 % of the column.
const ALIKE_PER_STRAY: usize = 9;

/// What is wrong with a column of text that holds nearly nothing but numbers, or dates: the row of the first cell that
/// does not fit, and what to say of it.
pub(crate) fn find(column: &Column) -> Option<(usize, String)> {
    let Values::Categories { names, codes } = &column.values else {
        return None;
    };
    let numbers = names.iter().map(|word| value_of(word).is_some()).collect();
    if let Some(strays) = Strays::find(names, codes, numbers) {
        if strays.word.parse::<f64>().is_ok() {
            return Some((strays.row, not_finite(strays.word)));
        }
        let have_signs = names.iter().all(|word| signed(word, false).is_some());
        let taken = if have_signs {
            "reads past the signs"
        } else {
            strays.as_missing()
        };
        return Some((strays.row, strays.describe(&column.name, "numbers", "numeric", taken)));
    }
    // Those of the more frequent order.
    let fitting = |order| -> Vec<bool> {
        let fits = |word: &String| date(word).is_some_and(|date| date.allows(order));
        names.iter().map(fits).collect()
    };
    let orders = [DateOrder::MonthFirst, DateOrder::DayFirst];
    let found = orders.map(|order| Strays::find(names, codes, fitting(order)));
    let strays = found.into_iter().flatten().min_by_key(|strays| strays.cells)?;
    let what = match date(strays.word) {
        // It would be no gap, but a day and a month that changed places.
        Some(_) => format!(
            "the column holds dates, but the day and the month have changed places in {}, {}; write the dates as 2024-12-31; \
             `--categorical {}` takes all cells as names",
            count(strays.cells, "cell", "cells"),
            strays.example(),
            as_argument(&column.name)
        ),
        None => strays.describe(&column.name, "dates", "date", strays.as_missing()),
    };
    Some((strays.row, what))
}

/// What a column of words would rather be, all through: numbers with signs, such as `12%`, `$5` or `1,200`, or dates that leave
/// something open. They are categories as they are written, and this says what to do.
pub(crate) fn nearly_other(column: &str, names: &[String]) -> Option<String> {
    let has_signs = |word: &&String| signed(word, false).is_some_and(|number| number.has_signs);
    let is_number = |word: &String| signed(word, false).is_some();
    let (column, argument) = (quoted(column), as_argument(column));
    if names.len() > 2 && names.iter().all(is_number) {
        let first = names.iter().find(has_signs)?;
        return Some(format!(
            "column {column} looks like numbers with signs, such as {}: --numeric {argument} reads them as numbers",
            quoted(first)
        ));
    }
    if names.len() > 2 && names.iter().all(|word| has_short_year(word) || date(word).is_some()) {
        let short = names.iter().find(|word| has_short_year(word));
        let only = |order| (names.iter()).find(|word| date(word).is_some_and(|date| !date.allows(order)));
        return match (short, only(DateOrder::DayFirst), only(DateOrder::MonthFirst)) {
            (Some(first), ..) => Some(format!(
                "column {column} looks like dates, such as {}, but was taken as names: {SHORT_YEAR}",
                quoted(first)
            )),
            (None, Some(month_first), Some(day_first)) => Some(format!(
                "column {column} looks like dates, but was taken as names: {} has the month first and {} the day; write the \
                 dates as 2024-12-31",
                quoted(month_first),
                quoted(day_first)
            )),
            _ => None,
        };
    }
    None
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

    /// The first, as a part of a sentence.
    fn example(&self) -> String {
        format!(
            "{}{}",
            if self.cells == 1 { "" } else { "the first " },
            quoted(self.word)
        )
    }

    fn as_missing(&self) -> &'static str {
        if self.cells == 1 {
            "takes it as missing"
        } else {
            "takes them as missing"
        }
    }

    fn describe(&self, column: &str, alike: &str, option: &str, taken: &str) -> String {
        let advice = match self.cells {
            1 => "empty the cell if the value is missing, or correct it",
            _ => "empty those whose value is missing, and correct the others",
        };
        let column = as_argument(column);
        format!(
            "the column holds {alike} but for {}, {}; {advice}; `--{option} {column}` {taken}, `--categorical {column}` takes \
             all cells as names",
            count(self.cells, "cell", "cells"),
            self.example()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(words: &[&str]) -> Option<String> {
        let names: Vec<String> = words.iter().map(ToString::to_string).collect();
        nearly_other("x", &names)
    }

    #[test]
    fn numbers_with_signs_are_noticed() {
        for (words, first) in [
            (&["1,200", "3", "1,200,300"][..], "1,200"),
            (&["12%", "3.5 %", "0"], "12%"),
            (&["$5", "-$6", "7"], "$5"),
        ] {
            let expected = format!(
                "column `x` looks like numbers with signs, such as `{first}`: --numeric x reads them as numbers"
            );
            assert_eq!(said(words), Some(expected));
        }
        for words in [
            &["1", "2", "3"][..],
            &["a%", "b%", "c%"],
            &["1%", "2%"],
            &["12%", "3%", "many"],
            &[],
        ] {
            assert_eq!(said(words), None, "{words:?}");
        }
    }

    #[test]
    fn dates_that_leave_something_open_are_noticed() {
        for (words, part) in [
            (
                &["5/1/21", "6/1/21", "7/1/2021"][..],
                "such as `5/1/21`, but was taken as names: a year of two digits",
            ),
            (
                &["31/12/2024", "12/31/2024", "1/1/2024"],
                "`12/31/2024` has the month first and `31/12/2024` the day",
            ),
        ] {
            let said = said(words).unwrap();
            assert!(said.contains(part), "{said}");
        }
        assert_eq!(said(&["5/1/21", "6/1/21", "soon"]), None);
    }
}
