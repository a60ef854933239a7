//! What is exported gives the model's own answers.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

use std::{fmt::Write, fs, ops::ControlFlow, path::Path, process::Command};

use chainrule_export::{onnx, rust};
use chainrule_learn::{Model, ModelKind, Options, Prediction, Table, fit};
use chainrule_table::Values;

/// A table of every kind of column, with missing cells and rare categories.
fn houses(rows: usize) -> String {
    let mut csv = "area (m2),type,sold,opened,garden,price,dear\n".to_string();
    for i in 0..rows {
        let area = if i % 13 == 5 {
            String::new()
        } else {
            format!("{}", 20 + (i * 37) % 180)
        };
        let kind = match i % 40 {
            39 => "rare",
            k if k % 11 == 4 => "",
            k => ["house", "flat", "loft \"x\"\\{}"][k % 3],
        };
        let sold = format!("20{:02}-{:02}-{:02}", 10 + i % 9, 1 + i % 12, 1 + i % 28);
        let opened = match i % 17 {
            3 => String::new(),
            _ => format!("2020-0{}-11 {:02}:30:00", 1 + i % 3, i % 24),
        };
        let price = 1000 + 10 * ((i * 37) % 180) + 300 * (i % 3);
        let dear = if price > 2200 { "yes" } else { "no" };
        let kind = kind.replace('"', "\"\"");
        let _ = writeln!(
            csv,
            "{area},\"{kind}\",{sold},{opened},{},{price},{dear}",
            ["true", "false"][i / 7 % 2]
        );
    }
    csv
}

fn model(target: &str, other: &str, change: impl Fn(&mut Options)) -> (Model, Table) {
    let table = Table::from_csv("houses.csv", houses(400).as_bytes()).unwrap();
    let mut options = Options::new(target);
    options.model = Some(ModelKind::Mlp);
    options.folds = Some(0);
    options.network.epochs = 8;
    options.network.hidden = vec![7, 5];
    options
        .columns
        .insert(other.to_string(), chainrule_learn::ColumnType::Dropped);
    change(&mut options);
    let model = fit(&table, &options, |_| ControlFlow::Continue(())).unwrap().model;
    (model, table)
}

#[test]
fn an_onnx_graph_gives_the_model_s_answers_for_every_nonlinearity() {
    for activation in chainrule::nn::activations() {
        let (model, _) = model("price", "dear", |options| {
            options.network.activation = activation.to_string()
        });
        let check = onnx(&model).unwrap().check;
        assert_eq!((check.test_rows, check.made_up_rows), (24, 64));
        let most = if activation == "gelu" { 1e-6 } else { 1e-12 };
        assert!(check.largest_difference < most, "{activation}: {check:?}");
        // Two ways of summing do not agree by being the same.
        assert!(check.largest_difference > 0.0, "{activation}");
    }
    for (target, other, kind) in [
        ("dear", "price", ModelKind::Mlp),
        ("dear", "price", ModelKind::Logistic),
        ("price", "dear", ModelKind::Ridge),
    ] {
        let (mut model, _) = model(target, other, |options| options.model = Some(kind));
        let check = onnx(&model).unwrap().check;
        assert!(check.largest_difference < 1e-12, "{check:?}");
        model.forget_examples();
        assert_eq!(onnx(&model).unwrap().check.test_rows, 0);
    }
}

#[test]
fn several_targets_are_outputs_by_name() {
    for kind in [ModelKind::Mlp, ModelKind::Ridge] {
        let (model, table) = model("price", "dear", |options| {
            options.model = Some(kind);
            options.targets.push("area (m2)".to_string());
        });
        assert_eq!(model.targets(), ["price", "area (m2)"]);
        let exported = onnx(&model).unwrap();
        assert!(exported.check.largest_difference < 1e-12, "{:?}", exported.check);
        let text = String::from_utf8_lossy(&exported.bytes).into_owned();
        assert!(text.contains("price\narea (m2)"), "the metadata names them");
        let fields: Vec<(&str, &str)> = FIELDS
            .into_iter()
            .filter(|(_, column)| *column != "area (m2)")
            .collect();
        let table = table.take(&(0..50).collect::<Vec<_>>());
        let Prediction::Numbers(expected) = model.predict(&table).unwrap() else {
            panic!()
        };
        let found = answers(&model, &table, &fields, "println!(\"{:?} {:?}\", p.price, p.area_m2);");
        assert_eq!((found.len(), expected.len()), (50, 2));
        for (row, found) in found.iter().enumerate() {
            for (found, expected) in found.iter().zip(&expected) {
                assert!(
                    (found - expected[row]).abs() < 1e-9 * expected[row].abs(),
                    "{kind:?}: {found}, not {}",
                    expected[row]
                );
            }
        }
    }
}

#[test]
fn the_test_rows_survive_the_model_file_and_are_none_when_forgotten() {
    let (mut model, _) = model("dear", "price", |_| ());
    assert_eq!((model.examples().len(), model.examples()[0].len()), (24, 5));
    let loaded = Model::from_bytes("m", &model.to_bytes().unwrap()).unwrap();
    assert_eq!(loaded.examples(), model.examples());
    assert_eq!(onnx(&loaded).unwrap().bytes, onnx(&model).unwrap().bytes);
    model.forget_examples();
    let text = String::from_utf8_lossy(&model.to_bytes().unwrap()).into_owned();
    assert!(!text.contains("examples"));
}

