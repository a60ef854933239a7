//! Toy data that scikit-learn does not have, and every playground does.

use std::f64::consts::PI;

use chainrule_numpy::{Data, RandomState, Result, linspace};

/// How many rows each has unless somebody chooses.
pub(crate) const ROWS: usize = 200;
/// How often each arm of the spiral goes round.
const TURNS: f64 = 1.25;

/// Two arms that wind around each other: class k at the distance r from the middle and the angle 2π · turns · r + k π, r
/// even in 0…1, and noise on both coordinates.
pub(crate) fn spiral(rows: usize, noise: f64, random: &mut RandomState) -> Result<Data<usize>> {
    let (mut features, mut target) = (vec![], vec![]);
    for (row, radius) in linspace(0.0, 1.0, rows)?.into_iter().enumerate() {
        let class = row % 2;
        let angle = 2.0 * PI * TURNS * radius + class as f64 * PI;
        for coordinate in [radius * angle.cos(), radius * angle.sin()] {
            features.push(random.normal(coordinate, noise)?);
        }
        target.push(class);
    }
    Ok(Data {
        features,
        rows,
        columns: 2,
        target,
    })
}

/// A square in four quarters: class 1 where the signs of both numbers differ before noise moves the point. The first is even
/// in −1…1, the second at random there.
pub(crate) fn xor(rows: usize, noise: f64, random: &mut RandomState) -> Result<Data<usize>> {
    let (mut features, mut target) = (vec![], vec![]);
    for x1 in linspace(-1.0, 1.0, rows)? {
        let x2 = random.uniform(-1.0, 1.0)?;
        for coordinate in [x1, x2] {
            features.push(random.normal(coordinate, noise)?);
        }
        target.push(usize::from((x1 > 0.0) != (x2 > 0.0)));
    }
    Ok(Data {
        features,
        rows,
        columns: 2,
        target,
    })
}

/// One wave: y = sin x and noise, x even in −π…π.
pub(crate) fn sine(rows: usize, noise: f64, random: &mut RandomState) -> Result<Data<f64>> {
    let features = linspace(-PI, PI, rows)?;
    let target = features.iter().map(|x| random.normal(x.sin(), noise));
    Ok(Data {
        target: target.collect::<Result<_>>()?,
        features,
        rows,
        columns: 1,
    })
}
