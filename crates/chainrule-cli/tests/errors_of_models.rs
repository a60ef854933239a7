//! A model refuses what it cannot answer or judge, and says why.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

mod program;

use expect_test::expect;
use program::{Folder, houses};

/// A folder with a table and a model of it.
fn fitted(target: &str) -> Folder {
    let folder = Folder::new();
    folder.write("t.csv", houses(20));
    folder
        .run(&["fit", "t.csv", "--target", target, "--epochs", "2", "--hidden", "3"])
        .done();
    folder
}

#[test]
fn a_table_that_the_model_does_not_understand() {
    let folder = fitted("size");
    let refusal = |csv: &str| {
        folder.write("new.csv", csv);
        folder.refuses(&["predict", "model.safetensors", "new.csv"], 1)
    };
    expect![[r#"
        error: new.csv has no column `color`; its columns are `x`, `price`. The model was trained with this column
    "#]]
    .assert_eq(&refusal("x,price\n1,100\n"));
    expect![[r#"
        error: new.csv has no column `color`: did you mean `colour`? Its columns are `x`, `colour`, `price`. The model was trained with this column
    "#]].assert_eq(&refusal("x,colour,price\n1,red,100\n"));
    expect![[r#"
        error: new.csv, line 3, column `x`: `many` is not a number, but the model was trained with numbers here; correct the cell, or leave it empty if the value is missing
    "#]].assert_eq(&refusal("x,color,price\n1,red,100\nmany,red,100\n"));
    expect![[r#"
        error: new.csv has a header line and no rows; add at least one row below the header
    "#]]
    .assert_eq(&refusal("x,color,price\n"));
}

#[test]
fn a_table_that_has_the_answer_s_column_already() {
    let folder = fitted("size");
    folder.write("new.csv", "x,color,price,predicted_size\n1,red,100,small\n");
    expect![[r#"
        error: new.csv: there is a column `predicted_size` already; rename it, or leave it out
    "#]]
    .assert_eq(&folder.refuses(&["predict", "model.safetensors", "new.csv"], 1));
    folder.write("new.csv", "x,color,price,probability_large\n1,red,100,1\n");
    expect![[r#"
        error: new.csv: there is a column `probability_large` already; rename it, or leave it out
    "#]]
    .assert_eq(&folder.refuses(&["predict", "model.safetensors", "new.csv", "--out", "answers.csv"], 1));
}

#[test]
fn a_place_for_the_answers_that_cannot_be() {
    let folder = fitted("size");
    std::fs::create_dir(folder.path("folder")).unwrap();
    expect![[r#"
        error: folder is a folder; name a file
    "#]]
    .assert_eq(&folder.refuses(&["predict", "model.safetensors", "t.csv", "--out", "folder"], 1));
    let before = folder.content();
    let ran = folder.run(&["predict", "model.safetensors", "t.csv", "--out", "none/answers.csv"]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.stderr.starts_with("error: none/answers.csv could not be written: "),
        "{}",
        ran.stderr
    );
    assert!(folder.content() == before);
}

#[test]
fn a_table_that_cannot_be_judged_by() {
    let folder = fitted("size");
    let refusal = |csv: &str| {
        folder.write("later.csv", csv);
        folder.refuses(&["evaluate", "model.safetensors", "later.csv"], 1)
    };
    expect![[r#"
        error: later.csv has no column `size`; its columns are `x`, `color`, `price`
    "#]]
    .assert_eq(&refusal("x,color,price\n1,red,100\n"));
    expect![[r#"
        error: later.csv: the target `size` has no value in any row; choose another target
    "#]]
    .assert_eq(&refusal("x,color,price,size\n1,red,100,\n"));
    expect![[r#"
        error: later.csv, line 3, column `size`: the model does not know the class `huge`; it was trained with `large`, `small`. Correct the cell or train again
    "#]].assert_eq(&refusal("x,color,price,size\n1,red,100,small\n1,red,100,huge\n"));
    let folder = fitted("price");
    folder.write("later.csv", "x,color,size,price\n1,red,small,100\n1,red,small,cheap\n");
    expect![[r#"
        error: later.csv, line 3, column `price`: the target is not a number (`cheap`), so regression cannot predict it; correct the cell, or train with --task classification
    "#]].assert_eq(&folder.refuses(&["evaluate", "model.safetensors", "later.csv"], 1));
}

#[test]
fn a_model_that_is_none() {
    let folder = Folder::new();
    folder.write("t.csv", houses(20));
    // What is in between, each system says in its own words.
    for name in ["none", "."] {
        let message = folder.refuses(&["predict", name, "t.csv"], 1);
        assert!(
            message.starts_with(&format!("error: {name} could not be read: ")),
            "{message}"
        );
        assert!(
            message.ends_with("give the file that `chainrule fit` wrote\n"),
            "{message}"
        );
    }
    folder.write("empty", "");
    expect![[r#"
        error: empty is not a whole chainrule model (header too small); it may be cut short or altered: copy it again, or train again
    "#]].assert_eq(&folder.refuses(&["show", "empty"], 1));
    expect![[r#"
        error: t.csv is a table, not a model; name the file that `chainrule fit` wrote
    "#]]
    .assert_eq(&folder.refuses(&["show", "t.csv"], 1));
    let header = br#"{"weight":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#;
    folder.write(
        "foreign",
        [&(header.len() as u64).to_le_bytes()[..], header, &[0; 4]].concat(),
    );
    expect![[r#"
        error: foreign is a safetensors file, but not a chainrule model: its metadata has no "chainrule" entry; give the file that `chainrule fit` wrote
    "#]].assert_eq(&folder.refuses(&["evaluate", "foreign", "t.csv"], 1));
}

#[test]
fn a_row_so_far_out_that_there_is_no_finite_answer_is_named() {
    let folder = Folder::new();
    let rows: String = (0..40)
        .map(|i| format!("{i},{},{}\n", 1000 * i, ["a", "b"][i / 20]))
        .collect();
    folder.write("t.csv", format!("x,y,class\n{rows}"));
    folder.write("new.csv", "x,y,class\n1,1,a\n1e308,-1e308,a\n-1e308,1e308,a\n");
    for target in ["y", "class"] {
        let fit =
            format!("fit t.csv --target {target} --epochs 30 --hidden 16,16 --activation relu --learning-rate 0.1");
        folder.run(&fit.split(' ').collect::<Vec<_>>()).done();
        let ran = folder.run(&["predict", "model.safetensors", "new.csv"]);
        assert!(
            !ran.stdout.contains("NaN") && !ran.stdout.contains("inf"),
            "{}",
            ran.stdout
        );
        if ran.code != Some(0) {
            assert!(
                ran.stderr.starts_with("error: new.csv, line "),
                "{target}: {}",
                ran.stderr
            );
        }
    }
}
