//! Limited-memory BFGS: Newton's method with a curvature guessed from the last few steps.

use super::line_search::{Line, Point, Trial, dot, search};
use crate::{
    error::{Error, Fault, Result},
    float::Float,
    graph::{Graph, Replay, Var},
    nn::Module,
};
use std::{collections::VecDeque, ops::Range, panic::Location};

/// Minimizes a loss over all of its data, without a learning rate: limited-memory BFGS.
///
/// Each step goes along `−H g`, where g is the gradient and H the inverse curvature that the last `memory` steps s and
/// changes of the gradient y suggest: `H ← (1 − ρ s yᵀ) H (1 − ρ y sᵀ) + ρ s sᵀ, ρ = 1 / yᵀs`. How far it goes is found by
/// trial, so that the strong Wolfe conditions hold. For smooth losses without mini-batches or dropout: the same weights
/// must give the same loss. The loss is recorded once, as by [`Step`](crate::Step), so it must do the same operations
/// whatever the weights are; a debug build compares now and then and says when it does not.
///
/// ```
/// use chainrule::{Linear, Rng, loss::mse, optim::Lbfgs};
///
/// let mut line: Linear = Linear::new(1, 1, &mut Rng::new(0));
/// let (x, y) = ([[0.0], [1.0], [2.0]], [[1.0], [3.0], [5.0]]);
/// let minimum = Lbfgs::default().minimize(&mut line, |line, g| mse(line.forward(g.constant(x)), g.constant(y)))?;
/// assert!(minimum.converged);
/// assert!((line.weight.value.data()[0] - 2.0).abs() < 1e-7 && (line.bias.value.data()[0] - 1.0).abs() < 1e-7);
/// # Ok::<(), chainrule::Error>(())
/// ```
///
/// Source: Liu and Nocedal, On the Limited Memory BFGS Method (1989); Nocedal and Wright, Numerical Optimization,
/// algorithms 7.4 and 7.5.
#[derive(Clone, Debug, PartialEq)]
pub struct Lbfgs {
    /// How many of the last steps are remembered. Default 10.
    pub memory: usize,
    /// The most steps. Default 1000.
    pub iterations: usize,
    /// It has converged when no component of the gradient is larger than this. Default 10⁻⁸.
    pub tolerance: f64,
}

impl Default for Lbfgs {
    fn default() -> Lbfgs {
        Lbfgs {
            memory: 10,
            iterations: 1000,
            tolerance: 1e-8,
        }
    }
}

/// Where a minimization ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Minimum {
    /// The loss there.
    pub loss: f64,
    /// How many steps it took.
    pub iterations: usize,
    /// The largest component of the gradient there.
    pub gradient: f64,
    /// Whether that is within the tolerance. If not, the steps ran out, or the loss has too few digits to go further.
    pub converged: bool,
    /// The loss at the start and after each step.
    pub history: Vec<f64>,
}

/// One step and how it changed the gradient.
struct Pair {
    step: Vec<f64>,
    change: Vec<f64>,
    /// `1 / stepᵀ change`.
    rho: f64,
}

impl Lbfgs {
    /// Moves the trainable parameters of a module to a minimum of the loss, which is recorded in an empty graph.
    ///
    /// # Errors
    /// When the loss has a fault (the error says where), or is not finite at the weights the module came with; in a debug
    /// build, when it does other operations for other weights.
    #[track_caller]
    pub fn minimize<T: Float, M: Module<T>>(
        &self,
        module: &mut M,
        mut loss: impl for<'g> FnMut(&M, &'g Graph<T>) -> Var<'g, T>,
    ) -> Result<Minimum> {
        let line = Location::caller();
        let mut start = vec![];
        module.visit("", &mut |_, param| {
            if param.trainable {
                start.extend(param.value.data().iter().map(|weight| weight.to_f64()));
            }
        });
        let mut recording = Recording::new(module, &mut loss, line)?;
        let mut evaluations = 0u64;
        let mut evaluate = |weights: Vec<f64>| {
            let point = recording.evaluate(weights);
            if cfg!(debug_assertions) && evaluations % EVALUATIONS_BETWEEN_CHECKS == 1 {
                put(module, &point.weights);
                compare(&point, loss(module, &Graph::default()).item()?.to_f64(), line)?;
            }
            evaluations += 1;
            Ok(point)
        };
        let mut at = evaluate(start)?;
        if at.loss.is_nan() {
            let fault = Fault::new("the loss or its gradient is not finite at the first weights");
            return Err(Error::data(
                "Lbfgs",
                fault.fix("scale the data, or begin with other weights"),
            ));
        }
        let mut pairs: VecDeque<Pair> = VecDeque::new();
        let mut history = vec![at.loss];
        while history.len() <= self.iterations && largest(&at.gradient) > self.tolerance {
            let mut direction = direction(&pairs, &at.gradient);
            if dot(&direction, &at.gradient) >= 0.0 {
                // Rounding has made the remembered curvature worthless.
                pairs.clear();
                direction = at.gradient.iter().map(|g| -g).collect();
            }
            // Nothing is known of the scale yet: a first step of length at most 1.
            let first = match pairs.is_empty() {
                true => (1.0 / at.gradient.iter().map(|g| g.abs()).sum::<f64>()).min(1.0),
                false => 1.0,
            };
            let line = Line::new(&at, &direction, T::EPSILON.to_f64());
            let next = search(&line, first, |step| {
                let weights = at.weights.iter().zip(&direction).map(|(w, d)| w + step * d);
                let point = evaluate(weights.collect())?;
                let slope = dot(&point.gradient, &direction);
                Ok(Trial { step, slope, point })
            })?;
            // A step too short to move any weight would be taken again and again.
            match next.filter(|next| next.weights != at.weights) {
                Some(next) => {
                    remember(&mut pairs, self.memory, &at, &next);
                    history.push(next.loss);
                    at = next;
                }
                None if pairs.is_empty() => break,
                None => pairs.clear(),
            }
        }
        let gradient = largest(&at.gradient);
        let loss = at.loss;
        put(module, &at.weights);
        Ok(Minimum {
            loss,
            iterations: history.len() - 1,
            gradient,
            converged: gradient <= self.tolerance,
            history,
        })
    }
}

