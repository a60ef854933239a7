//! Limited-memory BFGS: Newton's method with a curvature guessed from the last few steps.

use std::collections::VecDeque;

use super::line_search::{Line, Point, Trial, dot, search};
use crate::{
    error::{Error, Fault, Result},
    float::Float,
    graph::{Graph, Var},
    nn::Module,
};

/// Minimizes a loss over all of its data, without a learning rate: limited-memory BFGS.
///
/// Each step goes along `−H g`, where g is the gradient and H the inverse curvature that the last `memory` steps s and
/// changes of the gradient y suggest: `H ← (1 − ρ s yᵀ) H (1 − ρ y sᵀ) + ρ s sᵀ, ρ = 1 / yᵀs`. How far it goes is found by
/// trial, so that the strong Wolfe conditions hold. For smooth losses without mini-batches or dropout: the same weights
/// must give the same loss.
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
    /// Moves the trainable parameters of a module to a minimum of the loss, which is built anew in an empty graph
    /// whenever it is asked for.
    ///
    /// # Errors
    /// When the loss has a fault (the error says where), or is not finite at the weights the module came with.
    pub fn minimize<T: Float, M: Module<T>>(
        &self,
        module: &mut M,
        mut loss: impl for<'g> FnMut(&M, &'g Graph<T>) -> Var<'g, T>,
    ) -> Result<Minimum> {
        let mut graph = Graph::default();
        let mut start = vec![];
        module.visit("", &mut |_, param| {
            if param.trainable {
                start.extend(param.value.data().iter().map(|weight| weight.to_f64()));
            }
        });
        let mut evaluate = |weights: Vec<f64>| {
            graph.clear();
            evaluate(module, &mut loss, &graph, weights)
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

/// The loss and its gradient at some weights, which the module keeps.
fn evaluate<'g, T: Float, M: Module<T>>(
    module: &mut M,
    loss: &mut impl FnMut(&M, &'g Graph<T>) -> Var<'g, T>,
    graph: &'g Graph<T>,
    mut weights: Vec<f64>,
) -> Result<Point> {
    weights.iter_mut().for_each(|w| *w = T::from_f64(*w).to_f64()); // as the module can hold them
    put(module, &weights);
    let loss = loss(module, graph);
    let gradients = loss.backward()?;
    let mut gradient = Vec::with_capacity(weights.len());
    module.visit("", &mut |_, param| {
        if param.trainable {
            match gradients.of_parameter(param.key()) {
                Some(own) => gradient.extend(own.iter().map(|g| g.to_f64())),
                None => gradient.resize(gradient.len() + param.value.data().len(), 0.0),
            }
        }
    });
    let loss = loss.item()?.to_f64();
    let finite = loss.is_finite() && gradient.iter().all(|g| g.is_finite());
    Ok(Point {
        weights,
        loss: if finite { loss } else { f64::NAN },
        gradient,
    })
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
