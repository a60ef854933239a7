//! A model as one Rust source file.

use std::collections::BTreeSet;
use std::fmt::Write;

use chainrule_learn::{Model, Target, metrics::figure_of};
use chainrule_table::{Encoding, Scale, message::number};

use crate::error::{Error, Result};
use crate::names::fields;
use crate::rust_columns::{CATEGORY, DATE, NUMBER, encode, field};

/// The functions in plain arithmetic, each after a mark with its name.
const PLAIN: &str = include_str!("plain.rs");

/// Each nonlinearity as an expression of x, and the functions it needs.
const ACTIVATIONS: &[(&str, &str, &[&str])] = &[
    ("sin", "sin(x)", &["floor", "sin"]),
    ("tanh", "tanh(x)", &["floor", "exp", "tanh"]),
    ("sigmoid", "sigmoid(x)", &["floor", "exp", "sigmoid"]),
    ("relu", "if x > 0.0 { x } else { 0.0 }", &[]),
    ("leaky_relu", "if x > 0.0 { x } else { 0.01 * x }", &[]),
    ("elu", "if x > 0.0 { x } else { exp(x) - 1.0 }", &["floor", "exp"]),
    (
        "gelu",
        "0.5 * x * (1.0 + erf(x * core::f64::consts::FRAC_1_SQRT_2))",
        &["floor", "exp", "erf"],
    ),
    (
        "gelu_tanh",
        "0.5 * x * (1.0 + tanh(0.797_884_560_802_865_4 * (x + 0.044715 * x * x * x)))",
        &["floor", "exp", "tanh"],
    ),
    ("silu", "x * sigmoid(x)", &["floor", "exp", "sigmoid"]),
    (
        "softplus",
        "(if x > 0.0 { x } else { 0.0 }) + ln(1.0 + exp(if x > 0.0 { -x } else { x }))",
        &["floor", "exp", "ln"],
    ),
];

/// Text from outside as part of a comment: no line breaks, nothing invisible.
pub(crate) fn comment(text: &str) -> String {
    let shown = |letter: char| match letter.is_alphanumeric() || letter.is_ascii_graphic() || " →".contains(letter) {
        true => letter.to_string(),
        false => letter.escape_unicode().to_string(),
    };
    text.chars().map(shown).collect()
}

/// A model as one Rust source file without dependencies, `no_std`: the weights, a struct `Row` with a field for each column that
/// was learned from, and `predict`. It compiles by itself (`rustc --crate-type lib FILE`) or as the root of a crate.
///
/// # Errors
/// When the nonlinearity is none of the usual ones.
pub fn rust(model: &Model) -> Result<String> {
    let features = model.encoder().features();
    let names = fields(features.iter().map(|feature| feature.name.as_str()));
    let mut needed: BTreeSet<&str> = BTreeSet::new();
    let network = network(model, &mut needed)?;
    let any = |is: fn(&Encoding) -> bool| features.iter().any(|feature| is(&feature.encoding));
    let (numbers, dates, categories) = (
        any(|encoding| matches!(encoding, Encoding::Number { .. })),
        any(|encoding| matches!(encoding, Encoding::Date { .. })),
        any(|encoding| matches!(encoding, Encoding::Category { .. })),
    );
    if dates {
        needed.insert("floor");
    }

    let mut source = head(model);
    let lifetime = if categories { "<'a>" } else { "" };
    let _ = write!(
        source,
        "\n/// A row of the table.\n#[derive(Clone, Copy, Debug)]\npub struct Row{lifetime} {{\n"
    );
    for (name, feature) in names.iter().zip(features) {
        source.push_str(&field(name, feature));
    }
    source.push_str("}\n");
    source.push_str(&network.answer);
    let inputs: usize = model.encoder().inputs().len();
    let _ = write!(
        source,
        "\n/// The row as the network takes it in.\nfn encode(row: &Row) -> [f64; {inputs}] {{\n    let mut x = [0.0; {inputs}];\n"
    );
    let (mut start, mut tables) = (0, String::new());
    for (place, (name, feature)) in names.iter().zip(features).enumerate() {
        let width = feature.encoding.scales().len();
        let (call, table) = encode(place, name, feature, start, width);
        source.push_str(&call);
        tables.push_str(&table);
        start += width;
    }
    source.push_str("    x\n}\n");
    for (part, is_needed) in [(NUMBER, numbers), (CATEGORY, categories), (DATE, dates)] {
        source.push_str(if is_needed { part } else { "" });
    }
    source.push_str(&network.functions);
    for name in ["floor", "exp", "ln", "tanh", "sigmoid", "sin", "erf"] {
        if needed.contains(name) {
            source.push('\n');
            source.push_str(plain(name)?);
        }
    }
    source.push('\n');
    source.push_str(&tables);
    source.push_str(&network.weights);
    Ok(source)
}

