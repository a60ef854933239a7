//! The words of a formula as what they mean.

use super::words::{BAR, Kind, Word, lowered, with_mark};

/// What a formula is made of.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    Number(String),
    /// A number that follows a control, or was computed.
    Live(String),
    Name(Name),
    /// Words between formulas: `with`, `mean of`.
    Text(String),
    /// A sign between or before others; how wide the space before it is.
    Sign(char, usize),
    Row(Vec<Node>),
    /// What stands in parentheses or bars.
    Group(char, Vec<Node>, char),
    Fraction(Box<Node>, Box<Node>),
    /// A base and what is raised; whether a `^` says so.
    Raised(Box<Node>, Box<Node>),
    Root(Box<Node>),
    /// A function and what it is of.
    Of(Box<Node>, Box<Node>),
}

/// `w`, `w₁`, `b_out`, `ŷ`, `rate`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Name {
    pub(super) letters: String,
    /// A hat or a bar above it.
    pub(super) mark: Option<char>,
    /// What stands below the line.
    pub(super) below: String,
}

impl Name {
    /// One letter, whatever is below the line, or an operation with its position: what a formula calls a number.
    pub(super) fn is_symbol(&self) -> bool {
        self.letters.chars().count() == 1 || self.letters.contains('#')
    }
}

/// Functions that need no parentheses: `ln p`, `tanh x`.
const FUNCTIONS: [&str; 9] = ["ln", "log", "exp", "sin", "cos", "tan", "tanh", "relu", "erfc"];

/// Words that join formulas.
const JOINING: [&str; 4] = ["with", "for", "and", "where"];

/// Deeper than this no formula is told: what comes from outside must not fill the stack.
const DEEPEST: usize = 48;

/// Whether a sign compares or assigns.
pub(super) fn relates(sign: char) -> bool {
    "=≈≠<>≤≥←→".contains(sign)
}

/// The formula that the words are; none where they are none.
pub(super) fn parse(words: &[Word]) -> Option<Vec<Node>> {
    let mut cursor = Cursor { words, at: 0, depth: 0 };
    let nodes = cursor.list()?;
    (cursor.at == words.len() && !nodes.is_empty()).then_some(nodes)
}

struct Cursor<'a> {
    words: &'a [Word],
    at: usize,
    depth: usize,
}

