//! A training asks for memory when it begins and a little in each epoch, but never for a step.

#![allow(clippy::unwrap_used)]

mod tables;

use chainrule::{nn::activations, optim::optimizers};
use chainrule_learn::{ModelKind, Options, Table, fit};
use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
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

/// How often an epoch asks for memory at least with batches of so many rows: one that is not the best so far, and one that
/// is, whose weights are kept. The first two are left out: in them shapes are recorded, and a debug build compares.
fn asked_in_an_epoch(table: &Table, options: &Options, batch_size: usize) -> [Option<u64>; 2] {
    let mut options = options.clone();
    options.network.batch_size = Some(batch_size);
    let (mut before, mut least) = (0, [None; 2]);
    fit(table, &options, |progress| {
        let (now, epoch) = (ASKED.load(Relaxed), progress.epoch);
        if epoch.number > 2 {
            let least: &mut Option<u64> = &mut least[usize::from(epoch.best == epoch.number)];
            *least = Some(least.map_or(now - before, |least| least.min(now - before)));
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
    let compared = Cell::new(0);
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
            for (one, many) in one.into_iter().zip(many) {
                if let (Some(one), Some(many)) = (one, many) {
                    assert_eq!(one, many, "{options:?}");
                    compared.set(compared.get() + 1);
                }
            }
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
    assert!(compared.get() > 50, "{}", compared.get());
}
