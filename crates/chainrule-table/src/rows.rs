//! Rows that come one after the other and are understood as a model's training rows were, a block of them at a time.

use std::collections::HashMap;
use std::fmt;

use crate::category::value_of;
use crate::cell::{Mark, is_missing, number};
use crate::column::{Column, ColumnType, MISSING, NumberKind, Values};
use crate::date::{DateOrder, date_as_asked};
use crate::encode::{not_of_kind, too_far};
use crate::encoding::{Encoder, Encoding, Feature, Scale};
use crate::error::{Error, Result};
use crate::format::Format;
use crate::kept::Kept;
use crate::lines::Lines;
use crate::message::{listed, not_finite, quoted};
use crate::retype::strays_notice;
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

    /// Keeps the cells as they are written, for [`Table::write_rows`].
    pub(crate) fn keep_text(&mut self) {
        self.kept = Some(Kept::new(self.format.delimiter as u8));
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
    pub fn push<'c>(&mut self, line: usize, cells: impl Iterator<Item = &'c str> + Clone) {
        self.lines.push(line);
        for ((column, known), cell) in self.columns.iter_mut().zip(cells.clone()) {
            if let Err(message) = known.push(cell, line)
                && self.faults.len() < self.most_faults
            {
                let column = column.clone();
                self.faults.push(Fault { line, column, message });
            }
        }
        if let Some(kept) = &mut self.kept {
            let cells = cells.map(|cell| if is_missing(cell) { "" } else { cell });
            kept.push(cells, self.columns.len());
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
        let kept = self.kept.take();
        if kept.is_some() {
            self.keep_text();
        }
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

    /// What a person should know of all rows so far, one sentence each: cells that count as missing, an order of dates that
    /// nothing says.
    pub fn notices(&self) -> Vec<String> {
        let open = |(name, known): &(String, Known)| known.order_is_unknown().then(|| name.clone());
        let unknown: Vec<String> = self.columns.iter().filter_map(open).collect();
        let order = (!unknown.is_empty()).then(|| unknown_order(unknown.iter().map(String::as_str)));
        let strays = self.columns.iter().filter_map(|(name, known)| known.strays(name));
        order.into_iter().chain(strays).collect()
    }
}

/// What is said of columns whose dates could be read either way.
pub(crate) fn unknown_order<'a>(columns: impl ExactSizeIterator<Item = &'a str>) -> String {
    format!(
        "no date in {} has a day above 12, so they were read month first, as 12/31/2024; if the day is first, write them as \
         2024-12-31",
        listed(columns)
    )
}

/// A result whose error is what to say of a cell.
type Said<T> = std::result::Result<T, String>;

/// Cells that are none of their column's kind, where somebody said that such cells are missing.
#[derive(Default)]
struct Strays {
    cells: usize,
    /// The text and the line of the first.
    first: Option<(String, usize)>,
}

impl Strays {
    fn add(&mut self, cell: &str, line: usize) {
        self.cells += 1;
        self.first.get_or_insert_with(|| (cell.to_string(), line));
    }
}

/// The cells of a column whose kind is known.
enum Known {
    /// Nobody learned from it.
    Ignored { rows: usize },
    Numbers {
        values: Vec<f64>,
        scale: Scale,
        commas: bool,
        /// The mark before decimals, once there was one.
        mark: Option<Mark>,
        /// Cells that are no numbers, where they count as missing.
        strays: Option<Strays>,
    },
    Dates {
        values: Vec<f64>,
        scale: Scale,
        /// The order of training. `Plain` leaves it to the first of these rows.
        trained: DateOrder,
        order: DateOrder,
        /// What the dates so far allow, when some of them are open.
        open: bool,
        day_first: bool,
        month_first: bool,
        strays: Option<Strays>,
        asked: Option<ColumnType>,
    },
    Words {
        codes: Vec<u32>,
        seen: HashMap<String, u32>,
        names: Vec<String>,
    },
}

impl Known {
    fn of(feature: &Feature, commas: bool) -> Known {
        let lenient = || Some(Strays::default());
        match &feature.encoding {
            Encoding::Number { scale, .. } => Known::Numbers {
                values: Vec::new(),
                scale: *scale,
                commas,
                mark: None,
                strays: feature.asked.and_then(|_| lenient()),
            },
            Encoding::Date { order, days, .. } => Known::Dates {
                values: Vec::new(),
                scale: *days,
                trained: *order,
                order: *order,
                open: false,
                day_first: true,
                month_first: true,
                strays: match *order != DateOrder::Plain || feature.asked.is_some() {
                    true => lenient(),
                    false => None,
                },
                asked: feature.asked,
            },
            Encoding::Category { .. } => Known::Words {
                codes: Vec::new(),
                seen: HashMap::new(),
                names: Vec::new(),
            },
        }
    }

    fn look_ahead(&mut self, cell: &str) {
        if let Known::Dates {
            trained: DateOrder::Plain,
            order,
            open,
            day_first,
            month_first,
            ..
        } = self
            && let Some(written) = date_as_asked(cell).filter(|written| written.is_open())
        {
            *open = true;
            *day_first &= written.allows(DateOrder::DayFirst);
            *month_first &= written.allows(DateOrder::MonthFirst);
            *order = match *month_first {
                true => DateOrder::MonthFirst,
                false => DateOrder::DayFirst,
            };
        }
    }

