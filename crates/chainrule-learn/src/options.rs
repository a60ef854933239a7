//! What a person may choose before training.

use std::collections::BTreeMap;

use chainrule_table::ColumnType;
use serde::{Deserialize, Serialize};

use crate::{model_kind::ModelKind, target::Task};

/// The choices of a training; every one but the target has a sensible default. Linear models ignore those from
/// `hidden` to `patience`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Options {
    /// The column to predict.
    pub target: String,
    /// Regression or classification; by the target's type when not given.
    pub task: Option<Task>,
    /// What columns hold, the target as well, whatever their cells look like; of others the cells decide.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, ColumnType>,
    /// The kind of model.
    #[serde(default)]
    pub model: ModelKind,
    /// The penalty on the weights of ridge and logistic models, scikit-learn's `alpha` or 1 / `C`; 1 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alpha: Option<f64>,
    /// The widths of the hidden layers.
    pub hidden: Vec<usize>,
    /// The nonlinearity of the hidden layers, by name.
    pub activation: String,
    /// The optimizer, by name.
    pub optimizer: String,
    /// How far one step goes; the optimizer's usual rate when not given.
    pub learning_rate: Option<f64>,
    /// How many rows one step looks at; 32, or 256 for more than 10,000 training rows, when not given.
    pub batch_size: Option<usize>,
    /// The most epochs.
    pub epochs: usize,
    /// After how many epochs without a better validation loss training stops.
    pub patience: usize,
    /// How often intervals and sets should hold the truth.
    #[serde(default = "usual_coverage")]
    pub coverage: f64,
    /// The seed of everything random: the split, the first weights, the order of the rows.
    pub seed: u64,
}

impl Options {
    /// The defaults for a target column.
    pub fn new(target: impl Into<String>) -> Options {
        Options {
            target: target.into(),
            task: None,
            columns: BTreeMap::new(),
            model: ModelKind::default(),
            alpha: None,
            hidden: vec![16, 16],
            activation: "tanh".to_string(),
            optimizer: "adam".to_string(),
            learning_rate: None,
            batch_size: None,
            epochs: 500,
            patience: 50,
            coverage: usual_coverage(),
            seed: 0,
        }
    }
}

/// Nine of ten intervals or sets hold the truth.
fn usual_coverage() -> f64 {
    0.9
}
