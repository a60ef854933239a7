//! A gradient told as the sum over paths is the gradient.

#![allow(clippy::unwrap_used)] // a test that cannot go on may panic

use chainrule::{Graph, Mlp, Module, Operand, Rng, Var, loss::mse, ops};
use expect_test::expect;
use proptest::{collection::vec, prelude::*};

/// Builds values one by one from three leaves: each picks an operation and its arguments from what is there.
fn random_graph<'g>(graph: &'g Graph, recipe: &[(usize, usize, usize)]) -> Vec<Var<'g>> {
    // One node for each value, so that a value's place in the list is its position in the graph.
    let mut values = vec![graph.leaf(0.7), graph.leaf(-1.2), graph.leaf(0.4)];
    for &(op, a, b) in recipe {
        // Mostly from the last few, so that paths are long and share their middle.
        let from = |i: usize| values[values.len() - 1 - i % values.len().min(4)];
        let (a, b) = (from(a), from(b));
        values.push(match op % 9 {
            0 => a + b,
            1 => a - b,
            2 | 3 => a * b,
            4 => a.tanh(),
            5 => a.sin(),
            6 => a.sigmoid(),
            7 => a.relu(),
            _ => a.maximum(b),
        });
    }
    values
}

/// The products along every path from the value at `from` down to the one at `to`, by walking each of them.
fn walk(values: &[Var], from: usize, to: usize) -> Vec<f64> {
    if from == to {
        return vec![1.0];
    }
    let mut products = vec![];
    for partial in values[from].partials(0).unwrap() {
        let below = walk(values, partial.argument, to);
        products.extend(below.into_iter().map(|product| partial.derivative.data()[0] * product));
    }
    products
}

proptest! {
    #![proptest_config(ProptestConfig { cases: if cfg!(miri) { 3 } else { 300 }, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_sum_over_paths_is_the_gradient(recipe in vec((0..100usize, 0..4usize, 0..4usize), 1..12)) {
        let graph = Graph::new();
        let values = random_graph(&graph, &recipe);
        let result = values[values.len() - 1];
        let gradient = result.backward().unwrap();
        for &leaf in &values[..3] {
            let mut products = walk(&values, result.id(), leaf.id());
            let explanation = result.explain(leaf).unwrap();
            prop_assert_eq!(explanation.path_count, products.len() as u128);
            let size: f64 = products.iter().map(|p| p.abs()).sum();
            let close = |a: f64, b: f64| (a - b).abs() <= 1e-12 * size.max(1e-300);
            prop_assert!(close(explanation.gradient, gradient[leaf]), "{} and {}", explanation.gradient, gradient[leaf]);
            prop_assert!(close(products.iter().sum(), gradient[leaf]));

            products.sort_by(|a, b| b.abs().total_cmp(&a.abs()));
            prop_assert_eq!(explanation.paths.len(), products.len().min(16));
            for (path, expected) in explanation.paths.iter().zip(&products) {
                prop_assert!(close(path.product.abs(), expected.abs()), "{} and {}", path.product, expected);
                let product: f64 = path.steps.iter().map(|step| step.derivative).product();
                prop_assert!(close(path.product, product));
                let top = path.steps.first().map_or(leaf.id(), |step| step.id);
                prop_assert_eq!(top, result.id());
            }
        }
    }
}

#[test]
fn every_cell_of_a_network_is_explained_by_its_gradient() {
    let graph = Graph::new();
    let net = Mlp::new(&[2, 3, 2, 1], ops::Tanh, &mut Rng::new(3)).unwrap();
    let x = graph.leaf([[0.5, -1.0], [1.5, 0.25]]);
    let hidden = net.forward(x);
    let loss = mse(hidden, graph.constant([[1.0], [-1.0]])) + x.softmax(1).max_over(0).sum() * 0.1;
    let gradient = loss.backward().unwrap();
    let mut values = vec![x];
    net.visit("", &mut |_, param| values.push(param.on(&graph)));
    let mut explained = 0;
    for value in values {
        for (cell, &expected) in gradient.wrt(value).iter().enumerate() {
            let explanation = loss.explain_cell(value, cell).unwrap();
            let found = explanation.gradient;
            assert!(
                (found - expected).abs() <= 1e-12 * expected.abs().max(1.0),
                "{found} is not {expected}"
            );
            assert_ne!(explanation.path_count, 0);
            explained += 1;
        }
    }
    assert_eq!(explained, 4 + net.parameter_count());
}

