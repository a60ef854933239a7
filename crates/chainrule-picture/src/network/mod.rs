//! Multilayer perceptrons: neurons in columns, weights as edges.

mod columns;
mod draw;
mod live;
mod live_draw;
mod words;

use crate::picture::Picture;
pub(crate) use draw::RULES;
pub(crate) use live::RULES as LIVE_RULES;
pub use live::{Edge, Live, Output, Unit};

/// A multilayer perceptron to be drawn, inputs at the left.
///
/// An edge is as wide and as strong as its weight beside the largest weight of the picture; its color tells the sign.
/// With up to 30 edges the numbers stand on them, otherwise they show on hover. Layers of more than 16 neurons are
/// elided, and so are the middle ones of more than 12 layers.
///
/// Sizes that do not fit together never fail: what is there is drawn, and a note in the picture says what does not fit.
///
/// ```
/// use chainrule_picture::network::{Layer, Network};
///
/// let network = Network {
///     inputs: vec!["x₁".into(), "x₂".into()],
///     layers: vec![Layer {
///         weights: vec![vec![1.0], vec![-1.0]],
///         bias: vec![0.5],
///         activation: "tanh".into(),
///         names: vec!["y".into()],
///     }],
/// };
/// assert!(network.picture().svg().contains("tanh · 1"));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Network {
    /// The names of the inputs; an empty name is not shown.
    pub inputs: Vec<String>,
    /// The layers, first the one that reads the inputs.
    pub layers: Vec<Layer>,
}

/// A fully connected layer: `activation(x · weights + bias)`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layer {
    /// `weights[i][j]` leads from neuron `i` of the layer before (or input `i`) to neuron `j` of this layer.
    pub weights: Vec<Vec<f64>>,
    /// One number per neuron; may be empty.
    pub bias: Vec<f64>,
    /// What the layer applies, such as `tanh`; may be empty.
    pub activation: String,
    /// One name per neuron, for outputs; may be empty.
    pub names: Vec<String>,
}

impl Layer {
    /// How many neurons the layer has, going by its largest part.
    fn size(&self) -> usize {
        let widest = self.weights.iter().map(Vec::len).max().unwrap_or(0);
        widest.max(self.bias.len()).max(self.names.len())
    }
}

impl Network {
    /// Draws the network.
    pub fn picture(&self) -> Picture {
        draw::picture(self)
    }

    /// Draws it where it is the last expression of a Rust notebook cell (the evcxr kernel calls this).
    pub fn evcxr_display(&self) {
        self.picture().evcxr_display();
    }
}
