//! Exercises in which a network is fitted: the answer is how, the verdict is what came out.

use chainrule::{
    Graph, Mlp, Rng, Tensor,
    expression::Expression,
    loss::mse,
    nn::{Activation, activations},
    optim::{Optimizer, Sgd},
};
use chainrule_numpy::{RandomState, Size, linspace, train_test_split};
use chainrule_picture::number::brief;
use serde::Deserialize;

use super::{
    answer,
    verdict::{Diagnosis, PartVerdict, Verdict},
};
use crate::error::{Error, Result};

/// The most neurons, epochs, and neurons times epochs that are tried.
const MOST_HIDDEN: usize = 128;
const MOST_EPOCHS: usize = 20_000;
const MOST_WORK: usize = 400_000;

/// A function to be fitted by one hidden layer, by full-batch gradient descent on the mean of squared errors.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fit {
    /// The function, of x.
    formula: String,
    /// The points: numpy's `linspace(from, to, count)`.
    from: f64,
    to: f64,
    count: usize,
    /// The share of the points to test on, split as scikit-learn does with this random state.
    test: f64,
    random_state: u32,
    /// The seed of the weights.
    seed: u64,
    /// The root of the mean squared error on the test points has to be below this.
    below: f64,
}

/// How to fit: what the answer says.
#[derive(Clone, Debug, PartialEq)]
struct Settings {
    hidden: usize,
    rate: f64,
    epochs: usize,
    activation: String,
}

/// What came out.
#[derive(Clone, Copy, Debug)]
struct Outcome {
    first_loss: f64,
    last_loss: f64,
    /// The epoch in which the loss was no number any more.
    broke: Option<usize>,
    test_error: f64,
}

/// Points and their values, `[rows, 1]` each.
struct Rows {
    x: Tensor,
    y: Tensor,
}

impl Fit {
    /// Refuses numbers that make no exercise.
    pub fn valid(self) -> Result<Fit> {
        if self.count > 1000 || !self.below.is_finite() || self.below <= 0.0 {
            return Err(Error::request(format!(
                "[fit] has {} points and passes below {}; give at most 1000 points and a number above 0",
                self.count, self.below
            )));
        }
        self.rows()?;
        Ok(self)
    }

    /// The rows to learn from and those to test on.
    fn rows(&self) -> Result<(Rows, Rows)> {
        let formula = Expression::parse(&self.formula)?;
        if formula.names() != ["x"] {
            return Err(Error::request(format!(
                "`{}` must be a formula of x alone",
                self.formula
            )));
        }
        let x = linspace(self.from, self.to, self.count)?;
        let g = Graph::new();
        let y = formula.record(&g, &[g.constant(&x)])?.value()?;
        if let Some(bad) = y.data().iter().position(|y| !y.is_finite()) {
            return Err(Error::request(format!(
                "`{}` is no finite number at x = {}",
                self.formula, x[bad]
            )));
        }
        let mut random = RandomState::new(self.random_state);
        let split = train_test_split(self.count, Some(Size::Fraction(self.test)), None, &mut random)?;
        let pick = |numbers: &[f64], rows: &[usize]| {
            Tensor::new(
                rows.iter().map(|&row| numbers[row]).collect::<Vec<_>>(),
                [rows.len(), 1],
            )
        };
        let rows = |rows: &[usize]| {
            Ok::<_, Error>(Rows {
                x: pick(&x, rows)?,
                y: pick(y.data(), rows)?,
            })
        };
        Ok((rows(&split.train)?, rows(&split.test)?))
    }

    /// Trains a network; a trial ends as soon as it is good enough.
    fn train(&self, settings: &Settings, trial: bool) -> Result<Outcome> {
        let (train, test) = self.rows()?;
        let activation = Activation::named(&settings.activation)?;
        let mut net = Mlp::new(&[1, settings.hidden, 1], activation, &mut Rng::new(self.seed))?;
        let mut descent = Sgd::new(settings.rate);
        let (mut first_loss, mut last_loss, mut broke) = (f64::NAN, f64::NAN, None);
        let mut g = Graph::new();
        let test_error = |net: &Mlp| -> Result<f64> {
            let g = Graph::new();
            let loss: f64 = mse(net.forward(g.constant(&test.x)), g.constant(&test.y)).item()?;
            Ok(loss.sqrt())
        };
        for epoch in 0..settings.epochs {
            g.clear();
            let loss = mse(net.forward(g.constant(&train.x)), g.constant(&train.y));
            last_loss = loss.item()?;
            if epoch == 0 {
                first_loss = last_loss;
            }
            if !last_loss.is_finite() || last_loss > 1e6 * first_loss.max(1.0) {
                broke = Some(epoch);
                break;
            }
            descent.step(&mut net, &loss.backward()?);
            if trial && epoch % 50 == 49 && test_error(&net)? < self.below {
                break;
            }
        }
        Ok(Outcome {
            first_loss,
            last_loss,
            broke,
            test_error: test_error(&net)?,
        })
    }

    /// Trains as the answer says, and where that is not good enough, tries what would have been.
    pub fn check(&self, answer: &str) -> Result<Verdict> {
        answer::readable(answer)?;
        let settings = Settings::parse(answer)?;
        let outcome = self.train(&settings, false)?;
        let passed = outcome.test_error < self.below;
        let diagnosis = if passed {
            None
        } else {
            Some(self.diagnose(&settings, &outcome)?)
        };
        let part = PartVerdict {
            name: "fit".to_string(),
            answer: settings.to_string(),
            passed,
            diagnosis: diagnosis.clone(),
        };
        let checked = format!(
            "Trained: the loss went from {} to {}, the error on the test points is {}; it has to be below {}.",
            brief(outcome.first_loss),
            brief(outcome.last_loss),
            brief(outcome.test_error),
            brief(self.below)
        );
        Ok(Verdict::new(vec![part], diagnosis, checked))
    }

