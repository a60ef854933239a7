//! A trained model: everything needed to predict, and how it came to be.

use chainrule::{Mlp, Module, Op, Shape, Tensor, View, ops::Softmax};
use chainrule_picture::{Picture, loss_chart};
use chainrule_table::{ColumnType, Encoder, Reader, Scale, Table, Unseen};
use serde::{Deserialize, Serialize};

use crate::{
    comparison::Comparison,
    error::{Error, Result},
    judge::Judgement,
    judgement::Conformal,
    model_kind::ModelKind,
    options::Options,
    prediction::Prediction,
    search::Tried,
    target::Target,
    train::Epoch,
};

/// A trained model: what the columns mean, how they are scaled, the weights, and how they came to be.
#[derive(Clone, Debug)]
pub struct Model {
    pub(crate) encoder: Encoder,
    pub(crate) target: Target,
    pub(crate) network: Mlp,
    /// For each target, when it can be promised.
    pub(crate) conformal: Vec<Conformal>,
    pub(crate) record: Record,
    pub(crate) examples: Vec<Vec<String>>,
}

/// How a model came to be: the choices, the course of the training, the judgement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The version of the program that trained it.
    pub version: String,
    /// The name of the table's file.
    pub data: String,
    /// The kind of model that was kept.
    pub kind: ModelKind,
    /// The choices, with what was decided by default filled in and a network's as the search found them.
    pub options: Options,
    /// The configurations that a search tried, the best one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub search: Vec<Tried>,
    /// Every epoch's losses.
    pub history: Vec<Epoch>,
    /// The epoch whose weights these are.
    pub best_epoch: usize,
    /// Baseline, linear model and network beside each other, if they were compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
    /// The judgement on the test rows.
    pub judgement: Judgement,
}

/// The answers of a network for encoded rows.
pub(crate) fn predict_rows(network: &Mlp, target: &Target, rows: usize, encoded: &[f64]) -> Result<Prediction> {
    let mut answers = vec![0.0; rows * target.outputs()];
    network.predict_into(encoded, &mut answers)?;
    Ok(read_outputs(target, &answers))
}

/// What a network's outputs mean.
pub(crate) fn read_outputs(target: &Target, outputs: &[f64]) -> Prediction {
    match target {
        Target::Numbers(scales) => {
            let of_target = |(place, scale): (usize, &Scale)| {
                let own = outputs.iter().skip(place).step_by(scales.len());
                own.map(|y| scale.mean + scale.standard_deviation * y).collect()
            };
            Prediction::Numbers(scales.iter().enumerate().map(of_target).collect())
        }
        Target::Classes { names, .. } => {
            let mut probabilities = vec![0.0; outputs.len()];
            let logits = View {
                data: outputs,
                shape: Shape::from([outputs.len() / names.len().max(1), names.len()]),
            };
            Softmax { axis: -1 }.eval(&[logits], &mut probabilities);
            Prediction::Classes {
                names: names.clone(),
                probabilities,
            }
        }
    }
}

impl Model {
    /// The answers for the rows of a table, which needs the feature columns and may have others.
    ///
    /// # Errors
    /// When a feature column is missing, or a cell cannot be understood as in training; the message says where.
    pub fn predict(&self, table: &Table) -> Result<Prediction> {
        Ok(self.predict_and_count(table)?.0)
    }

    /// The answers for the rows of a table, and which cells of it hold what no training row had: an unknown category, a
    /// missing cell where none was missing.
    ///
    /// # Errors
    /// As [`Model::predict`].
    pub fn predict_and_count(&self, table: &Table) -> Result<(Prediction, Vec<Unseen>)> {
        let matrix = self.encoder.transform(table)?;
        let prediction = predict_rows(&self.network, &self.target, matrix.rows, &matrix.data)?;
        match prediction.first_not_finite() {
            None => Ok((prediction, matrix.unseen)),
            Some(row) => Err(Error::data(format!(
                "{}: there is no finite prediction for this row; its values are too far from those the model was trained with",
                table.place_of_row(row)
            ))),
        }
    }

    /// A reader that understands the columns of a table as the table that the model was trained on was understood, the
    /// targets as well if they are there.
    pub fn reader(&self) -> Reader {
        let mut types = self.encoder.types();
        for target in &self.record.options.targets {
            let asked = self.record.options.columns.get(target).copied();
            let kind = asked.or(matches!(self.target, Target::Classes { .. }).then_some(ColumnType::Category));
            types.extend(kind.map(|kind| (target.clone(), kind)));
        }
        Reader::new().columns(&types).lenient()
    }

    /// What is known of the columns it predicts.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// How the columns of a table become numbers.
    pub fn encoder(&self) -> &Encoder {
        &self.encoder
    }

    /// The names of the columns it predicts.
    pub fn targets(&self) -> &[String] {
        &self.record.options.targets
    }

    /// The network.
    pub fn network(&self) -> &Mlp {
        &self.network
    }

    /// What gives, for each target, intervals around predicted numbers, or sets of classes, with a promised probability of
    /// holding the truth; nothing when too few rows were there to promise by.
    pub fn conformal(&self) -> &[Conformal] {
        &self.conformal
    }

    /// How it came to be.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// The losses of the training as a picture, with the best epoch marked.
    pub fn loss_picture(&self) -> Picture {
        let losses = |of: fn(&Epoch) -> f64| self.record.history.iter().map(of).collect::<Vec<f64>>();
        let (train, validation) = (losses(|epoch| epoch.train_loss), losses(|epoch| epoch.validation_loss));
        loss_chart(&train, &validation, Some(self.record.best_epoch)).picture()
    }

    /// The network as a picture, inputs and classes named.
    pub fn network_picture(&self) -> Picture {
        let outputs = match &self.target {
            Target::Numbers(_) => self.record.options.targets.clone(),
            Target::Classes { names, .. } => names.clone(),
        };
        chainrule_picture::network(&self.network, &self.encoder.inputs(), &outputs).picture()
    }

    /// The weights with their names, in order.
    pub fn parameters(&self) -> Vec<(String, Tensor)> {
        let mut parameters = vec![];
        self.network.visit("", &mut |path, param| {
            parameters.push((path.to_string(), param.value.clone()));
        });
        parameters
    }
}
