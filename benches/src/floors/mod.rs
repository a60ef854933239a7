//! What the same arithmetic costs when it is written by hand for one purpose: plain loops with fixed sizes.

pub mod curve;
pub mod digits;
pub mod layers;
pub mod linear;
pub mod math;
pub mod people;
pub mod points;
pub mod small;
pub mod tape;
