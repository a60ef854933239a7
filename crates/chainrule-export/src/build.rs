//! From a model to a graph: columns, preprocessing, network, answers.

use chainrule_learn::{Model, Target};
use chainrule_table::{Encoding, Feature, Scale};

use crate::dates;
use crate::error::{Error, Result};
use crate::graph::{Data, Graph, Kind, Op, Port, Tensor};
use crate::layers;
use crate::names::{MISSING, UNKNOWN, free, spellings};

/// The whole model as a graph.
pub(crate) fn graph(model: &Model) -> Result<Graph> {
    let mut graph = Graph::default();
    let features = model.encoder().features();
    let columns: Vec<String> = features.iter().map(|feature| column(&mut graph, feature)).collect();
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let mut value = match columns.as_slice() {
        [only] => only.to_string(),
        several => graph.add(Op::Concat, several),
    };
    let network = model.network();
    let layers = network.layers.iter().zip(&network.activations);
    let layers = layers.map(|(layer, activation)| Layer {
        weight: layer.weight.value.data(),
        bias: layer.bias.value.data(),
        activation: activation.to_string(),
    });
    let mut layers: Vec<Layer> = layers.collect();
    let last = layers
        .pop()
        .ok_or_else(|| Error::new("the network has no layers; train the model again"))?;
    for hidden in &layers {
        value = neurons(&mut graph, hidden, &value, None)?;
    }
    answers(&mut graph, model, &last, &value)?;
    about(&mut graph, model);
    Ok(graph)
}

/// A layer of the network: its weights row by row, a row for each input.
struct Layer<'a> {
    weight: &'a [f64],
    bias: &'a [f64],
    activation: String,
}

/// The numbers of a layer, or of one of its neurons.
fn neurons(graph: &mut Graph, layer: &Layer, x: &str, only: Option<usize>) -> Result<String> {
    let outputs = layer.bias.len().max(1);
    let taken = |numbers: &[f64]| match only {
        None => numbers.to_vec(),
        Some(neuron) => numbers.iter().skip(neuron).step_by(outputs).copied().collect(),
    };
    let weight = Tensor {
        rows: layer.weight.len() / outputs,
        columns: only.map_or(outputs, |_| 1),
        data: Data::Numbers(taken(layer.weight)),
    };
    let weight = graph.constant(weight);
    let bias = graph.constant(Tensor::row(taken(layer.bias)));
    let product = graph.add(Op::MatMul, &[x, &weight]);
    let sum = graph.add(Op::Add, &[&product, &bias]);
    layers::activation(graph, &layer.activation, &sum)
}

/// What the last layer's numbers mean. Several targets are an output each, under their names, so each is a neuron by itself.
fn answers(graph: &mut Graph, model: &Model, last: &Layer, x: &str) -> Result<()> {
    let output = |graph: &mut Graph, name: &str, kind: Kind, columns: Option<usize>, doc: &str| {
        let taken = graph.inputs.iter().chain(&graph.outputs).map(|port| port.name.as_str());
        let name = free(name, &taken.collect::<Vec<&str>>());
        graph.outputs.push(Port {
            name: name.clone(),
            kind,
            columns,
            doc: doc.to_string(),
        });
        name
    };
    match model.target() {
        Target::Numbers(scales) => {
            let several = scales.len() > 1;
            for (place, (target, scale)) in model.targets().iter().zip(scales).enumerate() {
                let value = neurons(graph, last, x, several.then_some(place))?;
                let scaled = graph.with(Op::Mul, &value, scale.standard_deviation);
                let mean = graph.number(scale.mean);
                // Names inside the graph begin with a space.
                let name = Some(target.trim()).filter(|name| several && !name.is_empty());
                let name = output(graph, name.unwrap_or("prediction"), Kind::Double, Some(1), "the number");
                graph.add_named(Op::Add, &[&mean, &scaled], name);
            }
        }
        Target::Classes { names, .. } => {
            let value = neurons(graph, last, x, None)?;
            let label = output(graph, "label", Kind::Text, None, "the most likely class");
            let doc = "the probability of each class";
            let probabilities = output(graph, "probabilities", Kind::Double, Some(names.len()), doc);
            graph.add_named(Op::Softmax, &[&value], probabilities.clone());
            let place = graph.add(Op::ArgMax, &[&probabilities]);
            graph.add_named(Op::Names(names.clone()), &[&place], label);
        }
    }
    Ok(())
}

