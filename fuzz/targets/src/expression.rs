//! Bytes as a formula: its value, its derivatives, its pictures.

use chainrule::{Graph, Var, expression::Expression};

/// A longer formula is not drawn and differentiated twice.
const SHORT: usize = 300;

/// Reads bytes as a formula, computes it with usual and unusual numbers, and differentiates it.
///
/// # Panics
/// When a formula that was understood has no value or no derivatives.
pub fn expression(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let formula = match Expression::parse(text) {
        Ok(formula) => formula,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    for numbers in [
        [0.5, -1.5, 2.0],
        [0.0, -0.0, 1.0],
        [f64::MAX, f64::MIN_POSITIVE, -1e-300],
    ] {
        let graph = Graph::new();
        let names = formula.names().iter().zip(numbers.iter().cycle());
        let leaves: Vec<Var> = names.map(|(name, x)| graph.leaf(*x).named(name.as_str())).collect();
        let result = formula.record(&graph, &leaves).unwrap();
        result.item().unwrap();
        let gradients = result.backward().unwrap();
        if text.len() > SHORT {
            continue;
        }
        let first = result.backward_graph().unwrap();
        for leaf in leaves.iter().take(3) {
            // A second rule may compute the same in another order, but both find a number or none.
            let (number, value) = (gradients[*leaf], first.wrt(*leaf));
            assert_eq!(number.is_nan(), value.item().unwrap().is_nan(), "{number}");
            value.backward().unwrap();
            let _ = result.explain(*leaf).unwrap().to_string();
        }
        let drawing = chainrule_picture::graph(result, &gradients);
        assert!(drawing.svg().starts_with("<svg") && !drawing.dot().is_empty());
    }
}
