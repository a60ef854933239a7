//! From text to records: the cells of each row, trimmed, and the line on which it starts. Only a piece of the file is in
//! memory at a time.

use std::collections::HashMap;
use std::io::Read;
use std::ops::Range;

use crate::decode::{Fault, Text, TextEncoding};
use crate::error::{Error, Result};
use crate::message::quoted;
use crate::source::cannot_read;

/// A longer cell is no value to learn from, and most likely a quote in the wrong place.
const MOST_CELL_BYTES: usize = 1 << 24;
/// A longer row is no row.
const MOST_ROW_BYTES: usize = 1 << 28;
/// How much is read at a time.
const PIECE: usize = 1 << 18;

/// The cells of one row or of the header.
#[derive(Default)]
pub(crate) struct Record {
    text: String,
    /// Where each cell ends in `text`.
    ends: Vec<usize>,
    /// The line of the file on which the row starts, from 1.
    pub(crate) line: usize,
    /// Whether the first cell has quotes around it.
    pub(crate) starts_quoted: bool,
}

impl Record {
    pub(crate) fn cells(&self) -> impl Iterator<Item = &str> + Clone {
        let starts = [0].into_iter().chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| &self.text[start..*end])
    }

    /// How many cells there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }
}

/// What a look at the text found.
enum Step {
    Record,
    End,
    /// The text does not reach far enough.
    More,
}

