//! Whatever comes in, there is a model or an error; never a panic.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

mod tables;

use chainrule_learn::{ColumnType, Model, Options, Table};
use proptest::prelude::*;
use serde_json::{Value, json};
use tables::{bits, fit, houses, short, small};

/// A cell of a column of one kind; now and then of another.
fn cell(kind: u8) -> BoxedStrategy<String> {
    let number = (-100i32..100).prop_map(|x| (f64::from(x) / 8.0).to_string());
    let integer = (0i32..4).prop_map(|x| x.to_string());
    let word = "[ab]".boxed();
    let extreme = prop::sample::select(
        &[
            "1e308",
            "-1e308",
            "1e-308",
            "5e-324",
            "0.1",
            "-0",
            "99999999999999999999",
        ][..],
    );
    let extreme = extreme.prop_map(str::to_string);
    let missing = prop::sample::select(&["", "NA", "?"][..]).prop_map(str::to_string);
    let day = (1u8..29).prop_map(|day| format!("2024-02-{day:02}"));
    match kind {
        0 => number.boxed(),
        1 => prop_oneof![4 => number, 1 => missing].boxed(),
        2 => integer.boxed(),
        3 => prop_oneof![5 => word, 1 => missing].boxed(),
        4 => prop_oneof![2 => number, 1 => extreme].boxed(),
        5 => prop_oneof![3 => day, 1 => missing].boxed(),
        6 => prop_oneof![Just("true".to_string()), Just("false".to_string())].boxed(),
        7 => Just("same".to_string()).boxed(),
        8 => missing.boxed(),
        _ => prop_oneof![word, number, missing, extreme].boxed(),
    }
}

/// A small table of columns `c0`, `c1`, …
fn csv() -> impl Strategy<Value = String> {
    (prop::collection::vec(0u8..10, 1..5), 1usize..30).prop_flat_map(|(kinds, rows)| {
        let columns: Vec<_> = kinds
            .iter()
            .map(|kind| prop::collection::vec(cell(*kind), rows))
            .collect();
        columns.prop_map(move |columns| {
            let names: Vec<String> = (0..columns.len()).map(|i| format!("c{i}")).collect();
            let mut csv = names.join(",") + "\n";
            for row in 0..rows {
                let cells: Vec<String> = columns.iter().map(|column| format!("\"{}\"", column[row])).collect();
                csv.push_str(&(cells.join(",") + "\n"));
            }
            csv
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn any_small_table(csv in csv(), task in 0..3, hidden in prop::sample::select(vec![vec![], vec![3], vec![2, 2]])) {
        let table = Table::from_csv("t.csv", csv.as_bytes()).unwrap();
        let task = [None, Some(chainrule_learn::Task::Regression), Some(chainrule_learn::Task::Classification)][task as usize];
        let options = Options { task, ..small("c0", &hidden, 2) };
        match fit(&table, &options) {
            Err(error) => prop_assert!(!error.to_string().is_empty()),
            Ok(fitted) => {
                let judgement = &fitted.judgement;
                prop_assert!(judgement.test.values().chain(judgement.baseline.values()).all(|figure| figure.is_finite()));
                let loaded = Model::from_bytes("m", &fitted.model.to_bytes().unwrap()).unwrap();
                // All rows were there when the model was fit, but far outliers may be too far to be answered.
                if let Ok(prediction) = fitted.model.predict(&table) {
                    prop_assert_eq!(prediction.rows(), table.rows());
                    prop_assert_eq!(bits(&loaded.predict(&table).unwrap()), bits(&prediction));
                    prop_assert!(bits(&prediction).into_iter().all(|x| f64::from_bits(x).is_finite()));
                }
                fitted.model.loss_picture().svg();
            }
        }
    }

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(Model::from_bytes("m", &bytes).is_err());
    }

    #[test]
    fn any_header(header in "[{}\\[\\]\":,a-z_0-9]{0,80}", data in prop::collection::vec(any::<u8>(), 0..40)) {
        let bytes = [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &data].concat();
        prop_assert!(Model::from_bytes("m", &bytes).is_err());
    }
}

/// The parts of a model file: the description, and the rest of the header with the data.
struct Parts {
    description: Value,
    header: Value,
    data: Vec<u8>,
}

fn parts(bytes: &[u8]) -> Parts {
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let header: Value = serde_json::from_slice(&bytes[8..8 + length]).unwrap();
    let envelope: Value = serde_json::from_str(header["__metadata__"]["chainrule"].as_str().unwrap()).unwrap();
    Parts {
        description: envelope["model"].clone(),
        header,
        data: bytes[8 + length..].to_vec(),
    }
}

impl Parts {
    /// A file with another description, or other numbers, and a checksum that fits.
    fn assemble(&self, description: &Value, data: &[u8]) -> Vec<u8> {
        let text = description.to_string();
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(text.as_bytes());
        let tensors = self
            .header
            .as_object()
            .unwrap()
            .iter()
            .filter(|(name, _)| *name != "__metadata__");
        for (name, tensor) in tensors {
            let [start, end]: [usize; 2] = serde_json::from_value(tensor["data_offsets"].clone()).unwrap();
            hasher.update(name.as_bytes());
            hasher.update(&data[start..end]);
        }
        let envelope = format!("{{\"checksum\":{},\"model\":{text}}}", hasher.finalize());
        let mut header = self.header.clone();
        header["__metadata__"]["chainrule"] = json!(envelope);
        let header = header.to_string();
        [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), data].concat()
    }
}

/// Every place in a JSON value, as a JSON pointer.
fn places(value: &Value, at: String, found: &mut Vec<String>) {
    found.push(at.clone());
    match value {
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                places(item, format!("{at}/{i}"), found);
            }
        }
        Value::Object(entries) => {
            for (name, entry) in entries {
                places(
                    entry,
                    format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")),
                    found,
                );
            }
        }
        _ => {}
    }
}

