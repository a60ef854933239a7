//! The figures of the lesson `geometry` against numpy's, for several seeds and positions of the controls.
#![allow(clippy::unwrap_used)]

use chainrule_lessons::{Controls, Figure, Value, lesson};
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// One run of a scene as numpy computed it.
struct Case {
    name: String,
    figures: Vec<Figure>,
    computed: serde_json::Map<String, Json>,
    corrected: serde_json::Map<String, Json>,
}

fn cases() -> Vec<Case> {
    let golden: Json = serde_json::from_str(include_str!("golden/geometry.json")).unwrap();
    let cases = golden["cases"].as_array().unwrap();
    assert!(cases.len() >= 60);
    let run = |case: &Json| {
        let name = case["scene"].as_str().unwrap();
        let scene = lesson("geometry").unwrap().scene(name).unwrap();
        let mut controls: Controls = scene.controls().with_seed(case["seed"].as_u64().unwrap() as u32);
        for (control, value) in case["controls"].as_object().unwrap() {
            controls.set(control, value.as_f64().unwrap()).unwrap();
        }
        Case {
            name: format!("{name}, seed {}, {}", controls.seed, case["controls"]),
            figures: scene.figures(&controls).unwrap(),
            computed: case["computed"].as_object().unwrap().clone(),
            corrected: case["corrected"].as_object().unwrap().clone(),
        }
    };
    cases.iter().map(run).collect()
}

/// Whether a value is numpy's: text and counts exactly, numbers to 10⁻¹² of their size, or of 1 if they are smaller.
fn agrees(value: &Value, golden: &Json) -> bool {
    match value {
        Value::Text(text) => golden.as_str() == Some(text),
        Value::Count(count) => golden.as_u64() == Some(*count),
        Value::Number(number) => golden
            .as_f64()
            .is_some_and(|golden| (number - golden).abs() <= 1e-12 * golden.abs().max(1.0)),
    }
}

#[test]
fn every_figure_is_numpys() {
    for case in cases() {
        let names: BTreeSet<&String> = case.figures.iter().map(|figure| &figure.name).collect();
        assert_eq!(names, case.computed.keys().collect(), "{}", case.name);
        for figure in &case.figures {
            let golden = &case.computed[&figure.name];
            assert!(
                agrees(&figure.computed, golden),
                "{}, {}: {} instead of {golden}",
                case.name,
                figure.name,
                figure.computed
            );
        }
    }
}

#[test]
fn what_is_right_is_numpys_too() {
    let mut mistakes = BTreeSet::new();
    for case in cases() {
        let wrong: BTreeSet<&String> = case
            .figures
            .iter()
            .filter(|f| f.is_mistake())
            .map(|f| &f.name)
            .collect();
        assert_eq!(wrong, case.corrected.keys().collect(), "{}", case.name);
        for figure in case.figures.iter().filter(|figure| figure.is_mistake()) {
            let (right, golden) = (figure.corrected.as_ref().unwrap(), &case.corrected[&figure.name]);
            assert!(
                agrees(right, golden),
                "{}, {}: {right} instead of {golden}",
                case.name,
                figure.name
            );
            mistakes.insert(figure.name.clone());
        }
    }
    assert_eq!(mistakes.len(), 7, "{mistakes:?}");
}

#[test]
fn the_loss_as_printed_is_shown_only_where_the_notebook_ran() {
    let scene = lesson("geometry").unwrap().scene("fit-by-hand").unwrap();
    let printed = |controls: &Controls| scene.figures(controls).unwrap()[0].as_printed.clone();
    let mut controls = scene.controls();
    assert_eq!(printed(&controls).as_deref(), Some("12.46"));
    assert_eq!(printed(&controls.clone().with_seed(1)), None);
    controls.set("w", 1.0).unwrap();
    assert_eq!(printed(&controls), None);
}

#[test]
fn eight_neurons_hardly_ever_get_stuck_two_sometimes_one_mostly() {
    let scene = lesson("geometry").unwrap().scene("train-a-net").unwrap();
    let succeed = |hidden: f64| {
        let mut controls = scene.controls();
        controls.set("hidden", hidden).unwrap();
        let good = |seed: &u32| {
            let figures = scene.figures(&controls.clone().with_seed(*seed)).unwrap();
            let loss = figures.iter().find(|figure| figure.name == "loss").unwrap();
            matches!(loss.computed, Value::Number(loss) if loss < 0.35)
        };
        (0..20).filter(good).count()
    };
    let (one, two, eight) = (succeed(1.0), succeed(2.0), succeed(8.0));
    assert!(
        one < two && (12..20).contains(&two) && eight >= 19,
        "{one}, {two} and {eight} of 20"
    );
}