/// Reads records from text.
pub(crate) struct Scanner<'a> {
    name: &'a str,
    source: Text<'a>,
    /// The text that is not used up, from `position` on.
    buffer: String,
    position: usize,
    /// Where the last record is in the buffer, until more is read.
    last: Range<usize>,
    line: usize,
    /// Whether the buffer reaches to the end of the text.
    whole: bool,
    delimiter: u8,
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(name: &'a str, source: Box<dyn Read + 'a>, delimiter: u8) -> Scanner<'a> {
        Scanner {
            name,
            source: Text::new(source),
            buffer: String::new(),
            position: 0,
            last: 0..0,
            line: 1,
            whole: false,
            delimiter,
        }
    }

    /// The text up to about so many bytes, and whether that is all.
    pub(crate) fn sample(&mut self, bytes: usize) -> Result<(&str, bool)> {
        self.read_more(bytes)?;
        Ok((&self.buffer, self.whole))
    }

    /// The text that was read, but not used up, and whether that is all there is.
    pub(crate) fn rest(&self) -> (&str, bool) {
        (&self.buffer[self.position..], self.whole)
    }

    /// The last record as it was written, without its line end. Only right after it was read.
    pub(crate) fn written(&self) -> &str {
        let written = self.buffer.get(self.last.clone()).unwrap_or_default();
        let written = written.strip_suffix('\n').unwrap_or(written);
        written.strip_suffix('\r').unwrap_or(written)
    }

    /// The encoding, as far as it is known by now.
    pub(crate) fn encoding(&self) -> TextEncoding {
        self.source.encoding.unwrap_or(TextEncoding::Utf8)
    }

    pub(crate) fn set_delimiter(&mut self, delimiter: u8) {
        self.delimiter = delimiter;
    }

    /// Reads the next record, past blank lines; false at the end.
    pub(crate) fn next(&mut self, record: &mut Record) -> Result<bool> {
        loop {
            match self.look(record)? {
                Step::Record => return Ok(true),
                Step::End => return Ok(false),
                Step::More => {
                    let kept = self.buffer.len() - self.position;
                    if kept > MOST_ROW_BYTES {
                        return Err(Error::data(format!(
                            "{}, line {}: the row has more than {MOST_ROW_BYTES} bytes; check the line ends and the quotes",
                            self.name, self.line
                        )));
                    }
                    // Twice as much each time, so that a long row is not looked at too often.
                    self.read_more(PIECE.max(kept))?;
                }
            }
        }
    }

    fn read_more(&mut self, bytes: usize) -> Result<()> {
        self.buffer.drain(..self.position);
        self.position = 0;
        match self.source.more(&mut self.buffer, bytes) {
            Ok(more) => self.whole = !more,
            Err(Fault::Unread(error)) => return Err(cannot_read(self.name, &error)),
            Err(Fault::NoText(place, why)) => {
                return Err(Error::data(format!(
                    "{}, line {}: byte {} of the file {why}; save the file as CSV in UTF-8",
                    self.name,
                    self.line + count_lines(&self.buffer),
                    place + 1
                )));
            }
        }
        Ok(())
    }

    fn look(&mut self, record: &mut Record) -> Result<Step> {
        if !self.skip_blank_lines() {
            return Ok(if self.whole { Step::End } else { Step::More });
        }
        record.text.clear();
        record.ends.clear();
        record.line = self.line;
        record.starts_quoted = self.buffer[self.position..]
            .trim_start_matches([' ', '\t'])
            .starts_with('"');
        let mut at = self.position;
        let mut line = self.line;
        loop {
            match self.cell(&mut at, &mut line, record)? {
                None => return Ok(Step::More),
                Some(true) => {}
                Some(false) => {
                    self.last = self.position..at;
                    self.position = at;
                    self.line = line;
                    return Ok(Step::Record);
                }
            }
        }
    }

    /// Whether a character says nothing at the edge of a cell.
    fn is_space(&self, letter: char) -> bool {
        letter.is_whitespace() && !(letter == '\t' && self.delimiter == b'\t')
    }

    /// Moves past lines that hold nothing but spaces; false when the text does not reach to a row.
    fn skip_blank_lines(&mut self) -> bool {
        loop {
            let rest = &self.buffer[self.position..];
            // Most lines start with something to see.
            if rest.bytes().next().is_some_and(|byte| byte.is_ascii_graphic()) {
                return true;
            }
            let end = rest.find(['\n', '\r']).unwrap_or(rest.len());
            if !rest[..end].chars().all(|letter| self.is_space(letter)) {
                return true;
            }
            let (mut at, mut line) = (self.position + end, self.line);
            match self.pass_line_end(&mut at, &mut line) {
                Some(true) => (self.position, self.line) = (at, line),
                _ => return false,
            }
        }
    }

    /// Moves past a line end, if there is one; `None` when more text must tell.
    fn pass_line_end(&self, at: &mut usize, line: &mut usize) -> Option<bool> {
        let bytes = self.buffer.as_bytes();
        match bytes.get(*at) {
            Some(b'\n') => *at += 1,
            Some(b'\r') => match bytes.get(*at + 1) {
                Some(b'\n') => *at += 2,
                None if !self.whole => return None,
                _ => *at += 1,
            },
            None if !self.whole => return None,
            _ => return Some(false),
        }
        *line += 1;
        Some(true)
    }

    /// Reads one cell, trimmed, into the record, and moves past what ends it. True when another follows in the row, `None`
    /// when the text does not reach far enough.
    fn cell(&self, at: &mut usize, line: &mut usize, record: &mut Record) -> Result<Option<bool>> {
        let bytes = self.buffer.as_bytes();
        while bytes
            .get(*at)
            .is_some_and(|byte| matches!(byte, b' ' | b'\t') && *byte != self.delimiter)
        {
            *at += 1;
        }
        if bytes.get(*at) == Some(&b'"') {
            if !self.quoted_cell(at, line, record)? {
                return Ok(None);
            }
        } else {
            let rest = &bytes[*at..];
            let ends = |byte: &u8| *byte == self.delimiter || matches!(byte, b'\n' | b'\r');
            let Some(length) = rest.iter().position(ends).or(self.whole.then_some(rest.len())) else {
                return self.not_too_long(rest.len(), record).map(|()| None);
            };
            self.not_too_long(length, record)?;
            record.text.push_str(self.buffer[*at..*at + length].trim());
            *at += length;
        }
        record.ends.push(record.text.len());
        if bytes.get(*at) == Some(&self.delimiter) {
            *at += 1;
            return Ok(Some(true));
        }
        Ok(self.pass_line_end(at, line).map(|_| false))
    }

    /// Reads a quoted cell up to what ends it; false when the text does not reach far enough.
    fn quoted_cell(&self, at: &mut usize, line: &mut usize, record: &mut Record) -> Result<bool> {
        let (opened, start) = (*line, record.text.len());
        *at += 1;
        loop {
            let rest = &self.buffer[*at..];
            let Some(length) = rest.find('"') else {
                self.not_too_long(record.text.len() - start + rest.len(), record)?;
                return match self.whole {
                    false => Ok(false),
                    true => Err(Error::data(format!(
                        "{}, line {opened}: the quote that opens a cell is never closed; add the closing quote, or write \
                         \"\" for a quote inside a quoted cell",
                        self.name
                    ))),
                };
            };
            record.text.push_str(&rest[..length]);
            *line += count_lines(&rest[..length]);
            *at += length + 1;
            match self.buffer.as_bytes().get(*at) {
                Some(b'"') => record.text.push('"'),
                None if !self.whole => return Ok(false),
                _ => break,
            }
            *at += 1;
        }
        self.not_too_long(record.text.len() - start, record)?;
        let bytes = self.buffer.as_bytes();
        while bytes
            .get(*at)
            .is_some_and(|byte| matches!(byte, b' ' | b'\t') && *byte != self.delimiter)
        {
            *at += 1;
        }
        match bytes.get(*at) {
            None if !self.whole => return Ok(false),
            None | Some(b'\n' | b'\r') => {}
            Some(byte) if *byte == self.delimiter => {}
            Some(_) => {
                return Err(Error::data(format!(
                    "{}, line {line}: text follows the closing quote of a cell; write \"\" for a quote inside a quoted cell",
                    self.name
                )));
            }
        }
        let trimmed = record.text[start..].trim();
        if trimmed.len() != record.text.len() - start {
            let trimmed = trimmed.to_string();
            record.text.replace_range(start.., &trimmed);
        }
        Ok(true)
    }

    fn not_too_long(&self, bytes: usize, record: &Record) -> Result<()> {
        match bytes > MOST_CELL_BYTES {
            false => Ok(()),
            true => Err(Error::data(format!(
                "{}, line {}: cell {} has more than {MOST_CELL_BYTES} bytes; check the quotes",
                self.name,
                record.line,
                record.len() + 1
            ))),
        }
    }
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

