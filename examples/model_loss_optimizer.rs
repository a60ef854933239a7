//! Model, loss, optimizer: a line, a logistic curve and a network are trained by the same few lines.
//!
//! Run it with `cargo run --release --example model_loss_optimizer`, and a folder behind ` -- ` for the picture.

mod pictures;

use chainrule::loss::{bce_with_logits, mse};
use chainrule::optim::{Adam, Optimizer, Sgd};
use chainrule::{Graph, Linear, Mlp, Module, Param, Rng, Tensor, Var, ops::Tanh};
use chainrule_numpy::{Moons, RandomState, Size, linspace, train_test_split};
use chainrule_picture::loss_chart;
use std::error::Error;

/// Trains any model on any loss with any optimizer. Gives the loss before each step, and prints the first and the last.
fn train<M: Module>(
    name: &str,
    (model, forward): (&mut M, impl for<'g> Fn(&M, Var<'g>) -> Var<'g>),
    loss: impl for<'g> Fn(Var<'g>, Var<'g>) -> Var<'g>,
    optimizer: &mut dyn Optimizer<f64>,
    (x, y): (&Tensor, &Tensor),
    steps: usize,
) -> chainrule::Result<Vec<f64>> {
    let mut losses = vec![];
    for _ in 0..steps {
        let g = Graph::new();
        let loss = loss(forward(model, g.constant(x)), g.constant(y));
        losses.push(loss.item()?);
        optimizer.step(model, &loss.backward()?);
    }
    println!("{name}: loss {:.3} → {:.3}", losses[0], losses[steps - 1]);
    Ok(losses)
}

/// The line w·x + b.
fn line(w: f64, b: f64) -> Linear {
    let (weight, bias) = (Param::new([[w]]), Param::new([b]));
    Linear { weight, bias }
}

fn formula(line: &Linear) -> String {
    let [w, b] = [&line.weight, &line.bias].map(|param| param.value.data()[0]);
    format!("{w:.3}x + {b:.3}")
}

fn main() -> Result<(), Box<dyn Error>> {
    // Minimizing a function of one number: f(w) = w² + 3w − 5, by a thousand small steps from 10.
    let mut w = 10.0;
    for _ in 0..1000 {
        let g = Graph::new();
        let leaf = g.leaf(w);
        w -= 0.01 * (leaf * leaf + 3.0 * leaf - 5.0).backward()?[leaf];
    }
    println!("w² + 3w − 5 is smallest at {w}");

    // Model: a line, a bad guess at first. Loss: the mean squared error. Optimizer: gradient descent.
    let random = &mut RandomState::new(42);
    let x = Tensor::new(linspace(-5.0, 5.0, 100)?, [100, 1])?;
    let y = Tensor::from_fn([100, 1], |i| 2.0 * x.data()[i] + 20.0 + random.standard_normal());
    let mut straight = line(-5.0, 3.0);
    train(
        "line",
        (&mut straight, Linear::forward),
        mse,
        &mut Sgd::new(0.05),
        (&x, &y),
        200,
    )?;
    println!("  {}", formula(&straight));

    // Model: a line again, read as a logit. Loss: the cross-entropy. Optimizer: the same.
    let x = Tensor::new(linspace(-10.0, 10.0, 1000)?, [1000, 1])?;
    let sigmoid = |z: f64| 1.0 / (1.0 + (-z).exp());
    let mut label = |x: f64| f64::from(random.random_sample() < sigmoid(2.0 * x + 1.0));
    let y = Tensor::from_fn([1000, 1], |i| label(x.data()[i]));
    let mut logit = line(0.0, 0.0);
    train(
        "logistic",
        (&mut logit, Linear::forward),
        bce_with_logits,
        &mut Sgd::new(1.0),
        (&x, &y),
        300,
    )?;
    println!("  {}", formula(&logit));

    // Model: a network. Loss: the cross-entropy. Optimizer: Adam. A quarter of the points is held back.
    let moons = Moons {
        samples: 400.into(),
        noise: Some(0.2),
        shuffle: true,
    }
    .make(random)?;
    let split = train_test_split(400, Some(Size::Fraction(0.25)), None, random)?;
    let points = |rows: &[usize]| Tensor::from_fn([rows.len(), 2], |i| moons.row(rows[i / 2])[i % 2]);
    let classes = |rows: &[usize]| Tensor::from_fn([rows.len(), 1], |i| moons.target[rows[i]] as f64);
    let data = (&points(&split.train), &classes(&split.train));
    let mut network = Mlp::new(&[2, 20, 1], Tanh, &mut Rng::new(0))?;
    let losses = train(
        "network",
        (&mut network, Mlp::forward),
        bce_with_logits,
        &mut Adam::new(0.05),
        data,
        200,
    )?;

    // It is judged by the points it has not seen: how many of each class it takes for which.
    let logits = network.predict(&points(&split.test))?;
    let mut confusion = [[0; 2]; 2];
    for (logit, class) in logits.data().iter().zip(classes(&split.test).data()) {
        confusion[*class as usize][usize::from(*logit > 0.0)] += 1;
    }
    let right = confusion[0][0] + confusion[1][1];
    println!("  confusion {confusion:?}, {right} of 100 right");
    pictures::save("network.svg", &loss_chart(&losses, &[], None).picture())?;
    Ok(())
}
