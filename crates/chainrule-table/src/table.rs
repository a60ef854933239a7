//! A file of rows, read into typed columns.

use std::fmt;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;

use crate::column::Column;
use crate::error::{Error, Result};
use crate::message::{alternatives, count, quoted};
use crate::scan::{self, Records, push_cell};
use crate::stray;
use crate::typed;

/// Rows as typed columns, each row with the line of the file it came from.
///
/// The cells are kept as they were written, too, so that [`Table::write`] gives back what was read. Copies made by
/// [`Table::take`] share that text.
#[derive(Clone)]
pub struct Table {
    name: String,
    columns: Vec<Column>,
    /// For each row, its number among the file's rows.
    order: Vec<usize>,
    records: Arc<Records>,
}

impl Table {
    /// Reads a CSV file: commas between the cells, a header line with the column names first, text in UTF-8.
    ///
    /// Spaces around cells do not count. An empty cell, `?`, `NA`, `N/A` and `null` (in any case) are missing values.
    /// Blank lines are skipped. A column's type is judged by all its cells:
    /// numbers, dates and times (as days since 1970-01-01), booleans and text (as categories).
    ///
    /// # Errors
    /// When the file cannot be read or is not such a table; the message names the line and the column. Also when a
    /// number is not finite, or when a few cells among numbers (or dates) are something else: at least ten numbers, and
    /// at most one other cell for each nine of them. As categories, those numbers would be lost.
    pub fn read(path: impl AsRef<Path>) -> Result<Table> {
        let path = path.as_ref();
        let name = path.display().to_string();
        if path.is_dir() {
            return Err(Error::file(format!("{name} is a directory; name a CSV file in it")));
        }
        let file = std::fs::File::open(path).map_err(|error| {
            let advice = match error.kind() {
                std::io::ErrorKind::NotFound => "there is no such file; check the name and the folder".to_string(),
                std::io::ErrorKind::PermissionDenied => "you may not read it; check its permissions".to_string(),
                _ => error.to_string(),
            };
            Error::file(format!("cannot open {name}: {advice}"))
        })?;
        Table::from_csv(&name, file)
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
    pub fn from_csv(name: &str, mut source: impl Read) -> Result<Table> {
        let mut bytes = Vec::new();
        source
            .read_to_end(&mut bytes)
            .map_err(|error| Error::file(format!("cannot read {name}: {error}")))?;
        let records = scan::scan(name, &bytes)?;
        drop(bytes);
        let columns = typed::columns(name, &records)?;
        let order = (0..records.rows()).collect();
        Ok(Table {
            name: name.to_string(),
            columns,
            order,
            records: Arc::new(records),
        })
    }

    /// The name of the file, as it was given.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.order.len()
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
                Error::request(format!(
                    "{} has no column {}{}",
                    self.name,
                    quoted(name),
                    alternatives(name, "its columns are", names)
                ))
            })
    }

    /// The line of the file on which a row starts, from 1.
    ///
    /// # Panics
    /// When the table has no such row.
    pub fn line(&self, row: usize) -> usize {
        self.records.line(self.order[row])
    }

    /// One cell as it was written, trimmed and unquoted; empty when missing.
    ///
    /// # Panics
    /// When the table has no such row.
    pub fn text(&self, row: usize, column: usize) -> String {
        self.records.cell(self.order[row], column)
    }

    /// Refuses to learn from a column that holds nearly nothing but numbers, or dates: the few other cells made it text, and
    /// the numbers would be lost. Call it for columns that are learned from; others may hold what they like.
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
        match stray::find(&self.columns[position].values) {
            Some((row, what)) => Err(Error::data(format!("{}: {what}", self.place(row, position)))),
            None => Ok(()),
        }
    }

    /// Where a cell is, for messages: file, line and column.
    ///
    /// # Panics
    /// When the table has no such row or column.
    pub fn place(&self, row: usize, column: usize) -> String {
        format!(
            "{}, line {}, column {}",
            self.name,
            self.line(row),
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
            order: rows.iter().map(|row| self.order[*row]).collect(),
            records: Arc::clone(&self.records),
        }
    }

    /// Writes the table as CSV, with further columns after its own.
    ///
    /// The cells are as they were in the file, but trimmed, and empty where missing. Each of `extra` is a column's name
    /// and its cells, one per row.
    ///
    /// # Errors
    /// When an extra column has another number of cells than the table has rows or a name that is empty or taken, or
    /// when writing fails.
    pub fn write(&self, extra: &[(String, Vec<String>)], out: &mut impl Write) -> Result<()> {
        let mut names: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
        for (name, cells) in extra {
            if cells.len() != self.rows() {
                return Err(Error::request(format!(
                    "the column {} to add has {}, but {} has {}",
                    quoted(name),
                    count(cells.len(), "cell", "cells"),
                    self.name,
                    count(self.rows(), "row", "rows")
                )));
            }
            if name.trim().is_empty() || names.contains(&name.as_str()) {
                return Err(Error::request(format!(
                    "the column {} cannot be added to {}: the name is empty or taken; choose another",
                    quoted(name),
                    self.name
                )));
            }
            names.push(name);
        }
        let failed = |error: std::io::Error| Error::file(format!("cannot write the rows of {}: {error}", self.name));
        let mut line = String::new();
        for (place, name) in names.iter().enumerate() {
            if place > 0 {
                line.push(',');
            }
            push_cell(&mut line, name, false);
        }
        line.push('\n');
        out.write_all(line.as_bytes()).map_err(failed)?;
        for (row, record) in self.order.iter().enumerate() {
            line.clear();
            line.push_str(self.records.record(*record));
            for (_, cells) in extra {
                line.push(',');
                push_cell(&mut line, &cells[row], false);
            }
            line.push('\n');
            out.write_all(line.as_bytes()).map_err(failed)?;
        }
        Ok(())
    }
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
