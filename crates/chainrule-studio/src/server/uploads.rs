//! Files that are dropped on a page, on their way to its session.

use axum::{
    body::Bytes,
    extract::State,
    http::{StatusCode, Uri},
};
use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::{Arc, Mutex, MutexGuard},
};

use super::{
    Shared,
    session::{Letterbox, Told},
};

/// Bytes of a file.
pub(super) const LONGEST_FILE: usize = 8 * 1024 * 1024;
/// Characters of its name that are kept.
const LONGEST_NAME: usize = 100;

/// The open pages by their tokens. A file goes to its page at once and is kept nowhere else, so it ends with the session.
#[derive(Default)]
pub(super) struct Uploads {
    open: Mutex<HashMap<String, Letterbox>>,
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

/// `POST /tables?session=TOKEN&name=NAME` with the file as its body.
pub(super) async fn take(State(shared): State<Arc<Shared>>, uri: Uri, body: Bytes) -> (StatusCode, &'static str) {
    let word = |name: &str| {
        let mut words = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
        words
            .find(|(known, _)| known == name)
            .map(|(_, word)| word)
            .unwrap_or_default()
    };
    let Some(letterbox) = shared.uploads.open().get(&*word("session")).cloned() else {
        return (StatusCode::NOT_FOUND, "The page this file is for is not open.\n");
    };
    let name = word("name").chars().take(LONGEST_NAME).collect();
    match letterbox.leave(Told::File(name, body.to_vec())) {
        true => (StatusCode::ACCEPTED, ""),
        false => (StatusCode::SERVICE_UNAVAILABLE, "The page is busy; try again.\n"),
    }
}
