//! Two ReLU neurons and their sum: lines that bend.

use chainrule::{Graph, Var, loss::mse};
use chainrule_numpy::{RandomState, linspace};
use chainrule_picture::{Along, Handle, Picture, number::brief};

use super::{
    EDGE, POINTS,
    data::{NOISE, Points},
    formula, handles,
    line::Line,
    window,
};
use crate::{
    controls::{Control, Controls},
    error::Result,
    figure::Figure,
    lesson::Scene,
};

pub(super) const SCENE: Scene = Scene {
    name: "two-relu-neurons",
    title: "Two neurons that bend",
    prose: include_str!("two_relu_neurons.md"),
    controls: &[
        Control::weight("w1", "the weight of the first neuron", 0.2),
        Control::weight("b1", "the bias of the first neuron", -2.0),
        Control::weight("w2", "the weight of the second neuron", 2.0),
        Control::weight("b2", "the bias of the second neuron", -2.0),
        Control::weight("b_out", "the bias of the output, added once to the sum", 0.0),
    ],
    pictures,
    figures,
};

/// The parameters w1, b1, w2, b2, b_out.
type Weights = [f64; 5];

/// This setting is the curve without noise: 0.2x − 2 on the window is relu(0.2x + 1) − 3.
const TRUTH: Weights = [0.2, 1.0, 2.0, 0.0, -3.0];

/// What each neuron gives, and their sum with the output bias added once.
fn neurons<'g>(x: Var<'g>, [w1, b1, w2, b2, b_out]: [Var<'g>; 5]) -> [Var<'g>; 3] {
    let (first, second) = ((x * w1 + b1).relu(), (x * w2 + b2).relu());
    [first, second, first + second + b_out]
}

/// The loss of the sum and its gradient.
fn slope(weights: Weights, points: &Points) -> Result<(f64, Weights)> {
    let g = Graph::new();
    let leaves = weights.map(|weight| g.leaf(weight));
    let [.., sum] = neurons(g.constant(&points.x), leaves);
    let loss = mse(sum, g.constant(&points.y));
    let gradient = loss.backward()?;
    Ok((loss.item()?, leaves.map(|leaf| gradient[leaf])))
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let points = Points::kink(NOISE, &mut RandomState::new(controls.seed))?;
    let g = Graph::new();
    let weights: Weights = controls.all()?;
    let leaves = weights.map(|weight| g.leaf(weight));
    let [first, second, sum] = neurons(g.constant(&points.x), leaves);
    let chart = window(format!(
        "Two ReLU neurons: loss {}",
        brief(points.loss(sum.value()?.data())?)
    ))
    .scatter("data", &points.x, &points.y)
    .line("first neuron", &points.x, first.value()?.data())
    .line("second neuron", &points.x, second.value()?.data())
    .line("sum and output bias", &points.x, sum.value()?.data())
    .handle(Handle::line("drag: moves b_out", &points.x, sum.value()?.data()).moves("b_out", Along::Y, 1.0));
    let [w1, b1, w2, b2, _] = weights;
    let chart = handles::relu(chart, Line { w: w1, b: b1 }, ("w1", "b1"));
    Ok(vec![
        handles::relu(chart, Line { w: w2, b: b2 }, ("w2", "b2")).picture(),
    ])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let weights: Weights = controls.all()?;
    let [w1, b1, w2, b2, _] = weights;
    let points = Points::kink(NOISE, &mut RandomState::new(controls.seed))?;
    let (loss, gradient) = slope(weights, &points)?;
    let [by_w1, by_b1, by_w2, by_b2, by_b_out] = gradient;
    let best = Line::least_squares(&points)?;
    Ok(vec![
        Figure::new("loss", loss),
        first_neuron(weights, &points)?,
        Figure::new("points where the second neuron is not 0", active(w2, b2)?),
        Figure::new("hinge of the first neuron", hinge(w1, b1)),
        Figure::new("hinge of the second neuron", hinge(w2, b2)),
        Figure::new("dL/dw1", by_w1),
        Figure::new("dL/db1", by_b1),
        Figure::new("dL/dw2", by_w2),
        Figure::new("dL/db2", by_b2),
        Figure::new("dL/db_out", by_b_out),
        Figure::new("w1 after 50 steps of descent", descended(weights, &points)?[0])
            .why("Rate 0.01. A neuron that is 0 on all points has the gradient 0 and stays where it is."),
        rise_per_output_bias(weights)?,
        Figure::new("loss at 0.2, 1, 2, 0, −3", slope(TRUTH, &points)?.0)
            .why("The curve that made the data: only the noise is left."),
        Figure::new("loss by least squares", best.loss(&points)?),
    ])
}

