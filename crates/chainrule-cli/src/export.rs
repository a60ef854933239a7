//! `chainrule export`: a model for other programs.

use crate::{
    failure::Failure,
    input,
    output::say,
    places::{Use, check_places},
};
use chainrule_export::{onnx, rust};
use chainrule_learn::write_file;
use chainrule_table::message::count;
use clap::ValueEnum;
use std::path::PathBuf;

/// Write a model for other programs: an ONNX graph, or Rust source
///
/// Both hold preprocessing and network, and take the columns of the table: numbers (NaN if missing), dates as days since
/// 1970-01-01, categories as text (empty if missing). An ONNX graph is computed for the test rows that the model file holds and
/// for made-up rows before it is written, and must give the model's own answers.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  chainrule export model.safetensors --to onnx
  chainrule export model.safetensors --to rust --out src/model.rs")]
pub struct Arguments {
    /// The model that `chainrule fit` saved
    model: PathBuf,
    /// What to write: an ONNX graph (opset 17, 64-bit numbers), or one Rust file without dependencies, `no_std`
    #[arg(long, value_name = "FORMAT")]
    to: Format,
    /// Where it goes; model.onnx or model.rs if not given
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// What a model can become.
#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Onnx,
    Rust,
}

impl Arguments {
    pub fn run(self) -> Result<(), Failure> {
        let usual = match self.to {
            Format::Onnx => "model.onnx",
            Format::Rust => "model.rs",
        };
        let out = self.out.unwrap_or_else(|| PathBuf::from(usual));
        check_places(&[
            ("the model", Some(&self.model), Use::Read),
            ("the output", Some(&out), Use::Write),
        ])?;
        let model = input::model(&self.model, None)?;
        let (bytes, checked) = match self.to {
            Format::Onnx => {
                let onnx = onnx(&model)?;
                let check = onnx.check;
                let checked = format!(
                    ": the same answers for {} and {} made-up rows (largest difference {:.1e})",
                    count(check.test_rows, "test row", "test rows"),
                    check.made_up_rows,
                    check.largest_difference
                );
                (onnx.bytes, checked)
            }
            Format::Rust => (rust(&model)?.into_bytes(), String::new()),
        };
        write_file(&out, |file| file.write_all(&bytes))?;
        say(&format!("wrote {}{checked}", out.display()));
        Ok(())
    }
}
