//! Three models on the same folds of the training rows.

use chainrule::Rng;
use chainrule_table::{Fold, Fractions, Split};

use crate::{
    error::{Error, Result},
    held_out::{Crossed, HeldOut, Look},
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
    /// On rows that are kept apart for it, once.
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
    let seen = side_by_side(2 * count, |piece| {
        let fold = &folds[piece % count];
        match piece < count {
            true => network(problem, settings, fold, piece, watch),
            false => linear(problem, settings, fold),
        }
    });
    if watch.is_stopped() {
        return Ok(None);
    }
    let mut networks = seen.into_iter().collect::<Result<Vec<_>>>()?;
    let linear = networks.split_off(count);
    let each = folds
        .iter()
        .zip(linear.into_iter().flatten().zip(networks.into_iter().flatten()));
    let looks = each.map(|(fold, ((baseline, linear), (_, network)))| Look {
        models: [baseline, linear, network],
        groups: problem.groups_of(&fold.test),
    });
    let ratios = folds
        .iter()
        .map(|fold| fold.test.len() as f64 / fold.train.len() as f64);
    Ok(Some(Crossed {
        looks: looks.collect(),
        ratio: ratios.sum::<f64>() / count as f64,
    }))
}

/// What a baseline and a model say of the held-out rows of a fold; nothing when whoever watches wants no more.
type OfFold = Option<(HeldOut, HeldOut)>;

fn linear(problem: &Problem, settings: &Settings, fold: &Fold) -> Result<OfFold> {
    of_fold(&Learned::linear(problem, settings, &fold.train)?, problem, fold)
}

fn of_fold(learned: &Learned, problem: &Problem, fold: &Fold) -> Result<OfFold> {
    let baseline = learned.baseline_held_out(problem, &fold.test);
    Ok(Some((baseline, learned.held_out(problem, &fold.test)?)))
}

fn network(problem: &Problem, settings: &Settings, fold: &Fold, number: usize, watch: &Watch) -> Result<OfFold> {
    if watch.is_stopped() {
        return Ok(None);
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
    of_fold(&learned, problem, fold)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{network_fit::Choices, problem::Read};
    use chainrule_table::Table;

    #[test]
    fn every_fold_learns_the_columns_of_the_fit() {
        // A counter; an identifier by its name; words that are all different; a word that few rows have.
        let row = |i: usize| format!("{},{},word{i},{},{}\n", i + 1, i * 7919 % 100_003, i % 7, i * i % 31);
        let csv: String = (0..66).map(row).collect();
        let table = Table::from_csv("t.csv", format!("nummer,key,text,x,y\n{csv}").as_bytes()).unwrap();
        let options = Options::new("y");
        let Read { mut problem, .. } = Problem::read(&table, &options).unwrap();
        let training: Vec<usize> = (0..53).map(|i| i * 37 % 66).collect();
        problem.decide(&training).unwrap();
        let inside = problem.take(&training);
        let settings = Settings {
            choices: Choices::of(&options.network).unwrap(),
            linear: crate::ModelKind::Ridge,
            options,
        };
        let whole = Learned::linear(&problem, &settings, &training)
            .unwrap()
            .prepared
            .encoder;
        assert_eq!(whole.inputs(), ["x"]);
        for fold in Fold::all(&inside.rows, inside.division(), 5).unwrap() {
            let learned = Learned::linear(&inside, &settings, &fold.train).unwrap();
            assert_eq!(learned.prepared.encoder.inputs(), whole.inputs());
        }
    }
}
