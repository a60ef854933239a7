//! The golden cases of a lesson, and the comparison with its figures.

use chainrule_lessons::{Figure, Value, lesson};
use serde_json::{Map, Value as Json};
use std::collections::BTreeSet;

/// A scene at a seed and positions of its controls: its figures, and what Python computed.
pub struct Case {
    pub place: String,
    pub figures: Vec<Figure>,
    computed: Map<String, Json>,
    corrected: Map<String, Json>,
}

/// The figures of a scene for a seed and some controls.
pub fn figures(lesson_name: &str, scene: &str, seed: u32, controls: &[(&str, f64)]) -> Vec<Figure> {
    let scene = lesson(lesson_name).unwrap().scene(scene).unwrap();
    let mut at = scene.controls().with_seed(seed);
    for (control, value) in controls {
        at.set(control, *value).unwrap();
    }
    scene.figures(&at).unwrap()
}

/// The number of a figure.
pub fn number(figures: &[Figure], name: &str) -> f64 {
    match figures.iter().find(|figure| figure.name == name).unwrap().computed {
        Value::Number(number) => number,
        _ => panic!("{name} is no number"),
    }
}

/// How far a number may be from Python's: `relative · max(|number|, least)`.
#[derive(Clone, Copy)]
pub struct Tolerance {
    pub relative: f64,
    pub least: f64,
}

/// A finite difference has no golden figure; it must be this close to the derivative it stands beside.
const DIFFERENCE_TOLERANCE: f64 = 1e-6;

pub fn cases(lesson_name: &str, golden: &str) -> Vec<Case> {
    let golden: Json = serde_json::from_str(golden).unwrap();
    let lesson = lesson(lesson_name).unwrap();
    let mut told = BTreeSet::new();
    let cases = golden["cases"].as_array().unwrap().iter().map(|case| {
        let scene = lesson.scene(case["scene"].as_str().unwrap()).unwrap();
        told.insert(scene.name);
        let seed = case["seed"].as_u64().unwrap() as u32;
        let controls = case["controls"].as_object().unwrap().iter();
        let controls: Vec<_> = controls
            .map(|(name, value)| (name.as_str(), value.as_f64().unwrap()))
            .collect();
        Case {
            place: format!("{}, seed {seed}, {}", scene.name, case["controls"]),
            figures: figures(lesson_name, scene.name, seed, &controls),
            computed: case["computed"].as_object().unwrap().clone(),
            corrected: case["corrected"].as_object().unwrap().clone(),
        }
    });
    let cases: Vec<Case> = cases.collect();
    let all: BTreeSet<&str> = lesson.scenes.iter().map(|scene| scene.name).collect();
    assert_eq!(told, all, "scenes without a golden case");
    cases
}

/// The name of the derivative beside which this figure is a finite difference.
fn derivative_of(figure: &Figure, known: &Map<String, Json>) -> Option<String> {
    let name = &figure.name;
    let base = name
        .strip_suffix(" by a finite difference")
        .or(name.strip_suffix(" by finite differences"))?;
    (!known.contains_key(&figure.name)).then(|| base.to_string())
}

impl Case {
    /// Every figure is Python's, what is computed and what is right, and there is none more and none fewer.
    pub fn check(&self, tolerance: Tolerance) {
        self.check_computed(tolerance);
        self.check_corrected(tolerance);
    }

    fn check_computed(&self, tolerance: Tolerance) {
        let mut names = BTreeSet::new();
        for figure in &self.figures {
            let place = format!("{}: {}", self.place, figure.name);
            if let Some(derivative) = derivative_of(figure, &self.computed) {
                let (Value::Number(number), Some(exact)) = (&figure.computed, self.computed[&derivative].as_f64())
                else {
                    panic!("{place} is no number");
                };
                let error = (number - exact).abs();
                assert!(
                    error <= DIFFERENCE_TOLERANCE * exact.abs().max(1.0),
                    "{place} is {number}, not {exact}"
                );
                continue;
            }
            names.insert(&figure.name);
            let golden = self.computed.get(&figure.name);
            let golden = golden.unwrap_or_else(|| panic!("{place} has no golden figure"));
            assert!(
                agrees(&figure.computed, golden, tolerance),
                "{place} is {}, not {golden}",
                figure.computed
            );
        }
        let missing: Vec<_> = self.computed.keys().filter(|name| !names.contains(name)).collect();
        assert!(missing.is_empty(), "{}: there is no {missing:?}", self.place);
    }

    fn check_corrected(&self, tolerance: Tolerance) {
        let wrong: BTreeSet<&String> = self
            .figures
            .iter()
            .filter(|f| f.is_mistake())
            .map(|f| &f.name)
            .collect();
        assert_eq!(wrong, self.corrected.keys().collect(), "{}", self.place);
        for figure in &self.figures {
            if let Some(right) = &figure.corrected {
                let golden = &self.corrected[&figure.name];
                let place = format!("{}: {}", self.place, figure.name);
                assert!(
                    agrees(right, golden, tolerance),
                    "{place} should be {golden}, not {right}"
                );
            }
        }
    }
}

/// Text, counts and what is no finite number agree exactly, all other numbers within the tolerance.
fn agrees(value: &Value, golden: &Json, tolerance: Tolerance) -> bool {
    let Tolerance { relative, least } = tolerance;
    match (value, golden.as_f64()) {
        (Value::Number(number), Some(golden)) => (number - golden).abs() <= relative * golden.abs().max(least),
        (Value::Count(count), _) => golden.as_u64() == Some(*count),
        _ => golden.as_str() == Some(&value.to_string()),
    }
}
