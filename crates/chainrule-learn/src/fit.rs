//! From a table to a judged model.

use std::{borrow::Cow, ops::ControlFlow, path::Path};

use chainrule::{Mlp, Rng, nn::Activation, optim::optimizers};
use chainrule_table::{
    ColumnType, Encoder, FEWEST_ROWS, Fractions, Matrix, Split, Table, mean_and_standard_deviation,
    message::{count, number},
};

use crate::{
    error::{Error, Result},
    examples,
    judge::{self, Judgement, Truth, judge},
    linear_fit,
    model::{Model, Record, predict_rows},
    model_kind::ModelKind,
    options::Options,
    target::{Answers, Target, Task, answers, check},
    train::{Answer, Course, Epoch, Limits, Samples, train},
};

/// A trained model with its judgement.
#[derive(Clone, Debug)]
pub struct Fitted {
    /// The model.
    pub model: Model,
    /// Its figures on the test rows, beside the baseline's, and what a person should know.
    pub judgement: Judgement,
}

/// More training rows than this, and a batch is larger by default.
const MANY_ROWS: usize = 10_000;
/// The widest hidden layer, and the most of them: enough for any table, too few to exhaust memory by a typing error.
const WIDEST: usize = 65_536;
const MOST_LAYERS: usize = 64;
const MOST_PARAMETERS: usize = 100_000_000;

/// Fits a model to a table and judges it on rows it has not seen.
///
/// The rows are shuffled and split 64 : 16 : 20 (classes in equal shares) before anything is learned from them; scaling,
/// categories and the target's mean come from the training rows only. Training stops when the validation loss has not
/// improved for `patience` epochs, and the weights of the best epoch are kept. `after_epoch` sees every epoch and may
/// stop the training; what has been reached is judged and returned. A linear model has no epochs and nothing to stop: it
/// learns from training and validation rows together.
///
/// # Errors
/// When the table cannot be learned from (the message says why and what to do), an option is not valid, or training
/// diverges.
pub fn fit(table: &Table, options: &Options, after_epoch: impl FnMut(&Epoch) -> ControlFlow<()>) -> Result<Fitted> {
    let chosen = match options.model {
        ModelKind::Mlp => Some(choices(options)?),
        _ => None,
    };
    let name = options.target.clone();
    let table = &as_asked(table, options)?;
    let (given, reason) = answers(table, &name, options.task)?;
    linear_fit::check(options, given.task(), reason.is_some())?;
    let mut options = match chosen {
        Some(_) => options.clone(),
        None => linear_fit::settled(options),
    };
    let mut warnings = table.notices().to_vec();
    warnings.extend(reason);
    let mut order = known_rows(table, &name, &given, &mut warnings)?;

    let mut rng = Rng::new(options.seed);
    rng.shuffle(&mut order);
    let groups = match &given {
        Answers::Classes { codes, .. } => Some(codes.as_slice()),
        Answers::Numbers(_) => None,
    };
    let mut split = Split::new(&order, groups, Fractions::default())
        .map_err(|error| Error::data(format!("{}: {error}", table.name())))?;
    if options.model.is_linear() {
        split.train.append(&mut split.validation);
    }

    let features: Vec<&str> = table
        .columns()
        .iter()
        .map(|c| c.name.as_str())
        .filter(|c| *c != name)
        .collect();
    if features.is_empty() {
        let message = format!(
            "{} has no column beside the target `{name}` to learn from",
            table.name()
        );
        return Err(Error::data(message));
    }
    let encoder = Encoder::fit(table, &features, &split.train).map_err(|error| Error::data(error.to_string()))?;
    warnings.extend(encoder.notes());
    let matrix = encoder.transform(table)?;
    warnings.extend(matrix.unseen.iter().map(ToString::to_string));
    let (target, answer) = learn_target(table, &name, &given, &split.train)?;

    options.task = Some(target.task());
    let train = select(&matrix, &answer, &split.train);
    let (network, history) = match chosen {
        None => (
            linear_fit::learn(&options, train, target.outputs(), &mut warnings)?,
            vec![],
        ),
        Some(chosen) => {
            let samples = (&train, &select(&matrix, &answer, &split.validation));
            let Course {
                network,
                history,
                diverged,
            } = learn_network(&mut options, chosen, samples, target.outputs(), &mut rng, after_epoch)?;
            if let Some(epoch) = diverged {
                warnings.push(format!(
                    "training diverged in epoch {epoch} and was stopped; the weights are those of epoch {}. Try a smaller \
                     --learning-rate than {}",
                    history.last().map_or(0, |last| last.best),
                    options.learning_rate.unwrap_or_default()
                ));
            }
            (network, history)
        }
    };
    let best_epoch = history.last().map_or(0, |last| last.best);
    let rows = judge::Rows {
        train: split.train.len(),
        validation: split.validation.len(),
        test: split.test.len(),
    };
    let test = select(&matrix, &answer, &split.test);
    let test = Matrix {
        rows: split.test.len(),
        data: test.data,
        ..matrix
    };
    let prediction = predict_rows(&network, &target, &test)?;
    let judgement = judge(
        &target,
        &prediction,
        &truth(&given, &answer, &split.test),
        rows,
        warnings,
    );
    let record = Record {
        version: env!("CARGO_PKG_VERSION").to_string(),
        data: file_name(table.name()),
        best_epoch,
        options,
        history,
        judgement: judgement.clone(),
    };
    let model = Model {
        examples: examples::of(table, &encoder, &split.test),
        encoder,
        target,
        network,
        record,
    };
    Ok(Fitted { model, judgement })
}

