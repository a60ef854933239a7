//! A right answer as a tree, and what one finds by changing one place of it: the slips of the pen.

use std::fmt;

/// A formula as a tree.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Tree {
    Number(f64),
    Name(String),
    Negative(Box<Tree>),
    Operation(char, Box<Tree>, Box<Tree>),
    Call(String, Vec<Tree>),
}

use Tree::{Call, Name, Negative, Number, Operation};

/// A right answer with a slip.
pub(super) struct Slip {
    pub name: String,
    pub because: String,
    pub formula: Tree,
}

impl Tree {
    /// Reads a formula that the engine has read already; none where it is none.
    pub fn parse(text: &str) -> Option<Tree> {
        let mut reader = Reader {
            text: text.chars().filter(|c| !c.is_whitespace()).collect(),
            at: 0,
            depth: 0,
        };
        let tree = reader.sum()?;
        (reader.at == reader.text.len()).then_some(tree)
    }

    /// The functions called in it.
    pub fn functions(&self, found: &mut Vec<String>) {
        match self {
            Number(_) | Name(_) => {}
            Negative(inner) => inner.functions(found),
            Operation(_, left, right) => [left, right].into_iter().for_each(|tree| tree.functions(found)),
            Call(name, arguments) => {
                if !found.contains(name) {
                    found.push(name.clone());
                }
                arguments.iter().for_each(|tree| tree.functions(found));
            }
        }
    }

    /// The same with another tree for a name.
    pub fn with(&self, name: &str, other: &Tree) -> Tree {
        match self {
            Name(own) if own == name => other.clone(),
            Number(_) | Name(_) => self.clone(),
            Negative(inner) => Negative(Box::new(inner.with(name, other))),
            Operation(op, left, right) => {
                Operation(*op, Box::new(left.with(name, other)), Box::new(right.with(name, other)))
            }
            Call(function, arguments) => Call(
                function.clone(),
                arguments.iter().map(|tree| tree.with(name, other)).collect(),
            ),
        }
    }

    /// Every formula that differs from this one by one slip; `names` may be mistaken for each other.
    pub fn slips(&self, names: &[&str]) -> Vec<Slip> {
        let mut slips = self.here(names);
        let inside = |child: &Tree, rebuild: &dyn Fn(Tree) -> Tree| -> Vec<Slip> {
            let inner = child.slips(names).into_iter();
            inner
                .map(|slip| Slip {
                    formula: rebuild(slip.formula),
                    ..slip
                })
                .collect()
        };
        match self {
            Number(_) | Name(_) => {}
            Negative(inner) => slips.extend(inside(inner, &|tree| Negative(Box::new(tree)))),
            Operation(op, left, right) => {
                slips.extend(inside(left, &|tree| Operation(*op, Box::new(tree), right.clone())));
                slips.extend(inside(right, &|tree| Operation(*op, left.clone(), Box::new(tree))));
            }
            Call(function, arguments) => {
                for (place, argument) in arguments.iter().enumerate() {
                    slips.extend(inside(argument, &|tree| {
                        let mut arguments = arguments.clone();
                        arguments[place] = tree;
                        Call(function.clone(), arguments)
                    }));
                }
            }
        }
        slips
    }

