//! Formulas as they are written, `∂L/∂w = −2 · Σ (y − ŷ)·x`, as MathML.
//!
//! What is a formula is found out by reading it: words, tables and programs cannot be read as one, and stay text.

mod lines;
mod mathml;
mod parse;
#[cfg(test)]
mod tests;
mod words;

pub(crate) use lines::lines;

use mathml::Set;
use maud::{Markup, PreEscaped, html};
use parse::{Node, relates};

/// Who wrote a formula.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// An author: `w·x − b`. What has a `*` or a `-` is a program, and stays one.
    Printed,
    /// Someone at a keyboard: `w*x - b`.
    Typed,
}

/// Longer than this, a formula may go on in the next line of its text.
const LONG: usize = 24;

/// Wider than this, in ems, so does a function of a sum.
const WIDE: f64 = 12.0;

/// A formula within text, in pieces between which a line may end; none where the text is no formula.
///
/// A lone number is one, and a lone name if it is a letter: `w1` is, `rate` is a word.
pub(crate) fn in_text(text: &str, written: Written) -> Option<String> {
    let nodes = parse::parse(&words::words(text, written)?)?;
    let symbol = match nodes.as_slice() {
        [Node::Name(name)] => name.is_symbol(),
        [Node::Number(_) | Node::Live(_)] => true,
        _ => false,
    };
    (symbol || is_formula(&nodes)).then(|| match text.chars().count() > LONG {
        true => pieces(&nodes),
        false => math(&mathml::nodes(&nodes, Set::InText)),
    })
}

/// A formula within text, or the text as it is.
pub(crate) fn formula(text: &str) -> Markup {
    html! {
        @match in_text(text, Written::Typed) {
            Some(math) => { (PreEscaped(math)) }
            None => { code { (PreEscaped(crate::prose::shown(&html! { (text) }.into_string()))) } }
        }
    }
}

/// What something is called, as formulas have it.
pub(crate) fn name(text: &str) -> Markup {
    html! {
        @match in_text(text, Written::Printed) {
            Some(math) => { (PreEscaped(math)) }
            None => { var { (text) } }
        }
    }
}

fn math(inner: &str) -> String {
    format!("<math>{inner}</math>")
}

/// A piece for each term and each side of an equation: MathML itself does not go on in the next line.
fn pieces(nodes: &[Node]) -> String {
    let mut text = String::new();
    let mut from = 0;
    for (turn, node) in nodes.iter().enumerate() {
        let ends = match node {
            Node::Sign(sign, _) => relates(*sign) || "+−±".contains(*sign),
            _ => false,
        };
        if ends && turn > from {
            text.push_str(&piece(&nodes[from..turn], from > 0));
            from = turn;
        }
    }
    text + &piece(&nodes[from..], from > 0)
}

/// A piece, or several where it is a function of a long sum, such as a neuron with many weights.
fn piece(nodes: &[Node], goes_on: bool) -> String {
    let (last, before) = match nodes.split_last() {
        Some((Node::Of(function, of), before)) if mathml::width(nodes) > WIDE => ((function, &**of), before),
        _ => return math(&mathml::going_on(nodes, goes_on)),
    };
    let (function, Node::Group('(', inner, _)) = last else {
        return math(&mathml::going_on(nodes, goes_on));
    };
    let head = mathml::going_on(before, goes_on) + &mathml::nodes(std::slice::from_ref(function), Set::InText);
    math(&(head + "<mo form=\"prefix\">(</mo>")) + &pieces(inner) + &math("<mo form=\"postfix\">)</mo>")
}

/// Whether something is said in it, rather than only named or counted.
fn is_formula(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| match node {
        Node::Sign(sign, _) => !",:".contains(*sign),
        Node::Row(row) => is_formula(row),
        Node::Group(_, inner, _) => is_formula(inner),
        Node::Fraction(..) | Node::Raised(..) | Node::Root(_) | Node::Of(..) => true,
        Node::Number(_) | Node::Live(_) | Node::Name(_) | Node::Text(_) => false,
    })
}
