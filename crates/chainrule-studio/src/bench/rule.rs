//! The rule of an operation as text, and the same with numbers.

use chainrule::ops::{Row, rows};
use chainrule_picture::number::{brief, decimals};

/// An operation's rules as one writes them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rule {
    /// Such as `y = a · b`.
    pub(crate) formula: String,
    /// What the operation is called, such as `Product`.
    pub(crate) title: String,
    /// What its arguments are called in it.
    pub(crate) arguments: Vec<&'static str>,
    /// For each argument what flows back to it, such as `g · b`; none where that takes more than a line.
    derivatives: Vec<Option<String>>,
    /// Its own constants with their numbers, such as an exponent.
    pub(crate) constants: Vec<(String, f64)>,
}

/// The rule of an operation by its name; its label tells constants other than usual.
pub(crate) fn rule(name: &str, label: &str) -> Option<Rule> {
    let row: &Row = rows::<f64>().iter().find(|row| row.op.name() == name)?;
    let doc = row.op.doc();
    let sentence = doc.sentence();
    let title = sentence.split(['`', ',']).next().unwrap_or_default().trim();
    let arguments: &[&'static str] = match (name, row.op.arity()) {
        ("bce_with_logits", _) => &["z", "t"],
        ("select", _) => &["condition", "a", "b"],
        (_, Some(2)) => &["a", "b"],
        _ => &["x"],
    };
    let given: Vec<f64> = label.split(' ').skip(1).filter_map(|word| word.parse().ok()).collect();
    let mut derivatives: Vec<Option<String>> = doc
        .derivative
        .trim_end_matches("; ")
        .split("; ")
        .map(readable)
        .collect();
    if derivatives.len() != arguments.len() {
        // A rule of several statements.
        derivatives = vec![None; arguments.len()];
    }
    let constants = row.parameters.iter().enumerate();
    let constants = constants.map(|(turn, (name, usual))| (name.to_string(), *given.get(turn).unwrap_or(usual)));
    Some(Rule {
        formula: sentence.split('`').nth(1).unwrap_or_default().to_string(),
        title: title.to_string(),
        arguments: arguments.to_vec(),
        derivatives,
        constants: constants.collect(),
    })
}

impl Rule {
    /// What flows back to an argument, if that fits into a line.
    pub(crate) fn derivative(&self, turn: usize) -> Option<&str> {
        self.derivatives.get(turn)?.as_deref()
    }

    /// The right side of the formula with the arguments' numbers; none where they do not stand in it as names.
    pub(crate) fn formula_with(&self, numbers: &[f64]) -> Option<String> {
        let (_, right) = self.formula.split_once("y = ")?;
        let known: Vec<(&str, f64)> = self.arguments.iter().copied().zip(numbers.iter().copied()).collect();
        with_numbers(right, &known)
    }

    /// What flows back to an argument with numbers for the arguments, the value `y` and its gradient `g`.
    pub(crate) fn derivative_with(&self, turn: usize, numbers: &[f64], y: f64, g: f64) -> Option<String> {
        let mut known: Vec<(&str, f64)> = self.arguments.iter().copied().zip(numbers.iter().copied()).collect();
        known.extend([("y", y), ("g", g)]);
        known.extend(self.constants.iter().map(|(name, number)| (name.as_str(), *number)));
        with_numbers(self.derivative(turn)?, &known)
    }
}

/// A number in text: four decimals at most, a real minus sign, and no zeros that say nothing.
pub(crate) fn told(number: f64) -> String {
    let text = decimals(number);
    let text = match text.contains(['e', 'N', 'i']) {
        true => text,
        false => text.trim_end_matches('0').trim_end_matches('.').to_string(),
    };
    match text.len() > 12 {
        true => brief(number),
        false => text,
    }
    .replace('-', "−")
}

