//! Pages that go on by themselves, and files that are dropped on a page, over real sockets.
#![allow(clippy::unwrap_used)]

mod served;

use chainrule_studio::{File, Next, Page, Part, Site};
use maud::html;
use serde_json::Value;
use served::Served;
use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread::sleep,
    time::{Duration, Instant},
};
use tungstenite::{Message, WebSocket, client::IntoClientRequest};

/// A page that counts for as long as it is let, up to a number.
struct Counter {
    count: u64,
    end: u64,
    said: String,
    open: Arc<AtomicUsize>,
}

impl Page for Counter {
    fn title(&self) -> String {
        "counter".to_string()
    }

    fn set(&mut self, name: &str, value: &str) {
        match name {
            "end" => self.end = value.parse().unwrap(),
            _ => self.said = value.to_string(),
        }
    }

    fn view(&self) -> Part {
        let page = Part::new("main", "page").html(html! { p { (self.said) } });
        page.html(html! { b { (self.count) } })
    }

    fn advance(&mut self, enough: &mut dyn FnMut() -> bool) -> Next {
        assert_ne!(self.said, "break", "told to");
        if self.count >= self.end {
            return Next::Rest;
        }
        while self.count < self.end {
            self.count += 1;
            if enough() {
                return Next::More;
            }
        }
        Next::Frame
    }

    fn take(&mut self, name: &str, bytes: Vec<u8>) {
        self.said = format!("{name}: {}", String::from_utf8_lossy(&bytes));
    }

    fn file(&self, name: &str) -> Option<File> {
        (name == "count").then(|| File {
            name: "count.txt".to_string(),
            media_type: "text/plain",
            bytes: self.count.to_string().into_bytes(),
        })
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        self.open.fetch_sub(1, Ordering::SeqCst);
    }
}

#[derive(Default)]
struct Counters(Arc<AtomicUsize>);

impl Site for Counters {
    fn open(&self, path: &str) -> Option<Box<dyn Page>> {
        self.0.fetch_add(1, Ordering::SeqCst);
        (path == "/").then(|| {
            Box::new(Counter {
                count: 0,
                end: 0,
                said: String::new(),
                open: self.0.clone(),
            }) as Box<dyn Page>
        })
    }
}

type Socket = WebSocket<TcpStream>;

fn socket(served: &Served) -> Socket {
    let mut request = format!("ws://{}/socket/", served.host).into_client_request().unwrap();
    let origin = format!("http://{}", served.host).parse().unwrap();
    request.headers_mut().insert("Origin", origin);
    let stream = TcpStream::connect(&served.host).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    tungstenite::client(request, stream).unwrap().0
}

fn send(socket: &mut Socket, text: &str) {
    socket.send(Message::text(text)).unwrap();
}

fn next(socket: &mut Socket) -> Value {
    loop {
        if let Message::Text(text) = socket.read().unwrap() {
            return serde_json::from_str(&text).unwrap();
        }
    }
}

/// The next answer to a control, and how many pictures came before it that nobody had asked for.
fn answer(socket: &mut Socket) -> (Value, usize) {
    let mut frames = 0;
    loop {
        let told = next(socket);
        match told["frame"] == true {
            true => frames += 1,
            false => return (told, frames),
        }
    }
}

const ENDLESS: &str = "[[\"end\",\"18446744073709551615\"]]";

#[test]
fn pictures_come_by_themselves_and_only_when_the_last_one_was_taken() {
    let served = Served::new(Counters::default());
    let mut page = socket(&served);
    send(&mut page, ENDLESS);
    assert_eq!(answer(&mut page).1, 0);
    assert_eq!(next(&mut page)["frame"], true);
    // Not taken: no second one, but controls are answered all the same.
    sleep(Duration::from_millis(200));
    send(&mut page, "[[\"say\",\"hello\"]]");
    let (told, frames) = answer(&mut page);
    assert_eq!(frames, 0);
    assert!(told["changes"].to_string().contains("hello"), "{told}");
    // Taken: the next one comes, and after many no more than 30 a second.
    let began = Instant::now();
    for _ in 0..10 {
        send(&mut page, "\"shown\"");
        assert_eq!(next(&mut page)["frame"], true);
    }
    assert!(
        began.elapsed() >= Duration::from_millis(9 * 33),
        "{:?}",
        began.elapsed()
    );
}

#[test]
fn what_a_control_has_done_is_shown_at_once_and_all_else_waits_for_the_hand() {
    let served = Served::new(Counters::default());
    let mut page = socket(&served);
    send(&mut page, "[[\"end\",\"10\"]]");
    answer(&mut page);
    let first = next(&mut page);
    assert!(
        first["frame"] == true && first["changes"].to_string().contains("<b>10</b>"),
        "{first}"
    );
    // That picture has not been taken: the one of the next control comes all the same.
    send(&mut page, "[[\"end\",\"20\"]]");
    answer(&mut page);
    let second = next(&mut page);
    assert!(
        second["frame"] == true && second["changes"].to_string().contains("<b>20</b>"),
        "{second}"
    );
    // A page that goes on and on shows nothing by itself while a control moves, and a moment longer.
    send(&mut page, "\"shown\"");
    send(&mut page, "\"shown\"");
    let began = Instant::now();
    send(&mut page, ENDLESS);
    answer(&mut page);
    assert_eq!(next(&mut page)["frame"], true);
    assert!(began.elapsed() >= Duration::from_millis(100), "{:?}", began.elapsed());
}

