//! Numbers of both precisions with what the loops need, written so that the compiler turns it into vector code.

use std::ops::{Add, Div, Mul, Sub};

/// A number in single or double precision.
pub trait Real:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self> + PartialOrd
{
    const ZERO: Self;
    const ONE: Self;
    fn of(number: f64) -> Self;
    fn wide(self) -> f64;
    /// `self · b + c`, rounded once.
    fn times_plus(self, b: Self, c: Self) -> Self;
    fn root(self) -> Self;
    /// eˣ, for x in the range that a softmax asks for.
    fn exp(self) -> Self;
    fn tanh(self) -> Self;
    /// eʳ − 1 and 2ᵏ, where x = k ln 2 + r.
    fn parts(self) -> (Self, Self);
}

macro_rules! real {
    ($T:ident, $mantissa:literal, $bias:literal, $magic:literal, $low:literal, $large:literal, $high:literal, $rest:literal, [$($c:literal),*]) => {
        impl Real for $T {
            const ZERO: $T = 0.0;
            const ONE: $T = 1.0;
            #[inline(always)]
            fn of(number: f64) -> $T {
                number as $T
            }
            #[inline(always)]
            fn wide(self) -> f64 {
                self.into()
            }
            #[inline(always)]
            fn times_plus(self, b: $T, c: $T) -> $T {
                self.mul_add(b, c)
            }
            #[inline(always)]
            fn root(self) -> $T {
                self.sqrt()
            }
            #[inline(always)]
            fn exp(self) -> $T {
                let (less_one, scale) = (if self < $low { $low } else { self }).parts();
                less_one.mul_add(scale, scale)
            }
            #[inline(always)]
            fn tanh(self) -> $T {
                let double = 2.0 * self.abs();
                let (less_one, scale) = (if double > $large { $large } else { double }).parts();
                let less_one = less_one.mul_add(scale, scale - 1.0);
                (less_one / (less_one + 2.0)).copysign(self)
            }
            #[inline(always)]
            fn parts(self) -> ($T, $T) {
                // Adding a large number rounds x / ln 2, and leaves k in the last bits.
                let shifted = self.mul_add(std::$T::consts::LOG2_E, $magic);
                let k = shifted - $magic;
                let r = k.mul_add(-$rest, k.mul_add(-$high, self));
                let mut sum: $T = 0.0;
                for c in [$($c),*] {
                    sum = sum.mul_add(r, 1.0 / c);
                }
                let scale = $T::from_bits(shifted.to_bits().wrapping_add($bias) << $mantissa);
                ((sum * r).mul_add(r, r), scale)
            }
        }
    };
}

// The constants: where the sum rounds, the bounds of x, ln 2 in two parts, and the factorials of the series from the last.
real!(
    f32,
    23,
    127,
    12_582_912.0,
    -87.0,
    20.0,
    0.693_359_4,
    -0.000_212_194_44,
    [5040.0, 720.0, 120.0, 24.0, 6.0, 2.0]
);
real!(
    f64,
    52,
    1023,
    6_755_399_441_055_744.0,
    -708.0,
    44.0,
    0.693_147_180_369_123_8,
    1.908_214_929_270_587_7e-10,
    [
        6_227_020_800.0,
        479_001_600.0,
        39_916_800.0,
        3_628_800.0,
        362_880.0,
        40_320.0,
        5040.0,
        720.0,
        120.0,
        24.0,
        6.0,
        2.0
    ]
);
