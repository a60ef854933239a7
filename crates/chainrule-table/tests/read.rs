//! What a file becomes when it is read, and what is said when it cannot be.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

use chainrule_table::{DateOrder, MISSING, NumberKind, Table, Values};
use expect_test::{Expect, expect};

fn table(csv: &str) -> Table {
    Table::from_csv("t.csv", csv.as_bytes()).unwrap()
}

fn numbers(csv: &str) -> (Vec<f64>, NumberKind) {
    match &table(csv).columns()[0].values {
        Values::Numbers { values, kind } => (values.clone(), *kind),
        other => panic!("not numbers: {other:?}"),
    }
}

fn categories(csv: &str) -> (Vec<String>, Vec<u32>) {
    match &table(csv).columns()[0].values {
        Values::Categories { names, codes } => (names.clone(), codes.clone()),
        other => panic!("not categories: {other:?}"),
    }
}

fn check_error(csv: impl AsRef<[u8]>, message: Expect) {
    let error = Table::from_csv("t.csv", csv.as_ref()).unwrap_err();
    assert!(error.is_data());
    message.assert_eq(&error.to_string());
}

#[test]
fn types_are_judged_by_all_rows() {
    let table = table(
        "integer,number,text,truth,date,nothing\n\
         1,2,3,true,2024-01-01,\n\
         2,2.5,x,FALSE,1970-01-02,NA\n",
    );
    let kinds: Vec<_> = table.columns().iter().map(|column| column.kind()).collect();
    assert_eq!(kinds, ["integer", "number", "category", "boolean", "date", "empty"]);
    assert_eq!(
        table.columns()[4].values,
        Values::Numbers {
            values: vec![19723.0, 1.0],
            kind: NumberKind::Date(DateOrder::Plain)
        }
    );
    assert_eq!(table.columns()[5].missing(), 2);
    assert_eq!(table.columns()[5].distinct(), 0);
}

#[test]
fn a_column_that_turns_to_text_late_is_text() {
    let mut csv = String::from("a,b\n");
    for row in 0..140_000 {
        csv.push_str(&format!("{row},{row}\n"));
    }
    csv.push_str(&"end,1\n".repeat(20_000));
    let table = table(&csv);
    assert_eq!(table.columns()[0].kind(), "category");
    assert_eq!(table.columns()[1].kind(), "integer");
    assert_eq!(table.rows(), 160_000);
}

#[test]
fn what_only_looks_like_a_date_or_a_number_is_text() {
    let mut csv = String::from("date,part,digits,moment,n\n");
    for row in 0..100_000 {
        csv.push_str(&format!("2024-02-28,1234-12-12,7,2024-01-01T00:00:00,{row}\n"));
    }
    csv.push_str(&"2024-02-31,1234-99-99,٣,2024-01-01T00:00:00 or so,0\n".repeat(20_000));
    let table = table(&csv);
    let kinds: Vec<_> = table.columns().iter().map(|column| column.kind()).collect();
    assert_eq!(kinds, ["category", "category", "category", "category", "integer"]);
    assert_eq!(table.columns()[0].distinct(), 2);
    assert_eq!(table.text(100_000, 3), "2024-01-01T00:00:00 or so");
}

#[test]
fn times_are_days() {
    let (values, kind) =
        numbers("t\n1970-01-02 12:00:00\n1970-01-01T00:00:00.500\n1969-12-31\n1970-01-01T01:00:00+01:00\n");
    assert_eq!(values, [1.5, 0.5 / 86400.0, -1.0, 0.0]);
    assert_eq!(kind, NumberKind::Date(DateOrder::Plain));
}

#[test]
fn dates_far_away_do_not_overflow() {
    assert_eq!(numbers("t\n0001-01-01\n9999-12-31\n").0, [-719162.0, 2932896.0]);
    // Beyond what 64 bits of nanoseconds hold.
    assert_eq!(numbers("t\n0001-01-01T00:00:00.000000001\n").0, [-719162.0]);
}

#[test]
fn integers_beyond_64_bits_are_numbers() {
    assert_eq!(numbers("a\n1\n99999999999999999999\n").0, [1.0, 1e20]);
    assert_eq!(numbers("a\n9223372036854775807\n").0, [9223372036854775807.0]);
}

#[test]
fn numbers_may_be_written_in_many_ways() {
    assert_eq!(
        numbers("a\n+5\n-.5\n5.\n1e3\n1E-3\n-0\n+1.5e+2\n").0,
        [5.0, -0.5, 5.0, 1000.0, 0.001, 0.0, 150.0]
    );
    assert_eq!(numbers("a\n5.1\n").0, [5.1]);
    assert_eq!(numbers("a\n7\n\"8\"\n"), (vec![7.0, 8.0], NumberKind::Integer));
    // A zero before other digits would be lost: a postal code, say.
    assert_eq!(categories("a\n007\n8\n").0, ["007", "8"]);
}

