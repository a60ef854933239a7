//! What is to be predicted: one or several numbers, or classes.

use chainrule_table::{
    Column, ColumnType, MISSING, NumberKind, Scale, Table, Values,
    message::{count, number, quoted},
};
use serde::{Deserialize, Serialize};

use crate::{
    error::{Error, Result},
    one_or_several,
    prediction::Prediction,
};

/// The kind of answer a model gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// A number.
    Regression,
    /// One of a few classes.
    Classification,
}

/// Integers with at most this many different values can be classes.
const MOST_INTEGER_CLASSES: usize = 10;
/// So many rows for each different value make integers look like classes, not like measurements.
const ROWS_PER_INTEGER_CLASS: usize = 20;
/// The most classes a network is trained for.
const MOST_CLASSES: usize = 1000;

impl Task {
    /// Every task, for whoever offers a choice.
    pub const ALL: [Task; 2] = [Task::Regression, Task::Classification];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Task::Regression => "regression",
            Task::Classification => "classification",
        }
    }
}

/// What the model has learned about the columns it predicts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// A number for each target column: the network predicts `(value − mean) / standard_deviation` of the training rows of
    /// each, in this order.
    #[serde(rename = "number")]
    Numbers(#[serde(with = "one_or_several")] Vec<Scale>),
    /// One of these classes, in order; the network gives one logit for each.
    Classes {
        /// The classes.
        names: Vec<String>,
        /// The share of each class in the training rows.
        shares: Vec<f64>,
    },
}

impl Target {
    /// The task it makes.
    pub fn task(&self) -> Task {
        match self {
            Target::Numbers(_) => Task::Regression,
            Target::Classes { .. } => Task::Classification,
        }
    }

    /// What makes an answer of each number of the network, `mean + standard_deviation · number`; none for classes, whose numbers
    /// are logits.
    pub fn scale(&self, output: usize) -> Option<Scale> {
        match self {
            Target::Numbers(scales) => scales.get(output).copied(),
            Target::Classes { .. } => None,
        }
    }

    /// What one says who has looked at nothing but the training rows' answers: their mean, or the share of each class.
    pub(crate) fn baseline(&self, rows: usize) -> Prediction {
        match self {
            Target::Numbers(scales) => Prediction::Numbers(scales.iter().map(|scale| vec![scale.mean; rows]).collect()),
            Target::Classes { names, shares } => Prediction::Classes {
                names: names.clone(),
                probabilities: shares.repeat(rows),
            },
        }
    }

    /// How many numbers the network gives for a row.
    pub(crate) fn outputs(&self) -> usize {
        match self {
            Target::Numbers(scales) => scales.len(),
            Target::Classes { names, .. } => names.len(),
        }
    }
}

/// The answers of the rows of a table, before anything is learned from them.
#[derive(Clone)]
pub(crate) enum Answers {
    /// For each target a number for each row; NaN where it is missing.
    Numbers(Vec<Vec<f64>>),
    /// A class for each row; [`MISSING`] where it is missing.
    Classes { names: Vec<String>, codes: Vec<u32> },
}

impl Answers {
    /// The task they make.
    pub(crate) fn task(&self) -> Task {
        match self {
            Answers::Numbers(_) => Task::Regression,
            Answers::Classes { .. } => Task::Classification,
        }
    }

    fn is_missing(&self, row: usize) -> bool {
        match self {
            Answers::Numbers(targets) => targets.iter().any(|values| values[row].is_nan()),
            Answers::Classes { codes, .. } => codes[row] == MISSING,
        }
    }

    /// The same with those classes only that some rows have; a table made of rows of another may name more.
    pub(crate) fn of_rows(self, rows: &[usize]) -> Answers {
        let Answers::Classes { names, codes } = self else {
            return self;
        };
        let mut present = vec![false; names.len()];
        rows.iter().for_each(|&row| present[codes[row] as usize] = true);
        let place: Vec<u32> = present
            .iter()
            .scan(0, |next, &present| {
                let place = if present { *next } else { MISSING };
                *next += u32::from(present);
                Some(place)
            })
            .collect();
        let codes = codes
            .iter()
            .map(|&code| place.get(code as usize).copied().unwrap_or(MISSING));
        Answers::Classes {
            codes: codes.collect(),
            names: names
                .into_iter()
                .zip(present)
                .filter_map(|(name, present)| present.then_some(name))
                .collect(),
        }
    }

