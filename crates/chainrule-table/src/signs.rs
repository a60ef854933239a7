//! Numbers as people write amounts and shares: `$95.16`, `12%`, `112,770`. They are numbers only where somebody says so.

use crate::cell::number;
use crate::message::quoted;
use crate::reading::{Counted, Oddity, Reading};

/// A result whose error is what to say of a cell.
pub(crate) type Said<T> = std::result::Result<T, String>;

const CURRENCIES: [char; 6] = ['$', '€', '£', '¥', '₹', '₩'];
/// What may stand between groups of three digits.
const GROUPS: [char; 7] = [',', '.', '\'', '’', ' ', '\u{a0}', '\u{202f}'];
const MINUS: char = '\u{2212}';

/// A number and what it was written with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Signed {
    pub(crate) value: f64,
    /// What stands before its decimals.
    decimal: Option<char>,
    /// What stands between its thousands.
    group: Option<char>,
    currency: Option<char>,
    /// Whether it would be no number if nobody had asked for one.
    pub(crate) has_signs: bool,
}

/// The number that a cell spells; `commas` says whether the file may have decimal commas.
///
/// One comma is a decimal mark where the file may have those, or where it groups no thousands; marks of thousands stand
/// before every three digits. `12%` is 12.
pub(crate) fn signed(cell: &str, commas: bool) -> Option<Signed> {
    let (mut rest, mut negative, mut currency) = (cell, None, None);
    loop {
        rest = rest.trim_start();
        let letter = rest.chars().next()?;
        match letter {
            '-' | '+' | MINUS if negative.is_none() => negative = Some(letter != '+'),
            letter if CURRENCIES.contains(&letter) && currency.is_none() => currency = Some(letter),
            _ => break,
        }
        rest = &rest[letter.len_utf8()..];
    }
    let last = rest.chars().next_back()?;
    if last == '%' || (CURRENCIES.contains(&last) && currency.is_none()) {
        currency = currency.or(Some(last).filter(|last| *last != '%'));
        rest = rest[..rest.len() - last.len_utf8()].trim_end();
    }
    if !rest.starts_with(|letter: char| letter.is_ascii_digit() || matches!(letter, '.' | ',')) {
        return None;
    }
    let (value, decimal, group) = digits(rest, commas)?;
    Some(Signed {
        value: if negative == Some(true) { -value } else { value },
        decimal,
        group,
        currency,
        has_signs: cell.parse::<f64>().is_err() && number(cell, commas).is_none(),
    })
}

/// A number without signs, the mark before its decimals, and that between its thousands.
fn digits(text: &str, commas: bool) -> Option<(f64, Option<char>, Option<char>)> {
    let finite = |text: &str| text.parse().ok().filter(|value: &f64| value.is_finite());
    if let Some(value) = finite(text) {
        return Some((value, text.contains('.').then_some('.'), None));
    }
    let count = |mark: char| text.matches(mark).count();
    let decimal = match (text.rfind(','), text.rfind('.')) {
        (Some(comma), Some(point)) => Some(if comma > point { ',' } else { '.' }),
        (Some(_), None) if count(',') == 1 && (commas || !is_grouped(text, ',')) => Some(','),
        (None, Some(_)) if count('.') == 1 => Some('.'),
        _ => None,
    };
    let (whole, decimals) = match decimal {
        Some(mark) => text.rsplit_once(mark)?,
        None => (text, ""),
    };
    let group = whole.chars().find(|letter| !letter.is_ascii_digit());
    let bare = match group {
        None => whole.to_string(),
        Some(mark) if decimal != group && GROUPS.contains(&mark) && is_grouped(whole, mark) => whole.replace(mark, ""),
        Some(_) => return None,
    };
    Some((finite(&format!("{bare}.{decimals}"))?, decimal, group))
}

/// Whether a mark stands before every three digits, and nowhere else.
fn is_grouped(text: &str, mark: char) -> bool {
    let mut parts = text.split(mark);
    let are_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let first = parts.next().unwrap_or_default();
    let mut others = parts.peekable();
    others.peek().is_some()
        && (1..=3).contains(&first.len())
        && are_digits(first)
        && !first.starts_with('0')
        && others.all(|part| part.len() == 3 && are_digits(part))
}

/// What the numbers of a column were written with so far: one mark must not mean two things.
#[derive(Default)]
pub(crate) struct Signs {
    decimal: Option<(char, String)>,
    group: Option<(char, String)>,
    currency: Option<(char, String)>,
    found: Counted,
    /// How the first cell with signs was read.
    read_as: f64,
}

