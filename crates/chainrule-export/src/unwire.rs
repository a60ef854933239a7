//! Reads the ONNX files that [`wire`](crate::wire) writes, so that what is checked is what is written.

use crate::error::{Error, Result};
use crate::graph::{Data, Graph, Kind, Node, Op, Port, Tensor};

/// One field of a message.
enum Field<'a> {
    Integer(i64),
    Bytes(&'a [u8]),
}

fn broken() -> Error {
    Error::new("the ONNX file cannot be read back; this is a mistake of ours: please report it with the model file")
}

fn varint(bytes: &mut &[u8]) -> Result<u64> {
    let (mut value, mut shift) = (0u64, 0);
    loop {
        let (first, rest) = bytes.split_first().ok_or_else(broken)?;
        *bytes = rest;
        if shift > 63 {
            return Err(broken());
        }
        value |= u64::from(first & 0x7f) << shift;
        shift += 7;
        if first & 0x80 == 0 {
            return Ok(value);
        }
    }
}

/// The fields of a message, each with its number, in order.
fn fields(mut bytes: &[u8]) -> Result<Vec<(u64, Field<'_>)>> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes)?;
        let field = match key & 7 {
            0 => Field::Integer(varint(&mut bytes)? as i64),
            2 => {
                let length = varint(&mut bytes)? as usize;
                let (own, rest) = bytes.split_at_checked(length).ok_or_else(broken)?;
                bytes = rest;
                Field::Bytes(own)
            }
            _ => return Err(broken()),
        };
        found.push((key >> 3, field));
    }
    Ok(found)
}

fn text(bytes: &[u8]) -> Result<String> {
    String::from_utf8(bytes.to_vec()).map_err(|_| broken())
}

/// The graph in a file.
pub(crate) fn onnx(bytes: &[u8]) -> Result<Graph> {
    let mut graph = Graph::default();
    for (number, field) in fields(bytes)? {
        match (number, field) {
            (7, Field::Bytes(inner)) => {
                for (number, field) in fields(inner)? {
                    match (number, field) {
                        (1, Field::Bytes(bytes)) => graph.nodes.push(node(bytes)?),
                        (5, Field::Bytes(bytes)) => graph.constants.push(tensor(bytes)?),
                        (11, Field::Bytes(bytes)) => graph.inputs.push(port(bytes)?),
                        (12, Field::Bytes(bytes)) => graph.outputs.push(port(bytes)?),
                        _ => {}
                    }
                }
            }
            (14, Field::Bytes(entry)) => {
                let entry = fields(entry)?;
                if let [(1, Field::Bytes(key)), (2, Field::Bytes(value))] = entry.as_slice() {
                    graph.about.push((text(key)?, text(value)?));
                }
            }
            _ => {}
        }
    }
    Ok(graph)
}

fn kind(element: i64) -> Result<Kind> {
    match element {
        1 => Ok(Kind::Float),
        7 => Ok(Kind::Integer),
        8 => Ok(Kind::Text),
        11 => Ok(Kind::Double),
        _ => Err(broken()),
    }
}

fn tensor(bytes: &[u8]) -> Result<(String, Tensor)> {
    let (mut sizes, mut element, mut name, mut raw) = (Vec::new(), 0, String::new(), &[][..]);
    for (number, field) in fields(bytes)? {
        match (number, field) {
            (1, Field::Bytes(mut packed)) => {
                while !packed.is_empty() {
                    sizes.push(varint(&mut packed)? as usize);
                }
            }
            (2, Field::Integer(value)) => element = value,
            (8, Field::Bytes(value)) => name = text(value)?,
            (9, Field::Bytes(value)) => raw = value,
            _ => {}
        }
    }
    let words = raw.chunks_exact(8).map(|chunk| {
        let mut word = [0; 8];
        word.copy_from_slice(chunk);
        word
    });
    let data = match kind(element)? {
        Kind::Double => Data::Numbers(words.map(f64::from_le_bytes).collect()),
        Kind::Integer => Data::Integers(words.map(i64::from_le_bytes).collect()),
        _ => return Err(broken()),
    };
    let [rows, columns] = sizes[..] else {
        return Err(broken());
    };
    match rows.checked_mul(columns) == Some(raw.len() / 8) {
        true => Ok((name, Tensor { rows, columns, data })),
        false => Err(broken()),
    }
}

