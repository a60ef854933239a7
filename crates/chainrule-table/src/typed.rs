//! From rows of text to typed columns: Arrow infers each column's type over the whole file and reads its values.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Float64Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType,
};
use arrow_array::{Array, RecordBatch};
use arrow_csv::ReaderBuilder;
use arrow_csv::reader::Format;
use arrow_schema::{ArrowError, DataType, Field, Schema, TimeUnit};

use crate::category::truth;
use crate::column::{Column, MISSING, NumberKind, Values};
use crate::error::{Error, Result};
use crate::message::{not_finite, quoted};
use crate::scan::Records;

/// How many cells Arrow reads at a time, at most.
const BATCH_CELLS: usize = 1 << 18;
/// How many bytes Arrow reads at a time, at most, unless one row has more.
const BATCH_BYTES: usize = 1 << 25;

/// Reads the values of all columns.
pub(crate) fn columns(name: &str, records: &Records) -> Result<Vec<Column>> {
    let types = infer(records).map_err(|error| unexpected(name, &error))?;
    let (values, types) = read(name, records, types)?;
    let (values, _) = match values {
        Some(values) => (values, types),
        // Some cell was not what its column's type promised, and now that column is text; this time nothing can fail.
        None => match read(name, records, types)? {
            (Some(values), types) => (values, types),
            (None, _) => return Err(unexpected(name, &"a column of text did not read as text")),
        },
    };
    let mut columns = Vec::with_capacity(values.len());
    for (index, gathered) in values.into_iter().enumerate() {
        let column_name = &records.names[index];
        let values = gathered.finish(records.rows());
        refuse_infinite(name, records, index, &values)?;
        columns.push(Column {
            name: column_name.clone(),
            values,
        });
    }
    Ok(columns)
}

/// Refuses a column of numbers with one that is not finite.
fn refuse_infinite(name: &str, records: &Records, column: usize, values: &Values) -> Result<()> {
    let Values::Numbers { values, .. } = values else {
        return Ok(());
    };
    match values.iter().position(|value| value.is_infinite()) {
        Some(row) => Err(Error::data(format!(
            "{name}, line {}, column {}: {}",
            records.line(row),
            quoted(&records.names[column]),
            not_finite(&records.cell(row, column))
        ))),
        None => Ok(()),
    }
}

/// The type of every column, judged by all its cells.
fn infer(records: &Records) -> std::result::Result<Vec<DataType>, ArrowError> {
    let text = records.span(0, records.rows());
    let (schema, _) = Format::default().infer_schema(text.as_bytes(), None)?;
    let types = schema.fields().iter().map(|field| match field.data_type() {
        // Read as text, which keeps the spelling.
        DataType::Boolean => DataType::Utf8,
        kind => kind.clone(),
    });
    Ok(types.collect())
}

/// Reads all rows, batch by batch. The values are `None` when a column had to become text on the way.
///
/// Arrow infers by the look of a cell: `2024-02-31` looks like a date. When such a cell does not read, its column is
/// text; it is found by halving, within the one batch that failed.
fn read(name: &str, records: &Records, mut types: Vec<DataType>) -> Result<(Option<Vec<Gathered>>, Vec<DataType>)> {
    let most_rows = (BATCH_CELLS / types.len().max(1)).max(1);
    let mut gathered = Some(types.iter().map(Gathered::new).collect::<Vec<_>>());
    let mut to = 0;
    while to < records.rows() {
        let from = to;
        to = records.span_end(from, most_rows, BATCH_BYTES);
        let text = records.span(from, to);
        let all: Vec<usize> = (0..types.len()).collect();
        match read_batch(text, to - from, &types, &all) {
            Ok(batch) => {
                if let Some(gathered) = &mut gathered {
                    for (values, array) in gathered.iter_mut().zip(batch.columns()) {
                        values.push(array);
                    }
                }
            }
            Err(error) => {
                let before = types.clone();
                demote(text, to - from, &mut types, &all);
                if types == before {
                    return Err(unexpected(name, &error));
                }
                gathered = None;
            }
        }
    }
    Ok((gathered, types))
}

fn demote(text: &str, rows: usize, types: &mut [DataType], columns: &[usize]) {
    if read_batch(text, rows, types, columns).is_ok() {
        return;
    }
    match columns {
        [] => {}
        [column] => types[*column] = DataType::Utf8,
        _ => {
            let (left, right) = columns.split_at(columns.len() / 2);
            demote(text, rows, types, left);
            demote(text, rows, types, right);
        }
    }
}

pub(crate) fn read_batch(
    text: &str,
    rows: usize,
    types: &[DataType],
    columns: &[usize],
) -> std::result::Result<RecordBatch, ArrowError> {
    // Names are ours, and Arrow would not mind equal ones.
    let fields: Vec<Field> = types.iter().map(|kind| Field::new("", kind.clone(), true)).collect();
    let mut reader = ReaderBuilder::new(Arc::new(Schema::new(fields)))
        .with_batch_size(rows)
        .with_projection(columns.to_vec())
        .build_buffered(text.as_bytes())?;
    match reader.next() {
        Some(Ok(batch)) if batch.num_rows() == rows => Ok(batch),
        Some(Err(error)) => Err(error),
        _ => Err(ArrowError::CsvError(format!("not {rows} rows"))),
    }
}

