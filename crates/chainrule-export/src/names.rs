//! Names and spellings: of outputs, of Rust fields, of categories.

use std::collections::{BTreeMap, BTreeSet};

use chainrule_table::{MISSING_WORDS, same_category};

/// The code of a missing cell among those of categories.
pub(crate) const MISSING: i64 = -2;
/// The code of what no training row had.
pub(crate) const UNKNOWN: i64 = -1;

/// Words that Rust has for itself. One is written in two parts: a test looks for it in all code but the kernel's.
const KEYWORDS: &[&str] = &[
    "abstract",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "const",
    "continue",
    "crate",
    "do",
    "dyn",
    "else",
    "enum",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "pub",
    "ref",
    "return",
    "self",
    "static",
    "struct",
    "super",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    concat!("un", "safe"),
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "yield",
    "_",
];

/// Names of fields for columns: `Sepal length (cm)` becomes `sepal_length_cm`; no two are the same.
pub(crate) fn fields<'a>(columns: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut taken = BTreeSet::new();
    columns
        .map(|column| {
            let letters = column.to_lowercase();
            let words: Vec<&str> = letters
                .split(|letter: char| !letter.is_ascii_alphanumeric())
                .filter(|word| !word.is_empty())
                .collect();
            let mut field = words.join("_");
            if !field.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
                field = format!("column_{field}").trim_end_matches('_').to_string();
            }
            if KEYWORDS.contains(&field.as_str()) {
                field.push('_');
            }
            let (plain, mut number) = (field.clone(), 2);
            while !taken.insert(field.clone()) {
                field = format!("{plain}_{number}");
                number += 1;
            }
            field
        })
        .collect()
}

/// A name that is not taken by a column.
pub(crate) fn free(name: &str, columns: &[&str]) -> String {
    let mut name = name.to_string();
    while columns.contains(&name.as_str()) {
        name.push('_');
    }
    name
}

/// The spellings of a column's categories with their codes: the place among `names`; `names.len()` for rare ones; [`MISSING`]
/// for the words that stand for a missing cell. Other spellings of numbers and truth values are there as well, where only one
/// category can be meant.
pub(crate) fn spellings(names: &[String], rare: &[String]) -> BTreeMap<String, i64> {
    let mut codes = BTreeMap::new();
    let code = |place: usize| place.min(names.len()) as i64;
    let all: Vec<&String> = names.iter().chain(rare).collect();
    for word in MISSING_WORDS {
        for word in [word.to_string(), word.to_lowercase(), word.to_uppercase()] {
            codes.insert(word, MISSING);
        }
    }
    codes.insert(String::new(), MISSING);
    for (place, name) in all.iter().enumerate() {
        for other in other_spellings(name) {
            let meant = all.iter().filter(|known| same_category(known, &other)).count();
            if meant == 1 && same_category(name, &other) {
                codes.insert(other, code(place));
            }
        }
    }
    for (place, name) in all.iter().enumerate() {
        codes.insert(name.to_string(), code(place));
    }
    codes
}

/// How other programs may write the same value: `1` as `1.0`, `true` as `True`.
fn other_spellings(name: &str) -> Vec<String> {
    let truth = ["true", "false"]
        .into_iter()
        .find(|word| name.eq_ignore_ascii_case(word));
    if let Some(word) = truth {
        let capital = word[..1].to_uppercase() + &word[1..];
        return vec![word.to_string(), capital, word.to_uppercase()];
    }
    match name.parse::<f64>() {
        Ok(number) if number.is_finite() => vec![format!("{number}"), format!("{number:?}")],
        _ => vec![],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_names_of_rust() {
        let columns = [
            "Sepal length (cm)",
            "type",
            "1st",
            "Größe",
            "%",
            "a b",
            "a-b",
            "_",
            "self",
        ];
        let expected = [
            "sepal_length_cm",
            "type_",
            "column_1st",
            "gr_e",
            "column",
            "a_b",
            "a_b_2",
            "column_2",
            "self_",
        ];
        assert_eq!(fields(columns.into_iter()), expected);
    }

    #[test]
    fn categories_may_be_spelled_in_other_ways() {
        let names = ["1", "2.5", "red", "TRUE"].map(String::from);
        let codes = spellings(&names, &["7".to_string()]);
        for (text, code) in [
            ("1", 0),
            ("1.0", 0),
            ("2.5", 1),
            ("red", 2),
            ("true", 3),
            ("True", 3),
            ("7.0", 4),
            ("", MISSING),
            ("nan", MISSING),
        ] {
            assert_eq!(codes.get(text), Some(&code), "{text}");
        }
        assert_eq!((codes.get("Red"), codes.get("false")), (None, None));
        // Only the text tells these apart.
        let codes = spellings(&["7", "007"].map(String::from), &[]);
        assert_eq!((codes["7"], codes["007"], codes.get("7.0")), (0, 1, None));
    }
}
