//! The loss of one neuron, register by register, there and back.

use chainrule::{Graph, Var};
use chainrule_numpy::RandomState;
use chainrule_picture::{Chart, Picture, graph};

use super::{POINTS, data::Points, line::Line, register};
use crate::{
    controls::{Control, Controls, count},
    error::Result,
    figure::Figure,
    lesson::Scene,
};

pub(super) const SCENE: Scene = Scene {
    name: "reverse-mode",
    title: "The loss of a neuron, there and back",
    prose: include_str!("reverse_mode.md"),
    controls: &[
        Control::weight("W", "the weight", 0.0),
        Control::weight("b", "the bias", 0.0),
        Control::new(
            "sample",
            "which of the points, counted from 0",
            (0.0, POINTS as f64 - 1.0),
            1.0,
            80.0,
        ),
    ],
    pictures,
    figures,
};

/// The registers of the squared error of one point.
fn registers<'g>(g: &'g Graph, Line { w, b }: Line, x: f64, y: f64) -> [Var<'g>; 8] {
    let (weight, bias) = (g.leaf(w).named("W"), g.leaf(b).named("b"));
    let (x, y) = (g.constant(x).named("x"), g.constant(y).named("y"));
    let l1 = (weight * x).named("l1");
    let l2 = (l1 + bias).named("l2");
    let l3 = (l2 - y).named("l3");
    let l4 = l3.square().named("l4");
    [weight, bias, x, y, l1, l2, l3, l4]
}

/// The adjoints of W, one for each point.
fn shares(points: &Points, line: Line) -> Result<Vec<f64>> {
    let pairs = points.x.iter().zip(&points.y);
    let share = |(&x, &y)| {
        let g = Graph::new();
        let [weight, .., error] = registers(&g, line, x, y);
        Ok(error.backward()?[weight])
    };
    pairs.map(share).collect()
}

/// The point of this number.
fn sample(points: &Points, sample: f64) -> (f64, f64) {
    let at = |list: &[f64]| list.get(count(sample)).copied().unwrap_or_default();
    (at(&points.x), at(&points.y))
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [w, b, number] = controls.all()?;
    let points = Points::line(&mut RandomState::new(controls.seed))?;
    let (line, (x, y)) = (Line { w, b }, sample(&points, number));
    let g = Graph::new();
    let [.., error] = registers(&g, line, x, y);
    let back = graph(error, &error.backward()?).title(format!("The squared error of sample {number}, there and back"));

    let shares = shares(&points, line)?;
    let chosen = shares.get(count(number)).copied().unwrap_or_default();
    let slope = line.slope(&points)?.w;
    let chart = Chart::new("What each point wants W to do: the mean is the gradient")
        .scatter("adjoint of W", &points.x, &shares)
        .scatter(format!("sample {number}"), &[x], &[chosen])
        .line("mean", &points.x, &vec![slope; points.x.len()])
        .x_label("x of the point")
        .y_label("∂l4/∂W");
    Ok(vec![back.picture(), chart.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [w, b, number] = controls.all()?;
    let points = Points::line(&mut RandomState::new(controls.seed))?;
    let (line, (x, y)) = (Line { w, b }, sample(&points, number));
    let g = Graph::new();
    let mut figures = register::table(&registers(&g, line, x, y))?;

    let shares = shares(&points, line)?;
    let mean = shares.iter().sum::<f64>() / shares.len() as f64;
    let nudged = |by: f64| Line { w: w + by, b }.loss(&points);
    let slope = line.slope(&points)?;
    figures.extend([
        Figure::new("L", slope.loss),
        Figure::new("dL/dW", slope.w).why("One walk back through the registers of all points together."),
        Figure::new("mean adjoint of W", mean).why(
            "One walk back for each point, and the mean: the derivative of a mean is the mean of the derivatives.",
        ),
        Figure::new("dL/dW by nudging", nudged(0.5)? - nudged(-0.5)?).why(
            "(L(W + ½) − L(W − ½)) / 1, which is exact for a parabola. It takes two evaluations of the loss for each \
             parameter; the walk back gives all of them at once.",
        ),
        Figure::new("dL/db", slope.b),
    ]);
    Ok(figures)
}
