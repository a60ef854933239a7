//! Optimizers: how weights move along their gradients.

mod clip;
mod lbfgs;
mod line_search;
mod optimizers;
pub mod schedule;

pub use clip::{clip_norm, clip_value};
pub use lbfgs::{Lbfgs, Minimum};
pub use optimizers::*;
pub use schedule::Schedule;
