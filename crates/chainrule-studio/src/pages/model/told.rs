//! What a model does with a row: its cells as numbers, each layer's numbers, the answer, and what the answer depends on.

use chainrule::{Graph, Var};
use chainrule_learn::Model;
use chainrule_picture::Picture;
use chainrule_table::{Rows, Scale, Unseen};

/// So many inputs of a neuron are drawn one by one; the others are added up.
const DRAWN: usize = 10;

/// A row, told.
#[derive(Clone, Debug)]
pub(super) struct Told {
    /// For each encoded input: its name, its number, and how the answer changes with it.
    pub(super) inputs: Vec<Input>,
    /// The numbers of each layer: before its activation, and after it.
    pub(super) layers: Vec<Layer>,
    pub(super) answer: Answer,
    /// Cells that hold what no training row had.
    pub(super) unseen: Vec<Unseen>,
}

/// An input of the network.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Input {
    pub(super) name: String,
    pub(super) value: f64,
    /// The derivative of the answer with respect to it.
    pub(super) gradient: f64,
}

/// A layer's numbers.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Layer {
    pub(super) activation: String,
    pub(super) sums: Vec<f64>,
    pub(super) answers: Vec<f64>,
    /// The derivative of the answer with respect to each of `answers`.
    pub(super) gradients: Vec<f64>,
}

/// What the model says of a target.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Said {
    pub(super) target: String,
    pub(super) output: f64,
    pub(super) scale: Scale,
    pub(super) answer: f64,
}

/// What the model says.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Answer {
    /// For each target the network's number and the answer made of it, and which of them is differentiated.
    Numbers { said: Vec<Said>, of: usize },
    /// Each class with its logit and its probability, and which is most likely.
    Classes {
        classes: Vec<(String, f64, f64)>,
        likely: usize,
    },
}

impl Told {
    /// What a model does with these cells; derivatives are of its answer for target `of`, or of the likeliest class.
    pub(super) fn new(model: &Model, cells: &[String], of: usize) -> Result<Told, String> {
        let encoder = model.encoder();
        let columns: Vec<String> = encoder.features().iter().map(|feature| feature.name.clone()).collect();
        let told = |error: chainrule_table::Error| error.to_string();
        let mut rows = Rows::new(encoder, "this row", &columns, 8).map_err(told)?;
        rows.push(1, cells.iter().map(|cell| cell.trim()));
        let table = rows.take().map_err(told)?;
        let matrix = encoder.transform(&table).map_err(told)?;
        let wrong = |error: chainrule::Error| error.to_string();
        let graph = Graph::new();
        let x = graph.leaf((matrix.row(0), [1, matrix.columns]));
        let mut at = x;
        let mut made: Vec<(Var, Var)> = vec![];
        let network = model.network();
        for (layer, activation) in network.layers.iter().zip(&network.activations) {
            let sum = layer.forward(at);
            at = activation.forward(sum);
            made.push((sum, at));
        }
        let outputs = at.value().map_err(wrong)?.data().to_vec();
        let (answered, answer) = answer(model, &table, at, &outputs, of)?;
        let gradients = answered.backward().map_err(wrong)?;
        let gradient = |value: Var| gradients.get(value).map(<[f64]>::to_vec);
        let numbers = |value: Var| Ok::<_, String>(value.value().map_err(wrong)?.data().to_vec());
        let layers = made.iter().zip(&network.activations).map(|((sum, after), activation)| {
            Ok(Layer {
                activation: activation.to_string(),
                sums: numbers(*sum)?,
                answers: numbers(*after)?,
                gradients: gradient(*after).unwrap_or_default(),
            })
        });
        let layers = layers.collect::<Result<Vec<Layer>, String>>()?;
        let by_input = gradient(x).unwrap_or_default();
        let inputs = matrix.names.iter().zip(matrix.row(0)).enumerate();
        let inputs = inputs.map(|(place, (name, value))| Input {
            name: name.clone(),
            value: *value,
            gradient: by_input.get(place).copied().unwrap_or(0.0),
        });
        Ok(Told {
            inputs: inputs.collect(),
            layers,
            answer,
            unseen: matrix.unseen,
        })
    }

    /// What goes into a layer, with names.
    fn fed_to(&self, layer: usize) -> Vec<(String, f64)> {
        match layer.checked_sub(1).and_then(|before| self.layers.get(before)) {
            None => self
                .inputs
                .iter()
                .map(|input| (input.name.clone(), input.value))
                .collect(),
            Some(before) => {
                let answers = before.answers.iter().enumerate();
                answers
                    .map(|(n, answer)| (format!("neuron {layer}.{}", n + 1), *answer))
                    .collect()
            }
        }
    }

