//! From a table to a judged model.

use std::{ops::ControlFlow, path::Path};

use chainrule::Rng;
use chainrule_table::{Fractions, Split, Table};

use crate::{
    assess::{Fit, assess},
    checkpoint::{Board, Checkpoint},
    comparison::{Comparison, Scores, folds_of},
    cross_validation::{Crossed, Plan, cross_validate},
    error::{Error, Result},
    examples,
    judge::Judgement,
    judgement::{Source, check_coverage},
    learned::{Learned, Settings},
    linear_fit,
    model::{Model, Record},
    model_kind::ModelKind,
    network_fit::Choices,
    options::{DivideBy, Options},
    problem::{Problem, Read},
    progress::{Progress, Stage, Watch},
    search::{self, Tried, search},
};

/// A trained model with its judgement.
#[derive(Clone, Debug)]
pub struct Fitted {
    /// The model.
    pub model: Model,
    /// Its figures on the test rows, beside the baseline's, and what a person should know.
    pub judgement: Judgement,
    /// Whether the watcher stopped its training; with a checkpoint it can go on.
    pub stopped: bool,
    /// Why the last checkpoint could not be written, if it could not.
    pub no_checkpoint: Option<String>,
}

/// Fits a model to a table and judges it on rows it has not seen, beside others.
///
/// The rows are split 64 : 16 : 20 (at random and classes in equal shares, whole groups, or the latest last) before
/// anything is learned from them; scaling, categories and the targets' means come from the training rows only. A network
/// learns from the first part and stops when the loss on the second has not improved for `patience` epochs; the weights
/// of the best epoch are kept. A linear model has no epochs and nothing to stop: it learns from both parts.
///
/// A trivial baseline, a linear model and a network are then cross-validated on the same folds of the first two parts,
/// which says which is worth having, and by how much more than chance. Last, all three are judged once on the third part.
///
/// `watcher` sees every epoch of every training, from one thread at a time, and may stop them; what has been reached is
/// judged and returned.
///
/// # Errors
/// When the table cannot be learned from (the message says why and what to do), an option is not valid, or training
/// diverges.
pub fn fit(
    table: &Table,
    options: &Options,
    watcher: impl FnMut(&Progress) -> ControlFlow<()> + Send,
) -> Result<Fitted> {
    fit_with_checkpoint(table, options, None, watcher)
}

/// Does what [`fit`] does, and puts every training aside every few seconds of work; or goes on from where they stood, to the
/// same model, bit by bit, whatever the number of threads.
///
/// The checkpoint stays when training was stopped. Otherwise it lies there until it is [removed](Checkpoint::remove), which
/// is best done once the model is saved.
///
/// # Errors
/// As [`fit`]; and when the fit is to go on from a checkpoint that is damaged, or of another table or other options.
pub fn fit_with_checkpoint(
    table: &Table,
    options: &Options,
    checkpoint: Option<&Checkpoint>,
    mut watcher: impl FnMut(&Progress) -> ControlFlow<()> + Send,
) -> Result<Fitted> {
    check_coverage(options.coverage)?;
    let choices = Choices::of(&options.network)?;
    search::check(&options.network)?;
    let Read {
        problem,
        notices,
        could_be_other,
    } = Problem::read(table, options)?;
    linear_fit::check(options, problem.task(), could_be_other)?;
    let mut rng = Rng::new(options.seed);
    let split = split(&problem, &mut rng)?;
    let learned_from = split.train.len() + split.validation.len();
    let plan = Plan::of(options, learned_from)?;
    let settings = settle(options, &problem, choices, split.train.len());

    let rows = split.train.len();
    let work = (rows * options.network.epochs) as f64 + search::work(&options.network, rows);
    let work = work + plan.work(learned_from, options.network.epochs);
    let board = checkpoint.map(|checkpoint| Board::open(checkpoint, table, options));
    let watch = Watch::new(&mut watcher, work, board.transpose()?);
    let asked = Asked {
        options,
        problem: &problem,
        split: &split,
        plan,
        watch: &watch,
    };
    let fitted = learn(asked, settings, rng, notices);
    let board = watch.board();
    match fitted {
        Ok(mut fitted) => {
            fitted.stopped = watch.is_stopped();
            fitted.no_checkpoint = board.and_then(|board| board.close(fitted.stopped));
            Ok(fitted)
        }
        Err(error) => {
            board.into_iter().for_each(Board::discard);
            Err(error)
        }
    }
}

/// What is asked of which rows, and who watches.
struct Asked<'a, 'w> {
    options: &'a Options,
    problem: &'a Problem<'a>,
    split: &'a Split,
    plan: Plan,
    watch: &'a Watch<'w>,
}

