//! Computes a graph, so that it is checked before anybody gets it. Only what a model's graph has can be computed.

use std::collections::{BTreeMap, HashMap};

use crate::error::{Error, Result};
use crate::graph::{Data, Graph, Kind, Node, Op, Tensor};
use crate::plain;

/// The values of all outputs for the given inputs.
pub(crate) fn evaluate(graph: &Graph, inputs: BTreeMap<String, Tensor>) -> Result<BTreeMap<String, Tensor>> {
    let mut values: HashMap<String, Tensor> = graph.constants.iter().cloned().chain(inputs).collect();
    for node in &graph.nodes {
        let arguments = node.inputs.iter().map(|name| {
            let value = values.get(name);
            value.ok_or_else(|| Error::new(format!("the graph has no value {name:?}")))
        });
        let result = compute(node, &arguments.collect::<Result<Vec<_>>>()?)?;
        values.insert(node.output.clone(), result);
    }
    let output = |name: &String| {
        let value = values.remove(name);
        Ok((
            name.clone(),
            value.ok_or_else(|| Error::new(format!("the graph has no output {name:?}")))?,
        ))
    };
    graph.outputs.iter().map(|port| &port.name).map(output).collect()
}

fn compute(node: &Node, arguments: &[&Tensor]) -> Result<Tensor> {
    use Op::*;
    let wrong = || Error::new(format!("{:?} of {:?} cannot be computed", node.op, node.inputs));
    let computed = match (&node.op, arguments) {
        (Add, [a, b]) => numbers(a, b, |a, b| a + b),
        (Sub, [a, b]) => numbers(a, b, |a, b| a - b),
        (Mul, [a, b]) => numbers(a, b, |a, b| a * b),
        (Div, [a, b]) => numbers(a, b, |a, b| a / b),
        (Max, [a, b]) => numbers(a, b, f64::max),
        (Min, [a, b]) => numbers(a, b, f64::min),
        (Greater, [a, b]) => compared(a, b, |a, b| a > b),
        (Equal, [a, b]) => match (&a.data, &b.data) {
            (Data::Integers(x), Data::Integers(y)) => {
                broadcast(a, b, |i, j| Some(x.get(i)? == y.get(j)?)).map(|(rows, columns, found)| Tensor {
                    rows,
                    columns,
                    data: Data::Truths(found),
                })
            }
            _ => compared(a, b, |a, b| a == b),
        },
        (And, [a, b]) => match (&a.data, &b.data) {
            (Data::Truths(x), Data::Truths(y)) => {
                broadcast(a, b, |i, j| Some(*x.get(i)? && *y.get(j)?)).map(|(rows, columns, found)| Tensor {
                    rows,
                    columns,
                    data: Data::Truths(found),
                })
            }
            _ => None,
        },
        (Not, [a]) => match &a.data {
            Data::Truths(x) => Some(same_shape(a, Data::Truths(x.iter().map(|x| !x).collect()))),
            _ => None,
        },
        (IsNaN, [a]) => match &a.data {
            Data::Numbers(x) => Some(same_shape(a, Data::Truths(x.iter().map(|x| x.is_nan()).collect()))),
            _ => None,
        },
        (Where, [condition, a, b]) => chosen(condition, a, b),
        (Floor, [a]) => each(a, f64::floor),
        (Exp, [a]) => each(a, f64::exp),
        (Log, [a]) => each(a, f64::ln),
        (Abs, [a]) => each(a, f64::abs),
        (Sin, [a]) => each(a, f64::sin),
        (Tanh, [a]) => each(a, f64::tanh),
        (Sigmoid, [a]) => each(a, |x| 1.0 / (1.0 + (-x).exp())),
        (Erf, [a]) => each(a, |x| f64::from(plain::erf(x) as f32)),
        (Softmax, [a]) => softmax(a),
        (ArgMax, [a]) => largest(a),
        (MatMul, [a, b]) => product(a, b),
        (Concat, several) => beside(several),
        (Cast(kind), [a]) => match (kind, &a.data) {
            (Kind::Double, Data::Truths(x)) => Some(same_shape(
                a,
                Data::Numbers(x.iter().map(|x| f64::from(u8::from(*x))).collect()),
            )),
            (Kind::Float, Data::Numbers(x)) => Some(same_shape(
                a,
                Data::Numbers(x.iter().map(|x| f64::from(*x as f32)).collect()),
            )),
            (Kind::Double, Data::Numbers(_)) => Some((*a).clone()),
            _ => None,
        },
        (Codes { keys, values, default }, [a]) => match &a.data {
            Data::Texts(texts) => {
                let known: HashMap<&String, i64> = keys.iter().zip(values.iter().copied()).collect();
                let codes = texts.iter().map(|text| known.get(text).copied().unwrap_or(*default));
                Some(same_shape(a, Data::Integers(codes.collect())))
            }
            _ => None,
        },
        (Names(names), [a]) => match &a.data {
            Data::Integers(places) => {
                let name = |place: &i64| names.get(*place as usize).cloned().unwrap_or_default();
                Some(same_shape(a, Data::Texts(places.iter().map(name).collect())))
            }
            _ => None,
        },
        _ => None,
    };
    computed.ok_or_else(wrong)
}

