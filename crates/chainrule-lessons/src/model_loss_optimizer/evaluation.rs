//! Judging a network on the rows it was trained on.

use chainrule_picture::{Chart, Picture};
use std::rc::Rc;

use super::{
    moons::{Course, HIDDEN, TESTED_ON, TRAINED_ON, decision, moons},
    network::NO_DROPOUT,
    table::Table,
};
use crate::{
    controls::{Control, Controls, count},
    error::Result,
    figure::Figure,
    lesson::Scene,
    once::once,
};

pub(super) const SCENE: Scene = Scene {
    name: "evaluation",
    title: "Judged on what it has learned by heart",
    prose: include_str!("evaluation.md"),
    controls: &[
        Control::new("steps", "how many steps of training", (10.0, 250.0), 10.0, 200.0),
        Control::new("hidden", "how many hidden neurons", (1.0, 20.0), 1.0, HIDDEN as f64),
    ],
    pictures,
    figures,
};

fn train(controls: &Controls) -> Result<Rc<(Table, Course)>> {
    once("evaluation", &controls.numbers(), || trained(controls))
}

fn trained(controls: &Controls) -> Result<(Table, Course)> {
    let [steps, hidden] = controls.all()?;
    let seen = moons(controls.seed, TRAINED_ON)?;
    let course = Course::new(controls.seed, count(hidden), count(steps), NO_DROPOUT, &seen)?;
    Ok((seen, course))
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let trained = train(controls)?;
    let (seen, course) = &*trained;
    let losses = Chart::new("The loss, on rows seen and unseen")
        .line("training", &course.steps, &course.column(0, |judged| judged.loss))
        .line("test", &course.steps, &course.column(1, |judged| judged.loss))
        .x_label("step")
        .y_label("loss")
        .log_y();
    let accuracies = Chart::new("The accuracy, on rows seen and unseen")
        .line("training", &course.steps, &course.column(0, |judged| judged.accuracy))
        .line("test", &course.steps, &course.column(1, |judged| judged.accuracy))
        .x_label("step")
        .y_label("accuracy")
        .y_range(0.4, 1.02);
    let map = decision("What the network answers where", &course.net, seen)?;
    Ok(vec![map.picture(), losses.picture(), accuracies.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let trained = train(controls)?;
    let (_, course) = &*trained;
    let [seen, test] = course.end();
    let best = course
        .column(1, |judged| judged.loss)
        .into_iter()
        .fold(f64::INFINITY, f64::min);
    let why = format!("judged on {TESTED_ON} rows of the same kind that training never saw");
    let compared = |name: &str, on_seen: f64, on_test: f64| {
        let figure = Figure::new(name, on_seen);
        if on_seen == on_test {
            figure
        } else {
            figure.corrected(on_test).why(why.clone())
        }
    };
    Ok(vec![
        compared("accuracy", seen.accuracy, test.accuracy),
        compared("loss", seen.loss, test.loss),
        Figure::new("test accuracy", test.accuracy),
        Figure::new("test loss", test.loss),
        Figure::new("best test loss on the way", best),
    ])
}
