//! What every neuron answers over the inputs, computed a few rows at a time, and the picture of the output.

use chainrule_learn::Task;
use chainrule_picture::{Chart, Color, Picture, Plane};
use chainrule_playground::{Activations, Data, Holds, Run};

/// Cells along a side of the output's surface while the network changes, and when it rests.
const QUICK: usize = 48;
const FINE: usize = 96;
/// Places along a curve over one input.
const CURVE: usize = 160;
/// Points drawn of each kind at most; more would hide the surface.
const MOST_POINTS: usize = 600;

/// Over which inputs neurons are shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum View {
    /// Two columns of numbers, with their ranges.
    Plane([usize; 2], [[f64; 2]; 2]),
    /// One column of numbers, with its range.
    Line(usize, [f64; 2]),
    /// No column holds numbers.
    Nothing,
}

impl View {
    /// The view over these two columns, as far as they hold numbers.
    pub(super) fn of(data: &Data, [x, y]: [usize; 2]) -> View {
        let range = |place: usize| match data.columns().get(place)?.holds {
            Holds::Numbers { least, most, .. } if least < most => {
                let margin = 0.08 * (most - least);
                Some([least - margin, most + margin])
            }
            _ => None,
        };
        match (range(x), range(y)) {
            (Some(across), Some(up)) if x != y => View::Plane([x, y], [across, up]),
            (Some(across), _) => View::Line(x, across),
            (None, Some(up)) => View::Line(y, up),
            (None, None) => View::Nothing,
        }
    }

    /// The first columns of numbers.
    pub(super) fn usual(data: &Data) -> [usize; 2] {
        let mut numbers = (0..data.columns().len()).filter(|place| View::of(data, [*place, *place]) != View::Nothing);
        let first = numbers.next().unwrap_or(0);
        [first, numbers.next().unwrap_or(first)]
    }
}

/// Answers on their way.
pub(super) struct Answers {
    pub(super) view: View,
    /// Cells along a side of a plane, or places of a line.
    pub(super) side: usize,
    activations: Activations,
    widths: Vec<usize>,
}

/// Encoded rows all over a view, which are the same until the data or the view changes.
#[derive(Clone, PartialEq)]
pub(super) struct Grid {
    view: View,
    side: usize,
    encoded: Vec<f64>,
}

impl Grid {
    pub(super) fn new(data: &Data, axes: [usize; 2], quick: bool) -> Grid {
        let (view, typical) = (View::of(data, axes), data.typical());
        let (side, raw) = match view {
            View::Plane(axes, ranges) => {
                let side = if quick { QUICK } else { FINE };
                (side, data.grid(&typical, axes, ranges, side))
            }
            View::Line(place, range) => {
                let mut raw = Vec::with_capacity(CURVE * typical.len());
                for x in places(range) {
                    let start = raw.len();
                    raw.extend_from_slice(&typical);
                    if let Some(cell) = raw.get_mut(start + place) {
                        *cell = x;
                    }
                }
                (CURVE, raw)
            }
            View::Nothing => (0, vec![]),
        };
        let encoded = data.encode(&raw);
        Grid { view, side, encoded }
    }
}

/// The places along a line.
fn places([from, to]: [f64; 2]) -> Vec<f64> {
    let share = |step: usize| step as f64 / (CURVE - 1) as f64;
    (0..CURVE).map(|step| from + (to - from) * share(step)).collect()
}

impl Answers {
    pub(super) fn new(run: &Run, grid: &Grid) -> Result<Answers, String> {
        let activations = run.activations_of_encoded(&grid.encoded);
        Ok(Answers {
            view: grid.view,
            side: grid.side,
            activations: activations.map_err(|error| error.to_string())?,
            widths: run.network().widths(),
        })
    }

    /// Goes on until it is enough; whether all is done.
    pub(super) fn work(&mut self, enough: &mut dyn FnMut() -> bool) -> Result<bool, String> {
        self.activations.work(enough).map_err(|error| error.to_string())
    }

