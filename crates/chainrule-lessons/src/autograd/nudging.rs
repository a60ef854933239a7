//! Checking a gradient: what must be nudged, and what must not.

use chainrule::Graph;
use chainrule_numpy::linspace;
use chainrule_picture::{Chart, Picture};

use super::{
    expression::{self, LEAVES, NAMES, gradient},
    shown,
};
use crate::{
    controls::{Control, Controls, count},
    error::Result,
    figure::Figure,
    finite_difference::forward,
    lesson::Scene,
};

pub(super) const SCENE: Scene = Scene {
    name: "nudging",
    title: "A check that proves something",
    prose: include_str!("nudging.md"),
    controls: &[
        Control::new(
            "leaf",
            "the leaf that is nudged: 0 a, 1 b, 2 c, 3 f",
            (0.0, 3.0),
            1.0,
            0.0,
        ),
        Control::new("exponent", "the nudge is h = 10^exponent", (-12.0, 0.0), 1.0, -4.0),
    ],
    pictures,
    figures,
};

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

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [leaf, exponent] = controls.all()?;
    let (leaf, h) = (count(leaf), 10f64.powf(exponent));
    let (at, slope) = (LEAVES[leaf], gradient()?[leaf]);
    let l = with(leaf, at)?;
    let xs = linspace(at - 1.5, at + 1.5, 31)?;
    let ys = xs.iter().map(|x| with(leaf, *x)).collect::<Result<Vec<f64>>>()?;
    let tangent: Vec<f64> = xs.iter().map(|x| l + slope * (x - at)).collect();
    let flat: Vec<f64> = xs.iter().map(|x| l + 1.0 * (x - at)).collect();
    let name = NAMES[leaf];
    let chart = Chart::new(format!("L when only {name} is nudged, h = {}", shown(h)))
        .line(format!("L by {name}"), &xs, &ys)
        .scatter("before and after", &[at, at + h], &[l, with(leaf, at + h)?])
        .line(format!("gradient {}", shown(slope)), &xs, &tangent)
        .line("what nudging L claims", &xs, &flat)
        .x_label(name)
        .y_label("L");
    Ok(vec![chart.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [leaf, exponent] = controls.all()?;
    let (leaf, h) = (count(leaf), 10f64.powf(exponent));
    let l = expression::value(LEAVES)?;
    let measured = |leaf: usize| forward(|x| with(leaf, x), LEAVES[leaf], h);
    let [a, b, c, f] = LEAVES;
    // Not L at all: the product and the sum have changed places.
    let other = {
        let graph = Graph::new();
        ((graph.leaf(a) + graph.leaf(b)) * graph.leaf(c) + graph.leaf(f)).item()?
    };
    let (here, claim) = (h == 1e-4, nudging_the_result(l, h));
    let why = format!(
        "The step is added to L itself, so the graph is never asked. For another expression altogether, (a + \
         b)·c + f, the check gives {} too. Nudging a, before L is computed, gives {}, and that is dL/da = {}.",
        shown(nudging_the_result(other, h)),
        shown(measured(0)?),
        shown(gradient()?[0]),
    );
    let mut figures = vec![
        Figure::new("nudging L", claim)
            .printed_if(here, "0.9999999999976694")
            .corrected(measured(0)?)
            .why(why),
        Figure::new("nudging another L", nudging_the_result(other, h)),
    ];
    for (leaf, name) in NAMES.into_iter().enumerate() {
        let nudged = Figure::new(format!("nudging {name}"), measured(leaf)?);
        figures.push(nudged.printed_if(here && leaf == 0, "6.000000000021544"));
        figures.push(Figure::new(format!("dL/d{name}"), gradient()?[leaf]));
    }
    figures.push(Figure::new("chosen", measured(leaf)?));
    figures.push(Figure::new("name", NAMES[leaf]));
    Ok(figures)
}
