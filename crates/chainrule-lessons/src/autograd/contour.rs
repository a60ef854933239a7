//! Lines along which a function of two numbers is 0.

use std::collections::BTreeMap;

/// A line through such points: their x and their y.
pub(super) type Line = (Vec<f64>, Vec<f64>);

/// A side of a cell of the grid: the number of its first corner, and whether it runs along y.
type Side = (usize, bool);

/// The lines on which a function is 0, from its values at the points of a grid: `values[row · xs.len() + column]`
/// belongs to `(xs[column], ys[row])`.
///
/// Source: marching squares, the plane case of Lorensen and Cline (1987).
pub(super) fn zero_lines(xs: &[f64], ys: &[f64], values: &[f64]) -> Vec<Line> {
    let width = xs.len();
    let point = |corner: usize| (xs[corner % width], ys[corner / width], values[corner]);
    // Where the function changes its sign along a side, by a straight line between the ends.
    let crossing = |(corner, along_y): Side| -> Option<(f64, f64)> {
        let (x1, y1, v1) = point(corner);
        let (x2, y2, v2) = point(if along_y { corner + width } else { corner + 1 });
        let share = v1 / (v1 - v2);
        ((v1 > 0.0) != (v2 > 0.0)).then_some((x1 + share * (x2 - x1), y1 + share * (y2 - y1)))
    };
    let mut neighbors: BTreeMap<Side, Vec<Side>> = BTreeMap::new();
    for row in 0..ys.len().saturating_sub(1) {
        for column in 0..width.saturating_sub(1) {
            let corner = row * width + column;
            let sides = [
                (corner, false),
                (corner, true),
                (corner + width, false),
                (corner + 1, true),
            ];
            let crossed: Vec<Side> = sides.into_iter().filter(|side| crossing(*side).is_some()).collect();
            for pair in crossed.chunks_exact(2) {
                neighbors.entry(pair[0]).or_default().push(pair[1]);
                neighbors.entry(pair[1]).or_default().push(pair[0]);
            }
        }
    }
    let mut lines = vec![];
    // Lines that end at the edge first, from one of their ends; what is left are closed ones.
    for ends_only in [true, false] {
        let starts: Vec<Side> = neighbors.keys().copied().collect();
        for start in starts {
            if neighbors.get(&start).is_none_or(|sides| ends_only && sides.len() != 1) {
                continue;
            }
            let mut path = vec![start];
            let mut side = start;
            while let Some(next) = neighbors.get_mut(&side).and_then(Vec::pop) {
                if let Some(back) = neighbors.get_mut(&next) {
                    back.retain(|neighbor| *neighbor != side);
                }
                path.push(next);
                side = next;
            }
            neighbors.retain(|_, sides| !sides.is_empty());
            lines.push(path.into_iter().filter_map(crossing).unzip());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(f: impl Fn(f64, f64) -> f64) -> Vec<Line> {
        let axis: Vec<f64> = (-10..=10).map(|i| f64::from(i) * 0.1 + 0.013).collect();
        let values: Vec<f64> = axis
            .iter()
            .flat_map(|y| axis.iter().map(|x| f(*x, *y)).collect::<Vec<f64>>())
            .collect();
        zero_lines(&axis, &axis, &values)
    }

    #[test]
    fn a_straight_line_is_found_in_one_piece_and_exactly() {
        let found = lines(|x, y| x + 2.0 * y);
        assert_eq!(found.len(), 1);
        let (xs, ys) = &found[0];
        assert!(xs.len() > 20);
        assert!(xs.iter().zip(ys).all(|(x, y)| (x + 2.0 * y).abs() < 1e-12));
    }

    #[test]
    fn a_circle_closes() {
        let found = lines(|x, y| x * x + y * y - 0.5);
        assert_eq!(found.len(), 1);
        let (xs, ys) = &found[0];
        assert_eq!((xs.first(), ys.first()), (xs.last(), ys.last()));
        assert!(
            xs.iter()
                .zip(ys)
                .all(|(x, y)| (x.hypot(*y) - 0.5_f64.sqrt()).abs() < 0.01)
        );
    }

    #[test]
    fn nothing_is_found_where_the_sign_never_changes() {
        assert!(lines(|_, _| 1.0).is_empty());
        assert!(lines(|_, _| f64::NAN).is_empty());
    }
}
