//! A trained model's answers over HTTP: `POST /predict`, `GET /health`, `GET /schema`.
//!
//! Rows come as JSON (an object, or a list of them) or as CSV, and are understood as `predict` understands a file. Whatever
//! comes, there is an answer: errors are `application/problem+json` and name row and column. No client can take more than its
//! share: bodies, rows, connections and times have limits.
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use chainrule_serve::{Limits, serve};
//!
//! let model = chainrule_learn::Model::load("model.safetensors")?;
//! serve(model, ([127, 0, 0, 1], 8080).into(), Limits::default(), |address| println!("http://{address}"))?;
//! # Ok(())
//! # }
//! ```

#![forbid(unsafe_code)]

mod answer;
mod body;
mod connection;
mod json_rows;
mod limits;
mod problem;
mod routes;
mod schema;
mod server;

pub use limits::Limits;
pub use routes::reply;
pub use server::serve;
