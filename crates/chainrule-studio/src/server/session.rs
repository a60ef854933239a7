//! The live side of a page: a page has a thread of its own, which answers its messages in order and lets the page go on between them. What must wait
//! for the network waits outside of it.

use axum::extract::ws::{Message, WebSocket};
use serde_json::{Value, json};
use std::{
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel},
    },
    thread,
    time::{Duration, Instant},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use super::uploads::Uploads;
use crate::{
    open_page::{OpenPage, Said},
    page::{File, Next, Page},
};

/// Bytes of a message that comes in.
pub(super) const LONGEST_MESSAGE: usize = 64 * 1024;
/// After so many messages that make no sense in a row, whoever sends them is not the page.
const MOST_ERRORS: usize = 20;
/// So many messages may wait for the page's thread; more wait in the network.
const MOST_WAITING: usize = 8;
/// How long a browser may take nothing of what it is sent.
const DEAF: Duration = Duration::from_secs(60);
/// How long a page goes on before it looks whether a message is there; it is asked more often whether one is.
const SLICE: Duration = Duration::from_millis(4);
/// The time between two pictures of a page that goes on by itself.
const FRAME: Duration = Duration::from_millis(33);
/// While a control is being moved the browser gets its pictures alone; so long after that a page goes on showing what it does.
const HAND: Duration = Duration::from_millis(100);

/// What the browser says.
pub(super) enum Told {
    /// What the page's script says by itself.
    Said(Said),
    /// A file was dropped on the page.
    File(String, Vec<u8>),
    /// A file of the page is wanted.
    Save(String, oneshot::Sender<Option<File>>),
}

/// Where messages for a page are left; each holds a place until it has been dealt with.
#[derive(Clone)]
pub(super) struct Letterbox {
    sender: Sender<(Told, OwnedSemaphorePermit)>,
    places: Arc<Semaphore>,
}

impl Letterbox {
    fn new() -> (Letterbox, Receiver<(Told, OwnedSemaphorePermit)>) {
        let (sender, receiver) = channel();
        let places = Arc::new(Semaphore::new(MOST_WAITING));
        (Letterbox { sender, places }, receiver)
    }

    /// Leaves a message if there is a place for it; whether there was.
    pub(super) fn leave(&self, told: Told) -> bool {
        let place = self.places.clone().try_acquire_owned();
        place.is_ok_and(|place| self.sender.send((told, place)).is_ok())
    }
}

/// An open page, and what files for it are sent to, told once.
struct Session {
    open: OpenPage,
    token: Option<String>,
}

impl Session {
    fn answer(&mut self, values: &[(String, String)]) -> String {
        let mut told = self.open.answer(values);
        if let Some(token) = self.token.take() {
            told["session"] = Value::String(token);
        }
        told.to_string()
    }

