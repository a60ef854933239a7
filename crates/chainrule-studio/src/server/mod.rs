//! The server: documents, their style and script, and a socket for each open page.

mod files;
mod guard;
mod session;
mod uploads;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State, WebSocketUpgrade},
    http::{Method, StatusCode, Uri, header},
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
    serve::ListenerExt,
};
use maud::html;
use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{net::TcpListener, runtime::Runtime, sync::Semaphore, task::spawn_blocking};

use crate::{
    assets,
    document::document,
    open_page::MOST_VALUES,
    page::{Next, Page, Site},
};

/// So many pages may be open at once.
const MOST_SESSIONS: usize = 64;

/// Why the studio cannot run, with what to do.
#[derive(Debug)]
pub struct Error(String);

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

/// The studio with its door open: it has a port, and serves once it runs.
pub struct Studio {
    runtime: Runtime,
    listener: TcpListener,
    address: SocketAddr,
}

/// What every request may look at.
struct Shared {
    site: Box<dyn Site>,
    sessions: Arc<Semaphore>,
    uploads: uploads::Uploads,
    files: Arc<Semaphore>,
    guard: guard::Guard,
}

impl Studio {
    /// Opens a port; 0 takes any that is free.
    ///
    /// # Errors
    /// When the port is in use, or this machine does not have the address.
    pub fn bind(host: IpAddr, port: u16) -> Result<Studio, Error> {
        let told = |error: std::io::Error| match error.kind() {
            std::io::ErrorKind::AddrInUse => Error(format!(
                "port {port} of {host} is in use, perhaps by another studio; choose another one with --port, or --port 0 for any"
            )),
            std::io::ErrorKind::PermissionDenied => Error(format!(
                "port {port} of {host} may not be opened: {error}; choose one from 1024 on with --port"
            )),
            _ => Error(format!(
                "port {port} of {host} cannot be opened: {error}; choose others with --host and --port"
            )),
        };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(|error| Error(format!("no threads to serve with: {error}")))?;
        let listener = runtime.block_on(TcpListener::bind((host, port))).map_err(told)?;
        let address = listener.local_addr().map_err(told)?;
        Ok(Studio {
            runtime,
            listener,
            address,
        })
    }

    /// Where a browser on this machine finds it, such as `http://127.0.0.1:8787/`.
    pub fn address(&self) -> String {
        let SocketAddr::V4(_) = self.address else {
            let host = if self.address.ip().is_unspecified() {
                "[::1]".to_string()
            } else {
                format!("[{}]", self.address.ip())
            };
            return format!("http://{host}:{}/", self.address.port());
        };
        let host = if self.address.ip().is_unspecified() {
            "127.0.0.1".to_string()
        } else {
            self.address.ip().to_string()
        };
        format!("http://{host}:{}/", self.address.port())
    }

    /// Serves these pages until Ctrl-C.
    ///
    /// # Errors
    /// When the system takes the port away.
    pub fn run(self, site: impl Site) -> Result<(), Error> {
        self.run_until(site, async { tokio::signal::ctrl_c().await.unwrap_or_default() })
    }

    /// Serves these pages until this is done.
    ///
    /// # Errors
    /// When the system takes the port away.
    pub fn run_until(self, site: impl Site, end: impl Future<Output = ()>) -> Result<(), Error> {
        let shared = Arc::new(Shared {
            site: Box::new(site),
            sessions: Arc::new(Semaphore::new(MOST_SESSIONS)),
            uploads: uploads::Uploads::default(),
            files: Arc::new(Semaphore::new(files::MOST)),
            guard: guard::Guard::new(self.address),
        });
        // An answer is small and is waited for: it must not wait itself for more to go with it.
        let listener = self.listener.tap_io(|stream| {
            let _ = stream.set_nodelay(true);
        });
        let serving = axum::serve(listener, router(shared));
        let ended = self.runtime.block_on(async {
            tokio::select! {
                ended = serving => ended,
                () = end => Ok(()),
            }
        });
        // Pages still open and pictures still being computed need not be waited for.
        self.runtime.shutdown_background();
        ended.map_err(|error| Error(format!("the studio had to stop: {error}")))
    }
}

