//! Three models on the same folds of the training rows.

use chainrule::Rng;
use chainrule_table::{Fold, Fractions, Split};

use crate::{
    error::{Error, Result},
    judge::Figures,
    learned::{Learned, Settings},
    options::{MOST_ROWS_FOLDED, Options},
    parallel::side_by_side,
    problem::Problem,
    progress::{Stage, Watch},
};

/// The usual number of folds, and the fewest rows of each.
const FOLDS: usize = 5;
const FEWEST_ROWS_OF_A_FOLD: usize = 2;

/// The share of a fold's training rows that says when its network stops: as in the training of the network itself.
const TO_STOP: Fractions = Fractions {
    validation: 0.2,
    test: 0.0,
};

/// How models are compared before the test rows are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plan {
    /// Not at all.
    None,
    /// On the validation rows, once.
    OneLook,
    /// In so many folds.
    Folds(usize),
}

impl Plan {
    /// What the options ask for, or what suits so many training rows.
    pub(crate) fn of(options: &Options, rows: usize) -> Result<Plan> {
        match options.folds {
            Some(0) if options.model.is_none() => Err(Error::request(
                "0 folds compare nothing, so the better model cannot be chosen; choose at least 2 folds, or the model",
            )),
            Some(0) => Ok(Plan::None),
            Some(1) => Err(Error::request(
                "1 fold leaves nothing to learn from; choose at least 2, or 0 for no cross-validation",
            )),
            Some(folds) if folds > rows / FEWEST_ROWS_OF_A_FOLD => Err(Error::request(format!(
                "{folds} folds of {rows} training rows have fewer than {FEWEST_ROWS_OF_A_FOLD} each; choose at most {}",
                rows / FEWEST_ROWS_OF_A_FOLD
            ))),
            Some(folds) => Ok(Plan::Folds(folds)),
            None if rows > MOST_ROWS_FOLDED => Ok(Plan::OneLook),
            None => match FOLDS.min(rows / FEWEST_ROWS_OF_A_FOLD) {
                folds @ 2.. => Ok(Plan::Folds(folds)),
                _ => Ok(Plan::None),
            },
        }
    }

    /// How much work its networks are, in rows times epochs, when there are so many training rows.
    pub(crate) fn work(self, rows: usize, epochs: usize) -> f64 {
        match self {
            Plan::Folds(folds) => (folds - 1) as f64 * (1.0 - TO_STOP.validation) * rows as f64 * epochs as f64,
            _ => 0.0,
        }
    }
}

/// The figures of the baseline, the linear model and the network on rows that were held out.
pub(crate) type OfThree = [Figures; 3];

/// What folds say.
#[derive(Default)]
pub(crate) struct Crossed {
    /// The figures in each fold.
    pub figures: Vec<OfThree>,
    /// How many rows were held out for each one learned from.
    pub ratio: f64,
    /// How far off the linear model and the network were, for each target, for each row that was held out.
    pub scores: [Vec<Vec<f64>>; 2],
}

/// The figures and the scores of one model in one fold.
type OfFold = (Vec<Figures>, Vec<Vec<f64>>);

/// The folds of a problem that has training rows only; nothing when whoever watches wants no more.
pub(crate) fn cross_validate(
    problem: &Problem,
    settings: &Settings,
    folds: usize,
    watch: &Watch,
) -> Result<Option<Crossed>> {
    let folds = Fold::all(&problem.rows, problem.division(), folds)?;
    // The networks first: they take longest.
    let count = folds.len();
    let figures = side_by_side(2 * count, |piece| {
        let fold = &folds[piece % count];
        match piece < count {
            true => network(problem, settings, fold, piece, watch),
            false => linear(problem, settings, fold),
        }
    });
    if watch.is_stopped() {
        return Ok(None);
    }
    let figures = figures.into_iter().collect::<Result<Vec<_>>>()?;
    let (networks, linear) = figures.split_at(count);
    let all = linear
        .iter()
        .zip(networks)
        .filter_map(|((linear, _), (network, _))| match (&linear[..], &network[..]) {
            ([baseline, linear], [network]) => Some([baseline.clone(), linear.clone(), network.clone()]),
            _ => None,
        });
    let ratios = folds
        .iter()
        .map(|fold| fold.test.len() as f64 / fold.train.len() as f64);
    // Target by target, one fold after the other.
    let scores = |of: &[OfFold]| {
        let targets = of.first().map_or(0, |(_, scores)| scores.len());
        let one = |target: usize| {
            of.iter()
                .filter_map(move |(_, scores)| scores.get(target))
                .flatten()
                .copied()
        };
        (0..targets).map(|target| one(target).collect()).collect()
    };
    Ok(Some(Crossed {
        figures: all.collect(),
        ratio: ratios.sum::<f64>() / count as f64,
        scores: [scores(linear), scores(networks)],
    }))
}

fn linear(problem: &Problem, settings: &Settings, fold: &Fold) -> Result<OfFold> {
    let learned = Learned::linear(problem, settings, &fold.train)?;
    let baseline = learned.baseline_figures(problem, &fold.test);
    let figures = vec![baseline, learned.figures(problem, &fold.test)?];
    Ok((figures, learned.scores(problem, &fold.test)?))
}

fn network(problem: &Problem, settings: &Settings, fold: &Fold, number: usize, watch: &Watch) -> Result<OfFold> {
    if watch.is_stopped() {
        return Ok(OfFold::default());
    }
    // What a fold does depends on its number only, not on who did what before.
    let mut rng = Rng::new(settings.options.seed.wrapping_add(1 + number as u64));
    let mut order = fold.train.clone();
    rng.shuffle(&mut order);
    let parts = Split::by(&order, problem.division(), TO_STOP)?;
    let epochs = settings.options.network.epochs;
    let watching = &mut watch.training(Stage::Fold(number + 1), parts.train.len(), epochs);
    let rows = (&parts.train[..], &parts.validation[..]);
    let learned = Learned::network(problem, settings, rows, &mut rng, watching)?;
    let figures = vec![learned.figures(problem, &fold.test)?];
    Ok((figures, learned.scores(problem, &fold.test)?))
}
