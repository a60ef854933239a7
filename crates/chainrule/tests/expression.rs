//! Whatever a person types as a formula gives a value or a message, never a panic.

use chainrule::{Graph, Var, expression::Expression};
use proptest::prelude::*;

fn try_it(text: &str) {
    let Ok(expression) = Expression::parse(text) else {
        return;
    };
    let g = Graph::new();
    let values: Vec<Var> = expression.names().iter().map(|_| g.leaf(0.5)).collect();
    let Ok(result) = expression.record(&g, &values) else {
        panic!("{text}: parsed, but not recorded");
    };
    assert!(result.backward().is_ok(), "{text}");
    assert!(result.backward_graph().is_ok(), "{text}");
}

proptest! {
    #[test]
    fn any_text(text in any::<String>()) {
        try_it(&text);
    }

    #[test]
    fn anything_that_looks_like_a_formula(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "a", "b", "x1", "2", ".5", "1e-3", "1e", "+", "-", "*", "/", "^", "(", ")", ",", " ", "tanh(", "maximum(", "leaky_relu(", "0.1", "where(", "pow(", "θ", "=", "**",
        ]), 0..24)
    ) {
        try_it(&pieces.concat());
    }
}
