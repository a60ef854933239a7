//! How much a client may take.

use std::time::Duration;

/// How much a client may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes of a request's body.
    pub body: usize,
    /// The most rows of a request.
    pub rows: usize,
    /// The most connections at a time; further clients wait until one is free.
    pub connections: usize,
    /// So long a client may take to send a head, to send a body, and to take in more of an answer.
    pub time: Duration,
    /// So many cells that cannot be understood are named.
    pub faults: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            body: 16 << 20,
            rows: 100_000,
            connections: 1024,
            time: Duration::from_secs(20),
            faults: 20,
        }
    }
}

impl Limits {
    /// The most bytes of all bodies that are read at a time.
    pub(crate) fn all_bodies(&self) -> usize {
        self.body.saturating_mul(16)
    }
}
