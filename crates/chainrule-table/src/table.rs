//! A file of rows, read into typed columns.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;

use crate::cell::is_missing;
use crate::column::{Column, ColumnType, Values};
use crate::error::{Error, Result};
use crate::format::Format;
use crate::kept::{Kept, push_cell, push_name};
use crate::lines::Lines;
use crate::message::{self, alternatives, count, quoted};
use crate::read::Reader;
use crate::retype;
use crate::stray;

/// Rows as typed columns, each row with the line of the file it came from.
///
/// Unless a [`Reader`] was told otherwise, the cells are kept as they were written, too, so that [`Table::write`] gives back
/// what was read. Copies made by [`Table::take`] share that text.
#[derive(Clone)]
pub struct Table {
    name: String,
    columns: Vec<Column>,
    /// For each column, its number among the file's columns.
    places: Vec<usize>,
    dropped: Vec<String>,
    /// For each row, its number among the file's rows; `None` when all are there in their order.
    order: Option<Vec<usize>>,
    lines: Arc<Lines>,
    kept: Option<Arc<Kept>>,
    format: Format,
    notices: Vec<String>,
}

/// What a reader puts together.
pub(crate) struct Parts {
    pub(crate) name: String,
    pub(crate) columns: Vec<Column>,
    pub(crate) lines: Lines,
    pub(crate) kept: Option<Kept>,
    pub(crate) format: Format,
    pub(crate) notices: Vec<String>,
}

impl Table {
    pub(crate) fn new(parts: Parts) -> Table {
        Table {
            name: parts.name,
            places: (0..parts.columns.len()).collect(),
            columns: parts.columns,
            dropped: Vec::new(),
            order: None,
            lines: Arc::new(parts.lines),
            kept: parts.kept.map(Arc::new),
            format: parts.format,
            notices: parts.notices,
        }
    }

    /// Reads a file with a [`Reader`] that is told nothing: what separates the cells, whether there is a header, in which
    /// encoding the text is and what each column holds is found out; the [`rules`](crate::rules) say how.
    ///
    /// # Errors
    /// When the file cannot be read or is no table; the message names the line and the column. Also when a number is
    /// infinite.
    pub fn read(path: impl AsRef<Path>) -> Result<Table> {
        Reader::new().read(path)
    }

    /// Reads CSV as [`Table::read`] does, from anything; `name` stands for the file in messages.
    ///
    /// ```
    /// # fn main() -> chainrule_table::Result<()> {
    /// use chainrule_table::{Table, Values};
    ///
    /// let csv = "width, species\n 3.5, setosa\n\nNA, virginica\n";
    /// let table = Table::from_csv("flowers.csv", csv.as_bytes())?;
    ///
    /// assert_eq!(table.rows(), 2);
    /// assert_eq!(table.line(1), 4);
    /// assert_eq!(table.column("width")?.missing(), 1);
    /// let Values::Categories { names, codes } = &table.column("species")?.values else { panic!() };
    /// assert_eq!((&names[..], &codes[..]), (&["setosa".to_string(), "virginica".to_string()][..], &[0, 1][..]));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Table::read`].
    pub fn from_csv(name: &str, source: impl Read) -> Result<Table> {
        Reader::new().read_from(name, source)
    }

    /// How the file was written, as it was found out.
    pub fn format(&self) -> &Format {
        &self.format
    }

    /// What a person should know of how the file was read, one sentence each: a guess that may be wrong, cells that were
    /// taken as missing because they are not what somebody said the column holds.
    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// The columns of the file that were left out because somebody asked for it.
    pub fn dropped(&self) -> &[String] {
        &self.dropped
    }

