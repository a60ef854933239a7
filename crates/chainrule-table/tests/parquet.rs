//! Parquet files, when the crate is built with the feature `parquet`; without it they are named.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

use chainrule_table::Table;
use expect_test::expect;

#[cfg(not(feature = "parquet"))]
#[test]
fn parquet_needs_its_feature() {
    let error = Table::from_csv("t.parquet", &b"PAR1\x15\x04\x15"[..]).unwrap_err();
    expect![
        "t.parquet is a Parquet file, not text; build the program with `--features parquet`, or save the table as CSV"
    ]
    .assert_eq(&error.to_string());
}

#[cfg(feature = "parquet")]
mod with_the_feature {
    use std::path::PathBuf;
    use std::sync::Arc;

    use arrow_array::types::Int32Type;
    use arrow_array::{
        ArrayRef, BooleanArray, Date32Array, DictionaryArray, Float64Array, Int64Array, ListArray, RecordBatch,
        StringArray, TimestampMillisecondArray,
    };
    use chainrule_table::{ColumnType, DateOrder, Encoder, NumberKind, Reader, Values};
    use parquet::arrow::ArrowWriter;
    use parquet::basic::Compression;
    use parquet::file::properties::WriterProperties;

    use super::*;

    fn array(values: impl arrow_array::Array + 'static) -> ArrayRef {
        Arc::new(values)
    }

    fn columns() -> Vec<(&'static str, ArrayRef)> {
        vec![
            ("count", array(Int64Array::from(vec![Some(1), None, Some(3)]))),
            ("size", array(Float64Array::from(vec![Some(1.5), Some(f64::NAN), None]))),
            ("name", array(StringArray::from(vec![Some("b"), Some("NA"), Some("a")]))),
            (
                "color",
                array(
                    ["red", "blue", "red"]
                        .into_iter()
                        .collect::<DictionaryArray<Int32Type>>(),
                ),
            ),
            ("open", array(BooleanArray::from(vec![true, false, true]))),
            ("day", array(Date32Array::from(vec![0, 1, 2]))),
            (
                "time",
                array(TimestampMillisecondArray::from(vec![0, 43_200_000, 86_400_000])),
            ),
            (
                "list",
                array(ListArray::from_iter_primitive::<Int32Type, _, _>(vec![
                    Some(vec![Some(1)]),
                    None,
                    None,
                ])),
            ),
            ("none", array(Float64Array::new_null(3))),
        ]
    }

