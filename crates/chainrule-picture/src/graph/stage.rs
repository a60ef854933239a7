//! A graph that is laid out once and then shown at one moment after the other of its computation.

use super::draw::{LINE, draw_key};
use super::placed::{MARGIN, OP, Placed, Size};
use crate::number::{self, typographic};
use crate::picture::Picture;
use crate::svg::{Svg, shorten, text_width};

// What waits is fainter by the opacity of its strokes and letters: that of a group would be a layer of its own for each box.
pub(crate) const RULES: &str = "\
.cr-graph .cr-tag{font-size:9.5px}
.cr-graph .cr-waiting text{fill-opacity:.5}
.cr-graph .cr-waiting .cr-box,.cr-graph .cr-waiting .cr-op,.cr-graph .cr-waiting .cr-rule{stroke-opacity:.4}
.cr-graph .cr-flow{fill:none;stroke:$green;stroke-width:3px}
.cr-graph .cr-flow.cr-back{stroke:$purple}
.cr-graph .cr-way{fill:none;stroke:$sky;stroke-width:7px;stroke-opacity:.5;stroke-linejoin:round}
.cr-graph .cr-now .cr-box,.cr-graph .cr-now .cr-op{stroke:$green;stroke-width:2.5px}
.cr-graph .cr-now.cr-back .cr-box,.cr-graph .cr-now.cr-back .cr-op{stroke:$purple}
.cr-graph .cr-chosen .cr-box{stroke:$sky;stroke-width:3.5px}
.cr-graph .cr-many .cr-box{stroke-dasharray:4 3}
";

/// The rules of what can be pressed and dragged, which only pages have.
pub(crate) const PRESSED: &str = "\
.cr-graph [data-pick]{cursor:pointer;outline:none}
.cr-graph [data-pick]:hover .cr-box{stroke:$ink}
.cr-graph [data-pick]:focus-visible .cr-box{stroke:$ink;stroke-width:3.5px}
.cr-graph .cr-knob{cursor:ew-resize;touch-action:none}
.cr-graph .cr-knob rect{fill:transparent;stroke:$edge;stroke-dasharray:2 2}
.cr-graph .cr-knob:hover rect{stroke:$ink}
";

/// Room for a number; longer ones are written shorter.
const DIGITS: usize = 9;
/// How wide a number's line is, label included.
const NUMBER: f64 = 38.0 + DIGITS as f64 * 0.62 * 12.0 + 20.0;

/// What a box of a [`Stage`] stands for, whatever its numbers are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Card {
    /// What a page is told when the box is chosen: its `data-pick`.
    pub pick: String,
    /// Its name, if any.
    pub name: Option<String>,
    /// What text calls it where it has no name, such as `#5`: written small above it.
    pub tag: Option<String>,
    /// The operation that makes it, such as `×`; none for leaves.
    pub op: Option<String>,
    /// Whether it is a number that no gradient flows to.
    pub constant: bool,
    /// For a box that stands for many values: how many, in words.
    pub many: Option<String>,
    /// Whether several of them are results: then its numbers are the largest by size.
    pub largest: bool,
    /// The cards it is made from, all of them earlier ones; one that is used twice stands here twice.
    pub arguments: Vec<usize>,
    /// Which number a drag of its data moves, as in [`Handle`](crate::Handle): `w:x:0.02`.
    pub drag: Option<String>,
}

/// What a box shows at a moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// Its value, once it has been computed.
    pub data: Option<f64>,
    /// Its gradient so far, once there is one.
    pub gradient: Option<f64>,
    /// Whether nothing has been computed of it yet.
    pub waiting: bool,
    /// Whether it is being computed, or passes its gradient on.
    pub now: bool,
    /// Whether the reader has chosen it.
    pub chosen: bool,
    /// What there is to say about it: its tooltip, and what a screen reader says.
    pub told: String,
}

/// A moment of the computation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moment {
    /// The state of each card.
    pub states: Vec<State>,
    /// Along which edges something flows now, each as (argument, user).
    pub flow: Vec<(usize, usize)>,
    /// Whether it flows back.
    pub backward: bool,
    /// Edges that are marked for the reader, such as those of a path.
    pub way: Vec<(usize, usize)>,
    /// The size of a gradient that is tinted most strongly.
    pub largest: f64,
}