impl Cursor<'_> {
    fn next(&self) -> Option<&Word> {
        self.words.get(self.at)
    }

    fn sign(&self) -> Option<char> {
        match self.next()?.kind {
            Kind::Sign(sign) => Some(sign),
            _ => None,
        }
    }

    /// Takes the next word, if it is this sign.
    fn takes(&mut self, sign: char) -> bool {
        let found = self.sign() == Some(sign);
        self.at += usize::from(found);
        found
    }

    /// Takes the next word as a sign of the formula.
    fn taken(&mut self) -> Option<Node> {
        let (sign, space) = (self.sign()?, self.next()?.space);
        self.at += 1;
        Some(Node::Sign(sign, space))
    }

    /// Sums with `=`, commas and joining words between them, up to a bracket that closes.
    fn list(&mut self) -> Option<Vec<Node>> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let mut nodes = vec![];
        // A line may begin with a sign: what comes before it stands in the line above, or in words.
        let mut open = true;
        if self.sign() == Some('·') {
            nodes.push(self.taken()?);
        }
        while let Some(word) = self.next() {
            match word.kind {
                Kind::Sign(')') => break,
                Kind::Sign('|') if !open => break,
                Kind::Sign(sign) if relates(sign) => {
                    if open && !nodes.is_empty() {
                        return None;
                    }
                    nodes.push(self.taken()?);
                    open = true;
                }
                Kind::Sign(',' | ':') if !open => {
                    nodes.push(self.taken()?);
                    open = true;
                }
                Kind::Name if JOINING.contains(&word.text.as_str()) && (nodes.is_empty() || word.space > 0) => {
                    nodes.push(Node::Text(word.text.clone()));
                    self.at += 1;
                    open = true;
                }
                _ if open => {
                    self.sum(&mut nodes)?;
                    open = false;
                }
                _ => return None,
            }
        }
        self.depth -= 1;
        let complete = !open || matches!(nodes.last(), Some(Node::Sign(',' | ':', _)));
        complete.then_some(nodes)
    }

    fn sum(&mut self, nodes: &mut Vec<Node>) -> Option<()> {
        loop {
            self.product(nodes)?;
            match self.sign() {
                Some('+' | '−' | '±') => nodes.push(self.taken()?),
                _ => return Some(()),
            }
        }
    }

    /// Factors with dots between them, or nothing. `a/b` takes one factor to each side, `a·b / c` all before it.
    fn product(&mut self, nodes: &mut Vec<Node>) -> Option<()> {
        let (mut factors, mut from) = (vec![], 0);
        if self.next().is_some_and(|word| word.text == "lim") {
            self.at += 1;
            factors.push(Node::Text("lim".to_string()));
            from = 1;
        }
        loop {
            factors.push(self.factor()?);
            while self.sign() == Some('/') {
                let tight = self.next()?.space == 0;
                self.at += 1;
                let under = self.factor()?;
                let over = match tight {
                    true => factors.pop()?,
                    false => row(factors.split_off(from)),
                };
                factors.push(fraction(over, under));
                if !tight {
                    from = factors.len();
                }
            }
            match self.sign() {
                Some('·' | '×' | '÷') => {
                    factors.push(self.taken()?);
                    // What is apart by wide space is a product of its own.
                    if matches!(factors.last(), Some(Node::Sign(_, 2..))) || from + 1 == factors.len() {
                        from = factors.len();
                    }
                }
                _ if self.multiplies(factors.last()) => {}
                _ => break,
            }
        }
        nodes.extend(factors);
        Some(())
    }

    /// Whether the next word is another factor, with no dot before it: `2x`, `(a)(b)`, `t z`, but not a word after another.
    fn multiplies(&self, before: Option<&Node>) -> bool {
        let (Some(before), Some(next)) = (before, self.next()) else {
            return false;
        };
        let spaced = next.space > 0;
        let fits = match next.kind {
            Kind::Name => {
                let calls = self
                    .words
                    .get(self.at + 1)
                    .is_some_and(|word| word.kind == Kind::Sign('(') && word.space == 0);
                !spaced || calls || is_symbol(&next.text)
            }
            Kind::Sign('(' | '√') => true,
            Kind::Sign('Σ') => !spaced,
            _ => false,
        };
        // A minus or a ∂ before a factor changes nothing.
        let mut before = before;
        while let Node::Row(row) = before {
            let Some(last) = row.last() else { return false };
            before = last;
        }
        let joins = match before {
            Node::Number(_) | Node::Fraction(..) | Node::Group(..) => true,
            Node::Live(_) => !spaced,
            Node::Name(name) => name.is_symbol(),
            Node::Raised(base, _) => match &**base {
                Node::Name(name) => name.is_symbol(),
                base => matches!(base, Node::Group(..)),
            },
            Node::Of(..) | Node::Root(_) => spaced || next.kind == Kind::Sign('('),
            _ => false,
        };
        fits && joins && next.space < 2
    }

    fn factor(&mut self) -> Option<Node> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let node = match self.next()?.kind {
            Kind::Sign('−' | '+' | '±') => Node::Row(vec![self.taken()?, self.factor()?]),
            Kind::Sign('Σ') => Node::Row(vec![self.taken()?, self.factor()?]),
            Kind::Sign('∂') => Node::Row(vec![self.taken()?, self.factor()?]),
            Kind::Sign('√') => {
                self.at += 1;
                Node::Root(Box::new(self.factor()?))
            }
            Kind::Name if self.next()?.text == "mean" && self.words.get(self.at + 1)?.text == "of" => {
                self.at += 2;
                Node::Row(vec![Node::Text("mean of".to_string()), self.factor()?])
            }
            _ => {
                let atom = self.atom()?;
                self.raised(atom)?
            }
        };
        self.depth -= 1;
        Some(node)
    }

    /// What is raised behind an atom, again and again.
    fn raised(&mut self, mut base: Node) -> Option<Node> {
        while let Some(word) = self.next() {
            let above = match word.kind {
                Kind::Raised => {
                    let above = super::words::words(&word.text, super::Written::Printed)?;
                    self.at += 1;
                    row(parse(&above)?)
                }
                Kind::Sign('′' | '″') => self.taken()?,
                Kind::Sign('^') => {
                    self.at += 1;
                    self.factor()?
                }
                _ => break,
            };
            base = Node::Raised(Box::new(base), Box::new(above));
            if let Some(called) = self.argument(&base) {
                return called;
            }
        }
        Some(base)
    }

    /// What a function is of: `(x)`, or one factor where the function is well known. None where it is no function.
    fn argument(&mut self, function: &Node) -> Option<Option<Node>> {
        let name = match function {
            Node::Name(name) => name,
            Node::Raised(base, above) => match (&**base, &**above) {
                (Node::Name(name), Node::Sign(..)) => name,
                (Node::Name(name), _) if FUNCTIONS.contains(&name.letters.as_str()) => name,
                _ => return None,
            },
            _ => return None,
        };
        let known = FUNCTIONS.contains(&name.letters.as_str());
        let next = self.next()?;
        let of = match next.kind {
            Kind::Sign('(') if known || next.space == 0 => self.atom(),
            Kind::Name | Kind::Number | Kind::Live if known => self.factor(),
            _ => return None,
        };
        Some(of.map(|of| Node::Of(Box::new(function.clone()), Box::new(of))))
    }

    fn atom(&mut self) -> Option<Node> {
        let word = self.next()?.clone();
        self.at += 1;
        Some(match word.kind {
            Kind::Number => Node::Number(word.text),
            Kind::Live => Node::Live(word.text),
            Kind::Name => {
                let name = Node::Name(name(&word.text)?);
                match self.argument(&name) {
                    Some(of) => of?,
                    None => name,
                }
            }
            Kind::Sign(open @ ('(' | '|')) => {
                let inner = self.list()?;
                let close = if open == '(' { ')' } else { '|' };
                if inner.is_empty() || !self.takes(close) {
                    return None;
                }
                Node::Group(open, inner, close)
            }
            Kind::Sign('…' | '∞' | '½') => Node::Number(word.text),
            _ => return None,
        })
    }
}

