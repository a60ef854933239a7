//! Formulas in lines of their own, with what belongs below each other below each other.

use maud::html;

use super::{
    Written, is_formula,
    mathml::{self, Set},
    parse::{self, Node, relates},
    words::words,
};
use crate::prose::shown;

/// What stands between wide spaces of a line.
enum Piece {
    Formula(Vec<Node>),
    /// Such as `(the error)`.
    Remark(String),
}

/// So many ems fit beside a picture.
const WIDEST: f64 = 26.0;

/// Lines of formulas as one element; none where less than a quarter of them are formulas.
///
/// Wide space divides a line into pieces that stand in columns, and wide space before a second `=` says that these stand below each
/// other. A line that begins with `=` goes on with the one before it.
pub(crate) fn lines(text: &str, written: Written) -> Option<String> {
    let lines: Vec<Vec<Piece>> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| divided(line).into_iter().map(|piece| read(piece, written)).collect())
        .collect();
    let said = |line: &&Vec<Piece>| {
        line.iter()
            .any(|piece| matches!(piece, Piece::Formula(nodes) if is_formula(nodes)))
    };
    let formulas = lines.iter().filter(said).count();
    (formulas > 0 && formulas * 4 >= lines.len()).then(|| set(&stacked(lines)))
}

/// The pieces of wide lines below each other, in two columns if these fit, where nothing says what they have to do with each
/// other.
fn stacked(lines: Vec<Vec<Piece>>) -> Vec<Vec<Piece>> {
    let mut pieces = lines.iter().flatten();
    let free = pieces.all(|piece| match piece {
        Piece::Formula(nodes) => {
            !matches!(nodes.last(), Some(Node::Sign(':', _))) && !matches!(nodes.first(), Some(Node::Text(_)))
        }
        Piece::Remark(_) => false,
    });
    let width = |piece: &Piece| match piece {
        Piece::Formula(nodes) => mathml::width(nodes),
        Piece::Remark(_) => 0.0,
    };
    let fits = |line: &Vec<Piece>| line.iter().map(width).sum::<f64>() + 2.0 * (line.len() as f64 - 1.0) <= WIDEST;
    if !free || lines.iter().all(fits) {
        return lines;
    }
    let pieces: Vec<Piece> = lines.into_iter().flatten().collect();
    let two = pieces.iter().all(|piece| width(piece) <= WIDEST / 2.0 - 1.0) && pieces.len() > 3;
    let rows = if two { pieces.len().div_ceil(2) } else { pieces.len() };
    let mut stacked: Vec<Vec<Piece>> = vec![];
    for (turn, piece) in pieces.into_iter().enumerate() {
        match stacked.get_mut(turn % rows) {
            Some(line) => line.push(piece),
            None => stacked.push(vec![piece]),
        }
    }
    stacked
}

/// A line cut at wide space, except around signs, where it only makes room.
fn divided(line: &str) -> Vec<&str> {
    let signs = "=≈≠<>≤≥←→+−±·×÷/";
    let (mut pieces, mut from) = (vec![], 0);
    let line = line.trim();
    let mut at = 0;
    while let Some(found) = line[at..].find("  ") {
        let start = at + found;
        let rest = &line[start..];
        let end = start + rest.len() - rest.trim_start().len();
        let after_sign = line[..start].ends_with(|sign| signs.contains(sign));
        let mut next = line[end..].chars();
        let before_sign = next.next().is_some_and(|sign| signs.contains(sign)) && next.next() == Some(' ');
        let label = line[..start].ends_with(':');
        if !after_sign && !before_sign || label {
            pieces.push(&line[from..start]);
            from = end;
        }
        at = end;
    }
    pieces.push(&line[from..]);
    pieces
}

fn read(piece: &str, written: Written) -> Piece {
    let nodes = words(piece, written).and_then(|words| parse::parse(&words));
    // A word alone is a word: `model`. A letter, a number or both with a colon are not.
    let is_word = |nodes: &[Node]| {
        nodes
            .iter()
            .any(|node| matches!(node, Node::Name(name) if !name.is_symbol()))
    };
    match nodes {
        Some(nodes) if is_formula(&nodes) || !is_word(&nodes) => Piece::Formula(nodes),
        _ => Piece::Remark(piece.to_string()),
    }
}