/// A graph with a place for everything, which no number moves: what changes from one moment to the next are single
/// elements.
///
/// ```
/// use chainrule_picture::graph::{Card, Moment, Stage, State};
///
/// let leaf = Card { name: Some("a".into()), ..Card::default() };
/// let square = Card { op: Some("x²".into()), arguments: vec![0], ..Card::default() };
/// let stage = Stage::new("y = a²", vec![leaf, square]);
/// let at = |data| State { data, ..State::default() };
/// let before = stage.pieces(&Moment { states: vec![at(Some(3.0)), at(None)], ..Moment::default() });
/// let after = stage.pieces(&Moment { states: vec![at(Some(3.0)), at(Some(9.0))], ..Moment::default() });
/// assert_eq!(before.iter().zip(&after).filter(|(before, after)| before != after).count(), 1);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    title: String,
    cards: Vec<Card>,
    placed: Placed,
    /// Lines and heads of all edges, which never change.
    edges: Vec<String>,
    width: f64,
    height: f64,
}

impl Stage {
    /// Lays out these cards. Arguments that are not earlier cards are left out.
    pub fn new(title: impl Into<String>, mut cards: Vec<Card>) -> Stage {
        for (place, card) in cards.iter_mut().enumerate() {
            card.arguments.retain(|argument| *argument < place);
        }
        let sizes = cards.iter().map(size).collect();
        let arguments: Vec<&[usize]> = cards.iter().map(|card| card.arguments.as_slice()).collect();
        let placed = Placed::new(sizes, &arguments, MARGIN);
        let mut svg = Svg::new();
        placed.draw_edges(&mut svg);
        let edges = svg.finish();
        let (width, height) = placed.extent();
        Stage {
            title: title.into(),
            cards,
            edges: edges.lines().map(String::from).collect(),
            width: width.max(250.0),
            height: height + 26.0,
            placed,
        }
    }

    /// What the drawing is called.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Its cards, in the order in which they were given.
    pub fn cards(&self) -> &[Card] {
        &self.cards
    }

    /// Width and height in pixels, which are also the units of the `viewBox`.
    pub fn size(&self) -> (f64, f64) {
        (self.width, self.height)
    }

    /// The moment as elements of an `<svg class="chainrule-picture cr-graph">`, from back to front: always as many, and each
    /// at its place. Boxes can be chosen (`data-pick`), leaves dragged (`data-drag`).
    pub fn pieces(&self, moment: &Moment) -> Vec<String> {
        self.drawn(moment, true)
    }

    /// The moment as a picture of its own, to keep.
    pub fn picture(&self, moment: &Moment) -> Picture {
        let body = self.drawn(moment, false).concat();
        let told = moment
            .states
            .iter()
            .zip(&self.cards)
            .filter(|(state, _)| !state.waiting);
        let told: Vec<String> = told.take(40).map(|(state, _)| state.told.replace('\n', ", ")).collect();
        let description = format!(
            "Computation graph in {} boxes. {}",
            number::count(self.cards.len()),
            told.join(". ")
        );
        let rules = [super::RULES, RULES].concat();
        let size = (self.width, self.height);
        Picture::new("graph", &self.title, &description, size, &rules, &body)
    }

    fn drawn(&self, moment: &Moment, live: bool) -> Vec<String> {
        let mut pieces = Vec::with_capacity(self.cards.len() + 5);
        let marked = |class: &str, edges: &[(usize, usize)]| {
            let mut svg = Svg::new();
            svg.element("path").class(class).path(&self.placed.routes(edges)).end();
            svg.finish()
        };
        pieces.push(marked("cr-way", &moment.way));
        pieces.extend(self.edges.iter().cloned());
        let flow = if moment.backward { "cr-flow cr-back" } else { "cr-flow" };
        pieces.push(marked(flow, &moment.flow));
        let unknown = State {
            waiting: true,
            ..State::default()
        };
        for place in 0..self.cards.len() {
            let state = moment.states.get(place).unwrap_or(&unknown);
            pieces.push(self.draw_card(place, state, moment, live));
        }
        let mut svg = Svg::new();
        svg.element("g").class("cr-key").open();
        draw_key(&mut svg, self.height - 26.0);
        svg.close();
        pieces.push(svg.finish());
        for piece in &mut pieces {
            piece.truncate(piece.trim_end().len());
        }
        pieces
    }

