//! The two number types a graph can hold.

use crate::kernel::{
    Kernels,
    math::{self, double, single},
};
use std::{
    fmt::{Debug, Display},
    iter::Sum,
    ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign},
};

mod sealed {
    pub trait Sealed {}
    impl Sealed for f64 {}
    impl Sealed for f32 {}
}

/// A floating-point number: `f64` (the default everywhere) or `f32`.
///
/// The trait is sealed: every kernel exists for exactly these two.
#[allow(private_bounds)] // it is sealed: nobody outside needs to name what it is made of
pub trait Float:
    sealed::Sealed
    + Kernels
    + Copy
    + Default
    + Debug
    + Display
    + PartialEq
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + DivAssign
    + Sum
    + Send
    + Sync
    + 'static
{
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// −∞.
    const NEG_INFINITY: Self;
    /// The gap between 1 and the next larger number.
    const EPSILON: Self;

    /// The nearest number of this type.
    fn from_f64(x: f64) -> Self;
    /// The same number as `f64`, exactly.
    fn to_f64(self) -> f64;
    /// Whether it is neither infinite nor NaN.
    fn is_finite(self) -> bool;
    /// Whether it is NaN.
    fn is_nan(self) -> bool;
    /// |x|.
    fn abs(self) -> Self;
    /// √x.
    fn sqrt(self) -> Self;
    /// eˣ.
    fn exp(self) -> Self;
    /// eˣ − 1, precise near 0.
    fn exp_m1(self) -> Self;
    /// ln x.
    fn ln(self) -> Self;
    /// ln(1 + x), precise near 0.
    fn ln_1p(self) -> Self;
    /// sin x.
    fn sin(self) -> Self;
    /// cos x.
    fn cos(self) -> Self;
    /// tanh x.
    fn tanh(self) -> Self;
    /// xʸ.
    fn powf(self, y: Self) -> Self;
    /// The complementary error function, 1 − erf x, precise for large x.
    fn erfc(self) -> Self;

    /// What a family holds for this type.
    #[doc(hidden)]
    fn of<F: PerFloat>() -> F::Of<Self>;
}

/// Something that exists once for each number type, compiled in this crate, so that no other crate compiles it again.
#[doc(hidden)]
pub trait PerFloat {
    /// What it is for a number type.
    type Of<T: Float>;
    /// That for `f64`.
    fn wide() -> Self::Of<f64>;
    /// That for `f32`.
    fn narrow() -> Self::Of<f32>;
}

macro_rules! float {
    ($T:ident, $math:ident, $erfc:path, $of:ident) => {
        impl Float for $T {
            const ZERO: $T = 0.0;
            const ONE: $T = 1.0;
            const NEG_INFINITY: $T = $T::NEG_INFINITY;
            const EPSILON: $T = $T::EPSILON;

            #[inline(always)]
            fn from_f64(x: f64) -> $T {
                x as $T
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                self.into()
            }
            #[inline(always)]
            fn is_finite(self) -> bool {
                $T::is_finite(self)
            }
            #[inline(always)]
            fn is_nan(self) -> bool {
                $T::is_nan(self)
            }
            #[inline(always)]
            fn abs(self) -> $T {
                $T::abs(self)
            }
            #[inline(always)]
            fn sqrt(self) -> $T {
                $T::sqrt(self)
            }
            #[inline(always)]
            fn exp(self) -> $T {
                $math::exp(self)
            }
            #[inline(always)]
            fn exp_m1(self) -> $T {
                $math::exp_m1(self)
            }
            #[inline(always)]
            fn ln(self) -> $T {
                $math::ln(self)
            }
            #[inline(always)]
            fn ln_1p(self) -> $T {
                $math::ln_1p(self)
            }
            fn sin(self) -> $T {
                $T::sin(self)
            }
            fn cos(self) -> $T {
                $T::cos(self)
            }
            #[inline(always)]
            fn tanh(self) -> $T {
                $math::tanh(self)
            }
            fn powf(self, y: $T) -> $T {
                $T::powf(self, y)
            }
            fn erfc(self) -> $T {
                $erfc(self)
            }
            #[inline(always)]
            fn of<F: PerFloat>() -> F::Of<$T> {
                F::$of()
            }
        }
    };
}
float!(f64, double, math::erfc, wide);
float!(f32, single, math::erfcf, narrow);
