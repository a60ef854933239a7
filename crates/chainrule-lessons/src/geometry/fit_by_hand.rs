//! A line is fitted to points by hand, with its loss to read.

use chainrule_numpy::RandomState;
use chainrule_picture::{Picture, number::brief};

use super::{
    data::{NOISE, Points, mean_squared},
    formula, handles,
    line::Line,
    window,
};
use crate::{
    controls::{Control, Controls},
    error::Result,
    figure::{Figure, Value},
    lesson::Scene,
};

pub(super) const SCENE: Scene = Scene {
    name: "fit-by-hand",
    title: "Fitting a line by hand",
    prose: include_str!("fit_by_hand.md"),
    controls: &[
        Control::weight("w", "the slope", 0.0),
        Control::weight("b", "the height at x = 0", 0.0),
    ],
    pictures,
    figures,
};

/// The loss as the notebook shows it: rounded to two places, as text.
fn shown(loss: f64) -> String {
    Value::from((loss * 100.0).round_ties_even() / 100.0).to_string()
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [w, b] = controls.all()?;
    let points = Points::line(&mut RandomState::new(controls.seed))?;
    let line = Line { w, b };
    let chart = window(format!("Loss {}", shown(line.loss(&points)?)))
        .scatter("data", &points.x, &points.y)
        .line(formula(w, b), &points.x, &line.at(&points.x));
    Ok(vec![handles::line(chart, line, ("w", "b")).picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [w, b] = controls.all()?;
    let mut random = RandomState::new(controls.seed);
    let points = Points::line(&mut random)?;
    let second_run = Points::line(&mut random)?;
    let predicted = Line { w, b }.at(&points.x);
    let loss = points.loss(&predicted)?;

    // y − ŷ = m + e: m is fixed, e is noise. The variance of the mean of its squares is (4σ² Σm² + 2Nσ⁴) / N².
    let missed = mean_squared(&predicted, &points.truth)?;
    let expected = missed + NOISE.powi(2);
    let count = points.x.len() as f64;
    let deviation = ((4.0 * NOISE.powi(2) * missed + 2.0 * NOISE.powi(4)) / count).sqrt();

    let mut read_out = Figure::new("loss", shown(loss));
    if (controls.seed, w, b) == (Controls::SEED, 0.0, 0.0) {
        read_out = read_out.printed("12.46").why(format!(
            "The notebook sets no seed. Over all noise the loss of this line is {} with a standard deviation of {}, so \
             the 12.46 of its run is {} of them from the mean: as good a draw as seed {}'s.",
            brief(expected),
            brief(deviation),
            brief((12.46 - expected) / deviation),
            controls.seed,
        ));
    }
    let (one, other) = ("12.46", "3.1");
    let by_number = one.parse::<f64>().ok() < other.parse::<f64>().ok();
    Ok(vec![
        read_out,
        Figure::new("loss, unrounded", loss),
        Figure::new("loss expected over all noise", expected),
        Figure::new("its standard deviation", deviation),
        Figure::new("smallest loss of any line", Line::least_squares(&points)?.loss(&points)?),
        Figure::new("loss of a second run", second_run.loss(&predicted)?)
            .corrected(Points::line(&mut RandomState::new(controls.seed))?.loss(&predicted)?)
            .why(
                "Without a seed, running the cell again draws other noise, and the same line has another loss. With \
                 RandomState(seed) a second run gives the same number to the last digit.",
            ),
        Figure::new(format!("'{one}' < '{other}'"), python(one < other))
            .corrected(python(by_number))
            .why(
                "The notebook's mse returns text, and text is compared letter by letter: 1 comes before 3. Whoever looks \
                 for the smaller loss this way keeps the worse line. A loss must stay a number; only its display is text.",
            ),
    ])
}

/// A truth value as Python prints it.
fn python(truth: bool) -> &'static str {
    if truth { "True" } else { "False" }
}
