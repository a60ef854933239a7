//! Words that are dates, in a column that is not all dates.

use arrow_csv::reader::Format;

use crate::scan::push_cell;
use crate::typed::{is_date, push_numbers, read_batch};

/// No date is longer, not even with a fraction of a second and the offset of a time zone.
const LONGEST_DATE: usize = 64;
/// How many words are tried at a time.
const TRIED_WORDS: usize = 4096;

/// The days since 1970-01-01 of each word that is a date or a time as a column of such may hold.
pub(crate) fn dates(words: &[String]) -> Vec<Option<f64>> {
    let candidates: Vec<usize> = (0..words.len())
        .filter(|place| looks_like_date(&words[*place]))
        .collect();
    let mut days = vec![None; words.len()];
    for some in candidates.chunks(TRIED_WORDS) {
        try_all(words, some, &mut days);
    }
    days
}

/// Whether a word is like `2024-01-31`, or like `2024-01-31 10:00:00` with a fraction and an offset after it. Arrow takes
/// nothing else for a date or a time, but to ask it takes long.
fn looks_like_date(word: &str) -> bool {
    const LIKE: &[u8] = b"2024-01-31 10:00:00";
    let matches = |(byte, like): (u8, &u8)| match like {
        b'-' | b':' => byte == *like,
        b' ' => byte == b' ' || byte == b'T',
        _ => byte.is_ascii_digit(),
    };
    let length = word.len();
    (length == 10 || (LIKE.len()..=LONGEST_DATE).contains(&length))
        && word.bytes().zip(LIKE).all(matches)
        && word
            .bytes()
            .skip(LIKE.len())
            .all(|byte| byte.is_ascii_digit() || b".+-: zZ".contains(&byte))
}

/// Reads words all together or, when that fails, by halves. Where a single one fails, it is no date.
fn try_all(words: &[String], places: &[usize], days: &mut [Option<f64>]) {
    if let Some(read) = read_all(words, places) {
        for (place, value) in places.iter().zip(read) {
            days[*place] = Some(value);
        }
    } else if places.len() > 1 {
        let (left, right) = places.split_at(places.len() / 2);
        try_all(words, left, days);
        try_all(words, right, days);
    }
}

/// The words as Arrow reads a column of them, when it takes it for a column of dates.
fn read_all(words: &[String], places: &[usize]) -> Option<Vec<f64>> {
    let mut text = String::new();
    for place in places {
        push_cell(&mut text, &words[*place], true);
        text.push('\n');
    }
    let (schema, _) = Format::default().infer_schema(text.as_bytes(), None).ok()?;
    let kind = schema.fields().first()?.data_type();
    if !is_date(kind) {
        return None;
    }
    let batch = read_batch(&text, places.len(), std::slice::from_ref(kind), &[0]).ok()?;
    let mut days = Vec::with_capacity(places.len());
    push_numbers(&mut days, batch.columns().first()?);
    Some(days)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_found_among_other_words() {
        let words = [
            "1970-01-02",
            "1970-13-45",
            "soon",
            "1970-01-01 12:00:00",
            "1970-01-01T00:00:00.5",
            "1970-01-01T01:00:00+01:00",
            "1970-01-03 00:00:00Z",
            "1970-01-03 00:00:00 or so",
            "1970-01-01, perhaps",
            "1970-01-01\n\"",
            "0001-01-01",
            "1970",
            "",
        ]
        .map(String::from);
        let half_second = 0.5 / 86_400.0;
        assert_eq!(
            dates(&words),
            [
                Some(1.0),
                None,
                None,
                Some(0.5),
                Some(half_second),
                Some(0.0),
                Some(2.0),
                None,
                None,
                None,
                Some(-719_162.0),
                None,
                None
            ]
        );
    }

    #[test]
    fn many_dates_are_read_in_parts() {
        let mut words: Vec<String> = (0..10_000).map(|year| format!("{year:04}-02-28")).collect();
        words[5000] = "5000-02-31".to_string();
        let days = dates(&words);
        assert!((0..words.len()).all(|place| days[place].is_some() == (place != 5000)));
    }
}
