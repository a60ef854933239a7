//! Random configurations of a network, tried on the training rows with more and more epochs.

use chainrule::Rng;
use chainrule_table::Split;
use serde::{Deserialize, Serialize};

use crate::{
    error::{Error, Result},
    learned::Settings,
    network_fit::{self, Choices},
    options::NetworkOptions,
    parallel::side_by_side,
    prepared::Prepared,
    problem::Problem,
    progress::{Stage, Watch},
};

/// The most configurations of a search.
const MOST_TRIED: usize = 10_000;
/// In each round so many times fewer configurations get so many times more epochs.
const HALVING: usize = 3;
/// The streams of random numbers of a search, apart from those of trainings.
const STREAM: u64 = 0x5ea_ec4;

const WIDTHS: [usize; 5] = [8, 16, 32, 64, 128];
const ACTIVATIONS: [&str; 4] = ["tanh", "relu", "silu", "gelu"];

/// A configuration of a network that was tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tried {
    /// The configuration.
    pub network: NetworkOptions,
    /// For how many epochs it was trained at last.
    pub epochs: usize,
    /// Its smallest validation loss; none when training diverged.
    pub validation_loss: Option<f64>,
}

/// How many configurations get how many epochs, round by round.
fn rounds(count: usize, epochs: usize) -> Vec<(usize, usize)> {
    let mut rounds = vec![(count, epochs)];
    let mut left = count;
    while left > 1 {
        left = left.div_ceil(HALVING);
        rounds.push((left, epochs));
    }
    let last = rounds.len() - 1;
    for (round, (_, epochs)) in rounds.iter_mut().enumerate() {
        let shorter = HALVING.saturating_pow((last - round) as u32);
        *epochs = epochs.div_ceil(shorter);
    }
    rounds
}

/// How much work a search is, in rows times epochs.
pub(crate) fn work(options: &NetworkOptions, rows: usize) -> f64 {
    match options.search {
        0 => 0.0,
        count => rounds(count, options.epochs)
            .iter()
            .map(|(count, epochs)| (count * epochs * rows) as f64)
            .sum(),
    }
}

/// Refuses searches that never end.
pub(crate) fn check(options: &NetworkOptions) -> Result<()> {
    match options.search {
        0..=MOST_TRIED => Ok(()),
        count => Err(Error::request(format!(
            "a search of {count} configurations: choose at most {MOST_TRIED}"
        ))),
    }
}

/// The first configuration is as the options say; the others differ in widths, rate, nonlinearity, penalty and dropout.
fn drawn(options: &NetworkOptions, count: usize, rate: f64, rng: &mut Rng) -> Vec<NetworkOptions> {
    let mut all = vec![options.clone()];
    while all.len() < count {
        let widest = WIDTHS[rng.below(WIDTHS.len())];
        let layers = 1 + rng.below(3);
        let narrowing = rng.below(2);
        let hidden = (0..layers)
            .map(|layer| (widest >> (narrowing * layer)).max(WIDTHS[0]))
            .collect();
        // From a tenth to ten times the usual rate, each factor equally likely.
        let learning_rate = rate * 10f64.powf(rng.uniform(-1.0, 1.0));
        let (penalty, drops) = (rng.unit(), rng.unit());
        all.push(NetworkOptions {
            hidden,
            learning_rate: Some(learning_rate),
            activation: ACTIVATIONS[rng.below(ACTIVATIONS.len())].to_string(),
            l2: if penalty < 0.25 {
                0.0
            } else {
                10f64.powf(-6.0 + 4.0 * (penalty - 0.25) / 0.75)
            },
            dropout: if drops < 0.5 {
                0.0
            } else {
                0.05 + 0.45 * (drops - 0.5) / 0.5
            },
            ..options.clone()
        });
    }
    all
}

