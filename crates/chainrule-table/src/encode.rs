//! From typed columns to the numbers a model takes in.

use std::borrow::Cow;
use std::fmt;

use crate::category::{Categories, value_of};
use crate::column::{Column, MISSING, NumberKind, Values};
use crate::date::{self, DateOrder, date_as_asked, has_short_year};
use crate::encoding::{Encoder, Encoding, Feature, Scale};
use crate::error::{Error, Result};
use crate::message::{count, nearest, number, quoted, short};
use crate::retype::SHORT_YEAR;
use crate::table::Table;

/// The most numbers that a matrix has: 8 GB of them.
const MOST_NUMBERS: usize = 1_000_000_000;
/// So many standard deviations from the mean is a number that no training row can have had, were there fewer than a hundred
/// million: one of n rows is at most √(n − 1) of them away (Samuelson 1968).
const FAR: f64 = 1e4;
/// How many columns are named when a matrix would have more.
const WIDEST_NAMED: usize = 3;

/// Encoded rows: one row per row of the table, one column per input.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    /// The number of rows.
    pub rows: usize,
    /// The number of columns.
    pub columns: usize,
    /// The name of each column.
    pub names: Vec<String>,
    /// The numbers, row after row: `rows * columns` of them, all finite.
    pub data: Vec<f64>,
    /// What the cells hold that the training rows did not.
    pub unseen: Vec<Unseen>,
}

/// Cells of one column that hold something that no training row had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unseen {
    /// The column's name.
    pub column: String,
    /// What the cells have, as a part of a sentence, such as `a category`; empty when they are missing.
    pub what: &'static str,
    /// How many cells there are.
    pub cells: usize,
    /// The text of the first.
    pub example: String,
    /// The category of the training rows that is most like it.
    pub meant: Option<String>,
    /// The line of the first, or its row where rows are no lines of a file.
    pub line: usize,
    /// What that number counts, in a word: `line` or `row`.
    pub place: &'static str,
    /// What they count as instead.
    pub counts_as: String,
}

impl fmt::Display for Unseen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Unseen {
            column,
            what,
            cells,
            example,
            meant,
            line,
            place,
            counts_as,
        } = self;
        let meant = meant
            .as_ref()
            .map_or(String::new(), |name| format!(" ({}, perhaps)", quoted(name)));
        let column = quoted(column);
        let cells = count(*cells, "cell", "cells");
        let one = self.cells == 1;
        let count = if one { "it counts as" } else { "they count as" };
        match (what.is_empty(), one) {
            (true, true) => write!(
                f,
                "column {column}: {cells} is missing ({place} {line}), but none was in training; "
            ),
            (true, false) => {
                write!(
                    f,
                    "column {column}: {cells} are missing, the first in {place} {line}, but none was in training; "
                )
            }
            (false, _) => write!(
                f,
                "column {column}: {cells} {} {what} that no training row has, {}{} in {place} {line}{meant}; ",
                if one { "has" } else { "have" },
                if one { "" } else { "such as " },
                quoted(example)
            ),
        }?;
        write!(f, "{count} {counts_as}")
    }
}

impl Matrix {
    /// The numbers of one row.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn row(&self, row: usize) -> &[f64] {
        &self.data[row * self.columns..(row + 1) * self.columns]
    }
}

