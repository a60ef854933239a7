//! Friedman's first regression problem.

use std::f64::consts::PI;

use super::{Data, check_samples};
use crate::error::{Error, Result, not_negative};
use crate::random_state::RandomState;

/// Friedman's first regression problem: `make_friedman1`.
///
/// The features are uniform in [0, 1), and y = 10 sin(π x₁x₂) + 20 (x₃ - 0.5)² + 10 x₄ + 5 x₅ + noise · N(0, 1).
/// Source: Friedman, Multivariate Adaptive Regression Splines (1991).
///
/// ```
/// # fn main() -> chainrule_numpy::Result<()> {
/// use chainrule_numpy::{Friedman1, RandomState};
///
/// let data = Friedman1 { samples: 3, ..Friedman1::default() }.make(&mut RandomState::new(0))?;
/// assert_eq!((data.rows, data.columns), (3, 10));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Friedman1 {
    /// How many rows. Default 100.
    pub samples: usize,
    /// How many features, at least 5; those after the fifth play no part. Default 10.
    pub features: usize,
    /// The factor of the normal numbers added to the target. Default 0.
    pub noise: f64,
}

impl Default for Friedman1 {
    fn default() -> Friedman1 {
        Friedman1 {
            samples: 100,
            features: 10,
            noise: 0.0,
        }
    }
}

impl Friedman1 {
    /// The features and the target. Fails on no samples, fewer than 5 features and negative noise.
    pub fn make(&self, random: &mut RandomState) -> Result<Data<f64>> {
        check_samples(self.samples, self.features)?;
        not_negative("the noise", self.noise)?;
        if self.features < 5 {
            return Err(Error::new(format!(
                "{} features are too few for Friedman's formula: ask for at least 5",
                self.features
            )));
        }
        let features = random.rand(self.samples * self.features);
        let formula = |x: &[f64]| {
            let bend = x[2] - 0.5;
            10.0 * (PI * x[0] * x[1]).sin() + 20.0 * (bend * bend) + 10.0 * x[3] + 5.0 * x[4]
        };
        let target = features.chunks_exact(self.features);
        let target = target
            .map(|x| formula(x) + self.noise * random.standard_normal())
            .collect();
        Ok(Data {
            features,
            rows: self.samples,
            columns: self.features,
            target,
        })
    }
}
