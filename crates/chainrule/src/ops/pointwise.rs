//! Pointwise operations: one row each, from which the number rule, the node rule, the doc and the
//! tests are made. Broadcasting is handled here once, for all rows.

use crate::{
    error::Fault,
    float::Float,
    graph::{Apply, Moment, Op, Rows, Var, View},
    kernel::{
        instructions::run,
        walk::{add_repeated, side_by_side},
    },
    shape::Shape,
};
use std::{
    any::TypeId,
    ops::{Add, Div, Mul, Neg, Sub},
};

/// A number inside a pointwise rule: it has the operators and methods that a [`Var`] has, so that one
/// text can be a kernel and a graph.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Num<T>(pub T);

impl<T: Float> Num<T> {
    /// The number that `f` makes of it.
    #[inline(always)]
    pub fn map(self, f: impl Fn(T) -> T) -> Num<T> {
        Num(f(self.0))
    }

    /// Whether it is greater than a plain number.
    #[inline(always)]
    pub fn above(self, bound: f64) -> bool {
        self.0 > T::from_f64(bound)
    }

    /// Whether it is NaN.
    #[inline(always)]
    pub fn is_nan(self) -> bool {
        self.0.is_nan()
    }
}

impl<T: Float> From<f64> for Num<T> {
    #[inline(always)]
    fn from(x: f64) -> Num<T> {
        Num(T::from_f64(x))
    }
}

impl<T: Float> Neg for Num<T> {
    type Output = Num<T>;
    #[inline(always)]
    fn neg(self) -> Num<T> {
        Num(-self.0)
    }
}

macro_rules! arithmetic {
    ($($Trait:ident $method:ident $operator:tt),*) => {$(
        impl<T: Float, R: Into<Num<T>>> $Trait<R> for Num<T> {
            type Output = Num<T>;
            #[inline(always)]
            fn $method(self, right: R) -> Num<T> {
                Num(self.0 $operator right.into().0)
            }
        }
        impl<T: Float> $Trait<Num<T>> for f64 {
            type Output = Num<T>;
            #[inline(always)]
            fn $method(self, right: Num<T>) -> Num<T> {
                Num(T::from_f64(self) $operator right.0)
            }
        }
    )*};
}
arithmetic!(Add add +, Sub sub -, Mul mul *, Div div /);

/// Stands in a row where an argument receives no gradient.
pub struct NoGradient;

/// What the backward text of a row may give: a number, a node, or nothing.
pub trait Gradient<X> {
    /// The share of the gradient, if there is one.
    fn share(self) -> Option<X>;
}
impl<T: Float> Gradient<Num<T>> for Num<T> {
    #[inline(always)]
    fn share(self) -> Option<Num<T>> {
        Some(self)
    }
}
impl<'g, T: Float> Gradient<Var<'g, T>> for Var<'g, T> {
    fn share(self) -> Option<Var<'g, T>> {
        Some(self)
    }
}
impl<X> Gradient<X> for NoGradient {
    #[inline(always)]
    fn share(self) -> Option<X> {
        None
    }
}

/// A row of the table of pointwise operations, as data.
#[derive(Clone, Copy, Debug)]
pub struct Row<T: Float = f64> {
    /// The operation, with its default parameters.
    pub op: &'static dyn Op<T>,
    /// Its parameters with their default values, such as `("slope", 0.01)`.
    pub parameters: &'static [(&'static str, f64)],
    /// What it is used for beside plain arithmetic, if anything.
    pub role: Option<Role>,
    /// Makes it with other parameters, given in order.
    pub(super) make: fn(&[f64]) -> Apply<T>,
    /// Which type the operation has.
    pub(super) of: fn() -> TypeId,
}

impl<T: Float> Row<T> {
    /// Whether an operation of this type is this row, whatever its value.
    pub(crate) fn is<O: Op<T>>(&self) -> bool {
        self.parameters.is_empty() && (self.of)() == TypeId::of::<O>()
    }

    /// Records it on as many values as it has arguments, with parameters given in order; those not given have their
    /// default values.
    ///
    /// # Panics
    /// When there are no arguments at all.
    #[track_caller]
    pub fn apply<'g>(&self, parameters: &[f64], arguments: &[Var<'g, T>]) -> Var<'g, T> {
        arguments[0].record((self.make)(parameters), &arguments[1..])
    }
}

/// What a pointwise operation is used for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Role {
    /// The nonlinearity of a layer.
    Activation,
}

