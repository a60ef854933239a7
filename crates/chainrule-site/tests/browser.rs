//! The site in a real browser, from a server that knows nothing but files. Without a browser, or without the target
//! wasm32-unknown-unknown, it says so and is skipped.
#![allow(clippy::unwrap_used)]

#[path = "../../chainrule-studio/tests/browser/devtools.rs"]
#[allow(dead_code, reason = "the studio's own tests ask for more")]
mod devtools;

use chainrule_studio::{Lessons, Next, Page, Site};
use devtools::{Browser, Tab, kept};
use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::Command,
    thread,
};

/// Writes the site below `/chainrule/` of a folder; nothing where browsers cannot be compiled for.
fn site() -> Option<tempfile::TempDir> {
    let asked = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", "wasm32-unknown-unknown"])
        .output();
    let there = asked.is_ok_and(|said| {
        let place = String::from_utf8_lossy(&said.stdout).trim().to_string();
        said.status.success() && Path::new(&place).is_dir()
    });
    if !there {
        println!("SKIPPED: `rustup target add wasm32-unknown-unknown` gets what this test needs");
        return None;
    }
    let folder = tempfile::TempDir::new().unwrap();
    let written = Command::new(env!("CARGO_BIN_EXE_chainrule-site"))
        .arg(folder.path().join("chainrule"))
        .args(["--root", "/chainrule/"])
        .output()
        .unwrap();
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
    Some(folder)
}

/// Answers with files below a folder, as any web server does; where it listens.
fn serve(folder: PathBuf) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let folder = folder.clone();
            thread::spawn(move || give(&folder, &stream));
        }
    });
    host
}

fn give(folder: &Path, mut stream: &TcpStream) {
    let mut line = String::new();
    let mut reader = BufReader::new(stream);
    reader.read_line(&mut line).unwrap();
    let mut rest = String::new();
    while reader.read_line(&mut rest).is_ok_and(|count| count > 2) {
        rest.clear();
    }
    let path = line
        .split(' ')
        .nth(1)
        .unwrap_or("/")
        .split('?')
        .next()
        .unwrap()
        .trim_start_matches('/');
    let place = match folder.join(path) {
        place if place.is_dir() => place.join("index.html"),
        place => place,
    };
    let kind = match place.extension().and_then(|ending| ending.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        Some("svg") => "image/svg+xml",
        Some("wasm") => "application/wasm",
        _ => "text/plain",
    };
    let (status, bytes) = match fs::read(&place) {
        Ok(bytes) => ("200 OK", bytes),
        Err(_) => ("404 Not Found", vec![]),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        bytes.len()
    );
    let _ = stream.write_all(&[head.as_bytes(), &bytes].concat());
}

fn clean(tab: &mut Tab, host: &str) {
    tab.value("0");
    assert!(tab.errors.is_empty(), "{:#?}", tab.errors);
    let own = format!("http://{host}/chainrule/");
    for request in &tab.requests {
        // Maps of neurons are pictures within the page, files to keep are its own.
        let within = ["data:", "blob:"].iter().any(|kind| request.starts_with(kind));
        assert!(request.starts_with(&own) || within, "{request}");
    }
}

/// Lets a page go on until it rests, as a browser that takes each picture would.
fn rest(page: &mut dyn Page) {
    loop {
        match page.advance(&mut || false) {
            Next::Rest => return,
            Next::Frame => page.shown(),
            Next::More => {}
        }
    }
}

/// The model that the playground gives, without a browser, at the address with these values.
fn model(values: &[(&str, &str)]) -> Vec<u8> {
    let mut page = Lessons.open("/playground").unwrap();
    for (name, value) in values {
        page.set(name, value);
    }
    page.settle();
    rest(&mut *page);
    page.file("model").unwrap().bytes
}

const STEPS: &str = "+document.querySelector('.facts small').textContent.replace(/\\D/g, '')";

/// Waits until the training stands at a step, and all of it is drawn.
fn at(tab: &mut Tab, step: usize) {
    tab.until(&format!(
        "!busy && !waiting.size && document.querySelector('#looked').childElementCount > 0 && {STEPS} === {step}"
    ));
}

