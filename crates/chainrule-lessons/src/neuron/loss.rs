//! The mean squared error.

use chainrule::{
    Graph,
    loss::{Loss, Mse, mse},
};
use chainrule_numpy::linspace;
use chainrule_picture::{Chart, Picture};

use super::people::PEOPLE;
use crate::{
    controls::{Control, Controls},
    error::Result,
    figure::Figure,
    lesson::Scene,
};

pub(super) const SCENE: Scene = Scene {
    name: "loss",
    title: "How wrong is it? The mean squared error",
    prose: include_str!("loss.md"),
    controls: &[Control {
        name: "answer",
        doc: "what the network answers to everyone",
        from: 0.0,
        to: 1.0,
        step: 0.01,
        start: 0.0,
    }],
    pictures,
    figures,
};

/// The engine's mean squared error of one answer for everyone, and its derivative with respect to that answer.
fn loss_and_slope(answer: f64) -> Result<(f64, f64)> {
    let graph = Graph::new();
    let answer = graph.leaf(answer);
    let genders = graph.constant(PEOPLE.map(|person| person.gender));
    let loss = mse(answer.broadcast(genders.shape()), genders);
    Ok((loss.item()?, loss.backward()?[answer]))
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [at] = controls.all()?;
    let (loss, slope) = loss_and_slope(at)?;
    let answers = linspace(0.0, 1.0, 101)?;
    let losses = answers.iter().map(|&answer| Ok(loss_and_slope(answer)?.0));
    let losses = losses.collect::<Result<Vec<f64>>>()?;
    let of_gender = |gender: f64| answers.iter().map(move |answer| (gender - answer) * (gender - answer));
    let tangent: Vec<f64> = answers.iter().map(|answer| loss + slope * (answer - at)).collect();
    let chart = Chart::new("The loss when everyone gets the same answer")
        .line("mean squared error", &answers, &losses)
        .line(
            "squared error of a woman",
            &answers,
            &of_gender(1.0).collect::<Vec<_>>(),
        )
        .line("squared error of a man", &answers, &of_gender(0.0).collect::<Vec<_>>())
        .line("tangent", &answers, &tangent)
        .scatter("here", &[at], &[loss])
        .x_label("the answer")
        .y_label("loss")
        .y_range(0.0, 1.0);
    Ok(vec![chart.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [answer] = controls.all()?;
    let (loss, slope) = loss_and_slope(answer)?;
    let mut figures = vec![Figure::new("MSE", loss).printed_if(controls.at_start(), "0.5")];
    for person in &PEOPLE {
        let error = person.gender - answer;
        figures.push(Figure::new(format!("{}'s squared error", person.name), error * error));
    }
    figures.extend([
        Figure::new("dMSE/danswer", slope),
        Figure::new("the loss's name", Loss::<f64>::name(&Mse).to_uppercase())
            .printed("MCE")
            .corrected(Loss::<f64>::name(&Mse).to_uppercase())
            .why("a slip of the pen: formula, text and the function mse_loss all say mean squared error"),
        Figure::new("n", PEOPLE.len())
            .printed("44")
            .corrected(PEOPLE.len())
            .why("a digit doubled in copying; there are four names behind it. So are the codes 00 and 11 for 0 and 1"),
    ]);
    Ok(figures)
}
