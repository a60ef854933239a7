//! Every target answers to files of the corpus that were changed at random: a few in every run, many when asked for.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

mod files;

use chainrule::Rng;
use chainrule_fuzz_targets::{Mutator, TARGETS, Target};
use std::{
    fs,
    panic::catch_unwind,
    time::{Duration, Instant},
};

/// More than any input of this size needs.
const SLOW: Duration = Duration::from_secs(10);

fn mutator(target: &str) -> Mutator {
    let corpus = files::corpus(target).into_iter().map(|(_, bytes)| bytes).collect();
    let words = fs::read_to_string(files::place("words").join(target)).unwrap();
    Mutator::new(corpus, &words)
}

/// Runs a target on the input of a seed; what breaks it is kept.
fn seeded(target: &str, run: Target, mutator: &Mutator, seed: u64) {
    let input = mutator.input(&mut Rng::new(seed));
    let timed = || {
        let begun = Instant::now();
        (catch_unwind(|| run(&input)).is_ok(), begun.elapsed())
    };
    let (mut answered, mut taken) = timed();
    // A machine that was busy with something else is not slow twice.
    if answered && taken > SLOW {
        (answered, taken) = timed();
    }
    if !answered || taken > SLOW {
        let folder = files::place("artifacts").join(target);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("seed-{seed}")), &input).unwrap();
        panic!("{target}: fuzz/artifacts/{target}/seed-{seed} after {taken:?}");
    }
}

#[test]
fn some_changed_files_have_an_answer() {
    for (target, run) in TARGETS {
        let mutator = mutator(target);
        (0..60).for_each(|seed| seeded(target, run, &mutator, seed));
    }
}

#[test]
fn the_same_seed_gives_the_same_input() {
    let mutator = mutator("csv");
    let input = |seed| mutator.input(&mut Rng::new(seed));
    assert_eq!(input(7), input(7));
    let different = (0..50).filter(|seed| input(*seed) != input(seed + 1)).count();
    assert!(different > 40);
}

/// `cargo test --release -p chainrule-fuzz-targets -- --ignored for_ten_minutes`; a target's name in `FUZZ_TARGET` runs that
/// one only, and a number in `FUZZ_SECONDS` another time.
#[test]
#[ignore = "ten minutes for each target"]
fn for_ten_minutes() {
    let asked = |name: &str| std::env::var(name).ok();
    let seconds = asked("FUZZ_SECONDS").map_or(600, |seconds| seconds.parse().unwrap());
    let first = asked("FUZZ_SEED").map_or(1000, |seed| seed.parse().unwrap());
    let mut broken = vec![];
    for (target, run) in TARGETS {
        if asked("FUZZ_TARGET").is_some_and(|only| only != target) {
            continue;
        }
        let (mutator, begun) = (mutator(target), Instant::now());
        let mut seed = first;
        while begun.elapsed() < Duration::from_secs(seconds) {
            if catch_unwind(|| seeded(target, run, &mutator, seed)).is_err() {
                broken.push(format!("{target}/seed-{seed}"));
            }
            seed += 1;
        }
        println!("{target}: {} inputs in {:?}", seed - first, begun.elapsed());
    }
    assert!(broken.is_empty(), "{broken:?}");
}
