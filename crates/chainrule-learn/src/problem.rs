//! What is asked of a table: which rows have an answer, what may be learned from, how rows are divided.

use std::{borrow::Cow, collections::HashSet};

use chainrule_table::{
    ColumnType, Division, Encoder, FEWEST_ROWS, MISSING, Table, Values,
    message::{count, listed, number, quoted},
};

use crate::{
    error::{Error, Result},
    judge::Truth,
    options::{DivideBy, Options},
    target::{Answers, Task, answers, check},
};

/// What is asked of a table, before anything is learned from it.
#[derive(Clone)]
pub(crate) struct Problem<'a> {
    pub table: Cow<'a, Table>,
    /// The columns to predict.
    pub targets: Vec<String>,
    /// The answers of each row; classes are those that occur.
    pub answers: Answers,
    /// The columns that may be learned from.
    pub features: Vec<String>,
    /// Which of them are, once that was decided; parts of the rows do not decide it again.
    pub decided: Option<Encoder>,
    /// How much each row counts in training.
    pub weights: Option<Vec<f64>>,
    /// The rows that can be learned from and judged by.
    pub rows: Vec<usize>,
    keys: Keys,
}

/// What divides the rows.
#[derive(Clone)]
enum Keys {
    None,
    Groups(Vec<u32>),
    Times(Vec<f64>),
}

/// A problem, and what a person should know about how it was read.
pub(crate) struct Read<'a> {
    pub problem: Problem<'a>,
    pub notices: Vec<String>,
    /// Whether a target might have been read the other way, as a number or as a class.
    pub could_be_other: bool,
}

impl<'a> Problem<'a> {
    /// Reads what the options ask for.
    pub(crate) fn read(table: &'a Table, options: &Options) -> Result<Read<'a>> {
        let targets = &options.targets;
        different(targets)?;
        apart(options)?;
        let table = as_asked(table, options)?;
        let (answers, reasons) = answers(&table, targets, options.task)?;
        let could_be_other = !reasons.is_empty();
        let mut notices = table.notices().to_vec();
        notices.extend(reasons);
        let mut rows = answers.known_rows(&table, targets, &mut notices);
        let keys = keys(&table, options, &mut rows, &mut notices)?;
        if rows.len() < FEWEST_ROWS {
            return Err(Error::data(format!(
                "{} has {} with a value of the {}; at least {FEWEST_ROWS} are needed to train, validate and test",
                table.name(),
                count(rows.len(), "row", "rows"),
                options.quoted_targets()
            )));
        }
        check(&table, targets, &answers, &rows)?;
        if options.balanced && answers.task() == Task::Regression {
            return Err(Error::request(match &targets[..] {
                [target] => format!("`{target}` is a number and has no classes to balance; leave out --class-weights"),
                _ => "numbers have no classes to balance; leave out --class-weights".to_string(),
            }));
        }
        let weights = match &options.weights {
            Some(column) => Some(weights(&table, column, options, &rows)?),
            None => None,
        };
        let group = match &options.division {
            DivideBy::Group(group) => Some(group),
            _ => None,
        };
        let no_feature = [options.weights.as_ref(), group];
        let columns = table.columns().iter().map(|column| &column.name);
        let features: Vec<String> = columns
            .filter(|name| !targets.contains(name) && !no_feature.contains(&Some(name)))
            .cloned()
            .collect();
        if features.is_empty() {
            let message = format!(
                "{} has no column beside the {} to learn from",
                table.name(),
                options.quoted_targets()
            );
            return Err(Error::data(message));
        }
        let problem = Problem {
            answers: answers.of_rows(&rows),
            targets: targets.clone(),
            table,
            features,
            decided: None,
            weights,
            rows,
            keys,
        };
        Ok(Read {
            problem,
            notices,
            could_be_other,
        })
    }

    /// Decides by the rows that may be learned from which columns are: a part of them, in another order, may look as if a
    /// column that names the rows were measured.
    pub(crate) fn decide(&mut self, rows: &[usize]) -> Result<()> {
        self.decided = None;
        self.decided = Some(self.encoder(rows)?);
        Ok(())
    }

    /// How columns become numbers, as some rows have it.
    pub(crate) fn encoder(&self, rows: &[usize]) -> Result<Encoder> {
        let learned = match &self.decided {
            Some(decided) => decided.refit(&self.table, rows),
            None => {
                let features: Vec<&str> = self.features.iter().map(String::as_str).collect();
                Encoder::fit(&self.table, &features, rows)
            }
        };
        learned.map_err(|error| Error::data(error.to_string()))
    }

    /// The groups of some rows, where rows are divided by groups.
    pub(crate) fn groups_of(&self, rows: &[usize]) -> Option<Vec<u32>> {
        match &self.keys {
            Keys::Groups(groups) => Some(rows.iter().map(|&row| groups[row]).collect()),
            _ => None,
        }
    }

    /// Refuses classes that only rows to judge by have: they cannot be predicted, so there is nothing to judge.
    pub(crate) fn check_classes(&self, train: &[usize], test: &[usize]) -> Result<()> {
        let Answers::Classes { codes, .. } = &self.answers else {
            return Ok(());
        };
        let known: HashSet<u32> = train.iter().map(|&row| codes[row]).collect();
        match test.iter().find(|&&row| !known.contains(&codes[row])) {
            Some(&row) => Err(self.unknown_class(row)),
            None => Ok(()),
        }
    }

    /// Says that the class of a row was never learned from.
    pub(crate) fn unknown_class(&self, row: usize) -> Error {
        let class = match &self.answers {
            Answers::Classes { names, codes } => names.get(codes[row] as usize),
            Answers::Numbers(_) => None,
        };
        Error::data(format!(
            "{}: the class {} is in rows to judge by, but in none to learn from; it cannot be predicted. Choose another \
             --seed, divide the rows by another column, or leave the class out",
            self.table.place_of_row(row),
            listed(class.into_iter().map(String::as_str))
        ))
    }

    /// What the problem asks for.
    pub(crate) fn task(&self) -> Task {
        self.answers.task()
    }

    /// How its rows are divided.
    pub(crate) fn division(&self) -> Division<'_> {
        let classes = match &self.answers {
            Answers::Classes { codes, .. } => Some(codes.as_slice()),
            Answers::Numbers(_) => None,
        };
        match &self.keys {
            Keys::None => Division::Random { classes },
            Keys::Groups(groups) => Division::Groups { groups, classes },
            Keys::Times(times) => Division::Time { times },
        }
    }

