//! The loss around the weights of a run, along two directions, computed in slices.

use chainrule::{Mlp, Rng};
use chainrule_learn::Part;

use crate::{
    error::{Error, Result},
    measure::{Measure, some_rows},
    run::Run,
    training::{loss_name, set_weights},
};

/// Which two directions of all those there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Directions {
    /// Two random ones, each neuron's part as long as the neuron's own weights, biases left alone.
    /// Source: Li et al., Visualizing the Loss Landscape of Neural Nets (2018).
    Random {
        /// The seed.
        seed: u64,
    },
    /// The two along which training moved most: the principal directions of its path, seen from where it stands.
    Path,
}

/// The loss of the training rows around the weights of a run, along two directions. It keeps the network as it was, so the
/// run may go on meanwhile.
#[derive(Clone, Debug)]
pub struct LossSurface {
    network: Mlp,
    part: Part,
    loss: &'static str,
    classes: usize,
    center: Vec<f64>,
    directions: [Vec<f64>; 2],
    ranges: [[f64; 2]; 2],
    side: usize,
    values: Vec<f64>,
    done: usize,
    path: Vec<[f64; 2]>,
    explained: [f64; 2],
    measure: Measure,
}

/// The most points on each side.
const MOST_SIDE: usize = 200;
/// The most states of the path that are looked at.
const MOST_STATES: usize = 64;
/// How much wider than the path the picture is.
const MARGIN: f64 = 0.3;

impl Run {
    /// Sets out to compute the loss on `side` times `side` points around the weights that are shown. Random directions go from
    /// −`span` to `span`; those of the path go as far as the path does, and a margin, `span` times as wide.
    ///
    /// # Errors
    /// When there are too many points, or fewer than three states of the path are known.
    pub fn loss_surface(&self, directions: Directions, span: f64, side: usize) -> Result<LossSurface> {
        if !((1..=MOST_SIDE).contains(&side) && span > 0.0 && span <= 100.0) {
            return Err(Error::new(format!(
                "{side} points on each side, {span} wide: choose from 1 to {MOST_SIDE} points, and a width above 0 and up to 100"
            )));
        }
        let center = self.weights();
        let classes = self.data().classes().len();
        let part = some_rows(self.data().train(), center.len());
        let states = self.states_of_path();
        let (axes, explained) = match directions {
            Directions::Random { seed } => {
                let rng = &mut Rng::new(seed);
                ([0, 1].map(|_| random_direction(self.network(), rng)), [f64::NAN; 2])
            }
            Directions::Path => principal_directions(&center, &states)?,
        };
        let norms = axes.each_ref().map(|axis| dot(axis, axis));
        // Of random axes, which are not quite orthogonal, the nearest point in their plane.
        let mixed = dot(&axes[0], &axes[1]);
        let determinant = norms[0] * norms[1] - mixed * mixed;
        let place = |state: &Vec<f64>| {
            let difference: Vec<f64> = state.iter().zip(&center).map(|(a, b)| a - b).collect();
            let [a, b] = [dot(&difference, &axes[0]), dot(&difference, &axes[1])];
            [
                (a * norms[1] - b * mixed) / determinant,
                (b * norms[0] - a * mixed) / determinant,
            ]
        };
        let path: Vec<[f64; 2]> = states.iter().map(place).collect();
        let ranges = match directions {
            Directions::Random { .. } => [[-span, span]; 2],
            Directions::Path => [0, 1].map(|axis| {
                let all = || path.iter().map(|point| point[axis]).chain([0.0]);
                let (least, most) = (all().fold(0.0, f64::min), all().fold(0.0, f64::max));
                let (middle, half) = ((least + most) / 2.0, (most - least) / 2.0);
                let half = half.max(1e-6) * (1.0 + MARGIN) * span;
                [middle - half, middle + half]
            }),
        };
        Ok(LossSurface {
            loss: loss_name(self.choices(), classes > 0)?,
            network: self.network().clone(),
            part,
            classes,
            center,
            directions: axes,
            ranges,
            side,
            values: vec![f64::NAN; side * side],
            done: 0,
            path,
            explained,
            measure: Measure::default(),
        })
    }

    /// The weights of some states up to the step that is shown, by steps.
    fn states_of_path(&self) -> Vec<Vec<f64>> {
        let kept: Vec<&Vec<f64>> = self
            .kept()
            .iter()
            .filter(|keyframe| keyframe.step <= self.at())
            .map(|keyframe| &keyframe.weights)
            .collect();
        let every = kept.len().div_ceil(MOST_STATES).max(1);
        let mut states: Vec<Vec<f64>> = kept.into_iter().step_by(every).cloned().collect();
        states.push(self.weights());
        states.retain(|state| state.iter().all(|weight| weight.is_finite()));
        states
    }
}

impl LossSurface {
    /// Goes on until it is `enough`, which is asked after every point; says whether all is done.
    ///
    /// # Errors
    /// When the loss cannot be computed, which a sound network never says.
    pub fn work(&mut self, enough: &mut dyn FnMut() -> bool) -> Result<bool> {
        let mut moved = vec![0.0; self.center.len()];
        while self.done < self.values.len() {
            let [a, b] = self.point(self.done);
            let axes = self.directions[0].iter().zip(&self.directions[1]);
            for ((moved, center), (x, y)) in moved.iter_mut().zip(&self.center).zip(axes) {
                *moved = center + a * x + b * y;
            }
            set_weights(&mut self.network, &moved);
            let measured = self.measure.of(&self.network, &self.part, self.loss, self.classes)?;
            self.values[self.done] = measured.loss;
            self.done += 1;
            if enough() {
                break;
            }
        }
        Ok(self.done == self.values.len())
    }

