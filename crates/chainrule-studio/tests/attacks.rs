//! What the studio must withstand, tried over real sockets.
#![allow(clippy::unwrap_used)]

mod served;

use chainrule_studio::{File, Lessons, Page, Part, Site, Studio, file_address};
use maud::html;
use served::Served;
use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};
use tungstenite::{Message, WebSocket, client::IntoClientRequest, http::StatusCode};

/// A page with one control, which breaks where it is told to.
struct Fragile(String);

impl Page for Fragile {
    fn title(&self) -> String {
        "fragile".to_string()
    }

    fn set(&mut self, _: &str, value: &str) {
        assert_ne!(value, "break", "told to");
        self.0 = value.to_string();
    }

    fn view(&self) -> Part {
        Part::new("main", "page").html(html! { p { (self.0) } })
    }

    fn file(&self, name: &str) -> Option<File> {
        (name == "words.txt").then(|| File {
            name: format!("{}.txt", self.0),
            media_type: "text/plain; charset=utf-8",
            bytes: self.0.clone().into_bytes(),
        })
    }
}

struct Pages;

impl Site for Pages {
    fn open(&self, path: &str) -> Option<Box<dyn Page>> {
        match path {
            "/" => Some(Box::new(Fragile("at first".to_string()))),
            _ => None,
        }
    }
}

/// The answer to an HTTP request, as it came.
fn asked(served: &Served, request: &str) -> String {
    let mut stream = TcpStream::connect(&served.host).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = vec![];
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn get(served: &Served, path: &str, host: &str) -> String {
    asked(
        served,
        &format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"),
    )
}

type Socket = WebSocket<TcpStream>;

/// Opens the socket of a page as a page from this origin would.
fn socket(served: &Served, origin: Option<&str>, host: Option<&str>) -> Result<Socket, StatusCode> {
    let mut request = format!("ws://{}/socket/", served.host).into_client_request().unwrap();
    let headers = request.headers_mut();
    if let Some(origin) = origin {
        headers.insert("Origin", origin.parse().unwrap());
    }
    if let Some(host) = host {
        headers.insert("Host", host.parse().unwrap());
    }
    let stream = TcpStream::connect(&served.host).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    match tungstenite::client(request, stream) {
        Ok((socket, _)) => Ok(socket),
        Err(tungstenite::HandshakeError::Failure(tungstenite::Error::Http(response))) => Err(response.status()),
        Err(error) => panic!("{error}"),
    }
}

fn own_socket(served: &Served) -> Socket {
    socket(served, Some(&format!("http://{}", served.host)), None).unwrap()
}

/// Sends a text and waits for what comes back; none where the other side has hung up.
fn exchange(socket: &mut Socket, text: &str) -> Option<String> {
    socket.send(Message::text(text)).ok()?;
    match socket.read().ok()? {
        Message::Text(text) => Some(text.to_string()),
        _ => None,
    }
}

#[test]
fn other_hosts_are_turned_away() {
    let served = Served::new(Pages);
    assert!(get(&served, "/", &served.host).starts_with("HTTP/1.1 200"));
    let port = served.port();
    for own in ["localhost", "LOCALHOST", "[::1]", "127.0.0.1"] {
        let answer = get(&served, "/", &format!("{own}:{port}"));
        assert!(answer.starts_with("HTTP/1.1 200"), "{own}: {answer}");
    }
    let with_port = [
        "[2001:db8::1]",
        "[::ffff:10.0.0.1]",
        "10.0.0.1",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "evil.example@127.0.0.1",
        "127.0.0.1@evil.example",
        "0.0.0.0",
        "127.1",
        "",
    ];
    let with_port = with_port.map(|name| format!("{name}:{port}"));
    let others = [
        "evil.example",
        "127.0.0.1:1",
        "127.0.0.1",
        "evil.example:80",
        "[::1]",
        "[::1",
        "é",
    ];
    for host in others.into_iter().chain(with_port.iter().map(String::as_str)) {
        let answer = get(&served, "/", host);
        let turned_away = answer.starts_with("HTTP/1.1 421") || answer.starts_with("HTTP/1.1 400");
        assert!(turned_away, "{host}: {answer}");
        assert!(!answer.contains("at first"), "{host}: {answer}");
    }
    // The right port does not make a name ours: this is how DNS rebinding comes along.
    let rebound = format!("evil.example:{}", served.port());
    assert!(get(&served, "/", &rebound).starts_with("HTTP/1.1 421"));
    assert_eq!(
        socket(&served, Some(&format!("http://{rebound}")), Some(&rebound)).unwrap_err(),
        421
    );
    assert!(
        !asked(&served, "GET / HTTP/1.0\r\n\r\n").contains("at first"),
        "no host at all"
    );
}

#[test]
fn sockets_open_for_own_pages_only() {
    let served = Served::new(Pages);
    assert!(socket(&served, Some(&format!("http://{}", served.host)), None).is_ok());
    let near = format!("http://localhost:{}", served.port());
    for origin in [
        Some("http://evil.example"),
        Some("null"),
        Some(near.as_str()),
        Some(""),
        None,
    ] {
        assert_eq!(
            socket(&served, origin, None).unwrap_err(),
            StatusCode::FORBIDDEN,
            "{origin:?}"
        );
    }
}

#[test]
fn nothing_can_be_posted_from_elsewhere() {
    let served = Served::new(Pages);
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"] {
        let request = |origin: &str| {
            let head = format!(
                "{method} / HTTP/1.1\r\nHost: {}\r\n{origin}Content-Length: 0\r\nConnection: close\r\n\r\n",
                served.host
            );
            asked(&served, &head)
        };
        assert!(request("").starts_with("HTTP/1.1 403"), "{method} without an origin");
        assert!(
            request("Origin: http://evil.example\r\n").starts_with("HTTP/1.1 403"),
            "{method}"
        );
        let own = format!("Origin: http://{}\r\n", served.host);
        assert!(
            request(&own).starts_with("HTTP/1.1 405"),
            "{method} from a page of its own"
        );
    }
}