    fn written(columns: Vec<(&str, ArrayRef)>, compression: Compression, folder: &tempfile::TempDir) -> PathBuf {
        // The end of the name says nothing: the bytes do.
        let path = folder.path().join("t.table");
        let batch =
            RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, values)| (name, values, true)))
                .unwrap();
        let properties = WriterProperties::builder().set_compression(compression).build();
        let file = std::fs::File::create(&path).unwrap();
        let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        path
    }

    #[test]
    fn columns_have_their_types_already() {
        let folder = tempfile::tempdir().unwrap();
        let mut said = Vec::new();
        for compression in [
            Compression::UNCOMPRESSED,
            Compression::SNAPPY,
            Compression::ZSTD(Default::default()),
            Compression::LZ4_RAW,
            Compression::GZIP(Default::default()),
        ] {
            let table = Table::read(written(columns(), compression, &folder)).unwrap();
            let kinds: Vec<String> = table
                .columns()
                .iter()
                .map(|c| format!("{} {} {}", c.name, c.kind(), c.missing()))
                .collect();
            said.push(kinds.join("\n"));
            let date = |name: &str| match &table.column(name).unwrap().values {
                Values::Numbers { values, kind } => (values.clone(), *kind),
                other => panic!("{other:?}"),
            };
            let plain = NumberKind::Date(DateOrder::Plain);
            assert_eq!(
                (date("day"), date("time")),
                ((vec![0.0, 1.0, 2.0], plain), (vec![0.0, 0.5, 1.0], plain))
            );
            assert_eq!(
                (table.text(0, 3), table.text(1, 6), table.text(1, 2)),
                ("red".into(), "1970-01-01 12:00:00".into(), "".into())
            );
            assert_eq!(table.format().to_string(), "Parquet");
            assert_eq!(
                table.notices(),
                ["`list`: neither numbers, dates, truth values nor text, so read as missing"]
            );
            let encoder = Encoder::fit(&table, &["count", "color", "open", "day"], &[0, 1, 2]).unwrap();
            assert_eq!(encoder.transform(&table).unwrap().rows, 3);
            let mut out = Vec::new();
            table.write(&[], &mut out).unwrap();
            said.push(String::from_utf8(out).unwrap());
        }
        expect![[r#"
            count integer 1
            size number 2
            name category 1
            color category 0
            open boolean 0
            day date 0
            time date 0
            list empty 3
            none empty 3"#]]
        .assert_eq(&said[0]);
        expect![[r#"
            count,size,name,color,open,day,time,list,none
            1,1.5,b,red,true,1970-01-01,1970-01-01,,
            ,,,blue,false,1970-01-02,1970-01-01 12:00:00,,
            3,,a,red,true,1970-01-03,1970-01-02,,
        "#]]
        .assert_eq(&said[1]);
        assert!(said.chunks(2).all(|both| both == &said[..2]));
    }

    #[test]
    fn columns_may_be_said_to_be_otherwise() {
        let folder = tempfile::tempdir().unwrap();
        let path = written(columns(), Compression::SNAPPY, &folder);
        let reader = Reader::new()
            .column("count", ColumnType::Category)
            .column("list", ColumnType::Dropped);
        let table = reader.read(&path).unwrap();
        assert_eq!(
            (table.columns()[0].kind(), table.dropped()),
            ("category", &["list".to_string()][..])
        );
        assert!(table.notices().is_empty());
        // Its rows are no lines.
        let words = array(StringArray::from(vec!["$1.50", "many", "2"]));
        let path_of_words = written(vec![("price", words)], Compression::SNAPPY, &folder);
        let table = (Reader::new().column("price", ColumnType::Number))
            .read(&path_of_words)
            .unwrap();
        assert_eq!(
            table.notices(),
            [
                "column `price`: 1 cell has signs, `$1.50` in row 1, which is read as 1.5",
                "column `price`: 1 cell is no number and counts as missing, such as `many` in row 2",
            ]
        );
        let path = written(columns(), Compression::SNAPPY, &folder);
        let table = Table::read(&path).unwrap();
        let encoder = Encoder::fit(&table, &["color"], &[0, 2]);
        assert!(encoder.is_err());
        let encoder = Encoder::fit(&table, &["name", "count"], &[0, 2]).unwrap();
        let unseen = encoder.transform(&table).unwrap().unseen;
        assert_eq!((unseen[0].place, unseen[0].line), ("row", 2));
        assert!(unseen[0].to_string().contains("is missing (row 2)"), "{}", unseen[0]);
        let error = Reader::new()
            .column("colour", ColumnType::Dropped)
            .read(&path)
            .unwrap_err();
        assert!(
            error.is_request() && error.to_string().contains("did you mean `color`"),
            "{error}"
        );
    }

    #[test]
    fn damaged_files_and_infinite_numbers_are_said() {
        let folder = tempfile::tempdir().unwrap();
        let path = written(columns(), Compression::SNAPPY, &folder);
        let bytes = std::fs::read(&path).unwrap();
        for end in (4..bytes.len()).step_by(97) {
            std::fs::write(&path, &bytes[..end]).unwrap();
            let error = Table::read(&path).unwrap_err().to_string();
            assert!(error.contains("t.table cannot be read as Parquet: "), "{error}");
        }
        let values = array(Float64Array::from(vec![1.0, f64::INFINITY]));
        let path = written(vec![("x", values)], Compression::SNAPPY, &folder);
        let error = Table::read(path).unwrap_err().to_string();
        assert!(
            error.contains("t.table, row 2, column `x`: `inf` is not a finite number"),
            "{error}"
        );
    }
}
