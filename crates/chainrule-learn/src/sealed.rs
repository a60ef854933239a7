//! Numbers and a description in one safetensors file, with a checksum over both: what model files and checkpoints share.

use std::{
    collections::{BTreeMap, HashMap},
    fmt::Display,
};

use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

/// A tensor as bytes: its type, its sizes, its numbers.
pub(crate) type Numbers = (Dtype, Vec<usize>, Vec<u8>);

/// What a kind of file is called: its entry among the metadata, and the description's name in it.
pub(crate) struct Kind {
    pub entry: &'static str,
    pub description: &'static str,
}

/// A file that was opened and is whole: its description, and its tensors by name.
pub(crate) struct Opened<'b> {
    pub description: Box<RawValue>,
    pub tensors: BTreeMap<String, TensorView<'b>>,
}

/// Why a file could not be opened.
pub(crate) enum Refused {
    /// It is a safetensors file without our entry.
    Other,
    /// It is cut short or altered.
    Damaged(String),
}

fn checksum<'a>(description: &str, tensors: impl Iterator<Item = (&'a str, &'a [u8])>) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(description.as_bytes());
    for (name, data) in tensors {
        hasher.update(name.as_bytes());
        hasher.update(data);
    }
    hasher.finalize()
}

/// The bytes of a file; the same content gives the same bytes.
pub(crate) fn seal(
    kind: &Kind,
    description: &impl Serialize,
    tensors: &BTreeMap<String, Numbers>,
) -> Result<Vec<u8>, String> {
    fn text(error: impl Display) -> String {
        error.to_string()
    }
    let description = to_raw_value(description).map_err(text)?;
    let data = tensors.iter().map(|(name, (_, _, data))| (name.as_str(), &data[..]));
    let checksum = checksum(description.get(), data);
    let views = tensors
        .iter()
        .map(|(name, (kind, sizes, data))| Ok((name, TensorView::new(*kind, sizes.clone(), data)?)))
        .collect::<Result<Vec<_>, safetensors::SafeTensorError>>()
        .map_err(text)?;
    // One entry only: the order of several would change from run to run.
    let envelope = format!(
        r#"{{"checksum":{checksum},"{}":{}}}"#,
        kind.description,
        description.get()
    );
    let metadata = HashMap::from([(kind.entry.to_string(), envelope)]);
    safetensors::serialize(views, Some(metadata)).map_err(text)
}

/// Opens what [`seal`] gave.
pub(crate) fn open<'b>(kind: &Kind, bytes: &'b [u8]) -> Result<Opened<'b>, Refused> {
    fn damaged(error: impl Display) -> Refused {
        Refused::Damaged(error.to_string())
    }
    let tensors = SafeTensors::deserialize(bytes).map_err(damaged)?;
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(damaged)?;
    let entries = header.metadata().as_ref();
    let text = entries
        .and_then(|entries| entries.get(kind.entry))
        .ok_or(Refused::Other)?;
    let mut parts: BTreeMap<String, Box<RawValue>> = serde_json::from_str(text).map_err(damaged)?;
    let mut part = |name: &str| {
        let part = parts.remove(name);
        part.ok_or_else(|| damaged(format!("its metadata has no \"{name}\"")))
    };
    let (sum, description) = (part("checksum")?, part(kind.description)?);
    let expected: u32 = serde_json::from_str(sum.get()).map_err(damaged)?;
    let tensors: BTreeMap<String, TensorView> = tensors.tensors().into_iter().collect();
    let data = tensors.iter().map(|(name, view)| (name.as_str(), view.data()));
    let found = checksum(description.get(), data);
    match found == expected {
        true => Ok(Opened { description, tensors }),
        false => Err(damaged(format!("its checksum is {found:08x}, not {expected:08x}"))),
    }
}

/// Numbers as little-endian bytes.
pub(crate) fn bytes_of(numbers: &[f64]) -> Vec<u8> {
    numbers.iter().flat_map(|x| x.to_le_bytes()).collect()
}

/// The numbers of a tensor, if they are of this type.
pub(crate) fn numbers_of(view: &TensorView) -> Option<Vec<f64>> {
    let number = |bytes: &[u8]| {
        let mut array = [0; size_of::<f64>()];
        array.copy_from_slice(bytes);
        f64::from_le_bytes(array)
    };
    let chunks = view.data().chunks_exact(size_of::<f64>());
    (view.dtype() == Dtype::F64).then(|| chunks.map(number).collect())
}
