//! Everything that can be chosen, in one table: a page, an address and a person who types read the same rows.

use chainrule::{nn::activations, optim::optimizers};
use chainrule_learn::DATASETS;

use crate::setup::Setup;

/// Something that can be chosen before a training.
#[derive(Debug)]
pub struct Choice {
    /// What it is called, in addresses too.
    pub name: &'static str,
    /// What it is, in one sentence.
    pub doc: &'static str,
    /// What it may be.
    pub kind: Kind,
    /// Whether a run can go on when it is changed in its midst; otherwise another run begins.
    pub while_running: bool,
    pub(crate) get: fn(&Setup) -> String,
    pub(crate) put: fn(&mut Setup, &str) -> Result<(), String>,
}

/// What a choice may be.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A number in a range, both ends included; or this word, which leaves it open.
    Number {
        /// The smallest.
        least: f64,
        /// The largest.
        most: f64,
        /// Whether it has no fraction.
        whole: bool,
        /// The word that leaves it open, if there is one.
        or: Option<&'static str>,
    },
    /// One of some words.
    OneOf(fn() -> Vec<&'static str>),
    /// Any text, of at most so many bytes.
    Text {
        /// The most bytes.
        longest: usize,
    },
}

/// The widest hidden layer.
pub const WIDEST: usize = 256;
/// The most hidden layers.
pub const MOST_LAYERS: usize = 12;
/// The most weights and biases of a network.
pub const MOST_PARAMETERS: usize = 200_000;
/// The most rows of toy data.
pub const MOST_ROWS: usize = 10_000;

/// The word for data that somebody brings.
pub const OWN: &str = "own";

fn datasets() -> Vec<&'static str> {
    // Four rows are too few to divide.
    let named = DATASETS
        .iter()
        .map(|dataset| dataset.name)
        .filter(|name| *name != "people");
    named.chain([OWN]).collect()
}

fn optimizer_names() -> Vec<&'static str> {
    optimizers::<f64>().iter().map(|choice| choice.name).collect()
}

const fn whole(least: usize, most: usize) -> Kind {
    Kind::Number {
        least: least as f64,
        most: most as f64,
        whole: true,
        or: None,
    }
}

const fn number(least: f64, most: f64) -> Kind {
    Kind::Number {
        least,
        most,
        whole: false,
        or: None,
    }
}

/// Parses what was checked already.
fn read<T: std::str::FromStr>(place: &mut T, text: &str) -> Result<(), String> {
    *place = text.parse().map_err(|_| format!("{text} is no number"))?;
    Ok(())
}

/// The same for what may be left open by a word.
fn read_or<T: std::str::FromStr>(place: &mut Option<T>, text: &str, word: &str) -> Result<(), String> {
    if text == word {
        *place = None;
        return Ok(());
    }
    *place = Some(text.parse().map_err(|_| format!("{text} is no number"))?);
    Ok(())
}

fn write(place: &mut String, text: &str) -> Result<(), String> {
    *place = text.to_string();
    Ok(())
}

fn shown<T: ToString>(value: &Option<T>, word: &str) -> String {
    value.as_ref().map_or(word.to_string(), ToString::to_string)
}

