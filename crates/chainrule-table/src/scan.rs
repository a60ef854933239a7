//! From bytes to records: where each row starts, how many cells it has, and its cells without the dressing.
//!
//! Arrow reads the cells; it does not say on which line of the file a row started, does not trim, and forgives a
//! quote that is never closed. So one pass goes before it: it checks the shape of the file, trims every cell, empties
//! the cells that stand for a missing value, and writes the rows anew in the plainest form, which Arrow then reads.

use crate::error::{Error, Result};
use crate::message::{count, quoted};

/// The rows of a file in plain CSV: cells trimmed, missing cells empty, quotes only where needed.
pub(crate) struct Records {
    pub(crate) names: Vec<String>,
    /// The rows, each ended by a line feed.
    text: String,
    /// Where each row starts in `text`, and at the end where the next one would.
    starts: Vec<usize>,
    /// The line of the file on which each row starts, from 1.
    lines: Vec<usize>,
}

impl Records {
    pub(crate) fn rows(&self) -> usize {
        self.lines.len()
    }

    pub(crate) fn line(&self, row: usize) -> usize {
        self.lines[row]
    }

    /// Rows `from..to` as CSV without a header.
    pub(crate) fn span(&self, from: usize, to: usize) -> &str {
        &self.text[self.starts[from]..self.starts[to]]
    }

    /// Where a span from row `from` ends that has at most so many rows and bytes, but at least one row.
    pub(crate) fn span_end(&self, from: usize, most_rows: usize, most_bytes: usize) -> usize {
        let within = self.starts[from..].partition_point(|start| start - self.starts[from] <= most_bytes);
        let most = self.rows().min(from + most_rows);
        (from + within.saturating_sub(1)).clamp(from + 1, most.max(from + 1))
    }

    /// One row as CSV, without its line feed.
    pub(crate) fn record(&self, row: usize) -> &str {
        self.text[self.starts[row]..self.starts[row + 1]]
            .strip_suffix('\n')
            .unwrap_or_default()
    }

    /// The text of one cell, unquoted; empty when missing.
    pub(crate) fn cell(&self, row: usize, column: usize) -> String {
        let mut scanner = Scanner {
            name: "",
            text: self.record(row),
            position: 0,
            line: 1,
        };
        let mut value = String::new();
        for _ in 0..=column {
            value.clear();
            // The record was written by this module, so it scans.
            if scanner.cell(&mut value).is_err() {
                break;
            }
        }
        value
    }
}

/// A longer cell is no value to learn from, and most likely a quote in the wrong place.
const MOST_CELL_BYTES: usize = 1 << 24;

/// Scans a whole file.
pub(crate) fn scan(name: &str, bytes: &[u8]) -> Result<Records> {
    let text = text(name, bytes)?;
    let mut scanner = Scanner {
        name,
        text,
        position: 0,
        line: 1,
    };
    let names = scanner.header()?;

    let mut records = Records {
        names,
        text: String::with_capacity(text.len()),
        starts: vec![0],
        lines: Vec::new(),
    };
    let columns = records.names.len();
    let mut value = String::new();
    while scanner.skip_blank_lines() {
        let line = scanner.line;
        let mut cells = 0;
        loop {
            value.clear();
            let end = scanner.cell(&mut value)?;
            if value.len() > MOST_CELL_BYTES {
                return Err(Error::data(format!(
                    "{name}, line {line}: cell {} has {} bytes, and {MOST_CELL_BYTES} is the most; check the quotes",
                    cells + 1,
                    value.len()
                )));
            }
            if cells > 0 {
                records.text.push(',');
            }
            push_cell(
                &mut records.text,
                if is_missing(&value) { "" } else { &value },
                columns == 1,
            );
            cells += 1;
            if end == End::Row {
                break;
            }
        }
        if cells != columns {
            return Err(ragged(name, line, cells, columns));
        }
        records.text.push('\n');
        records.starts.push(records.text.len());
        records.lines.push(line);
    }
    if records.lines.is_empty() {
        return Err(Error::data(format!(
            "{name} has a header line and no rows; add at least one row below the header"
        )));
    }
    Ok(records)
}

/// The bytes as text, without a byte order mark.
fn text<'a>(name: &str, bytes: &'a [u8]) -> Result<&'a str> {
    let advice = "save the file as CSV in UTF-8";
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let valid = &bytes[..error.valid_up_to()];
        let line = 1 + count_lines(&String::from_utf8_lossy(valid));
        let byte = bytes.get(error.valid_up_to()).copied().unwrap_or_default();
        Error::data(format!(
            "{name}, line {line}: byte {} of the file (0x{byte:02X}) is not UTF-8 text; {advice}",
            error.valid_up_to() + 1
        ))
    })?;
    if let Some(position) = text.find('\0') {
        let line = 1 + count_lines(&text[..position]);
        return Err(Error::data(format!(
            "{name}, line {line}: byte {} of the file is zero, which text never holds; {advice}",
            position + 1
        )));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(Error::data(format!(
            "{name} is empty; it needs a header line with the column names, and rows below it"
        )));
    }
    Ok(text)
}

/// How many line ends a text holds; a carriage return and line feed together are one.
fn count_lines(text: &str) -> usize {
    let bytes = text.as_bytes();
    let line_feeds = bytes.iter().filter(|byte| **byte == b'\n').count();
    let lone_returns = bytes
        .iter()
        .enumerate()
        .filter(|(at, byte)| **byte == b'\r' && bytes.get(at + 1) != Some(&b'\n'))
        .count();
    line_feeds + lone_returns
}

