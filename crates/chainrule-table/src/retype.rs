//! A column's values as somebody says they are.

use crate::cell::number;
use crate::column::{ColumnType, MISSING, NumberKind, Values};
use crate::date::{DateOrder, Written, date_as_asked};
use crate::error::{Error, Result};
use crate::message::{count, quoted};
use crate::table::Table;

/// The values of a column as another type, and what is to be said about it.
pub(crate) fn values(table: &Table, position: usize, kind: ColumnType) -> Result<(Values, Option<String>)> {
    let column = &table.columns()[position];
    match (&column.values, kind) {
        (Values::Empty { .. } | Values::Text { .. }, _) | (Values::Categories { .. }, ColumnType::Category) => {
            Ok((column.values.clone(), None))
        }
        (Values::Numbers { kind, .. }, ColumnType::Number) if !kind.is_date() => Ok((column.values.clone(), None)),
        (
            Values::Numbers {
                kind: NumberKind::Date(found),
                ..
            },
            ColumnType::Date(order),
        ) if order == DateOrder::Plain || *found == DateOrder::Plain || order == *found => {
            Ok((column.values.clone(), None))
        }
        (_, ColumnType::Category | ColumnType::Dropped) => Ok((categories(table, position), None)),
        (_, ColumnType::Number) => {
            let commas = table.format().delimiter != ',';
            let numbers = parsed(table, position, |word| {
                let value = word.parse().ok().or_else(|| Some(number(word, commas)?.value));
                value.filter(|value: &f64| value.is_finite())
            });
            let whole = numbers
                .values
                .iter()
                .all(|value| value.is_nan() || value.fract() == 0.0);
            let kind = if whole { NumberKind::Integer } else { NumberKind::Float };
            numbers.finish(table, position, kind, ("number", "numbers"))
        }
        (_, ColumnType::Date(order)) => {
            let order = dates_order(table, position, order);
            let days = parsed(table, position, |word| date_as_asked(word)?.days(order));
            days.finish(table, position, NumberKind::Date(order), ("date", "dates"))
        }
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

/// The order of day and month that all dates of a column allow.
fn dates_order(table: &Table, position: usize, asked: DateOrder) -> DateOrder {
    let open: Vec<Written> = match &table.columns()[position].values {
        Values::Categories { names, .. } => names.iter().filter_map(|name| date_as_asked(name)).collect(),
        _ => Vec::new(),
    };
    let mut open = open.into_iter().filter(Written::is_open).peekable();
    match (open.peek().is_some(), asked) {
        (false, _) => DateOrder::Plain,
        (true, DateOrder::Plain) => match open.all(|date| date.allows(DateOrder::MonthFirst)) {
            true => DateOrder::MonthFirst,
            false => DateOrder::DayFirst,
        },
        (true, order) => order,
    }
}

/// The cells of a column as numbers.
struct Parsed {
    values: Vec<f64>,
    /// The cells that are none, and the row of the first.
    strays: usize,
    first: Option<usize>,
}

/// Reads each cell, or each category once.
fn parsed(table: &Table, position: usize, read: impl Fn(&str) -> Option<f64>) -> Parsed {
    let column = &table.columns()[position];
    let read_cell: Box<dyn Fn(usize) -> Option<f64>> = match &column.values {
        Values::Categories { names, codes } => {
            let values: Vec<Option<f64>> = names.iter().map(|name| read(name)).collect();
            Box::new(move |row| values.get(codes[row] as usize).copied().flatten())
        }
        _ => Box::new(|row| read(&column.text(row))),
    };
    let mut parsed = Parsed {
        values: Vec::with_capacity(table.rows()),
        strays: 0,
        first: None,
    };
    for row in 0..table.rows() {
        let value = match column.is_missing(row) {
            true => None,
            false => read_cell(row),
        };
        if value.is_none() && !column.is_missing(row) {
            parsed.strays += 1;
            parsed.first = parsed.first.or(Some(row));
        }
        parsed.values.push(value.unwrap_or(f64::NAN));
    }
    parsed
}

impl Parsed {
    fn finish(
        self,
        table: &Table,
        position: usize,
        kind: NumberKind,
        (one, many): (&str, &str),
    ) -> Result<(Values, Option<String>)> {
        let column = quoted(&table.columns()[position].name);
        let example = self.first.map(|row| {
            let text = quoted(&table.columns()[position].text(row));
            format!("{text} in line {}", table.line(row))
        });
        let Some(example) = example else {
            let values = self.values;
            return Ok((Values::Numbers { values, kind }, None));
        };
        if self.values.iter().all(|value| value.is_nan()) {
            return Err(Error::request(format!(
                "{}, column {column}: no cell is a {one}, such as {example}; leave the column as it is, or say otherwise what \
                 it holds",
                table.name()
            )));
        }
        let values = self.values;
        let notice = strays_notice(&column, self.strays, &example, (one, many));
        Ok((Values::Numbers { values, kind }, Some(notice)))
    }
}

/// What is said of cells that are not of the kind that somebody says their column holds.
pub(crate) fn strays_notice(column: &str, strays: usize, example: &str, (one, many): (&str, &str)) -> String {
    format!(
        "column {column}: {} no {} and {} missing, such as {example}",
        match strays {
            1 => "1 cell is".to_string(),
            strays => format!("{} are", count(strays, "cell", "cells")),
        },
        if strays == 1 { one } else { many },
        if strays == 1 { "counts as" } else { "count as" },
    )
}
