//! Parquet files: columns that have their types already.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, Decimal128Type, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, Float64Array};
use arrow_schema::{DataType, TimeUnit};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::column::{Column, NumberKind, Values};
use crate::date::DateOrder;
use crate::decode::TextEncoding;
use crate::error::{Error, Result};
use crate::format::Format;
use crate::lines::Lines;
use crate::message::{listed, not_finite, quoted};
use crate::source::{PARQUET, cannot_open};
use crate::table::Parts;
use crate::typed::Builder;

const SECONDS_PER_DAY: f64 = 86_400.0;

/// Whether a file is Parquet, by its first bytes.
pub(crate) fn is_parquet(path: &Path) -> bool {
    let mut start = [0; PARQUET.len()];
    File::open(path)
        .and_then(|mut file| file.read_exact(&mut start))
        .is_ok()
        && start == PARQUET
}

/// Reads a file, batch by batch.
pub(crate) fn read(name: &str, path: &Path, dropped: &dyn Fn(&str) -> bool) -> Result<Parts> {
    let unread = |error: &dyn std::fmt::Display| Error::data(format!("{name} cannot be read as Parquet: {error}"));
    let file = File::open(path).map_err(|error| cannot_open(name, &error))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| unread(&error))?;
    let fields: Vec<(String, DataType)> = (builder.schema().fields().iter())
        .map(|field| (field.name().trim().to_string(), field.data_type().clone()))
        .collect();
    check_names(name, &fields)?;
    let mut gathered: Vec<Gathered> = (fields.iter())
        .map(|(name, kind)| {
            if dropped(name) {
                Gathered::Nothing
            } else {
                Gathered::new(kind)
            }
        })
        .collect();
    let mut lines = Lines::default();
    for batch in builder.build().map_err(|error| unread(&error))? {
        let batch = batch.map_err(|error| unread(&error))?;
        for _ in 0..batch.num_rows() {
            lines.push(lines.rows() + 1);
        }
        for (values, array) in gathered.iter_mut().zip(batch.columns()) {
            values.push(array);
        }
    }
    if lines.rows() == 0 {
        return Err(Error::data(format!("{name} has no rows")));
    }
    let foreign = fields
        .iter()
        .zip(&gathered)
        .filter(|((column, _), values)| matches!(values, Gathered::Nothing) && !dropped(column));
    let foreign: Vec<&str> = foreign.map(|((column, _), _)| column.as_str()).collect();
    let notices = match foreign.is_empty() {
        true => Vec::new(),
        false => vec![format!(
            "{}: neither numbers, dates, truth values nor text, so read as missing",
            listed(foreign.into_iter())
        )],
    };
    let mut columns = Vec::with_capacity(fields.len());
    for ((column, _), values) in fields.into_iter().zip(gathered) {
        let values = values.finish(lines.rows());
        if let Values::Numbers { values, .. } = &values
            && let Some(row) = values.iter().position(|value| value.is_infinite())
        {
            return Err(Error::data(format!(
                "{name}, row {}, column {}: {}",
                row + 1,
                quoted(&column),
                not_finite(&values[row].to_string())
            )));
        }
        columns.push(Column {
            name: column,
            values,
            asked: None,
        });
    }
    Ok(Parts {
        name: name.to_string(),
        columns,
        lines,
        kept: None,
        format: Format {
            kind: "Parquet",
            gzip: false,
            encoding: TextEncoding::Utf8,
            delimiter: ',',
            decimal_comma: false,
            header: true,
            separator_line: false,
            row_names: false,
        },
        notices,
    })
}

fn check_names(name: &str, fields: &[(String, DataType)]) -> Result<()> {
    let mut seen = std::collections::HashSet::new();
    for (place, (column, _)) in fields.iter().enumerate() {
        if column.is_empty() || !seen.insert(column) {
            return Err(Error::data(format!(
                "{name}: the name {} of column {} is empty or taken; give each column its own name",
                quoted(column),
                place + 1
            )));
        }
    }
    match fields.is_empty() {
        true => Err(Error::data(format!("{name} has no columns"))),
        false => Ok(()),
    }
}

/// The values of one column, gathered batch by batch.
enum Gathered {
    /// What is not read.
    Nothing,
    Numbers(Vec<f64>, NumberKind),
    Words(Box<Builder>),
}

impl Gathered {
    fn new(kind: &DataType) -> Gathered {
        use DataType::*;
        let numbers = |kind| Gathered::Numbers(Vec::new(), kind);
        match kind {
            Int8 | Int16 | Int32 | Int64 | UInt8 | UInt16 | UInt32 | UInt64 => numbers(NumberKind::Integer),
            Float16 | Float32 | Float64 | Decimal128(..) => numbers(NumberKind::Float),
            Date32 | Date64 | Timestamp(..) => numbers(NumberKind::Date(DateOrder::Plain)),
            Boolean | Utf8 | LargeUtf8 | Utf8View => {
                let mut builder = Builder::new(false, true);
                builder.may_forget();
                Gathered::Words(Box::new(builder))
            }
            Dictionary(_, values) => Gathered::new(values),
            _ => Gathered::Nothing,
        }
    }

