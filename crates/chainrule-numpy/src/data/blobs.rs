//! Round clusters.

use super::{Data, Samples, check_samples};
use crate::error::{Error, Result, cells, finite, not_negative};
use crate::random_state::RandomState;

/// Round clusters, each a normal distribution around its center: `make_blobs`.
///
/// ```
/// # fn main() -> chainrule_numpy::Result<()> {
/// use chainrule_numpy::{Blobs, Centers, RandomState};
///
/// let centers = Some(Centers::At(vec![vec![0.0, 0.0], vec![5.0, 5.0]]));
/// let data = Blobs { samples: [10, 20].into(), centers, ..Blobs::default() }.make(&mut RandomState::new(0))?;
/// assert_eq!(data.target.iter().filter(|&&blob| blob == 1).count(), 20);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Blobs {
    /// How many points: together, or of each blob. Default 100.
    pub samples: Samples,
    /// How many features, where the centers do not say it. Default 2.
    pub features: usize,
    /// The centers. Default `None`: as many as `samples` lists, otherwise 3, at random places.
    pub centers: Option<Centers>,
    /// The standard deviation: one number for all blobs, or one for each. Default 1.
    pub standard_deviations: Vec<f64>,
    /// The least and the largest coordinate of a center at a random place. Default -10 and 10.
    pub center_box: (f64, f64),
    /// Whether the points come in random order. Default true.
    pub shuffle: bool,
}

/// The centers of blobs.
#[derive(Clone, Debug, PartialEq)]
pub enum Centers {
    /// So many, at random places.
    Count(usize),
    /// At these places, each a list of as many coordinates as there are features.
    At(Vec<Vec<f64>>),
}

impl Default for Blobs {
    fn default() -> Blobs {
        Blobs {
            samples: Samples::Total(100),
            features: 2,
            centers: None,
            standard_deviations: vec![1.0],
            center_box: (-10.0, 10.0),
            shuffle: true,
        }
    }
}

impl Blobs {
    /// The points and their blob, counted from 0.
    ///
    /// Fails on no samples, features or centers, on lists whose lengths do not fit each other, and on numbers that are
    /// not finite or a standard deviation below 0.
    pub fn make(&self, random: &mut RandomState) -> Result<Data<usize>> {
        self.make_with_centers(random).map(|(data, _)| data)
    }

    /// Also the centers: `centers · columns` numbers, center after center. Fails as [`Blobs::make`] does.
    pub fn make_with_centers(&self, random: &mut RandomState) -> Result<(Data<usize>, Vec<f64>)> {
        let (count, columns) = self.check()?;
        let centers = match &self.centers {
            Some(Centers::At(places)) => places.concat(),
            _ => {
                let (low, high) = self.center_box;
                let coordinates = (0..count * columns).map(|_| random.uniform(low, high));
                coordinates.collect::<Result<Vec<f64>>>()?
            }
        };
        let sizes = match &self.samples {
            Samples::Each(each) => each.clone(),
            Samples::Total(total) => (0..count)
                .map(|blob| total / count + usize::from(blob < total % count))
                .collect(),
        };
        let rows = sizes.iter().sum();
        let mut features = Vec::with_capacity(rows * columns);
        let mut target = Vec::with_capacity(rows);
        for (blob, (&size, center)) in sizes.iter().zip(centers.chunks_exact(columns)).enumerate() {
            let deviation = match self.standard_deviations[..] {
                [same] => same,
                ref each => each[blob],
            };
            for _ in 0..size {
                features.extend(center.iter().map(|&mean| random.normal_number(mean, deviation)));
                target.push(blob);
            }
        }
        let mut data = Data {
            features,
            rows,
            columns,
            target,
        };
        if self.shuffle {
            data.shuffle_rows(random);
        }
        Ok((data, centers))
    }

    /// How many centers and features there are, once all arguments are known to be right.
    fn check(&self) -> Result<(usize, usize)> {
        let (total, listed) = match &self.samples {
            Samples::Total(total) => (*total, None),
            Samples::Each(each) => (
                each.iter().fold(0, |sum: usize, &n| sum.saturating_add(n)),
                Some(each.len()),
            ),
        };
        let (count, columns) = match &self.centers {
            None => (listed.unwrap_or(3), self.features),
            Some(Centers::Count(count)) => (*count, self.features),
            Some(Centers::At(places)) => (places.len(), places.first().map_or(self.features, Vec::len)),
        };
        check_samples(total, columns)?;
        if count == 0 {
            return Err(Error::new("0 centers make no blobs: ask for at least 1"));
        }
        cells(count, columns)?;
        if let Some(listed) = listed
            && listed != count
        {
            return Err(Error::new(format!(
                "{listed} numbers of samples do not fit {count} centers: give one for each"
            )));
        }
        let deviations = self.standard_deviations.len();
        if deviations != 1 && deviations != count {
            return Err(Error::new(format!(
                "{deviations} standard deviations do not fit {count} centers: give one for all, or one for each"
            )));
        }
        for &deviation in &self.standard_deviations {
            not_negative("a standard deviation", deviation)?;
        }
        let (low, high) = self.center_box;
        finite("the lower end of the center box", low)?;
        finite("the upper end of the center box", high)?;
        if let Some(Centers::At(places)) = &self.centers {
            for (center, place) in places.iter().enumerate() {
                if place.len() != columns {
                    return Err(Error::new(format!(
                        "center {} has {} coordinates where the first has {columns}: give each as many",
                        center + 1,
                        place.len()
                    )));
                }
                for &coordinate in place {
                    finite("a coordinate of a center", coordinate)?;
                }
            }
        }
        Ok((count, columns))
    }
}
