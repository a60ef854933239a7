//! The points of a chart on their way to pixels: broken at gaps, thinned, clipped.

use crate::theme::Color;

/// How the points of a series are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Line,
    Scatter,
}

/// One labelled row of points.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    pub(crate) label: String,
    pub(crate) kind: Kind,
    pub(crate) color: Option<Color>,
    pub(crate) points: Vec<(f64, f64)>,
    /// By how many values the longer of xs and ys exceeded the shorter.
    pub(crate) unpaired: usize,
}

impl Series {
    pub(crate) fn new(label: String, kind: Kind, xs: &[f64], ys: &[f64]) -> Series {
        let points = xs.iter().copied().zip(ys.iter().copied()).collect();
        Series {
            label,
            kind,
            color: None,
            points,
            unpaired: xs.len().abs_diff(ys.len()),
        }
    }
}

/// A rectangle in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Area {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

impl Area {
    pub(crate) fn width(&self) -> f64 {
        self.right - self.left
    }

    pub(crate) fn height(&self) -> f64 {
        self.bottom - self.top
    }

    pub(crate) fn contains(&self, (x, y): (f64, f64)) -> bool {
        x >= self.left && x <= self.right && y >= self.top && y <= self.bottom
    }
}

/// A line as the pieces that are seen: gaps (None) break it, what leaves the area is cut off.
///
/// Of the points that share a column of pixels only the first, lowest, highest and last are kept once there are
/// more than 2,000: the drawing is the same and the file stays small.
pub(crate) fn pieces(places: &[Option<(f64, f64)>], area: &Area) -> Vec<Vec<(f64, f64)>> {
    let mut pieces = Vec::new();
    for run in places.split(|place| place.is_none()) {
        let run: Vec<(f64, f64)> = run.iter().flatten().copied().collect();
        let run = if places.len() > 2000 { thinned(&run) } else { run };
        clip(&run, area, &mut pieces);
    }
    pieces
}

fn thinned(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut kept: Vec<(f64, f64)> = Vec::new();
    for column in points.chunk_by(|a, b| a.0.floor() == b.0.floor()) {
        let mut chosen = [0, 0, 0, column.len() - 1];
        for (place, point) in column.iter().enumerate() {
            if point.1 < column[chosen[1]].1 {
                chosen[1] = place;
            }
            if point.1 > column[chosen[2]].1 {
                chosen[2] = place;
            }
        }
        chosen.sort_unstable();
        for (turn, place) in chosen.iter().enumerate() {
            if turn == 0 || chosen[turn - 1] != *place {
                kept.push(column[*place]);
            }
        }
    }
    // A line that jumps between columns at every point cannot be thinned faithfully; keep the file bounded all the same.
    let stride = kept.len().div_ceil(20_000).max(1);
    kept.into_iter().step_by(stride).collect()
}

fn clip(run: &[(f64, f64)], area: &Area, pieces: &mut Vec<Vec<(f64, f64)>>) {
    if let [only] = run {
        if area.contains(*only) {
            pieces.push(vec![*only]);
        }
        return;
    }
    let mut open = false;
    for pair in run.windows(2) {
        let Some((from, to)) = clipped(pair[0], pair[1], area) else {
            open = false;
            continue;
        };
        match pieces.last_mut() {
            Some(piece) if open => piece.push(to),
            _ => pieces.push(vec![from, to]),
        }
        open = to == pair[1];
    }
}

/// The part of a segment inside the area (Liang and Barsky 1984).
fn clipped(from: (f64, f64), to: (f64, f64), area: &Area) -> Option<((f64, f64), (f64, f64))> {
    if area.contains(from) && area.contains(to) {
        return Some((from, to));
    }
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    for (delta, room) in [
        (-dx, from.0 - area.left),
        (dx, area.right - from.0),
        (-dy, from.1 - area.top),
        (dy, area.bottom - from.1),
    ] {
        if delta == 0.0 {
            if room < 0.0 {
                return None;
            }
        } else if delta < 0.0 {
            enter = enter.max(room / delta);
        } else {
            leave = leave.min(room / delta);
        }
    }
    if enter > leave {
        return None;
    }
    let at = |share: f64| {
        (
            (from.0 + share * dx).clamp(area.left, area.right),
            (from.1 + share * dy).clamp(area.top, area.bottom),
        )
    };
    let start = if enter > 0.0 { at(enter) } else { from };
    let end = if leave < 1.0 { at(leave) } else { to };
    Some((start, end))
}