/// On how many points of the window a neuron gives more than 0.
fn active(w: f64, b: f64) -> Result<usize> {
    Ok(linspace(-EDGE, EDGE, POINTS)?
        .iter()
        .filter(|&x| w * x + b > 0.0)
        .count())
}

/// Where a neuron bends.
fn hinge(w: f64, b: f64) -> String {
    if w == 0.0 { "none".to_string() } else { brief(-b / w) }
}

/// The notebook starts with a first neuron that gives 0 on the whole window.
fn first_neuron(weights: Weights, points: &Points) -> Result<Figure> {
    let [w1, b1, w2, b2, b_out] = weights;
    let figure = Figure::new("points where the first neuron is not 0", active(w1, b1)?);
    if active(w1, b1)? > 0 {
        return Ok(figure);
    }
    let nudged = slope([w1 + 0.1, b1 + 0.1, w2, b2, b_out], points)?.0 - slope(weights, points)?.0;
    let awake = [TRUTH[0], TRUTH[1], w2, b2, b_out];
    let (gradient, woken) = (slope(weights, points)?.1, slope(awake, points)?.1);
    Ok(figure.corrected(active(awake[0], awake[1])?).why(format!(
        "w1·x + b1 = {} is negative on the whole window, and relu makes it 0: the neuron is dead. Raising w1 and \
         b1 by 0.1 changes the loss by {}, and the gradient in w1 and b1 is {} and {}, so descent cannot wake it. Starting \
         at b1 = 1 its hinge is at the edge, −5, and the gradient is {} and {}.",
        formula(w1, b1),
        brief(nudged),
        brief(gradient[0]),
        brief(gradient[1]),
        brief(woken[0]),
        brief(woken[1]),
    )))
}

/// Where gradient descent arrives after 50 steps of 0.01.
fn descended(mut weights: Weights, points: &Points) -> Result<Weights> {
    for _ in 0..50 {
        let (_, gradient) = slope(weights, points)?;
        for (weight, slope) in weights.iter_mut().zip(gradient) {
            *weight -= 0.01 * slope;
        }
    }
    Ok(weights)
}

/// The notebook adds the output bias inside each neuron, so that the sum holds it twice.
fn rise_per_output_bias([w1, b1, w2, b2, _]: Weights) -> Result<Figure> {
    let g = Graph::new();
    let leaves = [w1, b1, w2, b2, TRUTH[4]].map(|weight| g.leaf(weight));
    let b_out = leaves[4];
    let [first, second, sum] = neurons(g.constant(0.0), leaves);
    let in_each = (first + b_out) + (second + b_out);
    let (twice, once) = (in_each.backward()?[b_out], sum.backward()?[b_out]);
    Ok(Figure::new("rise of the sum per unit of b_out", twice).corrected(once).why(format!(
        "The notebook's net(x, w, b, b_out) adds the output bias to each neuron, and then adds the neurons: the sum holds \
         2·b_out. With b_out = {} its sum at x = 0 is {} instead of {}; its slider would have to stand at {}.",
        brief(TRUTH[4]),
        brief(in_each.item()?),
        brief(sum.item()?),
        brief(TRUTH[4] / twice),
    )))
}