fn router(shared: Arc<Shared>) -> Router {
    let asset = |kind: &'static str, text: String| {
        get(move || async move {
            (
                [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")],
                text.clone(),
            )
        })
    };
    Router::new()
        .route("/assets/studio.css", asset("text/css; charset=utf-8", assets::style()))
        .route(
            "/assets/studio.js",
            asset("text/javascript; charset=utf-8", assets::SCRIPT.to_string()),
        )
        .route("/assets/icon.svg", asset("image/svg+xml", assets::ICON.to_string()))
        .route("/files/{*path}", get(files::file))
        .route("/saved", get(files::saved))
        .route("/socket/{*path}", get(socket))
        .route("/socket/", get(socket))
        .route(
            "/tables",
            post(uploads::take).layer(DefaultBodyLimit::max(uploads::LONGEST_FILE)),
        )
        .fallback(page)
        .layer(middleware::from_fn_with_state(shared.clone(), guard::guard))
        .with_state(shared)
}

/// How long a page that goes on by itself may do so before its document is written.
const FIRST: Duration = Duration::from_millis(250);

/// A page as a document, with its controls where the address says.
async fn page(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return plain(StatusCode::METHOD_NOT_ALLOWED, "Pages can only be read.");
    }
    let uri = request.uri().clone();
    let made = spawn_blocking(move || {
        let query = uri.query().unwrap_or_default();
        opened(&*shared.site, uri.path(), query).map(|mut page| {
            let began = Instant::now();
            while began.elapsed() < FIRST && page.advance(&mut || began.elapsed() >= FIRST) == Next::More {}
            document(&*page)
        })
    })
    .await;
    match made {
        Ok(Some(text)) => ([(header::CACHE_CONTROL, "no-store")], axum::response::Html(text)).into_response(),
        Ok(None) => plain(StatusCode::NOT_FOUND, "There is no such page."),
        Err(_) => plain(
            StatusCode::INTERNAL_SERVER_ERROR,
            "This page cannot be shown: a fault in the program.",
        ),
    }
}

/// The page of an address, moved to where the address says.
fn opened(site: &dyn Site, path: &str, query: &str) -> Option<Box<dyn Page>> {
    let mut page = site.open(path)?;
    let values = form_urlencoded::parse(query.as_bytes());
    for (name, value) in values.take(MOST_VALUES) {
        page.set(&name, &value);
    }
    page.settle();
    Some(page)
}

/// The live side of a page: `/socket` and its path.
async fn socket(State(shared): State<Arc<Shared>>, uri: Uri, upgrade: WebSocketUpgrade) -> Response {
    let path = uri.path().strip_prefix("/socket").unwrap_or_default().to_string();
    let Ok(permit) = shared.sessions.clone().try_acquire_owned() else {
        return plain(StatusCode::SERVICE_UNAVAILABLE, "Too many pages are open; close some.");
    };
    let for_page = shared.clone();
    let Ok(Some(page)) = spawn_blocking(move || for_page.site.open(&path)).await else {
        return plain(StatusCode::NOT_FOUND, "There is no such page.");
    };
    upgrade
        .max_message_size(session::LONGEST_MESSAGE)
        .max_frame_size(session::LONGEST_MESSAGE)
        .on_upgrade(move |socket| async move {
            session::run(socket, page, permit, &shared.uploads).await;
        })
}

fn plain(status: StatusCode, text: &str) -> Response {
    let body = html! {
        (maud::DOCTYPE)
        html lang="en" {
            head { meta charset="utf-8"; title { (status) } link rel="stylesheet" href="/assets/studio.css"; }
            body { main #page.overview { h1 { (text) } p { a href="/" { "To the first page" } } } }
        }
    };
    (status, axum::response::Html(body.into_string())).into_response()
}
