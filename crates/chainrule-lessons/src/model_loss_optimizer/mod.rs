//! Model, loss, optimizer.

use crate::lesson::Lesson;

/// The lesson.
pub(crate) const LESSON: Lesson = Lesson {
    name: "model-loss-optimizer",
    title: "Model, loss, optimizer",
    doc: "Linear regression, logistic regression and a network as the same three exchangeable parts",
    scenes: &[],
};