    /// The same problem with some rows only, counted from 0: nothing of the others is in it.
    pub(crate) fn take(&self, rows: &[usize]) -> Problem<'static> {
        let numbers = |of: &[f64]| rows.iter().map(|&row| of[row]).collect::<Vec<f64>>();
        let codes = |of: &[u32]| rows.iter().map(|&row| of[row]).collect::<Vec<u32>>();
        let keys = match &self.keys {
            Keys::None => Keys::None,
            Keys::Groups(groups) => Keys::Groups(codes(groups)),
            Keys::Times(times) => Keys::Times(numbers(times)),
        };
        let answers = match &self.answers {
            Answers::Numbers(targets) => Answers::Numbers(targets.iter().map(|values| numbers(values)).collect()),
            Answers::Classes { names, codes: own } => Answers::Classes {
                names: names.clone(),
                codes: codes(own),
            },
        };
        Problem {
            table: Cow::Owned(self.table.take(rows)),
            targets: self.targets.clone(),
            answers,
            features: self.features.clone(),
            decided: self.decided.clone(),
            weights: self.weights.as_deref().map(numbers),
            rows: (0..rows.len()).collect(),
            keys,
        }
    }

    /// The right answers of some rows.
    pub(crate) fn truth(&self, rows: &[usize]) -> Truth {
        match &self.answers {
            Answers::Numbers(targets) => {
                let of_rows = |values: &Vec<f64>| rows.iter().map(|&row| values[row]).collect();
                Truth::Numbers(targets.iter().map(of_rows).collect())
            }
            Answers::Classes { codes, .. } => Truth::Classes(rows.iter().map(|&row| codes[row] as usize).collect()),
        }
    }
}

/// Refuses a list of targets that is empty, or names one twice.
fn different(targets: &[String]) -> Result<()> {
    if targets.is_empty() {
        return Err(Error::request(
            "there is no target; name the column to predict with --target",
        ));
    }
    let mut seen = HashSet::new();
    match targets.iter().find(|target| !seen.insert(*target)) {
        Some(target) => Err(Error::request(format!(
            "the target `{target}` is named twice; name each target once"
        ))),
        None => Ok(()),
    }
}

/// The table with the columns that the options say, when that can be.
fn as_asked<'a>(table: &'a Table, options: &Options) -> Result<Cow<'a, Table>> {
    let types = options.column_types();
    for name in types.keys().filter(|name| !table.dropped().contains(name)) {
        table.position(name)?;
    }
    for target in &options.targets {
        match types.get(target) {
            Some(ColumnType::Dropped) => {
                return Err(Error::request(format!(
                    "the target `{target}` cannot be dropped; drop another column, or choose another target"
                )));
            }
            Some(ColumnType::Date(_)) => {
                return Err(Error::request(format!(
                    "the target `{target}` cannot be a date: a model predicts numbers or classes; choose another target"
                )));
            }
            Some(ColumnType::Category) if options.task == Some(Task::Regression) => {
                return Err(Error::request(format!(
                    "the target `{target}` cannot be categorical and a number to predict; leave out --categorical {target}, \
                     or use --task classification"
                )));
            }
            _ => {}
        }
    }
    let is_so = |(name, kind): (&String, &ColumnType)| match kind {
        ColumnType::Dropped => table.dropped().contains(name),
        kind => table.column(name).is_ok_and(|column| column.asked == Some(*kind)),
    };
    match types.iter().all(is_so) {
        true => Ok(Cow::Borrowed(table)),
        false => Ok(Cow::Owned(table.clone().with_types(&types)?)),
    }
}

