//! Somebody who talks nonsense in every way there is.

use serde_json::Value;
use std::{
    fmt::Write as _,
    io::{Read, Write},
    net::{Shutdown, TcpStream},
};
use tungstenite::Message;

use super::{
    PATIENCE, Socket,
    nonsense::{Kindred, Random, file, pages},
    socket,
};

/// What came back.
#[derive(Debug, Default)]
pub struct Heard {
    /// Changes of a page, for messages that it took.
    pub answers: usize,
    /// What is wrong with a message.
    pub errors: usize,
    /// Hung up on, or no place.
    pub closed: usize,
    /// Answers to requests of other kinds.
    pub requests: usize,
    /// What should never be: the program broke, or said nothing.
    pub faults: Vec<String>,
}

impl Heard {
    pub fn add(&mut self, other: &Heard) {
        self.answers += other.answers;
        self.errors += other.errors;
        self.closed += other.closed;
        self.requests += other.requests;
        self.faults.extend(other.faults.iter().cloned());
    }
}

/// A rude one, with what it holds open.
pub struct Rude {
    host: String,
    random: Random,
    pages: Vec<Kindred>,
    talks: Vec<(usize, Socket)>,
    /// Those that take nothing of what they are sent.
    deaf: Vec<Socket>,
    /// Requests that are never finished.
    halves: Vec<TcpStream>,
    pub heard: Heard,
}

const MOST_TALKS: usize = 5;
const MOST_DEAF: usize = 3;
const MOST_HALVES: usize = 10;

impl Rude {
    pub fn new(host: String, seed: u64) -> Rude {
        Rude {
            host,
            random: Random(seed),
            pages: pages(),
            talks: vec![],
            deaf: vec![],
            halves: vec![],
            heard: Heard::default(),
        }
    }

    /// One more impertinence.
    pub fn round(&mut self) {
        match self.random.below(16) {
            0 => self.raw(),
            1 => self.half_a_request(),
            2 => self.request(),
            3 => self.deaf(),
            4 => self.crowd(),
            5 => self.file(),
            6 => self.frames(),
            _ => (0..3).for_each(|_| self.talk()),
        }
    }

    fn fault(&mut self, what: &str) {
        self.heard.faults.push(what.chars().take(1500).collect());
    }

    /// A page, the four large ones as often as all others together.
    fn page(&mut self) -> usize {
        let most = if self.random.below(2) == 0 { 4 } else { self.pages.len() };
        self.random.below(most)
    }

    /// A message on a socket that was open already, or on another one.
    fn talk(&mut self) {
        let place = self.random.below(MOST_TALKS);
        if place >= self.talks.len() {
            let page = self.page();
            match socket(&self.host, &self.pages[page].path) {
                Some(socket) => self.talks.push((page, socket)),
                None => self.heard.closed += 1,
            }
            return;
        }
        let (page, mut socket) = self.talks.swap_remove(place);
        // Now and then in the words of another page.
        let speaks = if self.random.below(10) == 0 { self.page() } else { page };
        let text = self.pages[speaks].message(&mut self.random);
        let message = match self.random.below(20) {
            0 => Message::binary(self.random.bytes(200)),
            1 => Message::Ping(self.random.bytes(100).into()),
            _ => Message::text(text.clone()),
        };
        let is_talk = !matches!(message, Message::Ping(_));
        let told = format!("{}: {text}", self.pages[page].path);
        if socket.send(message).is_err() {
            self.heard.closed += 1;
            return;
        }
        if self.random.below(30) == 0 {
            // Gone before the answer.
            return;
        }
        if !is_talk || self.answered(&mut socket, &told) {
            self.talks.push((page, socket));
        }
    }

    /// Reads until a message has its answer; whether the socket is still open.
    fn answered(&mut self, socket: &mut Socket, told: &str) -> bool {
        loop {
            let text = match socket.read() {
                Ok(Message::Text(text)) => text,
                Ok(_) => continue,
                Err(tungstenite::Error::Io(error)) if is_silence(&error) => {
                    self.fault(&format!("no answer: {told}"));
                    return false;
                }
                Err(_) => {
                    self.heard.closed += 1;
                    return false;
                }
            };
            let answer: Value = serde_json::from_str(&text).unwrap();
            if answer["frame"] == true {
                if self.random.below(2) == 0 && socket.send(Message::text("\"shown\"")).is_err() {
                    return false;
                }
                continue;
            }
            if !answer["fault"].is_null() {
                self.fault(&format!("a fault: {told}"));
                return false;
            }
            match answer["error"].is_null() {
                true => self.heard.answers += 1,
                false => self.heard.errors += 1,
            }
            return true;
        }
    }

