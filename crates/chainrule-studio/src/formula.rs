//! Formulas with the current numbers in them.

use crate::prose::live;

/// Below each line of a formula that is written with names of controls, the same with their numbers: below `y = w·x + b`
/// stands `  = 0.5·x − 2`. Lines that have numbers of their own (those with the character `mark`) are left as they are.
pub(crate) fn with_numbers(text: &str, controls: &[(&str, f64)], mark: char) -> String {
    let mut told = String::new();
    for line in text.lines() {
        told.push_str(line);
        told.push('\n');
        if let Some(numbers) = numbers_of(line, controls).filter(|_| !line.contains(mark)) {
            told.push_str(&numbers);
            told.push('\n');
        }
    }
    told
}

/// The right side of an equation with numbers for names; none where no name of a control stands there, or one stands on the
/// left: `w = w − rate·g` says what w becomes.
fn numbers_of(line: &str, controls: &[(&str, f64)]) -> Option<String> {
    let (left, right) = line.split_once(" = ")?;
    // `noise` and `optimizer` are words for something, not symbols that stand for their number.
    let is_word = |name: &str| name.len() > 4 && name.chars().all(char::is_alphabetic);
    let value = |word: &str| {
        let control = controls.iter().find(|(name, _)| *name == word && !is_word(name));
        control.map(|(_, value)| *value)
    };
    if words(left).into_iter().any(|word| value(word).is_some()) {
        return None;
    }
    // What stands after wide space is another formula, or a remark.
    let right = right.split("   ").next().unwrap_or_default();
    let (mut told, mut found) = (String::new(), false);
    let cut = words(right);
    for (at, word) in cut.iter().enumerate() {
        // `loss(ŷ, y)` is a function, whatever the control of that name says.
        let is_function = cut.get(at + 1).is_some_and(|next| next.starts_with('('));
        match value(word).filter(|_| !is_function) {
            None => told.push_str(word),
            Some(number) => {
                found = true;
                put(&mut told, number);
            }
        }
    }
    let indent = " ".repeat(left.chars().count());
    found.then(|| format!("{indent} = {told}"))
}

/// Appends a number, with its sign where one would write it.
fn put(told: &mut String, number: f64) {
    let size = live(&number.abs().to_string());
    if number >= 0.0 {
        told.push_str(&size);
        return;
    }
    for (before, after) in [("+ ", "− "), ("− ", "+ ")] {
        if let Some(start) = told.strip_suffix(before) {
            *told = format!("{start}{after}{size}");
            return;
        }
    }
    let starts = told.trim_end().is_empty() || told.ends_with('(') && !told.ends_with("((");
    told.push_str(&match starts {
        true => live(&number.to_string()),
        false => format!("({})", live(&number.to_string())),
    });
}

/// A line cut into names and what stands between them. `dL/dw` and `∂L/∂w` are names, and so is `w.grad`.
fn words(line: &str) -> Vec<&str> {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '∂' | '.' | '[' | ']');
    let (mut found, mut start) = (vec![], 0);
    let mut inside = None;
    for (at, c) in line.char_indices() {
        if inside.is_some_and(|inside| inside != part(c)) {
            found.push(&line[start..at]);
            start = at;
        }
        inside = Some(part(c));
    }
    if start < line.len() {
        found.push(&line[start..]);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str, controls: &[(&str, f64)]) -> String {
        with_numbers(text, controls, '\u{e000}').replace(['\u{e000}', '\u{e001}'], "")
    }

    #[test]
    fn names_become_numbers_with_the_sign_where_it_belongs() {
        let controls = [("w", 0.5), ("b", -2.0), ("w2", -1.0)];
        assert_eq!(plain("y = w·x + b", &controls), "y = w·x + b\n  = 0.5·x − 2\n");
        assert_eq!(plain("y = x − b", &controls), "y = x − b\n  = x + 2\n");
        assert_eq!(plain("y = w2·x", &controls), "y = w2·x\n  = −1·x\n");
        assert_eq!(
            plain("y = relu(w2·x)·b", &controls),
            "y = relu(w2·x)·b\n  = relu(−1·x)·(−2)\n"
        );
    }

    #[test]
    fn what_is_no_formula_of_the_controls_stays() {
        let controls = [("w", 0.5), ("rate", 0.1), ("loss", 1.0), ("noise", 2.0)];
        for line in [
            "g = backward(loss(p, y))",
            "y = a·x + noise",
            "w = w − rate·dL/dw",
            "z = a + c",
            "w ← w − rate · dL/dw",
            "dL/dw = 3",
            "see w",
        ] {
            assert_eq!(plain(line, &controls), format!("{line}\n"));
        }
        let has_numbers = format!("y = w·x = {}", live("3"));
        assert_eq!(
            with_numbers(&has_numbers, &controls, '\u{e000}'),
            has_numbers.clone() + "\n"
        );
    }
}
