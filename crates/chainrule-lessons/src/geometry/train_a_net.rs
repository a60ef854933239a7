//! A net of ReLU neurons is trained on the kinked points, and its hinges are looked at.

use chainrule::{Graph, Linear, Mlp, Param, Step, Tensor, loss::mse, nn::Activation, ops::Relu, optim::Adam};
use chainrule_numpy::RandomState;
use chainrule_picture::{Chart, Color, Picture, network, number::brief};
use std::rc::Rc;

use super::{
    data::{BEND, NOISE, Points, mean_squared},
    line::Line,
    window,
};
use crate::{
    controls::{Control, Controls, count},
    error::Result,
    figure::{Figure, Value},
    lesson::Scene,
    once::once,
    statistics::numbered,
};

pub(super) const SCENE: Scene = Scene {
    name: "train-a-net",
    title: "A net finds its hinges",
    prose: include_str!("train_a_net.md"),
    controls: &[
        Control::new("hidden", "how many ReLU neurons", (1.0, 8.0), 1.0, 4.0),
        Control {
            name: "rate",
            doc: "the learning rate of Adam",
            from: 0.01,
            to: 0.3,
            step: 0.01,
            start: 0.1,
        },
        Control::new("steps", "how many steps over all points", (0.0, 300.0), 1.0, 200.0),
    ],
    pictures,
    figures,
};

/// A trained net, what it was trained on, and the loss before each step and after the last.
struct Trained {
    points: Points,
    /// Other points around the same curve, which the net has not seen.
    fresh: Points,
    net: Mlp,
    losses: Vec<f64>,
}

/// A net of one input, so many ReLU neurons and one output; weights and hidden biases are standard normal, the output bias 0.
fn new_net(hidden: usize, random: &mut RandomState) -> Result<Mlp> {
    let mut list = || random.randn(hidden);
    let (weight, bias, output) = (list(), list(), list());
    Ok(Mlp {
        layers: vec![
            Linear {
                weight: Param::new(Tensor::new(weight, [1, hidden])?),
                bias: Param::new(bias),
            },
            Linear {
                weight: Param::new(Tensor::new(output, [hidden, 1])?),
                bias: Param::new([0.0]),
            },
        ],
        activations: vec![Relu.into(), Activation::identity()],
    })
}

fn train(controls: &Controls) -> Result<Rc<Trained>> {
    once("train-a-net", &controls.numbers(), || trained(controls))
}

fn trained(controls: &Controls) -> Result<Trained> {
    let [hidden, rate, steps] = controls.all()?;
    let random = &mut RandomState::new(controls.seed);
    let points = Points::kink(NOISE, random)?;
    let fresh = Points::kink(NOISE, random)?;
    let mut net = new_net(count(hidden), random)?;
    let rows = [points.x.len(), 1];
    let (x, y) = (
        Tensor::new(points.x.clone(), rows)?,
        Tensor::new(points.y.clone(), rows)?,
    );
    let mut step = Step::new(&mut net, Adam::new(rate), |net: &Mlp, [x, y]| mse(net.forward(x), y));
    let mut losses: Vec<f64> = (0..count(steps))
        .map(|_| step.run([&x, &y]))
        .collect::<Result<_, _>>()?;
    drop(step);
    let g = Graph::new();
    losses.push(mse(net.forward(g.constant(&x)), g.constant(&y)).item()?);
    Ok(Trained {
        points,
        fresh,
        net,
        losses,
    })
}

impl Trained {
    fn predict(&self, x: &[f64]) -> Result<Vec<f64>> {
        Ok(self.net.predict(&Tensor::new(x.to_vec(), [x.len(), 1])?)?.into_data())
    }

    /// Of each hidden neuron where it bends, −b/w, and by how much, |w|·v.
    fn hinges(&self) -> Vec<(f64, f64)> {
        let [hidden, output] = self.net.layers.as_slice() else {
            return vec![];
        };
        let numbers = |param: &Param| param.value.data().to_vec();
        let (w, b, v) = (numbers(&hidden.weight), numbers(&hidden.bias), numbers(&output.weight));
        w.iter()
            .zip(b)
            .zip(v)
            .map(|((w, b), v)| (-b / w, w.abs() * v))
            .collect()
    }
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let trained = train(controls)?;
    let Trained {
        points, net, losses, ..
    } = &*trained;
    let (best, predicted) = (Line::least_squares(points)?, trained.predict(&points.x)?);
    let hinges: Vec<f64> = trained.hinges().iter().map(|&(at, _)| at).collect();
    let title = format!(
        "The net after {} steps: loss {}",
        losses.len() - 1,
        brief(points.loss(&predicted)?)
    );
    let fitted = window(title)
        .scatter("data", &points.x, &points.y)
        .color(Color::Gray)
        .line("best line", &points.x, &best.at(&points.x))
        .color(Color::Orange)
        .line("true curve", &points.x, &points.truth)
        .color(Color::Green)
        .line("net", &points.x, &predicted)
        .color(Color::Blue)
        .scatter("hinges of the net", &hinges, &trained.predict(&hinges)?)
        .color(Color::Blue)
        .vertical_line(0.0, "true hinge");

    let steps: Vec<f64> = numbered(losses.len());
    let level = |loss: f64| vec![loss; steps.len()];
    let course = Chart::new("The loss by step")
        .line("net", &steps, losses)
        .line("best line", &steps, &level(best.loss(points)?))
        .line("true curve", &steps, &level(points.loss(&points.truth)?))
        .x_label("step")
        .y_label("loss")
        .log_y();
    let drawn = network(net, &["x".to_string()], &["y".to_string()]);
    Ok(vec![fitted.picture(), course.picture(), drawn.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let trained = train(controls)?;
    let Trained {
        points, fresh, losses, ..
    } = &*trained;
    let best = Line::least_squares(points)?;
    let predicted = trained.predict(&points.x)?;
    let (first, last) = (losses.first().copied(), losses.last().copied());
    let mut figures =
        vec![
        Figure::new("loss before training", first.unwrap_or(f64::NAN)),
        Figure::new("loss", last.unwrap_or(f64::NAN)),
        Figure::new("loss of the best line", best.loss(points)?),
        Figure::new("loss of the true curve", points.loss(&points.truth)?).why("The noise floor; 0.25 over all noise."),
        Figure::new("loss on fresh points", fresh.loss(&predicted)?),
        Figure::new("loss of the true curve on fresh points", fresh.loss(&fresh.truth)?).why(
            "A net can get below the noise floor of the points it was trained on, by following their noise. On fresh \
             points the true curve is the one to beat.",
        ),
        Figure::new("distance from the true curve", mean_squared(&predicted, &points.truth)?.sqrt())
            .why("Root of the mean squared distance, without noise."),
    ];
    for (i, (at, bend)) in trained.hinges().into_iter().enumerate() {
        let hinge = if at.is_finite() {
            Value::from(at)
        } else {
            Value::from("none")
        };
        figures.push(Figure::new(format!("hinge {}", i + 1), hinge));
        figures.push(Figure::new(format!("bend {}", i + 1), bend));
    }
    let near = trained.hinges().into_iter().filter(|(at, _)| at.abs() < 1.0);
    figures.push(
        Figure::new("bend between −1 and 1", near.map(|(_, bend)| bend).sum::<f64>()).why(format!(
            "The true curve bends by {BEND} at 0. A neuron of the net bends by |w|·v, its weight times the output's."
        )),
    );
    Ok(figures)
}
