//! Drawing a surface: cells between two axes, what lies over them, the color bar.

use std::collections::BTreeMap;

use super::super::axis::Axis;
use super::super::drawn::project;
use super::super::frame::Frame;
use super::super::series::Area;
use super::super::{draw as chart_drawing, legend};
use super::grid::Grid;
use super::rules::rules;
use super::scale::{Scale, Shade};
use super::{Heatmap, overlay, words};
use crate::number;
use crate::picture::Picture;
use crate::svg::{Path, Svg, shorten, text_width};

/// More cells than this are smaller than anyone sees.
const MOST_ROWS: usize = 120;
const MOST_COLUMNS: usize = 160;
/// The room between the plot and the color bar, and between the bar and what stands right of it.
const GAP: f64 = 16.0;

pub(super) fn picture(heatmap: &Heatmap, scale: &Scale) -> Picture {
    let chart = &heatmap.chart;
    let (x_axis, y_axis) = (
        Axis::new(None, chart.x_range, false, 0.0),
        Axis::new(None, chart.y_range, false, 0.0),
    );
    let bar = match scale.is_empty() {
        true => 0.0,
        false => GAP + scale.bar_width(chart.height - 80.0),
    };
    let bar = if_room(chart.width, bar, 0.0);
    let frame = Frame::new(chart, &x_axis, &y_axis, bar);
    let drawn = project(chart, &x_axis, &y_axis, &frame.area);
    let entries = legend::entries(&drawn);
    let (frame, drawn, place, bar) = match legend::free_corner(&entries, &drawn, &frame.area) {
        Some(place) => (frame, drawn, place, bar),
        None => {
            let legend = legend::width(&entries) + GAP;
            let bar = if_room(chart.width, bar, legend);
            let frame = Frame::new(chart, &x_axis, &y_axis, bar + legend);
            let drawn = project(chart, &x_axis, &y_axis, &frame.area);
            let beyond = Area {
                right: frame.area.right + bar,
                ..frame.area
            };
            let place = legend::beside(&drawn, &beyond);
            (frame, drawn, place, bar)
        }
    };

    let mut svg = Svg::new();
    chart_drawing::title(&mut svg, chart);
    frame.draw(&mut svg, chart);
    draw_cells(&mut svg, heatmap, scale, &frame.area);
    overlay::draw(&mut svg, &drawn, &frame.area);
    if bar > 0.0 {
        draw_bar(&mut svg, heatmap, scale, &frame.area);
    }
    legend::draw(&mut svg, &entries, &place);
    Picture::new(
        "heatmap",
        &chart.title,
        &words::describe_surface(heatmap, scale),
        (chart.width, chart.height),
        &rules(),
        &svg.finish(),
    )
}

/// The width of the bar, or 0 where too little would be left of the plot.
fn if_room(width: f64, bar: f64, legend: f64) -> f64 {
    if bar + legend + 20.0 <= width * 0.45 { bar } else { 0.0 }
}

fn draw_cells(svg: &mut Svg, heatmap: &Heatmap, scale: &Scale, area: &Area) {
    let rectangle = |class: &str, svg: &mut Svg| {
        svg.element("rect")
            .class(class)
            .number("x", area.left)
            .number("y", area.top)
            .number("width", area.width())
            .number("height", area.height())
            .end();
    };
    if scale.is_empty() {
        let middle = ((area.left + area.right) / 2.0, (area.top + area.bottom) / 2.0);
        svg.label("cr-muted cr-middle cr-halo", middle.0, middle.1, "no cells to show");
        return;
    }
    rectangle("cr-cells", svg);
    for (shade, cells) in paths(&heatmap.grid.reduced(MOST_ROWS, MOST_COLUMNS), scale, area) {
        let Some(shade) = shade else {
            svg.element("path")
                .class("cr-missing")
                .path(&cells.path)
                .tip("no number");
            continue;
        };
        let range = match number::brief(cells.low) == number::brief(cells.high) {
            true => number::brief(cells.low),
            false => format!("{} to {}", number::brief(cells.low), number::brief(cells.high)),
        };
        let tip = format!("{} {}", heatmap.value_label, number::typographic(&range));
        svg.element("path")
            .class(shade.class())
            .ratio("fill-opacity", shade.strength() * scale.strongest())
            .path(&cells.path)
            .tip(tip.trim_start());
    }
    rectangle("cr-outline", svg);
}

/// All cells of one shade.
struct Cells {
    path: Path,
    low: f64,
    high: f64,
}

/// One path for each shade, so that a picture has few elements and no seams within a shade.
fn paths(grid: &Grid, scale: &Scale, area: &Area) -> BTreeMap<Option<Shade>, Cells> {
    let (rows, columns) = (grid.rows(), grid.columns());
    let x_of = |column: usize| area.left + column as f64 / columns as f64 * area.width();
    let y_of = |row: usize| area.bottom - row as f64 / rows as f64 * area.height();
    let mut paths = BTreeMap::new();
    for row in 0..rows {
        let numbers: Vec<f64> = (0..columns).map(|column| grid.number(row, column)).collect();
        let mut from = 0;
        for run in numbers.chunk_by(|a, b| scale.shade(*a) == scale.shade(*b)) {
            let shade = run.first().and_then(|number| scale.shade(*number));
            let cells = paths.entry(shade).or_insert_with(|| Cells {
                path: Path::new(),
                low: f64::INFINITY,
                high: f64::NEG_INFINITY,
            });
            let (left, right) = (x_of(from), x_of(from + run.len()));
            let (bottom, top) = (y_of(row), y_of(row + 1));
            cells
                .path
                .polygon(&[(left, top), (right, top), (right, bottom), (left, bottom)]);
            cells.low = run.iter().copied().fold(cells.low, f64::min);
            cells.high = run.iter().copied().fold(cells.high, f64::max);
            from += run.len();
        }
    }
    paths
}

fn draw_bar(svg: &mut Svg, heatmap: &Heatmap, scale: &Scale, area: &Area) {
    let beside = Area {
        left: area.right + GAP,
        ..*area
    };
    scale.draw_bar(svg, &beside);
    if !heatmap.value_label.is_empty() {
        let label = shorten(&heatmap.value_label, 24);
        // Above the bar; where it is longer than the room there, it ends at the edge of the picture.
        let fits = beside.left + text_width(&label, 12.0) < heatmap.chart.width - 6.0;
        let (class, x) = match fits {
            true => ("cr-muted", beside.left),
            false => ("cr-muted cr-end", heatmap.chart.width - 6.0),
        };
        svg.label(class, x, area.top - 8.0, &label);
    }
}
