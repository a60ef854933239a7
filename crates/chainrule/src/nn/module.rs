//! A network is a struct of parameters; `module!` lists its fields once.

use super::Param;
use crate::float::Float;

/// Anything made of parameters: a parameter, a layer, a network, a list of these.
///
/// Everything that handles all parameters alike is a visitor: optimizers, counting, naming, saving, freezing. Paths are
/// field names joined by dots: `hidden.weight`, `layers.0.bias`.
pub trait Module<T: Float = f64> {
    /// Shows every parameter with its path, in a fixed order.
    fn visit(&self, path: &str, visitor: &mut dyn FnMut(&str, &Param<T>));

    /// Hands every parameter with its path to be changed, in the same order.
    fn visit_mut(&mut self, path: &str, visitor: &mut dyn FnMut(&str, &mut Param<T>));

    /// How many numbers are trained.
    fn parameter_count(&self) -> usize {
        let mut count = 0;
        self.visit("", &mut |_, param| {
            if param.trainable {
                count += param.value.data().len();
            }
        });
        count
    }

    /// Names every parameter by its path, so that errors and drawings can say which one they mean.
    fn name_parameters(&mut self) {
        self.visit_mut("", &mut |path, param| param.set_name(path));
    }

    /// Makes every parameter below a path trainable, or freezes it; the path `""` means all. Buffers stay as they are.
    fn set_trainable(&mut self, below: &str, trainable: bool) {
        self.visit_mut("", &mut |path, param| {
            let rest = path.strip_prefix(below).filter(|_| !param.is_buffer());
            if rest.is_some_and(|rest| below.is_empty() || rest.is_empty() || rest.starts_with('.')) {
                param.trainable = trainable;
            }
        });
    }
}

/// A path and a field: `hidden` and `weight` make `hidden.weight`.
pub fn join(path: &str, field: &str) -> String {
    if path.is_empty() {
        field.to_string()
    } else {
        format!("{path}.{field}")
    }
}

impl<T: Float> Module<T> for Param<T> {
    fn visit(&self, path: &str, visitor: &mut dyn FnMut(&str, &Param<T>)) {
        visitor(path, self);
    }
    fn visit_mut(&mut self, path: &str, visitor: &mut dyn FnMut(&str, &mut Param<T>)) {
        visitor(path, self);
    }
}

impl<T: Float, M: Module<T>> Module<T> for Vec<M> {
    fn visit(&self, path: &str, visitor: &mut dyn FnMut(&str, &Param<T>)) {
        for (i, module) in self.iter().enumerate() {
            module.visit(&join(path, &i.to_string()), visitor);
        }
    }
    fn visit_mut(&mut self, path: &str, visitor: &mut dyn FnMut(&str, &mut Param<T>)) {
        for (i, module) in self.iter_mut().enumerate() {
            module.visit_mut(&join(path, &i.to_string()), visitor);
        }
    }
}

impl<T: Float, M: Module<T>> Module<T> for Option<M> {
    fn visit(&self, path: &str, visitor: &mut dyn FnMut(&str, &Param<T>)) {
        if let Some(module) = self {
            module.visit(path, visitor);
        }
    }
    fn visit_mut(&mut self, path: &str, visitor: &mut dyn FnMut(&str, &mut Param<T>)) {
        if let Some(module) = self {
            module.visit_mut(path, visitor);
        }
    }
}

/// Makes a struct a [`Module`]: lists the fields that hold parameters, and after a semicolon those that do not.
///
/// A forgotten field is a compile error. A generic struct is written `module!(Net<T> { … })`.
///
/// ```
/// use chainrule::{Graph, Linear, Module, Rng, Var, loss::mse, module, optim::{Adam, Optimizer}};
///
/// struct Net { hidden: Linear, out: Linear }
/// module!(Net { hidden, out });
///
/// impl Net {
///     fn forward<'g>(&self, x: Var<'g>) -> Var<'g> {
///         self.out.forward(self.hidden.forward(x).tanh())
///     }
/// }
///
/// let rng = &mut Rng::new(1);
/// let mut net = Net { hidden: Linear::new(1, 8, rng), out: Linear::new(8, 1, rng) };
/// assert_eq!(net.parameter_count(), 25);
///
/// let (x, y) = ([[-1.0], [0.0], [1.0]], [[1.0], [0.0], [1.0]]);
/// let mut adam = Adam::new(0.05);
/// let mut last = f64::INFINITY;
/// for _ in 0..200 {
///     let g = Graph::new();
///     let loss = mse(net.forward(g.constant(x)), g.constant(y));
///     adam.step(&mut net, &loss.backward()?);
///     last = loss.item()?;
/// }
/// assert!(last < 1e-3);
/// # Ok::<(), chainrule::Error>(())
/// ```
#[macro_export]
macro_rules! module {
    ($Type:ident $(<$T:ident>)? { $($field:ident),* $(,)? $(; $($plain:ident),* $(,)?)? }) => {
        $crate::module!(@impl [$($T)?] $Type [$($field)*] [$($($plain)*)?]);
    };
    (@impl [] $Type:ident $fields:tt $plain:tt) => {
        impl $crate::Module for $Type { $crate::module!(@visits f64 $Type $fields $plain); }
    };
    (@impl [$T:ident] $Type:ident $fields:tt $plain:tt) => {
        impl<$T: $crate::Float> $crate::Module<$T> for $Type<$T> { $crate::module!(@visits $T $Type $fields $plain); }
    };
    (@visits $T:ident $Type:ident [$($field:ident)*] [$($plain:ident)*]) => {
        #[allow(unused_variables)]
        fn visit(&self, path: &str, visitor: &mut dyn FnMut(&str, &$crate::Param<$T>)) {
            let $Type { $($field,)* $($plain: _,)* } = self;
            $($crate::Module::visit($field, &$crate::nn::join(path, stringify!($field)), visitor);)*
        }
        #[allow(unused_variables)]
        fn visit_mut(&mut self, path: &str, visitor: &mut dyn FnMut(&str, &mut $crate::Param<$T>)) {
            let $Type { $($field,)* $($plain: _,)* } = self;
            $($crate::Module::visit_mut($field, &$crate::nn::join(path, stringify!($field)), visitor);)*
        }
    };
}
