//! Dates become a day count, a year, and 0/1 inputs for months, weekdays and hours.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use chainrule_table::{ColumnType, DateOrder, Encoder, Encoding, Matrix, Reader, Table};
use expect_test::expect;

fn fit(csv: &str) -> (Encoder, Matrix) {
    let table = Table::from_csv("t.csv", csv.as_bytes()).unwrap();
    let encoder = Encoder::fit(&table, &["when"], &(0..table.rows()).collect::<Vec<_>>()).unwrap();
    let matrix = encoder.transform(&table).unwrap();
    (encoder, matrix)
}

/// The names of the 0/1 inputs that are on in a row.
fn on(matrix: &Matrix, row: usize) -> Vec<&str> {
    let named = matrix
        .names
        .iter()
        .zip(matrix.row(row))
        .filter(|(name, _)| name.contains('='));
    named
        .filter(|(_, value)| **value == 1.0)
        .map(|(name, _)| name.as_str())
        .collect()
}

#[test]
fn every_part_that_changes_is_an_input() {
    let (encoder, matrix) = fit("when\n2023-12-31 08:00\n2024-01-01 20:30\n2024-01-08 08:59:59\n");
    let inputs = [
        "when",
        "when year",
        "when month=January",
        "when month=December",
        "when weekday=Monday",
        "when weekday=Sunday",
        "when hour=8",
        "when hour=20",
    ];
    assert_eq!(encoder.inputs(), inputs);
    assert_eq!(
        on(&matrix, 0),
        ["when month=December", "when weekday=Sunday", "when hour=8"]
    );
    assert_eq!(
        on(&matrix, 1),
        ["when month=January", "when weekday=Monday", "when hour=20"]
    );
    assert_eq!(
        on(&matrix, 2),
        ["when month=January", "when weekday=Monday", "when hour=8"]
    );
    expect!["a date, in days since 1970-01-01, less 19725.5, divided by 3.48811; its year, less 2023.67, divided by 0.471405; its month, one of 2, as 0 or 1 each; its weekday, one of 2, as 0 or 1 each; its hour, one of 2, as 0 or 1 each"].assert_eq(&encoder.features()[0].encoding.to_string());
    let year = 0.5f64.sqrt();
    for (row, expected) in [-2.0 * year, year, year].into_iter().enumerate() {
        assert!((matrix.row(row)[1] - expected).abs() < 1e-9);
    }
    // One month of one year has neither.
    let (encoder, _) = fit("when\n2024-01-01\n2024-01-08\n");
    assert_eq!(encoder.inputs(), ["when"]);
}

#[test]
fn parts_that_training_did_not_have_and_missing_dates_are_counted() {
    let (encoder, _) = fit("when\n2024-01-01\n2024-02-06\n");
    let table = Table::from_csv(
        "later.csv",
        "when\n2024-01-02\n2024-03-03\n2024-04-07\n\"\"\n".as_bytes(),
    )
    .unwrap();
    let matrix = encoder.transform(&table).unwrap();
    let said: String = matrix.unseen.iter().map(|unseen| format!("{unseen}\n")).collect();
    expect![[r#"
        column `when`: 2 cells have a month that no training row has, such as `2024-03-03` in line 3; they count as none of the months
        column `when`: 2 cells have a weekday that no training row has, such as `2024-03-03` in line 3; they count as none of the weekdays
        column `when`: 1 cell is missing (line 5), but none was in training; it counts as the mean, 2024-01-19
    "#]].assert_eq(&said);
    assert_eq!(on(&matrix, 0), ["when month=January", "when weekday=Tuesday"]);
    assert_eq!(
        (on(&matrix, 1).len(), on(&matrix, 3).len(), matrix.row(3)[0]),
        (0, 0, 0.0)
    );
    // Where training rows were missing, that is an input.
    let (encoder, matrix) = fit("when,n\n2024-01-01,1\n,2\n2024-02-06,3\n");
    assert_eq!(encoder.inputs().last().unwrap(), "when is missing");
    assert_eq!(
        (matrix.row(1)[0], *matrix.row(1).last().unwrap(), matrix.unseen.len()),
        (0.0, 1.0, 0)
    );
}

#[test]
fn the_order_of_day_and_month_is_that_of_training() {
    let (encoder, _) = fit("when\n31/01/2024\n01/02/2024\n");
    assert!(matches!(
        encoder.features()[0].encoding,
        Encoding::Date {
            order: DateOrder::DayFirst,
            ..
        }
    ));
    assert_eq!(
        encoder.types(),
        BTreeMap::from([("when".to_string(), ColumnType::Date(DateOrder::DayFirst))])
    );
    let later = "when\n01/02/2024\n";
    let months = |table: &Table| encoder.transform(table).map(|matrix| on(&matrix, 0)[0].to_string());
    let told = Reader::new()
        .columns(&encoder.types())
        .read_from("later.csv", later.as_bytes())
        .unwrap();
    assert_eq!(months(&told).unwrap(), "when month=February");
    // Nobody told this one, and it cannot know.
    let table = Table::from_csv("later.csv", later.as_bytes()).unwrap();
    expect!["no date in `when` has a day above 12, so they were read month first, as 12/31/2024; if the day is first, write them as 2024-12-31"].assert_eq(&table.notices().join("\n"));
    expect!["later.csv, column `when`: the model was trained with dates that have the day first, and these were read month first; write them as 2024-12-31"].assert_eq(&months(&table).unwrap_err().to_string());
    let clear = Table::from_csv("later.csv", "when\n2024-02-01\n".as_bytes()).unwrap();
    assert_eq!(months(&clear).unwrap(), "when month=February");
}
