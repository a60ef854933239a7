//! The exact answer beside the descent.

use chainrule::{Tensor, loss::Mse, optim::Sgd};
use chainrule_learn::{LinearModel, LinearRegression};
use chainrule_picture::{Chart, Picture};

use super::{
    data::{Points, TRUE_B, TRUE_W, simulated},
    line::{descend, mean_squared_error},
};
use crate::{
    controls::{Control, Controls, count},
    error::Result,
    figure::Figure,
    lesson::Scene,
    statistics::{mean, numbered},
};

pub(super) const SCENE: Scene = Scene {
    name: "least-squares",
    title: "The exact answer beside the descent",
    prose: include_str!("least_squares.md"),
    controls: &[
        Control::new("noise", "the standard deviation of the noise", (0.0, 5.0), 0.1, 1.0),
        Control::new("rate", "the learning rate of the descent", (0.005, 0.115), 0.005, 0.05),
        Control::new("steps", "how many steps", (1.0, 400.0), 1.0, 150.0),
    ],
    pictures,
    figures,
};

/// The line with the least mean squared error.
pub(super) fn exact(points: &Points) -> Result<LinearModel> {
    let x = Tensor::new(points.x.clone(), [points.x.len(), 1])?;
    Ok(LinearRegression::default().fit(&x, &points.y)?)
}

fn weight(model: &LinearModel) -> f64 {
    model.coefficients.first().copied().unwrap_or(f64::NAN)
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [noise, rate, steps] = controls.all()?;
    let points = simulated(controls.seed, TRUE_W, TRUE_B, noise)?;
    let exact = exact(&points)?;
    let descent = descend(&points, &Mse, &mut Sgd::new(rate), count(steps))?;
    let numbers = numbered(descent.w.len());
    let away = |path: &[f64], goal: f64| path.iter().map(|value| (value - goal).abs()).collect::<Vec<_>>();
    let chart = Chart::new("How far the descent is from the exact answer")
        .line("|w − exact w|", &numbers, &away(&descent.w, weight(&exact)))
        .line("|b − exact b|", &numbers, &away(&descent.b, exact.intercept))
        .x_label("step")
        .y_label("distance")
        .log_y();
    let line = |w: f64, b: f64| points.x.iter().map(|x| w * x + b).collect::<Vec<_>>();
    let (w, b, _) = descent.end();
    let fit = Chart::new("Both lines")
        .scatter("measured", &points.x, &points.y)
        .line("least squares", &points.x, &line(weight(&exact), exact.intercept))
        .line("gradient descent", &points.x, &line(w, b))
        .x_label("x")
        .y_label("y");
    Ok(vec![chart.picture(), fit.picture()])
}

/// Least squares by the formula for one variable: covariance over variance, and the line through the means.
fn by_formula(points: &Points) -> (f64, f64) {
    let (x_mean, y_mean) = (mean(points.x.iter().copied()), mean(points.y.iter().copied()));
    let centered = || points.x.iter().zip(&points.y).map(|(x, y)| (x - x_mean, y - y_mean));
    let covariance: f64 = centered().map(|(x, y)| x * y).sum();
    let variance: f64 = centered().map(|(x, _)| x * x).sum();
    let w = covariance / variance;
    (w, y_mean - w * x_mean)
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [noise, rate, steps] = controls.all()?;
    let points = simulated(controls.seed, TRUE_W, TRUE_B, noise)?;
    let exact = exact(&points)?;
    let descent = descend(&points, &Mse, &mut Sgd::new(rate), count(steps))?;
    let (w, b, loss) = descent.end();
    let (formula_w, formula_b) = by_formula(&points);
    let (least, [along_w, along_b]) = mean_squared_error(&points, weight(&exact), exact.intercept)?;
    let square = mean(points.x.iter().map(|x| x * x));
    Ok(vec![
        Figure::new("exact w", weight(&exact)),
        Figure::new("exact b", exact.intercept),
        Figure::new("w by formula", formula_w),
        Figure::new("b by formula", formula_b),
        Figure::new("w by descent", w),
        Figure::new("b by descent", b),
        Figure::new("least MSE", least),
        Figure::new("MSE above the least", loss - least),
        Figure::new(
            "slopes at the exact line are 0",
            match along_w.abs().max(along_b.abs()) < 1e-9 {
                true => "yes",
                false => "no",
            },
        ),
        Figure::new("kept of the distance in w", (1.0 - 2.0 * rate * square).abs())
            .why("1 − rate · curvature, and the curvature along w is 2·mean of x²"),
        Figure::new("kept of the distance in b", (1.0 - 2.0 * rate).abs()).why("the curvature along b is 2"),
    ])
}
