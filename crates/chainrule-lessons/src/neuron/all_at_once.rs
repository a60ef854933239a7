//! One sample at a time against all samples at once.

use chainrule::{Graph, loss::mse};
use chainrule_picture::{Chart, Picture};

use super::{
    EPOCHS, RATE,
    network::{NAMES, Parameters, derivatives, drawn, loss, subtract, train},
    people::{Sample, samples},
};
use crate::{
    controls::{Controls, count},
    error::Result,
    figure::Figure,
    lesson::Scene,
    statistics::numbered,
};

pub(super) const SCENE: Scene = Scene {
    name: "all-at-once",
    title: "One person at a time, or all at once",
    prose: include_str!("all_at_once.md"),
    controls: &[RATE, EPOCHS],
    pictures,
    figures,
};

/// The gradient of the mean squared error: the mean of the samples' gradients.
fn mean_gradient(parameters: &Parameters, samples: &[Sample]) -> Parameters {
    let mut mean = [0.0; 9];
    for &sample in samples {
        for (sum, slope) in mean.iter_mut().zip(derivatives(parameters, sample, 1.0)) {
            *sum += slope / samples.len() as f64;
        }
    }
    mean
}

/// The same by the engine, with all samples in one column of numbers each.
fn mean_gradient_by_engine(parameters: Parameters, samples: &[Sample]) -> Result<Parameters> {
    let graph = Graph::new();
    let column = |of: fn(&Sample) -> f64| graph.constant(samples.iter().map(of).collect::<Vec<f64>>());
    let (x1, x2, y) = (column(|s| s.x[0]), column(|s| s.x[1]), column(|s| s.y));
    let leaves = parameters.map(|number| graph.leaf(number));
    let [w1, w2, w3, w4, w5, w6, b1, b2, b3] = leaves;
    let h1 = (x1 * w1 + x2 * w2 + b1).sigmoid();
    let h2 = (x1 * w3 + x2 * w4 + b2).sigmoid();
    let o1 = (h1 * w5 + h2 * w6 + b3).sigmoid();
    let gradients = mse(o1, y).backward()?;
    Ok(leaves.map(|leaf| gradients[leaf]))
}

/// The parameters after each epoch of one step along the mean gradient.
fn train_at_once(mut parameters: Parameters, samples: &[Sample], rate: f64, epochs: usize) -> Vec<Parameters> {
    let epoch = |_| {
        let change = mean_gradient(&parameters, samples).map(|slope| rate * slope);
        subtract(&mut parameters, &change);
        parameters
    };
    (0..epochs).map(epoch).collect()
}

/// The losses of the three ways, with their names.
fn ways(controls: &Controls) -> Result<[(&'static str, Vec<f64>); 3]> {
    let [rate, epochs] = controls.all()?;
    let (start, epochs) = (drawn(controls.seed), count(epochs));
    let four = samples().len() as f64;
    let losses = |course: Vec<Parameters>| course.iter().map(|parameters| loss(parameters, &samples())).collect();
    Ok([
        ("one at a time", losses(train(start, &samples(), rate, epochs))),
        ("all at once", losses(train_at_once(start, &samples(), rate, epochs))),
        (
            "all at once, 4 × the rate",
            losses(train_at_once(start, &samples(), four * rate, epochs)),
        ),
    ])
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let mut chart = Chart::new("The same beginning, three ways to train")
        .x_label("epoch")
        .y_label("mean squared error, logarithmic")
        .log_y();
    for (name, losses) in ways(controls)? {
        let epochs: Vec<f64> = numbered(losses.len());
        chart = chart.line(name, &epochs, &losses);
    }
    Ok(vec![chart.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let start = drawn(controls.seed);
    let by_hand = mean_gradient(&start, &samples());
    let by_engine = mean_gradient_by_engine(start, &samples())?;
    let mut figures = vec![];
    for (name, losses) in ways(controls)? {
        let last = losses.last().copied().unwrap_or(f64::NAN);
        figures.push(Figure::new(format!("last loss, {name}"), last));
    }
    for (i, name) in NAMES.into_iter().enumerate() {
        figures.push(Figure::new(format!("dL/d{name}"), by_hand[i]));
        figures.push(Figure::new(format!("dL/d{name} by backward"), by_engine[i]));
    }
    Ok(figures)
}
