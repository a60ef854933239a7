//! A line as a model of two parameters, its loss, its way down, and the surface it walks on.

use chainrule::{
    Graph, Module, Param, Var,
    loss::{Loss, Mse},
    module,
    optim::Optimizer,
};
use chainrule_picture::Heatmap;

use super::data::{GUESS, Points};
use crate::error::Result;

/// The model `y = w·x + b`.
#[derive(Debug)]
pub(super) struct Line {
    w: Param,
    b: Param,
}
module!(Line { w, b });

impl Line {
    pub(super) fn new(w: f64, b: f64) -> Line {
        let mut line = Line {
            w: Param::new(w),
            b: Param::new(b),
        };
        line.name_parameters();
        line
    }

    pub(super) fn forward<'g>(&self, x: Var<'g>) -> Var<'g> {
        x * &self.w + &self.b
    }

    /// w and b.
    pub(super) fn parameters(&self) -> (f64, f64) {
        let number = |param: &Param| param.value.data().first().copied().unwrap_or(f64::NAN);
        (number(&self.w), number(&self.b))
    }
}

/// The places that a descent visits, the start first, and the loss at each.
#[derive(Default)]
pub(super) struct Descent {
    pub(super) w: Vec<f64>,
    pub(super) b: Vec<f64>,
    pub(super) loss: Vec<f64>,
}

impl Descent {
    /// w, b and the loss at the end.
    pub(super) fn end(&self) -> (f64, f64, f64) {
        let last = |numbers: &[f64]| numbers.last().copied().unwrap_or(f64::NAN);
        (last(&self.w), last(&self.b), last(&self.loss))
    }
}

/// Walks so many steps from the bad guess.
pub(super) fn descend(
    points: &Points,
    loss: &dyn Loss<f64>,
    optimizer: &mut dyn Optimizer<f64>,
    steps: usize,
) -> Result<Descent> {
    let mut line = Line::new(GUESS[0], GUESS[1]);
    let mut descent = Descent::default();
    for step in 0..=steps {
        let graph = Graph::new();
        let prediction = line.forward(graph.constant(&points.x));
        let value = loss.mean(prediction, graph.constant(&points.y).into());
        let (w, b) = line.parameters();
        descent.w.push(w);
        descent.b.push(b);
        descent.loss.push(value.item()?);
        if step < steps {
            optimizer.step(&mut line, &value.backward()?);
        }
    }
    Ok(descent)
}

/// The mean squared error of a line and its gradient, by the engine.
pub(super) fn mean_squared_error(points: &Points, w: f64, b: f64) -> Result<(f64, [f64; 2])> {
    let graph = Graph::new();
    let (w, b) = (graph.leaf(w), graph.leaf(b));
    let prediction = graph.constant(&points.x) * w + b;
    let loss = Mse.mean(prediction, graph.constant(&points.y).into());
    let gradient = loss.backward()?;
    Ok((loss.item()?, [gradient[w], gradient[b]]))
}

/// The formula of a line, such as `y = 2.00·x − 3.50`.
pub(super) fn equation(w: f64, b: f64) -> String {
    let sign = if b < 0.0 { '−' } else { '+' };
    format!("y = {w:.2}·x {sign} {:.2}", b.abs()).replace('-', "−")
}

/// The ranges of the notebook's sliders.
pub(super) const W_RANGE: (f64, f64) = (-10.0, 10.0);
pub(super) const B_RANGE: (f64, f64) = (-10.0, 30.0);

/// The loss of every line that the sliders reach, `each` being the loss of one error.
pub(super) fn surface(title: impl Into<String>, points: &Points, each: impl Fn(f64) -> f64) -> Heatmap {
    let ws = Heatmap::middles(W_RANGE.0, W_RANGE.1, 60);
    let bs = Heatmap::middles(B_RANGE.0, B_RANGE.1, 40);
    let loss = |w: f64, b: f64| {
        let errors = points.x.iter().zip(&points.y).map(|(x, y)| w * x + b - y);
        errors.map(&each).sum::<f64>() / points.x.len() as f64
    };
    let row = |&b: &f64| ws.iter().map(|&w| loss(w, b)).collect();
    let cells: Vec<Vec<f64>> = bs.iter().map(row).collect();
    Heatmap::surface(title, W_RANGE, B_RANGE, &cells)
        .log_values()
        .x_label("w")
        .y_label("b")
        .value_label("loss")
}
