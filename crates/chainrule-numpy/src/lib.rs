//! numpy's and scikit-learn's random streams and toy data, bit for bit.
//!
//! For anyone who wants in Rust the very numbers that a Python notebook shows: what `RandomState(42).rand(2)`,
//! `random.Random(7).gauss(0, 1)`, `make_moons(random_state=7)` or `train_test_split(random_state=42)` give. Randomness is
//! always an explicit `&mut RandomState`, as scikit-learn's `random_state` is `RandomState(seed)`. No files, no clock.
//!
//! ```
//! # fn main() -> chainrule_numpy::Result<()> {
//! use chainrule_numpy::{RandomState, Regression, Size, train_test_split};
//!
//! let regression = Regression { features: 2, informative: Some(1), noise: 100.0, ..Regression::default() };
//! let data = regression.make(&mut RandomState::new(42))?;
//! assert_eq!((data.rows, data.columns), (100, 2));
//! assert_eq!(data.row(0), [-1.4153707420504142, -0.42064532276535904]);
//!
//! let split = train_test_split(40, Some(Size::Fraction(0.33)), None, &mut RandomState::new(42))?;
//! assert_eq!(split.test, [19, 16, 15, 26, 4, 12, 37, 27, 39, 6, 25, 9, 13, 31]);
//! # Ok(())
//! # }
//! ```
//!
//! # What "bit for bit" means
//!
//! The reference is numpy 2.4, scikit-learn 1.9 and CPython 3.11 with *plain arithmetic*: products are added in the order
//! of the index and never fused; logarithm, sine and cosine are those of the platform's math library, as in Python. Where
//! the live library goes through a BLAS (the targets of [`Regression`], the mixed features of [`Classification`]) or
//! through vector instructions, its last bits vary from machine to machine; this crate's vary with that math library only.
//! The golden cases in `tests/golden` say for each case whether the live library differed where they were made.

#![forbid(unsafe_code)]

mod data;
mod error;
mod mersenne;
mod python_random;
mod random_state;
mod range;
mod split;

pub use data::{
    Blobs, Centers, Circles, Classification, Data, FeatureKind, Friedman1, Moons, PerFeature, Regression, Samples,
    SwissRoll,
};
pub use error::{Error, Result};
pub use python_random::PythonRandom;
pub use random_state::RandomState;
pub use range::{arange, linspace, linspace_half_open};
pub use split::{
    Size, Split, k_fold, shuffle_split, stratified_k_fold, stratified_shuffle_split, stratified_train_test_split,
    train_test_split, train_test_split_in_order,
};
