//! The rows a run learns from, and how raw numbers become those a network takes in.

use std::sync::Arc;

use chainrule_learn::{Choices, ColumnType, Dataset, Options, Part, Table, Task, Trainable};
use chainrule_table::{Encoder, Encoding, MISSING, Values};

use crate::{
    choices::OWN,
    error::{Error, Result},
    inputs::{Input, with_inputs},
    setup::Setup,
};

/// The most rows of a table that somebody brings, and the most numbers of its encoded rows.
const MOST_ROWS: usize = 100_000;
const MOST_NUMBERS: usize = 5_000_000;

/// The rows a run learns from: divided first, then scaled and encoded by what the training rows say.
///
/// ```
/// use chainrule_playground::{Data, Setup};
/// let data = Data::open(&Setup::default(), None)?;
/// assert_eq!((data.train().rows.len(), data.validation().rows.len()), (140, 60));
/// assert_eq!(data.classes(), ["0", "1"]);
/// let row = data.train().rows[0];
/// assert_eq!(data.encode(&data.raw(row)), data.train().inputs[..2]);
/// # Ok::<(), chainrule_playground::Error>(())
/// ```
#[derive(Clone)]
pub struct Data {
    trainable: Arc<Trainable>,
    columns: Vec<Column>,
    /// For each feature of the encoder, what it is made of.
    features: Vec<Input>,
    targets: [Vec<f64>; 2],
}

/// A column of the table that inputs are made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub holds: Holds,
    /// The raw number of each row of the table: a number itself, or the place of a category; NaN where it is missing.
    pub values: Vec<f64>,
}

/// What a column holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Holds {
    /// Numbers.
    Numbers {
        /// The smallest.
        least: f64,
        /// The largest.
        most: f64,
        /// The mean of the training rows.
        typical: f64,
    },
    /// One of some words, the last of them `(rare)` if rare ones are one input together.
    Categories {
        /// The words.
        names: Vec<String>,
        /// The place of the most frequent one.
        typical: usize,
    },
    /// Dates, which cannot be varied: a raw one counts as the mean.
    Dates,
}

impl Column {
    /// The raw number of a typical row.
    pub fn typical(&self) -> f64 {
        match &self.holds {
            Holds::Numbers { typical, .. } => *typical,
            Holds::Categories { typical, .. } => *typical as f64,
            Holds::Dates => f64::NAN,
        }
    }
}

impl Data {
    /// The rows that were chosen; `own` is the table of somebody who brings one.
    ///
    /// # Errors
    /// When there is no such table, or it cannot be learned from; the message says what to do.
    pub fn open(setup: &Setup, own: Option<&Table>) -> Result<Data> {
        let (table, usual_target, task) = table(setup, own)?;
        let target = match setup.target.is_empty() {
            true => usual_target,
            false => setup.target.clone(),
        };
        table.position(&target)?;
        let task = match setup.task.as_str() {
            "regression" => Some(Task::Regression),
            "classification" => Some(Task::Classification),
            _ => task.filter(|_| setup.target.is_empty()),
        };
        let (table, inputs) = with_inputs(&table, &target, &setup.inputs)?;
        let mut options = Options {
            task,
            seed: setup.seed.into(),
            ..Options::new(&target)
        };
        for column in table.columns().iter().filter(|column| column.name != target) {
            if !inputs.iter().any(|input| input.name() == column.name) {
                options.columns.insert(column.name.clone(), ColumnType::Dropped);
            }
        }
        options.network = setup.network_options();
        check_size(&table, &inputs)?;
        let trainable = Trainable::new(&table, &options, setup.validation, setup.scaling == "on")?;
        Data::of(trainable, &table, inputs)
    }

    fn of(trainable: Trainable, table: &Table, inputs: Vec<Input>) -> Result<Data> {
        let encoded = trainable.encoder().features();
        let features: Vec<Input> = encoded
            .iter()
            .filter_map(|feature| inputs.iter().find(|input| input.name() == feature.name).cloned())
            .collect();
        let mut names: Vec<&str> = vec![];
        for name in features.iter().flat_map(Input::sources) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        // The trainable's table has lost columns that are only parts of inputs, and rows without an answer.
        let rows: Vec<usize> = match trainable.table().rows() == table.rows() {
            true => (0..table.rows()).collect(),
            false => (0..table.rows())
                .filter(|&row| {
                    table
                        .column(trainable.target_name())
                        .is_ok_and(|target| !target.is_missing(row))
                })
                .collect(),
        };
        let column = |name: &str| {
            let encoding = encoded.iter().find(|feature| feature.name == name).map(|f| &f.encoding);
            let values = &table.column(name)?.values;
            Ok(column(name, values, encoding, &rows, &trainable.train().rows))
        };
        Ok(Data {
            columns: names.into_iter().map(column).collect::<Result<_>>()?,
            features,
            targets: [
                trainable.truth(trainable.train())?,
                trainable.truth(trainable.validation())?,
            ],
            trainable: Arc::new(trainable),
        })
    }

