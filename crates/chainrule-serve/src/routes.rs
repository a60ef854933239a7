//! Which path does what.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, Method, Response, StatusCode, Uri, header},
    response::IntoResponse,
    routing::{get, post},
};
use chainrule_learn::Model;
use serde_json::{Value, json};

use crate::answer::{Kind, answer};
use crate::body::{Held, read};
use crate::limits::Limits;
use crate::problem::Problem;
use crate::schema::openapi;

/// What all requests share.
pub(crate) struct Shared {
    model: Model,
    limits: Limits,
    held: Held,
    schema: String,
    health: String,
}

/// The paths of a model's server.
pub(crate) fn routes(model: Model, limits: Limits) -> Router {
    let record = model.record();
    let health = json!({
        "status": "ok",
        "target": one_or_all(&record.options.targets),
        "task": model.target().task().name(),
        "version": record.version,
    });
    let shared = Shared {
        schema: openapi(&model, &limits).to_string(),
        health: health.to_string(),
        held: Held::default(),
        limits,
        model,
    };
    Router::new()
        .route("/predict", post(predict))
        .route(
            "/health",
            get(|State(shared): State<Arc<Shared>>| async move { json_answer(shared.health.clone()) }),
        )
        .route(
            "/schema",
            get(|State(shared): State<Arc<Shared>>| async move { json_answer(shared.schema.clone()) }),
        )
        .method_not_allowed_fallback(other_method)
        .fallback(nowhere)
        .with_state(Arc::new(shared))
}

/// The only one as a text, several as a list.
fn one_or_all(targets: &[String]) -> Value {
    match targets {
        [target] => json!(target),
        several => json!(several),
    }
}

fn json_answer(text: String) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    let kind = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

async fn predict(State(shared): State<Arc<Shared>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let kind = match kind(parts.headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes)) {
        Ok(kind) => kind,
        Err(problem) => return problem.into_response(),
    };
    // The work is done on a thread of its own, so that others are answered meanwhile.
    let whole = async {
        let mut bytes = read(&parts.headers, body, &shared.limits, &shared.held).await?;
        let data = std::mem::take(&mut bytes.data);
        let worker = Arc::clone(&shared);
        let work = tokio::task::spawn_blocking(move || answer(&worker.model, &worker.limits, kind, &data));
        let done = work.await;
        // They count as held until they are worked on.
        drop(bytes);
        done.unwrap_or_else(|_| {
            Err(Problem::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "the request could not be worked on; this is a mistake of ours",
            ))
        })
    };
    match whole.await {
        Ok(text) => json_answer(text),
        Err(problem) => problem.into_response(),
    }
}

/// What `POST /predict` answers to a whole body, without a connection: the status, and the text of the answer.
///
/// `content_type` is the header of this name, if there was one. Nothing is waited for, so of the limits only those of rows
/// and of cells that are named apply.
pub fn reply(model: &Model, limits: &Limits, content_type: Option<&[u8]>, body: &[u8]) -> (u16, String) {
    match kind(content_type).and_then(|kind| answer(model, limits, kind, body)) {
        Ok(text) => (StatusCode::OK.as_u16(), text),
        Err(problem) => (problem.status().as_u16(), problem.text()),
    }
}

/// How the body is written; JSON when nothing is said.
fn kind(given: Option<&[u8]>) -> Result<Kind, Problem> {
    let Some(given) = given else {
        return Ok(Kind::Json);
    };
    let given = String::from_utf8_lossy(given);
    let name = given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match name.as_str() {
        // What curl says of any data.
        "application/json" | "application/x-www-form-urlencoded" | "" => Ok(Kind::Json),
        json if json.starts_with("application/") && json.ends_with("+json") => Ok(Kind::Json),
        "text/csv" | "application/csv" => Ok(Kind::Csv),
        _ => Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "send rows as application/json or text/csv, and say which in Content-Type",
        )),
    }
}

async fn nowhere(uri: Uri) -> Problem {
    let path: String = uri.path().chars().take(100).collect();
    let detail = format!("there is nothing at {path}; there are POST /predict, GET /health and GET /schema");
    Problem::new(StatusCode::NOT_FOUND, detail)
}

async fn other_method(method: Method, uri: Uri) -> Problem {
    let right = if uri.path() == "/predict" { "POST" } else { "GET" };
    let method: String = method.as_str().chars().take(20).collect();
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        format!("{} takes {right}, not {method}", uri.path()),
    )
}
