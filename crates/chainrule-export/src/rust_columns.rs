//! The columns of a model in Rust source: the fields of a row, and how they become numbers.

use std::fmt::Write;

use chainrule_table::{Encoding, Feature, Scale, message::listed};

use crate::names::{MISSING, UNKNOWN, spellings};
use crate::rust::comment;

/// The field of a column.
pub(crate) fn field(name: &str, feature: &Feature) -> String {
    let column = comment(&feature.name);
    let (what, kind) = match &feature.encoding {
        Encoding::Number { .. } => ("a number; NaN if missing".to_string(), "f64"),
        Encoding::Date { .. } => (
            "a date, in days since 1970-01-01 (seconds since then divided by 86400); NaN if missing".to_string(),
            "f64",
        ),
        Encoding::Category { names, .. } => (
            format!(
                "one of {}; empty if missing",
                comment(&listed(names.iter().map(String::as_str)))
            ),
            "&'a str",
        ),
    };
    format!("    /// Column `{column}`: {what}.\n    pub {name}: {kind},\n")
}

/// The statement that encodes a field into the numbers from `start` on, and the table it looks up, if any.
pub(crate) fn encode(place: usize, name: &str, feature: &Feature, start: usize, width: usize) -> (String, String) {
    let out = format!("&mut x[{start}..{}]", start + width);
    let pair = |Scale {
                    mean,
                    standard_deviation,
                }: &Scale| format!("({mean:?}, {standard_deviation:?})");
    match &feature.encoding {
        Encoding::Number { scale, .. } => (
            format!("    number({out}, row.{name}, {});\n", pair(scale)),
            String::new(),
        ),
        Encoding::Date {
            days,
            year,
            months,
            weekdays,
            hours,
            indicator,
            ..
        } => {
            let year = year
                .as_ref()
                .map_or("None".to_string(), |scale| format!("Some({})", pair(scale)));
            let call = format!(
                "    date({out}, row.{name}, {}, {year}, &{months:?}, &{weekdays:?}, &{hours:?}, {indicator});\n",
                pair(days)
            );
            (call, String::new())
        }
        Encoding::Category {
            names,
            rare,
            usual,
            indicator,
        } => {
            let unknown = if rare.is_empty() { UNKNOWN } else { names.len() as i64 };
            let missing = match indicator {
                true => width as i64 - 1,
                false if *usual < names.len() => *usual as i64,
                false => UNKNOWN,
            };
            let codes = spellings(names, rare);
            let mut table = format!("static CATEGORIES_{place}: [(&str, i32); {}] = [\n", codes.len());
            for (text, code) in &codes {
                let code = if *code == MISSING { missing } else { *code };
                let _ = writeln!(table, "    ({text:?}, {code}),");
            }
            table.push_str("];\n");
            (
                format!("    category({out}, row.{name}, &CATEGORIES_{place}, {unknown});\n"),
                table,
            )
        }
    }
}

/// What [`encode`] calls.
pub(crate) const NUMBER: &str = "
/// Standardizes a number; a missing one becomes 0, and 1 in a place of its own if there is one.
fn number(x: &mut [f64], value: f64, (mean, deviation): (f64, f64)) {
    if !value.is_nan() {
        x[0] = (value - mean) / deviation;
    } else if let Some(missing) = x.get_mut(1) {
        *missing = 1.0;
    }
}
";
pub(crate) const CATEGORY: &str = "
/// Sets the place of a category to 1, if it has one.
fn category(x: &mut [f64], value: &str, places: &[(&str, i32)], unknown: i32) {
    let place = match places.binary_search_by(|(name, _)| (*name).cmp(value)) {
        Ok(found) => places[found].1,
        Err(_) => unknown,
    };
    if place >= 0 {
        x[place as usize] = 1.0;
    }
}
";
pub(crate) const DATE: &str = "
/// The days and the year, standardized, and 1 in the places of the month, the weekday and the hour.
#[allow(clippy::too_many_arguments)]
fn date(
    x: &mut [f64],
    days: f64,
    (mean, deviation): (f64, f64),
    year: Option<(f64, f64)>,
    months: &[i64],
    weekdays: &[i64],
    hours: &[i64],
    indicator: bool,
) {
    if days.is_nan() {
        if indicator {
            let last = x.len() - 1;
            x[last] = 1.0;
        }
        return;
    }
    x[0] = (days - mean) / deviation;
    let days = days.clamp(-1e9, 1e9);
    let day = floor(days);
    // A few milliseconds more, because a time is not exact as a share of a day.
    let hour = (floor((days - day) * 24.0 + 1e-6) as i64).min(23);
    let day = day as i64;
    // Years start in March here (H. Hinnant, chrono-compatible low-level date algorithms, 2013).
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted - era * 146_097;
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let weekday = (day + 3).rem_euclid(7);
    let mut at = 1;
    if let Some((mean, deviation)) = year {
        let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
        x[at] = (year as f64 - mean) / deviation;
        at += 1;
    }
    for (known, part) in [(months, month), (weekdays, weekday), (hours, hour)] {
        if let Ok(found) = known.binary_search(&part) {
            x[at + found] = 1.0;
        }
        at += known.len();
    }
}
";
