//! The cells of a column of which it is known, from training, what they hold.

use std::collections::HashMap;

use crate::category::value_of;
use crate::cell::{Mark, is_missing, number};
use crate::column::{ColumnType, MISSING, NumberKind, Values};
use crate::date::{DateOrder, date_as_asked};
use crate::encode::{not_of_kind, too_far};
use crate::encoding::{Encoding, Feature, Scale};
use crate::message::{not_finite, quoted};
use crate::retype::strays_notice;

/// A result whose error is what to say of a cell.
pub(crate) type Said<T> = std::result::Result<T, String>;

/// Cells that are none of their column's kind, where somebody said that such cells are missing.
#[derive(Default)]
pub(crate) struct Strays {
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
pub(crate) enum Known {
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
    pub(crate) fn of(feature: &Feature, commas: bool) -> Known {
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

    pub(crate) fn look_ahead(&mut self, cell: &str) {
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
            Known::Numbers { strays: Some(_), .. } => Some(ColumnType::Number),
            Known::Words { .. } => Some(ColumnType::Category),
            _ => None,
        }
    }

    pub(crate) fn order_is_unknown(&self) -> bool {
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

    pub(crate) fn strays(&self, column: &str) -> Option<String> {
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
