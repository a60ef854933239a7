//! W8: linear models of a million rows and twenty features, f64.

use chainrule::{Linear, Rng, Step, Tensor, loss::mse, nn::Init, optim::Sgd};

use crate::{
    Result,
    meter::Meter,
    numbers::CHECKED_STEPS,
    table::{self, DESCENT_RATE, DESCENT_STEPS, FEATURES, ROWS},
};

fn features() -> Result<Tensor> {
    Ok(Tensor::new(table::features(), [ROWS, FEATURES])?)
}

/// Fifty steps of gradient descent on the mean squared error.
pub fn descent(meter: &mut Meter) -> Result<()> {
    let (x, y) = (features()?, Tensor::new(table::numbers(), [ROWS, 1])?);
    let mut layer = Linear::with_init(FEATURES, 1, Init::Zeros, &mut Rng::new(0));
    let mut step = Step::new(&mut layer, Sgd::new(DESCENT_RATE), |layer: &Linear, [x, y]| {
        mse(layer.forward(x), y)
    });
    for _ in 0..CHECKED_STEPS {
        step.run([&x, &y])?;
    }
    let check = step.run([&x, &y])?;
    meter.measure(check, 1.0 / DESCENT_STEPS as f64, || Ok(step.run([&x, &y])?))
}

/// Ordinary least squares.
#[cfg(feature = "linear")]
pub fn least_squares(meter: &mut Meter) -> Result<()> {
    use chainrule_learn::LinearRegression;
    let (x, y) = (features()?, table::numbers());
    let model = LinearRegression::default().fit(&x, &y)?;
    let check = table::check(&model.coefficients, model.intercept);
    meter.measure(check, 1.0, || Ok(LinearRegression::default().fit(&x, &y)?))
}

/// Logistic regression with scikit-learn's penalty.
#[cfg(feature = "linear")]
pub fn logistic(meter: &mut Meter) -> Result<()> {
    use chainrule_learn::LogisticRegression;
    let (x, classes) = (features()?, table::classes());
    let model = LogisticRegression::default().fit(&x, &classes)?;
    let check = table::check(&model.coefficients[0], model.intercepts[0]);
    meter.measure(check, 1.0, || Ok(LogisticRegression::default().fit(&x, &classes)?))
}
