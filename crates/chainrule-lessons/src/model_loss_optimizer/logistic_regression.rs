//! Logistic regression: the same three parts for a yes-or-no question.

use chainrule::{
    Graph, Tensor, check,
    loss::{BceWithLogits, Loss},
};
use chainrule_picture::{Chart, Color, Picture};
use std::rc::Rc;

use super::{
    data::Points,
    logistic::{accuracy, descend, labelled, loss, newton, sigmoid},
};
use crate::{
    controls::{Control, Controls, count},
    error::Result,
    figure::Figure,
    lesson::Scene,
    once::once,
    statistics::numbered,
};

const ROWS: usize = 1000;
const RATE: f64 = 1e-4;
const MOST_STEPS: f64 = 5000.0;
/// How many steps the engine repeats of what is calculated by hand.
const REPEATED: usize = 20;

pub(super) const SCENE: Scene = Scene {
    name: "logistic-regression",
    title: "Logistic regression: yes or no",
    prose: include_str!("logistic_regression.md"),
    controls: &[
        Control::new("steps", "how many steps", (100.0, MOST_STEPS), 100.0, MOST_STEPS),
        Control::new(
            "noise",
            "how much the labels are shaken: the width of U",
            (0.0, 4.0),
            0.1,
            1.0,
        ),
    ],
    pictures,
    figures,
};

/// The places of the longest descent, in which every shorter one is.
fn descent(seed: u32, noise: f64, points: &Points) -> Result<Rc<Vec<(f64, f64)>>> {
    once("logistic-regression", &[seed.into(), noise], || {
        Ok(descend(points, RATE, count(MOST_STEPS)))
    })
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [steps, noise] = controls.all()?;
    let points = labelled(controls.seed, ROWS, noise)?;
    let places = descent(controls.seed, noise, &points)?;
    let places = places.get(..=count(steps)).unwrap_or(places.as_slice());
    let (w, b) = places.last().copied().unwrap_or_default();
    let curve = |w: f64, b: f64| points.x.iter().map(|x| sigmoid(w * x + b)).collect::<Vec<_>>();
    let (truth, found) = (curve(2.0, 1.0 + noise / 2.0), curve(w, b));
    let chart = Chart::new("Labels and probabilities")
        .scatter("labels", &points.x, &points.y)
        .color(Color::Gray)
        .line("before rounding", &points.x, &truth)
        .line("what was learned", &points.x, &found)
        .color(Color::Vermilion)
        .x_label("x")
        .y_label("probability of 1")
        .x_range(-5.0, 4.0);
    let every = (places.len() / 100).max(1);
    let shown = || places.iter().enumerate().step_by(every);
    let xs: Vec<f64> = shown().map(|(step, _)| step as f64).collect();
    let losses: Vec<f64> = shown().map(|(_, &(w, b))| loss(&points, w, b)).collect();
    let course = Chart::new("The summed cross-entropy by step")
        .line("loss", &xs, &losses)
        .x_label("step")
        .y_label("loss")
        .log_y();
    let ways = Chart::new("w and b by step")
        .line(
            "w",
            &numbered(places.len()),
            &places.iter().map(|place| place.0).collect::<Vec<_>>(),
        )
        .line(
            "b",
            &numbered(places.len()),
            &places.iter().map(|place| place.1).collect::<Vec<_>>(),
        )
        .x_label("step")
        .y_label("value");
    Ok(vec![chart.picture(), course.picture(), ways.picture()])
}

/// The first steps by the engine, whose loss takes logits.
fn by_engine(points: &Points) -> Result<(f64, f64)> {
    let (mut w, mut b) = (0.0, 0.0);
    for _ in 0..REPEATED {
        let graph = Graph::new();
        let leaves = (graph.leaf(w), graph.leaf(b));
        let logits = graph.constant(&points.x) * leaves.0 + leaves.1;
        let gradient = BceWithLogits.sum(logits, graph.constant(&points.y).into()).backward()?;
        w -= RATE * gradient[leaves.0];
        b -= RATE * gradient[leaves.1];
    }
    Ok((w, b))
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [steps, noise] = controls.all()?;
    let points = labelled(controls.seed, ROWS, noise)?;
    let places = descent(controls.seed, noise, &points)?;
    let places = places.get(..=count(steps)).unwrap_or(places.as_slice());
    let (w, b) = places.last().copied().unwrap_or_default();
    let repeated = places.get(REPEATED).copied().unwrap_or_default();
    let engine = by_engine(&points)?;
    let best = newton(&points);
    // A hundred rows are enough to check a formula.
    let some = labelled(controls.seed, 100, noise)?;
    let checked = check::gradient(&[Tensor::from(0.5), Tensor::from(-0.2)], |at| {
        let graph = at[0].graph();
        let logits = graph.constant(&some.x) * at[0] + at[1];
        BceWithLogits.sum(logits, graph.constant(&some.y).into())
    });
    Ok(vec![
        Figure::new("loss at the start", loss(&points, 0.0, 0.0)).why("every p is ½, so 1000 · ln 2"),
        Figure::new(
            "loss@100",
            places.get(100).map_or(f64::NAN, |&(w, b)| loss(&points, w, b)),
        ),
        Figure::new("loss at the end", loss(&points, w, b)),
        Figure::new("w", w),
        Figure::new("b", b),
        Figure::new("boundary", -b / w).why("where p = ½: w·x + b = 0"),
        Figure::new("accuracy", accuracy(&points, w, b)),
        Figure::new("least loss", loss(&points, best.0, best.1)).why("by Newton's method"),
        Figure::new("w@20, by hand", repeated.0),
        Figure::new("b@20, by hand", repeated.1),
        Figure::new("w@20, by the engine", engine.0),
        Figure::new("b@20, by the engine", engine.1),
        Figure::new(
            "gradient check",
            match checked {
                Ok(()) => "passes".to_string(),
                Err(error) => error.to_string(),
            },
        ),
    ])
}
