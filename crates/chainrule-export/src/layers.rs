//! The network in a graph.

use crate::error::{Error, Result};
use crate::graph::{Graph, Kind, Op};

/// `activation(value)`.
pub(crate) fn activation(graph: &mut Graph, name: &str, x: &str) -> Result<String> {
    Ok(match name {
        "identity" => x.to_string(),
        "sin" => graph.add(Op::Sin, &[x]),
        "tanh" => graph.add(Op::Tanh, &[x]),
        "sigmoid" => graph.add(Op::Sigmoid, &[x]),
        "relu" => graph.with(Op::Max, x, 0.0),
        "leaky_relu" => {
            let (above, below) = (graph.with(Op::Max, x, 0.0), graph.with(Op::Min, x, 0.0));
            let below = graph.with(Op::Mul, &below, 0.01);
            graph.add(Op::Add, &[&above, &below])
        }
        "elu" => {
            let (above, below) = (graph.with(Op::Max, x, 0.0), graph.with(Op::Min, x, 0.0));
            let power = graph.add(Op::Exp, &[&below]);
            let below = graph.with(Op::Sub, &power, 1.0);
            graph.add(Op::Add, &[&above, &below])
        }
        "gelu" => {
            // onnxruntime has no error function in 64 bits.
            let z = graph.with(Op::Mul, x, std::f64::consts::FRAC_1_SQRT_2);
            let z = graph.add(Op::Cast(Kind::Float), &[&z]);
            let erf = graph.add(Op::Erf, &[&z]);
            let erf = graph.add(Op::Cast(Kind::Double), &[&erf]);
            let one_more = graph.with(Op::Add, &erf, 1.0);
            let half = graph.with(Op::Mul, x, 0.5);
            graph.add(Op::Mul, &[&half, &one_more])
        }
        "gelu_tanh" => {
            let square = graph.add(Op::Mul, &[x, x]);
            let cube = graph.add(Op::Mul, &[&square, x]);
            let cube = graph.with(Op::Mul, &cube, 0.044_715);
            let sum = graph.add(Op::Add, &[x, &cube]);
            let inner = graph.with(Op::Mul, &sum, (2.0 / std::f64::consts::PI).sqrt());
            let tanh = graph.add(Op::Tanh, &[&inner]);
            let one_more = graph.with(Op::Add, &tanh, 1.0);
            let half = graph.with(Op::Mul, x, 0.5);
            graph.add(Op::Mul, &[&half, &one_more])
        }
        "silu" => {
            let gate = graph.add(Op::Sigmoid, &[x]);
            graph.add(Op::Mul, &[x, &gate])
        }
        "softplus" => {
            let above = graph.with(Op::Max, x, 0.0);
            let size = graph.add(Op::Abs, &[x]);
            let less = graph.with(Op::Mul, &size, -1.0);
            let power = graph.add(Op::Exp, &[&less]);
            let one_more = graph.with(Op::Add, &power, 1.0);
            let logarithm = graph.add(Op::Log, &[&one_more]);
            graph.add(Op::Add, &[&above, &logarithm])
        }
        other => {
            return Err(Error::new(format!(
                "the nonlinearity {other} cannot be exported; train with one of those that `chainrule fit --help` lists"
            )));
        }
    })
}
