//! A column's values as somebody says they are.

use crate::column::{ColumnType, MISSING, NumberKind, Values};
use crate::date::{DateOrder, Written, date_as_asked, has_short_year};
use crate::encode::not_of_kind;
use crate::error::{Error, Result};
use crate::known::other_order;
use crate::message::quoted;
use crate::reading::{Counted, Oddity, Reading};
use crate::signs::{Signs, signed};
use crate::table::Table;

/// The values of a column as another type, and what is to be said about it.
pub(crate) fn values(table: &Table, position: usize, kind: ColumnType) -> Result<(Values, Vec<Reading>)> {
    let column = &table.columns()[position];
    let unchanged = || Ok((column.values.clone(), Vec::new()));
    match (&column.values, kind) {
        (Values::Empty { .. } | Values::Text { .. }, _) | (Values::Categories { .. }, ColumnType::Category) => {
            unchanged()
        }
        (Values::Numbers { kind, .. }, ColumnType::Number) if !kind.is_date() => unchanged(),
        (
            Values::Numbers {
                kind: NumberKind::Date(found),
                ..
            },
            ColumnType::Date(order) | ColumnType::TrainedDate(order),
        ) => match order == DateOrder::Plain || *found == DateOrder::Plain || order == *found {
            true => unchanged(),
            // The numbers do not say any more how they were written.
            false if !table.keeps_text() => Err(Error::request(format!(
                "{}, column {}: its dates were read already, in another order; say the order to the reader",
                table.name(),
                quoted(&column.name)
            ))),
            false => dates(table, position, kind, order),
        },
        (_, ColumnType::Category | ColumnType::Dropped) => Ok((categories(table, position), Vec::new())),
        (_, ColumnType::Number) => numbers(table, position),
        (_, ColumnType::Date(order) | ColumnType::TrainedDate(order)) => dates(table, position, kind, order),
    }
}

/// Numbers or dates as the categories that they are written as.
fn categories(table: &Table, position: usize) -> Values {
    let column = &table.columns()[position];
    let Values::Numbers { values, .. } = &column.values else {
        return column.values.clone();
    };
    let mut order: Vec<usize> = (0..values.len()).filter(|row| !values[*row].is_nan()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let (mut names, mut codes, mut last) = (Vec::new(), vec![MISSING; values.len()], None);
    for row in order {
        if last != Some(values[row]) {
            last = Some(values[row]);
            names.push(column.text(row));
        }
        codes[row] = names.len() as u32 - 1;
    }
    Values::Categories { names, codes }
}

/// What a row's cell spells; `None` where it is missing.
type Spelled<'t, T> = Box<dyn Fn(usize) -> Option<T> + 't>;

/// Reads each category once, and other cells as they are asked for.
fn spelled<'t, T: Copy + 't>(table: &'t Table, position: usize, read: impl Fn(&str) -> T + 't) -> Spelled<'t, T> {
    let column = &table.columns()[position];
    match &column.values {
        Values::Categories { names, codes } => {
            let known: Vec<T> = names.iter().map(|name| read(name)).collect();
            Box::new(move |row| known.get(codes[row] as usize).copied())
        }
        _ => Box::new(move |row| (!column.is_missing(row)).then(|| read(&table.text(row, position)))),
    }
}

/// The cells of a column as numbers, with or without signs; others are missing.
fn numbers(table: &Table, position: usize) -> Result<(Values, Vec<Reading>)> {
    let (place, name) = (table.format().place(), &table.columns()[position].name);
    let commas = table.format().delimiter != ',';
    let number = spelled(table, position, |word| signed(word, commas));
    let (mut values, mut signs, mut strays) = (Vec::with_capacity(table.rows()), Signs::default(), Counted::default());
    for row in 0..table.rows() {
        let cell = || table.text_or_value(row, position);
        values.push(match number(row) {
            None => f64::NAN,
            Some(None) => {
                strays.add(cell, table.line(row));
                f64::NAN
            }
            Some(Some(number)) => (signs.add(&number, cell, table.line(row)))
                .map_err(|what| Error::data(format!("{}: {what}", table.place(row, position))))?,
        });
    }
    let strays = strays.reading(Oddity::NoNumber, name, place, "missing");
    refuse_none(table, &values, strays.as_ref(), "number")?;
    let whole = values.iter().all(|value| value.is_nan() || value.fract() == 0.0);
    let kind = if whole { NumberKind::Integer } else { NumberKind::Float };
    let readings = signs.reading(name, place).into_iter().chain(strays);
    Ok((Values::Numbers { values, kind }, readings.collect()))
}

