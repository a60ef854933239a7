//! What is done to a run in its midst, as a part of the run.

use std::{fmt, str::FromStr};

use crate::{choices::Choice, setup::Setup};

/// What is done to a run at a step, before the next one. Its text, `120:rate=0.1` or `300:w.0.1.2=-0.5`, can be an address's.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The step, counted from 0.
    pub step: usize,
    /// What is done.
    pub change: Change,
}

/// What is done to a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Something is chosen anew, such as the learning rate.
    Choice {
        /// Its name.
        name: &'static str,
        /// The new value.
        value: String,
    },
    /// A weight or a bias is set by hand.
    Weight {
        /// Which.
        which: Weight,
        /// Its new value, finite.
        value: f64,
    },
}

/// A weight or a bias.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weight {
    /// The layer that it belongs to, counted from 0.
    pub layer: usize,
    /// The neuron or input that it comes from; none for a bias.
    pub from: Option<usize>,
    /// The neuron that it goes to.
    pub to: usize,
}

/// The largest weight that is set by hand.
const LARGEST: f64 = 1e6;
/// The last step at which something is done.
pub(crate) const LAST_STEP: usize = 1_000_000_000;
/// The most events of a text.
const MOST: usize = 1000;

impl Change {
    /// Something chosen anew, once it is known that a run can go on with it.
    ///
    /// # Errors
    /// When there is no such choice, it may not be this, or it would make another run.
    pub fn choice(name: &str, value: &str) -> Result<Change, String> {
        Setup::default().set(name, value)?;
        let Some(choice) = Choice::named(name).filter(|choice| choice.while_running) else {
            return Err(format!("`{name}` cannot change while a run goes on: begin another run"));
        };
        let value = value.trim().to_string();
        Ok(Change::Choice {
            name: choice.name,
            value,
        })
    }

    /// A weight set by hand.
    ///
    /// # Errors
    /// When the value is not finite, or beyond a million.
    pub fn weight(which: Weight, value: f64) -> Result<Change, String> {
        match value.abs() <= LARGEST {
            true => Ok(Change::Weight { which, value }),
            false => Err(format!(
                "a weight of {value}: give a number from -{LARGEST} to {LARGEST}"
            )),
        }
    }

    /// Whether it is about the same as another one.
    pub(crate) fn is_about(&self, other: &Change) -> bool {
        match (self, other) {
            (Change::Choice { name: a, .. }, Change::Choice { name: b, .. }) => a == b,
            (Change::Weight { which: a, .. }, Change::Weight { which: b, .. }) => a == b,
            _ => false,
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.step)?;
        match &self.change {
            Change::Choice { name, value } => write!(f, "{name}={value}"),
            Change::Weight { which, value } => {
                let Weight { layer, from, to } = which;
                match from {
                    Some(from) => write!(f, "w.{layer}.{from}.{to}={value}"),
                    None => write!(f, "b.{layer}.{to}={value}"),
                }
            }
        }
    }
}

impl FromStr for Event {
    type Err = String;

    fn from_str(text: &str) -> Result<Event, String> {
        let short: String = text.chars().take(60).collect();
        let wrong = || format!("`{short}` says nothing that is done to a run: write 120:rate=0.1 or 300:w.0.1.2=-0.5");
        let (step, rest) = text.split_once(':').ok_or_else(wrong)?;
        let step: usize = step.trim().parse().map_err(|_| wrong())?;
        if step > LAST_STEP {
            return Err(format!("step {step}: give at most {LAST_STEP}"));
        }
        let (name, value) = rest.split_once('=').ok_or_else(wrong)?;
        let numbers = |text: &str| -> Option<Vec<usize>> { text.split('.').map(|part| part.parse().ok()).collect() };
        let which = match (name.strip_prefix("w."), name.strip_prefix("b.")) {
            (Some(places), _) => match numbers(places).as_deref() {
                Some(&[layer, from, to]) => Some((layer, Some(from), to)),
                _ => return Err(wrong()),
            },
            (_, Some(places)) => match numbers(places).as_deref() {
                Some(&[layer, to]) => Some((layer, None, to)),
                _ => return Err(wrong()),
            },
            _ => None,
        };
        let change = match which {
            Some((layer, from, to)) => {
                Change::weight(Weight { layer, from, to }, value.trim().parse().map_err(|_| wrong())?)?
            }
            None => Change::choice(name, value)?,
        };
        Ok(Event { step, change })
    }
}

/// Events as one text, for an address.
pub fn events_text(events: &[Event]) -> String {
    let texts: Vec<String> = events.iter().map(Event::to_string).collect();
    texts.join(";")
}

/// The events of a text.
///
/// # Errors
/// The first part that says nothing, or that they are too many.
pub fn parse_events(text: &str) -> Result<Vec<Event>, String> {
    let parts = || text.split(';').filter(|part| !part.trim().is_empty());
    if parts().nth(MOST).is_some() {
        return Err(format!("more than {MOST} events: leave some out"));
    }
    parts().map(str::parse).collect()
}
