//! Rows of features with their answers; and a made table of eight columns, three of which matter.

use chainrule::Tensor;
use chainrule_learn::{LinearModel, metrics::mse};
use chainrule_numpy::RandomState;

use crate::{
    error::Result,
    statistics::{mean, standard_deviation},
};

pub(super) const COLUMNS: usize = 8;
/// The weights behind the answers: only the first three columns matter.
pub(super) const TRUTH: [f64; COLUMNS] = [3.0, -2.0, 1.5, 0.0, 0.0, 0.0, 0.0, 0.0];
/// How many columns matter.
pub(super) const USEFUL: usize = 3;

/// Rows of features with the answer of each.
pub(super) struct Table {
    pub(super) x: Tensor,
    pub(super) y: Vec<f64>,
}

/// Normal features, and answers `3·x₁ − 2·x₂ + 1.5·x₃` plus `noise` times a normal number.
pub(super) fn made(seed: u32, rows: usize, noise: f64) -> Result<Table> {
    let mut random = RandomState::new(seed);
    let x = random.randn(rows * COLUMNS);
    let answer = |row: &[f64]| row.iter().zip(&TRUTH).map(|(x, w)| x * w).sum::<f64>();
    let y = x
        .chunks(COLUMNS)
        .map(answer)
        .zip(random.randn(rows))
        .map(|(y, normal)| y + noise * normal);
    Ok(Table {
        y: y.collect(),
        x: Tensor::new(x, [rows, COLUMNS])?,
    })
}

impl Table {
    /// Rows of features, one after the other, with the class of each, 0 or 1.
    pub(super) fn of_classes(features: Vec<f64>, columns: usize, classes: &[usize]) -> Result<Table> {
        let y: Vec<f64> = classes.iter().map(|&class| class as f64).collect();
        let x = Tensor::new(features, [y.len(), columns])?;
        Ok(Table { x, y })
    }

    /// Some of the rows.
    pub(super) fn pick(&self, rows: &[usize]) -> Result<Table> {
        let columns = self.x.shape().size(1);
        let row = |&row: &usize| self.x.data().iter().skip(row * columns).take(columns).copied();
        let x = Tensor::new(rows.iter().flat_map(row).collect::<Vec<f64>>(), [rows.len(), columns])?;
        let y = rows.iter().filter_map(|&row| self.y.get(row).copied()).collect();
        Ok(Table { x, y })
    }

    /// The numbers of a column of features.
    pub(super) fn column(&self, column: usize) -> Vec<f64> {
        let columns = self.x.shape().size(1);
        self.x.data().iter().skip(column).step_by(columns).copied().collect()
    }

    /// The table with all columns of features shifted and stretched to mean 0 and standard deviation 1 on the given rows.
    pub(super) fn scaled(&self, rows: &[usize]) -> Result<Table> {
        let (seen, columns) = (self.pick(rows)?, self.x.shape().size(1));
        let mut x = self.x.clone();
        for column in 0..columns {
            let numbers = seen.column(column);
            let (middle, deviation) = (mean(numbers.iter().copied()), standard_deviation(&numbers));
            for number in x.data_mut().iter_mut().skip(column).step_by(columns) {
                *number = (*number - middle) / deviation;
            }
        }
        Ok(Table { x, y: self.y.clone() })
    }

    /// The mean squared error of a model on these rows.
    pub(super) fn mean_squared_error(&self, model: &LinearModel) -> Result<f64> {
        Ok(mse(&model.predict(&self.x)?, &self.y))
    }
}