/// The table with the columns that the options say, when that can be.
fn as_asked<'a>(table: &'a Table, options: &Options) -> Result<Cow<'a, Table>> {
    let target = &options.target;
    for name in options.columns.keys().filter(|name| !table.dropped().contains(name)) {
        table.position(name)?;
    }
    match options.columns.get(target) {
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
                "the target `{target}` cannot be categorical and a number to predict; leave out --categorical {target}, or \
                 use --task classification"
            )));
        }
        _ => {}
    }
    let is_so = |(name, kind): (&String, &ColumnType)| match kind {
        ColumnType::Dropped => table.dropped().contains(name),
        kind => table.column(name).is_ok_and(|column| column.asked == Some(*kind)),
    };
    match options.columns.iter().all(is_so) {
        true => Ok(Cow::Borrowed(table)),
        false => Ok(Cow::Owned(table.clone().with_types(&options.columns)?)),
    }
}

/// The rows that have an answer, when one can learn from them.
fn known_rows(table: &Table, name: &str, given: &Answers, warnings: &mut Vec<String>) -> Result<Vec<usize>> {
    let known = given.known_rows(table, name, warnings);
    if known.len() < FEWEST_ROWS {
        return Err(Error::data(format!(
            "{} has {} with a value of the target `{name}`; at least {FEWEST_ROWS} are needed to train, validate and test",
            table.name(),
            count(known.len(), "row", "rows")
        )));
    }
    check(table, name, given, &known)?;
    Ok(known)
}

/// Trains a network, and fills in what was left to be decided.
fn learn_network(
    options: &mut Options,
    (activation, optimizer): (Activation, chainrule::optim::Choice),
    samples: (&Samples, &Samples),
    outputs: usize,
    rng: &mut Rng,
    after_epoch: impl FnMut(&Epoch) -> ControlFlow<()>,
) -> Result<Course> {
    let (train_samples, _) = samples;
    let hidden = options.hidden.iter().copied();
    let widths: Vec<usize> = [train_samples.inputs]
        .into_iter()
        .chain(hidden)
        .chain([outputs])
        .collect();
    let network = build(&widths, activation, rng)?;
    let many = train_samples.len() > MANY_ROWS;
    let batch_size = *options.batch_size.get_or_insert(if many { 256 } else { 32 });
    let learning_rate = *options.learning_rate.get_or_insert(optimizer.learning_rate);
    let limits = Limits {
        batch_size,
        epochs: options.epochs,
        patience: options.patience,
    };
    train(
        network,
        (optimizer.new)(learning_rate),
        &limits,
        samples,
        rng,
        after_epoch,
    )
}

/// A network of these widths, unless no memory would hold it.
fn build(widths: &[usize], activation: Activation, rng: &mut Rng) -> Result<Mlp> {
    let parameters = Mlp::<f64>::count_parameters(widths);
    if parameters.is_none_or(|parameters| parameters > MOST_PARAMETERS) {
        return Err(Error::request(format!(
            "a network of widths {widths:?} would have {} parameters, more than {MOST_PARAMETERS}; choose smaller --hidden",
            parameters.map_or("too many".to_string(), |parameters| parameters.to_string())
        )));
    }
    Ok(Mlp::new(widths, activation, rng)?)
}

/// The right answers of some rows: numbers as they stand in the table, classes as the network counts them.
fn truth(given: &Answers, answer: &Answer, rows: &[usize]) -> Truth {
    match (given, answer) {
        (Answers::Numbers(values), _) | (_, Answer::Numbers(values)) => {
            Truth::Numbers(rows.iter().map(|&row| values[row]).collect())
        }
        (_, Answer::Classes(classes)) => Truth::Classes(rows.iter().map(|&row| classes[row]).collect()),
    }
}

