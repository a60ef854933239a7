//! Rows as JSON: an object, or a list of objects, read one row after the other.

use std::{borrow::Cow, fmt};

use chainrule_table::{Fault, Rows};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Where the rows go.
pub(crate) struct Sink<'a> {
    pub(crate) rows: Rows,
    pub(crate) columns: &'a [String],
    pub(crate) most_rows: usize,
    pub(crate) most_faults: usize,
    /// What is wrong with rows before their cells are looked at.
    pub(crate) faults: Vec<Fault>,
    /// The cells of the present row.
    cells: Vec<Option<String>>,
    count: usize,
}

/// What stands at the start of the error for too many rows.
pub(crate) const TOO_MANY: &str = "more than ";

impl<'a> Sink<'a> {
    pub(crate) fn new(rows: Rows, columns: &'a [String], most_rows: usize, most_faults: usize) -> Sink<'a> {
        Sink {
            rows,
            columns,
            most_rows,
            most_faults,
            faults: Vec::new(),
            cells: Vec::new(),
            count: 0,
        }
    }

    /// Reads a whole text.
    pub(crate) fn read(&mut self, text: &[u8]) -> Result<(), serde_json::Error> {
        let mut reader = serde_json::Deserializer::from_slice(text);
        Whole(self).deserialize(&mut reader)?;
        reader.end()
    }

    fn fault(&mut self, column: &str, message: impl Into<String>) {
        if self.faults.len() < self.most_faults {
            self.faults.push(Fault {
                line: self.count,
                column: column.to_string(),
                message: message.into(),
            });
        }
    }

    fn start<E: Error>(&mut self) -> Result<(), E> {
        self.count += 1;
        if self.count > self.most_rows {
            return Err(E::custom(format!(
                "{TOO_MANY}{} rows; send fewer at a time",
                self.most_rows
            )));
        }
        self.cells.clear();
        self.cells.resize(self.columns.len(), None);
        Ok(())
    }

    fn finish(&mut self) {
        for place in 0..self.columns.len() {
            if self.cells[place].is_none() {
                let column = self.columns[place].clone();
                self.fault(&column, "is not there; send null if the value is missing");
            }
        }
        if !self.rows.has_enough_faults() {
            let cells = self.cells.iter().map(|cell| cell.as_deref().unwrap_or_default().trim());
            self.rows.push(self.count, cells);
        }
    }
}

/// The whole text: a row or a list of rows.
struct Whole<'s, 'a>(&'s mut Sink<'a>);

impl<'de> DeserializeSeed<'de> for Whole<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Whole<'_, '_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object with a value for each column, or a list of such objects")
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        Row(self.0).visit_map(map)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(Row(self.0))?.is_some() {}
        Ok(())
    }
}

/// One row.
struct Row<'s, 'a>(&'s mut Sink<'a>);

impl<'de> DeserializeSeed<'de> for Row<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Row<'_, '_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object with a value for each column")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        self.0.start()?;
        while let Some(Key(name)) = map.next_key()? {
            let Some(place) = self.0.columns.iter().position(|column| *column == name) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            if self.0.cells[place].is_some() {
                self.0.fault(&name, "is there twice; send one value");
            }
            self.0.cells[place] = Some(match cell(map.next_value::<&RawValue>()?) {
                Ok(Some(text)) => text,
                Err(error) => {
                    self.0.fault(&name, format!("is no text: {error}"));
                    String::new()
                }
                Ok(None) => {
                    self.0.fault(
                        &name,
                        "is a list or an object; send a number, a text, true, false or null",
                    );
                    String::new()
                }
            });
        }
        self.0.finish();
        Ok(())
    }
}

/// The name of a column.
struct Key<'de>(Cow<'de, str>);

impl<'de> serde::Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Key<'de>, D::Error> {
        struct Name;
        impl<'de> Visitor<'de> for Name {
            type Value = Key<'de>;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("the name of a column")
            }
            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(text)))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(text.to_string())))
            }
        }
        deserializer.deserialize_str(Name)
    }
}

/// The text that a file would have for a value; `None` of what is no cell. Numbers stay as they are written, however large.
fn cell(value: &RawValue) -> Result<Option<String>, serde_json::Error> {
    let text = value.get();
    Ok(match text.as_bytes().first() {
        Some(b'"') => Some(serde_json::from_str(text)?),
        Some(b'[' | b'{') => None,
        _ if text == "null" => Some(String::new()),
        _ => Some(text.to_string()),
    })
}
