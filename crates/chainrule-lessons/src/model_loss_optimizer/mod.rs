//! Model, loss, optimizer.

mod bad_guess;
mod cross_validation;
mod data;
mod descent_on_a_function;
mod dropout;
mod evaluation;
mod gradient_of_the_loss;
mod least_squares;
mod line;
mod linear_regression;
mod log_of_zero;
mod logistic;
mod logistic_regression;
mod mean_squared_error;
mod moons;
mod network;
mod neural_network;
mod optimizers;
mod penalties;
mod scaling;
mod simulated_line;
mod summed_loss;
mod table;
mod train_test_split;

use crate::{controls::Control, lesson::Lesson};

/// The lesson.
pub(crate) const LESSON: Lesson = Lesson {
    name: "model-loss-optimizer",
    title: "Model, loss, optimizer",
    doc: "Linear regression, logistic regression and a network as the same three exchangeable parts",
    scenes: &[
        simulated_line::SCENE,
        bad_guess::SCENE,
        mean_squared_error::SCENE,
        descent_on_a_function::SCENE,
        gradient_of_the_loss::SCENE,
        linear_regression::SCENE,
        least_squares::SCENE,
        optimizers::SCENE,
        logistic_regression::SCENE,
        log_of_zero::SCENE,
        summed_loss::SCENE,
        neural_network::SCENE,
        evaluation::SCENE,
        scaling::SCENE,
        train_test_split::SCENE,
        cross_validation::SCENE,
        penalties::SCENE,
        dropout::SCENE,
    ],
};

/// The slope of a line, over the range of the notebook's slider.
const fn slope(start: f64) -> Control {
    Control::new("w", "the weight: the slope of the line", (-10.0, 10.0), 0.1, start)
}

/// The height of a line, over the range of the notebook's slider.
const fn height(start: f64) -> Control {
    Control::new(
        "b",
        "the bias: the height of the line at x = 0",
        (-10.0, 30.0),
        0.1,
        start,
    )
}
