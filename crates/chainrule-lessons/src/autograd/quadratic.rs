//! The parabola that is to be fitted, and a network with one hidden layer.

use chainrule::{Linear, Param, Tensor, Var, module};
use chainrule_numpy::{PythonRandom, RandomState, Size, Split, linspace, train_test_split};

use crate::error::Result;

/// How many points there are, and from where to where they run.
pub(super) const POINTS: usize = 40;
pub(super) const EDGE: f64 = 5.0;
/// The notebook's share of points to test on.
pub(super) const TEST_SHARE: f64 = 0.33;

/// `y = x² + 3x`.
pub(super) fn parabola(x: f64) -> f64 {
    x * x + 3.0 * x
}

/// The points' places on the x axis.
pub(super) fn xs() -> Result<Vec<f64>> {
    Ok(linspace(-EDGE, EDGE, POINTS)?)
}

/// Which points are for training and which for the test.
pub(super) fn split(share: f64, seed: u32) -> Result<Split> {
    let test = Some(Size::Fraction(share));
    Ok(train_test_split(POINTS, test, None, &mut RandomState::new(seed))?)
}

/// The numbers at these places.
pub(super) fn at(places: &[usize], numbers: &[f64]) -> Vec<f64> {
    places.iter().filter_map(|place| numbers.get(*place)).copied().collect()
}

/// One hidden layer of tanh neurons, and one output without a nonlinearity.
pub(super) struct OneHiddenLayer {
    hidden: Linear,
    out: Linear,
}
module!(OneHiddenLayer { hidden, out });

impl OneHiddenLayer {
    /// Weights drawn neuron by neuron as the notebook draws them, by Python's `random.uniform(-1, 1)`; biases 0.
    pub(super) fn new(inputs: usize, neurons: usize, random: &mut PythonRandom) -> OneHiddenLayer {
        let mut layer = |inputs: usize, outputs: usize| {
            let drawn: Vec<f64> = (0..inputs * outputs).map(|_| random.uniform(-1.0, 1.0)).collect();
            // Drawn are all weights of a neuron one after the other; a column of the matrix holds them.
            let weight = Tensor::from_fn([inputs, outputs], |cell| {
                drawn[cell % outputs * inputs + cell / outputs]
            });
            Linear {
                weight: Param::new(weight),
                bias: Param::new(Tensor::full([outputs], 0.0)),
            }
        };
        OneHiddenLayer {
            hidden: layer(inputs, neurons),
            out: layer(neurons, 1),
        }
    }

    /// An answer for each row of x: `[rows, inputs]` gives `[rows, 1]`.
    pub(super) fn forward<'g>(&self, x: Var<'g>) -> Var<'g> {
        self.out.forward(self.hidden.forward(x).tanh())
    }
}
