//! A file of rows as typed columns: read, split, impute, scale, encode.
//!
//! For anyone who has a CSV file and a model that wants numbers. This crate knows nothing of models, and holds no random
//! numbers: who splits brings the order of the rows.
//!
//! ```
//! # fn main() -> chainrule_table::Result<()> {
//! use chainrule_table::{Encoder, Fractions, Split, Table};
//!
//! let csv = "width,color,ripe\n1,red,yes\n2,red,yes\n3,,yes\n4,blue,no\n5,blue,no\n6,red,no\n7,blue,no\n8,red,yes\n";
//! let table = Table::from_csv("fruit.csv", csv.as_bytes())?;
//!
//! let order: Vec<usize> = (0..table.rows()).collect();
//! let split = Split::new(&order, None, Fractions::default())?;
//!
//! let encoder = Encoder::fit(&table, &["width", "color"], &split.train)?;
//! let inputs = encoder.transform(&table.take(&split.test))?;
//! assert_eq!(inputs.names, ["width", "color=blue", "color=red"]);
//! assert_eq!(inputs.rows, 2);
//! # Ok(())
//! # }
//! ```

#![forbid(unsafe_code)]

mod blocks;
mod category;
mod cell;
mod column;
mod date;
mod decode;
mod encode;
mod encoding;
mod error;
mod fit;
mod folds;
mod format;
mod identifier;
mod kept;
mod known;
mod lines;
pub mod message;
#[cfg(feature = "parquet")]
mod parquet;
mod read;
mod reading;
mod retype;
mod rows;
pub mod rules;
mod scan;
mod signs;
mod source;
mod split;
mod stray;
mod table;
mod typed;

pub use blocks::Blocks;
pub use category::same_category;
pub use cell::MISSING_WORDS;
pub use column::{Column, ColumnType, MISSING, NumberKind, Values};
pub use date::{DateOrder, text as date_text};
pub use decode::TextEncoding;
pub use encode::{Matrix, Unseen};
pub use encoding::{Encoder, Encoding, Feature, LeftOut, Reason, Scale};
pub use error::{Error, Result};
pub use fit::mean_and_standard_deviation;
pub use folds::{Division, Fold};
pub use format::Format;
pub use read::Reader;
pub use reading::{Oddity, Reading};
pub use rows::{Fault, Rows};
pub use split::{FEWEST_ROWS, Fractions, Split};
pub use table::Table;
