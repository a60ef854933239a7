//! The model that was opened, with its rows.

use chainrule_learn::{Model, Prediction, Table};
use chainrule_table::{Encoding, Values, date_text, message::number, same_category};
use maud::html;
use std::sync::Arc;

use super::{ModelPage, PATH};
use crate::{
    page::{Page, Site},
    pages::{Lessons, home},
};

/// So many rows are looked through for those that the model gets most wrong.
const MOST_ROWS: usize = 50_000;
/// So many of them are shown.
const WORST: usize = 12;

/// The pages of [`Lessons`], and `/model`: a trained model on rows of a table, from the inside.
///
/// The model and the table are given by whoever starts the studio; a page chooses rows of them by number and opens nothing.
///
/// ```
/// use chainrule_learn::{Options, Table, fit};
/// use chainrule_studio::{OpenModel, Site};
///
/// # let rows: String = (0..60).map(|i| format!("{},{}\n", i, if i < 30 { "low" } else { "high" })).collect();
/// let table = Table::from_csv("numbers.csv", format!("x,size\n{rows}").as_bytes())?;
/// let model = fit(&table, &Options::new("size"), |_| std::ops::ControlFlow::Continue(()))?.model;
/// let page = OpenModel::new(model, Some(table))?.open("/model").ok_or("no page")?;
/// assert!(page.view().content().contains("low"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct OpenModel(Arc<Opened>);

/// A model with rows to look at.
pub(super) struct Opened {
    pub(super) model: Model,
    table: Option<Table>,
    /// The rows with the largest errors, the largest first.
    pub(super) worst: Vec<Wrong>,
}

/// A row and how wrong its answer is.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Wrong {
    /// From 1.
    pub(super) row: usize,
    pub(super) truth: String,
    pub(super) answer: String,
    /// The error of a number, of several the largest in deviations; for classes, 1 less the probability of the truth.
    pub(super) error: f64,
}

impl OpenModel {
    /// A model with a table whose rows it is shown on. Without one, it is shown on the test rows that its file keeps.
    ///
    /// # Errors
    /// When the model cannot answer for the table: a column is missing, or a cell cannot be understood as in training.
    pub fn new(model: Model, table: Option<Table>) -> chainrule_learn::Result<OpenModel> {
        let worst = match &table {
            Some(table) => worst(&model, table)?,
            None => vec![],
        };
        Ok(OpenModel(Arc::new(Opened { model, table, worst })))
    }

    #[cfg(test)]
    pub(super) fn opened(&self) -> Arc<Opened> {
        self.0.clone()
    }
}

impl Site for OpenModel {
    fn open(&self, path: &str) -> Option<Box<dyn Page>> {
        match path {
            PATH => Some(Box::new(ModelPage::new(self.0.clone()))),
            "/" => {
                let card = html! {
                    li.card.exercises {
                        div {
                            h2 { a href=(PATH) { "The model inside" } }
                            p { "The model that was opened: a row told layer by layer, any neuron number by number." }
                            p.links { a href=(PATH) { "Look inside" } }
                        }
                    }
                };
                Some(Box::new(home::Home::new().with_card(card)))
            }
            _ => Lessons.open(path),
        }
    }
}

impl Opened {
    /// What the model predicts.
    pub(super) fn target(&self) -> String {
        self.targets().join(", ")
    }

    /// The columns it predicts.
    pub(super) fn targets(&self) -> &[String] {
        &self.model.record().options.targets
    }

    /// Whether there is a table.
    pub(super) fn has_table(&self) -> bool {
        self.table.is_some()
    }

    /// How many rows there are to look at.
    pub(super) fn rows(&self) -> usize {
        match &self.table {
            Some(table) => table.rows(),
            None => self.model.examples().len(),
        }
    }

    /// The cells of a row from 1, one for each feature; typical values for 0.
    pub(super) fn cells(&self, row: usize) -> Vec<String> {
        let place = row.checked_sub(1);
        let known = place.and_then(|place| match &self.table {
            Some(table) => self.model.cells(table, place),
            None => self.model.examples().get(place).cloned(),
        });
        known.unwrap_or_else(|| self.typical())
    }

    /// The mean of each number, the most frequent category.
    fn typical(&self) -> Vec<String> {
        let features = self.model.encoder().features().iter();
        let cell = features.map(|feature| match &feature.encoding {
            Encoding::Number { scale, .. } => number(four_digits(scale.mean)),
            Encoding::Date { days, .. } => date_text(days.mean.round()),
            Encoding::Category { names, usual, .. } => names.get(*usual).cloned().unwrap_or_default(),
        });
        cell.collect()
    }

    /// What the table says of a row, if it says anything.
    pub(super) fn truth(&self, row: usize) -> Option<String> {
        truth(self.table.as_ref()?, self.targets(), row.checked_sub(1)?)
    }
}

/// What the cells of the targets say in a row, if all of them say something.
fn truth(table: &Table, targets: &[String], row: usize) -> Option<String> {
    let cell = |target: &String| {
        let column = table.position(target).ok()?;
        let text = (row < table.rows()).then(|| table.text(row, column))?;
        (!text.trim().is_empty()).then_some(text)
    };
    let cells: Option<Vec<String>> = targets.iter().map(cell).collect();
    Some(cells?.join(", "))
}

/// A number as a person would give it.
pub(super) fn four_digits(number: f64) -> f64 {
    format!("{number:.3e}").parse().unwrap_or(number)
}

/// The rows with the largest errors. A table without the target has none.
fn worst(model: &Model, table: &Table) -> chainrule_learn::Result<Vec<Wrong>> {
    let rows: Vec<usize> = (0..table.rows().min(MOST_ROWS)).collect();
    let prediction = model.predict(&table.take(&rows))?;
    let targets = &model.record().options.targets;
    let wrong = |&row: &usize| {
        let truth = truth(table, targets, row)?;
        let error = match &prediction {
            Prediction::Classes { names, .. } => {
                let class = names.iter().position(|name| same_category(name, &truth))?;
                1.0 - prediction.probabilities(row)?.get(class)?
            }
            Prediction::Numbers(numbers) => {
                let error = |place: usize| {
                    let error = numbers.get(place)?.get(row)? - number_of(table, targets.get(place)?, row)?;
                    // Errors of several targets are compared in deviations.
                    let unit = model.target().scale(place).filter(|_| targets.len() > 1);
                    Some(error / unit.map_or(1.0, |scale| scale.standard_deviation))
                };
                let errors: Option<Vec<f64>> = (0..targets.len()).map(error).collect();
                errors?.into_iter().max_by(|a, b| a.abs().total_cmp(&b.abs()))?
            }
        };
        Some(Wrong {
            row: row + 1,
            truth,
            answer: prediction.text(row),
            error,
        })
    };
    let mut wrong: Vec<Wrong> = rows
        .iter()
        .filter_map(wrong)
        .filter(|wrong| wrong.error.is_finite())
        .collect();
    wrong.sort_by(|a, b| b.error.abs().total_cmp(&a.error.abs()));
    wrong.truncate(WORST);
    Ok(wrong)
}

fn number_of(table: &Table, column: &str, row: usize) -> Option<f64> {
    match &table.column(column).ok()?.values {
        Values::Numbers { values, .. } => values.get(row).copied(),
        _ => None,
    }
}