    fn stream(&mut self) -> Option<TcpStream> {
        let stream = TcpStream::connect(&self.host).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).ok()?;
        stream.set_write_timeout(Some(PATIENCE)).ok()?;
        Some(stream)
    }

    /// Reads all there is until the other side hangs up.
    fn all(&mut self, mut stream: TcpStream, told: &str) -> String {
        let mut answer = vec![];
        match stream.read_to_end(&mut answer) {
            Err(error) if is_silence(&error) => self.fault(&format!("no answer: {told}")),
            _ => self.heard.requests += 1,
        }
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Bytes that are no request, and then no more.
    fn raw(&mut self) {
        let Some(mut stream) = self.stream() else { return };
        let bytes = self.random.bytes(4000);
        let _ = stream.write_all(&bytes);
        let _ = stream.shutdown(Shutdown::Write);
        self.all(stream, "random bytes");
    }

    /// The beginning of a request, which is left lying.
    fn half_a_request(&mut self) {
        let Some(mut stream) = self.stream() else { return };
        let whole = format!(
            "POST /tables?session=x HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nContent-Length: 1000000\r\n\r\nabc",
            self.host
        );
        let _ = stream.write_all(&whole.as_bytes()[..self.random.below(whole.len() + 1)]);
        if self.halves.len() == MOST_HALVES {
            self.halves.remove(0);
        }
        self.halves.push(stream);
    }

    /// A request for some page, file or socket, with some address.
    fn request(&mut self) {
        let Some(mut stream) = self.stream() else { return };
        let page = self.page();
        let (page, random) = (&self.pages[page], &mut self.random);
        let query = page.query(random);
        let method = random.one_of(&["GET", "GET", "GET", "GET", "HEAD", "POST", "BREW"]);
        let before = random.one_of(&[
            "",
            "",
            "",
            "/files/graph.svg",
            "/files/x",
            "/socket",
            "/saved",
            "/../..",
        ]);
        let path: String = page.path.chars().take(1 + random.below(60)).collect();
        let mut request = format!("{method} {before}{path}?{query} HTTP/1.1\r\nHost: {}\r\n", self.host);
        for _ in 0..random.below(4) {
            let name = random.one_of(&[
                "Origin",
                "Upgrade",
                "Content-Length",
                "Range",
                "Sec-WebSocket-Key",
                "Cookie",
            ]);
            let value = random.one_of(&["null", "websocket", "0", "99999999999999999999", "é", "bytes=0-0,-1"]);
            let _ = write!(request, "{name}: {value}\r\n");
        }
        request.push_str("Connection: close\r\n\r\n");
        let _ = stream.write_all(request.as_bytes());
        let _ = stream.shutdown(Shutdown::Write);
        let answer = self.all(stream, &request);
        if answer.starts_with("HTTP/1.1 500") {
            self.fault(&format!("a fault: {request}"));
        }
    }

    /// A training as fast as it can, and nobody who looks.
    fn deaf(&mut self) {
        if let Some(mut socket) = socket(&self.host, "/playground") {
            let _ = socket.send(Message::text(
                r#"[["speed","full"],["play","on"],["look","spread"],["widths","8,8"]]"#,
            ));
            // Each of these has an answer that fills the network.
            for look in ["rows", "code", "landscape", "loss"].repeat(5) {
                let _ = socket.send(Message::text(format!(
                    r#"[["look","{look}"],["reset","1"],["play","on"]]"#
                )));
            }
            if self.deaf.len() == MOST_DEAF {
                self.deaf.remove(0);
            }
            self.deaf.push(socket);
        }
    }

    /// Many at once, gone at once.
    fn crowd(&mut self) {
        let mut sockets = vec![];
        for _ in 0..1 + self.random.below(10) {
            let page = self.page();
            sockets.extend(socket(&self.host, &self.pages[page].path).map(|socket| (page, socket)));
        }
        for (page, socket) in &mut sockets {
            let text = self.pages[*page].message(&mut self.random);
            let _ = socket.send(Message::text(text));
            if self.random.below(3) == 0 {
                let _ = socket.get_mut().shutdown(Shutdown::Write);
            }
        }
        self.heard.closed += sockets.len();
    }

    /// A file that is none, on a page that takes files or does not.
    fn file(&mut self) {
        let page = self.page();
        let Some(mut socket) = socket(&self.host, &self.pages[page].path) else {
            return;
        };
        let path = self.pages[page].path.clone();
        if socket.send(Message::text("[]")).is_err() {
            return;
        }
        let Ok(Message::Text(text)) = socket.read() else { return };
        let answer: Value = serde_json::from_str(&text).unwrap();
        let token = answer["session"].as_str().unwrap_or_default();
        let body = file(&mut self.random);
        let Some(mut stream) = self.stream() else { return };
        let head = format!(
            "POST /tables?session={token}&name=%3Cb%3E.csv HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nContent-Length: {1}\r\n\
             Connection: close\r\n\r\n",
            self.host,
            body.len()
        );
        let _ = stream.write_all(head.as_bytes());
        let _ = stream.write_all(&body);
        let told = format!("{path} was given {:?}", String::from_utf8_lossy(&body));
        let said = self.all(stream, &told);
        if !said.starts_with("HTTP/1.1 202") {
            self.fault(&format!("{told}: {said}"));
        }
        if socket.send(Message::text("[]")).is_ok() {
            self.answered(&mut socket, &told);
        }
    }

    /// Frames that no browser would send on an open socket.
    fn frames(&mut self) {
        let page = self.page();
        let Some(mut socket) = socket(&self.host, &self.pages[page].path) else {
            return;
        };
        let random = &mut self.random;
        let bytes = match random.below(5) {
            // Without a mask; a length beyond everything; a part of nothing; an unknown kind; anything.
            0 => b"\x81\x05hello".to_vec(),
            1 => b"\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0abc".to_vec(),
            2 => b"\x80\x85\0\0\0\0hello".to_vec(),
            3 => b"\x8f\x80\0\0\0\0".to_vec(),
            _ => random.bytes(300),
        };
        let _ = socket.get_mut().write_all(&bytes);
        let _ = socket.get_mut().shutdown(Shutdown::Write);
        let path = self.pages[page].path.clone();
        self.answered(&mut socket, &format!("{path}: frame {bytes:?}"));
    }
}

fn is_silence(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
    )
}
