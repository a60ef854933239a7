//! The first operation that gave no finite number, with what it was given.

use chainrule::{Graph, Origin, TraceNode};

use super::{Code, Finding, figure, rate_times};
use crate::{
    error::Result,
    run::{Run, Stop},
    training::objective,
};

/// Where a number became infinite or undefined, if one did up to the step that is shown.
pub(super) fn not_finite(run: &Run) -> Result<Option<Finding>> {
    let Some(Stop::Diverged { step }) = run.stopped() else {
        return Ok(None);
    };
    if run.at() <= step {
        return Ok(None);
    }
    // The step whose loss was no number, once more.
    let before = run.fork(step, &[])?;
    let graph = Graph::new();
    let (network, batch) = (before.network(), before.next_batch());
    let loss = objective(before.choices(), !before.data().classes().is_empty());
    let loss = loss(network, [graph.constant(&batch.x), graph.constant(&batch.y)]);
    let trace = loss.trace(None);
    let Some(first) = trace.iter().find(|node| node.value.iter().any(|x| !x.is_finite())) else {
        return Ok(None);
    };
    let rate = run.choices().rate();
    let number = first.value.iter().find(|x| !x.is_finite()).copied().unwrap_or(f64::NAN);
    let found = match &first.origin {
        Origin::Op { name, .. } => {
            let given: Vec<String> = first
                .arguments
                .iter()
                .filter_map(|id| trace.iter().find(|node| node.id == *id))
                .map(described)
                .collect();
            format!(
                "in step {} the operation {name} gave {number} first, from {}; the learning rate is {}",
                step + 1,
                given.join(" and "),
                figure(rate)
            )
        }
        _ => format!(
            "after step {step} `{}` held {number}: that step moved it beyond all numbers; the learning rate is {}",
            first.name.as_deref().unwrap_or("a parameter"),
            figure(rate)
        ),
    };
    // The usual rate at most.
    let usual = run.choices().usual_rate();
    let factor = (usual / rate).min(0.1);
    Ok(Some(Code::NotFinite.finding(found, rate_times(run, factor))))
}

/// What an operation was given, with its largest number.
fn described(node: &TraceNode) -> String {
    let name = match (&node.name, &node.origin) {
        (Some(name), _) => format!("`{name}`"),
        (None, Origin::Op { name, .. }) => format!("the result of {name}"),
        (None, _) => "the batch".to_string(),
    };
    let largest = node.value.iter().fold(0.0, |largest: f64, x| largest.max(x.abs()));
    format!("{name} (up to {largest:.1e} in size)")
}