/// The cells of a piece: what is left of the first `=`, and what begins with each of them.
fn cells(nodes: &[Node], second: bool) -> Vec<&[Node]> {
    let mut cells = vec![];
    let mut from = 0;
    for (turn, node) in nodes.iter().enumerate() {
        // Behind a word, such as `for`, an `=` is not one of the line's.
        if matches!(node, Node::Text(_)) && turn > 0 {
            break;
        }
        let ends = matches!(node, Node::Sign(sign, _) if relates(*sign));
        if ends && (cells.is_empty() || second) {
            cells.push(&nodes[from..turn]);
            from = turn;
        }
    }
    cells.push(&nodes[from..]);
    cells
}

/// Whether wide space before the second `=` says that it stands below others.
fn aligned(piece: &Piece) -> bool {
    let Piece::Formula(nodes) = piece else { return false };
    let mut relations = nodes.iter().filter_map(|node| match node {
        Node::Sign(sign, space) if relates(*sign) => Some(*space),
        _ => None,
    });
    relations.nth(1).is_some_and(|space| space > 1)
}

fn set(lines: &[Vec<Piece>]) -> String {
    let columns = lines.iter().map(Vec::len).max().unwrap_or(0);
    // How many cells each column of pieces has, and whether its second `=` stand below each other.
    let shape: Vec<(usize, bool)> = (0..columns)
        .map(|column| {
            let pieces = || lines.iter().filter_map(|line| line.get(column));
            let second = pieces().any(aligned);
            let widest = pieces().map(|piece| match piece {
                Piece::Formula(nodes) => cells(nodes, second).len(),
                Piece::Remark(_) => 1,
            });
            (widest.max().unwrap_or(1), second)
        })
        .collect();
    let all: usize = shape.iter().map(|(width, _)| width).sum();
    let mut rows = String::new();
    for line in lines {
        rows.push_str("<mtr>");
        for (column, (piece, (width, second))) in line.iter().zip(&shape).enumerate() {
            // A line of words only is as wide as it needs to be.
            let width = if line.len() == 1 && matches!(piece, Piece::Remark(_)) {
                all
            } else {
                *width
            };
            rows.push_str(&piece_cells(piece, width, *second, column > 0));
        }
        rows.push_str("</mtr>");
    }
    format!(
        "<div class=\"math\" tabindex=\"0\" role=\"group\" aria-label=\"Formula\"><math display=\"block\"><mtable \
         displaystyle=\"true\">{rows}</mtable></math></div>"
    )
}

/// The cells of a piece in a column of so many.
fn piece_cells(piece: &Piece, width: usize, second: bool, apart: bool) -> String {
    let cell = |class: &str, span: usize, inner: &str| {
        let class = match (class, apart) {
            ("", false) => String::new(),
            (class, false) => format!(" class=\"{class}\""),
            ("", true) => " class=\"apart\"".to_string(),
            (class, true) => format!(" class=\"{class} apart\""),
        };
        let span = if span > 1 {
            format!(" columnspan=\"{span}\"")
        } else {
            String::new()
        };
        format!("<mtd{class}{span}>{inner}</mtd>")
    };
    let nodes = match piece {
        Piece::Formula(nodes) => nodes,
        Piece::Remark(text) => {
            let text = shown(&html! { (text) }.into_string());
            return cell(
                "",
                width,
                &format!("<mtext class=\"remark\"><span>{text}</span></mtext>"),
            );
        }
    };
    let cells = cells(nodes, second);
    let last = cells.len() - 1;
    let mut text = String::new();
    for (turn, nodes) in cells.iter().enumerate() {
        let span = if turn == last { width - last } else { 1 };
        let inner = mathml::nodes(nodes, Set::Apart);
        text.push_str(&match turn {
            0 if last > 0 => cell("left", span, &inner),
            0 => cell("", span, &inner),
            // Only the first cell of a piece keeps its distance from the piece before it.
            _ => {
                let span = if span > 1 {
                    format!(" columnspan=\"{span}\"")
                } else {
                    String::new()
                };
                format!("<mtd{span}>{inner}</mtd>")
            }
        });
    }
    text
}
