//! The derivative as a limit, and what becomes of it in 53 bits.

use chainrule::{Graph, Var};
use chainrule_numpy::{arange, linspace};
use chainrule_picture::{Chart, Color, Picture};

use super::shown;
use crate::{
    controls::{Control, Controls},
    error::Result,
    figure::Figure,
    finite_difference,
    lesson::Scene,
};

pub(super) const SCENE: Scene = Scene {
    name: "derivative-by-the-limit",
    title: "The derivative is a limit, and the machine stops before it",
    prose: include_str!("limit.md"),
    controls: &[
        Control::new("x", "where the slope is measured", (-5.0, 5.0), 0.25, 3.0),
        Control::new("exponent", "the step is h = 10^exponent", (-16.0, 0.0), 1.0, -2.0),
    ],
    pictures,
    figures,
};

/// f(x) = 3x² − 4x + 5.
fn f(x: Var<'_>) -> Var<'_> {
    3.0 * x.powf(2.0) - 4.0 * x + 5.0
}

fn value(x: f64) -> Result<f64> {
    Ok(f(Graph::new().leaf(x)).item()?)
}

fn measured(x: f64, h: f64) -> Result<f64> {
    finite_difference::forward(value, x, h)
}

/// f′ and f″, by the engine.
fn derivatives(x: f64) -> Result<(f64, f64)> {
    let graph = Graph::new();
    let x = graph.leaf(x);
    let slope = f(x).backward_graph()?.wrt(x);
    Ok((slope.item()?, slope.backward()?[x]))
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [x, exponent] = controls.all()?;
    let h = 10f64.powf(exponent);
    let (exact, curvature) = derivatives(x)?;
    let xs = arange(-5.0, 5.0, 0.25)?;
    let ys = xs.iter().map(|x| value(*x)).collect::<Result<Vec<f64>>>()?;
    let (fx, slope) = (value(x)?, measured(x, h)?);
    let line = |slope: f64| xs.iter().map(|t| fx + slope * (t - x)).collect::<Vec<f64>>();
    let curve = Chart::new(format!("Secant with h = {} and tangent", shown(h)))
        .line("f(x) = 3x² − 4x + 5", &xs, &ys)
        .line(format!("secant, slope {slope:.4}"), &xs, &line(slope))
        .line(format!("tangent, slope {exact:.4}"), &xs, &line(exact))
        .scatter("x and x + h", &[x, x + h], &[fx, value(x + h)?])
        .x_label("x")
        .y_label("y")
        .y_range(-20.0, 100.0);

    let hs: Vec<f64> = linspace(-16.0, 0.0, 97)?.into_iter().map(|e| 10f64.powf(e)).collect();
    let errors = hs.iter().map(|h| Ok((measured(x, *h)? - exact).abs()));
    let errors = errors.collect::<Result<Vec<f64>>>()?;
    let truncation: Vec<f64> = hs.iter().map(|h| curvature / 2.0 * h).collect();
    let cancellation: Vec<f64> = hs.iter().map(|h| f64::EPSILON * fx.abs() / h).collect();
    let error = Chart::new("Error of the measured slope: too large a step, too small a step")
        .line("truncation, ½ f″ h", &hs, &truncation)
        .color(Color::Sky)
        .line("cancellation, ε |f| / h", &hs, &cancellation)
        .color(Color::Orange)
        .scatter("measured", &hs, &errors)
        .color(Color::Blue)
        .vertical_line(h, format!("h = {}", shown(h)))
        .x_label("h")
        .y_label("error")
        .log_x()
        .log_y();
    Ok(vec![curve.picture(), error.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [x, exponent] = controls.all()?;
    let h = 10f64.powf(exponent);
    let (exact, curvature) = derivatives(x)?;
    let (at_3, curvature_at_3) = derivatives(3.0)?;
    let tiny = measured(3.0, 1e-12)?;
    let better = measured(3.0, 1e-8)?;
    let gap = 20f64.next_up() - 20.0;
    let why = format!(
        "Smaller is not always more exact. With h = 1e-12 the truncation is {:e}, but f(3) = 20 stands among \
         numbers {gap:e} apart, and dividing by h makes up to {:.4} of one gap. The error is {:e}; with h = 1e-8 \
         it is {:e}.",
        curvature_at_3 / 2.0 * 1e-12,
        gap / 1e-12,
        (tiny - at_3).abs(),
        (better - at_3).abs(),
    );
    Ok(vec![
        Figure::new("f(3)", value(3.0)?).printed("20.0"),
        Figure::new("slope at 3, h = 0.01", measured(3.0, 0.01)?).printed("14.029999999999632"),
        Figure::new("slope at 3, h = 1e-12", tiny)
            .printed("14.001244608152774")
            .corrected(at_3)
            .why(why),
        Figure::new("slope at 3, h = 1e-08", better),
        Figure::new("f′(3)", at_3),
        Figure::new("f′(−3)", derivatives(-3.0)?.0),
        Figure::new("slope at −3, h = 1e-07", measured(-3.0, 1e-7)?),
        Figure::new("slope at 2/3, h = 1e-07", measured(2.0 / 3.0, 1e-7)?).printed("2.9753977059954195e-07"),
        Figure::new("f′(2/3)", derivatives(2.0 / 3.0)?.0),
        Figure::new("h", h),
        Figure::new("f(x)", value(x)?),
        Figure::new("measured slope", measured(x, h)?),
        Figure::new("f′(x)", exact),
        Figure::new("error", (measured(x, h)? - exact).abs()),
        Figure::new("best h", (2.0 * f64::EPSILON * value(x)?.abs() / curvature).sqrt()).why(
            "Where truncation and cancellation are equal, ½ f″ h = ε |f| / h; f″ is the derivative of the \
                  derivative.",
        ),
    ])
}