#[test]
fn a_chain_of_diamonds_has_two_to_the_hundred_paths() {
    let graph = Graph::new();
    let x = graph.leaf(1.0).named("x");
    let mut y = x;
    let mut largest = vec![1.0];
    for level in 0..100 {
        // Two ways through each diamond, the second a little weaker, by a different factor each time.
        let factor = 1.0 - 1.0 / (3.0 + level as f64);
        y = y + y * factor;
        largest = largest.iter().flat_map(|p| [*p, p * factor]).collect();
        largest.sort_by(|a, b| f64::total_cmp(b, a));
        largest.truncate(16);
    }
    let explanation = y.explain(x).unwrap();
    assert_eq!(explanation.path_count, 1 << 100);
    let expected = y.backward().unwrap()[x];
    assert!((explanation.gradient / expected - 1.0).abs() < 1e-12);
    assert_eq!(explanation.paths.len(), 16);
    for (path, expected) in explanation.paths.iter().zip(largest) {
        assert!(
            (path.product / expected - 1.0).abs() < 1e-12,
            "{} is not {expected}",
            path.product
        );
    }
    let text = explanation.to_string();
    assert!(
        text.contains(&format!("the sum over {} paths; the 16 largest:", 1u128 << 100)),
        "{text}"
    );
}

#[test]
fn more_paths_than_can_be_counted_are_said_to_be_more() {
    let graph = Graph::new();
    let x = graph.leaf(1.0).named("x");
    let y = (0..200).fold(x, |y, _| y + y).named("y");
    let explanation = y.explain(x).unwrap();
    assert_eq!(
        (explanation.path_count, explanation.gradient),
        (u128::MAX, 2f64.powi(200))
    );
    let text = explanation.to_string();
    assert!(
        text.contains("the sum over more than 10³⁸ paths; the 16 largest:"),
        "{text}"
    );
}

#[test]
fn the_chain_rule_reads_with_the_numbers_plugged_in() {
    let graph = Graph::new();
    let [a, b, c] = [("a", 2.0), ("b", -3.0), ("c", 10.0)].map(|(name, x)| graph.leaf(x).named(name));
    let l = ((a * b).named("e") + c).named("d") * a;
    let l = l.named("L");
    expect![[r#"
        dL/da = -2, the sum over 2 paths:
          -6 = ∂L/∂d (2) × ∂d/∂e (1) × ∂e/∂a (-3)
           4 = ∂L/∂a (4)
    "#]]
    .assert_eq(&l.explain(a).unwrap().to_string());
    expect![[r#"
        dL/dL = 1, the product along 1 path:
          1 = the value itself
    "#]]
    .assert_eq(&l.explain(l).unwrap().to_string());
    expect![[r#"
        da/dL = 0: a does not depend on L
    "#]]
    .assert_eq(&a.explain(l).unwrap().to_string());
    let m = graph.leaf([[1.0, 2.0], [3.0, 4.0]]).named("M");
    expect![[r#"
        dΣ#8/dM[1, 0] = 6, the sum over 2 paths:
          3 = ∂Σ#8/∂×#7[1, 0] (1) × ∂×#7[1, 0]/∂M[1, 0] (3)
          3 = ∂Σ#8/∂×#7[1, 0] (1) × ∂×#7[1, 0]/∂M[1, 0] (3)
    "#]]
    .assert_eq(&(m * m).sum().explain_cell(m, 2).unwrap().to_string());
}

#[test]
fn what_cannot_be_explained_is_refused() {
    let graph = Graph::new();
    let v = graph.leaf([1.0, 2.0]);
    let (error, line) = (v.explain(v).unwrap_err(), line!());
    let expected = format!(
        "explain: needs one number to explain, got a value of shape [2] (at {}:{line}); name the cell with explain_cell()",
        file!()
    );
    assert_eq!(error.to_string(), expected);
    assert!(
        v.explain_cell(v, 0).unwrap_err().is_argument(),
        "the result must be one number"
    );
    assert!(
        v.sum()
            .explain_cell(v, 2)
            .unwrap_err()
            .to_string()
            .contains("there is no cell 2 in a value of shape [2]")
    );
    let large = graph.leaf(chainrule::Tensor::full([300, 300], 0.01));
    let error = large.matmul(large).sum().explain_cell(large, 0).unwrap_err();
    assert!(error.to_string().contains("more than 50000000"), "{error}");
}
