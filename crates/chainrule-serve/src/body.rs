//! The body of a request, read within its limits.

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::{
    body::Body,
    http::{HeaderMap, StatusCode, header},
};
use http_body_util::BodyExt;

use crate::limits::Limits;
use crate::problem::Problem;

/// The bytes of all bodies that are held now.
#[derive(Debug, Default)]
pub(crate) struct Held(AtomicUsize);

/// A body, as long as it is held.
pub(crate) struct Bytes<'a> {
    pub(crate) data: Vec<u8>,
    held: &'a Held,
    counted: usize,
}

impl Drop for Bytes<'_> {
    fn drop(&mut self) {
        self.held.0.fetch_sub(self.counted, Ordering::Relaxed);
    }
}

impl Bytes<'_> {
    /// Counts what is about to be held; false when it is too much.
    fn count(&mut self, bytes: usize, most: usize) -> bool {
        self.counted += bytes;
        self.held.0.fetch_add(bytes, Ordering::Relaxed) + bytes <= most
    }
}

/// Reads a body, piece by piece: a client that promises much and sends little holds little.
pub(crate) async fn read<'a>(
    headers: &HeaderMap,
    mut body: Body,
    limits: &Limits,
    held: &'a Held,
) -> Result<Bytes<'a>, Problem> {
    let too_large = || {
        let detail = format!(
            "the body has more than {} bytes; send fewer rows at a time",
            limits.body
        );
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
    };
    let promised = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if promised.is_some_and(|promised| promised > limits.body as u64) {
        return Err(too_large());
    }
    let mut bytes = Bytes {
        data: Vec::new(),
        held,
        counted: 0,
    };
    let whole = async {
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| {
                Problem::new(
                    StatusCode::BAD_REQUEST,
                    "the body ends before it is whole; send as many bytes as Content-Length says",
                )
            })?;
            let Some(data) = frame.data_ref() else { continue };
            if bytes.data.len() + data.len() > limits.body {
                return Err(too_large());
            }
            if !bytes.count(data.len(), limits.all_bodies()) {
                return Err(Problem::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "too many large requests at a time; try again",
                ));
            }
            bytes.data.extend_from_slice(data);
        }
        Ok(())
    };
    match tokio::time::timeout(limits.time, whole).await {
        Ok(done) => done.map(|()| bytes),
        Err(_) => {
            let seconds = limits.time.as_secs_f64();
            let detail = format!("the body was not whole after {seconds} s; send it faster");
            Err(Problem::new(StatusCode::REQUEST_TIMEOUT, detail))
        }
    }
}
