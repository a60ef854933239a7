//! A small network of single numbers and its loss, neuron by neuron.

use chainrule::{Graph, Result, Var, loss::losses, nn::Activation};
use chainrule_numpy::PythonRandom;

use super::{
    MOST_VALUES,
    source::{Recorded, Slot, Stretch},
};

/// The four samples of the third lesson's network and what it should answer.
const SAMPLES: [[f64; 3]; 4] = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]];
const TARGETS: [f64; 4] = [1.0, -1.0, -1.0, 1.0];

/// The loss that adds up squares and divides by nothing.
pub(crate) const SUM_OF_SQUARES: &str = "sum of squares";
const MOST_SAMPLES: usize = 8;
const WIDEST: usize = 16;
const MOST_LAYERS: usize = 5;

/// Which network, which loss, how many samples.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Network {
    /// Inputs first, outputs last.
    pub(crate) widths: Vec<usize>,
    /// After every layer but the last.
    pub(crate) activation: String,
    pub(crate) loss: String,
    pub(crate) seed: u32,
    pub(crate) samples: usize,
    /// Whether each neuron makes a value of its own of each input, and the sum over samples starts with 0, as the third
    /// lesson's notebook does it.
    pub(crate) anew: bool,
}

impl Default for Network {
    /// Two inputs, two hidden neurons, one output, one sample.
    fn default() -> Network {
        Network {
            widths: vec![2, 2, 1],
            activation: "tanh".to_string(),
            loss: "mse".to_string(),
            seed: 0,
            samples: 1,
            anew: false,
        }
    }
}

/// The losses there are to choose from.
pub(crate) fn loss_names() -> Vec<&'static str> {
    let own = losses::<f64>();
    let names = own
        .iter()
        .map(|loss| loss.name())
        .filter(|name| *name != "cross_entropy");
    [SUM_OF_SQUARES].into_iter().chain(names).collect()
}

/// Widths as they are typed, `3, 4, 4, 1`.
pub(crate) fn read_widths(text: &str) -> std::result::Result<Vec<usize>, String> {
    let wrong = |what: String| {
        Err(format!(
            "{what}; give inputs, hidden layers and outputs, as in 3, 4, 4, 1"
        ))
    };
    let words: Vec<&str> = text
        .split([',', ' ', '→', '-'])
        .map(str::trim)
        .filter(|word| !word.is_empty())
        .collect();
    if !(2..=MOST_LAYERS + 1).contains(&words.len()) {
        return wrong(format!(
            "{} widths, and between 2 and {} are possible",
            words.len(),
            MOST_LAYERS + 1
        ));
    }
    let mut widths = vec![];
    for word in words {
        let word: String = word.chars().take(20).collect();
        match word.parse() {
            Ok(width) if (1..=WIDEST).contains(&width) => widths.push(width),
            Ok(width) => return wrong(format!("a layer of {width}, and between 1 and {WIDEST} are possible")),
            Err(_) => return wrong(format!("'{word}' is no width")),
        }
    }
    Ok(widths)
}

impl Network {
    /// The same, if there is such a network and it can be stepped through.
    pub(crate) fn checked(self) -> std::result::Result<Network, String> {
        Activation::<f64>::named(&self.activation).map_err(|error| error.to_string())?;
        if !loss_names().contains(&self.loss.as_str()) {
            return Err(format!(
                "there is no loss '{}'; choose one of {}",
                self.loss,
                loss_names().join(", ")
            ));
        }
        if !(1..=MOST_SAMPLES).contains(&self.samples) {
            return Err(format!(
                "{} samples, and between 1 and {MOST_SAMPLES} are possible",
                self.samples
            ));
        }
        let weights: usize = self.widths.windows(2).map(|pair| pair[0] * pair[1]).sum();
        let neurons: usize = self.widths.iter().skip(1).sum();
        let wrapped = if self.anew {
            self.inputs() * self.widths.get(1).copied().unwrap_or(0)
        } else {
            self.inputs()
        };
        let about = weights + neurons + self.samples * (2 * weights + neurons + wrapped + 8 * self.outputs());
        if about > MOST_VALUES {
            return Err(format!(
                "such a network has about {about} values; at most {MOST_VALUES} can be stepped through: make it narrower, or take \
                 fewer samples"
            ));
        }
        Ok(self)
    }

    fn inputs(&self) -> usize {
        self.widths.first().copied().unwrap_or(1)
    }

    fn outputs(&self) -> usize {
        self.widths.last().copied().unwrap_or(1)
    }

    /// `s2.` before the names of the second sample; nothing where there is only one.
    fn prefix(&self, sample: usize) -> String {
        match self.samples {
            1 => String::new(),
            _ => format!("s{}.", sample + 1),
        }
    }

    /// `p`, or `p2` for the second of several.
    fn numbered(&self, letter: &str, output: usize) -> String {
        match self.outputs() {
            1 => letter.to_string(),
            _ => format!("{letter}{}", output + 1),
        }
    }

