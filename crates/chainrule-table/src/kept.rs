//! The cells of a file as they were written, for whoever wants to write them again.

/// The rows of a file in plain CSV: cells trimmed, missing cells empty, quotes only where needed.
pub(crate) struct Kept {
    /// The rows, each ended by a line feed.
    text: String,
    /// Where each row starts in `text`, and at the end where the next one would.
    starts: Vec<usize>,
    delimiter: char,
}

impl Kept {
    pub(crate) fn new(delimiter: u8) -> Kept {
        Kept {
            text: String::new(),
            starts: vec![0],
            delimiter: char::from(delimiter),
        }
    }

    /// Adds a row.
    pub(crate) fn push<'a>(&mut self, cells: impl Iterator<Item = &'a str>, columns: usize) {
        for (place, cell) in cells.enumerate() {
            if place > 0 {
                self.text.push(self.delimiter);
            }
            push_cell(&mut self.text, cell, self.delimiter, columns == 1);
        }
        self.text.push('\n');
        self.starts.push(self.text.len());
    }

    /// How many bytes of text are kept.
    pub(crate) fn bytes(&self) -> usize {
        self.text.len()
    }

    /// One row as CSV, without its line feed.
    pub(crate) fn record(&self, row: usize) -> &str {
        self.text[self.starts[row]..self.starts[row + 1]]
            .strip_suffix('\n')
            .unwrap_or_default()
    }

    /// The text of one cell, unquoted; empty when missing.
    pub(crate) fn cell(&self, row: usize, column: usize) -> String {
        let mut rest = self.record(row);
        for place in 0.. {
            let end = end_of_cell(rest, self.delimiter);
            if place == column {
                return match rest[..end].strip_prefix('"').and_then(|cell| cell.strip_suffix('"')) {
                    Some(inner) => inner.replace("\"\"", "\""),
                    None => rest[..end].to_string(),
                };
            }
            match rest.get(end + 1..) {
                Some(next) => rest = next,
                None => break,
            }
        }
        String::new()
    }
}

/// Where the first cell of a row ends.
fn end_of_cell(row: &str, delimiter: char) -> usize {
    if !row.starts_with('"') {
        return row.find(delimiter).unwrap_or(row.len());
    }
    // A quote inside is doubled, so it opens what it closes.
    let mut open = false;
    for (place, letter) in row.char_indices() {
        match letter {
            '"' => open = !open,
            _ if letter == delimiter && !open => return place,
            _ => {}
        }
    }
    row.len()
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
    fn cells_come_back_as_they_were() {
        let row = ["a;b", "", "\"", "two\nlines", "1,5", "\"x\";\"y\""];
        for delimiter in *b",;\t|" {
            let mut kept = Kept::new(delimiter);
            kept.push(row.into_iter(), row.len());
            kept.push(["1"; 6].into_iter(), 6);
            for (column, cell) in row.into_iter().enumerate() {
                assert_eq!(
                    (kept.cell(0, column).as_str(), kept.cell(1, column).as_str()),
                    (cell, "1")
                );
            }
            assert_eq!(kept.cell(0, 6), "");
        }
        let mut only = Kept::new(b',');
        only.push([""].into_iter(), 1);
        assert_eq!((only.record(0), only.cell(0, 0).as_str()), ("\"\"", ""));
    }
}
