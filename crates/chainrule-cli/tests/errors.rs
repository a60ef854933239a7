//! Whatever is wrong with a table is said: what, where, and what to do. The exit code is 1 when the work failed and 2 when
//! the arguments ask for something that cannot be; standard output stays empty, and no file is written.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

mod program;

use expect_test::expect;
use program::{Folder, houses};

/// `fit` of a table that cannot be learned from.
#[track_caller]
fn bad_table(csv: impl AsRef<[u8]>, target: &str, code: i32) -> String {
    let folder = Folder::new();
    folder.write("t.csv", csv);
    folder.refuses(&["fit", "t.csv", "--target", target, "--epochs", "2"], code)
}

#[test]
fn a_file_without_rows() {
    expect![[r#"
        error: t.csv is empty; it needs a header line with the column names, and rows below it
    "#]]
    .assert_eq(&bad_table("", "y", 1));
    expect![[r#"
        error: t.csv is empty; it needs a header line with the column names, and rows below it
    "#]]
    .assert_eq(&bad_table("\n \n", "y", 1));
    expect![[r#"
        error: t.csv has a header line and no rows; add at least one row below the header
    "#]]
    .assert_eq(&bad_table("x,y\n", "y", 1));
}

#[test]
fn a_file_that_is_no_table() {
    expect![[r#"
        error: t.csv, line 3: the row has 1 cell, but the header has 2 names; a missing value still needs its comma
    "#]]
    .assert_eq(&bad_table("x,y\n1,2\n3\n", "y", 1));
    expect![[r#"
        error: t.csv, line 3: the row has 3 cells, but the header has 2 names; a cell that holds a comma needs quotes around it
    "#]].assert_eq(&bad_table("x,y\n1,2\n3,4,5\n", "y", 1));
    expect![[r#"
        error: t.csv, line 1: columns 1 and 2 are both named `x`; give each column its own name
    "#]]
    .assert_eq(&bad_table("x,x\n1,2\n", "x", 1));
    expect![[r#"
        error: t.csv, line 2: the quote that opens a cell is never closed; add the closing quote, or write "" for a quote inside a quoted cell
    "#]].assert_eq(&bad_table("x,y\n\"1,2\n", "y", 1));
    expect![[r#"
        error: t.csv, line 3: byte 9 of the file (0x81) is neither UTF-8 nor Windows-1252 text; save the file as CSV in UTF-8
    "#]]
    .assert_eq(&bad_table(b"x,y\n1,2\n\x81,4\n", "y", 1));
    expect![[r#"
        error: t.csv, line 3: byte 9 of the file is zero, which text never holds; save the file as CSV in UTF-8
    "#]]
    .assert_eq(&bad_table(b"x,y\n1,2\n\0,4\n", "y", 1));
}

#[test]
fn a_file_that_cannot_be_opened() {
    let folder = Folder::new();
    expect![[r#"
        error: cannot open none.csv: there is no such file; check the name and the folder; or name a data set: `chainrule data` lists them
    "#]]
    .assert_eq(&folder.refuses(&["fit", "none.csv", "--target", "y"], 1));
    expect![[r#"
        error: cannot open Iris: there is no such file; check the name and the folder; or did you mean the data set `iris`?
    "#]]
    .assert_eq(&folder.refuses(&["fit", "Iris", "--target", "y"], 1));
    std::fs::create_dir(folder.path("tables")).unwrap();
    expect![[r#"
        error: tables is a directory; name a file in it
    "#]]
    .assert_eq(&folder.refuses(&["fit", "tables", "--target", "y"], 1));
}

#[test]
fn numbers_that_are_none() {
    expect![[r#"
        error: t.csv, line 3, column `x`: `inf` is not a finite number, and no model can take it in; leave the cell empty if the value is missing
    "#]].assert_eq(&bad_table("x,y\n1,2\ninf,4\n", "y", 1));
    expect![[r#"
        error: t.csv, line 3, column `y`: `-inf` is not a finite number, and no model can take it in; leave the cell empty if the value is missing
    "#]].assert_eq(&bad_table("x,y\n1,2\n3,-inf\n", "y", 1));
    expect![[r#"
        error: t.csv, line 3, column `x`: `1e999` is not a finite number, and no model can take it in; leave the cell empty if the value is missing
    "#]].assert_eq(&bad_table("x,y\n1,2\n1e999,4\n", "y", 1));
}

#[test]
fn a_target_that_is_not_there() {
    expect![[r#"
        error: t.csv has no column `Price`: did you mean `price`? Its columns are `x`, `color`, `size`, `price`
    "#]]
    .assert_eq(&bad_table(houses(20), "Price", 2));
    expect![[r#"
        error: t.csv has no column `weight`; its columns are `x`, `color`, `size`, `price`
    "#]]
    .assert_eq(&bad_table(houses(20), "weight", 2));
    expect![[r#"
        error: t.csv has no column ``; its columns are `x`, `color`, `size`, `price`
    "#]]
    .assert_eq(&bad_table(houses(20), "", 2));
}

#[test]
fn a_target_that_cannot_be_learned() {
    let column = |y: fn(usize) -> String| (0..20).map(|i| format!("{i},{}\n", y(i))).collect::<String>();
    let table = |y| format!("x,y\n{}", column(y));
    expect![[r#"
        error: t.csv: every row has the same target, `y` = `7`: there is nothing to predict; choose another target
    "#]]
    .assert_eq(&bad_table(table(|_| "7".into()), "y", 1));
    expect![[r#"
        error: t.csv: every row has the same target, `y` = `yes`: there is nothing to predict; choose another target
    "#]]
    .assert_eq(&bad_table(table(|_| "yes".into()), "y", 1));
    expect![[r#"
        error: t.csv: the target `y` has no value in any row; choose another target
    "#]]
    .assert_eq(&bad_table(table(|_| "".into()), "y", 1));
    expect![[r#"
        error: t.csv, line 9: the class `rare` of the target `y` is there only once; it cannot be both learned and tested: add rows of it, merge it with another class, or remove the row
    "#]].assert_eq(&bad_table(table(|i| if i == 7 { "rare".into() } else { "common".into() }), "y", 1));
}

#[test]
fn a_message_about_extreme_numbers_is_short() {
    for power in [-200, 306] {
        let rows: String = (0..20).map(|i| format!("{i},{i}e{power}\n")).collect();
        let message = bad_table(format!("x,y\n{rows}"), "y", 1);
        assert!(message.starts_with("error: ") && message.contains("`y`"), "{message}");
        assert!(message.len() < 300, "{message}");
    }
}

#[test]
fn too_few_rows_or_columns() {
    expect![[r#"
        error: t.csv has 4 rows with a value of the target `y`; at least 5 are needed to train, validate and test
    "#]]
    .assert_eq(&bad_table("x,y\n1,2\n2,3\n3,4\n4,5\n", "y", 1));
    expect![[r#"
        error: t.csv has 4 rows with a value of the target `y`; at least 5 are needed to train, validate and test
    "#]]
    .assert_eq(&bad_table("x,y\n1,a\n2,b\n3,a\n4,b\n", "y", 1));
    expect![[r#"
        error: t.csv has no column beside the target `y` to learn from
    "#]]
    .assert_eq(&bad_table("y\n1\n2\n3\n4\n5\n6\n7\n8\n", "y", 1));
    expect![[r#"
        error: t.csv has no feature column to learn from: column `x` was left out: every training row has 1
    "#]]
    .assert_eq(&bad_table("x,y\n1,1\n1,2\n1,3\n1,4\n1,5\n1,6\n1,7\n", "y", 1));
}

#[test]
fn a_column_without_values_is_left_out_with_a_note() {
    let folder = Folder::new();
    let rows: String = (0..20).map(|i| format!("{i},,{}\n", 2 * i)).collect();
    folder.write("t.csv", format!("x,empty,y\n{rows}"));
    let ran = folder.run(&["fit", "t.csv", "--target", "y", "--epochs", "2"]).done();
    expect![[r#"
        note: column `empty` was left out: it has no value in any training row
        warning: the figures are of 4 rows only and would differ much on others; judge on more rows, with `chainrule evaluate` on later ones
    "#]]
    .assert_eq(&ran.stderr);
}

#[test]
fn a_date_is_no_number_to_predict() {
    let rows: String = (1..29).map(|i| format!("{i},2024-02-{i:02}\n")).collect();
    expect![[r#"
        error: t.csv, column `y`: the target is dates, and regression predicts numbers; add a column of what you ask, such as the days until then, or train with --task classification
    "#]].assert_eq(&bad_table(format!("x,y\n{rows}"), "y", 1));
}