    /// What was wrong: the one number that, when it is changed alone, makes the fit good enough, or at least the best.
    fn diagnose(&self, settings: &Settings, outcome: &Outcome) -> Result<Diagnosis> {
        let told = |name: &str, because: String| Diagnosis {
            name: name.to_string(),
            because,
            counter_example: None,
        };
        if let Some(epoch) = outcome.broke {
            let because = format!("the loss grew without bound until epoch {epoch}; every step jumps over the valley");
            return Ok(told("rate too large", because));
        }
        if settings.activation == "identity" {
            let because = "without a nonlinearity any number of layers is a straight line, which cannot bend";
            return Ok(told("no nonlinearity", because.to_string()));
        }
        let hidden = (2 * settings.hidden).clamp(8, MOST_HIDDEN);
        let most_epochs = (MOST_EPOCHS / 2).min(MOST_WORK / settings.hidden.max(1));
        let longer = |times: usize| Settings {
            epochs: (times * settings.epochs).min(most_epochs),
            ..settings.clone()
        };
        let faster = |times: f64| Settings {
            rate: times * settings.rate,
            ..settings.clone()
        };
        let trials = [
            (
                "too few neurons",
                Settings {
                    hidden,
                    ..settings.clone()
                },
            ),
            ("rate too large", faster(0.1)),
            ("rate too large", faster(0.01)),
            ("rate too small", faster(10.0)),
            ("rate too small", faster(100.0)),
            ("rate too small", faster(1000.0)),
            ("too few epochs", longer(10)),
            ("too few epochs", longer(100)),
        ];
        let mut best: Option<(&str, Settings, f64)> = None;
        for (name, trial) in trials {
            let error = self.train(&trial, true)?.test_error;
            if trial != *settings && error.is_finite() && best.as_ref().is_none_or(|(.., least)| error < *least) {
                best = Some((name, trial, error));
            }
            if error < self.below {
                break;
            }
        }
        Ok(match best {
            // A trial ends as soon as it is good enough, so that its error says no more than that.
            Some((name, trial, error)) if error < self.below => told(
                name,
                format!("with {trial} the error would be below {}", brief(self.below)),
            ),
            Some((name, trial, error)) if error < outcome.test_error => {
                let error = brief(error);
                told(
                    name,
                    format!("with {trial} the error would be {error}, which is better but not enough"),
                )
            }
            _ => told(
                "differs",
                "neither more neurons, nor more epochs, nor another rate alone helps".to_string(),
            ),
        })
    }
}

impl Settings {
    /// Reads `hidden=8, rate=0.01, epochs=2000`.
    fn parse(answer: &str) -> Result<Settings> {
        const NAMES: [&str; 4] = ["hidden", "rate", "epochs", "activation"];
        let mut given: [Option<&str>; 4] = [None; 4];
        let close_by = answer
            .replace(':', "=")
            .split('=')
            .map(str::trim)
            .collect::<Vec<_>>()
            .join("=");
        let between = |c: char| matches!(c, ',' | ';') || c.is_whitespace();
        for piece in close_by.split(between).filter(|piece| !piece.is_empty()) {
            let Some((name, value)) = piece.split_once('=') else {
                return Err(Error::request(format!(
                    "`{piece}` is no setting; write hidden=4, rate=0.1, epochs=100"
                )));
            };
            let name = name.trim();
            let place = NAMES.iter().position(|known| *known == name);
            let place = place.ok_or_else(|| crate::names::unknown("setting", name, NAMES.into_iter()))?;
            if given[place].replace(value.trim()).is_some() {
                return Err(Error::request(format!("{name} is given twice")));
            }
        }
        let [hidden, rate, epochs, activation] = given;
        let (hidden, epochs) = (
            whole("hidden", hidden, MOST_HIDDEN)?,
            whole("epochs", epochs, MOST_EPOCHS)?,
        );
        if hidden * epochs > MOST_WORK {
            return Err(Error::request(format!(
                "hidden × epochs is {}, more than {MOST_WORK}; fewer neurons or fewer epochs will do",
                hidden * epochs
            )));
        }
        let text = rate.ok_or_else(|| Error::request("rate is missing; write it as rate=0.1"))?;
        let rate = match text.parse::<f64>() {
            Ok(rate) if rate > 0.0 && rate <= 1e3 => rate,
            _ => {
                return Err(Error::request(format!(
                    "rate={text} is no learning rate; give a number above 0, at most 1000"
                )));
            }
        };
        let activation = activation.unwrap_or("tanh");
        let known = activations();
        if !known.contains(&activation) {
            return Err(crate::names::unknown("activation", activation, known.into_iter()));
        }
        Ok(Settings {
            hidden,
            rate,
            epochs,
            activation: activation.to_string(),
        })
    }
}

fn whole(name: &str, text: Option<&str>, most: usize) -> Result<usize> {
    let text = text.ok_or_else(|| Error::request(format!("{name} is missing; write it as {name}=10")))?;
    match text.parse::<usize>() {
        Ok(number) if (1..=most).contains(&number) => Ok(number),
        _ => Err(Error::request(format!(
            "{name}={text} cannot be tried; give a whole number from 1 to {most}"
        ))),
    }
}

impl std::fmt::Display for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Settings {
            hidden,
            rate,
            epochs,
            activation,
        } = self;
        write!(
            f,
            "hidden={hidden}, rate={}, epochs={epochs}, activation={activation}",
            brief(*rate)
        )
    }
}
