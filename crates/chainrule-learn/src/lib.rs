#![forbid(unsafe_code)]
//! From a table to a trained, honestly judged, saved model.
//!
//! [`fit`] does what a careful analyst would: it splits the rows before anything is learned from them, trains a network
//! on one part, stops by a second, compares it with a linear model and a trivial baseline on the same folds of both, and
//! judges all three once on the third. The [`Model`] it gives holds everything needed to predict: what the columns mean,
//! how they are scaled, the weights, and how they came to be.
//!
//! ```
//! use chainrule_learn::{Options, Table, fit};
//!
//! # fn main() -> chainrule_learn::Result<()> {
//! let rows: String = (0..60).map(|i| format!("{},{}\n", i, if i < 30 { "low" } else { "high" })).collect();
//! let table = Table::from_csv("numbers.csv", format!("x,size\n{rows}").as_bytes())?;
//! let fitted = fit(&table, &Options::new("size"), |_| std::ops::ControlFlow::Continue(()))?;
//! assert!(fitted.judgement.test["accuracy"] > 0.8);
//! let prediction = fitted.model.predict(&table)?;
//! assert_eq!(prediction.text(0), "low");
//! # Ok(())
//! # }
//! ```

mod assess;
mod checkpoint;
mod coefficients;
mod comparison;
mod cross_validation;
mod datasets;
mod difference;
mod error;
mod evaluate;
mod examples;
mod file;
mod fingerprint;
mod fit;
mod held_out;
mod judge;
pub mod judgement;
mod learned;
mod linear_fit;
mod linear_model;
pub mod metrics;
mod model;
mod model_kind;
mod network_fit;
mod one_or_several;
mod options;
mod parallel;
mod prediction;
mod prepared;
mod problem;
mod progress;
mod samples;
mod saved;
mod sealed;
mod search;
mod standing;
mod stream;
mod target;
mod three_models;
mod toys;
mod train;
mod trainable;
mod verdict;
pub mod warnings;

pub use chainrule_table::{ColumnType, Reader, Table};
pub use checkpoint::Checkpoint;
pub use coefficients::Coefficients;
pub use comparison::{Comparison, Scores, TargetScores};
pub use datasets::{Choices, DATASETS, Dataset, open};
pub use difference::{Difference, Noise};
pub use error::{Error, Result};
pub use file::{check_place, write_file};
pub use fit::{Fitted, fit, fit_with_checkpoint};
pub use judge::{Confusion, Judgement, Rows, TargetJudgement};
pub use linear_model::{LinearModel, LinearRegression, LogisticModel, LogisticRegression, Ridge};
pub use metrics::{METRICS, Metric};
pub use model::{Model, Record};
pub use model_kind::ModelKind;
pub use options::{DivideBy, LinearOptions, MOST_ROWS_FOLDED, NetworkOptions, Options, ScheduleName};
pub use prediction::Prediction;
pub use progress::{Progress, Stage};
pub use search::Tried;
pub use stream::Passed;
pub use target::{Target, Task};
pub use train::Epoch;
pub use trainable::{Part, Trainable};
pub use warnings::{Code, Warning};
