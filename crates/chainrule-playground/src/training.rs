//! The recorded step of a run: what it makes small, how weights move, and the batches it looks at.

use chainrule::{
    Linear, Mlp, Rng, Step, Tensor, Var,
    loss::{cross_entropy, huber, l1_penalty, l2_penalty, mae, mse},
    nn::Activation,
    optim::{Memory, Optimizer, Sgd, optimizers},
};
use chainrule_learn::Part;

use crate::{
    choices::MOST_PARAMETERS,
    course::Place,
    data::Data,
    error::{Error, Result},
    events::Weight,
    setup::Setup,
};

type Objective = Box<dyn for<'g> Fn(&Mlp, [Var<'g>; 2]) -> Var<'g> + Send>;
type Moves = Box<dyn Optimizer<f64>>;

/// A network with what trains it.
pub(crate) struct Training {
    step: Step<'static, Mlp, Moves, Objective, 2>,
}

impl Training {
    /// The training of a network under these choices; what an optimizer of the same kind remembers goes on.
    pub fn new(setup: &Setup, classes: bool, network: Mlp, memory: Vec<Memory<f64>>) -> Training {
        let mut optimizer = optimizer(setup);
        optimizer.remember(memory);
        Training {
            step: Step::owning(network, optimizer, objective(setup, classes)),
        }
    }

    /// One step; says the loss before it.
    pub fn run(&mut self, batch: &Batch) -> Result<f64> {
        Ok(self.step.run([&batch.x, &batch.y])?)
    }

    /// The network as it is now.
    pub fn network(&mut self) -> &Mlp {
        self.step.module()
    }

    /// Sets a weight or a bias.
    pub fn set(&mut self, which: Weight, value: f64) {
        if let Some(place) = weight_mut(self.step.module_mut(), which) {
            *place = value;
        }
    }

    /// What the optimizer remembers.
    pub fn memory(&mut self) -> Vec<Memory<f64>> {
        self.step.optimizer().memory().to_vec()
    }
}

/// How weights move.
fn optimizer(setup: &Setup) -> Moves {
    let rate = setup.rate();
    if setup.optimizer == "sgd" {
        return Box::new(Sgd::new(rate).momentum(setup.momentum));
    }
    let all = optimizers::<f64>();
    match all.iter().find(|choice| choice.name == setup.optimizer) {
        Some(choice) => (choice.new)(rate),
        None => Box::new(Sgd::new(rate)),
    }
}

/// The name of the loss that a setup takes for classes or for numbers.
///
/// # Errors
/// When it is for the other.
pub(crate) fn loss_name(setup: &Setup, classes: bool) -> Result<&'static str> {
    match (setup.loss.as_str(), classes) {
        ("auto" | "cross_entropy", true) => Ok("cross_entropy"),
        ("auto" | "mse", false) => Ok("mse"),
        ("mae", false) => Ok("mae"),
        ("huber", false) => Ok("huber"),
        (other, true) => Err(Error::new(format!(
            "the loss {other} is for numbers, and classes are predicted: choose cross_entropy or auto"
        ))),
        (other, false) => Err(Error::new(format!(
            "the loss {other} is for classes, and a number is predicted: choose mse, mae, huber or auto"
        ))),
    }
}

/// The mean loss of outputs, by the name of the loss.
pub(crate) fn loss<'g>(name: &str, output: Var<'g>, y: Var<'g>) -> Var<'g> {
    match name {
        "mae" => mae(output, y),
        "huber" => huber(output, y),
        "mse" => mse(output, y),
        _ => cross_entropy(output, y),
    }
}

/// What training makes small.
pub(crate) fn objective(setup: &Setup, classes: bool) -> Objective {
    let name = loss_name(setup, classes).unwrap_or(if classes { "cross_entropy" } else { "mse" });
    let (l1, l2) = (setup.l1, setup.l2);
    Box::new(move |network, [x, y]| {
        let mut sum = loss(name, network.forward(x), y);
        if l1 > 0.0 {
            sum += l1_penalty(x.graph(), network) * l1;
        }
        if l2 > 0.0 {
            sum += l2_penalty(x.graph(), network) * l2;
        }
        sum
    })
}

/// The network of a setup, with its first weights.
pub(crate) fn first_network(setup: &Setup, data: &Data) -> Result<Mlp> {
    let mut widths = vec![data.trainable().encoder().inputs().len()];
    widths.extend(&setup.widths);
    widths.push(data.outputs());
    match Mlp::<f64>::count_parameters(&widths) {
        Some(count) if count <= MOST_PARAMETERS => {}
        count => {
            let count = count.map_or("too many".to_string(), |count| count.to_string());
            return Err(Error::new(format!(
                "a network of widths {widths:?} has {count} weights, more than {MOST_PARAMETERS}: choose smaller `widths` or \
                 fewer inputs"
            )));
        }
    }
    let activation = Activation::named(&setup.activation)?;
    Ok(Mlp::new(&widths, activation, &mut Rng::new(setup.seed.into()))?)
}

/// The same weights with the nonlinearity of a setup.
pub(crate) fn with_activation(mut network: Mlp, setup: &Setup) -> Mlp {
    if let Ok(activation) = Activation::named(&setup.activation) {
        let hidden = network.activations.len().saturating_sub(1);
        network.activations[..hidden].fill(activation);
    }
    network
}

