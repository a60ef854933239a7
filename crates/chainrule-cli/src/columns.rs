//! What the columns of a table hold: what a person says of them, and what became of them.

use crate::{
    failure::Failure,
    output::{columns, cut, printable},
};
use chainrule_learn::{ColumnType, Model};
use chainrule_table::DateOrder;
use serde_json::{Value, json};
use std::collections::{BTreeMap, btree_map::Entry};

/// What a person says of columns; of the others the cells decide.
#[derive(clap::Args)]
pub struct Columns {
    /// Leave out these columns; may be given several times
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    drop: Vec<String>,
    /// Take the cells of this column as categories, though they look like numbers, dates or an identifier
    #[arg(long, value_name = "COLUMN")]
    categorical: Vec<String>,
    /// Take the cells of this column as numbers, and those that are none as missing
    #[arg(long, value_name = "COLUMN")]
    numeric: Vec<String>,
    /// Take the cells of this column as dates (also 2024, 2024-01, 20240131), and those that are none as missing
    #[arg(long, value_name = "COLUMN")]
    date: Vec<String>,
}

impl Columns {
    /// What is said, column by column.
    pub fn types(&self) -> Result<BTreeMap<String, ColumnType>, Failure> {
        let mut types: BTreeMap<String, (ColumnType, &str)> = BTreeMap::new();
        for (option, names, kind) in [
            ("--drop", &self.drop, ColumnType::Dropped),
            ("--categorical", &self.categorical, ColumnType::Category),
            ("--numeric", &self.numeric, ColumnType::Number),
            ("--date", &self.date, ColumnType::Date(DateOrder::Plain)),
        ] {
            for name in names {
                match types.entry(name.trim().to_string()) {
                    Entry::Vacant(entry) => {
                        entry.insert((kind, option));
                    }
                    Entry::Occupied(entry) if entry.get().1 != option => {
                        return Err(Failure::Arguments(format!(
                            "the column `{name}` is named by {} and by {option}; say one of them",
                            entry.get().1
                        )));
                    }
                    Entry::Occupied(_) => {}
                }
            }
        }
        Ok(types.into_iter().map(|(name, (kind, _))| (name, kind)).collect())
    }
}

/// The most columns a person is shown.
const MOST_SHOWN: usize = 30;

/// What became of each column, for a person: what it holds, and how its cells become numbers.
pub fn decisions_text(model: &Model) -> String {
    let encoder = model.encoder();
    let used = encoder.features().iter().map(|feature| {
        let asked = if feature.asked.is_some() { ", as asked" } else { "" };
        let encoding = printable(&feature.encoding.to_string());
        [format!("  {}", cut(&feature.name, 40)), format!("{encoding}{asked}")]
    });
    let left_out = encoder.left_out().iter().map(|column| {
        let why = format!("left out: {}", printable(&column.why));
        [format!("  {}", cut(&column.name, 40)), why]
    });
    let rows: Vec<[String; 2]> = used.chain(left_out).collect();
    let mut text = columns(&rows[..rows.len().min(MOST_SHOWN)]);
    if rows.len() > MOST_SHOWN {
        let more = rows.len() - MOST_SHOWN;
        text.push_str(&format!(
            "  and {more} more columns: `chainrule show MODEL` has them all\n"
        ));
    }
    text
}

/// What became of each column as JSON.
pub fn decisions_json(model: &Model) -> Value {
    let encoder = model.encoder();
    let used = encoder.features().iter().map(|feature| {
        json!({
            "name": feature.name,
            "kind": feature.encoding.kind(),
            "asked": feature.asked,
            "encoding": feature.encoding,
        })
    });
    let left_out = encoder.left_out().iter().map(|column| {
        json!({
            "name": column.name,
            "kind": "left out",
            "reason": column.reason,
            "because": column.why,
        })
    });
    Value::Array(used.chain(left_out).collect())
}