/// Several nodes as one.
pub(super) fn row(mut nodes: Vec<Node>) -> Node {
    match nodes.len() {
        1 => nodes.swap_remove(0),
        _ => Node::Row(nodes),
    }
}

/// `dL/dw` is a fraction of two differentials, `a/b` one of two names.
fn fraction(over: Node, under: Node) -> Node {
    let small = |node: &Node| match node {
        Node::Name(name) if name.mark.is_none() => {
            let of = name.letters.strip_prefix('d').filter(|of| !of.is_empty())?;
            let of = Name {
                letters: of.to_string(),
                ..name.clone()
            };
            let d = Name {
                letters: "d".to_string(),
                mark: None,
                below: String::new(),
            };
            Some(Node::Row(vec![Node::Name(d), Node::Name(of)]))
        }
        _ => None,
    };
    let (over, under) = match (small(&over), small(&under)) {
        (Some(over), Some(under)) => (over, under),
        _ => (over, under),
    };
    Node::Fraction(Box::new(over), Box::new(under))
}

fn is_symbol(text: &str) -> bool {
    name(text).is_some_and(|name| name.is_symbol())
}

/// A name taken apart; none where it is a word of a program, such as `train_test_split` or `Value`.
pub(super) fn name(text: &str) -> Option<Name> {
    if text.contains('#') {
        let (letters, below) = (text.to_string(), String::new());
        return Some(Name {
            letters,
            mark: None,
            below,
        });
    }
    let (head, below) = match text.split_once('_') {
        Some((head, below)) if !below.is_empty() && !below.contains('_') => (head, below.to_string()),
        Some(_) => return None,
        None => {
            let digits = |sign: char| sign.is_ascii_digit() || sign == '.' || lowered(sign).is_some();
            let head = text.trim_end_matches(digits);
            let below = text[head.len()..].chars().map(|sign| lowered(sign).unwrap_or(sign));
            (head, below.collect())
        }
    };
    let (letters, mark) = match head.strip_suffix(BAR) {
        Some(letters) => (letters.to_string(), Some('¯')),
        None => match head.chars().next().and_then(with_mark) {
            Some((letter, mark)) if head.chars().count() == 1 => (letter.to_string(), Some(mark)),
            _ => (head.to_string(), None),
        },
    };
    let count = letters.chars().count();
    let upper = letters.chars().filter(|letter| letter.is_uppercase()).count();
    let plain = letters.chars().all(char::is_alphabetic);
    // `MSE` and `danswer` are names of formulas; `Value` and `RandomState` are not, nor is `in1_to_hid`.
    let one = count == 1;
    let word = mark.is_none() && below.is_empty() && (upper == 0 || upper == count || letters.starts_with('d'));
    (plain && (one || word)).then_some(Name { letters, mark, below })
}
