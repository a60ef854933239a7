//! What a layer says to rows of the wrong length.

use crate::{error::Fault, float::Float, graph::Var};

/// A faulty value when the rows of `x` do not have as many numbers as the layer expects.
#[track_caller]
pub(super) fn refuse_features<'g, T: Float>(
    layer: &str,
    name: Option<&str>,
    x: Var<'g, T>,
    expected: usize,
) -> Option<Var<'g, T>> {
    let shape = x.shape();
    if x.fault().is_some() || (shape.rank() > 0 && shape.last() == expected) {
        return None;
    }
    let layer = name.map_or(layer.to_string(), |name| format!("{layer} \"{name}\""));
    let named = x.name().map_or(String::new(), |name| format!("\"{name}\" of "));
    let fault = Fault::new(format!("expects rows of {expected} numbers, got {named}shape {shape}"));
    let fix = match shape.sizes() {
        [rows, _] if *rows as usize == expected => "the first axis would fit: transpose the argument".to_string(),
        _ => format!(
            "make the layer for {} numbers, or give an argument whose last axis is {expected}",
            shape.last()
        ),
    };
    Some(x.graph().faulty(layer, fault.fix(fix)))
}
