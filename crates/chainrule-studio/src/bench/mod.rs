//! What is on the graph bench: a graph of single numbers, computed and derived step by step. No page, no pixel.

mod boxes;
mod groups;
mod network;
mod rule;
mod source;
mod walk;

#[cfg(test)]
pub(crate) use boxes::Shown;
pub(crate) use boxes::{Boxes, toggled};
pub(crate) use groups::{Group, Groups};
pub(crate) use network::{Network, loss_names, read_widths};
pub(crate) use rule::{Rule, rule, told};
pub(crate) use source::{Slot, Source, told_path};
pub(crate) use walk::{Pass, Step, Value, Walk};

/// More values than this are not stepped through.
pub(crate) const MOST_VALUES: usize = 2000;
