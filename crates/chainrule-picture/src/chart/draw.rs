//! Drawing a chart: margins, axes, marks, series, legend.

use super::axis::Axis;
use super::frame::Frame;
use super::series::{self, Area, Kind, Series};
use super::words::describe;
use super::{Chart, legend};
use crate::number;
use crate::picture::Picture;
use crate::svg::{Path, Svg, shorten};
use crate::theme::{self, Color};

const RULES: &str = "\
.cr-chart .cr-grid{fill:none;stroke:$grid}
.cr-chart .cr-axis{fill:none;stroke:$axis}
.cr-chart .cr-mark{fill:none;stroke:$muted;stroke-dasharray:3 3}
.cr-chart .cr-stroke{fill:none;stroke-width:2px;stroke-linejoin:round;stroke-linecap:round}
.cr-chart .cr-dots{stroke-width:6px;stroke-opacity:.75}
.cr-chart .cr-fill{fill-opacity:.75;stroke:$ground;stroke-width:.75px}
.cr-chart .cr-legend{fill:$ground;fill-opacity:.85}
";

/// A series whose points have become pixels.
pub(super) struct Drawn<'a> {
    pub(super) series: &'a Series,
    pub(super) color: Color,
    /// Which mark a scatter draws: the first a circle, then square, triangle, diamond.
    pub(super) shape: usize,
    pub(super) pieces: Vec<Vec<(f64, f64)>>,
    pub(super) dots: Vec<(f64, f64)>,
    /// For each dot of a scatter, its place in the series.
    sources: Vec<usize>,
}

pub(super) fn picture(chart: &Chart) -> Picture {
    let x_axis = x_axis(chart);
    let y_axis = y_axis(chart, &x_axis);
    let frame = Frame::new(chart, &x_axis, &y_axis, 0.0);
    let drawn = project(chart, &x_axis, &y_axis, &frame.area);
    // A legend inside costs no room, but it must not cover anything; otherwise the plot makes room at its right.
    let entries = legend::entries(&drawn);
    let (frame, drawn, place) = match legend::free_corner(&entries, &drawn, &frame.area) {
        Some(place) => (frame, drawn, place),
        None => {
            let frame = Frame::new(chart, &x_axis, &y_axis, legend::width(&entries) + 8.0);
            let drawn = project(chart, &x_axis, &y_axis, &frame.area);
            let place = legend::beside(&drawn, &frame.area);
            (frame, drawn, place)
        }
    };

    let mut svg = Svg::new();
    if !chart.title.is_empty() {
        let room = ((chart.width - 32.0) / 8.6) as usize;
        svg.label("cr-title", 16.0, 27.0, &shorten(&chart.title, room));
    }
    frame.draw(&mut svg, chart);
    for drawn in &drawn {
        draw_series(&mut svg, drawn);
    }
    if drawn
        .iter()
        .all(|drawn| drawn.pieces.is_empty() && drawn.dots.is_empty())
    {
        let middle = (
            (frame.area.left + frame.area.right) / 2.0,
            (frame.area.top + frame.area.bottom) / 2.0,
        );
        svg.label("cr-muted cr-middle cr-halo", middle.0, middle.1, "no points to show");
    }
    legend::draw(&mut svg, &entries, &place);
    let rules = format!("{RULES}{}", theme::series_rules());
    Picture::new(
        "chart",
        &chart.title,
        &describe(chart, &x_axis, &y_axis),
        (chart.width, chart.height),
        &rules,
        &svg.finish(),
    )
}

fn x_axis(chart: &Chart) -> Axis {
    let points = || chart.series.iter().flat_map(|series| &series.points);
    let usable = |value: &f64| value.is_finite() && (!chart.log_x || *value >= f64::MIN_POSITIVE);
    let values = points().filter(|point| point.1.is_finite()).map(|point| point.0);
    let extra = chart
        .marks
        .iter()
        .map(|mark| mark.0)
        .chain(chart.crossing.map(|crossing| crossing.0));
    let only_lines = chart.series.iter().all(|series| series.kind == Kind::Line);
    let padding = if only_lines && chart.crossing.is_none() {
        0.0
    } else {
        0.04
    };
    Axis::new(
        extent(values.chain(extra).filter(usable)),
        chart.x_range,
        chart.log_x,
        padding,
    )
}

fn y_axis(chart: &Chart, x_axis: &Axis) -> Axis {
    let usable = |value: &f64| value.is_finite() && (!chart.log_y || *value >= f64::MIN_POSITIVE);
    // With x cut to a range, only what is left of the series decides how high the chart reaches.
    let inside = |x: f64| {
        x_axis
            .fraction(x)
            .is_some_and(|share| (-1e-9..=1.0 + 1e-9).contains(&share))
    };
    let points = || chart.series.iter().flat_map(|series| &series.points);
    let values = points().filter(|point| inside(point.0)).map(|point| point.1);
    let extra = chart.crossing.map(|crossing| crossing.1);
    Axis::new(
        extent(values.chain(extra).filter(usable)),
        chart.y_range,
        chart.log_y,
        0.05,
    )
}

