//! What a person may choose before training.

use std::collections::BTreeMap;

use chainrule_table::{ColumnType, message::listed};
use serde::{Deserialize, Serialize};

use crate::{model_kind::ModelKind, one_or_several, target::Task};

/// The choices of a training; every one but the targets has a sensible default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Options {
    /// The columns to predict: one, or several that are all numbers.
    #[serde(rename = "target", with = "one_or_several")]
    pub targets: Vec<String>,
    /// Regression or classification; by the target's type when not given.
    pub task: Option<Task>,
    /// What columns hold, the target as well, whatever their cells look like; of others the cells decide.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, ColumnType>,
    /// The kind of model to keep; when not given, the network if cross-validation says that it is worth having, otherwise
    /// the linear model.
    pub model: Option<ModelKind>,
    /// How rows are divided into those to learn from and those to judge by.
    pub division: DivideBy,
    /// In how many folds the training rows are cross-validated; 0 for no comparison with other models. When not given 5,
    /// fewer for few rows, and for more than [`MOST_ROWS_FOLDED`] one look at the validation rows instead.
    pub folds: Option<usize>,
    /// The column that says how much each row counts in training; every row the same when not given.
    pub weights: Option<String>,
    /// Whether every class counts as much as any other in training, however many rows it has.
    pub balanced: bool,
    /// The choices of linear models.
    pub linear: LinearOptions,
    /// The choices of networks.
    pub network: NetworkOptions,
    /// How often intervals and sets should hold the truth.
    pub coverage: f64,
    /// The seed of everything random: the split, the first weights, the order of the rows.
    pub seed: u64,
}

/// The most targets that a sentence names.
const MOST_NAMED: usize = 8;

/// From more training rows than this on there are no folds unless they are asked for: a fifth of so many rows says enough.
pub const MOST_ROWS_FOLDED: usize = 20_000;

/// How rows are divided into those to learn from and those to judge by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DivideBy {
    /// At random, classes in equal shares.
    #[default]
    Chance,
    /// All rows with the same value of this column on one side. The column is not learned from.
    Group(String),
    /// The latest rows by this column, of numbers or dates, are judged by.
    Time(String),
}

/// The choices of linear models.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LinearOptions {
    /// The penalty on the weights of ridge and logistic models, scikit-learn's `alpha` or 1 / `C`; 1 when not given.
    pub alpha: Option<f64>,
}

/// The choices of networks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NetworkOptions {
    /// The widths of the hidden layers.
    pub hidden: Vec<usize>,
    /// The nonlinearity of the hidden layers, by name.
    pub activation: String,
    /// The optimizer, by name.
    pub optimizer: String,
    /// How far one step goes; the optimizer's usual rate when not given.
    pub learning_rate: Option<f64>,
    /// How the learning rate changes from epoch to epoch.
    pub schedule: ScheduleName,
    /// How many rows one step looks at; 32, or 256 for more than 10,000 training rows, when not given.
    pub batch_size: Option<usize>,
    /// The most epochs.
    pub epochs: usize,
    /// After how many epochs without a better validation loss training stops.
    pub patience: usize,
    /// λ of the penalty `λ Σ |w|` on the weights.
    pub l1: f64,
    /// λ of the penalty `λ Σ w²` on the weights.
    pub l2: f64,
    /// The share of the hidden neurons that are left out of each step, from 0 to below 1.
    pub dropout: f64,
    /// The largest norm of all gradients together; none when not given.
    pub clip: Option<f64>,
    /// How many random configurations are tried before; 0 for none.
    pub search: usize,
}

/// How the learning rate changes from epoch to epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScheduleName {
    /// It does not.
    #[default]
    Constant,
    /// Half a cosine down to 0 in the last epoch.
    Cosine,
    /// By the same factor each epoch, down to a hundredth in the last one.
    Exponential,
    /// To a half after each fifth of the epochs.
    Step,
    /// To a half whenever the validation loss has not improved for a fifth of the patience.
    Plateau,
}

impl ScheduleName {
    /// Every schedule, for whoever offers a choice.
    pub const ALL: [ScheduleName; 5] = [
        ScheduleName::Constant,
        ScheduleName::Cosine,
        ScheduleName::Exponential,
        ScheduleName::Step,
        ScheduleName::Plateau,
    ];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            ScheduleName::Constant => "constant",
            ScheduleName::Cosine => "cosine",
            ScheduleName::Exponential => "exponential",
            ScheduleName::Step => "step",
            ScheduleName::Plateau => "plateau",
        }
    }
}

impl Default for NetworkOptions {
    fn default() -> NetworkOptions {
        NetworkOptions {
            hidden: vec![64],
            activation: "tanh".to_string(),
            optimizer: "adam".to_string(),
            learning_rate: None,
            schedule: ScheduleName::default(),
            batch_size: None,
            epochs: 500,
            patience: 50,
            l1: 0.0,
            l2: 0.0,
            dropout: 0.0,
            clip: None,
            search: 0,
        }
    }
}

impl Options {
    /// The defaults for a target column.
    pub fn new(target: impl Into<String>) -> Options {
        Options::of([target])
    }

    /// The defaults for some target columns, which one model predicts together.
    pub fn of(targets: impl IntoIterator<Item = impl Into<String>>) -> Options {
        Options {
            targets: targets.into_iter().map(Into::into).collect(),
            task: None,
            columns: BTreeMap::new(),
            model: Some(ModelKind::Mlp),
            division: DivideBy::default(),
            folds: None,
            weights: None,
            balanced: false,
            linear: LinearOptions::default(),
            network: NetworkOptions::default(),
            coverage: 0.9,
            seed: 0,
        }
    }

    /// The names of the targets as a part of a sentence: `price`, or `price, rent`, and how many more there are.
    pub fn target_names(&self) -> String {
        let mut names = self
            .targets
            .iter()
            .take(MOST_NAMED)
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(", ");
        if self.targets.len() > MOST_NAMED {
            names.push_str(&format!(" and {} more", self.targets.len() - MOST_NAMED));
        }
        names
    }

    /// The targets for a message: "target `price`", or "targets `price`, `rent`".
    pub(crate) fn quoted_targets(&self) -> String {
        match &self.targets[..] {
            [target] => format!("target `{target}`"),
            several => format!("targets {}", listed(several.iter().map(String::as_str))),
        }
    }

    /// What columns hold, as the choices have it: as [`Options::columns`] say, and groups are categories, whose texts a
    /// [`Reader`](crate::Reader) must keep, however many there are.
    pub fn column_types(&self) -> BTreeMap<String, ColumnType> {
        let mut types = self.columns.clone();
        if let DivideBy::Group(name) = &self.division {
            types.entry(name.clone()).or_insert(ColumnType::Category);
        }
        types
    }
}
