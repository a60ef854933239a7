//! Reading a table, piece by piece: the cells become numbers while the file passes by.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::sync::{Arc, atomic::AtomicU64};

use crate::category::value_of;
use crate::cell::Mark;
use crate::column::{Column, ColumnType};
use crate::error::{Error, Result};
use crate::format::{self, Format};
use crate::kept::Kept;
use crate::lines::Lines;
use crate::message::{alternatives, count, listed, not_finite, quoted};
use crate::reading::unknown_order;
use crate::scan::{Record, Scanner, names};
use crate::source::{Opened, Source, cannot_open, cannot_read};
use crate::table::{Parts, Table};
use crate::typed::{Builder, Built};

/// How much of a file tells how it is written.
const SAMPLE: usize = 1 << 20;

/// Reads tables; says what is known of their columns, and what is to be kept of them.
///
/// ```
/// # fn main() -> chainrule_table::Result<()> {
/// use chainrule_table::{ColumnType, Reader};
///
/// let csv = "zip;price\n1000;1,5\n2000;2,5\n";
/// let table = Reader::new()
///     .column("zip", ColumnType::Category)
///     .read_from("shops.csv", csv.as_bytes())?;
/// assert_eq!(table.column("zip")?.kind(), "category");
/// assert_eq!(table.column("price")?.kind(), "number");
/// assert_eq!(
///     table.format().to_string(),
///     "CSV with semicolons between the cells and decimal commas, a header line, UTF-8"
/// );
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Reader {
    types: BTreeMap<String, ColumnType>,
    all_must_exist: bool,
    keep_text: bool,
    passed: Arc<AtomicU64>,
    most_columns: usize,
    most_text: u64,
}

impl Default for Reader {
    fn default() -> Reader {
        Reader::new()
    }
}

impl Reader {
    /// A reader that finds out everything by itself, and keeps the cells as they are written, for [`Table::write`].
    pub fn new() -> Reader {
        Reader {
            types: BTreeMap::new(),
            all_must_exist: true,
            keep_text: true,
            passed: Arc::default(),
            most_columns: usize::MAX,
            most_text: u64::MAX,
        }
    }

    /// Says what a column holds, whatever its cells look like.
    pub fn column(mut self, name: impl Into<String>, kind: ColumnType) -> Reader {
        self.types.insert(name.into(), kind);
        self
    }

    /// Says it of several columns.
    pub fn columns(mut self, types: &BTreeMap<String, ColumnType>) -> Reader {
        let types = types.iter().map(|(name, kind)| (name.clone(), *kind));
        self.types.extend(types);
        self
    }

    /// Takes files that lack some of the columns that something is said of. Without this they are refused.
    pub fn lenient(mut self) -> Reader {
        self.all_must_exist = false;
        self
    }

    /// Keeps only values, not the cells as they are written: a large file then needs no more memory than its numbers, if it
    /// is read from a path. [`Table::write`] writes the values, [`Table::text`] gives them.
    pub fn without_text(mut self) -> Reader {
        self.keep_text = false;
        self
    }

    /// Counts the bytes of a plain file as they pass, for whoever shows how far it is: from 0 again when the file is read a
    /// second time. Other sources are not counted.
    pub fn counting(mut self, passed: Arc<AtomicU64>) -> Reader {
        self.passed = passed;
        self
    }

    /// Refuses tables of more columns than this, and what [`Reader::read_from`] is given if its text, unpacked, has more bytes:
    /// for whoever takes files from anywhere and has no more room for one.
    ///
    /// ```
    /// use chainrule_table::Reader;
    /// let bounded = Reader::new().at_most(2, 100);
    /// assert!(bounded.read_from("small.csv", "a,b\n1,2\n".as_bytes()).is_ok());
    /// let error = bounded.read_from("wide.csv", "a,b,c\n1,2,3\n".as_bytes()).unwrap_err();
    /// assert!(error.to_string().starts_with("wide.csv has 3 columns"));
    /// ```
    pub fn at_most(mut self, columns: usize, bytes: u64) -> Reader {
        (self.most_columns, self.most_text) = (columns, bytes);
        self
    }

