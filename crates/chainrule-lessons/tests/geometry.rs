//! The figures of the lesson `geometry` against numpy's, for several seeds and positions of the controls.
#![allow(clippy::unwrap_used)]

#[path = "golden/cases.rs"]
mod cases;

use cases::{Tolerance, cases, figures, number};
use std::collections::BTreeSet;

/// How far a number may be from numpy's, relative to its size, or to 1 if it is smaller.
const TOLERANCE: Tolerance = Tolerance {
    relative: 1e-12,
    least: 1.0,
};

#[test]
fn every_figure_is_numpys_and_so_is_what_is_right() {
    let cases = cases("geometry", include_str!("golden/geometry.json"));
    assert!(cases.len() >= 60);
    let mut mistakes = BTreeSet::new();
    for case in &cases {
        case.check(TOLERANCE);
        let wrong = case.figures.iter().filter(|figure| figure.is_mistake());
        mistakes.extend(wrong.map(|figure| &figure.name));
    }
    assert_eq!(mistakes.len(), 7, "{mistakes:?}");
}

#[test]
fn the_loss_as_printed_is_shown_only_where_the_notebook_ran() {
    let printed =
        |seed, controls: &[(&str, f64)]| figures("geometry", "fit-by-hand", seed, controls)[0].as_printed.clone();
    assert_eq!(printed(42, &[]).as_deref(), Some("12.46"));
    assert_eq!(printed(1, &[]), None);
    assert_eq!(printed(42, &[("w", 1.0)]), None);
}

#[test]
fn eight_neurons_hardly_ever_get_stuck_two_sometimes_one_mostly() {
    let succeed = |hidden: f64| {
        let loss = |seed: u32| number(&figures("geometry", "train-a-net", seed, &[("hidden", hidden)]), "loss");
        (0..20).filter(|seed| loss(*seed) < 0.35).count()
    };
    let (one, two, eight) = (succeed(1.0), succeed(2.0), succeed(8.0));
    assert!(
        one < two && (12..20).contains(&two) && eight >= 19,
        "{one}, {two} and {eight} of 20"
    );
}
