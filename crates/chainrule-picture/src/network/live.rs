//! A network that learns: each neuron with its own output as a small picture, each weight to be moved by hand.

use crate::number::{self, brief, exact};
use crate::picture::Picture;
use crate::svg::{Element, Path, Svg, shorten, text_width};

use super::columns::{Column, ENDS, column};

pub(crate) const RULES: &str = "\
.cr-live .cr-weight{fill:none;stroke-linecap:round}
.cr-live .cr-positive{stroke:$positive}
.cr-live .cr-negative{stroke:$negative}
.cr-live .cr-broken{stroke:$fault;stroke-dasharray:2 4}
.cr-live .cr-edge{cursor:ns-resize;touch-action:none}
.cr-live .cr-edge .cr-reach{fill:none;stroke:transparent;stroke-width:11px}
.cr-live .cr-edge:hover .cr-reach{stroke:$ink;stroke-opacity:.13}
.cr-live .cr-unit{cursor:pointer}
.cr-live .cr-under{fill:$ground}
.cr-live .cr-maps{pointer-events:none}
.cr-live .cr-rim{fill:none;stroke:$ink;stroke-width:1.5px;pointer-events:all}
.cr-live .cr-unit:hover .cr-rim{stroke-width:2.5px}
.cr-live .cr-unit:focus{outline:none}
.cr-live .cr-unit:focus-visible .cr-rim{stroke:$positive;stroke-width:4px}
.cr-live .cr-chosen .cr-rim{stroke-width:3.5px}
.cr-live .cr-marked .cr-rim{stroke:$fault;stroke-dasharray:4 3}
.cr-live .cr-curve{fill:none;stroke:$ink;stroke-width:1.5px}
.cr-live .cr-bias{stroke:$ground;stroke-width:1px;cursor:ns-resize;touch-action:none}
.cr-live .cr-bias.cr-positive{fill:$positive}
.cr-live .cr-bias.cr-negative{fill:$negative}
.cr-live .cr-name{font-weight:600}
";

/// Up to so many edges can be dragged; more lie too close together.
const DRAGGED: usize = 240;
const MARGIN: f64 = 14.0;
const HEAD: f64 = 34.0;

/// A network that learns: inputs at the left, layer by layer to the outputs at the right.
///
/// On a page ([`in_page`](Picture::in_page)) a neuron is a button (`data-send="chosen=LAYER.NEURON"`, inputs being layer 0),
/// and every weight and bias is dragged up and down: `data-drag` names it `w.LAYER.FROM.TO` or `b.LAYER.NEURON`, the first
/// layer of weights being 0, and `data-value` is its number.
///
/// ```
/// use chainrule_picture::network::{Edge, Live, Output, Unit};
///
/// let cells = vec![-1.0, 0.0, 0.0, 1.0];
/// let unit = |name: &str| Unit { name: name.to_string(), output: Output::Map { columns: 2, cells: cells.clone() }, ..Unit::default() };
/// let live = Live {
///     layers: vec![vec![unit("x")], vec![unit("y")]],
///     captions: vec!["inputs".to_string(), "tanh".to_string()],
///     edges: vec![vec![vec![Edge { weight: 0.5, gradient: Some(-0.1) }]]],
///     ..Live::default()
/// };
/// assert!(live.picture().svg().contains("gradient −0.1"));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Live {
    /// The inputs, then the neurons of each layer.
    pub layers: Vec<Vec<Unit>>,
    /// What stands above each of these.
    pub captions: Vec<String>,
    /// `edges[l][i][j]` leads from unit `i` of `layers[l]` to unit `j` of `layers[l + 1]`.
    pub edges: Vec<Vec<Vec<Edge>>>,
    /// The layer and the place of the neuron that has been chosen.
    pub chosen: Option<(usize, usize)>,
    /// How wide the picture is, in pixels; it becomes wider where the layers need it.
    pub width: f64,
    /// Whether it is one of many that pass by: then numbers are rounded to what can be seen, so that what looks the same is the
    /// same text.
    pub passing: bool,
}

/// A neuron, or an input.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Unit {
    /// What it is called; may be empty.
    pub name: String,
    /// Its bias; an input has none.
    pub bias: Option<Edge>,
    /// What it answers.
    pub output: Output,
    /// What is wrong with it; empty where nothing is.
    pub remark: String,
}

/// A number that is learned, with the gradient of the loss by it where that is known.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Edge {
    /// The number.
    pub weight: f64,
    /// The gradient of the last batch.
    pub gradient: Option<f64>,
}