    /// Reads a file: CSV, packed by gzip or not, or Parquet when the crate is built with the feature `parquet`. The rows of a
    /// Parquet file count as lines from 1, its numbers, dates and truth values are of their types, and its texts are words.
    ///
    /// How the file is written is found out: see [`rules`](crate::rules), and [`Table::format`] and [`Table::notices`] for
    /// what was found. A plain file is read piece by piece, a second time when some column turns out to be of several types.
    ///
    /// # Errors
    /// When the file cannot be read or is no table; the message names the line and the column. Also when a number is
    /// infinite, or a column that something is said of does not exist or holds nothing of the kind.
    pub fn read(&self, path: impl AsRef<Path>) -> Result<Table> {
        let path = path.as_ref();
        let name = path.display().to_string();
        let about = std::fs::metadata(path).map_err(|error| cannot_open(&name, &error))?;
        if about.is_dir() {
            return Err(Error::file(format!("{name} is a directory; name a file in it")));
        }
        // What is no plain file, such as a pipe, can be read only once.
        if !about.is_file() {
            let file = std::fs::File::open(path).map_err(|error| cannot_open(&name, &error))?;
            return self.read_from(&name, file);
        }
        #[cfg(feature = "parquet")]
        if crate::parquet::is_parquet(path) {
            return self.read_parquet(&name, path);
        }
        self.read_source(&name, &Source::File(path, self.passed.clone()))
    }

    #[cfg(feature = "parquet")]
    fn read_parquet(&self, name: &str, path: &Path) -> Result<Table> {
        let dropped = |column: &str| self.types.get(column) == Some(&ColumnType::Dropped);
        let parts = crate::parquet::read(name, path, &dropped)?;
        let names: Vec<String> = parts.columns.iter().map(|column| column.name.clone()).collect();
        self.check_names(name, &names)?;
        Table::new(parts).with_types(&self.types)
    }

    /// Reads a table as [`Reader::read`] does, from anything; `name` stands for the file in messages.
    ///
    /// # Errors
    /// As [`Reader::read`].
    pub fn read_from(&self, name: &str, mut source: impl Read) -> Result<Table> {
        let mut bytes = Vec::new();
        source
            .read_to_end(&mut bytes)
            .map_err(|error| cannot_read(name, &error))?;
        self.read_source(name, &Source::Bytes(bytes, self.most_text))
    }

    fn read_source(&self, name: &str, source: &Source) -> Result<Table> {
        let mut pass = Pass::open(name, source, None)?;
        if pass.names.len() > self.most_columns {
            return Err(Error::data(format!(
                "{name} has {} columns; at most {} are taken here: keep those that you need",
                pass.names.len(),
                self.most_columns
            )));
        }
        let commas = pass.format.delimiter != ',';
        self.check_names(name, &pass.names)?;
        let words_only = |name: &String| !matches!(self.types.get(name), None | Some(ColumnType::Dropped));
        let mut builders: Vec<Builder> = (pass.names.iter())
            .map(|name| Builder::new(commas, words_only(name)))
            .collect();
        let mut kept = (self.keep_text).then(|| Kept::new(pass.format.delimiter as u8, pass.header_as_written()));
        let mut lines = Lines::default();
        let mut mixed = vec![false; builders.len()];
        let dropped: Vec<bool> = (pass.names.iter())
            .map(|name| self.types.get(name) == Some(&ColumnType::Dropped))
            .collect();
        while pass.next()? {
            lines.push(pass.record.line);
            for (column, cell) in pass.record.cells().enumerate() {
                if !dropped[column] {
                    mixed[column] |= !builders[column].push(cell);
                }
            }
            if let Some(kept) = &mut kept {
                kept.push(pass.scanner.written());
            }
        }
        if lines.rows() == 0 {
            return Err(no_rows(name));
        }
        // The encoding is certain only now.
        let (mut format, names) = (pass.format(), pass.names);
        if mixed.contains(&true) {
            read_again(name, source, &format, &mixed, &mut builders, lines.rows())?;
        }
        let built: Vec<Built> = builders.into_iter().map(Builder::finish).collect();
        refuse_infinite(name, &names, &built, &lines)?;
        format.decimal_comma = built.iter().any(|column| column.mark == Some(Mark::Comma));
        let notices = notices(&format, &names, &built);
        let columns = names.into_iter().zip(built).map(|(name, built)| Column {
            name,
            values: built.values,
            asked: None,
        });
        let parts = Parts {
            name: name.to_string(),
            columns: columns.collect(),
            lines,
            kept,
            format,
            notices,
        };
        Table::new(parts).with_types(&self.types)
    }

