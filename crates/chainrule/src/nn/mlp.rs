//! The multilayer perceptron.

use super::{Activation, Linear, Module};
use crate::{
    error::{Error, Fault, Result},
    float::Float,
    graph::Var,
    module,
    random::Rng,
};
use std::{fmt, panic::Location};

/// Layers of weighted sums with a nonlinearity after each: a multilayer perceptron.
///
/// ```
/// use chainrule::{Graph, Mlp, Module, Rng, ops::Tanh};
/// let mlp = Mlp::new(&[3, 4, 4, 1], Tanh, &mut Rng::new(0))?;
/// assert_eq!(mlp.to_string(), "Mlp(3 → 4 tanh → 4 tanh → 1), 41 parameters");
/// let g = Graph::new();
/// assert_eq!(mlp.forward(g.constant([[2.0, 3.0, -1.0]])).shape().sizes(), [1, 1]);
/// # Ok::<(), chainrule::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Mlp<T: Float = f64> {
    /// The layers, first to last.
    pub layers: Vec<Linear<T>>,
    /// The nonlinearity after each layer.
    pub activations: Vec<Activation<T>>,
}
module!(Mlp<T> { layers; activations });

impl<T: Float> Mlp<T> {
    /// A network of these widths, inputs first and outputs last, with one nonlinearity after every layer but the last.
    ///
    /// # Errors
    /// When there are fewer than two widths, or one is 0.
    #[track_caller]
    pub fn new(widths: &[usize], activation: impl Into<Activation<T>>, rng: &mut Rng) -> Result<Mlp<T>> {
        let mut activations = vec![activation.into(); widths.len().saturating_sub(2)];
        activations.push(Activation::identity());
        Mlp::with_activations(widths, activations, rng)
    }

    /// A network of these widths with a nonlinearity for each layer.
    ///
    /// # Errors
    /// When there are fewer than two widths, one is 0, or the nonlinearities are not one per layer.
    #[track_caller]
    pub fn with_activations(widths: &[usize], activations: Vec<Activation<T>>, rng: &mut Rng) -> Result<Mlp<T>> {
        let line = Location::caller(); // taken here: a closure would be its own caller
        let refuse = |what: String, fix: &str| Err(Error::argument("Mlp", Fault::new(what).fix(fix), line));
        if widths.len() < 2 || widths.contains(&0) {
            return refuse(
                format!("the widths {widths:?} make no network"),
                "give at least two, inputs first and outputs last, none of them 0",
            );
        }
        let count = widths.len() - 1;
        if activations.len() != count {
            return refuse(
                format!("{} activations for {count} layers", activations.len()),
                "give one for each layer; identity for none",
            );
        }
        let layers = widths
            .windows(2)
            .map(|pair| Linear::new(pair[0], pair[1], rng))
            .collect();
        let mut mlp = Mlp { layers, activations };
        mlp.name_parameters();
        Ok(mlp)
    }

    /// How many parameters a network of these widths has; `None` when they are too many to count.
    pub fn count_parameters(widths: &[usize]) -> Option<usize> {
        widths.windows(2).try_fold(0usize, |sum, pair| {
            pair[0].checked_add(1)?.checked_mul(pair[1])?.checked_add(sum)
        })
    }

    /// The widths: inputs, each hidden layer, outputs.
    pub fn widths(&self) -> Vec<usize> {
        let inputs = self.layers.first().map(Linear::inputs);
        inputs
            .into_iter()
            .chain(self.layers.iter().map(Linear::outputs))
            .collect()
    }

    /// The result for each row: x of `[…, inputs]` gives `[…, outputs]`.
    #[track_caller]
    pub fn forward<'g>(&self, x: Var<'g, T>) -> Var<'g, T> {
        let mut x = x;
        for (layer, activation) in self.layers.iter().zip(&self.activations) {
            x = activation.forward(layer.forward(x));
        }
        x
    }
}

impl<T: Float> fmt::Display for Mlp<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mlp({}", self.layers.first().map_or(0, Linear::inputs))?;
        for (layer, activation) in self.layers.iter().zip(&self.activations) {
            write!(f, " → {}", layer.outputs())?;
            match activation.to_string().as_str() {
                "identity" => {}
                name => write!(f, " {name}")?,
            }
        }
        write!(f, "), {} parameters", self.parameter_count())
    }
}
