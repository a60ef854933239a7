//! Gradient descent on a function of one variable.

use chainrule::{Graph, expression::Expression};
use chainrule_picture::{Chart, Picture};

use crate::{
    controls::{Control, Controls, count},
    error::Result,
    figure::Figure,
    finite_difference::central,
    lesson::Scene,
    statistics::numbered,
};

/// Where the notebook starts, how far it steps, how often, and where it arrives.
const NOTEBOOK: [f64; 3] = [10.0, 0.01, 1000.0];
const ARRIVES: &str = "-1.4999999806458753";

pub(super) const SCENE: Scene = Scene {
    name: "descent-on-a-function",
    title: "Downhill on a parabola",
    prose: include_str!("descent_on_a_function.md"),
    controls: &[
        Control::new("start", "where the descent begins", (-10.0, 10.0), 0.5, NOTEBOOK[0]),
        Control::new(
            "rate",
            "the learning rate: how far a step goes",
            (0.01, 1.1),
            0.01,
            NOTEBOOK[1],
        ),
        Control::new("steps", "how many steps", (1.0, 1000.0), 1.0, NOTEBOOK[2]),
    ],
    pictures,
    figures,
};

/// f and f′ at w.
fn function(w: f64) -> Result<(f64, f64)> {
    let graph = Graph::new();
    let w = graph.leaf(w).named("w");
    let f = Expression::parse("w^2 + 3*w - 5")?.record(&graph, &[w])?;
    Ok((f.item()?, f.backward()?[w]))
}

/// The places that a descent visits.
fn descend(start: f64, rate: f64, steps: usize) -> Result<Vec<f64>> {
    let mut places = vec![start];
    let mut w = start;
    for _ in 0..steps {
        w -= rate * function(w)?.1;
        places.push(w);
    }
    Ok(places)
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [start, rate, steps] = controls.all()?;
    let places = descend(start, rate, count(steps))?;
    let xs: Vec<f64> = (-120..=120).map(|k| f64::from(k) / 10.0).collect();
    let f = |w: &f64| w * w + 3.0 * w - 5.0;
    let heights: Vec<f64> = places.iter().map(f).collect();
    let parabola = Chart::new("The steps on f(w) = w² + 3w − 5")
        .line("f", &xs, &xs.iter().map(f).collect::<Vec<_>>())
        .scatter("steps", &places, &heights)
        .x_label("w")
        .y_label("f(w)")
        .x_range(-12.0, 12.0)
        .y_range(-10.0, 150.0);
    let distances: Vec<f64> = places.iter().map(|w| (w + 1.5).abs()).collect();
    let distance = Chart::new("How far the minimum is still away")
        .line("|w + 1.5|", &numbered(places.len()), &distances)
        .x_label("step")
        .y_label("distance")
        .log_y();
    Ok(vec![parabola.picture(), distance.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let all = controls.all::<3>()?;
    let [start, rate, steps] = all;
    let (value, slope) = function(2.5)?;
    // The slope 2w + 3 is zero at −3/2; the second derivative comes from the gradient as a value.
    let graph = Graph::new();
    let w = graph.leaf(0.0);
    let f = w.square() + 3.0 * w - 5.0;
    let slope_at_0 = f.backward_graph()?.wrt(w);
    let curvature = slope_at_0.backward()?[w];
    let minimum = -slope_at_0.item()? / curvature;
    let end = descend(start, rate, count(steps))?.last().copied().unwrap_or(f64::NAN);
    Ok(vec![
        Figure::new("f(2.5)", value).printed("8.75"),
        Figure::new("f′(2.5)", slope).printed("8.0"),
        Figure::new(
            "f′(2.5) by finite differences",
            central(|w| Ok(function(w)?.0), 2.5, 1e-6)?,
        ),
        Figure::new("minimum", minimum)
            .printed("-1.5")
            .why("−f′(0) / f″, exact for a parabola"),
        Figure::new("f at the minimum", function(minimum)?.0),
        Figure::new("w at the end", end).printed_if(all == NOTEBOOK, ARRIVES),
        Figure::new(
            "w at the end, in one formula",
            minimum + (start - minimum) * (1.0 - rate * curvature).powf(steps),
        )
        .why("each step multiplies the distance from the minimum by 1 − rate·f″"),
    ])
}
