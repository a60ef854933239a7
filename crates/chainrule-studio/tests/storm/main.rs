//! Whoever sends nonsense gets errors, whatever it is and however much, and the pages beside are as if nobody had.
//!
//! A short storm is in the suite. `cargo test --release -p chainrule-studio --test storm -- --ignored --nocapture` goes on for a
//! minute.
#![allow(clippy::unwrap_used)]

mod beside;
mod nonsense;
mod rude;
#[path = "../served/mod.rs"]
mod served;

use beside::Beside;
use chainrule_learn::{ModelKind, Options, Reader, fit, open};
use chainrule_studio::OpenModel;
use rude::{Heard, Rude};
use served::Served;
use std::{
    fs,
    net::TcpStream,
    ops::ControlFlow,
    thread,
    time::{Duration, Instant},
};
use tungstenite::{WebSocket, client::IntoClientRequest};

type Socket = WebSocket<TcpStream>;

/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);
/// So many talk nonsense at once.
const RUDE: u64 = 3;
/// The memory that may be in use after a storm beyond what was before, in MiB. Pages of the rude ones are still open then, and
/// what the tests themselves hold counts, too.
const MOST_MEMORY: u64 = 1024;

/// All pages, that of a model among them.
fn site() -> OpenModel {
    let table = open("iris", &Reader::new()).unwrap();
    let mut options = Options::new("species");
    options.model = Some(ModelKind::Mlp);
    options.folds = Some(0);
    options.network.hidden = vec![4];
    options.network.epochs = 5;
    let model = fit(&table, &options, |_| ControlFlow::Continue(())).unwrap().model;
    OpenModel::new(model, Some(table)).unwrap()
}

/// The socket of a page; none where it was refused.
fn socket(host: &str, path: &str) -> Option<Socket> {
    let mut request = format!("ws://{host}/socket{path}").into_client_request().ok()?;
    let origin = format!("http://{host}").parse().ok()?;
    request.headers_mut().insert("Origin", origin);
    let stream = TcpStream::connect(host).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    stream.set_write_timeout(Some(PATIENCE)).ok()?;
    Some(tungstenite::client(request, stream).ok()?.0)
}

/// What this process holds, in MiB; none on a system that does not say it so.
fn memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1024)
}

/// Threads of pages.
fn page_threads() -> Option<usize> {
    let tasks = fs::read_dir("/proc/self/task").ok()?;
    let names = tasks.filter_map(|task| fs::read_to_string(task.ok()?.path().join("comm")).ok());
    Some(names.filter(|name| name.trim() == "page").count())
}

/// Waits until this is so.
fn until(what: &str, mut so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !so() {
        assert!(began.elapsed() < PATIENCE, "it never came to be: {what}");
        thread::sleep(Duration::from_millis(50));
    }
}

/// Lets the rude ones talk until `enough` of their rounds, and uses pages beside them all the while.
fn storm(enough: impl Fn(usize) -> bool + Clone + Send + 'static) {
    let served = Served::new(site());
    let mut beside = Beside::open(&served.host);
    (0..3).for_each(|_| beside.go_on());
    let before = memory();
    let rude: Vec<_> = (1..=RUDE)
        .map(|seed| {
            let (host, enough) = (served.host.clone(), enough.clone());
            thread::spawn(move || {
                let mut rude = Rude::new(host, seed);
                let rounds = (0..).take_while(|round| !enough(*round)).map(|_| rude.round()).count();
                (rude, rounds)
            })
        })
        .collect();
    let mut turns = 0;
    while rude.iter().any(|rude| !rude.is_finished()) || turns < 20 {
        beside.go_on();
        turns += 1;
    }
    let after = memory();
    let rude: Vec<(Rude, usize)> = rude.into_iter().map(|rude| rude.join().unwrap()).collect();
    let mut heard = Heard::default();
    let mut rounds = 0;
    for (rude, own) in &rude {
        heard.add(&rude.heard);
        rounds += own;
    }
    println!("{rounds} rounds of nonsense: {heard:?}");
    println!("{turns} turns of the pages beside; memory {before:?} MiB before, {after:?} MiB after");
    // Errors, and no faults.
    assert!(heard.faults.is_empty(), "{:#?}", heard.faults);
    assert!(heard.errors > rounds / 20 && heard.answers > rounds / 20, "{heard:?}");
    if let (Some(before), Some(after)) = (before, after) {
        assert!(after < before + MOST_MEMORY, "{before} MiB became {after} MiB");
    }
    // Whoever goes leaves nothing behind: no thread, no place.
    drop(rude);
    until("no page but those beside goes on", || {
        page_threads().is_none_or(|threads| threads <= Beside::PAGES)
    });
    let mut places = vec![];
    until("all places are free", || {
        places.extend(socket(&served.host, "/lessons/geometry/one-neuron"));
        places.len() + Beside::PAGES >= 64
    });
    drop(places);
    until("a place is free again", || beside.is_as_if_alone(&served.host));
}

#[test]
fn a_storm_of_nonsense_disturbs_nobody() {
    let rounds = if cfg!(debug_assertions) { 20 } else { 200 };
    storm(move |round| round >= rounds);
}

#[test]
#[ignore = "a minute: cargo test --release -p chainrule-studio --test storm -- --ignored --nocapture"]
fn a_minute_of_nonsense_disturbs_nobody() {
    let began = Instant::now();
    storm(move |_| began.elapsed() >= Duration::from_secs(60));
}
