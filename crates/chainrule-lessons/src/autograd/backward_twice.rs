//! Calling backward() a second time on the same graph.

use chainrule::Graph;
use chainrule_picture::{Chart, Picture};

use super::{
    expression::{Expression, LEAVES},
    kept_gradients::KeptGradients,
    shown,
};
use crate::{
    controls::{Control, Controls, count},
    error::Result,
    figure::Figure,
    lesson::Scene,
};

pub(super) const SCENE: Scene = Scene {
    name: "backward-twice",
    title: "Calling backward() twice",
    prose: include_str!("backward_twice.md"),
    controls: &[Control::new(
        "calls",
        "how often backward() is called",
        (1.0, 5.0),
        1.0,
        2.0,
    )],
    pictures,
    figures,
};

/// What the values of L = (a·b + c)·f keep after so many walks without a reset in between.
fn kept(graph: &Graph, expression: Expression<'_>, calls: usize) -> Result<KeptGradients> {
    let mut kept = KeptGradients::new(graph);
    let order = expression.values().map(|(_, value)| value);
    for _ in 0..calls {
        kept.backward(&order)?;
    }
    Ok(kept)
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [calls] = controls.all()?;
    let graph = Graph::new();
    let expression = Expression::new(&graph, LEAVES);
    let gradients = expression.l.backward()?;
    let times: Vec<f64> = (1..=5).map(f64::from).collect();
    let mut chart = Chart::new("Too large by which factor, after so many calls")
        .x_label("calls of backward()")
        .y_label("kept gradient ÷ right gradient")
        .vertical_line(calls, format!("{calls} calls"));
    for (name, value) in [("f", expression.f), ("c", expression.c), ("a and b", expression.a)] {
        let factor = (1..=5).map(|calls| Ok(kept(&graph, expression, calls)?.of(value) / gradients[value]));
        chart = chart.line(name, &times, &factor.collect::<Result<Vec<f64>>>()?);
    }
    // The engine's own walk, called again as often.
    let again = times
        .iter()
        .map(|_| Ok(expression.l.backward()?[expression.f] / gradients[expression.f]));
    let again = again.collect::<Result<Vec<f64>>>()?;
    Ok(vec![chart.line("here", &times, &again).picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [calls] = controls.all()?;
    let calls = count(calls);
    let graph = Graph::new();
    let expression = Expression::new(&graph, LEAVES);
    let all = kept(&graph, expression, calls)?;
    let gradients = expression.l.backward()?;
    let again = expression.l.backward()?;
    let mut figures = vec![];
    for (name, value) in expression.values() {
        let figure = Figure::new(format!("{name}.grad"), all.of(value));
        figures.push(match all.of(value) == gradients[value] {
            true => figure,
            false => figure.corrected(gradients[value]).why(format!(
                "After {calls} walks it is {} times too large: nothing is set back to 0 in between. Gradients \
                 that belong to the walk, not to the values, are the same each time: {} and {}.",
                all.of(value) / gradients[value],
                shown(gradients[value]),
                shown(again[value]),
            )),
        });
    }
    let leaf = graph.leaf(3.0);
    let sum = leaf + leaf;
    let mut twice = KeptGradients::new(&graph);
    for _ in 0..calls {
        twice.backward(&[leaf, sum])?;
    }
    let right = sum.backward()?[leaf];
    let of_sum = Figure::new("s.grad for s + s", twice.of(leaf));
    figures.push(match twice.of(leaf) == right {
        true => of_sum,
        false => of_sum
            .corrected(right)
            .why(format!("{right} from each of {calls} walks.")),
    });
    figures.push(Figure::new("dL/df", gradients[expression.f]));
    figures.push(Figure::new("dL/dc", gradients[expression.c]));
    figures.push(Figure::new("dL/da", gradients[expression.a]));
    Ok(figures)
}
