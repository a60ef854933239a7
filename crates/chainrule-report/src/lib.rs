#![forbid(unsafe_code)]
//! A trained model as one page of HTML, written for the person who asked the question.
//!
//! [`report`] makes the page from the model alone: what was asked, the answer in a sentence, what may be wrong, the three
//! models that were compared, every judgement with its picture, what became of each column, how the network learned, how
//! to use it, and what reproduces it. The page needs no network and no script, follows the reader's light or dark
//! setting, and prints.
//!
//! ```
//! use chainrule_learn::{Options, Table, fit};
//! use chainrule_report::{Origin, report};
//!
//! # fn main() -> chainrule_learn::Result<()> {
//! let rows: String = (0..60).map(|i| format!("{},{}\n", i % 30, if i % 30 < 15 { "low" } else { "high" })).collect();
//! let table = Table::from_csv("numbers.csv", format!("x,size\n{rows}").as_bytes())?;
//! let fitted = fit(&table, &Options::new("size"), |_| std::ops::ControlFlow::Continue(()))?;
//! let page = report(&fitted.model, &Origin::default());
//! assert!(page.starts_with("<!DOCTYPE html>") && page.contains("numbers.csv"));
//! # Ok(())
//! # }
//! ```
//!
//! Everything that comes from a table is escaped: names of columns and classes are untrusted.

mod answer;
mod comparison;
mod data;
mod judgement;
mod page;
mod training;
mod usage;
mod warnings;
mod words;

pub use page::{Origin, report};
pub use usage::quoted;
