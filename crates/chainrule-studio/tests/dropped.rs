//! Files that are dropped on a page: what is too much is refused, what they hold is text, and nobody can drop one elsewhere.
#![allow(clippy::unwrap_used)]

mod served;

use chainrule_studio::Lessons;
use flate2::{Compression, write::GzEncoder};
use serde_json::Value;
use served::Served;
use std::{
    io::{Read, Write},
    net::TcpStream,
    thread::sleep,
    time::{Duration, Instant},
};
use tungstenite::{Message, WebSocket, client::IntoClientRequest};

type Socket = WebSocket<TcpStream>;

const PATIENCE: Duration = Duration::from_secs(120);

/// The socket of a page, and the token that files for it need.
fn page(served: &Served, path: &str) -> (Socket, String) {
    let mut request = format!("ws://{}/socket{path}", served.host)
        .into_client_request()
        .unwrap();
    let origin = format!("http://{}", served.host).parse().unwrap();
    request.headers_mut().insert("Origin", origin);
    let stream = TcpStream::connect(&served.host).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut socket = tungstenite::client(request, stream).unwrap().0;
    socket.send(Message::text(r#"[["rows","40"]]"#)).unwrap();
    let token = next(&mut socket)["session"].as_str().unwrap().to_string();
    (socket, token)
}

fn next(socket: &mut Socket) -> Value {
    loop {
        if let Message::Text(text) = socket.read().unwrap() {
            return serde_json::from_str(&text).unwrap();
        }
    }
}

/// What has changed in a page since it was asked last, which must have this in it.
fn told(socket: &mut Socket, what: &str) -> String {
    socket.send(Message::text("[]")).unwrap();
    let mut all = String::new();
    loop {
        let told = next(socket);
        assert!(told["fault"].is_null() && told["error"].is_null(), "{told}");
        all.push_str(&told["changes"].to_string());
        if told["frame"] != true {
            assert!(all.contains(what), "{what} is not in {all}");
            return all;
        }
        socket.send(Message::text("\"shown\"")).unwrap();
    }
}

/// A request with a file, begun: its head says that it is of this length.
fn begin(served: &Served, token: &str, name: &str, length: usize) -> TcpStream {
    let mut stream = TcpStream::connect(&served.host).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let head = format!(
        "POST /tables?session={token}&name={name} HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n",
        served.host
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

fn answer(mut stream: TcpStream) -> String {
    let mut answer = vec![];
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// Drops a file; the server takes it.
fn drop_file(served: &Served, token: &str, name: &str, bytes: &[u8]) {
    let mut stream = begin(served, token, name, bytes.len());
    stream.write_all(bytes).unwrap();
    let answer = answer(stream);
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
}

fn packed(text: impl Iterator<Item = String>) -> Vec<u8> {
    let mut encoder = GzEncoder::new(vec![], Compression::fast());
    text.for_each(|text| encoder.write_all(text.as_bytes()).unwrap());
    encoder.finish().unwrap()
}

#[test]
fn names_of_files_columns_and_classes_are_text() {
    let served = Served::new(Lessons);
    let (mut socket, token) = page(&served, "/playground");
    let mut csv = "<script>alert(1)</script>,\"\"\"><img src=y onerror=alert(2)>\",kind\n".to_string();
    for row in 0..60 {
        csv.push_str(&format!(
            "{},{},{}\n",
            row % 10,
            row * 7 % 11,
            ["<b>red</b>", "&amp;", "'blue'"][row % 3]
        ));
    }
    drop_file(
        &served,
        &token,
        "%3Cimg%20src%3Dx%20onerror%3Dalert(3)%3E.csv",
        csv.as_bytes(),
    );
    let told = told(&mut socket, "&lt;img src=x onerror=alert(3)&gt;.csv");
    for attack in ["<script", "<img src", "<b>red"] {
        assert!(!told.contains(attack), "{attack}: {told}");
    }
    assert!(told.contains("&lt;script&gt;alert(1)"), "{told}");
}

#[test]
fn a_million_columns_and_a_bomb_are_refused_in_words() {
    let served = Served::new(Lessons);
    let (mut socket, token) = page(&served, "/playground");
    // Without optimization a million are read in a quarter of a minute.
    let columns = if cfg!(debug_assertions) { 100_000 } else { 1_000_000 };
    let names: Vec<String> = (0..columns).map(|column| format!("{column:x}")).collect();
    let wide = format!("{}\n{}\n", names.join(","), vec!["1"; names.len()].join(","));
    assert!(wide.len() < 8 << 20);
    drop_file(&served, &token, "wide.csv", wide.as_bytes());
    told(
        &mut socket,
        &format!("wide.csv has {columns} columns; at most 1000 are taken here"),
    );
    // Packed to next to nothing, and more text than there is room for.
    let bomb = packed(
        std::iter::once("a,b\n".to_string()).chain((0..40).map(|_| format!("1,{}\n", "x".repeat(8000)).repeat(128))),
    );
    assert!(bomb.len() < 1 << 20, "{}", bomb.len());
    drop_file(&served, &token, "bomb.csv.gz", &bomb);
    let trouble = told(&mut socket, "bomb.csv.gz");
    let words = ["longer than what is taken here", "made to fill the memory"];
    assert!(words.iter().any(|words| trouble.contains(words)), "{trouble}");
    // The page is as it was, and takes what is right.
    let rows: String = (0..50).map(|row| format!("{row},{}\n", row * row)).collect();
    drop_file(&served, &token, "squares.csv", format!("x,square\n{rows}").as_bytes());
    told(&mut socket, "squares.csv");
}

#[test]
fn nothing_is_read_for_a_page_that_is_not_open() {
    let served = Served::new(Lessons);
    // The file itself never comes: whoever waited for it would have no answer.
    let refused = answer(begin(&served, "0123", "x.csv", 8 << 20));
    assert!(refused.starts_with("HTTP/1.1 404"), "{refused}");
    let (_socket, token) = page(&served, "/playground");
    let refused = answer(begin(&served, &token, "x.csv", (8 << 20) + 1));
    assert!(refused.starts_with("HTTP/1.1 413"), "{refused}");
}

#[test]
fn only_so_many_files_come_at_once_and_half_a_file_is_none() {
    let served = Served::new(Lessons);
    let (mut socket, token) = page(&served, "/playground");
    let mut halves = vec![];
    let began = Instant::now();
    let refused = loop {
        let mut half = begin(&served, &token, "half.csv", 1000);
        half.write_all(b"a,b\n1,2\n").unwrap();
        half.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
        let mut first = [0; 12];
        match half.read_exact(&mut first) {
            Ok(()) => break String::from_utf8_lossy(&first).into_owned(),
            // It waits for the rest.
            Err(_) => halves.push(half),
        }
        assert!(halves.len() < 100 && began.elapsed() < PATIENCE, "without end");
    };
    assert_eq!(refused, "HTTP/1.1 503");
    drop(halves);
    let rows: String = (0..50).map(|row| format!("{row},{}\n", row * row)).collect();
    let whole = format!("x,square\n{rows}");
    // Their places are free once they are gone, and the page has seen nothing of them.
    let taken = || {
        let mut stream = begin(&served, &token, "whole.csv", whole.len());
        let _ = stream.write_all(whole.as_bytes());
        answer(stream).starts_with("HTTP/1.1 202")
    };
    while !taken() {
        assert!(began.elapsed() < PATIENCE);
        sleep(Duration::from_millis(50));
    }
    let told = told(&mut socket, "whole.csv");
    assert!(!told.contains("half.csv"), "{told}");
}
