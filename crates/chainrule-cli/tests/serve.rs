//! `serve`: over real sockets, with clients of every kind.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

mod program;

use program::{Folder, houses};
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{Shutdown, TcpStream},
    process::{Child, Command, ExitStatus, Stdio},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

/// A server, stopped with the test.
struct Server {
    child: Child,
    address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An answer.
#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl Server {
    fn start(folder: &Folder, options: &[&str]) -> Server {
        let arguments = [&["serve", "model.safetensors", "--port", "0"], options].concat();
        let mut child = folder
            .command(&arguments)
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = String::new();
        BufReader::new(child.stderr.take().unwrap())
            .read_line(&mut said)
            .unwrap();
        let address = said
            .strip_prefix("serving model.safetensors at http://")
            .unwrap_or_else(|| panic!("{said}"));
        let address = address.split(": ").next().unwrap().to_string();
        Server { child, address }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream
    }

    /// Sends bytes as they are, on a connection of their own.
    fn send(&self, bytes: &[u8]) -> Answer {
        let mut stream = self.connect();
        // Whoever refuses may do so before it has everything.
        let _ = stream.write_all(bytes);
        answer(&mut BufReader::new(stream))
    }

    fn post(&self, kind: &str, body: &str) -> Answer {
        self.send(&post(kind, body))
    }

    fn get(&self, path: &str) -> Answer {
        self.send(format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes())
    }

