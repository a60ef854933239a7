//! The description of a heat map.

use super::Heatmap;
use super::grid::Grid;
use super::names::{MOST, Names, left_out};
use super::scale::{Scale, Spread};
use crate::chart::series::Kind;
use crate::number;

pub(super) fn describe_surface(heatmap: &Heatmap, scale: &Scale) -> String {
    let (chart, grid) = (&heatmap.chart, &heatmap.grid);
    let or = |label: &str, plain: &str| {
        if label.is_empty() {
            plain.to_string()
        } else {
            label.to_string()
        }
    };
    let (x, y) = (or(&chart.x_label, "x"), or(&chart.y_label, "y"));
    let colored = match heatmap.spread {
        Spread::Even => String::new(),
        Spread::Logarithmic => " (logarithmic)".to_string(),
        Spread::Diverging { middle } => format!(" (diverging from {})", number::brief(middle)),
    };
    let mut sentences = vec![format!(
        "{}{colored} over {x} and {y}: {} by {}",
        or(&heatmap.value_label, "Values"),
        number::counted(grid.columns(), "column"),
        number::counted(grid.rows(), "row"),
    )];
    let colorable = || grid.cells().filter(|cell| scale.shade(cell.number).is_some());
    let smallest = colorable().min_by(|a, b| a.number.total_cmp(&b.number));
    let largest = colorable().max_by(|a, b| a.number.total_cmp(&b.number));
    if let (Some(smallest), Some(largest)) = (smallest, largest) {
        let middle = |range: Option<(f64, f64)>, place: usize, count: usize| {
            let (from, to) = range.unwrap_or((0.0, 1.0));
            let share = (place as f64 + 0.5) / count as f64;
            number::brief(from * (1.0 - share) + to * share)
        };
        let place = |cell: super::grid::Cell| {
            format!(
                "{} at {x} {}, {y} {}",
                number::brief(cell.number),
                middle(chart.x_range, cell.column, grid.columns()),
                middle(chart.y_range, cell.row, grid.rows())
            )
        };
        sentences[0] += &format!(", smallest {}, largest {}", place(smallest), place(largest));
    }
    sentences[0] += ".";
    sentences.extend(empty_cells(
        grid,
        colorable().count(),
        matches!(heatmap.spread, Spread::Logarithmic),
    ));
    for (place, series) in chart.series.iter().enumerate().take(20) {
        let name = or(&series.label, &format!("Series {}", place + 1));
        let count = number::counted(series.points.len(), "point");
        let kind = if series.kind == Kind::Line { "path through " } else { "" };
        let mut sentence = format!("{name}: {kind}{count}");
        if let (Kind::Line, Some(from), Some(to)) = (series.kind, series.points.first(), series.points.last()) {
            let pair = |point: &(f64, f64)| format!("({}, {})", number::brief(point.0), number::brief(point.1));
            sentence += &format!(", from {} to {}", pair(from), pair(to));
        }
        sentences.push(sentence + ".");
        let lost = series
            .points
            .iter()
            .filter(|point| !point.0.is_finite() || !point.1.is_finite());
        match lost.count() + series.unpaired {
            0 => {}
            lost => sentences.push(format!(
                "{} left out: not finite, or without a partner.",
                number::counted(lost, "point")
            )),
        }
    }
    if chart.series.len() > 20 {
        sentences.push(format!("And {} more series.", chart.series.len() - 20));
    }
    sentences.join(" ")
}

pub(super) fn describe_table(heatmap: &Heatmap, names: &Names) -> String {
    let (chart, grid) = (&heatmap.chart, &heatmap.grid);
    let or = |label: &str, plain: &str| {
        if label.is_empty() {
            plain.to_string()
        } else {
            label.to_string()
        }
    };
    let mut sentences = vec![format!(
        "{}: {} down, {} across.",
        or(&heatmap.value_label, "Values"),
        or(&chart.y_label, "rows"),
        or(&chart.x_label, "columns")
    )];
    // Who cannot see the cells can still be told a hundred of them.
    let (rows, columns) = (grid.rows().min(10), grid.columns().min(10));
    for row in 0..rows {
        let cells: Vec<String> = (0..columns)
            .map(|column| format!("{} {}", names.column(column), number::brief(grid.number(row, column))))
            .collect();
        sentences.push(format!("{}: {}.", names.row(row), cells.join(", ")));
    }
    if (rows, columns) != (grid.rows(), grid.columns()) {
        let size = (
            number::counted(grid.rows(), "row"),
            number::counted(grid.columns(), "column"),
        );
        sentences.push(format!("In all {} by {}.", size.0, size.1));
    }
    let left_out = left_out(grid.rows(), grid.columns());
    if !left_out.is_empty() {
        sentences.push(format!("{left_out}: a table shows {MOST} of each."));
    }
    sentences.extend(empty_cells(grid, grid.cells().count(), false));
    for (kind, named, there) in [
        ("row", names.rows.len(), grid.rows()),
        ("column", names.columns.len(), grid.columns()),
    ] {
        if named > there {
            sentences.push(format!(
                "{} for {}.",
                number::counted(named, &format!("{kind} name")),
                number::counted(there, kind)
            ));
        }
    }
    sentences.join(" ")
}

/// How many cells of the rectangle have no color.
fn empty_cells(grid: &Grid, colored: usize, logarithmic: bool) -> Option<String> {
    let all = grid.rows().saturating_mul(grid.columns());
    let why = if logarithmic {
        "not finite, not positive or missing"
    } else {
        "not finite or missing"
    };
    (colored < all).then(|| format!("{} left empty: {why}.", number::counted(all - colored, "cell")))
}
