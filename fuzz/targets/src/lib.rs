#![forbid(unsafe_code)]
//! What is done with hostile input: whatever the bytes are, there is an answer or an error, never a panic.
//!
//! Each target takes the bytes that a fuzzer makes up, or a file of `fuzz/corpus`, and panics when a promise is broken.

// A panic is how a target says what it found.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod checkpoint;
mod config;
mod csv;
mod expression;
mod http;
mod model;
mod mutate;
mod sealed;
mod small;

pub use checkpoint::{checkpoint, never_stopped, resumed, stopped};
pub use config::config;
pub use csv::csv;
pub use expression::expression;
pub use http::http;
pub use model::model;
pub use mutate::Mutator;
pub use sealed::{CHECKPOINT, Kind, MODEL, apart, together};
pub use small::{small, table};

/// What takes the bytes of an input.
pub type Target = fn(&[u8]);

/// Every target under its name, which is that of its folder in the corpus.
pub const TARGETS: [(&str, Target); 6] = [
    ("checkpoint", checkpoint),
    ("config", config),
    ("csv", csv),
    ("expression", expression),
    ("http", http),
    ("model", model),
];
