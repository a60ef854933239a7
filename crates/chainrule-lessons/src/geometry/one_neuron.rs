//! One neuron without activation draws any line.

use chainrule_numpy::linspace;
use chainrule_picture::Picture;

use super::{EDGE, POINTS, formula, handles, line::Line, window};
use crate::{
    controls::{Control, Controls},
    error::Result,
    figure::Figure,
    lesson::Scene,
};

pub(super) const SCENE: Scene = Scene {
    name: "one-neuron",
    title: "A single neuron draws a line",
    prose: include_str!("one_neuron.md"),
    controls: &[
        Control::weight("w", "the slope", 0.0),
        Control::weight("b", "the height at x = 0", 0.0),
    ],
    pictures,
    figures,
};

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [w, b] = controls.all()?;
    let x = linspace(-EDGE, EDGE, POINTS)?;
    let y: Vec<f64> = x.iter().map(|x| w * x + b).collect();
    let chart = window("One neuron").line(formula(w, b), &x, &y);
    Ok(vec![handles::line(chart, Line { w, b }, ("w", "b")).picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [w, b] = controls.all()?;
    Ok(vec![
        Figure::new("y(−5)", w * -EDGE + b),
        Figure::new("y(5)", w * EDGE + b),
    ])
}
