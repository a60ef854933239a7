//! Data whose truth is known.

use chainrule::{
    Graph,
    loss::{Loss, Mse},
};
use chainrule_picture::{Chart, Picture};

use super::{
    data::{POINTS, TRUE_B, TRUE_W, simulated},
    height, slope,
};
use crate::{
    controls::{Control, Controls},
    error::Result,
    figure::Figure,
    lesson::Scene,
    statistics::{mean, standard_deviation},
};

pub(super) const SCENE: Scene = Scene {
    name: "simulated-line",
    title: "Data whose truth is known",
    prose: include_str!("simulated_line.md"),
    controls: &[
        Control {
            doc: "the true weight",
            ..slope(TRUE_W)
        },
        Control {
            doc: "the true bias",
            ..height(TRUE_B)
        },
        Control::new("noise", "the standard deviation of the noise", (0.0, 5.0), 0.1, 1.0),
    ],
    pictures,
    figures,
};

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [w, b, noise] = controls.all()?;
    let points = simulated(controls.seed, w, b, noise)?;
    let line: Vec<f64> = points.x.iter().map(|x| w * x + b).collect();
    let chart = Chart::new("A line and what was measured of it")
        .scatter("measured", &points.x, &points.y)
        .line("the truth", &points.x, &line)
        .x_label("x")
        .y_label("y");
    Ok(vec![chart.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [w, b, noise] = controls.all()?;
    let points = simulated(controls.seed, w, b, noise)?;
    let errors: Vec<f64> = points.x.iter().zip(&points.y).map(|(x, y)| y - (w * x + b)).collect();
    let graph = Graph::new();
    let truth = graph.constant(&points.x) * w + b;
    let loss = Mse.mean(truth, graph.constant(&points.y).into());
    Ok(vec![
        Figure::new("points", POINTS),
        Figure::new("mean of the noise", mean(errors.iter().copied())),
        Figure::new("standard deviation of the noise", standard_deviation(&errors)),
        Figure::new("MSE of the truth", loss.item()?)
            .why("not even the true line has no error: what is left is the mean square of the noise"),
    ])
}
