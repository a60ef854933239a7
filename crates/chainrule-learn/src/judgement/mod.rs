//! Judgement beyond single figures: each class by itself, curves, calibration, what columns matter, promised coverage.
//!
//! All of these are functions of predictions and the truth. Definitions are scikit-learn's, to 1e-12 (tests/judgement.rs).

mod calibration;
mod classes;
mod conformal;
mod curves;
mod importance;
mod pictures;

pub use calibration::{Bin, Calibration};
pub use classes::ClassFigures;
pub use conformal::{Conformal, Coverage, Source};
pub(crate) use conformal::{check_coverage, learn as learn_conformal};
pub use curves::{ClassCurves, PrecisionRecall, Roc, thinned};
pub(crate) use importance::measure as measure_importance;
pub use importance::{ColumnImportance, Importance};
