//! All that is said of a model that was just fitted.

use chainrule::Mlp;
use chainrule_table::{Encoder, Matrix, Split, Table};

use crate::{
    error::Result,
    fit::{select, truth},
    judge::{Judgement, Rows, judge},
    judgement::{Conformal, Source, learn_conformal, measure_importance, out_of_fold},
    model::predict_rows,
    options::Options,
    prediction::Prediction,
    target::{Answers, Target},
    train::{Answer, Epoch},
    warnings,
};

/// A model that was just fitted, and all it was fitted from.
pub(crate) struct Fit<'a> {
    pub table: &'a Table,
    pub given: &'a Answers,
    pub encoder: &'a Encoder,
    pub split: &'a Split,
    /// Every row of the table, encoded.
    pub matrix: &'a Matrix,
    pub answer: &'a Answer,
    pub target: &'a Target,
    pub options: &'a Options,
    pub network: &'a Mlp,
    pub history: &'a [Epoch],
}

impl Fit<'_> {
    /// Some rows, encoded.
    pub fn rows(&self, rows: &[usize]) -> Matrix {
        Matrix {
            rows: rows.len(),
            columns: self.matrix.columns,
            names: vec![],
            data: select(self.matrix, self.answer, rows).data,
            unseen: vec![],
        }
    }

    /// What the model says of some rows.
    pub fn predict(&self, rows: &[usize]) -> Result<Prediction> {
        predict_rows(self.network, self.target, &self.rows(rows))
    }
}

/// Judges a model on the test rows, learns from held-out rows how far off it is, and looks for what may be wrong.
pub(crate) fn assess(fit: &Fit, mut notices: Vec<String>) -> Result<(Judgement, Option<Conformal>)> {
    let Fit { split, options, .. } = fit;
    let right = |rows: &[usize]| truth(fit.given, fit.answer, rows);

    let (source, answers, rows) = match options.model.is_linear() {
        true => {
            let (answers, rows) = out_of_fold(options, fit.target, (fit.matrix, fit.answer), &split.train)?;
            (Source::Folds, answers, rows)
        }
        false => (
            Source::Validation,
            fit.predict(&split.validation)?,
            split.validation.clone(),
        ),
    };
    let held_out = (&answers, &right(&rows));
    let conformal = learn_conformal(options.coverage, source, held_out, &mut notices);

    let rows = Rows {
        train: split.train.len(),
        validation: split.validation.len(),
        test: split.test.len(),
    };
    let test = fit.rows(&split.test);
    let (prediction, truth) = (predict_rows(fit.network, fit.target, &test)?, right(&split.test));
    let mut judgement = judge(fit.target, &prediction, &truth, rows, notices);
    judgement.coverage = conformal
        .as_ref()
        .and_then(|learned| learned.check(&prediction, &truth));
    let model = (fit.network, fit.target, fit.encoder);
    judgement
        .warnings
        .splice(0..0, warnings::of(fit, held_out, (&prediction, &truth))?);
    judgement.importance = measure_importance(model, &test, &truth, options.seed)?;
    Ok((judgement, conformal))
}
