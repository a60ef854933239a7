//! A table made ready for a training of one's own, step by step, and the model file of what it gives.

use std::collections::BTreeMap;

use chainrule::{Mlp, Module, Rng};
use chainrule_table::{ColumnType, Encoder, Fractions, Split, Table};

use crate::{
    error::{Error, Result},
    examples,
    fit::file_name,
    judge::{Judgement, Rows, Truth, figures, judge},
    model::{Model, Record, predict_rows, read_outputs},
    model_kind::ModelKind,
    network_fit::Choices,
    options::{NetworkOptions, Options},
    prediction::Prediction,
    prepared::Prepared,
    problem::{Problem, Read},
    samples::Answer,
    target::Target,
    train::Epoch,
};

/// A table made ready for a training of one's own: rows divided in two, and all columns numbers, learned from the training
/// rows alone. What [`fit`](crate::fit) does before it trains, for whoever wants to take the steps himself.
///
/// ```
/// use chainrule::{Mlp, Rng, ops::Tanh};
/// use chainrule_learn::{Choices, Dataset, NetworkOptions, Options, Trainable};
///
/// # fn main() -> chainrule_learn::Result<()> {
/// let table = Dataset::named("iris")?.table(&Choices::default())?;
/// let trainable = Trainable::new(&table, &Options::new("species"), 0.2, true)?;
/// assert_eq!((trainable.train().rows.len(), trainable.validation().rows.len()), (120, 30));
/// let network = Mlp::new(&[4, 8, 3], Tanh, &mut Rng::new(0))?; // and some training
/// let model = trainable.model(&network, &NetworkOptions::default(), vec![])?;
/// assert_eq!(model.predict(&table)?.rows(), 150);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Trainable {
    problem: Problem<'static>,
    prepared: std::sync::Arc<Prepared>,
    options: Options,
    train: Part,
    validation: Part,
    notices: Vec<String>,
}

/// Some rows of a table as numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Which rows of [`Trainable::table`] they are.
    pub rows: Vec<usize>,
    /// The encoded rows, one after the other.
    pub inputs: Vec<f64>,
    /// What a network should answer for each: the target less its mean, divided by its standard deviation; or the class,
    /// counted from 0 in the order of the target's names.
    pub answers: Vec<f64>,
}

impl Trainable {
    /// Divides the rows, this share of them to validate, and learns from the others what the columns mean. With `scaled`
    /// false numbers stay as they are in the table.
    ///
    /// # Errors
    /// When the table cannot be learned from, or an option is not valid.
    pub fn new(table: &Table, options: &Options, validation: f64, scaled: bool) -> Result<Trainable> {
        Choices::of(&options.network)?;
        if options.targets.len() != 1 {
            return Err(Error::request(
                "a training of one's own has one target; choose one".to_string(),
            ));
        }
        let Read { problem, notices, .. } = Problem::read(table, options)?;
        // Rows without an answer are left behind.
        let problem = problem.take(&problem.rows);
        let mut order = problem.rows.clone();
        Rng::new(options.seed).shuffle(&mut order);
        let fractions = Fractions { validation, test: 0.0 };
        let split = Split::by(&order, problem.division(), fractions)
            .map_err(|error| Error::data(format!("{}: {error}", problem.table.name())))?;
        let mut prepared = Prepared::new(&problem, &split.train, options.balanced)?;
        if !scaled {
            prepared.encoder = prepared.encoder.unscaled();
            prepared.matrix = prepared.encoder.transform(&problem.table)?;
        }
        let part = |rows: &[usize]| {
            let samples = prepared.samples(rows);
            Part {
                rows: rows.to_vec(),
                inputs: samples.data,
                answers: match samples.answer {
                    Answer::Numbers { data, .. } => data,
                    Answer::Classes(classes) => classes.iter().map(|&class| class as f64).collect(),
                },
            }
        };
        let (train, validation) = (part(&split.train), part(&split.validation));
        Ok(Trainable {
            train,
            validation,
            problem,
            prepared: prepared.into(),
            options: options.clone(),
            notices,
        })
    }

    /// The rows that have an answer, as they were read.
    pub fn table(&self) -> &Table {
        &self.problem.table
    }

    /// The column that is predicted.
    pub fn target_name(&self) -> &str {
        self.problem.targets.first().map_or("", String::as_str)
    }

    /// What was learned of it.
    pub fn target(&self) -> &Target {
        &self.prepared.target
    }

    /// How the columns become numbers.
    pub fn encoder(&self) -> &Encoder {
        &self.prepared.encoder
    }

    /// How many numbers a network gives for a row: one, or a logit for each class.
    pub fn outputs(&self) -> usize {
        self.prepared.target.outputs()
    }

    /// The classes, in the order of the network's outputs; none when a number is predicted.
    pub fn classes(&self) -> &[String] {
        match &self.prepared.target {
            Target::Classes { names, .. } => names,
            Target::Numbers(_) => &[],
        }
    }

    /// The right answers of some rows: numbers in the target's unit, or classes counted from 0.
    ///
    /// # Errors
    /// When a row has a class that no training row has.
    pub fn truth(&self, part: &Part) -> Result<Vec<f64>> {
        Ok(match self.prepared.truth(&self.problem, &part.rows)? {
            Truth::Numbers(targets) => targets.into_iter().flatten().collect(),
            Truth::Classes(classes) => classes.iter().map(|&class| class as f64).collect(),
        })
    }