    fn push(&mut self, array: &ArrayRef) {
        match self {
            Gathered::Nothing => {}
            Gathered::Numbers(values, _) => push_numbers(values, array),
            Gathered::Words(builder) => push_words(builder, array),
        }
    }

    fn finish(self, rows: usize) -> Values {
        match self {
            Gathered::Numbers(values, _) if values.iter().all(|value| value.is_nan()) => Values::Empty { rows },
            Gathered::Numbers(values, kind) => Values::Numbers { values, kind },
            Gathered::Words(builder) => builder.finish().values,
            Gathered::Nothing => Values::Empty { rows },
        }
    }
}

fn push_words(builder: &mut Builder, array: &ArrayRef) {
    let mut push = |word: Option<&str>| {
        builder.push(word.map_or("", str::trim));
    };
    if let Some(dictionary) = array.as_any_dictionary_opt() {
        let mut words = Words::default();
        push_words_of(&mut words, dictionary.values());
        for (row, key) in dictionary.normalized_keys().into_iter().enumerate() {
            let word = (!array.is_null(row))
                .then(|| words.0.get(key).cloned().flatten())
                .flatten();
            push(word.as_deref());
        }
        return;
    }
    let mut words = Words::default();
    push_words_of(&mut words, array);
    words.0.iter().for_each(|word| push(word.as_deref()));
}

/// Words, where there are any.
#[derive(Default)]
struct Words(Vec<Option<String>>);

fn push_words_of(out: &mut Words, array: &ArrayRef) {
    let own = |word: Option<&str>| word.map(str::to_string);
    match array.data_type() {
        DataType::Boolean => {
            let word = |truth: Option<bool>| truth.map(|truth| truth.to_string());
            out.0.extend(array.as_boolean().iter().map(word));
        }
        DataType::Utf8 => out.0.extend(array.as_string::<i32>().iter().map(own)),
        DataType::LargeUtf8 => out.0.extend(array.as_string::<i64>().iter().map(own)),
        DataType::Utf8View => out.0.extend(array.as_string_view().iter().map(own)),
        _ => out.0.extend((0..array.len()).map(|_| None)),
    }
}

fn push_numbers(out: &mut Vec<f64>, array: &ArrayRef) {
    if let Some(dictionary) = array.as_any_dictionary_opt() {
        let mut values = Vec::new();
        push_numbers(&mut values, dictionary.values());
        let keys = dictionary.normalized_keys().into_iter().enumerate();
        out.extend(keys.map(|(row, key)| match array.is_null(row) {
            true => f64::NAN,
            false => values.get(key).copied().unwrap_or(f64::NAN),
        }));
        return;
    }
    macro_rules! push {
        ($kind:ty, $number:expr) => {{
            let number = $number;
            out.extend(
                array
                    .as_primitive::<$kind>()
                    .iter()
                    .map(|cell| cell.map_or(f64::NAN, number)),
            )
        }};
    }
    let days = |per_second: f64| move |value: i64| value as f64 / (SECONDS_PER_DAY * per_second);
    match array.data_type() {
        DataType::Int8 => push!(Int8Type, f64::from),
        DataType::Int16 => push!(Int16Type, f64::from),
        DataType::Int32 => push!(Int32Type, f64::from),
        DataType::Int64 => push!(Int64Type, |value| value as f64),
        DataType::UInt8 => push!(UInt8Type, f64::from),
        DataType::UInt16 => push!(UInt16Type, f64::from),
        DataType::UInt32 => push!(UInt32Type, f64::from),
        DataType::UInt64 => push!(UInt64Type, |value| value as f64),
        DataType::Float16 => push!(Float16Type, f64::from),
        DataType::Float32 => push!(Float32Type, f64::from),
        DataType::Float64 => push!(Float64Type, |value| value),
        DataType::Decimal128(_, scale) => {
            let ten = 10f64.powi(i32::from(*scale));
            push!(Decimal128Type, |value| value as f64 / ten)
        }
        DataType::Date32 => push!(Date32Type, f64::from),
        DataType::Date64 => push!(Date64Type, days(1e3)),
        DataType::Timestamp(TimeUnit::Second, _) => push!(TimestampSecondType, days(1.0)),
        DataType::Timestamp(TimeUnit::Millisecond, _) => push!(TimestampMillisecondType, days(1e3)),
        DataType::Timestamp(TimeUnit::Microsecond, _) => push!(TimestampMicrosecondType, days(1e6)),
        DataType::Timestamp(TimeUnit::Nanosecond, _) => push!(TimestampNanosecondType, days(1e9)),
        _ => out.extend(Float64Array::new_null(array.len()).iter().map(|_| f64::NAN)),
    }
}