    /// The columns that inputs are made of, in the order of raw numbers.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The raw numbers of a row of the table, one for each column.
    pub fn raw(&self, row: usize) -> Vec<f64> {
        let of = |column: &Column| column.values.get(row).copied().unwrap_or(f64::NAN);
        self.columns.iter().map(of).collect()
    }

    /// The raw numbers of a typical row: means and most frequent categories of the training rows.
    pub fn typical(&self) -> Vec<f64> {
        self.columns.iter().map(Column::typical).collect()
    }

    /// What a network takes in for rows of raw numbers, one after the other.
    ///
    /// A missing number or category counts as the encoder has it. Numbers that are no whole row are left out.
    pub fn encode(&self, raw: &[f64]) -> Vec<f64> {
        let mut encoded = vec![];
        for row in raw.chunks_exact(self.columns.len().max(1)) {
            let of = |name: &str| {
                let place = self.columns.iter().position(|column| column.name == name);
                place.and_then(|place| row.get(place)).copied().unwrap_or(f64::NAN)
            };
            let all = self.features.iter().zip(self.trainable.encoder().features());
            for (input, feature) in all {
                encode(&feature.encoding, input.value(of), &mut encoded);
            }
        }
        encoded
    }

    /// The raw numbers of a grid over two columns, the others as in a row: `side` times `side` rows, the first column going
    /// from left to right, the second from top (`most`) to bottom.
    pub fn grid(&self, row: &[f64], [x, y]: [usize; 2], [across, down]: [[f64; 2]; 2], side: usize) -> Vec<f64> {
        let at = |[least, most]: [f64; 2], k: usize| least + (most - least) * (k as f64 + 0.5) / side as f64;
        let mut raw = Vec::with_capacity(side * side * row.len());
        for j in 0..side {
            for i in 0..side {
                let start = raw.len();
                raw.extend_from_slice(row);
                for (place, value) in [(x, at(across, i)), (y, at(down, side - 1 - j))] {
                    if let Some(cell) = raw.get_mut(start + place) {
                        *cell = value;
                    }
                }
            }
        }
        raw
    }

    /// The rows to learn from.
    pub fn train(&self) -> &Part {
        self.trainable.train()
    }

    /// The rows to validate with.
    pub fn validation(&self) -> &Part {
        self.trainable.validation()
    }

    /// The right answers of the training rows: numbers in the target's unit, or classes counted from 0.
    pub fn train_targets(&self) -> &[f64] {
        &self.targets[0]
    }

    /// The right answers of the validation rows.
    pub fn validation_targets(&self) -> &[f64] {
        &self.targets[1]
    }

    /// Whether numbers or classes are predicted.
    pub fn task(&self) -> Task {
        match self.classes().is_empty() {
            true => Task::Regression,
            false => Task::Classification,
        }
    }

    /// The classes, in the order of the network's outputs; none when a number is predicted.
    pub fn classes(&self) -> &[String] {
        self.trainable.classes()
    }

    /// The column that is predicted.
    pub fn target(&self) -> &str {
        self.trainable.target_name()
    }

    /// The names of what the network takes in.
    pub fn inputs(&self) -> Vec<String> {
        self.trainable.encoder().inputs()
    }

    /// How many numbers the network gives for a row: one, or a logit for each class.
    pub fn outputs(&self) -> usize {
        self.trainable.outputs()
    }

    /// The table, its encoder and what else `fit` would know.
    pub fn trainable(&self) -> &Trainable {
        &self.trainable
    }

    /// What was noticed and decided about the table.
    pub fn notices(&self) -> Vec<String> {
        let own = self.trainable.notices().iter().cloned();
        own.chain(self.trainable.encoder().notes()).collect()
    }
}

