//! What flows into the hidden layer, product by product.

use chainrule::Graph;
use chainrule_picture::{Picture, values};

use super::{
    network::{mixed_up_hidden, seeded_twice},
    problem::{NOISE, Problem},
};
use crate::{
    controls::{Control, Controls},
    error::Result,
    figure::Figure,
    lesson::Scene,
};

pub(super) const SCENE: Scene = Scene {
    name: "products",
    title: "Products and sums, number by number",
    prose: include_str!("products.md"),
    controls: &[ROW],
    pictures,
    figures,
};

/// Which row is looked at.
pub(super) const ROW: Control = Control {
    name: "row",
    doc: "the row that is looked at, counted from 0",
    from: 0.0,
    to: 99.0,
    step: 1.0,
    start: 0.0,
};

/// What the notebook prints of the sums of its first five rows.
const PRINTED: [[&str; 2]; 5] = [
    ["-1.87572634", "-0.55973272"],
    ["0.69170537", "0.39518338"],
    ["-1.17883293", "-1.08555993"],
    ["-1.17133598", "0.20455469"],
    ["0.9786561", "0.22803162"],
];

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [row] = controls.all()?;
    let ([x1, x2], _) = Problem::noisy(controls.seed, NOISE)?.row(row);
    let [w1, w2, w3, w4, _, _] = seeded_twice(controls.seed);
    let graph = Graph::new();
    let (x1, x2) = (graph.constant(x1).named("x1"), graph.constant(x2).named("x2"));
    let leaf = |weight, name| graph.leaf(weight).named(name);
    let first = (leaf(w1, "w1") * x1 + leaf(w2, "w2") * x1).named("in1_to_hid");
    let second = (leaf(w3, "w3") * x2 + leaf(w4, "w4") * x2).named("in2_to_hid");
    let [first, second] = [("first", first), ("second", second)].map(|(name, sum)| {
        values(sum)
            .title(format!("The {name} sum, as the notebook adds it"))
            .picture()
    });
    Ok(vec![first, second])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [row] = controls.all()?;
    let problem = Problem::noisy(controls.seed, NOISE)?;
    let weights = seeded_twice(controls.seed);
    let ([x1, x2], _) = problem.row(row);
    let here = controls.at_start();
    let (product1, product2) = (weights[0] * x1, weights[1] * x1);
    let mut figures =
        vec![
        Figure::new("w1·x1 from printed digits", as_shown(weights[0]) * as_shown(x1)).why(
                "the factors as printed, with eight decimals, so that the digits from the ninth on differ from w1·x1",
            ).printed_if(here, "-0.5301131268040887"),
        Figure::new("w1·x1", product1).printed_if(here, "-5.30113126e-01")
            .why("printed with nine digits in scientific notation"),
        Figure::new("w2·x1", product2).printed_if(here, "-1.34561321e+00")
            .why("printed with nine digits in scientific notation"),
        Figure::new(
                "w1·x1 + w2·x1 from printed digits",
                in_nine_digits(product1) + in_nine_digits(product2),
            )
            .why("the products as printed, with nine digits").printed_if(here, "-1.875726336"),
        Figure::new("w3·x2", weights[2] * x2),
        Figure::new("w4·x2", weights[3] * x2),
    ];
    for (row, (printed, (x, _))) in PRINTED.iter().zip(problem.rows()).enumerate() {
        let sums = mixed_up_hidden(&weights, x);
        for (column, (text, sum)) in printed.iter().zip(sums).enumerate() {
            figures.push(Figure::new(format!("joint_to_out[{row}, {column}]"), sum).printed_if(here, text));
        }
    }
    Ok(figures)
}

/// The number as numpy prints it in an array: with eight decimals.
fn as_shown(number: f64) -> f64 {
    format!("{number:.8}").parse().unwrap_or(number)
}

/// The number as numpy prints it in scientific notation: with nine digits.
fn in_nine_digits(number: f64) -> f64 {
    format!("{number:.8e}").parse().unwrap_or(number)
}
