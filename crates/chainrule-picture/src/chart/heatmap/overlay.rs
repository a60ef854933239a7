//! What lies over a surface: paths with their start and end, points of several classes.

use super::super::Chart;
use super::super::drawn::{Drawn, draw_series, line};
use super::super::series::{Area, Kind};
use crate::svg::{Path, Svg};

/// With more steps than this, dots would run together.
const DOTS: usize = 200;

/// How many series of this kind there are.
pub(super) fn count(chart: &Chart, kind: Kind) -> usize {
    chart.series.iter().filter(|series| series.kind == kind).count()
}

pub(super) fn draw(svg: &mut Svg, drawn: &[Drawn], area: &Area) {
    for drawn in drawn.iter().filter(|drawn| drawn.series.kind == Kind::Scatter) {
        draw_series(svg, drawn);
    }
    let paths: Vec<&Drawn> = drawn.iter().filter(|drawn| drawn.series.kind == Kind::Line).collect();
    for drawn in &paths {
        // Whatever the color of the cells, the ground around a line keeps it apart from them.
        let path = line(drawn);
        if !path.is_empty() {
            svg.element("path").class("cr-under").path(&path).end();
        }
        draw_series(svg, drawn);
        draw_steps(svg, drawn, area);
    }
    draw_ends(svg, &paths, area);
}

/// A dot for each step.
fn draw_steps(svg: &mut Svg, drawn: &Drawn, area: &Area) {
    if !(2..=DOTS).contains(&drawn.places.len()) {
        return;
    }
    let mut path = Path::new();
    let places = drawn.places.iter().flatten().filter(|place| area.contains(**place));
    places.for_each(|place| path.dot(*place));
    if !path.is_empty() {
        let class = format!("cr-stroke cr-steps {}", drawn.color.class());
        svg.element("path").class(&class).path(&path).end();
    }
}

/// Marks where each path starts and ends, where that is seen. A word that would cover another is left out.
fn draw_ends(svg: &mut Svg, paths: &[&Drawn], area: &Area) {
    let mut words: Vec<((f64, f64), &str)> = Vec::new();
    for (class, text) in [("cr-start", "start"), ("cr-finish", "end")] {
        for drawn in paths {
            let place = if text == "start" {
                drawn.places.first()
            } else {
                drawn.places.last()
            };
            let Some((x, y)) = place.copied().flatten().filter(|place| area.contains(*place)) else {
                continue;
            };
            let class = format!("{class} cr-stroke {}", drawn.color.class());
            let circle = svg.element("circle").class(&class).number("cx", x).number("cy", y);
            circle.number("r", 5.0).end();
            words.push(((x, y), text));
        }
    }
    let mut written: Vec<(f64, f64)> = Vec::new();
    for ((x, y), text) in words.into_iter().rev() {
        if written
            .iter()
            .any(|other| (x - other.0).abs() < 44.0 && (y - other.1).abs() < 16.0)
        {
            continue;
        }
        written.push((x, y));
        let (class, x) = match x > area.right - 50.0 {
            true => ("cr-small cr-halo cr-end", x - 9.0),
            false => ("cr-small cr-halo", x + 9.0),
        };
        svg.label(class, x, (y + 4.0).clamp(area.top + 10.0, area.bottom - 3.0), text);
    }
}
