//! Formulas as text: `tanh(x1*w1 + x2*w2 + b)` becomes values of a graph.
//!
//! Operators are `+ - * / ^` (power, which binds tightest and to the right), parentheses, and every pointwise
//! operation by its name: `relu(x)`, `maximum(a, b)`, `leaky_relu(x, 0.2)`.

use crate::{
    error::{Error, Fault, Result},
    graph::{Graph, Var},
    ops::{Row, rows},
};

/// How deep parentheses, signs and powers may be nested.
const DEEPEST: usize = 200;

/// A formula, parsed; record it in any graph with any values.
///
/// ```
/// use chainrule::{Graph, expression::Expression};
/// let formula = Expression::parse("(a*b + c) * f")?;
/// assert_eq!(formula.names(), ["a", "b", "c", "f"]);
/// let g = Graph::new();
/// let values = [2.0, -3.0, 10.0, -2.0].map(|x| g.leaf(x));
/// let l = formula.record(&g, &values)?;
/// assert_eq!((l.item()?, l.backward()?[values[0]]), (-8.0, 6.0));
/// # Ok::<(), chainrule::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Expression {
    names: Vec<String>,
    /// The formula in postfix order: each step takes its arguments from the end of a stack.
    steps: Vec<Step>,
}

#[derive(Clone, Debug)]
enum Step {
    Number(f64),
    Name(usize),
    Call { row: &'static Row, parameters: Vec<f64> },
}

impl Expression {
    /// Reads a formula.
    ///
    /// # Errors
    /// Where it is not a formula: what was expected, and a mark under the character.
    pub fn parse(text: &str) -> Result<Expression> {
        let mut parser = Parser {
            text: text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect(),
            at: 0,
            depth: 0,
            expression: Expression {
                names: vec![],
                steps: vec![],
            },
        };
        parser.sum()?;
        match parser.next() {
            None => Ok(parser.expression),
            Some(')') => Err(parser.error("there is no '(' for this ')'", "remove it, or open one before")),
            Some('=') => Err(parser.error("a formula has no '='", "give values after it, as in: 'a*b' a=2 b=3")),
            Some(c) => Err(parser.error(
                &format!("expected an operator, got '{c}'"),
                match c {
                    '¹' | '²' | '³' | '⁰'..='⁹' => "write ^ for a power: x^2",
                    _ => "write * for a product: 2*x, not 2x",
                },
            )),
        }
    }

