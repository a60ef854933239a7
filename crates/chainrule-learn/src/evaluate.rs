//! The judgement of a saved model on another table.

use chainrule_table::{
    Table,
    message::{listed, quoted},
    same_category,
};

use crate::{
    error::{Error, Result},
    fit::file_name,
    judge::{Judgement, Rows, Truth, judge},
    model::Model,
    target::{Answers, Target, answers},
    warnings::{Code, Warning},
};

impl Model {
    /// Judges the model on all rows of a table that have all targets.
    ///
    /// # Errors
    /// When a column is missing, a cell cannot be understood as in training, no row has a target, or a class is new.
    pub fn evaluate(&self, table: &Table) -> Result<Judgement> {
        let names = &self.record.options.targets;
        let places = names.iter().map(|name| table.position(name));
        let places = places.collect::<Result<Vec<usize>, _>>();
        let places = places.map_err(|error| Error::data(error.to_string()))?;
        let (given, _) = answers(table, names, Some(self.target.task()))?;
        let mut notices = table.notices().to_vec();
        let rows = given.known_rows(table, names, &mut notices);
        if rows.is_empty() {
            let message = format!(
                "{}: no row has a value of the {} to judge by",
                table.name(),
                self.record.options.quoted_targets()
            );
            return Err(Error::data(message));
        }
        let mut warnings = vec![];
        let trained = self.record.judgement.rows;
        let parts = [trained.train, trained.validation, trained.compared, trained.test].into_iter();
        if file_name(table.name()) == self.record.data && parts.fold(0usize, usize::saturating_add) == rows.len() {
            warnings.push(Warning::new(
                Code::SeenRows,
                "this looks like the table the model was trained on: the figures are of rows it has seen",
                "judge by rows that it was not trained on; `chainrule show` has the figures on the test rows",
            ));
        }
        let truth = match (&given, &self.target) {
            (Answers::Numbers(columns), _) => {
                let of_rows = |values: &Vec<f64>| rows.iter().map(|&row| values[row]).collect();
                Truth::Numbers(columns.iter().map(of_rows).collect())
            }
            (Answers::Classes { names, codes }, Target::Classes { names: known, .. }) => {
                let place = |row: &usize| {
                    let class = &names[codes[*row] as usize];
                    let same_text = known.iter().position(|name| name == class);
                    let same = || known.iter().position(|name| same_category(name, class));
                    same_text.or_else(same).ok_or_else(|| {
                        Error::data(format!(
                            "{}: the model does not know the class {}; it was trained with {}. Correct the cell or train \
                             again",
                            table.place(*row, places.first().copied().unwrap_or_default()),
                            quoted(class),
                            listed(known.iter().map(String::as_str))
                        ))
                    })
                };
                Truth::Classes(rows.iter().map(place).collect::<Result<_>>()?)
            }
            _ => return Err(Error::data("the model's target is damaged; train the model again")),
        };
        let (prediction, unseen) = self.predict_and_count(&table.take(&rows))?;
        notices.extend(unseen.iter().map(ToString::to_string));
        let counts = Rows {
            test: rows.len(),
            ..self.record.judgement.rows
        };
        let mut judgement = judge((names, &self.target), &prediction, &truth, counts, notices);
        judgement.warnings.splice(0..0, warnings);
        judgement.check(&self.conformal, &prediction, &truth);
        Ok(judgement)
    }
}
