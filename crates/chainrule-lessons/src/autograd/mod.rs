//! A graph that differentiates itself.

mod accumulate;
mod backprop_by_hand;
mod backward_twice;
mod cancellation;
mod children_in_a_set;
mod contour;
mod drawing;
mod exercise_rules;
mod expression;
mod iris;
mod iris_two_classes;
mod kept_gradients;
mod limit;
mod modules;
mod network;
mod neuron;
mod nudging;
mod numbers_on_the_left;
mod quadratic;
mod quadratic_data;
mod quadratic_fit;
mod recording;
mod relu_and_sigmoid;
mod sigmoid_output;
mod size_of_the_graph;
mod step_by_step;
mod subtraction;
mod tanh_by_exp;
mod tanh_neuron;
mod three_drawings;
mod topological_sort;
mod training;
mod uphill;
mod zero_gradients;

use crate::{figure::Value, lesson::Lesson};

/// The lesson.
pub(crate) const LESSON: Lesson = Lesson {
    name: "autograd",
    title: "A graph that differentiates itself",
    doc: "Every operation recorded, drawn with data and gradient, and a network trained on it",
    scenes: &[
        limit::SCENE,
        cancellation::SCENE,
        recording::SCENE,
        three_drawings::SCENE,
        backprop_by_hand::SCENE,
        nudging::SCENE,
        uphill::SCENE,
        tanh_neuron::SCENE,
        tanh_by_exp::SCENE,
        exercise_rules::SCENE,
        subtraction::SCENE,
        numbers_on_the_left::SCENE,
        step_by_step::SCENE,
        topological_sort::SCENE,
        accumulate::SCENE,
        children_in_a_set::SCENE,
        backward_twice::SCENE,
        modules::SCENE,
        size_of_the_graph::SCENE,
        training::SCENE,
        zero_gradients::SCENE,
        quadratic_data::SCENE,
        quadratic_fit::SCENE,
        relu_and_sigmoid::SCENE,
        sigmoid_output::SCENE,
        iris_two_classes::SCENE,
    ],
};

/// A number as Python shows it.
fn shown(number: f64) -> String {
    Value::from(number).to_string()
}
