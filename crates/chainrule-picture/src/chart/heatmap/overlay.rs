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
    for drawn in drawn.iter().filter(|drawn| drawn.series.kind == Kind::Line) {
        // Whatever the color of the cells, the ground around a line keeps it apart from them.
        let path = line(drawn);
        if !path.is_empty() {
            svg.element("path").class("cr-under").path(&path).end();
        }
        draw_series(svg, drawn);
        draw_steps(svg, drawn, area);
    }
}

/// A dot for each step, and the marks of start and end where they lie in the plot.
fn draw_steps(svg: &mut Svg, drawn: &Drawn, area: &Area) {
    let color = drawn.color.class();
    let seen = |place: &(f64, f64)| area.contains(*place);
    if (2..=DOTS).contains(&drawn.places.len()) {
        let mut path = Path::new();
        let places = drawn.places.iter().flatten().filter(|place| seen(place));
        places.for_each(|place| path.dot(*place));
        if !path.is_empty() {
            let class = format!("cr-stroke cr-steps {color}");
            svg.element("path").class(&class).path(&path).end();
        }
    }
    let start = drawn.places.first().copied().flatten().filter(seen);
    let end = drawn.places.last().copied().flatten().filter(seen);
    let touch = matches!((start, end), (Some(a), Some(b)) if (a.0 - b.0).abs() < 44.0 && (a.1 - b.1).abs() < 16.0);
    for (place, class, text) in [(start, "cr-start", "start"), (end, "cr-finish", "end")] {
        let Some((x, y)) = place else { continue };
        let class = format!("{class} cr-stroke {color}");
        let circle = svg.element("circle").class(&class).number("cx", x).number("cy", y);
        circle.number("r", 5.0).end();
        if touch && text == "start" {
            continue;
        }
        let (class, x) = match x > area.right - 50.0 {
            true => ("cr-small cr-halo cr-end", x - 9.0),
            false => ("cr-small cr-halo", x + 9.0),
        };
        svg.label(class, x, (y + 4.0).clamp(area.top + 10.0, area.bottom - 3.0), text);
    }
}
