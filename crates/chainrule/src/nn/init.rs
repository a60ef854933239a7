//! How weights start.

use crate::{float::Float, random::Rng, shape::Shape, tensor::Tensor};

/// How the weights of a layer are drawn before training.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Init {
    /// All 0.
    Zeros,
    /// Uniform in [low, high).
    Uniform {
        /// The smallest weight.
        low: f64,
        /// The bound that weights stay below.
        high: f64,
    },
    /// Normal.
    Normal {
        /// The mean.
        mean: f64,
        /// The standard deviation.
        standard_deviation: f64,
    },
    /// Uniform in ±√(6 / (inputs + outputs)). Source: Glorot and Bengio (2010).
    GlorotUniform,
    /// Normal with variance 2 / (inputs + outputs). Source: Glorot and Bengio (2010).
    GlorotNormal,
    /// Uniform in ±√(6 / inputs). Source: He et al. (2015).
    HeUniform,
    /// Normal with variance 2 / inputs. Source: He et al. (2015).
    HeNormal,
    /// Uniform in ±1 / √inputs, for weights and biases alike: PyTorch's default for linear layers.
    PyTorch,
}

impl Init {
    /// Numbers of a shape for a layer with so many inputs and outputs.
    pub fn draw<T: Float>(self, shape: impl Into<Shape>, inputs: usize, outputs: usize, rng: &mut Rng) -> Tensor<T> {
        let (fan_in, fan_both) = (inputs.max(1) as f64, (inputs + outputs).max(1) as f64);
        let within = |bound: f64| Init::Uniform {
            low: -bound,
            high: bound,
        };
        let spread = |variance: f64| Init::Normal {
            mean: 0.0,
            standard_deviation: variance.sqrt(),
        };
        let plain = match self {
            Init::GlorotUniform => within((6.0 / fan_both).sqrt()),
            Init::GlorotNormal => spread(2.0 / fan_both),
            Init::HeUniform => within((6.0 / fan_in).sqrt()),
            Init::HeNormal => spread(2.0 / fan_in),
            Init::PyTorch => within(1.0 / fan_in.sqrt()),
            plain => plain,
        };
        Tensor::from_fn(shape, |_| {
            T::from_f64(match plain {
                Init::Uniform { low, high } => rng.uniform(low, high),
                Init::Normal {
                    mean,
                    standard_deviation,
                } => rng.normal(mean, standard_deviation),
                _ => 0.0,
            })
        })
    }
}