    /// What one neuron answers; the outputs of classes are probabilities.
    fn neuron(&self, data: &Data, layer: usize, place: usize) -> Vec<f64> {
        let width = self.widths.get(layer).copied().unwrap_or(1).max(1);
        let own = |values: &[f64]| values.iter().skip(place).step_by(width).copied().collect();
        match layer.checked_sub(1) {
            None => own(self.activations.inputs()),
            Some(_) if self.is_probability(data, layer) => own(&self.outputs(data)),
            Some(layer) => own(self.activations.layer(layer)),
        }
    }

    fn is_probability(&self, data: &Data, layer: usize) -> bool {
        layer + 1 == self.widths.len() && data.task() == Task::Classification
    }

    /// The answers of one neuron, made to lie between -1 and 1: a probability of one half is 0, and what is larger than 1 is
    /// divided by the largest.
    pub(super) fn shown(&self, data: &Data, layer: usize, place: usize) -> Vec<f64> {
        let own = self.neuron(data, layer, place);
        if self.is_probability(data, layer) {
            return own.into_iter().map(|share| 2.0 * share - 1.0).collect();
        }
        let sizes = own.iter().map(|value| value.abs()).filter(|size| size.is_finite());
        let largest = sizes.fold(1.0_f64, f64::max);
        own.into_iter().map(|value| value / largest).collect()
    }

    /// The network's answers: numbers in the target's unit, or the classes' probabilities, row after row.
    pub(super) fn outputs(&self, data: &Data) -> Vec<f64> {
        data.trainable().answers(self.activations.outputs())
    }
}

/// The picture of what the network answers, with the rows it learns from and those it is judged by.
pub(super) fn picture(run: &Run, answers: &Answers) -> Option<Picture> {
    let data = run.data();
    let outputs = answers.outputs(data);
    match answers.view {
        View::Plane(axes, ranges) => Some(plane(data, axes, ranges, answers.side, &outputs)),
        View::Line(place, range) => Some(line(data, place, range, &outputs)),
        View::Nothing => None,
    }
}

/// The picture of what one neuron answers, as large as that of the network and with the same rows.
pub(super) fn neuron(run: &Run, answers: &Answers, (layer, place): (usize, usize), called: &str) -> Option<Picture> {
    let data = run.data();
    let title = format!("{called}, as the next layer sees it");
    match answers.view {
        View::Plane(axes, [across, up]) => {
            let (x, y) = ((across[0], across[1]), (up[0], up[1]));
            let cells = answers.shown(data, layer, place);
            let plane = Plane::signed(title, x, y, answers.side, &cells);
            Some(with_rows(plane, data, axes))
        }
        View::Line(column, range) => {
            let chart = Chart::new(title).size(480.0, 440.0);
            let values = answers.neuron(data, layer, place);
            let chart = chart.line(called, &places(range), &values).color(Color::Vermilion);
            Some(chart.x_label(name(data, column)).y_label(called).picture())
        }
        View::Nothing => None,
    }
}

/// The rows of a part as points, with their targets.
fn rows(data: &Data, validation: bool, columns: [usize; 2]) -> Vec<([f64; 2], f64)> {
    let (part, targets) = match validation {
        true => (data.validation(), data.validation_targets()),
        false => (data.train(), data.train_targets()),
    };
    let value = |column: usize, row: usize| {
        let column = data.columns().get(column).map(|column| column.values.as_slice());
        column.and_then(|values| values.get(row)).copied().unwrap_or(f64::NAN)
    };
    let stride = part.rows.len().div_ceil(MOST_POINTS).max(1);
    let rows = part.rows.iter().zip(targets).step_by(stride);
    rows.map(|(&row, &target)| (columns.map(|column| value(column, row)), target))
        .collect()
}

fn name(data: &Data, place: usize) -> &str {
    data.columns().get(place).map_or("", |column| column.name.as_str())
}

