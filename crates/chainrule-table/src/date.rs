//! Dates and times, as days since 1970-01-01.

use serde::{Deserialize, Serialize};

/// Which of two numbers is the day in dates such as `03/04/2024`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// No date of the column is written in such a way.
    #[default]
    Plain,
    /// The first: the third of April.
    DayFirst,
    /// The second: the fourth of March.
    MonthFirst,
}

/// No date is longer, not even with a fraction of a second and the offset of a time zone.
const LONGEST: usize = 64;
const SECONDS_PER_DAY: f64 = 86_400.0;

/// A date as it is written, when it may not be known yet which number is the day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Written {
    year: i64,
    /// The two numbers beside the year: month and day, unless the order is open.
    first: i64,
    second: i64,
    /// Whether either number may be the day.
    open: bool,
    /// The share of the day that has passed.
    time: f64,
}

impl Written {
    /// Whether it is a date when read in this order.
    pub(crate) fn allows(&self, order: DateOrder) -> bool {
        self.days(order).is_some()
    }

    /// Whether the order of day and month matters.
    pub(crate) fn is_open(&self) -> bool {
        self.open
    }

    /// The days since 1970-01-01; month first where nothing says otherwise.
    pub(crate) fn days(&self, order: DateOrder) -> Option<f64> {
        let (month, day) = match self.open && order == DateOrder::DayFirst {
            true => (self.second, self.first),
            false => (self.first, self.second),
        };
        let valid = (1..=12).contains(&month) && (1..=days_of_month(self.year, month)).contains(&day);
        valid.then(|| days_of(self.year, month, day) as f64 + self.time)
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_of_month(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The days from 1970-01-01 to a date of the Gregorian calendar. The year starts in March here, so that a leap day is the
/// last day of its year (H. Hinnant, chrono-compatible low-level date algorithms, 2013).
fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The parts of a date that a model may take in one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parts {
    pub(crate) year: i64,
    /// From 1.
    pub(crate) month: u8,
    /// From 1.
    pub(crate) day: u8,
    /// From Monday, which is 0.
    pub(crate) weekday: u8,
    pub(crate) hour: u8,
}

/// The parts of a date: the inverse of [`days_of`].
pub(crate) fn parts(days: f64) -> Parts {
    // A model from outside may hold any number.
    let days = days.clamp(-1e9, 1e9);
    let (day, time) = (days.floor(), days - days.floor());
    let day = day as i64;
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted - era * 146_097;
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    Parts {
        year: year_of_era + era * 400 + i64::from(month <= 2),
        month: month as u8,
        day: (day_of_year - (153 * from_march + 2) / 5 + 1) as u8,
        // 1970-01-01 was a Thursday.
        weekday: (day + 3).rem_euclid(7) as u8,
        // A few milliseconds more, because a time is not exact as a share of a day.
        hour: ((time * 24.0 + 1e-6).floor() as u8).min(23),
    }
}

/// The year of a date; NaN of NaN.
pub(crate) fn year(days: f64) -> f64 {
    match days.is_nan() {
        true => f64::NAN,
        false => parts(days).year as f64,
    }
}

/// A date, in days since 1970-01-01, as text: `2024-01-31`, with the time where there is one.
///
/// ```
/// assert_eq!(chainrule_table::date_text(1.25), "1970-01-02 06:00:00");
/// ```
pub fn text(days: f64) -> String {
    let seconds = ((days - days.floor()) * SECONDS_PER_DAY * 1e3).round() / 1e3;
    // A time may round up to midnight.
    let Parts { year, month, day, .. } = parts(days.floor() + f64::from(u8::from(seconds >= SECONDS_PER_DAY)));
    let date = format!("{year:04}-{month:02}-{day:02}");
    let whole = seconds.floor() as i64 % 86_400;
    if seconds == 0.0 || seconds >= SECONDS_PER_DAY {
        return date;
    }
    let (hour, minute, second) = (whole / 3600, whole / 60 % 60, whole % 60);
    let fraction = match ((seconds - seconds.floor()) * 1e3).round() as i64 {
        0 => String::new(),
        milliseconds => format!(".{milliseconds:03}"),
    };
    format!("{date} {hour:02}:{minute:02}:{second:02}{fraction}")
}

/// The date that a cell spells: `2024-01-31`, `2024/01/31`, `31.01.2024`, `31/01/2024`, `01/31/2024`, `Jan 31 2024` or
/// `31 January 2024`, alone or with a time and a time zone.
pub(crate) fn date(cell: &str) -> Option<Written> {
    if !(8..=LONGEST).contains(&cell.len()) || !cell.as_bytes().first()?.is_ascii_alphanumeric() {
        return None;
    }
    let (year, first, second, open, rest) = match numbers(cell) {
        Some((first, second, third, separator, rest)) => match (first.1, second.1, third.1) {
            (4, 1..=2, 1..=2) => (first.0, second.0, third.0, false, rest),
            (1..=2, 1..=2, 4) if separator == '.' => (third.0, second.0, first.0, false, rest),
            (1..=2, 1..=2, 4) => (third.0, first.0, second.0, true, rest),
            _ => return None,
        },
        None => match named(cell)? {
            (day, month, (year, 4), rest) => (year, month, day, false, rest),
            _ => return None,
        },
    };
    let written = Written {
        year,
        first,
        second,
        open,
        time: time(rest)?,
    };
    let possible = year > 0 && (written.allows(DateOrder::MonthFirst) || written.allows(DateOrder::DayFirst));
    possible.then_some(written)
}

/// The date that a cell of a column spells of which a person says that it holds dates: also `20240131`, `2024-01`,
/// `Jan 2024` and `2024`.
pub(crate) fn date_as_asked(cell: &str) -> Option<Written> {
    let numeric = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let longer = match (cell.len(), cell.split_once('-')) {
        (8, None) if numeric(cell) => format!("{}-{}-{}", &cell[..4], &cell[4..6], &cell[6..]),
        (4, None) if numeric(cell) => format!("{cell}-01-01"),
        (7, Some((year, month))) if year.len() == 4 && numeric(year) && numeric(month) => format!("{cell}-01"),
        (8.., _) if cell.as_bytes()[0].is_ascii_alphabetic() && date(cell).is_none() => format!("1 {cell}"),
        _ => return date(cell),
    };
    date(&longer)
}

/// Whether a cell would be a date if its year had four digits: `5/1/21`, `05.01.21`, `5-Jan-21`.
pub(crate) fn has_short_year(cell: &str) -> bool {
    if !(6..=LONGEST).contains(&cell.len()) {
        return false;
    }
    let possible = |month: i64, day: i64| (1..=12).contains(&month) && (1..=31).contains(&day);
    match (numbers(cell), named(cell)) {
        (Some(((first, 1..=2), (second, 1..=2), (_, 2), _, rest)), _) => {
            (possible(first, second) || possible(second, first)) && time(rest).is_some()
        }
        (None, Some((day, month, (_, 2), rest))) => possible(month, day) && time(rest).is_some(),
        _ => false,
    }
}

/// A number and how many digits it has.
type Digits = (i64, usize);

/// The three numbers of a date, what separates them, and what follows.
fn numbers(cell: &str) -> Option<(Digits, Digits, Digits, char, &str)> {
    let mut rest = cell;
    let first = digits(&mut rest, 4)?;
    let separator = rest.chars().next().filter(|mark| matches!(mark, '-' | '/' | '.'))?;
    let second = digits(after(&mut rest, separator)?, 2)?;
    let third = digits(after(&mut rest, separator)?, 4)?;
    Some((first, second, third, separator, rest))
}

/// The day, the month and the year of a date whose month has its English name, and what follows: `Jan 5 2021`,
/// `January 5th, 2021`, `5 January 2021`, `5-Jan-2021`.
fn named(cell: &str) -> Option<(i64, i64, Digits, &str)> {
    let mut rest = cell;
    let first = month_name(&mut rest);
    if first.is_some() {
        gap(&mut rest)?;
    }
    let (day, _) = digits(&mut rest, 2)?;
    if let Some(after) = ["st", "nd", "rd", "th"].iter().find_map(|end| rest.strip_prefix(end)) {
        rest = after;
    }
    gap(&mut rest)?;
    let month = match first {
        Some(month) => month,
        None => {
            let month = month_name(&mut rest)?;
            gap(&mut rest)?;
            month
        }
    };
    Some((day, month, digits(&mut rest, 4)?, rest))
}

/// English names of the months; three letters are enough.
pub(crate) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Moves past the name of a month, whole or its first three letters (and `Sept`), in any case; gives its number.
fn month_name(rest: &mut &str) -> Option<i64> {
    let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (word, others) = rest.split_at(letters);
    let is_it = |name: &str| {
        word.eq_ignore_ascii_case(name)
            || word.eq_ignore_ascii_case(&name[..3])
            || (name == "September" && word.eq_ignore_ascii_case("Sept"))
    };
    let month = MONTHS.iter().position(|name| is_it(name))?;
    *rest = others;
    Some(month as i64 + 1)
}

/// Moves past what separates the parts of a date with a name: spaces, a point, a comma, a hyphen, a slash.
fn gap(rest: &mut &str) -> Option<()> {
    let others = rest.trim_start_matches([' ', '.', ',', '-', '/']);
    let found = (1..=3).contains(&(rest.len() - others.len()));
    *rest = others;
    found.then_some(())
}

/// A number of at most so many digits, and how many it has.
fn digits(rest: &mut &str, most: usize) -> Option<(i64, usize)> {
    let count = rest.bytes().take_while(u8::is_ascii_digit).count();
    if count == 0 || count > most {
        return None;
    }
    let (number, others) = rest.split_at(count);
    *rest = others;
    Some((number.parse().ok()?, count))
}

/// Moves past a character.
fn after<'a, 'b>(rest: &'a mut &'b str, letter: char) -> Option<&'a mut &'b str> {
    *rest = rest.strip_prefix(letter)?;
    Some(rest)
}

/// The share of the day in what follows a date: nothing, or a time with or without a zone.
fn time(rest: &str) -> Option<f64> {
    if rest.is_empty() {
        return Some(0.0);
    }
    let mut rest = rest.strip_prefix(['T', 't', ' '])?;
    let (mut hour, _) = digits(&mut rest, 2)?;
    let (minute, _) = digits(after(&mut rest, ':')?, 2)?;
    let mut second = 0.0;
    if after(&mut rest, ':').is_some() {
        second = digits(&mut rest, 2)?.0 as f64;
        if let Some(fraction) = rest.strip_prefix('.') {
            let count = fraction.bytes().take_while(u8::is_ascii_digit).count();
            second += format!("0.{}", &fraction[..count])
                .parse::<f64>()
                .ok()
                .filter(|_| count > 0)?;
            rest = &fraction[count..];
        }
    }
    rest = rest.trim_start();
    if let Some(half) = ["AM", "PM"].iter().find(|half| rest.eq_ignore_ascii_case(half)) {
        if !(1..=12).contains(&hour) {
            return None;
        }
        hour = hour % 12 + if *half == "PM" { 12 } else { 0 };
        rest = "";
    }
    if hour > 23 || minute > 59 || second >= 60.0 {
        return None;
    }
    let seconds = (hour * 3600 + minute * 60) as f64 + second - offset(rest)?;
    Some(seconds / SECONDS_PER_DAY)
}

/// The seconds by which a time zone is ahead.
fn offset(zone: &str) -> Option<f64> {
    if zone.is_empty() || ["Z", "UTC", "GMT"].iter().any(|word| zone.eq_ignore_ascii_case(word)) {
        return Some(0.0);
    }
    let ahead = zone.starts_with('+');
    let mut rest = zone.strip_prefix(['+', '-'])?;
    let (hours, minutes) = match digits(&mut rest, 4)? {
        (number, 4) => (number / 100, number % 100),
        (hours, 2) => match after(&mut rest, ':') {
            Some(rest) => (hours, digits(rest, 2)?.0),
            None => (hours, 0),
        },
        _ => return None,
    };
    if !rest.is_empty() || hours > 23 || minutes > 59 {
        return None;
    }
    let seconds = (hours * 3600 + minutes * 60) as f64;
    Some(if ahead { seconds } else { -seconds })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(cell: &str) -> Option<f64> {
        date(cell)?.days(DateOrder::MonthFirst)
    }

    #[test]
    fn every_day_of_ten_thousand_years_comes_back() {
        let mut weekday = 0; // the first of January of the year 1 was a Monday
        let mut before = days_of(1, 1, 1) - 1;
        assert_eq!(
            (days_of(1970, 1, 1), days_of(1, 1, 1), days_of(9999, 12, 31)),
            (0, -719_162, 2_932_896)
        );
        for year in (1..=9999).filter(|year| year % 7 < 2 || year % 100 < 5) {
            for month in 1..=12 {
                for day in 1..=days_of_month(year, month) {
                    let number = days_of(year, month, day);
                    // Years that are left out are so many days.
                    weekday = (weekday + number - before - 1).rem_euclid(7);
                    let found = parts(number as f64);
                    assert_eq!(
                        (found.year, found.month, found.day, i64::from(found.weekday)),
                        (year, month as u8, day as u8, weekday)
                    );
                    weekday = (weekday + 1) % 7;
                    before = number;
                }
            }
        }
    }

    #[test]
    fn dates_are_written_in_many_ways() {
        for (cell, expected) in [
            ("1970-01-02", 1.0),
            ("1970/1/2", 1.0),
            ("2.1.1970", 1.0),
            ("02.01.1970 12:00", 1.5),
            ("1/2/1970", 1.0),
            ("01-02-1970", 1.0),
            ("1970-01-01T00:00:00.5", 0.5 / 86_400.0),
            ("1970-01-01T01:00:00+01:00", 0.0),
            ("1970-01-03 00:00:00Z", 2.0),
            ("1970-01-03 00:00:00 UTC", 2.0),
            ("1970-01-01 06:00:00 -0600", 0.5),
            ("1970-01-01 06:00-06", 0.5),
            ("1/1/1970 12:30:00 AM", 30.0 / 1440.0),
            ("1/1/1970 12:30 PM", 0.5 + 30.0 / 1440.0),
            ("0001-01-01T00:00:00.000000001", -719_162.0),
            ("2024-02-29", 19_782.0),
            ("Jan 2 1970", 1.0),
            ("january 2, 1970", 1.0),
            ("2 January 1970", 1.0),
            ("02-JAN-1970", 1.0),
            ("2. Jan. 1970 12:00", 1.5),
            ("Jan. 2nd, 1970", 1.0),
            ("29 Feb 2024", 19_782.0),
            ("Sept 1 1970", 243.0),
        ] {
            assert_eq!(days(cell), Some(expected), "{cell}");
        }
    }

    #[test]
    fn what_only_looks_like_a_date_is_none() {
        for cell in [
            "1970-13-45",
            "2023-02-29",
            "1900-02-29",
            "2024-02-31",
            "soon",
            "1970",
            "1970-01",
            "19700101",
            "1.2.3",
            "192.168.1.10",
            "1970-01/02",
            "1970-01-03 00:00:00 or so",
            "1970-01-01, perhaps",
            "1970-01-01 25:00",
            "1970-01-01 10:60",
            "1970-01-01 10:00:60",
            "1970-01-01T",
            "32/13/2024",
            "31.31.2024",
            "1-2-34",
            "0000-01-01",
            "1970-01-01 13:00 PM",
            "1970-01-01 10:00:00.é",
            "1970-01-01 10:00+1",
            "12345-01-01",
            "Jan 5 21",
            "5-Jan-21",
            "30 Feb 2024",
            "Janu 5 2021",
            "May 2021",
            "5 May",
            "May the 5 2021",
            "5May2021",
            "May 5 2021 or so",
            "Mayor 5 2021",
            "",
        ] {
            assert_eq!(date(cell), None, "{cell}");
        }
    }

    #[test]
    fn the_order_of_day_and_month_may_be_open() {
        let open = date("03/04/2024 06:00").unwrap();
        let (april, march) = (open.days(DateOrder::DayFirst), open.days(DateOrder::MonthFirst));
        assert_eq!((april, march), (days("2024-04-03 06:00"), days("2024-03-04 06:00")));
        let day_first = date("31/01/2024").unwrap();
        assert!(day_first.allows(DateOrder::DayFirst) && !day_first.allows(DateOrder::MonthFirst));
    }

    #[test]
    fn a_person_may_say_that_numbers_are_dates() {
        for (cell, same) in [
            ("20240131", "2024-01-31"),
            ("2024-03", "2024-03-01"),
            ("2024", "2024-01-01"),
            ("Jan 2024", "2024-01-01"),
            ("March 2024", "2024-03-01"),
        ] {
            assert_eq!(date_as_asked(cell), date(same), "{cell}");
            assert_eq!(date(cell), None, "{cell}");
        }
        for cell in ["20241331", "Marching", "May 24", "Mayor 2024"] {
            assert_eq!(date_as_asked(cell), None, "{cell}");
        }
    }

    #[test]
    fn years_of_two_digits_are_known_as_such() {
        for cell in ["5/1/21", "31.12.99", "12-31-99 10:00", "5-Jan-21", "Jan 5, 21"] {
            assert!(has_short_year(cell) && date_as_asked(cell).is_none(), "{cell}");
        }
        for cell in [
            "2021-01-05",
            "13/13/21",
            "1.2.3",
            "5/1/2021",
            "10:20:30",
            "Jan 5 2021",
            "32 Jan 21",
            "",
        ] {
            assert!(!has_short_year(cell), "{cell}");
        }
    }

    #[test]
    fn dates_as_text_are_read_back() {
        for cell in [
            "2024-01-31",
            "0001-01-01",
            "1969-12-31 23:59:59",
            "2024-01-31 06:07:08.250",
        ] {
            assert_eq!(text(days(cell).unwrap()), cell);
        }
        assert_eq!(text(1.0 - 1e-12), "1970-01-02");
        assert_eq!((text(1e308), text(-1e308)), (text(1e9), text(-1e9)));
        assert_eq!(parts(days("2024-01-31 23:00").unwrap()).hour, 23);
    }
}
