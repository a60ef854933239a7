//! The people's measurements, shifted so that they lie around zero.

use chainrule_picture::{Chart, Picture};

use super::{
    network::{drawn, loss, train},
    people::{NEW_PEOPLE, PEOPLE, Person, SHIFT, Sample},
};
use crate::{
    controls::{Control, Controls},
    error::Result,
    figure::Figure,
    lesson::Scene,
    statistics::numbered,
};

pub(super) const SCENE: Scene = Scene {
    name: "people",
    title: "Four people, moved to where the sigmoid is steep",
    prose: include_str!("shift.md"),
    controls: &[
        Control {
            name: "weight_shift",
            doc: "the pounds taken away from each weight",
            from: 0.0,
            to: 200.0,
            step: 0.25,
            start: SHIFT[0],
        },
        Control {
            name: "height_shift",
            doc: "the inches taken away from each height",
            from: 0.0,
            to: 100.0,
            step: 0.25,
            start: SHIFT[1],
        },
    ],
    pictures,
    figures,
};

const EPOCHS: usize = 1000;
const RATE: f64 = 0.1;

/// The loss after each epoch for people shifted like this.
fn losses(seed: u32, shift: [f64; 2]) -> Vec<f64> {
    let samples: Vec<Sample> = PEOPLE.iter().map(|person| person.shifted_by(shift)).collect();
    let course = train(drawn(seed), &samples, RATE, EPOCHS);
    course.iter().map(|parameters| loss(parameters, &samples)).collect()
}

fn mean(of: fn(&Person) -> f64) -> f64 {
    PEOPLE.iter().map(of).sum::<f64>() / PEOPLE.len() as f64
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let shift = controls.all()?;
    let mut chart = Chart::new("The people after the shift");
    for (label, gender) in [("female (1)", 1.0), ("male (0)", 0.0)] {
        let those = PEOPLE.iter().filter(|person| person.gender == gender);
        let (weights, heights): (Vec<f64>, Vec<f64>) = those
            .map(|person| person.shifted_by(shift).x)
            .map(|[weight, height]| (weight, height))
            .unzip();
        chart = chart.scatter(label, &weights, &heights);
    }
    let new = NEW_PEOPLE.map(|person| person.shifted_by(shift).x);
    chart = chart
        .scatter("Emily and Frank, for later", &new.map(|x| x[0]), &new.map(|x| x[1]))
        .x_label("weight, lb, minus the shift")
        .y_label("height, in, minus the shift")
        .axes_through(0.0, 0.0);

    let epochs: Vec<f64> = numbered(EPOCHS);
    let learning = Chart::new("What the network learns from them")
        .line("with this shift", &epochs, &losses(controls.seed, shift))
        .line("without a shift", &epochs, &losses(controls.seed, [0.0, 0.0]))
        .x_label("epoch")
        .y_label("mean squared error")
        .y_range(0.0, 0.6);
    Ok(vec![chart.picture(), learning.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let shift = controls.all()?;
    let mut figures = vec![];
    for person in PEOPLE.iter().chain(&NEW_PEOPLE) {
        let [weight, height] = person.shifted_by(shift).x;
        figures.push(Figure::new(format!("{}'s weight", person.name), weight));
        figures.push(Figure::new(format!("{}'s height", person.name), height));
    }
    let last = |shift| losses(controls.seed, shift).last().copied().unwrap_or(f64::NAN);
    figures.extend([
        Figure::new("mean weight", mean(|person| person.weight)),
        Figure::new("mean height", mean(|person| person.height)),
        Figure::new("loss@999 with this shift", last(shift)),
        Figure::new("loss@999 without a shift", last([0.0, 0.0])),
    ]);
    Ok(figures)
}
