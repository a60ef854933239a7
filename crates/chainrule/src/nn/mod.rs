//! The kitchen: parameters, layers and networks.

mod activation;
mod dropout;
mod features;
mod init;
mod linear;
mod mlp;
mod module;
mod norm;
mod param;
mod predict;
pub mod scalar;

pub use activation::{Activation, activations};
pub use dropout::Dropout;
pub use init::Init;
pub use linear::Linear;
pub use mlp::Mlp;
pub use module::{Module, join};
pub use norm::{BatchNorm, LayerNorm};
pub use param::Param;

use crate::random::Rng;

/// Whether a layer that behaves differently in training is being trained; always explicit.
#[derive(Debug)]
pub enum Mode<'r> {
    /// Training: dropout drops, batch normalization measures the batch. Randomness comes from here.
    Train(&'r mut Rng),
    /// Use: nothing random, nothing measured.
    Eval,
}