/// A rule as it stands in the program, as one would write it; none where it takes more than a line.
fn readable(program: &str) -> Option<String> {
    let mut text = program.split_whitespace().collect::<Vec<&str>>().join(" ");
    for x in ["x", "z", "y"] {
        for function in ["cos", "sin", "sigmoid", "sign", "exp", "ln"] {
            text = text.replace(&format!("{x}.{function}()"), &format!("{function}({x})"));
        }
    }
    for (whole, short) in [("1.0", "1"), ("2.0", "2"), (" * ", " · "), ("- ", "− ")] {
        text = text.replace(whole, short);
    }
    let calls = text
        .as_bytes()
        .windows(2)
        .any(|pair| pair[0] == b'.' && pair[1].is_ascii_alphabetic());
    let plain = !calls && !text.contains(['{', '_']) && text != "NoGradient" && text.chars().count() < 48;
    plain.then_some(text)
}

/// A formula with numbers for names; none where no name stands in it.
fn with_numbers(text: &str, known: &[(&str, f64)]) -> Option<String> {
    let part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let (mut told_text, mut found, mut word) = (String::new(), false, String::new());
    for c in text.chars().chain([' ']) {
        if part(c) {
            word.push(c);
            continue;
        }
        if !word.is_empty() {
            match known.iter().find(|(name, _)| *name == word && c != '(') {
                Some((_, number)) => {
                    found = true;
                    let number = told(*number);
                    // A sign in the middle of a formula stands in parentheses, but not behind an opening one.
                    let first = told_text.trim_end().is_empty() || told_text.ends_with('(');
                    match number.starts_with('−') && !(first && matches!(c, ')' | ' ')) {
                        true => told_text.push_str(&format!("({number})")),
                        false => told_text.push_str(&number),
                    }
                }
                None => told_text.push_str(&word),
            }
            word.clear();
        }
        told_text.push(c);
    }
    found.then(|| told_text.trim_end().to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn rules_are_told_with_their_numbers() {
        let product = rule("mul", "×").unwrap();
        assert_eq!(
            (product.title.as_str(), product.formula.as_str()),
            ("Product", "y = a · b")
        );
        assert_eq!(product.formula_with(&[2.0, -3.0]).unwrap(), "2 · (−3)");
        assert_eq!(product.derivative(1).unwrap(), "g · a");
        assert_eq!(
            product.derivative_with(0, &[2.0, -3.0], -6.0, -0.5).unwrap(),
            "−0.5 · (−3)"
        );
        let tanh = rule("tanh", "tanh").unwrap();
        assert_eq!(
            tanh.derivative_with(0, &[0.5], 0.4621, 1.0).unwrap(),
            "1 · (1 − 0.4621 · 0.4621)"
        );
        assert_eq!(tanh.formula_with(&[-0.5]).unwrap(), "tanh (−0.5)");
        let cosine = rule("cos", "cos").unwrap();
        assert_eq!(cosine.derivative_with(0, &[-0.5], 0.0, 1.0).unwrap(), "-1 · sin(−0.5)");
        assert_eq!(
            rule("powf", "pow 3").unwrap().constants,
            [("exponent".to_string(), 3.0)]
        );
        assert_eq!(rule("nothing", ""), None);
    }

    #[test]
    fn every_operation_has_a_formula_and_no_code_in_its_rule() {
        for row in rows::<f64>() {
            let rule = rule(row.op.name(), &row.op.label()).unwrap();
            assert!(
                rule.formula.starts_with("y = ") || rule.formula.contains('='),
                "{rule:?}"
            );
            assert!(!rule.title.is_empty(), "{rule:?}");
            assert_eq!(rule.derivatives.len(), rule.arguments.len(), "{rule:?}");
            for text in rule.derivatives.iter().flatten() {
                assert!(!text.contains("select") && !text.contains("let "), "{text}");
            }
        }
    }

    #[test]
    fn numbers_in_text_are_short() {
        for (number, text) in [
            (-6.0, "−6"),
            (0.123_456_78, "0.1235"),
            (1e-9, "1.0e−9"),
            (f64::NAN, "NaN"),
            (0.0, "0"),
        ] {
            assert_eq!(told(number), text);
        }
    }
}
