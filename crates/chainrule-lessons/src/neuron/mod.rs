//! From a neuron to a trained network.

use crate::lesson::Lesson;

/// The lesson.
pub(crate) const LESSON: Lesson = Lesson {
    name: "neuron",
    title: "From a neuron to a trained network",
    doc: "A 2-2-1 network, its loss, and its nine derivatives by hand",
    scenes: &[],
};