impl Encoder {
    /// Encodes all rows of a table, which needs the feature columns and may have others. What no training row had is
    /// counted in [`Matrix::unseen`]: an unknown category counts as rare, or as none of them if none is rare (see
    /// [`same_category`](crate::same_category)), a missing cell as the mean or the most frequent category.
    ///
    /// # Errors
    /// When a feature column is missing, or a cell is not a number where training had numbers, or not a date where it had
    /// dates; the message names the line and the column. When the matrix would have more than a billion numbers, before it
    /// takes any memory. Also when [`Encoder::validate`] fails.
    pub fn transform(&self, table: &Table) -> Result<Matrix> {
        self.validate()?;
        self.check_size(table)?;
        let names = self.inputs();
        let mut matrix = Matrix {
            rows: table.rows(),
            columns: names.len(),
            data: Vec::new(),
            names,
            unseen: Vec::new(),
        };
        matrix.data = vec![0.0; matrix.rows * matrix.columns];
        let mut offset = 0;
        for Feature { name, encoding, .. } in &self.features {
            let position = (table.position(name))
                .map_err(|error| Error::data(format!("{error}. The model was trained with this column")))?;
            let mut source = Source {
                table,
                position,
                offset,
                unseen: Vec::new(),
            };
            match encoding {
                Encoding::Number { kind, scale, indicator } => {
                    let values = source.numbers(*kind)?;
                    source.standardize(&values, &mut matrix, 0, scale)?;
                    source.count_far(&values, scale);
                    source.mark_missing(&mut matrix, 1, *indicator, || {
                        format!("the mean, {}", short(scale.mean))
                    });
                }
                Encoding::Date { .. } => source.dates(&mut matrix, encoding)?,
                Encoding::Category {
                    names,
                    rare,
                    usual,
                    indicator,
                } => {
                    source.spread(&mut matrix, names, rare);
                    source.fill_in(&mut matrix, names, *usual, *indicator);
                    let width = names.len() + usize::from(!rare.is_empty());
                    let name = || names.get(*usual).map_or(String::new(), |name| quoted(name));
                    source.mark_missing(&mut matrix, width, *indicator, || {
                        format!("the most frequent, {}", name())
                    });
                }
            }
            matrix.unseen.append(&mut source.unseen);
            offset += encoding.width();
        }
        Ok(matrix)
    }

    /// Refuses a table that would make a matrix too large for the memory of most machines.
    fn check_size(&self, table: &Table) -> Result<()> {
        let inputs: usize = self.features.iter().map(|feature| feature.encoding.width()).sum();
        let numbers = table.rows() as u128 * inputs as u128;
        if numbers <= MOST_NUMBERS as u128 {
            return Ok(());
        }
        let mut widest: Vec<&Feature> = self.features.iter().collect();
        widest.sort_by_key(|feature| std::cmp::Reverse(feature.encoding.width()));
        let widest: Vec<String> = widest
            .iter()
            .take(WIDEST_NAMED)
            .map(|feature| format!("{} ({})", quoted(&feature.name), feature.encoding.width()))
            .collect();
        Err(Error::data(format!(
            "{}: {} of {} are {numbers} numbers, more than {MOST_NUMBERS} (8 GB); the columns with the most inputs are \
             {}: drop them or merge their rare categories, or use fewer rows",
            table.name(),
            count(table.rows(), "row", "rows"),
            count(inputs, "input", "inputs"),
            widest.join(", ")
        )))
    }
}

/// One column of a table that is being encoded.
struct Source<'a> {
    table: &'a Table,
    position: usize,
    /// The first column of the matrix that it fills.
    offset: usize,
    unseen: Vec<Unseen>,
}

