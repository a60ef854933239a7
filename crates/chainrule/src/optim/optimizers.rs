//! The optimizers, one row each: how one weight moves, given its gradient and what is remembered of it.

use crate::{
    float::Float,
    graph::{Doc, Gradients},
    kernel::instructions::run_for,
    nn::Module,
    ops::Num,
};
use std::fmt::Debug;

/// Moves the parameters of a module along their gradients.
pub trait Optimizer<T: Float>: Debug + Send {
    /// The name.
    fn name(&self) -> &'static str;

    /// How far one step goes.
    fn learning_rate(&self) -> f64;

    /// Changes how far one step goes; schedules call this.
    fn set_learning_rate(&mut self, learning_rate: f64);

    /// Moves the numbers of one parameter by one step along their gradient.
    ///
    /// What is remembered of a parameter (momentum and the like) belongs to its number, counted from 0 in the order in which
    /// the module shows its parameters; so use one optimizer for one module. For another number of weights than before it
    /// begins anew.
    ///
    /// # Panics
    /// When there is not one gradient for each weight.
    fn update(&mut self, parameter: usize, weights: &mut [T], gradient: &[T]);

    /// What it remembers of each parameter, by its number in the module: with this, another one of its kind goes on where
    /// this one stands.
    ///
    /// ```
    /// use chainrule::optim::{Adam, Optimizer};
    /// let mut adam = Adam::<f64>::new(0.1);
    /// let mut weights = [1.0, 2.0];
    /// adam.update(0, &mut weights, &[0.5, -0.5]);
    /// let mut other = Adam::new(0.1);
    /// other.remember(adam.memory().to_vec());
    /// let mut same = weights;
    /// adam.update(0, &mut weights, &[0.2, 0.1]);
    /// other.update(0, &mut same, &[0.2, 0.1]);
    /// assert_eq!(weights, same);
    /// ```
    fn memory(&self) -> &[Memory<T>];

    /// Takes over what another one of its kind remembers. What does not fit a parameter is forgotten when that is moved.
    fn remember(&mut self, memory: Vec<Memory<T>>);

    /// Moves every trainable parameter that has a gradient by one step.
    fn step(&mut self, module: &mut dyn Module<T>, gradients: &Gradients<T>) {
        let mut parameter = 0;
        module.visit_mut("", &mut |_, param| {
            if let (Some(gradient), true) = (gradients.of_parameter(param.key()), param.trainable) {
                self.update(parameter, param.value.data_mut(), gradient);
            }
            parameter += 1;
        });
    }
}

impl<T: Float, O: Optimizer<T> + ?Sized> Optimizer<T> for Box<O> {
    fn name(&self) -> &'static str {
        (**self).name()
    }
    fn learning_rate(&self) -> f64 {
        (**self).learning_rate()
    }
    fn set_learning_rate(&mut self, learning_rate: f64) {
        (**self).set_learning_rate(learning_rate);
    }
    fn update(&mut self, parameter: usize, weights: &mut [T], gradient: &[T]) {
        (**self).update(parameter, weights, gradient);
    }
    fn memory(&self) -> &[Memory<T>] {
        (**self).memory()
    }
    fn remember(&mut self, memory: Vec<Memory<T>>) {
        (**self).remember(memory);
    }
}

/// An optimizer of the list: its name, its doc, a usual learning rate, and how to make one.
#[derive(Clone, Debug)]
pub struct Choice<T: Float = f64> {
    /// The name.
    pub name: &'static str,
    /// What it is with its formula, and its source.
    pub doc: Doc,
    /// A learning rate to begin with.
    pub learning_rate: f64,
    /// Makes one with a learning rate and default parameters.
    pub new: fn(f64) -> Box<dyn Optimizer<T>>,
}

/// What an optimizer remembers of one parameter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Memory<T> {
    /// How often it was moved.
    pub steps: i32,
    /// For each remembered quantity, such as a velocity, a number for each of its own; empty while there is nothing to
    /// remember.
    pub lists: Vec<Vec<T>>,
}

/// Moves every number of a parameter as `rule` says, which is made for the step's number; `memory` keeps `N` numbers for
/// each, unless nothing is to be remembered: then they are 0.
#[inline(always)]
fn update<T: Float, const N: usize, R: Fn(Num<T>, Num<T>, [Num<T>; N]) -> (Num<T>, [Num<T>; N])>(
    memory: &mut Vec<Memory<T>>,
    parameter: usize,
    remembers: bool,
    weights: &mut [T],
    gradient: &[T],
    rule: impl FnOnce(i32) -> R,
) {
    // A single number that was moved before: a network written neuron by neuron has many of them.
    if let ([weight], [gradient], Some(known), false) = (&mut *weights, gradient, memory.get_mut(parameter), remembers)
    {
        known.steps = known.steps.saturating_add(1);
        *weight = rule(known.steps)(Num(*weight), Num(*gradient), [Num(T::ZERO); N]).0.0;
        return;
    }
    update_all(memory, parameter, remembers, weights, gradient, rule);
}

