//! Two more nonlinearities: relu and sigmoid.

use chainrule::{Graph, Var};
use chainrule_numpy::linspace;
use chainrule_picture::{Chart, Picture};

use super::shown;
use crate::{
    controls::{Control, Controls},
    error::Result,
    figure::Figure,
    finite_difference::central,
    lesson::Scene,
};

pub(super) const SCENE: Scene = Scene {
    name: "relu-and-sigmoid",
    title: "Two more nonlinearities",
    prose: include_str!("relu_and_sigmoid.md"),
    controls: &[Control::new("x", "where they are looked at", (-5.0, 5.0), 0.1, 0.5)],
    pictures,
    figures,
};

type Activation = for<'g> fn(Var<'g>) -> Var<'g>;

const ACTIVATIONS: [(&str, Activation); 3] = [
    ("tanh", |x| x.tanh()),
    ("sigmoid", |x| x.sigmoid()),
    ("relu", |x| x.relu()),
];

fn value(activation: Activation, x: f64) -> Result<f64> {
    Ok(activation(Graph::new().leaf(x)).item()?)
}

fn slope(activation: Activation, x: f64) -> Result<f64> {
    let graph = Graph::new();
    let x = graph.leaf(x);
    Ok(activation(x).backward()?[x])
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [x] = controls.all()?;
    let xs = linspace(-5.0, 5.0, 201)?;
    let empty = |title: &str| Chart::new(title).x_label("x").vertical_line(x, format!("x = {x}"));
    let mut values = empty("Three nonlinearities").y_label("y").y_range(-1.5, 3.0);
    let mut slopes = empty("Their derivatives").y_label("dy/dx").y_range(-0.1, 1.2);
    for (name, activation) in ACTIVATIONS {
        let numbers = |of: fn(Activation, f64) -> Result<f64>| {
            let numbers = xs.iter().map(|x| of(activation, *x));
            numbers.collect::<Result<Vec<f64>>>()
        };
        values = values.line(name, &xs, &numbers(value)?);
        slopes = slopes.line(name, &xs, &numbers(slope)?);
    }
    Ok(vec![values.picture(), slopes.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [x] = controls.all()?;
    let mut figures = vec![];
    for (name, activation) in ACTIVATIONS {
        figures.push(Figure::new(name, value(activation, x)?));
        figures.push(Figure::new(format!("{name}′"), slope(activation, x)?));
        figures.push(Figure::new(
            format!("{name}′ measured"),
            central(|x| value(activation, x), x, 1e-5)?,
        ));
    }
    let s = value(ACTIVATIONS[1].1, x)?;
    let twice = 2.0 * value(ACTIVATIONS[1].1, 2.0 * x)? - 1.0;
    let far = -1000.0_f64;
    figures.extend([
        Figure::new("σ(1 − σ)", s * (1.0 - s)),
        Figure::new("2σ(2x) − 1", twice),
        Figure::new("relu′(0)", slope(ACTIVATIONS[2].1, 0.0)?),
        Figure::new("sigmoid(−1000)", value(ACTIVATIONS[1].1, far)?).why(format!(
            "1 / (1 + e⁻ˣ) as it is written needs e¹⁰⁰⁰ = {}; the engine uses eˣ / (1 + eˣ) for negative x.",
            shown((-far).exp()),
        )),
        Figure::new("steepest sigmoid", slope(ACTIVATIONS[1].1, 0.0)?),
    ]);
    Ok(figures)
}