    fn draw_card(&self, place: usize, state: &State, moment: &Moment, live: bool) -> String {
        let (card, spot) = (&self.cards[place], &self.placed.spots[place]);
        let size = size(card);
        let mut class = match (&card.many, card.constant) {
            (Some(_), _) => "cr-many",
            (None, true) => "cr-constant",
            (None, false) => "cr-value",
        }
        .to_string();
        for (is, name) in [
            (state.waiting, " cr-waiting"),
            (state.now, " cr-now"),
            (state.now && moment.backward, " cr-back"),
            (state.chosen, " cr-chosen"),
        ] {
            if is {
                class.push_str(name);
            }
        }
        let mut svg = Svg::new();
        let group = svg.element("g").class(&class);
        match live && !card.pick.is_empty() {
            true => group
                .attribute("data-pick", &card.pick)
                .attribute("tabindex", "0")
                .attribute("role", "button")
                .attribute("aria-label", &state.told.replace('\n', ", "))
                .open(),
            false => group.open(),
        }
        svg.tooltip(&state.told);
        let top = spot.middle - size.height / 2.0;
        svg.element("rect")
            .class("cr-box")
            .number("x", spot.left)
            .number("y", top)
            .number("width", spot.right - spot.left)
            .number("height", size.height)
            .number("rx", 5.0)
            .end();
        if let Some(tag) = &card.tag {
            svg.label("cr-tag cr-muted cr-end", spot.right - 2.0, top - 3.0, &shorten(tag, 12));
        }
        let body = spot.left + name_width(card);
        if let Some(name) = &card.name {
            svg.line("cr-rule", (body, top), (body, top + size.height));
            let middle = (spot.left + body) / 2.0;
            svg.label("cr-name cr-middle", middle, spot.middle + 4.3, &shorten(name, 24));
        }
        let mut line_top = top + 3.0;
        let lines = match card.largest {
            true => [("max. data", state.data, false), ("max. grad", state.gradient, true)],
            false => [("data", state.data, false), ("grad", state.gradient, true)],
        };
        for (label, number, is_gradient) in lines {
            let number = number.filter(|_| !(is_gradient && card.constant));
            if is_gradient && let Some(gradient) = number {
                draw_tint(&mut svg, body, spot.right, line_top, gradient, moment.largest);
            }
            let text = number.map_or("–".to_string(), fitted);
            let wrong = number.is_some_and(|number| !number.is_finite());
            svg.label("cr-small cr-muted", body + 10.0, line_top + 13.6, label);
            let class = if wrong { "cr-end cr-wrong" } else { "cr-end" };
            svg.label(class, spot.right - 10.0, line_top + 13.6, &text);
            if let (false, true, Some(drag)) = (is_gradient, live, &card.drag) {
                let knob = svg.element("g").class("cr-knob");
                knob.attribute("data-drag", drag).open();
                svg.element("rect")
                    .number("x", body + 4.0)
                    .number("y", line_top)
                    .number("width", spot.right - body - 8.0)
                    .number("height", LINE - 1.0)
                    .number("rx", 3.0)
                    .end();
                svg.close();
            }
            line_top += LINE;
        }
        if let Some(many) = &card.many {
            svg.label("cr-small cr-muted", body + 10.0, line_top + 13.6, many);
        }
        if let Some(op) = &card.op {
            svg.element("rect")
                .class("cr-op")
                .number("x", spot.entry)
                .number("y", spot.middle - OP / 2.0)
                .number("width", size.op_width)
                .number("height", OP)
                .number("rx", OP / 2.0)
                .end();
            let middle = spot.entry + size.op_width / 2.0;
            svg.label("cr-middle", middle, spot.middle + 4.2, &shorten(op, 14));
        }
        svg.close();
        svg.finish()
    }
}

/// How large a card is: its numbers do not count.
fn size(card: &Card) -> Size {
    let many = card.many.as_deref().map_or(0.0, |many| text_width(many, 11.0) + 20.0);
    let lines = if card.many.is_some() { 3.0 } else { 2.0 };
    let height = LINE * lines + 6.0;
    Size {
        width: name_width(card) + many.max(NUMBER + if card.largest { 28.0 } else { 0.0 }),
        // Room for the arrowheads of everything that flows in.
        height: match card.op {
            Some(_) => height,
            None => height.max((8.0 * card.arguments.len() as f64 + 10.0).min(160.0)),
        },
        op_width: card
            .op
            .as_deref()
            .map_or(0.0, |op| (text_width(&shorten(op, 14), 12.0) + 12.0).max(OP)),
    }
}

