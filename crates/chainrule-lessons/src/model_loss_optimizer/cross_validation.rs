//! Cross-validation: every row is put aside once.

use chainrule_learn::{LinearModel, Ridge};
use chainrule_numpy::{RandomState, Split, k_fold};
use chainrule_picture::{Chart, Picture};

use super::table::{Table, made};
use crate::{
    controls::{Control, Controls, count},
    error::Result,
    figure::Figure,
    lesson::Scene,
    statistics::{mean, standard_deviation},
};

const NOISE: f64 = 4.0;
/// The penalties to choose from are 10 to these powers.
const EXPONENTS: [f64; 9] = [-1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0];

pub(super) const SCENE: Scene = Scene {
    name: "cross-validation",
    title: "Every row put aside once: cross-validation",
    prose: include_str!("cross_validation.md"),
    controls: &[
        Control::new(
            "folds",
            "into how many parts the rows are divided",
            (2.0, 20.0),
            1.0,
            5.0,
        ),
        Control::new("rows", "how many rows there are", (30.0, 100.0), 10.0, 40.0),
    ],
    pictures,
    figures,
};

fn ridge(table: &Table, alpha: f64) -> Result<LinearModel> {
    Ok(Ridge {
        alpha,
        ..Ridge::default()
    }
    .fit(&table.x, &table.y)?)
}

/// The error on each fold of a model trained on the others.
fn of_folds(table: &Table, splits: &[Split], alpha: f64) -> Result<Vec<f64>> {
    let judged = |split: &Split| {
        let model = ridge(&table.pick(&split.train)?, alpha)?;
        table.pick(&split.test)?.mean_squared_error(&model)
    };
    splits.iter().map(judged).collect()
}

/// A table, its folds, and the errors of each penalty.
struct Validated {
    table: Table,
    new: Table,
    splits: Vec<Split>,
    errors: Vec<Vec<f64>>,
}

fn validate(controls: &Controls) -> Result<Validated> {
    let [folds, rows] = controls.all()?;
    let table = made(controls.seed, count(rows), NOISE)?;
    let new = made(controls.seed.wrapping_add(1), 1000, NOISE)?;
    let random = &mut RandomState::new(controls.seed);
    let splits = k_fold(count(rows), count(folds), Some(random))?;
    let errors = EXPONENTS
        .iter()
        .map(|exponent| of_folds(&table, &splits, 10f64.powf(*exponent)));
    Ok(Validated {
        errors: errors.collect::<Result<_>>()?,
        table,
        new,
        splits,
    })
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let validated = validate(controls)?;
    let alphas = EXPONENTS.map(|exponent| 10f64.powf(exponent));
    let means: Vec<f64> = validated
        .errors
        .iter()
        .map(|errors| mean(errors.iter().copied()))
        .collect();
    let new = |&alpha: &f64| validated.new.mean_squared_error(&ridge(&validated.table, alpha)?);
    let new = alphas.iter().map(new).collect::<Result<Vec<f64>>>()?;
    let (xs, ys): (Vec<f64>, Vec<f64>) = std::iter::zip(alphas, &validated.errors)
        .flat_map(|(alpha, errors)| errors.iter().map(move |error| (alpha, *error)))
        .unzip();
    let chart = Chart::new("The error of each fold, by penalty")
        .scatter("folds", &xs, &ys)
        .line("mean of the folds", &alphas, &means)
        .line("1000 new rows", &alphas, &new)
        .x_label("penalty α")
        .y_label("MSE")
        .log_x();
    Ok(vec![chart.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let validated = validate(controls)?;
    let plain = of_folds(&validated.table, &validated.splits, 0.0)?;
    let average = |errors: &Vec<f64>| mean(errors.iter().copied());
    let best = (0..EXPONENTS.len()).min_by(|&a, &b| {
        let [a, b] = [a, b].map(|place| validated.errors.get(place).map_or(f64::NAN, average));
        a.total_cmp(&b)
    });
    let best = best.unwrap_or_default();
    let alpha = 10f64.powf(EXPONENTS.get(best).copied().unwrap_or_default());
    let tested: usize = validated.splits.iter().map(|split| split.test.len()).sum();
    let mut figures: Vec<Figure> = plain
        .iter()
        .enumerate()
        .map(|(fold, error)| Figure::new(format!("MSE of fold {}", fold + 1), *error))
        .collect();
    figures.extend([
        Figure::new("mean of the folds", average(&plain)),
        Figure::new("spread of the folds", standard_deviation(&plain)),
        Figure::new("rows judged", tested),
        Figure::new(
            "MSE on new rows",
            validated.new.mean_squared_error(&ridge(&validated.table, 0.0)?)?,
        ),
        Figure::new("best penalty", alpha),
        Figure::new(
            "mean of the folds, best penalty",
            validated.errors.get(best).map_or(f64::NAN, average),
        ),
        Figure::new(
            "MSE on new rows, best penalty",
            validated.new.mean_squared_error(&ridge(&validated.table, alpha)?)?,
        ),
    ]);
    Ok(figures)
}
