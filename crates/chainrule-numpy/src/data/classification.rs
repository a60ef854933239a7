//! Clusters of several classes on the corners of a cube.

use std::collections::HashSet;

use super::{Data, check_samples, row_times_matrix};
use crate::error::{Error, Result, cells, finite, not_negative};
use crate::random_state::RandomState;

/// Clusters of several classes on the corners of a cube: `make_classification`.
///
/// The informative features hold the clusters; redundant ones are random mixtures of them, repeated ones copies of both,
/// and the rest are normal numbers without any meaning.
/// Source: Guyon, Design of experiments for the NIPS 2003 variable selection benchmark (2003).
///
/// ```
/// # fn main() -> chainrule_numpy::Result<()> {
/// use chainrule_numpy::{Classification, RandomState};
///
/// let classification = Classification { features: 4, ..Classification::default() };
/// let data = classification.make(&mut RandomState::new(0))?;
/// assert_eq!((data.rows, data.columns, data.target.len()), (100, 4, 100));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Classification {
    /// How many rows. Default 100.
    pub samples: usize,
    /// How many features. Default 20.
    pub features: usize,
    /// How many features hold the clusters. Default 2.
    pub informative: usize,
    /// How many features are mixtures of the informative ones. Default 2.
    pub redundant: usize,
    /// How many features are copies. Default 0.
    pub repeated: usize,
    /// How many classes. Default 2.
    pub classes: usize,
    /// How many clusters a class has. Default 2.
    pub clusters_per_class: usize,
    /// The share of each class; the last may be left out, being the rest. Default `None`: the same for all.
    pub weights: Option<Vec<f64>>,
    /// The share of rows whose class is drawn anew. Default 0.01.
    pub flip: f64,
    /// Half the side of the cube. Default 1.
    pub separation: f64,
    /// Whether the clusters sit on the corners of a cube, rather than of a random box. Default true.
    pub hypercube: bool,
    /// What is added to each feature. Default 0; `Random` is within the separation.
    pub shift: PerFeature,
    /// What each feature is multiplied by, after the shift. Default 1; `Random` is from 1 to 101.
    pub scale: PerFeature,
    /// Whether rows and features come in random order. Default true.
    pub shuffle: bool,
}

/// One number for each feature.
#[derive(Clone, Debug, PartialEq)]
pub enum PerFeature {
    /// The same for all.
    Same(f64),
    /// These.
    Each(Vec<f64>),
    /// Random ones.
    Random,
}

/// What a feature of [`Classification`] is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeatureKind {
    /// It holds the clusters.
    Informative,
    /// A random mixture of the informative ones.
    Redundant,
    /// A copy of an informative or redundant one.
    Repeated,
    /// Without any meaning.
    Random,
}

impl Default for Classification {
    fn default() -> Classification {
        Classification {
            samples: 100,
            features: 20,
            informative: 2,
            redundant: 2,
            repeated: 0,
            classes: 2,
            clusters_per_class: 2,
            weights: None,
            flip: 0.01,
            separation: 1.0,
            hypercube: true,
            shift: PerFeature::Same(0.0),
            scale: PerFeature::Same(1.0),
            shuffle: true,
        }
    }
}

impl Classification {
    /// The features and the class of each row, counted from 0.
    ///
    /// Fails on no samples, informative features, classes or clusters; where the kinds of features are more than the
    /// features, or the clusters more than the corners of the cube; and where a number is out of its range.
    pub fn make(&self, random: &mut RandomState) -> Result<Data<usize>> {
        self.make_with_kinds(random).map(|(data, _)| data)
    }

    /// Also what each feature is made of. Fails as [`Classification::make`] does.
    pub fn make_with_kinds(&self, random: &mut RandomState) -> Result<(Data<usize>, Vec<FeatureKind>)> {
        self.check()?;
        let sizes = self.cluster_sizes()?;
        let centroids = self.centroids(sizes.len(), random);
        let mut data = Data {
            features: vec![0.0; self.samples * self.features],
            rows: self.samples,
            columns: self.features,
            target: vec![0; self.samples],
        };
        self.fill_informative(&mut data, &sizes, &centroids, random);
        self.fill_others(&mut data, random);

        let flipped: Vec<bool> = (0..self.samples).map(|_| random.random_sample() < self.flip).collect();
        for (class, _) in data.target.iter_mut().zip(flipped).filter(|(_, flipped)| *flipped) {
            *class = random.below(self.classes);
        }
        let shift = self
            .shift
            .numbers(self.features, random, |u| (2.0 * u - 1.0) * self.separation);
        let scale = self.scale.numbers(self.features, random, |u| 1.0 + 100.0 * u);
        for row in data.features.chunks_exact_mut(self.features) {
            for ((value, shift), scale) in row.iter_mut().zip(&shift).zip(&scale) {
                *value = (*value + shift) * scale;
            }
        }

        let mut kinds = self.kinds();
        if self.shuffle {
            data.shuffle_rows(random);
            let order = data.shuffle_columns(random);
            kinds = super::pick_rows(&kinds, 1, &order);
        }
        Ok((data, kinds))
    }

