//! What is said about a graph: the texts in its boxes, tooltips, the description.

use std::fmt::Write;

use super::Node;
use super::collapse::{Block, Blocks, Content};
use crate::number;
use crate::svg::shorten;

/// What stands after `data`: the number of a scalar, shape and mean of a tensor.
pub(super) fn data_text(node: &Node) -> String {
    match node.value.as_slice() {
        [] if node.shape.is_empty() => "–".to_string(),
        [] => format!("{:?}", node.shape),
        [only] if node.shape.is_empty() => number::decimals(*only),
        cells if node.shape.is_empty() => {
            format!("[{}] mean {}", cells.len(), number::decimals(mean(cells)))
        }
        cells => format!(
            "{} mean {}",
            shorten(&format!("{:?}", node.shape), 24),
            number::decimals(mean(cells))
        ),
    }
}

/// What stands after `grad`, if a gradient was computed.
pub(super) fn gradient_text(node: &Node) -> Option<String> {
    match node.gradient.as_deref()? {
        [] => None,
        [only] if node.shape.is_empty() => Some(number::decimals(*only)),
        cells => Some(format!("mean {}", number::decimals(mean(cells)))),
    }
}

pub(super) fn gradient_mean(node: &Node) -> Option<f64> {
    node.gradient
        .as_deref()
        .filter(|cells| !cells.is_empty())
        .map(mean)
        .filter(|mean| mean.is_finite())
}

fn mean(cells: &[f64]) -> f64 {
    // Dividing first keeps the sum of huge numbers finite.
    let count = cells.len() as f64;
    let sum: f64 = cells.iter().sum();
    if sum.is_finite() {
        sum / count
    } else {
        cells.iter().map(|cell| cell / count).sum()
    }
}

fn all_cells(cells: &[f64]) -> String {
    match cells {
        [] => "–".to_string(),
        [only] => number::exact(*only),
        _ => {
            let shown: Vec<String> = cells.iter().take(64).map(|cell| number::exact(*cell)).collect();
            let more = cells.len().saturating_sub(64);
            let rest = if more > 0 {
                format!(", … {} more", number::count(more))
            } else {
                String::new()
            };
            format!("[{}{rest}]", shown.join(", "))
        }
    }
}

pub(super) fn describe(blocks: &Blocks) -> String {
    let mut used = vec![false; blocks.blocks.len()];
    for argument in blocks.blocks.iter().flat_map(|block| &block.arguments) {
        used[*argument] = true;
    }
    let mut text = format!("Computation graph of {}.", number::counted(blocks.values, "value"));
    let values = || {
        blocks
            .blocks
            .iter()
            .zip(&used)
            .filter_map(|(block, used)| match block.content {
                Content::Value(node) => Some((node, *used)),
                Content::Summary { .. } => None,
            })
    };
    for (node, _) in values().filter(|(node, used)| !used && node.op.is_some()).take(4) {
        let name = node.name.clone().unwrap_or_else(|| format!("node {}", node.id));
        let _ = write!(text, " Result: {name} = {}.", data_text(node));
    }
    for (node, _) in values()
        .filter(|(node, _)| node.name.is_some() && node.op.is_none())
        .take(12)
    {
        let _ = write!(
            text,
            " {}: data {}",
            node.name.as_deref().unwrap_or_default(),
            data_text(node)
        );
        if let Some(gradient) = gradient_text(node) {
            let _ = write!(text, ", gradient {gradient}");
        }
        text.push('.');
    }
    for (node, _) in values().filter(|(node, _)| node.fault.is_some()).take(4) {
        let _ = write!(text, " Fault: {}.", node.fault.as_deref().unwrap_or_default());
    }
    for remark in &blocks.remarks {
        let _ = write!(text, " {remark}");
    }
    text
}

/// The full story of a box, for its tooltip: every number so that it reads back as the same bits.
pub(super) fn tooltip(block: &Block) -> String {
    let node = match &block.content {
        Content::Value(node) => node,
        Content::Summary { count, operations, .. } => {
            let mut text = format!("{} nodes", number::count(*count));
            for (op, count) in operations.iter().take(40) {
                let _ = write!(text, "\n{op} {}", number::count(*count));
            }
            return text;
        }
    };
    let mut text = node.name.clone().unwrap_or_else(|| format!("node {}", node.id));
    match &node.op {
        Some(op) => _ = write!(text, " = {op}"),
        None if node.constant => text.push_str(" (constant)"),
        None => text.push_str(" (leaf)"),
    }
    if !node.shape.is_empty() {
        let _ = write!(text, "\nshape {:?}", node.shape);
    }
    let _ = write!(text, "\ndata {}", all_cells(&node.value));
    // A product of absurd sizes must not overflow; a shape that cannot be counted matches nothing.
    let cells = node
        .shape
        .iter()
        .try_fold(1usize, |cells, size| cells.checked_mul(*size));
    if !node.value.is_empty() && cells != Some(node.value.len()) {
        let _ = write!(
            text,
            "\n({} given for shape {:?})",
            number::counted(node.value.len(), "cell"),
            node.shape
        );
    }
    if let Some(gradient) = &node.gradient {
        let _ = write!(text, "\ngrad {}", all_cells(gradient));
    }
    if let Some(fault) = &node.fault {
        let _ = write!(text, "\nfault: {fault}");
    }
    text
}