/// A function of the plain ones, as source.
fn plain(name: &str) -> Result<&'static str> {
    let from = PLAIN.split_once(&format!("// [{name}]\n")).map(|(_, rest)| rest);
    let own = from.and_then(|rest| rest.split_once("\n// [")).map(|(own, _)| own);
    own.ok_or_else(|| Error::new(format!("there is no plain {name}")))
}

fn head(model: &Model) -> String {
    let record = model.record();
    let judgement = &record.judgement;
    let mut head = format!(
        "//! {}, trained by chainrule {} on {} to predict `{}`.\n//!\n",
        comment(&model.network().to_string()),
        comment(&record.version),
        comment(&record.data),
        record
            .options
            .targets
            .iter()
            .map(|target| comment(target))
            .collect::<Vec<_>>()
            .join("`, `"),
    );
    let _ = writeln!(head, "//! On {} rows that it had not seen:", judgement.rows.test);
    for (name, figure) in &judgement.test {
        let baseline = judgement.baseline.get(name).map_or(String::new(), |baseline| {
            format!(" (the trivial baseline: {})", number((baseline * 1e4).round() / 1e4))
        });
        let _ = writeln!(
            head,
            "//! {} {}{baseline}.",
            comment(&figure_of(name, judgement.targets.len())),
            number((figure * 1e4).round() / 1e4)
        );
    }
    head.push_str(
        "//!\n//! Fill in a [`Row`], one field for each column, and call [`predict`]. Nothing is allocated, and nothing but `core`\n\
         //! is needed. Categories are looked up as they were spelled in training.\n#![no_std]\n#![forbid(unsafe_code)]\n\
         #![allow(clippy::excessive_precision, clippy::approx_constant)]\n",
    );
    head
}

/// The parts of the source that the network makes.
struct Network {
    /// The answer and `predict`.
    answer: String,
    /// What `predict` calls.
    functions: String,
    weights: String,
}

