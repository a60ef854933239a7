//! Pictures that must not change by accident, compared byte for byte with the files in `tests/golden`.
//!
//! After a change that is meant, run `UPDATE_GOLDEN=1 cargo test -p chainrule-picture --test golden`, look at the new
//! files in a browser, light and dark, and commit them.
#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use std::path::Path;
use std::{env, fs};

use chainrule_picture::graph::{Graph, Node};
use chainrule_picture::network::{Layer, Network};
use chainrule_picture::{Bars, Chart, Color, Heatmap, confusion_matrix, loss_chart};
use expect_test::expect;

fn check(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, text).unwrap();
        return;
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    if golden != text {
        let line = golden.lines().zip(text.lines()).position(|(old, new)| old != new);
        panic!(
            "{name} changed, first at line {}; if that is meant, see the top of this test",
            line.map_or(golden.lines().count().min(text.lines().count()), |line| line + 1)
        );
    }
}

/// (a·b + c)·f, the first example of micrograd.
fn micrograd() -> Graph {
    let value = |id, name: &str, op: Option<&str>, arguments: &[usize], value, gradient| Node {
        id,
        name: Some(name.to_string()),
        op: op.map(str::to_string),
        arguments: arguments.to_vec(),
        value: vec![value],
        gradient: Some(vec![gradient]),
        ..Node::default()
    };
    Graph::new(vec![
        value(0, "a", None, &[], 2.0, 6.0),
        value(1, "b", None, &[], -3.0, -4.0),
        value(2, "c", None, &[], 10.0, -2.0),
        value(3, "e", Some("×"), &[0, 1], -6.0, -2.0),
        value(4, "d", Some("+"), &[3, 2], 4.0, -2.0),
        value(5, "f", None, &[], -2.0, 4.0),
        value(6, "L", Some("×"), &[4, 5], -8.0, 1.0),
    ])
}

