//! One derivative, factor by factor.

use chainrule::{Graph, Var};
use chainrule_picture::{Chart, Picture, graph};

use super::{
    network::{Drawn, Parameters, answer, derivatives, in_graph},
    people::{PEOPLE, SHIFT, Sample},
};
use crate::{
    controls::{Control, Controls},
    error::Result,
    figure::Figure,
    finite_difference::central,
    lesson::Scene,
};

pub(super) const SCENE: Scene = Scene {
    name: "worked-derivative",
    title: "One derivative by hand: Alice and w1",
    prose: include_str!("worked_derivative.md"),
    controls: &[
        Control {
            name: "w",
            doc: "all six weights",
            from: -3.0,
            to: 3.0,
            step: 0.1,
            start: 1.0,
        },
        Control {
            name: "b",
            doc: "all three biases",
            from: -3.0,
            to: 3.0,
            step: 0.1,
            start: 0.0,
        },
    ],
    pictures,
    figures,
};

fn alice() -> Sample {
    PEOPLE[0].shifted_by(SHIFT)
}

fn parameters(controls: &Controls) -> Result<Parameters> {
    let [w, b] = controls.all()?;
    Ok([w, w, w, w, w, w, b, b, b])
}

/// The network in a graph, and Alice's squared error.
fn told(graph: &Graph, parameters: Parameters) -> (Drawn<'_>, Var<'_>) {
    let drawn = in_graph(graph, parameters, alice().x);
    let error = (alice().y - drawn.o1).named("error");
    (drawn, error.square().named("L"))
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let parameters = parameters(controls)?;
    let ledger = Graph::new();
    let (_, loss) = told(&ledger, parameters);
    let drawing = graph(loss, &loss.backward()?).title("Alice's loss: every value with its derivative");

    let squared_error = |w1: f64| {
        let mut moved = parameters;
        moved[0] = w1;
        let error = alice().y - answer(&moved, alice().x);
        error * error
    };
    let at = parameters[0];
    let slope = derivatives(&parameters, alice(), 1.0)[0];
    let w1: Vec<f64> = (0..=200).map(|i| at - 5.0 + f64::from(i) / 20.0).collect();
    let losses: Vec<f64> = w1.iter().map(|&w1| squared_error(w1)).collect();
    let tangent: Vec<f64> = w1.iter().map(|w1| squared_error(at) + slope * (w1 - at)).collect();
    let chart = Chart::new("Alice's loss when only w1 moves")
        .line("L(w1)", &w1, &losses)
        .line("tangent with slope ∂L/∂w1", &w1, &tangent)
        .scatter("here", &[at], &[squared_error(at)])
        .x_label("w1")
        .y_label("L");
    Ok(vec![drawing.picture(), chart.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let parameters = parameters(controls)?;
    let ledger = Graph::new();
    let (drawn, loss) = told(&ledger, parameters);
    let explanation = loss.explain(drawn.parameters[0])?;
    // The one path from L to w1, cut at o1 and at h1 into the three factors of the formula.
    let factor = |from: Var<'_>, to: Var<'_>| -> f64 {
        let steps = explanation.paths.iter().flat_map(|path| &path.steps);
        let steps = steps.filter(|step| (to.id() + 1..=from.id()).contains(&step.id));
        steps.map(|step| step.derivative).product()
    };
    let w1 = drawn.parameters[0];
    let factors = [factor(loss, drawn.o1), factor(drawn.o1, drawn.h1), factor(drawn.h1, w1)];
    let (h1, o1) = (drawn.h1.item()?, drawn.o1.item()?);
    let rounded = [
        -2.0 * (alice().y - three_digits(o1)),
        parameters[4] * three_digits(o1 * (1.0 - o1)),
        alice().x[0] * three_digits(h1 * (1.0 - h1)),
    ];
    let rounded_product: f64 = rounded.iter().product();
    let exact = loss.backward()?[w1];
    let with_w1 = |w1: f64| -> Result<f64> {
        let mut parameters = parameters;
        parameters[0] = w1;
        Ok(told(&Graph::new(), parameters).1.item()?)
    };
    let difference = central(with_w1, parameters[0], 1e-4)?;

    let from_rounded = Figure::new("∂L/∂w1 from rounded factors", rounded_product);
    Ok(vec![
        Figure::new("h1", h1),
        Figure::new("h2", drawn.h2.item()?),
        Figure::new("o1", o1),
        Figure::new("L", loss.item()?),
        Figure::new("∂L/∂o1", factors[0]),
        Figure::new("∂o1/∂h1", factors[1]),
        Figure::new("∂h1/∂w1", factors[2]),
        Figure::new("∂L/∂w1", explanation.gradient),
        Figure::new("∂L/∂w1 by the formula", derivatives(&parameters, alice(), 1.0)[0]),
        Figure::new("∂L/∂w1 by backward", exact),
        Figure::new("∂L/∂w1 by a finite difference", difference),
        match rounded_product == explanation.gradient {
            true => from_rounded,
            false => from_rounded.corrected(explanation.gradient).why(format!(
                "the notebook announces this derivative and breaks off; elsewhere one reads 0.0214, which is what remains \
                 when the answers and slopes are rounded to three digits first: {:.3} · {:.3} · {:.4}. Rounded once, \
                 at the end, it is {:.4}",
                rounded[0], rounded[1], rounded[2], explanation.gradient,
            )),
        },
    ])
}

/// A number rounded to three significant digits.
fn three_digits(number: f64) -> f64 {
    format!("{number:.2e}").parse().unwrap_or(number)
}