/// Uses all there is to use.
fn exercise(bytes: &[u8], table: &Table) {
    let Ok(model) = Model::from_bytes("m", bytes) else {
        return;
    };
    if let Ok(prediction) = model.predict(table) {
        assert!(
            bits(&prediction).into_iter().all(|x| f64::from_bits(x).is_finite()),
            "{prediction:?}"
        );
        (0..=prediction.rows()).for_each(|row| drop((prediction.text(row), prediction.probabilities(row))));
    }
    let _ = model.evaluate(table);
    model.loss_picture().svg();
    model.network_picture().svg();
    let _ = model.to_bytes();
}

/// Dates with and without a time, and so many halls that some are rare.
fn events() -> Table {
    let row = |i: usize| {
        let day = match i {
            3 => String::new(),
            _ => format!("2023-{:02}-{:02} {:02}:30", 1 + i % 12, 1 + i % 28, i % 3),
        };
        format!("{day},{},{},{}\n", ["", "?"][i % 2], i % 13 * (i % 3), 100 + 7 * i)
    };
    let rows: String = (0..40).map(row).collect();
    Table::from_csv("t.csv", format!("day,nothing,hall,price\n{rows}").as_bytes())
        .and_then(|table| table.with_types(&[("hall".to_string(), ColumnType::Category)].into()))
        .unwrap()
}

#[test]
fn a_forged_description_of_dates_and_rare_categories_is_refused_or_works() {
    let table = events();
    let model = fit(&table, &short("price")).unwrap().model;
    assert!(model.encoder().inputs().contains(&"hall is rare".to_string()));
    assert!(model.encoder().inputs().contains(&"day weekday=Monday".to_string()));
    forge(&model, &table);
}

/// Someone who knows the format can make the checksum fit. Then the content must be looked at.
#[test]
fn a_forged_description_is_refused_or_works() {
    let table = houses(20).table();
    for target in ["size", "price"] {
        forge(&fit(&table, &short(target)).unwrap().model, &table);
    }
}

/// Puts other things in every place of a model's description, and uses what comes of it.
fn forge(model: &Model, table: &Table) {
    let parts = parts(&model.to_bytes().unwrap());
    let same = Model::from_bytes("m", &parts.assemble(&parts.description, &parts.data)).unwrap();
    assert_eq!(
        bits(&same.predict(table).unwrap()),
        bits(&model.predict(table).unwrap())
    );
    let mut found = vec![];
    places(&parts.description, String::new(), &mut found);
    let others = [
        json!(null),
        json!(0),
        json!(1),
        json!(-1),
        json!(3),
        json!(0.5),
        json!(1e308),
        json!(-1e308),
        json!(u64::MAX),
        json!(""),
        json!("x"),
        json!([]),
        json!({}),
        json!([0]),
        json!(true),
        json!(["a", "a"]),
    ];
    for place in &found {
        for other in &others {
            let mut description = parts.description.clone();
            *description.pointer_mut(place).unwrap() = other.clone();
            exercise(&parts.assemble(&description, &parts.data), table);
        }
        // Left out, or there twice.
        if let Some((parent, last)) = place.rsplit_once('/') {
            let mut shorter = parts.description.clone();
            let mut longer = parts.description.clone();
            match (shorter.pointer_mut(parent), longer.pointer_mut(parent)) {
                (Some(Value::Array(items)), Some(Value::Array(more))) => {
                    let i: usize = last.parse().unwrap();
                    more.push(items.remove(i));
                }
                (Some(Value::Object(entries)), Some(Value::Object(more))) => {
                    let entry = entries.remove(last).unwrap();
                    more.insert("another".to_string(), entry);
                }
                _ => panic!("{place}"),
            }
            exercise(&parts.assemble(&shorter, &parts.data), table);
            exercise(&parts.assemble(&longer, &parts.data), table);
        }
    }
}

#[test]
fn forged_weights_are_refused_or_work() {
    let table = houses(20).table();
    for target in ["size", "price"] {
        let model = fit(&table, &short(target)).unwrap().model;
        let parts = parts(&model.to_bytes().unwrap());
        for number in [f64::NAN, f64::INFINITY, f64::MAX, -f64::MAX, 5e-324] {
            for place in (0..parts.data.len()).step_by(8) {
                let mut data = parts.data.clone();
                data[place..place + 8].copy_from_slice(&number.to_le_bytes());
                let bytes = parts.assemble(&parts.description, &data);
                if !number.is_finite() {
                    assert!(Model::from_bytes("m", &bytes).is_err());
                }
                exercise(&bytes, &table);
            }
            let data = number.to_le_bytes().repeat(parts.data.len() / 8);
            exercise(&parts.assemble(&parts.description, &data), &table);
        }
    }
}