    fn fill_informative(
        &self,
        data: &mut Data<usize>,
        sizes: &[usize],
        centroids: &[Vec<f64>],
        random: &mut RandomState,
    ) {
        let informative = self.informative;
        for row in data.features.chunks_exact_mut(self.features) {
            row[..informative].fill_with(|| random.standard_normal());
        }
        let mut rows = data.features.chunks_exact_mut(self.features).zip(&mut data.target);
        for (cluster, (&size, centroid)) in sizes.iter().zip(centroids).enumerate() {
            let mixture = signed(informative * informative, random);
            for (row, class) in rows.by_ref().take(size) {
                *class = cluster % self.classes;
                let mixed = row_times_matrix(&row[..informative], &mixture, informative);
                for ((value, mixed), center) in row.iter_mut().zip(mixed).zip(centroid) {
                    *value = mixed + center;
                }
            }
        }
    }

    /// The features that are mixtures, copies and noise, in this order.
    fn fill_others(&self, data: &mut Data<usize>, random: &mut RandomState) {
        let (informative, redundant) = (self.informative, self.redundant);
        let useful = informative + redundant;
        if redundant > 0 {
            let mixture = signed(informative * redundant, random);
            for row in data.features.chunks_exact_mut(self.features) {
                let mixed = row_times_matrix(&row[..informative], &mixture, redundant);
                row[informative..useful].copy_from_slice(&mixed);
            }
        }
        let copied: Vec<usize> = (0..self.repeated)
            .map(|_| ((useful - 1) as f64 * random.random_sample() + 0.5) as usize)
            .collect();
        for row in data.features.chunks_exact_mut(self.features) {
            for (place, &column) in copied.iter().enumerate() {
                row[useful + place] = row[column];
            }
        }
        for row in data.features.chunks_exact_mut(self.features) {
            row[useful + self.repeated..].fill_with(|| random.standard_normal());
        }
    }

    /// The centers of the clusters: different corners of the cube.
    fn centroids(&self, clusters: usize, random: &mut RandomState) -> Vec<Vec<f64>> {
        let side = 2.0 * self.separation;
        let mut centroids = corners(clusters, self.informative, random);
        for coordinate in centroids.iter_mut().flatten() {
            *coordinate = *coordinate * side - self.separation;
        }
        if !self.hypercube {
            for centroid in &mut centroids {
                let factor = random.random_sample();
                centroid.iter_mut().for_each(|coordinate| *coordinate *= factor);
            }
            let factors = random.rand(self.informative);
            for centroid in &mut centroids {
                centroid
                    .iter_mut()
                    .zip(&factors)
                    .for_each(|(coordinate, factor)| *coordinate *= factor);
            }
        }
        centroids
    }

    /// How many rows each cluster has; those of the same class are `classes` apart.
    fn cluster_sizes(&self) -> Result<Vec<usize>> {
        let clusters = self.classes * self.clusters_per_class;
        let weights = self.full_weights()?;
        let mut sizes: Vec<usize> = (0..clusters)
            .map(|cluster| self.samples as f64 * weights[cluster % self.classes] / self.clusters_per_class as f64)
            .map(|size| size as usize)
            .collect();
        let dealt = sizes.iter().fold(0, |sum: usize, &size| sum.saturating_add(size));
        for row in 0..self.samples.saturating_sub(dealt) {
            sizes[row % clusters] += 1;
        }
        Ok(sizes)
    }

    fn full_weights(&self) -> Result<Vec<f64>> {
        let Some(weights) = &self.weights else {
            return Ok(vec![1.0 / self.classes as f64; self.classes]);
        };
        let mut weights = weights.clone();
        if weights.len() + 1 == self.classes {
            weights.push(1.0 - weights.iter().fold(0.0, |sum, weight| sum + weight));
        }
        if weights.len() != self.classes {
            return Err(Error::new(format!(
                "{} weights do not fit {} classes: give one for each, or leave out the last",
                weights.len(),
                self.classes
            )));
        }
        for &weight in &weights {
            not_negative("a weight (or what the others leave of 1)", weight)?;
        }
        Ok(weights)
    }

    fn kinds(&self) -> Vec<FeatureKind> {
        let mut kinds = vec![FeatureKind::Informative; self.informative];
        kinds.resize(kinds.len() + self.redundant, FeatureKind::Redundant);
        kinds.resize(kinds.len() + self.repeated, FeatureKind::Repeated);
        kinds.resize(self.features, FeatureKind::Random);
        kinds
    }