fn port(bytes: &[u8]) -> Result<Port> {
    let mut port = Port {
        name: String::new(),
        kind: Kind::Double,
        columns: None,
        doc: String::new(),
    };
    for (number, field) in fields(bytes)? {
        match (number, field) {
            (1, Field::Bytes(value)) => port.name = text(value)?,
            (3, Field::Bytes(value)) => port.doc = text(value)?,
            (2, Field::Bytes(value)) => {
                let whole = fields(value)?;
                let Some((1, Field::Bytes(tensor))) = whole.first() else {
                    return Err(broken());
                };
                for (number, field) in fields(tensor)? {
                    match (number, field) {
                        (1, Field::Integer(element)) => port.kind = kind(element)?,
                        (2, Field::Bytes(shape)) => {
                            let sizes = fields(shape)?;
                            if let Some((1, Field::Bytes(size))) = sizes.get(1)
                                && let Some((1, Field::Integer(columns))) = fields(size)?.first()
                            {
                                port.columns = Some(*columns as usize);
                            }
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    Ok(port)
}

/// What an attribute holds.
#[derive(Default)]
struct Attribute {
    name: String,
    integer: i64,
    integers: Vec<i64>,
    texts: Vec<String>,
}

fn attribute(bytes: &[u8]) -> Result<Attribute> {
    let mut found = Attribute::default();
    for (number, field) in fields(bytes)? {
        match (number, field) {
            (1, Field::Bytes(value)) => found.name = text(value)?,
            (3, Field::Integer(value)) => found.integer = value,
            (8, Field::Integer(value)) => found.integers.push(value),
            (9, Field::Bytes(value)) => found.texts.push(text(value)?),
            _ => {}
        }
    }
    Ok(found)
}

fn node(bytes: &[u8]) -> Result<Node> {
    let (mut inputs, mut output, mut name, mut attributes) = (Vec::new(), String::new(), String::new(), Vec::new());
    for (number, field) in fields(bytes)? {
        match (number, field) {
            (1, Field::Bytes(value)) => inputs.push(text(value)?),
            (2, Field::Bytes(value)) => output = text(value)?,
            (4, Field::Bytes(value)) => name = text(value)?,
            (5, Field::Bytes(value)) => attributes.push(attribute(value)?),
            _ => {}
        }
    }
    let named = |name: &str| attributes.iter().find(|attribute| attribute.name == name);
    let op = match name.as_str() {
        "Add" => Op::Add,
        "Sub" => Op::Sub,
        "Mul" => Op::Mul,
        "Div" => Op::Div,
        "Max" => Op::Max,
        "Min" => Op::Min,
        "Greater" => Op::Greater,
        "Equal" => Op::Equal,
        "And" => Op::And,
        "Not" => Op::Not,
        "IsNaN" => Op::IsNaN,
        "Where" => Op::Where,
        "Floor" => Op::Floor,
        "Exp" => Op::Exp,
        "Log" => Op::Log,
        "Abs" => Op::Abs,
        "Sin" => Op::Sin,
        "Tanh" => Op::Tanh,
        "Sigmoid" => Op::Sigmoid,
        "Erf" => Op::Erf,
        "Softmax" => Op::Softmax,
        "ArgMax" => Op::ArgMax,
        "MatMul" => Op::MatMul,
        "Concat" => Op::Concat,
        "Cast" => Op::Cast(kind(named("to").ok_or_else(broken)?.integer)?),
        "LabelEncoder" => match (named("keys_strings"), named("values_int64s"), named("values_strings")) {
            (Some(keys), Some(values), None) => Op::Codes {
                keys: keys.texts.clone(),
                values: values.integers.clone(),
                default: named("default_int64").ok_or_else(broken)?.integer,
            },
            (None, None, Some(names)) => Op::Names(names.texts.clone()),
            _ => return Err(broken()),
        },
        _ => return Err(broken()),
    };
    Ok(Node { op, inputs, output })
}
