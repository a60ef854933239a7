//! Files with a checksum, which a fuzzer does not guess: taken apart into a text that can be changed, and put together again
//! with the checksum that the change needs.

use serde_json::{Map, Value, value::RawValue};
use std::collections::BTreeMap;

/// What a kind of file is called: its entry among the metadata, and the description's name in it.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    entry: &'static str,
    description: &'static str,
}

/// Model files.
pub const MODEL: Kind = Kind {
    entry: "chainrule",
    description: "model",
};

/// Checkpoints.
pub const CHECKPOINT: Kind = Kind {
    entry: "chainrule-checkpoint",
    description: "checkpoint",
};

/// A file as a text that can be changed without breaking its checksum: one line with the tensors' types, shapes and places,
/// one line with the description, and the tensors' bytes.
pub fn apart(kind: Kind, file: &[u8]) -> Option<Vec<u8>> {
    let (length, rest) = file.split_first_chunk::<8>()?;
    let (header, data) = rest.split_at_checked(u64::from_le_bytes(*length).try_into().ok()?)?;
    let mut tensors: Map<String, Value> = serde_json::from_slice(header).ok()?;
    let metadata = tensors.remove("__metadata__")?;
    let envelope: BTreeMap<String, Box<RawValue>> = serde_json::from_str(metadata[kind.entry].as_str()?).ok()?;
    let mut text = serde_json::to_vec(&tensors).ok()?;
    text.push(b'\n');
    text.extend(envelope[kind.description].get().bytes());
    text.push(b'\n');
    text.extend(data);
    Some(text)
}

/// The file of a text that [`apart`] gave, or that a fuzzer made of it: with the checksum that it needs.
pub fn together(kind: Kind, text: &[u8]) -> Option<Vec<u8>> {
    let mut lines = text.splitn(3, |byte| *byte == b'\n');
    let (tensors, description, data) = (lines.next()?, lines.next()?, lines.next()?);
    let description = std::str::from_utf8(description).ok()?.trim();
    let mut tensors: Map<String, Value> = serde_json::from_slice(tensors).ok()?;
    let mut sum = crc32fast::Hasher::new();
    sum.update(description.as_bytes());
    for (name, about) in &tensors {
        let place = |end: usize| usize::try_from(about["data_offsets"][end].as_u64()?).ok();
        sum.update(name.as_bytes());
        sum.update(data.get(place(0)?..place(1)?)?);
    }
    let Kind {
        entry,
        description: name,
    } = kind;
    let envelope = format!(r#"{{"checksum":{},"{name}":{description}}}"#, sum.finalize());
    tensors.insert("__metadata__".to_string(), serde_json::json!({ entry: envelope }));
    let mut header = serde_json::to_vec(&tensors).ok()?;
    header.resize(header.len().next_multiple_of(8), b' ');
    let length = (header.len() as u64).to_le_bytes();
    Some([&length[..], &header, data].concat())
}