/// The points of a scatter that are seen, each with its place in the series. Beyond 2,000, points that fall on the same spot are drawn once, the spots
/// growing until at most 4,000 remain.
pub(crate) fn spots(places: &[Option<(f64, f64)>], area: &Area) -> Vec<(usize, (f64, f64))> {
    let located = places
        .iter()
        .enumerate()
        .filter_map(|(index, place)| Some((index, (*place)?)));
    let seen: Vec<(usize, (f64, f64))> = located.filter(|(_, place)| area.contains(*place)).collect();
    if seen.len() <= 2000 {
        return seen;
    }
    let mut size = 1.0;
    loop {
        let columns = (area.width() / size) as usize + 1;
        let rows = (area.height() / size) as usize + 1;
        let mut taken = vec![false; columns * rows];
        let mut kept = Vec::new();
        for (index, place) in &seen {
            let column = ((place.0 - area.left) / size) as usize;
            let row = ((place.1 - area.top) / size) as usize;
            let spot = &mut taken[row.min(rows - 1) * columns + column.min(columns - 1)];
            if !*spot {
                *spot = true;
                kept.push((*index, *place));
            }
        }
        if kept.len() <= 4000 {
            return kept;
        }
        size *= 1.5;
    }
}

pub(super) fn extent(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |extent, value| match extent {
        None => Some((value, value)),
        Some((low, high)) => Some((value.min(low), value.max(high))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const AREA: Area = Area {
        left: 0.0,
        top: 0.0,
        right: 100.0,
        bottom: 50.0,
    };

    #[test]
    fn a_gap_breaks_the_line() {
        let places = [
            Some((0.0, 0.0)),
            Some((10.0, 10.0)),
            None,
            Some((20.0, 20.0)),
            None,
            Some((30.0, 10.0)),
            Some((40.0, 0.0)),
        ];
        assert_eq!(
            pieces(&places, &AREA),
            [
                vec![(0.0, 0.0), (10.0, 10.0)],
                vec![(20.0, 20.0)],
                vec![(30.0, 10.0), (40.0, 0.0)]
            ]
        );
    }

    #[test]
    fn a_line_is_cut_at_the_edge_and_comes_back() {
        let places = [Some((0.0, 25.0)), Some((50.0, 75.0)), Some((100.0, 25.0))];
        assert_eq!(
            pieces(&places, &AREA),
            [vec![(0.0, 25.0), (25.0, 50.0)], vec![(75.0, 50.0), (100.0, 25.0)]]
        );
        assert_eq!(
            pieces(&[Some((-1e6, -5.0)), Some((1e6, -5.0))], &AREA),
            Vec::<Vec<(f64, f64)>>::new()
        );
    }

    #[test]
    fn a_long_line_keeps_its_spikes() {
        let places: Vec<_> = (0..100_000)
            .map(|k| Some((f64::from(k) / 1000.0, if k == 55_555 { 3.0 } else { 40.0 })))
            .collect();
        let drawn = pieces(&places, &AREA);
        assert_eq!(drawn.len(), 1);
        assert!(drawn[0].len() < 500, "{}", drawn[0].len());
        assert!(drawn[0].iter().any(|point| point.1 == 3.0));
        assert_eq!(drawn[0].first(), Some(&(0.0, 40.0)));
    }

    #[test]
    fn a_crowd_of_points_is_thinned() {
        let places: Vec<_> = (0..50_000)
            .map(|k| Some((f64::from(k % 997) / 10.0, f64::from(k % 499) / 10.0)))
            .collect();
        assert!(spots(&places, &AREA).len() <= 4000);
    }
}