/// Everything that can be chosen.
pub const CHOICES: &[Choice] = &[
    Choice {
        name: "data",
        doc: "The table to learn from: one of those that come with the program, toy data made anew, or your own.",
        kind: Kind::OneOf(datasets),
        while_running: false,
        get: |s| s.data.clone(),
        put: |s, text| write(&mut s.data, text),
    },
    Choice {
        name: "rows",
        doc: "How many points of toy data are made; real tables have the rows they have.",
        kind: whole(10, MOST_ROWS),
        while_running: false,
        get: |s| s.rows.to_string(),
        put: |s, text| read(&mut s.rows, text),
    },
    Choice {
        name: "noise",
        doc: "How far toy data strays from its rule: the standard deviation of the noise. usual is 0.2 for moons, 0.1 for \
              circles, and what the data itself has for all others.",
        kind: Kind::Number {
            least: 0.0,
            most: 100.0,
            whole: false,
            or: Some("usual"),
        },
        while_running: false,
        get: |s| shown(&s.noise, "usual"),
        put: |s, text| read_or(&mut s.noise, text, "usual"),
    },
    Choice {
        name: "data_seed",
        doc: "The seed of toy data; the same seed gives the same points, those of scikit-learn where it has the data.",
        kind: whole(0, u32::MAX as usize),
        while_running: false,
        get: |s| s.data_seed.to_string(),
        put: |s, text| read(&mut s.data_seed, text),
    },
    Choice {
        name: "target",
        doc: "The column to predict; empty for the one that the data is known for, or the last one of your own table.",
        kind: Kind::Text { longest: 1000 },
        while_running: false,
        get: |s| s.target.clone(),
        put: |s, text| write(&mut s.target, text),
    },
    Choice {
        name: "task",
        doc: "Whether the target is a number to predict or one of some classes; auto decides by the column.",
        kind: Kind::OneOf(|| vec!["auto", "regression", "classification"]),
        while_running: false,
        get: |s| s.task.clone(),
        put: |s, text| write(&mut s.task, text),
    },
    Choice {
        name: "inputs",
        doc: "The columns to learn from, separated by commas; empty for all. Made from others: x1^2, x1*x2, sin(x1).",
        kind: Kind::Text { longest: 4000 },
        while_running: false,
        get: |s| s.inputs.clone(),
        put: |s, text| crate::inputs::parse(text).map(|_| s.inputs = text.to_string()),
    },
    Choice {
        name: "scaling",
        doc: "Whether every input is made to have mean 0 and standard deviation 1 in the training rows.",
        kind: Kind::OneOf(|| vec!["on", "off"]),
        while_running: false,
        get: |s| s.scaling.clone(),
        put: |s, text| write(&mut s.scaling, text),
    },
    Choice {
        name: "validation",
        doc: "The share of the rows that the network never learns from, so that they show how it does on new ones.",
        kind: number(0.05, 0.9),
        while_running: false,
        get: |s| s.validation.to_string(),
        put: |s, text| read(&mut s.validation, text),
    },
    Choice {
        name: "widths",
        doc: "How many neurons each hidden layer has, first to last, separated by commas; empty for a linear model.",
        kind: Kind::Text { longest: 100 },
        while_running: false,
        get: |s| crate::setup::widths_text(&s.widths),
        put: |s, text| crate::setup::parse_widths(text).map(|widths| s.widths = widths),
    },
    Choice {
        name: "activation",
        doc: "The nonlinearity of the hidden neurons; without one, layers after each other are no more than one layer.",
        kind: Kind::OneOf(activations),
        while_running: true,
        get: |s| s.activation.clone(),
        put: |s, text| write(&mut s.activation, text),
    },
    Choice {
        name: "loss",
        doc: "What training makes small: cross_entropy for classes; mse, mae or huber for numbers; auto takes the usual one.",
        kind: Kind::OneOf(|| vec!["auto", "cross_entropy", "mse", "mae", "huber"]),
        while_running: true,
        get: |s| s.loss.clone(),
        put: |s, text| write(&mut s.loss, text),
    },
    Choice {
        name: "optimizer",
        doc: "How weights move along their gradients: sgd by the gradient alone, the others by what they remember of it.",
        kind: Kind::OneOf(optimizer_names),
        while_running: true,
        get: |s| s.optimizer.clone(),
        put: |s, text| write(&mut s.optimizer, text),
    },
    Choice {
        name: "rate",
        doc: "The learning rate: how far one step goes; usual is the optimizer's own.",
        kind: Kind::Number {
            least: 1e-9,
            most: 1e6,
            whole: false,
            or: Some("usual"),
        },
        while_running: true,
        get: |s| shown(&s.rate, "usual"),
        put: |s, text| read_or(&mut s.rate, text, "usual"),
    },
    Choice {
        name: "momentum",
        doc: "How much of its last move sgd makes again, from 0 to below 1; other optimizers have their own.",
        kind: number(0.0, 0.999),
        while_running: true,
        get: |s| s.momentum.to_string(),
        put: |s, text| read(&mut s.momentum, text),
    },
    Choice {
        name: "l1",
        doc: "A penalty of this times the sum of all |weight|, which pushes weights that do not matter to 0.",
        kind: number(0.0, 100.0),
        while_running: true,
        get: |s| s.l1.to_string(),
        put: |s, text| read(&mut s.l1, text),
    },
    Choice {
        name: "l2",
        doc: "A penalty of this times the sum of all weight², which keeps weights small and the answer smooth.",
        kind: number(0.0, 100.0),
        while_running: true,
        get: |s| s.l2.to_string(),
        put: |s, text| read(&mut s.l2, text),
    },
    Choice {
        name: "batch",
        doc: "How many rows one step looks at; fewer make steps quicker and more restless.",
        kind: whole(1, 1000),
        while_running: true,
        get: |s| s.batch.to_string(),
        put: |s, text| read(&mut s.batch, text),
    },
    Choice {
        name: "seed",
        doc: "The seed of the first weights, of the order of the rows and of their division.",
        kind: whole(0, u32::MAX as usize),
        while_running: true,
        get: |s| s.seed.to_string(),
        put: |s, text| read(&mut s.seed, text),
    },
    Choice {
        name: "stop",
        doc: "When training stops by itself: never; after some steps; when the validation loss gets no better; when it is good enough.",
        kind: Kind::OneOf(|| vec!["none", "steps", "patience", "accuracy"]),
        while_running: true,
        get: |s| s.stop.clone(),
        put: |s, text| write(&mut s.stop, text),
    },
    Choice {
        name: "steps",
        doc: "After how many steps training stops, if it stops by steps.",
        kind: whole(1, 100_000_000),
        while_running: true,
        get: |s| s.steps.to_string(),
        put: |s, text| read(&mut s.steps, text),
    },
    Choice {
        name: "patience",
        doc: "For how many epochs the validation loss may get no better, if training stops by patience.",
        kind: whole(1, 100_000),
        while_running: true,
        get: |s| s.patience.to_string(),
        put: |s, text| read(&mut s.patience, text),
    },
    Choice {
        name: "accuracy",
        doc: "The accuracy on the validation rows (or R² of numbers) that is good enough, if training stops by accuracy.",
        kind: number(0.0, 1.0),
        while_running: true,
        get: |s| s.accuracy.to_string(),
        put: |s, text| read(&mut s.accuracy, text),
    },
];

