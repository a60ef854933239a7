//! An ONNX graph before it becomes bytes: named tensors and the operations between them, in order.

/// The type of a tensor's elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// 64-bit floating point.
    Double,
    /// 32-bit floating point.
    Float,
    /// 64-bit whole numbers.
    Integer,
    /// Texts.
    Text,
}

/// The elements of a tensor.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Data {
    Numbers(Vec<f64>),
    Integers(Vec<i64>),
    Truths(Vec<bool>),
    Texts(Vec<String>),
}

/// Elements in rows and columns.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tensor {
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    pub(crate) data: Data,
}

impl Tensor {
    pub(crate) fn row(numbers: Vec<f64>) -> Tensor {
        Tensor {
            rows: 1,
            columns: numbers.len(),
            data: Data::Numbers(numbers),
        }
    }
}

/// What a node does; the name in ONNX is the variant's, unless it is said.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Op {
    Add,
    Sub,
    Mul,
    Div,
    Max,
    Min,
    Greater,
    Equal,
    And,
    Not,
    IsNaN,
    Where,
    Floor,
    Exp,
    Log,
    Abs,
    Sin,
    Tanh,
    Sigmoid,
    Erf,
    /// Along the rows.
    Softmax,
    /// The place of the largest number of each row, the first of several.
    ArgMax,
    MatMul,
    /// Of columns.
    Concat,
    Cast(Kind),
    /// A LabelEncoder from texts to whole numbers.
    Codes {
        keys: Vec<String>,
        values: Vec<i64>,
        default: i64,
    },
    /// A LabelEncoder from places to texts.
    Names(Vec<String>),
}

/// One step.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) op: Op,
    pub(crate) inputs: Vec<String>,
    pub(crate) output: String,
}

/// What goes in or comes out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Port {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// The number of columns; none for one element per row.
    pub(crate) columns: Option<usize>,
    pub(crate) doc: String,
}

/// A graph in the making, or whole.
#[derive(Clone, Debug, Default)]
pub(crate) struct Graph {
    pub(crate) inputs: Vec<Port>,
    pub(crate) constants: Vec<(String, Tensor)>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) outputs: Vec<Port>,
    /// What is said of the model: keys and values.
    pub(crate) about: Vec<(String, String)>,
}

impl Graph {
    /// A constant; its name cannot be a column's, for those are trimmed.
    pub(crate) fn constant(&mut self, tensor: Tensor) -> String {
        let known = self.constants.iter().find(|(_, other)| *other == tensor);
        if let Some((name, _)) = known {
            return name.clone();
        }
        let name = format!(" constant {}", self.constants.len());
        self.constants.push((name.clone(), tensor));
        name
    }

    pub(crate) fn number(&mut self, number: f64) -> String {
        self.constant(Tensor::row(vec![number]))
    }

    /// Adds a step, and gives its result's name.
    pub(crate) fn add(&mut self, op: Op, inputs: &[&str]) -> String {
        let output = format!(" value {}", self.nodes.len());
        self.add_named(op, inputs, output.clone());
        output
    }

    pub(crate) fn add_named(&mut self, op: Op, inputs: &[&str], output: String) {
        self.nodes.push(Node {
            op,
            inputs: inputs.iter().map(ToString::to_string).collect(),
            output,
        });
    }

    /// A step of a value and a number.
    pub(crate) fn with(&mut self, op: Op, value: &str, number: f64) -> String {
        let number = self.number(number);
        self.add(op, &[value, &number])
    }
}
