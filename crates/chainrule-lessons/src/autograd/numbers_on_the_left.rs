//! A plain number on the left of an operator.

use chainrule::{Graph, Var};
use chainrule_numpy::linspace;
use chainrule_picture::{Chart, Picture};

use crate::{
    controls::{Control, Controls},
    error::Result,
    figure::Figure,
    lesson::Scene,
};

pub(super) const SCENE: Scene = Scene {
    name: "numbers-on-the-left",
    title: "A number on the left",
    prose: include_str!("numbers_on_the_left.md"),
    controls: &[Control::new("a", "the value", (0.5, 5.0), 0.1, 3.0)],
    pictures,
    figures,
};

/// What the notebook's class can do.
const METHODS: [&str; 5] = ["__add__", "__sub__", "__mul__", "__truediv__", "__pow__"];

/// What Python makes of `2 ∘ a` for a class with these methods: a number knows nothing of the class, so the class is
/// asked for the reversed method, and where it has none there is a TypeError.
fn number_first(symbol: &str, reversed: &str) -> Option<String> {
    let message = format!("TypeError: unsupported operand type(s) for {symbol}: 'int' and 'Value'");
    (!METHODS.contains(&reversed)).then_some(message)
}

/// What Python makes of `−a`.
fn negative() -> Option<String> {
    (!METHODS.contains(&"__neg__")).then(|| "TypeError: bad operand type for unary -: 'Value'".to_string())
}

type Expression = for<'g> fn(Var<'g>) -> Var<'g>;

/// An expression as text, what Python says to it, the same here.
fn expressions() -> [(&'static str, Option<String>, Expression); 6] {
    [
        ("2 + a", number_first("+", "__radd__"), |a| 2.0 + a),
        ("2 - a", number_first("-", "__rsub__"), |a| 2.0 - a),
        ("2 * a", number_first("*", "__rmul__"), |a| 2.0 * a),
        ("2 / a", number_first("/", "__rtruediv__"), |a| 2.0 / a),
        ("2 ** a", number_first("** or pow()", "__rpow__"), |a| {
            a.graph().constant(2.0).pow(a)
        }),
        ("-a", negative(), |a| -a),
    ]
}

fn value(expression: Expression, a: f64) -> Result<f64> {
    Ok(expression(Graph::new().leaf(a)).item()?)
}

fn slope(expression: Expression, a: f64) -> Result<f64> {
    let graph = Graph::new();
    let a = graph.leaf(a);
    Ok(expression(a).backward()?[a])
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [a] = controls.all()?;
    let graph = Graph::new();
    let leaf = graph.leaf(a).named("a");
    let sum = (2.0 * leaf - 1.0 / leaf).named("2·a − 1/a");
    let drawing = chainrule_picture::graph(sum, &sum.backward()?).title("Plain numbers become constants of the graph");
    let xs = linspace(0.5, 5.0, 91)?;
    let mut chart = Chart::new("A number on the left, and a value on the right")
        .x_label("a")
        .y_label("value")
        .y_range(-6.0, 12.0)
        .vertical_line(a, format!("a = {a}"));
    for (name, _, expression) in expressions() {
        let ys = xs.iter().map(|x| value(expression, *x)).collect::<Result<Vec<f64>>>()?;
        chart = chart.line(name, &xs, &ys);
    }
    Ok(vec![drawing.picture(), chart.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [a] = controls.all()?;
    let graph = Graph::new();
    let mut figures = vec![Figure::new("a * 2", (graph.leaf(a) * 2.0).item()?)];
    for (name, refusal, expression) in expressions() {
        let result = value(expression, a)?;
        figures.push(match refusal {
            None => Figure::new(name, result),
            Some(message) => Figure::new(name, message).corrected(result).why(format!(
                "Only the left side is asked for the operation, unless the right side has the reversed method; \
                 the notebook's class has {} only. Here the derivative in a is {}.",
                METHODS.join(", "),
                super::shown(slope(expression, a)?),
            )),
        });
        figures.push(Figure::new(format!("{name} here"), result));
        figures.push(Figure::new(format!("derivative of {name}"), slope(expression, a)?));
    }
    Ok(figures)
}
