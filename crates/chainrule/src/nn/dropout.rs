//! Dropout.

use super::Mode;
use crate::{error::Fault, float::Float, graph::Var, tensor::Tensor};

/// Dropout: in training each number becomes 0 with probability `rate` and the others grow by 1 / (1 − rate).
///
/// Source: Srivastava et al., Dropout (2014), in its inverted form. The mask is an ordinary constant of the graph.
///
/// ```
/// use chainrule::{Graph, Rng, nn::{Dropout, Mode}};
/// let g = Graph::new();
/// let x = g.leaf([1.0; 8]);
/// let dropout = Dropout { rate: 0.5 };
/// let trained = dropout.forward(x, &mut Mode::Train(&mut Rng::new(0)));
/// assert!(trained.value()?.data().iter().all(|&y| y == 0.0 || y == 2.0));
/// assert_eq!(dropout.forward(x, &mut Mode::Eval).value()?, x.value()?);
/// # Ok::<(), chainrule::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dropout {
    /// The probability that a number is dropped, from 0 to 1.
    pub rate: f64,
}

impl Dropout {
    /// The numbers with some dropped (in training), or unchanged (in use).
    #[track_caller]
    pub fn forward<'g, T: Float>(&self, x: Var<'g, T>, mode: &mut Mode<'_>) -> Var<'g, T> {
        if !(0.0..=1.0).contains(&self.rate) {
            let fault = Fault::new(format!("a rate of {} is no probability", self.rate));
            return x
                .graph()
                .faulty("Dropout".to_string(), fault.fix("choose a rate from 0 to 1"));
        }
        match mode {
            Mode::Train(rng) if self.rate > 0.0 => {
                let kept = 1.0 / (1.0 - self.rate);
                let mask = Tensor::from_fn(x.shape(), |_| {
                    T::from_f64(if rng.unit() < self.rate { 0.0 } else { kept })
                });
                x * x.graph().constant(mask)
            }
            _ => x,
        }
    }
}
