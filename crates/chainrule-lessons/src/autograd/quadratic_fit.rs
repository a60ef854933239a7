//! The exercise solved: a network with one hidden layer on the parabola.

use chainrule::{
    Graph, Module, Tensor,
    loss::mse,
    optim::{Optimizer, Sgd},
};
use chainrule_learn::metrics;
use chainrule_numpy::{PythonRandom, linspace};
use chainrule_picture::{Chart, Color, Picture};
use std::rc::Rc;

use super::quadratic::{EDGE, OneHiddenLayer, TEST_SHARE, at, parabola, split, xs};
use crate::{
    controls::{Control, Controls, count},
    error::Result,
    figure::Figure,
    lesson::Scene,
    once::once,
    statistics::{mean, numbered},
};

pub(super) const SCENE: Scene = Scene {
    name: "parabola-fit",
    title: "The exercise: fit the parabola",
    prose: include_str!("quadratic_fit.md"),
    controls: &[
        Control::new("neurons", "neurons of the hidden layer", (1.0, 32.0), 1.0, 16.0),
        Control::new(
            "rate",
            "the learning rate: how far a step goes",
            (0.001, 0.04),
            0.001,
            0.008,
        ),
        Control::new("epochs", "how many steps", (10.0, 500.0), 10.0, 400.0),
    ],
    pictures,
    figures,
};

/// Which points are drawn for training is the notebook's choice; the scene's seed draws the weights.
const SPLIT_SEED: u32 = Controls::SEED;

/// The loss on the test points is looked at every so many epochs.
const TEST_EVERY: usize = 10;

/// A training and what was seen on its way.
struct Fit {
    model: OneHiddenLayer,
    train: Vec<f64>,
    /// Of some of the epochs: which, and the loss on the test points.
    test: Vec<(f64, f64)>,
    /// The curve after some of the epochs.
    curves: Vec<(usize, Vec<f64>)>,
}

/// Where the curve is drawn.
fn grid() -> Result<Vec<f64>> {
    Ok(linspace(-EDGE, EDGE, 101)?)
}

fn column(numbers: &[f64]) -> Result<Tensor> {
    Ok(Tensor::new(numbers.to_vec(), [numbers.len(), 1])?)
}

fn fit(controls: &Controls) -> Result<Rc<Fit>> {
    once("parabola-fit", &controls.numbers(), || fitted(controls))
}

fn fitted(controls: &Controls) -> Result<Fit> {
    let [neurons, rate, epochs] = controls.all()?;
    let epochs = count(epochs);
    let xs = xs()?;
    let ys: Vec<f64> = xs.iter().map(|x| parabola(*x)).collect();
    let split = split(TEST_SHARE, SPLIT_SEED)?;
    let rows =
        |places: &[usize]| -> Result<(Tensor, Tensor)> { Ok((column(&at(places, &xs))?, column(&at(places, &ys))?)) };
    let ((x, y), (x_test, y_test)) = (rows(&split.train)?, rows(&split.test)?);
    let shown = [0, epochs / 10, epochs / 3, epochs];
    let grid = column(&grid()?)?;
    let mut fit = Fit {
        model: OneHiddenLayer::new(1, count(neurons), &mut PythonRandom::new(controls.seed)),
        train: vec![],
        test: vec![],
        curves: vec![],
    };
    let mut optimizer = Sgd::new(rate);
    for epoch in 0..=epochs {
        let graph = Graph::new();
        if shown.contains(&epoch) {
            let curve = fit.model.forward(graph.constant(&grid)).value()?;
            fit.curves.push((epoch, curve.data().to_vec()));
        }
        if epoch % TEST_EVERY == 0 || epoch == epochs {
            let on_test = mse(fit.model.forward(graph.constant(&x_test)), graph.constant(&y_test));
            fit.test.push((epoch as f64, on_test.item()?));
        }
        let loss = mse(fit.model.forward(graph.constant(&x)), graph.constant(&y));
        fit.train.push(loss.item()?);
        if epoch < epochs {
            optimizer.step(&mut fit.model, &loss.backward()?);
        }
    }
    Ok(fit)
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let fit = fit(controls)?;
    let epochs: Vec<f64> = numbered(fit.train.len());
    let (at_epochs, on_test): (Vec<f64>, Vec<f64>) = fit.test.iter().copied().unzip();
    let loss = Chart::new("Mean squared error by epoch")
        .line("train", &epochs, &fit.train)
        .line("test", &at_epochs, &on_test)
        .x_label("epoch")
        .y_label("loss")
        .log_y();
    let (xs, split) = (xs()?, split(TEST_SHARE, SPLIT_SEED)?);
    let ys: Vec<f64> = xs.iter().map(|x| parabola(*x)).collect();
    let mut curves = Chart::new("The curve on its way to the points")
        .scatter("train", &at(&split.train, &xs), &at(&split.train, &ys))
        .color(Color::Gray)
        .scatter("test", &at(&split.test, &xs), &at(&split.test, &ys))
        .color(Color::Vermilion)
        .x_label("x")
        .y_label("y");
    let grid = grid()?;
    let colors = [Color::Sky, Color::Green, Color::Purple, Color::Blue];
    for ((epoch, curve), color) in fit.curves.iter().zip(colors) {
        curves = curves.line(format!("epoch {epoch}"), &grid, curve).color(color);
    }
    Ok(vec![loss.picture(), curves.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let fit = fit(controls)?;
    let number = |losses: &[f64], epoch: usize| losses.get(epoch).copied().unwrap_or(f64::NAN);
    let on_test = |seen: Option<&(f64, f64)>| seen.map_or(f64::NAN, |(_, loss)| *loss);
    let epochs = fit.train.len() - 1;
    let (_, ys): (Vec<f64>, Vec<f64>) = xs()?.into_iter().map(|x| (x, parabola(x))).unzip();
    let split = split(TEST_SHARE, SPLIT_SEED)?;
    let train = at(&split.train, &ys);
    let test = at(&split.test, &ys);
    let baseline = metrics::mse(&vec![mean(train.iter().copied()); test.len()], &test);
    let mut figures = vec![
        Figure::new("parameters", fit.model.parameter_count()),
        Figure::new("train loss before", number(&fit.train, 0)),
        Figure::new("test loss before", on_test(fit.test.first())),
        Figure::new("train loss", number(&fit.train, epochs)),
        Figure::new("test loss", on_test(fit.test.last())),
        Figure::new("test loss of the mean", baseline)
            .why("Always answering the mean of the training points: what a network must beat."),
    ];
    for epoch in [1, 10, 100].into_iter().filter(|epoch| *epoch <= epochs) {
        figures.push(Figure::new(format!("train loss@{epoch}"), number(&fit.train, epoch)));
    }
    Ok(figures)
}