    /// The names in it, each once, in order of appearance.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Records the formula with a value for each name, in the order of [`names`](Expression::names).
    ///
    /// # Errors
    /// When the values are not as many as the names.
    pub fn record<'g>(&self, graph: &'g Graph, values: &[Var<'g>]) -> Result<Var<'g>> {
        let wrong = || {
            let what = format!("{} values for {} names", values.len(), self.names.len());
            Error::data(
                "expression",
                Fault::new(what).fix(format!("it uses {}", self.names.join(", "))),
            )
        };
        let mut stack: Vec<Var> = vec![];
        for step in &self.steps {
            let value = match step {
                Step::Number(number) => graph.constant(*number),
                Step::Name(name) => *values.get(*name).ok_or_else(wrong)?,
                Step::Call { row, parameters } => {
                    let arity = row.op.arity().unwrap_or(1);
                    let start = stack.len().checked_sub(arity).ok_or_else(wrong)?;
                    let value = row.apply(parameters, &stack[start..]);
                    stack.truncate(start);
                    value
                }
            };
            stack.push(value);
        }
        stack.pop().ok_or_else(wrong)
    }
}

/// Letters, digits and low digits as in x₁; but x² is a power.
fn part_of_name(c: char) -> bool {
    (c.is_alphanumeric() || c == '_') && !matches!(c, '¹' | '²' | '³' | '⁰'..='⁹')
}

/// The functions a formula may call, by name or by the label of their drawing.
fn function(name: &str) -> Option<&'static Row> {
    let name = if name == "log" { "ln" } else { name }; // as numpy calls it
    let mut all = rows::<f64>().iter();
    let by_label = || rows::<f64>().iter().find(|row| row.op.label() == name);
    all.find(|row| row.op.name() == name).or_else(by_label)
}

struct Parser {
    text: Vec<char>,
    at: usize,
    depth: usize,
    expression: Expression,
}

impl Parser {
    /// The next character that is not a space, without taking it.
    fn next(&mut self) -> Option<char> {
        while self.text.get(self.at).is_some_and(|c| c.is_whitespace()) {
            self.at += 1;
        }
        self.text.get(self.at).copied()
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.next() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn call(&mut self, name: &str, parameters: Vec<f64>) {
        if let Some(row) = function(name) {
            self.expression.steps.push(Step::Call { row, parameters });
        }
    }

    fn sum(&mut self) -> Result<()> {
        self.product()?;
        loop {
            let name = match self.next() {
                Some('+') => "add",
                Some('-') => "sub",
                _ => return Ok(()),
            };
            self.at += 1;
            self.product()?;
            self.call(name, vec![]);
        }
    }

    fn product(&mut self) -> Result<()> {
        self.signed()?;
        loop {
            let name = match self.next() {
                Some('*') => "mul",
                Some('/') => "div",
                _ => return Ok(()),
            };
            self.at += 1;
            if name == "mul" && self.text.get(self.at) == Some(&'*') {
                return Err(self.error("expected a value, got '*'", "write ^ for a power: x^2, not x**2"));
            }
            self.signed()?;
            self.call(name, vec![]);
        }
    }

    fn signed(&mut self) -> Result<()> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.error(
                &format!("more than {DEEPEST} levels of nesting"),
                "split the formula into smaller ones",
            ));
        }
        if self.take('-') {
            self.signed()?;
            match self.expression.steps.last_mut() {
                // A negative number is a number: -2 ends here as it would in any language.
                Some(Step::Number(number)) => *number = -*number,
                _ => self.call("neg", vec![]),
            }
        } else if self.take('+') {
            self.signed()?;
        } else {
            self.power()?;
        }
        self.depth -= 1;
        Ok(())
    }

    fn power(&mut self) -> Result<()> {
        self.value()?;
        if self.take('^') {
            let start = self.expression.steps.len();
            self.signed()?;
            match self.expression.steps[start..] {
                [Step::Number(exponent)] => {
                    self.expression.steps.truncate(start);
                    self.call("powf", vec![exponent]);
                }
                _ => self.call("pow", vec![]),
            }
        }
        Ok(())
    }

    fn value(&mut self) -> Result<()> {
        match self.next() {
            Some('(') => {
                let open = self.at;
                self.at += 1;
                self.sum()?;
                self.close(open)
            }
            Some(c) if c.is_ascii_digit() || c == '.' => self.number(),
            Some(c) if c.is_alphabetic() || c == '_' => self.name(),
            Some(c) => Err(self.error(&format!("expected a number, a name or '(', got '{c}'"), "")),
            None if self.text.iter().all(|c| c.is_whitespace()) => {
                Err(self.error("the formula is empty", "write one, such as 'tanh(x*w + b)'"))
            }
            None => Err(self.error("expected a number, a name or '(', but the formula ends", "")),
        }
    }

    fn close(&mut self, open: usize) -> Result<()> {
        if self.take(')') {
            return Ok(());
        }
        match self.next() {
            Some(c) => Err(self.error(
                &format!("expected an operator or ')', got '{c}'"),
                "write * for a product: 2*x, not 2x",
            )),
            None => {
                self.at = open;
                Err(self.error("this '(' is never closed", "add a ')'"))
            }
        }
    }

    fn number(&mut self) -> Result<()> {
        let start = self.at;
        let digits = |parser: &mut Parser| {
            while parser
                .text
                .get(parser.at)
                .is_some_and(|c| c.is_ascii_digit() || *c == '.')
            {
                parser.at += 1;
            }
        };
        digits(self);
        if matches!(self.text.get(self.at), Some('e' | 'E')) {
            let sign = usize::from(matches!(self.text.get(self.at + 1), Some('+' | '-')));
            if self.text.get(self.at + 1 + sign).is_some_and(char::is_ascii_digit) {
                self.at += 1 + sign;
                digits(self);
            }
        }
        let text: String = self.text[start..self.at].iter().collect();
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => {
                self.expression.steps.push(Step::Number(number));
                Ok(())
            }
            _ => {
                self.at = start;
                Err(self.error(&format!("'{text}' is not a number"), "write numbers as 2, 0.5 or 1e-3"))
            }
        }
    }

    fn name(&mut self) -> Result<()> {
        let start = self.at;
        while self.text.get(self.at).is_some_and(|c| part_of_name(*c)) {
            self.at += 1;
        }
        let name: String = self.text[start..self.at].iter().collect();
        if self.next() == Some('(') {
            return self.function(&name, start);
        }
        let known = self.expression.names.iter().position(|known| *known == name);
        let index = known.unwrap_or_else(|| {
            self.expression.names.push(name);
            self.expression.names.len() - 1
        });
        self.expression.steps.push(Step::Name(index));
        Ok(())
    }

    fn function(&mut self, name: &str, start: usize) -> Result<()> {
        let Some(row) = function(name) else {
            self.at = start;
            let names: Vec<_> = rows::<f64>().iter().map(|row| row.op.name()).collect();
            return Err(self.error(
                &format!("there is no function '{name}'"),
                &format!("choose one of {}", names.join(", ")),
            ));
        };
        let open = self.at;
        self.at += 1;
        // Where the steps of each argument begin.
        let mut starts = vec![];
        if self.next() != Some(')') {
            loop {
                starts.push(self.expression.steps.len());
                self.sum()?;
                if !self.take(',') {
                    break;
                }
            }
        }
        self.close(open)?;
        let arity = row.op.arity().unwrap_or(1);
        let names: Vec<_> = row.parameters.iter().map(|(name, _)| *name).collect();
        if starts.len() < arity || starts.len() > arity + names.len() {
            self.at = start;
            let may = if names.is_empty() {
                String::new()
            } else {
                format!(", then {} as numbers if you like", names.join(", "))
            };
            let what = format!(
                "'{name}' takes {arity} argument{}, got {}",
                if arity == 1 { "" } else { "s" },
                starts.len()
            );
            return Err(self.error(&what, &format!("give {arity}{may}")));
        }
        let mut parameters = vec![];
        for (i, &first) in starts[arity..].iter().enumerate() {
            let end = starts
                .get(arity + i + 1)
                .copied()
                .unwrap_or(self.expression.steps.len());
            match self.expression.steps[first..end] {
                [Step::Number(number)] => parameters.push(number),
                _ => {
                    self.at = start;
                    return Err(self.error(&format!("the {} of '{name}' must be a plain number", names[i]), ""));
                }
            }
        }
        if let Some(&end) = starts.get(arity) {
            self.expression.steps.truncate(end);
        }
        self.expression.steps.push(Step::Call { row, parameters });
        Ok(())
    }

    /// An error at the present character, with a mark under it.
    fn error(&self, what: &str, fix: &str) -> Error {
        const BEFORE: usize = 50;
        let from = self.at.saturating_sub(BEFORE);
        let to = (self.at + BEFORE / 2).min(self.text.len());
        let dots = |cut: bool| if cut { "…" } else { "" };
        let shown: String = self.text[from..to].iter().collect();
        let mark = " ".repeat(self.at - from + usize::from(from > 0));
        let fix = if fix.is_empty() {
            String::new()
        } else {
            format!(": {fix}")
        };
        let place = format!("{what}, at character {}{fix}", self.at + 1);
        if shown.trim().is_empty() {
            return Error::data("expression", Fault::new(place));
        }
        let (before, after) = (dots(from > 0), dots(to < self.text.len()));
        Error::data(
            "expression",
            Fault::new(format!("{place}\n  {before}{shown}{after}\n  {mark}^")),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evaluate(text: &str, values: &[f64]) -> f64 {
        let g = Graph::new();
        let values: Vec<Var> = values.iter().map(|&x| g.leaf(x)).collect();
        Expression::parse(text)
            .unwrap()
            .record(&g, &values)
            .unwrap()
            .item()
            .unwrap()
    }

    #[test]
    fn operators_bind_as_in_mathematics() {
        assert_eq!(evaluate("1 + 2*3", &[]), 7.0);
        assert_eq!(evaluate("-x^2", &[3.0]), -9.0);
        assert_eq!(evaluate("2^3^2", &[]), 512.0);
        assert_eq!(evaluate("2^-1", &[]), 0.5);
        assert_eq!(evaluate("a - b - c", &[1.0, 2.0, 3.0]), -4.0);
        assert_eq!(evaluate("8/4/2", &[]), 1.0);
        assert_eq!(evaluate("--x", &[3.0]), 3.0);
        assert_eq!(evaluate("1e-3 * 1E3 * .5", &[]), 0.5);
        assert_eq!(evaluate("2*e", &[3.0]), 6.0);
        assert_eq!(evaluate("(x)^2", &[-3.0]), 9.0);
        assert_eq!(evaluate("(-2)^2", &[]), 4.0);
        assert_eq!(evaluate("-2^2", &[]), -4.0);
    }

    #[test]
    fn every_row_can_be_called_by_its_name() {
        for row in rows::<f64>() {
            let arity = row.op.arity().unwrap();
            let arguments = vec!["x"; arity].join(", ");
            let parameters: String = row
                .parameters
                .iter()
                .map(|(_, default)| format!(", {default}"))
                .collect();
            let short = evaluate(&format!("{}({arguments})", row.op.name()), &[0.3]);
            let long = evaluate(&format!("{}({arguments}{parameters})", row.op.name()), &[0.3]);
            assert_eq!(short.to_bits(), long.to_bits(), "{}", row.op.name());
        }
    }

    #[test]
    fn mistakes_are_pointed_at() {
        let cases = [
            ("", "the formula is empty, at character 1"),
            ("a +", "but the formula ends, at character 4"),
            ("(a", "this '(' is never closed, at character 1"),
            ("a)", "there is no '(' for this ')', at character 2"),
            (
                "2x",
                "expected an operator, got 'x', at character 2: write * for a product",
            ),
            ("x**2", "expected a value, got '*', at character 3: write ^ for a power"),
            ("foo(x)", "there is no function 'foo', at character 1"),
            ("tanh()", "'tanh' takes 1 argument, got 0, at character 1"),
            ("maximum(a)", "'maximum' takes 2 arguments, got 1"),
            ("leaky_relu(x, y)", "the slope of 'leaky_relu' must be a plain number"),
            ("1.2.3", "'1.2.3' is not a number, at character 1"),
            ("1e999", "is not a number"),
            ("a $ b", "expected an operator, got '$', at character 3"),
            ("a = 2", "a formula has no '=', at character 3"),
        ];
        for (text, expected) in cases {
            let error = Expression::parse(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
        assert_eq!(
            Expression::parse("(a*b + )*f").unwrap_err().to_string(),
            "expression: expected a number, a name or '(', got ')', at character 8\n  (a*b + )*f\n         ^"
        );
    }

    #[test]
    fn deep_nesting_is_refused_and_long_sums_are_not() {
        for text in [
            "(".repeat(100_000),
            "-".repeat(100_000),
            "2^".repeat(100_000),
            "tanh(".repeat(100_000),
        ] {
            assert!(
                Expression::parse(&text)
                    .unwrap_err()
                    .to_string()
                    .contains("levels of nesting")
            );
        }
        let long = vec!["x"; 100_000].join("+");
        assert_eq!(evaluate(&long, &[1.0]), 100_000.0);
    }
}
