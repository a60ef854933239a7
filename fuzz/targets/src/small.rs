//! Small models with columns of every type, to ask, and the table they are of.

use chainrule_learn::{Model, ModelKind, NetworkOptions, Options, Table, fit};
use std::ops::ControlFlow;

/// A table with numbers, dates, words, truth values and gaps.
pub fn table() -> Table {
    let row = |i: usize| {
        let width = if i % 7 == 3 {
            String::new()
        } else {
            format!("{}.5", i * 13 % 37)
        };
        let (color, ripe) = (["red", "green", "blue"][i % 3], ["true", "false"][i / 3 % 2]);
        let (month, day) = (1 + i % 3, 1 + i % 28);
        format!(
            "{width},{color},202{}-0{month}-{day:02},{ripe},{},{}\n",
            i % 2,
            ["dry", "wet"][i / 20],
            i * i
        )
    };
    let csv = format!(
        "width,color,sold,ripe,state,area\n{}",
        (0..40).map(row).collect::<String>()
    );
    Table::from_csv("small.csv", csv.as_bytes()).unwrap()
}

/// A model of classes, one of numbers, a linear one and one of two targets, of [`table`].
pub fn small() -> Vec<Model> {
    let table = table();
    [
        (&["state"][..], ModelKind::Mlp),
        (&["area"], ModelKind::Mlp),
        (&["state"], ModelKind::Logistic),
        (&["area", "width"], ModelKind::Mlp),
    ]
    .into_iter()
    .map(|(targets, kind)| {
        let options = Options {
            network: NetworkOptions {
                hidden: vec![2],
                epochs: 2,
                ..NetworkOptions::default()
            },
            model: Some(kind),
            folds: Some(2),
            ..Options::of(targets.iter().copied())
        };
        fit(&table, &options, |_| ControlFlow::Continue(())).unwrap().model
    })
    .collect()
}
