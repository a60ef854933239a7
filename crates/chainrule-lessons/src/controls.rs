//! What one may move in a scene.

use crate::error::{Error, Result};

/// A number that one may move: a slider.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Control {
    /// What it is called, such as `w1`.
    pub name: &'static str,
    /// What it is, in a few words.
    pub doc: &'static str,
    /// The smallest value.
    pub from: f64,
    /// The largest value.
    pub to: f64,
    /// How far apart neighboring values are; a whole number where the control counts.
    pub step: f64,
    /// Where it stands at first.
    pub start: f64,
}

impl Control {
    /// A number between two ends, in steps.
    pub(crate) const fn new(
        name: &'static str,
        doc: &'static str,
        (from, to): (f64, f64),
        step: f64,
        start: f64,
    ) -> Control {
        Control {
            name,
            doc,
            from,
            to,
            step,
            start,
        }
    }

    /// A weight, a bias or an input: from −10 to 10 in steps of 0.1.
    pub(crate) const fn weight(name: &'static str, doc: &'static str, start: f64) -> Control {
        Control::new(name, doc, (-10.0, 10.0), 0.1, start)
    }

    /// Whether it counts: it starts at a whole number and goes by whole numbers.
    pub fn is_whole(&self) -> bool {
        [self.from, self.step, self.start]
            .iter()
            .all(|number| number.fract() == 0.0)
    }
}

/// The whole number that a control counts, such as steps to take: the nearest one.
pub(crate) fn count(value: f64) -> usize {
    value.round() as usize
}

/// Where the controls of a scene stand, and the seed of everything random in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Controls {
    /// The seed, used as numpy uses it: `RandomState(seed)`.
    pub seed: u32,
    list: &'static [Control],
    values: Vec<f64>,
}

impl Controls {
    /// The seed of the notebooks that have one.
    pub const SEED: u32 = 42;

    pub(crate) fn new(list: &'static [Control]) -> Controls {
        Controls {
            seed: Controls::SEED,
            list,
            values: list.iter().map(|control| control.start).collect(),
        }
    }

    /// The same with another seed.
    #[must_use]
    pub fn with_seed(mut self, seed: u32) -> Controls {
        self.seed = seed;
        self
    }

    /// Moves a control.
    ///
    /// # Errors
    /// When the scene has no such control, the value is out of its range, or it is no whole number where one counts.
    pub fn set(&mut self, name: &str, value: f64) -> Result<()> {
        let Some(place) = self.list.iter().position(|control| control.name == name) else {
            let names = self.list.iter().map(|control| control.name);
            return Err(crate::names::unknown("control", name, names));
        };
        let control = self.list[place];
        let Control { from, to, .. } = control;
        if !(from..=to).contains(&value) {
            return Err(Error::request(format!(
                "{name} = {value} is out of its range; choose a number from {from} to {to}"
            )));
        }
        if control.is_whole() && value.fract() != 0.0 {
            return Err(Error::request(format!(
                "{name} = {value} is no whole number; choose {} or {}",
                value.floor(),
                value.ceil()
            )));
        }
        self.values[place] = value;
        Ok(())
    }

    /// Whether seed and controls stand where they stood at first, which is where the notebooks have them.
    pub(crate) fn at_start(&self) -> bool {
        self.seed == Controls::SEED && self.iter().all(|(control, value)| value == control.start)
    }

    /// Each control with where it stands.
    pub fn iter(&self) -> impl Iterator<Item = (&'static Control, f64)> {
        self.list.iter().zip(self.values.iter().copied())
    }

    /// The seed and all values: what everything in the scene depends on.
    pub(crate) fn numbers(&self) -> Vec<f64> {
        [f64::from(self.seed)]
            .into_iter()
            .chain(self.values.iter().copied())
            .collect()
    }

    /// All values, in the order of the scene's controls: `let [w, b] = controls.all()?`.
    pub(crate) fn all<const N: usize>(&self) -> Result<[f64; N]> {
        let values = self.values.as_slice().try_into();
        values.map_err(|_| Error::request(format!("the scene has {} controls, not {N}", self.values.len())))
    }
}
