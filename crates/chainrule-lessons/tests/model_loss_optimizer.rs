//! The figures of the lesson `model-loss-optimizer` against numpy's and scikit-learn's, for several seeds and positions of
//! the controls; and what its prose claims.
#![allow(clippy::unwrap_used)]

#[path = "golden/cases.rs"]
mod cases;

use cases::{Tolerance, cases, number};
use chainrule_lessons::{Figure, Value};

fn figures(scene: &str, seed: u32, controls: &[(&str, f64)]) -> Vec<Figure> {
    cases::figures("model-loss-optimizer", scene, seed, controls)
}

fn figure<'f>(figures: &'f [Figure], name: &str) -> &'f Figure {
    figures
        .iter()
        .find(|figure| figure.name == name)
        .unwrap_or_else(|| panic!("there is no {name}"))
}

#[test]
fn every_figure_is_pythons_and_so_is_what_is_right() {
    for case in cases("model-loss-optimizer", include_str!("golden/model-loss-optimizer.json")) {
        // Hundreds of steps of a network let the last bits grow.
        let relative = if case.place.starts_with("evaluation") {
            1e-10
        } else {
            1e-12
        };
        case.check(Tolerance { relative, least: 1e-3 });
    }
}

const SEEDS: [u32; 6] = [42, 0, 1, 2, 3, 7];

fn count(figures: &[Figure], name: &str) -> u64 {
    match figure(figures, name).computed {
        Value::Count(count) => count,
        _ => panic!("{name} is no count"),
    }
}

fn right(figures: &[Figure], name: &str) -> f64 {
    match figure(figures, name).corrected {
        Some(Value::Number(number)) => number,
        _ => panic!("{name} has no right number"),
    }
}

#[test]
fn the_notebooks_printed_error_is_as_likely_as_any() {
    let errors: Vec<f64> = (0..300)
        .map(|seed| number(&figures("bad-guess", seed, &[]), "MSE"))
        .collect();
    let mean = errors.iter().sum::<f64>() / 300.0;
    let spread = (errors.iter().map(|error| (error - mean).powi(2)).sum::<f64>() / 300.0).sqrt();
    let told = figures("bad-guess", 42, &[]);
    // The mean of 300 is off by a spread / √300, the spread itself by about a 25th.
    assert!(
        (mean - number(&told, "expected MSE")).abs() < 4.0 * spread / 300f64.sqrt(),
        "{mean}"
    );
    assert!(
        (spread / number(&told, "spread of the MSE") - 1.0).abs() < 0.16,
        "{spread}"
    );
    let smaller = errors.iter().filter(|&&error| error < 702.42755).count();
    assert!(
        (15..285).contains(&smaller),
        "{smaller} of 300 seeds are below the printed figure"
    );
}

#[test]
fn what_the_notebook_prints_is_compared_only_where_its_controls_stand() {
    let printed =
        |seed, controls: &[(&str, f64)]| figure(&figures("bad-guess", seed, controls), "MSE").as_printed.clone();
    assert!(printed(42, &[]).is_some());
    assert!(printed(42, &[("w", 1.0)]).is_none());
    let arrived = |controls: &[(&str, f64)]| figures("descent-on-a-function", 42, controls);
    assert_eq!(
        figure(&arrived(&[]), "w at the end").computed.to_string(),
        "-1.4999999806458753"
    );
    assert!(figure(&arrived(&[("rate", 0.02)]), "w at the end").as_printed.is_none());
}

#[test]
fn a_descent_arrives_only_with_steps_that_are_short_enough() {
    let distance = |rate| {
        let figures = figures("descent-on-a-function", 42, &[("rate", rate), ("steps", 40.0)]);
        (number(&figures, "w at the end") + 1.5).abs()
    };
    assert_eq!(distance(0.5), 0.0);
    assert!(distance(0.9) < 11.5 && distance(1.0) == 11.5 && distance(1.1) > 1000.0);
    let loss = |rate| number(&figures("linear-regression", 42, &[("rate", rate)]), "loss at the end");
    assert!(loss(0.11) < 1.0 && loss(0.12) > 100.0);
}

#[test]
fn adamw_settles_elsewhere() {
    for seed in SEEDS {
        let figures = figures("optimizers", seed, &[("steps", 200.0)]);
        let least = number(&figures, "least MSE");
        assert!(number(&figures, "MSE of adamw") > least + 0.1);
        for name in ["sgd", "momentum", "rmsprop", "adagrad", "adam"] {
            let loss = number(&figures, &format!("MSE of {name}"));
            assert!(
                (least - 1e-9..least + 0.01).contains(&loss),
                "{name}: {loss}, least {least}"
            );
        }
    }
}