    /// Where a point lies: how far along the first direction, and how far along the second.
    fn point(&self, place: usize) -> [f64; 2] {
        let at = |[least, most]: [f64; 2], k: usize| match self.side {
            1 => (least + most) / 2.0,
            side => least + (most - least) * k as f64 / (side - 1) as f64,
        };
        let (row, column) = (place / self.side, place % self.side);
        [at(self.ranges[0], column), at(self.ranges[1], self.side - 1 - row)]
    }

    /// The loss at each point, row after row from the top, where the second direction is largest; NaN where it is to come.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// How many points each side has.
    pub fn side(&self) -> usize {
        self.side
    }

    /// From where to where each direction goes; the weights that are shown lie at 0, 0.
    pub fn ranges(&self) -> [[f64; 2]; 2] {
        self.ranges
    }

    /// The path of the training up to here, seen in the plane of the two directions.
    pub fn path(&self) -> &[[f64; 2]] {
        &self.path
    }

    /// Which share of the path's movement lies along each direction; NaN for random ones.
    pub fn explained(&self) -> [f64; 2] {
        self.explained
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// A random direction, of which each neuron's part is as long as the neuron's weights; 0 for biases.
fn random_direction(network: &Mlp, rng: &mut Rng) -> Vec<f64> {
    let mut direction = vec![];
    for layer in &network.layers {
        let (width, own) = (layer.outputs(), layer.weight.value.data());
        let start = direction.len();
        direction.extend(own.iter().map(|_| rng.normal(0.0, 1.0)));
        for neuron in 0..width {
            let square = |numbers: &[f64]| -> f64 {
                let of_neuron = numbers.iter().skip(neuron).step_by(width);
                of_neuron.map(|x| x * x).sum::<f64>()
            };
            let factor = (square(own) / square(&direction[start..]).max(f64::MIN_POSITIVE)).sqrt();
            for x in direction[start..].iter_mut().skip(neuron).step_by(width) {
                *x *= factor;
            }
        }
        direction.extend(vec![0.0; width]);
    }
    direction
}

/// Two directions, and the share of the movement along each.
type Principal = ([Vec<f64>; 2], [f64; 2]);

/// The two directions along which states differ most from the center, each of length 1, and the share of their squared
/// distances that lies along each.
fn principal_directions(center: &[f64], states: &[Vec<f64>]) -> Result<Principal> {
    let differences: Vec<Vec<f64>> = states
        .iter()
        .map(|state| state.iter().zip(center).map(|(a, b)| a - b).collect())
        .collect();
    let count = differences.len();
    let mut gram: Vec<Vec<f64>> = differences
        .iter()
        .map(|a| differences.iter().map(|b| dot(a, b)).collect())
        .collect();
    let total: f64 = (0..count).map(|k| gram[k][k]).sum();
    let too_short = || Error::new("the path is too short to have two directions: train some steps first");
    if count < 3 || !(total.is_finite() && total > 0.0) {
        return Err(too_short());
    }
    let (mut axes, mut shares) = (vec![], [0.0; 2]);
    for share in &mut shares {
        let (value, vector) = largest_eigenvector(&gram);
        if value <= total * 1e-12 {
            return Err(too_short());
        }
        *share = value / total;
        let mut axis = vec![0.0; center.len()];
        for (weight, difference) in vector.iter().zip(&differences) {
            axis.iter_mut().zip(difference).for_each(|(sum, x)| *sum += weight * x);
        }
        let length = dot(&axis, &axis).sqrt();
        axis.iter_mut().for_each(|x| *x /= length);
        for (row, a) in gram.iter_mut().zip(&vector) {
            row.iter_mut().zip(&vector).for_each(|(cell, b)| *cell -= value * a * b);
        }
        axes.push(axis);
    }
    match <[Vec<f64>; 2]>::try_from(axes) {
        Ok(axes) => Ok((axes, shares)),
        Err(_) => Err(too_short()),
    }
}

/// The largest eigenvalue of a symmetric matrix without negative ones, and its eigenvector of length 1: by the power method.
fn largest_eigenvector(matrix: &[Vec<f64>]) -> (f64, Vec<f64>) {
    let rng = &mut Rng::new(1);
    let mut vector: Vec<f64> = matrix.iter().map(|_| rng.normal(0.0, 1.0)).collect();
    let mut value = 0.0;
    for _ in 0..1000 {
        let product: Vec<f64> = matrix.iter().map(|row| dot(row, &vector)).collect();
        let length = dot(&product, &product).sqrt();
        if !(length > 0.0 && length.is_finite()) {
            return (0.0, vector);
        }
        let next: Vec<f64> = product.iter().map(|x| x / length).collect();
        let moved: f64 = next.iter().zip(&vector).map(|(a, b)| (a - b).abs()).sum();
        (vector, value) = (next, length);
        if moved < 1e-13 {
            break;
        }
    }
    (value, vector)
}