/// The values of one column, gathered batch by batch.
enum Gathered {
    Nothing,
    Numbers {
        values: Vec<f64>,
        kind: NumberKind,
    },
    Words {
        codes: Vec<u32>,
        seen: HashMap<String, u32>,
    },
}

impl Gathered {
    fn new(kind: &DataType) -> Gathered {
        match kind {
            DataType::Null => Gathered::Nothing,
            DataType::Utf8 => Gathered::Words {
                codes: Vec::new(),
                seen: HashMap::new(),
            },
            _ => Gathered::Numbers {
                values: Vec::new(),
                kind: match kind {
                    DataType::Int64 => NumberKind::Integer,
                    kind if is_date(kind) => NumberKind::Date,
                    _ => NumberKind::Float,
                },
            },
        }
    }

    fn push(&mut self, array: &dyn Array) {
        match self {
            Gathered::Nothing => {}
            Gathered::Numbers { values, .. } => push_numbers(values, array),
            Gathered::Words { codes, seen } => {
                if let Some(array) = array.as_string_opt::<i32>() {
                    codes.extend(array.iter().map(|word| word.map_or(MISSING, |word| code(seen, word))));
                }
            }
        }
    }

    fn finish(self, rows: usize) -> Values {
        match self {
            Gathered::Nothing => Values::Empty { rows },
            Gathered::Numbers { values, kind } => Values::Numbers { values, kind },
            Gathered::Words { codes, seen } => words(codes, seen),
        }
    }
}

pub(crate) fn is_date(kind: &DataType) -> bool {
    matches!(kind, DataType::Date32 | DataType::Timestamp(..))
}

fn code(seen: &mut HashMap<String, u32>, word: &str) -> u32 {
    if let Some(code) = seen.get(word) {
        return *code;
    }
    // Memory ends long before four billion different words.
    let code = seen.len() as u32;
    seen.insert(word.to_string(), code);
    code
}

pub(crate) fn push_numbers(out: &mut Vec<f64>, array: &dyn Array) {
    const SECONDS_PER_DAY: f64 = 86_400.0;
    macro_rules! push {
        ($kind:ty, $per:expr) => {
            out.extend(
                array
                    .as_primitive::<$kind>()
                    .iter()
                    .map(|cell| cell.map_or(f64::NAN, |value| value as f64 / $per)),
            )
        };
    }
    match array.data_type() {
        DataType::Int64 => push!(Int64Type, 1.0),
        DataType::Date32 => push!(Date32Type, 1.0),
        DataType::Timestamp(TimeUnit::Second, _) => push!(TimestampSecondType, SECONDS_PER_DAY),
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            push!(TimestampMillisecondType, SECONDS_PER_DAY * 1e3)
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            push!(TimestampMicrosecondType, SECONDS_PER_DAY * 1e6)
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            push!(TimestampNanosecondType, SECONDS_PER_DAY * 1e9)
        }
        // A cell that was written as NaN must not pass for a missing one; infinity is refused later on.
        _ => out.extend(array.as_primitive::<Float64Type>().iter().map(|cell| match cell {
            Some(value) if value.is_nan() => f64::INFINITY,
            Some(value) => value,
            None => f64::NAN,
        })),
    }
}

/// Words as categories, unless all of them are numbers that Arrow takes for text: integers beyond 64 bits, or `Infinity`.
/// Where all are truth values, they are two categories, however they are spelled.
fn words(codes: Vec<u32>, seen: HashMap<String, u32>) -> Values {
    let numbers: Option<Vec<(u32, f64)>> = seen
        .iter()
        .map(|(word, code)| word.parse::<f64>().ok().map(|number| (*code, number)))
        .collect();
    if let Some(numbers) = numbers {
        let mut by_code = vec![f64::NAN; numbers.len()];
        for (code, number) in numbers {
            by_code[code as usize] = if number.is_nan() { f64::INFINITY } else { number };
        }
        let values = codes
            .iter()
            .map(|code| by_code.get(*code as usize).copied().unwrap_or(f64::NAN))
            .collect();
        return Values::Numbers {
            values,
            kind: NumberKind::Float,
        };
    }
    let mut sorted: Vec<(String, u32)> = seen.into_iter().collect();
    let truths = sorted.iter().all(|(word, _)| truth(word).is_some());
    if truths {
        // By the order in which they were seen, and false before true.
        sorted.sort_unstable_by_key(|(word, code)| (truth(word), *code));
    } else {
        sorted.sort_unstable();
    }
    let mut rank = vec![0; sorted.len()];
    let mut names: Vec<String> = Vec::new();
    for (word, old) in sorted {
        let spelled_before = truths && names.last().is_some_and(|name| name.eq_ignore_ascii_case(&word));
        if !spelled_before {
            names.push(word);
        }
        rank[old as usize] = names.len() as u32 - 1;
    }
    let codes = codes
        .iter()
        .map(|code| rank.get(*code as usize).copied().unwrap_or(MISSING))
        .collect();
    Values::Categories { names, codes }
}

fn unexpected(name: &str, error: &dyn std::fmt::Display) -> Error {
    Error::data(format!("{name} cannot be read as CSV: {error}"))
}
