//! A network by hand.

use crate::lesson::Lesson;

/// The lesson.
pub(crate) const LESSON: Lesson = Lesson {
    name: "by-hand",
    title: "A network by hand",
    doc: "Five neurons without activation, trained weight by weight, beside least squares",
    scenes: &[],
};
