//! Six partial derivatives: as the notebook writes them, as its code has them, and right.

use chainrule::Graph;
use chainrule_picture::{Chart, Picture, graph};

use super::{
    gradient::{by_difference, by_engine, by_formula},
    network::{NAMES, Weights, in_graph, predictions, seeded_twice},
    problem::{NOISE, Problem},
    products::ROW,
};
use crate::{controls::Controls, error::Result, figure::Figure, lesson::Scene};

pub(super) const SCENE: Scene = Scene {
    name: "partial-derivatives",
    title: "Six partial derivatives, and two mistakes in each",
    prose: include_str!("partial_derivatives.md"),
    controls: &[ROW],
    pictures,
    figures,
};

/// The notebook's formulas to the letter: X stands before the sum, so one row's X multiplies the errors of all rows.
fn with_x_outside(weights: &Weights, problem: &Problem, x: [f64; 2]) -> Weights {
    let [w1, w2, w3, w4, w5, w6] = *weights;
    let errors = problem.y.iter().zip(predictions(weights, problem)).map(|(y, p)| y - p);
    let sum: f64 = errors.sum();
    let [x1, x2] = x;
    [w5 * x1, w6 * x1, w5 * x2, w6 * x2, w1 * x1 + w3 * x2, w2 * x1 + w4 * x2].map(|slope| -2.0 * slope * sum)
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [row] = controls.all()?;
    let problem = Problem::noisy(controls.seed, NOISE)?;
    let weights = seeded_twice(controls.seed);
    let (x, y) = problem.row(row);
    let places: Vec<f64> = (1..=NAMES.len()).map(|place| place as f64).collect();
    let right = by_formula(&weights, problem.rows());
    let chart = Chart::new("The derivatives of the six weights, over all rows")
        .scatter("right: X inside the sum", &places, &right)
        .scatter("X outside the sum", &places, &with_x_outside(&weights, &problem, x))
        .x_label("weight: 1 is w1 … 6 is w6")
        .y_label("∂L/∂w")
        .x_range(0.5, 6.5);

    let ledger = Graph::new();
    let inputs = [("x1", x[0]), ("x2", x[1])].map(|(name, x)| ledger.constant(x).named(name));
    let network = in_graph(&ledger, &weights, inputs);
    let loss = (y - network.prediction).named("error").square().named("L");
    let drawing = graph(loss, &loss.backward()?).title("The loss of this row alone, with its derivatives");
    Ok(vec![chart.picture(), drawing.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [row] = controls.all()?;
    let problem = Problem::noisy(controls.seed, NOISE)?;
    let weights = seeded_twice(controls.seed);
    let (x, y) = problem.row(row);
    let (formula, engine) = (by_formula(&weights, problem.rows()), by_engine(&weights, &problem)?);
    let difference = by_difference(&weights, &problem);
    let outside = with_x_outside(&weights, &problem, x);
    let here = Problem::of_row((x, y));
    let (row_engine, row_difference) = (by_engine(&weights, &here)?, by_difference(&weights, &here));
    let in_code = by_formula(&weights, here.rows()).map(|slope| slope / 2.0);

    let mut figures = vec![];
    for (i, name) in NAMES.into_iter().enumerate() {
        figures.push(Figure::new(format!("dL/d{name}"), formula[i]));
        figures.push(Figure::new(format!("dL/d{name} by backward"), engine[i]));
        figures.push(Figure::new(format!("dL/d{name} by a finite difference"), difference[i]));
    }
    for (i, name) in NAMES.into_iter().enumerate() {
        let all_rows = problem.rows().map(|(x, _)| with_x_outside(&weights, &problem, x)[i]);
        let (low, high) = all_rows.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), slope| {
            (low.min(slope), high.max(slope))
        });
        let figure = Figure::new(format!("dL/d{name}, X outside the sum"), outside[i]);
        figures.push(figure.corrected(engine[i]).why(format!(
            "X has a value for each row, so the formula gives a number for each row, from {low:.1} to {high:.1}; inside the \
             sum it is one number, and finite differences give {:.6}",
            difference[i]
        )));
    }
    for (i, name) in NAMES.into_iter().enumerate() {
        let figure = Figure::new(format!("dL/d{name} of the row, in the code"), in_code[i]);
        figures.push(match in_code[i] == row_engine[i] {
            true => figure,
            false => figure.corrected(row_engine[i]).why(format!(
                "the factor 2 of the square is dropped; finite differences give {:.6}",
                row_difference[i]
            )),
        });
    }
    Ok(figures)
}