/// The table that was chosen, the column one would predict, and the task it makes where that is certain.
fn table(setup: &Setup, own: Option<&Table>) -> Result<(Table, String, Option<Task>)> {
    if setup.data == OWN {
        let Some(table) = own else {
            return Err(Error::new(
                "there is no table of your own yet: give one, or choose other data",
            ));
        };
        if table.rows() > MOST_ROWS {
            return Err(Error::new(format!(
                "{} has {} rows: the playground takes at most {MOST_ROWS}; `chainrule fit` takes any number",
                table.name(),
                table.rows()
            )));
        }
        let last = table
            .columns()
            .last()
            .map_or(String::new(), |column| column.name.clone());
        return Ok((table.clone(), last, None));
    }
    let dataset = Dataset::named(&setup.data)?;
    let choices = match dataset.is_real() {
        true => Choices::default(),
        false => Choices {
            samples: Some(setup.rows),
            noise: setup.noise(),
            random_state: Some(setup.data_seed),
        },
    };
    // Few rows of three classes would look like numbers.
    let task = (dataset.target == "class").then_some(Task::Classification);
    Ok((dataset.table(&choices)?, dataset.target.to_string(), task))
}

/// Refuses inputs that would be too many numbers, before they are.
fn check_size(table: &Table, inputs: &[Input]) -> Result<()> {
    let names: Vec<String> = inputs.iter().map(Input::name).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let all: Vec<usize> = (0..table.rows()).collect();
    // What cannot be learned from all rows is refused with the training rows, or left out there.
    let Ok(encoder) = Encoder::fit(table, &names, &all) else {
        return Ok(());
    };
    let width: usize = encoder.features().iter().map(|feature| feature.encoding.width()).sum();
    match table.rows().saturating_mul(width) > MOST_NUMBERS {
        true => Err(Error::new(format!(
            "{} rows of {width} inputs are more than {MOST_NUMBERS} numbers: choose fewer `inputs`, or train with \
             `chainrule fit`",
            table.rows()
        ))),
        false => Ok(()),
    }
}

/// What a page must know of a column.
fn column(name: &str, values: &Values, encoding: Option<&Encoding>, rows: &[usize], train: &[usize]) -> Column {
    let (holds, values) = match (values, encoding) {
        (Values::Numbers { kind, values }, _) if kind.is_date() => {
            (Holds::Dates, rows.iter().map(|&row| values[row]).collect())
        }
        (Values::Numbers { values, .. }, _) => {
            let values: Vec<f64> = rows.iter().map(|&row| values[row]).collect();
            let present = || values.iter().copied().filter(|x| !x.is_nan());
            let known = train.iter().filter_map(|&row| values.get(row));
            let known: Vec<f64> = known.copied().filter(|x| !x.is_nan()).collect();
            let holds = Holds::Numbers {
                least: present().fold(f64::INFINITY, f64::min),
                most: present().fold(f64::NEG_INFINITY, f64::max),
                typical: known.iter().sum::<f64>() / known.len().max(1) as f64,
            };
            (holds, values)
        }
        (Values::Categories { names: all, codes }, Some(Encoding::Category { names, rare, usual, .. })) => {
            let place = |code: u32| match all.get(code as usize) {
                _ if code == MISSING => f64::NAN,
                Some(word) => match names.iter().position(|name| name == word) {
                    Some(place) => place as f64,
                    // A rare one, or one that no training row has and that counts as rare, or as none.
                    None => names.len() as f64,
                },
                None => f64::NAN,
            };
            let values = rows.iter().map(|&row| place(codes[row])).collect();
            let mut words = names.clone();
            words.extend((!rare.is_empty()).then(|| "(rare)".to_string()));
            let holds = Holds::Categories {
                names: words,
                typical: *usual,
            };
            (holds, values)
        }
        _ => (Holds::Dates, vec![f64::NAN; rows.len()]),
    };
    Column {
        name: name.to_string(),
        holds,
        values,
    }
}

/// Adds the numbers that a raw one becomes, as the encoder has it.
fn encode(encoding: &Encoding, raw: f64, encoded: &mut Vec<f64>) {
    let start = encoded.len();
    encoded.resize(start + encoding.width(), 0.0);
    let own = &mut encoded[start..];
    let (indicator, width) = match encoding {
        Encoding::Number { scale, indicator, .. } => {
            if !raw.is_nan() {
                own[0] = (raw - scale.mean) / scale.standard_deviation;
            }
            (*indicator, 1)
        }
        Encoding::Date { .. } => return,
        Encoding::Category {
            names,
            rare,
            usual,
            indicator,
        } => {
            let width = names.len() + usize::from(!rare.is_empty());
            let place = match raw.is_nan() {
                true if *indicator => width,
                true => *usual,
                false => raw.max(0.0) as usize,
            };
            if let Some(cell) = own[..width].get_mut(place) {
                *cell = 1.0;
            }
            (*indicator, width)
        }
    };
    if let (true, true, Some(mark)) = (indicator, raw.is_nan(), own.get_mut(width)) {
        *mark = 1.0;
    }
}
