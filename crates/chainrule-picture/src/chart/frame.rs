//! What surrounds the series of a chart: margins, grid, axes, ticks, marks.

use super::Chart;
use super::axis::{Axis, Tick};
use super::series::Area;
use crate::svg::{Path, Svg, shorten, text_width};

/// The height of a row of labels above the plot.
const ROW: f64 = 18.0;
/// The type size of ticks and marks.
const SMALL: f64 = 11.0;
/// More rows of labels than this would leave too little of the plot.
const MOST_ROWS: usize = 4;

/// Where the plot lies and everything around it.
pub(super) struct Frame {
    pub(super) area: Area,
    x_ticks: Vec<Tick>,
    y_ticks: Vec<Tick>,
    /// Where the axes run, in pixels.
    spine: (f64, f64),
    marks: Vec<Mark>,
    label_row: Option<usize>,
}

struct Mark {
    x: f64,
    label: String,
    /// From where to where the label reaches.
    span: (f64, f64),
    /// Whether the label stands left of its line, for want of room at the right.
    leftward: bool,
    row: usize,
}

impl Frame {
    pub(super) fn new(chart: &Chart, x_axis: &Axis, y_axis: &Axis, beside: f64) -> Frame {
        let bottom = chart.height - 12.0 - 20.0 - if chart.x_label.is_empty() { 0.0 } else { 20.0 };
        let head = if chart.title.is_empty() { 14.0 } else { 46.0 };
        let y_ticks = y_axis.ticks(((bottom - head) / 56.0) as usize);
        let widest = |ticks: &[Tick]| {
            ticks
                .iter()
                .map(|tick| text_width(&tick.label, SMALL))
                .fold(0.0, f64::max)
        };
        let y_room = widest(&y_ticks).min(chart.width * 0.3);

        let inside = |share: f64| share.clamp(0.0, 1.0);
        let crossing = chart.crossing.map(|(x, y)| {
            (
                inside(x_axis.fraction(x).unwrap_or(0.0)),
                inside(y_axis.fraction(y).unwrap_or(0.0)),
            )
        });
        let right_room = (20.0 + beside).min(chart.width * 0.45);
        let left = match crossing {
            // The tick labels stand left of an axis somewhere in the plot: room at the edge only if that is near it.
            Some((across, _)) if across > 0.0 => {
                let needed = (y_room + 18.0 - across * (chart.width - right_room)) / (1.0 - across).max(0.01);
                needed.clamp(20.0, y_room + 26.0)
            }
            _ => (y_room + 26.0).max(40.0),
        };
        let mut area = Area {
            left,
            top: head,
            right: chart.width - right_room,
            bottom,
        };

        let mut target = (area.width() / 80.0) as usize;
        let mut x_ticks = x_axis.ticks(target);
        while target > 2 {
            let labelled = x_ticks.iter().filter(|tick| !tick.label.is_empty()).count();
            if labelled as f64 * (widest(&x_ticks) + 12.0) <= area.width() + 30.0 {
                break;
            }
            target -= 1;
            x_ticks = x_axis.ticks(target);
        }
        let last = x_ticks
            .iter()
            .filter(|tick| !tick.label.is_empty())
            .max_by(|a, b| a.fraction.total_cmp(&b.fraction));
        if let Some(last) = last {
            let over = text_width(&last.label, SMALL) / 2.0
                - (1.0 - last.fraction) * area.width()
                - (chart.width - area.right)
                + 4.0;
            area.right -= over.clamp(0.0, 60.0);
        }

        // A low chart has room for one row of labels at least, a high one for all.
        let most = (((bottom - head - 42.0) / ROW) as usize).clamp(1, MOST_ROWS);
        let marks = place_marks(chart, x_axis, &area, most);
        let label_row = label_row(chart, &marks).map(|row| row.min(most - 1));
        let rows = marks
            .iter()
            .map(|mark| mark.row)
            .chain(label_row)
            .max()
            .map_or(0, |row| row + 1);
        area.top = head + if rows > 0 { rows as f64 * ROW + 2.0 } else { 0.0 };
        let spine = match crossing {
            Some((across, up)) => (area.left + across * area.width(), area.bottom - up * area.height()),
            None => (area.left, area.bottom),
        };
        Frame {
            area,
            x_ticks,
            y_ticks,
            spine,
            marks,
            label_row,
        }
    }

