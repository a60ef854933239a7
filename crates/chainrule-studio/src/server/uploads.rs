//! Files that are dropped on a page, on their way to its session, which a token names.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request, State},
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};
use tokio::{sync::Semaphore, time::timeout};

use super::{
    Shared,
    session::{Letterbox, Told},
};

/// Bytes of a file.
pub(super) const LONGEST_FILE: usize = 8 * 1024 * 1024;
/// Characters of its name that are kept.
const LONGEST_NAME: usize = 100;

/// So many files may be on their way at once, each for so long at most: they are in memory until they have arrived.
const MOST_FILES: usize = 4;
const LONGEST_WAY: Duration = Duration::from_secs(60);

/// The open pages by their tokens. A file goes to its page at once and is kept nowhere else, so it ends with the session.
pub(super) struct Uploads {
    open: Mutex<HashMap<String, Letterbox>>,
    coming: Semaphore,
}

impl Default for Uploads {
    fn default() -> Uploads {
        Uploads {
            open: Mutex::default(),
            coming: Semaphore::new(MOST_FILES),
        }
    }
}

/// A page's token, as long as the page is open.
pub(super) struct Registered<'a> {
    uploads: &'a Uploads,
    token: String,
}

impl Uploads {
    /// Gives a page a token that cannot be guessed.
    pub(super) fn register(&self, letterbox: Letterbox) -> Registered<'_> {
        // Each `RandomState` is keyed by the system's random numbers.
        let word = |salt: u8| RandomState::new().hash_one(salt);
        let token = format!("{:016x}{:016x}", word(0), word(1));
        self.open().insert(token.clone(), letterbox);
        Registered { uploads: self, token }
    }

    /// The page whose token stands in an address.
    pub(super) fn letterbox(&self, uri: &Uri) -> Option<Letterbox> {
        self.open().get(&word(uri, "session")).cloned()
    }

    fn open(&self) -> MutexGuard<'_, HashMap<String, Letterbox>> {
        self.open.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Registered<'_> {
    pub(super) fn token(&self) -> &str {
        &self.token
    }
}

impl Drop for Registered<'_> {
    fn drop(&mut self) {
        self.uploads.open().remove(&self.token);
    }
}

/// `POST /tables?session=TOKEN&name=NAME` with the file as its body, of which nothing is read before it is known whom it is for.
pub(super) async fn take(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let uri = request.uri().clone();
    let Some(letterbox) = shared.uploads.letterbox(&uri) else {
        return (StatusCode::NOT_FOUND, "The page this file is for is not open.\n").into_response();
    };
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > LONGEST_FILE) {
        return (StatusCode::PAYLOAD_TOO_LARGE, "The file is too large.\n").into_response();
    }
    let Ok(_place) = shared.uploads.coming.try_acquire() else {
        return (
            StatusCode::SERVICE_UNAVAILABLE,
            "Too many files are coming; try again.\n",
        )
            .into_response();
    };
    let body = match timeout(LONGEST_WAY, Bytes::from_request(request, &shared)).await {
        Ok(Ok(body)) => body,
        Ok(Err(refused)) => return refused.into_response(),
        Err(_) => return (StatusCode::REQUEST_TIMEOUT, "The file does not arrive.\n").into_response(),
    };
    let name = word(&uri, "name").chars().take(LONGEST_NAME).collect();
    match letterbox.leave(Told::File(name, body.to_vec())) {
        true => StatusCode::ACCEPTED.into_response(),
        false => (StatusCode::SERVICE_UNAVAILABLE, "The page is busy; try again.\n").into_response(),
    }
}

/// A value of an address; empty where it has none of this name.
pub(super) fn word(uri: &Uri, name: &str) -> String {
    let mut words = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let word = words.find(|(known, _)| known == name).map(|(_, word)| word);
    word.unwrap_or_default().into_owned()
}
