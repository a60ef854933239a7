//! Bytes as a request to a model's server.

use crate::small;
use chainrule_learn::Model;
use chainrule_serve::{Limits, reply};
use std::sync::LazyLock;

static MODELS: LazyLock<Vec<Model>> = LazyLock::new(small);

/// Gives a request's body to `POST /predict` of several models: the first line is the content type, none if it is empty.
///
/// # Panics
/// When the answer is none of those the server promises, or no JSON.
pub fn http(bytes: &[u8]) {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let kind = (end > 0).then_some(&bytes[..end]);
    let body = bytes.get(end + 1..).unwrap_or_default();
    for model in MODELS.iter() {
        let (status, answer) = reply(model, &Limits::default(), kind, body);
        assert!([200, 400, 413, 415, 422].contains(&status), "{status}: {answer}");
        let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
        match status {
            200 => assert!(answer["predictions"].is_array()),
            status => assert_eq!(answer["status"], status),
        }
    }
}
