//! The sigmoid without overflow.

use std::f64::consts::LN_10;

use chainrule::{Graph, Var};
use chainrule_numpy::linspace;
use chainrule_picture::{Chart, Picture};

use super::network::naive_sigmoid;
use crate::{
    controls::{Control, Controls},
    error::Result,
    figure::Figure,
    lesson::Scene,
};

pub(super) const SCENE: Scene = Scene {
    name: "sigmoid",
    title: "The sigmoid, and how not to compute it",
    prose: include_str!("sigmoid.md"),
    controls: &[Control {
        name: "x",
        doc: "what is squashed",
        from: -1000.0,
        to: 1000.0,
        step: 0.5,
        start: -720.0,
    }],
    pictures,
    figures,
};

/// Far beyond where the exponential of the formula overflows.
const FAR: f64 = -1000.0;

/// A function of x with its derivative, by the engine.
fn with_slope(x: f64, function: impl for<'g> Fn(Var<'g>) -> Var<'g>) -> Result<(f64, f64)> {
    let graph = Graph::new();
    let x = graph.leaf(x);
    let y = function(x);
    Ok((y.item()?, y.backward()?[x]))
}

/// The formula as it stands, operation by operation.
fn formula(x: Var<'_>) -> Var<'_> {
    1.0 / (1.0 + (-x).exp())
}

fn stable(x: f64) -> Result<f64> {
    Ok(with_slope(x, |x| x.sigmoid())?.0)
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [at] = controls.all()?;
    let x = linspace(-10.0, 10.0, 201)?;
    let y: Vec<f64> = x.iter().map(|&x| naive_sigmoid(x)).collect();
    let shape = Chart::new("The sigmoid")
        .line("σ(x)", &x, &y)
        .scatter("here", &[at], &[stable(at)?])
        .x_label("x")
        .y_label("σ(x)")
        .x_range(-10.0, 10.0)
        .y_range(0.0, 1.0);

    let x = linspace(-750.0, -690.0, 241)?;
    // Logarithms, as a logarithmic axis ends where numbers lose their digits, at 10⁻³⁰⁸.
    let stable_curve = x.iter().map(|&x| Ok(stable(x)?.log10()));
    let stable_curve = stable_curve.collect::<Result<Vec<f64>>>()?;
    let naive_curve: Vec<f64> = x.iter().map(|&x| naive_sigmoid(x).log10()).collect();
    let edge = Chart::new("Far to the left: the formula falls to 0 too early")
        .line("without overflow", &x, &stable_curve)
        .line("1 / (1 + e⁻ˣ)", &x, &naive_curve)
        .scatter("here", &[at], &[stable(at)?.log10()])
        .x_label("x")
        .y_label("log₁₀ σ(x)")
        .x_range(-750.0, -690.0)
        .y_range(-325.0, -295.0);
    Ok(vec![shape.picture(), edge.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [x] = controls.all()?;
    let exponential = (-FAR).exp();
    // e¹⁰⁰⁰ is 10 to this power: its whole part counts the digits, what is left says which.
    let power = -FAR / LN_10;
    let digits = 10f64.powf(power.fract());
    let (naive, naive_slope) = with_slope(FAR, formula)?;
    let (right, right_slope) = with_slope(FAR, |x| x.sigmoid())?;
    let (naive_log, right_log) = (naive.ln(), with_slope(FAR, |x| -(-x).softplus())?.0);
    let (here, here_stable) = (naive_sigmoid(x), stable(x)?);
    let here = Figure::new("σ(x) by the formula", here);
    let here = match naive_sigmoid(x) == here_stable {
        true => here,
        // The two may also differ in the last digit only; that is rounding, not overflow.
        false if naive_sigmoid(x) > 0.0 => here.why("the last digit is rounding: both are right"),
        false => here.corrected(here_stable).why(format!(
            "e⁻ˣ is e^{}, more than 1.8·10³⁰⁸, the largest number there is: it becomes infinite, and 1/∞ is 0. For \
             x < 0 the same function is eˣ / (1 + eˣ), where nothing overflows",
            -x
        )),
    };
    Ok(vec![
        here,
        Figure::new("σ(x)", here_stable),
        Figure::new("e¹⁰⁰⁰", exponential)
            .corrected(format!("about {digits:.2}·10{}", superscript(power.trunc())))
            .why(format!(
                "numpy warns of an overflow here and goes on with infinity; the exponent of ten is 1000 / ln 10 = {power:.2}"
            )),
        Figure::new("σ(−1000) by the formula", naive)
            .why(format!("1 / (1 + ∞); the stable form gives {right} as well: the value is right by luck")),
        Figure::new("σ′(−1000) by the formula", naive_slope)
            .corrected(right_slope)
            .why(
                "the chain rule through the formula multiplies the 0 of 1/∞² by the infinite slope of e⁻ˣ, and 0 · ∞ is no \
                 number. By y · (1 − y) it is 0",
            ),
        Figure::new("ln σ(−1000) by the formula", naive_log)
            .corrected(right_log)
            .why("a loss with a logarithm, such as cross-entropy, becomes infinite; ln σ(x) = −ln(1 + e⁻ˣ) is −1000"),
    ])
}

/// A whole number above a line, as an exponent.
fn superscript(number: f64) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let digits = format!("{number:.0}");
    let digits = digits.chars().filter_map(|digit| digit.to_digit(10));
    digits.map(|digit| DIGITS[digit as usize]).collect()
}
