//! Models that weigh and add: ordinary least squares and ridge in closed form, logistic regression by minimization.

mod blocks;
mod factor;
mod least_squares;
mod linear;
mod logistic;
mod newton;
mod normal_equations;

pub use linear::{LinearModel, LinearRegression, Ridge};
pub use logistic::{LogisticModel, LogisticRegression};

use chainrule::{InstructionSet, Tensor};

use crate::error::{Error, Result};

/// Rows of features, row-major, looked at once: every number is finite.
#[derive(Clone)]
struct Features<'a> {
    rows: usize,
    columns: usize,
    data: &'a [f64],
    /// The sum of each column.
    sums: Vec<f64>,
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
        let data = x.data();
        // What is not finite makes a sum that is not, and sums are quick.
        let sums = sums(data, columns, &vec![0.0; columns], |value| value);
        let sound = sums.iter().all(|sum| sum.is_finite());
        if let Some(place) = data.iter().position(|value| !sound && !value.is_finite()) {
            return Err(Error::data(format!(
                "x is {} in row {}, column {} (counted from 0); correct it, or leave the row out",
                data[place],
                place / columns,
                place % columns
            )));
        }
        Ok(Features {
            rows,
            columns,
            data,
            sums,
        })
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

    /// The mean of each column.
    fn means(&self) -> Vec<f64> {
        self.sums.iter().map(|sum| sum / self.rows as f64).collect()
    }
}

/// The numbers to predict for one target, each for a row, and what is taken from each first.
struct Answers<'a> {
    numbers: &'a [f64],
    mean: f64,
}

/// How many rows are summed before their sum joins the others: a million rows one by one would lose digits.
const ROWS_PER_SUM: usize = 1024;

/// For each column the sum of `f` of its numbers less its mean.
fn sums(data: &[f64], columns: usize, means: &[f64], f: impl Fn(f64) -> f64) -> Vec<f64> {
    let (mut sums, mut part_sums) = (vec![0.0; columns], vec![0.0; columns]);
    InstructionSet::in_use().run(
        #[inline(always)]
        || {
            for part in data.chunks(ROWS_PER_SUM * columns) {
                part_sums.fill(0.0);
                for row in part.chunks_exact(columns) {
                    for ((sum, value), mean) in part_sums.iter_mut().zip(row).zip(means) {
                        *sum += f(value - mean);
                    }
                }
                for (sum, part_sum) in sums.iter_mut().zip(&part_sums) {
                    *sum += part_sum;
                }
            }
        },
    );
    sums
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
