//! Checking a gradient: what must be nudged, and what must not.

use chainrule::Graph;
use chainrule_picture::{Chart, Picture};

use super::{
    between, control,
    expression::{self, Expression, LEAVES},
    finite_difference::forward,
    shown,
};
use crate::{controls::Controls, error::Result, figure::Figure, lesson::Scene};

pub(super) const SCENE: Scene = Scene {
    name: "nudging",
    title: "A check that proves something",
    prose: include_str!("nudging.md"),
    controls: &[
        control(
            "leaf",
            "the leaf that is nudged: 0 a, 1 b, 2 c, 3 f",
            (0.0, 3.0),
            1.0,
            0.0,
        ),
        control("exponent", "the nudge is h = 10^exponent", (-12.0, 0.0), 1.0, -4.0),
    ],
    pictures,
    figures,
};

const NAMES: [&str; 4] = ["a", "b", "c", "f"];

/// L with one leaf set to another value.
fn with(leaf: usize, value: f64) -> Result<f64> {
    let mut leaves = LEAVES;
    leaves[leaf] = value;
    expression::value(leaves)
}

/// The notebook's first check: the step is added to L after L is computed.
fn nudging_the_result(l: f64, h: f64) -> f64 {
    ((l + h) - l) / h
}

/// The gradients of the four leaves by the engine.
fn gradients() -> Result<[f64; 4]> {
    let graph = Graph::new();
    let Expression { a, b, c, f, l, .. } = Expression::new(&graph, LEAVES);
    let gradients = l.backward()?;
    Ok([a, b, c, f].map(|leaf| gradients[leaf]))
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [leaf, exponent] = controls.all()?;
    let (leaf, h) = (leaf as usize, 10f64.powf(exponent));
    let (at, gradient) = (LEAVES[leaf], gradients()?[leaf]);
    let l = with(leaf, at)?;
    let xs = between(at - 1.5, at + 1.5, 31);
    let ys = xs.iter().map(|x| with(leaf, *x)).collect::<Result<Vec<f64>>>()?;
    let tangent: Vec<f64> = xs.iter().map(|x| l + gradient * (x - at)).collect();
    let flat: Vec<f64> = xs.iter().map(|x| l + 1.0 * (x - at)).collect();
    let name = NAMES[leaf];
    let chart = Chart::new(format!("L when only {name} is nudged, h = {}", shown(h)))
        .line(format!("L by {name}"), &xs, &ys)
        .scatter("before and after", &[at, at + h], &[l, with(leaf, at + h)?])
        .line(format!("gradient {}", shown(gradient)), &xs, &tangent)
        .line("what nudging L claims", &xs, &flat)
        .x_label(name)
        .y_label("L");
    Ok(vec![chart.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [leaf, exponent] = controls.all()?;
    let (leaf, h) = (leaf as usize, 10f64.powf(exponent));
    let l = expression::value(LEAVES)?;
    let measured = |leaf: usize| forward(|x| with(leaf, x), LEAVES[leaf], h);
    let [a, b, c, f] = LEAVES;
    // Not L at all: the product and the sum have changed places.
    let other = {
        let graph = Graph::new();
        ((graph.leaf(a) + graph.leaf(b)) * graph.leaf(c) + graph.leaf(f)).item()?
    };
    let claim = nudging_the_result(l, h);
    let why = format!(
        "The step is added to L itself, so the graph is never asked. For another expression altogether, (a + \
         b)·c + f, the check gives {} too. Nudging a, before L is computed, gives {}, and that is dL/da = {}.",
        shown(nudging_the_result(other, h)),
        shown(measured(0)?),
        shown(gradients()?[0]),
    );
    let mut figures = vec![
        Figure::new("nudging L", claim).corrected(measured(0)?).why(why),
        Figure::new("nudging another L", nudging_the_result(other, h)),
    ];
    for (leaf, name) in NAMES.into_iter().enumerate() {
        figures.push(Figure::new(format!("nudging {name}"), measured(leaf)?));
        figures.push(Figure::new(format!("dL/d{name}"), gradients()?[leaf]));
    }
    figures.push(Figure::new("chosen", measured(leaf)?));
    figures.push(Figure::new("name", NAMES[leaf]));
    if h == 1e-4 {
        figures[0].as_printed = Some("0.9999999999976694".to_string());
        figures[2].as_printed = Some("6.000000000021544".to_string());
    }
    Ok(figures)
}
