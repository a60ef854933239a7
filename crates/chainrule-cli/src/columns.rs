//! What the columns of a table hold: what a person says of them, and what became of them.

use crate::{
    failure::Failure,
    output::{columns, cut, printable},
};
use chainrule_learn::{ColumnType, Model, Table};
use chainrule_table::{DateOrder, message::quoted};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, btree_map::Entry},
    str::FromStr,
};

/// What a person says of columns; of the others the cells decide.
#[derive(clap::Args)]
pub struct Columns {
    /// Leave out these columns, with commas between them; a name that holds a comma goes in double quotes, '"price, net",id'.
    /// May be given several times
    #[arg(long, value_name = "COLUMNS")]
    drop: Vec<Names>,
    /// Take the cells of this column as categories, though they look like numbers, dates or an identifier
    #[arg(long, value_name = "COLUMN")]
    categorical: Vec<String>,
    /// Take the cells of this column as numbers, also with signs ($95.16, 12%, 112,770), and those that are none as missing
    #[arg(long, value_name = "COLUMN")]
    numeric: Vec<String>,
    /// Take the cells of this column as dates (also 2024, 2024-01, Jan 2024, 20240131), and those that are none as missing
    #[arg(long, value_name = "COLUMN")]
    date: Vec<String>,
}

impl Columns {
    /// What is said, column by column.
    pub fn types(&self) -> Result<BTreeMap<String, ColumnType>, Failure> {
        let mut types: BTreeMap<String, (ColumnType, &str)> = BTreeMap::new();
        let dropped = self.drop.iter().cloned().flat_map(Names::into_list).collect();
        for (option, names, kind) in [
            ("--drop", &dropped, ColumnType::Dropped),
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

    /// What went wrong while columns were looked for, and how a name with a comma is written if that may be the reason.
    pub fn explained(&self, failure: Failure) -> Failure {
        let several = self
            .drop
            .iter()
            .find(|names| names.list.len() > 1 && !names.text.contains('"'));
        match (failure, several) {
            (Failure::Arguments(message), Some(names)) => Failure::Arguments(format!(
                "{message}; if a column's name holds a comma, quote it: --drop '\"{}\"'",
                names.text
            )),
            (failure, _) => failure,
        }
    }
}

/// So many columns are listed when nobody says which to predict.
const MOST_LISTED: usize = 50;

/// Names of columns with commas between them; in double quotes a name may hold commas, and `""` is a quote.
#[derive(Clone, Debug)]
pub struct Names {
    /// As they were written.
    text: String,
    list: Vec<String>,
}

impl Names {
    /// Each by itself.
    pub fn into_list(self) -> Vec<String> {
        self.list
    }
}

impl FromStr for Names {
    type Err = String;

    fn from_str(text: &str) -> Result<Names, String> {
        let (mut list, mut rest) = (vec![], text);
        loop {
            let Some(mut quoted) = rest.trim_start().strip_prefix('"') else {
                let (name, others) = rest
                    .split_once(',')
                    .map_or((rest, None), |(name, others)| (name, Some(others)));
                list.push(name.trim().to_string());
                match others {
                    Some(others) => rest = others,
                    None => break,
                }
                continue;
            };
            let mut name = String::new();
            loop {
                let (part, after) = quoted.split_once('"').ok_or("the quote is never closed")?;
                name.push_str(part);
                quoted = after;
                match after.strip_prefix('"') {
                    Some(after) => quoted = after,
                    None => break,
                }
                name.push('"');
            }
            list.push(name.trim().to_string());
            let after = quoted.trim_start();
            match after.strip_prefix(',') {
                Some(others) => rest = others,
                None if after.is_empty() => break,
                None => return Err("after a quoted name comes a comma, or nothing".to_string()),
            }
        }
        let text = text.to_string();
        Ok(Names { text, list })
    }
}

/// A name as [`Names`] take it apart into itself.
pub fn quoted_name(name: &str) -> String {
    match name.contains(['"', ',']) {
        true => format!("\"{}\"", name.replace('"', "\"\"")),
        false => name.to_string(),
    }
}

/// The columns that are meant: a name that no column has is a list of names.
pub fn targets(table: &Table, given: Vec<String>) -> Vec<String> {
    let is_column = |name: &String| table.position(name).is_ok() || table.dropped().contains(name);
    let meant = |name: String| match name.contains(',') && !is_column(&name) {
        true => name.split(',').map(|part| part.trim().to_string()).collect(),
        false => vec![name],
    };
    given.into_iter().flat_map(meant).collect()
}

/// What is said when nobody says what to predict: the columns that there are.
pub fn no_target(table: &Table) -> Failure {
    let columns = table.columns().iter().take(MOST_LISTED);
    let mut listed: Vec<String> = columns
        .map(|column| format!("{} ({})", quoted(&column.name), column.kind()))
        .collect();
    if table.columns().len() > MOST_LISTED {
        listed.push(format!("and {} more", table.columns().len() - MOST_LISTED));
    }
    Failure::Arguments(format!(
        "say with --target which column to predict; {} has {}",
        table.name(),
        listed.join(", ")
    ))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart_at_commas_that_are_not_quoted() {
        for (text, list) in [
            ("a", &["a"][..]),
            ("a, b ,c", &["a", "b", "c"]),
            ("\"price, net\"", &["price, net"]),
            (" \"a,b\" ,c,\"say \"\"x\"\"\"", &["a,b", "c", "say \"x\""]),
            ("5\" pipe", &["5\" pipe"]),
            ("é,\"ü\"", &["é", "ü"]),
            ("", &[""]),
            ("a,", &["a", ""]),
        ] {
            assert_eq!(text.parse::<Names>().unwrap().into_list(), list, "{text}");
        }
        for text in ["\"a", "\"a\"b", "\"a\"é", "\"a\"\""] {
            assert!(text.parse::<Names>().is_err(), "{text}");
        }
        for name in ["a", "price, net", "\"", "5\" pipe", ",", "\"a\",b"] {
            assert_eq!(quoted_name(name).parse::<Names>().unwrap().into_list(), [name]);
        }
    }
}