#[test]
fn missing_cells_are_known_by_their_words() {
    let csv = "a,b\n1,x\n,\n?,?\nna,NA\nN/A,n/a\nNULL,null\n\" \",\"\"\nNaN,nan\n#N/A,-NaN\n<NA>,<na>\n2,None\n";
    let table = table(csv);
    assert_eq!(table.column("a").unwrap().kind(), "integer");
    assert_eq!(table.column("a").unwrap().missing(), 9);
    let Values::Categories { names, codes } = &table.column("b").unwrap().values else {
        panic!()
    };
    assert_eq!(names, &["None", "x"]);
    assert_eq!((codes[0], codes[10]), (1, 0));
    assert!(codes[1..10].iter().all(|code| *code == MISSING));
    assert_eq!(table.column("b").unwrap().distinct(), 2);
}

#[test]
fn a_missing_cell_alone_in_its_row_is_a_row_but_a_blank_line_is_not() {
    let csv = "a\n1\nNA\n\n\"\"\n?\n   \n2\n";
    let table = table(csv);
    assert_eq!(table.rows(), 5);
    assert_eq!(table.column("a").unwrap().missing(), 3);
    assert_eq!((0..5).map(|row| table.line(row)).collect::<Vec<_>>(), [2, 3, 5, 6, 8]);
}

#[test]
fn spaces_around_cells_do_not_count() {
    let table = table(" a ,\tb\n 1 , \" x, y \" \n2\t,\u{a0}z\n");
    assert_eq!(
        table.column("a").unwrap().values,
        Values::Numbers {
            values: vec![1.0, 2.0],
            kind: NumberKind::Integer
        }
    );
    assert_eq!(table.text(0, 1), "x, y");
    assert_eq!(table.text(1, 1), "z");
}

#[test]
fn marks_and_line_ends_of_other_systems_are_fine() {
    let plain = table("a,b\n1,x\n2,y\n");
    for csv in [
        "\u{feff}a,b\r\n1,x\r\n2,y\r\n",
        "a,b\r1,x\r2,y\r",
        "a,b\n1,x\n2,y",
        "\n\na,b\n\r\n1,x\n\n2,y\n\n",
    ] {
        assert_eq!(table(csv).columns(), plain.columns(), "{csv:?}");
    }
    // A byte order mark inside the text is text.
    assert_eq!(categories("a\n\u{feff}\n\u{feff}x\n").0, ["\u{feff}", "\u{feff}x"]);
}

#[test]
fn quoted_cells_may_hold_anything() {
    let table = table("name,n\n\"Smith, \"\"Jo\"\"\",1\n\"two\r\nlines\",2\n5\" disk,3\n");
    assert_eq!(table.text(0, 0), "Smith, \"Jo\"");
    assert_eq!(table.text(1, 0), "two\r\nlines");
    assert_eq!(table.text(2, 0), "5\" disk");
    assert_eq!((0..3).map(|row| table.line(row)).collect::<Vec<_>>(), [2, 3, 5]);
    let Values::Categories { names, .. } = &table.columns()[0].values else {
        panic!()
    };
    assert_eq!(names, &["5\" disk", "Smith, \"Jo\"", "two\r\nlines"]);
}

#[test]
fn booleans_are_two_categories_spelled_as_in_the_file() {
    assert_eq!(
        categories("a\nTrue\nfalse\nTRUE\n\"\"\n"),
        (vec!["false".into(), "True".into()], vec![1, 0, 1, MISSING])
    );
    assert_eq!(categories("a\ntrue\nFALSE\nFalse\n").0, ["FALSE", "true"]);
    assert_eq!(categories("a\nTRUE\ntrue\n"), (vec!["TRUE".into()], vec![0, 0]));
    // With another word among them they are text.
    assert_eq!(categories("a\nTRUE\ntrue\nmaybe\n").0, ["TRUE", "maybe", "true"]);
}

#[test]
fn rows_taken_keep_their_lines_and_text() {
    let table = table("a,b\n1,x\n\n2,\n3,z\n");
    let taken = table.take(&[2, 0, 2]);
    assert_eq!(taken.rows(), 3);
    assert_eq!(
        (taken.line(0), taken.line(1), taken.text(1, 1)),
        (5, 2, "x".to_string())
    );
    assert_eq!(
        taken.column("a").unwrap().values,
        Values::Numbers {
            values: vec![3.0, 1.0, 3.0],
            kind: NumberKind::Integer
        }
    );
    assert_eq!(taken.column("b").unwrap().distinct(), 2);
    assert_eq!(taken.take(&[1]).line(0), 2);
}