/// The shape that all arguments broadcast to.
pub fn broadcast(arguments: &[Shape]) -> Result<Shape, Fault> {
    let mut shape = Shape::SCALAR;
    for argument in arguments.iter().filter(|argument| argument.rank() > 0) {
        shape = shape.broadcast(*argument).ok_or_else(|| {
            let shapes: Vec<_> = arguments.iter().map(Shape::to_string).collect();
            Fault::new(format!("shapes {} do not broadcast", shapes.join(" and ")))
                .fix("sizes are compared from the last axis and must be equal or 1: reshape or broadcast one of them")
        })?;
    }
    Ok(shape)
}

/// Which rows of an argument a row of the result depends on; of a single number none does.
pub fn rows_needed(argument: &Shape, arguments: &[Shape]) -> Option<Rows> {
    let shape = broadcast(arguments).ok().filter(|shape| shape.rank() > 0)?;
    let own = argument.rank() == shape.rank() && argument.size(0) == shape.size(0);
    Some(if own { Rows::Own } else { Rows::All })
}

/// Fills `out` with `f` of the paired cells of the arguments.
#[inline(always)]
pub fn evaluate<T: Float, const N: usize>(arguments: &[View<'_, T>], out: &mut [T], f: impl Fn([Num<T>; N]) -> Num<T>) {
    // One argument has the result's shape.
    if N == 1
        && let [x] = arguments
    {
        return run(
            #[inline(always)]
            || {
                for (y, x) in out.iter_mut().zip(x.data) {
                    *y = f([Num(*x); N]).0;
                }
            },
        );
    }
    let Some((data, shapes)) = split::<T, N>(arguments) else {
        return;
    };
    side_by_side(data, shapes, false, |block| {
        let y = &mut out[block.first..][..block.length];
        run(
            #[inline(always)]
            || {
                let x = block.numbers();
                for (i, y) in y.iter_mut().enumerate() {
                    *y = f(std::array::from_fn(|k| Num(x[k][i]))).0;
                }
            },
        );
    });
}

/// `f` of the first of three single numbers.
#[inline(always)]
pub fn value<T: Float, const N: usize>(x: [T; 3], f: impl Fn([Num<T>; N]) -> Num<T>) -> T {
    // No closure of the standard library's: one that is not inlined loses the instructions this is compiled for.
    match x.first_chunk::<N>() {
        Some(x) => f(x.map(Num)).0,
        None => T::ZERO,
    }
}

/// The rule's share for one argument of the first of three single numbers.
#[inline(always)]
pub fn share<T: Float, const N: usize, G: Gradient<Num<T>>>(
    x: [T; 3],
    y: T,
    gradient_y: T,
    rule: impl Fn([Num<T>; N], Num<T>, Num<T>) -> G,
) -> Option<T> {
    let x: &[T; N] = x.first_chunk()?;
    let share = rule(x.map(Num), Num(y), Num(gradient_y)).share()?;
    Some(share.0)
}

/// Hands the rule's share to argument `k`, cell by cell: adds it to `gradient_x`, or puts it there as the `first` share.
/// The rule may be to pass on the gradient `as_it_is`.
#[inline(always)]
pub fn pull<T: Float, const N: usize, G: Gradient<Num<T>>>(
    (k, as_it_is): (usize, bool),
    first: bool,
    at: &Moment<'_, T>,
    gradient_y: &[T],
    gradient_x: &mut [T],
    rule: impl Fn([Num<T>; N], Num<T>, Num<T>) -> G,
) {
    let Some((data, shapes)) = split::<T, N>(at.arguments) else {
        return;
    };
    let add = !first || shapes[k] != at.value.shape;
    // Gradients are sums that begin with 0, so none is −0: the same bits whether the first share is added or put there.
    if add && first {
        gradient_x.fill(T::ZERO);
    }
    if add && as_it_is && add_repeated(gradient_y, &at.value.shape, gradient_x, &shapes[k]) {
        return;
    }
    side_by_side(data, shapes, add, |block| {
        let y = &at.value.data[block.first..][..block.length];
        let gradient_y = &gradient_y[block.first..][..block.length];
        block.hand_on(gradient_x, k, add, |shares| {
            run(
                #[inline(always)]
                || {
                    let x = block.numbers();
                    for (i, to) in shares[..block.length].iter_mut().enumerate() {
                        let x = std::array::from_fn(|k| Num(x[k][i]));
                        let share = rule(x, Num(y[i]), Num(gradient_y[i])).share();
                        *to = share.map_or(T::ZERO, |share| T::ZERO + share.0);
                    }
                },
            );
        });
    });
}

#[inline]
fn split<'a, T, const N: usize>(arguments: &[View<'a, T>]) -> Option<([&'a [T]; N], [Shape; N])> {
    let arguments: &[View<'a, T>; N] = arguments.try_into().ok()?;
    Some((
        arguments.each_ref().map(|a| a.data),
        arguments.each_ref().map(|a| a.shape),
    ))
}

/// Defines pointwise operations, one row each: the whole definition of an operation.
///
/// A row is: doc, type, method name, label, arguments, value, one gradient for each argument (`y` is
/// the operation's own result, `g` its gradient), the points the automatic check tries, and the points
/// where there is a kink. The gradient's text is compiled twice, for numbers and for graph nodes, and
/// printed by the manual; it may use the operators, numbers, and every method that [`Var`] and
/// [`Num`] share. The word `NoGradient` says that an argument receives none.
///
/// ```
/// use chainrule::{Graph, check, pointwise};
///
/// pointwise! {
///     /// Bent identity, `y = (√(x² + 1) − 1) / 2 + x`. Source: a worked example.
///     BentIdentity bent_identity "bent" (x) -> y = ((x * x + 1.0).sqrt() - 1.0) / 2.0 + x;
///         g => g * (x / (2.0 * (x * x + 1.0).sqrt()) + 1.0); at [-2.0, 0.0, 3.0];
/// }
///
/// let g = Graph::new();
/// let x = g.leaf(3.0);
/// assert!((x.apply(BentIdentity).item()? - 4.08113883).abs() < 1e-8);
/// check::op(&BentIdentity)?;
/// # Ok::<(), chainrule::Error>(())
/// ```
#[macro_export]
macro_rules! pointwise {
    (@count ($($x:ident),+)) => {
        [$(stringify!($x)),+].len()
    };
    (@evaluate ($arguments:ident, $out:ident) ($($x:ident),+) $value:expr) => {
        $crate::ops::macro_support::evaluate($arguments, $out, #[inline(always)] |[$($x),+]| $value)
    };
    (@value $numbers:ident ($($x:ident),+) $value:expr) => {
        $crate::ops::macro_support::value($numbers, #[inline(always)] |[$($x),+]| $value)
    };
    (@share ($numbers:ident, $y_:ident, $gradient_y:ident) ($($x:ident),+) $y:ident $g:ident $gradient:expr) => {
        $crate::ops::macro_support::share(
            $numbers, $y_, $gradient_y,
            #[inline(always)] |[$($x),+]: [$crate::ops::Num<T>; _], $y: $crate::ops::Num<T>, $g: $crate::ops::Num<T>| $gradient,
        )
    };
    (@pull ($k:ident, $first:ident, $at:ident, $gradient_y:ident, $gradient_x:ident) ($($x:ident),+) $y:ident $g:ident $gradient:expr) => {
        $crate::ops::macro_support::pull(
            ($k, stringify!($gradient) == stringify!($g)), $first, $at, $gradient_y, $gradient_x,
            #[inline(always)] |[$($x),+]: [$crate::ops::Num<T>; _], $y: $crate::ops::Num<T>, $g: $crate::ops::Num<T>| $gradient,
        )
    };
    (@emit ($($x:ident),+) $y:ident $g:ident $gradient:expr) => {
        |[$($x),+]: [$crate::Var<'g, T>; _], $y: $crate::Var<'g, T>, $g: $crate::Var<'g, T>| $gradient
    };
    ($(
        $(#[doc = $doc:literal])+
        $Op:ident $({ $($parameter:ident = $default:expr),+ })? $method:ident $label:literal
            $arguments:tt -> $y:ident = $value:expr;
            $g:ident => $($gradient:expr),+;
            at $at:expr; $(kink $kink:expr;)?
    )*) => {$(
        $crate::with_parameters! { $(#[doc = $doc])+ $Op { $($($parameter = $default),+)? } }

        impl $Op {
            #[allow(unused_variables)]
            fn hand_on<T: $crate::Float>(
                &self, k: usize, first: bool, at: &$crate::Moment<'_, T>, gradient_y: &[T], gradient_x: &mut [T],
            ) {
                #[allow(unused_imports)]
                use $crate::ops::macro_support::NoGradient;
                $(let Self { $($parameter),+ } = *self;)?
                let mut argument = 0..;
                $(if argument.next() == Some(k) {
                    return $crate::pointwise!(@pull (k, first, at, gradient_y, gradient_x) $arguments $y $g $gradient);
                })+
            }
        }

        impl<T: $crate::Float> $crate::Op<T> for $Op {
            fn name(&self) -> &'static str {
                stringify!($method)
            }
            fn arity(&self) -> Option<usize> {
                Some($crate::pointwise!(@count $arguments))
            }
            fn label(&self) -> ::std::borrow::Cow<'static, str> {
                let label = ::std::borrow::Cow::Borrowed($label);
                $(let label = ::std::borrow::Cow::Owned([
                    label.into_owned(), $(format!(" {}", self.$parameter)),+
                ].concat());)?
                label
            }
            fn doc(&self) -> $crate::Doc {
                $crate::Doc {
                    text: concat!($($doc),+),
                    derivative: concat!($(stringify!($gradient), "; "),+),
                }
            }
            fn shape(&self, arguments: &[$crate::Shape]) -> Result<$crate::Shape, $crate::Fault> {
                $crate::ops::macro_support::broadcast(arguments)
            }
            #[allow(unused_variables)]
            fn eval(&self, arguments: &[$crate::View<'_, T>], out: &mut [T]) {
                $(let Self { $($parameter),+ } = *self;)?
                $crate::pointwise!(@evaluate (arguments, out) $arguments $value)
            }
            fn pull(&self, k: usize, at: &$crate::Moment<'_, T>, gradient_y: &[T], gradient_x: &mut [T]) {
                self.hand_on(k, false, at, gradient_y, gradient_x);
            }
            fn pull_first(&self, k: usize, at: &$crate::Moment<'_, T>, gradient_y: &[T], gradient_x: &mut [T]) {
                self.hand_on(k, true, at, gradient_y, gradient_x);
            }
            fn single(&self) -> Option<$crate::Single<T>> {
                let few = $crate::pointwise!(@count $arguments) <= 3;
                few.then(|| $crate::Single::of::<$Op>(&[$($(self.$parameter),+)?]))
            }
            #[allow(unused_variables)]
            fn emit<'g>(
                &self,
                k: usize,
                at: &$crate::Here<'_, 'g, T>,
                gradient_y: $crate::Var<'g, T>,
            ) -> Option<$crate::Var<'g, T>> {
                #[allow(unused_imports)]
                use $crate::ops::macro_support::{Gradient, NoGradient};
                $(let Self { $($parameter),+ } = *self;)?
                let to = at.arguments.get(k)?.shape();
                let x = at.arguments.try_into().ok()?;
                let mut argument = 0..;
                $(if argument.next() == Some(k) {
                    let rule = $crate::pointwise!(@emit $arguments $y $g $gradient);
                    let share: Option<$crate::Var<'g, T>> = rule(x, at.value, gradient_y).share();
                    return share.map(|share| share.sum_to(to));
                })+
                None
            }
            fn receives_gradient(&self, k: usize) -> bool {
                [$(stringify!($gradient)),+].get(k) != Some(&"NoGradient")
            }
            fn passes_gradient(&self, k: usize, arguments: &[$crate::Shape]) -> Option<usize> {
                let as_it_is = [$(stringify!($gradient)),+].get(k) == Some(&stringify!($g));
                let whole = || $crate::ops::macro_support::broadcast(arguments).ok().as_ref() == arguments.get(k);
                (as_it_is && whole()).then_some(0)
            }
            fn rows_needed(&self, k: usize, arguments: &[$crate::Shape]) -> Option<$crate::Rows> {
                $crate::ops::macro_support::rows_needed(arguments.get(k)?, arguments)
            }
            fn broadcasts(&self) -> bool {
                true
            }
            fn try_at(&self) -> &'static [f64] {
                &$at
            }
            $(fn kinks(&self) -> &'static [f64] {
                &$kink
            })?
        }

        #[allow(unused_variables)]
        impl<T: $crate::Float> $crate::SingleRule<T> for $Op {
            #[inline(always)]
            fn value(parameters: &[f64], numbers: [T; 3]) -> T {
                $(let [$($parameter),+] = *parameters else {
                    return T::ZERO;
                };)?
                $crate::pointwise!(@value numbers $arguments $value)
            }
            #[inline(always)]
            fn share(parameters: &[f64], k: usize, numbers: [T; 3], value: T, gradient: T) -> Option<T> {
                #[allow(unused_imports)]
                use $crate::ops::macro_support::NoGradient;
                $(let [$($parameter),+] = *parameters else {
                    return None;
                };)?
                let mut argument = 0..;
                $(if argument.next() == Some(k) {
                    return $crate::pointwise!(@share (numbers, value, gradient) $arguments $y $g $gradient);
                })+
                None
            }
        }
    )*};
}

/// Defines a struct of `f64` parameters, or a unit struct when there are none.
#[doc(hidden)]
#[macro_export]
macro_rules! with_parameters {
    ($(#[doc = $doc:literal])+ $Type:ident {}) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct $Type;
    };
    ($(#[doc = $doc:literal])+ $Type:ident { $($parameter:ident = $default:expr),+ }) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct $Type { $(
            #[doc = concat!("Parameter `", stringify!($parameter), "`; ", stringify!($default), " unless told otherwise.")]
            pub $parameter: f64
        ),+ }
    };
}
