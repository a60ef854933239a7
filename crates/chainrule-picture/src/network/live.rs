//! A network that learns: each neuron with its own output as a small picture, each weight to be moved by hand.

use crate::number::{self, brief};
use crate::picture::Picture;
use crate::svg::{Svg, shorten, text_width};

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
pub(super) const DRAGGED: usize = 240;
const MARGIN: f64 = 14.0;
const HEAD: f64 = 34.0;
/// Narrower than this a picture is drawn for a phone.
const NARROW: f64 = 420.0;

/// A network that learns: inputs at the left, layer by layer to the outputs at the right.
///
/// On a page ([`in_page`](Picture::in_page)) a neuron is a button (`data-send="chosen=LAYER.NEURON"`, inputs being layer 0;
/// `data-peek` names what it shows while the pointer or the focus is on it), and every weight and bias is dragged up and down:
/// `data-drag` names it `w.LAYER.FROM.TO` or `b.LAYER.NEURON`, the first layer of weights being 0, and `data-value` is its
/// number. Tab comes to one of the neurons, from which the page's arrow keys lead to the others: hundreds of places to stop at
/// would be a wall for whoever has no mouse. That is also why lines take no focus; the page has boxes for the weights.
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
    /// How wide the picture is, in pixels; it becomes wider where the layers need it. Below 420 everything moves closer together.
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
        let narrow = self.width < NARROW;
        // A neuron takes three quarters of its place, so that the maps of a column are on one grid of cells.
        let pitch = match tallest {
            0..=6 if !narrow => 60.0,
            0..=9 => 48.0,
            _ => 34.0,
        };
        let side = 0.75 * pitch;
        let height = tallest.max(1) as f64 * pitch;
        let names = |layer: Option<&Vec<Unit>>| {
            let names = layer
                .into_iter()
                .flatten()
                .map(|unit| text_width(&shorten(&unit.name, self.letters()), 12.0));
            names.fold(0.0, f64::max)
        };
        let left = MARGIN + names(self.layers.first()) + 8.0 + side / 2.0;
        let right = names(self.layers.last()) + 8.0 + side / 2.0 + MARGIN;
        let streets = self.layers.len().saturating_sub(1).max(1) as f64;
        let least = side + if narrow { 22.0 } else { 46.0 };
        let street = ((self.width - left - right) / streets).max(least);
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
        let width = left + streets * street + right;
        let lines = self.draw_edges(&mut svg, &columns, side);
        for (layer, column) in columns.iter().enumerate() {
            self.draw_maps(&mut svg, layer, column, pitch);
            self.draw_units(&mut svg, layer, column, side);
        }
        let mut size = (width, HEAD + height + 8.0);
        if lines > DRAGGED {
            // Said where one would try it.
            let text = format!("{} lines are too close together to be dragged:", number::count(lines));
            for (text, y) in [(text.as_str(), 14.0), ("choose a neuron to set its weights", 28.0)] {
                svg.label("cr-small cr-muted cr-middle", width / 2.0, size.1 + y, text);
            }
            size.1 += 36.0;
        }
        Picture::new("live", "The network", &self.words(), size, RULES, &svg.finish())
    }

    /// Of a longer name so many letters are shown.
    pub(super) fn letters(&self) -> usize {
        if self.width < NARROW { 9 } else { 16 }
    }

    /// The neuron that Tab comes to.
    pub(super) fn first(&self) -> (usize, usize) {
        let shown = |(layer, place): &(usize, usize)| {
            let size = self.layers.get(*layer).map_or(0, Vec::len);
            *place < size && Live::shows(size, *place)
        };
        self.chosen.filter(shown).unwrap_or((0, 0))
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

    pub(super) fn name(&self, layer: usize, place: usize) -> String {
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
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
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
        let many = live(&[15, 15, 2]).picture();
        assert_eq!(many.svg().matches("data-drag=\"w.").count(), 0);
        assert!(many.svg().contains("255 lines are too close together to be dragged"));
        assert!(
            !many.svg().contains("drag up or down"),
            "no tip promises what cannot be"
        );
        assert!(!picture.svg().contains("too close together"));
    }

    #[test]
    fn tab_comes_to_one_neuron_and_a_phone_is_wide_enough_for_three_hidden_layers() {
        let picture = live(&[2, 100, 1]).picture();
        assert_eq!(picture.svg().matches("tabindex=\"0\"").count(), 1);
        let chosen = picture.svg().split("tabindex=\"0\"").nth(1).unwrap_or_default();
        assert!(
            chosen.starts_with(" data-send=\"chosen=1.0\""),
            "the one that was chosen"
        );
        let elided = Live {
            chosen: Some((1, 50)),
            ..live(&[2, 100, 1])
        }
        .picture();
        let first = elided.svg().split("tabindex=\"0\"").nth(1).unwrap_or_default();
        assert!(
            first.starts_with(" data-send=\"chosen=0.0\""),
            "what is not drawn cannot be come to"
        );
        let narrow = Live {
            width: 360.0,
            ..live(&[2, 4, 4, 4, 2])
        }
        .picture();
        let width: f64 = narrow.in_page().width.parse().unwrap();
        assert!(width <= 360.0, "{width}");
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
        assert_eq!(drawn(-0.24, true), drawn(-0.240_01, true));
        assert_ne!(drawn(-0.24, true), drawn(-0.4, true));
        assert_ne!(drawn(-0.24, false), drawn(-0.240_01, false));
        assert!(drawn(-0.24, false).svg().contains("gradient −0.24") && !drawn(-0.24, true).svg().contains("gradient"));
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
