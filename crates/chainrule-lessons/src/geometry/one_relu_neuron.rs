//! One ReLU neuron with a weight and a bias behind it.

use chainrule::{Graph, Var};
use chainrule_numpy::linspace;
use chainrule_picture::{Along, Chart, Color, Handle, Picture, graph};

use crate::{
    controls::{Control, Controls},
    error::Result,
    figure::{Figure, Value},
    lesson::Scene,
};

pub(super) const SCENE: Scene = Scene {
    name: "one-relu-neuron",
    title: "A hinge that can be put anywhere",
    prose: include_str!("one_relu_neuron.md"),
    controls: &[
        Control::weight("w1", "the weight before relu", 1.0),
        Control::weight("w2", "the weight behind relu", 1.0),
        Control::weight("b1", "the bias before relu", 1.0),
        Control::weight("b2", "the bias behind relu", 1.0),
    ],
    pictures,
    figures,
};

/// The window of this scene.
const EDGE: f64 = 4.0;
/// How far the notebook's points reach, and how many they are.
const REACH: (f64, usize) = (100.0, 1000);

/// `relu(w1·x + b1)·w2 + b2`.
fn net<'g>(x: Var<'g>, [w1, w2, b1, b2]: [Var<'g>; 4]) -> Var<'g> {
    (x * w1 + b1).relu() * w2 + b2
}

/// What the net gives at these x.
fn outputs(weights: [f64; 4], x: &[f64]) -> Result<Vec<f64>> {
    let g = Graph::new();
    let y = net(g.constant(x), weights.map(|weight| g.leaf(weight)));
    Ok(y.value()?.into_data())
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let weights: [f64; 4] = controls.all()?;
    let [w1, w2, b1, b2] = weights;
    let (x, between) = (linspace(-REACH.0, REACH.0, REACH.1)?, linspace(-EDGE, EDGE, 401)?);
    let mut chart = Chart::new("One ReLU neuron and its hinge")
        .size(560.0, 520.0)
        .line("relu(w1·x + b1)·w2 + b2", &between, &outputs(weights, &between)?)
        .scatter("the notebook's points", &x, &outputs(weights, &x)?)
        .color(Color::Blue)
        .x_label("x")
        .y_label("y")
        .x_range(-EDGE, EDGE)
        .y_range(-EDGE, EDGE)
        .axes_through(0.0, 0.0);
    if w1 != 0.0 {
        // The hinge stands at (−b1/w1, b2): to the right by δ is b1 down by w1·δ, up by δ is b2 up by δ.
        let hinge = Handle::point("drag: moves the hinge by b1 and b2", -b1 / w1, b2);
        chart = chart
            .scatter("hinge", &[-b1 / w1], &[b2])
            .handle(hinge.moves("b1", Along::X, -w1).moves("b2", Along::Y, 1.0));
        // On its sloping side the curve is b2 + w2·relu(w1·x + b1): to raise it by δ, w2 grows by δ/relu(w1·x + b1).
        let at = 0.8 * EDGE * w1.signum();
        let y = b2 + w2 * (w1 * at + b1).max(0.0);
        if w1 * at + b1 > 0.2 && y.abs() < EDGE {
            let slope = Handle::point("drag: turns it by w2", at, y);
            chart = chart.handle(slope.moves("w2", Along::Y, 1.0 / (w1 * at + b1)));
        }
    }
    let g = Graph::new();
    let leaves = [("w1", weights[0]), ("w2", weights[1]), ("b1", b1), ("b2", b2)]
        .map(|(name, number)| g.leaf(number).named(name));
    let y = net(g.leaf(2.0).named("x"), leaves).named("y");
    let back = graph(y, &y.backward()?).title("At x = 2");
    Ok(vec![chart.picture(), back.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let weights: [f64; 4] = controls.all()?;
    let [w1, w2, b1, b2] = weights;
    let x = linspace(-REACH.0, REACH.0, REACH.1)?;
    let at_zero = |weights: [f64; 4]| Ok::<f64, crate::Error>(outputs(weights, &[0.0])?.iter().sum());
    let slope_at = |x: f64| -> Result<f64> {
        let g = Graph::new();
        let x = g.leaf(x);
        Ok(net(x, weights.map(|weight| g.constant(weight))).backward()?[x])
    };
    let hinge = match w1 {
        0.0 => Value::from("none"),
        _ => Value::from(-b1 / w1),
    };
    let far = REACH.0 + 1.0; // beyond the farthest hinge, which the sliders can put at 100
    let first = at_zero([w1, 1.0, b1, 0.0])?;
    let moved = at_zero(weights)?;
    let mut figure = Figure::new("y(0) as first drawn", first);
    if first != moved {
        figure = figure.corrected(moved).why(format!(
            "The notebook first draws relu(x + b1) without w2 and b2, though its sliders stand at {w2} and {b2}; as soon as \
             one is moved, the curve jumps by {}.",
            moved - first
        ));
    }
    Ok(vec![
        Figure::new("y(0)", moved),
        figure,
        Figure::new("hinge", hinge),
        Figure::new("slope far left", slope_at(-far)?),
        Figure::new("slope far right", slope_at(far)?),
        Figure::new("bend", slope_at(far)? - slope_at(-far)?).why("|w1|·w2: how much the slope grows at the hinge."),
        Figure::new("points inside the window", x.iter().filter(|x| x.abs() <= EDGE).count())
            .why("Of the notebook's thousand from −100 to 100: too few for a steep line drawn as dots."),
    ])
}
