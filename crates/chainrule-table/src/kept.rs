//! The rows of a file as they were written, for whoever wants to write them again.

use crate::scan::{Record, Scanner};

/// The rows of a file as they were written, quotes, spaces and words for missing values with them.
pub(crate) struct Kept {
    /// The rows, each ended by a line feed.
    text: String,
    /// Where each row starts in `text`, and at the end where the next one would.
    starts: Vec<usize>,
    delimiter: u8,
    /// The line of the names, if there was one.
    header: Option<String>,
}

impl Kept {
    pub(crate) fn new(delimiter: u8, header: Option<String>) -> Kept {
        Kept {
            text: String::new(),
            starts: vec![0],
            delimiter,
            // Readers take a byte order mark at the start of the text for a mark, not for content.
            header: header.filter(|header| !header.starts_with('\u{feff}')),
        }
    }

    /// What was kept so far, which is kept no longer.
    pub(crate) fn take(&mut self) -> Kept {
        let next = Kept::new(self.delimiter, self.header.clone());
        std::mem::replace(self, next)
    }

    /// Adds a row, without its line end.
    pub(crate) fn push(&mut self, written: &str) {
        self.text.push_str(written);
        self.text.push('\n');
        self.starts.push(self.text.len());
    }

    /// How many bytes of text are kept.
    pub(crate) fn bytes(&self) -> usize {
        self.text.len()
    }

    /// The line of the names, without its line end, if there was one.
    pub(crate) fn header(&self) -> Option<&str> {
        self.header.as_deref()
    }

    /// One row, without its line feed.
    pub(crate) fn record(&self, row: usize) -> &str {
        self.text[self.starts[row]..self.starts[row + 1]]
            .strip_suffix('\n')
            .unwrap_or_default()
    }

    /// The text of one cell, trimmed and unquoted.
    pub(crate) fn cell(&self, row: usize, column: usize) -> String {
        let mut record = Record::default();
        let mut scanner = Scanner::new("", Box::new(self.record(row).as_bytes()), self.delimiter);
        match scanner.next(&mut record) {
            Ok(true) => record.cells().nth(column).unwrap_or_default().to_string(),
            _ => String::new(),
        }
    }
}

/// What separates cells in some file or other.
pub(crate) const DELIMITERS: [(u8, &str, &str); 4] = [
    (b',', "comma", "commas"),
    (b';', "semicolon", "semicolons"),
    (b'\t', "tab", "tabs"),
    (b'|', "bar", "bars"),
];

/// Writes one cell as CSV, with quotes where they are needed.
///
/// An empty cell that is the only one of its row gets quotes, because a blank line is no row.
pub(crate) fn push_cell(out: &mut String, cell: &str, delimiter: char, only: bool) {
    // Readers take a byte order mark at the start of the text for a mark, not for content.
    let needs_quotes = cell
        .chars()
        .any(|letter| letter == delimiter || matches!(letter, '"' | '\n' | '\r'))
        || (cell.is_empty() && only)
        || cell.starts_with('\u{feff}');
    if needs_quotes {
        push_quoted(out, cell);
    } else {
        out.push_str(cell);
    }
}

/// Writes a column's name as CSV. Whatever may separate cells is quoted: a reader that has to find out looks here.
pub(crate) fn push_name(out: &mut String, name: &str, delimiter: char) {
    match name
        .bytes()
        .any(|byte| DELIMITERS.iter().any(|(delimiter, ..)| *delimiter == byte))
    {
        true => push_quoted(out, name),
        false => push_cell(out, name, delimiter, false),
    }
}

fn push_quoted(out: &mut String, cell: &str) {
    out.push('"');
    for (part, piece) in cell.split('"').enumerate() {
        if part > 0 {
            out.push_str("\"\"");
        }
        out.push_str(piece);
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_found_in_rows_as_they_were_written() {
        for delimiter in *b",;\t|" {
            let written = [" a b", "", "\"\"\"\"", "\"two\nlines\" ", "\"1,5;\t|\"", "NA"]
                .join(&char::from(delimiter).to_string());
            let mut kept = Kept::new(delimiter, None);
            kept.push(&written);
            kept.push("1");
            assert_eq!((kept.record(0), kept.record(1)), (&*written, "1"));
            for (column, cell) in ["a b", "", "\"", "two\nlines", "1,5;\t|", "NA", ""]
                .into_iter()
                .enumerate()
            {
                assert_eq!(kept.cell(0, column), cell);
            }
            assert_eq!((kept.take().bytes(), kept.bytes()), (written.len() + 3, 0));
        }
        let mut only = Kept::new(b',', Some("\u{feff}a".to_string()));
        only.push("\"\"");
        assert_eq!(
            (only.record(0), only.cell(0, 0).as_str(), only.header()),
            ("\"\"", "", None)
        );
    }
}
