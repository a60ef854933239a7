//! The two regression problems of the lesson.

use chainrule::Tensor;
use chainrule_numpy::{Data, RandomState, Regression};

use crate::{controls::count, error::Result};

/// Rows of two features and a target.
pub(super) struct Problem {
    pub x1: Vec<f64>,
    pub x2: Vec<f64>,
    pub y: Vec<f64>,
    /// What the target was made of, `y = c1·x1 + c2·x2 + noise`; empty for one row alone.
    pub coefficients: Vec<f64>,
}

/// The noise of the notebook's first problem, as a standard deviation.
pub(super) const NOISE: f64 = 100.0;

impl Problem {
    fn make(seed: u32, noise: f64, informative: usize) -> Result<Problem> {
        let regression = Regression {
            features: 2,
            informative: Some(informative),
            noise,
            ..Regression::default()
        };
        let (data, coefficients) = regression.make_with_coefficients(&mut RandomState::new(seed))?;
        let Data { features, target, .. } = data;
        let (x1, x2) = features.chunks_exact(2).map(|row| (row[0], row[1])).unzip();
        Ok(Problem {
            x1,
            x2,
            y: target,
            coefficients,
        })
    }

    /// One of the two features decides the target, with so much noise.
    pub(super) fn noisy(seed: u32, noise: f64) -> Result<Problem> {
        Problem::make(seed, noise, 1)
    }

    /// Both features decide the target, without noise.
    pub(super) fn easy(seed: u32) -> Result<Problem> {
        Problem::make(seed, 0.0, 2)
    }

    /// One row alone.
    pub(super) fn of_row(([x1, x2], y): ([f64; 2], f64)) -> Problem {
        Problem {
            x1: vec![x1],
            x2: vec![x2],
            y: vec![y],
            coefficients: vec![],
        }
    }

    /// Each row: both features and the target.
    pub(super) fn rows(&self) -> impl Iterator<Item = ([f64; 2], f64)> {
        let features = self.x1.iter().zip(&self.x2).map(|(&x1, &x2)| [x1, x2]);
        features.zip(self.y.iter().copied())
    }

    /// The row of this number, counted from 0; the last one for numbers beyond.
    pub(super) fn row(&self, number: f64) -> ([f64; 2], f64) {
        let place = count(number).min(self.y.len().saturating_sub(1));
        self.rows().nth(place).unwrap_or(([0.0; 2], 0.0))
    }

    /// The features as a matrix of `[rows, 2]`.
    pub(super) fn matrix(&self) -> Result<Tensor> {
        let numbers = self.rows().flat_map(|(x, _)| x).collect();
        Ok(Tensor::new(numbers, [self.y.len(), 2])?)
    }
}