impl Choice {
    /// The choice of this name.
    pub fn named(name: &str) -> Option<&'static Choice> {
        CHOICES.iter().find(|choice| choice.name == name)
    }

    /// Refuses a text that is nothing it may be.
    pub(crate) fn check(&self, text: &str) -> Result<(), String> {
        let name = self.name;
        let short: String = text.chars().take(40).collect();
        match self.kind {
            Kind::Number { or: Some(word), .. } if text == word => Ok(()),
            Kind::Number { least, most, whole, or } => {
                let or = or.map_or(String::new(), |word| format!(", or `{word}`"));
                let kind = if whole { "a whole number" } else { "a number" };
                match text.parse::<f64>() {
                    Ok(x) if (least..=most).contains(&x) && (!whole || text.parse::<u64>().is_ok()) => Ok(()),
                    _ => Err(format!("`{name}` is `{short}`: give {kind} from {least} to {most}{or}")),
                }
            }
            Kind::OneOf(words) => match words().contains(&text) {
                true => Ok(()),
                false => Err(format!("`{name}` is `{short}`: choose one of {}", words().join(", "))),
            },
            Kind::Text { longest } if text.len() > longest => {
                Err(format!("`{name}` has {} bytes: give at most {longest}", text.len()))
            }
            Kind::Text { .. } if text.chars().any(char::is_control) => {
                Err(format!("`{name}` has a control character: leave it out"))
            }
            Kind::Text { .. } => Ok(()),
        }
    }
}