fn rustc(folder: &Path, arguments: &[&str]) {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let done = Command::new(rustc)
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(String::from_utf8_lossy(&done.stderr), "");
}

/// A folder with the exported file, compiled alone and without a warning.
fn compiled(model: &Model) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("exported.rs"), rust(model).unwrap()).unwrap();
    rustc(
        folder.path(),
        &[
            "exported.rs",
            "--crate-type",
            "rlib",
            "--edition",
            "2021",
            "-D",
            "warnings",
        ],
    );
    folder
}

/// Compiles the exported file alone and a program that calls it for rows of the table, and gives what that prints.
fn answers(model: &Model, table: &Table, fields: &[(&str, &str)], print: &str) -> Vec<Vec<f64>> {
    let folder = compiled(model);
    let mut program = "fn main() { for row in &ROWS { let p = exported::predict(row); ".to_string();
    program.push_str(print);
    let _ = write!(program, "}} }}\nstatic ROWS: [exported::Row; {}] = [\n", table.rows());
    for row in 0..table.rows() {
        program.push_str("exported::Row { ");
        for (field, column) in fields {
            match &table.column(column).unwrap().values {
                Values::Numbers { values, .. } if values[row].is_nan() => {
                    let _ = write!(program, "{field}: f64::NAN, ");
                }
                Values::Numbers { values, .. } => {
                    let _ = write!(program, "{field}: {:?}, ", values[row]);
                }
                Values::Categories { names, codes } => {
                    let name = names.get(codes[row] as usize).cloned().unwrap_or_default();
                    let _ = write!(program, "{field}: {name:?}, ");
                }
                _ => panic!(),
            }
        }
        program.push_str("},\n");
    }
    program.push_str("];\n");
    fs::write(folder.path().join("main.rs"), program).unwrap();
    rustc(
        folder.path(),
        &[
            "main.rs",
            "--edition",
            "2021",
            "--extern",
            "exported=libexported.rlib",
            "-o",
            "main",
        ],
    );
    let output = Command::new(folder.path().join("main")).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let numbers = |line: &str| line.split(' ').map(|cell| cell.parse().unwrap()).collect();
    text.lines().map(numbers).collect()
}

const FIELDS: [(&str, &str); 5] = [
    ("area_m2", "area (m2)"),
    ("type_", "type"),
    ("sold", "sold"),
    ("opened", "opened"),
    ("garden", "garden"),
];

#[test]
fn rust_source_compiles_alone_and_gives_the_model_s_answers() {
    for activation in ["tanh", "gelu", "softplus", "sin"] {
        let (model, table) = model("price", "dear", |options| {
            options.network.activation = activation.to_string()
        });
        let rows: Vec<usize> = (0..100).collect();
        let table = table.take(&rows);
        let Prediction::Numbers(expected) = model.predict(&table).unwrap() else {
            panic!()
        };
        let found = answers(&model, &table, &FIELDS, "println!(\"{p:?}\");");
        assert_eq!(found.len(), 100);
        for (found, expected) in found.iter().zip(&expected[0]) {
            assert!(
                (found[0] - expected).abs() < 1e-9 * expected.abs(),
                "{activation}: {found:?}, not {expected}"
            );
        }
    }
    let (model, table) = model("dear", "price", |_| ());
    let table = table.take(&(0..100).collect::<Vec<_>>());
    let Prediction::Classes { probabilities, .. } = model.predict(&table).unwrap() else {
        panic!()
    };
    let print = "let [no, yes] = p.probabilities; println!(\"{no:?} {yes:?}\"); \
                 assert_eq!(p.label, exported::CLASSES[(yes > no) as usize]);";
    let found = answers(&model, &table, &FIELDS, print);
    assert_eq!(found.len(), 100);
    for (found, expected) in found.iter().zip(probabilities.chunks_exact(2)) {
        assert!((found[0] - expected[0]).abs() < 1e-12 && (found[1] - expected[1]).abs() < 1e-12);
    }
}

#[test]
fn names_from_a_table_do_no_harm_to_source() {
    let rows: String = (0..60)
        .map(|i| {
            format!(
                "{i},\"{}\",{}\n",
                ["x\n//! y", "a\u{202e}b\"\\", "{}"][i % 3].replace('"', "\"\""),
                i % 2
            )
        })
        .collect();
    let csv = format!("\"a\nb\",\"*/ panic!() /*\u{202e}\",\"t\n\"\n{rows}");
    let table = Table::from_csv("odd\nname.csv", csv.as_bytes()).unwrap();
    let mut options = Options::new("t");
    options.model = Some(ModelKind::Mlp);
    options.network.epochs = 1;
    let model = fit(&table, &options, |_| ControlFlow::Continue(())).unwrap().model;
    compiled(&model);
    assert!(onnx(&model).is_ok());
}
