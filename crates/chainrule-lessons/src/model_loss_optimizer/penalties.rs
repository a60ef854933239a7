//! Penalties on weights: which of them go to 0.

use chainrule::{
    Graph, Linear, Rng, Tensor,
    loss::{l1_penalty, l2_penalty, mse},
    nn::Init,
    optim::{Optimizer, Sgd},
};
use chainrule_learn::{LinearModel, LinearRegression, Ridge};
use chainrule_picture::{Chart, Heatmap, Picture};

use super::table::{COLUMNS, TRUTH, Table, USEFUL, made};
use crate::{
    controls::{Control, Controls},
    error::Result,
    figure::Figure,
    lesson::Scene,
    statistics::mean,
};

const ROWS: usize = 40;
const NOISE: f64 = 2.0;
const RATE: f64 = 0.05;
const STEPS: usize = 200;

pub(super) const SCENE: Scene = Scene {
    name: "penalties",
    title: "Penalties: which weights go to zero",
    prose: include_str!("penalties.md"),
    controls: &[
        Control::new("l1", "the strength of L1 is 10 to this power", (-2.0, 1.0), 0.1, -0.3),
        Control::new("l2", "the strength of L2 is 10 to this power", (-2.0, 1.0), 0.1, -1.2),
    ],
    pictures,
    figures,
};

/// What is added to the loss, and how the weights move.
#[derive(Clone, Copy, PartialEq)]
enum Penalty {
    /// `Σ |w|`, by its slope like everything else.
    L1,
    /// `Σ |w|`, by pulling every weight toward 0 and stopping there.
    SoftThreshold,
    /// `Σ w²`.
    L2,
}

/// A linear model trained by gradient descent on the mean squared error and a penalty.
fn train(table: &Table, penalty: Penalty, strength: f64) -> Result<LinearModel> {
    let mut layer: Linear = Linear::with_init(COLUMNS, 1, Init::Zeros, &mut Rng::new(0));
    let mut sgd = Sgd::new(RATE);
    for _ in 0..STEPS {
        let graph = Graph::new();
        let target = graph.tensor(&table.y, [table.y.len(), 1]);
        let loss = mse(layer.forward(graph.constant(&table.x)), target);
        let loss = match penalty {
            Penalty::L1 => loss + l1_penalty(&graph, &layer) * strength,
            Penalty::L2 => loss + l2_penalty(&graph, &layer) * strength,
            Penalty::SoftThreshold => loss,
        };
        sgd.step(&mut layer, &loss.backward()?);
        if penalty == Penalty::SoftThreshold {
            for weight in layer.weight.value.data_mut() {
                *weight = softened(*weight, RATE * strength);
            }
        }
    }
    Ok(LinearModel {
        coefficients: layer.weight.value.data().to_vec(),
        intercept: layer.bias.value.data().first().copied().unwrap_or_default(),
    })
}

/// A number moved toward 0 by `by`, at most to 0.
fn softened(number: f64, by: f64) -> f64 {
    number.signum() * (number.abs() - by).max(0.0)
}

/// The weights of the least `MSE + strength · Σ |w|`, one after the other (coordinate descent), in plain arithmetic.
fn lasso(table: &Table, strength: f64) -> Vec<f64> {
    let rows = table.y.len() as f64;
    let column = |column: usize| -> Vec<f64> {
        let numbers = table.column(column);
        let middle = mean(numbers.iter().copied());
        numbers.iter().map(|number| number - middle).collect()
    };
    let columns: Vec<Vec<f64>> = (0..COLUMNS).map(column).collect();
    let middle = mean(table.y.iter().copied());
    let y: Vec<f64> = table.y.iter().map(|y| y - middle).collect();
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>() / rows;
    let products: Vec<Vec<f64>> = columns
        .iter()
        .map(|a| columns.iter().map(|b| dot(a, b)).collect())
        .collect();
    let answers: Vec<f64> = columns.iter().map(|a| dot(a, &y)).collect();
    let mut weights = vec![0.0; COLUMNS];
    for _ in 0..100 {
        for j in 0..COLUMNS {
            let others: f64 = (0..COLUMNS)
                .filter(|&k| k != j)
                .map(|k| products[j][k] * weights[k])
                .sum();
            weights[j] = softened(answers[j] - others, strength / 2.0) / products[j][j];
        }
    }
    weights
}

/// The exact weights with an L2 penalty: ridge regression, whose α counts rows.
fn ridge(table: &Table, strength: f64) -> Result<LinearModel> {
    let alpha = strength * table.y.len() as f64;
    Ok(Ridge {
        alpha,
        ..Ridge::default()
    }
    .fit(&table.x, &table.y)?)
}