#[test]
fn the_engine_walks_as_the_plain_arithmetic_does() {
    use chainrule::{
        Graph,
        loss::{BceWithLogits, Loss},
    };
    let x = chainrule_numpy::linspace(-10.0, 10.0, 1000).unwrap();
    let uniform = chainrule_numpy::RandomState::new(42).rand(1000);
    let labels = x.iter().zip(uniform).map(|(x, u)| f64::from(2.0 * x + 1.0 + u > 0.0));
    let y: Vec<f64> = labels.collect();
    let (mut w, mut b) = (0.0, 0.0);
    for _ in 0..500 {
        let graph = Graph::new();
        let (leaf_w, leaf_b) = (graph.leaf(w), graph.leaf(b));
        let logits = graph.constant(&x) * leaf_w + leaf_b;
        let gradient = BceWithLogits.sum(logits, graph.constant(&y).into()).backward().unwrap();
        w -= 1e-4 * gradient[leaf_w];
        b -= 1e-4 * gradient[leaf_b];
    }
    let told = figures("logistic-regression", 42, &[("steps", 500.0)]);
    for (name, walked) in [("w", w), ("b", b)] {
        let plain = number(&told, name);
        assert!(
            (walked - plain).abs() < 1e-11 * plain.abs(),
            "{name}: {walked} by the engine, {plain} by hand"
        );
    }
}

#[test]
fn without_noise_no_weight_is_the_best() {
    let weight = |noise, steps| {
        let figures = figures("logistic-regression", 42, &[("noise", noise), ("steps", steps)]);
        number(&figures, "w")
    };
    assert!(weight(0.0, 5000.0) > weight(0.0, 2500.0) + 0.5);
}

#[test]
fn a_sum_over_more_rows_needs_a_shorter_step_and_a_mean_does_not() {
    for seed in SEEDS {
        let told = figures("summed-loss", seed, &[]);
        assert_eq!(count(&told, "steps that raise the loss, 100 rows"), 0, "seed {seed}");
        let rises = figure(&told, "steps that raise the loss, more rows");
        assert_eq!(rises.corrected, Some(Value::Count(0)), "seed {seed}");
        assert!(count(&told, &rises.name) >= 5, "seed {seed}: {}", rises.computed);
        let longer = number(&told, "slope of the sum, more rows") / number(&told, "slope of the sum, 100 rows");
        assert!((8.0..12.0).contains(&longer), "seed {seed}: {longer}");
    }
}

#[test]
fn the_training_rows_flatter_a_network() {
    let mut flattered = 0.0;
    for seed in SEEDS {
        let told = figures("evaluation", seed, &[]);
        assert!(right(&told, "loss") > 4.0 * number(&told, "loss"), "seed {seed}");
        assert!(
            right(&told, "loss") > 1.5 * number(&told, "best test loss on the way"),
            "seed {seed}"
        );
        flattered += number(&told, "accuracy") - right(&told, "accuracy");
    }
    assert!(flattered / SEEDS.len() as f64 > 0.1);
}

#[test]
fn the_leak_flatters_unless_there_are_no_outliers_or_no_penalty() {
    for seed in [42, 1000, 2000] {
        let told = figures("scaling", seed, &[]);
        let flattered = count(&told, "tables that the leak flatters");
        assert!(flattered > 25, "seed {seed}: {flattered} of 40");
        assert!(number(&told, "mean test MSE of 40 tables") < 0.9 * right(&told, "mean test MSE of 40 tables"));
        assert!(number(&told, "MSE of reading the answer from the others") < 1e-25);
    }
    let free = figures("scaling", 42, &[("penalty", 0.0)]);
    let mean = figure(&free, "mean test MSE of 40 tables");
    let difference = mean
        .corrected
        .as_ref()
        .map_or(0.0, |_| right(&free, &mean.name) - number(&free, &mean.name));
    assert!(difference.abs() < 1e-6 * number(&free, &mean.name), "{difference}");
}

#[test]
fn only_the_soft_threshold_sets_weights_to_zero() {
    for seed in SEEDS {
        let told = figures("penalties", seed, &[("l1", 0.2)]);
        assert!(count(&told, "weights at 0, L1") >= 3, "seed {seed}");
        for other in ["no penalty", "L1 by its slope", "L2"] {
            assert_eq!(
                count(&told, &format!("weights at 0, {other}")),
                0,
                "seed {seed}, {other}"
            );
        }
    }
    assert_eq!(count(&figures("penalties", 42, &[("l1", 1.0)]), "weights at 0, L1"), 8);
}

#[test]
fn dropout_keeps_the_mean_and_lowers_the_loss_on_new_rows() {
    let mut gained = 0;
    for seed in SEEDS {
        let told = figures("dropout", seed, &[]);
        assert!((number(&told, "mean of what dropout makes of them") - 1.0).abs() < 0.1);
        assert!(number(&told, "training loss, with") > number(&told, "training loss, without"));
        gained += usize::from(number(&told, "test loss, with") < number(&told, "test loss, without"));
    }
    assert!(gained >= 5, "{gained} of {}", SEEDS.len());
    let off = figures("dropout", 42, &[("rate", 0.0)]);
    assert_eq!(number(&off, "test loss, with"), number(&off, "test loss, without"));
}
