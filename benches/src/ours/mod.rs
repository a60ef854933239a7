//! The workloads as the README teaches to write them.

pub mod curve;
pub mod linear;
pub mod networks;
pub mod promises;
pub mod scalars;
