//! The geometry of a neuron.

mod one_neuron;

use crate::{controls::Control, lesson::Lesson};

/// The lesson.
pub(crate) const LESSON: Lesson = Lesson {
    name: "geometry",
    title: "The geometry of a neuron",
    doc: "What one neuron can draw, what two can, and how a net finds its hinges",
    scenes: &[one_neuron::SCENE],
};

/// The window runs from −5 to 5 in both directions.
const EDGE: f64 = 5.0;
/// How many points a line is drawn and judged by.
const POINTS: usize = 100;

/// A weight or a bias: from −10 to 10 in steps of 0.1.
const fn weight(name: &'static str, doc: &'static str, start: f64) -> Control {
    Control {
        name,
        doc,
        from: -10.0,
        to: 10.0,
        step: 0.1,
        start,
    }
}
