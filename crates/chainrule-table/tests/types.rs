//! What somebody says of a column goes before what its cells look like.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use chainrule_table::{Blocks, ColumnType, DateOrder, Encoder, MISSING, NumberKind, Oddity, Reader, Table, Values};
use expect_test::{Expect, expect};

fn read(csv: &str, column: &str, kind: ColumnType) -> chainrule_table::Result<Table> {
    Reader::new().column(column, kind).read_from("t.csv", csv.as_bytes())
}

/// A table whose columns were read by their looks and said otherwise later.
fn said_later(csv: &str, column: &str, kind: ColumnType) -> chainrule_table::Result<Table> {
    Table::from_csv("t.csv", csv.as_bytes())?.with_types(&BTreeMap::from([(column.to_string(), kind)]))
}

fn refused(csv: &str, kind: ColumnType, message: Expect) {
    let error = read(csv, "a", kind).unwrap_err();
    assert!(error.is_request());
    message.assert_eq(&error.to_string());
    assert_eq!(said_later(csv, "a", kind).unwrap_err().to_string(), error.to_string());
}

#[test]
fn numbers_as_categories_keep_their_spelling() {
    let table = read("a\n10\n007\n9\nNA\n1.50\n", "a", ColumnType::Category).unwrap();
    let Values::Categories { names, codes } = &table.columns()[0].values else {
        panic!()
    };
    assert_eq!(
        (names.join(" "), &codes[..]),
        ("1.50 007 9 10".to_string(), &[3, 1, 2, MISSING, 0][..])
    );
    let later = said_later("a\n10\n9\nNA\n1.50\n", "a", ColumnType::Category).unwrap();
    let Values::Categories { names, codes } = &later.columns()[0].values else {
        panic!()
    };
    assert_eq!(
        (names.join(" "), &codes[..]),
        ("1.5 9 10".to_string(), &[2, 1, MISSING, 0][..])
    );
}

#[test]
fn words_among_numbers_are_missing_when_numbers_are_asked_for() {
    let csv = "a,b\n1,x\nnone,x\n007,x\n,x\n-,x\n2.5,x\n";
    for table in [
        read(csv, "a", ColumnType::Number),
        said_later(csv, "a", ColumnType::Number),
    ] {
        let table = table.unwrap();
        let Values::Numbers { values, kind } = &table.columns()[0].values else {
            panic!()
        };
        assert_eq!(
            (values[0], values[2], values[5], *kind),
            (1.0, 7.0, 2.5, NumberKind::Float)
        );
        assert_eq!(table.columns()[0].missing(), 3);
        assert!(table.check("a").is_ok());
        assert_eq!(
            table.notices(),
            ["column `a`: 2 cells are no numbers and count as missing, such as `none` in line 3"]
        );
    }
    refused(
        "a\nx\ny\n",
        ColumnType::Number,
        expect![
            "t.csv, column `a`: no cell is a number, such as `x` in line 2; leave the column as it is, or say otherwise what it holds"
        ],
    );
    // With decimal commas, where the file may have them.
    let table = read("a;b\n1,5;1\nx;2\n", "a", ColumnType::Number).unwrap();
    assert!(matches!(&table.columns()[0].values, Values::Numbers { values, .. } if values[0] == 1.5));
}

