//! The graph as text for Graphviz.

use std::fmt::Write;

use super::collapse::{Blocks, Content, summary_lines};
use super::words::{data_text, gradient_text};

pub(super) fn write(blocks: &Blocks, title: Option<&str>) -> String {
    let mut text = String::from("digraph chainrule {\n  rankdir=LR;\n  node [fontname=\"Helvetica\", fontsize=11];\n");
    let mut heading: Vec<String> = title.map(quoted).into_iter().collect();
    heading.extend(blocks.remarks.iter().map(|remark| quoted(remark)));
    if !heading.is_empty() {
        let _ = writeln!(text, "  label=\"{}\";", heading.join("\\n"));
    }
    let names: Vec<String> = blocks
        .blocks
        .iter()
        .enumerate()
        .map(|(place, block)| match block.content {
            Content::Value(node) => format!("n{}", node.id),
            Content::Summary { .. } => format!("s{place}"),
        })
        .collect();
    for (block, name) in blocks.blocks.iter().zip(&names) {
        let mut entry = name.clone();
        match &block.content {
            Content::Value(node) => {
                let mut fields = Vec::new();
                fields.extend(node.name.as_deref().map(record));
                fields.push(format!("data {}", record(&data_text(node))));
                fields.extend(gradient_text(node).map(|gradient| format!("grad {}", record(&gradient))));
                fields.extend(node.fault.as_deref().map(|fault| format!("fault: {}", record(fault))));
                let label = fields.join(" | ");
                let more = if node.fault.is_some() {
                    ", color=red, fontcolor=red"
                } else if node.constant {
                    ", style=dashed"
                } else {
                    ""
                };
                let _ = writeln!(text, "  {name} [shape=record, label=\"{{ {label} }}\"{more}];");
                if let Some(op) = &node.op {
                    entry = format!("{name}op");
                    let color = if node.fault.is_some() { ", color=red" } else { "" };
                    let _ = writeln!(text, "  {entry} [label=\"{}\"{color}];", quoted(op));
                    let _ = writeln!(text, "  {entry} -> {name};");
                }
            }
            Content::Summary {
                count,
                operations,
                faults,
            } => {
                let (first, second) = summary_lines(*count, operations, *faults);
                let _ = writeln!(
                    text,
                    "  {name} [shape=box, style=dashed, label=\"{}\\n{}\"];",
                    quoted(&first),
                    quoted(&second)
                );
            }
        }
        for argument in &block.arguments {
            let _ = writeln!(text, "  {} -> {entry};", names[*argument]);
        }
    }
    text.push_str("}\n");
    text
}

/// Text inside a quoted string of DOT, where a backslash would start an escape.
fn quoted(text: &str) -> String {
    let mut safe = String::new();
    for character in text.chars() {
        match character {
            '"' | '\\' => safe.extend(['\\', character]),
            '\n' => safe.push_str("\\n"),
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}

/// Text inside a record label, where braces, bars and angles have a meaning of their own.
fn record(text: &str) -> String {
    let mut safe = String::new();
    for character in text.chars() {
        match character {
            '{' | '}' | '|' | '<' | '>' | '"' | '\\' => safe.extend(['\\', character]),
            '\n' => safe.push_str("\\n"),
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}
