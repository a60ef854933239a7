//! How a file is written: what separates its cells, whether it has a header, and more, found out from its first rows.

use std::fmt;

use crate::cell::{is_missing, number};
use crate::date::date;
use crate::decode::TextEncoding;
use crate::kept::DELIMITERS;
use crate::scan::{Record, Scanner};

/// How many rows tell what separates the cells.
const SAMPLE_ROWS: usize = 100;

/// How a file was written, as it was found out while reading.
#[derive(Clone, Debug, PartialEq)]
pub struct Format {
    /// What kind of file it is, such as `CSV`.
    pub kind: &'static str,
    /// Whether it was compressed by gzip.
    pub gzip: bool,
    /// How its letters were written.
    pub encoding: TextEncoding,
    /// What separates its cells: a comma, a semicolon, a tab or a bar.
    pub delimiter: char,
    /// Whether some column has decimal commas.
    pub decimal_comma: bool,
    /// Whether its first line has the names of the columns.
    pub header: bool,
    /// Whether a line above the header says what separates the cells, as `sep=;` does.
    pub separator_line: bool,
    /// Whether each row starts with a name of its own, for which the header has no name, as R writes tables.
    pub row_names: bool,
}

impl Format {
    /// What the number of a row counts: lines of a file of text, otherwise rows.
    pub(crate) fn place(&self) -> &'static str {
        if self.kind == "CSV" { "line" } else { "row" }
    }

    /// What a cell's neighbor is separated by, in words: `a comma`'s noun and its plural.
    pub(crate) fn delimiter_words(delimiter: u8) -> (&'static str, &'static str) {
        let found = DELIMITERS.iter().find(|(mark, ..)| *mark == delimiter);
        found.map_or(("mark", "marks"), |(_, one, many)| (*one, *many))
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Format { kind, .. } = self;
        f.write_str(kind)?;
        if kind == &"CSV" {
            let (_, delimiters) = Format::delimiter_words(self.delimiter as u8);
            write!(f, " with {delimiters} between the cells")?;
            f.write_str(if self.decimal_comma { " and decimal commas" } else { "" })?;
            f.write_str(if self.header {
                ", a header line"
            } else {
                ", no header line"
            })?;
            write!(f, ", {}", self.encoding)?;
        }
        f.write_str(if self.gzip { ", gzip" } else { "" })
    }
}

/// What separates the cells of a text, judged by its start. `whole` says that there is no more of it.
///
/// It is the mark that cuts the header and the next hundred rows into the same number of cells, and into the most of them;
/// commas where several do. If no mark does, it is the one that cuts the header into the most cells, so that what is said of
/// the first row that does not fit makes sense.
pub(crate) fn delimiter(text: &str, whole: bool) -> u8 {
    let mut best = (b',', (false, 1));
    for (delimiter, ..) in DELIMITERS {
        let (header, agrees) = cells(text, whole, delimiter);
        let rank = (agrees && header > 1, header);
        if rank > best.1 {
            best = (delimiter, rank);
        }
    }
    best.0
}

/// How many cells the header has, and whether the rows after it have as many.
fn cells(text: &str, whole: bool, delimiter: u8) -> (usize, bool) {
    let records = sample(text, whole, delimiter, SAMPLE_ROWS);
    let header = records.first().map_or(0, Record::len);
    (header, records.iter().all(|record| record.len() == header))
}

/// The first records of a text, as far as they are whole and sound.
pub(crate) fn sample(text: &str, whole: bool, delimiter: u8, most: usize) -> Vec<Record> {
    let mut scanner = Scanner::new("", Box::new(text.as_bytes()), delimiter);
    let mut records = Vec::new();
    for _ in 0..=most {
        let mut record = Record::default();
        match scanner.next(&mut record) {
            Ok(true) => records.push(record),
            _ => break,
        }
    }
    // The last may be cut off by the end of the sample.
    if !whole && records.len() <= most && records.len() > 1 {
        records.pop();
    }
    records
}

/// What the first line says that separates the cells, when it is `sep=;` or the like, and how many bytes it has.
pub(crate) fn separator_line(text: &str) -> Option<(u8, usize)> {
    let end = text.find(['\n', '\r'])?;
    let line = text[..end].trim_matches('"');
    let mark = line
        .get(..4)
        .filter(|start| start.eq_ignore_ascii_case("sep="))
        .and(line.get(4..))?;
    let known = DELIMITERS
        .iter()
        .find(|(delimiter, ..)| mark.as_bytes() == [*delimiter]);
    let break_bytes = if text[end..].starts_with("\r\n") { 2 } else { 1 };
    known.map(|(delimiter, ..)| (*delimiter, end + break_bytes))
}

