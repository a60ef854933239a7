//! Two half circles that reach into each other.

use std::f64::consts::PI;

use super::{Data, Samples, check_noise, two_classes};
use crate::error::Result;
use crate::random_state::RandomState;
use crate::range::linspace;

/// Two half circles that reach into each other: `make_moons`.
///
/// ```
/// # fn main() -> chainrule_numpy::Result<()> {
/// use chainrule_numpy::{Moons, RandomState};
///
/// let moons = Moons { samples: 20.into(), noise: Some(0.1), ..Moons::default() };
/// let data = moons.make(&mut RandomState::new(7))?;
/// assert_eq!((data.rows, data.columns), (20, 2));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Moons {
    /// How many points: together, or of the outer and of the inner moon. Default 100.
    pub samples: Samples,
    /// Whether the points come in random order. Default true.
    pub shuffle: bool,
    /// The standard deviation of the normal numbers added to the points. Default none.
    pub noise: Option<f64>,
}

impl Default for Moons {
    fn default() -> Moons {
        Moons {
            samples: Samples::Total(100),
            shuffle: true,
            noise: None,
        }
    }
}

impl Moons {
    /// The points and their moon, 0 or 1. Fails on no samples and on negative noise.
    pub fn make(&self, random: &mut RandomState) -> Result<Data<usize>> {
        check_noise(self.noise)?;
        let (outer, inner) = self.samples.of_two()?;
        let upper = linspace(0.0, PI, outer)?.into_iter().map(|t| [t.cos(), t.sin()]);
        let lower = linspace(0.0, PI, inner)?
            .into_iter()
            .map(|t| [1.0 - t.cos(), 1.0 - t.sin() - 0.5]);
        let mut data = two_classes(upper.chain(lower), outer, inner);
        if self.shuffle {
            data.shuffle_rows(random);
        }
        data.add_noise(self.noise, random);
        Ok(data)
    }
}
