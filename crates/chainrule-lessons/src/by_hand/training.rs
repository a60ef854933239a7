//! The notebook's training: five epochs, row by row.

use chainrule_learn::LinearRegression;
use chainrule_picture::{Chart, Picture};

use super::{
    gradient::by_engine,
    least_squares::{error_of, prediction_charts},
    network::{NAMES, Order, Weights, error, picture, predictions, seeded_twice, step, train},
    problem::{NOISE, Problem},
};
use crate::{
    controls::{Control, Controls, count},
    error::Result,
    figure::Figure,
    lesson::Scene,
    statistics::numbered,
};

pub(super) const SCENE: Scene = Scene {
    name: "training",
    title: "Training, row by row",
    prose: include_str!("training.md"),
    controls: &[RATE, EPOCHS],
    pictures,
    figures,
};

/// The learning rate of the notebook's code, which multiplies half of the derivative.
pub(super) const RATE: Control = Control {
    name: "rate",
    doc: "the learning rate",
    from: 1e-5,
    to: 2e-4,
    step: 1e-5,
    start: 1e-4,
};

/// How often all rows are gone through.
pub(super) const EPOCHS: Control = Control {
    name: "epochs",
    doc: "how often all rows are gone through",
    from: 1.0,
    to: 20.0,
    step: 1.0,
    start: 5.0,
};

/// The error after the first row and after each epoch.
const PRINTED: [&str; 6] = [
    "131.80677685986092",
    "129.8450062254458",
    "123.33196509825842",
    "111.44619152943271",
    "104.25314828273383",
    "102.76034914846261",
];
const PRINTED_WEIGHTS: [&str; 6] = [
    "3.74787473",
    "8.65770675",
    "0.88442709",
    "0.92008411",
    "3.63496368",
    "8.36568275",
];

/// The best error without an intercept: no six weights can do better.
pub(super) fn floor(problem: &Problem) -> Result<f64> {
    let model = LinearRegression { intercept: false }.fit(&problem.matrix()?, &problem.y)?;
    error_of(&model, problem)
}

/// A training by one of the two orders.
struct Course {
    after_first_row: f64,
    /// The error after each epoch.
    errors: Vec<f64>,
    weights: Weights,
}

fn course(problem: &Problem, start: Weights, rate: f64, epochs: usize, order: Order) -> Course {
    let rows = problem.y.len();
    let mut course = Course {
        after_first_row: f64::NAN,
        errors: vec![],
        weights: start,
    };
    for (i, weights) in train(start, problem, rate, epochs, order).enumerate() {
        if i == 0 {
            course.after_first_row = error(&weights, problem);
        }
        if (i + 1) % rows == 0 {
            course.errors.push(error(&weights, problem));
            course.weights = weights;
        }
    }
    course
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [rate, epochs] = controls.all()?;
    let problem = Problem::noisy(controls.seed, NOISE)?;
    let start = seeded_twice(controls.seed);
    let mut chart = Chart::new("The error falls towards the floor of least squares")
        .x_label("epoch")
        .y_label("RMSE over all rows");
    for (name, order) in [
        ("w5 and w6 first", Order::OneAfterTheOther),
        ("all together", Order::Together),
    ] {
        let course = course(&problem, start, rate, count(epochs), order);
        let errors: Vec<f64> = [error(&start, &problem)].into_iter().chain(course.errors).collect();
        let at: Vec<f64> = numbered(errors.len());
        chart = chart.line(name, &at, &errors);
    }
    let floor = floor(&problem)?;
    chart = chart.line("least squares", &[0.0, epochs], &[floor, floor]);
    let trained = course(&problem, start, rate, count(epochs), Order::OneAfterTheOther).weights;
    let mut pictures = vec![chart.picture(), picture(&trained)];
    pictures.extend(prediction_charts(&problem, &predictions(&trained, &problem)));
    Ok(pictures)
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [rate, epochs] = controls.all()?;
    let problem = Problem::noisy(controls.seed, NOISE)?;
    let start = seeded_twice(controls.seed);
    let here = controls.at_start();
    let as_told = course(&problem, start, rate, count(epochs), Order::OneAfterTheOther);
    let right = course(&problem, start, rate, count(epochs), Order::Together);

    let mut figures = vec![Figure::new("RMSE before", error(&start, &problem))];
    let names = (0..).map(|epoch| match epoch {
        0 => "RMSE after one row".to_string(),
        epoch => format!("RMSE after epoch {epoch}"),
    });
    let told = [as_told.after_first_row].into_iter().chain(as_told.errors);
    let corrected = [right.after_first_row].into_iter().chain(right.errors);
    for (i, ((name, told), right)) in names.zip(told).zip(corrected).enumerate() {
        let figure = Figure::new(name, told)
            .corrected(right)
            .why("all weights moved together");
        figures.push(match PRINTED.get(i) {
            Some(text) => figure.printed_if(here, text),
            None => figure,
        });
    }
    for (i, name) in NAMES.into_iter().enumerate() {
        let figure = Figure::new(name, as_told.weights[i]).printed_if(here, PRINTED_WEIGHTS[i]);
        figures.push(figure.corrected(right.weights[i]).why("all weights moved together"));
    }

    // The proof, where it is largest: the first row's step of each weight against the engine's derivative.
    let (x, y) = problem.row(0.0);
    let moved = step(&start, x, y, rate, Order::OneAfterTheOther);
    let slopes = by_engine(&start, &Problem::of_row((x, y)))?;
    for (i, name) in NAMES.into_iter().enumerate() {
        let taken = (moved[i] - start[i]) / rate;
        let promised = -slopes[i] / 2.0;
        let figure = Figure::new(format!("first step of {name} / rate"), taken);
        // The difference of two nearby numbers keeps about ten digits.
        figures.push(match (taken - promised).abs() <= 1e-9 * promised.abs().max(1.0) {
            true => figure,
            false => figure.corrected(promised).why(format!(
                "−½ ∂L/∂{name} by the engine, at the weights before the step; w5 and w6 had already moved"
            )),
        });
    }
    figures.push(Figure::new("least squares without intercept", floor(&problem)?));
    Ok(figures)
}