/// The names in a header: none empty, none twice.
pub(crate) fn names(name: &str, header: &Record) -> Result<Vec<String>> {
    let line = header.line;
    let mut seen = HashMap::new();
    for (place, value) in header.cells().enumerate() {
        let column = place + 1;
        if value.is_empty() {
            let advice = match column {
                1 => {
                    "; a table saved by pandas with its index (index=False leaves it out) or by R with its row names (row.names=FALSE) looks like this"
                }
                _ => "",
            };
            return Err(Error::data(format!(
                "{name}, line {line}: column {column} has no name; give every column a name in the header{advice}"
            )));
        }
        if let Some(first) = seen.insert(value, column) {
            return Err(Error::data(format!(
                "{name}, line {line}: columns {first} and {column} are both named {}; give each column its own name",
                quoted(value)
            )));
        }
    }
    Ok(header.cells().map(str::to_string).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte at a time, so that every record is cut everywhere.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let (first, rest) = self.0.split_at(self.0.len().min(buffer.len()).min(1));
            buffer[..first.len()].copy_from_slice(first);
            self.0 = rest;
            Ok(first.len())
        }
    }

    fn records(scanner: &mut Scanner) -> Vec<(usize, Vec<String>)> {
        let (mut all, mut record) = (Vec::new(), Record::default());
        while scanner.next(&mut record).unwrap() {
            all.push((record.line, record.cells().map(str::to_string).collect()));
        }
        all
    }

    #[test]
    fn records_are_the_same_wherever_the_text_is_cut() {
        let text = "\u{a0}a , \"b\"\"c\" \r\n\r \n\"two\r\nlines\",é\r1,\n,2";
        let expected = [
            (1, vec!["a", "b\"c"]),
            (4, vec!["two\r\nlines", "é"]),
            (6, vec!["1", ""]),
            (7, vec!["", "2"]),
        ];
        let expected = expected.map(|(line, cells)| (line, cells.into_iter().map(String::from).collect::<Vec<_>>()));
        for first in 1..text.len() {
            let mut scanner = Scanner::new("t", Box::new(Slow(text.as_bytes())), b',');
            // The first piece ends here, the others wherever the scanner asks for more.
            scanner.read_more(first).unwrap();
            assert_eq!(records(&mut scanner), expected, "{first}");
        }
    }

    #[test]
    fn tabs_may_separate_and_then_no_cell_loses_one() {
        let mut scanner = Scanner::new("t", Box::new(&b"a\tb\t c \n\t\t\n \n1\t\t\n"[..]), b'\t');
        let cells = |cells: [&str; 3]| cells.map(String::from).to_vec();
        let expected = [
            (1, cells(["a", "b", "c"])),
            (2, cells(["", "", ""])),
            (4, cells(["1", "", ""])),
        ];
        assert_eq!(records(&mut scanner), expected);
    }
}
