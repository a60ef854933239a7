//! The training from many random beginnings.

use chainrule_picture::{Chart, Color, Picture};
use std::{cell::RefCell, rc::Rc};

use super::{
    RATE,
    network::{answer, drawn, loss, train},
    people::{NEW_PEOPLE, SHIFT, samples},
    training::{PRINTED, PRINTED_NEW},
};
use crate::{
    controls::{Control, Controls, count},
    error::Result,
    figure::Figure,
    lesson::Scene,
    once::once,
    statistics::quantile,
};

pub(super) const SCENE: Scene = Scene {
    name: "seeds",
    title: "Luck: the same training from many beginnings",
    prose: include_str!("seeds.md"),
    controls: &[
        Control {
            name: "runs",
            doc: "how many seeds, counted up from the seed of the scene",
            from: 20.0,
            to: 150.0,
            step: 10.0,
            start: 100.0,
        },
        RATE,
    ],
    pictures,
    figures,
};

const EPOCHS: usize = 991;
/// The epochs looked at.
const EVERY: usize = 10;
/// The epochs whose band is told, with what the notebook prints there.
const TOLD: [(usize, Option<&str>); 4] = [
    (0, Some(PRINTED[0])),
    (100, Some(PRINTED[10])),
    (450, Some(PRINTED[45])),
    (990, None),
];

/// What happened in all runs: for each epoch looked at the losses, for each new person the answers; all sorted.
struct Runs {
    losses: Vec<Vec<f64>>,
    answers: [Vec<f64>; 2],
}

/// One run: its losses at the epochs looked at, and its answers.
struct Run {
    losses: Vec<f64>,
    answers: Vec<f64>,
}

fn one_run(seed: u32, rate: f64) -> Run {
    let course = train(drawn(seed), &samples(), rate, EPOCHS);
    let looked_at = course.iter().step_by(EVERY);
    let answers = course
        .last()
        .map(|trained| NEW_PEOPLE.map(|person| answer(trained, person.shifted_by(SHIFT).x)));
    Run {
        losses: looked_at.map(|parameters| loss(parameters, &samples())).collect(),
        answers: answers.map_or(vec![], |answers| answers.to_vec()),
    }
}

fn runs(controls: &Controls) -> Result<Rc<Runs>> {
    once("seeds", &controls.numbers(), || all_runs(controls))
}

fn all_runs(controls: &Controls) -> Result<Runs> {
    let [runs, rate] = controls.all()?;
    // Some runs more or less: those that are known stay as they are.
    let known = once("runs", &[controls.seed.into(), rate], || Ok(RefCell::new(vec![])))?;
    let mut known = known.borrow_mut();
    for run in known.len()..count(runs) {
        known.push(one_run(controls.seed.wrapping_add(run as u32), rate));
    }
    let mut losses = vec![vec![]; EPOCHS.div_ceil(EVERY)];
    let mut answers = [vec![], vec![]];
    for run in known.iter().take(count(runs)) {
        for (losses, loss) in losses.iter_mut().zip(&run.losses) {
            losses.push(*loss);
        }
        for (answers, answer) in answers.iter_mut().zip(&run.answers) {
            answers.push(*answer);
        }
    }
    for numbers in losses.iter_mut().chain(&mut answers) {
        numbers.sort_by(f64::total_cmp);
    }
    Ok(Runs { losses, answers })
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let runs = runs(controls)?;
    let epochs: Vec<f64> = (0..runs.losses.len()).map(|i| (i * EVERY) as f64).collect();
    let at = |share: f64| -> Vec<f64> { runs.losses.iter().map(|losses| quantile(losses, share)).collect() };
    let printed: Vec<f64> = PRINTED.iter().filter_map(|text| text.parse().ok()).collect();
    let chart = Chart::new("The losses of all runs: nine of ten lie between the outer lines")
        .line("95 % are below", &epochs, &at(0.95))
        .color(Color::Sky)
        .line("half are below", &epochs, &at(0.5))
        .color(Color::Blue)
        .line("5 % are below", &epochs, &at(0.05))
        .color(Color::Sky)
        .scatter("the notebook's run", &epochs, &printed)
        .color(Color::Orange)
        .x_label("epoch")
        .y_label("mean squared error, logarithmic")
        .log_y();

    let share_below = |sorted: &[f64]| -> Vec<f64> {
        (1..=sorted.len())
            .map(|i| 100.0 * i as f64 / sorted.len() as f64)
            .collect()
    };
    let [emily, frank] = &runs.answers;
    let answers = Chart::new("The answers for Emily and Frank in all runs")
        .line("Emily", emily, &share_below(emily))
        .line("Frank", frank, &share_below(frank))
        .x_label("answer after epoch 990: 1 is female, 0 male")
        .y_label("runs with at most this answer, %")
        .x_range(0.0, 1.0)
        .y_range(0.0, 100.0);
    Ok(vec![chart.picture(), answers.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let runs = runs(controls)?;
    let mut figures = vec![];
    let mut band = |what: String, sorted: &[f64], printed: Option<&str>, (low, high): (f64, f64)| {
        for share in [low, 0.5, high] {
            figures.push(Figure::new(
                format!("{what}, {} %", 100.0 * share),
                quantile(sorted, share),
            ));
        }
        if let Some(text) = printed {
            let value: f64 = text.parse().unwrap_or(f64::NAN);
            let below = sorted.iter().filter(|&&number| number < value).count();
            let share = Figure::new(format!("{what}, runs below the notebook's {text}"), below);
            figures.push(share);
        }
    };
    for (epoch, printed) in TOLD {
        if let Some(losses) = runs.losses.get(epoch / EVERY) {
            band(format!("loss@{epoch}"), losses, printed, (0.05, 0.95));
        }
    }
    for ((person, answers), printed) in NEW_PEOPLE.iter().zip(&runs.answers).zip(PRINTED_NEW) {
        band(person.name.to_string(), answers, Some(printed), (0.01, 0.99));
    }
    Ok(figures)
}