    pub(super) fn draw(&self, svg: &mut Svg, chart: &Chart) {
        let area = &self.area;
        let x_of = |tick: &Tick| area.left + tick.fraction.clamp(0.0, 1.0) * area.width();
        let y_of = |tick: &Tick| area.bottom - tick.fraction.clamp(0.0, 1.0) * area.height();
        let mut grid = Path::new();
        let mut axis = Path::new();
        let mut ticks = Path::new();
        for tick in &self.x_ticks {
            let x = x_of(tick);
            if tick.label.is_empty() {
                ticks.move_to((x, self.spine.1));
                ticks.line_to((x, self.spine.1 + 3.0));
            } else {
                grid.move_to((x, area.top));
                grid.line_to((x, area.bottom));
            }
        }
        for tick in &self.y_ticks {
            let y = y_of(tick);
            if tick.label.is_empty() {
                ticks.move_to((self.spine.0 - 3.0, y));
                ticks.line_to((self.spine.0, y));
            } else {
                grid.move_to((area.left, y));
                grid.line_to((area.right, y));
            }
        }
        axis.move_to((area.left, self.spine.1));
        axis.line_to((area.right, self.spine.1));
        axis.move_to((self.spine.0, area.top));
        axis.line_to((self.spine.0, area.bottom));
        for (class, path) in [("cr-grid", &grid), ("cr-axis", &ticks), ("cr-axis", &axis)] {
            if !path.is_empty() {
                svg.element("path").class(class).path(path).end();
            }
        }
        // Where the axes cross inside the plot, a label on the crossing would sit on a line: leave it to its neighbors.
        let crossed = chart.crossing.is_some();
        let on = |a: f64, b: f64, room: f64| crossed && (a - b).abs() < room;
        for tick in self.x_ticks.iter().filter(|tick| !tick.label.is_empty()) {
            if !on(x_of(tick), self.spine.0, 10.0) || self.spine.0 - area.left < 1.0 {
                svg.label(
                    "cr-small cr-muted cr-middle cr-halo",
                    x_of(tick),
                    self.spine.1 + 17.0,
                    &tick.label,
                );
            }
        }
        for tick in self.y_ticks.iter().filter(|tick| !tick.label.is_empty()) {
            if !on(y_of(tick), self.spine.1, 8.0) || area.bottom - self.spine.1 < 1.0 {
                svg.label(
                    "cr-small cr-muted cr-end cr-halo",
                    self.spine.0 - 8.0,
                    y_of(tick) + 4.0,
                    &tick.label,
                );
            }
        }
        if let Some(row) = self.label_row {
            let y = area.top - 10.0 - row as f64 * ROW;
            svg.label("cr-muted", 16.0, y, &shorten(&chart.y_label, 60));
        }
        if !chart.x_label.is_empty() {
            let middle = (area.left + area.right) / 2.0;
            svg.label(
                "cr-muted cr-middle",
                middle,
                chart.height - 13.0,
                &shorten(&chart.x_label, 80),
            );
        }
        for mark in &self.marks {
            let top = area.top - 6.0 - mark.row as f64 * ROW;
            svg.line("cr-mark", (mark.x, top - 6.0), (mark.x, area.bottom));
            let (class, x) = if mark.leftward {
                ("cr-small cr-muted cr-end", mark.x - 5.0)
            } else {
                ("cr-small cr-muted", mark.x + 5.0)
            };
            svg.label(class, x, top + 2.0, &mark.label);
        }
    }
}

/// Labels of vertical lines stand above the plot, in as many rows as it takes for none to touch another or to be
/// crossed by the line of another.
fn place_marks(chart: &Chart, x_axis: &Axis, area: &Area, most: usize) -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::new();
    for (value, label) in chart.marks.iter().take(50) {
        let inside = |share: &f64| (0.0..=1.0).contains(share);
        let Some(share) = x_axis.fraction(*value).filter(inside) else {
            continue;
        };
        let x = area.left + share * area.width();
        let label = shorten(label, 40);
        let width = text_width(&label, SMALL) + 10.0;
        let leftward = x + width > area.right;
        let span = if leftward { (x - width, x) } else { (x, x + width) };
        marks.push(Mark {
            x,
            label,
            span,
            leftward,
            row: 0,
        });
    }
    // A label to the right of its line must stand above the lines right of it, so those are placed first.
    marks.sort_by(|a, b| {
        let along = if a.leftward {
            a.x.total_cmp(&b.x)
        } else {
            b.x.total_cmp(&a.x)
        };
        a.leftward.cmp(&b.leftward).then(along)
    });
    for place in 0..marks.len() {
        let (placed, rest) = marks.split_at_mut(place);
        let mark = &mut rest[0];
        let free = |row: usize| {
            placed.iter().all(|other| {
                let touches = other.row == row && overlap(other.span, mark.span);
                let crossed = other.row >= row && within(other.x, mark.span);
                let crosses = other.row < row && within(mark.x, other.span);
                !touches && !crossed && !crosses
            })
        };
        mark.row = (0..most).find(|row| free(*row)).unwrap_or(most - 1);
    }
    marks
}

/// The row of the label of y: beside the labels of the marks if there is room, otherwise above them.
fn label_row(chart: &Chart, marks: &[Mark]) -> Option<usize> {
    if chart.y_label.is_empty() {
        return None;
    }
    let span = (0.0, 24.0 + text_width(&shorten(&chart.y_label, 60), 12.0));
    let blocking = marks
        .iter()
        .filter(|mark| within(mark.x, span) || overlap(mark.span, span));
    Some(blocking.map(|mark| mark.row + 1).max().unwrap_or(0))
}

fn overlap(a: (f64, f64), b: (f64, f64)) -> bool {
    a.0 < b.1 && b.0 < a.1
}

fn within(x: f64, span: (f64, f64)) -> bool {
    x > span.0 && x < span.1
}
