//! The gradient of the mean squared error, by formula, by the engine and by finite differences.

use chainrule::{Tensor, check, loss::mse};
use chainrule_picture::{Chart, Picture};

use super::{
    data::{Points, TRUE_B, TRUE_W, simulated},
    height,
    line::{B_RANGE, W_RANGE, mean_squared_error},
    slope,
};
use crate::{
    controls::Controls, error::Result, figure::Figure, finite_difference::central, lesson::Scene, statistics::mean,
};

/// Where the notebook takes the gradient.
const NOTEBOOK: [f64; 2] = [0.3, 0.5];

pub(super) const SCENE: Scene = Scene {
    name: "gradient-of-the-loss",
    title: "Two slopes: the gradient of the loss",
    prose: include_str!("gradient_of_the_loss.md"),
    controls: &[slope(NOTEBOOK[0]), height(NOTEBOOK[1])],
    pictures,
    figures,
};

/// The line itself, without noise.
fn points() -> Result<Points> {
    simulated(Controls::SEED, TRUE_W, TRUE_B, 0.0)
}

/// The loss along one parameter with its tangent at `at`.
fn cut(name: &str, range: (f64, f64), at: f64, slope: f64, loss: impl Fn(f64) -> Result<f64>) -> Result<Picture> {
    let xs: Vec<f64> = (0..=80)
        .map(|k| range.0 + (range.1 - range.0) * f64::from(k) / 80.0)
        .collect();
    let losses = xs.iter().map(|&x| loss(x)).collect::<Result<Vec<f64>>>()?;
    let height = loss(at)?;
    let reach = (range.1 - range.0) / 5.0;
    let ends = [at - reach, at + reach];
    let tangent = ends.map(|x| height + slope * (x - at));
    let chart = Chart::new(format!("The loss along {name}, and its slope"))
        .line("loss", &xs, &losses)
        .line(format!("slope {slope:.4}").replace('-', "−"), &ends, &tangent)
        .scatter("here", &[at], &[height])
        .x_label(name)
        .y_label("loss")
        .x_range(range.0, range.1);
    Ok(chart.picture())
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [w, b] = controls.all()?;
    let points = points()?;
    let (_, [along_w, along_b]) = mean_squared_error(&points, w, b)?;
    let loss = |w, b| mean_squared_error(&points, w, b).map(|(loss, _)| loss);
    Ok(vec![
        cut("w", W_RANGE, w, along_w, |w| loss(w, b))?,
        cut("b", B_RANGE, b, along_b, |b| loss(w, b))?,
    ])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let all = controls.all::<2>()?;
    let [w, b] = all;
    let points = points()?;
    let (loss, [along_w, along_b]) = mean_squared_error(&points, w, b)?;
    let errors: Vec<f64> = points.x.iter().zip(&points.y).map(|(x, y)| y - (w * x + b)).collect();
    let formula_w = -2.0 * mean(points.x.iter().zip(&errors).map(|(x, error)| x * error));
    let formula_b = -2.0 * mean(errors.iter().copied());
    let value = |w, b| mean_squared_error(&points, w, b).map(|(loss, _)| loss);
    let difference_w = central(|w| value(w, b), w, 1e-4)?;
    let difference_b = central(|b| value(w, b), b, 1e-4)?;
    let checked = check::gradient(&[Tensor::from(w), Tensor::from(b)], |at| {
        let graph = at[0].graph();
        mse(graph.constant(&points.x) * at[0] + at[1], graph.constant(&points.y))
    });
    Ok(vec![
        Figure::new("loss", loss),
        Figure::new("∂L/∂w", along_w).printed_if(all == NOTEBOOK, "-28.9057"),
        Figure::new("∂L/∂b", along_b).printed_if(all == NOTEBOOK, "-39"),
        Figure::new("∂L/∂w by formula", formula_w),
        Figure::new("∂L/∂b by formula", formula_b),
        Figure::new("∂L/∂w by finite differences", difference_w),
        Figure::new("∂L/∂b by finite differences", difference_b),
        Figure::new(
            "gradient check",
            match checked {
                Ok(()) => "passes".to_string(),
                Err(error) => error.to_string(),
            },
        ),
    ])
}
