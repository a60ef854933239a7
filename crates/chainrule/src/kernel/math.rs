//! Functions of one number that the standard library does not have.

pub(crate) use libm::{erfc, erfcf};
