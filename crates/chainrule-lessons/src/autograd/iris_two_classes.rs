//! Two species of Iris told apart by two measurements.

use chainrule::{
    Graph, Module, Tensor,
    loss::bce_with_logits,
    optim::{Optimizer, Sgd},
};
use chainrule_numpy::{PythonRandom, RandomState, Size, Split, linspace, train_test_split};
use chainrule_picture::{Chart, Color, Picture};
use std::rc::Rc;

use super::{
    contour::zero_lines,
    iris::{COLUMNS, Flower, PAIRS, SPECIES, flowers},
    quadratic::{OneHiddenLayer, TEST_SHARE},
};
use crate::{
    controls::{Control, Controls, count},
    error::Result,
    figure::Figure,
    lesson::Scene,
    once::once,
    statistics::numbered,
};

pub(super) const SCENE: Scene = Scene {
    name: "iris-two-classes",
    title: "Two classes of Iris",
    prose: include_str!("iris_two_classes.md"),
    controls: &[
        Control::new(
            "pair",
            "0 setosa and versicolor, 1 setosa and virginica, 2 versicolor and virginica",
            (0.0, 2.0),
            1.0,
            2.0,
        ),
        Control::new(
            "across",
            "what runs along x: 0 sepal length, 1 sepal width, 2 petal length, 3 petal width",
            (0.0, 3.0),
            1.0,
            2.0,
        ),
        Control::new("up", "what runs along y, numbered alike", (0.0, 3.0), 1.0, 3.0),
        Control::new("neurons", "neurons of the hidden layer", (1.0, 16.0), 1.0, 8.0),
        Control::new("rate", "the learning rate: how far a step goes", (0.05, 1.0), 0.05, 0.5),
        Control::new("epochs", "how many steps", (10.0, 300.0), 10.0, 100.0),
    ],
    pictures,
    figures,
};

/// What the training saw and made.
struct Trained {
    pair: [usize; 2],
    columns: [usize; 2],
    flowers: Vec<Flower>,
    split: Split,
    mean: [f64; 2],
    deviation: [f64; 2],
    model: OneHiddenLayer,
    losses: Vec<f64>,
}

impl Trained {
    /// The measures of flowers in units of the training rows' spread: `(x − mean) / deviation`.
    fn standardized(&self, measures: &[[f64; 2]]) -> Result<Tensor> {
        let row = |row: &[f64; 2]| [0, 1].map(|k| (row[k] - self.mean[k]) / self.deviation[k]);
        let cells: Vec<f64> = measures.iter().flat_map(row).collect();
        Ok(Tensor::new(cells, [measures.len(), 2])?)
    }

    fn chosen(&self, places: &[usize]) -> Vec<Flower> {
        places.iter().map(|place| self.flowers[*place]).collect()
    }

    /// The logits of flowers.
    fn logits(&self, measures: &[[f64; 2]]) -> Result<Vec<f64>> {
        let graph = Graph::new();
        let logits = self.model.forward(graph.constant(self.standardized(measures)?));
        Ok(logits.value()?.data().to_vec())
    }

    /// How many of these flowers are told right.
    fn right(&self, places: &[usize]) -> Result<usize> {
        let flowers = self.chosen(places);
        let measures: Vec<[f64; 2]> = flowers.iter().map(|flower| flower.measures).collect();
        let logits = self.logits(&measures)?;
        Ok(flowers
            .iter()
            .zip(logits)
            .filter(|(flower, logit)| flower.second == (*logit > 0.0))
            .count())
    }
}

/// Mean and standard deviation of each measurement.
fn mean_and_deviation(flowers: &[Flower]) -> ([f64; 2], [f64; 2]) {
    let count = flowers.len() as f64;
    let mean = [0, 1].map(|k| flowers.iter().map(|flower| flower.measures[k]).sum::<f64>() / count);
    let square = |flower: &Flower, k: usize| (flower.measures[k] - mean[k]).powi(2);
    let deviation = [0, 1].map(|k| (flowers.iter().map(|flower| square(flower, k)).sum::<f64>() / count).sqrt());
    (mean, deviation)
}

fn train(controls: &Controls) -> Result<Rc<Trained>> {
    once("iris-two-classes", &controls.numbers(), || trained(controls))
}

