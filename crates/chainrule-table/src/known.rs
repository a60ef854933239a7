//! The cells of a column of which it is known, from training, what they hold.

use std::collections::HashMap;

use crate::category::value_of;
use crate::cell::{Mark, is_missing, number};
use crate::column::{ColumnType, MISSING, NumberKind, Values};
use crate::date::{DateOrder, date_as_asked};
use crate::encode::{not_of_kind, too_far};
use crate::encoding::{Encoding, Feature, Scale};
use crate::message::{not_finite, quoted};
use crate::reading::{Counted, Oddity, Reading};
use crate::signs::{Said, Signs, signed};

/// What is told apart in a column of numbers or dates of which somebody said that it is one: cells that are none count as
/// missing.
#[derive(Default)]
pub(crate) struct Asked {
    signs: Signs,
    strays: Counted,
}

/// The cells of a column whose kind is known.
pub(crate) enum Known {
    /// Nobody learned from it.
    Ignored { rows: usize },
    Numbers {
        values: Vec<f64>,
        scale: Scale,
        commas: bool,
        /// The mark before decimals, once there was one.
        mark: Option<Mark>,
        asked: Option<Box<Asked>>,
    },
    Dates {
        values: Vec<f64>,
        scale: Scale,
        /// The order of training. `Plain` leaves it to the first of these rows.
        trained: DateOrder,
        order: DateOrder,
        /// What the dates so far allow, those that were looked at ahead among them.
        day_first: bool,
        month_first: bool,
        /// The dates whose order is open.
        open: Counted,
        strays: Counted,
        asked: Option<ColumnType>,
    },
    Words {
        codes: Vec<u32>,
        seen: HashMap<String, u32>,
        names: Vec<String>,
    },
}

impl Known {
    pub(crate) fn of(feature: &Feature, commas: bool) -> Known {
        match &feature.encoding {
            Encoding::Number { scale, .. } => Known::Numbers {
                values: Vec::new(),
                scale: *scale,
                commas,
                mark: None,
                asked: feature.asked.map(|_| Box::default()),
            },
            Encoding::Date { order, days, .. } => Known::Dates {
                values: Vec::new(),
                scale: *days,
                trained: *order,
                order: *order,
                day_first: true,
                month_first: true,
                open: Counted::default(),
                strays: Counted::default(),
                asked: feature.asked,
            },
            Encoding::Category { .. } => Known::Words {
                codes: Vec::new(),
                seen: HashMap::new(),
                names: Vec::new(),
            },
        }
    }

    pub(crate) fn look_ahead(&mut self, cell: &str) {
        if let Known::Dates {
            trained: DateOrder::Plain,
            order,
            day_first,
            month_first,
            ..
        } = self
            && let Some(written) = date_as_asked(cell).filter(|written| written.is_open())
        {
            *day_first &= written.allows(DateOrder::DayFirst);
            *month_first &= written.allows(DateOrder::MonthFirst);
            *order = match *month_first {
                true => DateOrder::MonthFirst,
                false => DateOrder::DayFirst,
            };
        }
    }

    /// Adds a cell; one that cannot be understood counts as missing, and is said.
    pub(crate) fn push(&mut self, cell: &str, line: usize) -> Said<()> {
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
                asked,
            } => {
                let value = match asked {
                    _ if missing => Ok(f64::NAN),
                    None => strict_number(cell, *commas, mark),
                    Some(asked) => match signed(cell, *commas) {
                        Some(number) => asked.signs.add(&number, || cell.to_string(), line),
                        None => {
                            asked.strays.add(|| cell.to_string(), line);
                            Ok(f64::NAN)
                        }
                    },
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
                day_first,
                month_first,
                open,
                strays,
                asked,
            } => {
                let value = match date_as_asked(cell) {
                    _ if missing => Ok(f64::NAN),
                    None if asked.is_some() => {
                        strays.add(|| cell.to_string(), line);
                        Ok(f64::NAN)
                    }
                    None => Err(not_of_kind(cell, NumberKind::Date(*order))),
                    Some(written) => {
                        if written.is_open() && *trained == DateOrder::Plain {
                            open.add(|| cell.to_string(), line);
                            *day_first &= written.allows(DateOrder::DayFirst);
                            *month_first &= written.allows(DateOrder::MonthFirst);
                            if *order == DateOrder::Plain {
                                *order = match *month_first {
                                    true => DateOrder::MonthFirst,
                                    false => DateOrder::DayFirst,
                                };
                            }
                        }
                        // One of another order is never another reading of half a file.
                        written.days(*order).ok_or_else(|| match *trained {
                            DateOrder::Plain => other_order(cell, *order, "the dates above it were"),
                            trained => not_of_kind(cell, NumberKind::Date(trained)),
                        })
                    }
                };
                let value = value.and_then(|value| within_reach(value, scale));
                values.push(*value.as_ref().unwrap_or(&f64::NAN));
                value.map(|_| ())
            }
        }
    }

    /// The values since the last time.
    pub(crate) fn take(&mut self) -> Values {
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

    pub(crate) fn asked(&self) -> Option<ColumnType> {
        match self {
            Known::Dates { asked, .. } => *asked,
            Known::Numbers { asked: Some(_), .. } => Some(ColumnType::Number),
            Known::Words { .. } => Some(ColumnType::Category),
            _ => None,
        }
    }

    /// What a person should know of the cells so far; `place` is what their lines count.
    pub(crate) fn readings(&self, column: &str, place: &'static str) -> Vec<Reading> {
        let readings = match self {
            Known::Numbers { asked: Some(asked), .. } => [
                asked.signs.reading(column, place),
                asked.strays.reading(Oddity::NoNumber, column, place, "missing"),
            ],
            Known::Dates {
                open,
                strays,
                day_first,
                month_first,
                ..
            } => [
                (open.reading(Oddity::EitherOrder, column, place, "month first"))
                    .filter(|_| *day_first && *month_first),
                strays.reading(Oddity::NoDate, column, place, "missing"),
            ],
            _ => return Vec::new(),
        };
        readings.into_iter().flatten().collect()
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

/// What is said of a date whose numbers have the other order; `why` says why it cannot be.
pub(crate) fn other_order(cell: &str, order: DateOrder, why: &str) -> String {
    let first = match order {
        DateOrder::DayFirst => "day",
        _ => "month",
    };
    format!(
        "{} cannot be read {first} first, as {why}; write the dates as 2024-12-31",
        quoted(cell)
    )
}
