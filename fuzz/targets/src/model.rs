//! Bytes as a model file: loaded, asked, shown, reported, exported.

use crate::{MODEL, together};
use chainrule_cli::show_text;
use chainrule_export::{onnx, rust};
use chainrule_learn::{Model, Target};
use chainrule_report::{Origin, report};
use chainrule_table::{Encoding, Rows, Table};

/// Loads bytes as a model file and uses what loads. A text that [`together`] takes becomes a file with the right checksum
/// first, for a fuzzer does not guess checksums.
///
/// # Panics
/// When a model that loads cannot be used, or does not come back from its own bytes.
pub fn model(bytes: &[u8]) {
    let made = together(MODEL, bytes);
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
