//! f32, computed in f64 and rounded once: the nearest number in more than 999 of 1000 cases.

use super::{logarithm_or_limit, nearest, number, polynomial, power_of_two, split};
use std::f64::consts::{LN_2, LOG2_E};

/// eˣ = 2ᵏ (1 + s) for |x| up to 1000, to about 36 bits: 2ᵏ and s.
#[inline(always)]
fn exponential(x: f64) -> (f64, f64) {
    let (k, exponent) = nearest(x * LOG2_E);
    let r = (-k).mul_add(LN_2, x);
    let rest = polynomial(
        r,
        [
            1.0 / 362880.0,
            1.0 / 40320.0,
            1.0 / 5040.0,
            1.0 / 720.0,
            1.0 / 120.0,
            1.0 / 24.0,
            1.0 / 6.0,
            1.0 / 2.0,
        ],
    );
    (power_of_two(exponent), (r * r).mul_add(rest, r))
}

/// x in f64, but no less than `low` and no more than `high`; NaN stays.
#[inline(always)]
fn between(low: f32, x: f32, high: f32) -> f64 {
    let x = if x < low { low } else { x };
    let x = if x > high { high } else { x };
    x.into()
}

/// eˣ.
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    let (scale, s) = exponential(between(-110.0, x, 90.0));
    let y = scale.mul_add(s, scale) as f32; // beyond f32 the conversion gives 0, a subnormal or infinity
    if x.is_nan() { x } else { y }
}

/// eˣ − 1, precise near 0.
#[inline(always)]
pub(crate) fn exp_m1(x: f32) -> f32 {
    let (scale, s) = exponential(between(-30.0, x, 90.0));
    let y = scale.mul_add(s, scale - 1.0) as f32;
    if x.is_nan() || x == 0.0 { x } else { y }
}

/// Hyperbolic tangent: `tanh |x| = (1 − E) / (1 + E)` with `E = exp(−2 |x|)`.
#[inline(always)]
pub(crate) fn tanh(x: f32) -> f32 {
    let (scale, s) = exponential(-2.0 * between(0.0, x.abs(), 10.0));
    let less_one = scale.mul_add(s, scale - 1.0); // E − 1
    let y = (-less_one / (2.0 + less_one)) as f32;
    if x.is_nan() { x } else { y.copysign(x) }
}

/// ln (2ᵏ (1 + f)) for f from −0.3 to 0.42, to about 36 bits.
#[inline(always)]
fn logarithm(k: i64, f: f64) -> f64 {
    let s = f / (2.0 + f);
    let square = s * s;
    let rest = polynomial(
        square,
        [
            2.0 / 15.0,
            2.0 / 13.0,
            2.0 / 11.0,
            2.0 / 9.0,
            2.0 / 7.0,
            2.0 / 5.0,
            2.0 / 3.0,
        ],
    );
    number(k).mul_add(LN_2, (s * square).mul_add(rest, 2.0 * s))
}

/// ln x.
#[inline(always)]
pub(crate) fn ln(x: f32) -> f32 {
    let (k, m) = split(x.into());
    let y = logarithm_or_limit(x.into(), logarithm(k, m - 1.0)) as f32;
    if x.is_nan() { x } else { y }
}

/// ln(1 + x), precise near 0.
#[inline(always)]
pub(crate) fn ln_1p(x: f32) -> f32 {
    let wide = f64::from(x);
    let argument = 1.0 + wide;
    let low = wide - (argument - 1.0);
    let (k, m) = split(argument);
    let y = logarithm(k, low.mul_add(power_of_two(-k), m - 1.0));
    let y = logarithm_or_limit(argument, y) as f32;
    if x == 0.0 || x.is_nan() || x == f32::INFINITY {
        x
    } else {
        y
    }
}
