//! The line walks downhill by itself.

use chainrule::{Graph, loss::mse};
use chainrule_numpy::{RandomState, linspace};
use chainrule_picture::{Along, Chart, Handle, Picture};

use super::{data::Points, handles, line::Line, window};
use crate::{
    controls::{Control, Controls, count},
    error::Result,
    figure::Figure,
    lesson::Scene,
};

pub(super) const SCENE: Scene = Scene {
    name: "gradient-descent",
    title: "Let it descend",
    prose: include_str!("gradient_descent.md"),
    controls: &[
        Control::weight("w", "the slope to start from", 0.0),
        Control::weight("b", "the height at x = 0 to start from", 0.0),
        Control {
            name: "rate",
            doc: "the learning rate",
            from: 0.005,
            to: 0.15,
            step: 0.005,
            start: 0.05,
        },
        Control::new("steps", "how many steps to take", (0.0, 100.0), 1.0, 30.0),
    ],
    pictures,
    figures,
};

/// How far w is moved to see which way the loss goes.
const NUDGE: f64 = 0.1;

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [w, b, rate, steps] = controls.all()?;
    let points = Points::line(&mut RandomState::new(controls.seed))?;
    let (start, best) = (Line { w, b }, Line::least_squares(&points)?);
    let path = start.descend(&points, rate, count(steps))?;
    let end = path.last().map_or(start, |&(line, _)| line);
    let slope = start.slope(&points)?;

    let reach = 4f64.max((w - best.w).abs() + 1.0);
    let weights = linspace(best.w - reach, best.w + reach, 81)?;
    let losses: Vec<f64> = weights
        .iter()
        .map(|&w| Line { w, b }.loss(&points))
        .collect::<Result<_>>()?;
    let beside = [w - reach / 4.0, w + reach / 4.0];
    let along = Chart::new(format!("The loss along w, with b = {b}"))
        .line("loss", &weights, &losses)
        .line(
            "its slope here",
            &beside,
            &beside.map(|v| slope.loss + slope.w * (v - w)),
        )
        .scatter("here", &[w], &[slope.loss])
        .x_label("w")
        .y_label("loss");

    let (steps, losses): (Vec<f64>, Vec<f64>) = path.iter().enumerate().map(|(i, &(_, loss))| (i as f64, loss)).unzip();
    let floor = best.loss(&points)?;
    let course = Chart::new("The loss on the way down")
        .line("gradient descent", &steps, &losses)
        .line("least squares", &steps, &vec![floor; steps.len()])
        .x_label("step")
        .y_label("loss")
        .log_y();

    let fitted = window("By hand, and let go")
        .scatter("data", &points.x, &points.y)
        .line("start", &points.x, &start.at(&points.x))
        .line("after the steps", &points.x, &end.at(&points.x))
        .line("least squares", &points.x, &best.at(&points.x));
    let fitted = handles::line(fitted, start, ("w", "b"));
    // The dot on the valley's wall is dragged to where descent is to start.
    let along = along.handle(Handle::point("drag: moves w", w, slope.loss).moves("w", Along::X, 1.0));
    Ok(vec![fitted.picture(), along.picture(), course.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [w, b, rate, steps] = controls.all()?;
    let points = Points::line(&mut RandomState::new(controls.seed))?;
    let (start, best) = (Line { w, b }, Line::least_squares(&points)?);
    let slope = start.slope(&points)?;
    let path = start.descend(&points, rate, count(steps))?;
    let (end, end_loss) = path.last().copied().unwrap_or((start, slope.loss));

    let nudged = |by: f64| Line { w: w + by, b }.loss(&points);
    let pairs = points.x.iter().zip(&points.y);
    let by_formula = pairs.map(|(x, y)| 2.0 * (w * x + b - y) * x).sum::<f64>() / points.x.len() as f64;
    let first_step = path.get(1).map_or(slope.loss, |&(_, loss)| loss);
    Ok(vec![
        Figure::new("loss", slope.loss),
        Figure::new("loss with w a little larger", nudged(NUDGE)?),
        Figure::new("dL/dw by nudging", (nudged(NUDGE)? - nudged(-NUDGE)?) / (2.0 * NUDGE)),
        Figure::new("dL/dw by the formula", by_formula)
            .why("The chain rule on L = 1/N · Σ (w·x + b − y)²: 2/N · Σ (w·x + b − y)·x."),
        Figure::new("dL/dw", slope.w),
        Figure::new("dL/db", slope.b),
        Figure::new("loss after one step", first_step),
        Figure::new("loss after the steps", end_loss),
        Figure::new("w after the steps", end.w),
        Figure::new("b after the steps", end.b),
        Figure::new("w by least squares", best.w),
        Figure::new("b by least squares", best.b),
        Figure::new("loss by least squares", best.loss(&points)?),
        Figure::new("largest learning rate", 2.0 / curvature(&points)?)
            .why("2 / (d²L/dw²): beyond, each step overshoots the valley by more than it had to go."),
    ])
}

/// The second derivative of the loss in w, which is the same everywhere: the gradient's own gradient.
fn curvature(points: &Points) -> Result<f64> {
    let g = Graph::new();
    let w = g.leaf(0.0);
    let loss = mse(w * g.constant(&points.x), g.constant(&points.y));
    Ok(loss.backward_graph()?.wrt(w).backward()?[w])
}
