//! How wrong a prediction is: losses, each with its mean and its sum, and penalties on weights.

use crate::{
    error::Fault,
    float::Float,
    graph::{Doc, Graph, Operand, Var},
    nn::Module,
    ops::CrossEntropy as CrossEntropyOp,
};
use std::{fmt::Debug, sync::Arc};

/// What a prediction is compared with.
#[derive(Clone, Copy)]
pub enum Target<'t, 'g, T: Float = f64> {
    /// Numbers of the prediction's shape.
    Values(Var<'g, T>),
    /// The class of each row, counted from 0.
    Classes(&'t [usize]),
}

impl<'g, T: Float> From<Var<'g, T>> for Target<'_, 'g, T> {
    fn from(values: Var<'g, T>) -> Self {
        Target::Values(values)
    }
}

impl<'t, T: Float> From<&'t [usize]> for Target<'t, '_, T> {
    fn from(classes: &'t [usize]) -> Self {
        Target::Classes(classes)
    }
}

impl<'t, T: Float, const N: usize> From<&'t [usize; N]> for Target<'t, '_, T> {
    fn from(classes: &'t [usize; N]) -> Self {
        Target::Classes(classes)
    }
}

impl<'t, T: Float> From<&'t Vec<usize>> for Target<'t, '_, T> {
    fn from(classes: &'t Vec<usize>) -> Self {
        Target::Classes(classes)
    }
}

/// A loss: a number for each cell or row, from which the mean and the sum follow.
pub trait Loss<T: Float>: Debug + Send + Sync {
    /// The name.
    fn name(&self) -> &'static str;

    /// What it is with its formula, and its source.
    fn doc(&self) -> Doc;

    /// The loss of each cell, or of each row for classes.
    fn each<'g>(&self, prediction: Var<'g, T>, target: Target<'_, 'g, T>) -> Var<'g, T>;

    /// The mean loss, a scalar.
    #[track_caller]
    fn mean<'g>(&self, prediction: Var<'g, T>, target: Target<'_, 'g, T>) -> Var<'g, T> {
        self.each(prediction, target).mean()
    }

    /// The sum of the losses, a scalar.
    #[track_caller]
    fn sum<'g>(&self, prediction: Var<'g, T>, target: Target<'_, 'g, T>) -> Var<'g, T> {
        self.each(prediction, target).sum()
    }
}

/// The target's numbers, in the prediction's shape; broadcasting here would hide a mistake.
#[track_caller]
fn values<'g, T: Float>(
    name: &str,
    prediction: Var<'g, T>,
    target: Target<'_, 'g, T>,
) -> Result<Var<'g, T>, Var<'g, T>> {
    let (graph, shape) = (prediction.graph(), prediction.shape());
    match target {
        Target::Classes(_) => Err(graph.faulty(
            name.to_string(),
            Fault::new("got class indices as the target").fix("give numbers, or use cross_entropy"),
        )),
        Target::Values(target)
            if prediction.fault().is_none() && target.fault().is_none() && target.shape() != shape =>
        {
            let fault = Fault::new(format!(
                "prediction {shape} and target {} have different shapes",
                target.shape()
            ))
            .fix("reshape the target: broadcasting here would compare every row with every other");
            Err(graph.faulty(name.to_string(), fault))
        }
        Target::Values(target) => Ok(target),
    }
}