/// What a neuron answers over the inputs.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Output {
    /// Not known.
    #[default]
    Unknown,
    /// Numbers from -1 (orange) to 1 (blue) over two inputs, row by row from the top.
    Map {
        /// Cells in a row.
        columns: usize,
        /// All cells.
        cells: Vec<f64>,
    },
    /// Numbers from -1 to 1 over one input, from left to right.
    Curve(Vec<f64>),
}

impl Live {
    /// Whether a neuron is drawn in a layer of this size; the middle ones of large layers are not.
    pub fn shows(size: usize, place: usize) -> bool {
        size <= 2 * ENDS + 1 || place < ENDS || (place < size && place + ENDS >= size)
    }

    /// Draws the network.
    pub fn picture(&self) -> Picture {
        let tallest = self
            .layers
            .iter()
            .map(|layer| layer.len().min(2 * ENDS + 1))
            .max()
            .unwrap_or(0);
        // A neuron takes three quarters of its place, so that the maps of a column are on one grid of cells.
        let pitch = match tallest {
            0..=6 => 60.0,
            7..=9 => 48.0,
            _ => 34.0,
        };
        let side = 0.75 * pitch;
        let height = tallest.max(1) as f64 * pitch;
        let names = |layer: Option<&Vec<Unit>>| {
            let names = layer
                .into_iter()
                .flatten()
                .map(|unit| text_width(&shorten(&unit.name, 16), 12.0));
            names.fold(0.0, f64::max)
        };
        let left = MARGIN + names(self.layers.first()) + 8.0 + side / 2.0;
        let right = names(self.layers.last()) + 8.0 + side / 2.0 + MARGIN;
        let streets = self.layers.len().saturating_sub(1).max(1) as f64;
        let street = ((self.width - left - right) / streets).max(side + 46.0);
        let columns: Vec<Column> = self
            .layers
            .iter()
            .enumerate()
            .map(|(place, layer)| column(layer.len(), left + place as f64 * street, HEAD + height / 2.0, pitch))
            .collect();

        let mut svg = Svg::new();
        for (column, caption) in columns.iter().zip(&self.captions) {
            // Captions keep to their street; those at the sides may reach over their names.
            let text = shorten(caption, (street / 6.4) as usize);
            svg.label("cr-small cr-muted cr-middle", column.x, 18.0, &text);
        }
        self.draw_edges(&mut svg, &columns, side);
        for (layer, column) in columns.iter().enumerate() {
            self.draw_maps(&mut svg, layer, column, pitch);
            self.draw_units(&mut svg, layer, column, side);
        }
        let width = left + streets * street + right;
        let size = (width, HEAD + height + 8.0);
        Picture::new("live", "The network", &self.words(), size, RULES, &svg.finish())
    }

    fn words(&self) -> String {
        let mut text = String::from("The network as it is now");
        for (layer, caption) in self.layers.iter().zip(&self.captions) {
            text += &format!("; {caption}: {}", number::counted(layer.len(), "unit"));
        }
        let weights = || self.edges.iter().flatten().flatten().map(|edge| edge.weight);
        let largest = weights()
            .filter(|weight| weight.is_finite())
            .fold(0.0_f64, |most, weight| most.max(weight.abs()));
        text += &format!(
            ". {}, the largest {}.",
            number::counted(weights().count(), "weight"),
            brief(largest)
        );
        for (layer, units) in self.layers.iter().enumerate() {
            for (place, unit) in units
                .iter()
                .enumerate()
                .filter(|(_, unit)| !unit.remark.is_empty())
                .take(8)
            {
                text += &format!(" {}: {}.", self.name(layer, place), unit.remark);
            }
        }
        text
    }

    /// A number as the drag of its mark begins with it.
    fn number(&self, number: f64) -> String {
        if self.passing {
            brief(number)
        } else {
            format!("{number:?}")
        }
    }

    /// What is said of a weight; of one that passes by only as much as can be read.
    fn told(&self, name: &str, what: &str, edge: &Edge) -> String {
        let (weight, gradient) = match self.passing {
            true => (format!("{:.1}", edge.weight), None),
            false => (exact(edge.weight), edge.gradient),
        };
        let gradient = gradient.map_or(String::new(), |gradient| format!("\ngradient {}", brief(gradient)));
        number::typographic(&format!(
            "{name}\n{what} {weight}{gradient}\ndrag up or down to change it"
        ))
    }

    fn name(&self, layer: usize, place: usize) -> String {
        let given = self
            .layers
            .get(layer)
            .and_then(|units| units.get(place))
            .map(|unit| unit.name.as_str());
        match given.filter(|name| !name.is_empty()) {
            Some(name) => name.to_string(),
            None => format!("layer {layer}, neuron {}", place + 1),
        }
    }