#[test]
fn pages_elsewhere_may_link_here_and_no_more() {
    let served = Served::new(Lessons);
    let ask = |site: &str, wanted: &str, path: &str| {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nSec-Fetch-Site: {site}\r\nSec-Fetch-Dest: {wanted}\r\nConnection: close\r\n\r\n",
            served.host
        );
        asked(&served, &request)[..12].to_string()
    };
    for path in [
        "/",
        "/playground?rows=10000&widths=99,99",
        "/assets/studio.js",
        "/saved?session=0&name=model",
    ] {
        for site in ["cross-site", "same-site", "nonsense"] {
            for wanted in ["image", "iframe", "script", "empty", ""] {
                assert_eq!(
                    ask(site, wanted, path),
                    "HTTP/1.1 403",
                    "{path} as {wanted:?} from {site}"
                );
            }
        }
    }
    assert_eq!(
        ask("cross-site", "document", "/bench?formula=a*b"),
        "HTTP/1.1 200",
        "a link"
    );
    assert_eq!(ask("same-origin", "empty", "/bench"), "HTTP/1.1 200");
    assert_eq!(ask("none", "document", "/bench"), "HTTP/1.1 200", "typed");
    assert_eq!(
        ask("cross-site", "document", "/files/graph.svg/bench"),
        "HTTP/1.1 403",
        "a link to work"
    );
}

