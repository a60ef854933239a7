//! The figures of the lesson `by-hand` against numpy's and scikit-learn's, and against what the notebook prints.
#![allow(clippy::unwrap_used)]

#[path = "golden/cases.rs"]
mod cases;

use cases::{Case, Tolerance, cases, figures, number};
use chainrule_lessons::{Figure, lesson};

fn golden() -> Vec<Case> {
    cases("by-hand", include_str!("golden/by-hand.json"))
}

fn scene(name: &str, seed: u32, controls: &[(&str, f64)]) -> Vec<Figure> {
    figures("by-hand", name, seed, controls)
}

/// How far a number may be from Python's, relative to its size.
const TOLERANCE: Tolerance = Tolerance {
    relative: 1e-12,
    least: 0.0,
};

#[test]
fn every_figure_is_numpys_and_so_is_what_is_right() {
    golden().iter().for_each(|case| case.check(TOLERANCE));
}

/// Whether the notebook printed the number in full, and not cut to eight decimals.
fn in_full(text: &str) -> bool {
    text.chars().filter(char::is_ascii_digit).count() >= 14
}

#[test]
fn what_the_notebook_prints_in_full_is_equal_as_text() {
    let mut compared = vec![];
    for scene in lesson("by-hand").unwrap().scenes {
        for figure in scene.figures(&scene.controls()).unwrap() {
            if let Some(printed) = figure.as_printed.as_ref().filter(|text| in_full(text)) {
                assert_eq!(&figure.computed.to_string(), printed, "{}: {}", scene.name, figure.name);
                compared.push(format!("{}: {}", scene.name, figure.name));
            }
        }
    }
    expect_test::expect![[r#"
        least-squares: R²
        least-squares: RMSE
        products: w1·x1 from printed digits
        forward-pass: RMSE
        training: RMSE after one row
        training: RMSE after epoch 1
        training: RMSE after epoch 2
        training: RMSE after epoch 3
        training: RMSE after epoch 4
        training: RMSE after epoch 5
        first-drop: RMSE before
        first-drop: RMSE after one row
        easy-problem: RMSE after one row
        easy-problem: RMSE after epoch 1
        easy-problem: RMSE after epoch 2
        easy-problem: RMSE after epoch 3
        easy-problem: w1
        easy-problem: w2
        easy-problem: w3
        easy-problem: w4
        easy-problem: w5
        easy-problem: w6
        easy-problem: c1
        easy-problem: c2"#]]
    .assert_eq(&compared.join("\n"));
}

#[test]
fn what_is_printed_is_shown_only_where_the_notebook_stood() {
    let printed = |figures: Vec<Figure>| figures.iter().filter(|figure| figure.as_printed.is_some()).count();
    for (name, control, value, count) in [
        ("data", "noise", 95.0, 11),
        ("least-squares", "noise", 95.0, 2),
        ("products", "row", 1.0, 14),
        ("training", "rate", 5e-5, 12),
        ("easy-problem", "epochs", 2.0, 14),
    ] {
        assert_eq!(printed(scene(name, 42, &[])), count, "{name}");
        assert_eq!(printed(scene(name, 7, &[])), 0, "{name}");
        assert_eq!(printed(scene(name, 42, &[(control, value)])), 0, "{name}");
    }
}

#[test]
fn no_training_is_better_than_the_floor_of_least_squares() {
    for seed in 0..20 {
        for rate in [5e-5, 1e-4] {
            let figures = scene("two-coefficients", seed, &[("rate", rate), ("epochs", 40.0)]);
            let [network, without, with] = [
                "RMSE",
                "RMSE of least squares without intercept",
                "RMSE of least squares with intercept",
            ]
            .map(|name| number(&figures, name));
            assert!(
                network >= without && without >= with,
                "seed {seed}: {network}, {without}, {with}"
            );
            assert!(
                network < 1.02 * without,
                "seed {seed}, rate {rate}: {network} after 40 epochs, {without}"
            );
        }
    }
}

#[test]
fn moving_all_weights_together_converges_where_the_notebooks_order_runs_away() {
    for seed in [0, 2, 6] {
        let figures = scene("easy-problem", seed, &[]);
        let away = number(&figures, "RMSE after epoch 3");
        assert!(away.is_nan() || away > 1e3, "seed {seed}: {away}");
        assert!(
            number(&figures, "RMSE after epoch 3, all together") < 1e-9,
            "seed {seed}"
        );
    }
}