#[test]
fn a_page_that_has_ended_is_shown_once_more_and_rests() {
    let served = Served::new(Counters::default());
    let mut page = socket(&served);
    send(&mut page, "[[\"end\",\"1000\"]]");
    let mut last = answer(&mut page).0;
    while !last["changes"].to_string().contains("<b>1000</b>") {
        last = next(&mut page);
        assert_eq!(last["frame"], true, "{last}");
        send(&mut page, "\"shown\"");
    }
    send(&mut page, "[]");
    let (told, frames) = answer(&mut page);
    assert_eq!((told["changes"].to_string().as_str(), frames), ("[]", 0));
}

#[test]
fn a_closed_page_ends_and_a_broken_one_alone() {
    let counters = Counters::default();
    let open = counters.0.clone();
    let served = Served::new(counters);
    let (mut closed, mut broken, mut beside) = (socket(&served), socket(&served), socket(&served));
    for page in [&mut closed, &mut broken, &mut beside] {
        send(page, ENDLESS);
        answer(page);
    }
    assert_eq!(open.load(Ordering::SeqCst), 3);
    closed.close(None).unwrap();
    send(&mut broken, "[[\"say\",\"break\"]]");
    while next(&mut broken)["fault"].is_null() {}
    let began = Instant::now();
    while open.load(Ordering::SeqCst) > 1 {
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "{} go on",
            open.load(Ordering::SeqCst)
        );
        sleep(Duration::from_millis(10));
    }
    send(&mut beside, "[[\"say\",\"still here\"]]");
    assert!(answer(&mut beside).0["changes"].to_string().contains("still here"));
}

fn asked(served: &Served, method: &str, path: &str, head: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(&served.host).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {}\r\n{head}Content-Length: {length}\r\nConnection: close\r\n\r\n",
        served.host
    );
    let _ = stream.write_all(request.as_bytes());
    let _ = stream.write_all(body.as_bytes());
    let mut answer = vec![];
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn a_file_goes_to_its_page_and_nowhere_else() {
    let served = Served::new(Counters::default());
    let (mut page, mut beside) = (socket(&served), socket(&served));
    send(&mut page, "[]");
    send(&mut beside, "[]");
    let token = answer(&mut page).0["session"].as_str().unwrap().to_string();
    let other = answer(&mut beside).0["session"].as_str().unwrap().to_string();
    assert!(token.len() == 32 && token != other);
    let own = format!("Origin: http://{}\r\n", served.host);
    let path = format!("/tables?session={token}&name=fruit.csv");
    // Not from elsewhere, not to a page that is not open, not without end.
    assert!(asked(&served, "POST", &path, "", "a,b").starts_with("HTTP/1.1 403"));
    let foreign = "Origin: http://evil.example\r\n";
    assert!(asked(&served, "POST", &path, foreign, "a,b").starts_with("HTTP/1.1 403"));
    assert!(asked(&served, "POST", "/tables?session=&name=x", &own, "a,b").starts_with("HTTP/1.1 404"));
    let large = "x".repeat(8 * 1024 * 1024 + 1);
    let refused = asked(&served, "POST", &path, &own, &large);
    assert!(refused.is_empty() || refused.starts_with("HTTP/1.1 413"), "{refused}");
    assert!(asked(&served, "POST", &path, &own, "a,b").starts_with("HTTP/1.1 202"));
    assert!(next(&mut page)["changes"].to_string().contains("fruit.csv: a,b"));
    send(&mut beside, "[]");
    assert_eq!(answer(&mut beside).0["changes"].to_string(), "[]");
    // Once its page is closed nobody takes it.
    page.close(None).unwrap();
    let began = Instant::now();
    while !asked(&served, "POST", &path, &own, "a,b").starts_with("HTTP/1.1 404") {
        assert!(began.elapsed() < Duration::from_secs(20));
        sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_file_of_an_open_page_is_as_the_page_stands() {
    let served = Served::new(Counters::default());
    let mut page = socket(&served);
    send(&mut page, "[[\"end\",\"77\"]]");
    let mut last = answer(&mut page).0;
    let token = last["session"].as_str().unwrap().to_string();
    while !last["changes"].to_string().contains("<b>77</b>") {
        last = next(&mut page);
        send(&mut page, "\"shown\"");
    }
    let file = |name: &str, token: &str| asked(&served, "GET", &format!("/saved?session={token}&name={name}"), "", "");
    let kept = file("count", &token);
    assert!(
        kept.contains("attachment; filename=\"count.txt\"") && kept.ends_with("\r\n\r\n77"),
        "{kept}"
    );
    assert!(file("other", &token).starts_with("HTTP/1.1 404"));
    assert!(file("count", "0").starts_with("HTTP/1.1 404"));
}
