//! Classification: a sigmoid at the end, and the loss that goes with it.

use chainrule::{Graph, Var, nn::scalar::Mlp, optim::Sgd};
use chainrule_numpy::PythonRandom;
use chainrule_picture::{Chart, Color, Picture};

use super::network::{self, History, SAMPLES, TARGETS, WIDTHS};
use crate::{
    controls::{Control, Controls, count},
    error::Result,
    figure::Figure,
    lesson::Scene,
    statistics::numbered,
};

pub(super) const SCENE: Scene = Scene {
    name: "sigmoid-output",
    title: "Yes or no: a sigmoid at the end",
    prose: include_str!("sigmoid_output.md"),
    controls: &[
        Control::new("rate", "the learning rate: how far a step goes", (0.05, 1.0), 0.05, 0.5),
        Control::new("epochs", "how many steps", (1.0, 60.0), 1.0, 30.0),
    ],
    pictures,
    figures,
};

/// The classes: 1 where the notebook's target is 1, 0 where it is −1.
fn classes() -> [f64; 4] {
    TARGETS.map(|target| if target > 0.0 { 1.0 } else { 0.0 })
}

/// The mean of `ln(1 + eᶻ) − t·z`, which is `−ln p` for class 1 and `−ln(1 − p)` for class 0, with p = σ(z).
fn cross_entropy<'g>(graph: &'g Graph, logits: &[Var<'g>]) -> Var<'g> {
    let losses = logits
        .iter()
        .zip(classes())
        .map(|(logit, class)| logit.bce_with_logits(class));
    graph.sum(losses) / SAMPLES.len() as f64
}

/// The same from probabilities, as one writes it on paper.
fn on_paper(probabilities: &[f64]) -> f64 {
    let losses = probabilities.iter().zip(classes());
    let sum: f64 = losses
        .map(|(p, class)| -(class * p.ln() + (1.0 - class) * (1.0 - p).ln()))
        .sum();
    sum / probabilities.len() as f64
}

fn trained(controls: &Controls) -> Result<(Mlp, History)> {
    let [rate, epochs] = controls.all()?;
    let mut mlp = network::mlp(&WIDTHS, &mut PythonRandom::new(controls.seed));
    let history = network::train(&mut mlp, Sgd::new(rate), count(epochs), cross_entropy)?;
    Ok((mlp, history))
}

fn probabilities(logits: &[f64]) -> Result<Vec<f64>> {
    Ok(Graph::new().constant(logits).sigmoid().value()?.data().to_vec())
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let (_, history) = trained(controls)?;
    let epochs: Vec<f64> = numbered(history.losses.len());
    let loss = Chart::new("Binary cross-entropy by epoch")
        .line("loss", &epochs, &history.losses)
        .x_label("epoch")
        .y_label("loss");
    let paths = history.predictions.iter().map(|logits| probabilities(logits));
    let paths = paths.collect::<Result<Vec<Vec<f64>>>>()?;
    let mut chart = Chart::new("Probability of class 1")
        .x_label("epoch")
        .y_label("probability")
        .y_range(0.0, 1.0);
    for (sample, color) in (0..SAMPLES.len()).zip(Color::ALL) {
        let path: Vec<f64> = paths.iter().map(|all| all[sample]).collect();
        let label = format!("sample {}, class {}", sample + 1, classes()[sample]);
        chart = chart.line(label, &epochs, &path).color(color);
    }
    Ok(vec![loss.picture(), chart.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let (mlp, history) = trained(controls)?;
    let graph = Graph::new();
    let logits = network::predictions(&mlp, &graph, SAMPLES.len());
    let loss = cross_entropy(&graph, &logits);
    let gradients = loss.backward()?;
    let numbers = logits.iter().map(|logit| logit.item());
    let p = probabilities(&numbers.collect::<chainrule::Result<Vec<f64>>>()?)?;
    let right = p
        .iter()
        .zip(classes())
        .filter(|(p, class)| (**p > 0.5) == (*class > 0.5))
        .count();
    let half = probabilities(&[0.0; SAMPLES.len()])?;
    let mut figures = vec![
        Figure::new("first loss", history.losses[0]),
        Figure::new("loss", loss.item()?),
        Figure::new("loss on paper", on_paper(&p)),
        Figure::new("loss of not knowing", on_paper(&half)),
        Figure::new("right", right),
        Figure::new(
            "gradient of the first logit",
            gradients[logits[0]] * SAMPLES.len() as f64,
        ),
        Figure::new("p − t of the first sample", p[0] - classes()[0]),
        Figure::new(
            "loss of z = 40 for class 0",
            Graph::new().leaf(40.0).bce_with_logits(0.0).item()?,
        ),
    ];
    for (sample, p) in p.iter().enumerate() {
        figures.push(Figure::new(format!("probability {}", sample + 1), *p));
    }
    Ok(figures)
}