    /// Refuses to say something of a column that is not there.
    fn check_names(&self, name: &str, names: &[String]) -> Result<()> {
        let unknown = self.types.keys().find(|wanted| !names.contains(wanted));
        match unknown {
            Some(wanted) if self.all_must_exist => Err(Error::request(format!(
                "{name} has no column {}{}",
                quoted(wanted),
                alternatives(wanted, "its columns are", names.iter().map(String::as_str))
            ))),
            _ => Ok(()),
        }
    }
}

/// One time through a file.
pub(crate) struct Pass<'a> {
    name: &'a str,
    pub(crate) scanner: Scanner<'a>,
    pub(crate) format: Format,
    pub(crate) names: Vec<String>,
    pub(crate) record: Record,
    /// Whether `record` is a row that was read while looking for a header.
    pub(crate) ahead: bool,
    /// The line of the names as it was written.
    header: Option<String>,
}

impl<'a> Pass<'a> {
    /// Opens a source at its first row. The format is found out, unless it is known.
    fn open(name: &'a str, source: &'a Source, known: Option<&Format>) -> Result<Pass<'a>> {
        Pass::of(name, source.open(name)?, known)
    }

    /// The same for a source that was opened already.
    pub(crate) fn of(name: &'a str, opened: Opened<'a>, known: Option<&Format>) -> Result<Pass<'a>> {
        let mut scanner = Scanner::new(name, opened.bytes, b',');
        let (sample, whole) = scanner.sample(SAMPLE)?;
        let stated = format::separator_line(sample);
        let rows = &sample[stated.map_or(0, |(_, bytes)| bytes)..];
        let (delimiter, header, row_names) = match known {
            Some(format) => (format.delimiter as u8, format.header, format.row_names),
            None => {
                let delimiter = stated.map_or_else(|| format::delimiter(rows, whole), |(delimiter, _)| delimiter);
                let row_names = format::has_row_names(rows, whole, delimiter);
                (
                    delimiter,
                    row_names || format::has_header(rows, whole, delimiter),
                    row_names,
                )
            }
        };
        scanner.set_delimiter(delimiter);
        let mut record = Record::default();
        // What the first line says is known by now.
        if (stated.is_some() && !scanner.next(&mut record)?) || !scanner.next(&mut record)? {
            return Err(Error::data(format!(
                "{name} is empty; it needs a header line with the column names, and rows below it"
            )));
        }
        let mut names = match header {
            true => names(name, &record)?,
            false => (1..=record.len()).map(|column| format!("column_{column}")).collect(),
        };
        if row_names {
            let taken = |name: &String| names.contains(name);
            let number = (1..).map(|number| format!("row_names_{number}"));
            let free = std::iter::once("row_names".to_string())
                .chain(number)
                .find(|name| !taken(name));
            names.splice(0..0, free);
        }
        let format = Format {
            kind: "CSV",
            gzip: opened.gzip,
            encoding: scanner.encoding(),
            delimiter: char::from(delimiter),
            decimal_comma: false,
            header,
            separator_line: stated.is_some(),
            row_names,
        };
        Ok(Pass {
            header: header.then(|| scanner.written().to_string()),
            name,
            scanner,
            format,
            names,
            record,
            ahead: !header,
        })
    }

    /// Reads the next row, which has as many cells as there are names; false at the end.
    pub(crate) fn next(&mut self) -> Result<bool> {
        if !std::mem::take(&mut self.ahead) && !self.scanner.next(&mut self.record)? {
            return Ok(false);
        }
        let (cells, columns, line) = (self.record.len(), self.names.len(), self.record.line);
        if cells == columns {
            return Ok(true);
        }
        let (mark, _) = Format::delimiter_words(self.format.delimiter as u8);
        let advice = match cells > columns {
            true => format!("a cell that holds a {mark} needs quotes around it"),
            false => format!("a missing value still needs its {mark}"),
        };
        Err(Error::data(format!(
            "{}, line {line}: the row has {}, but the {} has {}; {advice}",
            self.name,
            count(cells, "cell", "cells"),
            match (self.format.row_names, self.format.header) {
                (true, _) => "row above it",
                (_, true) => "header",
                (_, false) => "first line",
            },
            match self.format.header && !self.format.row_names {
                true => count(columns, "name", "names"),
                false => count(columns, "cell", "cells"),
            },
        )))
    }

    /// The line of the names as it was written, if there is one.
    pub(crate) fn header_as_written(&self) -> Option<String> {
        self.header.clone()
    }

    pub(crate) fn format(&self) -> Format {
        Format {
            encoding: self.scanner.encoding(),
            ..self.format.clone()
        }
    }
}