/// The cells of a column as dates; others are missing, or an error where a model has learned from nothing but dates.
fn dates(table: &Table, position: usize, asked: ColumnType, order: DateOrder) -> Result<(Values, Vec<Reading>)> {
    let (place, name) = (table.format().place(), &table.columns()[position].name);
    let date = spelled(table, position, date_as_asked);
    let (found, either) = dates_order(table, &date, order);
    let kind = NumberKind::Date(found);
    let (mut values, mut strays, mut open) = (Vec::with_capacity(table.rows()), Counted::default(), Counted::default());
    for row in 0..table.rows() {
        let cell = || table.text_or_value(row, position);
        let fault = |what: String| Err(Error::data(format!("{}: {what}", table.place(row, position))));
        values.push(match date(row) {
            None => f64::NAN,
            Some(None) if matches!(asked, ColumnType::TrainedDate(_)) => {
                return fault(not_of_kind(&cell(), NumberKind::Date(order)));
            }
            Some(None) => {
                strays.add(cell, table.line(row));
                f64::NAN
            }
            Some(Some(written)) => match written.days(found) {
                Some(days) => {
                    if either && written.is_open() {
                        open.add(cell, table.line(row));
                    }
                    days
                }
                None if matches!(asked, ColumnType::TrainedDate(_)) => return fault(not_of_kind(&cell(), kind)),
                None => return fault(other_order(&cell(), found, "the other dates of the column must be")),
            },
        });
    }
    let strays = strays.reading(Oddity::NoDate, name, place, "missing");
    refuse_none(table, &values, strays.as_ref(), "date")?;
    let open = open.reading(Oddity::EitherOrder, name, place, "month first");
    Ok((
        Values::Numbers { values, kind },
        open.into_iter().chain(strays).collect(),
    ))
}

/// The order of day and month that the dates of a column have, and whether they could as well have the other.
fn dates_order(table: &Table, date: &Spelled<Option<Written>>, asked: DateOrder) -> (DateOrder, bool) {
    let (mut open, mut day_first, mut month_first) = (false, true, true);
    for written in (0..table.rows()).filter_map(|row| date(row).flatten()) {
        open |= written.is_open();
        day_first &= written.allows(DateOrder::DayFirst);
        month_first &= written.allows(DateOrder::MonthFirst);
    }
    match (open, asked) {
        (false, _) => (DateOrder::Plain, false),
        (true, DateOrder::Plain) if month_first => (DateOrder::MonthFirst, day_first),
        (true, DateOrder::Plain) => (DateOrder::DayFirst, false),
        (true, order) => (order, false),
    }
}

/// Refuses a column in which no cell is what somebody says.
fn refuse_none(table: &Table, values: &[f64], strays: Option<&Reading>, what: &str) -> Result<()> {
    let Some(first) = strays.filter(|_| values.iter().all(|value| value.is_nan())) else {
        return Ok(());
    };
    let advice = match has_short_year(&first.example) && what == "date" {
        true => SHORT_YEAR,
        false => "leave the column as it is, or say otherwise what it holds",
    };
    Err(Error::request(format!(
        "{}, column {}: no cell is a {what}, such as {} in {} {}; {advice}",
        table.name(),
        quoted(&first.column),
        quoted(&first.example),
        first.place,
        first.line
    )))
}

/// What is said of years that leave the century open.
pub(crate) const SHORT_YEAR: &str = "a year of two digits leaves the century open: write it with four, as 2024-01-31";
