//! Gradients by hand: one local derivative at a time, from L back to the leaves.

use chainrule::Graph;
use chainrule_picture::Picture;

use super::{
    expression::{CONTROLS, Expression, GRADIENTS_DRAWN, LEAVES},
    shown,
};
use crate::{controls::Controls, error::Result, figure::Figure, lesson::Scene};

pub(super) const SCENE: Scene = Scene {
    name: "backprop-by-hand",
    title: "Backpropagation by hand",
    prose: include_str!("backprop_by_hand.md"),
    controls: &CONTROLS,
    pictures,
    figures,
};

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let graph = Graph::new();
    let l = Expression::new(&graph, controls.all()?).l;
    Ok(vec![
        chainrule_picture::graph(l, &l.backward()?)
            .title("L = (a·b + c)·f")
            .picture(),
    ])
}

/// The gradients of a, b, c, e, d, f, L as one derives them on paper.
fn by_hand([a, b, c, f]: [f64; 4]) -> [f64; 7] {
    let d = a * b + c;
    let l_grad = 1.0;
    let (d_grad, f_grad) = (f * l_grad, d * l_grad);
    let (e_grad, c_grad) = (1.0 * d_grad, 1.0 * d_grad);
    let (a_grad, b_grad) = (b * e_grad, a * e_grad);
    [a_grad, b_grad, c_grad, e_grad, d_grad, f_grad, l_grad]
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let leaves = controls.all()?;
    let graph = Graph::new();
    let expression = Expression::new(&graph, leaves);
    let gradients = expression.l.backward()?;
    let mut figures = vec![Figure::new("L", expression.l.item()?)];
    for (((name, value), drawn), hand) in expression
        .values()
        .into_iter()
        .zip(GRADIENTS_DRAWN)
        .zip(by_hand(leaves))
    {
        let figure = Figure::new(format!("dL/d{name}"), gradients[value]);
        figures.push(figure.printed_if(leaves == LEAVES, drawn));
        figures.push(Figure::new(format!("d{name} by hand"), hand));
    }
    let explanation = expression.l.explain(expression.a)?;
    let steps = explanation.paths.iter().flat_map(|path| &path.steps);
    let factors: Vec<String> = steps
        .map(|step| format!("∂{}/∂{} ({})", step.name, step.argument, shown(step.derivative)))
        .collect();
    figures.push(Figure::new("path to a", factors.join(" · ")).why("The engine's explanation of dL/da."));
    Ok(figures)
}
