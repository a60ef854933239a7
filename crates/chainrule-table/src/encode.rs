//! From typed columns to the numbers a model takes in.

use std::borrow::Cow;
use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::category;
use crate::category::Categories;
use crate::column::{Column, MISSING, NumberKind, Values};
use crate::date;
use crate::error::{Error, Result};
use crate::message::{alternatives, count, number, quoted};
use crate::table::Table;

/// The most numbers that a matrix has: 8 GB of them.
const MOST_NUMBERS: usize = 1_000_000_000;
/// How many columns are named when a matrix would have more.
const WIDEST_NAMED: usize = 3;

/// How to turn the feature columns of a table into numbers, learned from the training rows only.
///
/// A number column is standardized: less the training mean, divided by the training standard deviation; a missing cell
/// becomes 0, the mean. A category column becomes one 0/1 column per category. When training rows had missing cells, a
/// further 0/1 column marks them.
///
/// ```
/// # fn main() -> chainrule_table::Result<()> {
/// use chainrule_table::{Encoder, Table};
///
/// let table = Table::from_csv("flowers.csv", "width,color\n1,red\n3,blue\n5,red\n".as_bytes())?;
/// let encoder = Encoder::fit(&table, &["width", "color"], &[0, 1])?;
/// assert_eq!(encoder.inputs(), ["width", "color=blue", "color=red"]);
///
/// let matrix = encoder.transform(&table)?;
/// assert_eq!(matrix.row(2), [3.0, 0.0, 1.0]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Encoder {
    pub(crate) features: Vec<Feature>,
    pub(crate) notes: Vec<String>,
}

/// One column of the table and how it is encoded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Feature {
    /// The column's name.
    pub name: String,
    /// How its cells become numbers.
    pub encoding: Encoding,
}

