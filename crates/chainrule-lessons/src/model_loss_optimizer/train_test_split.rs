//! How much a test figure depends on which rows were put aside.

use chainrule_learn::{LinearModel, LinearRegression};
use chainrule_numpy::{RandomState, Size, shuffle_split};
use chainrule_picture::{Chart, Picture};

use super::table::{TRUTH, made};
use crate::{
    controls::{Control, Controls, count},
    error::Result,
    figure::Figure,
    lesson::Scene,
    statistics::{mean, numbered, standard_deviation},
};

const SPLITS: usize = 30;

pub(super) const SCENE: Scene = Scene {
    name: "train-test-split",
    title: "One split, one figure?",
    prose: include_str!("train_test_split.md"),
    controls: &[
        Control::new("rows", "how many rows there are", (20.0, 200.0), 10.0, 40.0),
        Control::new("share", "the share of rows put aside", (0.1, 0.5), 0.05, 0.25),
    ],
    pictures,
    figures,
};

/// The error on the rows trained on and on those put aside, for each split.
fn errors(controls: &Controls) -> Result<Vec<[f64; 2]>> {
    let [rows, share] = controls.all()?;
    let table = made(controls.seed, count(rows), 1.0)?;
    let random = &mut RandomState::new(controls.seed);
    let splits = shuffle_split(count(rows), SPLITS, Some(Size::Fraction(share)), None, random)?;
    let judged = |split: &chainrule_numpy::Split| {
        let (train, test) = (table.pick(&split.train)?, table.pick(&split.test)?);
        let model = LinearRegression::default().fit(&train.x, &train.y)?;
        Ok([train.mean_squared_error(&model)?, test.mean_squared_error(&model)?])
    };
    splits.iter().map(judged).collect()
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let errors = errors(controls)?;
    let mut sorted = errors;
    sorted.sort_by(|a, b| a[1].total_cmp(&b[1]));
    let column = |which: usize| sorted.iter().map(|pair| pair[which]).collect::<Vec<_>>();
    let places = numbered(sorted.len());
    let chart = Chart::new("30 splits of one table, the luckiest first")
        .scatter("rows put aside", &places, &column(1))
        .scatter("rows trained on", &places, &column(0))
        .line("the noise", &[0.0, SPLITS as f64 - 1.0], &[1.0, 1.0])
        .x_label("split")
        .y_label("MSE");
    Ok(vec![chart.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let errors = errors(controls)?;
    let [rows, _] = controls.all()?;
    let table = made(controls.seed, count(rows), 1.0)?;
    let truth = LinearModel {
        coefficients: TRUTH.to_vec(),
        intercept: 0.0,
    };
    let [seen, test] = [0, 1].map(|which| errors.iter().map(|pair| pair[which]).collect::<Vec<f64>>());
    let first = test.first().copied().unwrap_or(f64::NAN);
    Ok(vec![
        Figure::new("mean square of the noise", table.mean_squared_error(&truth)?),
        Figure::new("test MSE of the first split", first),
        Figure::new("smallest test MSE", test.iter().copied().fold(f64::INFINITY, f64::min)),
        Figure::new(
            "largest test MSE",
            test.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        ),
        Figure::new("mean test MSE", mean(test.iter().copied())),
        Figure::new("spread of the test MSE", standard_deviation(&test)),
        Figure::new("mean training MSE", mean(seen.iter().copied())),
    ])
}
