//! What holds for every input: well-formed SVG, only numbers in numeric attributes, everything inside the picture.
#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod valid;

use chainrule_picture::graph::{Graph, Node};
use chainrule_picture::network::{Layer, Network};
use chainrule_picture::{Bars, Chart, Heatmap, Picture, loss_chart};
use proptest::collection::vec;
use proptest::prelude::*;
use valid::{any_number, any_text, check};

fn any_chart() -> impl Strategy<Value = Chart> {
    let series = (
        any::<bool>(),
        any_text(),
        vec(any_number(), 0..40),
        vec(any_number(), 0..40),
    );
    let range = || proptest::option::of((any_number(), any_number()));
    let options = (
        range(),
        range(),
        any::<(bool, bool)>(),
        proptest::option::of((any_number(), any_number())),
    );
    let marks = vec((any_number(), any_text()), 0..6);
    (
        (any_text(), any_text(), any_text()),
        vec(series, 0..5),
        options,
        marks,
        (any_number(), any_number()),
    )
        .prop_map(
            |((title, x, y), series, (x_range, y_range, (log_x, log_y), crossing), marks, size)| {
                let mut chart = Chart::new(title).x_label(x).y_label(y);
                for (line, label, xs, ys) in series {
                    chart = if line {
                        chart.line(label, &xs, &ys)
                    } else {
                        chart.scatter(label, &xs, &ys)
                    };
                }
                for (x, label) in marks {
                    chart = chart.vertical_line(x, label);
                }
                chart = x_range
                    .into_iter()
                    .fold(chart, |chart, (from, to)| chart.x_range(from, to));
                chart = y_range
                    .into_iter()
                    .fold(chart, |chart, (from, to)| chart.y_range(from, to));
                chart = crossing
                    .into_iter()
                    .fold(chart, |chart, (x, y)| chart.axes_through(x, y));
                chart = if log_x { chart.log_x() } else { chart };
                chart = if log_y { chart.log_y() } else { chart };
                if size.0 > 0.0 {
                    chart.size(size.0 * 100.0, size.1 * 100.0)
                } else {
                    chart
                }
            },
        )
}

fn any_node() -> impl Strategy<Value = Node> {
    let text = || proptest::option::of(any_text());
    let holds = (
        vec(prop_oneof![0..5usize, any::<usize>()], 0..4),
        vec(any_number(), 0..5),
        proptest::option::of(vec(any_number(), 0..5)),
    );
    (
        0..40usize,
        text(),
        text(),
        any::<bool>(),
        vec(0..45usize, 0..4),
        holds,
        proptest::option::weighted(0.1, any_text()),
    )
        .prop_map(
            |(id, name, op, constant, arguments, (shape, value, gradient), fault)| Node {
                id,
                name,
                op,
                constant,
                arguments,
                shape,
                value,
                gradient,
                fault,
            },
        )
}

