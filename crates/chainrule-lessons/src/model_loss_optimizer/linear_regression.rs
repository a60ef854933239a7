//! Linear regression as a model, a loss and an optimizer, each exchangeable.

use chainrule::{
    Tensor, check,
    loss::{self, Loss},
    optim,
};
use chainrule_picture::{Chart, Picture};

use super::{
    data::{Points, notebook},
    line::{Descent, descend, equation, surface},
};
use crate::{
    controls::{Control, Controls, count},
    error::{Error, Result},
    figure::Figure,
    lesson::Scene,
    statistics::numbered,
};

pub(super) const SCENE: Scene = Scene {
    name: "linear-regression",
    title: "Linear regression in three parts",
    prose: include_str!("linear_regression.md"),
    controls: &[
        Control::new(
            "loss",
            "0 squared error, 1 absolute error, 2 Huber's",
            (0.0, 2.0),
            1.0,
            0.0,
        ),
        Control::new(
            "optimizer",
            "0 sgd, 1 rmsprop, 2 adagrad, 3 adam, 4 adamw",
            (0.0, 4.0),
            1.0,
            0.0,
        ),
        Control::new("rate", "the learning rate", (0.01, 2.0), 0.01, 0.05),
        Control::new("steps", "how many steps", (1.0, 200.0), 1.0, 80.0),
    ],
    pictures,
    figures,
};

/// The parts that the controls choose.
struct Parts {
    loss: Box<dyn Loss<f64>>,
    optimizer: Box<dyn optim::Optimizer<f64>>,
    steps: usize,
}

impl Parts {
    fn new(controls: &Controls) -> Result<Parts> {
        let [loss, optimizer, rate, steps] = controls.all()?;
        let missing = |what| Error::request(format!("there is no such {what}"));
        let choice = optim::optimizers().into_iter().nth(count(optimizer));
        Ok(Parts {
            loss: loss::losses()
                .into_iter()
                .nth(count(loss))
                .ok_or_else(|| missing("loss"))?,
            optimizer: (choice.ok_or_else(|| missing("optimizer"))?.new)(rate),
            steps: count(steps),
        })
    }

    fn descend(&mut self, points: &Points) -> Result<Descent> {
        descend(points, &*self.loss, &mut *self.optimizer, self.steps)
    }
}

/// The loss of one error, as the surface needs it; a test compares it with the engine's.
fn of_one_error(loss: &str) -> fn(f64) -> f64 {
    match loss {
        "mae" => f64::abs,
        "huber" => |error| match error.abs() {
            size if size <= 1.0 => 0.5 * size * size,
            size => size - 0.5,
        },
        _ => |error| error * error,
    }
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let points = notebook(controls.seed)?;
    let mut parts = Parts::new(controls)?;
    let descent = parts.descend(&points)?;
    let map = surface(
        "The loss of every line, and the way down",
        &points,
        of_one_error(parts.loss.name()),
    )
    .value_label(parts.loss.name())
    .path(parts.optimizer.name(), &descent.w, &descent.b);
    let (w, b, _) = descent.end();
    let line: Vec<f64> = points.x.iter().map(|x| w * x + b).collect();
    let fit = Chart::new("The line at the end")
        .scatter("measured", &points.x, &points.y)
        .line(equation(w, b), &points.x, &line)
        .x_label("x")
        .y_label("y");
    let losses = Chart::new("The loss by step")
        .line(parts.loss.name(), &numbered(descent.loss.len()), &descent.loss)
        .x_label("step")
        .y_label("loss")
        .log_y();
    Ok(vec![map.picture(), losses.picture(), fit.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let points = notebook(controls.seed)?;
    let mut parts = Parts::new(controls)?;
    let descent = parts.descend(&points)?;
    let (w, b, last) = descent.end();
    let checked = check::gradient(&[Tensor::from(1.0), Tensor::from(-2.0)], |at| {
        let graph = at[0].graph();
        let prediction = graph.constant(&points.x) * at[0] + at[1];
        parts.loss.mean(prediction, graph.constant(&points.y).into())
    });
    let start = descent.loss.first().copied().unwrap_or(f64::NAN);
    let here = points.x.iter().zip(&points.y).map(|(x, y)| w * x + b - y);
    let by_hand = here.map(of_one_error(parts.loss.name())).sum::<f64>() / points.x.len() as f64;
    Ok(vec![
        Figure::new("the loss", parts.loss.name()),
        Figure::new("the optimizer", parts.optimizer.name()),
        Figure::new("w at the end", w),
        Figure::new("b at the end", b),
        Figure::new("loss at the start", start),
        Figure::new("loss at the end", last),
        Figure::new("loss at the end, added by hand", by_hand),
        Figure::new(
            "gradient check",
            match checked {
                Ok(()) => "passes".to_string(),
                Err(error) => error.to_string(),
            },
        ),
    ])
}
