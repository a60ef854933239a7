//! Points with a kink: one line cannot fit them.

use chainrule_numpy::RandomState;
use chainrule_picture::{Chart, Picture, number::brief};

use super::{
    data::{NOISE, Points},
    handles,
    line::Line,
    window,
};
use crate::{
    controls::{Control, Controls},
    error::Result,
    figure::Figure,
    lesson::Scene,
};

pub(super) const SCENE: Scene = Scene {
    name: "kink",
    title: "One line cannot fit a kink",
    prose: include_str!("kink.md"),
    controls: &[
        Control::weight("w", "the slope", 0.0),
        Control::weight("b", "the height at x = 0", 0.0),
    ],
    pictures,
    figures,
};

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [w, b] = controls.all()?;
    let points = Points::kink(NOISE, &mut RandomState::new(controls.seed))?;
    let (line, best) = (Line { w, b }, Line::least_squares(&points)?);
    let (by_hand, at_best) = (line.loss(&points)?, best.loss(&points)?);
    let fitted = window(format!("Loss by hand {}, at best {}", brief(by_hand), brief(at_best)))
        .scatter("data", &points.x, &points.y)
        .line("by hand", &points.x, &line.at(&points.x))
        .line("least squares", &points.x, &best.at(&points.x));
    let (left, best_left) = (errors(&points, line), errors(&points, best));
    let missed = Chart::new("What the lines leave over")
        .scatter("by hand", &points.x, &left)
        .scatter("least squares", &points.x, &best_left)
        .x_label("x")
        .y_label("y − ŷ")
        .axes_through(0.0, 0.0);
    let fitted = handles::line(fitted, line, ("w", "b"));
    Ok(vec![fitted.picture(), missed.picture()])
}

/// How far each point lies above the line.
fn errors(points: &Points, line: Line) -> Vec<f64> {
    points
        .y
        .iter()
        .zip(line.at(&points.x))
        .map(|(y, predicted)| y - predicted)
        .collect()
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [w, b] = controls.all()?;
    let points = Points::kink(NOISE, &mut RandomState::new(controls.seed))?;
    let best = Line::least_squares(&points)?;
    let left = errors(&points, best);
    let mean = |from: usize, to: usize| left.iter().skip(from).take(to - from).sum::<f64>() / (to - from) as f64;
    Ok(vec![
        Figure::new("loss", Line { w, b }.loss(&points)?),
        Figure::new("w by least squares", best.w),
        Figure::new("b by least squares", best.b),
        Figure::new("loss by least squares", best.loss(&points)?),
        Figure::new("loss of the true curve", points.loss(&points.truth)?)
            .why("The noise floor: what is left when nothing but the noise is missed; 0.25 over all noise."),
        Figure::new("loss by least squares without noise", {
            let clean = Points::kink(0.0, &mut RandomState::new(controls.seed))?;
            Line::least_squares(&clean)?.loss(&clean)?
        })
        .why("Not noise but shape: this much a line misses even when the points lie exactly on the two lines."),
        Figure::new("mean error, left quarter", mean(0, 25)),
        Figure::new("mean error, middle half", mean(25, 75)),
        Figure::new("mean error, right quarter", mean(75, 100)),
    ])
}