/// Learns the models, compares them and judges them.
fn learn(asked: Asked, mut settings: Settings, mut rng: Rng, mut notices: Vec<String>) -> Result<Fitted> {
    let Asked {
        options,
        problem,
        split,
        plan,
        watch,
    } = asked;
    let wants = |kind: ModelKind| options.model.is_none_or(|model| model == kind) || plan != Plan::None;
    let tried = match options.network.search {
        1.. if wants(ModelKind::Mlp) => take_the_best(problem, &mut settings, split, watch, &mut notices)?,
        _ => vec![],
    };
    let network = match wants(ModelKind::Mlp) {
        true => Some(learn_network(problem, &settings, split, &mut rng, watch)?),
        false => None,
    };
    let linear = match wants(settings.linear) {
        true => Some(Learned::linear(problem, &settings, &joined(split))),
        false => None,
    };
    // A linear model that nobody asked for may fail.
    let linear = match (linear, options.model) {
        (Some(Err(error)), Some(ModelKind::Mlp)) => {
            notices.push(format!("there is no linear model to compare with: {error}"));
            None
        }
        (linear, _) => linear.transpose()?,
    };
    let (comparison, scores) = match (plan, &linear, &network) {
        (Plan::None, _, _) | (_, None, _) | (_, _, None) => (None, Default::default()),
        (_, Some(linear), Some(network)) => {
            let (found, scores) = compare(problem, &settings, split, plan, (linear, network), watch, &mut notices)?;
            (Some(found), scores)
        }
    };
    let kind = options
        .model
        .unwrap_or_else(|| chosen(comparison.as_ref(), settings.linear));
    let [of_linear, of_network] = scores;
    let (learned, scores) = match kind.is_linear() {
        true => (linear, of_linear),
        false => (network, of_network),
    };
    let learned = learned.ok_or_else(|| Error::request(format!("no model of the kind {} was learned", kind.name())))?;
    let found = Found {
        kind,
        learned,
        source: match (plan, scores.is_empty()) {
            (Plan::Folds(_), false) => Source::Folds,
            _ => Source::Validation,
        },
        scores,
        comparison,
        tried,
    };
    judged(problem, settings, split, found, notices)
}

/// What was learned from the training rows.
struct Found {
    kind: ModelKind,
    learned: Learned,
    /// How far off such a model was, for each target, for each row that was held out when models were compared; none where
    /// they were not.
    scores: Vec<Vec<f64>>,
    source: Source,
    comparison: Option<Comparison>,
    tried: Vec<Tried>,
}

/// Tries configurations of the network and settles on the best.
fn take_the_best(
    problem: &Problem,
    settings: &mut Settings,
    split: &Split,
    watch: &Watch,
    notices: &mut Vec<String>,
) -> Result<Vec<Tried>> {
    let tried = search(problem, settings, split, watch)?;
    if let Some(best) = tried.first() {
        settings.choices = Choices::of(&best.network)?;
        settings.options.network = settings.choices.settle(&best.network, split.train.len());
        notices.push(format!(
            "the network's configuration is the best of {}, chosen by validation rows: its figures on them and in folds flatter \
             it a little, those on the test rows do not",
            tried.len()
        ));
    }
    Ok(tried)
}

/// Divides the rows, before anything is learned from them.
fn split(problem: &Problem, rng: &mut Rng) -> Result<Split> {
    let mut order = problem.rows.clone();
    rng.shuffle(&mut order);
    Split::by(&order, problem.division(), Fractions::default())
        .map_err(|error| Error::data(format!("{}: {error}", problem.table.name())))
}

/// The options with what was left to be decided filled in.
fn settle(options: &Options, problem: &Problem, choices: Choices, rows: usize) -> Settings {
    let linear = linear_fit::kind(options, problem.task());
    let options = Options {
        task: Some(problem.task()),
        linear: linear_fit::settle(&options.linear, linear),
        network: choices.settle(&options.network, rows),
        ..options.clone()
    };
    Settings {
        options,
        choices,
        linear,
    }
}

fn learn_network(
    problem: &Problem,
    settings: &Settings,
    split: &Split,
    rng: &mut Rng,
    watch: &Watch,
) -> Result<Learned> {
    let watching = &mut watch.training(Stage::Network, split.train.len(), settings.options.network.epochs);
    let rows = (&split.train[..], &split.validation[..]);
    Learned::network(problem, settings, rows, rng, watching)
}

/// The rows that a linear model learns from: there is nothing to stop by.
fn joined(split: &Split) -> Vec<usize> {
    [&split.train[..], &split.validation].concat()
}

