//! What happens when gradients are not set back to 0.

use chainrule::optim::Sgd;
use chainrule_numpy::PythonRandom;
use chainrule_picture::{Chart, Picture};

use super::network::{self, WIDTHS};
use crate::{
    controls::{Control, Controls, count},
    error::Result,
    figure::Figure,
    lesson::Scene,
    statistics::numbered,
};

pub(super) const SCENE: Scene = Scene {
    name: "zero-gradients",
    title: "Forgetting to reset the gradients",
    prose: include_str!("zero_gradients.md"),
    controls: &[
        Control::new(
            "rate",
            "the learning rate: how far a step goes",
            (0.005, 0.1),
            0.005,
            0.05,
        ),
        Control::new("epochs", "how many steps", (2.0, 60.0), 1.0, 20.0),
    ],
    pictures,
    figures,
};

/// The losses of a training. Never setting gradients back to 0 is to step by the sum of all gradients so far, and
/// this is gradient descent with a momentum of 1.
fn losses(controls: &Controls, reset: bool) -> Result<Vec<f64>> {
    let [rate, epochs] = controls.all()?;
    let mut mlp = network::mlp(&WIDTHS, &mut PythonRandom::new(controls.seed));
    let optimizer = Sgd::new(rate).momentum(if reset { 0.0 } else { 1.0 });
    Ok(network::train(&mut mlp, optimizer, count(epochs), network::sum_of_squares)?.losses)
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let (reset, kept) = (losses(controls, true)?, losses(controls, false)?);
    let epochs: Vec<f64> = numbered(reset.len());
    let chart = Chart::new("Loss with and without setting the gradients back to 0")
        .line("set back before each walk", &epochs, &reset)
        .line("never set back", &epochs, &kept)
        .x_label("epoch")
        .y_label("loss")
        .log_y();
    Ok(vec![chart.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let (reset, kept) = (losses(controls, true)?, losses(controls, false)?);
    let last = |losses: &[f64]| losses.last().copied().unwrap_or(f64::NAN);
    let best = |losses: &[f64]| losses.iter().copied().fold(f64::INFINITY, f64::min);
    Ok(vec![
        Figure::new("first loss", reset[0]),
        Figure::new("last loss, set back", last(&reset)),
        Figure::new("last loss, never set back", last(&kept)),
        Figure::new("best loss, never set back", best(&kept)),
    ])
}