/// How strong L1 and L2 are.
fn strengths(controls: &Controls) -> Result<[f64; 2]> {
    Ok(controls.all()?.map(|exponent: f64| 10f64.powf(exponent)))
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [of_l1, of_l2] = strengths(controls)?;
    let table = made(controls.seed, ROWS, NOISE)?;
    let free = LinearRegression::default().fit(&table.x, &table.y)?;
    let l1 = train(&table, Penalty::SoftThreshold, of_l1)?;
    let l2 = train(&table, Penalty::L2, of_l2)?;
    let names: Vec<String> = (1..=COLUMNS).map(|column| format!("x{column}")).collect();
    let cells = [TRUTH.to_vec(), free.coefficients, l1.coefficients, l2.coefficients];
    let map = Heatmap::table("The weights", &["truth", "no penalty", "L1", "L2"], &names, &cells)
        .diverging(0.0)
        .value_label("weight");
    let strengths: Vec<f64> = (-20..=10).map(|k| 10f64.powf(f64::from(k) / 10.0)).collect();
    let paths = |title: &str, chosen: f64, weights: Vec<Vec<f64>>| {
        let mut chart = Chart::new(title)
            .x_label("strength of the penalty")
            .y_label("weight")
            .vertical_line(chosen, format!("{chosen:.3}"))
            .log_x();
        for (column, name) in names.iter().enumerate() {
            let path: Vec<f64> = weights.iter().map(|weights| weights[column]).collect();
            chart = chart.line(name.clone(), &strengths, &path);
        }
        chart.picture()
    };
    let of_lasso = strengths.iter().map(|&strength| lasso(&table, strength)).collect();
    let of_ridge = strengths
        .iter()
        .map(|&strength| Ok(ridge(&table, strength)?.coefficients));
    Ok(vec![
        map.picture(),
        paths("The weights under L1", of_l1, of_lasso),
        paths("The weights under L2", of_l2, of_ridge.collect::<Result<_>>()?),
    ])
}

/// The weights of the columns that do not matter.
fn useless(model: &LinearModel) -> impl Iterator<Item = f64> {
    model.coefficients.iter().skip(USEFUL).map(|weight| weight.abs())
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [of_l1, of_l2] = strengths(controls)?;
    let table = made(controls.seed, ROWS, NOISE)?;
    let new = made(controls.seed.wrapping_add(1), 200, NOISE)?;
    let free = LinearRegression::default().fit(&table.x, &table.y)?;
    let slope = train(&table, Penalty::L1, of_l1)?;
    let soft = train(&table, Penalty::SoftThreshold, of_l1)?;
    let l2 = train(&table, Penalty::L2, of_l2)?;
    let zeros = |model: &LinearModel| model.coefficients.iter().filter(|weight| **weight == 0.0).count();
    let largest = |model: &LinearModel| useless(model).fold(0.0, f64::max);
    let first = |weights: &[f64]| weights.first().copied().unwrap_or(f64::NAN);
    let graph = Graph::new();
    let at_zero = graph.leaf(Tensor::from([2.0, 0.0]));
    let slopes = at_zero.abs().sum().backward()?.wrt(at_zero).to_vec();
    Ok(vec![
        Figure::new("strength of L1", of_l1),
        Figure::new("strength of L2", of_l2),
        Figure::new("weights at 0, no penalty", zeros(&free)),
        Figure::new("weights at 0, L1", zeros(&soft)).why("by the soft threshold: what would cross 0 stays there"),
        Figure::new("weights at 0, L1 by its slope", zeros(&slope))
            .why("a step of rate · strength jumps over 0 and back; gradient descent never lands on it"),
        Figure::new("weights at 0, L2", zeros(&l2)).why("the pull 2·strength·w fades with w"),
        Figure::new("largest useless weight, no penalty", largest(&free)),
        Figure::new("largest useless weight, L1 by its slope", largest(&slope)),
        Figure::new("largest useless weight, L2", largest(&l2)),
        Figure::new("slope of |w| at 2 and at 0", format!("{slopes:?}")),
        Figure::new("w1, no penalty", first(&free.coefficients)),
        Figure::new("w1, L1", first(&soft.coefficients)),
        Figure::new("w1, L1 exact", first(&lasso(&table, of_l1))),
        Figure::new("w1, L2", first(&l2.coefficients)),
        Figure::new("w1, L2 exact", first(&ridge(&table, of_l2)?.coefficients)),
        Figure::new("MSE on new rows, no penalty", new.mean_squared_error(&free)?),
        Figure::new("MSE on new rows, L1", new.mean_squared_error(&soft)?),
        Figure::new("MSE on new rows, L2", new.mean_squared_error(&l2)?),
    ])
}
