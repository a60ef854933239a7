//! Baseline, linear model and network beside each other: on rows that were held out of the training rows, and on the test
//! rows.

use chainrule_table::{Fractions, Split, message::count};

use crate::{
    comparison::{BASELINE, Comparison, LINEAR, NETWORK, Scores, folds_of},
    cross_validation::{Plan, cross_validate},
    error::Result,
    held_out::{Crossed, Look},
    learned::{Learned, Settings},
    model_kind::ModelKind,
    options::DivideBy,
    problem::Problem,
    progress::Watch,
    target::Task,
};

/// The rows of a fit, in parts that share none.
pub(crate) struct Parts {
    /// Rows to learn from, to stop by, and to judge by.
    pub split: Split,
    /// Rows that models are compared by: nothing is learned, stopped or chosen by them before. None where folds do that.
    pub compared: Vec<usize>,
}

impl Parts {
    /// Rows to compare models by when they are looked at once: half of those to stop by, whole groups or the latest ones
    /// where rows are divided so.
    ///
    /// # Errors
    /// When the validation rows cannot be divided.
    pub(crate) fn set_apart(&mut self, problem: &Problem) -> Result<()> {
        let half = Fractions {
            validation: 0.0,
            test: 0.5,
        };
        let halves = Split::by(&self.split.validation, problem.division(), half)?;
        (self.split.validation, self.compared) = (halves.train, halves.test);
        Ok(())
    }

    /// The rows that a linear model learns from: there is nothing to stop by.
    pub(crate) fn joined(&self) -> Vec<usize> {
        [&self.split.train[..], &self.split.validation, &self.compared].concat()
    }
}

/// What was learned from the training rows, and how models are compared.
pub(crate) struct Contest<'a, 'w> {
    pub problem: &'a Problem<'a>,
    pub settings: &'a Settings,
    pub parts: &'a Parts,
    pub plan: Plan,
    pub watch: &'a Watch<'w>,
}

impl Contest<'_, '_> {
    /// What the three models come to, and what was seen on rows that were held out.
    pub(crate) fn compare(
        &self,
        (linear, network): (&Learned, &Learned),
        notices: &mut Vec<String>,
    ) -> Result<(Comparison, Crossed)> {
        let Contest {
            problem,
            settings,
            parts,
            ..
        } = self;
        let crossed = self.held_out(network, notices)?;
        let guessing = match settings.options.model.is_some_and(ModelKind::is_linear) {
            true => linear,
            false => network,
        };
        let trivial = match problem.task() {
            Task::Regression => "mean",
            Task::Classification => "shares",
        };
        let (test, targets) = (&parts.split.test, &problem.targets);
        let on_test = [
            guessing.baseline_figures(problem, test),
            linear.figures(problem, test)?,
            network.figures(problem, test)?,
        ];
        let named = [
            (BASELINE, "baseline", trivial),
            (LINEAR, "linear", settings.linear.name()),
            (NETWORK, "network", ModelKind::Mlp.name()),
        ];
        let each = named.into_iter().zip(on_test);
        let models = each
            .map(|((place, name, kind), on_test)| Scores::new(name, kind, &crossed.figures(place), on_test, targets));
        let models = models.collect();
        let comparison = Comparison::new(problem.task(), self.scheme(&crossed), &crossed, models);
        Ok((comparison, crossed))
    }

    /// What the three models say of rows that none of them learned from.
    fn held_out(&self, network: &Learned, notices: &mut Vec<String>) -> Result<Crossed> {
        let Contest {
            problem,
            settings,
            parts,
            watch,
            ..
        } = self;
        let crossed = match self.plan {
            _ if watch.is_stopped() => Crossed::default(),
            Plan::None => Crossed::default(),
            Plan::OneLook if parts.compared.is_empty() => Crossed::default(),
            Plan::OneLook => {
                let rows = &parts.compared;
                let linear = Learned::linear(problem, settings, &parts.split.train)?;
                let look = Look {
                    models: [
                        linear.baseline_held_out(problem, rows),
                        linear.held_out(problem, rows)?,
                        network.held_out(problem, rows)?,
                    ],
                    groups: problem.groups_of(rows),
                };
                Crossed {
                    looks: vec![look],
                    ratio: rows.len() as f64 / parts.split.train.len() as f64,
                }
            }
            Plan::Folds(folds) => {
                // Of the test rows there is nothing in it.
                let inside = problem.take(&parts.joined());
                match cross_validate(&inside, settings, folds, watch) {
                    Ok(found) => found.unwrap_or_default(),
                    Err(error) => {
                        notices.push(format!("there is no cross-validation: {error}"));
                        Crossed::default()
                    }
                }
            }
        };
        if watch.is_stopped() {
            notices.push("training was stopped before models were compared".to_string());
        }
        Ok(crossed)
    }

    /// What the models are compared on, as a part of a sentence.
    fn scheme(&self, crossed: &Crossed) -> String {
        let training = self.parts.joined().len();
        let how = match (&self.settings.options.division, self.problem.task()) {
            (DivideBy::Group(name), _) => format!(", whole groups of `{name}`"),
            (DivideBy::Time(name), _) => format!(", forward in time by `{name}`"),
            (DivideBy::Chance, Task::Classification) => ", classes in equal shares".to_string(),
            (DivideBy::Chance, Task::Regression) => String::new(),
        };
        match self.plan {
            Plan::OneLook => format!(
                "one look at {} kept apart for it, as {training} training rows are many",
                count(self.parts.compared.len(), "row", "rows"),
            ),
            _ => folds_of(crossed.looks.len(), training, &how),
        }
    }
}
