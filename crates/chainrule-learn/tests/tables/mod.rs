//! Small tables, and short trainings on them.

// Helpers of tests may unwrap like the tests themselves; no test uses all of them.
#![allow(clippy::unwrap_used, dead_code)]

use chainrule_learn::{Fitted, Model, NetworkOptions, Options, Prediction, Result, Table};
use std::ops::ControlFlow;

/// Rows of cells below a header.
#[derive(Clone)]
pub struct Cells {
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Cells {
    pub fn table(&self) -> Table {
        let lines = [&self.header].into_iter().chain(&self.rows);
        let csv: String = lines.map(|cells| cells.join(",") + "\n").collect();
        Table::from_csv("t.csv", csv.as_bytes()).unwrap()
    }

    /// The table with another cell.
    pub fn with(&self, row: usize, column: &str, cell: &str) -> Cells {
        let mut other = self.clone();
        let column = self.header.iter().position(|name| name == column).unwrap();
        other.rows[row][column] = cell.to_string();
        other
    }
}

/// `price` follows `area` and `district`, `size` says whether the area is large; a few cells are missing.
pub fn houses(rows: usize) -> Cells {
    let row = |i: usize| {
        let area = (i * 37) % 101;
        let missing = |every: usize, cell: String| if i % every == 3 { String::new() } else { cell };
        vec![
            missing(11, format!("{area}.5")),
            missing(13, ["north", "south", "east"][i % 3].to_string()),
            (100 * area + 777 * (i % 3) + i).to_string(),
            if area > 50 { "large" } else { "small" }.to_string(),
        ]
    };
    Cells {
        header: ["area", "district", "price", "size"].map(String::from).into(),
        rows: (0..rows).map(row).collect(),
    }
}

/// Few epochs of a small network.
pub fn short(target: &str) -> Options {
    small(target, &[4], 3)
}

/// So many epochs of a network with such hidden layers.
pub fn small(target: &str, hidden: &[usize], epochs: usize) -> Options {
    Options {
        network: NetworkOptions {
            hidden: hidden.to_vec(),
            epochs,
            ..NetworkOptions::default()
        },
        ..Options::new(target)
    }
}

pub fn fit(table: &Table, options: &Options) -> Result<Fitted> {
    chainrule_learn::fit(table, options, |_| ControlFlow::Continue(()))
}

/// Every weight's bits, with its name.
pub fn weights(model: &Model) -> Vec<(String, Vec<u64>)> {
    let bits = |numbers: &[f64]| numbers.iter().map(|x| x.to_bits()).collect();
    let parameters = model.parameters();
    parameters
        .iter()
        .map(|(name, value)| (name.clone(), bits(value.data())))
        .collect()
}

/// Every number of a prediction, as bits.
pub fn bits(prediction: &Prediction) -> Vec<u64> {
    match prediction {
        Prediction::Numbers(targets) => targets.iter().flatten().map(|x| x.to_bits()).collect(),
        Prediction::Classes { probabilities, .. } => probabilities.iter().map(|x| x.to_bits()).collect(),
    }
}

/// `rent` and `price` follow `area` and `district`, `price` also bends; nothing is missing.
pub fn flats(rows: usize) -> Cells {
    let row = |i: usize| {
        let (area, district) = ((i * 37) % 101, i % 3);
        // Some noise that is the same each time.
        let noise = |seed: usize| ((i * seed) % 97) as f64 / 97.0 - 0.5;
        let price = 3.0 * area as f64 + 0.02 * (area * area) as f64 - 20.0 * district as f64 + 30.0 * noise(71);
        vec![
            format!("{area}.5"),
            ["north", "south", "east"][district].to_string(),
            format!("{:.2}", 10.0 * area as f64 + 50.0 * district as f64 + 80.0 * noise(53)),
            format!("{price:.2}"),
        ]
    };
    Cells {
        header: ["area", "district", "rent", "price"].map(String::from).into(),
        rows: (0..rows).map(row).collect(),
    }
}

/// Few epochs of a small network for `rent` and `price`.
pub fn both() -> Options {
    Options {
        targets: ["rent", "price"].map(String::from).into(),
        ..short("rent")
    }
}
