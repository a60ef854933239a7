//! A model of some rows, linear or a network, that can answer for others.

use chainrule::{Mlp, Rng};

use crate::{
    error::Result,
    judge::{Figures, figures},
    linear_fit,
    model_kind::ModelKind,
    network_fit::{self, Choices},
    options::Options,
    prediction::Prediction,
    prepared::Prepared,
    problem::Problem,
    progress::Watching,
    target::Answers,
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

    /// How far off it is for each of some rows: for each target the distance of the number from the truth; or, in one list,
    /// the probability of the right class, which is 0 for one that it does not know.
    pub(crate) fn scores(&self, problem: &Problem, rows: &[usize]) -> Result<Vec<Vec<f64>>> {
        let prediction = self.prepared.predict(&self.network, rows)?;
        Ok(match (&prediction, &problem.answers) {
            (Prediction::Numbers(predicted), Answers::Numbers(known)) => {
                let of_target = |(predicted, known): (&Vec<f64>, &Vec<f64>)| {
                    let distance = |(predicted, &row): (&f64, &usize)| (known[row] - predicted).abs();
                    predicted.iter().zip(rows).map(distance).collect()
                };
                predicted.iter().zip(known).map(of_target).collect()
            }
            (Prediction::Classes { names, probabilities }, Answers::Classes { names: all, codes }) => {
                let place = |class: &String| names.iter().position(|name| name == class);
                let places: Vec<Option<usize>> = all.iter().map(place).collect();
                let each_row = probabilities.chunks_exact(names.len().max(1)).zip(rows);
                let of_right =
                    |(row, &at): (&[f64], &usize)| places[codes[at] as usize].map_or(0.0, |class| row[class]);
                vec![each_row.map(of_right).collect()]
            }
            _ => vec![],
        })
    }

    /// The figures on some rows of what one says who has looked at nothing but the answers of the same training rows.
    pub(crate) fn baseline_figures(&self, problem: &Problem, rows: &[usize]) -> Figures {
        figures_on(problem, self.prepared.target.baseline(rows.len()), rows)
    }
}

/// The figures of predictions, among all classes that occur: one that the model does not know has no probability.
fn figures_on(problem: &Problem, prediction: Prediction, rows: &[usize]) -> Figures {
    let prediction = match (prediction, &problem.answers) {
        (Prediction::Classes { names, probabilities }, Answers::Classes { names: all, .. }) if names != *all => {
            let place = |class: &String| names.iter().position(|name| name == class);
            let places: Vec<Option<usize>> = all.iter().map(place).collect();
            let each_row = probabilities.chunks_exact(names.len().max(1));
            let of_all = |row: &[f64]| {
                places
                    .iter()
                    .map(|place| place.map_or(0.0, |place| row[place]))
                    .collect::<Vec<_>>()
            };
            Prediction::Classes {
                names: all.clone(),
                probabilities: each_row.flat_map(of_all).collect(),
            }
        }
        (prediction, _) => prediction,
    };
    figures(&prediction, &problem.truth(rows))
}