/// Defines losses of a prediction `p` and a target `t` of the same shape, one row each.
macro_rules! losses {
    ($(
        $(#[doc = $doc:literal])+
        $Loss:ident $({ $($parameter:ident = $default:expr),+ })? $function:ident ($p:ident, $t:ident) -> $each:expr;
    )*) => {
        $(
            $crate::with_parameters! { $(#[doc = $doc])+ $Loss { $($($parameter = $default),+)? } }

            impl<T: Float> Loss<T> for $Loss {
                fn name(&self) -> &'static str {
                    stringify!($function)
                }
                fn doc(&self) -> Doc {
                    Doc { text: concat!($($doc),+), derivative: "by the rules of its operations" }
                }
                #[track_caller]
                fn each<'g>(&self, $p: Var<'g, T>, target: Target<'_, 'g, T>) -> Var<'g, T> {
                    $(let Self { $($parameter),+ } = *self;)?
                    match values(stringify!($function), $p, target) {
                        Ok($t) => $each,
                        Err(faulty) => faulty,
                    }
                }
            }

            $(#[doc = $doc])+
            ///
            /// The mean over all cells; the type of the same name gives the sum and each cell.
            #[track_caller]
            pub fn $function<'g, T: Float>(prediction: Var<'g, T>, target: Var<'g, T>) -> Var<'g, T> {
                $Loss $({ $($parameter: $default),+ })?.mean(prediction, Target::Values(target))
            }
        )*

        /// Every loss, with its default parameters.
        pub fn losses<T: Float>() -> Vec<Box<dyn Loss<T>>> {
            vec![$(Box::new($Loss $({ $($parameter: $default),+ })?),)* Box::new(CrossEntropy::default())]
        }
    };
}

losses! {
    /// Mean squared error, `(p − t)²`. Source: Gauss, Theoria motus (1809).
    Mse mse (p, t) -> (p - t).square();

    /// Mean absolute error, `|p − t|`. Source: Laplace (1774).
    Mae mae (p, t) -> (p - t).abs();

    /// Huber loss, `½ e²` for e = |p − t| up to `delta`, then `delta (e − ½ delta)`. Source: Huber, Robust Estimation (1964).
    Huber { delta = 1.0 } huber (p, t) -> {
        let error = (p - t).abs();
        let small = error.minimum(delta);
        small.square() * 0.5 + (error - small) * delta
    };

    /// Binary cross-entropy of logits, `ln(1 + eᵖ) − t p`, for t in [0, 1]. Source: PyTorch, binary_cross_entropy_with_logits.
    BceWithLogits bce_with_logits (p, t) -> p.bce_with_logits(t);

    /// Hinge loss, `max(0, 1 − t p)`, for t = ±1. Source: Cortes and Vapnik, Support-Vector Networks (1995).
    Hinge hinge (p, t) -> (1.0 - t * p).relu();
}

/// Cross-entropy of logits `[rows, classes]` against class indices, `−ln softmax(p)[class]`.
///
/// With smoothing and class weights as PyTorch has them: the mean divides by the weights of the rows' classes.
///
/// ```
/// use chainrule::{Graph, loss::{CrossEntropy, Loss, cross_entropy}};
/// let g = Graph::new();
/// let logits = g.leaf([[2.0, 1.0, 0.1], [0.5, 2.5, 0.0]]);
/// let plain = cross_entropy(logits, &[0, 1]);
/// let smooth = CrossEntropy { smoothing: 0.1, ..CrossEntropy::default() };
/// assert!(smooth.mean(logits, (&[0, 1]).into()).item()? > plain.item()?);
/// # Ok::<(), chainrule::Error>(())
/// ```
///
/// Source: Good, Rational Decisions (1952); Szegedy et al. (2016) for smoothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CrossEntropy {
    /// How much of each row's target is spread evenly over all classes, from 0 to 1.
    pub smoothing: f64,
    /// The weight of each class; none means 1 for all.
    pub weights: Option<Arc<[f64]>>,
}

impl CrossEntropy {
    /// The classes as numbers of the graph, once each is known to be one.
    #[track_caller]
    fn classes<'g, T: Float>(logits: Var<'g, T>, target: Target<'_, 'g, T>) -> Result<Var<'g, T>, Var<'g, T>> {
        let (graph, shape) = (logits.graph(), logits.shape());
        let from = || {
            let name = logits.name();
            name.map_or(String::new(), |name| format!(", from \"{name}\" {shape}"))
        };
        let classes = match target {
            Target::Values(classes) => return Ok(classes),
            Target::Classes(classes) => classes,
        };
        if shape.rank() == 0 || logits.fault().is_some() {
            return Ok(graph.constant(0.0)); // the operation says what is wrong
        }
        let (count, rows) = (shape.last(), shape.without(|axis| axis + 1 == shape.rank(), false));
        if classes.len() != rows.len() {
            let what = format!("{} classes for logits of shape {shape}", classes.len());
            let fault = Fault::new(what).fix(format!("give one class for each of the {} rows", rows.len()));
            return Err(graph.faulty("cross_entropy".to_string(), fault.remark(&from())));
        }
        if let Some((row, class)) = classes.iter().enumerate().find(|(_, class)| **class >= count) {
            let what = format!("class {class} of row {row}, but there are {count} logits per row");
            let fault = Fault::new(what).fix("classes are counted from 0");
            return Err(graph.faulty("cross_entropy".to_string(), fault.remark(&from())));
        }
        let numbers: Vec<T> = classes.iter().map(|&class| T::from_f64(class as f64)).collect();
        Ok(graph.constant((numbers, rows)))
    }

    #[track_caller]
    fn of<'g, T: Float>(&self, logits: Var<'g, T>, classes: Var<'g, T>) -> Var<'g, T> {
        let op = CrossEntropyOp {
            smoothing: self.smoothing,
            weights: self.weights.clone(),
        };
        logits.graph().apply(op, &[logits, classes])
    }
}

