//! A network with the same three parts, judged on rows that it has not seen.

use chainrule::{Mlp, Rng, Tensor, nn::Activation, optim::Adam};
use chainrule_numpy::{Classification, RandomState, Size, train_test_split};
use chainrule_picture::{Chart, Picture, confusion_matrix};

use super::{
    control,
    data::count,
    network::{Judgement, NO_DROPOUT, Rows, confusion, judge, start, step},
};
use crate::{controls::Controls, error::Result, figure::Figure, lesson::Scene};

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
        control(
            "epochs",
            "how often training goes over all its rows",
            1.0,
            6.0,
            1.0,
            3.0,
        ),
        control("rate", "the learning rate of adam", 0.001, 0.05, 0.001, 0.01),
    ],
    pictures,
    figures,
};

/// A made table of the size of the notebook's, which may not be passed on: a third of the rows are of class 1.
fn table(seed: u32) -> Result<Rows> {
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
    Rows::new(data.features, data.columns, &data.target)
}

/// Every column with mean 0 and standard deviation 1 on the rows to train on.
fn scaled(table: &Rows, train: &[usize]) -> Result<Rows> {
    let seen = table.pick(train)?;
    let rows = train.len() as f64;
    let mut scaled = table.x.data().to_vec();
    for column in 0..COLUMNS {
        let of = |x: &Tensor| {
            x.data()
                .iter()
                .skip(column)
                .step_by(COLUMNS)
                .copied()
                .collect::<Vec<f64>>()
        };
        let numbers = of(&seen.x);
        let mean = numbers.iter().sum::<f64>() / rows;
        let deviation = (numbers.iter().map(|number| (number - mean).powi(2)).sum::<f64>() / rows).sqrt();
        for number in scaled.iter_mut().skip(column).step_by(COLUMNS) {
            *number = (*number - mean) / deviation;
        }
    }
    Ok(Rows {
        x: Tensor::new(scaled, [table.y.len(), COLUMNS])?,
        y: table.y.clone(),
    })
}

/// A trained network and how good it was after each epoch.
struct Trained {
    net: Mlp,
    test: Rows,
    course: Vec<[Judgement; 2]>,
}

fn train(controls: &Controls) -> Result<Trained> {
    let [epochs, rate] = controls.all()?;
    let table = table(controls.seed)?;
    let split = train_test_split(
        ROWS,
        Some(Size::Fraction(0.2)),
        None,
        &mut RandomState::new(controls.seed),
    )?;
    let scaled = scaled(&table, &split.train)?;
    let (seen, test) = (scaled.pick(&split.train)?, scaled.pick(&split.test)?);
    let mut random = RandomState::new(controls.seed);
    let mut net = start(COLUMNS, HIDDEN, &mut random)?;
    let mut adam = Adam::new(rate);
    let mut course = vec![];
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
    let epochs: Vec<f64> = (1..=trained.course.len()).map(|epoch| epoch as f64).collect();
    // The loss holds the sigmoid of the output; the drawing shows it.
    let mut drawn = trained.net.clone();
    if let Some(last) = drawn.activations.last_mut() {
        *last = Activation::named("sigmoid")?;
    }
    let columns: Vec<String> = (1..=COLUMNS).map(|column| format!("x{column}")).collect();
    Ok(vec![
        matrix.picture(),
        Chart::new("Loss by epoch")
            .x_label("epoch")
            .y_label("loss")
            .line("training", &epochs, &losses(0))
            .line("test", &epochs, &losses(1))
            .picture(),
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
