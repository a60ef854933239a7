//! Random formulas beside mpmath: `golden/make_expressions.py` wrote `golden/expressions.json` and says which formulas
//! are in it. Values, gradients and second derivatives agree to 1e-12, relative to the figure itself, without any
//! absolute slack: where the figure is 0, the engine says 0.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

use chainrule::{Graph, Var, expression::Expression};
use serde_json::Value;
use std::process::Command;

const TOLERANCE: f64 = 1e-12;

fn cases() -> Vec<Value> {
    let mut file: Value = serde_json::from_str(include_str!("golden/expressions.json")).unwrap();
    match file["cases"].take() {
        Value::Array(cases) => cases,
        _ => panic!("there are no cases"),
    }
}

fn inputs(case: &Value) -> Vec<(String, f64)> {
    let inputs = case["inputs"].as_object().unwrap();
    inputs
        .iter()
        .map(|(name, x)| (name.clone(), x.as_f64().unwrap()))
        .collect()
}

/// Adds a line to `wrong` where a figure differs.
fn compare(wrong: &mut Vec<String>, what: String, got: f64, exact: &Value) {
    let exact = exact.as_f64().unwrap();
    // NaN does not agree.
    let agrees = (got - exact).abs() <= TOLERANCE * exact.abs();
    if !agrees {
        let off = (got - exact).abs() / exact.abs();
        wrong.push(format!("{what} = {got:e}, not {exact:e} ({off:.1e} off)"));
    }
}

#[test]
fn values_and_derivatives_of_random_formulas_are_those_of_mpmath() {
    let (cases, mut wrong) = (cases(), vec![]);
    for case in &cases {
        let formula = case["formula"].as_str().unwrap();
        let inputs = inputs(case);
        let expression = Expression::parse(formula).unwrap_or_else(|error| panic!("{formula}: {error}"));
        let graph = Graph::new();
        let leaves: Vec<Var> = inputs.iter().map(|(_, x)| graph.leaf(*x)).collect();
        let place = |name: &String| inputs.iter().position(|(input, _)| input == name).unwrap();
        let values: Vec<Var> = expression.names().iter().map(|name| leaves[place(name)]).collect();
        let result = expression.record(&graph, &values).unwrap();
        let told = |what: String| format!("{formula} at {}: {what}", case["inputs"]);
        compare(&mut wrong, told("value".into()), result.item().unwrap(), &case["value"]);
        let pulled = result.backward().unwrap();
        let emitted = result.backward_graph().unwrap();
        for ((name, _), leaf) in inputs.iter().zip(&leaves) {
            let exact = &case["gradient"][name];
            compare(&mut wrong, told(format!("d/d{name}")), pulled[*leaf], exact);
            let first = emitted.wrt(*leaf);
            compare(
                &mut wrong,
                told(format!("d/d{name} as a value")),
                first.item().unwrap(),
                exact,
            );
            if case["second"].is_null() {
                continue;
            }
            let second = first.backward().unwrap();
            for ((other, _), leaf) in inputs.iter().zip(&leaves) {
                let exact = &case["second"][name][other];
                compare(&mut wrong, told(format!("d²/d{name} d{other}")), second[*leaf], exact);
            }
        }
    }
    let kinks = cases.iter().filter(|case| case["kink"] == true).count();
    assert!(
        cases.len() >= 300 && kinks >= 30,
        "{} cases, {kinks} at kinks",
        cases.len()
    );
    assert!(
        wrong.is_empty(),
        "{} figures differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn the_program_prints_the_figures_of_the_library() {
    let (cases, mut wrong) = (cases(), vec![]);
    let many_names = cases
        .iter()
        .filter(|case| case["inputs"].as_object().unwrap().len() >= 2 && case["second"].is_object());
    for case in many_names.step_by(15).take(12) {
        let formula = case["formula"].as_str().unwrap();
        let bindings = inputs(case).into_iter().map(|(name, x)| format!("{name}={x}"));
        let output = Command::new(env!("CARGO_BIN_EXE_chainrule"))
            .args(["expr", "--second", "--json", "--", formula])
            .args(bindings)
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{formula}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
        let got = |figure: &Value| figure.as_f64().unwrap_or(f64::NAN);
        compare(
            &mut wrong,
            format!("{formula}: value"),
            got(&printed["value"]),
            &case["value"],
        );
        for (name, _) in inputs(case) {
            let what = format!("{formula}: d/d{name}");
            compare(
                &mut wrong,
                what,
                got(&printed["gradients"][&name]),
                &case["gradient"][&name],
            );
            for (other, _) in inputs(case) {
                let what = format!("{formula}: d²/d{name} d{other}");
                compare(
                    &mut wrong,
                    what,
                    got(&printed["second"][&name][&other]),
                    &case["second"][&name][&other],
                );
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} figures differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
