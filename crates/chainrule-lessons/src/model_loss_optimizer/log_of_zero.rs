//! The logarithm of 0 in the loss, and the form that never takes it.

use chainrule::{
    Float, Graph, Var,
    loss::{BceWithLogits, Loss},
};
use chainrule_picture::{Chart, Picture};

use super::{data::Points, logistic::labelled};
use crate::{
    controls::{Control, Controls},
    error::Result,
    figure::Figure,
    lesson::Scene,
};

pub(super) const SCENE: Scene = Scene {
    name: "log-of-zero",
    title: "The logarithm of zero",
    prose: include_str!("log_of_zero.md"),
    controls: &[Control::new(
        "z",
        "the logit: w·x + b of one row",
        (-60.0, 60.0),
        1.0,
        40.0,
    )],
    pictures,
    figures,
};

/// The cross-entropy as it is written down: first the probability, then its logarithms.
fn as_written<'g, T: Float>(z: Var<'g, T>, y: Var<'g, T>) -> Var<'g, T> {
    let p = (1.0 + (-z).exp()).recip();
    -(y * p.ln() + (1.0 - y) * (1.0 - p).ln())
}

/// One row: the loss and its slope, as written and from the logit.
struct Row {
    written: f64,
    written_slope: f64,
    stable: f64,
    stable_slope: f64,
}

impl Row {
    fn new(z: f64, y: f64) -> Result<Row> {
        let graph = Graph::new();
        let (z, y) = (graph.leaf(z), graph.constant(y));
        let (written, stable) = (as_written(z, y), BceWithLogits.sum(z, y.into()));
        Ok(Row {
            written: written.item()?,
            written_slope: written.backward()?[z],
            stable: stable.item()?,
            stable_slope: stable.backward()?[z],
        })
    }
}

/// The whole loss of a table in f32, as written, at the w and b that made the labels.
fn of_table_in_f32(points: &Points) -> Result<f64> {
    let graph = Graph::<f32>::default();
    let narrow = |numbers: &[f64]| numbers.iter().map(|&number| number as f32).collect::<Vec<_>>();
    let z = graph.constant(narrow(&points.x)) * 2.0 + 1.0;
    Ok(f64::from(
        as_written(z, graph.constant(narrow(&points.y))).sum().item()?,
    ))
}

fn of_table(points: &Points) -> Result<f64> {
    let graph = Graph::new();
    let z = graph.constant(&points.x) * 2.0 + 1.0;
    Ok(BceWithLogits.sum(z, graph.constant(&points.y).into()).item()?)
}

/// The first whole z whose probability is exactly 1.
fn first_certain(probability_is_1: impl Fn(f64) -> bool) -> usize {
    (1..100).find(|&z| probability_is_1(z as f64)).unwrap_or_default()
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [z] = controls.all()?;
    let zs: Vec<f64> = (-240..=240).map(|k| f64::from(k) / 4.0).collect();
    let rows = zs.iter().map(|&z| Row::new(z, 0.0)).collect::<Result<Vec<Row>>>()?;
    let column = |of: fn(&Row) -> f64| rows.iter().map(of).collect::<Vec<f64>>();
    let chart = Chart::new("The loss of a row with label 0")
        .line("from the logit", &zs, &column(|row| row.stable))
        .line("as written", &zs, &column(|row| row.written))
        .x_label("z")
        .y_label("loss")
        .vertical_line(z, format!("z = {z}"));
    let slopes = Chart::new("Its slope")
        .line("from the logit", &zs, &column(|row| row.stable_slope))
        .line("as written", &zs, &column(|row| row.written_slope))
        .x_label("z")
        .y_label("∂L/∂z")
        .vertical_line(z, format!("z = {z}"));
    Ok(vec![chart.picture(), slopes.picture()])
}

/// A figure that is a mistake where the two ways differ by more than rounding.
fn compared(name: &str, written: f64, stable: f64, why: &str) -> Figure {
    let figure = Figure::new(name, written);
    match (written - stable).abs() <= 1e-9 * stable.abs().max(1e-9) {
        true => figure,
        false => figure.corrected(stable).why(why),
    }
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [z] = controls.all()?;
    let (no, yes) = (Row::new(z, 0.0)?, Row::new(z, 1.0)?);
    let points = labelled(controls.seed, 1000, 1.0)?;
    let graph = Graph::new();
    let p = (1.0 + (-graph.constant(z)).exp()).recip().item()?;
    Ok(vec![
        Figure::new("p", p),
        compared(
            "loss for y = 0",
            no.written,
            no.stable,
            "p has rounded, so ln(1 − p) is ln 0 or has lost its digits; ln(1 + eᶻ) from the logit keeps them all",
        ),
        compared(
            "loss for y = 1",
            yes.written,
            yes.stable,
            "0 · ln 0 is not a number, and p rounded to 1 hides what ln p is: −ln(1 + e⁻ᶻ)",
        ),
        compared(
            "slope for y = 0",
            no.written_slope,
            no.stable_slope,
            "the chain rule divides by 1 − p, which is 0; from the logit the slope is p − y",
        ),
        Figure::new("first z with p = 1", first_certain(|z| 1.0 / (1.0 + (-z).exp()) == 1.0)),
        Figure::new("first z with p = 1 in f32", first_certain(|z| 1.0 / (1.0 + (-z as f32).exp()) == 1.0)),
        Figure::new("loss of the table in f32", of_table_in_f32(&points)?)
            .corrected(of_table(&points)?)
            .why("in f32, rows with z ≥ 17 have p = 1, and their 0 · ln 0 is not a number; one of them spoils the whole sum"),
    ])
}
