//! Judging a network on the rows it was trained on.

use chainrule::{Mlp, Rng, Tensor, optim::Adam};
use chainrule_numpy::RandomState;
use chainrule_picture::{Chart, Heatmap, Picture};

use super::{
    control,
    data::count,
    logistic::sigmoid,
    network::{Judgement, NO_DROPOUT, Rows, judge, moons, start, step},
};
use crate::{controls::Controls, error::Result, figure::Figure, lesson::Scene};

pub(super) const TRAINED_ON: usize = 30;
pub(super) const TESTED_ON: usize = 200;
pub(super) const NOISE: f64 = 0.35;
pub(super) const HIDDEN: usize = 20;
pub(super) const RATE: f64 = 0.1;
/// The network is judged after so many steps each.
pub(super) const EVERY: usize = 10;

pub(super) const SCENE: Scene = Scene {
    name: "evaluation",
    title: "Judged on what it has learned by heart",
    prose: include_str!("evaluation.md"),
    controls: &[
        control("steps", "how many steps of training", 10.0, 250.0, 10.0, 200.0),
        control("hidden", "how many hidden neurons", 1.0, 20.0, 1.0, HIDDEN as f64),
    ],
    pictures,
    figures,
};

struct Course {
    net: Mlp,
    seen: Rows,
    steps: Vec<f64>,
    judged: Vec<[Judgement; 2]>,
}

fn train(controls: &Controls) -> Result<Course> {
    let [steps, hidden] = controls.all()?;
    let seen = moons(controls.seed, TRAINED_ON, NOISE)?;
    let test = moons(controls.seed.wrapping_add(1), TESTED_ON, NOISE)?;
    let mut net = start(2, count(hidden), &mut RandomState::new(controls.seed))?;
    let mut adam = Adam::new(RATE);
    let (mut at, mut judged) = (vec![0.0], vec![[judge(&net, &seen)?, judge(&net, &test)?]]);
    for number in 1..=count(steps) {
        step(&mut net, &mut adam, &seen, NO_DROPOUT, &mut Rng::new(0))?;
        if number % EVERY == 0 {
            at.push(number as f64);
            judged.push([judge(&net, &seen)?, judge(&net, &test)?]);
        }
    }
    Ok(Course {
        net,
        seen,
        steps: at,
        judged,
    })
}

/// What a network of two inputs answers over the plane, with the rows it was trained on.
pub(super) fn decision(title: &str, net: &Mlp, seen: &Rows) -> Result<Heatmap> {
    let (x, y) = ((-2.0, 3.0), (-1.5, 2.0));
    let (columns, rows) = (48, 32);
    let xs = Heatmap::middles(x.0, x.1, columns);
    let ys = Heatmap::middles(y.0, y.1, rows);
    let places: Vec<f64> = ys.iter().flat_map(|&y| xs.iter().flat_map(move |&x| [x, y])).collect();
    let logits = net.predict(&Tensor::new(places, [rows * columns, 2])?)?;
    let cells: Vec<Vec<f64>> = logits
        .data()
        .chunks(columns)
        .map(|row| row.iter().map(|&z| sigmoid(z)).collect())
        .collect();
    let of_class = |class: f64| -> (Vec<f64>, Vec<f64>) {
        let points = seen.x.data().chunks(2).zip(&seen.y).filter(|&(_, &y)| y == class);
        points.map(|(row, _)| (row[0], row[1])).unzip()
    };
    let ((no_x, no_y), (yes_x, yes_y)) = (of_class(0.0), of_class(1.0));
    Ok(Heatmap::surface(title, x, y, &cells)
        .diverging(0.5)
        .value_range(0.0, 1.0)
        .points("class 0", &no_x, &no_y)
        .points("class 1", &yes_x, &yes_y)
        .x_label("x₁")
        .y_label("x₂")
        .value_label("p"))
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let course = train(controls)?;
    let column = |which: usize, of: fn(&Judgement) -> f64| -> Vec<f64> {
        course.judged.iter().map(|judged| of(&judged[which])).collect()
    };
    let losses = Chart::new("The loss, on rows seen and unseen")
        .line("training", &course.steps, &column(0, |judged| judged.loss))
        .line("test", &course.steps, &column(1, |judged| judged.loss))
        .x_label("step")
        .y_label("loss")
        .log_y();
    let accuracies = Chart::new("The accuracy, on rows seen and unseen")
        .line("training", &course.steps, &column(0, |judged| judged.accuracy))
        .line("test", &course.steps, &column(1, |judged| judged.accuracy))
        .x_label("step")
        .y_label("accuracy")
        .y_range(0.4, 1.02);
    let map = decision("What the network answers where", &course.net, &course.seen)?;
    Ok(vec![map.picture(), losses.picture(), accuracies.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let course = train(controls)?;
    let Some([seen, test]) = course.judged.last().copied() else {
        return Ok(vec![]);
    };
    let best = course
        .judged
        .iter()
        .map(|judged| judged[1].loss)
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