impl<T: Float> Loss<T> for CrossEntropy {
    fn name(&self) -> &'static str {
        "cross_entropy"
    }
    fn doc(&self) -> Doc {
        Doc {
            text: "Cross-entropy of logits against class indices, `−ln softmax(p)[class]`. Source: Good, Rational Decisions (1952).",
            derivative: "by the rules of its operations",
        }
    }
    #[track_caller]
    fn each<'g>(&self, prediction: Var<'g, T>, target: Target<'_, 'g, T>) -> Var<'g, T> {
        match CrossEntropy::classes(prediction, target) {
            Ok(classes) => self.of(prediction, classes),
            Err(faulty) => faulty,
        }
    }
    #[track_caller]
    fn mean<'g>(&self, prediction: Var<'g, T>, target: Target<'_, 'g, T>) -> Var<'g, T> {
        let classes = match CrossEntropy::classes(prediction, target) {
            Ok(classes) => classes,
            Err(faulty) => return faulty,
        };
        let each = self.of(prediction, classes);
        match &self.weights {
            None => each.mean(),
            Some(weights) => {
                let graph = prediction.graph();
                let indices: Vec<T> = (0..weights.len()).map(|class| T::from_f64(class as f64)).collect();
                let weights: Vec<T> = weights.iter().map(|&weight| T::from_f64(weight)).collect();
                let hit = classes
                    .reshape([classes.shape().len(), 1])
                    .equal(graph.constant(indices));
                each.sum() / (hit * graph.constant(weights)).sum()
            }
        }
    }
}

/// Mean cross-entropy of logits `[rows, classes]` against class indices, `−ln softmax(p)[class]`.
///
/// The classes are a slice of indices, or a value of the graph that holds an index for each row (an input of a
/// [`Step`](crate::Step)), where what is no class gives NaN.
#[track_caller]
pub fn cross_entropy<'t, 'g, T: Float>(logits: Var<'g, T>, classes: impl Into<Target<'t, 'g, T>>) -> Var<'g, T> {
    CrossEntropy::default().mean(logits, classes.into())
}

/// L1 penalty, `Σ |w|` over all trainable parameters but those called `bias`. Source: Tibshirani, the lasso (1996).
///
/// ```
/// use chainrule::{Graph, Linear, Rng, loss::{l1_penalty, mse}};
/// let layer = Linear::new(2, 1, &mut Rng::new(0));
/// let g = Graph::new();
/// let loss = mse(layer.forward(g.constant([[1.0, 2.0]])), g.constant([[3.0]]));
/// let penalized = loss + l1_penalty(&g, &layer) * 0.01;
/// assert!(penalized.item()? > loss.item()?);
/// # Ok::<(), chainrule::Error>(())
/// ```
#[track_caller]
pub fn l1_penalty<'g, T: Float>(graph: &'g Graph<T>, module: &impl Module<T>) -> Var<'g, T> {
    penalty(graph, module, |w| w.abs().sum())
}

/// L2 penalty, `Σ w²` over all trainable parameters but those called `bias`. Source: Hoerl and Kennard, Ridge Regression (1970).
#[track_caller]
pub fn l2_penalty<'g, T: Float>(graph: &'g Graph<T>, module: &impl Module<T>) -> Var<'g, T> {
    penalty(graph, module, |w| w.square().sum())
}

#[track_caller]
fn penalty<'g, T: Float>(
    graph: &'g Graph<T>,
    module: &impl Module<T>,
    of: impl Fn(Var<'g, T>) -> Var<'g, T>,
) -> Var<'g, T> {
    let mut terms = vec![];
    module.visit("", &mut |path, param| {
        if param.trainable && path.rsplit('.').next() != Some("bias") {
            terms.push(of(param.on(graph)));
        }
    });
    graph.sum(terms)
}
