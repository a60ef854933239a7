//! The exercises solved: − × ÷ ** tanh, forward and backward, each rule against a measured slope.

use chainrule::{Graph, Tensor, Var, check};
use chainrule_numpy::linspace;
use chainrule_picture::{Chart, Color, Picture};

use crate::{
    controls::{Control, Controls},
    error::Result,
    figure::Figure,
    finite_difference::central,
    lesson::Scene,
};

pub(super) const SCENE: Scene = Scene {
    name: "exercise-rules",
    title: "The exercises: a rule for each operation",
    prose: include_str!("exercise_rules.md"),
    controls: &[
        Control::new("a", "the left side, and the argument of tanh", (0.25, 3.0), 0.25, 1.5),
        Control::new("b", "the right side, and the exponent", (0.25, 3.0), 0.25, 2.0),
    ],
    pictures,
    figures,
};

/// How far a side is moved to measure its slope.
const H: f64 = 1e-5;

type Operation = for<'g> fn(Var<'g>, Var<'g>) -> Result<Var<'g>>;

/// Each operation, whether b has a derivative in it, and how it is written. In the notebook's power the exponent is a
/// plain number.
const OPERATIONS: [(&str, bool, Operation); 5] = [
    ("a − b", true, |a, b| Ok(a - b)),
    ("a × b", true, |a, b| Ok(a * b)),
    ("a ÷ b", true, |a, b| Ok(a / b)),
    ("a ** b", false, |a, b| Ok(a.powf(b.item()?))),
    ("tanh a", false, |a, _| Ok(a.tanh())),
];

fn value(operation: Operation, a: f64, b: f64) -> Result<f64> {
    let graph = Graph::new();
    Ok(operation(graph.leaf(a), graph.leaf(b))?.item()?)
}

/// The local derivatives in a and, where there is one, in b.
fn rule(operation: Operation, a: f64, b: f64) -> Result<Vec<f64>> {
    let graph = Graph::new();
    let partials = operation(graph.leaf(a), graph.leaf(b))?.partials(0)?;
    Ok(partials
        .iter()
        .flat_map(|partial| partial.derivative.data())
        .copied()
        .collect())
}

/// The rules as one writes them on paper.
fn by_hand(a: f64, b: f64) -> [[f64; 2]; 5] {
    let t = a.tanh();
    [
        [1.0, -1.0],
        [b, a],
        [1.0 / b, -a / (b * b)],
        [b * a.powf(b - 1.0), 0.0],
        [1.0 - t * t, 0.0],
    ]
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [a, b] = controls.all()?;
    let (fine, coarse) = (linspace(0.25, 3.0, 56)?, linspace(0.25, 3.0, 12)?);
    let mut chart = Chart::new(format!(
        "Derivative in a, at b = {b}: rule as a line, measured slope as points"
    ))
    .x_label("a")
    .y_label("derivative in a")
    .vertical_line(a, format!("a = {a}"));
    for ((name, _, operation), color) in OPERATIONS.into_iter().zip(Color::ALL) {
        let slopes = fine
            .iter()
            .map(|a| Ok(rule(operation, *a, b)?.first().copied().unwrap_or(f64::NAN)));
        let slopes = slopes.collect::<Result<Vec<f64>>>()?;
        let measured = coarse.iter().map(|a| central(|a| value(operation, a, b), *a, H));
        let measured = measured.collect::<Result<Vec<f64>>>()?;
        chart = chart.line(name, &fine, &slopes).color(color);
        chart = chart.scatter("", &coarse, &measured).color(color);
    }
    Ok(vec![chart.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [a, b] = controls.all()?;
    let mut figures = vec![];
    for ((name, two, operation), hand) in OPERATIONS.into_iter().zip(by_hand(a, b)) {
        figures.push(Figure::new(name, value(operation, a, b)?));
        let measured = [
            central(|a| value(operation, a, b), a, H)?,
            central(|b| value(operation, a, b), b, H)?,
        ];
        let sides = ["a", "b"].into_iter().take(if two { 2 } else { 1 });
        for (((side, rule), measured), hand) in sides.zip(rule(operation, a, b)?).zip(measured).zip(hand) {
            figures.push(Figure::new(format!("∂({name})/∂{side}"), rule));
            figures.push(Figure::new(format!("∂({name})/∂{side} by hand"), hand));
            figures.push(Figure::new(format!("∂({name})/∂{side} measured"), measured));
        }
    }
    let inputs = [Tensor::from(a), Tensor::from(b)];
    let verdict = check::gradient(&inputs, |x| (x[0] - x[1]) * (x[0] / x[1]) + x[0].powf(b).tanh());
    figures.push(Figure::new(
        "all together",
        match verdict {
            Ok(()) => "agrees with finite differences".to_string(),
            Err(error) => error.to_string(),
        },
    ));
    Ok(figures)
}