    fn draw_edges(&self, svg: &mut Svg, columns: &[Column], side: f64) {
        let mut drawn = vec![];
        for (layer, pair) in columns.windows(2).enumerate() {
            let [before, after] = pair else { continue };
            for &(i, from) in &before.shown {
                for &(j, to) in &after.shown {
                    let rows = self.edges.get(layer).and_then(|rows| rows.get(i));
                    if let Some(edge) = rows.and_then(|row| row.get(j)) {
                        let ends = ((before.x + side / 2.0, from), (after.x - side / 2.0, to));
                        drawn.push((layer, i, j, ends, *edge));
                    }
                }
            }
        }
        let size = |edge: &Edge| {
            if edge.weight.is_finite() {
                edge.weight.abs()
            } else {
                0.0
            }
        };
        let largest = drawn.iter().map(|(.., edge)| size(edge)).fold(0.0, f64::max);
        let dragged = drawn.len() <= DRAGGED;
        for (layer, i, j, ((x, y), (to_x, to_y)), edge) in drawn {
            let share = if largest > 0.0 { size(&edge) / largest } else { 0.0 };
            let bend = (to_x - x) / 2.0;
            let mut path = Path::new();
            path.move_to((x, y));
            path.curve_to((x + bend, y), (to_x - bend, to_y), (to_x, to_y));
            let faint = if dragged { (0.25, 0.65) } else { (0.05, 0.75 * share) };
            let seen = |number: f64, steps: f64| {
                if self.passing {
                    (number * steps).round() / steps
                } else {
                    number
                }
            };
            let look = (seen(0.7 + 5.3 * share, 8.0), seen(faint.0 + faint.1 * share, 32.0));
            let tip = format!("{} → {}", self.name(layer, i), self.name(layer + 1, j));
            if !dragged {
                line(svg, &path, &edge, look).tip(&self.told(&tip, "weight", &edge));
                continue;
            }
            let group = svg.element("g").class("cr-edge");
            let group = group.attribute("data-drag", &format!("w.{layer}.{i}.{j}:y:{}", rate(largest)));
            group.attribute("data-value", &self.number(edge.weight)).open();
            svg.tooltip(&self.told(&tip, "weight", &edge));
            line(svg, &path, &edge, look).end();
            svg.element("path").class("cr-reach").path(&path).end();
            svg.close();
        }
    }

    fn draw_units(&self, svg: &mut Svg, layer: usize, column: &Column, side: f64) {
        let units = self.layers.get(layer).map(Vec::as_slice).unwrap_or_default();
        let last = layer + 1 == self.layers.len();
        for &(place, y) in &column.shown {
            let Some(unit) = units.get(place) else { continue };
            let (left, top) = (column.x - side / 2.0, y - side / 2.0);
            let mut class = String::from("cr-unit");
            if self.chosen == Some((layer, place)) {
                class += " cr-chosen";
            }
            if !unit.remark.is_empty() {
                class += " cr-marked";
            }
            let name = self.name(layer, place);
            let group = svg
                .element("g")
                .class(&class)
                .attribute("role", "button")
                .attribute("tabindex", "0");
            let group = group.attribute("data-send", &format!("chosen={layer}.{place}"));
            group
                .attribute("aria-label", &format!("{name}: show its formula"))
                .open();
            let remark = if unit.remark.is_empty() {
                String::new()
            } else {
                format!("\n{}", unit.remark)
            };
            svg.tooltip(&format!("{name}{remark}"));
            let square = |svg: &mut Svg, class: &str| {
                let square = svg.element("rect").class(class).number("x", left).number("y", top);
                square
                    .number("width", side)
                    .number("height", side)
                    .number("rx", 3.0)
                    .end();
            };
            match &unit.output {
                Output::Map { .. } => {}
                Output::Unknown => square(svg, "cr-under"),
                Output::Curve(values) => {
                    square(svg, "cr-under");
                    let mut path = Path::new();
                    for (number, value) in values.iter().enumerate().filter(|(_, value)| value.is_finite()) {
                        let across = left + side * number as f64 / (values.len().max(2) - 1) as f64;
                        let point = (across, y - value.clamp(-1.0, 1.0) * side * 0.46);
                        if path.is_empty() {
                            path.move_to(point)
                        } else {
                            path.line_to(point)
                        }
                    }
                    svg.element("path").class("cr-curve").path(&path).end();
                }
            }
            square(svg, "cr-rim");
            svg.close();
            if let Some(bias) = &unit.bias {
                let class = format!("cr-bias {}", sign(bias.weight));
                let mark = svg
                    .element("rect")
                    .class(&class)
                    .number("x", left - 4.0)
                    .number("y", top + side - 5.0);
                let mark = mark.number("width", 9.0).number("height", 9.0).number("rx", 2.0);
                let mark = mark.attribute(
                    "data-drag",
                    &format!("b.{}.{place}:y:{}", layer.saturating_sub(1), rate(bias.weight.abs())),
                );
                let mark = mark.attribute("data-value", &self.number(bias.weight));
                mark.tip(&self.told(&name, "bias", bias));
            }
            if layer == 0 {
                svg.label("cr-name cr-end cr-halo", left - 7.0, y + 4.2, &shorten(&unit.name, 16));
            } else if last {
                svg.label("cr-name cr-halo", left + side + 7.0, y + 4.2, &shorten(&unit.name, 16));
            }
        }
        if let Some((count, y)) = column.elided {
            let text = format!("⋮ {} more", number::count(count));
            svg.label("cr-small cr-muted cr-middle cr-halo", column.x, y + 4.0, &text);
        }
    }
}

