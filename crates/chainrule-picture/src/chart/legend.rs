//! The legend: inside the plot where it covers nothing, otherwise at the right, beside the ends of the lines.

use super::drawn::{Drawn, mark};
use super::series::{Area, Kind};
use crate::svg::{Path, Svg, shorten, text_width};
use crate::theme::Color;

const ROW: f64 = 18.0;
const LONGEST: usize = 28;
/// More rows than this would be taller than the plot.
const MOST: usize = 16;

pub(super) struct Entry {
    label: String,
    color: Color,
    kind: Kind,
    shape: usize,
}

/// Where each row of the legend stands: left edge and middle height.
pub(super) struct Place {
    rows: Vec<(f64, f64)>,
    /// The ground painted under it.
    panel: Option<Area>,
}

/// One entry per labelled series, if there is more than one to tell apart.
pub(super) fn entries(drawn: &[Drawn]) -> Vec<Entry> {
    let labelled: Vec<&Drawn> = drawn.iter().filter(|drawn| !drawn.series.label.is_empty()).collect();
    if labelled.len() < 2 {
        return Vec::new();
    }
    let mut entries: Vec<Entry> = labelled
        .iter()
        .take(MOST)
        .map(|drawn| Entry {
            label: shorten(&drawn.series.label, LONGEST),
            color: drawn.color,
            kind: drawn.series.kind,
            shape: drawn.shape,
        })
        .collect();
    if labelled.len() > MOST
        && let Some(last) = entries.last_mut()
    {
        last.label = format!("… {} more", labelled.len() - MOST + 1);
    }
    entries
}

pub(super) fn width(entries: &[Entry]) -> f64 {
    entries
        .iter()
        .map(|entry| text_width(&entry.label, 12.0) + 36.0)
        .fold(0.0, f64::max)
}

/// A corner of the plot where the legend covers no point and no line.
pub(super) fn free_corner(entries: &[Entry], drawn: &[Drawn], area: &Area) -> Option<Place> {
    if entries.is_empty() {
        return Some(Place {
            rows: Vec::new(),
            panel: None,
        });
    }
    let (width, height) = (width(entries), entries.len() as f64 * ROW + 8.0);
    if width + 24.0 > area.width() || height + 16.0 > area.height() {
        return None;
    }
    let left = area.left + 12.0;
    let right = area.right - 8.0 - width;
    let top = area.top + 8.0;
    let bottom = area.bottom - 10.0 - height;
    [(right, top), (left, top), (right, bottom), (left, bottom)]
        .into_iter()
        .find_map(|(x, y)| {
            let panel = Area {
                left: x,
                top: y,
                right: x + width,
                bottom: y + height,
            };
            let shy = Area {
                left: x - 6.0,
                top: y - 6.0,
                right: x + width + 6.0,
                bottom: y + height + 6.0,
            };
            let free = drawn.iter().all(|drawn| !covers(&shy, drawn));
            let rows = (0..entries.len())
                .map(|row| (x + 8.0, y + 4.0 + (row as f64 + 0.5) * ROW))
                .collect();
            free.then_some(Place {
                rows,
                panel: Some(panel),
            })
        })
}

fn covers(panel: &Area, drawn: &Drawn) -> bool {
    let mut crossed = drawn.pieces.iter().flat_map(|piece| piece.windows(2)).flat_map(|pair| {
        let (from, to) = (pair[0], pair[1]);
        let steps = ((to.0 - from.0).abs().max((to.1 - from.1).abs()) / 5.0)
            .ceil()
            .clamp(1.0, 2000.0);
        (0..=steps as usize).map(move |step| {
            let share = step as f64 / steps;
            (from.0 + share * (to.0 - from.0), from.1 + share * (to.1 - from.1))
        })
    });
    drawn.dots.iter().any(|dot| panel.contains(*dot)) || crossed.any(|point| panel.contains(point))
}

/// Rows at the right of the plot, each as near as possible to where its line ends.
pub(super) fn beside(drawn: &[Drawn], area: &Area) -> Place {
    let mut wanted: Vec<(usize, f64)> = drawn
        .iter()
        .filter(|drawn| !drawn.series.label.is_empty())
        .take(MOST)
        .enumerate()
        .map(|(entry, drawn)| {
            let end = drawn.pieces.last().and_then(|piece| piece.last()).copied();
            (
                entry,
                end.filter(|end| end.0 > area.right - area.width() * 0.15)
                    .map_or(area.top + 12.0, |end| end.1),
            )
        })
        .collect();
    wanted.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
    let mut rows = vec![(area.right + 8.0, 0.0); wanted.len()];
    // First push down what stands too close, then push back up what fell off the lower edge.
    let mut lowest = area.top - ROW / 2.0;
    for (_, y) in &mut wanted {
        *y = y.max(lowest + ROW);
        lowest = *y;
    }
    let mut highest = area.bottom + ROW / 2.0;
    for (entry, y) in wanted.iter_mut().rev() {
        *y = y.min(highest - ROW);
        highest = *y;
        rows[*entry].1 = *y;
    }
    Place { rows, panel: None }
}

pub(super) fn draw(svg: &mut Svg, entries: &[Entry], place: &Place) {
    if let Some(panel) = &place.panel {
        svg.element("rect")
            .class("cr-legend")
            .number("x", panel.left)
            .number("y", panel.top)
            .number("width", panel.width())
            .number("height", panel.height())
            .number("rx", 4.0)
            .end();
    }
    for (entry, (x, y)) in entries.iter().zip(&place.rows) {
        let color = entry.color.class();
        let mut path = Path::new();
        let class = match entry.kind {
            Kind::Line => {
                path.move_to((*x, *y));
                path.line_to((x + 16.0, *y));
                "cr-stroke"
            }
            Kind::Scatter => {
                mark(&mut path, entry.shape, (x + 8.0, *y), 4.0);
                if entry.shape.is_multiple_of(4) {
                    "cr-stroke cr-dots"
                } else {
                    "cr-fill"
                }
            }
        };
        svg.element("path").class(&format!("{class} {color}")).path(&path).end();
        svg.label("", x + 23.0, y + 4.2, &entry.label);
    }
}