/// A training in the browser: an address with a step, play, pause, back in time, and its model to keep, to the bit that which
/// the same training gives without a browser.
fn a_training(tab: &mut Tab, address: &str, folder: &Path) {
    // A real table: toy data are made of sines, and the last digit of a sine is the machine's own.
    let setup = [("data", "iris"), ("widths", "3"), ("rate", "0.1"), ("look", "code")];
    let query: Vec<String> = setup.iter().map(|(name, value)| format!("{name}={value}")).collect();
    tab.go(&format!("{address}?{}&step=600", query.join("&")));
    at(tab, 600);
    let drawn = "document.querySelector('#network').innerHTML + document.querySelector('#output').innerHTML";
    tab.value(&format!("window.there = {drawn}"));
    let press = |tab: &mut Tab, what: &str| {
        tab.value(&format!("document.querySelector('{what}').click()"));
    };
    press(tab, ".run");
    tab.until(&format!("{STEPS} > 620 && {drawn} !== window.there"));
    press(tab, ".run");
    tab.until("!busy && !waiting.size && document.querySelector('.run').ariaLabel === 'Train'");
    tab.until(&format!("{STEPS} === +document.querySelector('#p-at').value"));
    let stopped = tab.number(STEPS) as usize;
    press(tab, "[data-add=do_steps]");
    at(tab, stopped + 1);
    press(tab, "[data-save=model]");
    let bytes = kept(&folder.join("model.safetensors"));
    let step = (stopped + 1).to_string();
    let expected = model(&[&setup[..], &[("step", step.as_str())]].concat());
    assert!(
        bytes == expected,
        "{} bytes in the browser, {} without one, and they differ",
        bytes.len(),
        expected.len()
    );
    tab.value(
        "(() => { const input = document.querySelector('#p-at'); input.value = '600'; \
         input.dispatchEvent(new Event('input', { bubbles: true })); })()",
    );
    at(tab, 600);
    assert_eq!(tab.value(&format!("{drawn} === window.there")), true, "back in time");
    tab.until("location.search.includes('step=600')");
}

/// The bench in the browser: a step, and its picture to keep.
fn the_bench(tab: &mut Tab, address: &str, folder: &Path) {
    tab.go(&format!("{address}?formula=a*b%2Bc&step=1"));
    tab.until("document.querySelector('#c-step').value === '1'");
    tab.value("window.before = document.querySelector('#graph').innerHTML; document.querySelector('#c-step').focus()");
    tab.key("ArrowRight");
    tab.until("document.querySelector('#graph').innerHTML !== window.before && location.search.includes('step=2')");
    tab.value("document.querySelector('a[download][href*=\"graph.svg\"]').click()");
    let picture = String::from_utf8(kept(&folder.join("graph.svg"))).unwrap();
    assert!(
        picture.starts_with("<svg") && picture.trim_end().ends_with("</svg>"),
        "{picture}"
    );
}

#[test]
fn pages_live_without_a_server() {
    let Some(mut browser) = Browser::start() else { return };
    let Some(folder) = site() else { return };
    let keep = tempfile::TempDir::new().unwrap();
    browser.keep_in(keep.path());
    let host = serve(folder.path().to_path_buf());
    let at_path = |path: &str| format!("http://{host}/chainrule{path}");

    // A scene: the slider moves picture and text, and the address says so; opened again it stands there.
    let mut tab = browser.open(&at_path("/lessons/geometry/one-neuron/"));
    let slide = "(() => { const input = document.querySelector('input[type=range][data-set=w]'); input.value = '1.5'; \
                 input.dispatchEvent(new Event('input', { bubbles: true })); })()";
    let before = tab.text("document.querySelector('.pictures').innerHTML");
    tab.value(slide);
    tab.until("document.querySelector('main').textContent.includes('1.5x')");
    assert_ne!(tab.text("document.querySelector('.pictures').innerHTML"), before);
    tab.until("location.search === '?w=1.5'");
    tab.go(&at_path("/lessons/geometry/one-neuron/?w=-0.5"));
    tab.until("document.querySelector('input[type=number][data-set=w]').value === '-0.5'");

    // Every link of the page leads to a file of the site.
    let links = tab.text(
        "Promise.all([...new Set([...document.querySelectorAll('a[href]')].map(a => a.href.split('#')[0]))] \
         .map(async href => (await fetch(href)).ok ? '' : href)).then(all => all.join(' ').trim())",
    );
    assert_eq!(links, "");
    clean(&mut tab, &host);

    // An exercise is checked in the browser.
    tab.go(&at_path("/exercises/x-in-the-sum/"));
    tab.value("document.querySelector('form[data-answer] input').value = '7 * 7 + nonsense'");
    tab.value("document.querySelector('form[data-answer]').requestSubmit()");
    tab.until("document.querySelector('#verdict').textContent.trim().length > 0");
    clean(&mut tab, &host);

    a_training(&mut tab, &at_path("/playground/"), keep.path());
    clean(&mut tab, &host);
    the_bench(&mut tab, &at_path("/bench/"), keep.path());
    clean(&mut tab, &host);
}