#[test]
fn many_columns_are_fine() {
    let width = 20_000;
    let names: Vec<String> = (0..width).map(|i| format!("c{i}")).collect();
    let cells = vec!["1"; width].join(",");
    let table = table(&format!("{}\n{cells}\n{cells}\n", names.join(",")));
    assert_eq!((table.columns().len(), table.rows()), (width, 2));
}

#[test]
fn files_that_cannot_be_opened() {
    let folder = tempfile::tempdir().unwrap();
    let message = |path: &std::path::Path| {
        let error = Table::read(path).unwrap_err();
        assert!(error.is_file());
        error.to_string().replace(&folder.path().display().to_string(), "DIR")
    };
    expect!["DIR is a directory; name a file in it"].assert_eq(&message(folder.path()));
    expect!["cannot open DIR/none.csv: there is no such file; check the name and the folder"]
        .assert_eq(&message(&folder.path().join("none.csv")));

    let path = folder.path().join("some.csv");
    std::fs::write(&path, "a\n1\n").unwrap();
    assert_eq!(Table::read(&path).unwrap().rows(), 1);
}

#[test]
fn files_without_rows() {
    let message = |csv: &str| Table::from_csv("t.csv", csv.as_bytes()).unwrap_err().to_string();
    for csv in ["", "\u{feff}", "\n \n", "\r\n"] {
        assert_eq!(
            message(csv),
            "t.csv is empty; it needs a header line with the column names, and rows below it"
        );
    }
    for csv in ["a,b", "a,b\n", "\na,b\r\n \n"] {
        assert_eq!(
            message(csv),
            "t.csv has a header line and no rows; add at least one row below the header"
        );
    }
}

#[test]
fn ragged_rows() {
    check_error(
        "a,b\n1,2\n\n1,2,3\n",
        expect![
            "t.csv, line 4: the row has 3 cells, but the header has 2 names; a cell that holds a comma needs quotes around it"
        ],
    );
    check_error(
        "a,b\n\"x\ny\",2\n1\n",
        expect!["t.csv, line 4: the row has 1 cell, but the header has 2 names; a missing value still needs its comma"],
    );
}

#[test]
fn bad_headers() {
    check_error(
        "a,b,a\n1,2,3\n",
        expect!["t.csv, line 1: columns 1 and 3 are both named `a`; give each column its own name"],
    );
    check_error(
        "a, ,c\n1,2,3\n",
        expect!["t.csv, line 1: column 2 has no name; give every column a name in the header"],
    );
    check_error(
        "\n,a\n0,1\n",
        expect![
            "t.csv, line 2: column 1 has no name; give every column a name in the header; a table saved by pandas with its index (index=False leaves it out) or by R with its row names (row.names=FALSE) looks like this"
        ],
    );
}

#[test]
fn bytes_that_are_not_text() {
    check_error(
        "a,b\r\n1,é\r\n3,".bytes().chain(*b"\xff\n").collect::<Vec<u8>>(),
        expect![
            "t.csv, line 3: byte 14 of the file (0xFF) is not UTF-8 text, though letters before it are; save the file as CSV in UTF-8"
        ],
    );
    check_error(
        b"a,b\n\x81,1\n",
        expect![
            "t.csv, line 2: byte 5 of the file (0x81) is neither UTF-8 nor Windows-1252 text; save the file as CSV in UTF-8"
        ],
    );
    check_error(
        b"a\n1\n\0\n",
        expect!["t.csv, line 3: byte 5 of the file is zero, which text never holds; save the file as CSV in UTF-8"],
    );
}

#[test]
fn quotes_in_wrong_places() {
    check_error(
        "a,b\n1,\"x\n2,y\n",
        expect![[
            r#"t.csv, line 2: the quote that opens a cell is never closed; add the closing quote, or write "" for a quote inside a quoted cell"#
        ]],
    );
    check_error(
        "a,b\n\"5\" disk,1\n",
        expect![[
            r#"t.csv, line 2: text follows the closing quote of a cell; write "" for a quote inside a quoted cell"#
        ]],
    );
    let long = format!("a\n\"{}\"\n", "x".repeat(1 << 25));
    check_error(
        long,
        expect!["t.csv, line 2: cell 1 has more than 16777216 bytes; check the quotes"],
    );
}

#[test]
fn numbers_that_are_not_finite() {
    check_error(
        "a,b\n1,2\n\n3,inf\n",
        expect![
            "t.csv, line 4, column `b`: `inf` is not a finite number, and no model can take it in; leave the cell empty if the value is missing"
        ],
    );
    for word in ["inf", "-inf", "Infinity", "+INF", "1e999", "-1e999"] {
        let error = Table::from_csv("t.csv", format!("a\n1.5\n{word}\n").as_bytes())
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with(&format!("t.csv, line 3, column `a`: `{word}` is not a finite")),
            "{word}: {error}"
        );
    }
}

