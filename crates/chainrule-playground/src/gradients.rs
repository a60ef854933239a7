//! What the next step follows: the gradient of the loss for each weight.

use chainrule::{Graph, Operand};

use crate::{error::Result, events::Weight, run::Run, training::objective};

/// The gradient of the loss of the batch that comes next, at the weights that are shown: what the next step goes against.
#[derive(Clone, Debug, PartialEq)]
pub struct Gradients {
    /// The loss of that batch, with penalties if there are any.
    pub loss: f64,
    /// Each layer's, first to last.
    pub layers: Vec<LayerGradients>,
}

/// The gradient of the loss for the weights of a layer.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerGradients {
    /// For its weights, row after row: `inputs * outputs` of them.
    pub weights: Vec<f64>,
    /// For its biases.
    pub biases: Vec<f64>,
}

impl Gradients {
    /// The gradient for one weight or bias.
    pub fn of(&self, Weight { layer, from, to }: Weight) -> Option<f64> {
        let layer = self.layers.get(layer)?;
        let width = layer.biases.len();
        if to >= width {
            return None;
        }
        match from {
            None => layer.biases.get(to).copied(),
            Some(from) => layer.weights.get(from.checked_mul(width)? + to).copied(),
        }
    }
}

impl Run {
    /// The gradient of the loss of the batch that comes next.
    ///
    /// # Errors
    /// When it cannot be computed, which a sound run never says.
    pub fn gradients(&self) -> Result<Gradients> {
        let (graph, batch) = (Graph::new(), self.next_batch());
        let network = self.network();
        let loss = objective(self.choices(), !self.data().classes().is_empty());
        let loss = loss(network, [graph.constant(&batch.x), graph.constant(&batch.y)]);
        let gradients = loss.backward()?;
        let of = |param: &chainrule::Param| {
            let known = gradients.get(param.on(&graph)).map(<[f64]>::to_vec);
            known.unwrap_or_else(|| vec![0.0; param.value.data().len()])
        };
        let layers = network.layers.iter().map(|layer| LayerGradients {
            weights: of(&layer.weight),
            biases: of(&layer.bias),
        });
        Ok(Gradients {
            layers: layers.collect(),
            loss: loss.item()?,
        })
    }
}
