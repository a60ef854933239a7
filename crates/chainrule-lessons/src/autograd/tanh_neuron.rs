//! A neuron with tanh, forward and backward.

use chainrule::Graph;
use chainrule_numpy::linspace;
use chainrule_picture::{Chart, Color, Picture, graph};

use super::neuron::{BIAS, INPUTS_AND_WEIGHTS, Neuron};
use crate::{
    controls::{Control, Controls},
    error::Result,
    figure::Figure,
    lesson::Scene,
};

pub(super) const SCENE: Scene = Scene {
    name: "tanh-neuron",
    title: "A neuron and its gradients",
    prose: include_str!("tanh_neuron.md"),
    controls: &[
        Control::new("x1", "the first input", (-5.0, 5.0), 0.1, INPUTS_AND_WEIGHTS[0]),
        Control::new("x2", "the second input", (-5.0, 5.0), 0.1, INPUTS_AND_WEIGHTS[1]),
        Control::new("w1", "the weight of x1", (-5.0, 5.0), 0.1, INPUTS_AND_WEIGHTS[2]),
        Control::new("w2", "the weight of x2", (-5.0, 5.0), 0.1, INPUTS_AND_WEIGHTS[3]),
        Control::new("b", "the bias; 6.7 is the notebook's first", (0.0, 10.0), 0.1, BIAS),
    ],
    pictures,
    figures,
};

/// The notebook's first bias.
const FIRST_BIAS: f64 = 6.7;

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [x1, x2, w1, w2, b] = controls.all()?;
    let graph = Graph::new();
    let neuron = Neuron::new(&graph, [x1, x2, w1, w2], b);
    let gradients = neuron.o.backward()?;
    let (n, o, slope) = (neuron.n.item()?, neuron.o.item()?, gradients[neuron.n]);
    let xs = linspace(-5.0, 5.0, 101)?;
    let line: Vec<f64> = xs.iter().map(|x| o + slope * (x - n)).collect();
    let curve = graph.constant(&xs).tanh().value()?;
    let chart = Chart::new("tanh squashes every n into −1 … 1")
        .line("tanh", &xs, curve.data())
        .line(format!("slope at n: {slope:.4}"), &xs, &line)
        .scatter("o", &[n], &[o])
        .color(Color::Vermilion)
        .x_label("n")
        .y_label("o")
        .x_range(-5.0, 5.0)
        .y_range(-1.5, 1.5)
        .axes_through(0.0, 0.0);
    let drawing: graph::Graph = chainrule_picture::graph(neuron.o, &gradients).title("o = tanh(x1·w1 + x2·w2 + b)");
    Ok(vec![drawing.picture(), chart.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [x1, x2, w1, w2, b] = controls.all()?;
    let graph = Graph::new();
    let first = Neuron::new(&graph, INPUTS_AND_WEIGHTS, FIRST_BIAS);
    let second = Neuron::new(&graph, INPUTS_AND_WEIGHTS, BIAS);
    let neuron = Neuron::new(&graph, [x1, x2, w1, w2], b);
    let gradients = neuron.o.backward()?;
    let o = neuron.o.item()?;
    let by_hand = 1.0 - o * o;
    let mut figures = vec![
        Figure::new("n at b = 6.7", first.n.item()?).printed("0.7000"),
        Figure::new("o at b = 6.7", first.o.item()?).printed("0.6044"),
        Figure::new("n at b = 6.88", second.n.item()?).printed("0.8814"),
        Figure::new("o at b = 6.88", second.o.item()?).printed("0.7071"),
        Figure::new("n", neuron.n.item()?),
        Figure::new("o", o),
        Figure::new("do/dn by hand", by_hand),
        Figure::new("do/dx1 by hand", w1 * by_hand),
        Figure::new("do/dw1 by hand", x1 * by_hand),
        Figure::new("do/dx2 by hand", w2 * by_hand),
        Figure::new("do/dw2 by hand", x2 * by_hand),
    ];
    let start = ([x1, x2, w1, w2], b) == (INPUTS_AND_WEIGHTS, BIAS);
    let drawn = [
        "-1.5000", "0.5000", "1.0000", "0.0000", "0.5000", "0.5000", "0.5000", "0.5000", "0.5000", "1.0000",
    ];
    for ((name, value), drawn) in neuron.values().into_iter().zip(drawn) {
        let figure = Figure::new(format!("do/d({name})"), gradients[value]);
        figures.push(figure.printed_if(start, drawn));
    }
    Ok(figures)
}
