//! A model of some rows, linear or a network, that can answer for others.

use chainrule::{Mlp, Rng};

use crate::{
    error::Result,
    held_out::{HeldOut, among_all_classes},
    judge::{Figures, figures},
    linear_fit,
    model_kind::ModelKind,
    network_fit::{self, Choices},
    options::Options,
    prediction::Prediction,
    prepared::Prepared,
    problem::Problem,
    progress::Watching,
    train::{Course, Epoch},
    warnings::{Code, Warning},
};

/// How the models of a fit are learned.
pub(crate) struct Settings {
    /// With what was left to be decided filled in.
    pub options: Options,
    pub choices: Choices,
    /// Which linear model there is.
    pub linear: ModelKind,
}

/// A model that was learned from some rows.
pub(crate) struct Learned {
    pub prepared: Prepared,
    pub network: Mlp,
    /// Every epoch's losses; none for a linear model.
    pub history: Vec<Epoch>,
    /// What may be wrong with it.
    pub warnings: Vec<Warning>,
}

impl Learned {
    /// A linear model of some rows.
    pub(crate) fn linear(problem: &Problem, settings: &Settings, rows: &[usize]) -> Result<Learned> {
        let prepared = Prepared::new(problem, rows, settings.options.balanced)?;
        let (samples, outputs) = (prepared.samples(rows), prepared.target.outputs());
        let mut warnings = vec![];
        let network = linear_fit::learn(
            &settings.options.linear,
            settings.linear,
            samples,
            outputs,
            &mut warnings,
        )?;
        Ok(Learned {
            prepared,
            network,
            history: vec![],
            warnings,
        })
    }

    /// A network of some rows that stops by others.
    pub(crate) fn network(
        problem: &Problem,
        settings: &Settings,
        (train, validation): (&[usize], &[usize]),
        rng: &mut Rng,
        watching: &mut Watching,
    ) -> Result<Learned> {
        let Settings { options, choices, .. } = settings;
        let prepared = Prepared::new(problem, train, options.balanced)?;
        let samples = (&prepared.samples(train), &prepared.samples(validation));
        let outputs = prepared.target.outputs();
        let Course {
            network,
            history,
            diverged,
        } = network_fit::learn(&options.network, choices, samples, outputs, rng, watching)?;
        let mut warnings = vec![];
        if let Some(epoch) = diverged {
            warnings.push(Warning::new(
                Code::Diverged,
                format!(
                    "training diverged in epoch {epoch} and was stopped; the weights are those of epoch {}",
                    history.last().map_or(0, |last| last.best)
                ),
                format!(
                    "try a smaller --learning-rate than {}",
                    choices
                        .settle(&options.network, train.len())
                        .learning_rate
                        .unwrap_or_default()
                ),
            ));
        }
        Ok(Learned {
            prepared,
            network,
            history,
            warnings,
        })
    }

    /// Its figures on some rows.
    pub(crate) fn figures(&self, problem: &Problem, rows: &[usize]) -> Result<Figures> {
        let prediction = self.prepared.predict(&self.network, rows)?;
        Ok(figures_on(problem, prediction, rows))
    }

    /// What it says of some rows that it did not learn from.
    pub(crate) fn held_out(&self, problem: &Problem, rows: &[usize]) -> Result<HeldOut> {
        let prediction = self.prepared.predict(&self.network, rows)?;
        Ok(HeldOut::of(problem, prediction, rows))
    }

    /// The figures on some rows of what one says who has looked at nothing but the answers of the same training rows.
    pub(crate) fn baseline_figures(&self, problem: &Problem, rows: &[usize]) -> Figures {
        figures_on(problem, self.prepared.target.baseline(rows.len()), rows)
    }

    /// What that one says of some rows.
    pub(crate) fn baseline_held_out(&self, problem: &Problem, rows: &[usize]) -> HeldOut {
        HeldOut::of(problem, self.prepared.target.baseline(rows.len()), rows)
    }
}

/// The figures of predictions, among all classes that occur.
fn figures_on(problem: &Problem, prediction: Prediction, rows: &[usize]) -> Figures {
    figures(&among_all_classes(problem, prediction), &problem.truth(rows))
}
