//! A summed loss ties the learning rate to the number of rows.

use chainrule::{
    Graph,
    loss::{BceWithLogits, Loss},
};
use chainrule_picture::{Chart, Picture};

use super::{
    data::Points,
    logistic::{descend, labelled, loss},
};
use crate::{
    controls::{Control, Controls, count},
    error::Result,
    figure::Figure,
    lesson::Scene,
    statistics::numbered,
};

/// How widely the labels are shaken here: most rows are uncertain, as in real data.
const NOISE: f64 = 20.0;
const STEPS: usize = 100;
const FEW: usize = 100;

pub(super) const SCENE: Scene = Scene {
    name: "summed-loss",
    title: "Sum or mean: the hidden number of rows",
    prose: include_str!("summed_loss.md"),
    controls: &[
        Control::new(
            "rows",
            "how many rows the larger table has",
            (200.0, 1000.0),
            100.0,
            1000.0,
        ),
        Control::new("rate", "the learning rate of the summed loss", (1e-4, 2e-3), 1e-4, 1e-3),
    ],
    pictures,
    figures,
};

/// The loss for each row, by step. A mean is a sum whose learning rate is divided by the rows.
fn losses(points: &Points, rate: f64) -> Vec<f64> {
    let rows = points.x.len() as f64;
    let places = descend(points, rate, STEPS);
    places.iter().map(|&(w, b)| loss(points, w, b) / rows).collect()
}

fn tables(controls: &Controls) -> Result<(Points, Points, f64)> {
    let [rows, rate] = controls.all()?;
    let table = |rows| labelled(controls.seed, rows, NOISE);
    Ok((table(FEW)?, table(count(rows))?, rate))
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let (few, many, rate) = tables(controls)?;
    let chart = |title: &str, few: Vec<f64>, many: Vec<f64>, rows: usize| {
        Chart::new(title)
            .line("100 rows", &numbered(few.len()), &few)
            .line(format!("{rows} rows"), &numbered(many.len()), &many)
            .x_label("step")
            .y_label("loss for each row")
            .log_y()
            .picture()
    };
    let rows = many.x.len();
    // For the mean, one rate serves both: the one that the sum has at 100 rows.
    let of_mean = rate * FEW as f64;
    Ok(vec![
        chart("The sum as loss", losses(&few, rate), losses(&many, rate), rows),
        chart(
            "The mean as loss",
            losses(&few, of_mean / FEW as f64),
            losses(&many, of_mean / rows as f64),
            rows,
        ),
    ])
}

/// The slopes of the sum and of the mean at the start, by the engine.
fn slopes(points: &Points) -> Result<(f64, f64)> {
    let graph = Graph::new();
    let (w, b) = (graph.leaf(0.0), graph.leaf(0.0));
    let logits = graph.constant(&points.x) * w + b;
    let target = graph.constant(&points.y);
    let sum = BceWithLogits.sum(logits, target.into()).backward()?[w];
    Ok((sum, BceWithLogits.mean(logits, target.into()).backward()?[w]))
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let (few, many, rate) = tables(controls)?;
    let rows = many.x.len();
    let last = |losses: Vec<f64>| losses.last().copied().unwrap_or(f64::NAN);
    let (few_sum, few_mean) = slopes(&few)?;
    let (many_sum, many_mean) = slopes(&many)?;
    let by_sum = losses(&many, rate);
    let by_mean = losses(&many, rate * FEW as f64 / rows as f64);
    // A step that is short enough never raises the loss.
    let rises = |losses: &[f64]| losses.windows(2).filter(|pair| pair[1] > pair[0]).count();
    let why = format!(
        "with {rows} rows the gradient of the sum is {:.2} times as long as with 100, so each step is; the mean with rate \
         {} steps as far for any number of rows",
        many_sum / few_sum,
        rate * FEW as f64
    );
    let (summed, averaged) = (last(by_sum.clone()), last(by_mean.clone()));
    let mut risen = Figure::new("steps that raise the loss, more rows", rises(&by_sum));
    if rises(&by_sum) != rises(&by_mean) {
        risen = risen.corrected(rises(&by_mean)).why(why.clone());
    }
    Ok(vec![
        Figure::new("slope of the sum, 100 rows", few_sum),
        Figure::new("slope of the sum, more rows", many_sum),
        Figure::new("slope of the mean, 100 rows", few_mean),
        Figure::new("slope of the mean, more rows", many_mean),
        Figure::new("rate of the mean", rate * FEW as f64),
        Figure::new("loss per row, 100 rows", last(losses(&few, rate))),
        Figure::new("loss per row, more rows", summed)
            .corrected(averaged)
            .why(why),
        Figure::new("steps that raise the loss, 100 rows", rises(&losses(&few, rate))),
        risen,
    ])
}
