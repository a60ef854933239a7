//! All that is said of a model that was just fitted.

use chainrule_table::{Split, Table};

use crate::{
    comparison::Comparison,
    error::Result,
    judge::{Judgement, Rows, judge},
    judgement::{Conformal, Source, learn_conformal, measure_importance},
    learned::{Learned, Settings},
    model_kind::ModelKind,
    options::NetworkOptions,
    problem::Problem,
    warnings,
};

/// A model that was just fitted, and all it was fitted from.
pub(crate) struct Fit<'a> {
    pub problem: &'a Problem<'a>,
    pub settings: &'a Settings,
    /// The rows that this model learned from, stops by and is judged on.
    pub split: &'a Split,
    /// How many rows were kept apart to compare models by.
    pub compared: usize,
    pub kind: ModelKind,
    pub learned: &'a Learned,
    pub comparison: Option<&'a Comparison>,
}

impl Fit<'_> {
    pub fn table(&self) -> &Table {
        &self.problem.table
    }

    pub fn network_options(&self) -> &NetworkOptions {
        &self.settings.options.network
    }

    /// The numbers of a row.
    pub fn row(&self, row: usize) -> &[f64] {
        self.learned.prepared.matrix.row(row)
    }
}

/// Judges a model on the test rows, learns from rows that were held out how far off it is, and looks for what may be wrong.
/// The scores say, for each target, how far off such a model was for these rows.
pub(crate) fn assess(
    fit: &Fit,
    (source, scores): (Source, Vec<Vec<f64>>),
    mut notices: Vec<String>,
) -> Result<(Judgement, Vec<Conformal>)> {
    let Fit {
        problem,
        settings,
        split,
        learned,
        ..
    } = fit;
    let prepared = &learned.prepared;
    let options = &settings.options;
    let named = warnings::identifiers(fit);
    // What a warning says is said once.
    let notes = prepared.encoder.notes_by_column();
    let notes = notes.into_iter().filter(|(column, _)| !named.contains_key(*column));
    notices.extend(notes.map(|(_, note)| note));
    notices.extend(prepared.matrix.unseen.iter().map(ToString::to_string));
    let conformal = learn_conformal(options.coverage, source, scores, problem.task(), &mut notices);

    let rows = Rows {
        train: split.train.len(),
        validation: split.validation.len(),
        compared: fit.compared,
        test: split.test.len(),
    };
    let truth = prepared.truth(problem, &split.test)?;
    let prediction = prepared.predict(&learned.network, &split.test)?;
    let targets = (&problem.targets[..], &prepared.target);
    let mut judgement = judge(targets, &prediction, &truth, rows, notices);
    judgement.check(&conformal, &prediction, &truth);
    let found = warnings::of(fit, named, (&prediction, &truth))?;
    judgement
        .warnings
        .splice(0..0, learned.warnings.iter().cloned().chain(found));
    judgement.check_comparison(fit.comparison);
    let model = (&learned.network, &prepared.target, &prepared.encoder);
    judgement.importance = measure_importance(model, &prepared.encoded(&split.test), &truth, options.seed)?;
    Ok((judgement, conformal))
}
