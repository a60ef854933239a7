//! A training asks for memory when it begins and a little in each epoch, but never for a step.

#![allow(clippy::unwrap_used)]

mod tables;

use chainrule::{nn::activations, optim::optimizers};
use chainrule_learn::{ModelKind, Options, Table, fit};
use std::{
    alloc::{GlobalAlloc, Layout, System},
    ops::ControlFlow,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};
use tables::{houses, small};

/// Counts what the process asks for; there is one test.
struct Counting;

static ASKED: AtomicU64 = AtomicU64::new(0);

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ASKED.fetch_add(1, Relaxed);
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often an epoch asks for memory, with batches of so many rows. The first two are left out: in them shapes are
/// recorded, and a debug build compares.
fn asked_in_an_epoch(table: &Table, options: &Options, batch_size: usize) -> u64 {
    let mut options = options.clone();
    options.network.batch_size = Some(batch_size);
    let (mut before, mut least) = (0, u64::MAX);
    fit(table, &options, |progress| {
        let now = ASKED.load(Relaxed);
        if progress.epoch.number > 2 {
            least = least.min(now - before);
        }
        before = now;
        ControlFlow::Continue(())
    })
    .unwrap();
    least
}

#[test]
fn no_step_of_any_training_asks_for_memory() {
    let table = houses(100).table();
    for target in ["price", "size"] {
        let mut options = Options {
            model: Some(ModelKind::Mlp),
            folds: Some(0),
            ..small(target, &[5], 6)
        };
        options.network.patience = 100;
        let check = |options: &Options| {
            // One step in an epoch, or five to seven, the last of them shorter.
            let [one, many] = [1000, 11].map(|size| asked_in_an_epoch(&table, options, size));
            assert_eq!(one, many, "{options:?}");
            assert!(one < 100, "{one} for {options:?}");
        };
        for activation in activations() {
            for choice in optimizers::<f64>() {
                options.network.activation = activation.to_string();
                options.network.optimizer = choice.name.to_string();
                check(&options);
            }
        }
        for change in [
            |options: &mut Options| options.network.l1 = 0.01,
            |options: &mut Options| options.network.l2 = 0.01,
            |options: &mut Options| options.network.clip = Some(1.0),
            |options: &mut Options| options.network.dropout = 0.25,
        ] {
            let mut changed = options.clone();
            change(&mut changed);
            check(&changed);
        }
    }
}