    /// Weights by Python's `random.uniform(-1, 1)`, neuron by neuron, biases 0; then inputs and targets, sample by sample.
    pub(super) fn slots(&self) -> Vec<Slot> {
        let mut random = PythonRandom::new(self.seed);
        let mut slots = vec![];
        let mut slot = |name: String, start: f64| slots.push(Slot { name, start });
        for (l, pair) in (1..).zip(self.widths.windows(2)) {
            for n in 1..=pair[1] {
                for i in 1..=pair[0] {
                    slot(format!("w{l}.{n}.{i}"), random.uniform(-1.0, 1.0));
                }
                slot(format!("b{l}.{n}"), 0.0);
            }
        }
        for sample in 0..self.samples {
            for input in 0..self.inputs() {
                let known = SAMPLES
                    .get(sample)
                    .filter(|_| self.inputs() == 3)
                    .and_then(|sample| sample.get(input));
                let drawn = (random.uniform(-2.0, 2.0) * 10.0).round() / 10.0;
                slot(
                    format!("{}x{}", self.prefix(sample), input + 1),
                    *known.unwrap_or(&drawn),
                );
            }
            for output in 0..self.outputs() {
                let target = TARGETS[(sample + output) % TARGETS.len()];
                // A probability cannot be negative.
                let target = if self.loss == "bce_with_logits" {
                    target.max(0.0)
                } else {
                    target
                };
                slot(format!("{}{}", self.prefix(sample), self.numbered("t", output)), target);
            }
        }
        slots
    }

    pub(super) fn record<'g>(&self, graph: &'g Graph, values: &[f64]) -> Result<Recorded<'g>> {
        let slots = self.slots();
        let number = |slot: usize| values.get(slot).copied().unwrap_or(f64::NAN);
        let (mut leaves, mut stretches): (Vec<(usize, usize)>, Vec<Stretch>) = (vec![], vec![]);
        let stretch = |id: String, name: String, from: usize| Stretch {
            id,
            name,
            from,
            to: graph.len(),
        };
        let mut next = 0;
        // For each layer, for each neuron its weights with its bias behind them.
        let mut layers: Vec<Vec<Vec<Var>>> = vec![];
        // As deep as the neurons of a sample, so that both open together.
        let weights = if self.samples == 1 { "p" } else { "p.l" };
        for (l, pair) in (1..).zip(self.widths.windows(2)) {
            let start = graph.len();
            let mut neurons = vec![];
            for n in 1..=pair[1] {
                let from = graph.len();
                let mut parameters = vec![];
                for _ in 0..=pair[0] {
                    let leaf = graph.leaf(number(next)).named(slots[next].name.as_str());
                    leaves.push((leaf.id(), next));
                    parameters.push(leaf);
                    next += 1;
                }
                stretches.push(stretch(format!("{weights}{l}.n{n}"), format!("weights {l}.{n}"), from));
                neurons.push(parameters);
            }
            stretches.push(stretch(format!("{weights}{l}"), format!("weights of layer {l}"), start));
            layers.push(neurons);
        }
        if self.samples > 1 {
            stretches.push(stretch("p".to_string(), "weights".to_string(), 0));
        }
        let activation = Activation::named(&self.activation)?;
        let mut total = self.anew.then(|| graph.constant(0.0));
        for sample in 0..self.samples {
            let start = graph.len();
            let (prefix, first) = (self.prefix(sample), next);
            let around = if prefix.is_empty() {
                String::new()
            } else {
                format!("s{}.", sample + 1)
            };
            let mut constant = |slot: usize| {
                let constant = graph.constant(number(slot)).named(slots[slot].name.as_str());
                leaves.push((constant.id(), slot));
                constant
            };
            let mut x: Vec<Var> = vec![];
            if !self.anew {
                x.extend((0..self.inputs()).map(|input| constant(first + input)));
            }
            for (l, neurons) in (1..).zip(&layers) {
                let (layer_start, mut answers) = (graph.len(), vec![]);
                for (n, parameters) in (1..).zip(neurons) {
                    let from = graph.len();
                    let Some((bias, weights)) = parameters.split_last() else {
                        continue;
                    };
                    let mut sum = *bias;
                    for (input, weight) in weights.iter().enumerate() {
                        let x = match (l, self.anew) {
                            (1, true) => constant(first + input),
                            _ => x[input],
                        };
                        sum += *weight * x;
                    }
                    let name = match l == layers.len() {
                        true => self.numbered("p", n - 1),
                        false => {
                            sum = activation.forward(sum);
                            format!("h{l}.{n}")
                        }
                    };
                    answers.push(sum.named(format!("{prefix}{name}")));
                    stretches.push(stretch(
                        format!("{around}l{l}.n{n}"),
                        format!("{prefix}neuron {l}.{n}"),
                        from,
                    ));
                }
                stretches.push(stretch(
                    format!("{around}l{l}"),
                    format!("{prefix}layer {l}"),
                    layer_start,
                ));
                x = answers;
            }
            next += self.inputs();
            let mut errors = vec![];
            for (output, prediction) in x.into_iter().enumerate() {
                let from = graph.len();
                let target = constant(next);
                next += 1;
                let name = format!("{prefix}{}", self.numbered("e", output));
                errors.push(self.error(prediction, target).named(name));
                let id = format!("{around}e{}", output + 1);
                stretches.push(stretch(id, format!("{prefix}error"), from));
            }
            if self.samples > 1 {
                stretches.push(stretch(
                    format!("s{}", sample + 1),
                    format!("sample {}", sample + 1),
                    start,
                ));
            }
            // The sum belongs to no sample.
            for error in errors {
                total = Some(match total {
                    None => error,
                    Some(total) => total + error,
                });
            }
        }
        let mut result = total.unwrap_or_else(|| graph.constant(0.0));
        let errors = self.samples * self.outputs();
        if self.loss != SUM_OF_SQUARES && errors > 1 {
            result /= errors as f64;
        }
        Ok(Recorded {
            result: result.named("loss"),
            leaves,
            stretches,
        })
    }

    fn error<'g>(&self, prediction: Var<'g>, target: Var<'g>) -> Var<'g> {
        let loss = losses::<f64>().into_iter().find(|loss| loss.name() == self.loss);
        match loss {
            Some(loss) => loss.each(prediction, target.into()),
            None => (prediction - target).powf(2.0),
        }
    }
}
