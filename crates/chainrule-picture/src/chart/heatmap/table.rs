//! Drawing a table: named rows and columns, the number written in each cell.

use super::names::{MOST, Names, left_out};
use super::rules::rules;
use super::scale::Scale;
use super::{Heatmap, words};
use crate::number;
use crate::picture::Picture;
use crate::svg::{Svg, shorten, text_width};

const ROW: f64 = 36.0;
/// The longest name that is shown in full.
const LONGEST: usize = 18;
/// So strong is the strongest color: a number in the color of text can still be read on it, in light and dark.
const STRONGEST: f64 = 0.55;

pub(super) fn picture(heatmap: &Heatmap, names: &Names, scale: &Scale) -> Picture {
    let (chart, grid) = (&heatmap.chart, &heatmap.grid);
    let (rows, columns) = (grid.rows().min(MOST), grid.columns().min(MOST));
    let row_names: Vec<String> = (0..rows).map(|row| shorten(&names.row(row), LONGEST)).collect();
    let column_names: Vec<String> = (0..columns)
        .map(|column| shorten(&names.column(column), LONGEST))
        .collect();
    let written = |row, column| number::typographic(&number::brief(grid.number(row, column)));
    let widest =
        |texts: &mut dyn Iterator<Item = String>, size| texts.map(|text| text_width(&text, size)).fold(0.0, f64::max);
    let mut numbers = (0..rows).flat_map(|row| (0..columns).map(move |column| written(row, column)));
    let column_width = widest(&mut numbers, 14.0)
        .max(widest(&mut column_names.iter().cloned(), 12.0))
        .max(40.0)
        + 16.0;
    let y_label = shorten(&chart.y_label, 40);
    let x_label = shorten(&chart.x_label, 40);
    let side = widest(&mut row_names.iter().cloned(), 12.0).max(text_width(&y_label, 12.0)) + 16.0;

    let head = if chart.title.is_empty() { 14.0 } else { 46.0 };
    let top = head + if x_label.is_empty() { 24.0 } else { 44.0 };
    let left = 16.0 + side;
    let (right, bottom) = (left + columns as f64 * column_width, top + rows as f64 * ROW);
    let left_out = left_out(grid.rows(), grid.columns());
    let least = 32.0 + text_width(&left_out, 12.0).max(text_width(&shorten(&chart.title, 60), 15.5));
    let width = (right + 20.0).max(least).max(160.0);
    let height = bottom + if left_out.is_empty() { 18.0 } else { 38.0 };

    let mut svg = Svg::new();
    if !chart.title.is_empty() {
        svg.label("cr-title", 16.0, 27.0, &shorten(&chart.title, 60));
    }
    if rows == 0 || columns == 0 {
        svg.label("cr-muted", 16.0, top, "no cells to show");
    } else {
        svg.label("cr-muted", left, head + 14.0, &x_label);
        svg.label("cr-muted cr-end", left - 12.0, top - 10.0, &y_label);
    }
    for (column, name) in column_names.iter().enumerate() {
        let middle = left + (column as f64 + 0.5) * column_width;
        svg.label("cr-middle", middle, top - 10.0, name);
    }
    for (row, name) in row_names.iter().enumerate() {
        let y = top + row as f64 * ROW;
        svg.label("cr-end", left - 12.0, y + ROW / 2.0 + 4.0, name);
        for (column, column_name) in column_names.iter().enumerate() {
            let x = left + column as f64 * column_width;
            let value = grid.number(row, column);
            let shade = scale.shade(value);
            let class = shade.map_or("cr-missing", |shade| shade.class());
            let strength = shade.map_or(1.0, |shade| shade.strength() * STRONGEST);
            // A gap of two pixels keeps the cells of a table apart.
            let cell = svg
                .element("rect")
                .class(class)
                .number("x", x + 1.0)
                .number("y", y + 1.0);
            let cell = cell.number("width", column_width - 2.0).number("height", ROW - 2.0);
            let tip = format!("{name}, {column_name}: {}", number::exact(value));
            cell.number("rx", 3.0).ratio("fill-opacity", strength).tip(&tip);
            let class = match value.is_finite() {
                true => "cr-middle cr-number",
                false => "cr-middle cr-number cr-wrong",
            };
            svg.label(
                class,
                x + column_width / 2.0,
                y + ROW / 2.0 + 5.0,
                &written(row, column),
            );
        }
    }
    if !left_out.is_empty() {
        svg.label("cr-muted", 16.0, height - 14.0, &left_out);
    }
    Picture::new(
        "heatmap",
        &chart.title,
        &words::describe_table(heatmap, names),
        (width, height),
        &rules(),
        &svg.finish(),
    )
}
