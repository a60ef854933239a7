//! The forward pass: what the notebook computes, and what its network is.

use chainrule::{Graph, Var};
use chainrule_learn::metrics::rmse;
use chainrule_picture::{Chart, Picture, graph};

use super::{
    network::{self, error, in_graph, mixed_up_prediction, predictions, seeded_twice},
    problem::{NOISE, Problem},
    products::ROW,
};
use crate::{controls::Controls, error::Result, figure::Figure, lesson::Scene};

pub(super) const SCENE: Scene = Scene {
    name: "forward-pass",
    title: "The forward pass of another network",
    prose: include_str!("forward.md"),
    controls: &[ROW],
    pictures,
    figures,
};

/// The first outputs as the notebook prints them.
const PRINTED: [&str; 5] = ["-1.23468067", "0.6347779", "-1.47357759", "-0.24423925", "0.5833389"];

/// The network as it is drawn, built by the engine: its prediction, and its derivatives with respect to x1 and x2.
fn drawn(weights: &network::Weights, x: [f64; 2]) -> Result<(f64, [f64; 2])> {
    let graph = Graph::new();
    let network = in_graph(&graph, weights, x.map(|x| graph.leaf(x)));
    let gradients = network.prediction.backward()?;
    Ok((network.prediction.item()?, network.x.map(|x| gradients[x])))
}

/// The notebook's calculation, recorded by the engine.
fn mixed_up<'g>(graph: &'g Graph, weights: &network::Weights, x: [f64; 2]) -> (Var<'g>, [Var<'g>; 2]) {
    let mut names = network::NAMES.into_iter();
    let [w1, w2, w3, w4, w5, w6] = weights.map(|w| graph.constant(w).named(names.next().unwrap_or_default()));
    let (x1, x2) = (graph.leaf(x[0]).named("x1"), graph.leaf(x[1]).named("x2"));
    let h1 = (x1 * w1 + x1 * w2).named("in1_to_hid");
    let h2 = (x2 * w3 + x2 * w4).named("in2_to_hid");
    ((h1 * w5 + h2 * w6).named("output"), [x1, x2])
}

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    let [row] = controls.all()?;
    let problem = Problem::noisy(controls.seed, NOISE)?;
    let weights = seeded_twice(controls.seed);
    let (x, _) = problem.row(row);
    let ledger = Graph::new();
    let (output, _) = mixed_up(&ledger, &weights, x);
    let wrong = graph(output, &output.backward()?).title("What the notebook computes");
    let ledger = Graph::new();
    let named = [("x1", x[0]), ("x2", x[1])].map(|(name, x)| ledger.leaf(x).named(name));
    let right = in_graph(&ledger, &weights, named).prediction;
    let right = graph(right, &right.backward()?).title("What its drawing and its formula say");

    let printed: Vec<f64> = problem.rows().map(|(x, _)| mixed_up_prediction(&weights, x)).collect();
    let formula = predictions(&weights, &problem);
    let chart = Chart::new("Two different networks: their outputs for all rows")
        .scatter("a row", &formula, &printed)
        .line("where they would agree", &[-3.0, 3.0], &[-3.0, 3.0])
        .x_label("by the formula")
        .y_label("by the notebook's forward pass");
    Ok(vec![chart.picture(), wrong.picture(), right.picture()])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let [row] = controls.all()?;
    let problem = Problem::noisy(controls.seed, NOISE)?;
    let weights = seeded_twice(controls.seed);
    let here = controls.at_start();
    let mut figures = vec![];
    for (i, (text, (x, _))) in PRINTED.iter().zip(problem.rows()).enumerate() {
        let (right, _) = drawn(&weights, x)?;
        let figure = Figure::new(format!("output[{i}]"), mixed_up_prediction(&weights, x)).printed_if(here, text);
        figures.push(
            figure
                .corrected(right)
                .why("by the network as it is drawn, which is also what is trained"),
        );
    }

    let printed: Vec<f64> = problem.rows().map(|(x, _)| mixed_up_prediction(&weights, x)).collect();
    let rmse = Figure::new("RMSE", rmse(&printed, &problem.y)).printed_if(here, "132.0854176645698");
    figures.push(
        rmse.corrected(error(&weights, &problem))
            .why("the error of another network: its first hidden neuron reads x1 twice and the second reads x2 twice"),
    );

    figures.push(Figure::new("RMSE by the formula", error(&weights, &problem)));

    // The proof: the derivative of the output with respect to each input, by the engine.
    let (x, _) = problem.row(row);
    let ledger = Graph::new();
    let (output, inputs) = mixed_up(&ledger, &weights, x);
    let (_, slopes) = drawn(&weights, x)?;
    let formulas = ["w1·w5 + w2·w6", "w3·w5 + w4·w6"];
    for (i, input) in inputs.into_iter().enumerate() {
        let explanation = output.explain(input)?;
        let figure = Figure::new(format!("∂output/∂x{}", i + 1), explanation.gradient);
        figures.push(figure.corrected(slopes[i]).why(format!(
            "by the notebook's own formula it is {} = {}. Its code has {} paths from x{} to the output, all through {}: {}",
            formulas[i],
            network::coefficients(&weights)[i],
            explanation.path_count,
            i + 1,
            ["in1_to_hid and w5", "in2_to_hid and w6"][i],
            ["(w1 + w2)·w5", "(w3 + w4)·w6"][i],
        )));
    }
    Ok(figures)
}
