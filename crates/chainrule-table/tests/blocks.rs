//! Rows in blocks mean what they mean when the file is read at once.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

use chainrule_table::{Blocks, ColumnType, DateOrder, Encoder, Reader, Table, Unseen};

/// The encoded rows, what was unseen, the notices, the rows as CSV; and how many blocks there were.
type Seen = (Vec<u64>, Vec<String>, Vec<String>, String);

fn bits(numbers: &[f64]) -> Vec<u64> {
    numbers.iter().map(|number| number.to_bits()).collect()
}

fn said(unseen: &[Unseen]) -> Vec<String> {
    unseen.iter().map(ToString::to_string).collect()
}

fn at_once(encoder: &Encoder, csv: &[u8]) -> Seen {
    let reader = Reader::new().columns(&encoder.types()).lenient();
    let table = reader.read_from("t.csv", csv).unwrap();
    let matrix = encoder.transform(&table).unwrap();
    let mut text = vec![];
    table.write(&[], &mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    (bits(&matrix.data), said(&matrix.unseen), table.notices().to_vec(), text)
}

fn in_blocks(encoder: &Encoder, csv: &[u8]) -> (Seen, usize) {
    let mut blocks = Blocks::new(encoder, "t.csv", csv).unwrap();
    let (mut data, mut unseen, mut text, mut count) = (vec![], vec![], vec![], 0);
    while let Some(block) = blocks.next().unwrap() {
        assert!(block.rows() > 0);
        let matrix = encoder.transform(&block).unwrap();
        data.extend(bits(&matrix.data));
        encoder.add_unseen(&mut unseen, matrix.unseen);
        match count {
            0 => block.write(&[], &mut text).unwrap(),
            _ => block.write_rows(&[], &mut text).unwrap(),
        }
        count += 1;
    }
    let text = String::from_utf8(text).unwrap();
    ((data, said(&unseen), blocks.notices(), text), count)
}

/// Numbers, dates, truth values, categories with rare ones, missing cells; `mark` separates cells.
fn rows(count: usize, first: usize, mark: char) -> String {
    let decimal = if mark == ';' { ',' } else { '.' };
    let mut csv = ["id", "width", "sold", "ripe", "color", "code", "note"].join(&mark.to_string()) + "\n";
    for row in first..first + count {
        let width = match row % 11 {
            0 => String::new(),
            _ => format!("{}{decimal}{}", row % 97, row % 10),
        };
        let color = match row % 50 {
            49 => "teal",
            other => ["red", "green", "blue"][other % 3],
        };
        let cells = [
            row.to_string(),
            width,
            format!("20{:02}-{:02}-{:02}", 10 + row % 7, 1 + row % 12, 1 + row % 28),
            ["true", "False"][row / 3 % 2].to_string(),
            color.to_string(),
            ["007", "08", "9"][row % 3].to_string(),
            format!("\"a{mark} {row}\""),
        ];
        csv.push_str(&cells.join(&mark.to_string()));
        csv.push('\n');
    }
    csv
}

const FEATURES: [&str; 5] = ["width", "sold", "ripe", "color", "code"];

fn encoder(csv: &str, columns: &[(&str, ColumnType)]) -> Encoder {
    let mut reader = Reader::new();
    for (name, kind) in columns {
        reader = reader.column(*name, *kind);
    }
    let table = reader.read_from("train.csv", csv.as_bytes()).unwrap();
    let rows: Vec<usize> = (0..table.rows()).collect();
    Encoder::fit(&table, &FEATURES, &rows).unwrap()
}

#[test]
fn blocks_mean_what_the_file_means_at_once() {
    for mark in [',', ';'] {
        for columns in [
            &[][..],
            &[
                ("width", ColumnType::Number),
                ("sold", ColumnType::Date(DateOrder::Plain)),
            ],
            &[("width", ColumnType::Category)],
        ] {
            let encoder = encoder(&rows(400, 0, mark), columns);
            let mut csv = rows(20_000, 7, mark);
            let unknown = format!("1{mark}2{mark}2050-05-05{mark}{mark}pink{mark}{mark}\n");
            csv.push_str(&unknown.repeat(3));
            let (seen, blocks) = in_blocks(&encoder, csv.as_bytes());
            assert!(blocks > 2, "{blocks}");
            let whole = at_once(&encoder, csv.as_bytes());
            assert_eq!(seen.1, whole.1);
            assert_eq!(seen.2, whole.2);
            assert!(seen == whole);
        }
    }
}

#[test]
fn cells_that_count_as_missing_are_counted_over_all_blocks() {
    let encoder = encoder(&rows(400, 0, ','), &[("width", ColumnType::Number)]);
    let mut csv = rows(9_000, 7, ',');
    csv.push_str("1,wide,2012-02-02,true,red,9,\n2,wider,2012-02-02,true,red,9,\n");
    let (seen, blocks) = in_blocks(&encoder, csv.as_bytes());
    assert!(blocks > 1);
    assert_eq!(
        seen.2,
        ["column `width`: 2 cells are no numbers and count as missing, such as `wide` in line 9002"]
    );
    assert!(seen == at_once(&encoder, csv.as_bytes()));
}

#[test]
fn the_first_dates_decide_which_number_is_the_day() {
    let days = |order: &str| -> String {
        let date = |row: usize| match order {
            "day" => format!("{:02}/{:02}/2015", 1 + row % 28, 1 + row % 12),
            _ => format!("{:02}/{:02}/2015", 1 + row % 12, 1 + row % 28),
        };
        let row = |row: usize| format!("{}.5,{},true,red,9\n", row % 9, date(row));
        "width,sold,ripe,color,code\n".to_string() + &(0..9_000).map(row).collect::<String>()
    };
    // Training had nothing to tell day from month by.
    let plain = encoder(&rows(400, 0, ','), &[]);
    for order in ["day", "month"] {
        let csv = days(order);
        assert!(in_blocks(&plain, csv.as_bytes()).0 == at_once(&plain, csv.as_bytes()));
    }
    // Beyond the sample a date that says otherwise is no date.
    let mut csv = days("month");
    csv.push_str(&days("month").split_once('\n').unwrap().1.repeat(5));
    csv.push_str("1.5,31/12/2015,true,red,9\n");
    let mut blocks = Blocks::new(&plain, "t.csv", csv.as_bytes()).unwrap();
    let error = loop {
        match blocks.next() {
            Ok(Some(_)) => {}
            Ok(None) => panic!("no error"),
            Err(error) => break error,
        }
    };
    assert_eq!(
        error.to_string(),
        "t.csv, line 54002, column `sold`: `31/12/2015` cannot be read month first, as the dates above it were; write the \
         dates as 2024-12-31"
    );
    // Training had them: they are read as then, whatever these rows allow.
    let trained = encoder(&days("day"), &[]);
    let csv = "width,sold,ripe,color,code\n1.5,03/04/2015,true,red,9\n";
    assert!(in_blocks(&trained, csv.as_bytes()).0 == at_once(&trained, csv.as_bytes()));
}

#[test]
fn every_fault_is_named_with_its_line_and_column() {
    let encoder = encoder(&rows(400, 0, ','), &[]);
    let csv = "width,sold,ripe,color,code\n1.5,2015-01-01,true,red,9\nwide,soon,,,\n1e999,,,,\n,2015-02-30,,,\n";
    let faults = |most: usize| {
        let mut blocks = Blocks::with_faults(&encoder, "t.csv", csv.as_bytes(), most).unwrap();
        let error = blocks.next().unwrap_err();
        error.faults().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(
        faults(10),
        [
            "line 3, column `width`: `wide` is not a number, but the model was trained with numbers here; correct the cell, or \
             leave it empty if the value is missing",
            "line 3, column `sold`: `soon` is not a date such as 2024-01-31, but the model was trained with dates here; correct \
             the cell, or leave it empty if the value is missing",
            "line 4, column `width`: `1e999` is not a finite number, and no model can take it in; leave the cell empty if \
             the value is missing",
            "line 5, column `sold`: `2015-02-30` is not a date such as 2024-01-31, but the model was trained with dates here; \
             correct the cell, or leave it empty if the value is missing",
        ]
    );
    assert_eq!(faults(2), faults(10)[..2]);
    assert_eq!(faults(1), faults(10)[..1]);
    // A row that is none ends it, but what is wrong above is said first.
    let csv = "width,sold,ripe,color,code\n1,2015-01-01,true,red,9\nx,2015-01-01,true,red,9\n1,2\n";
    let error = Blocks::new(&encoder, "t.csv", csv.as_bytes())
        .unwrap()
        .next()
        .unwrap_err();
    assert!(
        error.to_string().starts_with("t.csv, line 3, column `width`: `x` "),
        "{error}"
    );
}

#[test]
fn a_table_that_is_taken_apart_is_no_other() {
    let table = Table::from_csv("t.csv", rows(30, 0, ',').as_bytes()).unwrap();
    let (mut whole, mut parts) = (vec![], vec![]);
    let extra = |rows: usize| [("sum".to_string(), vec!["1".to_string(); rows])];
    table.write(&extra(30), &mut whole).unwrap();
    let halves = [(0..15).collect::<Vec<_>>(), (15..30).collect()].map(|rows| table.take(&rows));
    halves[0].write(&extra(15), &mut parts).unwrap();
    halves[1].write_rows(&extra(15), &mut parts).unwrap();
    assert_eq!(String::from_utf8(whole), String::from_utf8(parts));
    let error = table.write_rows(&extra(3), &mut vec![]).unwrap_err();
    assert!(error.to_string().contains("3 cells, but t.csv has 30 rows"), "{error}");
}
