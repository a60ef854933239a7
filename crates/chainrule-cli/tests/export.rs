//! `export`: a model for other programs, whole or not at all.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

mod program;

use expect_test::expect;
use program::{Folder, houses};

fn fitted(options: &[&str]) -> Folder {
    let folder = Folder::new();
    folder.write("t.csv", houses(60));
    let fit = [
        "fit", "t.csv", "--target", "size", "--model", "mlp", "--hidden", "4", "--epochs", "3",
    ];
    folder.run(&[&fit, options].concat()).done();
    folder
}

#[test]
fn a_model_is_written_for_other_programs_and_says_how_it_was_checked() {
    let folder = fitted(&[]);
    let ran = folder.run(&["export", "model.safetensors", "--to", "onnx"]).done();
    assert_eq!(ran.stdout, "");
    let start = "wrote model.onnx: the same answers for 12 test rows and 64 made-up rows (largest difference ";
    assert!(ran.stderr.starts_with(start), "{}", ran.stderr);
    let bytes = folder.read("model.onnx");
    // The version of the format, and who wrote it.
    assert!(bytes.starts_with(b"\x08\x08\x12\x09chainrule"));
    for column in ["x", "color", "price", "label", "probabilities"] {
        assert!(bytes.windows(column.len()).any(|window| window == column.as_bytes()));
    }
    let ran = folder
        .run(&["export", "model.safetensors", "--to", "rust", "--out", "size.rs"])
        .done();
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", "wrote size.rs\n"));
    let source = folder.text("size.rs");
    expect![[r#"
        /// A row of the table.
        #[derive(Clone, Copy, Debug)]
        pub struct Row<'a> {
            /// Column `x`: a number; NaN if missing.
            pub x: f64,
            /// Column `color`: one of `blue`, `green`, `red`; empty if missing.
            pub color: &'a str,
            /// Column `price`: a number; NaN if missing.
            pub price: f64,
        }"#]]
    .assert_eq(source.split("\n\n").nth(1).unwrap());
    assert!(source.starts_with("//! Mlp(5 → 4 tanh → 2), 34 parameters, trained by chainrule "));
}

#[test]
fn no_row_is_kept_in_a_model_file_when_none_shall_be() {
    let folder = fitted(&["--no-examples"]);
    assert!(!String::from_utf8_lossy(&folder.read("model.safetensors")).contains("examples"));
    let ran = folder.run(&["export", "model.safetensors", "--to", "onnx"]).done();
    assert!(
        ran.stderr.contains("for 0 test rows and 64 made-up rows"),
        "{}",
        ran.stderr
    );
}

#[test]
fn what_cannot_be_exported_is_said() {
    let folder = fitted(&[]);
    let message = folder.refuses(&["export", "model.safetensors", "--to", "pmml"], 2);
    assert!(message.contains("[possible values: onnx, rust]"), "{message}");
    expect![[r#"
        error: the output would replace the model: both are model.safetensors; name another file
    "#]]
    .assert_eq(&folder.refuses(
        &[
            "export",
            "model.safetensors",
            "--to",
            "onnx",
            "--out",
            "model.safetensors",
        ],
        2,
    ));
    folder.write("cut", &folder.read("model.safetensors")[..200]);
    let message = folder.refuses(&["export", "cut", "--to", "onnx"], 1);
    assert!(
        message.starts_with("error: cut is not a whole chainrule model"),
        "{message}"
    );
}