/// Whether each row has a name of its own before its cells, for which the header has none, as R writes tables: one cell more
/// than the header has names, and these all different, in quotes or counted from 1.
pub(crate) fn has_row_names(text: &str, whole: bool, delimiter: u8) -> bool {
    let records = sample(text, whole, delimiter, SAMPLE_ROWS);
    let [header, rows @ ..] = records.as_slice() else {
        return false;
    };
    let first = |record: &Record| record.cells().next().unwrap_or_default().to_string();
    let names: std::collections::HashSet<String> = rows.iter().map(first).collect();
    let counted = || {
        rows.iter()
            .enumerate()
            .all(|(row, record)| first(record) == (row + 1).to_string())
    };
    // A mark at the end of each row is none of it.
    let ends_empty = || {
        rows.iter()
            .all(|record| record.cells().last().is_none_or(str::is_empty))
    };
    header.len() > 1
        && !rows.is_empty()
        && rows.iter().all(|record| record.len() == header.len() + 1)
        && names.len() == rows.len()
        && (rows.iter().all(|record| record.starts_quoted) || counted())
        && !ends_empty()
}

/// Whether the first line of a text has the names of the columns, not values.
///
/// It has values when it holds numbers or dates that do not rise from left to right, and the cells below each of them are
/// of their kind or missing. Names may be numbers, but then they rise: years, wavelengths, places. One whole number may be
/// a name as well.
pub(crate) fn has_header(text: &str, whole: bool, delimiter: u8) -> bool {
    let commas = delimiter != b',';
    let value = |cell: &str| {
        number(cell, commas)
            .map(|n| n.value)
            .or_else(|| date(cell)?.days(Default::default()))
    };
    let records = sample(text, whole, delimiter, 1);
    let [first, second] = records.as_slice() else {
        return true;
    };
    let mut values = Vec::new();
    for (above, below) in first.cells().zip(second.cells()) {
        if let Some(above) = value(above) {
            if value(below).is_none() && !is_missing(below) {
                return true;
            }
            values.push(above);
        }
    }
    match values.as_slice() {
        [] => true,
        [only] => only.fract() == 0.0 && first.len() > 1,
        several => several.windows(2).all(|pair| pair[0] < pair[1]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_between_the_cells_is_found() {
        for (text, expected) in [
            ("a,b\n1,2\n", b','),
            ("a;b\n1,5;2\n", b';'),
            ("a\tb\tc\n1,5\t2\t3\n", b'\t'),
            ("a|b\n1|2\n", b'|'),
            ("a\n1\n", b','),
            ("a;b,c\n1,2\n", b','),
            ("\"a;b\",c\n1,2\n", b','),
            // No mark fits all rows.
            ("a;b;c\n1;2\n3;4;5\n", b';'),
            ("a,b\n1,2\n3\n", b','),
            ("", b','),
            ("a,b,c;d\n1,2;3;4;5\n\"open;\n", b','),
        ] {
            assert_eq!(char::from(delimiter(text, true)), char::from(expected), "{text:?}");
        }
        // A row that is cut off does not count.
        assert_eq!(delimiter("a;b\n1;2\n3", false), b';');
    }

    #[test]
    fn a_first_line_may_say_what_separates_the_cells() {
        for (text, expected) in [
            ("sep=;\na,b\n", Some((b';', 6))),
            ("SEP=\t\r\na\n", Some((b'\t', 7))),
            ("\"sep=|\"\na\n", Some((b'|', 8))),
            ("sep=:\na\n", None),
            ("sep=;;\na\n", None),
            ("sep=;", None),
            ("é;b\n", None),
            ("", None),
        ] {
            assert_eq!(separator_line(text), expected, "{text:?}");
        }
    }

    #[test]
    fn row_names_without_a_name_of_their_own_are_those_of_r() {
        for (text, expected) in [
            ("a,b\n\"x\",1,2\n\"y\",3,4\n", true),
            ("a,b\n1,5,2\n2,3,4\n", true),
            // Cells that want quotes, marks at the end, decimal commas, rows of other lengths.
            ("name,price\nSmith, John,5\nDoe, Jane,6\n", false),
            ("a,b\n1,5,\n2,3,\n", false),
            ("x\n1,5\n2,3\n", false),
            ("a,b\n\"x\",1,2\n\"x\",3,4\n", false),
            ("a,b\n\"x\",1,2\n\"y\",3\n", false),
            ("a,b\n1,2\n", false),
            ("a,b\n", false),
            ("", false),
        ] {
            assert_eq!(has_row_names(text, true, b','), expected, "{text:?}");
        }
    }

    #[test]
    fn a_header_is_told_from_values() {
        for (text, header) in [
            ("a,b\n1,2\n", true),
            ("5.1,3.5,setosa\n4.9,3.0,setosa\n", false),
            ("63,1,145\n67,1,160\n", false),
            ("1,1\n2,3\n", false),
            ("2024-01-02,5\n2024-01-03,6\n", false),
            ("x,5.1\ny,4\n", false),
            // Names that are numbers.
            ("country,1990,1991\nA,1,2\n", true),
            ("id,400.5,401,401.5\na,1,2,3\n", true),
            ("0,1,2\n5,5,5\n", true),
            ("name,2020\nx,1\n", true),
            ("3,1\nx,y\n", true),
            ("a,b\n", true),
            ("1\n2\n", false),
        ] {
            assert_eq!(has_header(text, true, b','), header, "{text:?}");
        }
        assert!(!has_header("5,1;3\n4,9;3\n", true, b';'));
    }
}
