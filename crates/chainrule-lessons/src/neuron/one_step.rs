//! One training step: nine derivatives, each by its formula.

use chainrule_picture::{Chart, Picture};

use super::{
    RATE,
    network::{self, NAMES, Parameters, derivatives, derivatives_by_engine, drawn, subtract},
    people::{PEOPLE, SHIFT, Sample},
};
use crate::{
    controls::{Control, Controls, count},
    error::Result,
    figure::Figure,
    finite_difference,
    lesson::Scene,
};

pub(super) const SCENE: Scene = Scene {
    name: "one-step",
    title: "One training step: nine derivatives",
    prose: include_str!("one_step.md"),
    controls: &[
        Control {
            name: "person",
            doc: "who is looked at: 1 Alice, 2 Bob, 3 Charlie, 4 Diana",
            from: 1.0,
            to: 4.0,
            step: 1.0,
            start: 1.0,
        },
        Control { to: 10.0, ..RATE },
    ],
    pictures,
    figures,
};

/// The network before the step, the person, and the learning rate.
fn beginning(controls: &Controls) -> Result<(Parameters, Sample, f64)> {
    let [person, rate] = controls.all()?;
    let nearest = count(person).clamp(1, PEOPLE.len()) - 1;
    Ok((drawn(controls.seed), PEOPLE[nearest].shifted_by(SHIFT), rate))
}

fn squared_error(parameters: &Parameters, sample: Sample) -> f64 {
    network::loss(parameters, &[sample])
}

/// The network after a step of this learning rate along the derivatives of its beginning.
fn stepped(parameters: &Parameters, sample: Sample, rate: f64) -> Parameters {
    let mut after = *parameters;
    subtract(&mut after, &derivatives(parameters, sample, rate));
    after
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let (parameters, sample, rate) = beginning(controls)?;
    let gradient = derivatives(&parameters, sample, 1.0);
    let steepness: f64 = gradient.iter().map(|slope| slope * slope).sum();
    let before = squared_error(&parameters, sample);
    let rates: Vec<f64> = (0..=200).map(|i| f64::from(i) / 20.0).collect();
    let losses: Vec<f64> = rates
        .iter()
        .map(|&rate| squared_error(&stepped(&parameters, sample, rate), sample))
        .collect();
    let promised: Vec<f64> = rates.iter().map(|rate| before - rate * steepness).collect();
    let after = stepped(&parameters, sample, rate);
    let chart = Chart::new("The loss of this person after steps of different size")
        .line("loss after the step", &rates, &losses)
        .line("what the derivatives promise", &rates, &promised)
        .scatter("this step", &[rate], &[squared_error(&after, sample)])
        .x_label("learning rate")
        .y_label("squared error")
        .y_range(0.0, (1.2 * before).max(0.01));
    Ok(vec![chart.picture(), network::picture(&after, ["weight", "height"])])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let (parameters, sample, rate) = beginning(controls)?;
    let by_hand = derivatives(&parameters, sample, 1.0);
    let by_engine = derivatives_by_engine(parameters, sample)?;
    let by_difference = finite_difference::gradient(|moved| squared_error(moved, sample), &parameters, 1e-5);
    let after = stepped(&parameters, sample, rate);
    let mut figures = vec![
        Figure::new("loss before", squared_error(&parameters, sample)),
        Figure::new("loss after", squared_error(&after, sample)),
    ];
    for (i, name) in NAMES.into_iter().enumerate() {
        figures.push(Figure::new(name, parameters[i]));
        figures.push(Figure::new(format!("dL/d{name}"), by_hand[i]));
        figures.push(Figure::new(format!("dL/d{name} by backward"), by_engine[i]));
        figures.push(Figure::new(
            format!("dL/d{name} by a finite difference"),
            by_difference[i],
        ));
        figures.push(Figure::new(format!("{name} after"), after[i]));
    }
    Ok(figures)
}
