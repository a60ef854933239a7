//! What a fit was asked, and of which table: with anything else a checkpoint cannot go on.

use std::collections::{BTreeMap, BTreeSet};

use chainrule_table::{Table, Values};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    error::{Error, Result},
    options::Options,
};

/// What a fit was asked, and of what table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Asked {
    version: String,
    options: Value,
    rows: usize,
    columns: Vec<String>,
    /// A hash of all cells as they were read.
    table: u64,
}

impl Asked {
    pub(crate) fn of(table: &Table, options: &Options) -> Result<Asked> {
        let fail = |error: serde_json::Error| Error::request(format!("the options cannot be written: {error}"));
        Ok(Asked {
            version: env!("CARGO_PKG_VERSION").to_string(),
            options: serde_json::to_value(options).map_err(fail)?,
            rows: table.rows(),
            columns: table.columns().iter().map(|column| column.name.clone()).collect(),
            table: hash(table),
        })
    }

    /// What differs in what is asked `now`, in words.
    pub(crate) fn differences(&self, now: &Asked) -> Vec<String> {
        let mut all = vec![];
        let mut say = |what: &str, then: &dyn std::fmt::Display, now: &dyn std::fmt::Display| {
            all.push(format!("{what} was {then} and is {now}"));
        };
        if self.version != now.version {
            say("the version of chainrule", &self.version, &now.version);
        }
        let (mut then, mut present) = (BTreeMap::new(), BTreeMap::new());
        leaves("", &self.options, &mut then);
        leaves("", &now.options, &mut present);
        let names: BTreeSet<&String> = then.keys().chain(present.keys()).collect();
        for name in names {
            let of = |all: &BTreeMap<String, Value>| match all.get(name) {
                None | Some(Value::Null) => "not given".to_string(),
                Some(value) => value.to_string(),
            };
            if of(&then) != of(&present) {
                say(&format!("`{name}`"), &of(&then), &of(&present));
            }
        }
        if self.rows != now.rows {
            say("the number of rows", &self.rows, &now.rows);
        } else if self.columns != now.columns {
            say("the list of columns", &self.columns.join(", "), &now.columns.join(", "));
        } else if self.table != now.table {
            all.push("some cells of the table have other values".to_string());
        }
        all
    }
}

/// Every value of an object under its name, those of objects inside as well.
fn leaves(name: &str, value: &Value, found: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(inside) => inside.iter().for_each(|(name, value)| leaves(name, value, found)),
        value => {
            found.insert(name.to_string(), value.clone());
        }
    }
}

/// A hash of all cells of a table, and of its columns' names and types: it notices accidents, not intentions.
fn hash(table: &Table) -> u64 {
    let mut hash = 0u64;
    let mut add = |word: u64| {
        hash = (hash.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        hash ^= hash >> 32;
    };
    fn text(text: &str, add: &mut impl FnMut(u64)) {
        add(text.len() as u64);
        text.bytes().for_each(|byte| add(byte.into()));
    }
    for column in table.columns() {
        text(&column.name, &mut add);
        text(&format!("{:?}", column.asked), &mut add);
        match &column.values {
            Values::Numbers { values, kind } => {
                text(&format!("{kind:?}"), &mut add);
                values.iter().for_each(|x| add(x.to_bits()));
            }
            Values::Categories { names, codes } => {
                names.iter().for_each(|name| text(name, &mut add));
                codes.iter().for_each(|&code| add(code.into()));
            }
            Values::Text { present, distinct } => {
                add(*distinct as u64);
                present.iter().for_each(|&present| add(present.into()));
            }
            Values::Empty { rows } => add(*rows as u64),
        }
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(cells: &str) -> Table {
        Table::from_csv("t.csv", format!("x,y\n{cells}").as_bytes()).unwrap()
    }

    #[test]
    fn what_differs_is_said() {
        let options = Options::new("y");
        let then = Asked::of(&table("1,2\n3,4\n"), &options).unwrap();
        let mut other = options.clone();
        other.seed = 3;
        other.network.hidden = vec![8, 8];
        other.folds = Some(3);
        let differences =
            |cells: &str, options: &Options| then.differences(&Asked::of(&table(cells), options).unwrap());
        assert_eq!(differences("1,2\n3,4\n", &options), [""; 0]);
        assert_eq!(
            differences("1,2\n3,4\n", &other),
            [
                "`folds` was not given and is 3",
                "`hidden` was [64] and is [8,8]",
                "`seed` was 0 and is 3"
            ]
        );
        assert_eq!(differences("1,2\n", &options), ["the number of rows was 2 and is 1"]);
        let cells = ["some cells of the table have other values"];
        assert_eq!(differences("1,2\n3,5\n", &options), cells);
        assert_eq!(differences("3,4\n1,2\n", &options), cells);
        assert_eq!(differences("1,2\n3,\n", &options), cells);
    }
}
