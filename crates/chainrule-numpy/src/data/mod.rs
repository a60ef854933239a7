//! Toy data as scikit-learn makes it.
//!
//! Source: scikit-learn's `datasets/_samples_generator.py`.

mod blobs;
mod circles;
mod classification;
mod friedman;
mod moons;
mod regression;
mod swiss_roll;

pub use blobs::{Blobs, Centers};
pub use circles::Circles;
pub use classification::{Classification, FeatureKind, PerFeature};
pub use friedman::Friedman1;
pub use moons::Moons;
pub use regression::Regression;
pub use swiss_roll::SwissRoll;

use crate::error::{Error, Result, cells, not_negative};
use crate::random_state::RandomState;

/// Rows of features and what is to be predicted of each: a number (`f64`) or a class, counted from 0 (`usize`).
#[derive(Clone, Debug, PartialEq)]
pub struct Data<T> {
    /// All features, row after row: `rows · columns` numbers.
    pub features: Vec<f64>,
    /// How many rows there are, scikit-learn's `n_samples`.
    pub rows: usize,
    /// How many features a row has, scikit-learn's `n_features`.
    pub columns: usize,
    /// What is to be predicted, row after row: one for each row, or as many as [`Regression::targets`] says.
    pub target: Vec<T>,
}

impl<T: Clone> Data<T> {
    /// The features of one row; empty where there is no such row.
    pub fn row(&self, row: usize) -> &[f64] {
        let start = row.saturating_mul(self.columns);
        self.features
            .get(start..start.saturating_add(self.columns))
            .unwrap_or_default()
    }

    /// Puts the rows into a random order.
    fn shuffle_rows(&mut self, random: &mut RandomState) {
        let order = random.permutation(self.rows);
        let targets = self.target.len() / self.rows.max(1);
        self.features = pick_rows(&self.features, self.columns, &order);
        self.target = pick_rows(&self.target, targets, &order);
    }

    /// Puts the columns into a random order, and says which column each was before.
    fn shuffle_columns(&mut self, random: &mut RandomState) -> Vec<usize> {
        let order = random.permutation(self.columns);
        let mut before = vec![0.0; self.columns];
        for row in self.features.chunks_exact_mut(self.columns.max(1)) {
            before.copy_from_slice(row);
            for (value, &column) in row.iter_mut().zip(&order) {
                *value = before[column];
            }
        }
        order
    }

    /// Adds a normal number to every feature.
    fn add_noise(&mut self, noise: Option<f64>, random: &mut RandomState) {
        if let Some(noise) = noise {
            for value in &mut self.features {
                *value += random.normal_number(0.0, noise);
            }
        }
    }
}

fn pick_rows<T: Clone>(rows: &[T], columns: usize, order: &[usize]) -> Vec<T> {
    let row = |&row: &usize| rows[row * columns..(row + 1) * columns].iter().cloned();
    order.iter().flat_map(row).collect()
}

/// How many rows to make.
///
/// ```
/// use chainrule_numpy::Samples;
/// assert_eq!(Samples::from(100), Samples::Total(100));
/// assert_eq!(Samples::from([40, 60]), Samples::Each(vec![40, 60]));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Samples {
    /// So many, divided evenly among the classes.
    Total(usize),
    /// So many of each class.
    Each(Vec<usize>),
}

impl From<usize> for Samples {
    fn from(total: usize) -> Samples {
        Samples::Total(total)
    }
}

impl<const N: usize> From<[usize; N]> for Samples {
    fn from(each: [usize; N]) -> Samples {
        Samples::Each(each.to_vec())
    }
}

impl Samples {
    /// How many there are of two classes.
    fn of_two(&self) -> Result<(usize, usize)> {
        let (first, second) = match self {
            Samples::Total(total) => (total / 2, total - total / 2),
            Samples::Each(each) => match each[..] {
                [first, second] => (first, second),
                _ => {
                    return Err(Error::new(format!(
                        "{} numbers of samples for two classes: give two, or one for both together",
                        each.len()
                    )));
                }
            },
        };
        check_samples(first.saturating_add(second), 2)?;
        Ok((first, second))
    }
}

/// An error where there are no samples, no features or too many of both.
fn check_samples(samples: usize, features: usize) -> Result<()> {
    for (name, count) in [("samples", samples), ("features", features)] {
        if count == 0 {
            return Err(Error::new(format!("0 {name} make no data: ask for at least 1")));
        }
    }
    cells(samples, features).map(|_| ())
}

fn check_noise(noise: Option<f64>) -> Result<()> {
    not_negative("the noise", noise.unwrap_or(0.0))
}

/// Two classes of points in the plane.
fn two_classes(points: impl Iterator<Item = [f64; 2]>, first: usize, second: usize) -> Data<usize> {
    let mut target = vec![0; first];
    target.resize(first + second, 1);
    Data {
        features: points.flatten().collect(),
        rows: first + second,
        columns: 2,
        target,
    }
}

/// The product of a row and a matrix of `columns` columns: multiplied, then added, in the order of the index.
fn row_times_matrix(row: &[f64], matrix: &[f64], columns: usize) -> Vec<f64> {
    let mut product = vec![0.0; columns];
    for (factor, line) in row.iter().zip(matrix.chunks_exact(columns.max(1))) {
        for (sum, value) in product.iter_mut().zip(line) {
            *sum += factor * value;
        }
    }
    product
}