fn any_network() -> impl Strategy<Value = Network> {
    let numbers = || vec(any_number(), 0..20);
    let layer = (vec(numbers(), 0..20), numbers(), any_text(), vec(any_text(), 0..20)).prop_map(
        |(weights, bias, activation, names)| Layer {
            weights,
            bias,
            activation,
            names,
        },
    );
    (vec(any_text(), 0..20), vec(layer, 0..4)).prop_map(|(inputs, layers)| Network { inputs, layers })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_chart_is_a_picture(chart in any_chart()) {
        check(&chart.picture());
    }

    #[test]
    fn every_loss_is_a_picture(train in vec(any_number(), 0..30), validation in vec(any_number(), 0..30), best in proptest::option::of(0..40usize)) {
        check(&loss_chart(&train, &validation, best).picture());
    }

    #[test]
    fn all_bars_are_a_picture(title in any_text(), label in any_text(), bars in vec((any_text(), any_number(), any_number()), 0..50)) {
        let chart = Bars::new(title).value_label(label);
        check(&bars.into_iter().fold(chart, |chart, (name, value, spread)| chart.bar(name, value, spread)).picture());
    }

    #[test]
    fn every_graph_is_a_picture(nodes in vec(any_node(), 0..40)) {
        let graph = Graph::new(nodes);
        check(&graph.picture());
        let closed = graph.dot().ends_with("}\n");
        prop_assert!(closed);
    }

    #[test]
    fn every_network_is_a_picture(network in any_network()) {
        check(&network.picture());
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let nodes: Vec<Node> = (0..500)
        .map(|id| Node {
            id,
            op: Some(format!("op{}", id % 7)),
            arguments: vec![id / 2, id / 3],
            ..Node::default()
        })
        .collect();
    assert_eq!(Graph::new(nodes.clone()).svg(), Graph::new(nodes).svg());
}

#[test]
fn two_pictures_in_one_page_share_no_id() {
    let ids = |picture: &Picture| {
        picture
            .svg()
            .split(" id=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap().to_string())
            .collect::<Vec<_>>()
    };
    let (a, b) = (Chart::new("a").picture(), Chart::new("b").picture());
    assert!(ids(&a).iter().all(|id| !ids(&b).contains(id)));
}

#[test]
fn rules_of_one_kind_of_picture_do_not_reach_another() {
    let graph = Graph::new(Vec::new()).picture();
    let network = Network::default().picture();
    for (picture, own) in [
        (&graph, ".cr-graph "),
        (&network, ".cr-network "),
        (&Chart::new("").picture(), ".cr-chart "),
        (&Bars::new("").picture(), ".cr-bars "),
        (
            &Heatmap::surface("", (0.0, 1.0), (0.0, 1.0), &[[1.0]]).picture(),
            ".cr-heatmap ",
        ),
    ] {
        let style = picture
            .svg()
            .split("</style>")
            .next()
            .unwrap()
            .split("<style>")
            .nth(1)
            .unwrap();
        for rule in style
            .lines()
            .filter(|line| line.starts_with('.') && !line.starts_with(".chainrule-picture"))
        {
            assert!(
                rule.split('{')
                    .next()
                    .unwrap()
                    .split(',')
                    .all(|selector| selector.starts_with(own)),
                "{rule}"
            );
        }
    }
}

#[test]
fn long_series_stay_small() {
    let xs: Vec<f64> = (0..1_000_000).map(f64::from).collect();
    let ys: Vec<f64> = xs.iter().map(|x| (x * 0.37).sin() * (x * 1e-5).cos()).collect();
    let picture = Chart::new("A million points").line("noise", &xs, &ys).picture();
    assert!(picture.svg().len() < 50_000, "{}", picture.svg().len());
    let picture = Chart::new("A million points").scatter("noise", &xs, &ys).picture();
    assert!(picture.svg().len() < 80_000, "{}", picture.svg().len());
}

#[test]
fn points_that_cannot_be_drawn_are_counted() {
    let picture = Chart::new("t")
        .line("loss", &[1.0, 2.0, 3.0, 4.0], &[1.0, f64::NAN, -1.0, 2.0])
        .log_y()
        .picture();
    assert!(
        picture
            .description()
            .contains("2 points left out: not finite, or not positive on a logarithmic axis.")
    );
    let picture = Chart::new("t").line("loss", &[1.0, 2.0, 3.0], &[1.0]).picture();
    assert!(picture.description().contains("2 values without a partner left out."));
}

#[test]
fn a_legend_stands_only_where_there_is_something_to_tell_apart() {
    let one = Chart::new("t").line("alone", &[0.0, 1.0], &[0.0, 1.0]);
    assert!(!one.picture().svg().contains(">alone</text>"));
    let two = one.line("together", &[0.0, 1.0], &[1.0, 0.0]);
    assert!(two.picture().svg().contains(">alone</text>"));
}

#[test]
fn a_loss_over_more_than_a_decade_is_logarithmic() {
    let logarithmic = |losses: &[f64]| {
        loss_chart(losses, &[], None)
            .picture()
            .description()
            .contains("logarithmic")
    };
    assert!(logarithmic(&[1.0, 0.05]));
    assert!(!logarithmic(&[1.0, 0.5]));
    assert!(!logarithmic(&[1.0, 0.0]));
}

#[test]
fn large_graphs_are_collapsed_and_say_so() {
    let node = |id: usize| Node {
        id,
        name: id.is_multiple_of(1000).then(|| format!("h{id}")),
        op: (id > 1).then(|| {
            if id.is_multiple_of(2) {
                "+".to_string()
            } else {
                "×".to_string()
            }
        }),
        arguments: if id > 1 { vec![id - 1, id - 2] } else { Vec::new() },
        value: vec![id as f64],
        ..Node::default()
    };
    let graph = Graph::new((0..5000).map(node).collect());
    let picture = graph.picture();
    check(&picture);
    for text in [
        "Collapsed: 5,000 values",
        ">h1000</text>",
        ">h4000</text>",
        "… 999 nodes",
    ] {
        assert!(picture.svg().contains(text), "{text}");
    }
    assert!(graph.dot().contains("Collapsed: 5,000 values"));
}

#[test]
fn a_value_used_twice_is_drawn_once_with_two_edges() {
    let leaf = Node {
        id: 3,
        name: Some("a".into()),
        value: vec![1.0],
        ..Node::default()
    };
    let sum = Node {
        id: 4,
        op: Some("+".into()),
        arguments: vec![3, 3],
        value: vec![2.0],
        ..Node::default()
    };
    let graph = Graph::new(vec![leaf, sum]);
    assert_eq!(graph.svg().matches(">a</text>").count(), 1);
    assert_eq!(graph.dot().matches("n3 -> n4op;").count(), 2);
    let picture = graph.svg();
    let edges = picture
        .split("class=\"cr-edge\" d=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    assert_eq!(edges.matches('C').count(), 2);
}

#[test]
fn wide_layers_and_deep_networks_are_elided() {
    let layer = |inputs: usize, size: usize| Layer {
        weights: vec![vec![0.1; size]; inputs],
        activation: "relu".into(),
        ..Layer::default()
    };
    let wide = Network {
        inputs: Vec::new(),
        layers: vec![layer(784, 500), layer(500, 10)],
    }
    .picture();
    check(&wide);
    for text in ["inputs · 784", "relu · 500", "⋮ 486 more", "⋮ 770 more"] {
        assert!(wide.svg().contains(text), "{text}");
    }
    let deep = Network {
        inputs: Vec::new(),
        layers: (0..200).map(|_| layer(3, 3)).collect(),
    }
    .picture();
    check(&deep);
    assert!(deep.svg().contains("⋯ 191 layers more"));
}

#[test]
fn sizes_that_do_not_fit_are_told() {
    let layer = Layer {
        weights: vec![vec![1.0, 2.0]; 3],
        bias: vec![0.0],
        ..Layer::default()
    };
    let picture = Network {
        inputs: vec!["x".into()],
        layers: vec![layer],
    }
    .picture();
    check(&picture);
    assert!(
        picture
            .svg()
            .contains("Layer 1: weights for 3 inputs, but there are 1.")
    );
    assert!(picture.svg().contains("Layer 1: 1 biases for 2 neurons."));
}