fn ragged(name: &str, line: usize, cells: usize, columns: usize) -> Error {
    let advice = if cells > columns {
        "a cell that holds a comma needs quotes around it"
    } else {
        "a missing value still needs its comma"
    };
    Error::data(format!(
        "{name}, line {line}: the row has {}, but the header has {}; {advice}",
        count(cells, "cell", "cells"),
        count(columns, "name", "names"),
    ))
}

/// Whether a trimmed cell stands for a missing value: empty, `?`, `NA`, `N/A` or `null`, in any case.
pub(crate) fn is_missing(cell: &str) -> bool {
    match cell.len() {
        0 => true,
        1 => cell == "?",
        2..=4 => ["na", "n/a", "null"].iter().any(|word| cell.eq_ignore_ascii_case(word)),
        _ => false,
    }
}

/// Writes one cell as CSV, with quotes where they are needed.
///
/// An empty cell that is the only one of its row gets quotes, because a blank line is no row.
pub(crate) fn push_cell(out: &mut String, cell: &str, only: bool) {
    // Readers take a byte order mark at the start of the text for a mark, not for content.
    let needs_quotes = cell.bytes().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r'))
        || (cell.is_empty() && only)
        || cell.starts_with('\u{feff}');
    if needs_quotes {
        out.push('"');
        for (part, piece) in cell.split('"').enumerate() {
            if part > 0 {
                out.push_str("\"\"");
            }
            out.push_str(piece);
        }
        out.push('"');
    } else {
        out.push_str(cell);
    }
}

/// What ended a cell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Comma,
    Row,
}

struct Scanner<'a> {
    name: &'a str,
    text: &'a str,
    position: usize,
    line: usize,
}

impl Scanner<'_> {
    fn header(&mut self) -> Result<Vec<String>> {
        self.skip_blank_lines();
        let (name, line) = (self.name, self.line);
        let mut names: Vec<String> = Vec::new();
        let mut seen = std::collections::HashMap::new();
        loop {
            let mut value = String::new();
            let end = self.cell(&mut value)?;
            let column = names.len() + 1;
            if value.is_empty() {
                let advice = match column {
                    1 => "; a table saved by pandas with its index looks like this: save it with index=False",
                    _ => "",
                };
                return Err(Error::data(format!(
                    "{name}, line {line}: column {column} has no name; give every column a name in the header{advice}"
                )));
            }
            if let Some(first) = seen.insert(value.clone(), column) {
                return Err(Error::data(format!(
                    "{name}, line {line}: columns {first} and {column} are both named {}; give each column its own name",
                    quoted(&value)
                )));
            }
            names.push(value);
            if end == End::Row {
                break;
            }
        }
        if let [only] = names.as_slice()
            && let Some(separator) = [(';', "semicolons"), ('\t', "tabs"), ('|', "bars")]
                .iter()
                .find(|(mark, _)| only.contains(*mark))
        {
            return Err(Error::data(format!(
                "{name}, line {line}: the header is one name, {}; this file seems to separate its cells by {}: save it \
                 with commas",
                quoted(only),
                separator.1
            )));
        }
        Ok(names)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.position).copied()
    }

    /// Moves past lines that hold nothing but spaces; false at the end of the text.
    fn skip_blank_lines(&mut self) -> bool {
        loop {
            let rest = &self.text[self.position..];
            let end = rest.find(['\n', '\r']).unwrap_or(rest.len());
            if !rest[..end].trim().is_empty() {
                return true;
            }
            if end == rest.len() {
                return false;
            }
            self.position += end;
            self.pass_line_end();
        }
    }

    /// Moves past a line end, if there is one here.
    fn pass_line_end(&mut self) -> bool {
        match self.peek() {
            Some(b'\n') => self.position += 1,
            Some(b'\r') => {
                self.position += 1;
                if self.peek() == Some(b'\n') {
                    self.position += 1;
                }
            }
            _ => return false,
        }
        self.line += 1;
        true
    }

    fn skip_spaces(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.position += 1;
        }
    }

    /// Reads one cell, trimmed, into `value`, and moves past what ends it.
    fn cell(&mut self, value: &mut String) -> Result<End> {
        self.skip_spaces();
        if self.peek() == Some(b'"') {
            self.quoted_cell(value)?;
        } else {
            let rest = &self.text.as_bytes()[self.position..];
            let length = rest
                .iter()
                .position(|byte| matches!(byte, b',' | b'\n' | b'\r'))
                .unwrap_or(rest.len());
            value.push_str(self.text[self.position..self.position + length].trim());
            self.position += length;
        }
        if self.peek() == Some(b',') {
            self.position += 1;
            Ok(End::Comma)
        } else {
            self.pass_line_end();
            Ok(End::Row)
        }
    }

    fn quoted_cell(&mut self, value: &mut String) -> Result<()> {
        let (name, opened) = (self.name, self.line);
        self.position += 1;
        loop {
            let rest = &self.text[self.position..];
            let Some(length) = rest.find('"') else {
                return Err(Error::data(format!(
                    "{name}, line {opened}: the quote that opens a cell is never closed; add the closing quote, or \
                     write \"\" for a quote inside a quoted cell"
                )));
            };
            value.push_str(&rest[..length]);
            self.line += count_lines(&rest[..length]);
            self.position += length + 1;
            if self.peek() != Some(b'"') {
                break;
            }
            value.push('"');
            self.position += 1;
        }
        self.skip_spaces();
        if !matches!(self.peek(), None | Some(b',' | b'\n' | b'\r')) {
            return Err(Error::data(format!(
                "{name}, line {}: text follows the closing quote of a cell; write \"\" for a quote inside a quoted cell",
                self.line
            )));
        }
        let trimmed = value.trim();
        if trimmed.len() != value.len() {
            *value = trimmed.to_string();
        }
        Ok(())
    }
}
