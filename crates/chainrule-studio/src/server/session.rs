//! One open page: values come in, what has changed goes out.

use axum::extract::ws::{Message, WebSocket};
use serde_json::{Value, json};
use tokio::task::spawn_blocking;

use crate::{page::Page, part::Part};

/// Values in one message, or in one address.
pub(super) const MOST_VALUES: usize = 100;
/// Bytes of a message that comes in.
pub(super) const LONGEST_MESSAGE: usize = 64 * 1024;
/// After so many messages that make no sense in a row, whoever sends them is not the page.
const MOST_ERRORS: usize = 20;

/// A page, and what the browser shows of it; nobody knows that until the first answer.
struct Session {
    page: Box<dyn Page>,
    shown: Option<Part>,
}

impl Session {
    /// Moves the controls and says what has changed.
    fn answer(&mut self, values: &[(String, String)]) -> String {
        for (name, value) in values {
            self.page.set(name, value);
        }
        let view = self.page.view();
        debug_assert!(unique(&view.ids()), "two parts have the same id");
        let changes = match &self.shown {
            Some(shown) => view.changes(shown),
            None => view.whole(),
        };
        self.shown = Some(view);
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.page.moved());
        json!({"changes": changes, "title": self.page.title(), "query": query.finish()}).to_string()
    }
}

fn unique(ids: &[&str]) -> bool {
    let mut sorted = ids.to_vec();
    sorted.sort_unstable();
    sorted.windows(2).all(|pair| pair[0] != pair[1])
}

/// Answers message by message, in order, until the page is closed. The work is done where it keeps nobody else waiting, and
/// a panic in it ends this session alone.
pub(super) async fn run(mut socket: WebSocket, page: Box<dyn Page>) {
    let mut session = Session { page, shown: None };
    let mut errors = 0;
    while let Some(Ok(message)) = socket.recv().await {
        let values = match &message {
            Message::Text(text) => read(text),
            Message::Binary(_) => Err("only text is understood".to_string()),
            Message::Ping(_) | Message::Pong(_) => continue,
            Message::Close(_) => return,
        };
        let values = match values {
            Ok(values) => values,
            Err(error) => {
                errors += 1;
                if errors > MOST_ERRORS || !send(&mut socket, json!({"error": error}).to_string()).await {
                    return;
                }
                continue;
            }
        };
        errors = 0;
        let work = spawn_blocking(move || {
            let reply = session.answer(&values);
            (session, reply)
        });
        match work.await {
            Ok((back, reply)) => {
                session = back;
                if !send(&mut socket, reply).await {
                    return;
                }
            }
            Err(_) => {
                let told = "A fault in the program ended this page. Reload it to begin again.";
                send(&mut socket, json!({"fault": told}).to_string()).await;
                return;
            }
        }
    }
}

async fn send(socket: &mut WebSocket, text: String) -> bool {
    socket.send(Message::Text(text.into())).await.is_ok()
}

/// The values of a message, `[["w", "1.5"], …]`.
fn read(text: &str) -> Result<Vec<(String, String)>, String> {
    let unread = || "a message is a list of pairs of texts: [[\"w\", \"1.5\"]]".to_string();
    let Ok(Value::Array(pairs)) = serde_json::from_str(text) else {
        return Err(unread());
    };
    if pairs.len() > MOST_VALUES {
        return Err(format!("{} values in one message; at most {MOST_VALUES}", pairs.len()));
    }
    let pair = |pair: &Value| match pair.as_array().map(Vec::as_slice) {
        Some([Value::String(name), Value::String(value)]) => Ok((name.clone(), value.clone())),
        _ => Err(unread()),
    };
    pairs.iter().map(pair).collect()
}
