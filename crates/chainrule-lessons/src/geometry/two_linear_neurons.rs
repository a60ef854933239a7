//! Two neurons without activation: their sum is a line again.

use chainrule_numpy::{RandomState, linspace};
use chainrule_picture::Picture;

use super::{
    EDGE, POINTS,
    data::{NOISE, Points},
    handles,
    line::Line,
    window,
};
use crate::{
    controls::{Control, Controls},
    error::Result,
    figure::Figure,
    lesson::Scene,
};

pub(super) const SCENE: Scene = Scene {
    name: "two-linear-neurons",
    title: "The sum of two lines is a line",
    prose: include_str!("two_linear_neurons.md"),
    controls: &[
        Control::weight("w1", "the weight of the first neuron", 0.2),
        Control::weight("b1", "the bias of the first neuron", -2.0),
        Control::weight("w2", "the weight of the second neuron", 2.0),
        Control::weight("b2", "the bias of the second neuron", -2.0),
    ],
    pictures,
    figures,
};

fn lines(controls: &Controls) -> Result<[Line; 3]> {
    let [w1, b1, w2, b2] = controls.all()?;
    let sum = Line { w: w1 + w2, b: b1 + b2 };
    Ok([Line { w: w1, b: b1 }, Line { w: w2, b: b2 }, sum])
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let x = linspace(-EDGE, EDGE, POINTS)?;
    let [first, second, sum] = lines(controls)?;
    let chart = window("Two lines and their sum")
        .line("first", &x, &first.at(&x))
        .line("second", &x, &second.at(&x))
        .line("sum", &x, &sum.at(&x));
    let chart = handles::line(chart, first, ("w1", "b1"));
    Ok(vec![handles::line(chart, second, ("w2", "b2")).picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let points = Points::kink(NOISE, &mut RandomState::new(controls.seed))?;
    let [first, second, sum] = lines(controls)?;
    let added: Vec<f64> = first
        .at(&points.x)
        .iter()
        .zip(second.at(&points.x))
        .map(|(a, b)| a + b)
        .collect();
    let apart = added
        .iter()
        .zip(sum.at(&points.x))
        .map(|(added, line)| (added - line).abs())
        .fold(0.0, f64::max);

    // What the notebook's cell draws when its slider is moved after the next cell: by that cell's net, and its sliders.
    let [later_first, later_second, later_sum] = lines(&SCENE.controls())?;
    let later_net = |line: Line, x: f64| (line.w * x + line.b).max(0.0);
    let (drawn, right) = (later_net(later_sum, -EDGE), sum.w * -EDGE + sum.b);
    let mut late = Figure::new("sum at x = −5, slider moved later", drawn);
    if drawn != right {
        late = late.corrected(right).why(format!(
            "The notebook's cells share global names, and each slider looks them up when it moves. The next cell defines \
             net anew, with relu, and binds the slider names to its own sliders. From then on this cell's slider draws \
             the maximum of 0 and the line of the *next* cell's weights {} and {}, into the next cell's picture, \
             whatever it is set to itself.",
            later_first.w, later_second.w,
        ));
    }
    Ok(vec![
        Figure::new("slope of the sum", sum.w),
        Figure::new("height of the sum at x = 0", sum.b),
        Figure::new("largest distance of the sum from a line", apart).why("Not more than rounding."),
        Figure::new("loss of the sum on the kinked points", points.loss(&added)?),
        Figure::new("loss by least squares", Line::least_squares(&points)?.loss(&points)?),
        late,
    ])
}
