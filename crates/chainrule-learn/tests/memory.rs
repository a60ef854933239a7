//! A training asks for memory when it begins and a little in each epoch, but never for a step.

#![allow(clippy::unwrap_used)]

mod tables;

use chainrule::{nn::activations, optim::optimizers};
use chainrule_learn::{LinearOptions, ModelKind, NetworkOptions, Options, ScheduleName, Table, fit};
use std::{
    alloc::{GlobalAlloc, Layout, System},
    collections::BTreeMap,
    ops::ControlFlow,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};
use tables::{flats, houses, small};

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

/// What each choice of a network can be, one change for each, from the lists that the command line offers where it has one.
fn choices() -> Vec<(String, Change)> {
    // Everything there is to choose is named here, so that a new choice stops this from compiling until it is thought of.
    let Options {
        targets: _,  // every kind of target, see `tables`
        task: _,     // follows from it
        columns: _,  // what columns hold, before the training
        model: _,    // a linear model has no steps
        division: _, // which rows, before the training
        folds: _,    // every fold trains as the whole does
        weights: _,  // below
        balanced: _, // below
        linear: LinearOptions { alpha: _ },
        network,
        coverage: _, // after the training
        seed: _,
    } = Options::new("");
    let NetworkOptions {
        hidden: _,     // none to three layers, see the test
        activation: _, // below, as all from here on that says nothing else
        optimizer: _,
        learning_rate: _, // a number
        schedule: _,
        batch_size: _, // one batch and many with a short one at the end, see `asked_in_an_epoch`
        epochs: _,     // as few as are needed
        patience: _,   // none is left out
        l1: _,
        l2: _,
        dropout: _,
        clip: _,
        search: _, // tries a network after the other
    } = network;
    let mut all: Vec<(String, Change)> = vec![];
    let mut add = |name: &str, change: Change| all.push((name.to_string(), change));
    for name in activations() {
        add(
            name,
            Box::new(move |options| options.network.activation = name.to_string()),
        );
    }
    for schedule in ScheduleName::ALL {
        add(
            schedule.name(),
            Box::new(move |options| options.network.schedule = schedule),
        );
    }
    for name in optimizers::<f64>().into_iter().map(|choice| choice.name) {
        add(
            name,
            Box::new(move |options| options.network.optimizer = name.to_string()),
        );
        // What an optimizer remembers of a gradient that was shortened.
        add(
            &format!("{name}, clipped"),
            Box::new(move |options| {
                options.network.optimizer = name.to_string();
                options.network.clip = Some(0.5);
            }),
        );
    }
    add("l1", Box::new(|options| options.network.l1 = 0.01));
    add("l2", Box::new(|options| options.network.l2 = 0.01));
    add("dropout", Box::new(|options| options.network.dropout = 0.25));
    add(
        "weights",
        Box::new(|options| options.weights = Some("count".to_string())),
    );
    add("balanced", Box::new(|options| options.balanced = true));
    let everything: Change = Box::new(|options| {
        let network = &mut options.network;
        (network.l1, network.l2, network.dropout, network.clip) = (0.01, 0.01, 0.25, Some(1.0));
        network.schedule = ScheduleName::Plateau;
        options.weights = Some("count".to_string());
    });
    add("everything", everything);
    all
}

/// A change of some options.
type Change = Box<dyn Fn(&mut Options)>;

/// A table for each kind of target with its target: a number, several numbers, two classes, three classes; its column
/// `count` says how much a row counts.
fn targets() -> Vec<(Table, Vec<&'static str>)> {
    let counted = |mut cells: tables::Cells| {
        cells.header.push("count".to_string());
        for (i, row) in cells.rows.iter_mut().enumerate() {
            row.push((1 + i % 4).to_string());
        }
        cells.table()
    };
    vec![
        (counted(houses(100)), vec!["price"]),
        (counted(flats(100)), vec!["rent", "price"]),
        (counted(houses(100)), vec!["size"]),
        (counted(flats(100)), vec!["district"]),
    ]
}

#[test]
fn no_step_of_any_training_asks_for_memory() {
    let layers: [&[usize]; 4] = [&[], &[5], &[5, 4], &[5, 1, 3]];
    let mut compared: BTreeMap<String, usize> = BTreeMap::new();
    for (table, targets) in targets() {
        for (name, change) in choices() {
            // All depths are crossed with what has to do with layers; one is enough for each other choice.
            let depths = if name == "everything" || name == "dropout" {
                &layers[..]
            } else {
                &layers[2..3]
            };
            for &hidden in depths {
                let mut options = Options {
                    model: Some(ModelKind::Mlp),
                    folds: Some(0),
                    targets: targets.iter().map(ToString::to_string).collect(),
                    ..small("", hidden, 5)
                };
                options.network.patience = 100;
                change(&mut options);
                if hidden.is_empty() {
                    options.network.dropout = 0.0; // which is refused without neurons to leave out
                }
                if options.balanced && !["size", "district"].contains(&targets[0]) {
                    continue; // numbers have no classes to balance
                }
                // One step in an epoch, or five to seven, the last of them shorter.
                let [one, many] = [1000, 11].map(|size| asked_in_an_epoch(&table, &options, size));
                for (one, many) in one.into_iter().zip(many) {
                    if let (Some(one), Some(many)) = (one, many) {
                        assert_eq!(one, many, "{name}: {options:?}");
                        *compared.entry(name.clone()).or_default() += 1;
                    }
                }
            }
        }
    }
    let never: Vec<_> = choices()
        .into_iter()
        .map(|(name, _)| name)
        .filter(|name| !compared.contains_key(name))
        .collect();
    assert!(never.is_empty(), "{never:?}");
}