    /// Adds a cell; one that cannot be understood counts as missing, and is said.
    fn push(&mut self, cell: &str, line: usize) -> Said<()> {
        let missing = is_missing(cell);
        match self {
            Known::Ignored { rows } => {
                *rows += 1;
                Ok(())
            }
            Known::Words { codes, seen, names } => {
                codes.push(match seen.get(cell) {
                    _ if missing => MISSING,
                    Some(code) => *code,
                    None => {
                        let code = names.len() as u32;
                        seen.insert(cell.to_string(), code);
                        names.push(cell.to_string());
                        code
                    }
                });
                Ok(())
            }
            Known::Numbers {
                values,
                scale,
                commas,
                mark,
                strays,
            } => {
                let value = match strays {
                    _ if missing => Ok(f64::NAN),
                    None => strict_number(cell, *commas, mark),
                    Some(strays) => Ok(lenient_number(cell, *commas).unwrap_or_else(|| {
                        strays.add(cell, line);
                        f64::NAN
                    })),
                };
                let value = value.and_then(|value| within_reach(value, scale));
                values.push(*value.as_ref().unwrap_or(&f64::NAN));
                value.map(|_| ())
            }
            Known::Dates {
                values,
                scale,
                trained,
                order,
                open,
                day_first,
                month_first,
                strays,
                ..
            } => {
                let written = if missing { None } else { date_as_asked(cell) };
                let value = match (written, strays) {
                    _ if missing => Ok(f64::NAN),
                    (None, Some(strays)) => {
                        strays.add(cell, line);
                        Ok(f64::NAN)
                    }
                    (None, None) => Err(not_of_kind(cell, NumberKind::Date(*order))),
                    (Some(written), strays) => {
                        let is_open = written.is_open();
                        if is_open && *trained == DateOrder::Plain {
                            (*open, *day_first) = (true, *day_first && written.allows(DateOrder::DayFirst));
                            *month_first &= written.allows(DateOrder::MonthFirst);
                            if *order == DateOrder::Plain {
                                *order = match *month_first {
                                    true => DateOrder::MonthFirst,
                                    false => DateOrder::DayFirst,
                                };
                            }
                        }
                        match (written.days(*order), strays) {
                            (Some(days), _) => Ok(days),
                            (None, Some(strays)) if *trained != DateOrder::Plain => {
                                strays.add(cell, line);
                                Ok(f64::NAN)
                            }
                            _ => Err(other_order(cell, *order)),
                        }
                    }
                };
                let value = value.and_then(|value| within_reach(value, scale));
                values.push(*value.as_ref().unwrap_or(&f64::NAN));
                value.map(|_| ())
            }
        }
    }

    /// The values since the last time.
    fn take(&mut self) -> Values {
        match self {
            Known::Ignored { rows } => Values::Empty {
                rows: std::mem::take(rows),
            },
            Known::Numbers { values, .. } => Values::Numbers {
                values: std::mem::take(values),
                kind: NumberKind::Float,
            },
            Known::Dates { values, order, .. } => Values::Numbers {
                values: std::mem::take(values),
                kind: NumberKind::Date(*order),
            },
            Known::Words { codes, seen, names } => {
                seen.clear();
                Values::Categories {
                    names: std::mem::take(names),
                    codes: std::mem::take(codes),
                }
            }
        }
    }

    fn asked(&self) -> Option<ColumnType> {
        match self {
            Known::Dates { asked, .. } => *asked,
            Known::Numbers { strays: Some(_), .. } => Some(ColumnType::Number),
            Known::Words { .. } => Some(ColumnType::Category),
            _ => None,
        }
    }

    fn order_is_unknown(&self) -> bool {
        matches!(
            self,
            Known::Dates {
                open: true,
                day_first: true,
                month_first: true,
                ..
            }
        )
    }

    fn strays(&self, column: &str) -> Option<String> {
        let (strays, words) = match self {
            Known::Numbers { strays, .. } => (strays.as_ref()?, ("number", "numbers")),
            Known::Dates { strays, .. } => (strays.as_ref()?, ("date", "dates")),
            _ => return None,
        };
        let (text, line) = strays.first.as_ref()?;
        let example = format!("{} in line {line}", quoted(text));
        Some(strays_notice(&quoted(column), strays.cells, &example, words))
    }
}

fn within_reach(value: f64, scale: &Scale) -> Said<f64> {
    let scaled = (value - scale.mean) / scale.standard_deviation;
    match scaled.is_finite() || value.is_nan() {
        true => Ok(value),
        false => Err(too_far(value, scale)),
    }
}

/// A number as in a column of numbers; the mark before decimals must be the same in all cells.
fn strict_number(cell: &str, commas: bool, mark: &mut Option<Mark>) -> Said<f64> {
    let Some(number) = number(cell, commas) else {
        return value_of(cell).ok_or_else(|| not_of_kind(cell, NumberKind::Float));
    };
    if !number.value.is_finite() {
        return Err(not_finite(cell));
    }
    let decimals = matches!(number.mark, Mark::Point | Mark::Comma).then_some(number.mark);
    if decimals.is_some() && mark.is_some() && decimals != *mark {
        return Err(format!(
            "{} has a decimal {}, but the cells above it have another mark before their decimals; write all of them alike",
            quoted(cell),
            if number.mark == Mark::Comma { "comma" } else { "point" }
        ));
    }
    *mark = mark.or(decimals);
    Ok(number.value)
}

/// A number where a person says that there are numbers.
fn lenient_number(cell: &str, commas: bool) -> Option<f64> {
    let value = cell.parse().ok().or_else(|| Some(number(cell, commas)?.value));
    value.filter(|value: &f64| value.is_finite())
}

fn other_order(cell: &str, order: DateOrder) -> String {
    let first = match order {
        DateOrder::DayFirst => "day",
        _ => "month",
    };
    format!(
        "{} cannot be read {first} first, as the dates above it were; write the dates as 2024-12-31",
        quoted(cell)
    )
}
