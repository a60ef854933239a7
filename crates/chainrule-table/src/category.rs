//! When two texts mean the same category.

use std::collections::HashMap;

/// What a category's text means, whatever program wrote it.
#[derive(PartialEq, Eq, Hash)]
enum Meaning<'a> {
    Truth(bool),
    /// The bits of a finite number.
    Number(u64),
    Word(&'a str),
}

impl Meaning<'_> {
    fn of(text: &str) -> Meaning<'_> {
        match (truth(text), value_of(text)) {
            (Some(truth), _) => Meaning::Truth(truth),
            // Adding 0 makes -0 the same as 0.
            (_, Some(number)) => Meaning::Number((number + 0.0).to_bits()),
            _ => Meaning::Word(text),
        }
    }
}

/// The truth value that a text spells, in any case.
pub(crate) fn truth(text: &str) -> Option<bool> {
    [("true", true), ("false", false)]
        .iter()
        .find(|(word, _)| text.eq_ignore_ascii_case(word))
        .map(|(_, truth)| *truth)
}

/// The finite number that a text spells.
pub(crate) fn value_of(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// Whether two files mean the same category: `1` and `1.0` do, and so do `True` and `true`; other words must be equal.
///
/// Programs write a column anew in their own way: a whole number gets a decimal point as soon as another cell of its
/// column is missing.
///
/// ```
/// use chainrule_table::same_category;
///
/// assert!(same_category("1", "1.0") && same_category("True", "TRUE"));
/// assert!(!same_category("red", "Red"));
/// ```
pub fn same_category(known: &str, given: &str) -> bool {
    Meaning::of(known) == Meaning::of(given)
}

/// Categories, to be found by their text or else by their meaning.
pub(crate) struct Categories<'a> {
    by_text: HashMap<&'a str, usize>,
    /// `None` where several categories mean the same, as `7` and `007` do: then only the text tells them apart.
    by_meaning: HashMap<Meaning<'a>, Option<usize>>,
}

impl<'a> Categories<'a> {
    pub(crate) fn new(names: impl Iterator<Item = &'a str>) -> Categories<'a> {
        let mut categories = Categories {
            by_text: HashMap::new(),
            by_meaning: HashMap::new(),
        };
        for (place, name) in names.enumerate() {
            categories.by_text.insert(name, place);
            categories
                .by_meaning
                .entry(Meaning::of(name))
                .and_modify(|only| *only = None)
                .or_insert(Some(place));
        }
        categories
    }

    /// The place of a category among the names, from 0.
    pub(crate) fn place(&self, text: &str) -> Option<usize> {
        let by_meaning = || self.by_meaning.get(&Meaning::of(text)).copied().flatten();
        self.by_text.get(text).copied().or_else(by_meaning)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_value_are_one_category() {
        for (known, given) in [
            ("1", "1.0"),
            ("-0", "0"),
            ("1e2", "100"),
            ("False", "FALSE"),
            ("x", "x"),
        ] {
            assert!(same_category(known, given), "{known} {given}");
        }
        for (known, given) in [("1", "2"), ("true", "false"), ("x", "X"), ("1", "true"), ("NaN", "nan")] {
            assert!(!same_category(known, given), "{known} {given}");
        }
    }

    #[test]
    fn text_goes_before_meaning_and_several_meanings_are_none() {
        let categories = Categories::new(["007", "7", "8", "x"].into_iter());
        assert_eq!((categories.place("007"), categories.place("7")), (Some(0), Some(1)));
        assert_eq!((categories.place("7.0"), categories.place("8.0")), (None, Some(2)));
        assert_eq!((categories.place("x"), categories.place("y")), (Some(3), None));
    }
}
