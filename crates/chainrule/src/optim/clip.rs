//! Bounds on gradients.

use crate::{float::Float, graph::Gradients};

/// Scales all parameter gradients together so that their common norm is at most `most`; returns the norm they had.
///
/// `‖g‖ = √(Σ g²)` over all parameters. Source: Pascanu, Mikolov and Bengio (2013).
pub fn clip_norm<T: Float>(gradients: &mut Gradients<T>, most: f64) -> f64 {
    let mut sum = 0.0;
    gradients.parameters_mut(|g| sum += g.iter().map(|g| g.to_f64() * g.to_f64()).sum::<f64>());
    let norm = sum.sqrt();
    if norm > most {
        let factor = T::from_f64(most / norm);
        gradients.parameters_mut(|g| g.iter_mut().for_each(|g| *g *= factor));
    }
    norm
}

/// Bounds every number of the parameter gradients to [−most, most].
pub fn clip_value<T: Float>(gradients: &mut Gradients<T>, most: f64) {
    let (low, high) = (T::from_f64(-most), T::from_f64(most));
    gradients.parameters_mut(|gradient| {
        for g in gradient {
            *g = if *g < low {
                low
            } else if *g > high {
                high
            } else {
                *g
            };
        }
    });
}
