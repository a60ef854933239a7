//! Networks of a table: from options to a trained network.

use chainrule::{
    Mlp, Rng,
    nn::Activation,
    optim::{
        Choice, Schedule, optimizers,
        schedule::{Constant, Cosine, Exponential, ReduceOnPlateau, StepDecay},
    },
};

use crate::{
    error::{Error, Result},
    options::{NetworkOptions, ScheduleName},
    progress::Watching,
    samples::Samples,
    train::{Course, Training, train},
};

/// More training rows than this, and a batch is larger by default.
const MANY_ROWS: usize = 10_000;
/// The widest hidden layer, and the most of them: enough for any table, too few to exhaust memory by a typing error.
const WIDEST: usize = 65_536;
const MOST_LAYERS: usize = 64;
const MOST_PARAMETERS: usize = 100_000_000;

/// The nonlinearity and the optimizer of a network, once every number among its options was looked at.
#[derive(Clone)]
pub(crate) struct Choices {
    activation: Activation,
    optimizer: Choice,
}

impl Choices {
    /// Refuses what cannot be.
    pub(crate) fn of(options: &NetworkOptions) -> Result<Choices> {
        let bad = |message: String| Err(Error::request(message));
        if let Some(width) = options.hidden.iter().find(|width| !(1..=WIDEST).contains(*width)) {
            return bad(format!(
                "a hidden layer of width {width}: choose between 1 and {WIDEST}"
            ));
        }
        if options.hidden.len() > MOST_LAYERS {
            return bad(format!(
                "{} hidden layers: choose at most {MOST_LAYERS}",
                options.hidden.len()
            ));
        }
        if let Some(rate) = options.learning_rate.filter(|rate| !rate.is_finite() || *rate <= 0.0) {
            return bad(format!(
                "a learning rate of {rate}: choose a number above 0, such as 0.01"
            ));
        }
        if options.batch_size == Some(0) {
            return bad("a batch of 0 rows: choose at least 1".to_string());
        }
        if options.epochs == 0 {
            return bad("0 epochs: choose at least 1".to_string());
        }
        if options.patience == 0 {
            return bad("a patience of 0 epochs: choose at least 1".to_string());
        }
        for (name, penalty) in [("L1", options.l1), ("L2", options.l2)] {
            if !(penalty.is_finite() && penalty >= 0.0) {
                return bad(format!(
                    "an {name} penalty of {penalty}: choose 0 for none, or a number above 0, such as 0.001"
                ));
            }
        }
        if !(0.0..1.0).contains(&options.dropout) {
            return bad(format!(
                "a dropout of {}: choose a share from 0 to below 1, such as 0.2",
                options.dropout
            ));
        }
        if options.dropout > 0.0 && options.hidden.is_empty() {
            return bad("dropout without hidden layers drops nothing; leave it out, or choose --hidden 64".to_string());
        }
        if let Some(most) = options.clip.filter(|most| !most.is_finite() || *most <= 0.0) {
            return bad(format!(
                "gradients clipped to a norm of {most}: choose a number above 0, such as 1"
            ));
        }
        let activation = Activation::named(&options.activation).map_err(|error| Error::request(error.to_string()))?;
        let all = optimizers::<f64>();
        let names = all.iter().map(|choice| choice.name).collect::<Vec<_>>().join(", ");
        match all.into_iter().find(|choice| choice.name == options.optimizer) {
            Some(optimizer) => Ok(Choices { activation, optimizer }),
            None => bad(format!(
                "there is no optimizer \"{}\"; choose one of {names}",
                options.optimizer
            )),
        }
    }

    /// The optimizer's usual learning rate.
    pub(crate) fn learning_rate(&self) -> f64 {
        self.optimizer.learning_rate
    }

    /// The options with what was left to be decided filled in, for so many training rows.
    pub(crate) fn settle(&self, options: &NetworkOptions, rows: usize) -> NetworkOptions {
        NetworkOptions {
            batch_size: Some(options.batch_size.unwrap_or(if rows > MANY_ROWS { 256 } else { 32 })),
            learning_rate: Some(options.learning_rate.unwrap_or(self.optimizer.learning_rate)),
            ..options.clone()
        }
    }
}

/// Trains a network on some samples until others say stop.
pub(crate) fn learn(
    options: &NetworkOptions,
    choices: &Choices,
    samples: (&Samples, &Samples),
    outputs: usize,
    rng: &mut Rng,
    watching: &mut Watching,
) -> Result<Course> {
    let (inputs, hidden) = (samples.0.inputs, options.hidden.iter().copied());
    let widths: Vec<usize> = [inputs].into_iter().chain(hidden).chain([outputs]).collect();
    let network = build(&widths, choices.activation.clone(), rng)?;
    let settled = choices.settle(options, samples.0.len());
    let training = Training {
        options,
        optimizer: (choices.optimizer.new)(settled.learning_rate.unwrap_or(choices.optimizer.learning_rate)),
        schedule: schedule(options),
        batch_size: settled.batch_size.unwrap_or(1),
    };
    train(network, training, samples, rng, watching)
}

fn schedule(options: &NetworkOptions) -> Box<dyn Schedule> {
    let epochs = options.epochs;
    match options.schedule {
        ScheduleName::Constant => Box::new(Constant),
        ScheduleName::Cosine => Box::new(Cosine { epochs, end: 0.0 }),
        ScheduleName::Exponential => Box::new(Exponential {
            factor: 0.01f64.powf(1.0 / epochs as f64),
        }),
        ScheduleName::Step => Box::new(StepDecay {
            every: epochs.div_ceil(5),
            factor: 0.5,
        }),
        ScheduleName::Plateau => Box::new(ReduceOnPlateau::new(0.5, options.patience / 5)),
    }
}

/// A network of these widths, unless no memory would hold it.
fn build(widths: &[usize], activation: Activation, rng: &mut Rng) -> Result<Mlp> {
    let parameters = Mlp::<f64>::count_parameters(widths);
    if parameters.is_none_or(|parameters| parameters > MOST_PARAMETERS) {
        return Err(Error::request(format!(
            "a network of widths {widths:?} would have {} parameters, more than {MOST_PARAMETERS}; choose smaller --hidden",
            parameters.map_or("too many".to_string(), |parameters| parameters.to_string())
        )));
    }
    Ok(Mlp::new(widths, activation, rng)?)
}
