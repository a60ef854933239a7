//! What was chosen.

use crate::choices::{CHOICES, Choice, MOST_LAYERS, WIDEST};

/// Everything chosen for a run; [`CHOICES`] says what each is. Two setups are equal when all choices are.
///
/// ```
/// use chainrule_playground::Setup;
/// let mut setup = Setup::default();
/// setup.set("widths", "8, 8")?;
/// setup.set("rate", "0.1")?;
/// assert_eq!(setup.pairs(), [("widths", "8,8".to_string()), ("rate", "0.1".to_string())]);
/// assert!(setup.set("rate", "fast").is_err_and(|error| error.contains("give a number from")));
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Setup {
    pub(crate) data: String,
    pub(crate) rows: usize,
    pub(crate) noise: Option<f64>,
    pub(crate) data_seed: u32,
    pub(crate) target: String,
    pub(crate) task: String,
    pub(crate) inputs: String,
    pub(crate) scaling: String,
    pub(crate) validation: f64,
    pub(crate) widths: Vec<usize>,
    pub(crate) activation: String,
    pub(crate) loss: String,
    pub(crate) optimizer: String,
    pub(crate) rate: Option<f64>,
    pub(crate) momentum: f64,
    pub(crate) l1: f64,
    pub(crate) l2: f64,
    pub(crate) batch: usize,
    pub(crate) seed: u32,
    pub(crate) stop: String,
    pub(crate) steps: usize,
    pub(crate) patience: usize,
    pub(crate) accuracy: f64,
}

impl Default for Setup {
    fn default() -> Setup {
        Setup {
            data: "moons".to_string(),
            rows: 200,
            noise: None,
            data_seed: 0,
            target: String::new(),
            task: "auto".to_string(),
            inputs: String::new(),
            scaling: "on".to_string(),
            validation: 0.3,
            widths: vec![4, 4],
            activation: "tanh".to_string(),
            loss: "auto".to_string(),
            optimizer: "sgd".to_string(),
            rate: None,
            momentum: 0.0,
            l1: 0.0,
            l2: 0.0,
            batch: 10,
            seed: 0,
            stop: "none".to_string(),
            steps: 10_000,
            patience: 100,
            accuracy: 0.95,
        }
    }
}

impl Setup {
    /// Chooses something by its name; what was chosen before stays when it cannot be.
    ///
    /// # Errors
    /// What is wrong with it, and what it may be.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        let choice = named(name)?;
        let value = value.trim();
        choice.check(value)?;
        (choice.put)(self, value)
    }

    /// The noise of toy data. Without any, moons and circles have nothing that could be wrong, or learned by heart.
    pub(crate) fn noise(&self) -> Option<f64> {
        self.noise.or(match self.data.as_str() {
            "moons" => Some(0.2),
            "circles" => Some(0.1),
            _ => None,
        })
    }

    /// What was chosen, as text.
    ///
    /// # Errors
    /// When nothing has this name.
    pub fn get(&self, name: &str) -> Result<String, String> {
        Ok((named(name)?.get)(self))
    }

    /// What is not as it is by default, in the order of [`CHOICES`]: with [`Setup::from_pairs`], the setup again.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let usual = Setup::default();
        let all = CHOICES
            .iter()
            .map(|choice| (choice.name, (choice.get)(self), (choice.get)(&usual)));
        all.filter(|(_, own, usual)| own != usual)
            .map(|(name, own, _)| (name, own))
            .collect()
    }

    /// The setup of some choices, the others as by default.
    ///
    /// # Errors
    /// The first choice that cannot be.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Setup, String> {
        let mut setup = Setup::default();
        for (name, value) in pairs {
            setup.set(name, value)?;
        }
        Ok(setup)
    }

    /// The widths of the hidden layers.
    pub fn widths(&self) -> &[usize] {
        &self.widths
    }

    /// The learning rate, the optimizer's usual one if none was chosen.
    pub fn rate(&self) -> f64 {
        self.rate.unwrap_or_else(|| self.usual_rate())
    }

    /// The optimizer's usual learning rate.
    pub(crate) fn usual_rate(&self) -> f64 {
        let all = chainrule::optim::optimizers::<f64>();
        let own = all.iter().find(|choice| choice.name == self.optimizer);
        own.map_or(0.01, |choice| choice.learning_rate)
    }
}

fn named(name: &str) -> Result<&'static Choice, String> {
    Choice::named(name).ok_or_else(|| {
        let short: String = name.chars().take(40).collect();
        let names: Vec<&str> = CHOICES.iter().map(|choice| choice.name).collect();
        format!("there is no choice `{short}`: choose one of {}", names.join(", "))
    })
}

/// Widths as they are written.
pub(crate) fn widths_text(widths: &[usize]) -> String {
    let widths: Vec<String> = widths.iter().map(ToString::to_string).collect();
    widths.join(",")
}

/// Widths of hidden layers, within limits.
pub(crate) fn parse_widths(text: &str) -> Result<Vec<usize>, String> {
    if text.is_empty() {
        return Ok(vec![]);
    }
    let width = |part: &str| match part.trim().parse::<usize>() {
        Ok(width) if (1..=WIDEST).contains(&width) => Ok(width),
        _ => Err(format!(
            "`{}` is no width of a layer: write whole numbers from 1 to {WIDEST} as 4,4",
            part.trim()
        )),
    };
    let widths: Vec<usize> = text.split(',').map(width).collect::<Result<_, _>>()?;
    match widths.len() > MOST_LAYERS {
        true => Err(format!("{} hidden layers: give at most {MOST_LAYERS}", widths.len())),
        false => Ok(widths),
    }
}

impl Setup {
    /// The choices of a network as `chainrule fit` has them.
    pub(crate) fn network_options(&self) -> chainrule_learn::NetworkOptions {
        chainrule_learn::NetworkOptions {
            hidden: self.widths.clone(),
            activation: self.activation.clone(),
            optimizer: self.optimizer.clone(),
            learning_rate: Some(self.rate()),
            batch_size: Some(self.batch),
            l1: self.l1,
            l2: self.l2,
            ..Default::default()
        }
    }
}
