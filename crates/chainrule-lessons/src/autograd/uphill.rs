//! A small step of all leaves along the gradient.

use chainrule::Graph;
use chainrule_picture::{Chart, Picture};

use super::{
    between, control,
    expression::{Expression, LEAVES, value},
};
use crate::{controls::Controls, error::Result, figure::Figure, lesson::Scene};

pub(super) const SCENE: Scene = Scene {
    name: "uphill",
    title: "A step along the gradient",
    prose: include_str!("uphill.md"),
    controls: &[control("step", "how far along the gradient", (-0.5, 0.5), 0.01, 0.01)],
    pictures,
    figures,
};

/// The gradient with respect to a, b, c, f.
fn gradient() -> Result<[f64; 4]> {
    let graph = Graph::new();
    let Expression { a, b, c, f, l, .. } = Expression::new(&graph, LEAVES);
    let gradients = l.backward()?;
    Ok([a, b, c, f].map(|leaf| gradients[leaf]))
}

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
    let steps = between(-0.5, 0.5, 101);
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
        Figure::new("L after", after),
        Figure::new("change", after - before),
        Figure::new("promised change", step * slope),
        Figure::new("|gradient|²", slope),
    ];
    for (name, slope) in ["a", "b", "c", "f"].into_iter().zip(gradient()?) {
        figures.push(Figure::new(format!("dL/d{name}"), slope));
    }
    if step == 0.01 {
        figures[1].as_printed = Some("-7.286496".to_string());
    }
    Ok(figures)
}
