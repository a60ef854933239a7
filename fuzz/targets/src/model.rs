//! Bytes as a model file: loaded, asked, shown, reported, exported.

use chainrule_cli::show_text;
use chainrule_export::{onnx, rust};
use chainrule_learn::{Model, Target};
use chainrule_report::{Origin, report};
use chainrule_table::{Encoding, Rows, Table};
use serde_json::{Map, Value, value::RawValue};
use std::collections::BTreeMap;

/// The entry of the file's metadata that makes it a model.
const KEY: &str = "chainrule";

/// Loads bytes as a model file and uses what loads. A text that [`together`] takes becomes a file with the right checksum
/// first, for a fuzzer does not guess checksums.
///
/// # Panics
/// When a model that loads cannot be used, or does not come back from its own bytes.
pub fn model(bytes: &[u8]) {
    let made = together(bytes);
    let Ok(model) = Model::from_bytes("m", made.as_deref().unwrap_or(bytes)) else {
        return;
    };
    let saved = model.to_bytes().expect("what was loaded can be saved");
    let again = Model::from_bytes("m", &saved).expect("what was saved can be loaded");
    assert!(
        again.to_bytes().unwrap() == saved,
        "the same model gives the same bytes"
    );
    if let Some(table) = rows(&model) {
        ask(&model, &table);
    }
    let _ = model.coefficients();
    assert!(!show_text(&model).is_empty());
    let _ = model.loss_picture().svg();
    let _ = model.network_picture().svg();
    model.record().judgement.pictures().iter().for_each(|picture| {
        let _ = picture.svg();
    });
    assert!(report(&model, &Origin::default()).starts_with("<!DOCTYPE html>"));
    let _ = onnx(&model);
    let _ = rust(&model);
}

fn ask(model: &Model, table: &Table) {
    let Ok(prediction) = model.predict(table) else { return };
    for row in 0..prediction.rows() {
        assert!(!prediction.text(row).is_empty() || matches!(model.target(), Target::Classes { .. }));
        for conformal in model.conformal() {
            match prediction.probabilities(row) {
                Some(probabilities) => drop(conformal.set(probabilities)),
                None => {
                    let (low, high) = conformal.interval(0.0);
                    assert!(low <= high);
                }
            }
        }
    }
    let _ = model.reader();
}

/// Some rows with the columns of a model: what training had, what it had not, and gaps.
fn rows(model: &Model) -> Option<Table> {
    let encoder = model.encoder();
    let columns: Vec<String> = encoder.features().iter().map(|feature| feature.name.clone()).collect();
    let mut rows = Rows::new(encoder, "rows", &columns, 1).ok()?;
    for row in 0..3 {
        let cells: Vec<&str> = encoder
            .features()
            .iter()
            .map(|feature| match (row, &feature.encoding) {
                (2, _) => "",
                (0, Encoding::Number { .. }) => "1.5",
                (_, Encoding::Number { .. }) => "-1e300",
                (0, Encoding::Date { .. }) => "2024-02-29",
                (_, Encoding::Date { .. }) => "0001-01-01 23:00",
                (0, Encoding::Category { names, .. }) => names.first().map_or("", String::as_str),
                (_, Encoding::Category { rare, .. }) => rare.first().map_or("never seen", String::as_str),
            })
            .collect();
        rows.push(row + 1, cells.into_iter());
    }
    rows.take().ok()
}

/// A model file as a text that can be changed without breaking its checksum: one line with the tensors' types, shapes and
/// places, one line with the description, and the tensors' bytes.
pub fn apart(file: &[u8]) -> Option<Vec<u8>> {
    let (length, rest) = file.split_first_chunk::<8>()?;
    let (header, data) = rest.split_at_checked(u64::from_le_bytes(*length).try_into().ok()?)?;
    let mut tensors: Map<String, Value> = serde_json::from_slice(header).ok()?;
    let metadata = tensors.remove("__metadata__")?;
    let envelope: BTreeMap<String, Box<RawValue>> = serde_json::from_str(metadata[KEY].as_str()?).ok()?;
    let mut text = serde_json::to_vec(&tensors).ok()?;
    text.push(b'\n');
    text.extend(envelope["model"].get().bytes());
    text.push(b'\n');
    text.extend(data);
    Some(text)
}

/// The model file of a text that [`apart`] gave, or that a fuzzer made of it: with the checksum that it needs.
pub fn together(text: &[u8]) -> Option<Vec<u8>> {
    let mut lines = text.splitn(3, |byte| *byte == b'\n');
    let (tensors, description, data) = (lines.next()?, lines.next()?, lines.next()?);
    let description = std::str::from_utf8(description).ok()?.trim();
    let mut tensors: Map<String, Value> = serde_json::from_slice(tensors).ok()?;
    let mut sum = crc32fast::Hasher::new();
    sum.update(description.as_bytes());
    for (name, about) in &tensors {
        let place = |end: usize| usize::try_from(about["data_offsets"][end].as_u64()?).ok();
        sum.update(name.as_bytes());
        sum.update(data.get(place(0)?..place(1)?)?);
    }
    let envelope = format!(r#"{{"checksum":{},"model":{description}}}"#, sum.finalize());
    tensors.insert("__metadata__".to_string(), serde_json::json!({ KEY: envelope }));
    let mut header = serde_json::to_vec(&tensors).ok()?;
    header.resize(header.len().next_multiple_of(8), b' ');
    let length = (header.len() as u64).to_le_bytes();
    Some([&length[..], &header, data].concat())
}