/// How much a weight changes for a pixel downward: the largest one is crossed in some 100 pixels, and like weights have the
/// same number.
fn rate(largest: f64) -> f64 {
    let step = (largest / 120.0).clamp(0.004, 1e6);
    let unit = 10.0_f64.powf(step.log10().floor());
    -unit * (step / unit).round()
}

/// The line of a weight, so wide and so strong.
fn line<'a>(svg: &'a mut Svg, path: &Path, edge: &Edge, (width, strength): (f64, f64)) -> Element<'a> {
    let line = svg
        .element("path")
        .class(&format!("cr-weight {}", sign(edge.weight)))
        .path(path);
    line.number("stroke-width", width).ratio("stroke-opacity", strength)
}

fn sign(weight: f64) -> &'static str {
    match weight {
        weight if !weight.is_finite() => "cr-broken",
        weight if weight < 0.0 => "cr-negative",
        _ => "cr-positive",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn live(sizes: &[usize]) -> Live {
        let edge = |weight| Edge { weight, gradient: None };
        Live {
            layers: sizes.iter().map(|&size| vec![Unit::default(); size]).collect(),
            captions: sizes.iter().map(|size| format!("layer of {size}")).collect(),
            edges: sizes
                .windows(2)
                .map(|pair| vec![vec![edge(-0.5); pair[1]]; pair[0]])
                .collect(),
            chosen: Some((1, 0)),
            width: 500.0,
            passing: false,
        }
    }

    #[test]
    fn every_weight_can_be_dragged_until_they_are_too_many() {
        let picture = live(&[2, 3, 1]).picture();
        assert_eq!(picture.svg().matches("data-drag=\"w.").count(), 9);
        assert!(
            picture.svg().contains("data-drag=\"w.1.2.0:y:-0.004"),
            "the last of the second layer"
        );
        assert_eq!(picture.svg().matches("cr-chosen").count(), 2, "the rule and the neuron");
        assert_eq!(live(&[14, 20, 14]).picture().svg().matches("data-drag=\"w.").count(), 0);
    }

    #[test]
    fn of_what_passes_by_only_what_can_be_seen_is_told() {
        let drawn = |weight: f64, passing: bool| {
            let mut live = live(&[1, 2]);
            live.edges[0][0][1] = Edge {
                weight,
                gradient: Some(weight),
            };
            live.passing = passing;
            live.picture()
        };
        assert_eq!(drawn(-0.25, true), drawn(-0.250_01, true));
        assert_ne!(drawn(-0.25, true), drawn(-0.4, true));
        assert_ne!(drawn(-0.25, false), drawn(-0.250_01, false));
        assert!(drawn(-0.25, false).svg().contains("gradient −0.25") && !drawn(-0.25, true).svg().contains("gradient"));
    }

    #[test]
    fn wide_layers_are_elided_and_what_is_no_number_is_drawn_all_the_same() {
        let mut live = live(&[2, 100, 1]);
        live.edges[0][0][0].weight = f64::NAN;
        live.layers[1][0].output = Output::Map {
            columns: 0,
            cells: vec![f64::NAN; 3],
        };
        live.layers[1][1].output = Output::Curve(vec![f64::INFINITY; 3]);
        let picture = live.picture();
        assert!(picture.svg().contains("⋮ 86 more") && picture.svg().contains("cr-broken"));
        assert!(!picture.svg().contains("NaN\" "), "{}", picture.svg());
    }
}
