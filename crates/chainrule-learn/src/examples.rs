//! A few test rows that a model file keeps, so that whatever is made of the model can be checked against it.

use chainrule_table::{Encoder, Table, Values, date_text, message::number};

use crate::model::Model;

/// So many rows at most …
const MOST_ROWS: usize = 24;
/// … and so many bytes of text.
const MOST_BYTES: usize = 1 << 16;

/// The cells of some rows, as far as the encoder learned from their columns, in its order.
pub(crate) fn of(table: &Table, encoder: &Encoder, rows: &[usize]) -> Vec<Vec<String>> {
    let mut bytes = 0;
    rows.iter()
        .take(MOST_ROWS)
        .filter_map(|&row| cells(table, encoder, row))
        .take_while(|cells| {
            bytes += cells.iter().map(|cell| cell.len() + 3).sum::<usize>();
            bytes <= MOST_BYTES
        })
        .collect()
}

/// The cells of a row as text that is understood again as the same; none when a column is missing.
fn cells(table: &Table, encoder: &Encoder, row: usize) -> Option<Vec<String>> {
    let cell = |values: &Values| match values {
        Values::Numbers { values, .. } if values[row].is_nan() => String::new(),
        Values::Numbers { values, kind } if kind.is_date() => date_text(values[row]),
        Values::Numbers { values, .. } => number(values[row]),
        Values::Categories { names, codes } => names.get(codes[row] as usize).cloned().unwrap_or_default(),
        Values::Text { .. } | Values::Empty { .. } => String::new(),
    };
    let columns = encoder.features().iter().map(|feature| table.column(&feature.name));
    columns.map(|column| Some(cell(&column.ok()?.values))).collect()
}

impl Model {
    /// A few rows it was tested with, as text: one cell for each feature of the encoder. They are there to check what is made
    /// of the model, and none if they were forgotten.
    pub fn examples(&self) -> &[Vec<String>] {
        &self.examples
    }

    /// The cells of a row of a table as text, one for each feature of the encoder; none when there is no such row, or a column
    /// is missing.
    pub fn cells(&self, table: &Table, row: usize) -> Option<Vec<String>> {
        (row < table.rows()).then(|| cells(table, &self.encoder, row))?
    }

    /// Forgets the test rows, for a model file without any row of the table.
    pub fn forget_examples(&mut self) {
        self.examples.clear();
    }
}