/// Ten good cells, and then others.
fn ten_and(cell: &str, others: &[&str]) -> String {
    format!(
        "a,b\n{}{}",
        format!("{cell},x\n").repeat(10),
        others.iter().map(|other| format!("{other},x\n")).collect::<String>()
    )
}

/// What is said when column `a` is to be learned from.
fn learning_error(csv: String, expected: Expect) {
    let error = Table::from_csv("t.csv", csv.as_bytes()).and_then(|table| table.check("a"));
    expected.assert_eq(&error.unwrap_err().to_string());
}

#[test]
fn a_few_words_among_numbers_are_mistakes() {
    for word in ["none", "\"1,5\"", "12%", "-"] {
        let table = Table::from_csv("t.csv", ten_and("1.5", &[word]).as_bytes()).unwrap();
        let error = table.check("a").unwrap_err().to_string();
        assert!(
            error.starts_with("t.csv, line 12, column `a`: the column holds numbers but for 1 cell, `"),
            "{error}"
        );
    }
    learning_error(
        ten_and("1.5", &["", "none"]),
        expect![
            "t.csv, line 13, column `a`: the column holds numbers but for 1 cell, `none`; empty the cell if the value is missing, or correct it; `--numeric a` takes it as missing, `--categorical a` takes all cells as names"
        ],
    );
    learning_error(
        format!("{}{}", ten_and("7", &["n.a.", "12%"]), "7,x\n".repeat(8)),
        expect![
            "t.csv, line 12, column `a`: the column holds numbers but for 2 cells, the first `n.a.`; empty those whose value is missing, and correct the others; `--numeric a` takes them as missing, `--categorical a` takes all cells as names"
        ],
    );
    learning_error(
        ten_and("1.5", &["inf"]),
        expect![
            "t.csv, line 12, column `a`: `inf` is not a finite number, and no model can take it in; leave the cell empty if the value is missing"
        ],
    );
    learning_error(
        format!("{}{}", ten_and("7", &["inf", "12%"]), "7,x\n".repeat(8)),
        expect![
            "t.csv, line 12, column `a`: `inf` is not a finite number, and no model can take it in; leave the cell empty if the value is missing"
        ],
    );
}

#[test]
fn a_few_words_among_dates_are_mistakes() {
    learning_error(
        ten_and("2024-01-31", &["2020-13-45"]),
        expect![
            "t.csv, line 12, column `a`: the column holds dates but for 1 cell, `2020-13-45`; empty the cell if the value is missing, or correct it; `--date a` takes it as missing, `--categorical a` takes all cells as names"
        ],
    );
    learning_error(
        format!(
            "{}{}",
            ten_and("2024-01-31 10:00:00", &["soon", "2024"]),
            "2024-01-31,x\n".repeat(8)
        ),
        expect![
            "t.csv, line 12, column `a`: the column holds dates but for 2 cells, the first `soon`; empty those whose value is missing, and correct the others; `--date a` takes them as missing, `--categorical a` takes all cells as names"
        ],
    );
}

#[test]
fn more_words_among_numbers_make_categories() {
    // Missing cells do not count, for or against.
    for (cell, others) in [
        ("1", &["x", "x"][..]),
        ("2024-01-31", &["x", "x"]),
        ("1", &["x", "y", ""]),
    ] {
        assert_eq!(
            table(&ten_and(cell, others)).columns()[0].kind(),
            "category",
            "{others:?}"
        );
    }
    let nine = format!("a\n{}x\n", "1\n".repeat(9));
    assert_eq!(table(&nine).columns()[0].kind(), "category");
    // Numbers and dates together are neither.
    assert_eq!(
        table(&ten_and("1", &["2024-01-31", "2024-01-31"])).columns()[0].kind(),
        "category"
    );
}

#[test]
fn unknown_columns() {
    let table = table("sepal_length,sepal_width,species\n1,2,x\n");
    expect![
        "t.csv has no column `Specis`: did you mean `species`? Its columns are `sepal_length`, `sepal_width`, `species`"
    ]
    .assert_eq(&table.column("Specis").unwrap_err().to_string());

    let names: Vec<String> = (0..20).map(|i| format!("c{i}")).collect();
    let wide = self::table(&format!("{}\n{}\n", names.join(","), vec!["1"; 20].join(",")));
    let error = wide.column("zzz").unwrap_err();
    assert!(error.is_request());
    expect!["t.csv has no column `zzz`; its columns are `c0`, `c1`, `c2`, `c3`, `c4`, `c5`, `c6`, `c7` and 12 more"]
        .assert_eq(&error.to_string());
}
