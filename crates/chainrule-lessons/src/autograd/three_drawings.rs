//! The same graph drawn three times: data; names; gradients.

use chainrule::Graph;
use chainrule_picture::{Picture, graph, values};

use super::{
    drawing,
    expression::{CONTROLS, Expression, GRADIENTS_DRAWN, LEAVES},
};
use crate::{controls::Controls, error::Result, figure::Figure, lesson::Scene};

pub(super) const SCENE: Scene = Scene {
    name: "three-drawings",
    title: "Three drawings of one graph",
    prose: include_str!("three_drawings.md"),
    controls: &CONTROLS,
    pictures,
    figures,
};

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let graph = Graph::new();
    let l = Expression::new(&graph, controls.all()?).l;
    let mut nameless = drawing::nodes(l);
    for node in &mut nameless {
        node.name = None;
    }
    Ok(vec![
        graph::Graph::new(nameless).title("1. Data").picture(),
        values(l).title("2. Name and data").picture(),
        chainrule_picture::graph(l, &l.backward()?)
            .title("3. Name, data and gradient of L")
            .picture(),
    ])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let leaves = controls.all()?;
    let graph = Graph::new();
    let expression = Expression::new(&graph, leaves);
    let gradients = expression.l.backward()?;
    let count = drawing::count(&drawing::nodes(expression.l));
    let mut figures = vec![
        Figure::new("value boxes", count.values),
        Figure::new("operation boxes", count.operations),
        Figure::new("arrows", count.arrows),
    ];
    let data_drawn = [
        "2.0000", "-3.0000", "10.0000", "-6.0000", "4.0000", "-2.0000", "-8.0000",
    ];
    for ((name, value), (data, gradient)) in expression
        .values()
        .into_iter()
        .zip(data_drawn.into_iter().zip(GRADIENTS_DRAWN))
    {
        let text = format!("{name} | data {:.4} | grad {:.4}", value.item()?, gradients[value]);
        let drawn = format!("{name} | data {data} | grad {gradient}");
        figures.push(Figure::new(format!("box of {name}"), text).printed_if(leaves == LEAVES, &drawn));
    }
    Ok(figures)
}
