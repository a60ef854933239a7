//! tanh through exp(2x): where the formula breaks.

use chainrule::{Graph, Var};
use chainrule_numpy::linspace;
use chainrule_picture::{Chart, Picture};

use super::shown;
use crate::{
    controls::{Control, Controls},
    error::Result,
    figure::Figure,
    lesson::Scene,
};

pub(super) const SCENE: Scene = Scene {
    name: "tanh-by-exp",
    title: "A formula for tanh that breaks twice",
    prose: include_str!("tanh_by_exp.md"),
    controls: &[
        Control::new("x", "where both are compared", (-400.0, 400.0), 2.5, 355.0),
        Control::new("exponent", "a small argument, 10^exponent", (-18.0, 0.0), 1.0, -8.0),
    ],
    pictures,
    figures,
};

/// The notebook's formula, `(e²ˣ − 1) / (e²ˣ + 1)`, of every number in x.
fn formula(x: Var<'_>) -> Var<'_> {
    let e = (2.0 * x).exp();
    (e - 1.0) / (e + 1.0)
}

/// The formula and tanh at one number.
fn both(x: f64) -> Result<(f64, f64)> {
    let graph = Graph::new();
    let x = graph.leaf(x);
    Ok((formula(x).item()?, x.tanh().item()?))
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [x, exponent] = controls.all()?;
    let graph = Graph::new();
    let xs = linspace(-400.0, 400.0, 801)?;
    let leaf = graph.constant(&xs);
    let far = Chart::new("Far out the formula has no value")
        .line("tanh x", &xs, leaf.tanh().value()?.data())
        .line("by e²ˣ", &xs, formula(leaf).value()?.data())
        .vertical_line(x, format!("x = {x}"))
        .x_label("x")
        .y_label("y")
        .y_range(-1.5, 1.5);

    let small: Vec<f64> = linspace(-18.0, 0.0, 145)?.into_iter().map(|e| 10f64.powf(e)).collect();
    let leaf = graph.constant(&small);
    let (by_formula, exact) = (formula(leaf).value()?, leaf.tanh().value()?);
    let errors = by_formula.data().iter().zip(exact.data());
    let errors: Vec<f64> = errors.map(|(wrong, right)| ((wrong - right) / right).abs()).collect();
    let near = Chart::new("Near 0 it loses its digits")
        .scatter("relative error of the formula", &small, &errors)
        .vertical_line(10f64.powf(exponent), format!("x = {}", shown(10f64.powf(exponent))))
        .x_label("x")
        .y_label("relative error")
        .log_x()
        .log_y();
    Ok(vec![far.picture(), near.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [x, exponent] = controls.all()?;
    let small = 10f64.powf(exponent);
    let (wrong, right) = both(x)?;
    let (off, near) = both(small)?;
    let mut first = 0usize;
    while both(first as f64)?.0.is_finite() {
        first += 1;
    }
    let at_x = Figure::new("formula at x", wrong);
    let at_x = match wrong == right {
        true => at_x,
        false => at_x.corrected(right).why(format!(
            "e²ˣ is beyond the largest number there is, {:e}, as soon as x > ½ ln of it = {:.4}; the quotient is \
             ∞/∞. Python stops with \"OverflowError: math range error\" instead. tanh itself is {} there.",
            f64::MAX,
            f64::MAX.ln() / 2.0,
            shown(right),
        )),
    };
    let at_small = Figure::new("formula at the small x", off);
    let at_small = match off == near {
        true => at_small,
        false => at_small.corrected(near).why(format!(
            "e²ˣ is 1 plus a little, rounded to {:e}; subtracting the 1 leaves the rounding. By the series x − \
             x³/3 the value is {}.",
            f64::EPSILON,
            shown(small - small.powi(3) / 3.0),
        )),
    };
    Ok(vec![
        at_x,
        Figure::new("tanh at x", right),
        Figure::new("first whole x that fails", first),
        at_small,
        Figure::new("tanh at the small x", near),
        Figure::new("relative error", ((off - near) / near).abs()),
    ])
}
