//! An answer as a person types it, taken apart.

use super::derivative::{Derivative, Form, Formula};
use crate::error::{Error, Result};

/// The longest answer that is read, in characters.
pub(super) const LONGEST: usize = 2000;

/// One part of an answer.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// As it was typed, without its label.
    pub text: String,
    pub formula: Formula,
}

/// Refuses an answer that is empty or too long.
pub(super) fn readable(answer: &str) -> Result<()> {
    let length = answer.chars().count();
    if length > LONGEST {
        return Err(Error::request(format!(
            "the answer has {length} characters, more than {LONGEST}; simplify it"
        )));
    }
    match answer.trim().is_empty() {
        true => Err(Error::request(
            "the answer is empty; write one formula or value for each part",
        )),
        false => Ok(()),
    }
}

/// The parts of an answer, in the order asked for: `g*b, g*a`, or with labels: `b = g*a; a = g*b`.
pub(super) fn parts(answer: &str, task: &Derivative) -> Result<Vec<Part>> {
    readable(answer)?;
    let (asked, names) = (task.asked_names(), task.names());
    let pieces = split(listed(&plain(answer)));
    let needed = || format!("{} needed, for {}", count(asked.len()), asked.join(", "));
    let mut found: Vec<Option<Part>> = vec![None; asked.len()];
    let mut labels = 0;
    for (place, piece) in pieces.iter().enumerate() {
        let (label, formula) = labeled(piece);
        let place = match label {
            None => place,
            Some(label) => {
                labels += 1;
                let known = asked.iter().position(|name| means(label, name));
                let unknown = || crate::names::unknown("part", label.trim(), asked.iter().copied());
                known.ok_or_else(unknown)?
            }
        };
        let Some(slot) = found.get_mut(place) else {
            return Err(Error::request(format!("{}; got {}", needed(), pieces.len())));
        };
        if slot.is_some() {
            return Err(Error::request(format!(
                "{} is answered twice; give one formula for it",
                asked[place]
            )));
        }
        let text = match (label.and_then(|label| label.trim_end().chars().last()), task.form) {
            // An update in place: `w -= rate*gradient`.
            (Some('-'), Form::Step) => format!("{} - ({formula})", asked[place]),
            (Some('+'), Form::Step) => format!("{} + ({formula})", asked[place]),
            // A gradient that is gathered: `a.grad -= g`.
            (Some('-'), _) => format!("-({formula})"),
            _ => formula.trim().to_string(),
        };
        let in_part = |error: Error| Error::request(format!("the part for {}: {error}", asked[place]));
        *slot = Some(Part {
            formula: Formula::parse(&text, &names).map_err(in_part)?,
            text,
        });
    }
    if labels > 0 && labels < pieces.len() {
        let what = "some parts have a label and some have none; label all of them, as in";
        return Err(Error::request(format!("{what} {}", form(&asked))));
    }
    let missing: Vec<&str> = asked
        .iter()
        .zip(&found)
        .filter(|(_, part)| part.is_none())
        .map(|(name, _)| *name)
        .collect();
    match missing.is_empty() {
        true => Ok(found.into_iter().flatten().collect()),
        false => Err(Error::request(format!("{}; {} missing", needed(), missing.join(", ")))),
    }
}

fn count(parts: usize) -> String {
    match parts {
        1 => "1 formula is".to_string(),
        _ => format!("{parts} formulas are"),
    }
}

