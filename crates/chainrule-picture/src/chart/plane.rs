//! A plane of two inputs, colored by what a model answers, with the rows it learned from.

use super::axis::Axis;
use super::draw as chart_drawing;
use super::drawn::project;
use super::frame::Frame;
use super::legend;
use super::series::Area;
use super::{Chart, words};
use crate::picture::Picture;
use crate::svg::{Path, Svg};
use crate::{Color, bitmap};

pub(crate) const RULES: &str = "\
.cr-plane .cr-outline{fill:none;stroke:$axis}
.cr-plane .cr-surface{image-rendering:auto}
.cr-plane path.cr-rim{fill:none;stroke:$ground;stroke-width:7.5px;stroke-linecap:round}
.cr-plane path.cr-row{fill:none;stroke-width:5.5px;stroke-linecap:round}
.cr-plane path.cr-hole{fill:none;stroke:$ground;stroke-width:2.6px;stroke-linecap:round}
.cr-plane .cr-level{fill:none;stroke:$ink;stroke-width:1.2px;stroke-opacity:.55}
";

/// The rules of planes: those of charts and their own.
pub(crate) fn rules() -> String {
    chart_drawing::rules("plane") + RULES
}

/// What a model answers over two of its inputs, as one smooth bitmap, with rows as points over it.
///
/// Training rows are full points, others have a hole. The middle of the colors is clear, so the same picture stands on light
/// and on dark ground; [`Color::CLASSES`] are the colors of classes.
///
/// ```
/// use chainrule_picture::{Color, Plane};
///
/// let cells: Vec<f64> = (0..100).map(|cell| f64::from(cell % 10) / 4.5 - 1.0).collect();
/// let picture = Plane::signed("Left or right", (-1.0, 1.0), (-1.0, 1.0), 10, &cells)
///     .rows("left", Color::Orange, false, &[-0.5, -0.7], &[0.1, 0.4])
///     .rows("right", Color::Blue, false, &[0.5], &[0.2])
///     .picture();
/// assert!(picture.svg().contains("data:image/png;base64,"));
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Plane {
    chart: Chart,
    image: String,
    level: Vec<Vec<(f64, f64)>>,
    rows: Vec<Rows>,
}

#[derive(Clone, Debug)]
struct Rows {
    color: Color,
    hollow: bool,
    points: Vec<(f64, f64)>,
}

impl Plane {
    /// A surface of numbers from -1 (orange) over 0 (clear) to 1 (blue): `cells` row by row from the top (`y.1`), each
    /// with `columns` of them from `x.0` to `x.1`. The line on which they are 0 is drawn.
    pub fn signed(title: impl Into<String>, x: (f64, f64), y: (f64, f64), columns: usize, cells: &[f64]) -> Plane {
        let columns = columns.max(1);
        Plane {
            level: zero_line(x, y, columns, cells),
            ..Plane::new(title.into(), x, y, bitmap::diverging(columns, cells))
        }
    }

    /// A surface of probabilities: each of the `cells` has one for each class, whose colors are mixed. The lines on which two
    /// classes are the most probable ones, and equally so, are drawn.
    pub fn classes(
        title: impl Into<String>,
        x: (f64, f64),
        y: (f64, f64),
        columns: usize,
        cells: &[impl AsRef<[f64]>],
    ) -> Plane {
        let columns = columns.max(1);
        let shares: Vec<&[f64]> = cells.iter().map(AsRef::as_ref).collect();
        let image = bitmap::blended(columns, &Color::CLASSES, &shares);
        Plane {
            level: boundaries(x, y, columns, &shares),
            ..Plane::new(title.into(), x, y, image)
        }
    }

    fn new(title: String, x: (f64, f64), y: (f64, f64), image: String) -> Plane {
        Plane {
            chart: Chart::new(title).x_range(x.0, x.1).y_range(y.0, y.1).size(440.0, 440.0),
            image,
            level: vec![],
            rows: vec![],
        }
    }

