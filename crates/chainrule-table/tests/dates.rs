//! Dates become a day count, a year, and 0/1 inputs for months, weekdays and hours.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use chainrule_table::{Blocks, ColumnType, DateOrder, Encoder, Encoding, Matrix, Reader, Table, Values, date_text};
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
        BTreeMap::from([("when".to_string(), ColumnType::TrainedDate(DateOrder::DayFirst))])
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

/// What each route says of a table of later rows: read at once as the encoder says, and block by block.
fn later(encoder: &Encoder, csv: &str) -> [Result<Vec<f64>, String>; 2] {
    let at_once = || {
        let reader = Reader::new().columns(&encoder.types()).lenient().without_text();
        let table = reader.read_from("later.csv", csv.as_bytes())?;
        Ok(encoder.transform(&table)?.data)
    };
    let in_blocks = || {
        let mut data = vec![];
        let mut blocks = Blocks::new(encoder, "later.csv", csv.as_bytes())?;
        while let Some(block) = blocks.next()? {
            data.extend(encoder.transform(&block)?.data);
        }
        Ok(data)
    };
    let said = |result: chainrule_table::Result<Vec<f64>>| result.map_err(|error| error.to_string());
    [said(at_once()), said(in_blocks())]
}

fn asked(csv: &str) -> Encoder {
    let reader = Reader::new().column("when", ColumnType::Date(DateOrder::Plain));
    let table = reader.read_from("t.csv", csv.as_bytes()).unwrap();
    Encoder::fit(&table, &["when"], &(0..table.rows()).collect::<Vec<_>>()).unwrap()
}

