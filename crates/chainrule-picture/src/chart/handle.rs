//! Places in a chart that one may drag.

use super::Chart;
use super::axis::Axis;
use super::series::{self, Area};
use crate::svg::{Path, Svg};

/// The rules of handles; only pages have them.
pub(super) const RULES: &str = "\
.cr-chart .cr-handle{cursor:grab;touch-action:none}
.cr-chart .cr-handle:active{cursor:grabbing}
.cr-chart path.cr-reach{fill:none;stroke:transparent;stroke-width:22px;stroke-linecap:round;pointer-events:stroke}
.cr-chart path.cr-reach:hover{stroke:$ink;stroke-opacity:.08}
.cr-chart circle.cr-reach{fill:transparent}
.cr-chart .cr-handle:hover circle.cr-reach{fill:$ink;fill-opacity:.08}
.cr-chart .cr-grip{fill:$ground;stroke:$ink;stroke-width:2px}
";

/// An axis to drag along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Along {
    /// To the left and to the right.
    X,
    /// Up and down.
    Y,
}

/// A place in a chart that one may drag, on a page that can: its `data-drag` says which number moves how far.
///
/// The value of `data-drag` is a list of `NAME:AXIS:RATE` with semicolons between them: a drag by δ pixels of the `viewBox`
/// along AXIS (`x` to the right, `y` downward) adds RATE·δ to the number NAME. A mark follows the pointer exactly where its
/// place depends on the number in a straight way.
///
/// ```
/// use chainrule_picture::{Along, Chart, Handle};
///
/// let (w, b) = (0.5, 1.0);
/// let line = |x: f64| w * x + b;
/// let (xs, ys) = ([-5.0, 5.0], [line(-5.0), line(5.0)]);
/// let picture = Chart::new("A line to move and to turn")
///     .line("line", &xs, &ys)
///     .handle(Handle::line("move the line", &xs, &ys).moves("b", Along::Y, 1.0))
///     .handle(Handle::point("turn the line", 4.0, line(4.0)).moves("w", Along::Y, 1.0 / 4.0))
///     .picture();
/// assert!(picture.in_page().pieces.iter().any(|piece| piece.contains("data-drag=\"w:y:")));
/// assert!(!picture.svg().contains("data-drag"));
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Handle {
    label: String,
    points: Vec<(f64, f64)>,
    moves: Vec<(String, Along, f64)>,
}

impl Handle {
    /// A dot at (x, y); the label is its tooltip. Outside the plot it is left out.
    pub fn point(label: impl Into<String>, x: f64, y: f64) -> Handle {
        Handle::line(label, &[x], &[y])
    }

    /// All of the line through `(xs[i], ys[i])`; the label is its tooltip.
    pub fn line(label: impl Into<String>, xs: &[f64], ys: &[f64]) -> Handle {
        Handle {
            label: label.into(),
            points: xs.iter().copied().zip(ys.iter().copied()).collect(),
            moves: Vec::new(),
        }
    }

    /// Dragging it moves a number, `per_unit` for each unit of the axis. Along a logarithmic axis nothing can be dragged.
    pub fn moves(mut self, number: impl Into<String>, along: Along, per_unit: f64) -> Handle {
        self.moves.push((number.into(), along, per_unit));
        self
    }

    /// The value of `data-drag`, with pixels for units; empty where nothing can be moved.
    fn drags(&self, x_axis: &Axis, y_axis: &Axis, area: &Area) -> String {
        let drags = self.moves.iter().filter_map(|(number, along, per_unit)| {
            let (axis, unit_per_pixel) = match along {
                Along::X => ("x", x_axis.span()? / area.width()),
                Along::Y => ("y", -y_axis.span()? / area.height()),
            };
            let rate = per_unit * unit_per_pixel;
            let name = number.replace([':', ';'], " ");
            (rate.is_finite() && rate != 0.0).then(|| format!("{name}:{axis}:{rate:.6e}"))
        });
        drags.collect::<Vec<_>>().join(";")
    }
}

