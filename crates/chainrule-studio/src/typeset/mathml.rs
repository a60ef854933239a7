//! A formula as MathML.

use super::parse::{Name, Node, relates};

/// The operator that says "of": it is heard, not seen.
const OF: &str = "<mo>\u{2061}</mo>";

/// How a formula is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Set {
    /// In lines of its own: fractions are stacked.
    Apart,
    /// Within text: fractions have a slash, so that lines keep their height.
    InText,
}

/// Nodes within text, which may go on with what stands before them: a sign at their start is between the two then.
pub(super) fn going_on(all: &[Node], goes_on: bool) -> String {
    match all {
        [Node::Sign(sign, space), rest @ ..] if goes_on => {
            operator(*sign, *space, false, Set::InText) + &nodes(rest, Set::InText)
        }
        all => nodes(all, Set::InText),
    }
}

/// Nodes one after the other.
pub(super) fn nodes(all: &[Node], set: Set) -> String {
    let is_relation = |node: &Node| matches!(node, Node::Sign(sign, _) if relates(*sign));
    let mut text = String::new();
    for (turn, node) in all.iter().enumerate() {
        match node {
            // Between two formulas there is more room than between two arguments.
            Node::Sign(',', _) if all[turn..].iter().any(is_relation) => text.push_str("<mo rspace=\"0.8em\">,</mo>"),
            Node::Sign(sign, space) => text.push_str(&operator(*sign, *space, turn == 0 && !relates(*sign), set)),
            node => text.push_str(&one(node, set)),
        }
    }
    text
}

/// Nodes as exactly one element.
fn one(node: &Node, set: Set) -> String {
    match node {
        Node::Number(number) => format!("<mn>{number}</mn>"),
        Node::Live(number) => format!("<mn class=\"live\">{number}</mn>"),
        Node::Name(name) => named(name),
        Node::Text(text) => format!("<mtext>{}</mtext>", spaced(text)),
        Node::Sign(sign, space) => operator(*sign, *space, false, set),
        Node::Row(row) => format!("<mrow>{}</mrow>", nodes(row, set)),
        Node::Group(open, inner, close) => {
            let inner = nodes(inner, set);
            format!("<mrow><mo form=\"prefix\">{open}</mo>{inner}<mo form=\"postfix\">{close}</mo></mrow>")
        }
        Node::Fraction(over, under) => match set {
            Set::Apart => format!("<mfrac>{}{}</mfrac>", bare(over, set), bare(under, set)),
            Set::InText => format!(
                "<mrow>{}<mo lspace=\"0\" rspace=\"0\">/</mo>{}</mrow>",
                one(over, set),
                one(under, set)
            ),
        },
        Node::Raised(base, above) => match &**above {
            Node::Sign(prime, _) => format!("<msup>{}<mo>{prime}</mo></msup>", one(base, set)),
            above => format!("<msup>{}{}</msup>", one(base, set), bare(above, set)),
        },
        Node::Root(inner) => format!("<msqrt>{}</msqrt>", bare(inner, set)),
        Node::Of(function, of) => {
            let apart = match **of {
                Node::Group(..) => "",
                _ => "<mspace width=\"0.17em\"></mspace>",
            };
            format!("<mrow>{}{OF}{apart}{}</mrow>", one(function, set), one(of, set))
        }
    }
}

/// What a line, a root or a raised place holds together needs no parentheses.
fn bare(node: &Node, set: Set) -> String {
    match node {
        Node::Group('(', inner, _) => format!("<mrow>{}</mrow>", nodes(inner, set)),
        Node::Raised(..) | Node::Number(_) | Node::Name(_) | Node::Live(_) => one(node, set),
        // Within a fraction another one is written with a slash.
        node => one(node, set),
    }
}

fn named(name: &Name) -> String {
    let letters = identifier(&name.letters);
    let letters = match name.mark {
        Some(mark) => format!("<mover accent=\"true\">{letters}<mo stretchy=\"false\">{mark}</mo></mover>"),
        None => letters,
    };
    match name.below.as_str() {
        "" => letters,
        below if below.starts_with(|sign: char| sign.is_ascii_digit()) => {
            format!("<msub>{letters}<mn>{below}</mn></msub>")
        }
        below => format!("<msub>{letters}{}</msub>", identifier(below)),
    }
}

fn identifier(letters: &str) -> String {
    format!("<mi>{letters}</mi>")
}

fn operator(sign: char, space: usize, first: bool, set: Set) -> String {
    let shown = match sign {
        'Σ' => "∑",
        '<' => "&lt;",
        '>' => "&gt;",
        _ => return plain_operator(sign, space, first),
    };
    match (sign, set) {
        ('Σ', Set::InText) => format!("<mo largeop=\"false\">{shown}</mo>"),
        _ => format!("<mo>{shown}</mo>"),
    }
}

fn plain_operator(sign: char, space: usize, first: bool) -> String {
    match sign {
        '∂' => "<mo lspace=\"0\" rspace=\"0\">∂</mo>".to_string(),
        '·' if space == 0 => "<mo lspace=\"0.1em\" rspace=\"0.1em\">·</mo>".to_string(),
        '+' | '−' | '±' if !first => format!("<mo form=\"infix\">{sign}</mo>"),
        sign => format!("<mo>{sign}</mo>"),
    }
}

/// Spaces at the ends of a text would be left out.
fn spaced(text: &str) -> String {
    format!("\u{a0}{text}\u{a0}")
}

/// About how wide nodes are when they stand apart, in ems.
pub(super) fn width(nodes: &[Node]) -> f64 {
    let letters = |text: &str| 0.5 * text.chars().count() as f64;
    let one = |node: &Node| match node {
        Node::Number(text) | Node::Live(text) | Node::Text(text) => letters(text),
        Node::Name(name) => letters(&name.letters) + 0.7 * letters(&name.below),
        Node::Sign('·' | ',' | '∂', _) => 0.5,
        Node::Sign(..) => 1.2,
        Node::Row(row) => width(row),
        Node::Group(_, inner, _) => 0.8 + width(inner),
        Node::Fraction(over, under) => width(std::slice::from_ref(over)).max(width(std::slice::from_ref(under))) + 0.2,
        Node::Raised(base, above) => width(std::slice::from_ref(base)) + 0.7 * width(std::slice::from_ref(above)),
        Node::Root(inner) => 0.8 + width(std::slice::from_ref(inner)),
        Node::Of(function, of) => width(std::slice::from_ref(function)) + width(std::slice::from_ref(of)),
    };
    nodes.iter().map(one).sum()
}
