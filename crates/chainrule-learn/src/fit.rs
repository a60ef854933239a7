//! From a table to a judged model.

use std::{ops::ControlFlow, path::Path};

use chainrule::Rng;
use chainrule_table::{Fractions, Split, Table};

use crate::{
    assess::{Fit, assess},
    checkpoint::{Board, Checkpoint},
    comparison::{Comparison, LINEAR, NETWORK},
    cross_validation::Plan,
    error::{Error, Result},
    examples,
    held_out::Crossed,
    judge::Judgement,
    judgement::{Source, check_coverage},
    learned::{Learned, Settings},
    linear_fit,
    model::{Model, Record},
    model_kind::ModelKind,
    network_fit::Choices,
    options::Options,
    problem::{Problem, Read},
    progress::{Progress, Stage, Watch},
    search::{self, Tried, search},
    three_models::{Contest, Parts},
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
/// which says which is worth having, and by how much more than chance; of many rows, half of the second part does, and no
/// network stops by those. Last, all three are judged once on the third part.
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
        mut problem,
        mut notices,
        could_be_other,
    } = Problem::read(table, options)?;
    linear_fit::check(options, problem.task(), could_be_other)?;
    let mut rng = Rng::new(options.seed);
    let mut parts = Parts {
        split: split(&problem, &mut rng)?,
        compared: vec![],
    };
    let joined = parts.joined();
    let (learned_from, rows) = (joined.len(), parts.split.train.len());
    let learns_from_all = options.model.is_some_and(ModelKind::is_linear);
    let known = if learns_from_all { &joined } else { &parts.split.train };
    problem.check_classes(known, &parts.split.test)?;
    problem.decide(&joined)?;
    let plan = Plan::of(options, learned_from)?;
    if plan == Plan::OneLook
        && let Err(error) = parts.set_apart(&problem)
    {
        notices.push(format!("there is no comparison of models: {error}"));
    }
    let settings = settle(options, &problem, choices, rows);

    let work = (rows * options.network.epochs) as f64 + search::work(&options.network, rows);
    let work = work + plan.work(learned_from, options.network.epochs);
    let board = checkpoint.map(|checkpoint| Board::open(checkpoint, table, options));
    let watch = Watch::new(&mut watcher, work, board.transpose()?);
    let asked = Asked {
        options,
        problem: &problem,
        parts: &parts,
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
    parts: &'a Parts,
    plan: Plan,
    watch: &'a Watch<'w>,
}

/// Learns the models, compares them and judges them.
fn learn(asked: Asked, mut settings: Settings, mut rng: Rng, mut notices: Vec<String>) -> Result<Fitted> {
    let Asked {
        options,
        problem,
        parts,
        plan,
        watch,
    } = asked;
    let split = &parts.split;
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
        true => Some(Learned::linear(problem, &settings, &parts.joined())),
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
    let compared = match (plan, &linear, &network) {
        (Plan::None, _, _) | (_, None, _) | (_, _, None) => None,
        (_, Some(linear), Some(network)) => {
            let contest = Contest {
                problem,
                settings: &settings,
                parts,
                plan,
                watch,
            };
            Some(contest.compare((linear, network), &mut notices)?)
        }
    };
    let (mut comparison, crossed) = compared.unzip();
    let kind = options
        .model
        .unwrap_or_else(|| chosen(comparison.as_ref(), settings.linear));
    let (learned, place) = match kind.is_linear() {
        true => (linear, LINEAR),
        false => (network, NETWORK),
    };
    if let Some(comparison) = &mut comparison {
        let kept = comparison.models.get(place).map(|model| model.name.clone());
        comparison.kept = kept.unwrap_or_default();
    }
    let scores = crossed.map_or(vec![], |crossed: Crossed| crossed.scores(place));
    let learned = learned.ok_or_else(|| Error::request(format!("no model of the kind {} was learned", kind.name())))?;
    let found = Found {
        kind,
        learned,
        source: match (plan, scores.is_empty()) {
            (_, true) | (Plan::None, _) => Source::Validation,
            (Plan::Folds(_), false) => Source::Folds,
            (Plan::OneLook, false) => Source::Compared,
        },
        scores,
        comparison,
        tried,
    };
    judged(problem, settings, parts, found, notices)
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
    let seen = match kind.is_linear() {
        true => Learned::linear(problem, settings, &split.train)?.held_out(problem, &split.validation),
        false => learned.held_out(problem, &split.validation),
    };
    Ok(seen?.scores)
}

/// The model with its judgement: the one look at the test rows.
fn judged(problem: &Problem, settings: Settings, parts: &Parts, found: Found, notices: Vec<String>) -> Result<Fitted> {
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
        true => held_out_scores(problem, &settings, &parts.split, &learned, kind)?,
    };
    // A linear model learns from all rows but those to test.
    let parts = match kind.is_linear() {
        true => &Parts {
            split: Split {
                train: parts.joined(),
                validation: vec![],
                test: parts.split.test.clone(),
            },
            compared: vec![],
        },
        false => parts,
    };
    let model = Fit {
        problem,
        settings: &settings,
        split: &parts.split,
        compared: parts.compared.len(),
        kind,
        learned: &learned,
        comparison: comparison.as_ref(),
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
        examples: examples::of(&problem.table, &prepared.encoder, &parts.split.test),
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