    /// The rows that have an answer for every target; how many have none is said.
    pub(crate) fn known_rows(&self, table: &Table, targets: &[String], notices: &mut Vec<String>) -> Vec<usize> {
        let known: Vec<usize> = (0..table.rows()).filter(|&row| !self.is_missing(row)).collect();
        if known.len() < table.rows() {
            let missing = count(table.rows() - known.len(), "row", "rows");
            notices.push(match (self, targets) {
                (Answers::Numbers(columns), [_, _, ..]) => {
                    let each = targets.iter().zip(columns).filter_map(|(target, values)| {
                        let rows = values.iter().filter(|value| value.is_nan()).count();
                        (rows > 0).then(|| format!("`{target}` is missing in {rows}"))
                    });
                    format!(
                        "{missing} without a value of every target left out: {}",
                        some_of(each.collect())
                    )
                }
                _ => format!(
                    "{missing} without a value of the target `{}` left out",
                    targets.concat()
                ),
            });
        }
        known
    }
}

/// The most parts of a list that a notice has.
const MOST_PARTS: usize = 8;

/// Some parts of a sentence, and how many more there are.
fn some_of(mut parts: Vec<String>) -> String {
    let more = parts.len().saturating_sub(MOST_PARTS);
    parts.truncate(MOST_PARTS);
    match more {
        0 => parts.join(", "),
        more => format!("{}, and {more} more targets in others", parts.join(", ")),
    }
}

/// Reads the target columns as numbers, or a single one as classes, and says why where it had to choose.
pub(crate) fn answers(table: &Table, targets: &[String], task: Option<Task>) -> Result<(Answers, Vec<String>)> {
    if let [target] = targets {
        let (answers, reason) = answers_of(table, target, task)?;
        return Ok((answers, reason.into_iter().collect()));
    }
    if task == Some(Task::Classification) {
        return Err(Error::request(
            "several targets must all be numbers; leave out --task classification, or fit the targets one by one",
        ));
    }
    let (mut all, mut reasons) = (vec![], vec![]);
    for target in targets {
        match answers_of(table, target, task)? {
            (Answers::Numbers(values), reason) => {
                all.extend(values);
                reasons.extend(reason);
            }
            (Answers::Classes { .. }, reason) => {
                let found = match reason {
                    Some(reason) => format!("{reason}, or"),
                    None => format!("the target `{target}` holds classes;"),
                };
                return Err(Error::request(format!(
                    "several targets must all be numbers: {found} fit `{target}` by itself"
                )));
            }
        }
    }
    Ok((Answers::Numbers(all), reasons))
}

/// Reads one target column, and says why when it had to choose.
fn answers_of(table: &Table, target: &str, task: Option<Task>) -> Result<(Answers, Option<String>)> {
    let position = table.position(target)?;
    if task != Some(Task::Classification) {
        table.check(target)?;
    }
    let column = table.column(target)?;
    let task_and_reason = match (&column.values, task) {
        (Values::Empty { .. }, _) => {
            return Err(Error::data(format!(
                "{}: the target `{target}` has no value in any row; choose another target",
                table.name()
            )));
        }
        (_, Some(task)) => (task, None),
        (Values::Numbers { .. }, None) if column.asked == Some(ColumnType::Number) => (Task::Regression, None),
        (Values::Categories { .. } | Values::Text { .. }, None) => (Task::Classification, None),
        (Values::Numbers { kind, .. }, None) => {
            let (distinct, present) = (column.distinct(), table.rows() - column.missing());
            let few = *kind == NumberKind::Integer && distinct <= MOST_INTEGER_CLASSES;
            let found = format!("the target `{target}` holds {distinct} different integers in {present} rows");
            if few && (distinct == 2 || present >= distinct * ROWS_PER_INTEGER_CLASS) {
                let reason = format!("{found}, so it is taken as classes; --task regression takes it as a number");
                (Task::Classification, Some(reason))
            } else {
                let reason = format!("{found}, so it is taken as a number; --task classification takes it as classes");
                (Task::Regression, few.then_some(reason))
            }
        }
    };
    let (task, reason) = task_and_reason;
    let answers = match task {
        Task::Regression => numbers(table, position, column)?,
        Task::Classification => classes(table, position, column)?,
    };
    Ok((answers, reason))
}

