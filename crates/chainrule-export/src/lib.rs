//! A trained model for other programs: preprocessing and network in one ONNX graph, or in one Rust source file without
//! dependencies.
//!
//! Both take the columns of the table, not encoded numbers: missing cells, categories and dates become numbers inside, as they
//! did in training. An ONNX graph is computed before it is handed out, and must give the model's own answers.
//!
//! ```
//! use chainrule_learn::{Options, Table, fit};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let rows: String = (0..60).map(|i| format!("{},{}\n", i, if i < 30 { "low" } else { "high" })).collect();
//! let table = Table::from_csv("numbers.csv", format!("x,size\n{rows}").as_bytes())?;
//! let model = fit(&table, &Options::new("size"), |_| std::ops::ControlFlow::Continue(()))?.model;
//! let onnx = chainrule_export::onnx(&model)?;
//! assert!(onnx.check.largest_difference < 1e-9);
//! assert!(chainrule_export::rust(&model)?.contains("pub fn predict(row: &Row) -> Prediction"));
//! # Ok(())
//! # }
//! ```

#![forbid(unsafe_code)]

mod build;
mod check;
mod dates;
mod error;
mod evaluate;
mod graph;
mod layers;
mod names;
mod plain;
mod protobuf;
mod rust;
mod rust_columns;
mod unwire;
mod wire;

pub use check::Check;
pub use error::{Error, Result};
pub use rust::rust;

use chainrule_learn::Model;

/// A model as the bytes of an ONNX file, and what was found when they were made.
#[derive(Clone, Debug)]
pub struct Onnx {
    /// The file: opset 17 with `ai.onnx.ml` 2, all numbers in 64 bits.
    pub bytes: Vec<u8>,
    /// The comparison with the model's own answers.
    pub check: Check,
}

/// A model as an ONNX file, preprocessing included.
///
/// It has one input `[N, 1]` for each column that was learned from, under the column's name: numbers are doubles, NaN where
/// missing; dates are doubles too, the days since 1970-01-01; categories and truth values are strings, empty where missing. Of
/// a model of a number the output is `prediction` `[N, 1]`; of several, one such output for each target under its name, with `_`
/// behind it where a column has that name; of classes, `label` `[N]`, strings, and `probabilities`
/// `[N, classes]`, in the order of the file's metadata entry `classes`.
///
/// # Errors
/// When the nonlinearity cannot be said in ONNX, or the graph does not give the model's answers to 1e-9 (gelu: 1e-5, because
/// its error function is computed in 32 bits).
pub fn onnx(model: &Model) -> Result<Onnx> {
    let bytes = wire::onnx(&build::graph(model)?);
    let check = check::check(model, &unwire::onnx(&bytes)?)?;
    Ok(Onnx { bytes, check })
}
