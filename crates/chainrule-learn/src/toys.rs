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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_toy_follows_its_rule() {
        let random = &mut RandomState::new(3);
        let data = spiral(41, 0.0, random).unwrap();
        let last = data.row(40);
        // The first arm ends a quarter of a turn beyond one.
        assert!(
            (last[0]).abs() < 1e-12 && (last[1] - 1.0).abs() < 1e-12 && data.target[40] == 0,
            "{last:?}"
        );
        let radius = |row: usize| data.row(row).iter().map(|x| x * x).sum::<f64>().sqrt();
        assert!((0..41).all(|row| (radius(row) - row as f64 / 40.0).abs() < 1e-12 && data.target[row] == row % 2));

        let data = xor(50, 0.0, random).unwrap();
        for (row, class) in data.target.iter().enumerate() {
            let &[x1, x2] = data.row(row) else {
                panic!("{:?}", data.row(row));
            };
            assert_eq!(*class == 1, x1 * x2 < 0.0, "{x1} {x2}");
        }

        let data = sine(9, 0.0, random).unwrap();
        assert!(data.features.iter().zip(&data.target).all(|(x, y)| x.sin() == *y));
        let noisy = sine(2000, 0.5, random).unwrap();
        let off = noisy
            .features
            .iter()
            .zip(&noisy.target)
            .map(|(x, y)| (x.sin() - y).powi(2));
        assert!(((off.sum::<f64>() / 2000.0).sqrt() - 0.5).abs() < 0.03);

        for made in [
            spiral(5, -1.0, random).is_err(),
            xor(5, f64::NAN, random).is_err(),
            sine(usize::MAX, 0.1, random).is_err(),
        ] {
            assert!(made);
        }
    }
}
