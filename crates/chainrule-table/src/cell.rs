//! What the text of one cell says: nothing, a number, or something else.

/// Words that stand for a missing value, in any case; an empty cell does as well.
///
/// `None`, `-` and `unknown` are not among them: in columns of text they are answers ("no garage") as often as gaps, and in
/// columns of numbers [`ColumnType::Number`](crate::ColumnType::Number) takes them as missing.
pub const MISSING_WORDS: &[&str] = &["?", "NA", "N/A", "#N/A", "<NA>", "NaN", "-NaN", "null"];

/// The longest of them.
const LONGEST: usize = 4;

/// Whether a trimmed cell stands for a missing value.
pub(crate) fn is_missing(cell: &str) -> bool {
    match cell.as_bytes() {
        [] => true,
        [first, ..] if cell.len() <= LONGEST => {
            matches!(first, b'?' | b'n' | b'N' | b'#' | b'<' | b'-')
                && MISSING_WORDS.iter().any(|word| cell.eq_ignore_ascii_case(word))
        }
        _ => false,
    }
}

/// How a number was written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Number {
    /// Its value; infinite when the cell says so, or is beyond the range of 64 bits.
    pub(crate) value: f64,
    pub(crate) mark: Mark,
}

/// What stands before the decimals of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// There are none: a whole number of at most 64 bits.
    Whole,
    /// There are none, but an exponent, or too many digits.
    None,
    Point,
    Comma,
}

/// The number that a cell spells, with a decimal comma where the file may have one.
///
/// Digits that start with a zero, as in `007`, are no number: they are a code, such as a postal code, and would lose it.
pub(crate) fn number(cell: &str, commas: bool) -> Option<Number> {
    let bytes = cell.as_bytes();
    let (negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, bytes),
    };
    match digits.first() {
        Some(b'0'..=b'9' | b'.' | b',' | b'i' | b'I') => {}
        _ => return None,
    }
    if digits.len() <= 15 && digits.iter().all(u8::is_ascii_digit) {
        if is_code(cell) {
            return None;
        }
        // Exact: fifteen digits are less than 53 bits.
        let whole = digits
            .iter()
            .fold(0u64, |sum, digit| sum * 10 + u64::from(digit - b'0')) as f64;
        let value = if negative { -whole } else { whole };
        let mark = Mark::Whole;
        return Some(Number { value, mark });
    }
    if is_code(cell) {
        return None;
    }
    if commas && digits.contains(&b',') {
        let value = cell.replacen(',', ".", 1);
        let several = value.contains(',') || cell.contains('.');
        let value = value.parse().ok().filter(|_| !several)?;
        return Some(Number {
            value,
            mark: Mark::Comma,
        });
    }
    let value: f64 = cell.parse().ok().filter(|value: &f64| !value.is_nan())?;
    let mark = match digits.contains(&b'.') {
        true => Mark::Point,
        false if cell.parse::<i64>().is_ok() => Mark::Whole,
        false => Mark::None,
    };
    Some(Number { value, mark })
}

/// Whether a cell is all digits and starts with a zero, but is not zero itself.
fn is_code(cell: &str) -> bool {
    let bytes = cell.as_bytes();
    bytes.len() > 1 && bytes[0] == b'0' && bytes.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_values_have_many_spellings() {
        for word in MISSING_WORDS {
            assert!(word.len() <= LONGEST);
            assert!(is_missing(word) && is_missing(&word.to_lowercase()) && is_missing(&word.to_uppercase()));
        }
        assert!(is_missing(""));
        for word in ["none", "n", "-", "0", "nana", "--", "é", "ñ/a"] {
            assert!(!is_missing(word), "{word}");
        }
    }

    #[test]
    fn numbers_are_known_with_their_marks() {
        for (cell, value, mark) in [
            ("0", 0.0, Mark::Whole),
            ("-0", 0.0, Mark::Whole),
            ("+12", 12.0, Mark::Whole),
            ("999999999999999", 999_999_999_999_999.0, Mark::Whole),
            ("9223372036854775807", 9_223_372_036_854_775_807.0, Mark::Whole),
            ("9223372036854775808", 9_223_372_036_854_775_808.0, Mark::None),
            ("1e3", 1000.0, Mark::None),
            (".5", 0.5, Mark::Point),
            ("-5.", -5.0, Mark::Point),
            ("00.5", 0.5, Mark::Point),
            ("1,5", 1.5, Mark::Comma),
            ("-,5e1", -5.0, Mark::Comma),
            ("inf", f64::INFINITY, Mark::None),
            ("-1e999", f64::NEG_INFINITY, Mark::None),
        ] {
            assert_eq!(number(cell, true), Some(Number { value, mark }), "{cell}");
            assert_eq!(number(cell, false).is_some(), mark != Mark::Comma, "{cell}");
        }
        for cell in [
            "", "x", "1x", "-", "nan", "+nan", "007", "00", "1,2,3", "1.000,5", "1_000", "٣", "0x10", "1 000", ",",
        ] {
            assert_eq!(number(cell, true), None, "{cell}");
        }
    }
}
