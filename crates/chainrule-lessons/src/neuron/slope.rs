//! The derivative of the sigmoid, from its own value.

use chainrule::Graph;
use chainrule_numpy::linspace;
use chainrule_picture::{Chart, Picture};

use super::network::naive_sigmoid;
use crate::{
    controls::{Control, Controls},
    error::Result,
    figure::Figure,
    finite_difference::central,
    lesson::Scene,
};

pub(super) const SCENE: Scene = Scene {
    name: "sigmoid-slope",
    title: "The slope of the sigmoid is f·(1 − f)",
    prose: include_str!("slope.md"),
    controls: &[
        Control {
            name: "x",
            doc: "where the slope is measured",
            from: -8.0,
            to: 8.0,
            step: 0.1,
            start: 1.0,
        },
        Control {
            name: "h",
            doc: "how far the finite difference steps to each side",
            from: 0.01,
            to: 3.0,
            step: 0.01,
            start: 1.0,
        },
    ],
    pictures,
    figures,
};

fn slope(x: f64) -> f64 {
    let f = naive_sigmoid(x);
    f * (1.0 - f)
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [at, h] = controls.all()?;
    let x = linspace(-8.0, 8.0, 161)?;
    let y: Vec<f64> = x.iter().map(|&x| naive_sigmoid(x)).collect();
    let slopes: Vec<f64> = x.iter().map(|&x| slope(x)).collect();
    let f = naive_sigmoid(at);
    let tangent: Vec<f64> = x.iter().map(|x| f + slope(at) * (x - at)).collect();
    let chart = Chart::new("The sigmoid, its slope, and its tangent")
        .line("f(x) = σ(x)", &x, &y)
        .line("f′(x) = f(x)·(1 − f(x))", &x, &slopes)
        .line("tangent", &x, &tangent)
        .line(
            "through x − h and x + h",
            &[at - h, at + h],
            &[naive_sigmoid(at - h), naive_sigmoid(at + h)],
        )
        .scatter("here", &[at, at], &[f, slope(at)])
        .x_label("x")
        .y_label("f(x) and f′(x)")
        .x_range(-8.0, 8.0)
        .y_range(0.0, 1.0);
    Ok(vec![chart.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [x, h] = controls.all()?;
    let graph = Graph::new();
    let leaf = graph.leaf(x);
    let engine = leaf.sigmoid().backward()?[leaf];
    let exponential = (-x).exp();
    Ok(vec![
        Figure::new("f(x)", naive_sigmoid(x)),
        Figure::new("f·(1 − f)", slope(x)),
        Figure::new("e⁻ˣ / (1 + e⁻ˣ)²", exponential / ((1.0 + exponential) * (1.0 + exponential))),
        Figure::new("f′ by backward", engine),
        Figure::new("f′ by a finite difference", central(|x| Ok(naive_sigmoid(x)), x, h)?).why(
            "the slope of a line through two points of the curve: the nearer they are, the closer it is to the tangent's",
        ),
        Figure::new("the steepest slope", slope(0.0)),
    ])
}