/// How the cells of a column become numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// A number column: one standardized column.
    Number {
        /// How the cells of the training file were written. A model of dates takes in dates only, one of numbers no dates.
        kind: NumberKind,
        /// The mean of the training rows.
        mean: f64,
        /// The standard deviation of the training rows (of the population: divided by their number), or 1 if it was 0.
        standard_deviation: f64,
        /// Whether a further column marks missing cells, because training rows had some.
        indicator: bool,
    },
    /// A category column: a 0/1 column per category.
    Category {
        /// The categories of the training rows, in order.
        names: Vec<String>,
        /// Categories that the table had, but no training row: nothing was learned about them, so they are all zeros.
        untrained: Vec<String>,
        /// Whether a further column marks missing cells, because training rows had some.
        indicator: bool,
    },
}

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
    /// The features that are encoded, in order.
    pub fn features(&self) -> &[Feature] {
        &self.features
    }

    /// The names of the encoded columns: `width`, `color=red`, `width is missing`.
    pub fn inputs(&self) -> Vec<String> {
        let mut inputs = Vec::new();
        for Feature { name, encoding } in &self.features {
            match encoding {
                Encoding::Number { .. } => inputs.push(name.clone()),
                Encoding::Category { names, .. } => inputs.extend(names.iter().map(|value| format!("{name}={value}"))),
            }
            if encoding.indicator() {
                inputs.push(format!("{name} is missing"));
            }
        }
        inputs
    }

    /// Which columns were left out and why, one sentence each.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Checks that an encoder that came from outside makes sense.
    ///
    /// # Errors
    /// When there are no features, a name is empty or there twice, or a number is not finite.
    pub fn validate(&self) -> Result<()> {
        if self.features.is_empty() {
            return Err(damaged("it has no features"));
        }
        distinct_names("feature", self.features.iter().map(|feature| feature.name.as_str()))?;
        for Feature { name, encoding } in &self.features {
            match encoding {
                Encoding::Number {
                    mean,
                    standard_deviation,
                    ..
                } => {
                    if !mean.is_finite() || !standard_deviation.is_finite() || *standard_deviation <= 0.0 {
                        return Err(damaged(&format!(
                            "the feature {} has mean {} and standard deviation {}",
                            quoted(name),
                            number(*mean),
                            number(*standard_deviation)
                        )));
                    }
                }
                Encoding::Category {
                    names,
                    untrained,
                    indicator,
                } => {
                    if names.is_empty() && !indicator {
                        return Err(damaged(&format!("the feature {} has no categories", quoted(name))));
                    }
                    distinct_names("category", names.iter().chain(untrained).map(String::as_str))?;
                }
            }
        }
        Ok(())
    }

    /// Encodes all rows of a table, which needs the feature columns and may have others.
    ///
    /// # Errors
    /// When a feature column is missing, a cell is not a number where training had numbers, or not a date where it had
    /// dates, or a cell holds a category that the table the encoder learned from had not (see
    /// [`same_category`](crate::same_category)); the message names the line and the column. When the matrix would have
    /// more than a billion numbers, before it takes any memory. Also when [`Encoder::validate`] fails.
    pub fn transform(&self, table: &Table) -> Result<Matrix> {
        self.validate()?;
        self.check_size(table)?;
        let names = self.inputs();
        let mut matrix = Matrix {
            rows: table.rows(),
            columns: names.len(),
            data: Vec::new(),
            names,
        };
        matrix.data = vec![0.0; matrix.rows * matrix.columns];
        let mut offset = 0;
        for Feature { name, encoding } in &self.features {
            let source = Source {
                table,
                position: feature_position(table, name)?,
            };
            match encoding {
                Encoding::Number {
                    kind,
                    mean,
                    standard_deviation,
                    indicator,
                } => {
                    let values = source.numbers(*kind)?;
                    source.standardize(&values, &mut matrix, offset, *mean, *standard_deviation, *indicator)?;
                }
                Encoding::Category {
                    names,
                    untrained,
                    indicator,
                } => source.spread(&mut matrix, offset, names, untrained, *indicator)?,
            }
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

impl Encoding {
    fn indicator(&self) -> bool {
        match self {
            Encoding::Number { indicator, .. } | Encoding::Category { indicator, .. } => *indicator,
        }
    }

    fn width(&self) -> usize {
        let own = match self {
            Encoding::Number { .. } => 1,
            Encoding::Category { names, .. } => names.len(),
        };
        own + usize::from(self.indicator())
    }
}

/// One column of a table that is being encoded.
struct Source<'a> {
    table: &'a Table,
    position: usize,
}

impl Source<'_> {
    fn column(&self) -> &Column {
        &self.table.columns()[self.position]
    }

    fn standardize(
        &self,
        values: &[f64],
        matrix: &mut Matrix,
        offset: usize,
        mean: f64,
        standard_deviation: f64,
        indicator: bool,
    ) -> Result<()> {
        for (row, value) in values.iter().copied().enumerate() {
            let out = &mut matrix.data[row * matrix.columns + offset..];
            if value.is_nan() {
                if indicator {
                    out[1] = 1.0;
                }
                continue;
            }
            out[0] = (value - mean) / standard_deviation;
            if !out[0].is_finite() {
                return Err(Error::data(format!(
                    "{}: {} is too far from the training mean {} (standard deviation {}) to be standardized; check \
                     the value",
                    self.table.place(row, self.position),
                    number(value),
                    number(mean),
                    number(standard_deviation)
                )));
            }
        }
        Ok(())
    }

    /// The column as numbers of the kind that training had, NaN where a cell is missing.
    fn numbers(&self, kind: NumberKind) -> Result<Cow<'_, [f64]>> {
        match &self.column().values {
            Values::Numbers { values, kind: given } => {
                if (kind == NumberKind::Date) != (*given == NumberKind::Date)
                    && let Some(row) = values.iter().position(|value| !value.is_nan())
                {
                    return Err(self.not_of_kind(row, kind));
                }
                Ok(Cow::Borrowed(values))
            }
            // One cell that is neither number nor date makes the whole column text, and it is the one to report.
            Values::Categories { names, codes } => {
                let values = match kind {
                    NumberKind::Date => date::dates(names),
                    _ => names.iter().map(|name| category::number(name)).collect(),
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
            Values::Empty { rows } => Ok(Cow::Owned(vec![f64::NAN; *rows])),
        }
    }

    fn not_of_kind(&self, row: usize, kind: NumberKind) -> Error {
        let (one, many) = match kind {
            NumberKind::Date => ("date such as 2024-01-31", "dates"),
            NumberKind::Integer | NumberKind::Float => ("number", "numbers"),
        };
        Error::data(format!(
            "{}: {} is not a {one}, but the model was trained with {many} here; correct the cell, or leave it empty if \
             the value is missing",
            self.table.place(row, self.position),
            quoted(&self.table.text(row, self.position))
        ))
    }

    fn spread(
        &self,
        matrix: &mut Matrix,
        offset: usize,
        names: &[String],
        untrained: &[String],
        indicator: bool,
    ) -> Result<()> {
        let known = Categories::new(names.iter().chain(untrained).map(String::as_str));
        // Looked up once per category, not once per row. Columns of other types are looked up by their text: a category
        // `1` reads as a number when all other cells of this file do.
        let places: Option<Vec<Option<usize>>> = match &self.column().values {
            Values::Categories { names, .. } => Some(names.iter().map(|name| known.place(name)).collect()),
            _ => None,
        };
        for row in 0..matrix.rows {
            let out = &mut matrix.data[row * matrix.columns + offset..];
            if self.column().is_missing(row) {
                if indicator {
                    out[names.len()] = 1.0;
                }
                continue;
            }
            let place = match (&self.column().values, &places) {
                (Values::Categories { codes, .. }, Some(places)) => places.get(codes[row] as usize).copied().flatten(),
                _ => known.place(&self.table.text(row, self.position)),
            };
            match place {
                Some(place) if place < names.len() => out[place] = 1.0,
                Some(_untrained) => {}
                None => return Err(self.unknown_category(row, names)),
            }
        }
        Ok(())
    }

    fn unknown_category(&self, row: usize, names: &[String]) -> Error {
        let text = self.table.text(row, self.position);
        Error::data(format!(
            "{}: the training rows had no category {}{}. Correct the cell, leave it empty if the value is missing, or \
             train again with rows that have it",
            self.table.place(row, self.position),
            quoted(&text),
            alternatives(&text, "they had", names.iter().map(String::as_str))
        ))
    }
}

fn feature_position(table: &Table, name: &str) -> Result<usize> {
    table
        .position(name)
        .map_err(|error| Error::data(format!("{error}. The model was trained with this column")))
}

fn distinct_names<'a>(what: &str, names: impl Iterator<Item = &'a str>) -> Result<()> {
    let mut seen = HashSet::new();
    for name in names {
        if name.is_empty() {
            return Err(damaged(&format!("a {what} has no name")));
        }
        if !seen.insert(name) {
            return Err(damaged(&format!("the {what} {} is there twice", quoted(name))));
        }
    }
    Ok(())
}

fn damaged(why: &str) -> Error {
    Error::data(format!("the encoder is damaged: {why}; train the model again"))
}

impl std::fmt::Display for Encoding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Encoding::Number {
                kind,
                mean,
                standard_deviation,
                ..
            } => write!(
                f,
                "{}, less {}, divided by {}",
                match kind {
                    NumberKind::Date => "a date, in days since 1970-01-01",
                    NumberKind::Integer | NumberKind::Float => "a number",
                },
                number(*mean),
                number(*standard_deviation)
            )?,
            Encoding::Category { names, .. } => write!(
                f,
                "one of {}, as 0 or 1 each",
                crate::message::listed(names.iter().map(String::as_str))
            )?,
        }
        if self.indicator() {
            f.write_str("; and whether it is missing")?;
        }
        Ok(())
    }
}
