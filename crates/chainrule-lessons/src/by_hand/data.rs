//! The data: two features, one of which matters.

use chainrule_picture::{Chart, Picture};

use super::problem::{NOISE, Problem};
use crate::{
    controls::{Control, Controls},
    error::Result,
    figure::Figure,
    lesson::Scene,
    statistics::standard_deviation,
};

pub(super) const SCENE: Scene = Scene {
    name: "data",
    title: "The data: two features, one of which matters",
    prose: include_str!("data.md"),
    controls: &[NOISE_CONTROL],
    pictures,
    figures,
};

/// How noisy the target is, as in the notebook at first.
pub(super) const NOISE_CONTROL: Control = Control {
    name: "noise",
    doc: "the standard deviation of what is added to the target",
    from: 0.0,
    to: 200.0,
    step: 2.5,
    start: NOISE,
};

/// The first rows as the notebook prints them.
const PRINTED: [[&str; 2]; 5] = [
    ["-1.41537074", "-0.42064532"],
    ["0.52194157", "0.29698467"],
    ["-0.88951443", "-0.81581028"],
    ["-0.88385744", "0.15372511"],
    ["0.73846658", "0.17136828"],
];

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [noise] = controls.all()?;
    let problem = Problem::noisy(controls.seed, noise)?;
    let against = |name: &str, feature: &[f64]| {
        Chart::new(format!("The target against {name}"))
            .scatter("a row", feature, &problem.y)
            .x_label(name)
            .y_label("y")
            .y_range(-500.0, 500.0)
            .picture()
    };
    Ok(vec![against("x1", &problem.x1), against("x2", &problem.x2)])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [noise] = controls.all()?;
    let problem = Problem::noisy(controls.seed, noise)?;
    let here = controls.at_start();
    let mut figures = vec![
        Figure::new(
            "shape of X",
            format!("({}, {})", problem.y.len(), problem.coefficients.len()),
        )
        .printed_if(here, "(100, 2)"),
    ];
    for (row, (printed, (x, _))) in PRINTED.iter().zip(problem.rows()).enumerate() {
        for (column, (text, number)) in printed.iter().zip(x).enumerate() {
            figures.push(Figure::new(format!("X[{row}, {column}]"), number).printed_if(here, text));
        }
    }
    for (i, coefficient) in problem.coefficients.iter().enumerate() {
        figures.push(Figure::new(format!("true c{}", i + 1), *coefficient));
    }
    figures.push(Figure::new("spread of y", standard_deviation(&problem.y)));
    Ok(figures)
}
