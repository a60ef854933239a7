//! Encoders are learned from the training rows only, and say clearly what does not fit them.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

use chainrule_table::{ColumnType, Encoder, Encoding, Matrix, NumberKind, Reason, Scale, Table};
use expect_test::{Expect, expect};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn table(csv: &str) -> Table {
    Table::from_csv("train.csv", csv.as_bytes()).unwrap()
}

fn fit(csv: &str, features: &[&str]) -> Encoder {
    let table = table(csv);
    Encoder::fit(&table, features, &(0..table.rows()).collect::<Vec<_>>()).unwrap()
}

fn transform(encoder: &Encoder, csv: &str) -> chainrule_table::Result<Matrix> {
    encoder.transform(&Table::from_csv("new.csv", csv.as_bytes()).unwrap())
}

/// What is said of cells that hold what no training row had.
fn said(matrix: &Matrix) -> String {
    matrix.unseen.iter().map(|unseen| format!("{unseen}\n")).collect()
}

fn check_error(encoder: &Encoder, csv: &str, message: Expect) {
    let error = transform(encoder, csv).unwrap_err();
    assert!(error.is_data());
    message.assert_eq(&error.to_string());
}

#[test]
fn only_the_training_rows_count() {
    let table = table("n,c\n1,a\n3,b\n1000,z\n,\n");
    let encoder = Encoder::fit(&table, &["n", "c"], &[1, 0]).unwrap();
    assert_eq!(
        encoder.features()[0].encoding,
        Encoding::Number {
            kind: NumberKind::Integer,
            scale: Scale {
                mean: 2.0,
                standard_deviation: 1.0
            },
            indicator: false
        }
    );
    assert_eq!(encoder.inputs(), ["n", "c=a", "c=b"]);
    // Missing where training had none: the mean, and the most frequent category.
    let matrix = encoder.transform(&table.take(&[3, 3])).unwrap();
    assert_eq!(matrix.row(1), [0.0, 1.0, 0.0]);
    expect![[r#"
        column `n`: 2 cells are missing, the first in line 5, but none was in training; they count as the mean, 2
        column `c`: 2 cells are missing, the first in line 5, but none was in training; they count as the most frequent, `a`
    "#]].assert_eq(&said(&matrix));
}

#[test]
fn missing_cells_have_columns_of_their_own_when_training_had_some() {
    let csv = "n,c,k\n1,a,1\n,b,2\n3,,3\n";
    let encoder = fit(csv, &["c", "n", "k"]);
    assert_eq!(
        encoder.inputs(),
        ["c=a", "c=b", "c is missing", "n", "n is missing", "k"]
    );
    let matrix = transform(&encoder, csv).unwrap();
    let k = 1.5f64.sqrt();
    assert_eq!((matrix.rows, matrix.columns), (3, 6));
    assert_eq!(matrix.row(0)[..5], [1.0, 0.0, 0.0, -1.0, 0.0]);
    assert_eq!(matrix.row(1)[..5], [0.0, 1.0, 0.0, 0.0, 1.0]);
    assert_eq!(matrix.row(2)[..5], [0.0, 0.0, 1.0, 1.0, 0.0]);
    assert!((matrix.row(2)[5] - k).abs() < 1e-15);
    // A file in which all are missing.
    assert_eq!(
        transform(&encoder, "k,c,n\n2,,\n").unwrap().data,
        [0.0, 0.0, 1.0, 0.0, 1.0, 0.0]
    );
}

#[test]
fn columns_that_cannot_help_are_left_out_with_a_note() {
    let mut csv = String::from("n,id,same,word,none,far,few\n");
    for row in 0..30 {
        let far = if row == 0 { "-1.7e308" } else { "1.7e308" };
        csv.push_str(&format!("{row},id{row},0.1,x,,{far},{}\n", row % 2));
    }
    let encoder = fit(&csv, &["id", "same", "n", "word", "none", "far", "few"]);
    assert_eq!(encoder.inputs(), ["n", "few"]);
    expect![[r#"
        column `id` was left out: 30 of its 30 training values are different, so it is an identifier
        column `same` was left out: every training row has 0.1
        column `word` was left out: every training row has `x`
        column `none` was left out: it has no value in any training row
        column `far` was left out: its numbers are spread too far, or too little, to be standardized"#]]
    .assert_eq(&encoder.notes().join("\n"));
    // What was left out need not be there.
    assert_eq!(transform(&encoder, "few,n\n1,14.5\n").unwrap().data, [0.0, 1.0]);
}

#[test]
fn what_cannot_be_learned_from() {
    let table = table("a,b\n1,x\n1,y\n");
    let message = |features: &[&str], rows: &[usize]| {
        let error = Encoder::fit(&table, features, rows).unwrap_err();
        assert!(error.is_request());
        error.to_string()
    };
    expect!["train.csv has no feature column to learn from: column `a` was left out: every training row has 1"]
        .assert_eq(&message(&["a"], &[0, 1]));
    expect!["train.csv has no feature column to learn from: none was named"].assert_eq(&message(&[], &[0]));
    expect!["there are no training rows to learn an encoder from"].assert_eq(&message(&["a"], &[]));
    expect!["training row 2 does not exist: train.csv has 2 rows, counted from 0"].assert_eq(&message(&["a"], &[2]));
    expect!["the feature `b` is named twice; name it once"].assert_eq(&message(&["b", "b"], &[0, 1]));
    expect!["train.csv has no column `c`; its columns are `a`, `b`"].assert_eq(&message(&["c"], &[0]));
}

#[test]
fn what_does_not_fit_an_encoder() {
    let encoder = fit("age,color\n1,red\n2,blue\n", &["age", "color"]);
    check_error(
        &encoder,
        "aeg,color\n1,red\n",
        expect![
            "new.csv has no column `age`: did you mean `aeg`? Its columns are `aeg`, `color`. The model was trained with this column"
        ],
    );
    check_error(
        &encoder,
        "age,color\n1,red\n\n,red\nabc,blue\n",
        expect![
            "new.csv, line 5, column `age`: `abc` is not a number, but the model was trained with numbers here; correct the cell, or leave it empty if the value is missing"
        ],
    );
}

#[test]
fn what_no_training_row_had_is_counted() {
    let encoder = fit("age,color,note\n1,red,x\n3,blue,\n5,red,y\n", &["age", "color", "note"]);
    let csv = "age,color,note\n3,Red,x\n,red,\n,7,z\n1,,x\n";
    let matrix = transform(&encoder, csv).unwrap();
    expect![[r#"
        column `age`: 2 cells are missing, the first in line 3, but none was in training; they count as the mean, 3
        column `color`: 2 cells have a category that no training row has, such as `Red` in line 2 (`red`, perhaps); they count as none of the categories
        column `color`: 1 cell is missing (line 5), but none was in training; it counts as the most frequent, `red`
        column `note`: 1 cell has a category that no training row has, `z` in line 4; it counts as none of the categories
    "#]].assert_eq(&said(&matrix));
    assert_eq!(
        matrix.names[1..],
        ["color=blue", "color=red", "note=x", "note=y", "note is missing"]
    );
    assert_eq!(matrix.row(0), [0.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
    assert_eq!(matrix.row(1), [0.0, 0.0, 1.0, 0.0, 0.0, 1.0]);
    assert_eq!(matrix.row(2), [0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    assert_eq!(matrix.row(3)[1..], [0.0, 1.0, 1.0, 0.0, 0.0]);
    assert_eq!(transform(&encoder, "note,color,age\nx,red,1\n").unwrap().unseen, []);
}

#[test]
fn rare_categories_share_an_input_and_unknown_ones_count_as_rare() {
    // 30 frequent rows each of a to k, and a few others.
    let mut csv = String::from("c,n\n");
    for row in 0..330 {
        csv.push_str(&format!("{},{row}\n", char::from(b'a' + (row % 11) as u8)));
    }
    csv.push_str("once,1\ntwice,1\ntwice,1\nthrice,1\nthrice,1\nthrice,1\n");
    let encoder = fit(&csv, &["c"]);
    let Encoding::Category { names, rare, usual, .. } = &encoder.features()[0].encoding else {
        panic!()
    };
    assert_eq!((names.len(), rare.join(" "), *usual), (12, "once twice".to_string(), 0));
    assert_eq!(encoder.inputs()[11..], ["c=thrice", "c is rare"]);
    let matrix = transform(&encoder, "c\na\nonce\nnever\n\"\"\n").unwrap();
    let ones: Vec<Vec<usize>> = (0..4)
        .map(|row| (0..13).filter(|place| matrix.row(row)[*place] == 1.0).collect())
        .collect();
    assert_eq!(ones, [[0], [12], [12], [0]]);
    expect![[r#"
        column `c`: 1 cell has a category that no training row has, `never` in line 4; it counts as rare
        column `c`: 1 cell is missing (line 5), but none was in training; it counts as the most frequent, `a`
    "#]]
    .assert_eq(&said(&matrix));
    expect!["one of `a`, `b`, `c`, `d`, `e`, `f`, `g`, `h` and 4 more, as 0 or 1 each; and whether it is rare (2 categories) or unknown"].assert_eq(&encoder.features()[0].encoding.to_string());
    // Ten categories or fewer keep them all.
    let few = csv
        .lines()
        .filter(|line| !"bde".contains(&line[..1]))
        .collect::<Vec<_>>()
        .join("\n");
    assert!(fit(&few, &["c"]).inputs().len() == 11);
    assert!(
        fit(&few.replace("\nk,", "\nj,").replace("\ni,", "\nj,"), &["c"])
            .inputs()
            .contains(&"c=once".to_string())
    );
}

#[test]
fn at_most_a_hundred_categories_have_an_input_of_their_own() {
    let csv: String = (0..3000).map(|row| format!("v{},{row}\n", row % 150)).collect();
    let encoder = fit(&format!("c,n\n{csv}"), &["c"]);
    assert_eq!(encoder.inputs().len(), 101);
    assert_eq!(encoder.inputs()[100], "c is rare");
}

#[test]
fn values_too_far_from_training_are_refused() {
    let encoder = fit("n\n0\n1e-300\n", &["n"]);
    check_error(
        &encoder,
        "n\n1e300\n",
        expect![
            "new.csv, line 2, column `n`: 1e300 is too far from the training mean 5e-301 (standard deviation 5e-301) to be standardized; check the value"
        ],
    );
}

#[test]
fn categories_that_read_as_another_type_are_known_by_their_text() {
    let encoder = fit("c,d,e\n1.0,yes,True\n2,no,maybe\nx,true,false\n", &["c", "d", "e"]);
    assert_eq!(
        encoder.inputs(),
        [
            "c=1.0", "c=2", "c=x", "d=no", "d=true", "d=yes", "e=True", "e=false", "e=maybe"
        ]
    );
    let matrix = transform(&encoder, "c,d,e\n2,TRUE,True\n1.0,true,false\n").unwrap();
    assert_eq!(matrix.row(0), [0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0]);
    assert_eq!(matrix.row(1), [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0]);
    let encoder = fit("b\nTrue\nFalse\n", &["b"]);
    assert_eq!(encoder.inputs(), ["b=False", "b=True"]);
    for truth in ["True", "TRUE", "true"] {
        assert_eq!(transform(&encoder, &format!("b\n{truth}\n")).unwrap().data, [0.0, 1.0]);
    }
}

#[test]
fn categories_that_are_numbers_are_known_by_their_value() {
    let encoder = fit("c\n1\n2\nx\n", &["c"]);
    // As pandas writes whole numbers when one is missing.
    assert_eq!(
        transform(&encoder, "c,k\n2.0,1\n,1\n1.0,1\n").unwrap().data,
        // The second is missing: the most frequent, or the first of those.
        [0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0]
    );
    assert_eq!(
        transform(&encoder, "c\n1e0\nx\n").unwrap().data,
        [1.0, 0.0, 0.0, 0.0, 0.0, 1.0]
    );
    assert_eq!(transform(&encoder, "c\n1.5\n").unwrap().unseen[0].example, "1.5");
    // Where two have the same value, only the text tells them apart.
    let encoder = fit("c\n7\n007\nx\n", &["c"]);
    assert_eq!(
        transform(&encoder, "c\n007\n7\n").unwrap().data,
        [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]
    );
    assert_eq!(transform(&encoder, "c\n7.0\n").unwrap().unseen[0].example, "7.0");
}

#[test]
fn numbers_and_dates_are_not_exchanged() {
    let numbers = fit("x\n0\n100\n", &["x"]);
    check_error(
        &numbers,
        "x\n\"\"\n2024-01-01\n",
        expect![
            "new.csv, line 3, column `x`: `2024-01-01` is not a number, but the model was trained with numbers here; correct the cell, or leave it empty if the value is missing"
        ],
    );
    check_error(
        &numbers,
        "x\n50\n2024-01-01\n",
        expect![
            "new.csv, line 3, column `x`: `2024-01-01` is not a number, but the model was trained with numbers here; correct the cell, or leave it empty if the value is missing"
        ],
    );

    let dates = fit("x\n2024-01-01\n2024-01-03\n", &["x"]);
    assert_eq!(dates.inputs(), ["x", "x weekday=Monday", "x weekday=Wednesday"]);
    let days = |csv: &str| {
        let matrix = transform(&dates, csv).unwrap();
        (0..matrix.rows).map(|row| matrix.row(row)[0]).collect::<Vec<_>>()
    };
    assert_eq!(days("x\n2024-01-05\n\"\"\n"), [3.0, 0.0]);
    assert_eq!(days("x\n2024-01-05 00:00:00\n"), [3.0]);
    assert_eq!(days("x\n05.01.2024\n"), [3.0]);
    assert_eq!(days("x\n\"\"\n"), [0.0]);
    for (csv, example) in [
        ("x\n17\n", "17"),
        ("x\n2020-01-05\n\"\"\n2020-13-45\n17\n", "2020-13-45"),
    ] {
        let error = transform(&dates, csv).unwrap_err().to_string();
        assert!(
            error.contains(&format!("`{example}` is not a date such as 2024-01-31, but")),
            "{error}"
        );
    }
    // A bad cell in another row does not harm.
    let table = table("x\n2024-01-05 12:00:00\nabc\n");
    assert_eq!(dates.transform(&table.take(&[0])).unwrap().data[0], 3.5);

    expect!["a date, in days since 1970-01-01, less 19724, divided by 1; its weekday, one of 2, as 0 or 1 each"]
        .assert_eq(&dates.features()[0].encoding.to_string());
    // Whole numbers and others are numbers.
    assert_eq!(transform(&numbers, "x\n75.5\n").unwrap().data, [0.51]);
    assert_eq!(transform(&fit("x\n0.5\n1.5\n", &["x"]), "x\n2\n").unwrap().data, [2.0]);
}

#[test]
fn other_rows_do_not_decide_again_what_is_learned_from() {
    let row = |i: usize| format!("{},{i},{},{}\n", i + 1, 7 * i % 30, if i < 6 { "" } else { "5" });
    let csv: String = (0..60).map(row).collect();
    let table = Table::from_csv("t.csv", format!("nummer,measured,text,seldom\n{csv}").as_bytes()).unwrap();
    let table = table
        .with_types(&BTreeMap::from([("measured".to_string(), ColumnType::Number)]))
        .unwrap();
    let all: Vec<usize> = (0..60).collect();
    let encoder = Encoder::fit(&table, &["nummer", "measured", "text", "seldom"], &all).unwrap();
    let reasons = |encoder: &Encoder| -> Vec<(String, Reason)> {
        let left_out = encoder.left_out().iter();
        left_out.map(|column| (column.name.clone(), column.reason)).collect()
    };
    let counter = ("nummer".to_string(), Reason::Identifier);
    assert_eq!(reasons(&encoder), std::slice::from_ref(&counter));
    // Among fewer rows in another order nobody would take it for a counter.
    let part: Vec<usize> = (0..40).map(|i| i * 11 % 60).collect();
    let inside = table.take(&part);
    let alone = Encoder::fit(&inside, &["nummer", "measured", "text"], &(0..40).collect::<Vec<_>>()).unwrap();
    assert_eq!(reasons(&alone), []);
    let again = encoder.refit(&inside, &(0..40).collect::<Vec<_>>()).unwrap();
    assert_eq!(again.inputs(), encoder.inputs());
    assert_ne!(again, encoder);
    // What says nothing in these rows is left out as well.
    let full = encoder.refit(&table, &(10..60).collect::<Vec<_>>()).unwrap();
    assert_eq!(reasons(&full), [counter, ("seldom".to_string(), Reason::NoInformation)]);
}

#[test]
fn remarks_and_reasons_of_earlier_versions_can_be_read() {
    let feature = r#"{"name":"n","encoding":{"number":{"kind":"integer","mean":2.5,"standard_deviation":1.5,"indicator":false}}}"#;
    let json = format!(r#"{{"features":[{feature}],"left_out":[{{"name":"k","why":"so"}}],"remarks":["`n` is odd"]}}"#);
    let encoder: Encoder = serde_json::from_str(&json).unwrap();
    assert_eq!(encoder.notes(), ["column `k` was left out: so", "`n` is odd"]);
    assert_eq!(encoder.left_out()[0].reason, Reason::Unknown);
    let again: Encoder = serde_json::from_str(&serde_json::to_string(&encoder).unwrap()).unwrap();
    assert_eq!(again, encoder);
}

#[test]
fn a_date_that_never_changes_is_left_out() {
    let encoder = fit("d,n\n2024-01-31,1\n2024-01-31,2\n", &["d", "n"]);
    assert_eq!(
        encoder.notes(),
        ["column `d` was left out: every training row has the same date"]
    );
}

#[test]
fn a_matrix_too_large_for_memory_is_refused() {
    let wide = |name: &str, categories: usize| {
        let names: Vec<String> = (0..categories).map(|category| format!("\"c{category}\"")).collect();
        format!(
            r#"{{"name":"{name}","encoding":{{"category":{{"names":[{}],"rare":[],"usual":0,"indicator":false}}}}}}"#,
            names.join(",")
        )
    };
    let json = format!(
        r#"{{"features":[{},{}],"left_out":[],"remarks":[]}}"#,
        wide("city", 4_000),
        wide("zip", 96_001)
    );
    let encoder: Encoder = serde_json::from_str(&json).unwrap();
    let csv = format!("city,zip\n{}", "c1,c1\n".repeat(10_000));
    check_error(
        &encoder,
        &csv,
        expect![
            "new.csv: 10000 rows of 100001 inputs are 1000010000 numbers, more than 1000000000 (8 GB); the columns with the most inputs are `zip` (96001), `city` (4000): drop them or merge their rare categories, or use fewer rows"
        ],
    );
}

#[test]
fn numbers_left_in_a_text_column_are_numbers() {
    let encoder = fit("n\n1\n3\n", &["n"]);
    let table = table("n\n5\nabc\n");
    assert_eq!(encoder.transform(&table.take(&[0])).unwrap().data, [3.0]);
}

#[test]
fn an_encoder_is_saved_and_loaded() {
    let encoder = fit("n,c,k\n1,a,7\n,b,7\n4,,7\n", &["n", "c", "k"]);
    let json = serde_json::to_string(&encoder).unwrap();
    expect![[r#"{"features":[{"name":"n","encoding":{"number":{"kind":"integer","mean":2.5,"standard_deviation":1.5,"indicator":true}}},{"name":"c","encoding":{"category":{"names":["a","b"],"rare":[],"usual":0,"indicator":true}}}],"left_out":[{"name":"k","reason":"no_information","why":"every training row has 7"}],"remarks":[]}"#]]
    .assert_eq(&json);
    assert_eq!(serde_json::from_str::<Encoder>(&json).unwrap(), encoder);
}

#[test]
fn a_damaged_encoder_is_refused() {
    let number = |mean: &str, deviation: &str| {
        format!(
            r#"{{"name":"n","encoding":{{"number":{{"kind":"float","mean":{mean},"standard_deviation":{deviation},"indicator":true}}}}}}"#
        )
    };
    let category = |names: &str| {
        format!(r#"{{"name":"c","encoding":{{"category":{{"names":{names},"rare":[],"usual":0,"indicator":false}}}}}}"#)
    };
    let message = |features: &[String]| {
        let json = format!(r#"{{"features":[{}],"left_out":[],"remarks":[]}}"#, features.join(","));
        let encoder: Encoder = serde_json::from_str(&json).unwrap();
        let error = transform(&encoder, "n,c\n1,a\n").unwrap_err().to_string();
        assert_eq!(error, encoder.validate().unwrap_err().to_string());
        error
    };
    expect!["the encoder is damaged: it has no features; train the model again"].assert_eq(&message(&[]));
    expect!["the encoder is damaged: the feature `n` has mean 1 and standard deviation 0; train the model again"]
        .assert_eq(&message(&[number("1", "0")]));
    expect!["the encoder is damaged: the feature `n` is there twice; train the model again"]
        .assert_eq(&message(&[number("1", "1"), number("1", "1")]));
    expect!["the encoder is damaged: the category `a` is there twice; train the model again"]
        .assert_eq(&message(&[category(r#"["a","a"]"#)]));
    expect!["the encoder is damaged: a category has no name; train the model again"]
        .assert_eq(&message(&[category(r#"[""]"#)]));
    expect!["the encoder is damaged: the feature `c` has no categories; train the model again"]
        .assert_eq(&message(&[category("[]")]));
    assert!(
        serde_json::from_str::<Encoder>(
            r#"{"features":[{"name":"n","encoding":{"number":{"kind":"float","mean":null}}}],"left_out":[],"remarks":[]}"#
        )
        .is_err()
    );
}

proptest! {
    #[test]
    fn training_rows_have_mean_zero_and_deviation_one(
        values in prop::collection::vec(prop::option::weighted(0.9, -1e6..1e6), 3..100),
        shift in -1e9..1e9f64,
    ) {
        let cells: Vec<String> = values.iter().map(|v| v.map(|v: f64| (v + shift).to_string()).unwrap_or_default()).collect();
        let present = values.iter().flatten().count();
        prop_assume!(present >= 2);
        let csv = format!("n,k\n{}", cells.iter().map(|cell| format!("{cell},1\n")).collect::<String>());
        let encoder = fit(&csv, &["n"]);
        let matrix = transform(&encoder, &csv).unwrap();
        let encoded: Vec<f64> = (0..matrix.rows).filter(|row| values[*row].is_some()).map(|row| matrix.row(row)[0]).collect();
        let mean = encoded.iter().sum::<f64>() / present as f64;
        let variance = encoded.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / present as f64;
        prop_assert!(mean.abs() < 1e-6, "mean {}", mean);
        prop_assert!((variance - 1.0).abs() < 1e-6, "variance {}", variance);
        // Missing cells are at the mean and are marked.
        for row in (0..matrix.rows).filter(|row| values[*row].is_none()) {
            prop_assert_eq!(matrix.row(row), [0.0, 1.0]);
        }
    }
}

#[test]
fn numbers_that_are_nowhere_near_those_of_training_are_said() {
    let table = Table::from_csv("t.csv", "x,y\n1,1\n2,2\n3,2\n".as_bytes()).unwrap();
    let encoder = Encoder::fit(&table, &["x", "y"], &[0, 1, 2]).unwrap();
    assert_eq!(encoder.transform(&table).unwrap().unseen, []);
    let far = Table::from_csv("far.csv", "x,y\n8000,1\n8200,1\n,1\n-1e300,1\n".as_bytes()).unwrap();
    let unseen = encoder.transform(&far).unwrap().unseen;
    let said: Vec<String> = unseen.iter().map(ToString::to_string).collect();
    expect_test::expect![[r#"
        column `x`: 2 cells have a number 10000 standard deviations from the mean, or more, that no training row has, such as `8200` in line 3; they count as any other number
        column `x`: 1 cell is missing (line 4), but none was in training; it counts as the mean, 2"#]].assert_eq(&said.join("\n"));
}
