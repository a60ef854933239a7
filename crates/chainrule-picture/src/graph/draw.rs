//! Drawing a laid-out graph: records, operations, edges.

use super::Node;
use super::collapse::{Block, Blocks, Content, summary_lines};
use super::placed::{MARGIN, OP, Placed, Size, Spot};
use super::words::{data_text, describe, gradient_mean, gradient_text, tooltip};
use crate::number::typographic;
use crate::picture::Picture;
use crate::svg::{Svg, shorten, text_width};

pub(crate) const RULES: &str = "\
.cr-graph .cr-box{fill:$card;stroke:$edge}
.cr-graph .cr-constant .cr-box,.cr-graph .cr-summary .cr-box{stroke-dasharray:4 3}
.cr-graph .cr-faulty .cr-box,.cr-graph .cr-faulty .cr-op{stroke:$fault;stroke-width:2px}
.cr-graph .cr-rule{fill:none;stroke:$edge;stroke-opacity:.45}
.cr-graph .cr-edge{fill:none;stroke:$edge;stroke-width:1.25px}
.cr-graph .cr-head{fill:$edge}
.cr-graph .cr-op{fill:$ground;stroke:$ink;stroke-width:1.25px}
.cr-graph .cr-name{font-weight:600}
.cr-graph .cr-positive{fill:$positive}
.cr-graph .cr-negative{fill:$negative}
";

pub(super) const LINE: f64 = 19.0;

/// A box with its texts and sizes, before it has a place.
struct Card<'a> {
    block: &'a Block<'a>,
    name: String,
    /// Label and number of each line, such as `data` and `2.0000`.
    lines: Vec<(&'static str, String)>,
    /// The fault, broken into at most two lines.
    fault: Vec<String>,
    op: Option<String>,
    size: Size,
}

pub(super) fn picture(blocks: &Blocks, title: Option<&str>) -> Picture {
    let cards: Vec<Card> = blocks.blocks.iter().map(Card::new).collect();
    let arguments: Vec<&[usize]> = blocks.blocks.iter().map(|block| block.arguments.as_slice()).collect();
    let head = if title.is_some() { 44.0 } else { MARGIN };
    let sizes: Vec<Size> = cards.iter().map(|card| card.size).collect();
    let placed = Placed::new(sizes, &arguments, head);

    let mut svg = Svg::new();
    if let Some(title) = title {
        svg.label("cr-title", MARGIN, 28.0, &shorten(title, 100));
    }
    placed.draw_edges(&mut svg);
    let largest = cards
        .iter()
        .filter_map(|card| gradient_mean(card.node()?))
        .fold(0.0, |m: f64, g| m.max(g.abs()));
    for (card, spot) in cards.iter().zip(&placed.spots) {
        card.draw(&mut svg, spot, largest);
    }

    let (mut width, mut bottom) = placed.extent();
    let key = if largest > 0.0 && largest.is_finite() { 1 } else { 0 };
    if key > 0 {
        draw_key(&mut svg, bottom + 8.0);
        bottom += 26.0;
        width = width.max(250.0);
    }
    let mut notes = blocks.remarks.clone();
    if blocks.blocks.is_empty() {
        notes.push("No values.".to_string());
    }
    for note in &notes {
        svg.label("cr-small cr-muted", MARGIN, bottom + 6.0, note);
        bottom += 20.0;
        width = width.max(text_width(note, 11.0) + 2.0 * MARGIN);
    }
    if let Some(title) = title {
        width = width.max(text_width(&shorten(title, 100), 16.5) + 2.0 * MARGIN);
    }
    let name = title.unwrap_or("Computation graph");
    Picture::new("graph", name, &describe(blocks), (width, bottom), RULES, &svg.finish())
}

