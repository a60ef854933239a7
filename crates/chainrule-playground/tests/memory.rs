//! How much memory a run takes: none for a step, and little for its past. In a process of its own, where every allocation
//! is counted.
#![allow(clippy::unwrap_used)]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    sync::{
        Mutex,
        atomic::{AtomicIsize, AtomicUsize, Ordering::Relaxed},
    },
};

use chainrule_playground::{Data, Run, Setup};

static CALLS: AtomicUsize = AtomicUsize::new(0);
static BYTES: AtomicIsize = AtomicIsize::new(0);
/// The tests are counted together, so they go one after the other.
static TURN: Mutex<()> = Mutex::new(());

struct Counting;

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        CALLS.fetch_add(1, Relaxed);
        BYTES.fetch_add(layout.size() as isize, Relaxed);
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        BYTES.fetch_sub(layout.size() as isize, Relaxed);
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

fn run(pairs: &[(&str, &str)]) -> Run {
    let setup = Setup::from_pairs(pairs.iter().copied()).unwrap();
    let data = Data::open(&setup, None).unwrap();
    Run::new(setup, data).unwrap()
}

/// Works until a step, all at once.
fn until(run: &mut Run, step: usize) {
    run.seek(step);
    run.work(&mut || false).unwrap();
    assert_eq!(run.at(), step);
}

#[test]
fn a_step_asks_for_no_memory() {
    let _turn = TURN.lock();
    let mut run = run(&[("rows", "5000"), ("batch", "10"), ("optimizer", "adam")]);
    until(&mut run, 50); // history and recording are there
    let mut calls = |steps: usize| {
        let end = run.at() + steps;
        let before = CALLS.load(Relaxed);
        until(&mut run, end);
        CALLS.load(Relaxed) - before
    };
    // Between states that are kept, at every 16th step, and before the history grows at 64.
    let (one, more) = (calls(1), calls(12));
    assert_eq!(one, more);
}

/// The promise of the time machine, measured: 100,000 steps of a network with 337 parameters in less than 5 MB.
#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "100,000 steps take long without optimization: cargo test --release"
)]
fn a_hundred_thousand_steps_take_less_than_five_megabytes() {
    let _turn = TURN.lock();
    let mut run = run(&[
        ("data", "regression"),
        ("inputs", "x1,x2"),
        ("widths", "16,16"),
        ("optimizer", "adam"),
    ]);
    assert_eq!(run.weights().len(), 337);
    until(&mut run, 1);
    let before = BYTES.load(Relaxed);
    until(&mut run, 100_000);
    let taken = BYTES.load(Relaxed) - before;
    assert!(taken < 5_000_000, "{taken} bytes");
    assert!(
        run.memory() < 5_000_000 && run.memory() as isize > taken * 9 / 10,
        "{taken} bytes, said {}",
        run.memory()
    );
}

#[test]
fn a_large_network_has_few_states_and_every_step() {
    let _turn = TURN.lock();
    let pairs = [("widths", "256,256"), ("optimizer", "adam"), ("batch", "2")];
    let mut large = run(&pairs);
    until(&mut large, 1);
    let weights = large.weights().len() as isize;
    let before = BYTES.load(Relaxed);
    until(&mut large, 200);
    let taken = BYTES.load(Relaxed) - before;
    assert!(taken < 7 * weights * 3 * 8, "{taken} bytes for {weights} weights");
    until(&mut large, 101);
    let mut fresh = run(&pairs);
    until(&mut fresh, 101);
    assert_eq!(large.weights(), fresh.weights());
}
