//! Networks on a few points of two noisy moons: trained, judged on the way, and drawn.

use chainrule::{Mlp, Rng, Tensor, nn::Dropout, optim::Adam};
use chainrule_numpy::{Moons, RandomState, Samples};
use chainrule_picture::Heatmap;

use super::{
    logistic::sigmoid,
    network::{Judgement, judge, start, step},
    table::Table,
};
use crate::error::Result;

pub(super) const TRAINED_ON: usize = 30;
pub(super) const TESTED_ON: usize = 200;
pub(super) const HIDDEN: usize = 20;
const NOISE: f64 = 0.35;
const RATE: f64 = 0.1;
/// The network is judged after so many steps each.
const EVERY: usize = 10;

/// Two interleaved half circles: `make_moons(rows, noise=0.35, random_state=seed)`.
pub(super) fn moons(seed: u32, rows: usize) -> Result<Table> {
    let moons = Moons {
        samples: Samples::Total(rows),
        noise: Some(NOISE),
        ..Moons::default()
    };
    let data = moons.make(&mut RandomState::new(seed))?;
    Table::of_classes(data.features, data.columns, &data.target)
}

/// A trained network, and how good it was on the way: on the rows it was trained on and on those it was tested on.
pub(super) struct Course {
    pub(super) net: Mlp,
    pub(super) steps: Vec<f64>,
    judged: Vec<[Judgement; 2]>,
}

impl Course {
    /// Trains a network on all of the rows at once, by so many steps of Adam. The test rows are those of the next seed.
    pub(super) fn new(seed: u32, hidden: usize, steps: usize, dropout: Dropout, seen: &Table) -> Result<Course> {
        let test = moons(seed.wrapping_add(1), TESTED_ON)?;
        let mut net = start(2, hidden, &mut RandomState::new(seed))?;
        let (mut adam, mut rng) = (Adam::new(RATE), Rng::new(seed.into()));
        let (mut at, mut judged) = (vec![0.0], vec![[judge(&net, seen)?, judge(&net, &test)?]]);
        for number in 1..=steps {
            step(&mut net, &mut adam, seen, dropout, &mut rng)?;
            if number % EVERY == 0 {
                at.push(number as f64);
                judged.push([judge(&net, seen)?, judge(&net, &test)?]);
            }
        }
        Ok(Course { net, steps: at, judged })
    }

    /// A figure by step, on the rows trained on (0) or tested on (1).
    pub(super) fn column(&self, which: usize, of: fn(&Judgement) -> f64) -> Vec<f64> {
        self.judged.iter().map(|judged| of(&judged[which])).collect()
    }

    /// The last judgements: on the rows trained on, and on those tested on.
    pub(super) fn end(&self) -> [Judgement; 2] {
        let nothing = Judgement {
            loss: f64::NAN,
            accuracy: f64::NAN,
        };
        self.judged.last().copied().unwrap_or([nothing; 2])
    }
}

/// What a network of two inputs answers over the plane, with the rows it was trained on.
pub(super) fn decision(title: &str, net: &Mlp, seen: &Table) -> Result<Heatmap> {
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