fn trained(controls: &Controls) -> Result<Trained> {
    let [pair, across, up, neurons, rate, epochs] = controls.all()?;
    let (pair, columns) = (PAIRS[count(pair)], [count(across), count(up)]);
    let flowers = flowers(pair, columns)?;
    let test = Some(Size::Fraction(TEST_SHARE));
    let split = train_test_split(flowers.len(), test, None, &mut RandomState::new(controls.seed))?;
    let mut trained = Trained {
        pair,
        columns,
        flowers,
        split,
        mean: [0.0; 2],
        deviation: [1.0; 2],
        model: OneHiddenLayer::new(2, count(neurons), &mut PythonRandom::new(controls.seed)),
        losses: vec![],
    };
    let rows = trained.chosen(&trained.split.train);
    (trained.mean, trained.deviation) = mean_and_deviation(&rows);
    let x = trained.standardized(&rows.iter().map(|flower| flower.measures).collect::<Vec<[f64; 2]>>())?;
    let classes = rows.iter().map(|flower| if flower.second { 1.0 } else { 0.0 });
    let y = Tensor::new(classes.collect(), [rows.len(), 1])?;
    let mut optimizer = Sgd::new(rate);
    for _ in 0..epochs as usize {
        let graph = Graph::new();
        let loss = bce_with_logits(trained.model.forward(graph.constant(&x)), graph.constant(&y));
        trained.losses.push(loss.item()?);
        optimizer.step(&mut trained.model, &loss.backward()?);
    }
    Ok(trained)
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let trained = train(controls)?;
    let range = |k: usize| {
        let numbers = || trained.flowers.iter().map(|flower| flower.measures[k]);
        let (low, high) = (
            numbers().fold(f64::INFINITY, f64::min),
            numbers().fold(f64::NEG_INFINITY, f64::max),
        );
        linspace(low - 0.3, high + 0.3, 61)
    };
    let (xs, ys) = (range(0)?, range(1)?);
    let grid: Vec<[f64; 2]> = ys.iter().flat_map(|y| xs.iter().map(|x| [*x, *y])).collect();
    let lines = zero_lines(&xs, &ys, &trained.logits(&grid)?);
    let [first, second] = trained.pair.map(|species| SPECIES[species]);
    let mut chart = Chart::new(format!("{first} and {second}: where the network sees the border"))
        .x_label(format!("{}, cm", COLUMNS[trained.columns[0]]))
        .y_label(format!("{}, cm", COLUMNS[trained.columns[1]]));
    let places = |places: &[usize], wanted: bool| -> (Vec<f64>, Vec<f64>) {
        let flowers = trained
            .chosen(places)
            .into_iter()
            .filter(|flower| flower.second == wanted);
        flowers.map(|flower| (flower.measures[0], flower.measures[1])).unzip()
    };
    for (label, rows, wanted, color) in [
        (format!("{first}, train"), &trained.split.train, false, Color::Blue),
        (format!("{first}, test"), &trained.split.test, false, Color::Sky),
        (format!("{second}, train"), &trained.split.train, true, Color::Vermilion),
        (format!("{second}, test"), &trained.split.test, true, Color::Orange),
    ] {
        let (x, y) = places(rows, wanted);
        chart = chart.scatter(label, &x, &y).color(color);
    }
    for (place, (x, y)) in lines.iter().enumerate() {
        chart = chart
            .line(if place == 0 { "border" } else { "" }, x, y)
            .color(Color::Gray);
    }
    let epochs: Vec<f64> = numbered(trained.losses.len());
    let loss = Chart::new("Binary cross-entropy of the training rows")
        .line("loss", &epochs, &trained.losses)
        .x_label("epoch")
        .y_label("loss");
    Ok(vec![chart.picture(), loss.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let trained = train(controls)?;
    let (train, test) = (&trained.split.train, &trained.split.test);
    let second = trained.chosen(train).iter().filter(|flower| flower.second).count();
    let more = 2 * second > train.len();
    let most = trained
        .chosen(test)
        .iter()
        .filter(|flower| flower.second == more)
        .count();
    let share = |count: usize, rows: &[usize]| count as f64 / rows.len() as f64;
    let (leaky, _) = mean_and_deviation(&trained.flowers);
    Ok(vec![
        Figure::new("first species", SPECIES[trained.pair[0]]),
        Figure::new("second species", SPECIES[trained.pair[1]]),
        Figure::new("x axis", COLUMNS[trained.columns[0]]),
        Figure::new("y axis", COLUMNS[trained.columns[1]]),
        Figure::new("train rows", train.len()),
        Figure::new("test rows", test.len()),
        Figure::new("parameters", trained.model.parameter_count()),
        Figure::new("mean of x", trained.mean[0]),
        Figure::new("deviation of x", trained.deviation[0]),
        Figure::new("mean of x over all rows", leaky[0]).why("With the test rows in it: what must not be used."),
        Figure::new("first loss", trained.losses[0]),
        Figure::new("last loss", trained.losses.last().copied().unwrap_or(f64::NAN)),
        Figure::new("right in training", trained.right(train)?),
        Figure::new("right in the test", trained.right(test)?),
        Figure::new("training accuracy", share(trained.right(train)?, train)),
        Figure::new("test accuracy", share(trained.right(test)?, test)),
        Figure::new("accuracy of the more frequent class", share(most, test)),
    ])
}
