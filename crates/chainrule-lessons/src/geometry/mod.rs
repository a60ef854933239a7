//! The geometry of a neuron.

mod data;
mod fit_by_hand;
mod gradient_descent;
mod handles;
mod kink;
mod line;
mod one_neuron;
mod one_relu_neuron;
mod register;
mod registers;
mod reverse_mode;
mod train_a_net;
mod true_lines;
mod two_linear_neurons;
mod two_relu_neurons;

use chainrule_picture::Chart;

use crate::lesson::Lesson;

/// The lesson.
pub(crate) const LESSON: Lesson = Lesson {
    name: "geometry",
    title: "The geometry of a neuron",
    doc: "What one neuron can draw, what two can, and how a net finds its hinges",
    scenes: &[
        one_neuron::SCENE,
        fit_by_hand::SCENE,
        gradient_descent::SCENE,
        registers::SCENE,
        reverse_mode::SCENE,
        kink::SCENE,
        true_lines::SCENE,
        two_linear_neurons::SCENE,
        two_relu_neurons::SCENE,
        one_relu_neuron::SCENE,
        train_a_net::SCENE,
    ],
};

/// The window runs from −5 to 5 in both directions.
const EDGE: f64 = 5.0;
/// How many points a line is drawn and judged by.
const POINTS: usize = 100;

/// The line as one writes it: `0.2x − 2`.
fn formula(w: f64, b: f64) -> String {
    let sign = if b < 0.0 { '−' } else { '+' };
    format!("{w}x {sign} {}", b.abs())
}

/// A chart of the window, nearly square, with its axes through 0.
fn window(title: impl Into<String>) -> Chart {
    Chart::new(title)
        .size(560.0, 520.0)
        .x_label("x")
        .y_label("y")
        .x_range(-EDGE, EDGE)
        .y_range(-EDGE, EDGE)
        .axes_through(0.0, 0.0)
}