/// The handles of a chart, lines below points.
pub(super) fn draw(chart: &Chart, x_axis: &Axis, y_axis: &Axis, area: &Area) -> String {
    let mut svg = Svg::new();
    for as_line in [true, false] {
        for handle in &chart.handles {
            let drags = handle.drags(x_axis, y_axis, area);
            if drags.is_empty() || as_line != (handle.points.len() > 1) {
                continue;
            }
            let place = |(x, y): &(f64, f64)| {
                let (across, up) = (x_axis.fraction(*x)?, y_axis.fraction(*y)?);
                Some((area.left + across * area.width(), area.bottom - up * area.height()))
            };
            let places: Vec<Option<(f64, f64)>> = handle.points.iter().map(place).collect();
            for piece in series::pieces(&places, area) {
                match piece.as_slice() {
                    [] => {}
                    [(x, y)] => {
                        let group = svg.element("g").class("cr-handle").attribute("data-drag", &drags);
                        group.open();
                        svg.tooltip(&handle.label);
                        for (class, radius) in [("cr-reach", 16.0), ("cr-grip", 6.5)] {
                            let circle = svg.element("circle").class(class).number("cx", *x).number("cy", *y);
                            circle.number("r", radius).end();
                        }
                        svg.close();
                    }
                    [first, rest @ ..] => {
                        let mut path = Path::new();
                        path.move_to(*first);
                        rest.iter().for_each(|point| path.line_to(*point));
                        let line = svg.element("path").class("cr-handle cr-reach").path(&path);
                        line.attribute("data-drag", &drags).tip(&handle.label);
                    }
                }
            }
        }
    }
    svg.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handles(chart: Chart) -> String {
        let picture = chart.picture();
        let pieces = picture.in_page().pieces;
        let drags = pieces.into_iter().filter(|piece| piece.contains("data-drag"));
        drags.collect::<Vec<_>>().join("\n")
    }

    fn chart() -> Chart {
        Chart::new("").size(600.0, 400.0).x_range(0.0, 10.0).y_range(0.0, 1.0)
    }

    #[test]
    fn a_rate_is_per_pixel_and_upward_is_negative() {
        let text = handles(
            chart().handle(
                Handle::point("p", 5.0, 0.5)
                    .moves("a", Along::X, 2.0)
                    .moves("b", Along::Y, 1.0),
            ),
        );
        let drag = text
            .split("data-drag=\"")
            .nth(1)
            .unwrap_or_default()
            .split('"')
            .next()
            .unwrap_or_default();
        let parts: Vec<Vec<&str>> = drag.split(';').map(|part| part.split(':').collect()).collect();
        assert_eq!(
            (parts[0][0], parts[0][1], parts[1][0], parts[1][1]),
            ("a", "x", "b", "y")
        );
        let rate = |part: &[&str]| part[2].parse::<f64>().unwrap_or(f64::NAN);
        // The plot is a little narrower than the picture: 10 units over somewhat less than 600 pixels.
        assert!(
            (2.0 * 10.0 / 600.0..2.0 * 10.0 / 500.0).contains(&rate(&parts[0])),
            "{drag}"
        );
        assert!((-1.0 / 320.0..-1.0 / 400.0).contains(&rate(&parts[1])), "{drag}");
    }

    #[test]
    fn what_cannot_be_dragged_is_left_out() {
        let point = |x, y| Handle::point("p", x, y).moves("a", Along::Y, 1.0);
        assert_ne!(handles(chart().handle(point(5.0, 0.5))), "");
        assert_eq!(handles(chart().handle(point(50.0, 0.5))), "", "outside");
        assert_eq!(handles(chart().handle(point(f64::NAN, 0.5))), "", "no number");
        assert_eq!(
            handles(chart().handle(Handle::point("p", 5.0, 0.5))),
            "",
            "moves nothing"
        );
        assert_eq!(
            handles(chart().y_range(0.1, 1.0).log_y().handle(point(5.0, 0.5))),
            "",
            "logarithmic"
        );
        let line = Handle::line("l", &[-20.0, 20.0], &[0.5, 0.5]).moves("a", Along::Y, 1.0);
        let text = handles(chart().handle(line));
        assert!(text.starts_with("<path class=\"cr-handle cr-reach\" d=\"M"), "{text}");
    }
}
