//! The training loop: mini-batches, early stopping on the validation rows, and what holds weights back.

use chainrule::{
    Linear, Mlp, Op, Rng, Shape, Step, Var, View,
    loss::{l1_penalty, l2_penalty},
    ops::{Axes, CrossEntropy, Mean, Square, Sub},
    optim::{Optimizer, Schedule},
};
use serde::{Deserialize, Serialize};

use crate::{
    error::{Error, Result},
    options::NetworkOptions,
    progress::Watching,
    samples::{Answer, Samples},
    standing::{Stage, Standing, set_weights, weights},
};

/// Where training stands after an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Epoch {
    /// Its number, from 1.
    pub number: usize,
    /// The mean loss over its batches, while the weights were moving, with dropout and penalties if there are any.
    pub train_loss: f64,
    /// The mean loss over the validation rows after it.
    pub validation_loss: f64,
    /// The epoch with the smallest validation loss so far.
    pub best: usize,
}

/// How many rows the loss is averaged over at once.
const ROWS_AT_ONCE: usize = 4096;

/// Measures a network's loss on some rows again and again: without a graph, and asking for memory only once.
struct Measure<'a> {
    samples: &'a Samples,
    /// The answers as the loss takes them.
    y: Vec<f64>,
    /// How many numbers the answer of a row has.
    per_row: usize,
    /// Of some rows: what the network gives, and two numbers for each answer.
    output: Vec<f64>,
    each: [Vec<f64>; 2],
    mean: Mean,
}

impl Measure<'_> {
    fn new(samples: &Samples, outputs: usize) -> Measure<'_> {
        let rows = samples.len().min(ROWS_AT_ONCE);
        let (per_row, y) = match &samples.answer {
            Answer::Numbers { targets, data } => (*targets, data.clone()),
            Answer::Classes(classes) => (1, classes.iter().map(|&class| class as f64).collect()),
        };
        Measure {
            samples,
            y,
            per_row,
            output: vec![0.0; rows * outputs],
            each: [vec![0.0; rows * per_row], vec![0.0; rows * per_row]],
            mean: Mean { axes: Axes::ALL },
        }
    }

    /// The mean over all rows of the loss that [`Samples::loss`] has.
    fn mean_loss(&mut self, network: &Mlp) -> Result<f64> {
        let (inputs, per_row) = (self.samples.inputs.max(1), self.per_row);
        let outputs = self.output.len() * per_row / self.each[0].len().max(1);
        let (mut sum, mut measured) = (0.0, 0);
        for (x, y) in self
            .samples
            .data
            .chunks(ROWS_AT_ONCE * inputs)
            .zip(self.y.chunks(ROWS_AT_ONCE * per_row))
        {
            let rows = y.len() / per_row;
            let output = &mut self.output[..rows * outputs];
            network.predict_into(x, output)?;
            let [each, differences] = self.each.each_mut().map(|room| &mut room[..y.len()]);
            let shape = match &self.samples.answer {
                Answer::Classes(_) => {
                    let (shape, one_per_row) = (Shape::from([rows, outputs]), Shape::from([rows]));
                    let (logits, classes) = (
                        View { data: output, shape },
                        View {
                            data: y,
                            shape: one_per_row,
                        },
                    );
                    CrossEntropy::default().eval(&[logits, classes], each);
                    one_per_row
                }
                Answer::Numbers { .. } => {
                    let shape = Shape::from([rows, per_row]);
                    Sub.eval(&[View { data: output, shape }, View { data: y, shape }], differences);
                    Square.eval(
                        &[View {
                            data: differences,
                            shape,
                        }],
                        each,
                    );
                    shape
                }
            };
            if let Some(weights) = &self.samples.weights {
                let weights = weights.iter().skip(measured);
                let of_row = each.chunks_exact_mut(per_row).zip(weights);
                of_row.for_each(|(each, weight)| each.iter_mut().for_each(|each| *each *= weight));
            }
            measured += rows;
            let mut mean = [0.0];
            self.mean.eval(&[View { data: each, shape }], &mut mean);
            sum += mean[0] * rows as f64;
        }
        Ok(sum / self.samples.len() as f64)
    }
}

/// The outputs of a network whose hidden neurons are multiplied by a mask, layer after layer.
fn forward_with_mask<'g>(network: &Mlp, x: Var<'g>, mask: Var<'g>) -> Var<'g> {
    let (mut x, mut start, hidden) = (x, 0, network.layers.len() - 1);
    for (place, (layer, activation)) in network.layers.iter().zip(&network.activations).enumerate() {
        x = activation.forward(layer.forward(x));
        if place < hidden {
            let end = start + layer.outputs();
            x *= mask.slice(1, start..end);
            start = end;
        }
    }
    x
}