impl Signs {
    /// Takes a number of the column, whose cell is at this line.
    pub(crate) fn add(&mut self, number: &Signed, cell: impl Fn() -> String, line: usize) -> Said<f64> {
        let same = |mark: Option<char>, other: &Option<(char, String)>| match (mark, other) {
            (Some(mark), Some((other, above))) if mark == *other => Some(above.clone()),
            _ => None,
        };
        let other = |mark: Option<char>, before: &Option<(char, String)>| match (mark, before) {
            (Some(mark), Some((before, above))) if mark != *before => Some(above.clone()),
            _ => None,
        };
        let decimal = same(number.decimal, &self.group).map(|above| (above, "its decimals", "between its thousands"));
        let group = || same(number.group, &self.decimal).map(|above| (above, "its thousands", "before its decimals"));
        let wrong = decimal.or_else(group);
        if let Some((above, here, there)) = wrong {
            return Err(format!(
                "{} has the mark for {here} that {} above it has {there}; write all cells alike",
                quoted(&cell()),
                quoted(&above)
            ));
        }
        if let Some(above) = other(number.decimal, &self.decimal) {
            return Err(format!(
                "{} and {} above it have different marks before their decimals; write all cells alike",
                quoted(&cell()),
                quoted(&above)
            ));
        }
        if let Some(above) = other(number.currency, &self.currency) {
            return Err(format!(
                "{} and {} above it are of different currencies; convert them, or give each currency a column of its own",
                quoted(&cell()),
                quoted(&above)
            ));
        }
        for (mark, first) in [
            (number.decimal, &mut self.decimal),
            (number.group, &mut self.group),
            (number.currency, &mut self.currency),
        ] {
            if let Some(mark) = mark.filter(|_| first.is_none()) {
                *first = Some((mark, cell()));
            }
        }
        if number.has_signs {
            if self.found.cells == 0 {
                self.read_as = number.value;
            }
            self.found.add(cell, line);
        }
        Ok(number.value)
    }

    /// What a person should know of them.
    pub(crate) fn reading(&self, column: &str, place: &'static str) -> Option<Reading> {
        let counts_as = crate::message::number(self.read_as);
        self.found.reading(Oddity::Signs, column, place, counts_as)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_and_groups_are_read_past() {
        for (cell, value, in_comma_files) in [
            ("$95.16", 95.16, 95.16),
            ("-$5", -5.0, -5.0),
            ("$ -5", -5.0, -5.0),
            ("\u{2212}5 €", -5.0, -5.0),
            ("12%", 12.0, 12.0),
            ("3.5 %", 3.5, 3.5),
            ("112,770", 112.77, 112_770.0),
            ("1,200,300", 1_200_300.0, 1_200_300.0),
            ("1,200.50", 1200.5, 1200.5),
            ("1.200,50", 1200.5, 1200.5),
            ("1.200.300", 1_200_300.0, 1_200_300.0),
            ("1'200.5", 1200.5, 1200.5),
            ("1 200", 1200.0, 1200.0),
            ("1\u{202f}200,5 €", 1200.5, 1200.5),
            ("1,5", 1.5, 1.5),
            ("0,123", 0.123, 0.123),
            ("007", 7.0, 7.0),
            ("1e3", 1000.0, 1000.0),
            ("+1.5", 1.5, 1.5),
        ] {
            let read = |commas| signed(cell, commas).map(|number| number.value);
            assert_eq!((read(true), read(false)), (Some(value), Some(in_comma_files)), "{cell}");
        }
        for cell in [
            "",
            "$",
            "%",
            "x",
            "1,20,300",
            "1,2,3",
            "12 5",
            "040 123 456",
            "5-6",
            "--5",
            "$5€",
            "inf",
            "1e999",
            "2024-01-31",
            "12.5.2024",
            "1,2.3,4",
            "$%",
            "5 apples",
        ] {
            assert_eq!((signed(cell, true), signed(cell, false)), (None, None), "{cell}");
        }
        for (cell, has_signs) in [
            ("1.5", false),
            ("007", false),
            ("1,5", true),
            ("$1", true),
            ("1 200", true),
        ] {
            assert_eq!(
                signed(cell, false).map(|number| number.has_signs),
                Some(has_signs),
                "{cell}"
            );
        }
        assert_eq!(signed("1,5", true).map(|number| number.has_signs), Some(false));
    }

    #[test]
    fn one_mark_means_one_thing_in_a_column() {
        let read = |cells: &[&str], commas| {
            let mut signs = Signs::default();
            let add = |cell: &&str| signs.add(&signed(cell, commas).unwrap(), || cell.to_string(), 2);
            cells.iter().map(add).collect::<Said<Vec<f64>>>()
        };
        assert_eq!(
            read(&["1,200", "3.5", "$7", "12%"], false),
            Ok(vec![1200.0, 3.5, 7.0, 12.0])
        );
        assert_eq!(read(&["1.200,5", "3,5"], true), Ok(vec![1200.5, 3.5]));
        for (cells, commas, word) in [
            (
                ["1,200", "1,5"],
                false,
                "the mark for its decimals that `1,200` above it has between its thousands",
            ),
            (
                ["1,5", "1,200"],
                false,
                "the mark for its thousands that `1,5` above it has before its decimals",
            ),
            (["1.5", "1,5"], true, "different marks before their decimals"),
            (["$1", "2 €"], false, "different currencies"),
        ] {
            let said = read(&cells, commas).unwrap_err();
            assert!(
                said.starts_with(&format!("`{}` ", cells[1])) && said.contains(word),
                "{said}"
            );
        }
    }
}
