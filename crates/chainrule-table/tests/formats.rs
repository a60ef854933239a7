//! However a file is written: what is found out, what is said, what is refused.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

use std::io::Write;

use chainrule_table::{Column, Reader, Table, TextEncoding, Values};
use expect_test::{Expect, expect};
use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;

const PLAIN: &str = "name,size,when\nZoë,1.5,2024-01-31\n\"a, b\",-2,2024-02-01\n,,\n";

fn read(bytes: impl AsRef<[u8]>) -> Table {
    Table::from_csv("t.csv", bytes.as_ref()).unwrap()
}

fn refused(bytes: impl AsRef<[u8]>, message: Expect) {
    let error = Table::from_csv("t.csv", bytes.as_ref()).unwrap_err();
    message.assert_eq(&error.to_string());
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::default());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

fn numbers(column: &Column) -> &[f64] {
    match &column.values {
        Values::Numbers { values, .. } => values,
        other => panic!("not numbers: {other:?}"),
    }
}

#[test]
fn the_same_table_in_every_way_it_may_be_written() {
    let plain = read(PLAIN);
    let latin: Vec<u8> = PLAIN
        .chars()
        .map(|letter| u8::try_from(u32::from(letter)).unwrap())
        .collect();
    let (marked, semicolons) = (
        format!("\u{feff}{PLAIN}"),
        PLAIN.replace(',', ";").replace("a; b", "a, b"),
    );
    let tabs = semicolons.replace(';', "\t");
    let bars = semicolons.replace(';', "|");
    let commas = semicolons.replace("1.5", "1,5");
    let returns = PLAIN.replace('\n', "\r\n");
    let all: [(Vec<u8>, Expect); 11] = [
        (
            PLAIN.into(),
            expect!["CSV with commas between the cells, a header line, UTF-8"],
        ),
        (
            marked.clone().into(),
            expect!["CSV with commas between the cells, a header line, UTF-8"],
        ),
        (
            returns.into(),
            expect!["CSV with commas between the cells, a header line, UTF-8"],
        ),
        (
            semicolons.into(),
            expect!["CSV with semicolons between the cells, a header line, UTF-8"],
        ),
        (
            tabs.into(),
            expect!["CSV with tabs between the cells, a header line, UTF-8"],
        ),
        (
            bars.into(),
            expect!["CSV with bars between the cells, a header line, UTF-8"],
        ),
        (
            commas.into(),
            expect!["CSV with semicolons between the cells and decimal commas, a header line, UTF-8"],
        ),
        (
            latin.clone(),
            expect![[r#"
            CSV with commas between the cells, a header line, Windows-1252 (Latin-1)
            the file is not UTF-8 and was read as Windows-1252 (Latin-1); check letters such as é"#]],
        ),
        (
            utf16(&marked, u16::to_le_bytes),
            expect!["CSV with commas between the cells, a header line, UTF-16"],
        ),
        (
            utf16(PLAIN, u16::to_be_bytes),
            expect!["CSV with commas between the cells, a header line, UTF-16"],
        ),
        (
            gzip(&latin),
            expect![[r#"
            CSV with commas between the cells, a header line, Windows-1252 (Latin-1), gzip
            the file is not UTF-8 and was read as Windows-1252 (Latin-1); check letters such as é"#]],
        ),
    ];
    for (bytes, said) in all {
        let table = read(&bytes);
        assert_eq!(table.columns(), plain.columns());
        let notices: String = table.notices().iter().map(|notice| format!("\n{notice}")).collect();
        said.assert_eq(&format!("{}{notices}", table.format()));
    }
}

#[test]
fn what_is_written_is_separated_as_it_was() {
    let table = read("a;b;c d\n1,5;x,y;\"u;v\"\n2,5;;w\n");
    assert!(table.format().decimal_comma);
    let mut out = Vec::new();
    let extra = [("p;q".to_string(), vec![table.number_as_written(0.25), "7".to_string()])];
    table.write(&extra, &mut out).unwrap();
    expect![[r#"
        a;b;c d;"p;q"
        1,5;x,y;"u;v";0,25
        2,5;;w;7
    "#]]
    .assert_eq(&String::from_utf8(out.clone()).unwrap());
    let again = read(&out);
    assert_eq!(
        (again.columns().len(), numbers(&again.columns()[3])),
        (4, &[0.25, 7.0][..])
    );
    assert_eq!(again.columns()[..3], *table.columns());
}

#[test]
fn a_file_without_a_header_has_numbered_columns() {
    let table = read("5.1,3.5,setosa\n4.9,3.0,setosa\n");
    let names: Vec<&str> = table.columns().iter().map(|column| column.name.as_str()).collect();
    assert_eq!(
        (names.join(" "), table.rows(), table.line(0)),
        ("column_1 column_2 column_3".into(), 2, 1)
    );
    expect![[r#"
        CSV with commas between the cells, no header line, UTF-8
        the first line holds values, so there is no header: the columns are called column_1 to column_3"#]]
    .assert_eq(&format!("{}\n{}", table.format(), table.notices().join("\n")));
    refused(
        "5.1,3.5\n4.9\n",
        expect![
            "t.csv, line 2: the row has 1 cell, but the first line has 2 cells; a missing value still needs its comma"
        ],
    );
}

#[test]
fn a_first_line_says_what_separates_the_cells() {
    for csv in [
        "sep=;\na;b,c\n1,5;2\n3,5;4\n",
        "\u{feff}SEP=;\r\na;b,c\r\n1,5;2\r\n3,5;4\r\n",
    ] {
        let table = read(csv);
        assert_eq!(
            (table.columns()[0].name.as_str(), table.columns()[1].name.as_str()),
            ("a", "b,c")
        );
        assert_eq!((numbers(&table.columns()[0]), table.line(0)), (&[1.5, 3.5][..], 3));
    }
    // A file of several types is read twice.
    assert_eq!(numbers(&read("sep=|\na|b\n1|1\n2|x\n").columns()[0]), [1.0, 2.0]);
    refused(
        "sep=;\n",
        expect!["t.csv is empty; it needs a header line with the column names, and rows below it"],
    );
}

#[test]
fn row_names_of_r_have_a_name() {
    let csv = "\"mpg\",\"cyl\"\n\"Mazda RX4\",21,6\n\"Datsun 710\",22.8,NA\n";
    let table = read(csv);
    let names: Vec<&str> = table.columns().iter().map(|column| column.name.as_str()).collect();
    assert_eq!(
        (names, numbers(&table.columns()[1])),
        (vec!["row_names", "mpg", "cyl"], &[21.0, 22.8][..])
    );
    expect!["the header has one name less than the rows have cells, as R writes row names: the first column is called `row_names`"].assert_eq(&table.notices().join("\n"));
    let mut out = Vec::new();
    table.take(&[1]).write(&[], &mut out).unwrap();
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "row_names,mpg,cyl\n\"Datsun 710\",22.8,NA\n"
    );
    assert_eq!(read("row_names,b\n1,5,2\n2,3,x\n").columns()[0].name, "row_names_1");
    refused(
        format!("{csv}\"short\",1\n"),
        expect![
            "t.csv, line 2: the row has 3 cells, but the header has 2 names; a cell that holds a comma needs quotes around it"
        ],
    );
    refused(
        "name,price\nSmith, John,5\nDoe, Jane,6\n",
        expect![
            "t.csv, line 2: the row has 3 cells, but the header has 2 names; a cell that holds a comma needs quotes around it"
        ],
    );
}

#[test]
fn names_that_are_numbers_are_doubtful() {
    let table = read("country,1990,1991\nA,1,2\n");
    assert_eq!(table.columns()[2].name, "1991");
    assert_eq!(
        table.notices(),
        [
            "the first line was taken as the names of the columns, though it has 2 numbers, such as `1990`: if they are values, write names above them"
        ]
    );
}

#[test]
fn decimal_marks_hold_for_a_column() {
    let table = read("a;b;c;d\n1,5;1.5;1;1,5\n2;2;2;1.5\n");
    let kinds: Vec<_> = table.columns().iter().map(|column| column.kind()).collect();
    assert_eq!(kinds, ["number", "number", "integer", "category"]);
    assert_eq!(
        (numbers(&table.columns()[0]), numbers(&table.columns()[1])),
        (&[1.5, 2.0][..], &[1.5, 2.0][..])
    );
    expect!["`a` has decimal commas, but `b` decimal points; if those points group thousands, take them out"]
        .assert_eq(&table.notices().join("\n"));
    // Where commas separate, a quoted one may group thousands.
    assert_eq!(read("a,b\n\"1,500\",2\n\"2,500\",3\n").columns()[0].kind(), "category");
}

#[test]
fn gzip_is_known_by_its_bytes() {
    let table = read(gzip(PLAIN.as_bytes()));
    assert!(table.format().gzip);
    assert_eq!(table.columns(), read(PLAIN).columns());
    // Several members are one file.
    let (first, second) = PLAIN.split_at(20);
    let joined = [gzip(first.as_bytes()), gzip(second.as_bytes())].concat();
    assert_eq!(read(joined).columns(), read(PLAIN).columns());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv.gz");
    // A column of several types, so that it is unpacked twice.
    let mixed: String = (0..3000).map(|row| format!("{row},{row}\n")).collect();
    std::fs::write(&path, gzip(format!("a,b\n{mixed}end,2\n").as_bytes())).unwrap();
    let table = Table::read(&path).unwrap();
    assert_eq!(
        (table.columns()[0].kind(), table.columns()[1].kind()),
        ("category", "integer")
    );
}

#[test]
fn damaged_gzip_is_said() {
    let whole = gzip(PLAIN.repeat(100).as_bytes());
    refused(
        &whole[..whole.len() / 2],
        expect!["cannot read t.csv: the gzip file is damaged after 13 unpacked bytes (it is cut short); copy it again"],
    );
    let mut altered = whole.clone();
    let middle = altered.len() - 6;
    altered[middle] ^= 1;
    refused(
        altered,
        expect![
            "cannot read t.csv: the gzip file is damaged after 5900 unpacked bytes (corrupt gzip stream does not have a matching checksum); copy it again"
        ],
    );
    refused(
        [0x1f, 0x8b, 0],
        expect!["cannot read t.csv: the gzip file is damaged after 0 unpacked bytes (it is cut short); copy it again"],
    );
}

#[test]
fn a_gzip_bomb_is_not_unpacked() {
    // One member of a mebibyte, many times.
    let member = gzip("1\n".repeat(1 << 19).as_bytes());
    let bomb = [gzip(b"a\n"), member.repeat(50)].concat();
    let error = Table::from_csv("t.csv", &bomb[..]).unwrap_err().to_string();
    let (start, end) = ("cannot read t.csv: ", "if it is what it should be, unpack it first");
    assert!(error.starts_with(start) && error.ends_with(end), "{error}");
    assert!(
        error.contains(" bytes of gzip hold more than 16777218 bytes of text, over 200 times as many"),
        "{error}"
    );
}

#[test]
fn files_that_are_no_text_are_named() {
    refused(
        b"PK\x03\x04\x14\0\x06\0",
        expect!["t.csv is a zip archive or an Excel file, not text; unpack it, or save the sheet as CSV"],
    );
    refused(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        expect!["t.csv is an old Excel or Word file, not text; save the sheet as CSV"],
    );
    refused(
        b"\x28\xb5\x2f\xfd\x04\x00\x09\x00",
        expect!["t.csv is compressed with zstd; unpack it, or compress it with gzip"],
    );
    refused(
        b"\xfd7zXZ\0\0\x04",
        expect!["t.csv is compressed with xz; unpack it, or compress it with gzip"],
    );
    refused(
        b"BZh91AY&SY\xff",
        expect!["t.csv is compressed with bzip2; unpack it, or compress it with gzip"],
    );
    refused(
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        expect!["t.csv is a picture, not a table; name a table"],
    );
    // Text may begin with such letters.
    assert_eq!(read("BZh,a\n1,2\n").columns()[0].name, "BZh");
}

#[test]
fn text_that_breaks_off_is_said() {
    refused(
        [b"\xff\xfe".to_vec(), utf16("a\n1\n", u16::to_le_bytes), vec![b'x']].concat(),
        expect![
            "t.csv, line 3: byte 11 of the file is the last, and UTF-16 text has two for each letter; save the file as CSV in UTF-8"
        ],
    );
    refused(
        utf16("a,b\n1,\u{0}\n", u16::to_le_bytes),
        expect!["t.csv, line 1: byte 2 of the file is zero, which text never holds; save the file as CSV in UTF-8"],
    );
}

#[test]
fn ten_thousand_columns_and_one_row() {
    let names: Vec<String> = (0..10_000).map(|column| format!("c{column}")).collect();
    for delimiter in [",", ";", "\t"] {
        let table = read(format!(
            "{}\n{}\n",
            names.join(delimiter),
            vec!["1"; 10_000].join(delimiter)
        ));
        assert_eq!((table.columns().len(), table.rows()), (10_000, 1));
    }
}

#[test]
fn columns_that_are_dropped_are_gone() {
    use chainrule_table::ColumnType;
    let reader = Reader::new().column("b", ColumnType::Dropped);
    for reader in [reader.clone(), reader.without_text()] {
        let table = reader.read_from("t.csv", "a,b,c\n1,x,2\n3,y,4\n".as_bytes()).unwrap();
        assert_eq!(
            (table.columns().len(), table.dropped(), table.text(1, 1)),
            (2, &["b".to_string()][..], "4".into())
        );
        let mut out = Vec::new();
        table.write(&[], &mut out).unwrap();
        assert_eq!(out, b"a,c\n1,2\n3,4\n");
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_is_read_once_and_that_is_enough() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&path).status().unwrap();
    assert!(made.success());
    let writer = std::thread::spawn({
        let path = path.clone();
        move || std::fs::write(path, "a,b\n1,2\nx,3\n").unwrap()
    });
    assert_eq!(Table::read(&path).unwrap().columns()[0].kind(), "category");
    writer.join().unwrap();
}

proptest! {
    #[test]
    fn any_bytes_in_gzip(bytes in prop::collection::vec(any::<u8>(), 0..200), cut in 0usize..40) {
        let mut packed = gzip(&bytes);
        let inside = Table::from_csv("t.csv", &bytes[..]).map(|table| table.columns().to_vec()).ok();
        let outside = Table::from_csv("t.csv", &packed[..]).map(|table| table.columns().to_vec()).ok();
        // Gzip inside gzip is not unpacked twice.
        if !bytes.starts_with(&[0x1f, 0x8b]) {
            prop_assert_eq!(inside, outside);
        }
        packed.truncate(packed.len().saturating_sub(cut));
        let _ = Table::from_csv("t.csv", &packed[..]);
    }

    #[test]
    fn any_text_in_every_encoding(text in "[a-zé€ü\"\n,;0-9.]{0,40}") {
        let text = format!("name,é\n{text}");
        let utf8 = Table::from_csv("t.csv", text.as_bytes());
        for bytes in [utf16(&format!("\u{feff}{text}"), u16::to_le_bytes), utf16(&format!("\u{feff}{text}"), u16::to_be_bytes)] {
            match (&utf8, Table::from_csv("t.csv", &bytes[..])) {
                (Ok(a), Ok(b)) => {
                    prop_assert_eq!(a.columns(), b.columns());
                    prop_assert!(matches!(b.format().encoding, TextEncoding::Utf16Le | TextEncoding::Utf16Be));
                }
                (Err(a), Err(b)) => prop_assert_eq!(a.to_string(), b.to_string()),
                (a, b) => prop_assert!(false, "{:?} {:?}", a, b),
            }
        }
    }
}
