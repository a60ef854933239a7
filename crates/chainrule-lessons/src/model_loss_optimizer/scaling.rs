//! Scaling over all rows before the split: a leak.

use chainrule::Tensor;
use chainrule_learn::Ridge;
use chainrule_numpy::RandomState;
use chainrule_picture::{Chart, Picture};

use super::table::Table;
use crate::{
    controls::{Control, Controls},
    error::Result,
    figure::Figure,
    lesson::Scene,
    statistics::{mean, standard_deviation},
};

const ROWS: usize = 30;
const COLUMNS: usize = 10;
const TESTED: usize = 10;
/// Over how many tables the figures are averaged.
const TABLES: u32 = 40;

pub(super) const SCENE: Scene = Scene {
    name: "scaling",
    title: "Scaled before the split: a leak",
    prose: include_str!("scaling.md"),
    controls: &[
        Control::new(
            "tail",
            "how far the largest numbers of a column stick out",
            (0.2, 2.0),
            0.1,
            1.0,
        ),
        Control::new(
            "penalty",
            "how strongly the model holds its weights small",
            (0.0, 50.0),
            1.0,
            10.0,
        ),
    ],
    pictures,
    figures,
};

/// Skewed columns such as incomes or sizes, `e^(tail · normal)`, and an answer that follows the first of them.
fn table(seed: u32, tail: f64) -> Result<(Table, Vec<usize>)> {
    let mut random = RandomState::new(seed);
    let normal = random.randn(ROWS * COLUMNS);
    let noise = random.randn(ROWS);
    let first = normal.iter().step_by(COLUMNS);
    let y = first
        .zip(noise)
        .map(|(first, noise)| tail * first + 0.5 * noise)
        .collect();
    let x = normal.iter().map(|normal| (tail * normal).exp()).collect::<Vec<f64>>();
    let x = Tensor::new(x, [ROWS, COLUMNS])?;
    Ok((Table { x, y }, random.permutation(ROWS)))
}

/// The error on the rows put aside, scaled over all rows and scaled over those to train on.
fn errors(seed: u32, tail: f64, alpha: f64) -> Result<[f64; 2]> {
    let (table, order) = table(seed, tail)?;
    let (test, train) = order.split_at(TESTED);
    let all: Vec<usize> = (0..ROWS).collect();
    let judged = |rows: &[usize]| -> Result<f64> {
        let scaled = table.scaled(rows)?;
        let seen = scaled.pick(train)?;
        let model = Ridge {
            alpha,
            ..Ridge::default()
        }
        .fit(&seen.x, &seen.y)?;
        scaled.pick(test)?.mean_squared_error(&model)
    };
    Ok([judged(&all)?, judged(train)?])
}

/// Each answer, and minus the sum of all others: scaled over all rows, or over the others alone.
fn read_from_the_others(y: &[f64], leak: bool) -> Vec<(f64, f64)> {
    let held_out = |row: usize| {
        let others: Vec<f64> = y
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != row)
            .map(|(_, y)| *y)
            .collect();
        let known = if leak { y } else { &others };
        let (middle, deviation) = (mean(known.iter().copied()), standard_deviation(known));
        let scale = |y: f64| (y - middle) / deviation;
        (scale(y[row]), -others.iter().map(|&y| scale(y)).sum::<f64>())
    };
    (0..y.len()).map(held_out).collect()
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [tail, penalty] = controls.all()?;
    let pairs = (0..TABLES).map(|k| errors(controls.seed.wrapping_add(k), tail, penalty));
    let pairs = pairs.collect::<Result<Vec<_>>>()?;
    let (leaked, honest): (Vec<f64>, Vec<f64>) = pairs.iter().map(|pair| (pair[0], pair[1])).unzip();
    let all = || leaked.iter().chain(&honest).copied();
    let line = [
        all().fold(f64::INFINITY, f64::min),
        all().fold(f64::NEG_INFINITY, f64::max),
    ];
    let chart = Chart::new("The test error of 40 tables, by both ways")
        .scatter("tables", &honest, &leaked)
        .line("no difference", &line, &line)
        .x_label("split first")
        .y_label("scaled first")
        .log_x()
        .log_y();
    let (table, _) = table(controls.seed, tail)?;
    let unzipped = |leak| -> (Vec<f64>, Vec<f64>) { read_from_the_others(&table.y, leak).into_iter().unzip() };
    let ((truth, read), (honest_truth, honest_read)) = (unzipped(true), unzipped(false));
    let reading = Chart::new("The answer of a row, read from the other rows")
        .scatter("scaled first", &truth, &read)
        .scatter("split first", &honest_truth, &honest_read)
        .x_label("the answer")
        .y_label("minus the sum of the others");
    Ok(vec![chart.picture(), reading.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [tail, penalty] = controls.all()?;
    let [leaked, honest] = errors(controls.seed, tail, penalty)?;
    let pairs = (0..TABLES).map(|k| errors(controls.seed.wrapping_add(k), tail, penalty));
    let pairs = pairs.collect::<Result<Vec<_>>>()?;
    let average = |which: usize| mean(pairs.iter().map(|pair| pair[which]));
    let flattered = pairs.iter().filter(|pair| pair[0] < pair[1]).count();
    let (table, _) = table(controls.seed, tail)?;
    let squares = |leak| {
        mean(
            read_from_the_others(&table.y, leak)
                .into_iter()
                .map(|(y, read)| (y - read).powi(2)),
        )
    };
    let compared = |name: &str, leaked: f64, honest: f64, why: &str| {
        let figure = Figure::new(name, leaked);
        if leaked == honest {
            figure
        } else {
            figure.corrected(honest).why(why)
        }
    };
    Ok(vec![
        compared(
            "test MSE",
            leaked,
            honest,
            "means and standard deviations of the rows to train on alone; the test rows had moved them",
        ),
        compared(
            "mean test MSE of 40 tables",
            average(0),
            average(1),
            "the same over 40 seeds: the leak flatters",
        ),
        Figure::new("test MSE, split first", honest),
        Figure::new("mean test MSE of 40 tables, split first", average(1)),
        Figure::new("tables that the leak flatters", flattered),
        compared(
            "MSE of reading the answer from the others",
            squares(true),
            squares(false),
            "scaled over all rows, all answers add up to 0, so each is minus the sum of the others",
        ),
    ])
}
