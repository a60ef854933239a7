//! Least squares: what a straight plane can do.

use chainrule_learn::{
    LinearModel, LinearRegression,
    metrics::{r2, rmse},
};
use chainrule_picture::{Chart, Picture};

use super::{data::NOISE_CONTROL, problem::Problem};
use crate::{controls::Controls, error::Result, figure::Figure, lesson::Scene};

pub(super) const SCENE: Scene = Scene {
    name: "least-squares",
    title: "The mark to reach: least squares",
    prose: include_str!("least_squares.md"),
    controls: &[NOISE_CONTROL],
    pictures,
    figures,
};

fn fitted(controls: &Controls) -> Result<(Problem, LinearModel)> {
    let [noise] = controls.all()?;
    let problem = Problem::noisy(controls.seed, noise)?;
    let model = LinearRegression::default().fit(&problem.matrix()?, &problem.y)?;
    Ok((problem, model))
}

/// The root of the mean squared error of a linear model, in numpy's order of summation.
pub(super) fn error_of(model: &LinearModel, problem: &Problem) -> Result<f64> {
    Ok(rmse(&model.predict(&problem.matrix()?)?, &problem.y))
}

/// Predictions against the truth, and what remains.
pub(super) fn prediction_charts(problem: &Problem, predictions: &[f64]) -> [Picture; 2] {
    let residuals: Vec<f64> = problem.y.iter().zip(predictions).map(|(y, p)| y - p).collect();
    let (low, high) = problem
        .y
        .iter()
        .fold((0.0f64, 0.0f64), |(low, high), &y| (low.min(y), high.max(y)));
    let agreement = Chart::new("Predicted against actual")
        .scatter("a row", &problem.y, predictions)
        .line("agreement", &[low, high], &[low, high])
        .x_label("y")
        .y_label("prediction")
        .picture();
    let residuals = Chart::new("Residuals: what the model leaves over")
        .scatter("a row", predictions, &residuals)
        .x_label("prediction")
        .y_label("y − prediction")
        .axes_through(0.0, 0.0)
        .picture();
    [agreement, residuals]
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let (problem, model) = fitted(controls)?;
    Ok(prediction_charts(&problem, &model.predict(&problem.matrix()?)?).into())
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let (problem, model) = fitted(controls)?;
    let here = controls.at_start();
    let predictions = model.predict(&problem.matrix()?)?;
    let mut figures = vec![
        Figure::new("R²", r2(&predictions, &problem.y)).printed_if(here, "0.4144461358278726"),
        Figure::new("RMSE", rmse(&predictions, &problem.y)).printed_if(here, "101.32961290191164"),
    ];
    for (i, coefficient) in model.coefficients.iter().enumerate() {
        figures.push(Figure::new(format!("c{}", i + 1), *coefficient));
    }
    figures.push(Figure::new("intercept", model.intercept));
    for (i, coefficient) in problem.coefficients.iter().enumerate() {
        figures.push(Figure::new(format!("true c{}", i + 1), *coefficient));
    }
    let mean = problem.y.iter().sum::<f64>() / problem.y.len() as f64;
    let baseline = vec![mean; problem.y.len()];
    figures.push(Figure::new("RMSE of the mean", rmse(&baseline, &problem.y)));
    Ok(figures)
}
