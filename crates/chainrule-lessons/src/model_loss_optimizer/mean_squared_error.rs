//! The mean squared error, made small by hand.

use chainrule_picture::{Chart, Picture};

use super::{
    data::{Points, notebook},
    height,
    line::{equation, mean_squared_error, surface},
    slope,
};
use crate::{controls::Controls, error::Result, figure::Figure, lesson::Scene};

pub(super) const SCENE: Scene = Scene {
    name: "mean-squared-error",
    title: "Making the loss small by hand",
    prose: include_str!("mean_squared_error.md"),
    controls: &[slope(0.0), height(0.0)],
    pictures,
    figures,
};

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [w, b] = controls.all()?;
    let points = notebook(controls.seed)?;
    let (loss, _) = mean_squared_error(&points, w, b)?;
    let line: Vec<f64> = points.x.iter().map(|x| w * x + b).collect();
    let chart = Chart::new(format!("MSE: {loss:.2}"))
        .scatter("measured", &points.x, &points.y)
        .line(equation(w, b), &points.x, &line)
        .x_label("x")
        .y_label("y")
        .y_range(-20.0, 40.0);
    let map = surface("Where you stand", &points, |error| error * error).points("your w and b", &[w], &[b]);
    Ok(vec![chart.picture(), map.picture()])
}

/// The squared errors as one adds them up by hand.
fn sum_of_squares(points: &Points, w: f64, b: f64) -> f64 {
    let errors = points.x.iter().zip(&points.y).map(|(x, y)| y - (w * x + b));
    errors.map(|error| error * error).sum()
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [w, b] = controls.all()?;
    let points = notebook(controls.seed)?;
    let (loss, _) = mean_squared_error(&points, w, b)?;
    let sum = sum_of_squares(&points, w, b);
    Ok(vec![
        Figure::new("sum of the squared errors", sum),
        Figure::new("points", points.x.len()),
        Figure::new("MSE", loss).why("the engine's loss; the sum above divided by the points gives the same"),
        Figure::new("RMSE", loss.sqrt()).why("its root is in y's own unit: a typical error"),
    ])
}
