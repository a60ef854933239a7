//! A network with the same three parts, judged on rows that it has not seen.

use chainrule::{Mlp, Rng, nn::Activation, optim::Adam};
use chainrule_numpy::{Classification, RandomState, Size, train_test_split};
use chainrule_picture::{Chart, Picture, confusion_matrix};
use std::rc::Rc;

use super::{
    network::{Judgement, NO_DROPOUT, confusion, judge, start, step},
    table::Table,
};
use crate::{
    controls::{Control, Controls, count},
    error::Result,
    figure::Figure,
    lesson::Scene,
    once::once,
    statistics::numbered,
};

const ROWS: usize = 1055;
const COLUMNS: usize = 41;
const HIDDEN: usize = 20;
const BATCH: usize = 64;
const CLASSES: [&str; 2] = ["no", "yes"];

pub(super) const SCENE: Scene = Scene {
    name: "neural-network",
    title: "A network from the same three parts",
    prose: include_str!("neural_network.md"),
    controls: &[
        Control::new(
            "epochs",
            "how often training goes over all its rows",
            (1.0, 6.0),
            1.0,
            3.0,
        ),
        Control::new("rate", "the learning rate of adam", (0.001, 0.05), 0.001, 0.01),
    ],
    pictures,
    figures,
};

/// A made table of the size of the notebook's, which may not be passed on: a third of the rows are of class 1.
fn table(seed: u32) -> Result<Table> {
    let made = Classification {
        samples: ROWS,
        features: COLUMNS,
        informative: 5,
        redundant: 5,
        flip: 0.1,
        separation: 1.5,
        weights: Some(vec![0.66]),
        ..Classification::default()
    };
    let data = made.make(&mut RandomState::new(seed))?;
    Table::of_classes(data.features, data.columns, &data.target)
}

/// A trained network and how good it was at the start and after each epoch.
struct Trained {
    net: Mlp,
    test: Table,
    course: Vec<[Judgement; 2]>,
}

fn train(controls: &Controls) -> Result<Rc<Trained>> {
    once("neural-network", &controls.numbers(), || trained(controls))
}

fn trained(controls: &Controls) -> Result<Trained> {
    let [epochs, rate] = controls.all()?;
    let table = table(controls.seed)?;
    let split = train_test_split(
        ROWS,
        Some(Size::Fraction(0.2)),
        None,
        &mut RandomState::new(controls.seed),
    )?;
    let scaled = table.scaled(&split.train)?;
    let (seen, test) = (scaled.pick(&split.train)?, scaled.pick(&split.test)?);
    let mut random = RandomState::new(controls.seed);
    let mut net = start(COLUMNS, HIDDEN, &mut random)?;
    let mut adam = Adam::new(rate);
    let mut course = vec![[judge(&net, &seen)?, judge(&net, &test)?]];
    for _ in 0..count(epochs) {
        for batch in random.permutation(seen.y.len()).chunks(BATCH) {
            step(&mut net, &mut adam, &seen.pick(batch)?, NO_DROPOUT, &mut Rng::new(0))?;
        }
        course.push([judge(&net, &seen)?, judge(&net, &test)?]);
    }
    Ok(Trained { net, test, course })
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let trained = train(controls)?;
    let matrix = confusion_matrix(&CLASSES, &confusion(&trained.net, &trained.test)?);
    let losses = |which: usize| {
        trained
            .course
            .iter()
            .map(|judged| judged[which].loss)
            .collect::<Vec<_>>()
    };
    let epochs = numbered(trained.course.len());
    let chart = Chart::new("The loss, on rows seen and unseen")
        .line("training", &epochs, &losses(0))
        .line("test", &epochs, &losses(1))
        .x_label("epoch")
        .y_label("loss");
    // The loss holds the sigmoid of the output; the drawing shows it.
    let mut drawn = trained.net.clone();
    if let Some(last) = drawn.activations.last_mut() {
        *last = Activation::named("sigmoid")?;
    }
    let columns: Vec<String> = (1..=COLUMNS).map(|column| format!("x{column}")).collect();
    Ok(vec![
        matrix.picture(),
        chart.picture(),
        chainrule_picture::network(&drawn, &columns, &["yes".to_string()]).picture(),
    ])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let trained = train(controls)?;
    let [[no, false_yes], [false_no, yes]] = confusion(&trained.net, &trained.test)?;
    let tested = no + false_yes + false_no + yes;
    let Some([seen, test]) = trained.course.last().copied() else {
        return Ok(vec![]);
    };
    let share = |part: usize, of: usize| part as f64 / of as f64;
    Ok(vec![
        Figure::new("parameters", chainrule::Module::parameter_count(&trained.net)),
        Figure::new("rows tested", tested),
        Figure::new("training loss", seen.loss),
        Figure::new("test loss", test.loss),
        Figure::new("training accuracy", seen.accuracy),
        Figure::new("test accuracy", test.accuracy),
        Figure::new("accuracy of always no", share(no + false_yes, tested)),
        Figure::new("true yes", yes),
        Figure::new("false yes", false_yes),
        Figure::new("false no", false_no),
        Figure::new("true no", no),
        Figure::new("recall", share(yes, yes + false_no)).why("of the rows that are yes, the share that was found"),
        Figure::new("precision", share(yes, yes + false_yes)).why("of the rows called yes, the share that is"),
    ])
}
