//! A network by hand.

mod data;
mod easy;
mod first_drop;
mod forward;
mod gradient;
mod least_squares;
mod network;
mod partial_derivatives;
mod problem;
mod products;
mod training;
mod two_coefficients;
mod weights;

use crate::lesson::Lesson;

/// The lesson.
pub(crate) const LESSON: Lesson = Lesson {
    name: "by-hand",
    title: "A network by hand",
    doc: "Five neurons without activation, trained weight by weight, beside least squares",
    scenes: &[
        data::SCENE,
        least_squares::SCENE,
        weights::SCENE,
        products::SCENE,
        forward::SCENE,
        partial_derivatives::SCENE,
        training::SCENE,
        first_drop::SCENE,
        two_coefficients::SCENE,
        easy::SCENE,
    ],
};
