//! Drawing a network: which neurons are shown, where they stand, the edges between them.

use super::words::{describe, mismatches, neuron_name};
use super::{Layer, Network};
use crate::number::{self, typographic};
use crate::picture::Picture;
use crate::svg::{Path, Svg, shorten, text_width};

pub(crate) const RULES: &str = "\
.cr-network .cr-weight{fill:none;stroke-linecap:round}
.cr-network .cr-positive{stroke:$positive}
.cr-network .cr-negative{stroke:$negative}
.cr-network .cr-broken{stroke:$fault;stroke-dasharray:2 4}
.cr-network .cr-neuron{fill:$card;stroke:$ink;stroke-width:1.5px}
.cr-network .cr-name{font-weight:600}
.cr-network .cr-number{font-size:10.5px}
";

/// A layer of more neurons shows this many at either end.
const MOST_NEURONS: usize = 16;
const NEURON_ENDS: usize = 7;
const MOST_LAYERS: usize = 12;
const LAYER_ENDS: usize = 5;
/// Up to this many edges carry their numbers.
const NUMBERED: usize = 30;
const MARGIN: f64 = 20.0;
const CAPTION: f64 = 26.0;

/// A column of the drawing: layer 0 is the inputs.
struct Column {
    layer: usize,
    /// The neurons shown, by index, with the height of their middles.
    shown: Vec<(usize, f64)>,
    /// The number of neurons left out, and the height at which that is said.
    elided: Option<(usize, f64)>,
    caption: String,
    x: f64,
}

struct Edge {
    from: (f64, f64),
    to: (f64, f64),
    weight: f64,
    tip: String,
}

pub(super) fn picture(network: &Network) -> Picture {
    let sizes = sizes(network);
    let shown_layers: Vec<usize> = (0..sizes.len())
        .filter(|layer| sizes.len() <= MOST_LAYERS || *layer < LAYER_ENDS || *layer + LAYER_ENDS >= sizes.len())
        .collect();
    let shown_sizes: Vec<usize> = sizes
        .iter()
        .map(|size| if *size > MOST_NEURONS { 2 * NEURON_ENDS } else { *size })
        .collect();
    let edge_count: usize = shown_sizes.windows(2).map(|pair| pair[0] * pair[1]).sum();
    let numbered = edge_count <= NUMBERED && sizes.len() <= MOST_LAYERS;
    let tallest = shown_layers.iter().map(|layer| shown_sizes[*layer]).max().unwrap_or(0);
    let (radius, pitch) = if numbered {
        (15.0, 64.0)
    } else if tallest <= 8 {
        (12.0, 46.0)
    } else {
        (9.0, 32.0)
    };

    let mut columns: Vec<Column> = shown_layers
        .iter()
        .map(|layer| column(network, *layer, sizes[*layer], pitch))
        .collect();
    let height = columns.iter().map(Column::height).fold(0.0, f64::max);
    let head = MARGIN + CAPTION + radius;
    let left = MARGIN + side_room(network.inputs.iter().map(String::as_str)) + radius;
    let street = if numbered {
        190.0
    } else {
        130.0 + 4.0 * (tallest.min(14) as f64)
    };
    let mut x = left;
    for place in 0..columns.len() {
        if place > 0 {
            x += street.max((caption_width(&columns[place - 1]) + caption_width(&columns[place])) / 2.0 + 24.0);
        }
        let down = head + (height - columns[place].height()) / 2.0;
        let column = &mut columns[place];
        column.x = x;
        column.shown.iter_mut().for_each(|neuron| neuron.1 += down);
        column.elided.iter_mut().for_each(|elided| elided.1 += down);
    }
    // Captions of the outer columns may be wider than what stands beside their neurons.
    let over = columns
        .first()
        .map_or(0.0, |first| (caption_width(first) / 2.0 + MARGIN - first.x).max(0.0));
    columns.iter_mut().for_each(|column| column.x += over);
    let names = network
        .layers
        .last()
        .map(|layer| layer.names.as_slice())
        .unwrap_or_default();
    let right = side_room(names.iter().map(String::as_str)) + radius;
    let mut width = columns
        .last()
        .map_or(0.0, |last| last.x + right.max(caption_width(last) / 2.0))
        + MARGIN;

    let mut svg = Svg::new();
    for column in &columns {
        svg.label("cr-muted cr-middle", column.x, MARGIN + 8.0, &column.caption);
    }
    let mut edges = edges(network, &columns, radius);
    let largest = edges
        .iter()
        .map(|edge| edge.weight.abs())
        .filter(|size| size.is_finite())
        .fold(0.0, f64::max);
    // Strong edges last, on top of weak ones.
    edges.sort_by(|a, b| a.weight.abs().total_cmp(&b.weight.abs()));
    draw_edges(&mut svg, &edges, largest);
    for pair in columns.windows(2).filter(|pair| pair[1].layer != pair[0].layer + 1) {
        let hidden = pair[1].layer - pair[0].layer - 1;
        let middle = (pair[0].x + pair[1].x) / 2.0;
        svg.label(
            "cr-muted cr-middle",
            middle,
            head + height / 2.0,
            &format!("⋯ {} more", number::counted(hidden, "layer")),
        );
    }
    for column in &columns {
        draw_neurons(&mut svg, network, column, radius, numbered);
    }
    draw_sides(&mut svg, network, &columns, radius);
    if numbered {
        draw_numbers(&mut svg, &edges, &columns, radius);
    }

    let mut bottom = head + height + radius + if numbered { 22.0 } else { 6.0 } + 20.0;
    if largest > 0.0 {
        width = width.max(draw_key(&mut svg, bottom, largest) + MARGIN);
        bottom += 14.0;
    }
    let mut remarks = mismatches(network);
    if edges.iter().any(|edge| !edge.weight.is_finite()) {
        remarks.push("Dashed: weights that are not finite.".to_string());
    }
    if sizes.iter().all(|size| *size == 0) {
        remarks.push("No neurons.".to_string());
    }
    for remark in &remarks {
        bottom += 8.0;
        svg.label("cr-small cr-wrong", MARGIN, bottom, remark);
        width = width.max(text_width(remark, 11.0) + 2.0 * MARGIN);
        bottom += 10.0;
    }
    Picture::new(
        "network",
        "Network",
        &describe(network, &sizes, largest, &remarks),
        (width, bottom + 8.0),
        RULES,
        &svg.finish(),
    )
}

