//! Optimizers: how weights move along their gradients.

mod clip;
mod optimizers;
pub mod schedule;

pub use clip::{clip_norm, clip_value};
pub use optimizers::*;
pub use schedule::Schedule;
