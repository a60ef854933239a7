//! `chainrule serve`: a model's answers over HTTP.

use crate::{failure::Failure, input, output::say};
use chainrule_serve::{Limits, serve};
use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

/// Answer requests with a model: POST /predict, GET /health, GET /schema
///
/// Rows come as JSON, an object or a list of objects with a value for each column, or as CSV (Content-Type: text/csv). GET
/// /schema describes both as OpenAPI. Errors are application/problem+json and name row and column. Ctrl-C or SIGTERM finishes
/// what has begun, then stops.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  chainrule serve model.safetensors
  chainrule serve model.safetensors --host 0.0.0.0 --port 80
  curl localhost:8080/predict -H 'Content-Type: text/csv' --data-binary @new.csv")]
pub struct Arguments {
    /// The model that `chainrule fit` saved
    model: PathBuf,
    /// The port; 0 for any that is free
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The address to be reached at; 0.0.0.0 for every address of this machine
    #[arg(long, default_value = "127.0.0.1")]
    host: IpAddr,
    /// The most megabytes of a request
    #[arg(long, value_name = "MB", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=1024))]
    max_body: u32,
    /// The most rows of a request
    #[arg(long, value_name = "ROWS", default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1..))]
    max_rows: u32,
    /// The most connections at a time; others wait
    #[arg(long, value_name = "COUNT", default_value_t = 1024, value_parser = clap::value_parser!(u32).range(1..=65_536))]
    max_connections: u32,
    /// So long a client may take to send a head or a body, or to take in more of an answer
    #[arg(long, value_name = "SECONDS", default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
}

impl Arguments {
    pub fn run(self) -> Result<(), Failure> {
        let model = input::model(&self.model, None)?;
        let limits = Limits {
            body: (self.max_body as usize) << 20,
            rows: self.max_rows as usize,
            connections: self.max_connections as usize,
            time: Duration::from_secs(self.timeout),
            ..Limits::default()
        };
        let path = self.model.display().to_string();
        let ready = |address: SocketAddr| {
            say(&format!(
                "serving {path} at http://{address}: POST /predict, GET /health, GET /schema; Ctrl-C stops"
            ));
        };
        serve(model, SocketAddr::new(self.host, self.port), limits, ready)
            .map_err(|error| Failure::Work(format!("{error}; choose another --port or --host")))
    }
}