    /// Answers, and lets the page go on in between, until nobody listens any more.
    fn live(mut self, letters: &Receiver<(Told, OwnedSemaphorePermit)>, replies: &mpsc::Sender<String>) {
        let mut next = Next::Rest;
        // How many pictures the browser was sent and has not shown, and from when on it may get more unasked.
        let (mut flying, mut due) = (0_usize, Instant::now());
        // Whether a control has moved and its picture is still to come: that one waits for nothing.
        let mut asked = false;
        let mut waiting = None;
        loop {
            let patience = match next {
                Next::More => Some(Duration::ZERO),
                Next::Frame if asked => Some(Duration::ZERO),
                Next::Frame if flying == 0 => Some(due.saturating_duration_since(Instant::now())),
                Next::Frame | Next::Rest => None,
            };
            let letter = match (waiting.take(), patience) {
                (Some(letter), _) => Ok(letter),
                (None, Some(Duration::ZERO)) => letters.try_recv().map_err(|error| error == TryRecvError::Disconnected),
                (None, Some(time)) => letters
                    .recv_timeout(time)
                    .map_err(|error| error == RecvTimeoutError::Disconnected),
                (None, None) => letters.recv().map_err(|_| true),
            };
            let reply = match letter {
                Ok((Told::Said(Said::Values(values)), _)) => {
                    (asked, due) = (true, Instant::now() + HAND);
                    Some(self.answer(&values))
                }
                Ok((Told::File(name, bytes), _)) => {
                    (asked, next) = (true, Next::More);
                    self.open.take(&name, bytes)
                }
                Ok((Told::Save(name, sender), _)) => {
                    // Whoever asked may have gone.
                    let _ = sender.send(self.open.page().file(&name));
                    None
                }
                Ok((Told::Said(Said::Shown), _)) => {
                    flying = flying.saturating_sub(1);
                    None
                }
                Err(true) => return,
                Err(false) => None,
            };
            if let Some(reply) = reply {
                if replies.blocking_send(reply).is_err() {
                    return;
                }
                next = Next::More;
            } else if (next == Next::Frame && asked) || (next != Next::Rest && flying == 0 && Instant::now() >= due) {
                if let Some(frame) = self.open.frame() {
                    if replies.blocking_send(frame).is_err() {
                        return;
                    }
                    flying += 1;
                }
                asked &= next != Next::Frame;
                due = due.max(Instant::now() + FRAME);
                self.open.page().shown();
                next = Next::More;
            }
            if next == Next::More {
                let began = Instant::now();
                next = self.open.page().advance(&mut || {
                    if waiting.is_none() {
                        waiting = letters.try_recv().ok();
                    }
                    waiting.is_some() || began.elapsed() >= SLICE
                });
                asked &= next != Next::Rest;
            }
        }
    }
}

/// Carries messages between the socket and the page's thread until the page is closed. A panic of the page ends this
/// session alone.
pub(super) async fn run(mut socket: WebSocket, page: Box<dyn Page>, place: OwnedSemaphorePermit, uploads: &Uploads) {
    let (letterbox, letters) = Letterbox::new();
    let registered = uploads.register(letterbox.clone());
    let session = Session {
        open: OpenPage::new(page),
        token: Some(registered.token().to_string()),
    };
    let (sender, mut replies) = mpsc::channel(2);
    let started = thread::Builder::new().name("page".to_string()).spawn(move || {
        session.live(&letters, &sender);
        drop(place);
    });
    if started.is_err() {
        let told = "This machine has no thread left for the page. Close other pages and reload it.";
        send(&mut socket, json!({"fault": told}).to_string()).await;
        return;
    }
    let mut errors = 0;
    let mut free = None;
    loop {
        tokio::select! {
            permit = letterbox.places.clone().acquire_owned(), if free.is_none() => match permit {
                Ok(permit) => free = Some(permit),
                Err(_) => return,
            },
            message = socket.recv(), if free.is_some() => {
                let told = match message {
                    Some(Ok(Message::Text(text))) => Said::read(&text).map(Told::Said),
                    Some(Ok(Message::Binary(_))) => Err("only text is understood".to_string()),
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                };
                match told {
                    Ok(told) => {
                        errors = 0;
                        if let Some(permit) = free.take() {
                            // Where the page has ended its replies have, too, and that is told below.
                            let _ = letterbox.sender.send((told, permit));
                        }
                    }
                    Err(error) => {
                        errors += 1;
                        if errors > MOST_ERRORS || !send(&mut socket, json!({"error": error}).to_string()).await {
                            return;
                        }
                    }
                }
            }
            reply = replies.recv() => match reply {
                Some(reply) => if !send(&mut socket, reply).await {
                    return;
                },
                None => {
                    let told = "A fault in the program ended this page. Reload it to begin again.";
                    send(&mut socket, json!({"fault": told}).to_string()).await;
                    return;
                }
            },
        }
    }
}

/// Whether it was taken: a page that takes nothing for so long is asleep or none, and keeps its place from others. It comes
/// back by itself when it wakes.
async fn send(socket: &mut WebSocket, text: String) -> bool {
    let sent = tokio::time::timeout(DEAF, socket.send(Message::Text(text.into()))).await;
    sent.is_ok_and(|sent| sent.is_ok())
}
