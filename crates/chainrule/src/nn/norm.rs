//! Normalization layers.

use super::{Mode, Param, features::refuse_features};
use crate::{
    error::Fault,
    float::Float,
    graph::{Operand, Var},
    module,
    ops::keepdims,
    tensor::Tensor,
};

/// Layer normalization, `y = (x − mean) / √(var + ε) · scale + shift`, mean and variance over the last axis.
///
/// Source: Ba, Kiros and Hinton, Layer Normalization (2016).
#[derive(Clone, Debug)]
pub struct LayerNorm<T: Float = f64> {
    /// The factor of each feature; starts at 1.
    pub scale: Param<T>,
    /// The addend of each feature; starts at 0.
    pub shift: Param<T>,
    /// ε, which keeps the root away from 0.
    pub epsilon: f64,
}
module!(LayerNorm<T> { scale, shift; epsilon });

impl<T: Float> LayerNorm<T> {
    /// For rows of so many features.
    pub fn new(features: usize) -> LayerNorm<T> {
        LayerNorm {
            scale: Param::new(Tensor::full([features], T::ONE)),
            shift: Param::new(Tensor::full([features], T::ZERO)),
            epsilon: 1e-5,
        }
    }

    /// Each row normalized.
    #[track_caller]
    pub fn forward<'g>(&self, x: Var<'g, T>) -> Var<'g, T> {
        let features = self.scale.shape().len();
        let name = self.scale.name().strip_suffix(".scale");
        if let Some(refused) = refuse_features(&format!("LayerNorm({features})"), name, x, features) {
            return refused;
        }
        let mean = x.mean_over(keepdims(-1));
        let deviation = (x.var_over(keepdims(-1)) + self.epsilon).sqrt();
        (x - mean) / deviation * &self.scale + &self.shift
    }
}

/// Batch normalization, `y = (x − mean) / √(var + ε) · scale + shift`, mean and variance of each feature over the batch.
///
/// In training it measures the batch and moves its running estimates; in use it applies the estimates.
/// Source: Ioffe and Szegedy, Batch Normalization (2015); running variance without bias, as PyTorch has it.
#[derive(Clone, Debug)]
pub struct BatchNorm<T: Float = f64> {
    /// The factor of each feature; starts at 1.
    pub scale: Param<T>,
    /// The addend of each feature; starts at 0.
    pub shift: Param<T>,
    /// The running mean of each feature; not trained by gradients.
    pub running_mean: Param<T>,
    /// The running variance of each feature; not trained by gradients.
    pub running_variance: Param<T>,
    /// How far one batch moves the running estimates, from 0 to 1.
    pub momentum: f64,
    /// ε, which keeps the root away from 0.
    pub epsilon: f64,
}
module!(BatchNorm<T> { scale, shift, running_mean, running_variance; momentum, epsilon });

impl<T: Float> BatchNorm<T> {
    /// For rows of so many features.
    pub fn new(features: usize) -> BatchNorm<T> {
        let full = |number| Tensor::full([features], number);
        BatchNorm {
            scale: Param::new(full(T::ONE)),
            shift: Param::new(full(T::ZERO)),
            running_mean: Param::buffer(full(T::ZERO)),
            running_variance: Param::buffer(full(T::ONE)),
            momentum: 0.1,
            epsilon: 1e-5,
        }
    }

    /// Rows of `[batch, features]` normalized by the batch (in training) or by the running estimates (in use).
    #[track_caller]
    pub fn forward<'g>(&mut self, x: Var<'g, T>, mode: &mut Mode<'_>) -> Var<'g, T> {
        let features = self.scale.shape().len();
        let name = self.scale.name().strip_suffix(".scale");
        let layer = format!("BatchNorm({features})");
        if let Some(refused) = refuse_features(&layer, name, x, features) {
            return refused;
        }
        if x.fault().is_none() && x.shape().rank() != 2 {
            let fault = Fault::new(format!("expects a batch of rows, got shape {}", x.shape()));
            return x
                .graph()
                .faulty(layer, fault.fix(format!("reshape it to [rows, {features}]")));
        }
        let (mean, variance) = match mode {
            Mode::Eval => (self.running_mean.on(x.graph()), self.running_variance.on(x.graph())),
            Mode::Train(_) => {
                let (mean, variance) = (x.mean_over(0), x.var_over(0));
                let rows = x.shape().size(0) as f64;
                let move_to = |running: &mut Param<T>, batch: Var<'g, T>, factor: f64| {
                    if let Ok(batch) = batch.value()
                        && batch.shape() == running.shape()
                    {
                        let (old, new) = (T::from_f64(1.0 - self.momentum), T::from_f64(self.momentum * factor));
                        for (running, &batch) in running.value.data_mut().iter_mut().zip(batch.data()) {
                            *running = old * *running + new * batch;
                        }
                    }
                };
                move_to(&mut self.running_mean, mean, 1.0);
                move_to(
                    &mut self.running_variance,
                    variance,
                    if rows > 1.0 { rows / (rows - 1.0) } else { 1.0 },
                );
                (mean, variance)
            }
        };
        (x - mean) / (variance + self.epsilon).sqrt() * &self.scale + &self.shift
    }
}