impl<'a> Source<'a> {
    fn column(&self) -> &'a Column {
        &self.table.columns()[self.position]
    }

    /// The place of a row's numbers for this column in a matrix.
    fn place(&self, matrix: &Matrix, row: usize) -> usize {
        row * matrix.columns + self.offset
    }

    /// Counts cells that hold what no training row had.
    fn count_unseen(&mut self, what: &'static str, rows: impl Iterator<Item = usize>, counts_as: impl Fn() -> String) {
        let mut rows = rows.peekable();
        let Some(first) = rows.peek().copied() else { return };
        self.unseen.push(Unseen {
            column: self.column().name.clone(),
            what,
            cells: rows.count(),
            example: self.table.text(first, self.position),
            meant: None,
            line: self.table.line(first),
            place: self.table.format().place(),
            counts_as: counts_as(),
        });
    }

    fn standardize(&self, values: &[f64], matrix: &mut Matrix, inner: usize, scale: &Scale) -> Result<()> {
        for (row, value) in values.iter().copied().enumerate().filter(|(_, value)| !value.is_nan()) {
            let scaled = (value - scale.mean) / scale.standard_deviation;
            if !scaled.is_finite() {
                let place = self.table.place(row, self.position);
                return Err(Error::data(format!("{place}: {}", too_far(value, scale))));
            }
            let place = self.place(matrix, row) + inner;
            matrix.data[place] = scaled;
        }
        Ok(())
    }

    /// Counts numbers that are nowhere near those of training: what is answered for them says little.
    fn count_far(&mut self, values: &[f64], scale: &Scale) {
        let is_far = |value: f64| ((value - scale.mean) / scale.standard_deviation).abs() >= FAR;
        let far = (0..values.len()).filter(|row| is_far(values[*row]));
        self.count_unseen(
            "a number 10000 standard deviations from the mean, or more,",
            far,
            || "any other number".to_string(),
        );
    }

    /// Marks missing cells in a column of their own, or counts them where training had none.
    fn mark_missing(&mut self, matrix: &mut Matrix, inner: usize, indicator: bool, counts_as: impl Fn() -> String) {
        let column = self.column();
        let missing = (0..matrix.rows).filter(|row| column.is_missing(*row));
        match indicator {
            true => missing.for_each(|row| {
                let place = self.place(matrix, row) + inner;
                matrix.data[place] = 1.0;
            }),
            false => self.count_unseen("", missing, counts_as),
        }
    }

    /// The column as numbers of the kind that training had, NaN where a cell is missing.
    fn numbers(&self, kind: NumberKind) -> Result<Cow<'a, [f64]>> {
        match &self.column().values {
            Values::Numbers { values, kind: given } => {
                let other = match (kind, given) {
                    (NumberKind::Date(order), NumberKind::Date(found)) => {
                        let open = order == DateOrder::Plain || *found == DateOrder::Plain;
                        if !open && order != *found {
                            return Err(self.other_order(order));
                        }
                        false
                    }
                    (kind, given) => kind.is_date() != given.is_date(),
                };
                if other && let Some(row) = values.iter().position(|value| !value.is_nan()) {
                    return Err(self.not_of_kind(row, kind));
                }
                Ok(Cow::Borrowed(values))
            }
            // One cell that is neither number nor date makes the whole column text, and it is the one to report.
            Values::Categories { names, codes } => {
                let values: Vec<Option<f64>> = match kind {
                    NumberKind::Date(order) => names.iter().map(|name| date_as_asked(name)?.days(order)).collect(),
                    _ => names.iter().map(|name| value_of(name)).collect(),
                };
                let number = |(row, code): (usize, &u32)| match values.get(*code as usize) {
                    _ if *code == MISSING => Ok(f64::NAN),
                    Some(Some(value)) => Ok(*value),
                    _ => Err(self.not_of_kind(row, kind)),
                };
                codes
                    .iter()
                    .enumerate()
                    .map(number)
                    .collect::<Result<_>>()
                    .map(Cow::Owned)
            }
            Values::Text { present, .. } => match present.iter().position(|present| *present) {
                Some(row) => Err(self.not_of_kind(row, kind)),
                None => Ok(Cow::Owned(vec![f64::NAN; present.len()])),
            },
            Values::Empty { rows } => Ok(Cow::Owned(vec![f64::NAN; *rows])),
        }
    }

    fn not_of_kind(&self, row: usize, kind: NumberKind) -> Error {
        let what = not_of_kind(&self.table.text(row, self.position), kind);
        Error::data(format!("{}: {what}", self.table.place(row, self.position)))
    }

    fn other_order(&self, order: DateOrder) -> Error {
        let (trained, given) = match order {
            DateOrder::DayFirst => ("day", "month"),
            _ => ("month", "day"),
        };
        Error::data(format!(
            "{}, column {}: the model was trained with dates that have the {trained} first, and these were read {given} first; \
             write them as 2024-12-31",
            self.table.name(),
            quoted(&self.column().name)
        ))
    }

    fn dates(&mut self, matrix: &mut Matrix, encoding: &Encoding) -> Result<()> {
        let Encoding::Date {
            order,
            days,
            year,
            months,
            weekdays,
            hours,
            indicator,
        } = encoding
        else {
            return Ok(());
        };
        let values = self.numbers(NumberKind::Date(*order))?;
        self.standardize(&values, matrix, 0, days)?;
        let mut inner = 1;
        if let Some(year) = year {
            let years: Vec<f64> = values.iter().map(|value| date::year(*value)).collect();
            self.standardize(&years, matrix, inner, year)?;
            inner += 1;
        }
        type Part = fn(date::Parts) -> u8;
        let parts: [(&'static str, &str, &[u8], Part); 3] = [
            ("a month", "none of the months", months, |parts| parts.month),
            ("a weekday", "none of the weekdays", weekdays, |parts| parts.weekday),
            ("an hour", "none of the hours", hours, |parts| parts.hour),
        ];
        for (what, counts_as, known, part) in parts.into_iter().filter(|(_, _, known, _)| !known.is_empty()) {
            let mut unknown = Vec::new();
            for (row, value) in values.iter().enumerate().filter(|(_, value)| !value.is_nan()) {
                match known.binary_search(&part(date::parts(*value))) {
                    Ok(found) => {
                        let place = self.place(matrix, row) + inner + found;
                        matrix.data[place] = 1.0;
                    }
                    Err(_) => unknown.push(row),
                }
            }
            self.count_unseen(what, unknown.into_iter(), || counts_as.to_string());
            inner += known.len();
        }
        self.mark_missing(matrix, inner, *indicator, || {
            format!("the mean, {}", date::text(days.mean.round()))
        });
        Ok(())
    }

    /// Sets the column of each row's category, or that of the rare ones.
    fn spread(&mut self, matrix: &mut Matrix, names: &[String], rare: &[String]) {
        let known = Categories::new(names.iter().chain(rare).map(String::as_str));
        let column = self.column();
        // Looked up once per category, not once per row. Columns of other types are looked up by their text: a category
        // `1` reads as a number when all other cells of this file do.
        let places: Option<Vec<Option<usize>>> = match &column.values {
            Values::Categories { names, .. } => Some(names.iter().map(|name| known.place(name)).collect()),
            _ => None,
        };
        let mut unknown = Vec::new();
        for row in (0..matrix.rows).filter(|row| !column.is_missing(*row)) {
            let place = match (&column.values, &places) {
                (Values::Categories { codes, .. }, Some(places)) => places.get(codes[row] as usize).copied().flatten(),
                _ => known.place(&self.table.text(row, self.position)),
            };
            if place.is_none() {
                unknown.push(row);
            }
            let inner = place.unwrap_or(names.len()).min(names.len());
            if inner < names.len() || !rare.is_empty() {
                let place = self.place(matrix, row) + inner;
                matrix.data[place] = 1.0;
            }
        }
        self.count_unseen("a category", unknown.into_iter(), || match rare.is_empty() {
            true => "none of the categories".to_string(),
            false => "rare".to_string(),
        });
        if let Some(unseen) = self.unseen.last_mut() {
            let known = names.iter().chain(rare).map(String::as_str);
            unseen.meant = nearest(&unseen.example, known).map(str::to_string);
        }
    }

    /// Makes missing cells the most frequent category where nothing else says that they are missing.
    fn fill_in(&self, matrix: &mut Matrix, names: &[String], usual: usize, indicator: bool) {
        if indicator || usual >= names.len() {
            return;
        }
        for row in (0..matrix.rows).filter(|row| self.column().is_missing(*row)) {
            let place = self.place(matrix, row) + usual;
            matrix.data[place] = 1.0;
        }
    }
}

