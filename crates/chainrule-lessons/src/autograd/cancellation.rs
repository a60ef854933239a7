//! A small step beside a large number.

use chainrule::Graph;
use chainrule_numpy::linspace;
use chainrule_picture::{Chart, Color, Picture};

use super::shown;
use crate::{
    controls::{Control, Controls},
    error::Result,
    figure::Figure,
    finite_difference,
    lesson::Scene,
};

pub(super) const SCENE: Scene = Scene {
    name: "cancellation",
    title: "A small step beside a large number",
    prose: include_str!("cancellation.md"),
    controls: &[
        Control::new("c-exponent", "c = 10^c-exponent", (0.0, 16.0), 1.0, 8.0),
        Control::new("h-exponent", "h = 10^h-exponent", (-12.0, 0.0), 1.0, -4.0),
    ],
    pictures,
    figures,
};

const A: f64 = 2.0;
const B: f64 = -3.0;

/// d = a·b + c.
fn value(c: f64) -> Result<f64> {
    let graph = Graph::new();
    Ok((graph.leaf(A) * graph.leaf(B) + graph.leaf(c)).item()?)
}

/// ∂d/∂c by the engine.
fn gradient(c: f64) -> Result<f64> {
    let graph = Graph::new();
    let leaf = graph.leaf(c);
    Ok((graph.leaf(A) * graph.leaf(B) + leaf).backward()?[leaf])
}

/// From a number to the next larger one in size that 64 bits can hold.
fn gap(number: f64) -> f64 {
    number.abs().next_up() - number.abs()
}

fn slope(c: f64, h: f64) -> Result<f64> {
    finite_difference::forward(value, c, h)
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [c, h] = controls.all()?.map(|exponent: f64| 10f64.powf(exponent));
    let cs: Vec<f64> = linspace(0.0, 16.0, 161)?.into_iter().map(|e| 10f64.powf(e)).collect();
    let slopes = cs.iter().map(|c| slope(*c, h)).collect::<Result<Vec<f64>>>()?;
    let exact = cs.iter().map(|c| gradient(*c)).collect::<Result<Vec<f64>>>()?;
    let chart = Chart::new(format!("Slope of a·b + c in c, measured with h = {}", shown(h)))
        .line("measured", &cs, &slopes)
        .line("by the engine", &cs, &exact)
        .vertical_line(c, format!("c = {}", shown(c)))
        .x_label("c")
        .y_label("∂d/∂c")
        .y_range(-0.5, 2.5)
        .log_x();
    let errors: Vec<f64> = slopes
        .iter()
        .zip(&exact)
        .map(|(slope, exact)| (slope - exact).abs())
        .collect();
    let gaps = cs.iter().map(|c| Ok(gap(value(*c)?) / h));
    let error = Chart::new("Its error, and one gap between numbers divided by h")
        .line("one gap ÷ h", &cs, &gaps.collect::<Result<Vec<f64>>>()?)
        .color(Color::Orange)
        .scatter("error", &cs, &errors)
        .color(Color::Blue)
        .vertical_line(c, format!("c = {}", shown(c)))
        .x_label("c")
        .y_label("error of the slope")
        .log_x()
        .log_y();
    Ok(vec![chart.picture(), error.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [c, h] = controls.all()?.map(|exponent: f64| 10f64.powf(exponent));
    let (d1, d2, measured, exact) = (value(c)?, value(c + h)?, slope(c, h)?, gradient(c)?);
    let gap = gap(d1);
    let here = (c, h) == (1e8, 1e-4);
    let mut slope = Figure::new("slope", measured).printed_if(here, "1.0000169277191162");
    if measured != exact {
        slope = slope.corrected(exact).why(format!(
            "Near d = {d1:e} numbers are {gap:e} apart. h = {h:e} is {:.2} such gaps, but d moves by whole gaps \
             only: {}. The true slope is 1, for d is linear in c.",
            h / gap,
            (d2 - d1) / gap,
        ));
    }
    Ok(vec![
        Figure::new("d1", d1).printed_if(here, "99999994.0"),
        Figure::new("d2", d2).printed_if(here, "99999994.0001"),
        slope,
        Figure::new("∂d/∂c", exact),
        Figure::new("gap", gap).why("From d1 to the next number that 64 bits can hold."),
        Figure::new("gaps in h", h / gap),
        Figure::new("gaps moved", (d2 - d1) / gap),
    ])
}