#[test]
fn numbers_with_signs_are_read_when_numbers_are_asked_for() {
    let csv = "a,b\n$95.16,1\n\"$1,200\",2\n7,3\n-,4\n12%,5\n";
    for table in [
        read(csv, "a", ColumnType::Number),
        said_later(csv, "a", ColumnType::Number),
    ] {
        let table = table.unwrap();
        let Values::Numbers { values, .. } = &table.columns()[0].values else {
            panic!()
        };
        assert_eq!((&values[..3], values[4]), (&[95.16, 1200.0, 7.0][..], 12.0));
        assert!(values[3].is_nan());
        expect![[r#"
            column `a`: 3 cells have signs, such as `$95.16` in line 2, which is read as 95.16
            column `a`: 1 cell is no number and counts as missing, such as `-` in line 5"#]]
        .assert_eq(&table.notices().join("\n"));
        // A model of it reads the same cells in the same way, in blocks as at once.
        let encoder = Encoder::fit(&table, &["a"], &[0, 1, 2, 3, 4]).unwrap();
        let expected = encoder.transform(&table).unwrap().data;
        let mut blocks = Blocks::new(&encoder, "t.csv", csv.as_bytes()).unwrap();
        let block = blocks.next().unwrap().unwrap();
        assert_eq!(encoder.transform(&block).unwrap().data, expected);
        assert_eq!(blocks.notices(), table.notices());
        let oddities: Vec<Oddity> = blocks.readings().iter().map(|reading| reading.oddity).collect();
        assert_eq!(oddities, [Oddity::Signs, Oddity::NoNumber]);
    }
    // Nobody asked: they are names, and that is said.
    let table = Table::from_csv("t.csv", csv.as_bytes()).unwrap();
    assert_eq!(table.columns()[0].kind(), "category");
    // One mark means one thing.
    refused_data(
        "a;b\n1.200,5;1\n1.5;2\n",
        expect![
            "t.csv, line 3, column `a`: `1.5` has the mark for its decimals that `1.200,5` above it has between its thousands; write all cells alike"
        ],
    );
    refused_data(
        "a,b\n\"1,200\",1\n\"1,5\",2\n",
        expect![
            "t.csv, line 3, column `a`: `1,5` has the mark for its decimals that `1,200` above it has between its thousands; write all cells alike"
        ],
    );
    refused_data(
        "a,b\n$1,1\n2 €,2\n",
        expect![
            "t.csv, line 3, column `a`: `2 €` and `$1` above it are of different currencies; convert them, or give each currency a column of its own"
        ],
    );
}

/// Numbers are asked for, and a cell is at fault.
fn refused_data(csv: &str, message: Expect) {
    let error = read(csv, "a", ColumnType::Number).unwrap_err();
    assert!(error.is_data());
    message.assert_eq(&error.to_string());
    // A model of plain numbers says it of the same cell.
    let numbers = "a,b\n1,1\n2,2\n".replace(',', if csv.contains(';') { ";" } else { "," });
    let table = read(&numbers, "a", ColumnType::Number).unwrap();
    let encoder = Encoder::fit(&table, &["a"], &[0, 1]).unwrap();
    let mut blocks = Blocks::new(&encoder, "t.csv", csv.as_bytes()).unwrap();
    assert_eq!(blocks.next().unwrap_err().to_string(), error.to_string());
}

#[test]
fn dates_of_more_kinds_when_dates_are_asked_for() {
    let plain = ColumnType::Date(DateOrder::Plain);
    let days = |csv: &str, kind| match &read(csv, "a", kind).unwrap().columns()[0].values {
        Values::Numbers { values, kind } => (values.clone(), *kind),
        other => panic!("{other:?}"),
    };
    let (values, kind) = days("a\n19700102\n1970-02\n1971\nsoon\n", plain);
    assert_eq!(
        (&values[..3], kind),
        (&[1.0, 31.0, 365.0][..], NumberKind::Date(DateOrder::Plain))
    );
    assert!(values[3].is_nan());
    // Numbers that were read as such before somebody spoke.
    let later = said_later("a\n19700102\n19700201\n", "a", plain).unwrap();
    assert!(matches!(&later.columns()[0].values, Values::Numbers { values, .. } if values == &[1.0, 31.0]));
    // The order of day and month.
    let january = days("a\n02/01/1970\n", ColumnType::Date(DateOrder::DayFirst));
    assert_eq!(january, (vec![1.0], NumberKind::Date(DateOrder::DayFirst)));
    assert_eq!(days("a\n02/01/1970\n", plain).0, [31.0]);
    assert_eq!(days("a\n02/01/1970\n31/01/1970\n", plain).0, [1.0, 30.0]);
    refused(
        "a\nsoon\nlater\n",
        plain,
        expect![
            "t.csv, column `a`: no cell is a date, such as `soon` in line 2; leave the column as it is, or say otherwise what it holds"
        ],
    );
}

#[test]
fn columns_that_do_not_exist_are_named() {
    let reader = Reader::new().column("colour", ColumnType::Dropped);
    let error = reader.read_from("t.csv", "color,size\n1,2\n".as_bytes()).unwrap_err();
    assert!(error.is_request());
    expect!["t.csv has no column `colour`: did you mean `color`? Its columns are `color`, `size`"]
        .assert_eq(&error.to_string());
    assert!(
        reader
            .lenient()
            .read_from("t.csv", "color,size\n1,2\n".as_bytes())
            .is_ok()
    );
}

/// A column's name, its cells by row, and what is noted of it.
type Case = (&'static str, fn(usize) -> String, Expect);

/// A column that nobody would learn from by its looks, with what is said of it.
fn decided(cells: impl Iterator<Item = String>, name: &str, asked: Option<ColumnType>) -> (Vec<String>, String) {
    let csv: String = cells
        .enumerate()
        .map(|(row, cell)| format!("{cell},{}\n", row % 7))
        .collect();
    let mut reader = Reader::new();
    if let Some(kind) = asked {
        reader = reader.column(name, kind);
    }
    let table = reader
        .read_from("t.csv", format!("{name},n\n{csv}").as_bytes())
        .unwrap();
    let encoder = Encoder::fit(&table, &[name, "n"], &(0..table.rows()).collect::<Vec<_>>()).unwrap();
    let inputs = encoder.inputs().into_iter().filter(|input| input != "n").collect();
    (inputs, encoder.notes().join("\n"))
}

#[test]
fn identifiers_and_free_text_are_left_out_unless_somebody_wants_them() {
    let cases: [Case; 5] = [
        (
            "x",
            |row| (row + 1).to_string(),
            expect!["column `x` was left out: it counts the rows from 1, so it is an identifier; --numeric x keeps it"],
        ),
        (
            "user_id",
            |row| ((row * 7919) % 10_007).to_string(),
            expect![
                "column `user_id` was left out: all 90 training values are different and it is named like an identifier; --numeric user_id keeps it"
            ],
        ),
        (
            "code",
            |row| format!("A{row}"),
            expect!["column `code` was left out: 90 of its 90 training values are different, so it is an identifier"],
        ),
        (
            "zip",
            |row| format!("{:05}", row * 2 / 3),
            expect![
                "column `zip` was left out: 60 of its 90 training values are different, so it is an identifier or free text"
            ],
        ),
        (
            "note",
            |row| format!("came at {} o'clock and stayed {} hours", row % 6, row % 5),
            expect!["column `note` was left out: 30 of its 90 training values are different, so it is free text"],
        ),
    ];
    for (name, cell, note) in cases {
        let (inputs, notes) = decided((0..90).map(cell), name, None);
        assert_eq!(inputs, Vec::<String>::new(), "{name}");
        note.assert_eq(&notes);
        let (inputs, _) = decided((0..90).map(cell), name, Some(ColumnType::Category));
        assert!(inputs.len() > 20, "{name}: {inputs:?}");
    }
    // Numbers with many gaps that have a word of their own.
    let gaps = |row: usize| match row % 4 {
        0 => "none".to_string(),
        _ => format!("{row}.5"),
    };
    expect!["column `x` was left out: 68 of its 90 training values are different, so it is an identifier or free text, though 67 of them are numbers: --numeric takes the others as missing"].assert_eq(&decided((0..90).map(gaps), "x", None).1);
    assert_eq!(
        decided((0..90).map(gaps), "x", Some(ColumnType::Number)).0,
        ["x", "x is missing"]
    );
    let (inputs, notes) = decided((0..90).map(|row| (row + 1).to_string()), "id", Some(ColumnType::Number));
    assert_eq!((inputs.join(" "), notes.as_str()), ("id".to_string(), ""));
}

#[test]
fn what_was_measured_is_kept() {
    let cases: [Case; 5] = [
        (
            "year",
            |row| (1900 + row).to_string(),
            expect![
                "column `year` rises by 1 with each row, from 1900: if it only numbers the rows, leave it out with --drop year"
            ],
        ),
        ("price", |row| ((row * 7919) % 10_007).to_string(), expect![""]),
        ("length", |row| format!("{}.5", row + 1), expect![""]),
        ("user_id", |row| format!("{}.25", row * 3), expect![""]),
        ("row", |row| (row / 2).to_string(), expect![""]),
    ];
    for (name, cell, note) in cases {
        let (inputs, notes) = decided((0..90).map(cell), name, None);
        assert_eq!(inputs, [name]);
        note.assert_eq(&notes);
    }
    // Numbers with signs are none, and that is said.
    let (inputs, notes) = decided((0..90).map(|row| format!("{}%", row % 5)), "share", None);
    assert_eq!(inputs.len(), 5);
    expect!["column `share` looks like numbers with signs, such as `0%`: --numeric share reads them as numbers"]
        .assert_eq(&notes);
    // Few rows say little.
    assert_eq!(decided((0..40).map(|row| row.to_string()), "x", None).0, ["x"]);
}
