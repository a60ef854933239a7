//! The notebook's training: 1000 epochs, one person at a time.

use chainrule_picture::{Chart, Picture};

use super::{
    EPOCHS, RATE,
    network::{self, Parameters, answer, drawn, loss, train},
    people::{NEW_PEOPLE, PEOPLE, SHIFT, samples},
};
use crate::{
    controls::{Controls, count},
    error::Result,
    figure::Figure,
    lesson::Scene,
    statistics::numbered,
};

pub(super) const SCENE: Scene = Scene {
    name: "training",
    title: "Training: four people, a thousand times",
    prose: include_str!("training.md"),
    controls: &[RATE, EPOCHS],
    pictures,
    figures,
};

/// How many epochs lie between two losses that the notebook prints.
const EVERY: usize = 10;

/// What the notebook prints from epoch 0 on, as far as its output was kept. That run had no seed.
pub(super) const PRINTED: [&str; 46] = [
    "0.353", "0.237", "0.146", "0.101", "0.075", "0.059", "0.047", "0.039", "0.033", "0.028", "0.025", "0.022",
    "0.020", "0.018", "0.016", "0.015", "0.013", "0.012", "0.012", "0.011", "0.010", "0.010", "0.009", "0.009",
    "0.008", "0.008", "0.007", "0.007", "0.007", "0.006", "0.006", "0.006", "0.006", "0.005", "0.005", "0.005",
    "0.005", "0.005", "0.005", "0.004", "0.004", "0.004", "0.004", "0.004", "0.004", "0.004",
];
/// The last lines of the notebook, from the same run.
pub(super) const PRINTED_NEW: [&str; 2] = ["0.967", "0.039"];

/// The parameters after each epoch.
fn course(controls: &Controls) -> Result<Vec<Parameters>> {
    let [rate, epochs] = controls.all()?;
    Ok(train(drawn(controls.seed), &samples(), rate, count(epochs)))
}

fn last(course: &[Parameters], controls: &Controls) -> Parameters {
    course.last().copied().unwrap_or(drawn(controls.seed))
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let course = course(controls)?;
    let trained = last(&course, controls);
    let epochs: Vec<f64> = numbered(course.len());
    let losses: Vec<f64> = course.iter().map(|parameters| loss(parameters, &samples())).collect();
    let printed_at: Vec<f64> = (0..PRINTED.len()).map(|i| (i * EVERY) as f64).collect();
    let printed: Vec<f64> = PRINTED.iter().filter_map(|text| text.parse().ok()).collect();
    let loss = Chart::new("The loss goes down")
        .line("this run", &epochs, &losses)
        .scatter("the notebook's run", &printed_at, &printed)
        .x_label("epoch")
        .y_label("mean squared error, logarithmic")
        .log_y();

    let mut answers = Chart::new("What the network answers, epoch by epoch")
        .x_label("epoch")
        .y_label("o1: 1 is female, 0 male")
        .y_range(0.0, 1.0);
    for person in PEOPLE.iter().chain(&NEW_PEOPLE) {
        let x = person.shifted_by(SHIFT).x;
        let course: Vec<f64> = course.iter().map(|parameters| answer(parameters, x)).collect();
        answers = answers.line(person.name, &epochs, &course);
    }
    Ok(vec![
        loss.picture(),
        answers.picture(),
        border(&trained),
        network::picture(&trained, ["weight", "height"]),
    ])
}

/// The people and the line on which the network is undecided.
fn border(trained: &Parameters) -> Picture {
    let mut chart = Chart::new("Where the trained network draws the border");
    for (label, gender) in [("female", 1.0), ("male", 0.0)] {
        let known = PEOPLE.iter().chain(&NEW_PEOPLE);
        let those = known.filter(|person| person.gender == gender);
        let (weights, heights): (Vec<f64>, Vec<f64>) = those.map(|person| (person.weight, person.height)).unzip();
        chart = chart.scatter(label, &weights, &heights);
    }
    let decided = |weight: f64, height: f64| answer(trained, [weight - SHIFT[0], height - SHIFT[1]]) - 0.5;
    let (mut weights, mut heights) = (vec![], vec![]);
    for weight in (220..=340).map(|half_pounds| f64::from(half_pounds) / 2.0) {
        // Along each weight, between which two heights does the answer cross 0.5?
        for height in (56..76).map(f64::from) {
            let (below, above) = (decided(weight, height), decided(weight, height + 1.0));
            if below.signum() != above.signum() {
                weights.push(weight);
                heights.push(height + below / (below - above));
            }
        }
    }
    chart
        .scatter("undecided, o1 = 0.5", &weights, &heights)
        .x_label("weight, lb")
        .y_label("height, in")
        .x_range(110.0, 170.0)
        .y_range(56.0, 76.0)
        .picture()
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let course = course(controls)?;
    let trained = last(&course, controls);
    let here = controls.at_start();
    let of_the_notebook = |figure: Figure, text: &str| match here {
        true => figure.printed(text).why("the notebook's run has no seed"),
        false => figure,
    };
    let mut figures: Vec<Figure> = vec![];
    for (i, parameters) in course.iter().step_by(EVERY).enumerate() {
        let figure = Figure::new(format!("loss@{}", i * EVERY), loss(parameters, &samples()));
        figures.push(match PRINTED.get(i) {
            Some(text) => of_the_notebook(figure, text),
            None => figure,
        });
    }
    for (person, text) in NEW_PEOPLE.iter().zip(PRINTED_NEW) {
        let figure = Figure::new(person.name, answer(&trained, person.shifted_by(SHIFT).x));
        figures.push(of_the_notebook(figure, text));
    }
    Ok(figures)
}