#[test]
fn a_date_in_the_other_order_is_an_error_whoever_asked() {
    let month_first = "when\n12/31/2024\n01/02/2024\n";
    let refusals = [
        (fit(month_first).0, "when\n01/02/2024\n31/12/2024\n"),
        (asked(month_first), "when\n01/02/2024\n31/12/2024\n"),
        (
            fit("when\n31/12/2024\n01/02/2024\n").0,
            "when\n01/02/2024\n12/31/2024\n",
        ),
        // What is no date is missing only where somebody said so.
        (fit(month_first).0, "when\n01/02/2024\nhello\n"),
        (fit("when\n2024-12-31\n2024-02-01\n").0, "when\n2024-02-01\nhello\n"),
        (fit("when\n2024-12-31\n2024-02-01\n").0, "when\n2024-02-01\n31/1/24\n"),
    ];
    let mut said = String::new();
    for (encoder, csv) in refusals {
        let [at_once, in_blocks] = later(&encoder, csv).map(|result| result.unwrap_err());
        said.push_str(&format!("{in_blocks}\n"));
        let place = "later.csv, line 3, column `when`: ";
        assert!(
            at_once.starts_with(place) && in_blocks.starts_with(place),
            "{at_once}\n{in_blocks}"
        );
    }
    expect![[r#"
        later.csv, line 3, column `when`: `31/12/2024` has the day first, but the model was trained with dates that have the month first; write the dates as 2024-12-31
        later.csv, line 3, column `when`: `31/12/2024` has the day first, but the model was trained with dates that have the month first; write the dates as 2024-12-31
        later.csv, line 3, column `when`: `12/31/2024` has the month first, but the model was trained with dates that have the day first; write the dates as 2024-12-31
        later.csv, line 3, column `when`: `hello` is not a date such as 2024-01-31, but the model was trained with dates here; correct the cell, or leave it empty if the value is missing
        later.csv, line 3, column `when`: `hello` is not a date such as 2024-01-31, but the model was trained with dates here; correct the cell, or leave it empty if the value is missing
        later.csv, line 3, column `when`: `31/1/24` is not a date such as 2024-01-31: a year of two digits leaves the century open: write it with four, as 2024-01-31
    "#]].assert_eq(&said);
    let [at_once, in_blocks] = later(&asked(month_first), "when\n01/02/2024\nhello\n");
    assert_eq!((at_once.as_ref().map(Vec::len), &at_once), (Ok(6), &in_blocks));
}

#[test]
fn two_orders_in_one_column_are_said() {
    let csv = "when\n31/12/2024\n12/31/2024\n";
    let reader = Reader::new().column("when", ColumnType::Date(DateOrder::Plain));
    let error = reader.read_from("t.csv", csv.as_bytes()).unwrap_err();
    expect!["t.csv, line 3, column `when`: `12/31/2024` cannot be read day first, as the other dates of the column must be; write the dates as 2024-12-31"].assert_eq(&error.to_string());
    // Nobody said that there are dates: one among many is a mistake, and of many it is said why they are names.
    let days: String = (1..=12).map(|day| format!("{day:02}/13/2024\n")).collect();
    let table = Table::from_csv("t.csv", format!("when\n{days}13/01/2024\n").as_bytes()).unwrap();
    expect!["t.csv, line 14, column `when`: the column holds dates, but the day and the month have changed places in 1 cell, `13/01/2024`; write the dates as 2024-12-31; `--categorical when` takes all cells as names"].assert_eq(&table.check("when").unwrap_err().to_string());
    let csv = "when\n31/12/2024\n12/31/2024\n1/1/2024\n";
    let table = Table::from_csv("t.csv", csv.as_bytes()).unwrap();
    let encoder = Encoder::fit(&table, &["when"], &[0, 1, 2]).unwrap();
    expect!["column `when` looks like dates, but was taken as names: `12/31/2024` has the month first and `31/12/2024` the day; write the dates as 2024-12-31"].assert_eq(&encoder.notes().join("\n"));
    let short: String = (1..20).map(|day| format!("{day}.5.21\n")).collect();
    let table = Table::from_csv("t.csv", format!("when\n{short}").as_bytes()).unwrap();
    let error = Encoder::fit(&table, &["when"], &(0..19).collect::<Vec<_>>()).unwrap_err();
    expect!["t.csv has no feature column to learn from: column `when` was left out: none of its 19 values has 2 training rows or more; --categorical keeps it; column `when` looks like dates, such as `1.5.21`, but was taken as names: a year of two digits leaves the century open: write it with four, as 2024-01-31"].assert_eq(&error.to_string());
}

#[test]
fn an_order_that_was_read_already_is_not_read_anew_from_numbers() {
    let csv = "when\n03/04/2024\n";
    let types = BTreeMap::from([("when".to_string(), ColumnType::Date(DateOrder::DayFirst))]);
    let kept = Table::from_csv("t.csv", csv.as_bytes())
        .unwrap()
        .with_types(&types)
        .unwrap();
    assert_eq!(kept.columns()[0].kind(), "date");
    let Values::Numbers { values, .. } = &kept.columns()[0].values else {
        panic!()
    };
    assert_eq!(date_text(values[0]), "2024-04-03");
    let table = Reader::new().without_text().read_from("t.csv", csv.as_bytes()).unwrap();
    expect!["t.csv, column `when`: its dates were read already, in another order; say the order to the reader"]
        .assert_eq(&table.with_types(&types).unwrap_err().to_string());
}

#[test]
fn a_time_zone_moves_a_slashed_date_as_any_other() {
    // The clock less the offset is on the day before, or after.
    let zones = [
        "15/03/2024 01:00+02:00",
        "15/03/2024 23:00-05:00",
        "1/3/2024 00:30+14:00",
        "31/12/2024 23:59:59.999-12:00",
    ];
    let plain = [
        "2024-03-14 23:00",
        "2024-03-16 04:00",
        "2024-02-29 10:30",
        "2025-01-01 11:59:59.999",
    ];
    let days = |csv: String| {
        let table = Table::from_csv("t.csv", csv.as_bytes()).unwrap();
        match &table.columns()[0].values {
            Values::Numbers { values, .. } => values.clone(),
            other => panic!("{other:?}"),
        }
    };
    let of = |cells: &[&str]| days(format!("when\n{}\n", cells.join("\n")));
    let swapped = zones.map(|cell| {
        let (date, time) = cell.split_once(' ').unwrap();
        let parts: Vec<&str> = date.split('/').collect();
        format!("{}/{}/{} {time}", parts[1], parts[0], parts[2])
    });
    for cells in [zones, swapped.each_ref().map(String::as_str)] {
        for (given, expected) in of(&cells).iter().zip(of(&plain)) {
            assert_eq!(date_text(*given), date_text(expected));
            assert!((given - expected).abs() < 1e-9);
        }
        // Learned and predicted are the same to the bit.
        let csv = format!("when\n{}\n", cells.join("\n"));
        let (encoder, matrix) = fit(&csv);
        let [at_once, in_blocks] = later(&encoder, &csv).map(Result::unwrap);
        assert!(at_once == matrix.data && in_blocks == matrix.data);
    }
}

#[test]
fn months_have_names() {
    let (encoder, matrix) = fit("when\nJan 5 2021\n5 February 2021\n\"March 5, 2022\"\n05-Apr-2021\n");
    assert_eq!(
        encoder.inputs()[..4],
        ["when", "when year", "when month=January", "when month=February"].map(String::from)
    );
    assert_eq!(on(&matrix, 2)[0], "when month=March");
    assert_eq!(encoder.types(), BTreeMap::new());
    let [at_once, in_blocks] = later(&encoder, "when\nfeb 9 2021\n").map(Result::unwrap);
    assert_eq!((at_once[3], &at_once), (1.0, &in_blocks));
}
