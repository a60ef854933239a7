//! Six weights, two coefficients.

use chainrule_learn::{LinearModel, LinearRegression};
use chainrule_picture::{Chart, Picture};

use super::{
    least_squares::error_of,
    network::{NAMES, Order, Weights, coefficients, error, seeded_twice, train},
    problem::{NOISE, Problem},
    training::RATE,
};
use crate::{
    controls::{Control, Controls, count},
    error::Result,
    figure::Figure,
    lesson::Scene,
};

pub(super) const SCENE: Scene = Scene {
    name: "two-coefficients",
    title: "Six weights do the work of two numbers",
    prose: include_str!("two_coefficients.md"),
    controls: &[
        RATE,
        Control {
            name: "epochs",
            doc: "how often all rows are gone through",
            from: 1.0,
            to: 40.0,
            step: 1.0,
            start: 10.0,
        },
    ],
    pictures,
    figures,
};

fn least_squares(problem: &Problem, intercept: bool) -> Result<LinearModel> {
    Ok(LinearRegression { intercept }.fit(&problem.matrix()?, &problem.y)?)
}

/// The weights after each row, trained with all weights moving together.
fn course(controls: &Controls, problem: &Problem) -> Result<Vec<Weights>> {
    let [rate, epochs] = controls.all()?;
    let start = seeded_twice(controls.seed);
    Ok(train(start, problem, rate, count(epochs), Order::Together).collect())
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let problem = Problem::noisy(controls.seed, NOISE)?;
    let course = course(controls, &problem)?;
    let path: Vec<[f64; 2]> = course.iter().map(coefficients).collect();
    let (c1, c2): (Vec<f64>, Vec<f64>) = path.iter().map(|[c1, c2]| (*c1, *c2)).unzip();
    let best = least_squares(&problem, false)?.coefficients;
    let plane = Chart::new("The way of the two coefficients, row by row")
        .line("the network", &c1, &c2)
        .scatter("least squares", &best[..1], &best[1..])
        .scatter(
            "what the data were made with",
            &problem.coefficients[..1],
            &problem.coefficients[1..],
        )
        .x_label("c1 = w1·w5 + w2·w6")
        .y_label("c2 = w3·w5 + w4·w6");
    let seen: Vec<f64> = (1..=course.len())
        .map(|row| row as f64 / problem.y.len() as f64)
        .collect();
    let mut weights = Chart::new("The six weights").x_label("epoch").y_label("weight");
    for (i, name) in NAMES.into_iter().enumerate() {
        let values: Vec<f64> = course.iter().map(|weights| weights[i]).collect();
        weights = weights.line(name, &seen, &values);
    }
    Ok(vec![plane.picture(), weights.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let problem = Problem::noisy(controls.seed, NOISE)?;
    let trained = course(controls, &problem)?
        .last()
        .copied()
        .unwrap_or(seeded_twice(controls.seed));
    let (without, with) = (least_squares(&problem, false)?, least_squares(&problem, true)?);
    let [c1, c2] = coefficients(&trained);
    Ok(vec![
        Figure::new("c1", c1),
        Figure::new("c2", c2),
        Figure::new("RMSE", error(&trained, &problem)),
        Figure::new("c1 of least squares", without.coefficients[0]),
        Figure::new("c2 of least squares", without.coefficients[1]),
        Figure::new("RMSE of least squares without intercept", error_of(&without, &problem)?),
        Figure::new("RMSE of least squares with intercept", error_of(&with, &problem)?),
    ])
}
