//! Several optimizers on the same way down.

use chainrule::{
    loss::Mse,
    optim::{Adagrad, Adam, AdamW, Optimizer, RmsProp, Sgd},
};
use chainrule_picture::{Chart, Color, Picture};

use super::{
    data::{Points, notebook},
    least_squares::exact,
    line::{Descent, descend, mean_squared_error, surface},
};
use crate::{
    controls::{Control, Controls, count},
    error::Result,
    figure::Figure,
    lesson::Scene,
    statistics::numbered,
};

pub(super) const SCENE: Scene = Scene {
    name: "optimizers",
    title: "Other optimizers, other ways down",
    prose: include_str!("optimizers.md"),
    controls: &[
        Control::new("steps", "how many steps", (1.0, 200.0), 1.0, 120.0),
        Control::new(
            "pace",
            "what every learning rate is multiplied by",
            (0.1, 2.0),
            0.1,
            1.0,
        ),
    ],
    pictures,
    figures,
};

/// Each with the learning rate that suits it here.
fn racers(pace: f64) -> [(&'static str, Color, Box<dyn Optimizer<f64>>); 6] {
    [
        ("sgd", Color::Vermilion, Box::new(Sgd::new(0.05 * pace))),
        ("momentum", Color::Orange, Box::new(Sgd::new(0.02 * pace).momentum(0.9))),
        ("rmsprop", Color::Green, Box::new(RmsProp::new(0.4 * pace))),
        ("adagrad", Color::Purple, Box::new(Adagrad::new(3.0 * pace))),
        ("adam", Color::Olive, Box::new(Adam::new(0.8 * pace))),
        ("adamw", Color::Gray, Box::new(AdamW::new(0.8 * pace))),
    ]
}

fn race(points: &Points, controls: &Controls) -> Result<Vec<(&'static str, Color, Descent)>> {
    let [steps, pace] = controls.all()?;
    let run = |(name, color, mut optimizer): (_, _, Box<dyn Optimizer<f64>>)| {
        Ok((name, color, descend(points, &Mse, &mut *optimizer, count(steps))?))
    };
    racers(pace).into_iter().map(run).collect()
}

fn least(points: &Points) -> Result<f64> {
    let best = exact(points)?;
    let w = best.coefficients.first().copied().unwrap_or(f64::NAN);
    Ok(mean_squared_error(points, w, best.intercept)?.0)
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let points = notebook(controls.seed)?;
    let least = least(&points)?;
    let mut map = surface("Six ways down", &points, |error| error * error);
    let mut losses = Chart::new("The loss above the least possible one")
        .x_label("step")
        .y_label("MSE − least MSE")
        .y_range(1e-9, 1e4)
        .log_y();
    for (name, color, descent) in race(&points, controls)? {
        map = map.path(name, &descent.w, &descent.b).color(color);
        let above: Vec<f64> = descent.loss.iter().map(|loss| loss - least).collect();
        losses = losses.line(name, &numbered(above.len()), &above).color(color);
    }
    Ok(vec![map.size(760.0, 440.0).picture(), losses.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let points = notebook(controls.seed)?;
    let mut figures = vec![Figure::new("least MSE", least(&points)?)];
    for (name, _, descent) in race(&points, controls)? {
        figures.push(Figure::new(format!("MSE of {name}"), descent.end().2));
    }
    Ok(figures)
}
