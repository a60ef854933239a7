//! The cellar: arithmetic on slices. The only room with `unsafe`, and the only one that will ever
//! know an instruction set. It knows slices, sizes and strides; it knows no graph and no op.

#[allow(unsafe_code)]
pub(crate) mod dense;
#[allow(unsafe_code)]
pub(crate) mod gemm;
#[allow(unsafe_code)]
pub(crate) mod instructions;
pub(crate) mod math;
pub(crate) mod reduce;
#[allow(unsafe_code)]
mod registers;
#[allow(unsafe_code)]
mod room;
#[allow(unsafe_code)]
pub(crate) mod singles;
#[allow(unsafe_code)]
pub(crate) mod threads;
pub(crate) mod walk;
