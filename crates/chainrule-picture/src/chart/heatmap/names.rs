//! The names of a table's rows and columns, and how many of them are shown.

use crate::number;

/// More rows or columns than this are left out.
pub(super) const MOST: usize = 40;

/// The names of a table's rows and columns.
#[derive(Clone, Debug)]
pub(super) struct Names {
    pub(super) rows: Vec<String>,
    pub(super) columns: Vec<String>,
}

impl Names {
    /// A row's name, or its number.
    pub(super) fn row(&self, row: usize) -> String {
        name(&self.rows, row)
    }

    /// A column's name, or its number.
    pub(super) fn column(&self, column: usize) -> String {
        name(&self.columns, column)
    }
}

fn name(names: &[String], place: usize) -> String {
    match names.get(place) {
        Some(name) if !name.is_empty() => name.clone(),
        _ => number::count(place + 1),
    }
}

/// What a table is too large to show.
pub(super) fn left_out(rows: usize, columns: usize) -> String {
    let more = |count: usize, noun| match count.saturating_sub(MOST) {
        0 => None,
        more => Some(format!("{} not shown", number::counted(more, noun))),
    };
    let parts: Vec<String> = [more(rows, "row"), more(columns, "column")]
        .into_iter()
        .flatten()
        .collect();
    parts.join(", ")
}
