//! A graph as the bytes of an ONNX file. Source: onnx.proto of ONNX 1.12, operator set 17, `ai.onnx.ml` 2.

use crate::graph::{Data, Graph, Kind, Node, Op, Port, Tensor};
use crate::protobuf::Message;

const IR_VERSION: i64 = 8;
const OPSET: i64 = 17;
const ML: &str = "ai.onnx.ml";
const ML_OPSET: i64 = 2;

/// The types of attributes.
const INT: i64 = 2;
const STRING: i64 = 3;
const INTS: i64 = 7;
const STRINGS: i64 = 8;

/// The number of an element type.
fn element(kind: Kind) -> i64 {
    match kind {
        Kind::Float => 1,
        Kind::Integer => 7,
        Kind::Text => 8,
        Kind::Double => 11,
    }
}

/// The file.
pub(crate) fn onnx(graph: &Graph) -> Vec<u8> {
    let opset = |domain: &str, version: i64| Message::default().text(1, domain).integer(2, version);
    let about = |message: Message, (key, value): &(String, String)| {
        message.message(14, Message::default().text(1, key).text(2, value))
    };
    Message::default()
        .integer(1, IR_VERSION)
        .text(2, "chainrule")
        .text(3, env!("CARGO_PKG_VERSION"))
        .message(7, whole(graph))
        .message(8, opset("", OPSET))
        .message(8, opset(ML, ML_OPSET))
        .each(&graph.about, about)
        .into_bytes()
}

fn whole(graph: &Graph) -> Message {
    Message::default()
        .each(&graph.nodes, |message, each| message.message(1, node(each)))
        .text(2, "model")
        .each(&graph.constants, |message, (name, each)| {
            message.message(5, tensor(name, each))
        })
        .each(&graph.inputs, |message, each| message.message(11, port(each)))
        .each(&graph.outputs, |message, each| message.message(12, port(each)))
}

fn tensor(name: &str, tensor: &Tensor) -> Message {
    let sizes = [tensor.rows as i64, tensor.columns as i64];
    let (kind, bytes): (Kind, Vec<u8>) = match &tensor.data {
        Data::Numbers(numbers) => (Kind::Double, numbers.iter().flat_map(|x| x.to_le_bytes()).collect()),
        Data::Integers(integers) => (Kind::Integer, integers.iter().flat_map(|x| x.to_le_bytes()).collect()),
        // No constant of ours is made of these.
        Data::Truths(_) | Data::Texts(_) => (Kind::Double, Vec::new()),
    };
    Message::default()
        .packed(1, &sizes)
        .integer(2, element(kind))
        .text(8, name)
        .bytes(9, &bytes)
}

fn port(port: &Port) -> Message {
    let named = Message::default().text(2, "N");
    let columns = port
        .columns
        .map(|columns| Message::default().integer(1, columns as i64));
    let shape = Message::default()
        .message(1, named)
        .each(columns, |message, columns| message.message(1, columns));
    let kind = Message::default().integer(1, element(port.kind)).message(2, shape);
    Message::default()
        .text(1, &port.name)
        .message(2, Message::default().message(1, kind))
        .text(3, &port.doc)
}

fn node(node: &Node) -> Message {
    let (name, domain) = match &node.op {
        Op::Codes { .. } | Op::Names(_) => ("LabelEncoder".to_string(), ML),
        Op::Cast(_) => ("Cast".to_string(), ""),
        op => (format!("{op:?}"), ""),
    };
    Message::default()
        .each(&node.inputs, |message, name| message.text(1, name))
        .text(2, &node.output)
        .text(3, &format!("{name} to{}", node.output))
        .text(4, &name)
        .each(attributes(&node.op), |message, each| message.message(5, each))
        .text(7, domain)
}

fn attributes(op: &Op) -> Vec<Message> {
    let named = |name: &str, kind: i64| Message::default().text(1, name).integer(20, kind);
    let integer = |name: &str, value: i64| named(name, INT).integer(3, value);
    let integers =
        |name: &str, values: &[i64]| named(name, INTS).each(values, |message, value| message.integer(8, *value));
    let texts =
        |name: &str, values: &[String]| named(name, STRINGS).each(values, |message, value| message.text(9, value));
    match op {
        Op::Cast(kind) => vec![integer("to", element(*kind))],
        Op::Softmax => vec![integer("axis", -1)],
        Op::Concat => vec![integer("axis", 1)],
        Op::ArgMax => vec![integer("axis", 1), integer("keepdims", 0)],
        Op::Codes { keys, values, default } => vec![
            texts("keys_strings", keys),
            integers("values_int64s", values),
            integer("default_int64", *default),
        ],
        Op::Names(names) => {
            let places: Vec<i64> = (0..names.len() as i64).collect();
            vec![
                integers("keys_int64s", &places),
                texts("values_strings", names),
                named("default_string", STRING).text(4, ""),
            ]
        }
        _ => Vec::new(),
    }
}
