//! A straight line: its loss, the way downhill, and the best one.

use chainrule::{Graph, Tensor, loss::mse};
use chainrule_learn::LinearRegression;

use super::data::Points;
use crate::error::Result;

/// The line `y = w·x + b`: one neuron without activation.
#[derive(Clone, Copy)]
pub(super) struct Line {
    pub(super) w: f64,
    pub(super) b: f64,
}

/// The mean squared error of a line, and which way it rises.
pub(super) struct Slope {
    pub(super) loss: f64,
    /// ∂loss/∂w.
    pub(super) w: f64,
    /// ∂loss/∂b.
    pub(super) b: f64,
}

impl Line {
    pub(super) fn at(self, x: &[f64]) -> Vec<f64> {
        x.iter().map(|x| self.w * x + self.b).collect()
    }

    /// The loss on these points with its gradient, by reverse-mode differentiation.
    pub(super) fn slope(self, points: &Points) -> Result<Slope> {
        let g = Graph::new();
        let (w, b) = (g.leaf(self.w), g.leaf(self.b));
        let loss = mse(w * g.constant(&points.x) + b, g.constant(&points.y));
        let gradient = loss.backward()?;
        Ok(Slope {
            loss: loss.item()?,
            w: gradient[w],
            b: gradient[b],
        })
    }

    /// The loss on these points.
    pub(super) fn loss(self, points: &Points) -> Result<f64> {
        points.loss(&self.at(&points.x))
    }

    /// The line after each step of gradient descent, this one first.
    pub(super) fn descend(self, points: &Points, learning_rate: f64, steps: usize) -> Result<Vec<(Line, f64)>> {
        let (mut line, mut path) = (self, vec![]);
        for _ in 0..=steps {
            let slope = line.slope(points)?;
            path.push((line, slope.loss));
            line.w -= learning_rate * slope.w;
            line.b -= learning_rate * slope.b;
        }
        Ok(path)
    }

    /// The line with the smallest loss on these points.
    pub(super) fn least_squares(points: &Points) -> Result<Line> {
        let x = Tensor::new(points.x.clone(), [points.x.len(), 1])?;
        let best = LinearRegression::default().fit(&x, &points.y)?;
        Ok(Line {
            w: best.coefficients.iter().sum(),
            b: best.intercept,
        })
    }
}
