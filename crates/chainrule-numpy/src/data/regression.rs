//! A linear model with noise.

use super::{Data, check_samples, row_times_matrix};
use crate::error::{Error, Result, cells, finite, not_negative};
use crate::random_state::RandomState;

/// A linear model with noise: `make_regression`, without its `effective_rank`.
///
/// The features are normal numbers, of which some decide the target and the others play no part.
///
/// ```
/// # fn main() -> chainrule_numpy::Result<()> {
/// use chainrule_numpy::{RandomState, Regression};
///
/// let regression = Regression { features: 2, informative: Some(2), ..Regression::default() };
/// let (data, coefficients) = regression.make_with_coefficients(&mut RandomState::new(42))?;
/// let row = data.row(0);
/// assert_eq!(data.target[0], row[0] * coefficients[0] + row[1] * coefficients[1]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Regression {
    /// How many rows. Default 100.
    pub samples: usize,
    /// How many features. Default 100.
    pub features: usize,
    /// How many features decide the target. Default `None`: 10, or all where there are fewer.
    pub informative: Option<usize>,
    /// How many numbers a row's target has. Default 1.
    pub targets: usize,
    /// What is added to every target. Default 0.
    pub bias: f64,
    /// The standard deviation of the normal numbers added to the targets. Default 0.
    pub noise: f64,
    /// Whether rows and features come in random order. Default true.
    pub shuffle: bool,
}

impl Default for Regression {
    fn default() -> Regression {
        Regression {
            samples: 100,
            features: 100,
            informative: None,
            targets: 1,
            bias: 0.0,
            noise: 0.0,
            shuffle: true,
        }
    }
}

impl Regression {
    /// The features and the target: `rows · targets` numbers, row after row.
    ///
    /// Fails on no samples, features or targets, on more informative features than features, and on negative noise.
    pub fn make(&self, random: &mut RandomState) -> Result<Data<f64>> {
        self.make_with_coefficients(random).map(|(data, _)| data)
    }

    /// Also the coefficients of the model: `features · targets` numbers, feature after feature.
    ///
    /// Fails as [`Regression::make`] does.
    pub fn make_with_coefficients(&self, random: &mut RandomState) -> Result<(Data<f64>, Vec<f64>)> {
        let informative = self.check()?;
        let mut features = random.randn(self.samples * self.features);
        // One at a time, so that the reader sees the order of the draws.
        let mut coefficients = vec![0.0; self.features * self.targets];
        for coefficient in coefficients.iter_mut().take(informative * self.targets) {
            *coefficient = 100.0 * random.random_sample();
        }
        let rows = features.chunks_exact_mut(self.features);
        let mut target: Vec<f64> = rows
            .flat_map(|row| row_times_matrix(row, &coefficients, self.targets))
            .map(|product| product + self.bias)
            .collect();
        if self.noise > 0.0 {
            for value in &mut target {
                *value += random.normal_number(0.0, self.noise);
            }
        }
        let mut data = Data {
            features,
            rows: self.samples,
            columns: self.features,
            target,
        };
        if self.shuffle {
            data.shuffle_rows(random);
            let order = data.shuffle_columns(random);
            coefficients = super::pick_rows(&coefficients, self.targets, &order);
        }
        Ok((data, coefficients))
    }

    /// How many features are informative, once all arguments are known to be right.
    fn check(&self) -> Result<usize> {
        check_samples(self.samples, self.features)?;
        if self.targets == 0 {
            return Err(Error::new("0 targets leave nothing to predict: ask for at least 1"));
        }
        cells(self.samples, self.targets)?;
        cells(self.features, self.targets)?;
        finite("the bias", self.bias)?;
        not_negative("the noise", self.noise)?;
        match self.informative {
            None => Ok(self.features.min(10)),
            Some(informative) if informative <= self.features => Ok(informative),
            Some(informative) => Err(Error::new(format!(
                "{informative} informative features out of {}: ask for more features, or for fewer informative ones",
                self.features
            ))),
        }
    }
}