    /// What a network's outputs mean, row after row: numbers in the target's unit, or the probabilities of the classes.
    pub fn answers(&self, outputs: &[f64]) -> Vec<f64> {
        match read_outputs(&self.prepared.target, outputs) {
            Prediction::Numbers(targets) => targets.into_iter().flatten().collect(),
            Prediction::Classes { probabilities, .. } => probabilities,
        }
    }

    /// The rows to learn from.
    pub fn train(&self) -> &Part {
        &self.train
    }

    /// The rows to validate with.
    pub fn validation(&self) -> &Part {
        &self.validation
    }

    /// The columns that were left out because somebody said so.
    pub fn dropped(&self) -> Vec<String> {
        let columns = self.options.columns.iter();
        let dropped = columns.filter(|(_, kind)| **kind == ColumnType::Dropped);
        dropped.map(|(name, _)| name.clone()).collect()
    }

    /// What was noticed and decided about the table.
    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// The answers of a network for encoded rows, in the target's unit or as probabilities.
    ///
    /// # Errors
    /// When the numbers are no whole rows, or the network has other inputs or outputs.
    pub fn predict(&self, network: &Mlp, inputs: &[f64]) -> Result<Prediction> {
        self.check(network)?;
        let width = self.prepared.matrix.columns.max(1);
        predict_rows(network, &self.prepared.target, inputs.len() / width, inputs)
    }

    /// Every figure of merit of a network on some rows that is defined, by scikit-learn's names.
    ///
    /// # Errors
    /// As [`Trainable::predict`].
    pub fn figures(&self, network: &Mlp, part: &Part) -> Result<BTreeMap<String, f64>> {
        let truth = self.prepared.truth(&self.problem, &part.rows)?;
        Ok(figures(&self.predict(network, &part.inputs)?, &truth).whole)
    }

    /// A network as the judgement of [`fit`](crate::fit) sees it, on the validation rows, and which class was taken for which.
    ///
    /// # Errors
    /// As [`Trainable::predict`].
    pub fn judgement(&self, network: &Mlp, part: &Part) -> Result<Judgement> {
        let truth = self.prepared.truth(&self.problem, &part.rows)?;
        let prediction = self.predict(network, &part.inputs)?;
        let rows = Rows {
            train: self.train.rows.len(),
            validation: self.validation.rows.len(),
            compared: 0,
            test: part.rows.len(),
        };
        let notices = self.notices.clone();
        Ok(judge(
            (&self.problem.targets, &self.prepared.target),
            &prediction,
            &truth,
            rows,
            notices,
        ))
    }

    /// The model file's model of a network that was trained on these rows. It was judged on the validation rows, and says
    /// so: there were no others.
    ///
    /// # Errors
    /// When the network has other inputs or outputs, or a weight is not finite.
    pub fn model(&self, network: &Mlp, options: &NetworkOptions, history: Vec<Epoch>) -> Result<Model> {
        self.check(network)?;
        let mut unsound = None;
        network.visit("", &mut |path, param| {
            if unsound.is_none() && param.value.data().iter().any(|weight| !weight.is_finite()) {
                unsound = Some(path.to_string());
            }
        });
        if let Some(path) = unsound {
            return Err(Error::data(format!(
                "`{path}` has a weight that is no finite number, so there is no model to keep; go back to a step before that, \
                 and train on with a smaller learning rate"
            )));
        }
        let mut judgement = self.judgement(network, &self.validation)?;
        let validated = self.validation.rows.len();
        judgement.notices.push(format!(
            "the figures are of the {validated} validation rows, by which the training was watched: they flatter it; judge \
             with `chainrule evaluate` on rows that were never looked at"
        ));
        let sound = |epoch: &Epoch| epoch.train_loss.is_finite() && epoch.validation_loss.is_finite();
        let history: Vec<Epoch> = history.into_iter().filter(sound).collect();
        let record = Record {
            version: env!("CARGO_PKG_VERSION").to_string(),
            data: file_name(self.problem.table.name()),
            kind: ModelKind::Mlp,
            best_epoch: history.last().map_or(0, |last| last.number),
            options: Options {
                task: Some(self.problem.task()),
                network: options.clone(),
                ..self.options.clone()
            },
            search: vec![],
            history,
            comparison: None,
            judgement,
        };
        Ok(Model {
            examples: examples::of(&self.problem.table, &self.prepared.encoder, &self.validation.rows),
            encoder: self.prepared.encoder.clone(),
            target: self.prepared.target.clone(),
            network: network.clone(),
            conformal: vec![],
            record,
        })
    }

    /// Refuses a network of other inputs or outputs.
    fn check(&self, network: &Mlp) -> Result<()> {
        let (inputs, outputs) = (self.prepared.matrix.columns, self.outputs());
        let widths = network.widths();
        match (widths.first() == Some(&inputs), widths.last() == Some(&outputs)) {
            (true, true) => Ok(()),
            _ => Err(Error::request(format!(
                "the network has widths {widths:?}, but there are {inputs} inputs and {outputs} outputs"
            ))),
        }
    }
}
