//! What `chainrule expr` promises: values, gradients, second derivatives, explanations, drawings.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

mod program;

use program::Folder;
use serde_json::{Value, json};

fn expr(arguments: &[&str]) -> Value {
    let arguments = [&["expr", "--json"], arguments].concat();
    let ran = Folder::new().run(&arguments).done();
    assert_eq!(ran.stderr, "");
    ran.json()
}

fn near(value: &Value, expected: f64) {
    let value = value.as_f64().unwrap();
    assert!(
        (value - expected).abs() <= 1e-12 * expected.abs(),
        "{value}, not {expected}"
    );
}

const NEURON: [&str; 6] = [
    "tanh(x1*w1 + x2*w2 + b)",
    "x1=2",
    "x2=0",
    "w1=-3",
    "w2=1",
    "b=6.8813735870195432",
];

#[test]
fn expr_gives_the_value_and_the_gradients() {
    let result = expr(&["(a*b + c)*f", "a=2", "b=-3", "c=10", "f=-2"]);
    let expected = json!({"value": -8.0, "gradients": {"a": 6.0, "b": -4.0, "c": -2.0, "f": 4.0}});
    assert_eq!(result, expected);
}

#[test]
fn expr_gives_the_neuron_of_the_lecture() {
    let result = expr(&NEURON);
    assert_eq!(result["value"], json!(std::f64::consts::FRAC_1_SQRT_2));
    for (name, gradient) in [("x1", -1.5), ("w1", 1.0), ("x2", 0.5), ("w2", 0.0)] {
        near(&result["gradients"][name], gradient);
    }
}

#[test]
fn expr_differentiates_twice_and_by_what_is_asked_for() {
    let result = expr(&["x^3 * y", "x=2", "y=5", "--second"]);
    assert_eq!(
        result,
        json!({
            "value": 40.0,
            "gradients": {"x": 60.0, "y": 8.0},
            "second": {"x": {"x": 60.0, "y": 12.0}, "y": {"x": 12.0, "y": 0.0}},
        })
    );
    let result = expr(&["x*y*z", "x=2", "y=5", "z=7", "--wrt", "z,x", "--second"]);
    assert_eq!(
        result,
        json!({
            "value": 70.0,
            "gradients": {"x": 35.0, "z": 10.0},
            "second": {"x": {"x": 0.0, "z": 5.0}, "z": {"x": 5.0, "z": 0.0}},
        })
    );
}

#[test]
fn expr_explains_a_gradient_as_a_sum_over_paths() {
    // d/dx (x·x + x) = x + x + 1, along three paths.
    let result = expr(&["x*x + x", "x=3", "--explain", "x"]);
    let explanation = &result["explanation"];
    assert_eq!(explanation["wrt"], "x");
    assert_eq!(explanation["gradient"], json!(7.0));
    assert_eq!(explanation["path_count"], "3");
    let paths = explanation["paths"].as_array().unwrap();
    let mut products: Vec<f64> = paths.iter().map(|path| path["product"].as_f64().unwrap()).collect();
    products.sort_by(f64::total_cmp);
    assert_eq!(products, [1.0, 3.0, 3.0]);
    for path in paths {
        let steps = path["steps"].as_array().unwrap().iter();
        let product: f64 = steps.map(|step| step["derivative"].as_f64().unwrap()).product();
        assert_eq!(json!(product), path["product"]);
    }
    let text = Folder::new()
        .run(&["expr", "x*x + x", "x=3", "--explain", "x"])
        .done()
        .stdout;
    assert!(text.contains("dy/dx = 7"), "{text}");
}

#[test]
fn expr_draws_the_graph() {
    let folder = Folder::new();
    let ran = folder
        .run(&[&["expr", "--svg", "graph.svg"], &NEURON[..]].concat())
        .done();
    assert!(ran.stdout.contains("0.7071067811865476"), "{}", ran.stdout);
    let svg = folder.text("graph.svg");
    let svg = roxmltree::Document::parse(&svg).unwrap();
    assert_eq!(svg.root_element().tag_name().name(), "svg");
    let texts: Vec<&str> = svg
        .descendants()
        .filter_map(|node| node.text())
        .map(str::trim)
        .collect();
    for name in ["x1", "w2", "tanh"] {
        assert!(texts.contains(&name), "no {name} in {texts:?}");
    }
    let dot = folder.run(&[&["expr", "--dot"], &NEURON[..]].concat()).done().stdout;
    assert!(dot.starts_with("digraph ") && dot.ends_with("}\n"), "{dot}");
    assert_eq!(dot.matches('{').count(), dot.matches('}').count());
    assert!(dot.contains("->") && dot.contains("tanh"));
}
