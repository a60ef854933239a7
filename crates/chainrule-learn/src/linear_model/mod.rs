//! Models that weigh and add: ordinary least squares and ridge in closed form, logistic regression by minimization.

mod least_squares;
mod linear;
mod logistic;

pub use linear::{LinearModel, LinearRegression, Ridge};
pub use logistic::{LogisticModel, LogisticRegression};

use chainrule::Tensor;

use crate::error::{Error, Result};

/// Rows of features, row-major, looked at once: every number is finite.
#[derive(Clone, Copy)]
struct Features<'a> {
    rows: usize,
    columns: usize,
    data: &'a [f64],
}

impl<'a> Features<'a> {
    /// The numbers of `[rows, features]`, when there are any and all are finite.
    fn of(x: &'a Tensor) -> Result<Features<'a>> {
        let shape = x.shape();
        if shape.rank() != 2 {
            return Err(Error::data(format!(
                "x has shape {shape}; give it as [rows, features], one row for each answer"
            )));
        }
        let (rows, columns) = (shape.size(0), shape.size(1));
        if rows == 0 || columns == 0 {
            return Err(Error::data(format!(
                "x has shape {shape}, so it holds no numbers; give at least one row and one feature"
            )));
        }
        if let Some(place) = x.data().iter().position(|value| !value.is_finite()) {
            return Err(Error::data(format!(
                "x is {} in row {}, column {} (counted from 0); correct it, or leave the row out",
                x.data()[place],
                place / columns,
                place % columns
            )));
        }
        let data = x.data();
        Ok(Features { rows, columns, data })
    }

    /// Refuses answers that are not one for each row.
    fn check_length(&self, answers: usize, what: &str) -> Result<()> {
        if answers == self.rows {
            return Ok(());
        }
        Err(Error::data(format!(
            "x has {} rows, but there are {answers} {what}; give one for each row",
            self.rows
        )))
    }

    /// Refuses numbers for each row that are too few, too many or not finite.
    fn check_numbers(&self, y: &[f64]) -> Result<()> {
        self.check_length(y.len(), "numbers in y")?;
        match y.iter().position(|value| !value.is_finite()) {
            None => Ok(()),
            Some(row) => Err(Error::data(format!(
                "y is {} in row {row} (counted from 0); correct it, or leave the row out",
                y[row]
            ))),
        }
    }

    /// Refuses features that are not those a model was fitted on.
    fn check_columns(&self, fitted: usize) -> Result<()> {
        if self.columns == fitted {
            return Ok(());
        }
        Err(Error::data(format!(
            "x has {} features, but the model was fitted on {fitted}; give the same ones in the same order",
            self.columns
        )))
    }

    fn each_row(&self) -> impl Iterator<Item = &'a [f64]> {
        self.data.chunks_exact(self.columns)
    }

    /// The mean of each column. Summed in parts: a million rows one by one would lose digits.
    fn means(&self) -> Vec<f64> {
        let mut sums = vec![0.0; self.columns];
        for part in self.data.chunks(ROWS_PER_SUM * self.columns) {
            let mut part_sums = vec![0.0; self.columns];
            for row in part.chunks_exact(self.columns) {
                add(&mut part_sums, row);
            }
            add(&mut sums, &part_sums);
        }
        sums.iter().map(|sum| sum / self.rows as f64).collect()
    }
}

/// How many rows are summed before their sum joins the others.
const ROWS_PER_SUM: usize = 1024;

fn add(sums: &mut [f64], row: &[f64]) {
    for (sum, value) in sums.iter_mut().zip(row) {
        *sum += value;
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Refuses a penalty that is negative or not finite.
pub(crate) fn check_alpha(alpha: f64) -> Result<()> {
    if alpha.is_finite() && alpha >= 0.0 {
        return Ok(());
    }
    Err(Error::request(format!(
        "an alpha of {alpha}: choose 0 for no penalty, or a number above 0, such as 1"
    )))
}