/// What is said of a number that cannot be standardized.
pub(crate) fn too_far(value: f64, scale: &Scale) -> String {
    format!(
        "{} is too far from the training mean {} (standard deviation {}) to be standardized; check the value",
        number(value),
        number(scale.mean),
        number(scale.standard_deviation)
    )
}

/// What is said of a cell that is not of the kind that training had.
pub(crate) fn not_of_kind(cell: &str, kind: NumberKind) -> String {
    if let NumberKind::Date(order) = kind {
        let (trained, given) = match order {
            DateOrder::DayFirst => ("day", "month"),
            _ => ("month", "day"),
        };
        match date_as_asked(cell) {
            // A date, but in the other order only.
            Some(_) if order != DateOrder::Plain => {
                return format!(
                    "{} has the {given} first, but the model was trained with dates that have the {trained} first; write the \
                     dates as 2024-12-31",
                    quoted(cell)
                );
            }
            Some(_) => {
                return format!(
                    "the dates of the column have the day first or the month first, and {} does not fit the others; write the \
                     dates as 2024-12-31",
                    quoted(cell)
                );
            }
            None if has_short_year(cell) => {
                return format!("{} is not a date such as 2024-01-31: {SHORT_YEAR}", quoted(cell));
            }
            None => {}
        }
    }
    let (one, many) = match kind.is_date() {
        true => ("date such as 2024-01-31", "dates"),
        false => ("number", "numbers"),
    };
    format!(
        "{} is not a {one}, but the model was trained with {many} here; correct the cell, or leave it empty if the value is \
         missing",
        quoted(cell)
    )
}