#[test]
fn bars_with_whiskers() {
    let bars = Bars::new("What the model needs")
        .value_label("fall of r2 when the cells of the column change places")
        .bar("bmi", 0.182, 0.03)
        .bar("<s5>", 0.101, 0.026)
        .bar("a column with a name that is longer than it should be", 0.02, 0.0)
        .bar("age", -0.013, 0.007)
        .bar("nothing", f64::NAN, 0.1)
        .picture();
    check("bars.svg", bars.svg());
    expect![[r#"
        fall of r2 when the cells of the column change places. bmi: 0.182 ± 0.03. <s5>: 0.101 ± 0.026. a column with a name that is longer than it should be: 0.02. age: -0.013 ± 0.007. nothing: left out, not finite."#]]
    .assert_eq(bars.description());
}

#[test]
fn chart_with_axes_through_the_origin() {
    let xs: Vec<f64> = (-20..=20).map(|k| f64::from(k) / 5.0).collect();
    let relu: Vec<f64> = xs.iter().map(|x| x.max(0.0)).collect();
    let line: Vec<f64> = xs.iter().map(|x| 0.5 * x - 1.0).collect();
    let chart = Chart::new("relu(x) & a line")
        .line("relu", &xs, &relu)
        .line("<line>", &xs, &line)
        .color(Color::Green);
    check(
        "chart-origin.svg",
        chart.x_label("x").axes_through(0.0, 0.0).picture().svg(),
    );
}

#[test]
fn chart_of_a_training() {
    let train: Vec<f64> = (1..=30).map(|epoch| 2.0 / f64::from(epoch * epoch)).collect();
    let validation: Vec<f64> = (1..=30)
        .map(|epoch| 2.0 / f64::from(epoch) + 0.01 * f64::from(epoch))
        .collect();
    check(
        "chart-loss.svg",
        loss_chart(&train, &validation, Some(14)).picture().svg(),
    );
}

#[test]
fn chart_of_points() {
    let xs = [1.0, 2.0, 3.0, 4.0, f64::NAN];
    let chart = Chart::new("Points")
        .scatter("train", &xs, &[2.1, 3.9, 6.2, 8.1, 1.0])
        .scatter("test", &[1.5, 3.5], &[3.0, 7.2]);
    check(
        "chart-points.svg",
        chart.x_label("hours").y_label("mark").picture().svg(),
    );
}

#[test]
fn heatmap_of_a_loss_with_a_path() {
    let (ws, bs) = (Heatmap::middles(-1.0, 3.0, 16), Heatmap::middles(-2.0, 2.0, 10));
    let row = |b: f64| ws.iter().map(|w| (w - 1.0).powi(2) + 0.3 * b * b + 0.01).collect();
    let cells: Vec<Vec<f64>> = bs.iter().map(|b| row(*b)).collect();
    let surface = Heatmap::surface("A loss & the way down", (-1.0, 3.0), (-2.0, 2.0), &cells)
        .log_values()
        .path("descent", &[2.5, 1.6, 1.2, 1.0], &[-1.5, -1.0, -0.5, 0.0]);
    let surface = surface.x_label("w").y_label("b").value_label("loss");
    check("heatmap-surface.svg", surface.picture().svg());
}

#[test]
fn heatmap_of_a_confusion_matrix() {
    let matrix = confusion_matrix(
        &["setosa", "versicolor", "virginica"],
        &[[50, 0, 0], [0, 47, 3], [0, 2, 48]],
    );
    check("heatmap-table.svg", matrix.picture().svg());
}

#[test]
fn graph_of_micrograd() {
    check("graph-micrograd.svg", &micrograd().title("L = (a·b + c)·f").svg());
}

#[test]
fn graph_with_a_shared_input_and_a_fault() {
    let leaf = Node {
        id: 0,
        name: Some("a".into()),
        value: vec![3.0],
        gradient: Some(vec![0.0]),
        ..Node::default()
    };
    let twice = Node {
        id: 1,
        op: Some("+".into()),
        arguments: vec![0, 0],
        value: vec![6.0],
        ..Node::default()
    };
    let weight = Node {
        id: 2,
        name: Some("weight".into()),
        shape: vec![2, 3],
        value: vec![0.5, -1.0, 2.0, 0.0, 1e-9, 4.0],
        ..Node::default()
    };
    let constant = Node {
        id: 3,
        constant: true,
        value: vec![2.0],
        ..Node::default()
    };
    let fault = Some("matmul: shapes [2, 3] and [] do not fit (at src/main.rs:7)".to_string());
    let bad = Node {
        id: 4,
        op: Some("matmul".into()),
        arguments: vec![2, 1],
        fault,
        ..Node::default()
    };
    let end = Node {
        id: 5,
        op: Some("×".into()),
        arguments: vec![4, 3, 0],
        value: vec![f64::NAN],
        ..Node::default()
    };
    let graph = Graph::new(vec![leaf, twice, weight, constant, bad, end]);
    check("graph-fault.svg", &graph.svg());
}

#[test]
fn network_with_numbers_on_its_edges() {
    let network = Network {
        inputs: vec!["x₁".into(), "x₂".into()],
        layers: vec![
            Layer {
                weights: vec![vec![1.2, -0.7, 0.05], vec![-0.4, 0.9, 2.1]],
                bias: vec![0.1, -0.2, 0.0],
                activation: "tanh".into(),
                names: Vec::new(),
            },
            Layer {
                weights: vec![vec![0.8], vec![-1.5], vec![0.3]],
                bias: vec![0.25],
                activation: "sigmoid".into(),
                names: vec!["survived".into()],
            },
        ],
    };
    check("network.svg", network.picture().svg());
}

#[test]
fn graph_as_dot() {
    expect![[r#"
        digraph chainrule {
          rankdir=LR;
          node [fontname="Helvetica", fontsize=11];
          n0 [shape=record, label="{ a | data 2.0000 | grad 6.0000 }"];
          n1 [shape=record, label="{ b | data -3.0000 | grad -4.0000 }"];
          n2 [shape=record, label="{ c | data 10.0000 | grad -2.0000 }"];
          n3 [shape=record, label="{ e | data -6.0000 | grad -2.0000 }"];
          n3op [label="×"];
          n3op -> n3;
          n0 -> n3op;
          n1 -> n3op;
          n4 [shape=record, label="{ d | data 4.0000 | grad -2.0000 }"];
          n4op [label="+"];
          n4op -> n4;
          n3 -> n4op;
          n2 -> n4op;
          n5 [shape=record, label="{ f | data -2.0000 | grad 4.0000 }"];
          n6 [shape=record, label="{ L | data -8.0000 | grad 1.0000 }"];
          n6op [label="×"];
          n6op -> n6;
          n4 -> n6op;
          n5 -> n6op;
        }
    "#]]
    .assert_eq(&micrograd().dot());
}

#[test]
fn dot_escapes_what_graphviz_would_read() {
    let fault = Some("a | b {c} <d> \"e\" \\f\ng".to_string());
    let node = Node {
        id: 7,
        name: Some("w\"1\"".into()),
        op: Some("\"\\".into()),
        fault,
        ..Node::default()
    };
    expect![[r#"
        digraph chainrule {
          rankdir=LR;
          node [fontname="Helvetica", fontsize=11];
          n7 [shape=record, label="{ w\"1\" | data – | fault: a \| b \{c\} \<d\> \"e\" \\f\ng }", color=red, fontcolor=red];
          n7op [label="\"\\", color=red];
          n7op -> n7;
        }
    "#]]
    .assert_eq(&Graph::new(vec![node]).dot());
}