fn form(asked: &[&str]) -> String {
    asked
        .iter()
        .map(|name| format!("{name} = …"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// What people write in books and in Python, as formulas have it.
fn plain(answer: &str) -> String {
    let mut text = answer.replace("**", "^").replace("math.", "").replace("np.", "");
    for (other, ours) in [
        ('·', "*"),
        ('×', "*"),
        ('⋅', "*"),
        ('−', "-"),
        ('–', "-"),
        ('÷', "/"),
        ('²', "^2"),
        ('³', "^3"),
    ] {
        text = text.replace(other, ours);
    }
    text
}

/// A list without the brackets around it: `[g*b, g*a]`, `{g*b, g*a}`, `(g*b, g*a)`.
fn listed(text: &str) -> &str {
    let text = text.trim();
    let inner = |open, close| text.strip_prefix(open)?.strip_suffix(close);
    if let Some(inner) = inner('[', ']').or(inner('{', '}')) {
        return inner;
    }
    let (mut depth, mut separators) = (0i32, 0);
    for (place, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' | ';' if depth == 1 => separators += 1,
            _ => {}
        }
        // Parentheses that end earlier are those of a formula; without a comma they are part of one as well.
        if depth == 0 && place + 1 < text.len() {
            return text;
        }
    }
    inner('(', ')').filter(|_| separators > 0).unwrap_or(text)
}

/// The pieces between commas, semicolons and line breaks that are in no parentheses.
fn split(text: &str) -> Vec<String> {
    let (mut pieces, mut depth) = (vec![String::new()], 0i32);
    for c in text.trim().trim_end_matches([',', ';']).chars() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        match (c, pieces.last_mut()) {
            // A line break behind a comma separates nothing more.
            ('\n', Some(last)) if last.trim().is_empty() => {}
            (',' | ';' | '\n', _) if depth <= 0 => pieces.push(String::new()),
            (_, Some(last)) => last.push(c),
            _ => {}
        }
    }
    pieces.iter().map(|piece| comparisons(piece)).collect()
}

/// A piece before and after its `=` or `:`.
fn labeled(piece: &str) -> (Option<&str>, &str) {
    match piece.split_once('=').or(piece.split_once(':')) {
        Some((label, formula)) => (Some(label), formula),
        None => (None, piece),
    }
}

/// Whether a label such as `a`, `da`, `dL/da`, `∂L/∂a`, `a.grad +` or `a'` means this name.
fn means(label: &str, name: &str) -> bool {
    let label: String = label.chars().filter(|c| !c.is_whitespace()).collect();
    let label = label.trim_end_matches(['+', '-', ':', '\'', '′']);
    let label = label
        .strip_suffix(".grad")
        .or(label.strip_suffix("_new"))
        .or(label.strip_suffix(".data"))
        .unwrap_or(label);
    let label = label
        .strip_prefix("self.")
        .or(label.strip_prefix("new_"))
        .unwrap_or(label);
    let below = label.rsplit_once('/').map_or(label, |(_, below)| below);
    let undone = |text: &str| ['d', '∂'].iter().any(|d| text.strip_prefix(*d) == Some(name));
    label == name || undone(below)
}

/// Comparisons as the functions they are: `(x > 0)` becomes `(greater((x), (0)))`.
fn comparisons(piece: &str) -> String {
    let mut text: Vec<char> = piece.chars().collect();
    while let Some(at) = text.iter().position(|c| matches!(c, '<' | '>')) {
        let (mut start, mut end, mut depth) = (at, at + 1, 0);
        while start > 0 {
            match text[start - 1] {
                ')' => depth += 1,
                '(' if depth == 0 => break,
                '(' => depth -= 1,
                ',' | '=' if depth == 0 => break,
                _ => {}
            }
            start -= 1;
        }
        depth = 0;
        while end < text.len() {
            match text[end] {
                '(' => depth += 1,
                ')' if depth == 0 => break,
                ')' => depth -= 1,
                ',' if depth == 0 => break,
                _ => {}
            }
            end += 1;
        }
        // `>=` differs from `>` only where both sides are equal, where no slope is asked for.
        let after = at + 1 + usize::from(text.get(at + 1) == Some(&'='));
        let side = |from: usize, to: usize| text.get(from..to).unwrap_or_default().iter().collect::<String>();
        let (left, right) = (side(start, at), side(after, end));
        let call = match text[at] {
            '>' => format!("greater(({left}), ({right}))"),
            _ => format!("greater(({right}), ({left}))"),
        };
        text.splice(start..end.max(after), call.chars());
    }
    text.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_mean_what_they_say() {
        for label in [
            "a",
            " a ",
            "da",
            "dL/da",
            "∂L/∂a",
            "dL / da ",
            "a.grad +",
            "self.a.grad",
            "a'",
            "new_a",
            "a :",
        ] {
            assert!(means(label, "a"), "{label}");
        }
        for label in ["b", "db", "dL/db", "", "ad", "aa"] {
            assert!(!means(label, "a"), "{label}");
        }
        assert!(means("d", "d") && means("dd", "d") && means("dL/dd", "d") && !means("da", "d"));
    }

    #[test]
    fn brackets_around_a_list_are_no_part_of_it() {
        for text in ["g*b, (g)*a", "[g*b, (g)*a]", " { g*b, (g)*a }", "(g*b, (g)*a)"] {
            assert_eq!(listed(text).trim(), "g*b, (g)*a");
        }
        for text in ["(g)*b, g*(a)", "(g*b)", "maximum(g, 0)", "((g*b)", "", "("] {
            assert_eq!(listed(text), text);
        }
    }

    #[test]
    fn comparisons_become_functions() {
        assert_eq!(comparisons("g*(x > 0)"), "g*(greater((x ), ( 0)))");
        assert_eq!(comparisons("where(x<=1, g, 0)"), "where(greater((1), (x)), g, 0)");
        assert_eq!(comparisons("a = x > f(1)"), "a =greater(( x ), ( f(1)))");
        assert_eq!(comparisons("<"), "greater((), ())");
    }
}
