//! How many values a small network computes.

use chainrule::{
    Graph, Mlp, Rng,
    loss::{Loss, Mse},
    nn::scalar,
    ops::Tanh,
};
use chainrule_numpy::PythonRandom;
use chainrule_picture::{Picture, graph};

use super::{
    drawing,
    network::{self, SAMPLES, TARGETS},
};
use crate::{
    controls::{Control, Controls, count},
    error::Result,
    figure::Figure,
    lesson::Scene,
};

pub(super) const SCENE: Scene = Scene {
    name: "size-of-the-graph",
    title: "How large the graph of a small network is",
    prose: include_str!("size_of_the_graph.md"),
    controls: &[
        Control::new("first", "neurons of the first hidden layer", (1.0, 8.0), 1.0, 4.0),
        Control::new("second", "neurons of the second hidden layer", (1.0, 8.0), 1.0, 4.0),
        Control::new("samples", "how many samples the loss adds up", (1.0, 4.0), 1.0, 4.0),
    ],
    pictures,
    figures,
};

/// The values of the loss as the notebook builds it.
fn notebook(controls: &Controls) -> Result<(Vec<graph::Node>, Vec<Vec<f64>>)> {
    let [first, second, samples] = controls.all()?;
    let mlp = network::mlp(
        &[3, count(first), count(second), 1],
        &mut PythonRandom::new(controls.seed),
    );
    let graph = Graph::new();
    let predictions = network::predictions(&mlp, &graph, count(samples));
    let loss = network::sum_of_squares(&graph, &predictions);
    let gradients = loss.backward()?;
    let of_each = loss
        .trace(Some(&gradients))
        .into_iter()
        .map(|node| node.gradient.unwrap_or_default());
    Ok((drawing::nodes(loss), of_each.collect()))
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let (mut nodes, gradients) = notebook(controls)?;
    for (node, gradient) in nodes.iter_mut().zip(gradients) {
        node.gradient = Some(gradient).filter(|gradient| !gradient.is_empty());
    }
    if let Some(loss) = nodes.last_mut() {
        loss.name = Some("loss".to_string());
    }
    let title = format!(
        "The loss of MLP(3 → {} → {} → 1)",
        width(controls, 0),
        width(controls, 1)
    );
    Ok(vec![graph::Graph::new(nodes).title(title).picture()])
}

fn width(controls: &Controls, place: usize) -> f64 {
    controls.iter().nth(place).map_or(f64::NAN, |(_, value)| value)
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [first, second, samples] = controls.all()?;
    let (widths, samples) = ([3, count(first), count(second), 1], count(samples));
    let count = drawing::count(&notebook(controls)?.0);

    // The same network the engine's own way: each input is one value for all neurons, and a sum starts with its first
    // product.
    let mlp: scalar::Mlp = scalar::Mlp::new(&widths, Tanh, &mut Rng::new(0));
    let graph = Graph::new();
    let squares = SAMPLES.iter().zip(TARGETS).take(samples).flat_map(|(sample, target)| {
        let inputs = sample.map(|x| graph.constant(x));
        mlp.forward(&inputs)
            .into_iter()
            .map(move |answer| (answer - target).square())
    });
    let shared = drawing::count(&drawing::nodes(graph.sum(squares)));

    let mlp: Mlp = Mlp::new(&widths, Tanh, &mut Rng::new(0))?;
    let graph = Graph::new();
    let inputs: Vec<f64> = SAMPLES.iter().take(samples).flatten().copied().collect();
    let answers = mlp.forward(graph.tensor(&inputs, [samples, 3]));
    let loss = Mse.sum(answers, graph.tensor(&TARGETS[..samples], [samples, 1]).into());
    let tensors = drawing::count(&drawing::nodes(loss));
    Ok(vec![
        Figure::new("value boxes", count.values),
        Figure::new("operation boxes", count.operations),
        Figure::new("arrows", count.arrows),
        Figure::new("value boxes, inputs shared", shared.values),
        Figure::new("operation boxes, inputs shared", shared.operations),
        Figure::new("arrows, inputs shared", shared.arrows),
        Figure::new("value boxes, tensors", tensors.values),
        Figure::new("operation boxes, tensors", tensors.operations),
        Figure::new("arrows, tensors", tensors.arrows),
    ])
}
