#![forbid(unsafe_code)]
//! What is done with hostile input: whatever the bytes are, there is an answer or an error, never a panic.
//!
//! Each target takes the bytes that a fuzzer makes up, or a file of `fuzz/corpus`, and panics when a promise is broken.

// A panic is how a target says what it found.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod config;
mod csv;
mod expression;
mod http;
mod model;
mod mutate;
mod small;

pub use config::config;
pub use csv::csv;
pub use expression::expression;
pub use http::http;
pub use model::{apart, model, together};
pub use mutate::Mutator;
pub use small::small;

/// What takes the bytes of an input.
pub type Target = fn(&[u8]);

/// Every target under its name, which is that of its folder in the corpus.
pub const TARGETS: [(&str, Target); 5] = [
    ("config", config),
    ("csv", csv),
    ("expression", expression),
    ("http", http),
    ("model", model),
];
