#![forbid(unsafe_code)]
//! The studio.
