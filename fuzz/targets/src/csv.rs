//! Bytes as a table: read, encoded, written, read again.

use chainrule_table::{Blocks, ColumnType, DateOrder, Encoder, Reader, Table};

/// Reads bytes as CSV, packed by gzip or not, at once and in blocks, with guessed types and with said ones.
///
/// # Panics
/// When what was written of a table is not read back as it was, or its numbers are not finite.
pub fn csv(bytes: &[u8]) {
    let Ok(table) = Table::from_csv("t.csv", bytes) else {
        return;
    };
    let mut out = vec![];
    table.write(&[], &mut out).unwrap();
    let again = Table::from_csv("t.csv", &out[..]).expect("what was written is a table");
    assert_eq!(again.columns(), table.columns());
    let values = Reader::new().without_text().read_from("t.csv", bytes).unwrap();
    assert_eq!(values.columns(), table.columns());

    let names: Vec<&str> = table.columns().iter().map(|column| column.name.as_str()).collect();
    encode(&table, &names, bytes);
    for kind in [
        ColumnType::Category,
        ColumnType::Number,
        ColumnType::Date(DateOrder::Plain),
        ColumnType::Date(DateOrder::DayFirst),
        ColumnType::TrainedDate(DateOrder::MonthFirst),
    ] {
        let said = names
            .iter()
            .fold(Reader::new(), |reader, name| reader.column(*name, kind));
        if let Ok(table) = said.read_from("t.csv", bytes) {
            encode(&table, &names, bytes);
        }
    }
}

/// Learns an encoder from all rows and encodes them, and whatever the same bytes are to one who knows the columns.
fn encode(table: &Table, names: &[&str], bytes: &[u8]) {
    let rows: Vec<usize> = (0..table.rows()).collect();
    let Ok(encoder) = Encoder::fit(table, names, &rows) else {
        return;
    };
    encoder.validate().unwrap();
    let matrix = encoder
        .transform(table)
        .expect("an encoder takes the rows it learned from");
    assert!(matrix.data.iter().all(|value| value.is_finite()));
    assert_eq!(matrix.data.len(), matrix.rows * encoder.inputs().len());
    let Ok(mut blocks) = Blocks::new(&encoder, "t.csv", bytes) else {
        return;
    };
    let mut count = 0;
    while let Ok(Some(block)) = blocks.next() {
        count += block.rows();
        if let Ok(matrix) = encoder.transform(&block) {
            assert!(matrix.data.iter().all(|value| value.is_finite()));
        }
    }
    assert!(count <= table.rows());
    blocks.notices();
}
