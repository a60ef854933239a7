//! Drawing a chart: margins, axes, marks, series, legend.

use super::axis::Axis;
use super::drawn::{draw_series, project};
use super::frame::Frame;
use super::series::{Kind, extent};
use super::words::describe;
use super::{Chart, handle, legend};
use crate::picture::Picture;
use crate::svg::{Svg, shorten};
use crate::theme;

const RULES: &str = "\
.cr-chart .cr-grid{fill:none;stroke:$grid}
.cr-chart .cr-axis{fill:none;stroke:$axis}
.cr-chart .cr-mark{fill:none;stroke:$muted;stroke-dasharray:3 3}
.cr-chart .cr-stroke{fill:none;stroke-width:2px;stroke-linejoin:round;stroke-linecap:round}
.cr-chart .cr-dots{stroke-width:6px;stroke-opacity:.75}
.cr-chart .cr-fill{fill-opacity:.75;stroke:$ground;stroke-width:.75px}
.cr-chart .cr-legend{fill:$ground;fill-opacity:.85}
";

/// The rules for axes, series and legends in a kind of picture.
pub(super) fn rules(kind: &str) -> String {
    format!("{RULES}{}", theme::series_rules()).replace(".cr-chart ", &format!(".cr-{kind} "))
}

/// The title of a chart, at its top.
pub(super) fn title(svg: &mut Svg, chart: &Chart) {
    if !chart.title.is_empty() {
        let room = ((chart.width - 32.0) / 8.6) as usize;
        svg.label("cr-title", 16.0, 27.0, &shorten(&chart.title, room));
    }
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
    title(&mut svg, chart);
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
    Picture::new(
        "chart",
        &chart.title,
        &describe(chart, &x_axis, &y_axis),
        (chart.width, chart.height),
        &rules("chart"),
        &svg.finish(),
    )
    .with_handles(handle::draw(chart, &x_axis, &y_axis, &frame.area))
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
