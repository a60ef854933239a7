#![forbid(unsafe_code)]
//! Five lessons on neural networks, told from the first line to the trained net.
//!
//! A [`Lesson`] is a list of scenes; a [`Scene`] is prose, controls, and two functions of these controls: the pictures and
//! the figures. Whoever shows lessons (the command line, a page in a browser, a test) reads the same scenes. A [`Figure`]
//! puts what a teaching notebook printed beside what the engine computes, and where the notebook is wrong, beside what is
//! right, with the reason.
//!
//! ```
//! let lesson = chainrule_lessons::lesson("by-hand")?;
//! let scene = lesson.scene("least-squares")?;
//! let figures = scene.figures(&scene.controls())?;
//! assert_eq!(figures[0].as_printed.as_deref(), Some("0.4144461358278726"));
//! assert_eq!(figures[0].computed.to_string(), "0.4144461358278726");
//! # Ok::<(), chainrule_lessons::Error>(())
//! ```

mod autograd;
mod by_hand;
mod controls;
mod error;
mod exercise;
mod figure;
mod finite_difference;
mod geometry;
mod lesson;
mod model_loss_optimizer;
mod names;
mod neuron;
mod once;
mod statistics;

pub use controls::{Control, Controls};
pub use error::{Error, Result};
pub use exercise::{CounterExample, Diagnosis, Exercise, PartVerdict, Verdict, exercise, exercises};
pub use figure::{Figure, Value};
pub use lesson::{Lesson, Scene};

/// The lessons, in the order in which one reads them.
pub const LESSONS: [Lesson; 5] = [
    geometry::LESSON,
    neuron::LESSON,
    autograd::LESSON,
    model_loss_optimizer::LESSON,
    by_hand::LESSON,
];

/// The lesson of this name.
///
/// # Errors
/// When there is none; the message suggests the nearest name.
pub fn lesson(name: &str) -> Result<&'static Lesson> {
    const { &LESSONS }
        .iter()
        .find(|lesson| lesson.name == name)
        .ok_or_else(|| names::unknown("lesson", name, LESSONS.iter().map(|lesson| lesson.name)))
}
