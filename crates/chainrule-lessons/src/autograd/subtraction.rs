//! The notebook's rule for minus has a wrong sign.

use chainrule::{Graph, Var, check, pointwise};
use chainrule_picture::{Chart, Picture};

use crate::{
    controls::{Control, Controls, count},
    error::Result,
    figure::Figure,
    lesson::Scene,
    statistics::numbered,
};

pub(super) const SCENE: Scene = Scene {
    name: "wrong-sign-in-minus",
    title: "One wrong sign, well hidden",
    prose: include_str!("subtraction.md"),
    controls: &[
        Control::new("target", "what the prediction should become", (-2.0, 2.0), 0.1, 1.0),
        Control::new(
            "rate",
            "the learning rate: how far a step goes",
            (0.01, 0.2),
            0.01,
            0.05,
        ),
        Control::new("steps", "how many steps", (1.0, 40.0), 1.0, 20.0),
    ],
    pictures,
    figures,
};

pointwise! {
    /// Difference with the notebook's rule, which adds the gradient to both sides, `y = a − b`. Source: the notebook.
    NotebookMinus notebook_minus "−" (a, b) -> y = a - b; g => g, g; at [-2.0, 0.7, 1.5];
}

type Minus = for<'g> fn(Var<'g>, Var<'g>) -> Var<'g>;

fn wrong<'g>(a: Var<'g>, b: Var<'g>) -> Var<'g> {
    a.graph().apply(NotebookMinus, &[a, b])
}

fn right<'g>(a: Var<'g>, b: Var<'g>) -> Var<'g> {
    a - b
}

/// The squared error of a prediction that starts at 0 and follows its gradient: before each step, and after the last.
fn losses(minus: Minus, target_first: bool, target: f64, rate: f64, steps: usize) -> Result<Vec<f64>> {
    let mut prediction = 0.0;
    let mut losses = vec![];
    for _ in 0..=steps {
        let graph = Graph::new();
        let (t, p) = (graph.constant(target), graph.leaf(prediction));
        let error = if target_first { minus(t, p) } else { minus(p, t) };
        let loss = error.powf(2.0);
        losses.push(loss.item()?);
        prediction -= rate * loss.backward()?[p];
    }
    Ok(losses)
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [target, rate, steps] = controls.all()?;
    let steps = count(steps);
    let at: Vec<f64> = numbered(steps + 1);
    let mut chart = Chart::new("Squared error, step by step")
        .x_label("step")
        .y_label("loss")
        .y_range(0.0, 10.0);
    for (label, minus, target_first) in [
        ("(target − p)², wrong rule", wrong as Minus, true),
        ("(p − target)², wrong rule", wrong as Minus, false),
        ("(target − p)², right rule", right as Minus, true),
    ] {
        chart = chart.line(label, &at, &losses(minus, target_first, target, rate, steps)?);
    }
    Ok(vec![chart.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [target, rate, steps] = controls.all()?;
    let last = |minus: Minus, target_first: bool| -> Result<f64> {
        let losses = losses(minus, target_first, target, rate, count(steps))?;
        Ok(losses.last().copied().unwrap_or(f64::NAN))
    };
    let local = |minus: Minus| -> Result<f64> {
        let graph = Graph::new();
        let (a, b) = (graph.leaf(2.0), graph.leaf(3.0));
        Ok(minus(a, b).backward()?[b])
    };
    let verdict = match check::op(&NotebookMinus) {
        Ok(()) => "no difference".to_string(),
        Err(error) => error.to_string(),
    };
    let (climbing, falling) = (last(wrong, true)?, last(right, true)?);
    let after = Figure::new("loss, target first", climbing);
    let after = match climbing == falling {
        true => after,
        false => after.corrected(falling).why(
            "With +1 for −1 the gradient of the prediction has the wrong sign: each step goes away from the \
             target.",
        ),
    };
    Ok(vec![
        Figure::new("∂(a − b)/∂b", local(wrong)?)
            .corrected(local(right)?)
            .why(format!("Finite differences find it: {verdict}.")),
        Figure::new("∂(a − b)/∂b, right rule", local(right)?),
        after,
        Figure::new("loss, prediction first", last(wrong, false)?),
        Figure::new("loss, right rule", falling),
    ])
}
