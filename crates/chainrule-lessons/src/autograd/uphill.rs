//! A small step of all leaves along the gradient.

use chainrule_numpy::linspace;
use chainrule_picture::{Chart, Picture};

use super::expression::{LEAVES, NAMES, gradient, value};
use crate::{
    controls::{Control, Controls},
    error::Result,
    figure::Figure,
    lesson::Scene,
};

pub(super) const SCENE: Scene = Scene {
    name: "uphill",
    title: "A step along the gradient",
    prose: include_str!("uphill.md"),
    controls: &[Control::new(
        "step",
        "how far along the gradient",
        (-0.5, 0.5),
        0.01,
        0.01,
    )],
    pictures,
    figures,
};

/// L after all leaves have moved by `step` times their gradient.
fn after(step: f64) -> Result<f64> {
    let gradient = gradient()?;
    value(std::array::from_fn(|leaf| LEAVES[leaf] + step * gradient[leaf]))
}

fn squared_length() -> Result<f64> {
    Ok(gradient()?.iter().map(|slope| slope * slope).sum())
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [step] = controls.all()?;
    let steps = linspace(-0.5, 0.5, 101)?;
    let real = steps.iter().map(|step| after(*step)).collect::<Result<Vec<f64>>>()?;
    let (before, slope) = (after(0.0)?, squared_length()?);
    let promised: Vec<f64> = steps.iter().map(|step| before + slope * step).collect();
    let chart = Chart::new("L after a step along the gradient")
        .line("L", &steps, &real)
        .line("what the gradient promises", &steps, &promised)
        .scatter("this step", &[step], &[after(step)?])
        .x_label("step")
        .y_label("L");
    Ok(vec![chart.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [step] = controls.all()?;
    let (before, after, slope) = (after(0.0)?, after(step)?, squared_length()?);
    let mut figures = vec![
        Figure::new("L before", before).printed("-8.0000"),
        Figure::new("L after", after).printed_if(step == 0.01, "-7.286496"),
        Figure::new("change", after - before),
        Figure::new("promised change", step * slope),
        Figure::new("|gradient|²", slope),
    ];
    for (name, slope) in NAMES.into_iter().zip(gradient()?) {
        figures.push(Figure::new(format!("dL/d{name}"), slope));
    }
    Ok(figures)
}
