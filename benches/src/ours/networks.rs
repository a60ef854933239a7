//! W2b, W3 and W5: networks of tensors, trained and asked.

use chainrule::{
    Mlp, Step, Tensor,
    loss::{cross_entropy, mse},
    nn::Activation,
    ops::Tanh,
    optim::{Optimizer, Sgd},
};

use crate::{
    Result, data,
    meter::Meter,
    numbers::{self, CHECKED_STEPS},
    points,
};

/// W2b: MLP(2, [16, 16, 1]) with tanh on 100 points, f64.
pub fn points_step(meter: &mut Meter) -> Result<()> {
    let mut net: Mlp = data::mlp(&[2, 16, 16, 1], Tanh)?;
    let (x, y) = points::data();
    let (x, y) = (Tensor::new(x, [points::ROWS, 2])?, Tensor::new(y, [points::ROWS, 1])?);
    let sgd = Sgd::new(points::LEARNING_RATE);
    let mut step = Step::new(&mut net, sgd, |net: &Mlp, [x, y]| mse(net.forward(x), y));
    for _ in 0..CHECKED_STEPS {
        step.run([&x, &y])?;
    }
    let check = step.run([&x, &y])?;
    meter.measure(check, 1.0, || Ok(step.run([&x, &y])?))
}

/// W3: one step of training a classifier, f32.
pub fn classifier_step(
    meter: &mut Meter,
    widths: &[usize],
    activation: impl Into<Activation<f32>>,
    rows: usize,
    optimizer: impl Optimizer<f32>,
) -> Result<()> {
    let mut net: Mlp<f32> = data::mlp(widths, activation)?;
    let (x, y) = data::classification_tensors(rows, widths[0], widths[widths.len() - 1])?;
    let mut step = Step::new(&mut net, optimizer, |net: &Mlp<f32>, [x, y]| {
        cross_entropy(net.forward(x), y)
    });
    for _ in 0..CHECKED_STEPS {
        step.run([&x, &y])?;
    }
    let check = f64::from(step.run([&x, &y])?);
    meter.measure(check, 1.0, || Ok(step.run([&x, &y])?))
}

/// W5: the answers to so many rows, f32, told per row.
pub fn predict(meter: &mut Meter, widths: &[usize], activation: impl Into<Activation<f32>>, rows: usize) -> Result<()> {
    let net: Mlp<f32> = data::mlp(widths, activation)?;
    let x = Tensor::new(numbers::singles(&numbers::inputs(rows, widths[0])), [rows, widths[0]])?;
    let check = net.predict(&x)?.data().iter().map(|&y| f64::from(y)).sum();
    meter.measure(check, rows as f64, || Ok(net.predict(&x)?))
}

/// W5: the same into numbers that are there already, as a loop over rows does.
pub fn predict_into(
    meter: &mut Meter,
    widths: &[usize],
    activation: impl Into<Activation<f32>>,
    rows: usize,
) -> Result<()> {
    let net: Mlp<f32> = data::mlp(widths, activation)?;
    let x = numbers::singles(&numbers::inputs(rows, widths[0]));
    let mut y = vec![0.0; rows * widths[widths.len() - 1]];
    net.predict_into(&x, &mut y)?;
    let check = y.iter().map(|&y| f64::from(y)).sum();
    meter.measure(check, rows as f64, || {
        net.predict_into(&x, &mut y)?;
        Ok(y[0])
    })
}
