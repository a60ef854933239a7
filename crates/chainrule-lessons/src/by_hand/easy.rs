//! The easy problem: two informative features, no noise.

use chainrule_learn::LinearRegression;
use chainrule_picture::{Chart, Picture};

use super::{
    network::{NAMES, Order, Weights, coefficients, error, picture, seeded_once, train},
    problem::Problem,
};
use crate::{
    controls::{Control, Controls, count},
    error::Result,
    figure::Figure,
    lesson::Scene,
};

pub(super) const SCENE: Scene = Scene {
    name: "easy-problem",
    title: "An easy problem: no noise",
    prose: include_str!("easy.md"),
    controls: &[
        Control {
            name: "rate",
            doc: "the learning rate",
            from: 1e-3,
            to: 6e-3,
            step: 5e-4,
            start: 4e-3,
        },
        Control {
            name: "epochs",
            doc: "how often all rows are gone through",
            from: 1.0,
            to: 6.0,
            step: 1.0,
            start: 3.0,
        },
    ],
    pictures,
    figures,
};

/// The error after the first row and after each epoch.
const PRINTED: [&str; 4] = [
    "105.2827433708648",
    "0.0003058349135338318",
    "5.040642635748519e-09",
    "1.2706912599150398e-13",
];
const PRINTED_WEIGHTS: [&str; 6] = [
    "6.556340807199361",
    "10.75555705679945",
    "6.914105827696129",
    "7.997420739574159",
    "4.334717820507707",
    "5.515048597227902",
];
const PRINTED_COEFFICIENTS: [&str; 2] = ["87.73730719279541", "74.07686177542038"];
const PRINTED_LEAST_SQUARES: [&str; 2] = ["87.73730719", "74.07686178"];

/// The weights after each row.
fn course(controls: &Controls, problem: &Problem, order: Order) -> Result<Vec<Weights>> {
    let [rate, epochs] = controls.all()?;
    Ok(train(seeded_once(controls.seed), problem, rate, count(epochs), order).collect())
}

/// Those after the first row and after each epoch.
fn reported(course: &[Weights], rows: usize) -> impl Iterator<Item = &Weights> {
    course.iter().take(1).chain(course.iter().skip(rows - 1).step_by(rows))
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let problem = Problem::easy(controls.seed)?;
    let rows = problem.y.len();
    let mut chart = Chart::new("The error, row by row")
        .x_label("epoch")
        .y_label("RMSE over all rows, logarithmic")
        .log_y();
    for (name, order) in [
        ("w5 and w6 first", Order::OneAfterTheOther),
        ("all together", Order::Together),
    ] {
        let course = course(controls, &problem, order)?;
        let seen: Vec<f64> = (1..=course.len()).map(|row| row as f64 / rows as f64).collect();
        let errors: Vec<f64> = course.iter().map(|weights| error(weights, &problem)).collect();
        chart = chart.line(name, &seen, &errors);
    }
    let course = course(controls, &problem, Order::OneAfterTheOther)?;
    let trained = course.last().copied().unwrap_or(seeded_once(controls.seed));
    Ok(vec![chart.picture(), picture(&trained)])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let problem = Problem::easy(controls.seed)?;
    let (rows, here) = (problem.y.len(), controls.at_start());
    let told = course(controls, &problem, Order::OneAfterTheOther)?;
    let together = course(controls, &problem, Order::Together)?;
    let mut figures = vec![];
    for (i, weights) in reported(&told, rows).enumerate() {
        let name = match i {
            0 => "RMSE after one row".to_string(),
            epoch => format!("RMSE after epoch {epoch}"),
        };
        let figure = Figure::new(name, error(weights, &problem));
        figures.push(match PRINTED.get(i) {
            Some(text) => figure.printed_if(here, text),
            None => figure,
        });
    }
    for (epoch, weights) in reported(&together, rows).enumerate().skip(1) {
        let name = format!("RMSE after epoch {epoch}, all together");
        figures.push(Figure::new(name, error(weights, &problem)));
    }
    let trained = told.last().copied().unwrap_or(seeded_once(controls.seed));
    for (i, name) in NAMES.into_iter().enumerate() {
        figures.push(Figure::new(name, trained[i]).printed_if(here, PRINTED_WEIGHTS[i]));
    }
    let model = LinearRegression { intercept: false }.fit(&problem.matrix()?, &problem.y)?;
    for (i, found) in coefficients(&trained).into_iter().enumerate() {
        let name = format!("c{}", i + 1);
        figures.push(Figure::new(&name, found).printed_if(here, PRINTED_COEFFICIENTS[i]));
        let least_squares = Figure::new(format!("{name} of least squares"), model.coefficients[i]);
        figures.push(least_squares.printed_if(here, PRINTED_LEAST_SQUARES[i]));
        figures.push(Figure::new(format!("true {name}"), problem.coefficients[i]));
    }
    figures.push(fused(controls)?);
    Ok(figures)
}

/// The error after the first epoch when the target is made with fused multiply-adds, as many numerical libraries do.
fn fused(controls: &Controls) -> Result<Figure> {
    let mut problem = Problem::easy(controls.seed)?;
    let rows = problem.x1.iter().zip(&problem.x2);
    problem.y = rows
        .map(|(x1, x2)| x1.mul_add(problem.coefficients[0], x2 * problem.coefficients[1]))
        .collect();
    let course = course(controls, &problem, Order::OneAfterTheOther)?;
    let after = course
        .get(problem.y.len() - 1)
        .map_or(f64::NAN, |weights| error(weights, &problem));
    Ok(Figure::new("RMSE after epoch 1, target with fused multiply-adds", after).why(
        "y = c1·x1 + c2·x2 rounded once instead of twice: the last digit of the data shows in the tenth digit of the error",
    ))
}