    /// The name of the file, as it was given.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.order.as_ref().map_or(self.lines.rows(), Vec::len)
    }

    /// The number of a row among the file's rows.
    fn file_row(&self, row: usize) -> usize {
        self.order.as_ref().map_or(row, |order| order[row])
    }

    /// The columns, in the order of the header.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The column with the given name.
    ///
    /// # Errors
    /// When there is none; the message has the nearest name and lists the names there are.
    pub fn column(&self, name: &str) -> Result<&Column> {
        self.position(name).map(|position| &self.columns[position])
    }

    /// The place in [`Table::columns`] of the column with the given name, from 0.
    ///
    /// # Errors
    /// As [`Table::column`].
    pub fn position(&self, name: &str) -> Result<usize> {
        self.columns
            .iter()
            .position(|column| column.name == name)
            .ok_or_else(|| {
                let names = self.columns.iter().map(|column| column.name.as_str());
                Error::request(no_column(&self.name, name, names))
            })
    }

    /// The line of the file on which a row starts, from 1; the number of the row where the file has no lines, as Parquet.
    ///
    /// # Panics
    /// When the table has no such row.
    pub fn line(&self, row: usize) -> usize {
        self.lines.line(self.file_row(row))
    }

    /// One cell as it was written, trimmed and unquoted; empty when missing. Where the text was not kept, its value as text.
    ///
    /// # Panics
    /// When the table has no such row or column.
    pub fn text(&self, row: usize, column: usize) -> String {
        match &self.kept {
            Some(kept) => {
                let cell = kept.cell(self.file_row(row), self.places[column]);
                if is_missing(&cell) { String::new() } else { cell }
            }
            None => self.columns[column].text(row),
        }
    }

    /// The text of a cell that is no longer than its values say: what a category is called needs no look at the file's text.
    pub(crate) fn text_or_value(&self, row: usize, column: usize) -> String {
        match &self.columns[column].values {
            Values::Categories { .. } => self.columns[column].text(row),
            _ => self.text(row, column),
        }
    }

    /// Whether the rows are kept as they were written.
    pub(crate) fn keeps_text(&self) -> bool {
        self.kept.is_some()
    }

    /// Refuses to learn from a column that holds nearly nothing but numbers, or dates: the few other cells made it text, and
    /// the numbers would be lost. Call it for columns that are learned from; others may hold what they like. A column of
    /// which somebody said what it holds is never refused.
    ///
    /// ```
    /// let cells: String = (1..30).map(|i| format!("{i}\n")).collect();
    /// let table = chainrule_table::Table::from_csv("t.csv", format!("a\n{cells}none\n").as_bytes())?;
    /// let error = table.check("a").unwrap_err().to_string();
    /// assert!(error.starts_with("t.csv, line 31, column `a`: the column holds numbers but for 1 cell, `none`"));
    /// # Ok::<(), chainrule_table::Error>(())
    /// ```
    ///
    /// # Errors
    /// The line and the value of the first such cell, and what to do; or that there is no such column.
    pub fn check(&self, column: &str) -> Result<()> {
        let position = self.position(column)?;
        if self.columns[position].asked.is_some() {
            return Ok(());
        }
        match stray::find(&self.columns[position]) {
            Some((row, what)) => Err(Error::data(format!("{}: {what}", self.place(row, position)))),
            None => Ok(()),
        }
    }

    /// The table with columns as somebody says they are, as if a [`Reader`] had been told, but that the spelling of numbers
    /// and dates may be lost. What is said of columns that the table does not have changes nothing.
    ///
    /// # Errors
    /// When a column holds nothing of the kind.
    pub fn with_types(mut self, types: &BTreeMap<String, ColumnType>) -> Result<Table> {
        for (name, kind) in types {
            let Some(position) = self.columns.iter().position(|column| column.name == *name) else {
                continue;
            };
            if self.columns[position].asked == Some(*kind) {
                continue;
            }
            if *kind == ColumnType::Dropped {
                self.columns.remove(position);
                self.places.remove(position);
                self.dropped.push(name.clone());
                continue;
            }
            let (values, readings) = retype::values(&self, position, *kind)?;
            self.columns[position].values = values;
            self.columns[position].asked = Some(*kind);
            self.notices.extend(readings.iter().map(ToString::to_string));
        }
        Ok(self)
    }

    /// Where a row is, for messages: file and line, or row where a file has no lines.
    ///
    /// # Panics
    /// When the table has no such row.
    pub fn place_of_row(&self, row: usize) -> String {
        format!("{}, {}", self.name, self.place_in_file(row))
    }

    /// Where a row is in its file, for messages: `line 4`, or `row 3` where a file has no lines.
    ///
    /// # Panics
    /// When the table has no such row.
    pub fn place_in_file(&self, row: usize) -> String {
        format!("{} {}", self.format.place(), self.line(row))
    }

    /// Where a cell is, for messages: file, line (or row) and column.
    ///
    /// # Panics
    /// When the table has no such row or column.
    pub fn place(&self, row: usize, column: usize) -> String {
        format!(
            "{}, column {}",
            self.place_of_row(row),
            quoted(&self.columns[column].name)
        )
    }

    /// The table with the given rows, in the given order. A row may occur more than once; each keeps its line.
    ///
    /// # Panics
    /// When the table lacks one of the rows.
    pub fn take(&self, rows: &[usize]) -> Table {
        Table {
            name: self.name.clone(),
            columns: self.columns.iter().map(|column| column.take(rows)).collect(),
            places: self.places.clone(),
            dropped: self.dropped.clone(),
            order: Some(rows.iter().map(|row| self.file_row(*row)).collect()),
            lines: Arc::clone(&self.lines),
            kept: self.kept.clone(),
            format: self.format.clone(),
            notices: self.notices.clone(),
        }
    }

    /// A number as cells of this file are written: with a decimal comma where the file has them.
    pub fn number_as_written(&self, number: f64) -> String {
        match self.format.decimal_comma {
            true => message::number(number).replacen('.', ",", 1),
            false => message::number(number),
        }
    }

    /// Writes the table as CSV in UTF-8, with further columns after its own, the cells separated as they were in the file.
    ///
    /// The header and the cells are as they were written, spaces and words for missing values with them; where their text
    /// was not kept they are written anew. Each of `extra` is a column's name and its cells, one per row.
    ///
    /// # Errors
    /// When an extra column has another number of cells than the table has rows or a name that is empty or taken, or
    /// when writing fails.
    pub fn write(&self, extra: &[(String, Vec<String>)], out: &mut impl Write) -> Result<()> {
        let mut names: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
        self.check_cells(extra)?;
        for (name, _) in extra {
            if name.trim().is_empty() || names.contains(&name.as_str()) {
                return Err(Error::request(format!(
                    "the column {} cannot be added to {}: the name is empty or taken; choose another",
                    quoted(name),
                    self.name
                )));
            }
            names.push(name);
        }
        let delimiter = self.format.delimiter;
        let mut line = String::new();
        if self.format.separator_line {
            line = format!("sep={delimiter}\n");
        }
        // Where R left out the name of the first column, it has one now.
        let header = self.kept().filter(|_| !self.format.row_names).and_then(Kept::header);
        line.push_str(header.unwrap_or_default());
        let others = if header.is_some() { self.columns.len() } else { 0 };
        for (place, name) in names.iter().enumerate().skip(others) {
            if place > 0 {
                line.push(delimiter);
            }
            push_name(&mut line, name, delimiter);
        }
        line.push('\n');
        out.write_all(line.as_bytes())
            .map_err(|error| self.not_written(&error))?;
        self.write_rows(extra, out)
    }

    fn not_written(&self, error: &std::io::Error) -> Error {
        Error::file(format!("cannot write the rows of {}: {error}", self.name))
    }

    /// Writes the rows as [`Table::write`] does, without the names of the columns: for the further blocks of a file.
    ///
    /// # Errors
    /// When an extra column lacks cells, or when writing fails.
    pub fn write_rows(&self, extra: &[(String, Vec<String>)], out: &mut impl Write) -> Result<()> {
        self.check_cells(extra)?;
        let delimiter = self.format.delimiter;
        let kept = self.kept();
        let mut line = String::new();
        let only = self.columns.len() == 1;
        for row in 0..self.rows() {
            line.clear();
            match kept {
                Some(kept) => line.push_str(kept.record(self.file_row(row))),
                None => {
                    for column in 0..self.columns.len() {
                        if column > 0 {
                            line.push(delimiter);
                        }
                        let cell = match &self.kept {
                            Some(kept) => kept.cell(self.file_row(row), self.places[column]),
                            None => self.columns[column].text(row),
                        };
                        push_cell(&mut line, &cell, delimiter, only);
                    }
                }
            }
            for (_, cells) in extra {
                line.push(delimiter);
                push_cell(&mut line, &cells[row], delimiter, false);
            }
            line.push('\n');
            out.write_all(line.as_bytes())
                .map_err(|error| self.not_written(&error))?;
        }
        Ok(())
    }

    /// The rows as they were written, unless columns were dropped: those are among the text, but have no name any more.
    fn kept(&self) -> Option<&Kept> {
        self.kept.as_deref().filter(|_| self.dropped.is_empty())
    }

    fn check_cells(&self, extra: &[(String, Vec<String>)]) -> Result<()> {
        match extra.iter().find(|(_, cells)| cells.len() != self.rows()) {
            None => Ok(()),
            Some((name, cells)) => Err(Error::request(format!(
                "the column {} to add has {}, but {} has {}",
                quoted(name),
                count(cells.len(), "cell", "cells"),
                self.name,
                count(self.rows(), "row", "rows")
            ))),
        }
    }
}

/// What is said when a column is not there.
pub(crate) fn no_column<'a>(
    table: &str,
    wanted: &str,
    names: impl ExactSizeIterator<Item = &'a str> + Clone,
) -> String {
    format!(
        "{table} has no column {}{}",
        quoted(wanted),
        alternatives(wanted, "its columns are", names)
    )
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table")
            .field("name", &self.name)
            .field("rows", &self.rows())
            .field("columns", &self.columns)
            .finish()
    }
}
