//! Dropout: training with neurons missing at random.

use chainrule::{
    Graph, Rng, Tensor,
    nn::{Dropout, Mode},
};
use chainrule_picture::{Chart, Picture};
use std::rc::Rc;

use super::{
    moons::{Course, HIDDEN, TRAINED_ON, decision, moons},
    network::NO_DROPOUT,
    table::Table,
};
use crate::{
    controls::{Control, Controls, count},
    error::Result,
    figure::Figure,
    lesson::Scene,
    once::once,
    statistics::mean,
};

pub(super) const SCENE: Scene = Scene {
    name: "dropout",
    title: "Dropout: no neuron may rely on another",
    prose: include_str!("dropout.md"),
    controls: &[
        Control::new(
            "rate",
            "the share of hidden neurons missing in each step",
            (0.0, 0.8),
            0.05,
            0.3,
        ),
        Control::new("steps", "how many steps of training", (10.0, 150.0), 10.0, 120.0),
    ],
    pictures,
    figures,
};

/// The rows, and a network trained without and one with dropout.
fn both(controls: &Controls) -> Result<Rc<(Table, Course, Course)>> {
    once("dropout", &controls.numbers(), || trained(controls))
}

fn trained(controls: &Controls) -> Result<(Table, Course, Course)> {
    let [rate, steps] = controls.all()?;
    let seen = moons(controls.seed, TRAINED_ON)?;
    let train = |dropout| Course::new(controls.seed, HIDDEN, count(steps), dropout, &seen);
    let (without, with) = (train(NO_DROPOUT)?, train(Dropout { rate })?);
    Ok((seen, without, with))
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let both = both(controls)?;
    let (seen, without, with) = &*both;
    let losses = |course: &Course, which: usize| course.column(which, |judged| judged.loss);
    let chart = Chart::new("The loss, without and with dropout")
        .line("test, without", &without.steps, &losses(without, 1))
        .line("test, with", &with.steps, &losses(with, 1))
        .line("training, without", &without.steps, &losses(without, 0))
        .line("training, with", &with.steps, &losses(with, 0))
        .x_label("step")
        .y_label("loss")
        .log_y();
    Ok(vec![
        chart.picture(),
        decision("Without dropout", &without.net, seen)?.picture(),
        decision("With dropout", &with.net, seen)?.picture(),
    ])
}

/// What dropout makes of 1000 ones: the share that is left, and their mean.
fn of_ones(seed: u32, rate: f64) -> Result<(f64, f64)> {
    let graph = Graph::new();
    let ones = graph.constant(Tensor::full([1000], 1.0));
    let dropped = Dropout { rate }
        .forward(ones, &mut Mode::Train(&mut Rng::new(seed.into())))
        .value()?;
    let left = dropped.data().iter().filter(|&&number| number > 0.0).count();
    Ok((left as f64 / 1000.0, mean(dropped.data().iter().copied())))
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [rate, _] = controls.all()?;
    let both = both(controls)?;
    let (_, without, with) = &*both;
    let ([seen_without, test_without], [seen_with, test_with]) = (without.end(), with.end());
    let (left, average) = of_ones(controls.seed, rate)?;
    Ok(vec![
        Figure::new("left of 1000 ones", left),
        Figure::new("mean of what dropout makes of them", average)
            .why("what is left grows by 1 / (1 − rate), so that the mean stays near 1"),
        Figure::new("training loss, without", seen_without.loss),
        Figure::new("training loss, with", seen_with.loss),
        Figure::new("test loss, without", test_without.loss),
        Figure::new("test loss, with", test_with.loss),
        Figure::new("test accuracy, without", test_without.accuracy),
        Figure::new("test accuracy, with", test_with.accuracy),
    ])
}
