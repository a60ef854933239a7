//! Series as they are drawn: points as pixels, lines and marks.

use super::Chart;
use super::axis::Axis;
use super::series::{self, Area, Kind, Series};
use crate::number;
use crate::svg::{Path, Svg};
use crate::theme::Color;

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
    /// Where every point of the series falls, also outside the plot.
    pub(super) places: Vec<Option<(f64, f64)>>,
}

pub(super) fn project<'a>(chart: &'a Chart, x_axis: &Axis, y_axis: &Axis, area: &Area) -> Vec<Drawn<'a>> {
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
                places: Vec::new(),
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
            drawn.places = places;
            drawn
        })
        .collect()
}

/// The line of a series; steps too small to be seen are left out.
pub(super) fn line(drawn: &Drawn) -> Path {
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
    path
}

pub(super) fn draw_series(svg: &mut Svg, drawn: &Drawn) {
    let color = drawn.color.class();
    let label = &drawn.series.label;
    let path = line(drawn);
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
