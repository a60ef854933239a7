//! The figures of the lesson `neuron` against numpy's, for several seeds and positions of the controls.
#![allow(clippy::unwrap_used)]

#[path = "golden/cases.rs"]
mod cases;

use cases::{Case, Tolerance, cases, figures, number};
use chainrule_lessons::Figure;

fn golden() -> Vec<Case> {
    cases("neuron", include_str!("golden/neuron.json"))
}

fn scene(name: &str, seed: u32, controls: &[(&str, f64)]) -> Vec<Figure> {
    figures("neuron", name, seed, controls)
}

/// How far a number may be from Python's, relative to its size.
const TOLERANCE: Tolerance = Tolerance {
    relative: 1e-12,
    least: 0.0,
};

#[test]
fn every_figure_is_numpys_and_so_is_what_is_right() {
    let cases = golden();
    let trained = cases.iter().filter(|case| case.place.starts_with("training"));
    assert!(trained.count() >= 30);
    cases.iter().for_each(|case| case.check(TOLERANCE));
}

#[test]
fn the_well_known_numbers_are_equal_as_text() {
    for (scene_name, name, text) in [
        ("neuron", "y", "0.9990889488055994"),
        ("network", "o1", "0.7216325609518421"),
        ("loss", "MSE", "0.5"),
        ("worked-derivative", "∂L/∂w1", "0.02146953526581111"),
    ] {
        assert_eq!(number(&scene(scene_name, 42, &[]), name).to_string(), text);
    }
}

#[test]
fn the_training_tells_every_tenth_loss_and_two_new_people() {
    let figures = scene("training", 42, &[]);
    let names: Vec<&str> = figures.iter().map(|figure| figure.name.as_str()).collect();
    let expected: Vec<String> = (0..100).map(|i| format!("loss@{}", 10 * i)).collect();
    assert_eq!(names[..100], expected);
    assert_eq!(names[100..], ["Emily", "Frank"]);
    let printed = figures.iter().filter(|figure| figure.as_printed.is_some());
    assert_eq!(printed.count(), 48);
    assert!(
        scene("training", 1, &[])
            .iter()
            .all(|figure| figure.as_printed.is_none())
    );
    assert!(
        scene("training", 42, &[("rate", 0.2)])
            .iter()
            .all(|figure| figure.as_printed.is_none())
    );
}

/// The bands are those of 20,000 seeds; one seed in ten may lie outside, give or take the luck of 100 seeds.
#[test]
fn most_runs_lie_in_the_known_bands() {
    let bands = [
        ("loss@0", 0.107, 0.490),
        ("loss@100", 0.0147, 0.0509),
        ("loss@450", 0.0033, 0.0064),
        ("loss@990", 0.0014, 0.0025),
        ("Emily", 0.946, 0.971),
        ("Frank", 0.037, 0.058),
    ];
    let runs: Vec<Vec<Figure>> = (500..600).map(|seed| scene("training", seed, &[])).collect();
    for (name, low, high) in bands {
        let inside = runs
            .iter()
            .filter(|run| (low..=high).contains(&number(run, name)))
            .count();
        assert!(inside >= 80, "{name}: {inside} of 100");
    }
}

#[test]
fn nobody_learns_from_raw_measurements() {
    for seed in 0..10 {
        let figures = scene("people", seed, &[]);
        assert!(number(&figures, "loss@999 with this shift") < 0.01, "seed {seed}");
        assert!(
            (number(&figures, "loss@999 without a shift") - 0.25).abs() < 1e-3,
            "seed {seed}"
        );
    }
}
