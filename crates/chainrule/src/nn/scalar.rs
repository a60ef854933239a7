//! Networks written neuron by neuron, number by number, as one draws them on a blackboard.
//!
//! Every weight is a value of its own in the graph, so every number of a small network can be seen.
//! Source: the notebooks' `Neuron`, `Layer` and `MLP`, after Karpathy's micrograd.

use super::{Activation, Module, Param};
use crate::{
    error::Fault,
    float::Float,
    graph::{Operand, Var},
    module,
    random::Rng,
};
use std::fmt;

/// One neuron, `y = f(w₁ x₁ + … + wₙ xₙ + b)`.
#[derive(Clone, Debug)]
pub struct Neuron<T: Float = f64> {
    /// The weights, one for each input.
    pub weights: Vec<Param<T>>,
    /// The bias.
    pub bias: Param<T>,
    /// The nonlinearity f.
    pub activation: Activation<T>,
}
module!(Neuron<T> { weights, bias; activation });

impl<T: Float> Neuron<T> {
    /// A neuron whose weights and bias start uniform in [−1, 1).
    pub fn new(inputs: usize, activation: impl Into<Activation<T>>, rng: &mut Rng) -> Neuron<T> {
        let mut number = || Param::new(rng.uniform(-1.0, 1.0));
        Neuron {
            weights: (0..inputs).map(|_| number()).collect(),
            bias: number(),
            activation: activation.into(),
        }
    }

    /// The neuron's answer to as many numbers as it has weights; none when there are no numbers at all.
    ///
    /// ```
    /// use chainrule::{Graph, Param, nn::scalar::Neuron, ops::Tanh};
    /// let neuron = Neuron {
    ///     weights: vec![Param::new(-3.0), Param::new(1.0)],
    ///     bias: Param::new(6.8813735870195432),
    ///     activation: Tanh.into(),
    /// };
    /// let g = Graph::new();
    /// let o = neuron.forward(&[g.leaf(2.0), g.leaf(0.0)]).ok_or("no inputs")?;
    /// assert_eq!(o.item()?, 0.7071067811865476);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[track_caller]
    pub fn forward<'g>(&self, x: &[Var<'g, T>]) -> Option<Var<'g, T>> {
        let graph = x.first()?.graph();
        if x.len() != self.weights.len() {
            let what = format!("has {} weights, got {} inputs", self.weights.len(), x.len());
            let fault = Fault::new(what).fix("give one input for each weight");
            return Some(graph.faulty("Neuron".to_string(), fault));
        }
        let products = x.iter().zip(&self.weights).map(|(&x, weight)| x * weight);
        Some(self.activation.forward(graph.sum(products) + self.bias.on(graph)))
    }
}

/// Neurons side by side, each reading the same inputs.
#[derive(Clone, Debug)]
pub struct Layer<T: Float = f64> {
    /// The neurons.
    pub neurons: Vec<Neuron<T>>,
}
module!(Layer<T> { neurons });

impl<T: Float> Layer<T> {
    /// So many neurons, each with so many inputs.
    pub fn new(inputs: usize, outputs: usize, activation: impl Into<Activation<T>>, rng: &mut Rng) -> Layer<T> {
        let activation = activation.into();
        Layer {
            neurons: (0..outputs)
                .map(|_| Neuron::new(inputs, activation.clone(), rng))
                .collect(),
        }
    }

    /// The answer of each neuron; none when there are no inputs.
    #[track_caller]
    pub fn forward<'g>(&self, x: &[Var<'g, T>]) -> Vec<Var<'g, T>> {
        let mut answers = Vec::with_capacity(self.neurons.len());
        for neuron in &self.neurons {
            answers.extend(neuron.forward(x));
        }
        answers
    }
}

/// Layers one after the other.
///
/// ```
/// use chainrule::{Module, Rng, nn::scalar::Mlp, ops::Tanh};
/// let mlp: Mlp = Mlp::new(&[3, 4, 4, 1], Tanh, &mut Rng::new(0));
/// assert_eq!(mlp.parameter_count(), 41);
/// assert_eq!(mlp.to_string(), "Mlp(3 → 4 tanh → 4 tanh → 1 tanh), 41 parameters");
/// ```
#[derive(Clone, Debug)]
pub struct Mlp<T: Float = f64> {
    /// The layers, first to last.
    pub layers: Vec<Layer<T>>,
}
module!(Mlp<T> { layers });

impl<T: Float> Mlp<T> {
    /// A network of these widths, inputs first, with the nonlinearity after every layer, the last included.
    pub fn new(widths: &[usize], activation: impl Into<Activation<T>>, rng: &mut Rng) -> Mlp<T> {
        let activation = activation.into();
        let mut mlp = Mlp {
            layers: widths
                .windows(2)
                .map(|pair| Layer::new(pair[0], pair[1], activation.clone(), rng))
                .collect(),
        };
        mlp.name_parameters();
        mlp
    }

    /// The answers of the last layer.
    #[track_caller]
    pub fn forward<'g>(&self, x: &[Var<'g, T>]) -> Vec<Var<'g, T>> {
        let mut x = x.to_vec();
        for layer in &self.layers {
            x = layer.forward(&x);
        }
        x
    }
}

impl<T: Float> fmt::Display for Mlp<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = self.layers.first().and_then(|layer| layer.neurons.first());
        write!(f, "Mlp({}", first.map_or(0, |neuron| neuron.weights.len()))?;
        for layer in &self.layers {
            write!(f, " → {}", layer.neurons.len())?;
            if let Some(neuron) = layer.neurons.first() {
                write!(f, " {}", neuron.activation)?;
            }
        }
        write!(f, "), {} parameters", self.parameter_count())
    }
}
