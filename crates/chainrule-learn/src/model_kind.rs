//! The kinds of model that can be fitted to a table.

use serde::{Deserialize, Serialize};

use crate::target::Task;

/// A kind of model that [`fit`](crate::fit) can learn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelKind {
    /// Ordinary least squares, in closed form: [`LinearRegression`](crate::LinearRegression).
    Linear,
    /// Least squares with a penalty on the weights, in closed form: [`Ridge`](crate::Ridge).
    Ridge,
    /// Logistic or softmax regression: [`LogisticRegression`](crate::LogisticRegression).
    Logistic,
    /// A multilayer perceptron, trained in batches and stopped early.
    #[default]
    Mlp,
}

impl ModelKind {
    /// Every kind, for whoever offers a choice.
    pub const ALL: [ModelKind; 4] = [ModelKind::Linear, ModelKind::Ridge, ModelKind::Logistic, ModelKind::Mlp];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            ModelKind::Linear => "linear",
            ModelKind::Ridge => "ridge",
            ModelKind::Logistic => "logistic",
            ModelKind::Mlp => "mlp",
        }
    }

    /// Whether it is a weighted sum of its inputs, found without epochs: nothing to stop early, so nothing to validate.
    pub fn is_linear(self) -> bool {
        self != ModelKind::Mlp
    }

    /// Whether a penalty α on its weights can be chosen.
    pub fn is_penalized(self) -> bool {
        matches!(self, ModelKind::Ridge | ModelKind::Logistic)
    }

    /// How its weights are found; empty where an optimizer is chosen.
    pub fn method(self) -> &'static str {
        match self {
            ModelKind::Linear | ModelKind::Ridge => "closed form",
            ModelKind::Logistic => "lbfgs",
            ModelKind::Mlp => "",
        }
    }

    /// Whether it can do a task.
    pub fn does(self, task: Task) -> bool {
        match self {
            ModelKind::Linear | ModelKind::Ridge => task == Task::Regression,
            ModelKind::Logistic => task == Task::Classification,
            ModelKind::Mlp => true,
        }
    }

    /// The names of the kinds that can do a task: `linear, ridge or mlp`.
    pub(crate) fn names_for(task: Task) -> String {
        let all = ModelKind::ALL.into_iter().filter(|kind| kind.does(task));
        let mut names: Vec<&str> = all.map(ModelKind::name).collect();
        let last = names.pop().unwrap_or_default();
        format!("{} or {last}", names.join(", "))
    }
}
