//! From a neuron to a trained network.

mod all_at_once;
mod loss;
mod network;
mod one_neuron;
mod one_step;
mod people;
mod seeds;
mod shift;
mod sigmoid;
mod slope;
mod training;
mod two_layers;
mod worked_derivative;

use crate::{controls::Control, lesson::Lesson};

/// The lesson.
pub(crate) const LESSON: Lesson = Lesson {
    name: "neuron",
    title: "From a neuron to a trained network",
    doc: "A 2-2-1 network, its loss, and its nine derivatives by hand",
    scenes: &[
        one_neuron::SCENE,
        sigmoid::SCENE,
        slope::SCENE,
        two_layers::SCENE,
        shift::SCENE,
        loss::SCENE,
        worked_derivative::SCENE,
        one_step::SCENE,
        training::SCENE,
        seeds::SCENE,
        all_at_once::SCENE,
    ],
};

/// The learning rate, the notebook's at first.
const RATE: Control = Control {
    name: "rate",
    doc: "the learning rate",
    from: 0.01,
    to: 1.0,
    step: 0.01,
    start: 0.1,
};

/// How often all people are looked at, as often as in the notebook at first.
const EPOCHS: Control = Control {
    name: "epochs",
    doc: "how often all four people are looked at",
    from: 100.0,
    to: 2000.0,
    step: 10.0,
    start: 1000.0,
};