/// Baseline, linear model and network on rows that were held out of the training rows, and on the test rows.
fn compare(
    problem: &Problem,
    settings: &Settings,
    split: &Split,
    plan: Plan,
    (linear, network): (&Learned, &Learned),
    watch: &Watch,
    notices: &mut Vec<String>,
) -> Result<(Comparison, [Vec<Vec<f64>>; 2])> {
    let training = joined(split);
    let crossed = match plan {
        _ if watch.is_stopped() => Crossed::default(),
        Plan::None => Crossed::default(),
        Plan::OneLook => {
            let held_out = &split.validation;
            let linear = Learned::linear(problem, settings, &split.train)?;
            let figures = [
                linear.baseline_figures(problem, held_out),
                linear.figures(problem, held_out)?,
                network.figures(problem, held_out)?,
            ];
            Crossed {
                figures: vec![figures],
                ratio: held_out.len() as f64 / split.train.len() as f64,
                scores: [linear.scores(problem, held_out)?, network.scores(problem, held_out)?],
            }
        }
        Plan::Folds(folds) => {
            // Of the test rows there is nothing in it.
            let inside = problem.take(&training);
            match cross_validate(&inside, settings, folds, watch) {
                Ok(found) => found.unwrap_or_default(),
                Err(error) => {
                    notices.push(format!("there is no cross-validation: {error}"));
                    Crossed::default()
                }
            }
        }
    };
    let Crossed {
        figures: folds,
        ratio,
        scores,
    } = crossed;
    if watch.is_stopped() {
        notices.push("training was stopped before models were compared".to_string());
    }
    let how = match (&settings.options.division, problem.task()) {
        (DivideBy::Group(name), _) => format!(", whole groups of `{name}`"),
        (DivideBy::Time(name), _) => format!(", forward in time by `{name}`"),
        (DivideBy::Chance, crate::Task::Classification) => ", classes in equal shares".to_string(),
        (DivideBy::Chance, crate::Task::Regression) => String::new(),
    };
    let scheme = match plan {
        Plan::OneLook => format!(
            "one look at the {} validation rows, as {} training rows are many",
            split.validation.len(),
            training.len()
        ),
        _ => folds_of(folds.len(), training.len(), &how),
    };
    let of = |place: usize| folds.iter().map(|figures| figures[place].clone()).collect::<Vec<_>>();
    let targets = &problem.targets;
    let trivial = match problem.task() {
        crate::Task::Regression => "mean",
        crate::Task::Classification => "shares",
    };
    let guessing = if settings.options.model.is_some_and(ModelKind::is_linear) {
        linear
    } else {
        network
    };
    let (baseline, linear_test) = (
        guessing.baseline_figures(problem, &split.test),
        linear.figures(problem, &split.test)?,
    );
    let network_test = network.figures(problem, &split.test)?;
    let models = vec![
        Scores::new("baseline", trivial, &of(0), baseline, targets),
        Scores::new("linear", settings.linear.name(), &of(1), linear_test, targets),
        Scores::new("network", ModelKind::Mlp.name(), &of(2), network_test, targets),
    ];
    Ok((Comparison::new(problem.task(), scheme, ratio, models), scores))
}

/// The kind of model that is worth having: of a network and a linear model the simpler one, unless the other is clearly
/// better.
fn chosen(comparison: Option<&Comparison>, linear: ModelKind) -> ModelKind {
    match comparison.and_then(|comparison| comparison.worth_having.as_deref()) {
        Some("network") => ModelKind::Mlp,
        _ => linear,
    }
}

/// How far off a model is, for each target, for each validation row; the linear model itself learned from them, so another answers for it.
fn held_out_scores(
    problem: &Problem,
    settings: &Settings,
    split: &Split,
    learned: &Learned,
    kind: ModelKind,
) -> Result<Vec<Vec<f64>>> {
    match kind.is_linear() {
        true => Learned::linear(problem, settings, &split.train)?.scores(problem, &split.validation),
        false => learned.scores(problem, &split.validation),
    }
}

/// The model with its judgement: the one look at the test rows.
fn judged(
    problem: &Problem,
    settings: Settings,
    split: &Split,
    found: Found,
    mut notices: Vec<String>,
) -> Result<Fitted> {
    let Found {
        kind,
        learned,
        scores,
        source,
        comparison,
        tried,
    } = found;
    let scores = match scores.is_empty() {
        false => scores,
        true => held_out_scores(problem, &settings, split, &learned, kind)?,
    };
    notices.extend(learned.prepared.encoder.notes());
    notices.extend(learned.prepared.matrix.unseen.iter().map(ToString::to_string));
    // A linear model learns from the validation rows as well.
    let split = match kind.is_linear() {
        true => &Split {
            train: joined(split),
            validation: vec![],
            test: split.test.clone(),
        },
        false => split,
    };
    let model = Fit {
        problem,
        settings: &settings,
        split,
        kind,
        learned: &learned,
    };
    let (judgement, conformal) = assess(&model, (source, scores), notices)?;
    let Learned {
        prepared,
        network,
        history,
        ..
    } = learned;
    let record = Record {
        version: env!("CARGO_PKG_VERSION").to_string(),
        data: file_name(problem.table.name()),
        kind,
        best_epoch: history.last().map_or(0, |last| last.best),
        options: settings.options,
        search: tried,
        history,
        comparison,
        judgement: judgement.clone(),
    };
    let model = Model {
        examples: examples::of(&problem.table, &prepared.encoder, &split.test),
        encoder: prepared.encoder,
        target: prepared.target,
        network,
        conformal,
        record,
    };
    Ok(Fitted {
        model,
        judgement,
        stopped: false,
        no_checkpoint: None,
    })
}

/// The last part of a path: where a file lay must not change the bytes of a model.
pub(crate) fn file_name(path: &str) -> String {
    let name = Path::new(path).file_name();
    name.map_or(path.to_string(), |name| name.to_string_lossy().into_owned())
}
