//! The lesson autograd against figures that plain Python, numpy and scikit-learn computed.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use chainrule_lessons::{Controls, Figure, Scene, Value, lesson};
use serde_json::Value as Json;

const TOLERANCE: f64 = 1e-12;

/// Figures that are the engine's own words or lists of numbers, which the Python script does not make.
const OWN_WORDS: [&str; 3] = ["all together", "as the engine writes it", "layer at (2.1, 3.1)"];

fn golden() -> Json {
    let golden: Json = serde_json::from_str(include_str!("golden/autograd.json")).unwrap();
    for program in ["python", "numpy", "scikit-learn"] {
        assert!(golden["made_with"][program].is_string(), "which {program}?");
    }
    golden
}

fn scene(name: &str) -> &'static Scene {
    lesson("autograd").unwrap().scene(name).unwrap()
}

fn figures(scene: &Scene, controls: &Controls) -> Vec<Figure> {
    scene.figures(controls).unwrap()
}

fn figure<'a>(figures: &'a [Figure], name: &str) -> &'a Figure {
    let found = figures.iter().find(|figure| figure.name == name);
    found.unwrap_or_else(|| panic!("there is no figure {name}"))
}

/// The number of a figure.
fn number(figures: &[Figure], name: &str) -> f64 {
    match figure(figures, name).computed {
        Value::Number(number) => number,
        Value::Count(count) => count as f64,
        Value::Text(ref text) => panic!("{name} is no number: {text}"),
    }
}

fn close(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * a.abs().max(b.abs()).max(f64::MIN_POSITIVE)
        || (a - b).abs() <= 1e-15 * tolerance / TOLERANCE
}

fn controls_of(case: &Json, scene: &Scene) -> Controls {
    let mut controls = scene
        .controls()
        .with_seed(u32::try_from(case["seed"].as_u64().unwrap()).unwrap());
    for (name, value) in case["controls"].as_object().unwrap() {
        controls.set(name, value.as_f64().unwrap()).unwrap();
    }
    controls
}

#[test]
fn every_figure_agrees_with_plain_python() {
    let golden = golden();
    let mut seen = BTreeSet::new();
    for case in golden["cases"].as_array().unwrap() {
        let name = case["scene"].as_str().unwrap();
        let scene = scene(name);
        let controls = controls_of(case, scene);
        let figures = figures(scene, &controls);
        for (wanted, value) in case["figures"].as_object().unwrap() {
            let place = format!("{name} at {} with seed {}, {wanted}", case["controls"], case["seed"]);
            let computed = &figure(&figures, wanted).computed;
            match (value, computed) {
                (Json::String(text), computed) => assert_eq!(&computed.to_string(), text, "{place}"),
                (value, Value::Count(count)) => assert_eq!(value.as_u64(), Some(*count), "{place}"),
                (value, computed) => {
                    let tolerance = case["tolerance"][wanted].as_f64().unwrap_or(TOLERANCE);
                    let right = value.as_f64().unwrap();
                    let ours = number(&figures, wanted);
                    assert!(
                        close(ours, right, tolerance),
                        "{place}: {computed}, but Python says {right}"
                    );
                }
            }
        }
        if controls == scene.controls() {
            seen.insert(name.to_string());
            for figure in &figures {
                let known = case["figures"].get(&figure.name).is_some() || OWN_WORDS.contains(&figure.name.as_str());
                assert!(known, "{name}: nobody checks {}", figure.name);
            }
        }
    }
    for scene in lesson("autograd").unwrap().scenes {
        assert!(
            seen.contains(scene.name),
            "{} is not checked where its controls start",
            scene.name
        );
    }
}

#[test]
fn sixty_trainings_agree_with_plain_python_epoch_by_epoch() {
    let golden = golden();
    let scene = scene("training");
    let all = golden["losses_by_seed"].as_array().unwrap();
    assert_eq!(all.len(), 60);
    for (seed, losses) in all.iter().enumerate() {
        let figures = figures(scene, &scene.controls().with_seed(u32::try_from(seed).unwrap()));
        for (epoch, right) in losses.as_array().unwrap().iter().enumerate() {
            let (ours, right) = (number(&figures, &format!("loss@{epoch}")), right.as_f64().unwrap());
            assert!(
                close(ours, right, TOLERANCE),
                "seed {seed}, epoch {epoch}: {ours}, but Python says {right}"
            );
        }
    }
}

#[test]
fn what_is_said_of_many_seeds_is_what_they_give() {
    let golden = golden();
    let (median, below) = (&golden["many_seeds"]["median"], &golden["many_seeds"]["below_a_tenth"]);
    let scene = scene("training");
    let figures = figures(scene, &scene.controls());
    let why = figure(&figures, "last loss").why.clone().unwrap();
    let said = format!(
        "the median {:.4}, and {:.1} % of them",
        median.as_f64().unwrap(),
        100.0 * below.as_f64().unwrap()
    );
    assert!(why.contains(&said), "{why}\nbut the seeds say: {said}");
    assert!(below.as_f64().unwrap() > 0.98, "fewer than 2 % end above 0.1");
}