#[test]
fn every_answer_forbids_what_is_inline_or_from_elsewhere() {
    let served = Served::new(Lessons);
    for path in [
        "/",
        "/lessons/geometry/one-neuron",
        "/exercises/multiply",
        "/bench",
        "/bench?formula=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&build=network",
        "/files/graph.svg/bench?formula=%3Cscript%3E",
        "/assets/studio.css",
        "/assets/studio.js",
        "/none",
    ] {
        let answer = get(&served, path, &served.host);
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let head = head.to_lowercase();
        let policy = head
            .lines()
            .find(|line| line.starts_with("content-security-policy:"))
            .unwrap();
        assert!(
            policy.contains("default-src 'none'") && policy.contains("script-src 'self';"),
            "{policy}"
        );
        assert!(
            !policy.contains("unsafe") && !policy.contains("http") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(head.contains("x-content-type-options: nosniff"), "{head}");
        // A picture to keep brings its own style, and is not shown as a page.
        if !path.starts_with("/assets") && !path.starts_with("/files") {
            for inline in ["<style", " style=", " onclick", " onload", "javascript:"] {
                assert!(!body.contains(inline), "{path}: {inline}");
            }
            assert_eq!(
                body.matches("<script").count(),
                body.matches("<script src=\"/assets/studio.js\">").count(),
                "{path}"
            );
        }
    }
}

#[test]
fn paths_lead_nowhere_but_to_pages() {
    let served = Served::new(Lessons);
    for path in [
        "/../Cargo.toml",
        "/assets/../Cargo.toml",
        "/assets/%2e%2e/%2e%2e/Cargo.toml",
        "/lessons/..%2f..%2fetc%2fpasswd",
        "/lessons/geometry/../../../../etc/passwd",
        "//etc/passwd",
        "/%2fetc%2fpasswd",
        "/assets/..%5c..%5cCargo.toml",
        "/lessons/geometry/%00",
        "/lessons/%c0%ae%c0%ae/passwd",
        "/model",
        "/exercises/my-exercise.toml",
    ] {
        assert!(get(&served, path, &served.host).starts_with("HTTP/1.1 404"), "{path}");
    }
}

#[test]
fn values_in_the_address_stay_text() {
    let served = Served::new(Lessons);
    let attack = "/exercises/multiply?answer=%22%3E%3Cscript%3Ealert(1)%3C/script%3E";
    let answer = get(&served, attack, &served.host);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(
        !answer.contains("<script>") && answer.contains("&lt;script&gt;"),
        "{answer}"
    );
    let moved = get(
        &served,
        "/lessons/geometry/one-neuron?w=1.5&b=NaN&none=1&seed=-3",
        &served.host,
    );
    assert!(moved.contains("1.5x + 0"), "the address moves the control");
}

#[test]
fn a_fault_ends_one_session_alone() {
    let served = Served::new(Pages);
    let (mut broken, mut beside) = (own_socket(&served), own_socket(&served));
    assert!(exchange(&mut broken, "[]").unwrap().contains("at first"));
    assert!(exchange(&mut beside, "[[\"x\",\"mine\"]]").unwrap().contains("mine"));
    let told = exchange(&mut broken, "[[\"x\",\"break\"]]").unwrap();
    assert!(told.contains("fault"), "{told}");
    assert_eq!(exchange(&mut broken, "[]"), None, "the session has ended");
    assert!(
        exchange(&mut beside, "[[\"x\",\"still here\"]]")
            .unwrap()
            .contains("still here")
    );
    assert!(get(&served, "/?x=break", &served.host).starts_with("HTTP/1.1 500"));
    assert!(
        get(&served, "/", &served.host).contains("at first"),
        "new pages open as before"
    );
}

#[test]
fn messages_that_make_no_sense_get_an_error_and_too_many_the_door() {
    let served = Served::new(Pages);
    let (mut rude, mut beside) = (own_socket(&served), own_socket(&served));
    // The storm has more of them.
    for text in [
        "",
        "nonsense",
        "{}",
        "[1]",
        "[[\"a\"]]",
        "[[\"a\",1]]",
        "[[[]]]",
        "null",
        "\u{0}",
    ] {
        let told = exchange(&mut rude, text).unwrap();
        assert!(told.contains("\"error\""), "{text:?}: {told}");
    }
    let many = format!("[{}]", vec!["[\"a\",\"b\"]"; 1000].join(","));
    assert!(exchange(&mut rude, &many).unwrap().contains("1000 values"));
    rude.send(Message::binary(vec![0, 159, 146, 150])).unwrap();
    assert!(rude.read().unwrap().to_text().unwrap().contains("only text"));
    assert!(
        exchange(&mut rude, "[[\"x\",\"in order\"]]")
            .unwrap()
            .contains("in order"),
        "one right message and all is well"
    );
    let endless = (0..100)
        .take_while(|_| exchange(&mut rude, "nonsense").is_some())
        .count();
    assert!((10..50).contains(&endless), "{endless}");
    assert!(exchange(&mut beside, "[[\"x\",\"mine\"]]").unwrap().contains("mine"));
}

#[test]
fn messages_have_a_size_and_sessions_a_number() {
    let served = Served::new(Pages);
    let mut large = own_socket(&served);
    let text = format!("[[\"x\",\"{}\"]]", "y".repeat(100_000));
    assert_eq!(exchange(&mut large, &text), None, "the session has ended");
    let mut open: Vec<Socket> = vec![];
    let refused = loop {
        match socket(&served, Some(&format!("http://{}", served.host)), None) {
            Ok(socket) => open.push(socket),
            Err(status) => break status,
        }
        assert!(open.len() < 1000, "without end");
    };
    assert_eq!(refused, StatusCode::SERVICE_UNAVAILABLE);
    assert!(open.len() >= 60, "{}", open.len());
    assert!(
        exchange(&mut open[0], "[[\"x\",\"as before\"]]")
            .unwrap()
            .contains("as before")
    );
}

#[test]
fn a_file_is_the_page_that_its_address_says() {
    let served = Served::new(Pages);
    let address = file_address("words.txt", "/", &[("x".to_string(), "a b\"\r\nc".to_string())]);
    let answer = get(&served, &address, &served.host);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{answer}");
    let head = head.to_lowercase();
    assert!(
        head.contains("content-disposition: attachment; filename=\"a-b---c.txt\""),
        "{head}"
    );
    assert!(head.contains("content-type: text/plain; charset=utf-8"), "{head}");
    assert!(head.contains("x-content-type-options: nosniff"), "{head}");
    assert_eq!(body, "a b\"\r\nc");
}

#[test]
fn files_are_for_own_pages_and_only_those_that_a_page_has() {
    let served = Served::new(Pages);
    for path in [
        "/files/",
        "/files/words.txt",
        "/files/none.txt/",
        "/files/words.txt/none",
        "/files/words.txt/../../etc/passwd",
        "/files/..%2f..%2fetc%2fpasswd/",
        "/files//",
    ] {
        let answer = get(&served, path, &served.host);
        assert!(answer.starts_with("HTTP/1.1 404"), "{path}: {answer}");
    }
    let fault = get(&served, "/files/words.txt/?x=break", &served.host);
    assert!(fault.starts_with("HTTP/1.1 500"), "{fault}");
    let ask = |method: &str, more: &str| {
        let head = format!(
            "{method} /files/words.txt/ HTTP/1.1\r\nHost: {}\r\n{more}Connection: close\r\n\r\n",
            served.host
        );
        asked(&served, &head)
    };
    assert!(ask("GET", "Sec-Fetch-Site: same-origin\r\n").starts_with("HTTP/1.1 200"));
    assert!(ask("GET", "Sec-Fetch-Site: none\r\n").starts_with("HTTP/1.1 200"));
    for from in ["cross-site", "same-site", "nonsense"] {
        let answer = ask("GET", &format!("Sec-Fetch-Site: {from}\r\n"));
        assert!(answer.starts_with("HTTP/1.1 403"), "{from}: {answer}");
    }
    let own = format!("Origin: http://{}\r\nContent-Length: 0\r\n", served.host);
    assert!(ask("POST", &own).starts_with("HTTP/1.1 405"));
    assert!(get(&served, "/files/words.txt/", "evil.example").starts_with("HTTP/1.1 421"));
}

#[test]
fn a_port_in_use_is_said_with_what_to_do() {
    let served = Served::new(Pages);
    let error = Studio::bind("127.0.0.1".parse().unwrap(), served.port())
        .err()
        .unwrap()
        .to_string();
    assert!(error.contains("in use") && error.contains("--port"), "{error}");
    let error = Studio::bind("192.0.2.1".parse().unwrap(), 0).err().unwrap().to_string();
    assert!(error.contains("192.0.2.1") && error.contains("--host"), "{error}");
}
