//! Columns of whole numbers that only name the rows.

use crate::message::{as_listed_argument, quoted};

/// With fewer training rows, numbers that rise by one with each row may well be measured.
const FEWEST_ROWS_THAT_COUNT: usize = 50;
/// With fewer training rows, different numbers under the name of an identifier may be chance.
const FEWEST_DIFFERENT: usize = 21;
/// Words of a column's name that announce an identifier.
const NAMES: [&str; 11] = [
    "id", "uid", "uuid", "guid", "index", "idx", "row", "rownum", "rowid", "nr", "key",
];

/// What whole numbers look like.
#[derive(Debug, PartialEq)]
pub(crate) enum Finding {
    /// An identifier, and why.
    Identifier(String),
    /// Something that may be one; a sentence for a person.
    Doubtful(String),
    Measured,
}

/// Judges the whole numbers of a column by the training rows: `cells` are their numbers among the table's rows, with their
/// values.
pub(crate) fn judge(name: &str, cells: &[(usize, f64)]) -> Finding {
    let Some((row, first)) = cells.iter().min_by_key(|(row, _)| *row) else {
        return Finding::Measured;
    };
    let start = first - *row as f64;
    let named = is_named_like_one(name);
    if cells.len() >= FEWEST_ROWS_THAT_COUNT && cells.iter().all(|(row, value)| value - *row as f64 == start) {
        if named || start == 0.0 || start == 1.0 {
            return Finding::Identifier(format!("it counts the rows from {start}, so it is an identifier"));
        }
        return Finding::Doubtful(format!(
            "column {} rises by 1 with each row, from {start}: if it only numbers the rows, leave it out with --drop {}",
            quoted(name),
            as_listed_argument(name)
        ));
    }
    if named && cells.len() >= FEWEST_DIFFERENT && all_different(cells) {
        return Finding::Identifier(format!(
            "all {} training values are different and it is named like an identifier",
            cells.len()
        ));
    }
    Finding::Measured
}

fn all_different(cells: &[(usize, f64)]) -> bool {
    let mut values: Vec<f64> = cells.iter().map(|(_, value)| *value).collect();
    values.sort_unstable_by(f64::total_cmp);
    values.windows(2).all(|pair| pair[0] != pair[1])
}

/// Whether the first or the last word of a name is one of [`NAMES`]: `id`, `customer_id`, `PassengerId`, `Row number` are.
fn is_named_like_one(name: &str) -> bool {
    let mut words: Vec<String> = vec![String::new()];
    let mut before_is_lower = false;
    for letter in name.chars() {
        let starts = !letter.is_alphanumeric() || (letter.is_uppercase() && before_is_lower);
        if starts {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| letter.is_alphanumeric()) {
            word.extend(letter.to_lowercase());
        }
        before_is_lower = letter.is_lowercase();
    }
    let mut words = words.into_iter().filter(|word| !word.is_empty());
    let first = words.next();
    let last = words.next_back();
    [first, last]
        .into_iter()
        .flatten()
        .any(|word| NAMES.contains(&word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(values: impl Iterator<Item = f64>) -> Vec<(usize, f64)> {
        // Training rows are not in order, and not all rows are among them.
        let mut cells: Vec<(usize, f64)> = values.enumerate().filter(|(row, _)| row % 3 != 1).collect();
        cells.reverse();
        cells
    }

    #[test]
    fn names_are_cut_into_words() {
        for name in [
            "id",
            "ID",
            "customer_id",
            "PassengerId",
            "Row number",
            "id.1",
            "userID",
            "order-key",
        ] {
            assert!(is_named_like_one(name), "{name}");
        }
        for name in [
            "bid",
            "humid",
            "width",
            "rows",
            "idea",
            "valid_from",
            "",
            "keyboard",
            "a_id_b",
        ] {
            assert!(!is_named_like_one(name), "{name}");
        }
    }

    #[test]
    fn numbers_that_count_the_rows_are_identifiers_when_there_are_many() {
        let counting = |rows: usize, start: f64| cells((0..rows).map(move |row| start + row as f64));
        assert!(matches!(judge("x", &counting(90, 1.0)), Finding::Identifier(_)));
        assert!(matches!(judge("x", &counting(90, 0.0)), Finding::Identifier(_)));
        assert!(matches!(judge("id", &counting(90, 1000.0)), Finding::Identifier(_)));
        // A year, perhaps.
        assert!(matches!(judge("year", &counting(90, 1900.0)), Finding::Doubtful(_)));
        assert_eq!(judge("x", &counting(60, 1.0)), Finding::Measured);
        assert_eq!(judge("x", &[]), Finding::Measured);
    }

    #[test]
    fn different_numbers_are_identifiers_only_by_name() {
        let scattered = |rows: usize| cells((0..rows).map(|row| ((row * 7919) % 100_003) as f64));
        assert!(matches!(judge("user_id", &scattered(90)), Finding::Identifier(_)));
        assert_eq!(judge("price", &scattered(90)), Finding::Measured);
        assert_eq!(judge("user_id", &scattered(20)), Finding::Measured);
        let repeated = cells((0..90).map(|row| (row / 2) as f64));
        assert_eq!(judge("user_id", &repeated), Finding::Measured);
    }
}