impl<'a> Card<'a> {
    fn new(block: &'a Block<'a>) -> Card<'a> {
        let mut card = Card {
            block,
            name: String::new(),
            lines: Vec::new(),
            fault: Vec::new(),
            op: None,
            size: Size::default(),
        };
        match &block.content {
            Content::Value(node) => {
                card.name = node.name.as_deref().map(|name| shorten(name, 18)).unwrap_or_default();
                card.lines.push(("data", typographic(&data_text(node))));
                card.lines
                    .extend(gradient_text(node).map(|text| ("grad", typographic(&text))));
                card.fault = node
                    .fault
                    .as_deref()
                    .map(|fault| two_lines(&format!("fault: {fault}"), 34))
                    .unwrap_or_default();
                card.op = node.op.as_deref().map(|op| shorten(op, 14));
            }
            Content::Summary {
                count,
                operations,
                faults,
            } => {
                let (first, second) = summary_lines(*count, operations, *faults);
                card.lines = vec![("", first), ("", shorten(&second, 44))];
            }
        }
        let line_width = |line: &(&str, String)| {
            let label = if line.0.is_empty() { 0.0 } else { 38.0 };
            label + text_width(&line.1, 12.0)
        };
        let body = card.lines.iter().map(line_width).fold(0.0, f64::max) + 20.0;
        let fault = card
            .fault
            .iter()
            .map(|line| text_width(line, 11.0) + 20.0)
            .fold(0.0, f64::max);
        card.size.width = (card.name_width() + body).max(fault);
        card.size.height = LINE * card.lines.len() as f64 + 6.0 + 16.0 * card.fault.len() as f64;
        if matches!(block.content, Content::Summary { .. }) {
            // Room for the arrowheads of everything that flows in.
            card.size.height = card
                .size
                .height
                .max((8.0 * block.arguments.len() as f64 + 10.0).min(160.0));
        }
        card.size.op_width = card
            .op
            .as_deref()
            .map_or(0.0, |op| (text_width(op, 12.0) + 12.0).max(OP));
        card
    }

    fn node(&self) -> Option<&'a Node> {
        match self.block.content {
            Content::Value(node) => Some(node),
            Content::Summary { .. } => None,
        }
    }

    fn name_width(&self) -> f64 {
        if self.name.is_empty() {
            0.0
        } else {
            text_width(&self.name, 13.0) + 18.0
        }
    }

    fn draw(&self, svg: &mut Svg, spot: &Spot, largest: f64) {
        let node = self.node();
        let class = match node {
            None => "cr-summary",
            Some(node) if node.fault.is_some() => "cr-faulty",
            Some(node) if node.constant => "cr-constant",
            Some(_) => "cr-value",
        };
        let group = svg.element("g").class(class);
        match node {
            Some(node) => group.attribute("data-node", &node.id.to_string()).open(),
            None => group.open(),
        }
        svg.tooltip(&tooltip(self.block));
        let top = spot.middle - self.size.height / 2.0;
        let frame = |svg: &mut Svg, class: &str, shift: f64| {
            let rect = svg
                .element("rect")
                .class(class)
                .number("x", spot.left + shift)
                .number("y", top + shift);
            rect.number("width", spot.right - spot.left)
                .number("height", self.size.height)
                .number("rx", 5.0)
                .end();
        };
        if node.is_none() {
            frame(svg, "cr-box", 4.0);
        }
        frame(svg, "cr-box", 0.0);
        let body = spot.left + self.name_width();
        if !self.name.is_empty() {
            let bottom = top + LINE * self.lines.len() as f64 + 6.0;
            svg.line("cr-rule", (body, top), (body, bottom));
            let middle = (spot.left + body) / 2.0;
            svg.label("cr-name cr-middle", middle, (top + bottom) / 2.0 + 4.3, &self.name);
        }
        for (place, (label, text)) in self.lines.iter().enumerate() {
            let line_top = top + 3.0 + place as f64 * LINE;
            if *label == "grad" {
                self.draw_tint(svg, body, spot.right, line_top, largest);
            }
            let baseline = line_top + 13.6;
            if label.is_empty() {
                let baseline = baseline + (self.size.height - LINE * self.lines.len() as f64 - 6.0) / 2.0;
                let class = if place == 0 { "cr-name" } else { "cr-small cr-muted" };
                svg.label(class, body + 10.0, baseline, text);
                continue;
            }
            let wrong = text.contains("NaN") || text.contains("inf");
            svg.label("cr-small cr-muted", body + 10.0, baseline, label);
            svg.label(
                if wrong { "cr-end cr-wrong" } else { "cr-end" },
                spot.right - 10.0,
                baseline,
                text,
            );
        }
        for (place, line) in self.fault.iter().rev().enumerate() {
            svg.label(
                "cr-small cr-wrong",
                spot.left + 10.0,
                top + self.size.height - 7.5 - 16.0 * place as f64,
                line,
            );
        }
        if let Some(op) = &self.op {
            let y = spot.middle;
            let rect = svg
                .element("rect")
                .class("cr-op")
                .number("x", spot.entry)
                .number("y", y - OP / 2.0);
            rect.number("width", self.size.op_width)
                .number("height", OP)
                .number("rx", OP / 2.0)
                .end();
            svg.label("cr-middle", spot.entry + self.size.op_width / 2.0, y + 4.2, op);
        }
        svg.close();
    }

    /// A wash behind the gradient: its color the sign, its strength the size beside the largest in the picture.
    fn draw_tint(&self, svg: &mut Svg, left: f64, right: f64, top: f64, largest: f64) {
        let Some(gradient) = self.node().and_then(gradient_mean) else {
            return;
        };
        if gradient == 0.0 || !gradient.is_finite() || !(largest > 0.0 && largest.is_finite()) {
            return;
        }
        let strength = 0.06 + 0.26 * (gradient.abs() / largest).sqrt();
        let class = if gradient > 0.0 { "cr-positive" } else { "cr-negative" };
        let rect = svg
            .element("rect")
            .class(class)
            .number("x", left + 4.0)
            .number("y", top + 1.0);
        rect.number("width", right - left - 8.0)
            .number("height", LINE - 2.0)
            .number("rx", 3.0)
            .ratio("fill-opacity", strength)
            .end();
    }
}

/// Text broken at a space into two lines; what does not fit is cut.
fn two_lines(text: &str, length: usize) -> Vec<String> {
    if text.chars().count() <= length {
        return vec![shorten(text, length)];
    }
    let end = text.char_indices().nth(length + 1).map_or(text.len(), |(end, _)| end);
    let break_at = text[..end].rfind(' ').filter(|at| *at > 0).unwrap_or(end);
    vec![
        shorten(&text[..break_at], length),
        shorten(text[break_at..].trim_start(), length),
    ]
}

pub(super) fn draw_key(svg: &mut Svg, y: f64) {
    let mut x = MARGIN;
    for (class, text) in [
        ("cr-positive", "positive gradient"),
        ("cr-negative", "negative gradient"),
    ] {
        let swatch = svg
            .element("rect")
            .class(class)
            .number("x", x)
            .number("y", y - 9.0)
            .number("width", 14.0);
        swatch
            .number("height", 10.0)
            .number("rx", 2.0)
            .ratio("fill-opacity", 0.32)
            .end();
        svg.label("cr-small cr-muted", x + 20.0, y, text);
        x += 34.0 + text_width(text, 11.0);
    }
}