fn network(model: &Model, needed: &mut BTreeSet<&str>) -> Result<Network> {
    let network = model.network();
    let (mut weights, mut body) = (String::new(), "    let x = encode(row);\n".to_string());
    let mut activations: BTreeSet<String> = BTreeSet::new();
    for (place, (layer, activation)) in network.layers.iter().zip(&network.activations).enumerate() {
        let (inputs, outputs) = (layer.inputs(), layer.outputs());
        let _ = writeln!(weights, "\nstatic WEIGHT_{place}: [[f64; {outputs}]; {inputs}] = [");
        for row in layer.weight.value.data().chunks_exact(outputs.max(1)) {
            let _ = writeln!(weights, "    {row:?},");
        }
        let bias = layer.bias.value.data();
        let _ = writeln!(weights, "];\nstatic BIAS_{place}: [f64; {outputs}] = {bias:?};");
        let _ = writeln!(body, "    let x = layer(&x, &WEIGHT_{place}, &BIAS_{place});");
        let name = activation.to_string();
        if name != "identity" {
            let _ = writeln!(body, "    let x = x.map(activation_{name});");
            activations.insert(name);
        }
    }
    let mut functions = LAYER.to_string();
    for name in activations {
        let Some((_, expression, uses)) = ACTIVATIONS.iter().find(|(known, ..)| *known == name) else {
            return Err(Error::new(format!(
                "the nonlinearity {name} cannot be exported; train with one of those that `chainrule fit --help` lists"
            )));
        };
        needed.extend(*uses);
        let _ = write!(
            functions,
            "\nfn activation_{name}(x: f64) -> f64 {{\n    {expression}\n}}\n"
        );
    }
    let answer = match model.target() {
        Target::Numbers(scales) => {
            let number = |(place, scale): (usize, &Scale)| {
                format!("{:?} + {:?} * x[{place}]", scale.mean, scale.standard_deviation)
            };
            let numbers: Vec<String> = scales.iter().enumerate().map(number).collect();
            let (prediction, answer) = prediction(model.targets(), &numbers);
            format!(
                "{prediction}\n/// The model's answer for a row.\npub fn predict(row: &Row) -> Prediction {{\n{body}{answer}}}\n"
            )
        }
        Target::Classes { names, .. } => {
            needed.extend(["floor", "exp"]);
            functions.push_str(SOFTMAX);
            let count = names.len();
            format!(
                "\n/// The classes, in the order of their probabilities.\npub const CLASSES: [&str; {count}] = {names:?};\n{}\n/// \
                 The model's answer for a row.\npub fn predict(row: &Row) -> Prediction {{\n{body}    answer(x)\n}}\n",
                PREDICTION.replace("COUNT", &count.to_string())
            )
        }
    };
    Ok(Network {
        answer,
        functions: functions.replace(
            "COUNT",
            &model.network().widths().last().copied().unwrap_or(0).to_string(),
        ),
        weights,
    })
}

/// The type of the answer for a row, and the answer as an expression of it: a number, or one for each target.
fn prediction(targets: &[String], numbers: &[String]) -> (String, String) {
    if let [number] = numbers {
        let kind = "\n/// The number.\npub type Prediction = f64;\n".to_string();
        return (kind, format!("    {number}\n"));
    }
    let mut kind =
        "\n/// The answer for a row.\n#[derive(Clone, Copy, Debug, PartialEq)]\npub struct Prediction {\n".to_string();
    let mut answer = "    Prediction {\n".to_string();
    let names = fields(targets.iter().map(String::as_str));
    for ((name, target), number) in names.iter().zip(targets).zip(numbers) {
        let _ = writeln!(kind, "    /// `{}`, a number.\n    pub {name}: f64,", comment(target));
        let _ = writeln!(answer, "        {name}: {number},");
    }
    kind.push_str("}\n");
    answer.push_str("    }\n");
    (kind, answer)
}

const LAYER: &str = "
/// Weighted sums.
fn layer<const I: usize, const O: usize>(x: &[f64; I], weight: &[[f64; O]; I], bias: &[f64; O]) -> [f64; O] {
    let mut y = *bias;
    for (x, weights) in x.iter().zip(weight) {
        for (y, weight) in y.iter_mut().zip(weights) {
            *y += x * weight;
        }
    }
    y
}
";
const PREDICTION: &str = "
/// The answer for a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prediction {
    /// The most likely class.
    pub label: &'static str,
    /// The probability of each of [`CLASSES`].
    pub probabilities: [f64; COUNT],
}
";
const SOFTMAX: &str = "
/// From logits to probabilities.
fn answer(logits: [f64; COUNT]) -> Prediction {
    let mut best = 0;
    for (place, logit) in logits.iter().enumerate() {
        if *logit > logits[best] {
            best = place;
        }
    }
    let powers = logits.map(|logit| exp(logit - logits[best]));
    let sum: f64 = powers.iter().sum();
    Prediction {
        label: CLASSES[best],
        probabilities: powers.map(|power| power / sum),
    }
}
";
