//! A rolled-up sheet in space.

use std::f64::consts::PI;

use super::{Data, check_samples};
use crate::error::{Result, not_negative};
use crate::random_state::RandomState;

/// A rolled-up sheet in space: `make_swiss_roll`.
///
/// The three features are the place in space; the target is the place along the unrolled sheet.
/// Source: Marsland, Machine Learning: An Algorithmic Perspective (2014), chapter 6.
///
/// ```
/// # fn main() -> chainrule_numpy::Result<()> {
/// use chainrule_numpy::{RandomState, SwissRoll};
///
/// let data = SwissRoll { samples: 20, hole: true, ..SwissRoll::default() }.make(&mut RandomState::new(0))?;
/// assert_eq!((data.rows, data.columns), (20, 3));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SwissRoll {
    /// How many points. Default 100.
    pub samples: usize,
    /// The factor of the normal numbers added to the points. Default 0.
    pub noise: f64,
    /// Whether the sheet has a hole in its middle. Default false.
    pub hole: bool,
}

impl Default for SwissRoll {
    fn default() -> SwissRoll {
        SwissRoll {
            samples: 100,
            noise: 0.0,
            hole: false,
        }
    }
}

impl SwissRoll {
    /// The points and their place along the sheet. Fails on no samples and on negative noise.
    pub fn make(&self, random: &mut RandomState) -> Result<Data<f64>> {
        check_samples(self.samples, 3)?;
        not_negative("the noise", self.noise)?;
        let (along, across) = self.sheet(random);

        // Coordinate after coordinate, for the noise is drawn in that order.
        let mut coordinates = [
            along.iter().map(|t| t * t.cos()).collect(),
            across,
            along.iter().map(|t| t * t.sin()).collect::<Vec<f64>>(),
        ];
        for coordinate in &mut coordinates {
            for value in coordinate {
                *value += self.noise * random.standard_normal();
            }
        }
        let [x, y, z] = coordinates;
        let points = x.into_iter().zip(y).zip(z);
        Ok(Data {
            features: points.flat_map(|((x, y), z)| [x, y, z]).collect(),
            rows: self.samples,
            columns: 3,
            target: along,
        })
    }

    /// Places on the flat sheet: along it and across it.
    fn sheet(&self, random: &mut RandomState) -> (Vec<f64>, Vec<f64>) {
        if !self.hole {
            let along = random.rand(self.samples).into_iter();
            let along = along.map(|u| 1.5 * PI * (1.0 + 2.0 * u)).collect();
            let across = random.rand(self.samples).into_iter().map(|u| 21.0 * u).collect();
            return (along, across);
        }
        // Eight squares around a ninth, which is the hole.
        let squares: Vec<usize> = (0..self.samples)
            .map(|_| random.below(8))
            .map(|square| if square < 4 { square } else { square + 1 })
            .collect();
        let along = squares
            .iter()
            .map(|square| PI * (1.5 + (square / 3) as f64) + random.random_sample() * PI)
            .collect();
        let across = squares
            .iter()
            .map(|square| (square % 3 * 7) as f64 + random.random_sample() * 7.0)
            .collect();
        (along, across)
    }
}
