//! A network by hand: two inputs, two hidden neurons, one output, no activation, six weights; beside least squares.
//!
//! Run it with `cargo run --release --example by_hand`, and a folder behind ` -- ` for the picture.

mod pictures;

use chainrule::{Graph, Tensor};
use chainrule_learn::{LinearModel, LinearRegression, metrics::rmse};
use chainrule_numpy::{RandomState, Regression};
use chainrule_picture::loss_chart;
use std::error::Error;

/// A row with two inputs and one output, and what the network ŷ = x1·(w1·w5 + w2·w6) + x2·(w3·w5 + w4·w6) learns.
type Row = ([f64; 2], f64);
type Weights = [f64; 6];

/// make_regression with two inputs and the seed 42, and its least squares.
fn problem(informative: usize, noise: f64, intercept: bool) -> Result<(Vec<Row>, LinearModel, f64), Box<dyn Error>> {
    let informative = Some(informative);
    let made = Regression {
        features: 2,
        informative,
        noise,
        ..Regression::default()
    }
    .make(&mut RandomState::new(42))?;
    let x = Tensor::new(made.features.clone(), [made.rows, 2])?;
    let best = LinearRegression { intercept }.fit(&x, &made.target)?;
    let r2 = best.r2(&x, &made.target)?;
    let rows = made.features.as_chunks().0.iter().copied().zip(made.target);
    Ok((rows.collect(), best, r2))
}

/// The error of any model on these rows.
fn error_of(rows: &[Row], predict: impl Fn(&[f64; 2]) -> f64) -> f64 {
    let (predicted, truth): (Vec<f64>, Vec<f64>) = rows.iter().map(|(x, y)| (predict(x), *y)).unzip();
    rmse(&predicted, &truth)
}

/// The error of the network with these weights.
fn error([w1, w2, w3, w4, w5, w6]: Weights, rows: &[Row]) -> f64 {
    error_of(rows, |[x1, x2]| x1 * (w1 * w5 + w2 * w6) + x2 * (w3 * w5 + w4 * w6))
}

/// The notebook's training, row after row: w5 and w6 have moved already when w1 … w4 make use of them.
fn train(rows: &[Row], weights: Weights, rate: f64, epochs: usize) -> Weights {
    let [mut w1, mut w2, mut w3, mut w4, mut w5, mut w6] = weights;
    for epoch in 1..=epochs {
        for (i, ([x1, x2], y)) in rows.iter().enumerate() {
            let miss = y - x1 * (w1 * w5 + w2 * w6) - x2 * (w3 * w5 + w4 * w6);
            w5 += rate * (w1 * x1 + w3 * x2) * miss;
            w6 += rate * (w2 * x1 + w4 * x2) * miss;
            (w1, w2) = (w1 + rate * w5 * x1 * miss, w2 + rate * w6 * x1 * miss);
            (w3, w4) = (w3 + rate * w5 * x2 * miss, w4 + rate * w6 * x2 * miss);
            if (epoch, i) == (1, 0) {
                println!("after one row, RMSE {}", error([w1, w2, w3, w4, w5, w6], rows));
            }
        }
        println!("after epoch {epoch}, RMSE {:?}", error([w1, w2, w3, w4, w5, w6], rows));
    }
    [w1, w2, w3, w4, w5, w6]
}

fn main() -> Result<(), Box<dyn Error>> {
    // The problem, and what least squares makes of it.
    let (rows, best, r2) = problem(1, 100.0, true)?;
    let at_best = error_of(&rows, |x| {
        best.coefficients[0] * x[0] + best.coefficients[1] * x[1] + best.intercept
    });
    println!("least squares: R² {r2}, RMSE {at_best}");

    // Six random weights; the notebook sets the seed again before the last two.
    let [w1, w2, w3, w4] = RandomState::new(42).rand(4)[..] else {
        return Err("four numbers".into());
    };
    let start = [w1, w2, w3, w4, w1, w2];
    println!("at the start, RMSE {}", error(start, &rows));

    // Its forward pass adds up other products: it prints the error of another network than the one that it trains.
    let other = error_of(&rows, |[x1, x2]| (x1 * w1 + x1 * w2) * w1 + (x2 * w3 + x2 * w4) * w2);
    println!("as printed, RMSE {other}");
    println!("weights {:.8?}", train(&rows, start, 1e-4, 5));

    // The engine takes all six derivatives at the same place. Half of each: the notebook drops a factor of 2.
    let (mut weights, mut errors) = (start, vec![]);
    for epoch in 1..=5 {
        for &([x1, x2], y) in &rows {
            let g = Graph::new();
            let w @ [w1, w2, w3, w4, w5, w6] = weights.map(|weight| g.leaf(weight));
            let gradient = ((w1 * w5 + w2 * w6) * x1 + (w3 * w5 + w4 * w6) * x2 - y)
                .square()
                .backward()?;
            weights = std::array::from_fn(|i| weights[i] - 1e-4 * gradient[w[i]] / 2.0);
        }
        errors.push(error(weights, &rows));
        println!("all at once, epoch {epoch}, RMSE {:.9}", errors[epoch - 1]);
    }

    // An easy problem: both inputs count, and there is no noise. The network becomes the least squares.
    let (rows, best, _) = problem(2, 0.0, false)?;
    let start = RandomState::new(42).rand(6).try_into().map_err(|_| "six numbers")?;
    let [w1, w2, w3, w4, w5, w6] = train(&rows, start, 4e-3, 3);
    println!("network {:.8} {:.8}", w1 * w5 + w2 * w6, w3 * w5 + w4 * w6);
    println!("least squares {:.8} {:.8}", best.coefficients[0], best.coefficients[1]);
    pictures::save("by_hand.svg", &loss_chart(&errors, &[], None).picture())?;
    Ok(())
}