/// In a debug build, every so many evaluations are compared with the function itself.
const EVALUATIONS_BETWEEN_CHECKS: u64 = 64;

/// The loss, recorded, as a function of the trainable parameters.
struct Recording<T: Float> {
    replay: Replay<T>,
    /// For each trainable parameter its value in the recording, if it is used, and its place among the weights.
    parameters: Vec<(Option<u32>, Range<usize>)>,
}

impl<T: Float> Recording<T> {
    fn new<M: Module<T>>(
        module: &M,
        loss: &mut impl for<'g> FnMut(&M, &'g Graph<T>) -> Var<'g, T>,
        line: &'static Location<'static>,
    ) -> Result<Recording<T>> {
        let (mut replay, _) = Replay::record("Lbfgs", |graph| (vec![], loss(module, graph)), line)?;
        let (mut parameters, mut end) = (vec![], 0);
        module.visit("", &mut |_, param| {
            if param.trainable {
                let id = replay.parameter(param.key());
                let id = id.filter(|&id| replay.shape(id) == param.shape());
                if let Some(id) = id {
                    replay.let_learn(id, parameters.len());
                }
                let start = end;
                end += param.value.data().len();
                parameters.push((id, start..end));
            }
        });
        Ok(Recording { replay, parameters })
    }

    /// The loss and its gradient at some weights, rounded as the module can hold them.
    fn evaluate(&mut self, mut weights: Vec<f64>) -> Point {
        weights.iter_mut().for_each(|w| *w = T::from_f64(*w).to_f64());
        for (id, place) in &self.parameters {
            let Some(id) = id else { continue };
            for (to, weight) in self.replay.numbers(*id).iter_mut().zip(&weights[place.clone()]) {
                *to = T::from_f64(*weight);
            }
        }
        let loss = self.replay.forward().to_f64();
        let mut gradient = vec![0.0; weights.len()];
        let parameters = &self.parameters;
        self.replay.backward(|parameter, _, own| {
            let (_, place) = &parameters[parameter];
            for (to, g) in gradient[place.clone()].iter_mut().zip(own) {
                *to = g.to_f64();
            }
        });
        let finite = loss.is_finite() && gradient.iter().all(|g| g.is_finite());
        Point {
            weights,
            loss: if finite { loss } else { f64::NAN },
            gradient,
        }
    }
}

/// Compares the recording with the function itself, which an `if` on the weights would have changed.
fn compare(point: &Point, fresh: f64, line: &'static Location<'static>) -> Result<()> {
    if point.loss.is_nan() || point.loss.to_bits() == fresh.to_bits() {
        return Ok(());
    }
    let fault = Fault::new(format!(
        "the loss of the recording is {}, that of the function {fresh}: it does other operations for other weights",
        point.loss
    ));
    let fix = "choose with select() instead of `if`, and leave out everything random";
    Err(Error::argument("Lbfgs", fault.fix(fix), line))
}

/// Gives the trainable parameters these numbers, in order.
fn put<T: Float>(module: &mut impl Module<T>, weights: &[f64]) {
    let mut weights = weights.iter();
    module.visit_mut("", &mut |_, param| {
        if param.trainable {
            for (to, weight) in param.value.data_mut().iter_mut().zip(&mut weights) {
                *to = T::from_f64(*weight);
            }
        }
    });
}

/// `−H g` by the two loops of algorithm 7.4, the newest pair last.
fn direction(pairs: &VecDeque<Pair>, gradient: &[f64]) -> Vec<f64> {
    let mut direction: Vec<f64> = gradient.iter().map(|g| -g).collect();
    let mut shares = Vec::with_capacity(pairs.len());
    for pair in pairs.iter().rev() {
        let share = pair.rho * dot(&pair.step, &direction);
        add(&mut direction, -share, &pair.change);
        shares.push(share);
    }
    if let Some(newest) = pairs.back() {
        let scale = 1.0 / (newest.rho * dot(&newest.change, &newest.change));
        direction.iter_mut().for_each(|d| *d *= scale);
    }
    for (pair, share) in pairs.iter().zip(shares.iter().rev()) {
        let other = pair.rho * dot(&pair.change, &direction);
        add(&mut direction, share - other, &pair.step);
    }
    direction
}

/// Keeps a step in mind, unless it says nothing about the curvature.
fn remember(pairs: &mut VecDeque<Pair>, memory: usize, from: &Point, to: &Point) {
    let difference = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a - b).collect::<Vec<f64>>();
    let step = difference(&to.weights, &from.weights);
    let change = difference(&to.gradient, &from.gradient);
    let curvature = dot(&step, &change);
    if curvature > f64::EPSILON * dot(&change, &change) {
        pairs.push_back(Pair {
            step,
            change,
            rho: 1.0 / curvature,
        });
    }
    while pairs.len() > memory {
        pairs.pop_front();
    }
}

fn add(to: &mut [f64], factor: f64, other: &[f64]) {
    for (to, other) in to.iter_mut().zip(other) {
        *to += factor * other;
    }
}

fn largest(gradient: &[f64]) -> f64 {
    gradient.iter().fold(0.0, |largest: f64, g| largest.max(g.abs()))
}
