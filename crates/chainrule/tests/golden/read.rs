//! Reading the reference figures, and comparing with them.

use chainrule::{Shape, Tensor, Var};
use serde_json::Value;

const TOLERANCE: f64 = 1e-12;

/// The cases of one file.
pub fn cases(name: &str) -> Vec<Value> {
    let path = format!("{}/tests/golden/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut file: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
    assert!(
        file["made_with"]["torch"].is_string(),
        "{path} does not say what made it"
    );
    match file["cases"].take() {
        Value::Array(cases) => cases,
        _ => panic!("{path} has no cases"),
    }
}

pub fn number(value: &Value) -> f64 {
    match value.as_str() {
        Some("nan") => f64::NAN,
        Some("inf") => f64::INFINITY,
        Some("-inf") => f64::NEG_INFINITY,
        _ => value.as_f64().unwrap_or_else(|| panic!("{value} is no number")),
    }
}

pub fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(number).collect()
}

pub fn integers<T: TryFrom<i64, Error: std::fmt::Debug>>(value: &Value) -> Vec<T> {
    let all = value.as_array().unwrap().iter();
    all.map(|x| T::try_from(x.as_i64().unwrap()).unwrap()).collect()
}

pub fn shape(value: &Value) -> Shape {
    Shape::new(&integers(value)).unwrap()
}

pub fn tensor(value: &Value) -> Tensor {
    Tensor::new(numbers(&value["data"]), shape(&value["shape"])).unwrap()
}

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// A case without its numbers, to name it in a failure.
pub fn settings(case: &Value) -> String {
    let plain = |value: &Value| !value.is_object() && !value.is_array();
    let keep = |value: &Value| plain(value) || value.as_array().is_some_and(|a| a.iter().all(plain));
    let fields = case.as_object().unwrap().iter().filter(|(_, value)| keep(value));
    fields.map(|(key, value)| format!("{key}={value} ")).collect()
}

/// Whether two numbers agree: to 1e-12, or to `floor` where a figure near 0 is the difference of larger numbers.
pub fn close(ours: f64, theirs: f64, floor: f64) -> bool {
    ours == theirs
        || ours.is_nan() && theirs.is_nan()
        || (ours - theirs).abs() <= (TOLERANCE * ours.abs().max(theirs.abs())).max(floor)
}

/// Compares whole tensors. A cell may be the difference of larger ones: it is off by at most a few roundings of the
/// largest number in the tensor.
pub fn agree(what: &str, ours: &[f64], theirs: &[f64]) {
    assert_eq!(ours.len(), theirs.len(), "{what}: as many numbers");
    let largest = theirs
        .iter()
        .filter(|x| x.is_finite())
        .fold(0.0, |m: f64, x| m.max(x.abs()));
    for (cell, (&ours, &theirs)) in ours.iter().zip(theirs).enumerate() {
        assert!(
            close(ours, theirs, 1e-15 * largest),
            "{what}: cell {cell} is {ours:e}, PyTorch has {theirs:e}"
        );
    }
}

pub fn agree_tensor(what: &str, ours: Var, theirs: &Value) {
    let (ours, theirs) = (ours.value().unwrap_or_else(|e| panic!("{what}: {e}")), tensor(theirs));
    assert_eq!(ours.shape(), theirs.shape(), "{what}: shape");
    agree(what, ours.data(), theirs.data());
}
