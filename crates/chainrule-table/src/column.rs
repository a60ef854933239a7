//! One column of a table and its values.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::category::truth;
use crate::date::{self, DateOrder};
use crate::message::number;

/// The code of a missing cell in [`Values::Categories`].
pub const MISSING: u32 = u32::MAX;

/// One column of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// The column's name in the header, trimmed.
    pub name: String,
    /// One value per row.
    pub values: Values,
    /// The type that a person asked for, when somebody did; otherwise the cells decided.
    pub asked: Option<ColumnType>,
}

/// What a person may say of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    /// It is left out.
    Dropped,
    /// Its cells are categories, even if they look like numbers, dates or an identifier.
    Category,
    /// Its cells are numbers, and those that are none are missing. Signs of currencies and percent, and marks between groups
    /// of thousands, are read past: `$95.16`, `12%`, `112,770`.
    Number,
    /// Its cells are dates in this order of day and month, and those that are none are missing; a date that only the other
    /// order allows is an error. `2024`, `2024-01`, `Jan 2024` and `20240131` are dates as well. [`DateOrder::Plain`] leaves
    /// the order to the cells.
    Date(DateOrder),
    /// Its cells are dates in this order, as those were that a model learned from without being told: a cell that is none is
    /// an error. [`Encoder::types`](crate::Encoder::types) says so.
    TrainedDate(DateOrder),
}

/// The values of a column, one per row, all of one type.
#[derive(Clone, Debug)]
pub enum Values {
    /// Numbers. Dates and times are numbers too: days since 1970-01-01.
    Numbers {
        /// One number per row; NaN where the cell is missing, finite everywhere else.
        values: Vec<f64>,
        /// How the cells of the file's column were written.
        kind: NumberKind,
    },
    /// Words. Booleans are words as well, each under its first spelling in the file.
    Categories {
        /// The distinct words of the file's column, in order: false goes before true, however they are written. After [`Table::take`](crate::Table::take) some may be unused.
        names: Vec<String>,
        /// One index into `names` per row; [`MISSING`] where the cell is missing.
        codes: Vec<u32>,
    },
    /// Text of which nothing is kept, because more than 100,000 values are different, and more than half of the cells.
    Text {
        /// For each row, whether its cell is there.
        present: Vec<bool>,
        /// How many different values were counted, at least.
        distinct: usize,
    },
    /// Nothing: every cell of the file's column is missing.
    Empty {
        /// The number of rows.
        rows: usize,
    },
}

/// How the cells of a number column were written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberKind {
    /// All as whole numbers.
    Integer,
    /// As numbers, some with a decimal point or an exponent, or beyond 64 bits.
    Float,
    /// As dates or times; the numbers are days since 1970-01-01.
    Date(DateOrder),
}

impl NumberKind {
    /// Whether the numbers are dates.
    pub fn is_date(self) -> bool {
        matches!(self, NumberKind::Date(_))
    }
}

/// Missing equals missing, though NaN does not equal NaN.
impl PartialEq for Values {
    fn eq(&self, other: &Values) -> bool {
        match (self, other) {
            (Values::Numbers { values: a, kind: i }, Values::Numbers { values: b, kind: j }) => {
                i == j && a.len() == b.len() && a.iter().zip(b).all(|(x, y)| x == y || (x.is_nan() && y.is_nan()))
            }
            (Values::Categories { names: a, codes: c }, Values::Categories { names: b, codes: d }) => a == b && c == d,
            (Values::Text { present: a, .. }, Values::Text { present: b, .. }) => a == b,
            (Values::Empty { rows: a }, Values::Empty { rows: b }) => a == b,
            _ => false,
        }
    }
}

impl Column {
    /// What the column holds, in one word for messages: `integer`, `number`, `date`, `boolean`, `category`, `text`
    /// or `empty`.
    pub fn kind(&self) -> &'static str {
        match &self.values {
            Values::Numbers { kind, .. } => match kind {
                NumberKind::Integer => "integer",
                NumberKind::Float => "number",
                NumberKind::Date(_) => "date",
            },
            Values::Categories { names, .. } if names.iter().all(|name| truth(name).is_some()) => "boolean",
            Values::Categories { .. } => "category",
            Values::Text { .. } => "text",
            Values::Empty { .. } => "empty",
        }
    }

    /// How many cells are missing.
    pub fn missing(&self) -> usize {
        match &self.values {
            Values::Numbers { values, .. } => values.iter().filter(|value| value.is_nan()).count(),
            Values::Categories { codes, .. } => codes.iter().filter(|code| **code == MISSING).count(),
            Values::Text { present, .. } => present.iter().filter(|present| !**present).count(),
            Values::Empty { rows } => *rows,
        }
    }

    /// How many different values there are; a missing cell is not a value.
    pub fn distinct(&self) -> usize {
        match &self.values {
            Values::Numbers { values, .. } => {
                // Adding 0 makes -0 the same as 0.
                let present = values.iter().filter(|value| !value.is_nan());
                present
                    .map(|value| (value + 0.0).to_bits())
                    .collect::<HashSet<_>>()
                    .len()
            }
            Values::Categories { codes, .. } => codes
                .iter()
                .filter(|code| **code != MISSING)
                .collect::<HashSet<_>>()
                .len(),
            Values::Text { distinct, .. } => *distinct,
            Values::Empty { .. } => 0,
        }
    }

    /// Whether the cell of `row` is missing.
    ///
    /// # Panics
    /// When the table has no such row.
    pub fn is_missing(&self, row: usize) -> bool {
        match &self.values {
            Values::Numbers { values, .. } => values[row].is_nan(),
            Values::Categories { codes, .. } => codes[row] == MISSING,
            Values::Text { present, .. } => !present[row],
            Values::Empty { .. } => true,
        }
    }

    /// The cell of `row` as text, from its value: a number in the shortest form; empty when missing, or when free text was
    /// not kept.
    pub(crate) fn text(&self, row: usize) -> String {
        match &self.values {
            Values::Numbers { values, .. } if values[row].is_nan() => String::new(),
            Values::Numbers { values, kind } if kind.is_date() => date::text(values[row]),
            Values::Numbers { values, .. } => number(values[row]),
            Values::Categories { names, codes } => names.get(codes[row] as usize).cloned().unwrap_or_default(),
            Values::Text { .. } | Values::Empty { .. } => String::new(),
        }
    }

    /// The same column with the given rows, in the given order.
    pub(crate) fn take(&self, rows: &[usize]) -> Column {
        let values = match &self.values {
            Values::Numbers { values, kind } => Values::Numbers {
                values: rows.iter().map(|row| values[*row]).collect(),
                kind: *kind,
            },
            Values::Categories { names, codes } => Values::Categories {
                names: names.clone(),
                codes: rows.iter().map(|row| codes[*row]).collect(),
            },
            Values::Text { present, distinct } => Values::Text {
                present: rows.iter().map(|row| present[*row]).collect(),
                distinct: *distinct,
            },
            Values::Empty { .. } => Values::Empty { rows: rows.len() },
        };
        Column {
            name: self.name.clone(),
            values,
            asked: self.asked,
        }
    }
}
