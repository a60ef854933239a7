//! A bad guess and how bad it is.

use chainrule_picture::{Chart, Color, Picture};

use super::{
    data::{GUESS, POINTS, Points, TRUE_B, TRUE_W, notebook},
    height,
    line::mean_squared_error,
    slope,
};
use crate::{controls::Controls, error::Result, figure::Figure, lesson::Scene, statistics::mean};

/// The error that the notebook printed.
const PRINTED: &str = "702.42755";

pub(super) const SCENE: Scene = Scene {
    name: "bad-guess",
    title: "A bad guess, measured",
    prose: include_str!("bad_guess.md"),
    controls: &[slope(GUESS[0]), height(GUESS[1])],
    pictures,
    figures,
};

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [w, b] = controls.all()?;
    let points = notebook(controls.seed)?;
    let guess: Vec<f64> = points.x.iter().map(|x| w * x + b).collect();
    let (xs, ys) = errors(&points, &guess);
    let chart = Chart::new("The errors of a guess")
        .line("errors", &xs, &ys)
        .color(Color::Gray)
        .scatter("measured", &points.x, &points.y)
        .color(Color::Blue)
        .line("the guess", &points.x, &guess)
        .color(Color::Orange)
        .x_label("x")
        .y_label("y");
    Ok(vec![chart.picture()])
}

/// An upright line from each point to the guess, with a gap after each.
fn errors(points: &Points, guess: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let ends = points.x.iter().zip(&points.y).zip(guess);
    ends.flat_map(|((&x, &y), &guess)| [(x, y), (x, guess), (f64::NAN, f64::NAN)])
        .unzip()
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [w, b] = controls.all()?;
    let points = notebook(controls.seed)?;
    let (loss, _) = mean_squared_error(&points, w, b)?;
    // With the truth this far above the guess at each x, an error is distance + noise.
    let distances: Vec<f64> = points.x.iter().map(|x| (TRUE_W - w) * x + TRUE_B - b).collect();
    let square = mean(distances.iter().map(|distance| distance * distance));
    let expected = square + 1.0;
    // The variance of (d + e)² for normal e is 4d² + 2.
    let spread = ((4.0 * square + 2.0) / POINTS as f64).sqrt();
    let mut figures = vec![
        Figure::new("MSE", loss),
        Figure::new("expected MSE", expected).why("mean of ((2 − w)·x + 20 − b)² over all x, plus 1 for the noise"),
        Figure::new("spread of the MSE", spread).why("√((4·mean d² + 2) / 100), its standard deviation over all seeds"),
    ];
    if [w, b] == GUESS
        && let Ok(printed) = PRINTED.parse::<f64>()
    {
        let away = (printed - expected) / spread;
        figures[0] = Figure::new("MSE", loss).printed(PRINTED).why(format!(
            "the notebook sets no seed; its figure is {away:.2} spreads from what is expected, this one {:.2}",
            (loss - expected) / spread
        ));
        figures.push(Figure::new("spreads from expectation, printed", away));
    }
    Ok(figures)
}