/// [`update`] for any parameter.
#[inline(never)]
fn update_all<T: Float, const N: usize, R: Fn(Num<T>, Num<T>, [Num<T>; N]) -> (Num<T>, [Num<T>; N])>(
    memory: &mut Vec<Memory<T>>,
    parameter: usize,
    remembers: bool,
    weights: &mut [T],
    gradient: &[T],
    rule: impl FnOnce(i32) -> R,
) {
    let count = weights.len();
    assert!(
        count == gradient.len(),
        "{count} weights and {} gradients",
        gradient.len()
    );
    let fits = |known: &Memory<T>| known.lists.len() == N && known.lists.iter().all(|list| list.len() == count);
    if !memory.get(parameter).is_some_and(|known| !remembers || fits(known)) {
        begin(memory, parameter, if remembers { N } else { 0 }, count);
    }
    let Some(Memory { steps, lists }) = memory.get_mut(parameter) else {
        return;
    };
    *steps = steps.saturating_add(1);
    let rule = rule(*steps);
    if !remembers {
        return run_for(
            count,
            #[inline(always)]
            || {
                for (weight, &gradient) in weights.iter_mut().zip(gradient) {
                    *weight = rule(Num(*weight), Num(gradient), [Num(T::ZERO); N]).0.0;
                }
            },
        );
    }
    // There are as many now.
    let Some(lists) = lists.first_chunk_mut::<N>() else {
        return;
    };
    run_for(
        count,
        #[inline(always)]
        || move_all(weights, gradient, lists.each_mut().map(Vec::as_mut_slice), rule),
    );
}

/// Makes room for what is remembered of a parameter: so many lists of so many zeros, if any.
#[cold]
#[inline(never)]
fn begin<T: Float>(memory: &mut Vec<Memory<T>>, parameter: usize, lists: usize, count: usize) {
    if memory.len() <= parameter {
        memory.resize_with(parameter + 1, Memory::default);
    }
    memory[parameter] = Memory {
        steps: 0,
        lists: vec![vec![T::ZERO; count]; lists],
    };
}

/// Moves all weights, with what is remembered of each.
#[inline(always)]
fn move_all<T: Float, const N: usize>(
    weights: &mut [T],
    gradient: &[T],
    lists: [&mut [T]; N],
    rule: impl Fn(Num<T>, Num<T>, [Num<T>; N]) -> (Num<T>, [Num<T>; N]),
) {
    // All slices are cut to one length, so that the loop needs no checks and can be done in lanes.
    let count = weights.len();
    let (gradient, lists) = (&gradient[..count], lists.map(|list| &mut list[..count]));
    for i in 0..count {
        let remembered = std::array::from_fn(|k| Num(lists[k][i]));
        let (new, remembered) = rule(Num(weights[i]), Num(gradient[i]), remembered);
        weights[i] = new.0;
        for k in 0..N {
            lists[k][i] = remembered[k].0;
        }
    }
}

/// Numbers that follow from how often a parameter was moved: mostly all parameters of a step have the same.
#[derive(Clone, Copy, Debug, Default)]
struct Once {
    known: Option<(i32, [f64; 2])>,
}

impl Once {
    /// The numbers of a parameter that is moved for this time.
    #[inline(always)]
    fn at(&mut self, time: i32, numbers: impl FnOnce() -> [f64; 2]) -> [f64; 2] {
        match self.known {
            Some((known, numbers)) if known == time => numbers,
            _ => self.known.insert((time, numbers())).1,
        }
    }
}