    fn check(&self) -> Result<()> {
        check_samples(self.samples, self.features)?;
        for (name, count) in [
            ("informative features", self.informative),
            ("classes", self.classes),
            ("clusters per class", self.clusters_per_class),
        ] {
            if count == 0 {
                return Err(Error::new(format!("0 {name} make no data: ask for at least 1")));
            }
        }
        let kinds = [self.informative, self.redundant, self.repeated];
        if kinds.iter().fold(0, |sum: usize, &n| sum.saturating_add(n)) > self.features {
            return Err(Error::new(format!(
                "{} informative, {} redundant and {} repeated features are more than the {} features: ask for more \
                 features, or for fewer of these",
                self.informative, self.redundant, self.repeated, self.features
            )));
        }
        let clusters = cells(self.classes, self.clusters_per_class)?;
        cells(clusters, self.informative)?;
        cells(self.informative, self.informative)?;
        cells(self.informative, self.redundant)?;
        if self.informative < 64 && clusters as u64 > 1 << self.informative {
            return Err(Error::new(format!(
                "{} classes of {} clusters do not fit on the {} corners that {} informative features have: ask for more \
                 informative features, or for fewer classes or clusters",
                self.classes,
                self.clusters_per_class,
                1_u64 << self.informative,
                self.informative
            )));
        }
        if !(0.0..=1.0).contains(&self.flip) {
            return Err(Error::new(format!(
                "{} is no share of rows to flip: give a number from 0 to 1",
                self.flip
            )));
        }
        above_zero("the separation", self.separation)?;
        self.shift.check("shift", self.features, finite)?;
        self.scale.check("scale", self.features, above_zero)
    }
}

fn above_zero(name: &str, value: f64) -> Result<()> {
    finite(name, value)?;
    if value > 0.0 {
        return Ok(());
    }
    Err(Error::new(format!("{name} is {value}: give a number above 0")))
}

impl PerFeature {
    fn numbers(&self, features: usize, random: &mut RandomState, number: impl Fn(f64) -> f64) -> Vec<f64> {
        match self {
            PerFeature::Same(value) => vec![*value; features],
            PerFeature::Each(values) => values.clone(),
            PerFeature::Random => (0..features).map(|_| number(random.random_sample())).collect(),
        }
    }

    fn check(&self, name: &str, features: usize, right: impl Fn(&str, f64) -> Result<()>) -> Result<()> {
        match self {
            PerFeature::Random => Ok(()),
            PerFeature::Same(value) => right(&format!("the {name}"), *value),
            PerFeature::Each(values) if values.len() == features => {
                values.iter().try_for_each(|&value| right(&format!("a {name}"), value))
            }
            PerFeature::Each(values) => Err(Error::new(format!(
                "{} numbers of {name} do not fit {features} features: give one for each",
                values.len()
            ))),
        }
    }
}

/// `count` numbers in [-1, 1).
fn signed(count: usize, random: &mut RandomState) -> Vec<f64> {
    (0..count).map(|_| 2.0 * random.random_sample() - 1.0).collect()
}

/// Different corners of the unit cube, each a list of zeros and ones: `_generate_hypercube`.
fn corners(count: usize, dimensions: usize, random: &mut RandomState) -> Vec<Vec<f64>> {
    /// A corner's number must fit 32 bits; the dimensions beyond are coin flips.
    const MOST: usize = 30;

    let coins = dimensions.saturating_sub(MOST);
    let mut corners = vec![Vec::with_capacity(dimensions); count];
    for corner in &mut corners {
        corner.extend((0..coins).map(|_| random.at_most(1) as f64));
    }
    let dimensions = dimensions - coins;
    let numbers = sample_without_replacement(1 << dimensions, count, random);
    for (corner, number) in corners.iter_mut().zip(numbers) {
        corner.extend((0..dimensions).rev().map(|bit| (number >> bit & 1) as f64));
    }
    corners
}

/// `count` different numbers out of 0..population: scikit-learn's `sample_without_replacement`.
fn sample_without_replacement(population: usize, count: usize, random: &mut RandomState) -> Vec<usize> {
    let ratio = count as f64 / population as f64;
    if ratio > 0.01 && ratio < 0.99 {
        let mut order = random.permutation(population);
        order.truncate(count);
        return order;
    }
    let mut sample: Vec<usize> = Vec::with_capacity(count);
    if ratio < 0.2 {
        let mut chosen = HashSet::with_capacity(count);
        while sample.len() < count {
            let number = random.below(population);
            if chosen.insert(number) {
                sample.push(number);
            }
        }
    } else {
        // Nearly all: each late number takes the place of an early one, or is left out.
        sample.extend(0..count);
        for number in count..population {
            let place = random.below(number + 1);
            if let Some(taken) = sample.get_mut(place) {
                *taken = number;
            }
        }
    }
    sample
}
