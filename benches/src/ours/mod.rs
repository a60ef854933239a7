//! The workloads as the README teaches to write them.

pub mod networks;
pub mod scalars;
