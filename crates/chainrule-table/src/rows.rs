//! Rows that come one after the other and are understood as a model's training rows were, a block of them at a time.

use std::fmt;

use crate::column::Column;
use crate::encoding::{Encoder, Feature};
use crate::error::{Error, Result};
use crate::format::Format;
use crate::kept::Kept;
use crate::known::Known;
use crate::lines::Lines;
use crate::message::quoted;
use crate::reading::{Oddity, Reading, unknown_order};
use crate::scan::Record;
use crate::table::{Parts, Table, no_column};

/// A cell that cannot be understood as in training.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line of its row; for rows that are no file's, the row's number from 1.
    pub line: usize,
    /// Its column's name.
    pub column: String,
    /// What is wrong with it, and what to do.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "line {}, column {}: {}",
            self.line,
            quoted(&self.column),
            self.message
        )
    }
}

/// Gathers rows, cell by cell, into tables that [`Encoder::transform`] takes. What a column holds is known from training, so
/// that no row has to wait for the others.
///
/// ```
/// # fn main() -> chainrule_table::Result<()> {
/// use chainrule_table::{Encoder, Rows, Table};
///
/// let table = Table::from_csv("flowers.csv", "width,color\n1,red\n3,blue\n5,red\n".as_bytes())?;
/// let encoder = Encoder::fit(&table, &["width", "color"], &[0, 1])?;
/// let mut rows = Rows::new(&encoder, "the request", &["color".to_string(), "width".to_string()], 10)?;
/// rows.push(1, ["red", "5"].into_iter());
/// assert_eq!(encoder.transform(&rows.take()?)?.row(0), [3.0, 0.0, 1.0]);
///
/// rows.push(2, ["red", "wide"].into_iter());
/// let error = rows.take().unwrap_err();
/// assert_eq!((error.faults()[0].line, &*error.faults()[0].column), (2, "width"));
/// # Ok(())
/// # }
/// ```
pub struct Rows {
    name: String,
    columns: Vec<(String, Known)>,
    format: Format,
    kept: Option<Kept>,
    lines: Lines,
    faults: Vec<Fault>,
    most_faults: usize,
}

impl Rows {
    /// Rows with these columns, of which an encoder needs some; `name` stands for the file in messages. After `most_faults`
    /// cells that cannot be understood there is no need to push more.
    ///
    /// # Errors
    /// When a column is missing that the model was trained with.
    pub fn new(encoder: &Encoder, name: &str, columns: &[String], most_faults: usize) -> Result<Rows> {
        let format = Format {
            kind: "rows",
            gzip: false,
            encoding: crate::decode::TextEncoding::Utf8,
            delimiter: ',',
            decimal_comma: false,
            header: true,
            separator_line: false,
            row_names: false,
        };
        Rows::of_file(encoder, name, columns, format, most_faults)
    }

    pub(crate) fn of_file(
        encoder: &Encoder,
        name: &str,
        columns: &[String],
        format: Format,
        most_faults: usize,
    ) -> Result<Rows> {
        encoder.validate()?;
        let missing = encoder.features.iter().find(|feature| !columns.contains(&feature.name));
        if let Some(Feature { name: wanted, .. }) = missing {
            let why = no_column(name, wanted, columns.iter().map(String::as_str));
            return Err(Error::data(format!("{why}. The model was trained with this column")));
        }
        let commas = format.delimiter != ',';
        let known = |name: &String| match encoder.features.iter().find(|feature| feature.name == *name) {
            Some(feature) => Known::of(feature, commas),
            None => Known::Ignored { rows: 0 },
        };
        Ok(Rows {
            name: name.to_string(),
            columns: columns.iter().map(|name| (name.clone(), known(name))).collect(),
            format,
            kept: None,
            lines: Lines::default(),
            faults: Vec::new(),
            most_faults,
        })
    }

    /// Keeps the rows as they are written, for [`Table::write_rows`]; `header` is that of the names.
    pub(crate) fn keep_text(&mut self, header: Option<String>) {
        self.kept = Some(Kept::new(self.format.delimiter as u8, header));
    }

    pub(crate) fn set_decimal_comma(&mut self, decimal_comma: bool) {
        self.format.decimal_comma = decimal_comma;
    }

    /// Looks at a row that is still to come: dates may say in which order day and month are.
    pub(crate) fn look_ahead<'c>(&mut self, cells: impl Iterator<Item = &'c str>) {
        for ((_, known), cell) in self.columns.iter_mut().zip(cells) {
            known.look_ahead(cell);
        }
    }

    /// Adds a row: one trimmed cell for each column, in the order of the columns.
    pub fn push<'c>(&mut self, line: usize, cells: impl Iterator<Item = &'c str>) {
        self.lines.push(line);
        for ((column, known), cell) in self.columns.iter_mut().zip(cells) {
            if let Err(message) = known.push(cell, line)
                && self.faults.len() < self.most_faults
            {
                let column = column.clone();
                self.faults.push(Fault { line, column, message });
            }
        }
    }

    /// Adds a row of a file, of which the text is kept.
    pub(crate) fn push_record(&mut self, record: &Record, written: &str) {
        self.push(record.line, record.cells());
        if let Some(kept) = &mut self.kept {
            kept.push(written);
        }
    }

    /// How many rows were added since the last block.
    pub fn rows(&self) -> usize {
        self.lines.rows()
    }

    /// How many bytes of text are kept.
    pub(crate) fn bytes(&self) -> usize {
        self.kept.as_ref().map_or(0, Kept::bytes)
    }

    /// Whether as many cells are at fault as are worth naming.
    pub fn has_enough_faults(&self) -> bool {
        self.faults.len() >= self.most_faults.max(1)
    }

    /// The rows that were added since the last time, as a table.
    ///
    /// # Errors
    /// When cells cannot be understood; [`Error::faults`] has them, the message the first.
    pub fn take(&mut self) -> Result<Table> {
        let faults = std::mem::take(&mut self.faults);
        let lines = std::mem::take(&mut self.lines);
        let kept = self.kept.as_mut().map(Kept::take);
        let columns = self.columns.iter_mut().map(|(name, known)| Column {
            name: name.clone(),
            values: known.take(),
            asked: known.asked(),
        });
        let parts = Parts {
            name: self.name.clone(),
            columns: columns.collect(),
            lines,
            kept,
            format: self.format.clone(),
            notices: Vec::new(),
        };
        match faults.first() {
            None => Ok(Table::new(parts)),
            Some(first) => Err(Error::data(format!("{}, {first}", self.name)).with_faults(faults)),
        }
    }

    /// What a person should know of all rows so far, column by column: cells that count as missing, signs that were read past,
    /// an order of dates that nothing says.
    pub fn readings(&self) -> Vec<Reading> {
        let place = self.format.place();
        let of = |(name, known): &(String, Known)| known.readings(name, place);
        self.columns.iter().flat_map(of).collect()
    }

    /// The same as sentences.
    pub fn notices(&self) -> Vec<String> {
        let (open, others): (Vec<Reading>, Vec<Reading>) =
            (self.readings().into_iter()).partition(|reading| reading.oddity == Oddity::EitherOrder);
        let order = (!open.is_empty()).then(|| unknown_order(open.iter().map(|reading| reading.column.as_str())));
        order.into_iter().chain(others.iter().map(Reading::to_string)).collect()
    }
}