/// Reads the columns of several types once more, as words.
fn read_again(
    name: &str,
    source: &Source,
    format: &Format,
    mixed: &[bool],
    builders: &mut [Builder],
    rows: usize,
) -> Result<()> {
    let changed = || Error::file(format!("{name} was changed while it was read; try again"));
    let mut pass = Pass::open(name, source, Some(format))?;
    if pass.names.len() != builders.len() {
        return Err(changed());
    }
    for (builder, _) in builders.iter_mut().zip(mixed).filter(|(_, mixed)| **mixed) {
        *builder = Builder::new(false, true);
        builder.may_forget();
    }
    let mut again = 0;
    while pass.next()? {
        again += 1;
        for ((builder, cell), _) in builders
            .iter_mut()
            .zip(pass.record.cells())
            .zip(mixed)
            .filter(|(_, mixed)| **mixed)
        {
            builder.push(cell);
        }
    }
    match again == rows {
        true => Ok(()),
        false => Err(changed()),
    }
}

/// Refuses a column of numbers with one that is not finite.
fn refuse_infinite(name: &str, names: &[String], built: &[Built], lines: &Lines) -> Result<()> {
    let first = built
        .iter()
        .zip(names)
        .find_map(|(built, name)| Some((built.infinite.as_ref()?, name)));
    match first {
        Some(((row, text), column)) => Err(Error::data(format!(
            "{name}, line {}, column {}: {}",
            lines.line(*row),
            quoted(column),
            not_finite(text)
        ))),
        None => Ok(()),
    }
}

/// What a person should know of how the file was read.
fn notices(format: &Format, names: &[String], built: &[Built]) -> Vec<String> {
    let mut notices = Vec::from_iter(encoding_notice(format));
    notices.extend(header_notices(format, names));
    let named = |which: &dyn Fn(&Built) -> bool| {
        let found = names.iter().zip(built).filter(|(_, built)| which(built));
        found.map(|(name, _)| name.as_str()).collect::<Vec<_>>()
    };
    let (commas, points) = (
        named(&|built| built.mark == Some(Mark::Comma)),
        named(&|built| built.mark == Some(Mark::Point)),
    );
    if !commas.is_empty() && !points.is_empty() {
        notices.push(format!(
            "{} {} decimal commas, but {} decimal points; if those points group thousands, take them out",
            listed(commas.iter().copied()),
            if commas.len() == 1 { "has" } else { "have" },
            listed(points.iter().copied())
        ));
    }
    let unknown = named(&|built| built.order_unknown);
    if !unknown.is_empty() {
        notices.push(unknown_order(unknown.iter().copied()));
    }
    notices
}

/// What is said of a file without rows.
pub(crate) fn no_rows(name: &str) -> Error {
    Error::data(format!(
        "{name} has a header line and no rows; add at least one row below the header"
    ))
}

/// What a person should know of the letters.
pub(crate) fn encoding_notice(format: &Format) -> Option<String> {
    (format.encoding == crate::decode::TextEncoding::Windows1252)
        .then(|| "the file is not UTF-8 and was read as Windows-1252 (Latin-1); check letters such as é".to_string())
}

/// What a person should know of the names of the columns.
pub(crate) fn header_notices(format: &Format, names: &[String]) -> Vec<String> {
    let mut notices = Vec::new();
    if !format.header {
        notices.push(format!(
            "the first line holds values, so there is no header: the columns are called column_1 to column_{}",
            names.len()
        ));
    }
    if format.row_names {
        notices.push(format!(
            "the header has one name less than the rows have cells, as R writes row names: the first column is called {}",
            quoted(names.first().map_or("", String::as_str))
        ));
    }
    let numbers: Vec<&String> = names.iter().filter(|name| value_of(name).is_some()).collect();
    if let Some(first) = numbers.first() {
        notices.push(format!(
            "the first line was taken as the names of the columns, though it has {}, such as {}: if they are values, write \
             names above them",
            count(numbers.len(), "number", "numbers"),
            quoted(first)
        ));
    }
    notices
}
