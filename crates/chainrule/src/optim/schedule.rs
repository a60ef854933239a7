//! How the learning rate changes while training goes on.

use std::fmt::Debug;

/// A factor on the learning rate for each epoch.
///
/// ```
/// use chainrule::optim::{Schedule, schedule::{Cosine, WarmUp}};
/// let mut schedule = WarmUp { epochs: 4, then: Cosine { epochs: 10, end: 0.0 } };
/// let factors: Vec<f64> = (0..14).map(|epoch| schedule.factor(epoch, 1.0)).collect();
/// assert_eq!((factors[0], factors[3], factors[4]), (0.25, 1.0, 1.0));
/// assert!(factors[13] < 0.03);
/// ```
pub trait Schedule: Debug + Send {
    /// The factor for an epoch, counted from 0, given the validation loss after the epoch before.
    ///
    /// Called once for each epoch, in order.
    fn factor(&mut self, epoch: usize, validation_loss: f64) -> f64;
}

/// Always the same rate.
#[derive(Clone, Debug, Default)]
pub struct Constant;

impl Schedule for Constant {
    fn factor(&mut self, _: usize, _: f64) -> f64 {
        1.0
    }
}

/// `factorᵏ` after every `every` epochs, k = ⌊epoch / every⌋.
#[derive(Clone, Debug)]
pub struct StepDecay {
    /// How many epochs keep one rate.
    pub every: usize,
    /// What the rate is multiplied by then.
    pub factor: f64,
}

impl Schedule for StepDecay {
    fn factor(&mut self, epoch: usize, _: f64) -> f64 {
        self.factor.powf((epoch / self.every.max(1)) as f64)
    }
}

/// `factorᵉᵖᵒᶜʰ`.
#[derive(Clone, Debug)]
pub struct Exponential {
    /// What the rate is multiplied by after each epoch.
    pub factor: f64,
}

impl Schedule for Exponential {
    fn factor(&mut self, epoch: usize, _: f64) -> f64 {
        self.factor.powf(epoch as f64)
    }
}

/// Half a cosine from 1 down to `end`, then `end`. Source: Loshchilov and Hutter, SGDR (2017).
#[derive(Clone, Debug)]
pub struct Cosine {
    /// How many epochs it takes.
    pub epochs: usize,
    /// The last factor.
    pub end: f64,
}

impl Schedule for Cosine {
    fn factor(&mut self, epoch: usize, _: f64) -> f64 {
        let progress = (epoch as f64 / self.epochs.max(1) as f64).min(1.0);
        self.end + (1.0 - self.end) * 0.5 * (1.0 + (std::f64::consts::PI * progress).cos())
    }
}

/// A straight rise to 1, then another schedule. Source: Goyal et al., Accurate, Large Minibatch SGD (2017).
#[derive(Clone, Debug)]
pub struct WarmUp<S> {
    /// How many epochs the rise takes.
    pub epochs: usize,
    /// The schedule that follows, its epochs counted from 0.
    pub then: S,
}

impl<S: Schedule> Schedule for WarmUp<S> {
    fn factor(&mut self, epoch: usize, validation_loss: f64) -> f64 {
        match epoch.checked_sub(self.epochs) {
            None => (epoch + 1) as f64 / self.epochs as f64,
            Some(epoch) => self.then.factor(epoch, validation_loss),
        }
    }
}

/// A smaller rate whenever the validation loss has not improved for some epochs.
/// Source: PyTorch, ReduceLROnPlateau.
#[derive(Clone, Debug)]
pub struct ReduceOnPlateau {
    factor: f64,
    patience: usize,
    best: f64,
    waited: usize,
    now: f64,
}

impl ReduceOnPlateau {
    /// Multiplies the rate by `factor` after more than `patience` epochs without improvement.
    pub fn new(factor: f64, patience: usize) -> ReduceOnPlateau {
        ReduceOnPlateau {
            factor,
            patience,
            best: f64::INFINITY,
            waited: 0,
            now: 1.0,
        }
    }
}

impl Schedule for ReduceOnPlateau {
    fn factor(&mut self, epoch: usize, validation_loss: f64) -> f64 {
        if epoch == 0 {
            return self.now;
        }
        if validation_loss < self.best {
            self.best = validation_loss;
            self.waited = 0;
        } else {
            self.waited += 1;
        }
        if self.waited > self.patience {
            self.now *= self.factor;
            self.waited = 0;
        }
        self.now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_schedule_has_its_published_course() {
        assert_eq!(StepDecay { every: 10, factor: 0.5 }.factor(25, 0.0), 0.25);
        assert!((Exponential { factor: 0.9 }.factor(2, 0.0) - 0.81).abs() < 1e-15);
        let mut cosine = Cosine { epochs: 10, end: 0.1 };
        assert_eq!(
            (cosine.factor(0, 0.0), cosine.factor(10, 0.0), cosine.factor(99, 0.0)),
            (1.0, 0.1, 0.1)
        );
        assert!((cosine.factor(5, 0.0) - 0.55).abs() < 1e-15);
        let mut plateau = ReduceOnPlateau::new(0.5, 1);
        let losses = [9.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.5];
        let factors: Vec<f64> = losses
            .iter()
            .enumerate()
            .map(|(e, &loss)| plateau.factor(e, loss))
            .collect();
        assert_eq!(factors, [1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.25]);
    }
}