macro_rules! optimizers {
    ($(
        $(#[doc = $doc:literal])+
        $Optimizer:ident $name:literal $rate:literal { $($parameter:ident: $Type:ident = $default:expr),* }
            ($w:ident, $g:ident, $learning_rate:ident, $t:ident) [$($memory:ident),*]
            $(if $remembers:expr;)? $(once { $($once:ident = $factor:expr;)+ })? => $update:expr;
    )*) => {
        $(
            $(#[doc = $doc])+
            #[derive(Clone, Debug)]
            pub struct $Optimizer<T: Float = f64> {
                learning_rate: f64,
                $($parameter: $Type,)*
                $(#[doc = concat!($(stringify!($once), " "),+)] once: Once,)?
                memory: Vec<Memory<T>>,
            }

            impl<T: Float> $Optimizer<T> {
                /// One with this learning rate and default parameters.
                pub fn new(learning_rate: f64) -> Self {
                    $Optimizer {
                        learning_rate,
                        $($parameter: $default,)*
                        $(once: { let _ = [$(stringify!($once)),+]; Once::default() },)?
                        memory: vec![],
                    }
                }
                $(
                    #[doc = concat!("The same with another `", stringify!($parameter), "`; ", stringify!($default), " unless told otherwise.")]
                    pub fn $parameter(mut self, $parameter: $Type) -> Self {
                        self.$parameter = $parameter;
                        self.forget();
                        self
                    }
                )*

                /// Forgets what follows from the old parameters.
                fn forget(&mut self) {
                    $(let _ = [$(stringify!($once)),+]; self.once = Once::default();)?
                }
            }

            impl<T: Float> Optimizer<T> for $Optimizer<T> {
                fn name(&self) -> &'static str {
                    $name
                }
                fn learning_rate(&self) -> f64 {
                    self.learning_rate
                }
                fn set_learning_rate(&mut self, learning_rate: f64) {
                    self.learning_rate = learning_rate;
                }
                fn memory(&self) -> &[Memory<T>] {
                    &self.memory
                }
                fn remember(&mut self, memory: Vec<Memory<T>>) {
                    self.memory = memory;
                }
                #[inline]
                #[allow(unused_variables)]
                fn update(&mut self, parameter: usize, weights: &mut [T], gradient: &[T]) {
                    let $learning_rate = self.learning_rate;
                    $(let $parameter = self.$parameter;)*
                    let remembers = true $(&& $remembers)?;
                    $(let (once, _) = (&mut self.once, [$(stringify!($once)),+]);)?
                    update(&mut self.memory, parameter, remembers, weights, gradient, move |$t| {
                        $(let [$($once),+] = once.at($t, || [$($factor),+]);)?
                        #[inline(always)]
                        move |$w, $g, [$($memory),*]| $update
                    });
                }
            }
        )*

        /// Every optimizer, for whoever offers a choice.
        pub fn optimizers<T: Float>() -> Vec<Choice<T>> {
            vec![$(Choice {
                name: $name,
                doc: Doc { text: concat!($($doc),+), derivative: stringify!($update) },
                learning_rate: $rate,
                new: |learning_rate| Box::new($Optimizer::new(learning_rate)),
            }),*]
        }
    };
}

optimizers! {
    /// Stochastic gradient descent, `v = μ v + g; w = w − rate · v`, with Nesterov's look-ahead on demand.
    /// Source: Robbins and Monro (1951); Sutskever et al. (2013) for momentum, in PyTorch's form.
    Sgd "sgd" 0.05 { momentum: f64 = 0.0, nesterov: bool = false, weight_decay: f64 = 0.0 }
        (w, g, learning_rate, t) [velocity] if momentum != 0.0; => {
            let g = g + w * weight_decay;
            let velocity = velocity * momentum + g;
            let direction = if nesterov { g + velocity * momentum } else { velocity };
            (w - direction * learning_rate, [velocity])
        };

    /// RMSProp, `s = α s + (1 − α) g²; w = w − rate · g / (√s + ε)`.
    /// Source: Tieleman and Hinton, Lecture 6.5 (2012), in PyTorch's form.
    RmsProp "rmsprop" 0.005 { alpha: f64 = 0.99, epsilon: f64 = 1e-8, weight_decay: f64 = 0.0 }
        (w, g, learning_rate, t) [square] => {
            let g = g + w * weight_decay;
            let square = square * alpha + g * g * (1.0 - alpha);
            (w - g * learning_rate / (square.sqrt() + epsilon), [square])
        };

    /// Adagrad, `s = s + g²; w = w − rate · g / (√s + ε)`.
    /// Source: Duchi, Hazan and Singer, Adaptive Subgradient Methods (2011).
    Adagrad "adagrad" 0.05 { epsilon: f64 = 1e-10, weight_decay: f64 = 0.0 }
        (w, g, learning_rate, t) [square] => {
            let g = g + w * weight_decay;
            let square = square + g * g;
            (w - g * learning_rate / (square.sqrt() + epsilon), [square])
        };

    /// Adam, `m = β₁ m + (1 − β₁) g; v = β₂ v + (1 − β₂) g²; w = w − rate · m̂ / (√v̂ + ε)`.
    /// Source: Kingma and Ba, Adam (2015).
    Adam "adam" 0.003 { beta1: f64 = 0.9, beta2: f64 = 0.999, epsilon: f64 = 1e-8, weight_decay: f64 = 0.0 }
        (w, g, learning_rate, t) [mean, square]
        once { fast = 1.0 - beta1.powi(t); slow = 1.0 - beta2.powi(t); } => {
            let g = g + w * weight_decay;
            let mean = mean * beta1 + g * (1.0 - beta1);
            let square = square * beta2 + g * g * (1.0 - beta2);
            let root = (square / slow).sqrt();
            (w - mean * (learning_rate / fast) / (root + epsilon), [mean, square])
        };

    /// AdamW, Adam with `w = w − rate · decay · w` apart from the gradient.
    /// Source: Loshchilov and Hutter, Decoupled Weight Decay Regularization (2019).
    AdamW "adamw" 0.003 { beta1: f64 = 0.9, beta2: f64 = 0.999, epsilon: f64 = 1e-8, weight_decay: f64 = 0.01 }
        (w, g, learning_rate, t) [mean, square]
        once { fast = 1.0 - beta1.powi(t); slow = 1.0 - beta2.powi(t); } => {
            let w = w - w * (learning_rate * weight_decay);
            let mean = mean * beta1 + g * (1.0 - beta1);
            let square = square * beta2 + g * g * (1.0 - beta2);
            let root = (square / slow).sqrt();
            (w - mean * (learning_rate / fast) / (root + epsilon), [mean, square])
        };
}