/// The last part of a path: where a file lay must not change the bytes of a model.
pub(crate) fn file_name(path: &str) -> String {
    let name = Path::new(path).file_name();
    name.map_or(path.to_string(), |name| name.to_string_lossy().into_owned())
}

/// The nonlinearity and the optimizer by their names, after a look at every number among the options.
fn choices(options: &Options) -> Result<(Activation, chainrule::optim::Choice)> {
    let bad = |message: String| Err(Error::request(message));
    if let Some(width) = options.hidden.iter().find(|width| !(1..=WIDEST).contains(*width)) {
        return bad(format!(
            "a hidden layer of width {width}: choose between 1 and {WIDEST}"
        ));
    }
    if options.hidden.len() > MOST_LAYERS {
        return bad(format!(
            "{} hidden layers: choose at most {MOST_LAYERS}",
            options.hidden.len()
        ));
    }
    if let Some(rate) = options.learning_rate.filter(|rate| !rate.is_finite() || *rate <= 0.0) {
        return bad(format!(
            "a learning rate of {rate}: choose a number above 0, such as 0.01"
        ));
    }
    if options.batch_size == Some(0) {
        return bad("a batch of 0 rows: choose at least 1".to_string());
    }
    if options.epochs == 0 {
        return bad("0 epochs: choose at least 1".to_string());
    }
    if options.patience == 0 {
        return bad("a patience of 0 epochs: choose at least 1".to_string());
    }
    let activation = Activation::named(&options.activation).map_err(|error| Error::request(error.to_string()))?;
    let all = optimizers::<f64>();
    let names = all.iter().map(|choice| choice.name).collect::<Vec<_>>().join(", ");
    match all.into_iter().find(|choice| choice.name == options.optimizer) {
        Some(optimizer) => Ok((activation, optimizer)),
        None => bad(format!(
            "there is no optimizer \"{}\"; choose one of {names}",
            options.optimizer
        )),
    }
}

/// What the training rows say about the target, and every row's answer as the network learns it.
fn learn_target(table: &Table, name: &str, given: &Answers, train: &[usize]) -> Result<(Target, Answer)> {
    match given {
        Answers::Numbers(values) => {
            let known: Vec<f64> = train.iter().map(|&row| values[row]).collect();
            if known.iter().all(|value| *value == known[0]) {
                return Err(Error::data(format!(
                    "{}: all {} have the same target, `{name}` = {}: it cannot be learned; choose another --seed or target",
                    table.name(),
                    count(train.len(), "training row", "training rows"),
                    number(known[0])
                )));
            }
            let (mean, standard_deviation) = mean_and_standard_deviation(&known);
            // Figures are made of squares, which must not overflow or vanish.
            let sound = mean.is_finite() && (standard_deviation * standard_deviation).is_normal();
            if !sound
                || values
                    .iter()
                    .any(|value| ((value - mean) / standard_deviation).is_infinite())
            {
                return Err(Error::data(format!(
                    "{}: the target `{name}` is spread too far, or too little, to be learned (mean {}, standard deviation \
                     {}); check its values, or rescale it",
                    table.name(),
                    number(mean),
                    number(standard_deviation)
                )));
            }
            let standardized = values.iter().map(|value| (value - mean) / standard_deviation).collect();
            let target = Target::Number {
                mean,
                standard_deviation,
            };
            Ok((target, Answer::Numbers(standardized)))
        }
        Answers::Classes { names, codes } => {
            // Only classes that occur: a table made of rows of another may name more.
            let mut counts = vec![0usize; names.len()];
            for &row in train {
                counts[codes[row] as usize] += 1;
            }
            let (mut place, mut kept, mut shares) = (vec![0; names.len()], vec![], vec![]);
            for (class, name) in names.iter().enumerate().filter(|(class, _)| counts[*class] > 0) {
                place[class] = kept.len();
                kept.push(name.clone());
                shares.push(counts[class] as f64 / train.len() as f64);
            }
            let classes = codes
                .iter()
                .map(|&code| place.get(code as usize).copied().unwrap_or(0))
                .collect();
            Ok((Target::Classes { names: kept, shares }, Answer::Classes(classes)))
        }
    }
}

fn select(matrix: &Matrix, answer: &Answer, rows: &[usize]) -> Samples {
    let mut data = Vec::with_capacity(rows.len() * matrix.columns);
    for &row in rows {
        data.extend_from_slice(matrix.row(row));
    }
    Samples {
        rows: rows.len(),
        inputs: matrix.columns,
        data,
        answer: match answer {
            Answer::Numbers(numbers) => Answer::Numbers(rows.iter().map(|&row| numbers[row]).collect()),
            Answer::Classes(classes) => Answer::Classes(rows.iter().map(|&row| classes[row]).collect()),
        },
    }
}
