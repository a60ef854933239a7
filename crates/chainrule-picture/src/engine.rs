//! From the engine's values to pictures.

use chainrule::{Float, Gradients, Mlp, Origin, TraceNode, Var};

/// The computation graph behind a result, every value with its data and its gradient.
///
/// ```
/// # fn main() -> chainrule::Result<()> {
/// use chainrule::Graph;
///
/// let g = Graph::new();
/// let (a, b) = (g.leaf(2.0).named("a"), g.leaf(-3.0).named("b"));
/// let l = (a * b).named("L");
/// let drawing = chainrule_picture::graph(l, &l.backward()?);
/// assert!(drawing.dot().contains("{ a | data 2.0000 | grad -3.0000 }"));
/// # Ok(())
/// # }
/// ```
pub fn graph<T: Float>(result: Var<'_, T>, gradients: &Gradients<T>) -> crate::graph::Graph {
    of_trace(result.trace(Some(gradients)))
}

/// The computation graph behind a result without gradients, also when it is faulty: the fault shows red.
pub fn values<T: Float>(result: Var<'_, T>) -> crate::graph::Graph {
    of_trace(result.trace(None))
}

fn of_trace(trace: Vec<TraceNode>) -> crate::graph::Graph {
    let node = |node: TraceNode| crate::graph::Node {
        id: node.id,
        name: node.name,
        constant: node.origin == Origin::Constant,
        op: match node.origin {
            Origin::Op { label, .. } => Some(label),
            Origin::Leaf | Origin::Constant => None,
        },
        arguments: node.arguments,
        shape: node.shape.sizes().iter().map(|&size| size as usize).collect(),
        value: node.value,
        gradient: node.gradient,
        fault: node.fault,
    };
    crate::graph::Graph::new(trace.into_iter().map(node).collect())
}

/// A trained or untrained network with its weights, and names for its inputs and outputs (which may be fewer).
pub fn network<T: Float>(mlp: &Mlp<T>, inputs: &[String], outputs: &[String]) -> crate::network::Network {
    let last = mlp.layers.len().saturating_sub(1);
    let layers = mlp.layers.iter().zip(&mlp.activations).enumerate();
    crate::network::Network {
        inputs: inputs.to_vec(),
        layers: layers
            .map(|(i, (layer, activation))| {
                let numbers = |data: &[T]| data.iter().map(|x| x.to_f64()).collect::<Vec<f64>>();
                crate::network::Layer {
                    weights: layer
                        .weight
                        .value
                        .data()
                        .chunks(layer.outputs().max(1))
                        .map(numbers)
                        .collect(),
                    bias: numbers(layer.bias.value.data()),
                    activation: match activation.to_string() {
                        none if none == "identity" => String::new(),
                        name => name,
                    },
                    names: if i == last { outputs.to_vec() } else { vec![] },
                }
            })
            .collect(),
    }
}