/// How to train.
pub(crate) struct Training<'o> {
    pub options: &'o NetworkOptions,
    pub optimizer: Box<dyn Optimizer<f64>>,
    pub schedule: Box<dyn Schedule>,
    pub batch_size: usize,
}

/// How a training went.
pub(crate) struct Course {
    pub network: Mlp,
    pub history: Vec<Epoch>,
    /// The epoch in which the losses ceased to be numbers, if they did.
    pub diverged: Option<usize>,
}

/// Trains a network and gives it back with the weights of the best epoch by validation loss; says every epoch's losses.
///
/// Whoever watches may stop the training; what has been reached stays. A training that was put aside goes on where it
/// stood, to the same bits: `network` and `rng` are then as they were when it began.
pub(crate) fn train(
    mut network: Mlp,
    training: Training,
    (train, validation): (&Samples, &Samples),
    rng: &mut Rng,
    watching: &mut Watching,
) -> Result<Course> {
    let Training {
        options,
        mut optimizer,
        mut schedule,
        batch_size,
    } = training;
    let &NetworkOptions { l1, l2, dropout, .. } = options;
    let (mut history, mut diverged): (Vec<Epoch>, _) = (vec![], None);
    let mut best_loss = f64::INFINITY;
    let mut best_weights = weights(&network);
    let mut order: Vec<usize> = (0..train.len()).collect();
    // How much of an epoch was done before the training was put aside.
    let mut begun = None;
    let (parameters, keeps) = (best_weights.len(), watching.keeps_weights());
    if let Some(standing) = watching.begin(|standing| standing.fits(parameters, train.len(), keeps)) {
        history = standing.history;
        *rng = Rng::from_state(standing.rng);
        match standing.stage {
            Stage::Finished { diverged } => {
                set_weights(&mut network, &standing.best);
                return Ok(Course {
                    network,
                    history,
                    diverged,
                });
            }
            Stage::Running {
                weights,
                memory,
                order: rows,
                inside,
            } => {
                set_weights(&mut network, &weights);
                optimizer.remember(memory);
                (best_weights, order, begun) = (standing.best, rows, inside);
            }
        }
        let best = history.last().and_then(|last| history.get(last.best - 1));
        best_loss = best.map_or(f64::INFINITY, |best| best.validation_loss);
    }
    let outputs = network.layers.last().map_or(0, Linear::outputs);
    let mut measure = Measure::new(validation, outputs);
    // Two batches: the usual one, and the rest at the end of an epoch.
    let size = batch_size.min(train.len());
    let masked = if dropout > 0.0 { options.hidden.iter().sum() } else { 0 };
    let (mut usual, mut rest) = (train.room(size, masked), train.room(train.len() % size.max(1), masked));
    let learning_rate = optimizer.learning_rate();
    let mut step = Step::new(&mut network, optimizer, |network: &Mlp, [x, y, weights, mask]| {
        let output = match masked {
            0 => network.forward(x),
            _ => forward_with_mask(network, x, mask),
        };
        let mut loss = train.loss(output, y, weights);
        if l1 > 0.0 {
            loss += l1_penalty(x.graph(), network) * l1;
        }
        if l2 > 0.0 {
            loss += l2_penalty(x.graph(), network) * l2;
        }
        loss
    });
    if let Some(most) = options.clip {
        step = step.clip_norm(most);
    }
    let before = history.len();
    for number in 1..=options.epochs.min(watching.most_epochs()) {
        let last_loss = match number {
            1 => f64::INFINITY,
            _ => history[number - 2].validation_loss,
        };
        // Schedules remember what they have seen: they see it again.
        let factor = schedule.factor(number - 1, last_loss);
        if number <= before {
            continue;
        }
        step.optimizer().set_learning_rate(learning_rate * factor);
        let (done, mut sum) = match begun.take() {
            Some(begun) => begun,
            None => {
                rng.shuffle(&mut order);
                (0, 0.0)
            }
        };
        for (place, rows) in order.chunks(batch_size).enumerate().skip(done) {
            let batch = if rows.len() == size { &mut usual } else { &mut rest };
            train.gather(rows, batch);
            if masked > 0 {
                batch.draw_mask(dropout, rng);
            }
            sum += step.run([&batch.x, &batch.y, &batch.weights, &batch.mask])? * rows.len() as f64;
            if watching.is_due() {
                let inside = Some((place + 1, sum));
                watching.put_aside(running(&mut step, &history, &best_weights, &order, rng, inside));
            }
        }
        let mut epoch = Epoch {
            number,
            train_loss: sum / train.len() as f64,
            validation_loss: measure.mean_loss(step.module())?,
            best: history.last().map_or(number, |last| last.best),
        };
        if !epoch.train_loss.is_finite() || !epoch.validation_loss.is_finite() {
            if best_loss.is_finite() {
                diverged = Some(number); // the weights of the best epoch are still sound
                break;
            }
            return Err(Error::data(format!(
                "training diverged in epoch {number}: the training loss is {} and the validation loss {}; try a smaller \
                 --learning-rate than {}",
                epoch.train_loss,
                epoch.validation_loss,
                step.optimizer().learning_rate()
            )));
        }
        if epoch.validation_loss < best_loss {
            best_loss = epoch.validation_loss;
            best_weights = weights(step.module());
            epoch.best = number;
        }
        history.push(epoch);
        let stopped = watching.tell(&epoch).is_break();
        if number - epoch.best >= options.patience {
            break;
        }
        if stopped && number < options.epochs.min(watching.most_epochs()) {
            watching.end(|| running(&mut step, &history, &best_weights, &order, rng, None));
            drop(step);
            set_weights(&mut network, &best_weights);
            return Ok(Course {
                network,
                history,
                diverged,
            });
        }
    }
    drop(step);
    set_weights(&mut network, &best_weights);
    watching.end(|| Standing {
        history: history.clone(),
        best: if watching.keeps_weights() { best_weights } else { vec![] },
        rng: rng.state(),
        stage: Stage::Finished { diverged },
    });
    Ok(Course {
        network,
        history,
        diverged,
    })
}

