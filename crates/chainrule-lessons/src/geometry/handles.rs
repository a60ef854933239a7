//! Places to drag in the pictures of this lesson, for pages.

use chainrule_picture::{Along, Chart, Handle};

use super::{EDGE, line::Line};

/// The names of a line's slope and height, such as `w` and `b`.
pub(super) type Names = (&'static str, &'static str);

/// Makes the line `w·x + b` a thing to drag: all of it up and down, which moves b, and each end up and down, which turns it.
pub(super) fn line(chart: Chart, line: Line, (w, b): Names) -> Chart {
    let ends = [-EDGE, EDGE];
    let whole = Handle::line(format!("drag: moves {b}"), &ends, &line.at(&ends)).moves(b, Along::Y, 1.0);
    [-1.0, 1.0].iter().fold(chart.handle(whole), |chart, &side| {
        turn(chart, line, w, side * 0.8 * EDGE)
    })
}

/// Makes the neuron `relu(w·x + b)` a thing to drag: its hinge to and fro, which moves b, and its slope.
pub(super) fn relu(chart: Chart, neuron: Line, (w, b): Names) -> Chart {
    // The hinge stands at −b/w: to move it by δ, b changes by −w·δ.
    let hinge = Handle::point(format!("drag: moves the hinge by {b}"), -neuron.b / neuron.w, 0.0);
    let chart = chart.handle(hinge.moves(b, Along::X, -neuron.w));
    let side = 0.9 * EDGE * neuron.w.signum();
    match neuron.w * side + neuron.b > 0.0 {
        true => turn(chart, neuron, w, side),
        false => chart,
    }
}

/// A dot on the line near x = `at` that turns it: to raise the line there by δ, w changes by δ/x.
fn turn(chart: Chart, line: Line, w: &str, at: f64) -> Chart {
    let top = 0.9 * EDGE;
    // A steep line has left the window by then: the dot sits where it does.
    let leaves = [(top - line.b) / line.w, (-top - line.b) / line.w];
    let leaves = leaves.iter().filter(|x| x.is_finite() && **x * at > 0.0);
    let x = leaves.fold(at, |x, &leaves| if leaves.abs() < x.abs() { leaves } else { x });
    let y = line.w * x + line.b;
    match x.abs() >= 0.3 && y.abs() <= EDGE {
        true => chart.handle(Handle::point(format!("drag: turns it by {w}"), x, y).moves(w, Along::Y, 1.0 / x)),
        false => chart,
    }
}

#[cfg(test)]
mod tests {
    use super::super::window;
    use super::*;

    /// The drags of a chart, as they stand in the page.
    fn drags(chart: &Chart) -> Vec<String> {
        let picture = chart.picture();
        let pieces = picture.in_page().pieces;
        let drag = |piece: &str| Some(piece.split("data-drag=\"").nth(1)?.split('"').next()?.to_string());
        pieces.into_iter().filter_map(drag).collect()
    }

    #[test]
    fn a_line_has_its_middle_and_two_ends() {
        for (w, b) in [(0.0, 0.0), (1.0, 2.0), (-0.4, 3.0)] {
            let found = drags(&line(window(""), Line { w, b }, ("w", "b")));
            assert_eq!(found.len(), 3, "{found:?}");
            assert!(found[0].starts_with("b:y:-"), "raising the line raises b: {found:?}");
            assert!(
                found[1].starts_with("w:y:") && !found[1].starts_with("w:y:-"),
                "left: {found:?}"
            );
            assert!(found[2].starts_with("w:y:-"), "right: {found:?}");
        }
    }

    #[test]
    fn a_steep_line_is_turned_where_it_leaves_the_window() {
        let found = drags(&line(window(""), Line { w: 10.0, b: 0.0 }, ("w", "b")));
        assert_eq!(found.len(), 3, "{found:?}");
    }

    #[test]
    fn a_neuron_has_a_hinge_that_b_moves() {
        let found = drags(&relu(window(""), Line { w: 2.0, b: -2.0 }, ("w1", "b1")));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("b1:x:-"), "to the right b1 falls: {found:?}");
        assert!(found[1].starts_with("w1:y:-"), "{found:?}");
        let found = drags(&relu(window(""), Line { w: 0.0, b: 1.0 }, ("w1", "b1")));
        assert_eq!(
            found.len(),
            1,
            "without a slope there is no hinge, but one can give it a slope: {found:?}"
        );
        assert!(found[0].starts_with("w1:y:-"), "{found:?}");
        assert_eq!(
            drags(&relu(window(""), Line { w: 0.0, b: -1.0 }, ("w1", "b1"))),
            Vec::<String>::new()
        );
    }
}