/// Neurons per column; a layer that expects more inputs than there are makes the column before it larger.
fn sizes(network: &Network) -> Vec<usize> {
    let mut sizes = vec![network.inputs.len()];
    for layer in &network.layers {
        if let Some(before) = sizes.last_mut() {
            *before = (*before).max(layer.weights.len());
        }
        sizes.push(layer.size());
    }
    sizes
}

fn column(network: &Network, layer: usize, size: usize, pitch: f64) -> Column {
    let mut shown = Vec::new();
    let mut elided = None;
    let mut y = 0.0;
    for neuron in if size > MOST_NEURONS { 0..NEURON_ENDS } else { 0..size } {
        shown.push((neuron, y));
        y += pitch;
    }
    if size > MOST_NEURONS {
        elided = Some((size - 2 * NEURON_ENDS, y));
        y += pitch;
        for neuron in size - NEURON_ENDS..size {
            shown.push((neuron, y));
            y += pitch;
        }
    }
    let activation = match layer.checked_sub(1).and_then(|layer| network.layers.get(layer)) {
        None => "inputs",
        Some(layer) if layer.activation.is_empty() => "linear",
        Some(layer) => &layer.activation,
    };
    let caption = format!("{} · {}", shorten(activation, 20), number::count(size));
    Column {
        layer,
        shown,
        elided,
        caption,
        x: 0.0,
    }
}

impl Column {
    fn height(&self) -> f64 {
        self.shown.last().map_or(0.0, |last| last.1)
    }
}

fn caption_width(column: &Column) -> f64 {
    text_width(&column.caption, 12.0)
}

fn side_room<'a>(names: impl Iterator<Item = &'a str>) -> f64 {
    let widest = names
        .take(1000)
        .map(|name| text_width(&shorten(name, 24), 12.0))
        .fold(0.0, f64::max);
    if widest > 0.0 { widest + 12.0 } else { 0.0 }
}

fn edges(network: &Network, columns: &[Column], radius: f64) -> Vec<Edge> {
    let mut edges = Vec::new();
    for pair in columns.windows(2).filter(|pair| pair[1].layer == pair[0].layer + 1) {
        let Some(layer) = network.layers.get(pair[0].layer) else {
            continue;
        };
        for (i, from) in &pair[0].shown {
            for (j, to) in &pair[1].shown {
                let Some(weight) = layer.weights.get(*i).and_then(|row| row.get(*j)) else {
                    continue;
                };
                let from_name = neuron_name(network, pair[0].layer, *i);
                let to_name = neuron_name(network, pair[1].layer, *j);
                edges.push(Edge {
                    from: (pair[0].x + radius, *from),
                    to: (pair[1].x - radius, *to),
                    weight: *weight,
                    tip: format!("{from_name} → {to_name}\nweight {}", number::exact(*weight)),
                });
            }
        }
    }
    edges
}

fn draw_edges(svg: &mut Svg, edges: &[Edge], largest: f64) {
    // Hundreds of edges at full strength are a wall: there only the strong ones may stand out.
    let dense = edges.len() > 100;
    let (width, opacity) = if dense {
        ((0.4, 2.2), (0.04, 0.71))
    } else {
        ((0.6, 3.4), (0.12, 0.78))
    };
    for edge in edges {
        let mut path = Path::new();
        path.move_to(edge.from);
        path.line_to(edge.to);
        let share = if largest > 0.0 && edge.weight.is_finite() {
            edge.weight.abs() / largest
        } else {
            0.5
        };
        let share = if dense { share * share } else { share };
        let sign = if !edge.weight.is_finite() {
            "cr-broken"
        } else if edge.weight < 0.0 {
            "cr-negative"
        } else {
            "cr-positive"
        };
        let line = svg.element("path").class(&format!("cr-weight {sign}")).path(&path);
        line.number("stroke-width", width.0 + width.1 * share)
            .ratio("stroke-opacity", opacity.0 + opacity.1 * share)
            .tip(&edge.tip);
    }
}