fn same_shape(of: &Tensor, data: Data) -> Tensor {
    Tensor {
        rows: of.rows,
        columns: of.columns,
        data,
    }
}

fn each(a: &Tensor, f: impl Fn(f64) -> f64) -> Option<Tensor> {
    match &a.data {
        Data::Numbers(x) => Some(same_shape(a, Data::Numbers(x.iter().map(|x| f(*x)).collect()))),
        _ => None,
    }
}

/// Rows and columns of which one side may have only one.
fn broadcast<T>(a: &Tensor, b: &Tensor, f: impl Fn(usize, usize) -> Option<T>) -> Option<(usize, usize, Vec<T>)> {
    let common = |a: usize, b: usize| match (a, b) {
        (1, size) | (size, 1) => Some(size),
        _ => (a == b).then_some(a),
    };
    let (rows, columns) = (common(a.rows, b.rows)?, common(a.columns, b.columns)?);
    let place = |of: &Tensor, row: usize, column: usize| {
        (if of.rows == 1 { 0 } else { row }) * of.columns + if of.columns == 1 { 0 } else { column }
    };
    let mut out = Vec::with_capacity(rows * columns);
    for row in 0..rows {
        for column in 0..columns {
            out.push(f(place(a, row, column), place(b, row, column))?);
        }
    }
    Some((rows, columns, out))
}

fn numbers(a: &Tensor, b: &Tensor, f: impl Fn(f64, f64) -> f64) -> Option<Tensor> {
    let (Data::Numbers(x), Data::Numbers(y)) = (&a.data, &b.data) else {
        return None;
    };
    let (rows, columns, out) = broadcast(a, b, |i, j| Some(f(*x.get(i)?, *y.get(j)?)))?;
    let data = Data::Numbers(out);
    Some(Tensor { rows, columns, data })
}

fn compared(a: &Tensor, b: &Tensor, f: impl Fn(f64, f64) -> bool) -> Option<Tensor> {
    let (Data::Numbers(x), Data::Numbers(y)) = (&a.data, &b.data) else {
        return None;
    };
    let (rows, columns, out) = broadcast(a, b, |i, j| Some(f(*x.get(i)?, *y.get(j)?)))?;
    let data = Data::Truths(out);
    Some(Tensor { rows, columns, data })
}

fn chosen(condition: &Tensor, a: &Tensor, b: &Tensor) -> Option<Tensor> {
    let (Data::Truths(first), Data::Numbers(x), Data::Numbers(y)) = (&condition.data, &a.data, &b.data) else {
        return None;
    };
    // Of one column each, or of one number.
    let pick = |values: &[f64], row: usize| values.get(if values.len() == 1 { 0 } else { row }).copied();
    let out = first.iter().enumerate().map(|(row, first)| match first {
        true => pick(x, row),
        false => pick(y, row),
    });
    Some(same_shape(condition, Data::Numbers(out.collect::<Option<_>>()?)))
}

fn softmax(a: &Tensor) -> Option<Tensor> {
    let Data::Numbers(x) = &a.data else { return None };
    let mut out = Vec::with_capacity(x.len());
    for row in x.chunks_exact(a.columns.max(1)) {
        let most = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = row.iter().map(|x| (x - most).exp()).sum();
        out.extend(row.iter().map(|x| (x - most).exp() / sum));
    }
    Some(same_shape(a, Data::Numbers(out)))
}

fn largest(a: &Tensor) -> Option<Tensor> {
    let Data::Numbers(x) = &a.data else { return None };
    let place = |row: &[f64]| {
        let mut best = 0;
        for (place, value) in row.iter().enumerate() {
            if *value > row[best] {
                best = place;
            }
        }
        best as i64
    };
    Some(Tensor {
        rows: a.rows,
        columns: 1,
        data: Data::Integers(x.chunks_exact(a.columns.max(1)).map(place).collect()),
    })
}

fn product(a: &Tensor, b: &Tensor) -> Option<Tensor> {
    let (Data::Numbers(x), Data::Numbers(y)) = (&a.data, &b.data) else {
        return None;
    };
    if a.columns != b.rows {
        return None;
    }
    let mut out = vec![0.0; a.rows * b.columns];
    for (row, out) in x
        .chunks_exact(a.columns.max(1))
        .zip(out.chunks_exact_mut(b.columns.max(1)))
    {
        for (value, weights) in row.iter().zip(y.chunks_exact(b.columns.max(1))) {
            for (out, weight) in out.iter_mut().zip(weights) {
                *out += value * weight;
            }
        }
    }
    Some(Tensor {
        rows: a.rows,
        columns: b.columns,
        data: Data::Numbers(out),
    })
}

fn beside(parts: &[&Tensor]) -> Option<Tensor> {
    let rows = parts.first()?.rows;
    let mut out = Vec::new();
    for row in 0..rows {
        for part in parts {
            let Data::Numbers(x) = &part.data else { return None };
            out.extend_from_slice(x.get(row * part.columns..(row + 1) * part.columns)?);
        }
    }
    Some(Tensor {
        rows,
        columns: parts.iter().map(|part| part.columns).sum(),
        data: Data::Numbers(out),
    })
}
