//! One prediction, told layer by layer.

use crate::{
    activations::sums,
    error::{Error, Result},
    number::rounded,
    run::Run,
};

/// One prediction, told layer by layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// What the network takes in, with its names.
    pub inputs: Vec<(String, f64)>,
    /// Each layer, first to last.
    pub layers: Vec<ToldLayer>,
    /// The answer: a number in the target's unit, or the probability of each class.
    pub answer: Vec<f64>,
}

/// What a layer makes of what it takes in.
#[derive(Clone, Debug, PartialEq)]
pub struct ToldLayer {
    /// Its nonlinearity; `identity` for none.
    pub activation: String,
    /// Its neurons.
    pub neurons: Vec<ToldNeuron>,
}

/// What a neuron makes of what it takes in: `activation(Σ weight · input + bias)`.
#[derive(Clone, Debug, PartialEq)]
pub struct ToldNeuron {
    /// For each input: its weight, and what comes in.
    pub terms: Vec<Term>,
    /// Its bias.
    pub bias: f64,
    /// The sum.
    pub sum: f64,
    /// What it gives.
    pub value: f64,
}

/// One term of a neuron's sum, `weight * input`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Term {
    /// The weight.
    pub weight: f64,
    /// What comes in.
    pub input: f64,
}

impl Run {
    /// What the network makes of one row of raw numbers, layer by layer, at the step that is shown.
    ///
    /// # Errors
    /// When there is not one number for each column.
    pub fn tell(&self, raw: &[f64]) -> Result<Told> {
        let columns = self.data().columns().len();
        if raw.len() != columns {
            return Err(Error::new(format!(
                "{} numbers for {columns} columns: give one for each",
                raw.len()
            )));
        }
        let encoded = self.data().encode(raw);
        let network = self.network();
        let sums = sums(network, &encoded)?;
        let outputs = sums.last().map_or(vec![], |(_, values)| values.clone());
        let (mut from, mut layers) = (encoded.clone(), vec![]);
        for ((layer, activation), (sums, values)) in network.layers.iter().zip(&network.activations).zip(sums) {
            let width = layer.outputs().max(1);
            let (weights, biases) = (layer.weight.value.data(), layer.bias.value.data());
            let neuron = |to: usize| ToldNeuron {
                terms: from
                    .iter()
                    .enumerate()
                    .map(|(place, &input)| Term {
                        weight: weights[place * width + to],
                        input,
                    })
                    .collect(),
                bias: biases[to],
                sum: sums[to],
                value: values[to],
            };
            layers.push(ToldLayer {
                activation: activation.to_string(),
                neurons: (0..width).map(neuron).collect(),
            });
            from = values;
        }
        Ok(Told {
            inputs: self.data().inputs().into_iter().zip(encoded).collect(),
            layers,
            answer: self.data().trainable().answers(&outputs),
        })
    }

    /// The formula of a neuron with its weights plugged in, `tanh(0.52 · x1 − 1.3 · x2 + 0.1)`, each number with so many
    /// digits; neurons of hidden layers are called h1.1, the first of the first layer. Nothing when there is no such neuron.
    pub fn formula(&self, layer: usize, neuron: usize, digits: usize) -> Option<String> {
        let own = self.network().layers.get(layer).filter(|own| neuron < own.outputs())?;
        let activation = self.network().activations.get(layer)?.to_string();
        let names: Vec<String> = match layer {
            0 => self.data().inputs(),
            layer => (1..=own.inputs()).map(|place| format!("h{layer}.{place}")).collect(),
        };
        let weights = own.weight.value.data().iter().skip(neuron).step_by(own.outputs());
        let mut text = String::new();
        let mut add = |number: f64, name: Option<&String>| {
            let sign = match (number < 0.0, text.is_empty()) {
                (true, true) => "−",
                (true, false) => " − ",
                (false, true) => "",
                (false, false) => " + ",
            };
            text.push_str(sign);
            text.push_str(&rounded(number.abs(), digits));
            if let Some(name) = name {
                text.push_str(" · ");
                text.push_str(name);
            }
        };
        weights.zip(&names).for_each(|(weight, name)| add(*weight, Some(name)));
        add(own.bias.value.data().get(neuron).copied()?, None);
        Some(match activation.as_str() {
            "identity" => text,
            activation => format!("{activation}({text})"),
        })
    }
}