fn draw_neurons(svg: &mut Svg, network: &Network, column: &Column, radius: f64, numbered: bool) {
    let layer: Option<&Layer> = column.layer.checked_sub(1).and_then(|layer| network.layers.get(layer));
    for (neuron, y) in &column.shown {
        let bias = layer.and_then(|layer| layer.bias.get(*neuron));
        let mut tip = neuron_name(network, column.layer, *neuron);
        if let Some(layer) = layer.filter(|layer| !layer.activation.is_empty()) {
            tip += &format!("\n{}", layer.activation);
        }
        if let Some(bias) = bias {
            tip += &format!("\nbias {}", number::exact(*bias));
        }
        svg.element("circle")
            .class("cr-neuron")
            .number("cx", column.x)
            .number("cy", *y)
            .number("r", radius)
            .tip(&tip);
        if numbered && let Some(bias) = bias {
            let text = typographic(&format!("b {}", number::brief(*bias)));
            svg.label(
                "cr-number cr-muted cr-middle cr-halo",
                column.x,
                y + radius + 14.0,
                &text,
            );
        }
    }
    if let Some((count, y)) = column.elided {
        svg.label(
            "cr-small cr-muted cr-middle cr-halo",
            column.x,
            y + 4.0,
            &format!("⋮ {} more", number::count(count)),
        );
    }
}

fn draw_sides(svg: &mut Svg, network: &Network, columns: &[Column], radius: f64) {
    if let Some(first) = columns.first().filter(|first| first.layer == 0) {
        for (neuron, y) in &first.shown {
            if let Some(name) = network.inputs.get(*neuron).filter(|name| !name.is_empty()) {
                svg.label("cr-name cr-end", first.x - radius - 10.0, y + 4.2, &shorten(name, 24));
            }
        }
    }
    if let (Some(last), Some(layer)) = (columns.last(), network.layers.last()) {
        for (neuron, y) in &last.shown {
            if let Some(name) = layer.names.get(*neuron).filter(|name| !name.is_empty()) {
                svg.label("cr-name", last.x + radius + 10.0, y + 4.2, &shorten(name, 24));
            }
        }
    }
}

/// Writes the weights on their edges, each at the first place along its edge where it touches no other number.
fn draw_numbers(svg: &mut Svg, edges: &[Edge], columns: &[Column], radius: f64) {
    let mut taken: Vec<(f64, f64, f64)> = Vec::new(); // middle x, middle y, half width
    for column in columns {
        taken.extend(column.shown.iter().map(|(_, y)| (column.x, *y, radius + 4.0)));
    }
    // The strongest choose first.
    for edge in edges.iter().rev() {
        let text = typographic(&number::brief(edge.weight));
        let half = text_width(&text, 10.5) / 2.0 + 2.0;
        let at = |share: f64| {
            (
                edge.from.0 + share * (edge.to.0 - edge.from.0),
                edge.from.1 + share * (edge.to.1 - edge.from.1),
            )
        };
        // How crowded a place is: other numbers weigh most, then edges that would run through the number.
        let crowding = |share: f64| {
            let (x, y) = at(share);
            let over = taken
                .iter()
                .filter(|(a, b, w)| (a - x).abs() < half + w && (b - y).abs() < 14.0)
                .count();
            let through = edges
                .iter()
                .filter(|other| other.from.0 == edge.from.0 && (other.from, other.to) != (edge.from, edge.to))
                .filter(|other| {
                    let share = (x - other.from.0) / (other.to.0 - other.from.0);
                    (other.from.1 + share * (other.to.1 - other.from.1) - y).abs() < 9.0
                })
                .count();
            over * 10 + through
        };
        let shares = [0.3, 0.7, 0.25, 0.75, 0.2, 0.8, 0.35, 0.65, 0.4, 0.6, 0.15, 0.85, 0.5];
        let Some(share) = shares.into_iter().min_by_key(|share| crowding(*share)) else {
            continue;
        };
        let (x, y) = at(share);
        taken.push((x, y, half));
        svg.label("cr-number cr-middle cr-halo", x, y + 3.8, &text);
    }
}

/// The key below the drawing; returns where it ends.
fn draw_key(svg: &mut Svg, y: f64, largest: f64) -> f64 {
    let mut x = MARGIN;
    for (class, text) in [
        ("cr-positive", "positive weight".to_string()),
        ("cr-negative", "negative weight".to_string()),
    ] {
        let mut sample = Path::new();
        sample.move_to((x, y - 4.0));
        sample.line_to((x + 16.0, y - 4.0));
        svg.element("path")
            .class(&format!("cr-weight {class}"))
            .number("stroke-width", 3.0)
            .path(&sample)
            .end();
        svg.label("cr-small cr-muted", x + 23.0, y, &text);
        x += 40.0 + text_width(&text, 11.0);
    }
    let text = format!("widest: {}", number::brief(largest));
    svg.label("cr-small cr-muted", x, y, &text);
    x + text_width(&text, 11.0)
}