    /// The slips at the top of the tree.
    fn here(&self, names: &[&str]) -> Vec<Slip> {
        let mut slips = vec![];
        let mut slip = |name: String, because: String, formula: Tree| slips.push(Slip { name, because, formula });
        let operation = |op, left: &Tree, right: &Tree| Operation(op, Box::new(left.clone()), Box::new(right.clone()));
        match self {
            Number(_) => {}
            Name(own) => {
                for other in names.iter().filter(|other| *other != own) {
                    let because = format!("{other} stands where {own} belongs");
                    slip(format!("{other} instead of {own}"), because, Name(other.to_string()));
                }
            }
            Negative(inner) => slip(
                "wrong sign".into(),
                format!("{inner} lacks its minus"),
                (**inner).clone(),
            ),
            Operation('+' | '-', left, right) => {
                let Operation(op, ..) = self else { return slips };
                let other = if *op == '+' { '-' } else { '+' };
                let because = format!("{right} has the wrong sign in {self}");
                slip("wrong sign of a term".into(), because, operation(other, left, right));
                if *op == '-' {
                    let because = format!("{self} is the wrong way round");
                    slip("wrong way round".into(), because, operation('-', right, left));
                }
                slip(
                    "forgot a term".into(),
                    format!("{right} is missing from {self}"),
                    (**left).clone(),
                );
                let rest = if *op == '-' {
                    Negative(right.clone())
                } else {
                    (**right).clone()
                };
                slip("forgot a term".into(), format!("{left} is missing from {self}"), rest);
                if *op == '-' {
                    slip(
                        "forgot a term".into(),
                        format!("it is {self}, not {right}"),
                        (**right).clone(),
                    );
                }
                let because = format!("{self} became a product");
                slip(
                    "multiplied instead of added".into(),
                    because,
                    operation('*', left, right),
                );
            }
            Operation('*', left, right) => {
                for (kept, missing) in [(left, right), (right, left)] {
                    let because = format!("the factor {missing} is missing");
                    slip(format!("forgot the factor {missing}"), because, (**kept).clone());
                }
                let because = format!("the chain rule multiplies: {self}");
                for (factor, other) in [(left, right), (right, left)] {
                    let squared = operation('^', factor, &Number(2.0));
                    let because = format!("the factor {factor} is not squared");
                    slip(format!("{factor} squared"), because, operation('*', &squared, other));
                }
                slip(
                    "added instead of multiplied".into(),
                    because,
                    operation('+', left, right),
                );
                slip(
                    "divided instead of multiplied".into(),
                    format!("it is {self}"),
                    operation('/', left, right),
                );
            }
            Operation('/', left, right) => {
                slip(
                    format!("forgot to divide by {right}"),
                    format!("it is {self}"),
                    (**left).clone(),
                );
                slip(
                    "multiplied instead of divided".into(),
                    format!("it is {self}"),
                    operation('*', left, right),
                );
                slip(
                    "upside down".into(),
                    format!("it is {self}"),
                    operation('/', right, left),
                );
            }
            Operation('^', base, exponent) => {
                let because = format!("{base} has to be raised to the power {exponent}");
                slip("forgot the power".into(), because, (**base).clone());
                for change in [-1.0, 1.0] {
                    let moved = operation('+', exponent, &Number(change));
                    let because = format!("the exponent of {base} must be {exponent}");
                    slip("exponent off by one".into(), because, operation('^', base, &moved));
                }
                let because = format!("the base is {base}, the exponent {exponent}");
                slip(
                    "base and exponent swapped".into(),
                    because,
                    operation('^', exponent, base),
                );
                let because = format!("{self} is a power, not a product");
                slip(
                    "multiplied instead of raised to the power".into(),
                    because,
                    operation('*', base, exponent),
                );
            }
            Call(function, arguments) => {
                if let [argument] = arguments.as_slice() {
                    slip(format!("forgot {function}"), format!("it is {self}"), argument.clone());
                    let because = format!("the argument of {function} has the wrong sign");
                    let turned = Call(function.clone(), vec![Negative(Box::new(argument.clone()))]);
                    slip(format!("wrong sign inside {function}"), because, turned);
                }
            }
            Operation(..) => {}
        }
        slips
    }
}

/// Written so that the engine reads it as it is meant, and a person finds no more parentheses than needed.
impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let strength = |tree: &Tree| match tree {
            Operation('+' | '-', ..) => 1,
            Negative(_) => 2,
            Number(x) if *x < 0.0 => 2,
            Operation('*' | '/', ..) => 3,
            Operation(..) => 4,
            Number(_) | Name(_) | Call(..) => 5,
        };
        let wrapped = |tree: &Tree, least: u8| match strength(tree) < least {
            true => format!("({tree})"),
            false => tree.to_string(),
        };
        match self {
            Number(x) => write!(f, "{x}"),
            Name(name) => f.write_str(name),
            Negative(inner) => write!(f, "-{}", wrapped(inner, 3)),
            Operation(op @ ('+' | '-'), left, right) => write!(f, "{} {op} {}", wrapped(left, 1), wrapped(right, 3)),
            Operation('^', base, exponent) => write!(f, "{}^{}", wrapped(base, 5), wrapped(exponent, 5)),
            Operation(op, left, right) => write!(f, "{}{op}{}", wrapped(left, 2), wrapped(right, 4)),
            Call(function, arguments) => {
                let arguments: Vec<String> = arguments.iter().map(Tree::to_string).collect();
                write!(f, "{function}({})", arguments.join(", "))
            }
        }
    }
}