/// By scene and figure, the mistakes of the notebook, with what is right.
#[test]
fn every_mistake_of_the_notebook_is_shown_with_what_is_right() {
    let mut found = String::new();
    for scene in lesson("autograd").unwrap().scenes {
        for figure in figures(scene, &scene.controls()) {
            if let Some(right) = &figure.corrected {
                found += &format!("{}: {} = {}, right {right}\n", scene.name, figure.name, figure.computed);
            }
        }
    }
    expect_test::expect![[r#"
        derivative-by-the-limit: slope at 3, h = 1e-12 = 14.001244608152774, right 14.0
        cancellation: slope = 1.0000169277191162, right 1.0
        nudging: nudging L = 0.9999999999976694, right 6.000000000021544
        tanh-by-exp: formula at x = nan, right 1.0
        tanh-by-exp: formula at the small x = 9.999999950247594e-09, right 1e-08
        wrong-sign-in-minus: ∂(a − b)/∂b = 1.0, right -1.0
        wrong-sign-in-minus: loss, target first = 45.25925556817599, right 0.014780882941434573
        numbers-on-the-left: 2 + a = TypeError: unsupported operand type(s) for +: 'int' and 'Value', right 5.0
        numbers-on-the-left: 2 - a = TypeError: unsupported operand type(s) for -: 'int' and 'Value', right -1.0
        numbers-on-the-left: 2 * a = TypeError: unsupported operand type(s) for *: 'int' and 'Value', right 6.0
        numbers-on-the-left: 2 / a = TypeError: unsupported operand type(s) for /: 'int' and 'Value', right 0.6666666666666666
        numbers-on-the-left: 2 ** a = TypeError: unsupported operand type(s) for ** or pow(): 'int' and 'Value', right 8.0
        numbers-on-the-left: -a = TypeError: bad operand type for unary -: 'Value', right -3.0
        topological-sort: recursive sort of a chain of 1000 = needs more than 1000 open calls, right 5.170948752863826e-05
        children-in-a-set: children of a + a = 1, right 2
        children-in-a-set: arrows from a set = 2, right 3
        children-in-a-set: children of x − y and of y − x = the same, right different
        backward-twice: a.grad = 24.0, right 6.0
        backward-twice: b.grad = -16.0, right -4.0
        backward-twice: c.grad = -6.0, right -2.0
        backward-twice: e.grad = -6.0, right -2.0
        backward-twice: d.grad = -4.0, right -2.0
        backward-twice: f.grad = 8.0, right 4.0
        backward-twice: s.grad for s + s = 4.0, right 2.0
        training: last "mse" = 0.02535582879297891, right 0.006338957198244727
    "#]].assert_eq(&found);
}

#[test]
fn gradients_by_hand_are_the_engines() {
    let scene = scene("backprop-by-hand");
    for leaves in [[2.0, -3.0, 10.0, -2.0], [0.5, 7.0, -1.0, 3.5], [0.0, 0.0, 0.0, 0.0]] {
        let mut controls = scene.controls();
        for (name, value) in ["a", "b", "c", "f"].into_iter().zip(leaves) {
            controls.set(name, value).unwrap();
        }
        let figures = figures(scene, &controls);
        for name in ["a", "b", "c", "d", "e", "f", "L"] {
            let (engine, hand) = (
                number(&figures, &format!("dL/d{name}")),
                number(&figures, &format!("d{name} by hand")),
            );
            assert_eq!(engine, hand, "{name} at {leaves:?}");
        }
    }
}

#[test]
fn rules_on_paper_are_the_engines_and_the_measured_slopes() {
    let scene = scene("exercise-rules");
    let mut checked = 0;
    for a in [0.25, 1.0, 3.0] {
        for b in [0.25, 1.5, 3.0] {
            let mut controls = scene.controls();
            controls.set("a", a).unwrap();
            controls.set("b", b).unwrap();
            let figures = figures(scene, &controls);
            for figure in &figures {
                let Some(name) = figure.name.strip_suffix(" measured") else {
                    continue;
                };
                let (rule, hand) = (number(&figures, name), number(&figures, &format!("{name} by hand")));
                assert!(
                    close(rule, hand, TOLERANCE),
                    "{name} at {a}, {b}: {rule}, on paper {hand}"
                );
                let measured = number(&figures, &figure.name);
                assert!(
                    (rule - measured).abs() < 1e-7,
                    "{name} at {a}, {b}: {rule}, measured {measured}"
                );
                checked += 1;
            }
            assert_eq!(
                figure(&figures, "all together").computed.to_string(),
                "agrees with finite differences"
            );
        }
    }
    assert_eq!(checked, 9 * 8);
}

#[test]
fn a_mean_with_a_larger_rate_takes_the_steps_of_the_sum() {
    let scene = scene("training");
    for seed in [42, 1, 2, 3] {
        let figures = figures(scene, &scene.controls().with_seed(seed));
        let (sum, mean) = (
            number(&figures, "last loss"),
            number(&figures, "mean with 4 times the rate"),
        );
        assert!(close(sum, 4.0 * mean, 1e-9), "seed {seed}: {sum} and 4 times {mean}");
    }
}

#[test]
fn the_first_step_makes_the_loss_smaller_for_every_seed() {
    let scene = scene("training");
    let mut controls = scene.controls();
    controls.set("epochs", 1.0).unwrap();
    for seed in 0..50 {
        let figures = figures(scene, &controls.clone().with_seed(seed));
        let (before, after) = (
            number(&figures, "loss before"),
            number(&figures, "loss after one step of 0.01"),
        );
        assert!(after < before, "seed {seed}: {before}, then {after}");
    }
}

#[test]
fn the_longest_chain_is_walked_and_its_gradient_is_the_product_of_its_slopes() {
    let scene = scene("topological-sort");
    let figures = figures(scene, &scene.controls());
    let (mut value, mut product) = (1.0_f64, 1.0);
    for _ in 0..100_000 {
        value = value.tanh();
        product *= 1.0 - value * value;
    }
    assert!(close(number(&figures, "last value"), value, 1e-11));
    assert!(close(number(&figures, "gradient"), product, 1e-10));
    assert!(product > 0.0);
}