/// Why a column cannot be there for another reason than to be learned from.
fn no_helper(name: &str, what: &str, why: &str) -> Error {
    Error::request(format!(
        "the column `{name}` cannot be {what} {why}; choose another column"
    ))
}

/// What the columns are there for that divide the rows, and that say how much they count.
const GROUP: &str = "what rows are grouped by";
const TIME: &str = "the time of the rows";
const WEIGHT: &str = "the weight of the rows";

/// Refuses targets that are there for something else as well.
fn apart(options: &Options) -> Result<()> {
    let division = match &options.division {
        DivideBy::Chance => None,
        DivideBy::Group(name) => Some((name, GROUP)),
        DivideBy::Time(name) => Some((name, TIME)),
    };
    let weight = options.weights.as_ref().map(|name| (name, WEIGHT));
    let helpers = division.into_iter().chain(weight);
    match helpers.into_iter().find(|(name, _)| options.targets.contains(name)) {
        None => Ok(()),
        Some((name, what)) => Err(no_helper(
            name,
            what,
            if options.targets.len() == 1 {
                "and the target"
            } else {
                "and a target"
            },
        )),
    }
}

/// A column that is there for another reason than to be learned from; `what` says which.
fn helper<'a>(table: &'a Table, name: &str, what: &str, options: &Options) -> Result<&'a Values> {
    let refuse = |why: &str| Err(no_helper(name, what, why));
    if options.columns.get(name) == Some(&ColumnType::Dropped) {
        return refuse("and dropped: leave out --drop, or");
    }
    match &table.column(name)?.values {
        Values::Empty { .. } => refuse("as it is empty"),
        values => Ok(values),
    }
}

/// What divides the rows; rows that cannot be divided by it are left out.
fn keys(table: &Table, options: &Options, rows: &mut Vec<usize>, notices: &mut Vec<String>) -> Result<Keys> {
    let mut leave_out = |name: &str, what: &str, missing: &dyn Fn(usize) -> bool| {
        let before = rows.len();
        rows.retain(|row| !missing(*row));
        if rows.len() < before {
            let rows = count(before - rows.len(), "row", "rows");
            notices.push(format!("{rows} without a value of `{name}` left out, as {what}"));
        }
    };
    match &options.division {
        DivideBy::Chance => Ok(Keys::None),
        DivideBy::Group(name) => match helper(table, name, GROUP, options)? {
            Values::Categories { codes, .. } => {
                leave_out(name, "their group is not known", &|row| codes[row] == MISSING);
                Ok(Keys::Groups(codes.clone()))
            }
            Values::Numbers { values, .. } => {
                leave_out(name, "their group is not known", &|row| values[row].is_nan());
                let mut place = std::collections::HashMap::new();
                // Adding 0 makes -0 the same as 0.
                let group = |value: &f64| {
                    let next = place.len() as u32;
                    *place.entry((value + 0.0).to_bits()).or_insert(next)
                };
                Ok(Keys::Groups(values.iter().map(group).collect()))
            }
            _ => Err(Error::request(format!(
                "the texts of the column `{name}` were not kept, so rows cannot be grouped by it; read the table with \
                 Options::column_types"
            ))),
        },
        DivideBy::Time(name) => match helper(table, name, TIME, options)? {
            Values::Numbers { values, .. } => {
                leave_out(name, "their time is not known", &|row| values[row].is_nan());
                Ok(Keys::Times(values.clone()))
            }
            _ => Err(Error::request(format!(
                "the column `{name}` holds neither dates nor numbers, so rows cannot be ordered by it; --date {name} takes its \
                 cells as dates, or choose another column"
            ))),
        },
    }
}

/// How much each row counts: numbers of a column, none of them missing or negative.
fn weights(table: &Table, name: &str, options: &Options, rows: &[usize]) -> Result<Vec<f64>> {
    let values = match helper(table, name, WEIGHT, options)? {
        Values::Numbers { values, kind } if !kind.is_date() => values,
        _ => {
            return Err(Error::request(format!(
                "the column `{name}` does not hold numbers, so it cannot be the weight of the rows; choose another column"
            )));
        }
    };
    let position = table.position(name)?;
    if let Some(&row) = rows.iter().find(|&&row| values[row].is_nan() || values[row] < 0.0) {
        let found = match values[row].is_nan() {
            true => "is missing".to_string(),
            false => format!("is {}", number(values[row])),
        };
        return Err(Error::data(format!(
            "{}: the weight of the row {found}; weights are numbers from 0 on: correct the cell",
            table.place(row, position)
        )));
    }
    if rows.iter().all(|&row| values[row] == 0.0) {
        let message = format!(
            "every weight in {} is 0, so no row counts; choose another column",
            quoted(name)
        );
        return Err(Error::data(message));
    }
    Ok(values.clone())
}