/// Tries configurations on the training rows, stops each by the validation rows, and goes on with the better ones.
///
/// A third of them goes on with three times the epochs, until one has them all: successive halving. Each training begins
/// anew with random numbers of its own, so nothing depends on threads. Source: Jamieson and Talwalkar, Non-stochastic Best
/// Arm Identification and Hyperparameter Optimization (2016).
pub(crate) fn search(problem: &Problem, settings: &Settings, split: &Split, watch: &Watch) -> Result<Vec<Tried>> {
    let options = &settings.options;
    let prepared = Prepared::new(problem, &split.train, options.balanced)?;
    let (train, validation) = (prepared.samples(&split.train), prepared.samples(&split.validation));
    let outputs = prepared.target.outputs();
    let rng = &mut Rng::new(options.seed ^ STREAM);
    let rate = options
        .network
        .learning_rate
        .unwrap_or(settings.choices.learning_rate());
    let configurations = drawn(&options.network, options.network.search, rate, rng);
    let streams: Vec<u64> = configurations.iter().map(|_| rng.bits()).collect();
    let mut tried: Vec<Tried> = configurations
        .into_iter()
        .map(|network| Tried {
            network,
            epochs: 0,
            validation_loss: None,
        })
        .collect();
    let mut alive: Vec<usize> = (0..tried.len()).collect();
    let mut first_error = None;
    let mut before = 0;
    for (count, epochs) in rounds(tried.len(), options.network.epochs) {
        alive.truncate(count);
        let results = side_by_side(alive.len(), |place| {
            let number = alive[place];
            let Tried {
                network, epochs: had, ..
            } = &tried[number];
            // Whoever ended before its epochs were over would do the same again.
            if watch.is_stopped() || before > 0 && *had < before {
                return Ok(None);
            }
            let watching = &mut watch.training(Stage::Search(number + 1), train.len(), epochs);
            let samples = (&train, &validation);
            let rng = &mut Rng::new(streams[number]);
            let course = network_fit::learn(network, &Choices::of(network)?, samples, outputs, rng, watching)?;
            Ok(Some(course.history))
        });
        for (&number, result) in alive.iter().zip(results) {
            match result {
                Ok(None) => {}
                Ok(Some(history)) => {
                    let losses = history.iter().map(|epoch| epoch.validation_loss);
                    tried[number].validation_loss = losses.min_by(f64::total_cmp);
                    tried[number].epochs = history.len();
                }
                Err(error) => {
                    first_error = first_error.or(Some(error));
                    tried[number].validation_loss = None;
                }
            }
        }
        let loss = |number: &usize| tried[*number].validation_loss.unwrap_or(f64::INFINITY);
        alive.sort_by(|a, b| loss(a).total_cmp(&loss(b)).then(a.cmp(b)));
        before = epochs;
        if watch.is_stopped() {
            break;
        }
    }
    // The best of the last round first, then all others by their losses.
    let rank = |number: &usize| alive.iter().position(|alive| alive == number).unwrap_or(usize::MAX);
    let mut order: Vec<usize> = (0..tried.len()).collect();
    order.sort_by(|a, b| {
        let loss = |number: usize| tried[number].validation_loss.unwrap_or(f64::INFINITY);
        let by_epochs = tried[*b].epochs.cmp(&tried[*a].epochs);
        rank(a)
            .cmp(&rank(b))
            .then(by_epochs)
            .then(loss(*a).total_cmp(&loss(*b)))
            .then(a.cmp(b))
    });
    let ranked: Vec<Tried> = order.into_iter().map(|number| tried[number].clone()).collect();
    match (
        ranked.first().is_some_and(|best| best.validation_loss.is_some()),
        first_error,
    ) {
        (false, Some(error)) => Err(error),
        _ => Ok(ranked),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fewer_configurations_get_more_epochs() {
        assert_eq!(rounds(9, 500), [(9, 56), (3, 167), (1, 500)]);
        assert_eq!(rounds(20, 500), [(20, 19), (7, 56), (3, 167), (1, 500)]);
        assert_eq!(rounds(1, 7), [(1, 7)]);
        assert_eq!(rounds(5, 1), [(5, 1), (2, 1), (1, 1)]);
    }

    #[test]
    fn every_configuration_can_be_trained_and_the_first_is_the_one_asked_for() {
        let options = NetworkOptions::default();
        let all = drawn(&options, 300, 0.003, &mut Rng::new(1));
        assert_eq!(all[0], options);
        for network in &all {
            Choices::of(network).unwrap();
            let rate = network.learning_rate.unwrap_or(0.003);
            assert!((0.0003..=0.03).contains(&rate), "{rate}");
        }
        let some = |which: fn(&NetworkOptions) -> bool| all.iter().filter(|network| which(network)).count();
        assert!(some(|network| network.dropout == 0.0) > 100 && some(|network| network.dropout > 0.0) > 100);
        assert!(some(|network| network.l2 == 0.0) > 40 && some(|network| network.hidden.len() == 3) > 50);
    }
}
