//! How much of the first drop is real.

use chainrule_learn::metrics::rmse;
use chainrule_picture::{Chart, Picture};

use super::{
    network::{Order, error, mixed_up_prediction, seeded_twice, train},
    problem::{NOISE, Problem},
};
use crate::{
    controls::{Control, Controls, count},
    error::Result,
    figure::Figure,
    lesson::Scene,
    statistics::numbered,
};

pub(super) const SCENE: Scene = Scene {
    name: "first-drop",
    title: "A drop that never happened",
    prose: include_str!("first_drop.md"),
    controls: &[Control {
        name: "rows",
        doc: "how many rows the picture follows",
        from: 2.0,
        to: 100.0,
        step: 1.0,
        start: 20.0,
    }],
    pictures,
    figures,
};

/// The learning rate of the notebook.
const RATE: f64 = 1e-4;

/// The error of the wrong forward pass.
fn mixed_up_error(seed: u32, problem: &Problem) -> f64 {
    let weights = seeded_twice(seed);
    let outputs: Vec<f64> = problem.rows().map(|(x, _)| mixed_up_prediction(&weights, x)).collect();
    rmse(&outputs, &problem.y)
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [rows] = controls.all()?;
    let problem = Problem::noisy(controls.seed, NOISE)?;
    let start = seeded_twice(controls.seed);
    let course = train(start, &problem, RATE, 1, Order::OneAfterTheOther);
    let after: Vec<f64> = course
        .take(count(rows))
        .map(|weights| error(&weights, &problem))
        .collect();
    let seen: Vec<f64> = numbered(after.len() + 1);
    let with_start = |first: f64| -> Vec<f64> { [first].into_iter().chain(after.iter().copied()).collect() };
    let chart = Chart::new("The error, row by row")
        .line(
            "as the notebook tells it",
            &seen,
            &with_start(mixed_up_error(controls.seed, &problem)),
        )
        .line("from the true beginning", &seen, &with_start(error(&start, &problem)))
        .x_label("rows seen")
        .y_label("RMSE over all rows");
    Ok(vec![chart.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let problem = Problem::noisy(controls.seed, NOISE)?;
    let start = seeded_twice(controls.seed);
    let here = controls.at_start();
    let (printed, real) = (mixed_up_error(controls.seed, &problem), error(&start, &problem));
    let mut course = train(start, &problem, RATE, 1, Order::OneAfterTheOther);
    let after = course.next().map_or(f64::NAN, |weights| error(&weights, &problem));
    let share = (printed - real) / (printed - after);
    Ok(vec![
        Figure::new("RMSE before", printed)
            .printed_if(here, "132.0854176645698")
            .corrected(real)
            .why("the printed one is of another network; see the scene forward-pass"),
        Figure::new("RMSE after one row", after).printed_if(here, "131.80677685986092"),
        Figure::new("RMSE before, by the formula", real),
        Figure::new("real drop", real - after),
        Figure::new("drop", printed - after)
            .corrected(real - after)
            .why("one row of a hundred, with a learning rate of 1e-4, moves little"),
        Figure::new("share of the mistake", share),
        Figure::new("share of the mistake, %", format!("{:.0}", 100.0 * share)),
    ])
}