pub(super) fn extent(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |extent, value| match extent {
        None => Some((value, value)),
        Some((low, high)) => Some((value.min(low), value.max(high))),
    })
}

fn project<'a>(chart: &'a Chart, x_axis: &Axis, y_axis: &Axis, area: &Area) -> Vec<Drawn<'a>> {
    let mut scatters = 0;
    chart
        .series
        .iter()
        .enumerate()
        .map(|(place, series)| {
            let places: Vec<Option<(f64, f64)>> = series
                .points
                .iter()
                .map(|(x, y)| {
                    let across = x_axis.fraction(*x)?;
                    let up = y_axis.fraction(*y)?;
                    Some((area.left + across * area.width(), area.bottom - up * area.height()))
                })
                .collect();
            let mut drawn = Drawn {
                series,
                color: series.color.unwrap_or(Color::ALL[place % Color::ALL.len()]),
                shape: scatters,
                pieces: Vec::new(),
                dots: Vec::new(),
                sources: Vec::new(),
            };
            match series.kind {
                Kind::Scatter => {
                    scatters += 1;
                    (drawn.sources, drawn.dots) = series::spots(&places, area).into_iter().unzip();
                }
                Kind::Line => {
                    let (dots, pieces) = series::pieces(&places, area)
                        .into_iter()
                        .partition(|piece| piece.len() == 1);
                    drawn.pieces = pieces;
                    drawn.dots = dots.into_iter().flatten().collect();
                }
            }
            drawn
        })
        .collect()
}

fn draw_series(svg: &mut Svg, drawn: &Drawn) {
    let color = drawn.color.class();
    let label = &drawn.series.label;
    let mut path = Path::new();
    for piece in &drawn.pieces {
        let mut last = (String::new(), String::new());
        for (place, point) in piece.iter().enumerate() {
            let written = (number::coordinate(point.0), number::coordinate(point.1));
            if place == 0 {
                path.move_to(*point);
            } else if written != last {
                path.line_to(*point);
            }
            last = written;
        }
    }
    if !path.is_empty() {
        svg.element("path")
            .class(&format!("cr-stroke {color}"))
            .path(&path)
            .tip(label);
    }
    if drawn.dots.is_empty() {
        return;
    }
    // Tooltips on points are worth their bytes as long as single points can be told apart.
    if drawn.series.kind == Kind::Scatter && drawn.series.points.len() <= 200 {
        for (source, dot) in drawn.sources.iter().zip(&drawn.dots) {
            let (x, y) = drawn.series.points[*source];
            let tip = format!("{label} ({}, {})", number::exact(x), number::exact(y));
            let class = format!("cr-fill {color}");
            if drawn.shape.is_multiple_of(4) {
                let circle = svg
                    .element("circle")
                    .class(&class)
                    .number("cx", dot.0)
                    .number("cy", dot.1);
                circle.number("r", 4.0).tip(tip.trim_start());
            } else {
                let mut path = Path::new();
                mark(&mut path, drawn.shape, *dot, 4.0);
                svg.element("path").class(&class).path(&path).tip(tip.trim_start());
            }
        }
        return;
    }
    let mut path = Path::new();
    let round = drawn.shape.is_multiple_of(4) || drawn.series.kind == Kind::Line;
    for dot in &drawn.dots {
        if round {
            path.dot(*dot);
        } else {
            mark(&mut path, drawn.shape, *dot, 3.2);
        }
    }
    let class = if round { "cr-stroke cr-dots" } else { "cr-fill" };
    svg.element("path")
        .class(&format!("{class} {color}"))
        .path(&path)
        .tip(label);
}

/// A mark of about the same weight in each of four shapes, so that series differ by more than color.
pub(super) fn mark(path: &mut Path, shape: usize, (x, y): (f64, f64), size: f64) {
    match shape % 4 {
        0 => path.dot((x, y)),
        1 => {
            let s = size * 0.86;
            path.polygon(&[(x - s, y - s), (x + s, y - s), (x + s, y + s), (x - s, y + s)]);
        }
        2 => {
            let s = size * 1.2;
            path.polygon(&[(x, y - s), (x + s, y + s * 0.75), (x - s, y + s * 0.75)]);
        }
        _ => {
            let s = size * 1.2;
            path.polygon(&[(x, y - s), (x + s, y), (x, y + s), (x - s, y)]);
        }
    }
}