/// Where a training stands that goes on.
fn running<L>(
    step: &mut Step<Mlp, Box<dyn Optimizer<f64>>, L, 4>,
    history: &[Epoch],
    best: &[f64],
    order: &[usize],
    rng: &Rng,
    inside: Option<(usize, f64)>,
) -> Standing
where
    L: for<'g> Fn(&Mlp, [Var<'g>; 4]) -> Var<'g>,
{
    Standing {
        history: history.to_vec(),
        best: best.to_vec(),
        rng: rng.state(),
        stage: Stage::Running {
            weights: weights(step.module()),
            memory: step.optimizer().memory().to_vec(),
            order: order.to_vec(),
            inside,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chainrule::{Graph, ops::Tanh};

    /// The mean loss as a graph computes it, a few thousand rows at a time.
    fn by_graph(samples: &Samples, network: &Mlp) -> f64 {
        let all: Vec<usize> = (0..samples.len()).collect();
        let mut sum = 0.0;
        for rows in all.chunks(4096) {
            let mut batch = samples.room(rows.len(), 0);
            samples.gather(rows, &mut batch);
            let graph = Graph::new();
            let output = network.forward(graph.constant(&batch.x));
            let loss = samples.loss(output, graph.constant(&batch.y), graph.constant(&batch.weights));
            sum += loss.item().unwrap() * rows.len() as f64;
        }
        sum / samples.len() as f64
    }

    #[test]
    fn the_loss_is_what_a_graph_gives_to_the_bit() {
        let rng = &mut Rng::new(0);
        for rows in [1, 300, 4096, 9000] {
            let numbers = |targets: usize| Answer::Numbers {
                targets,
                data: (0..rows * targets).map(|i| (i % 7) as f64 - 3.3).collect(),
            };
            let classes = (0..rows).map(|i| i * i % 3).collect();
            for (answer, outputs) in [(numbers(1), 1), (numbers(2), 2), (Answer::Classes(classes), 3)] {
                let data = (0..rows * 2).map(|_| rng.uniform(-2.0, 2.0)).collect();
                let weights = (rows > 300).then(|| (0..rows).map(|_| rng.uniform(0.0, 2.0)).collect());
                let samples = Samples {
                    rows,
                    inputs: 2,
                    data,
                    answer,
                    weights,
                    mean_weight: 1.0,
                };
                let mut measure = Measure::new(&samples, outputs);
                for _ in 0..2 {
                    let network = Mlp::new(&[2, 5, outputs], Tanh, rng).unwrap();
                    let loss = measure.mean_loss(&network).unwrap();
                    assert_eq!(loss.to_bits(), by_graph(&samples, &network).to_bits());
                }
            }
        }
    }
}