fn plane(data: &Data, axes: [usize; 2], [across, up]: [[f64; 2]; 2], side: usize, outputs: &[f64]) -> Picture {
    let ends = |[from, to]: [f64; 2]| (from, to);
    let title = format!("{}, as the network sees it", data.target());
    let classes = data.classes();
    let (x, y) = (ends(across), ends(up));
    let plane = match (data.task(), classes.len()) {
        (Task::Classification, 2) => {
            let cells: Vec<f64> = outputs.chunks_exact(2).map(|pair| pair[1] - pair[0]).collect();
            Plane::signed(title, x, y, side, &cells)
        }
        (Task::Classification, count) => {
            let cells: Vec<&[f64]> = outputs.chunks_exact(count.max(1)).collect();
            Plane::classes(title, x, y, side, &cells)
        }
        _ => {
            let (middle, reach) = spread(data);
            let cells: Vec<f64> = outputs.iter().map(|value| (value - middle) / reach).collect();
            Plane::signed(title, x, y, side, &cells)
        }
    };
    with_rows(plane, data, axes)
}

/// A surface with its rows over it.
fn with_rows(plane: Plane, data: &Data, axes: [usize; 2]) -> Picture {
    let (mut picture, classes) = (plane, data.classes());
    for validation in [false, true] {
        let rows = rows(data, validation, axes);
        let groups: Vec<(String, Color, Vec<[f64; 2]>)> = match data.task() {
            Task::Classification => {
                let of = |class: usize| {
                    rows.iter()
                        .filter(move |(_, target)| *target == class as f64)
                        .map(|(at, _)| *at)
                        .collect()
                };
                let named = classes.iter().enumerate().take(Color::CLASSES.len());
                named
                    .map(|(class, name)| (name.clone(), Color::CLASSES[class], of(class)))
                    .collect()
            }
            _ => {
                let (middle, _) = spread(data);
                let of = |above: bool| {
                    rows.iter()
                        .filter(move |(_, target)| (*target >= middle) == above)
                        .map(|(at, _)| *at)
                        .collect()
                };
                vec![
                    ("below the mean".to_string(), Color::Orange, of(false)),
                    ("above the mean".to_string(), Color::Blue, of(true)),
                ]
            }
        };
        for (name, color, points) in groups {
            let (xs, ys): (Vec<f64>, Vec<f64>) = points.iter().map(|[x, y]| (*x, *y)).unzip();
            let label = if validation { String::new() } else { name };
            picture = picture.rows(label, color, validation, &xs, &ys);
        }
    }
    picture
        .x_label(name(data, axes[0]))
        .y_label(name(data, axes[1]))
        .size(480.0, 470.0)
        .picture()
}

/// The mean of the target in the training rows, and twice its standard deviation.
fn spread(data: &Data) -> (f64, f64) {
    let targets = data.train_targets();
    let count = targets.len().max(1) as f64;
    let mean = targets.iter().sum::<f64>() / count;
    let variance = targets.iter().map(|target| (target - mean).powi(2)).sum::<f64>() / count;
    (mean, (2.0 * variance.sqrt()).max(1e-12))
}

fn line(data: &Data, place: usize, range: [f64; 2], outputs: &[f64]) -> Picture {
    let xs = places(range);
    let classes = data.classes();
    let mut chart = Chart::new(format!("{}, as the network sees it", data.target())).size(480.0, 440.0);
    for (validation, color, label) in [
        (false, Color::Blue, "training rows"),
        (true, Color::Orange, "validation rows"),
    ] {
        let (at, targets): (Vec<f64>, Vec<f64>) = rows(data, validation, [place, place])
            .iter()
            .map(|([x, _], target)| (*x, *target))
            .unzip();
        if classes.is_empty() {
            chart = chart.scatter(label, &at, &targets).color(color);
        }
    }
    match classes.len() {
        0 => {
            chart = chart
                .line("the network", &xs, outputs)
                .color(Color::Vermilion)
                .y_label(data.target())
        }
        count => {
            for (class, name) in classes.iter().enumerate().take(Color::CLASSES.len()) {
                let shares: Vec<f64> = outputs.iter().skip(class).step_by(count).copied().collect();
                chart = chart
                    .line(format!("probability of {name}"), &xs, &shares)
                    .color(Color::CLASSES[class]);
            }
            chart = chart.y_range(0.0, 1.0);
        }
    }
    chart.x_label(name(data, place)).picture()
}
