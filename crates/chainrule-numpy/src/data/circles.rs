//! A circle inside a circle.

use std::f64::consts::PI;

use super::{Data, Samples, check_noise, two_classes};
use crate::error::{Error, Result};
use crate::random_state::RandomState;
use crate::range::linspace_half_open;

/// A circle inside a circle: `make_circles`.
///
/// ```
/// # fn main() -> chainrule_numpy::Result<()> {
/// use chainrule_numpy::{Circles, RandomState};
///
/// let data = Circles { factor: 0.5, shuffle: false, ..Circles::default() }.make(&mut RandomState::new(7))?;
/// assert_eq!((data.row(0), data.row(50)), (&[1.0, 0.0][..], &[0.5, 0.0][..]));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Circles {
    /// How many points: together, or of the outer and of the inner circle. Default 100.
    pub samples: Samples,
    /// Whether the points come in random order. Default true.
    pub shuffle: bool,
    /// The standard deviation of the normal numbers added to the points. Default none.
    pub noise: Option<f64>,
    /// The radius of the inner circle, at least 0 and below 1; the outer has 1. Default 0.8.
    pub factor: f64,
}

impl Default for Circles {
    fn default() -> Circles {
        Circles {
            samples: Samples::Total(100),
            shuffle: true,
            noise: None,
            factor: 0.8,
        }
    }
}

impl Circles {
    /// The points and their circle, 0 or 1. Fails on no samples, negative noise and a factor out of range.
    pub fn make(&self, random: &mut RandomState) -> Result<Data<usize>> {
        check_noise(self.noise)?;
        if !(0.0..1.0).contains(&self.factor) {
            return Err(Error::new(format!(
                "{} is no factor for the inner circle: give a number of at least 0 and below 1",
                self.factor
            )));
        }
        let (outer, inner) = self.samples.of_two()?;
        let large = linspace_half_open(0.0, 2.0 * PI, outer)?
            .into_iter()
            .map(|t| [t.cos(), t.sin()]);
        let small = linspace_half_open(0.0, 2.0 * PI, inner)?
            .into_iter()
            .map(|t| [t.cos() * self.factor, t.sin() * self.factor]);
        let mut data = two_classes(large.chain(small), outer, inner);
        if self.shuffle {
            data.shuffle_rows(random);
        }
        data.add_noise(self.noise, random);
        Ok(data)
    }
}
