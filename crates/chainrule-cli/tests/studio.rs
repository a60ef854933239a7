//! `chainrule studio` as a program: it says where it is, answers there, and says what to do where it cannot be.
#![allow(clippy::unwrap_used)]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
};

fn studio(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chainrule"));
    command
        .arg("studio")
        .arg("--no-open")
        .args(arguments)
        .stderr(Stdio::piped());
    command
}

/// A program that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn it_says_where_it_is_and_answers_there() {
    let mut running = Running(studio(&["--port", "0"]).spawn().unwrap());
    let mut said = String::new();
    BufReader::new(running.0.stderr.take().unwrap())
        .read_line(&mut said)
        .unwrap();
    let host = said.split("http://").nth(1).unwrap().split('/').next().unwrap();
    assert!(host.starts_with("127.0.0.1:"), "{said}");
    let mut stream = TcpStream::connect(host).unwrap();
    write!(
        stream,
        "GET /lessons/geometry/kink HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.contains("One line cannot fit a kink"),
        "{answer}"
    );

    let port = host.rsplit(':').next().unwrap();
    let second = studio(&["--port", port]).output().unwrap();
    let said = String::from_utf8(second.stderr).unwrap();
    assert_eq!(second.status.code(), Some(1));
    assert!(
        said.contains(&format!("port {port} of 127.0.0.1 is in use")) && said.contains("--port 0"),
        "{said}"
    );
}

#[test]
fn a_model_is_opened_on_its_rows() {
    let folder = tempfile::tempdir().unwrap();
    let (data, model) = (folder.path().join("rows.csv"), folder.path().join("model.safetensors"));
    let rows: String = (0..60).map(|i| format!("{}.25,{}\n", i * i, 3 * i * i + 1)).collect();
    std::fs::write(&data, format!("x,y\n{rows}")).unwrap();
    let (data, model) = (data.to_str().unwrap(), model.to_str().unwrap());
    let fitted = Command::new(env!("CARGO_BIN_EXE_chainrule"))
        .current_dir(folder.path())
        .args([
            "fit", data, "--target", "y", "--model", "linear", "--folds", "0", "--out", model,
        ])
        .output()
        .unwrap();
    assert!(fitted.status.success(), "{}", String::from_utf8_lossy(&fitted.stderr));
    let mut running = Running(studio(&[model, data, "--port", "0"]).spawn().unwrap());
    let mut said = String::new();
    BufReader::new(running.0.stderr.take().unwrap())
        .read_line(&mut said)
        .unwrap();
    let host = said.split("http://").nth(1).unwrap().split('/').next().unwrap();
    assert!(said.contains(&format!("{host}/model")), "{said}");
    let mut stream = TcpStream::connect(host).unwrap();
    write!(
        stream,
        "GET /model?row=11 HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    // The eleventh row: its y is on the line that was learned.
    assert!(
        answer.contains("The table says <b>301</b>") && answer.contains(">301</b>"),
        "{answer}"
    );

    for (arguments, wrong) in [
        (vec!["none.safetensors"], "none.safetensors could not be read"),
        (vec![model, "none.csv"], "none.csv"),
        (vec![data], "rows.csv"),
    ] {
        let refused = studio(&[arguments, vec!["--port", "0"]].concat()).output().unwrap();
        assert_eq!(refused.status.code(), Some(1));
        let said = String::from_utf8(refused.stderr).unwrap();
        assert!(said.contains(wrong), "{said}");
    }
}

#[test]
fn what_is_no_address_is_refused() {
    let refused = studio(&["--host", "example.org"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8(refused.stderr).unwrap().contains("example.org"));
}
