//! W4: a curve through a million points, f64.

use chainrule::{Param, Step, Tensor, loss::mse, module, optim::Sgd};

use crate::{
    Result,
    curve::{POINTS, RATE, START, data},
    meter::Meter,
    numbers::CHECKED_STEPS,
};

/// `a tanh(b x + c)`.
struct Curve {
    a: Param,
    b: Param,
    c: Param,
}
module!(Curve { a, b, c });

/// A step of gradient descent on the mean squared error of all points.
pub fn step(meter: &mut Meter) -> Result<()> {
    let (x, y) = data();
    let (x, y) = (Tensor::new(x, [POINTS])?, Tensor::new(y, [POINTS])?);
    let [a, b, c] = START.map(Param::new);
    let mut curve = Curve { a, b, c };
    let mut step = Step::new(&mut curve, Sgd::new(RATE), |curve: &Curve, [x, y]| {
        mse((x * &curve.b + &curve.c).tanh() * &curve.a, y)
    });
    for _ in 0..CHECKED_STEPS {
        step.run([&x, &y])?;
    }
    let check = step.run([&x, &y])?;
    meter.measure(check, 1.0, || Ok(step.run([&x, &y])?))
}
