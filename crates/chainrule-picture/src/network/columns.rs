//! Columns of neurons: where each stands, and what they answer as one image.

use crate::bitmap;
use crate::svg::{Path, Svg};

use super::live::{Live, Output, Unit};

/// Neurons of a layer that are shown at either end where there are more than twice as many.
pub(super) const ENDS: usize = 7;

/// How a column of neurons is laid out.
pub(super) struct Column {
    /// Which neurons are shown, with the height of their middles.
    pub(super) shown: Vec<(usize, f64)>,
    pub(super) elided: Option<(usize, f64)>,
    pub(super) x: f64,
    /// The height of the middle of its first row, and how many rows there are.
    pub(super) first: f64,
    pub(super) rows: usize,
}

pub(super) fn column(size: usize, x: f64, middle: f64, pitch: f64) -> Column {
    let most = 2 * ENDS + 1;
    let rows = size.min(most);
    let y = |row: usize| middle + (row as f64 - (rows.max(1) - 1) as f64 / 2.0) * pitch;
    if size <= most {
        return Column {
            shown: (0..size).map(|place| (place, y(place))).collect(),
            elided: None,
            x,
            first: y(0),
            rows,
        };
    }
    let ends = (0..ENDS).map(|row| (row, y(row)));
    let others = (0..ENDS).map(|row| (size - ENDS + row, y(ENDS + 1 + row)));
    Column {
        shown: ends.chain(others).collect(),
        elided: Some((size - 2 * ENDS, y(ENDS))),
        x,
        first: y(0),
        rows,
    }
}

impl Live {
    /// The maps of all neurons of a column as one image: a page reads few images faster than many.
    pub(super) fn draw_maps(&self, svg: &mut Svg, layer: usize, column: &Column, pitch: f64) {
        let units = self.layers.get(layer).map(Vec::as_slice).unwrap_or_default();
        let size = |unit: &Unit| match &unit.output {
            Output::Map { columns, .. } => (*columns).max(1),
            _ => 0,
        };
        // A map of three cells by three has a fourth one for the gap below.
        let cells_of_side = units.iter().map(size).max().unwrap_or(0).next_multiple_of(3);
        if cells_of_side == 0 {
            return;
        }
        let cells_of_place = cells_of_side / 3 * 4;
        let mut all = vec![0.0; cells_of_side * (column.rows * cells_of_place - cells_of_place / 4)];
        let mut ground = Path::new();
        let side = 0.75 * pitch;
        for &(place, y) in &column.shown {
            let Some(Unit {
                output: Output::Map { columns, cells },
                ..
            }) = units.get(place)
            else {
                continue;
            };
            let (columns, rows) = ((*columns).max(1), cells.len() / (*columns).max(1));
            let row = ((y - column.first) / pitch).round() as usize;
            let lines = all
                .chunks_exact_mut(cells_of_side)
                .skip(row * cells_of_place)
                .take(cells_of_side);
            for (down, line) in lines.enumerate() {
                let from = down * rows / cells_of_side * columns;
                for (across, cell) in line.iter_mut().enumerate() {
                    *cell = cells
                        .get(from + across * columns / cells_of_side)
                        .copied()
                        .unwrap_or(f64::NAN);
                }
            }
            let (left, top) = (column.x - side / 2.0, y - side / 2.0);
            ground.move_to((left, top));
            for corner in [(left + side, top), (left + side, top + side), (left, top + side)] {
                ground.line_to(corner);
            }
        }
        svg.element("path").class("cr-under").path(&ground).end();
        let image = svg
            .element("image")
            .class("cr-maps")
            .attribute("href", &bitmap::diverging(cells_of_side, &all));
        let image = image
            .number("x", column.x - side / 2.0)
            .number("y", column.first - side / 2.0);
        let image = image
            .number("width", side)
            .number("height", column.rows as f64 * pitch - pitch / 4.0);
        image.attribute("preserveAspectRatio", "none").end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_maps_of_a_column_are_one_image() {
        let unit = |cells: [f64; 9]| Unit {
            output: Output::Map {
                columns: 3,
                cells: cells.to_vec(),
            },
            ..Unit::default()
        };
        let (blue, orange) = ([1.0; 9], [-1.0; 9]);
        let picture = |layers: Vec<Vec<Unit>>| {
            Live {
                layers,
                ..Live::default()
            }
            .picture()
            .svg()
            .to_string()
        };
        let drawn = picture(vec![vec![unit(blue), unit(orange)], vec![unit(blue)]]);
        assert_eq!(drawn.matches("<image").count(), 2, "{drawn}");
        // Three lines of cells, one for the gap, three lines of the next.
        let mut cells = vec![1.0; 9];
        cells.extend([0.0; 3]);
        cells.extend([-1.0; 9]);
        assert!(drawn.contains(&bitmap::diverging(3, &cells)));
        assert!(drawn.contains(&bitmap::diverging(3, &blue)));
        // What has no map has no image.
        assert_eq!(picture(vec![vec![Unit::default()]]).matches("<image").count(), 0);
    }
}