fn about(graph: &mut Graph, model: &Model) {
    let record = model.record();
    let mut say = |key: &str, value: String| graph.about.push((key.to_string(), value));
    say("target", record.options.targets.join("\n"));
    say("task", model.target().task().name().to_string());
    say("data", record.data.clone());
    say("chainrule", record.version.clone());
    if let Target::Classes { names, .. } = model.target() {
        say("classes", names.join("\n"));
    }
}

/// The numbers that a column becomes, as in [`Encoder::transform`](chainrule_table::Encoder::transform).
fn column(graph: &mut Graph, feature: &Feature) -> String {
    let name = feature.name.as_str();
    let input = |graph: &mut Graph, kind: Kind, doc: String| {
        graph.inputs.push(Port {
            name: name.to_string(),
            kind,
            columns: Some(1),
            doc,
        });
    };
    match &feature.encoding {
        Encoding::Number { scale, indicator, .. } => {
            input(graph, Kind::Double, "a number; NaN if missing".to_string());
            let missing = graph.add(Op::IsNaN, &[name]);
            let scaled = standardized(graph, name, &missing, scale);
            let mut parts = vec![scaled];
            parts.extend(indicator.then(|| as_number(graph, &missing)));
            joined(graph, &parts)
        }
        Encoding::Date { .. } => {
            let doc = "a date, in days since 1970-01-01 (seconds since then divided by 86400); NaN if missing";
            input(graph, Kind::Double, doc.to_string());
            date(graph, name, &feature.encoding)
        }
        Encoding::Category {
            names,
            rare,
            usual,
            indicator,
        } => {
            let doc = format!("one of {}; empty if missing", names.join(", "));
            input(graph, Kind::Text, doc);
            let mut codes = spellings(names, rare);
            if !indicator && *usual < names.len() {
                codes
                    .values_mut()
                    .filter(|code| **code == MISSING)
                    .for_each(|code| *code = *usual as i64);
            }
            let (keys, values) = codes.into_iter().unzip();
            let default = match rare.is_empty() {
                true => UNKNOWN,
                false => names.len() as i64,
            };
            let code = graph.add(Op::Codes { keys, values, default }, &[name]);
            let mut places: Vec<i64> = (0..names.len() as i64).collect();
            places.extend((!rare.is_empty()).then_some(names.len() as i64));
            places.extend(indicator.then_some(MISSING));
            let places = graph.constant(Tensor {
                rows: 1,
                columns: places.len(),
                data: Data::Integers(places),
            });
            let found = graph.add(Op::Equal, &[&code, &places]);
            as_number(graph, &found)
        }
    }
}

fn as_number(graph: &mut Graph, truth: &str) -> String {
    graph.add(Op::Cast(Kind::Double), &[truth])
}

fn joined(graph: &mut Graph, parts: &[String]) -> String {
    match parts {
        [only] => only.clone(),
        several => {
            let several: Vec<&str> = several.iter().map(String::as_str).collect();
            graph.add(Op::Concat, &several)
        }
    }
}

/// `(value − mean) / standard deviation`, and 0 where it is missing.
fn standardized(graph: &mut Graph, value: &str, missing: &str, scale: &Scale) -> String {
    let centered = graph.with(Op::Sub, value, scale.mean);
    let scaled = graph.with(Op::Div, &centered, scale.standard_deviation);
    let zero = graph.number(0.0);
    graph.add(Op::Where, &[missing, &zero, &scaled])
}

fn date(graph: &mut Graph, name: &str, encoding: &Encoding) -> String {
    let Encoding::Date {
        days,
        year,
        months,
        weekdays,
        hours,
        indicator,
        ..
    } = encoding
    else {
        return name.to_string();
    };
    let missing = graph.add(Op::IsNaN, &[name]);
    let mut columns = vec![standardized(graph, name, &missing, days)];
    if year.is_some() || !(months.is_empty() && weekdays.is_empty() && hours.is_empty()) {
        let zero = graph.number(0.0);
        let day = graph.add(Op::Where, &[&missing, &zero, name]);
        let parts = dates::parts(graph, &day);
        columns.extend(year.map(|scale| standardized(graph, &parts.year, &missing, &scale)));
        let there = graph.add(Op::Not, &[&missing]);
        let known = [(months, &parts.month), (weekdays, &parts.weekday), (hours, &parts.hour)];
        for (known, part) in known.into_iter().filter(|(known, _)| !known.is_empty()) {
            let known = graph.constant(Tensor::row(known.iter().map(|part| f64::from(*part)).collect()));
            let found = graph.add(Op::Equal, &[part, &known]);
            let found = graph.add(Op::And, &[&found, &there]);
            columns.push(as_number(graph, &found));
        }
    }
    columns.extend(indicator.then(|| as_number(graph, &missing)));
    joined(graph, &columns)
}
