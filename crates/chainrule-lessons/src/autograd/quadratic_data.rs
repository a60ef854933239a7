//! Points on a parabola, some of them put aside.

use chainrule_numpy::linspace;
use chainrule_picture::{Chart, Picture};

use super::quadratic::{EDGE, POINTS, TEST_SHARE, at, parabola, split, xs};
use crate::{
    controls::{Control, Controls},
    error::Result,
    figure::Figure,
    lesson::Scene,
};

pub(super) const SCENE: Scene = Scene {
    name: "parabola-data",
    title: "Points to learn from, points to test on",
    prose: include_str!("quadratic_data.md"),
    controls: &[Control::new(
        "test share",
        "which part of the points is put aside",
        (0.05, 0.9),
        0.01,
        TEST_SHARE,
    )],
    pictures,
    figures,
};

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [share] = controls.all()?;
    let xs = xs()?;
    let ys: Vec<f64> = xs.iter().map(|x| parabola(*x)).collect();
    let split = split(share, controls.seed)?;
    let fine = linspace(-EDGE, EDGE, 101)?;
    let curve: Vec<f64> = fine.iter().map(|x| parabola(*x)).collect();
    let chart = Chart::new(format!(
        "{} points to train, {} to test",
        split.train.len(),
        split.test.len()
    ))
    .line("y = x² + 3x", &fine, &curve)
    .scatter("train", &at(&split.train, &xs), &at(&split.train, &ys))
    .scatter("test", &at(&split.test, &xs), &at(&split.test, &ys))
    .x_label("x")
    .y_label("y");
    Ok(vec![chart.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [share] = controls.all()?;
    let xs = xs()?;
    let split = split(share, controls.seed)?;
    let places: Vec<String> = split.test.iter().map(|place| place.to_string()).collect();
    let ys = xs.iter().map(|x| parabola(*x));
    Ok(vec![
        Figure::new("points", POINTS),
        Figure::new("train", split.train.len()),
        Figure::new("test", split.test.len()),
        Figure::new("test places", places.join(", ")),
        Figure::new("x between neighbors", xs[1] - xs[0]),
        Figure::new("lowest y", ys.fold(f64::INFINITY, f64::min)),
    ])
}
