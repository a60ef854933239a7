//! Files to keep: a page as its address says, in a form of its own.

use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use std::sync::Arc;
use tokio::{sync::oneshot, task::spawn_blocking};

use super::{Shared, opened, plain, session::Told, uploads::word};
use crate::page::File;

/// So many files may be made at once: making one can be work.
pub(super) const MOST: usize = 4;

/// `/files/NAME/PAGE?VALUES`: the page is opened, moved to where the values say, and asked for its file. Nothing is read from
/// disk, and nothing is kept.
pub(super) async fn file(State(shared): State<Arc<Shared>>, headers: HeaderMap, uri: Uri) -> Response {
    // Any page of the web can ask for an address here, and would let this machine work for nothing.
    let from = headers.get(HeaderName::from_static("sec-fetch-site"));
    if from.is_some_and(|from| from != "same-origin" && from != "none") {
        return plain(StatusCode::FORBIDDEN, "Only the studio's own pages may ask for this.");
    }
    let Ok(_permit) = shared.files.clone().try_acquire_owned() else {
        return plain(
            StatusCode::SERVICE_UNAVAILABLE,
            "Too many files are being made; ask again.",
        );
    };
    let made = spawn_blocking(move || {
        let (name, page) = uri.path().strip_prefix("/files/")?.split_once('/')?;
        opened(&*shared.site, &format!("/{page}"), uri.query().unwrap_or_default())?.file(name)
    });
    match made.await {
        Ok(file) => kept(file),
        Err(_) => fault(),
    }
}

/// `/saved?session=TOKEN&name=NAME`: a file of an open page, as it stands now, also where its address does not say all.
pub(super) async fn saved(State(shared): State<Arc<Shared>>, uri: Uri) -> Response {
    let Some(letterbox) = shared.uploads.letterbox(&uri) else {
        return plain(StatusCode::NOT_FOUND, "The page this file is of is not open.");
    };
    let (sender, made) = oneshot::channel();
    if !letterbox.leave(Told::Save(word(&uri, "name"), sender)) {
        return plain(StatusCode::SERVICE_UNAVAILABLE, "The page is busy; ask again.");
    }
    match made.await {
        Ok(file) => kept(file),
        Err(_) => fault(),
    }
}

/// A file as an answer that a browser puts into its folder.
fn kept(file: Option<File>) -> Response {
    let Some(file) = file else {
        return plain(StatusCode::NOT_FOUND, "There is no such file.");
    };
    let kept = format!("attachment; filename=\"{}\"", plain_name(&file.name));
    let head = [
        (header::CONTENT_TYPE, file.media_type.to_string()),
        (header::CONTENT_DISPOSITION, kept),
        (header::CACHE_CONTROL, "no-store".to_string()),
    ];
    (head, file.bytes).into_response()
}

fn fault() -> Response {
    plain(
        StatusCode::INTERNAL_SERVER_ERROR,
        "This file cannot be made: a fault in the program.",
    )
}

/// A name that means the same in a header and to every file system.
fn plain_name(name: &str) -> String {
    let safe = name.chars().take(100).map(|c| match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '-' | '.' => c,
        _ => '-',
    });
    let safe: String = safe.collect();
    match safe.trim_start_matches('.') {
        "" => "file".to_string(),
        name => name.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_header_or_its_folder() {
        assert_eq!(plain_name("graph.svg"), "graph.svg");
        assert_eq!(plain_name("a\"; x=\"b\r\nSet-Cookie: c"), "a---x--b--Set-Cookie--c");
        assert_eq!(plain_name("../../etc/passwd"), "-..-etc-passwd");
        assert_eq!(plain_name(".."), "file");
        assert_eq!(plain_name(&"é".repeat(999)).len(), 100);
    }
}