    /// Puts rows on it as points, with a hole in each if they are `hollow`; a label stands in the legend.
    pub fn rows(mut self, label: impl Into<String>, color: Color, hollow: bool, xs: &[f64], ys: &[f64]) -> Plane {
        self.chart = self.chart.scatter(label, xs, ys).color(color);
        self.rows.push(Rows {
            color,
            hollow,
            points: xs.iter().copied().zip(ys.iter().copied()).collect(),
        });
        self
    }

    /// Names what runs along x.
    pub fn x_label(mut self, label: impl Into<String>) -> Plane {
        self.chart = self.chart.x_label(label);
        self
    }

    /// Names what runs along y.
    pub fn y_label(mut self, label: impl Into<String>) -> Plane {
        self.chart = self.chart.y_label(label);
        self
    }

    /// Sets the size in pixels, at least 240 by 160 and at most 4,000 by 4,000.
    pub fn size(mut self, width: f64, height: f64) -> Plane {
        self.chart = self.chart.size(width, height);
        self
    }

    /// Draws it.
    pub fn picture(&self) -> Picture {
        let chart = &self.chart;
        let x_axis = Axis::new(None, chart.x_range, false, 0.0);
        let y_axis = Axis::new(None, chart.y_range, false, 0.0);
        let frame = Frame::new(chart, &x_axis, &y_axis, 0.0);
        let area = frame.area;
        let mut svg = Svg::new();
        chart_drawing::title(&mut svg, chart);
        frame.draw(&mut svg, chart);
        let image = svg.element("image").class("cr-surface").attribute("href", &self.image);
        let placed = image.number("x", area.left).number("y", area.top);
        let sized = placed.number("width", area.width()).number("height", area.height());
        sized.attribute("preserveAspectRatio", "none").end();
        let place = |(x, y): &(f64, f64)| {
            let (across, up) = (x_axis.fraction(*x)?, y_axis.fraction(*y)?);
            let place = (area.left + across * area.width(), area.bottom - up * area.height());
            area.contains(place).then_some(place)
        };
        let mut level = Path::new();
        for piece in &self.level {
            let mut places = piece.iter().filter_map(place);
            if let Some(first) = places.next() {
                level.move_to(first);
                places.for_each(|place| level.line_to(place));
            }
        }
        if !level.is_empty() {
            svg.element("path").class("cr-level").path(&level).tip("the boundary");
        }
        for rows in &self.rows {
            let mut path = Path::new();
            rows.points.iter().filter_map(place).for_each(|place| path.dot(place));
            if path.is_empty() {
                continue;
            }
            svg.element("path").class("cr-rim").path(&path).end();
            let class = format!("cr-row cr-stroke {}", rows.color.class());
            svg.element("path").class(&class).path(&path).end();
            if rows.hollow {
                svg.element("path").class("cr-hole").path(&path).end();
            }
        }
        outline(&mut svg, &area);
        let mut drawn = project(chart, &x_axis, &y_axis, &area);
        drawn.iter_mut().for_each(|drawn| drawn.shape = 0);
        let entries = legend::entries(&drawn);
        if let Some(place) = legend::free_corner(&entries, &drawn, &area) {
            legend::draw(&mut svg, &entries, &place);
        }
        Picture::new(
            "plane",
            &chart.title,
            &words::describe(chart, &x_axis, &y_axis),
            (chart.width, chart.height),
            &rules(),
            &svg.finish(),
        )
    }
}

fn outline(svg: &mut Svg, area: &Area) {
    let frame = svg.element("rect").class("cr-outline");
    let placed = frame.number("x", area.left).number("y", area.top);
    placed
        .number("width", area.width())
        .number("height", area.height())
        .end();
}

