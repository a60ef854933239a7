//! 2·3 + 5, register by register, there and back.

use chainrule::{Graph, Var};
use chainrule_picture::{Picture, graph, values};

use super::register;
use crate::{
    controls::{Control, Controls},
    error::Result,
    figure::Figure,
    lesson::Scene,
};

pub(super) const SCENE: Scene = Scene {
    name: "registers",
    title: "2·3 + 5, register by register",
    prose: include_str!("registers.md"),
    controls: &[
        Control::weight("a", "the first number", 2.0),
        Control::weight("b", "the second number", 3.0),
        Control::weight("c", "the third number", 5.0),
    ],
    pictures,
    figures,
};

/// The registers a, b, c, l1 = a·b and l2 = l1 + c.
fn registers<'g>(g: &'g Graph, [a, b, c]: [f64; 3]) -> [Var<'g>; 5] {
    let (a, b, c) = (g.leaf(a).named("a"), g.leaf(b).named("b"), g.leaf(c).named("c"));
    let l1 = (a * b).named("l1");
    let l2 = (l1 + c).named("l2");
    [a, b, c, l1, l2]
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let g = Graph::new();
    let [.., l2] = registers(&g, controls.all()?);
    let there = values(l2).title("There: every register and its value");
    let back = graph(l2, &l2.backward()?).title("Back: every register and its adjoint (grad)");
    Ok(vec![there.picture(), back.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [a, b, c] = controls.all()?;
    let g = Graph::new();
    let mut figures = register::table(&registers(&g, [a, b, c]))?;
    let nudged = |by: f64| -> Result<f64> {
        let [.., l2] = registers(&Graph::new(), [a + by, b, c]).map(|register| register.item());
        Ok(l2?)
    };
    figures.push(Figure::new(
        "rise of l2 per unit of a",
        (nudged(0.5)? - nudged(-0.5)?) / 1.0,
    ));
    Ok(figures)
}
