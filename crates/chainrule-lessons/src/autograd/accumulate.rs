//! Why gradients add up.

use chainrule::{Graph, Var};
use chainrule_picture::Picture;

use super::expression::leaf;
use crate::{controls::Controls, error::Result, figure::Figure, lesson::Scene};

pub(super) const SCENE: Scene = Scene {
    name: "accumulate",
    title: "Why gradients add up",
    prose: include_str!("accumulate.md"),
    controls: &[leaf("s", 3.0), leaf("a", -2.0), leaf("b", 3.0)],
    pictures,
    figures,
};

/// s + s.
fn twice(graph: &Graph, s: f64) -> (Var<'_>, Var<'_>) {
    let s = graph.leaf(s).named("s");
    (s, (s + s).named("t"))
}

/// The values of (a·b)·(a + b): a, b, d, e, f.
fn crossed(graph: &Graph, a: f64, b: f64) -> [Var<'_>; 5] {
    let (a, b) = (graph.leaf(a).named("a"), graph.leaf(b).named("b"));
    let d = (a * b).named("d");
    let e = (a + b).named("e");
    [a, b, d, e, (d * e).named("f")]
}

/// What one value passes to an argument, each time that it stands there.
fn shares(value: Var<'_>, arriving: f64, argument: Var<'_>) -> Result<Vec<f64>> {
    let partials = value.partials(0)?;
    let to_it = partials.iter().filter(|partial| partial.argument == argument.id());
    Ok(to_it
        .flat_map(|partial| partial.derivative.data())
        .map(|local| local * arriving)
        .collect())
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [s, a, b] = controls.all()?;
    let graph = Graph::new();
    let (_, t) = twice(&graph, s);
    let [.., f] = crossed(&graph, a, b);
    Ok(vec![
        chainrule_picture::graph(t, &t.backward()?).title("t = s + s").picture(),
        chainrule_picture::graph(f, &f.backward()?)
            .title("f = (a·b)·(a + b)")
            .picture(),
    ])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [s, a, b] = controls.all()?;
    let start = [s, a, b] == [3.0, -2.0, 3.0];
    let printed = |figure: Figure, text: &str| figure.printed_if(start, text);
    let graph = Graph::new();
    let (s, t) = twice(&graph, s);
    let of_t = t.backward()?;
    let [a, b, d, e, f] = crossed(&graph, a, b);
    let of_f = f.backward()?;
    let mut figures = vec![
        printed(Figure::new("t", t.item()?), "6.0000"),
        printed(Figure::new("dt/ds", of_t[s]), "2.0000"),
        Figure::new(
            "dt/ds if overwritten",
            shares(t, 1.0, s)?.last().copied().unwrap_or(0.0),
        ),
        printed(Figure::new("f", f.item()?), "-6.0000"),
        printed(Figure::new("df/da", of_f[a]), "-3.0000"),
        printed(Figure::new("df/db", of_f[b]), "-8.0000"),
        printed(Figure::new("df/dd", of_f[d]), "1.0000"),
        printed(Figure::new("df/de", of_f[e]), "-6.0000"),
    ];
    for (name, leaf) in [("a", a), ("b", b)] {
        for (through, value) in [("d", d), ("e", e)] {
            let share = shares(value, of_f[value], leaf)?.iter().sum::<f64>();
            figures.push(Figure::new(format!("{name} through {through}"), share));
        }
    }
    Ok(figures)
}
