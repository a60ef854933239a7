//! The marks of a network that learns: lines to drag, and neurons to choose.

use super::columns::Column;
use super::live::{DRAGGED, Edge, Live, Output};
use crate::number::{self, brief, exact};
use crate::svg::{Element, Path, Svg, shorten};

impl Live {
    /// A number as the drag of its mark begins with it.
    fn number(&self, number: f64) -> String {
        match self.passing {
            true => brief(number),
            false => format!("{number:?}"),
        }
    }

    /// What is said of a weight; of one that passes by only as much as can be read.
    fn told(&self, name: &str, what: &str, edge: &Edge, dragged: bool) -> String {
        let (weight, gradient) = match self.passing {
            true => (format!("{:.1}", edge.weight), None),
            false => (exact(edge.weight), edge.gradient),
        };
        let gradient = gradient.map_or(String::new(), |gradient| format!("\ngradient {}", brief(gradient)));
        let how = if dragged { "\ndrag up or down to change it" } else { "" };
        number::typographic(&format!("{name}\n{what} {weight}{gradient}{how}"))
    }

    /// Draws the lines, and says how many there are.
    pub(super) fn draw_edges(&self, svg: &mut Svg, columns: &[Column], side: f64) -> usize {
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
        let count = drawn.len();
        let dragged = count <= DRAGGED;
        for (layer, i, j, ((x, y), (to_x, to_y)), edge) in drawn {
            let share = if largest > 0.0 { size(&edge) / largest } else { 0.0 };
            let bend = (to_x - x) / 2.0;
            let mut path = Path::new();
            path.move_to((x, y));
            path.curve_to((x + bend, y), (to_x - bend, to_y), (to_x, to_y));
            let faint = if dragged { (0.25, 0.65) } else { (0.05, 0.75 * share) };
            let seen = |number: f64, steps: f64| match self.passing {
                true => (number * steps).round() / steps,
                false => number,
            };
            let look = (seen(0.7 + 5.3 * share, 8.0), seen(faint.0 + faint.1 * share, 32.0));
            let tip = format!("{} → {}", self.name(layer, i), self.name(layer + 1, j));
            let tip = self.told(&tip, "weight", &edge, dragged);
            if !dragged {
                line(svg, &path, &edge, look).tip(&tip);
                continue;
            }
            let group = svg.element("g").class("cr-edge");
            let group = group.attribute("data-drag", &format!("w.{layer}.{i}.{j}:y:{}", rate(largest)));
            group.attribute("data-value", &self.number(edge.weight)).open();
            svg.tooltip(&tip);
            line(svg, &path, &edge, look).end();
            svg.element("path").class("cr-reach").path(&path).end();
            svg.close();
        }
        count
    }

    pub(super) fn draw_units(&self, svg: &mut Svg, layer: usize, column: &Column, side: f64) {
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
            let (is_first, is_chosen) = (self.first() == (layer, place), self.chosen == Some((layer, place)));
            let group = svg
                .element("g")
                .class(&class)
                .attribute("role", "button")
                .attribute("aria-pressed", if is_chosen { "true" } else { "false" })
                .attribute("tabindex", if is_first { "0" } else { "-1" });
            let group = group.attribute("data-send", &format!("chosen={layer}.{place}"));
            let group = group.attribute("data-peek", &format!("peek={layer}.{place}"));
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
                mark.tip(&self.told(&name, "bias", bias, true));
            }
            if layer == 0 {
                svg.label(
                    "cr-name cr-end cr-halo",
                    left - 7.0,
                    y + 4.2,
                    &shorten(&unit.name, self.letters()),
                );
            } else if last {
                svg.label(
                    "cr-name cr-halo",
                    left + side + 7.0,
                    y + 4.2,
                    &shorten(&unit.name, self.letters()),
                );
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
