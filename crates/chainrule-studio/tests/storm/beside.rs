//! The pages beside: each message gets its own answer, and the right one.

use serde_json::{Value, json};
use std::io::{Read, Write};
use tungstenite::Message;

use super::{PATIENCE, Socket, socket};

/// So many messages at most come before a step that was asked for is shown.
const MOST_MESSAGES: usize = 5;

/// A lesson, the bench and the playground in the hands of somebody who does nothing wrong.
pub struct Beside {
    lesson: Socket,
    bench: Socket,
    playground: Socket,
    token: String,
    turns: usize,
}

fn send(socket: &mut Socket, values: &[(&str, String)]) {
    socket.send(Message::text(json!(values).to_string())).unwrap();
}

fn next(socket: &mut Socket) -> Value {
    loop {
        if let Message::Text(text) = socket.read().unwrap() {
            return serde_json::from_str(&text).unwrap();
        }
    }
}

/// A small run that is the same for everybody.
fn playground(host: &str) -> Option<(Socket, String)> {
    let mut page = socket(host, "/playground")?;
    let values = [("rows", "40"), ("widths", "3"), ("rate", "0.1"), ("noise", "0.1")];
    send(&mut page, &values.map(|(name, value)| (name, value.to_string())));
    let token = next(&mut page)["session"].as_str()?.to_string();
    Some((page, token))
}

/// Asks for a step and waits until it is shown.
fn one_step(page: &mut Socket, step: usize) {
    send(page, &[("do_steps", "1".to_string())]);
    let mut answers = 0;
    for _ in 0..MOST_MESSAGES {
        let told = next(page);
        assert!(told["fault"].is_null() && told["error"].is_null(), "{told}");
        match told["frame"] == true {
            true => page.send(Message::text("\"shown\"")).unwrap(),
            false => answers += 1,
        }
        assert!(answers <= 1, "one message, one answer");
        if told["changes"].to_string().contains(&format!(">step {step}<")) && answers == 1 {
            return;
        }
    }
    panic!("step {step} is not shown after {MOST_MESSAGES} messages");
}

/// The model of a page as a file, to the last byte.
fn model(host: &str, token: &str) -> Vec<u8> {
    let mut stream = std::net::TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let path = format!("/saved?session={token}&name=model");
    let head = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = vec![];
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap();
    assert!(
        answer.starts_with(b"HTTP/1.1 200"),
        "{}",
        String::from_utf8_lossy(&answer[..end])
    );
    answer.split_off(end + 4)
}

impl Beside {
    /// How many pages that are.
    pub const PAGES: usize = 3;

    pub fn open(host: &str) -> Beside {
        let lesson = socket(host, "/lessons/geometry/one-neuron").unwrap();
        let mut bench = socket(host, "/bench").unwrap();
        send(&mut bench, &[("formula", "a*b".to_string()), (".b", "3".to_string())]);
        next(&mut bench);
        let (playground, token) = playground(host).unwrap();
        Beside {
            lesson,
            bench,
            playground,
            token,
            turns: 0,
        }
    }

    /// Moves something on each page. The next message is the answer, and the right one.
    pub fn go_on(&mut self) {
        self.turns += 1;
        let w = (self.turns % 99 + 1) as f64 / 10.0;
        send(&mut self.lesson, &[("w", w.to_string())]);
        let told = next(&mut self.lesson);
        assert!(
            told["changes"].to_string().contains(&format!("{w}x + 0")),
            "{w}: {told}"
        );
        send(&mut self.bench, &[(".a", self.turns.to_string())]);
        let told = next(&mut self.bench);
        let product = format!("{:.4}", 3.0 * self.turns as f64);
        assert!(told["changes"].to_string().contains(&product), "{product}: {told}");
        one_step(&mut self.playground, self.turns);
    }

    /// Whether the run has come to the very weights of one that nobody was beside; not yet where there is no place for one.
    pub fn is_as_if_alone(&mut self, host: &str) -> bool {
        let Some((mut alone, token)) = playground(host) else {
            return false;
        };
        (1..=self.turns).for_each(|step| one_step(&mut alone, step));
        assert_eq!(model(host, &self.token), model(host, &token));
        true
    }
}
