//! The two lines that the kinked points really lie on.

use chainrule::Graph;
use chainrule_numpy::RandomState;
use chainrule_picture::{Along, Handle, Picture, number::brief};

use super::{
    EDGE,
    data::{BEND, HEIGHT, NOISE, Points, SLOPE},
    formula,
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
    name: "true-lines",
    title: "The two lines behind the kink",
    prose: include_str!("true_lines.md"),
    controls: &[
        Control {
            name: "w2",
            doc: "the slope of the second line",
            from: 0.0,
            to: 4.0,
            step: 0.1,
            start: BEND,
        },
        Control {
            name: "noise",
            doc: "the standard deviation of the noise",
            from: 0.0,
            to: 2.0,
            step: 0.1,
            start: NOISE,
        },
    ],
    pictures,
    figures,
};

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [w2, noise] = controls.all()?;
    let points = Points::kink(noise, &mut RandomState::new(controls.seed))?;
    let line = |w: f64| Line { w, b: HEIGHT }.at(&points.x);
    let chart = window("The lines as drawn, and the true second one")
        .scatter("data", &points.x, &points.y)
        .line(formula(SLOPE, HEIGHT), &points.x, &line(SLOPE))
        .line(formula(w2, HEIGHT), &points.x, &line(w2))
        .line(formula(SLOPE + BEND, HEIGHT), &points.x, &line(SLOPE + BEND));
    // The second line runs through (0, HEIGHT): to raise it at x by δ, its slope grows by δ/x.
    let x = (0.9 * (EDGE - HEIGHT) / w2.max(0.1)).min(0.8 * EDGE);
    let turn = Handle::point("drag: turns it by w2", x, w2 * x + HEIGHT).moves("w2", Along::Y, 1.0 / x);
    let chart = chart.handle(turn);
    Ok(vec![chart.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [w2, noise] = controls.all()?;
    let points = Points::kink(noise, &mut RandomState::new(controls.seed))?;
    let right = points.right_half();
    let line = |w: f64| Line { w, b: HEIGHT };
    let (drawn, truth) = (line(w2), line(SLOPE + BEND));

    let fitted = Line::least_squares(&right)?;
    let mean = right.x.iter().sum::<f64>() / right.x.len() as f64;
    let deviation = noise / right.x.iter().map(|x| (x - mean).powi(2)).sum::<f64>().sqrt();
    let mut slope = Figure::new("slope of the second line", drawn.w);
    if w2 != truth.w {
        slope = slope.corrected(truth.w).why(format!(
            "The right half is 0.2x − 2 with 2x added, so its slope is 0.2 + 2. On its points the line as drawn has the \
             loss {}, the line of slope {} {}; without noise {} and {}. 2 is the *bend*, the slope that is added at \
             the hinge, and belongs to a neuron relu(2x), not to a line.",
            brief(drawn.loss(&right)?),
            truth.w,
            brief(truth.loss(&right)?),
            brief(right_without_noise(drawn)?),
            brief(right_without_noise(truth)?),
        ));
    }
    Ok(vec![
        slope,
        Figure::new("loss on the right half, as drawn", drawn.loss(&right)?),
        Figure::new("loss on the right half, slope 2.2", truth.loss(&right)?),
        Figure::new("slope by least squares, right half", fitted.w),
        Figure::new("its standard deviation", deviation).why("σ / √Σ(x − x̄)², over all noise."),
        Figure::new("distance of 0.2x − 2 + relu(2x)", distance_of_the_sum(&points)?)
            .why("The largest distance from the curve without noise, over all points: none."),
    ])
}

/// The loss of a line on the right half without noise.
fn right_without_noise(line: Line) -> Result<f64> {
    line.loss(&Points::kink(0.0, &mut RandomState::new(0))?.right_half())
}

/// How far a line and a ReLU neuron together are from the curve without noise, at most.
fn distance_of_the_sum(points: &Points) -> Result<f64> {
    let g = Graph::new();
    let x = g.constant(&points.x);
    let sum = x * SLOPE + HEIGHT + (x * BEND).relu();
    Ok((sum - g.constant(&points.truth)).abs().max().item()?)
}