fn name_width(card: &Card) -> f64 {
    let name = card.name.as_deref();
    name.map_or(0.0, |name| text_width(&shorten(name, 24), 13.0) + 18.0)
}

/// A number that fits into its line.
fn fitted(number: f64) -> String {
    let text = number::decimals(number);
    let text = if text.chars().count() > DIGITS {
        number::brief(number)
    } else {
        text
    };
    typographic(&text)
}

/// A wash behind the gradient: its color the sign, its strength the size beside the largest.
fn draw_tint(svg: &mut Svg, left: f64, right: f64, top: f64, gradient: f64, largest: f64) {
    if gradient == 0.0 || !gradient.is_finite() || !(largest > 0.0 && largest.is_finite()) {
        return;
    }
    let strength = 0.06 + 0.26 * (gradient.abs() / largest).min(1.0).sqrt();
    let class = if gradient > 0.0 { "cr-positive" } else { "cr-negative" };
    svg.element("rect")
        .class(class)
        .number("x", left + 4.0)
        .number("y", top + 1.0)
        .number("width", right - left - 8.0)
        .number("height", LINE - 2.0)
        .number("rx", 3.0)
        .ratio("fill-opacity", strength)
        .end();
}

#[cfg(test)]
mod tests {
    use super::*;

    /// a, b, a·b, (a·b) + a.
    fn stage() -> Stage {
        let leaf = |name: &str| Card {
            pick: name.to_string(),
            name: Some(name.to_string()),
            drag: Some(format!("{name}:x:0.1")),
            ..Card::default()
        };
        let made = |op: &str, arguments: &[usize]| Card {
            op: Some(op.to_string()),
            arguments: arguments.to_vec(),
            ..Card::default()
        };
        Stage::new(
            "L",
            vec![leaf("a"), leaf("b"), made("×", &[0, 1]), made("+", &[2, 0, 9])],
        )
    }

    fn moment(datas: [Option<f64>; 4]) -> Moment {
        Moment {
            states: datas
                .map(|data| State {
                    data,
                    ..State::default()
                })
                .to_vec(),
            largest: 1.0,
            ..Moment::default()
        }
    }

    #[test]
    fn no_number_moves_a_box() {
        let stage = stage();
        let small = stage.pieces(&moment([Some(1.0), Some(2.0), None, None]));
        let large = stage.pieces(&moment([Some(-123456.789), Some(2.0), None, Some(1e-300)]));
        let changed: Vec<usize> = (0..small.len()).filter(|&i| small[i] != large[i]).collect();
        assert_eq!((small.len(), changed.len()), (large.len(), 2));
        let place = |piece: &str| {
            piece
                .split_once("<rect")
                .and_then(|(_, rest)| rest.split_once("/>"))
                .map(|(rect, _)| rect.to_string())
        };
        assert!(changed.iter().all(|&i| place(&small[i]) == place(&large[i])));
        let shown = &large[changed[0]];
        assert!(shown.contains("\u{2212}123457<"), "{shown}");
    }

    #[test]
    fn what_flows_is_drawn_along_its_edges_alone() {
        let stage = stage();
        let still = moment([Some(1.0); 4]);
        let flowing = Moment {
            flow: vec![(2, 3)],
            backward: true,
            ..still.clone()
        };
        let (still, flowing) = (stage.pieces(&still), stage.pieces(&flowing));
        let changed: Vec<&String> = flowing
            .iter()
            .zip(&still)
            .filter(|(a, b)| a != b)
            .map(|(a, _)| a)
            .collect();
        assert_eq!(changed.len(), 1);
        assert!(
            changed[0].contains("cr-flow cr-back") && changed[0].contains("d=\"M"),
            "{}",
            changed[0]
        );
        assert_eq!(
            stage.cards()[3].arguments,
            [2, 0],
            "an argument that is not there is left out"
        );
    }

    #[test]
    fn a_picture_to_keep_has_its_colors_and_nothing_to_press() {
        let picture = stage().picture(&moment([Some(1.0); 4]));
        assert!(picture.svg().contains("<style>") && picture.svg().contains(".cr-now"));
        for pressed in ["data-pick", "data-drag", "tabindex"] {
            assert!(!picture.svg().contains(pressed), "{pressed}");
        }
        assert!(
            stage()
                .pieces(&moment([None; 4]))
                .concat()
                .contains("data-drag=\"a:x:0.1\"")
        );
    }
}
