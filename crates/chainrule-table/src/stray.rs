//! A few words among numbers or dates: cells that do not belong in their column.

use crate::category::value_of;
use crate::column::{Column, Values};
use crate::date::date;
use crate::message::{count, not_finite, quoted};

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
        return Some((strays.row, strays.describe(&column.name, "numbers", "numeric")));
    }
    let dates = names.iter().map(|word| date(word).is_some()).collect();
    let strays = Strays::find(names, codes, dates)?;
    Some((strays.row, strays.describe(&column.name, "dates", "date")))
}

/// Signs that people write around numbers, and between their groups of digits.
const SIGNS: &[char] = &['%', '$', '€', '£', '¥', ',', '\'', '\u{a0}', '\u{202f}', ' '];

/// A word of a column that holds numbers with signs all through, such as `12%`, `$5` or `1,200`: they are categories as they
/// are written.
pub(crate) fn number_with_signs(names: &[String]) -> Option<&str> {
    let is_one = |name: &String| {
        let bare: String = name.chars().filter(|letter| !SIGNS.contains(letter)).collect();
        bare.len() < name.len() && value_of(&bare).is_some()
    };
    let others = |name: &String| value_of(name).is_some();
    let first = names.iter().find(|name| is_one(name))?;
    (names.len() > 2 && names.iter().all(|name| is_one(name) || others(name))).then_some(first)
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

    fn describe(&self, column: &str, alike: &str, option: &str) -> String {
        let (first, advice) = match self.cells {
            1 => ("", "empty the cell if the value is missing, or correct it"),
            _ => (
                "the first ",
                "empty those whose value is missing, and correct the others",
            ),
        };
        let them = if self.cells == 1 { "it" } else { "them" };
        format!(
            "the column holds {alike} but for {}, {first}{}; {advice}; `--{option} {column}` takes {them} as missing, \
             `--categorical {column}` takes all cells as names",
            count(self.cells, "cell", "cells"),
            quoted(self.word)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_signs_are_noticed() {
        let found = |words: &[&str]| {
            let names: Vec<String> = words.iter().map(ToString::to_string).collect();
            number_with_signs(&names).map(str::to_string)
        };
        assert_eq!(found(&["1,200", "3", "1,200,300"]), Some("1,200".to_string()));
        assert_eq!(found(&["12%", "3.5 %", "0"]), Some("12%".to_string()));
        assert_eq!(found(&["$5", "-$6", "7"]), Some("$5".to_string()));
        for words in [
            &["1", "2", "3"][..],
            &["a%", "b%", "c%"],
            &["1%", "2%"],
            &["12%", "3%", "many"],
            &[],
        ] {
            assert_eq!(found(words), None, "{words:?}");
        }
    }
}
