//! How messages show counts, numbers, and text from outside.

/// The most characters of a cell or name that a message shows.
const SHOWN_CHARACTERS: usize = 40;
/// The most names that a message lists.
const SHOWN_NAMES: usize = 8;

/// Text from outside, between backticks, cut to a readable length, with control characters escaped.
///
/// ```
/// assert_eq!(chainrule_table::message::quoted("a\u{1b}[2J"), r"`a\u{1b}[2J`");
/// ```
pub fn quoted(text: &str) -> String {
    let mut shown = String::from("`");
    for (count, character) in text.chars().enumerate() {
        if count == SHOWN_CHARACTERS {
            shown.push_str("...");
            break;
        }
        if character.is_control() {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown.push('`');
    shown
}

/// A list of names for a message: the first few, each [`quoted`], and how many more there are.
pub fn listed<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let count = names.len();
    let mut shown = names.take(SHOWN_NAMES).map(quoted).collect::<Vec<_>>().join(", ");
    if count > SHOWN_NAMES {
        shown.push_str(&format!(" and {} more", count - SHOWN_NAMES));
    }
    shown
}

/// The longest text, in bytes, that is compared with names: comparing takes time and memory by the product of lengths.
const COMPARED_BYTES: usize = 100;

/// The name most like `wanted`, when no more than a third of it is mistyped; upper and lower case are the same.
///
/// ```
/// use chainrule_table::message::nearest;
/// assert_eq!(nearest("Moon", ["iris", "moons"].into_iter()), Some("moons"));
/// assert_eq!(nearest("spirals", ["iris", "moons"].into_iter()), None);
/// ```
pub fn nearest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if wanted.len() > COMPARED_BYTES {
        return None;
    }
    let wanted = wanted.trim().to_lowercase();
    names
        .filter(|name| name.len() <= COMPARED_BYTES)
        .filter_map(|name| {
            let mistakes = strsim::damerau_levenshtein(&wanted, &name.to_lowercase());
            (mistakes * 3 <= name.chars().count()).then_some((mistakes, name))
        })
        .min_by_key(|(mistakes, _)| *mistakes)
        .map(|(_, name)| name)
}

/// What an unknown name might have been meant for, and which names there are; it follows the unknown name.
///
/// `introduction` leads to the list of names, as it would in the middle of a sentence.
pub(crate) fn alternatives<'a>(
    wanted: &str,
    introduction: &str,
    names: impl ExactSizeIterator<Item = &'a str> + Clone,
) -> String {
    match nearest(wanted, names.clone()) {
        Some(nearest) => {
            let (first, rest) = introduction.split_at(1);
            format!(
                ": did you mean {}? {}{rest} {}",
                quoted(nearest),
                first.to_uppercase(),
                listed(names)
            )
        }
        None => format!("; {introduction} {}", listed(names)),
    }
}

/// A number for a message, without dozens of zeros.
///
/// ```
/// assert_eq!(chainrule_table::message::number(1e-200), "1e-200");
/// ```
pub fn number(value: f64) -> String {
    if value == 0.0 || (1e-5..1e16).contains(&value.abs()) {
        format!("{value}")
    } else {
        format!("{value:e}")
    }
}

/// A number in six digits, for where more would only be in the way.
pub(crate) fn short(value: f64) -> String {
    number(format!("{value:.5e}").parse().unwrap_or(value))
}

/// A name as an argument of a command line: between single quotes where a shell would take it apart.
///
/// ```
/// use chainrule_table::message::as_argument;
/// assert_eq!((as_argument("width"), as_argument("Unnamed: 0")), ("width".to_string(), "'Unnamed: 0'".to_string()));
/// ```
pub fn as_argument(name: &str) -> String {
    let is_plain = |letter: char| {
        letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.' | ',' | '/' | ':' | '@' | '%' | '+')
    };
    match !name.is_empty() && !name.starts_with('-') && name.chars().all(is_plain) {
        true => name.to_string(),
        false => format!("'{}'", name.replace('\'', r"'\''")),
    }
}

/// A name as an argument that may be a list with commas between its names: in double quotes where it holds a comma itself.
///
/// ```
/// use chainrule_table::message::as_listed_argument;
/// assert_eq!((as_listed_argument("a b"), as_listed_argument("a,b")), ("'a b'".to_string(), "'\"a,b\"'".to_string()));
/// ```
pub fn as_listed_argument(name: &str) -> String {
    match name.contains([',', '"']) {
        true => as_argument(&format!("\"{}\"", name.replace('"', "\"\""))),
        false => as_argument(name),
    }
}

/// What is said of a number that no model can take in.
pub(crate) fn not_finite(word: &str) -> String {
    format!(
        "{} is not a finite number, and no model can take it in; leave the cell empty if the value is missing",
        quoted(word)
    )
}

/// A count with its noun: "1 row", "2 rows".
pub fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 {
        format!("1 {one}")
    } else {
        format!("{number} {many}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_text_is_short_and_harmless() {
        assert_eq!(quoted("a b"), "`a b`");
        assert_eq!(quoted("a\nb\u{1b}"), "`a\\nb\\u{1b}`");
        assert_eq!(quoted(&"é".repeat(50)), format!("`{}...`", "é".repeat(40)));
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!(
            (number(7.0), number(-0.25), number(0.0)),
            ("7".into(), "-0.25".into(), "0".into())
        );
        assert_eq!((number(1e300), number(-5e-301)), ("1e300".into(), "-5e-301".into()));
    }

    #[test]
    fn nearest_needs_some_likeness() {
        let names = ["sepal_length", "species"];
        assert_eq!(nearest("Specie", names.into_iter()), Some("species"));
        assert_eq!(nearest("sepal length", names.into_iter()), Some("sepal_length"));
        assert_eq!(nearest("xyz", names.into_iter()), None);
        assert_eq!(nearest("c", ["a", "b"].into_iter()), None);
        assert_eq!(nearest("C", ["a", "c"].into_iter()), Some("c"));
        assert_eq!(nearest(&"s".repeat(1 << 24), names.into_iter()), None);
    }
}
