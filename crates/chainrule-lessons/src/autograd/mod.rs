//! A graph that differentiates itself.

use crate::lesson::Lesson;

/// The lesson.
pub(crate) const LESSON: Lesson = Lesson {
    name: "autograd",
    title: "A graph that differentiates itself",
    doc: "Every operation recorded, drawn with data and gradient, and a network trained on it",
    scenes: &[],
};