struct Reader {
    text: Vec<char>,
    at: usize,
    depth: usize,
}

impl Reader {
    fn take(&mut self, wanted: &str) -> Option<char> {
        let found = self.text.get(self.at).copied().filter(|c| wanted.contains(*c))?;
        self.at += 1;
        Some(found)
    }

    fn word(&mut self, part: impl Fn(char) -> bool) -> String {
        let rest = &self.text[self.at.min(self.text.len())..];
        let word: String = rest.iter().take_while(|c| part(**c)).collect();
        self.at += word.chars().count();
        word
    }

    fn sum(&mut self) -> Option<Tree> {
        self.depth += 1;
        if self.depth > 50 {
            return None;
        }
        let mut sum = self.product()?;
        while let Some(op) = self.take("+-") {
            sum = Operation(op, Box::new(sum), Box::new(self.product()?));
        }
        self.depth -= 1;
        Some(sum)
    }

    fn product(&mut self) -> Option<Tree> {
        let mut product = self.signed()?;
        while let Some(op) = self.take("*/") {
            product = Operation(op, Box::new(product), Box::new(self.signed()?));
        }
        Some(product)
    }

    fn signed(&mut self) -> Option<Tree> {
        if self.take("-").is_some() {
            return Some(Negative(Box::new(self.signed()?)));
        }
        let base = self.value()?;
        match self.take("^") {
            Some(_) => Some(Operation('^', Box::new(base), Box::new(self.signed()?))),
            None => Some(base),
        }
    }

    fn value(&mut self) -> Option<Tree> {
        if self.take("(").is_some() {
            let inner = self.sum()?;
            return self.take(")").map(|_| inner);
        }
        let first = *self.text.get(self.at)?;
        if first.is_ascii_digit() || first == '.' {
            return self.word(|c| c.is_ascii_digit() || c == '.').parse().ok().map(Number);
        }
        let name = self.word(|c| c.is_alphanumeric() || c == '_');
        if name.is_empty() {
            return None;
        }
        if self.take("(").is_none() {
            return Some(Name(name));
        }
        let mut arguments = vec![self.sum()?];
        while self.take(",").is_some() {
            arguments.push(self.sum()?);
        }
        self.take(")").map(|_| Call(name, arguments))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_written_as_it_was_read() {
        for text in [
            "g*(1 - t^2)",
            "-g*a/b^2",
            "a - (b - c)",
            "a/(b*c)",
            "(-a)^2",
            "2*where(x, -g, 1)",
            "a*(b + c)*2",
        ] {
            assert_eq!(Tree::parse(text).unwrap().to_string(), text);
        }
        for text in ["", "a +", "(a", "f(", "2..3"] {
            assert_eq!(Tree::parse(text), None, "{text}");
        }
    }

    #[test]
    fn every_slip_is_another_formula() {
        let tree = Tree::parse("g*(1 - t^2)").unwrap();
        let slips = tree.slips(&["g", "x", "t"]);
        let formula = |name: &str| {
            slips
                .iter()
                .find(|slip| slip.name == name)
                .map(|slip| slip.formula.to_string())
        };
        assert_eq!(formula("forgot the power").as_deref(), Some("g*(1 - t)"));
        assert_eq!(formula("x instead of t").as_deref(), Some("g*(1 - x^2)"));
        assert_eq!(formula("wrong sign of a term").as_deref(), Some("g*(1 + t^2)"));
        assert_eq!(formula("forgot the factor 1 - t^2").as_deref(), Some("g"));
        assert!(slips.iter().all(|slip| slip.formula != tree));
    }
}