    /// A neuron as a graph of single numbers, with the derivatives of its own answer. The inputs that weigh most are drawn one
    /// by one, the others as one number.
    pub(super) fn neuron(&self, model: &Model, layer: usize, neuron: usize) -> Result<(Picture, usize), String> {
        let graph = Graph::new();
        let (answer, others) = self
            .neuron_in(&graph, model, layer, neuron)
            .ok_or("there is no such neuron")?;
        let gradients = answer.backward().map_err(|error| error.to_string())?;
        let drawing = chainrule_picture::graph(answer, &gradients);
        let title = format!(
            "Neuron {} of layer {}, with the derivatives of its answer",
            neuron + 1,
            layer + 1
        );
        Ok((drawing.title(title).picture(), others))
    }

    pub(super) fn neuron_in<'g>(
        &self,
        graph: &'g Graph,
        model: &Model,
        layer: usize,
        neuron: usize,
    ) -> Option<(Var<'g>, usize)> {
        let linear = model.network().layers.get(layer)?;
        let outputs = linear.outputs();
        let weight = |input: usize| linear.weight.value.data().get(input * outputs + neuron).copied();
        let mut inputs: Vec<(String, f64, f64)> = self
            .fed_to(layer)
            .into_iter()
            .enumerate()
            .filter_map(|(input, (name, value))| Some((name, value, weight(input)?)))
            .collect();
        inputs.sort_by(|a, b| (b.1 * b.2).abs().total_cmp(&(a.1 * a.2).abs()));
        let rest = inputs.split_off(inputs.len().min(DRAWN));
        let mut terms = vec![graph.leaf(*linear.bias.value.data().get(neuron)?).named("bias")];
        for (name, value, weight) in &inputs {
            let x = graph.leaf(*value).named(name.as_str());
            let w = graph.leaf(*weight).named(format!("w {name}"));
            terms.push(w * x);
        }
        if !rest.is_empty() {
            let others: f64 = rest.iter().map(|(_, value, weight)| value * weight).sum();
            terms.push(graph.leaf(others).named(format!("{} others", rest.len())));
        }
        // Two by two, which is drawn shorter than one after the other.
        while terms.len() > 1 {
            terms = terms
                .chunks(2)
                .map(|pair| pair[1..].iter().fold(pair[0], |sum, term| sum + *term))
                .collect();
        }
        let sum = *terms.first()?;
        let activation = model.network().activations.get(layer)?;
        Some((
            activation
                .forward(sum)
                .named(format!("neuron {}.{}", layer + 1, neuron + 1)),
            rest.len(),
        ))
    }
}

/// The answer as a value of the graph, and in words.
fn answer<'g>(
    model: &Model,
    table: &chainrule_learn::Table,
    output: Var<'g>,
    outputs: &[f64],
    of: usize,
) -> Result<(Var<'g>, Answer), String> {
    let targets = model.record().options.targets.iter().zip(outputs).enumerate();
    let said = targets.map_while(|(place, (target, output))| {
        let scale = model.target().scale(place)?;
        Some(Said {
            target: target.clone(),
            output: *output,
            scale,
            answer: scale.mean + scale.standard_deviation * output,
        })
    });
    let said: Vec<Said> = said.collect();
    let of = of.min(said.len().saturating_sub(1));
    if let Some(Said { scale, .. }) = said.get(of) {
        let answer = output.at(0).at(of) * scale.standard_deviation + scale.mean;
        return Ok((answer, Answer::Numbers { said, of }));
    }
    let prediction = model.predict(table).map_err(|error| error.to_string())?;
    let chainrule_learn::Prediction::Classes { names, .. } = &prediction else {
        return Err("the model's target is damaged; train the model again".to_string());
    };
    let shares = output.softmax(-1);
    let probabilities = shares.value().map_err(|error| error.to_string())?.data().to_vec();
    let likely = (0..probabilities.len())
        .max_by(|a, b| probabilities[*a].total_cmp(&probabilities[*b]))
        .unwrap_or(0);
    let classes = names.iter().zip(outputs).zip(&probabilities);
    let classes = classes
        .map(|((name, logit), share)| (name.clone(), *logit, *share))
        .collect();
    Ok((shares.at(0).at(likely), Answer::Classes { classes, likely }))
}
