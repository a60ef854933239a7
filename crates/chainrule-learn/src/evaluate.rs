//! The judgement of a saved model on another table.

use chainrule_table::Table;

use crate::{
    error::{Error, Result},
    judge::{Judgement, Rows, Truth, judge},
    model::Model,
    target::{Answers, Target, answers},
};

impl Model {
    /// Judges the model on all rows of a table that have a target.
    ///
    /// # Errors
    /// When a column is missing, a cell cannot be understood as in training, no row has a target, or a class is new.
    pub fn evaluate(&self, table: &Table) -> Result<Judgement> {
        let name = &self.record.options.target;
        let position = table.position(name)?;
        let (given, _) = answers(table, name, Some(self.target.task()))?;
        let rows: Vec<usize> = (0..table.rows()).filter(|&row| !given.is_missing(row)).collect();
        if rows.is_empty() {
            let message = format!(
                "{}: no row has a value of the target `{name}` to judge by",
                table.name()
            );
            return Err(Error::data(message));
        }
        let mut warnings = vec![];
        if rows.len() < table.rows() {
            let missing = table.rows() - rows.len();
            warnings.push(format!(
                "{missing} rows without a value of the target `{name}` were left out"
            ));
        }
        let truth = match (&given, &self.target) {
            (Answers::Numbers(values), _) => Truth::Numbers(rows.iter().map(|&row| values[row]).collect()),
            (Answers::Classes { names, codes }, Target::Classes { names: known, .. }) => {
                let place = |row: &usize| {
                    let class = &names[codes[*row] as usize];
                    known.iter().position(|name| name == class).ok_or_else(|| {
                        Error::data(format!(
                            "{}: the model does not know the class `{class}`; it was trained with {}. Correct the cell or \
                             train again",
                            table.place(*row, position),
                            known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
                        ))
                    })
                };
                Truth::Classes(rows.iter().map(place).collect::<Result<_>>()?)
            }
            _ => return Err(Error::data("the model's target is damaged; train the model again")),
        };
        let prediction = self.predict(&table.take(&rows))?;
        let counts = Rows {
            test: rows.len(),
            ..self.record.judgement.rows
        };
        Ok(judge(&self.target, &prediction, &truth, counts, warnings))
    }
}
