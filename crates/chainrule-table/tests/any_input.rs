//! Whatever the bytes are, reading gives a table or an error; and what was written is read back.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

use chainrule_table::{Encoder, MISSING, Reader, Table, Values};
use proptest::prelude::*;

/// Reads, and uses all there is to use.
fn exercise(bytes: &[u8]) {
    let Ok(table) = Table::from_csv("t.csv", bytes) else {
        return;
    };
    let mut out = Vec::new();
    table.write(&[], &mut out).unwrap();
    let again = Table::from_csv("t.csv", &out[..]).unwrap();
    assert_eq!(again.columns(), table.columns());
    let lines = bytes.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count() + 1;
    let first = if table.format().header { 2 } else { 1 };
    assert!((0..table.rows()).all(|row| table.line(row) >= first && table.line(row) <= lines));
    // Without the text, the values are the same, and what is written of them is read back.
    let values = Reader::new().without_text().read_from("t.csv", bytes).unwrap();
    assert_eq!(values.columns(), table.columns());
    let mut rewritten = Vec::new();
    values.write(&[], &mut rewritten).unwrap();
    Table::from_csv("t.csv", &rewritten[..]).unwrap();
    let names: Vec<&str> = table.columns().iter().map(|column| column.name.as_str()).collect();
    let rows: Vec<usize> = (0..table.rows()).collect();
    if let Ok(encoder) = Encoder::fit(&table, &names, &rows) {
        // A spread so wide that standardizing overflows is refused; everything else works on the rows it was fit on.
        let matrix = encoder.transform(&table).unwrap();
        assert!(matrix.data.iter().all(|value| value.is_finite()));
        assert_eq!(matrix.data.len(), matrix.rows * encoder.inputs().len());
    }
}

/// Pieces of CSV that are likely to hit a corner.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(",".to_string()),
        Just("\n".to_string()),
        Just("\"".to_string()),
        Just("\r".to_string()),
        Just(" ".to_string()),
        Just("\u{feff}".to_string()),
        Just("é".to_string()),
        Just("NA".to_string()),
        Just("?".to_string()),
        Just("true".to_string()),
        Just("1".to_string()),
        Just("-2.5e3".to_string()),
        Just("99999999999999999999".to_string()),
        Just("nan".to_string()),
        Just("2024-02-29".to_string()),
        Just("31/01/2024".to_string()),
        Just("01/31/2024 5:00 PM".to_string()),
        Just("1,5".to_string()),
        Just("007".to_string()),
        Just(";".to_string()),
        Just("\t".to_string()),
        Just("|".to_string()),
        Just("2023-02-29".to_string()),
        Just("2024-02-29T23:59:60".to_string()),
        Just("2024-02-29 10:00:00.123456789é".to_string()),
        Just("٣".to_string()),
        "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?.{0,6}",
        "[a-c]{1,3}",
    ]
}

proptest! {
    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        exercise(&bytes);
    }

    #[test]
    fn any_text(text in "\\PC{0,60}(\n\\PC{0,60}){0,4}") {
        exercise(text.as_bytes());
    }

    #[test]
    fn any_pieces(pieces in prop::collection::vec(piece(), 0..40)) {
        exercise(format!("a,b\n{}", pieces.concat()).as_bytes());
        exercise(format!("a\n{}", pieces.concat()).as_bytes());
    }

    #[test]
    fn any_cells_of_one_column(cells in prop::collection::vec(piece(), 1..6)) {
        exercise(format!("a,b\n{}", cells.iter().map(|cell| format!("{cell},1\n")).collect::<String>()).as_bytes());
    }

    #[test]
    fn floats_are_read_exactly(values in prop::collection::vec(any::<f64>().prop_filter("finite", |v| v.is_finite()), 1..20)) {
        for texts in [
            values.iter().map(|v| format!("{v}")).collect::<Vec<_>>(),
            values.iter().map(|v| format!("{v:e}")).collect(),
            values.iter().map(|v| format!("{v:.17}")).collect(),
        ] {
            let table = Table::from_csv("t.csv", format!("a\n{}\n", texts.join("\n")).as_bytes()).unwrap();
            // Digits that start with a zero are a code.
            let Values::Numbers { values: read, .. } = &table.columns()[0].values else { panic!() };
            for (text, read) in texts.iter().zip(read) {
                prop_assert_eq!(*read, text.parse::<f64>().unwrap(), "{}", text);
            }
        }
    }

    #[test]
    fn digits_are_read_exactly(texts in prop::collection::vec("[+-]?([0-9]{1,25}\\.[0-9]{0,25}|\\.[0-9]{1,25})([eE][+-]?[0-9]{1,2})?", 1..20)) {
        let table = Table::from_csv("t.csv", format!("a\n{}\n", texts.join("\n")).as_bytes()).unwrap();
        let Values::Numbers { values: read, .. } = &table.columns()[0].values else { panic!() };
        for (text, read) in texts.iter().zip(read) {
            prop_assert_eq!(*read, text.parse::<f64>().unwrap(), "{}", text);
        }
    }

    #[test]
    fn a_table_written_by_hand_is_read_back(
        rows in prop::collection::vec((prop::option::of(-1e9..1e9), prop::option::of(any::<i32>()), prop::option::of("[ -~é\n]{1,12}")), 1..30)
    ) {
        let quote = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let mut csv = String::from("number,integer,\"wo,rd\"\n");
        for (number, integer, word) in &rows {
            let number = number.map(|v: f64| v.to_string()).unwrap_or_default();
            let integer = integer.map(|v| v.to_string()).unwrap_or_default();
            // The letter before keeps it a word.
            let word = word.as_ref().map(|v| quote(&format!("w{v}"))).unwrap_or_default();
            csv.push_str(&format!("{number},{integer},{word}\r\n"));
        }
        let table = Table::from_csv("t.csv", csv.as_bytes()).unwrap();
        prop_assert_eq!(table.rows(), rows.len());
        for (row, (number, integer, word)) in rows.iter().enumerate() {
            for (column, expected) in [(0, *number), (1, integer.map(f64::from))] {
                match &table.columns()[column].values {
                    Values::Numbers { values, .. } => prop_assert_eq!(Some(values[row]).filter(|v| !v.is_nan()), expected),
                    _ => prop_assert_eq!(None, expected),
                }
            }
            match &table.column("wo,rd").unwrap().values {
                Values::Categories { names, codes } => {
                    let read = (codes[row] != MISSING).then(|| names[codes[row] as usize].clone());
                    prop_assert_eq!(read, word.as_ref().map(|w| format!("w{w}").trim().to_string()));
                }
                _ => prop_assert!(word.is_none()),
            }
        }
    }
}

#[test]
fn a_file_cut_off_anywhere() {
    let csv = "\u{feff}size,\"na\"\"me\",when,ok\r\n1.5,\"Zoë, \"\"Z\"\"\",2024-01-01,true\r\n,\"two\nlines\",2024-01-02T00:00:00.5,false\r\n3e5,?,NA,TRUE\r\n";
    for end in 0..csv.len() {
        exercise(&csv.as_bytes()[..end]);
    }
}