/// Where the most probable class becomes another one: where the lead of a class over the best of the others is 0.
fn boundaries(x: (f64, f64), y: (f64, f64), columns: usize, cells: &[&[f64]]) -> Vec<Vec<(f64, f64)>> {
    let classes = cells.iter().map(|shares| shares.len()).max().unwrap_or(0);
    let mut pieces = vec![];
    for class in 0..classes {
        let lead = |shares: &&[f64]| {
            let others = shares.iter().enumerate().filter(|(other, _)| *other != class);
            let best = others.map(|(_, share)| *share).fold(0.0, f64::max);
            shares.get(class).map_or(f64::NAN, |own| own - best)
        };
        let leads: Vec<f64> = cells.iter().map(lead).collect();
        for piece in zero_line(x, y, columns, &leads) {
            // Of two neighbors each finds the same line.
            if !pieces.contains(&piece) {
                pieces.push(piece);
            }
        }
    }
    pieces
}

/// Where a surface is 0, as short lines: in each square of four neighboring cells, from side to side (marching squares).
fn zero_line(x: (f64, f64), y: (f64, f64), columns: usize, cells: &[f64]) -> Vec<Vec<(f64, f64)>> {
    let rows = cells.len() / columns;
    let (mut pieces, cell) = (vec![], |column: usize, row: usize| cells[row * columns + column]);
    let across = |column: f64| x.0 + (x.1 - x.0) * (column + 0.5) / columns as f64;
    let up = |row: f64| y.1 - (y.1 - y.0) * (row + 0.5) / rows as f64;
    for row in 0..rows.saturating_sub(1) {
        for column in 0..columns.saturating_sub(1) {
            let (c, r) = (column as f64, row as f64);
            let corners = [
                (cell(column, row), c, r),
                (cell(column + 1, row), c + 1.0, r),
                (cell(column + 1, row + 1), c + 1.0, r + 1.0),
                (cell(column, row + 1), c, r + 1.0),
            ];
            let mut crossings = vec![];
            for side in 0..4 {
                let (from, to) = (corners[side], corners[(side + 1) % 4]);
                if (from.0 < 0.0) != (to.0 < 0.0) && from.0.is_finite() && to.0.is_finite() {
                    let share = from.0 / (from.0 - to.0);
                    let between = |a: f64, b: f64| a + share * (b - a);
                    crossings.push((across(between(from.1, to.1)), up(between(from.2, to.2))));
                }
            }
            pieces.extend(crossings.chunks_exact(2).map(<[(f64, f64)]>::to_vec));
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_meet_where_none_leads() {
        // Three classes in stripes from left to right, each sure of itself.
        let cells: Vec<[f64; 3]> = (0..90)
            .map(|cell| [0, 1, 2].map(|class| f64::from(u8::from(cell % 9 / 3 == class))))
            .collect();
        let cells: Vec<&[f64]> = cells.iter().map(<[f64; 3]>::as_slice).collect();
        let lines = boundaries((0.0, 9.0), (0.0, 1.0), 9, &cells);
        assert_eq!(lines.len(), 2 * 9, "two lines, none of them twice");
        for (x, _) in lines.iter().flatten() {
            assert!((x - 3.0).abs() < 1e-12 || (x - 6.0).abs() < 1e-12, "{x}");
        }
        assert!(boundaries((0.0, 1.0), (0.0, 1.0), 3, &[]).is_empty());
    }

    #[test]
    fn the_boundary_runs_where_the_sign_changes() {
        // Cells of width 0.1, negative left of x = 0.5.
        let cells: Vec<f64> = (0..100).map(|cell| f64::from(cell % 10) - 4.5).collect();
        let line = zero_line((0.0, 1.0), (0.0, 1.0), 10, &cells);
        assert_eq!(line.len(), 9, "one piece between each two rows");
        for (x, y) in line.iter().flatten() {
            assert!((x - 0.5).abs() < 1e-12 && (0.05..=0.95).contains(y), "{x} {y}");
        }
        assert!(zero_line((0.0, 1.0), (0.0, 1.0), 10, &[1.0; 100]).is_empty());
        assert!(zero_line((0.0, 1.0), (0.0, 1.0), 10, &[f64::NAN; 100]).is_empty());
    }
}