/// All weights and biases, layer after layer: the weights of a layer row after row, then its biases.
pub(crate) fn weights(network: &Mlp) -> Vec<f64> {
    let parts = || network.layers.iter().flat_map(|layer| [&layer.weight, &layer.bias]);
    // Exactly as many: states of a run are kept by the hundreds.
    let mut all = Vec::with_capacity(parts().map(|param| param.value.data().len()).sum());
    parts().for_each(|param| all.extend_from_slice(param.value.data()));
    all
}

/// Sets all weights and biases.
pub(crate) fn set_weights(network: &mut Mlp, weights: &[f64]) {
    let mut rest = weights;
    for Linear { weight, bias } in &mut network.layers {
        for param in [weight, bias] {
            let count = param.value.data().len().min(rest.len());
            let (own, others) = rest.split_at(count);
            param.value.data_mut()[..count].copy_from_slice(own);
            rest = others;
        }
    }
}

/// Copies all weights and biases from one network to another of the same widths.
pub(crate) fn copy_weights(from: &Mlp, to: &mut Mlp) {
    for (from, to) in from.layers.iter().zip(&mut to.layers) {
        to.weight.value.data_mut().copy_from_slice(from.weight.value.data());
        to.bias.value.data_mut().copy_from_slice(from.bias.value.data());
    }
}

/// A weight or a bias of a network; none when there is no such one.
pub(crate) fn weight(network: &Mlp, Weight { layer, from, to }: Weight) -> Option<f64> {
    let layer = network.layers.get(layer).filter(|layer| to < layer.outputs())?;
    match from {
        None => layer.bias.value.data().get(to).copied(),
        Some(from) => layer
            .weight
            .value
            .data()
            .get(from.checked_mul(layer.outputs())? + to)
            .copied(),
    }
}

fn weight_mut(network: &mut Mlp, Weight { layer, from, to }: Weight) -> Option<&mut f64> {
    let layer = network.layers.get_mut(layer).filter(|layer| to < layer.outputs())?;
    let width = layer.outputs();
    match from {
        None => layer.bias.value.data_mut().get_mut(to),
        Some(from) => layer.weight.value.data_mut().get_mut(from.checked_mul(width)? + to),
    }
}

/// Some rows with their answers: `[rows, inputs]`, and numbers as `[rows, 1]` or classes as `[rows]`.
pub(crate) struct Batch {
    pub x: Tensor,
    pub y: Tensor,
}

impl Batch {
    fn new(rows: usize, inputs: usize, classes: bool) -> Batch {
        Batch {
            x: Tensor::full([rows, inputs], 0.0),
            y: match classes {
                true => Tensor::full([rows], 0.0),
                false => Tensor::full([rows, 1], 0.0),
            },
        }
    }

    fn gather(&mut self, part: &Part, rows: &[usize]) {
        let inputs = self.x.shape().last();
        for (to, &row) in self.x.data_mut().chunks_exact_mut(inputs.max(1)).zip(rows) {
            to.copy_from_slice(&part.inputs[row * inputs..][..inputs]);
        }
        for (to, &row) in self.y.data_mut().iter_mut().zip(rows) {
            *to = part.answers[row];
        }
    }
}

/// The batches of a run: the order of the rows in an epoch depends on the seed and the epoch alone.
pub(crate) struct Batches {
    order: Vec<usize>,
    /// The seed and the epoch that the order is of.
    of: Option<(u32, usize)>,
    size: usize,
    usual: Batch,
    rest: Batch,
    classes: bool,
}

impl Batches {
    pub fn new(size: usize, data: &Data) -> Batches {
        let (rows, classes) = (data.train().rows.len(), !data.classes().is_empty());
        let inputs = data.train().inputs.len() / rows.max(1);
        let size = size.clamp(1, rows.max(1));
        Batches {
            order: (0..rows).collect(),
            of: None,
            size,
            usual: Batch::new(size, inputs, classes),
            rest: Batch::new(rows % size, inputs, classes),
            classes,
        }
    }

    /// Makes batches of another size, if they have another one.
    pub fn resize(&mut self, size: usize, data: &Data) {
        if size.clamp(1, self.order.len().max(1)) != self.size {
            *self = Batches::new(size, data);
        }
    }

    /// The batch that comes next at a place.
    pub fn next(&mut self, place: Place, seed: u32, data: &Data) -> &Batch {
        if self.of != Some((seed, place.epoch)) {
            shuffle(&mut self.order, seed, place.epoch);
            self.of = Some((seed, place.epoch));
        }
        let start = place.batch * self.size;
        let end = (start + self.size).min(self.order.len());
        let rows = self.order.get(start..end).unwrap_or_default();
        let batch = if rows.len() == self.size {
            &mut self.usual
        } else {
            &mut self.rest
        };
        batch.gather(data.train(), rows);
        batch
    }

    /// The same without these places: another one can look without disturbing the run.
    pub fn look(&self, place: Place, seed: u32, data: &Data) -> Batch {
        let mut order = self.order.clone();
        shuffle(&mut order, seed, place.epoch);
        let start = (place.batch * self.size).min(order.len());
        let end = (start + self.size).min(order.len());
        let rows = &order[start..end];
        let inputs = data.train().inputs.len() / order.len().max(1);
        let mut batch = Batch::new(rows.len(), inputs, self.classes);
        batch.gather(data.train(), rows);
        batch
    }
}

/// The order of the rows in an epoch, counted from 0.
fn shuffle(order: &mut [usize], seed: u32, epoch: usize) {
    order.iter_mut().enumerate().for_each(|(row, place)| *place = row);
    // The first weights have the seed itself, so epochs begin at 1 here.
    Rng::new(u64::from(seed) ^ ((epoch as u64 + 1) << 32)).shuffle(order);
}