fn numbers(table: &Table, position: usize, column: &Column) -> Result<Answers> {
    match &column.values {
        // Dates are days since 1970 to a feature; as an answer they would be that to the person too.
        Values::Numbers { values, kind } if !kind.is_date() => Ok(Answers::Numbers(vec![values.clone()])),
        Values::Numbers { .. } => Err(Error::data(format!(
            "{}, column {}: the target is dates, and regression predicts numbers; add a column of what you ask, such as the days until \
             then, or train with --task classification",
            table.name(),
            quoted(&column.name)
        ))),
        _ => {
            let row = (0..table.rows()).find(|&row| {
                !column.is_missing(row)
                    && table
                        .text(row, position)
                        .parse::<f64>()
                        .map_or(true, |x| !x.is_finite())
            });
            Err(Error::data(format!(
                "{}: the target is not a number ({}), so regression cannot predict it; correct the cell, or train \
                 with --task classification",
                table.place(row.unwrap_or(0), position),
                quoted(&table.text(row.unwrap_or(0), position))
            )))
        }
    }
}

fn classes(table: &Table, position: usize, column: &Column) -> Result<Answers> {
    if let Values::Categories { names, codes } = &column.values {
        return Ok(Answers::Classes {
            names: names.clone(),
            codes: codes.clone(),
        });
    }
    // Numbers as classes: in numeric order, named as they are written.
    let Values::Numbers { values, .. } = &column.values else {
        return Err(Error::data(format!(
            "{}: the target `{}` is free text; choose another target",
            table.name(),
            column.name
        )));
    };
    let mut order: Vec<usize> = (0..table.rows()).filter(|&row| !values[row].is_nan()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let (mut names, mut codes) = (vec![], vec![MISSING; table.rows()]);
    let mut last = None;
    for row in order {
        if last != Some(values[row]) {
            last = Some(values[row]);
            names.push(table.text(row, position));
        }
        codes[row] = names.len() as u32 - 1;
    }
    Ok(Answers::Classes { names, codes })
}

/// Refuses answers that nothing can be learned from: a constant, too many classes, a class that is there only once.
pub(crate) fn check(table: &Table, targets: &[String], answers: &Answers, rows: &[usize]) -> Result<()> {
    let constant = |target: &str, value: String| {
        Err(Error::data(format!(
            "{}: every row has the same target, `{target}` = {value}: there is nothing to predict; choose another target",
            table.name()
        )))
    };
    match answers {
        Answers::Numbers(columns) => {
            for (target, values) in targets.iter().zip(columns) {
                if let [first, rest @ ..] = rows
                    && rest.iter().all(|&row| values[row] == values[*first])
                {
                    return constant(target, number(values[*first]));
                }
            }
            Ok(())
        }
        Answers::Classes { names, codes } => {
            let target = targets.concat();
            let mut counts = vec![0usize; names.len()];
            for &row in rows {
                counts[codes[row] as usize] += 1;
            }
            let present = counts.iter().filter(|&&count| count > 0).count();
            if present == 1 {
                return constant(&target, quoted(&names[codes[rows[0]] as usize]));
            }
            if present > MOST_CLASSES {
                return Err(Error::data(format!(
                    "{}: the target `{target}` has {present} different classes, more than {MOST_CLASSES}; choose another \
                     target, or use --task regression if it is a number",
                    table.name()
                )));
            }
            if let Some(code) = counts.iter().position(|&count| count == 1) {
                let row = rows
                    .iter()
                    .copied()
                    .find(|&row| codes[row] as usize == code)
                    .unwrap_or(0);
                return Err(Error::data(format!(
                    "{}: the class {} of the target `{target}` is there only once; it cannot be both learned and \
                     tested: add rows of it, merge it with another class, or remove the row{}",
                    table.place_of_row(row),
                    quoted(&names[code]),
                    match names[code].parse::<f64>() {
                        Ok(_) => " (or use --task regression)",
                        Err(_) => "",
                    }
                )));
            }
            Ok(())
        }
    }
}