    fn signal(&self, name: &str) {
        let done = Command::new("kill")
            .args([name, &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(done.success());
    }

    /// What it holds of the machine's memory, in KiB.
    fn memory(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    fn ended(mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

fn post(kind: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n{body}")
        .into_bytes()
}

/// Reads one answer; the connection may stay open.
fn answer(stream: &mut BufReader<TcpStream>) -> Answer {
    let mut head = String::new();
    loop {
        let before = head.len();
        stream
            .read_line(&mut head)
            .unwrap_or_else(|error| panic!("{error} after {head:?}"));
        if head.len() == before || head.ends_with("\r\n\r\n") {
            break;
        }
    }
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.parse().unwrap())
    });
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).unwrap();
    Answer {
        status: status.unwrap_or_else(|| panic!("no answer: {head:?}")),
        head,
        body: String::from_utf8(body).unwrap(),
    }
}

fn fitted(target: &str) -> Folder {
    let folder = Folder::new();
    folder.write("t.csv", houses(60));
    folder
        .run(&["fit", "t.csv", "--target", target, "--model", "mlp", "--epochs", "3"])
        .done();
    folder
}

const CSV: &str = "x,color,size,price\n1,red,small,103\n2.5,pink,large,106.25\n,green,small,\n1e1,blue,,7\n";

fn rows() -> Value {
    json!([
        {"x": 1, "color": "red", "size": "small", "price": 103, "more": [1, {}]},
        {"price": 106.25, "x": "2.5", "color": "pink", "size": "large"},
        {"x": null, "color": "green", "size": "small", "price": "NA"},
        {"x": 10.0, "color": " blue ", "size": null, "price": 7},
    ])
}

#[test]
fn the_answers_are_those_of_predict() {
    for target in ["size", "price"] {
        let folder = fitted(target);
        folder.write("new.csv", CSV);
        let table = folder.run(&["predict", "model.safetensors", "new.csv"]).done().stdout;
        let expected: Vec<Value> = table
            .lines()
            .skip(1)
            .map(|line| {
                let cells: Vec<&str> = line.split(',').collect();
                let number = |cell: &str| cell.parse::<f64>().unwrap();
                match target {
                    "price" => {
                        json!({"prediction": number(cells[4]), "interval": [number(cells[5]), number(cells[6])]})
                    }
                    _ => json!({
                        "label": cells[4],
                        "probabilities": {"large": number(cells[5]), "small": number(cells[6])},
                        "set": cells[7].split(" | ").filter(|name| !name.is_empty()).collect::<Vec<_>>(),
                    }),
                }
            })
            .collect();
        let server = Server::start(&folder, &[]);
        let from_json = server.post("application/json; charset=utf-8", &rows().to_string());
        assert_eq!(from_json.status, 200, "{from_json:?}");
        assert!(from_json.head.contains("content-type: application/json"));
        assert_eq!(from_json.json()["predictions"], json!(expected));
        let from_csv = server.post("text/csv", CSV).json();
        assert_eq!(from_csv["predictions"], json!(expected));
        let pink = json!({"column": "color", "cells": 1, "what": "a category that no training row has", "value": "pink",
            "counts_as": "none of the categories", "row": 2});
        assert!(
            from_json.json()["notes"].as_array().unwrap().contains(&pink),
            "{}",
            from_json.body
        );
        assert!(
            from_csv["notes"]
                .as_array()
                .unwrap()
                .iter()
                .any(|note| note["value"] == "pink" && note["line"] == 3)
        );
        for (row, expected) in rows().as_array().unwrap().iter().zip(&expected) {
            let one = server.post("application/json", &row.to_string()).json();
            assert_eq!(one["predictions"], json!([expected]));
        }
        assert_eq!(
            server.post("application/json", "[]").json(),
            json!({"predictions": [], "notes": []})
        );
    }
}

#[test]
fn several_targets_are_answered_by_name() {
    let folder = fitted("x,price");
    let csv = "color,size\nred,small\npink,large\n,small\n";
    folder.write("new.csv", csv);
    let table = folder.run(&["predict", "model.safetensors", "new.csv"]).done().stdout;
    let mut lines = table.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let place = |name: &str| header.iter().position(|column| *column == name).unwrap();
    let answer = |line: &str| {
        let cell = |name: &str| line.split(',').nth(place(name)).unwrap().parse::<f64>().unwrap();
        json!({
            "prediction": {"x": cell("predicted_x"), "price": cell("predicted_price")},
            "interval": {"x": [cell("low_x"), cell("high_x")], "price": [cell("low_price"), cell("high_price")]},
        })
    };
    let expected: Vec<Value> = lines.map(answer).collect();
    assert_eq!(expected.len(), 3);
    let server = Server::start(&folder, &[]);
    assert_eq!(server.post("text/csv", csv).json()["predictions"], json!(expected));
    let one = server
        .post("application/json", r#"{"color": "red", "size": "small"}"#)
        .json();
    assert_eq!(one["predictions"], json!([expected[0]]));
    assert_eq!(server.get("/health").json()["target"], json!(["x", "price"]));
    let schema = server.get("/schema").json();
    assert_eq!(schema["info"]["title"], "Predictions of x, price");
    assert_eq!(
        schema["components"]["schemas"]["Row"]["required"],
        json!(["color", "size"])
    );
    let answers = &schema["components"]["schemas"]["Answers"]["properties"]["predictions"]["items"];
    let number = json!({"type": "number"});
    let by_name = json!({"type": "object", "properties": {"x": number, "price": number}, "required": ["x", "price"]});
    assert_eq!(answers["properties"]["prediction"], by_name);
    let ends = &answers["properties"]["interval"]["properties"]["price"];
    assert_eq!((&ends["type"], &ends["minItems"]), (&json!("array"), &json!(2)));
}

#[test]
fn the_server_describes_itself() {
    let folder = fitted("size");
    let server = Server::start(&folder, &[]);
    let health = server.get("/health");
    assert_eq!(
        (health.status, &health.json()["status"], &health.json()["target"]),
        (200, &json!("ok"), &json!("size"))
    );
    let schema = server.get("/schema").json();
    assert_eq!(schema["openapi"], "3.1.0");
    let row = &schema["components"]["schemas"]["Row"];
    assert_eq!(row["required"], json!(["x", "color", "price"]));
    assert_eq!(row["properties"]["color"]["examples"], json!(["blue", "green", "red"]));
    let answer = &schema["components"]["schemas"]["Answers"]["properties"]["predictions"]["items"]["properties"];
    assert_eq!(answer["label"]["enum"], json!(["large", "small"]));
    assert_eq!(
        answer["set"]["description"],
        "holds the truth with a probability of 0.9"
    );
    // Every reference leads somewhere.
    for reference in schema.to_string().split("\"$ref\":\"").skip(1) {
        let path = reference.split('"').next().unwrap().strip_prefix('#').unwrap();
        assert!(schema.pointer(path).is_some(), "{path}");
    }
    // Two servers cannot share a port.
    let port = server.address.rsplit(':').next().unwrap().to_string();
    let message = folder.refuses(&["serve", "model.safetensors", "--port", &port], 1);
    assert!(
        message.starts_with(&format!("error: 127.0.0.1:{port} cannot be used: ")),
        "{message}"
    );
}

#[test]
fn what_cannot_be_understood_is_named_by_row_and_column() {
    let folder = fitted("price");
    let server = Server::start(&folder, &["--max-rows", "5"]);
    let errors = |kind: &str, body: &str, status: u16| {
        let answer = server.post(kind, body);
        assert_eq!(answer.status, status, "{body}: {answer:?}");
        assert!(
            answer.head.contains("content-type: application/problem+json"),
            "{answer:?}"
        );
        let problem = answer.json();
        assert_eq!(problem["status"], json!(status));
        let list = problem["errors"].as_array().cloned().unwrap_or_default();
        let place = |error: &Value| error.get("row").or(error.get("line")).unwrap().clone();
        let errors: Vec<String> = (list.iter())
            .map(|error| {
                format!(
                    "{} {} {}",
                    place(error),
                    error["column"].as_str().unwrap(),
                    error["message"].as_str().unwrap()
                )
            })
            .collect();
        (problem["detail"].as_str().unwrap().to_string(), errors)
    };
    let (detail, found) = errors(
        "application/json",
        r#"[{"x": 1, "color": "red", "size": "small"}, {"x": "many", "size": [1], "size": 2}, {"x": 1e400, "color": "", "size": ""}]"#,
        422,
    );
    assert_eq!(detail, "cells cannot be understood as in training");
    let starts = [
        "2 size is a list or an object; ",
        "2 size is there twice; ",
        "2 color is not there; ",
        "2 x `many` is not a number",
        "3 x `1e400` is not a finite number",
    ];
    assert_eq!(found.len(), starts.len(), "{found:?}");
    for (found, start) in found.iter().zip(starts) {
        assert!(found.starts_with(start), "{found}");
    }
    let (_, found) = errors(
        "text/csv",
        "x,color,size\n1,red,small\nmany,red,small\n3,red,small\nfew,,\n",
        422,
    );
    assert!(
        found[0].starts_with("3 x `many` is not") && found[1].starts_with("5 x `few` is not"),
        "{found:?}"
    );
    let six = json!(vec![&rows()[0]; 6]).to_string();
    let six_lines = format!("x,color,size\n{}", "1,red,small\n".repeat(6));
    for (kind, body, status, words) in [
        ("application/json", "{\"x\": 1", 400, "EOF while parsing an object"),
        ("application/json", "", 400, "EOF while parsing a value"),
        (
            "application/json",
            "7",
            400,
            "expected an object with a value for each column, or a list of such objects",
        ),
        (
            "application/json",
            "[[1, 2]]",
            400,
            "expected an object with a value for each column at line 1",
        ),
        (
            "application/json",
            r#"{"x":1,"color":"","size":""}{}"#,
            400,
            "trailing characters",
        ),
        ("application/json", &"[".repeat(100_000), 400, "expected an object with"),
        (
            "application/json",
            &format!("{{\"a\":{}", "[".repeat(100_000)),
            400,
            "EOF while parsing a list",
        ),
        ("application/json", "\u{ff}", 400, "expected value"),
        ("text/csv", "", 400, "the body is empty"),
        ("text/csv", "x,color\n1,red\n", 400, "the body has no column `size`"),
        (
            "text/csv",
            "x,color,size\n1,red\n",
            400,
            "the body, line 2: the row has 2 cells",
        ),
        ("text/csv", "x,color,size\n", 400, "no rows"),
        ("text/csv", "x,color,size\n1,\"red,small\n", 400, "never closed"),
        ("text/plain", "x", 415, "application/json or text/csv"),
        ("application/json", &six, 413, "more than 5 rows"),
        ("text/csv", &six_lines, 413, "more than 5 rows"),
    ] {
        let (detail, _) = errors(kind, body, status);
        assert!(detail.contains(words), "{body:.60}: {detail}");
    }
    // Whoever sends CSV without a word is told which.
    let (detail, _) = errors("application/x-www-form-urlencoded", "x,color,size\n1,red,small\n", 400);
    assert!(
        detail.ends_with("; to send CSV, say Content-Type: text/csv"),
        "{detail}"
    );
    let (detail, _) = errors("application/json", "{\"x\": tru}", 400);
    assert!(!detail.contains("CSV"), "{detail}");
    // So far out that there may be an answer or none.
    let far = server.post("application/json", r#"{"x": 1e308, "color": "red", "size": "small"}"#);
    assert!([200, 422].contains(&far.status), "{far:?}");
    assert_eq!(server.get("/health").status, 200);
}

#[test]
fn cells_that_are_read_as_something_else_are_in_the_notes() {
    let folder = Folder::new();
    let row = |i: usize| format!("{:02}/{:02}/2024,${i},{}\n", 1 + i % 12, 1 + i % 28, 2 * i);
    let csv = format!("when,price,y\n{}", (0..80).map(row).collect::<String>());
    folder.write("t.csv", csv);
    let fit = |options: &str| {
        let line = format!("fit t.csv --target y --model linear --folds 0 --quiet --numeric price{options}");
        folder.run(&line.split(' ').collect::<Vec<_>>()).done();
        Server::start(&folder, &[])
    };
    let server = fit("");
    // Nobody said that the dates may be none.
    for (when, start) in [
        ("hello", "`hello` is not a date such as 2024-01-31"),
        (
            "31/12/2024",
            "`31/12/2024` has the day first, but the model was trained with dates that have the month first",
        ),
    ] {
        for (kind, body, place) in [
            (
                "application/json",
                json!([{"when": when, "price": 5}]).to_string(),
                "row",
            ),
            ("text/csv", format!("when,price\n{when},5\n"), "line"),
        ] {
            let answer = server.post(kind, &body);
            let error = &answer.json()["errors"][0];
            assert_eq!((answer.status, &error["column"]), (422, &json!("when")), "{answer:?}");
            assert_eq!(error[place], json!(if place == "row" { 1 } else { 2 }));
            assert!(error["message"].as_str().unwrap().starts_with(start), "{error}");
        }
    }
    let server = fit(" --date when");
    let rows = json!([{"when": "hello", "price": "$1,200"}, {"when": "01/02/2024", "price": "many"}]);
    let from_json = server.post("application/json", &rows.to_string()).json();
    let from_csv = server
        .post("text/csv", "when,price\nhello,\"$1,200\"\n01/02/2024,many\n")
        .json();
    assert_eq!(from_json["predictions"], from_csv["predictions"]);
    for (answer, place, first) in [(from_json, "row", 1), (from_csv, "line", 2)] {
        let notes = answer["notes"].as_array().unwrap();
        for (column, what, counts_as, value, number) in [
            ("when", "not a date", "missing", "hello", first),
            ("price", "a number with signs", "1200", "$1,200", first),
            ("price", "not a number", "missing", "many", first + 1),
        ] {
            let note = json!({"column": column, "cells": 1, "what": what, "counts_as": counts_as, "value": value,
                place: number});
            assert!(notes.contains(&note), "{note} in {notes:?}");
        }
    }
}

#[test]
fn whatever_is_sent_gets_an_answer_and_harms_nobody() {
    let folder = fitted("price");
    let server = Server::start(&folder, &["--max-body", "1", "--timeout", "1"]);
    let huge = "1,red,small\n".repeat(200_000);
    let good = post("text/csv", CSV);
    let chunked = |body: &str| {
        let mut bytes =
            b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\n"
                .to_vec();
        for piece in body.as_bytes().chunks(50_000) {
            bytes.extend(format!("{:x}\r\n", piece.len()).as_bytes());
            bytes.extend(piece);
            bytes.extend(b"\r\n");
        }
        bytes.extend(b"0\r\n\r\n");
        bytes
    };
    for (what, bytes, status) in [
        (
            "unknown path",
            b"GET /predictions HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(),
            404,
        ),
        (
            "wrong method",
            b"GET /predict HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(),
            405,
        ),
        (
            "wrong method",
            b"DELETE /health HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(),
            405,
        ),
        ("no HTTP", b"hello\r\n\r\n".to_vec(), 400),
        ("no text", vec![0xff; 100], 400),
        (
            "a length that is none",
            b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n".to_vec(),
            400,
        ),
        (
            "a huge head",
            [&b"GET / HTTP/1.1\r\nX: "[..], &vec![b'a'; 1 << 20]].concat(),
            431,
        ),
        ("a huge body", post("text/csv", &format!("x,color,size\n{huge}")), 413),
        ("a huge body in pieces", chunked(&format!("x,color,size\n{huge}")), 413),
        (
            "a promise only",
            b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n".to_vec(),
            413,
        ),
        ("pieces", chunked(CSV), 200),
        ("half a head", good[..30].to_vec(), 408),
        ("half a body", good[..good.len() - 5].to_vec(), 408),
    ] {
        let answer = server.send(&bytes);
        assert_eq!(answer.status, status, "{what}: {answer:?}");
        assert_eq!(server.get("/health").status, 200, "after {what}");
        if ![431, 200].contains(&status) && !what.starts_with("no ") && !what.contains("none") {
            assert!(answer.head.contains("application/problem+json"), "{what}: {answer:?}");
        }
    }
    let allowed = server.send(b"GET /predict HTTP/1.1\r\nHost: x\r\n\r\n");
    assert!(allowed.head.to_lowercase().contains("allow: post"), "{allowed:?}");
    // Who closes one half has said all there is to say.
    for (what, bytes, status) in [
        ("the whole request", &good[..], 200),
        ("half a body", &good[..good.len() - 5], 400),
        ("half a head", &good[..30], 400),
    ] {
        let mut stream = server.connect();
        stream.write_all(bytes).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let answer = answer(&mut BufReader::new(stream));
        assert_eq!(answer.status, status, "{what}: {answer:?}");
    }
    // Who closes both is not waited for; who says nothing is not answered.
    drop(server.connect());
    for length in [10, good.len() - 5] {
        server.connect().write_all(&good[..length]).unwrap();
    }
    let mut silent = String::new();
    server.connect().read_to_string(&mut silent).unwrap();
    assert_eq!(silent, "");
    assert_eq!(server.post("text/csv", CSV).status, 200);
}

#[test]
fn many_clients_at_a_time_get_their_own_answers() {
    let folder = fitted("size");
    let server = Server::start(&folder, &["--timeout", "30"]);
    let bodies: Vec<String> = (0..64)
        .map(|i| {
            json!([{"x": i, "color": "red", "price": 100 + i}, {"x": 60 - i, "color": "green", "price": 3 * i}])
                .to_string()
        })
        .collect();
    let alone: Vec<String> = bodies
        .iter()
        .map(|body| server.post("application/json", body).body)
        .collect();
    assert!(alone.windows(2).all(|pair| pair[0] != pair[1]));
    // Clients that never finish what they say, all the while.
    let lazy: Vec<TcpStream> = (0..32)
        .map(|i| {
            let mut stream = server.connect();
            stream
                .write_all(&post("application/json", &bodies[i])[..40 + i])
                .unwrap();
            stream
        })
        .collect();
    let right = AtomicUsize::new(0);
    thread::scope(|scope| {
        for (body, expected) in bodies.iter().zip(&alone) {
            let (right, server) = (&right, &server);
            scope.spawn(move || {
                let mut stream = BufReader::new(server.connect());
                for _ in 0..50 {
                    stream.get_mut().write_all(&post("application/json", body)).unwrap();
                    let answer = answer(&mut stream);
                    assert_eq!((answer.status, &answer.body), (200, expected));
                    right.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!(right.into_inner(), 64 * 50);
    drop(lazy);
}

/// `cargo test --release -p chainrule-cli --test serve -- --ignored --nocapture for_a_minute`
#[test]
#[ignore = "a minute"]
fn sixty_four_clients_for_a_minute_leave_the_memory_as_it_is() {
    let folder = fitted("size");
    let server = Server::start(&folder, &["--timeout", "30"]);
    let hostile = [
        &b"\x00\xff\xfe"[..],
        b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n[{",
    ];
    let (right, begun, minute) = (AtomicUsize::new(0), Instant::now(), Duration::from_secs(60));
    let mut memory = vec![];
    thread::scope(|scope| {
        for client in 0..64 {
            let (right, server) = (&right, &server);
            scope.spawn(move || {
                let rows: Vec<Value> = (0..1 + client % 20)
                    .map(|row| json!({"x": client, "color": "red", "price": 100 + row}))
                    .collect();
                let body = Value::from(rows).to_string();
                let expected = server.post("application/json", &body).body;
                while begun.elapsed() < minute {
                    let mut stream = BufReader::new(server.connect());
                    for _ in 0..100 {
                        stream.get_mut().write_all(&post("application/json", &body)).unwrap();
                        let answer = answer(&mut stream);
                        assert_eq!((answer.status, &answer.body), (200, &expected));
                        right.fetch_add(1, Ordering::Relaxed);
                    }
                    let _ = server.connect().write_all(hostile[client % 2]);
                }
            });
        }
        while begun.elapsed() < minute {
            thread::sleep(Duration::from_secs(5));
            memory.push(server.memory());
        }
    });
    println!(
        "{} right answers; memory every 5 s, in KiB: {memory:?}",
        right.into_inner()
    );
    // All buffers are there after the first seconds; what grows after that is lost.
    let (early, late) = (memory[1..4].iter().max().unwrap(), memory[8..].iter().max().unwrap());
    assert!(*late < early + early / 10, "{memory:?}");
}

#[test]
fn connections_beyond_the_most_wait_for_their_turn() {
    let folder = fitted("size");
    let server = Server::start(&folder, &["--max-connections", "1", "--timeout", "60"]);
    let first = server.connect();
    let answered = AtomicBool::new(false);
    thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            let status = server.get("/health").status;
            answered.store(true, Ordering::SeqCst);
            status
        });
        let mut first = BufReader::new(first);
        for _ in 0..20 {
            first
                .get_mut()
                .write_all(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
                .unwrap();
            assert_eq!(answer(&mut first).status, 200);
        }
        assert!(!answered.load(Ordering::SeqCst));
        drop(first);
        assert_eq!(waiting.join().unwrap(), 200);
    });
}

#[cfg(unix)]
#[test]
fn what_has_begun_is_finished_when_the_server_is_told_to_stop() {
    let folder = fitted("size");
    for signal in ["-TERM", "-INT"] {
        let server = Server::start(&folder, &["--timeout", "60"]);
        let (idle, mut busy) = (server.connect(), server.connect());
        let request = post("text/csv", CSV);
        busy.write_all(&request[..request.len() - 5]).unwrap();
        // The server has it when it answers somebody who came later.
        assert_eq!(server.get("/health").status, 200);
        thread::sleep(Duration::from_millis(200));
        server.signal(signal);
        thread::sleep(Duration::from_millis(300));
        busy.write_all(&request[request.len() - 5..]).unwrap();
        let answer = answer(&mut BufReader::new(busy));
        assert_eq!(answer.status, 200);
        assert!(answer.head.contains("connection: close"), "{answer:?}");
        drop(idle);
        let address = server.address.clone();
        assert_eq!(server.ended().code(), Some(0));
        assert!(TcpStream::connect(address).is_err());
    }
}
