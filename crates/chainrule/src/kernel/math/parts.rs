//! Numbers as unevaluated sums of two: what rounding would lose is kept.
//!
//! Source: Dekker, A Floating-Point Technique for Extending the Available Precision (1971); Knuth, The Art of Computer
//! Programming 2, §4.2.2.

/// A sum of two numbers, the second at most half a unit in the last place of the first.
#[derive(Clone, Copy)]
pub(super) struct Parts {
    pub high: f64,
    pub low: f64,
}

impl Parts {
    #[inline(always)]
    pub(super) const fn new(high: f64, low: f64) -> Parts {
        Parts { high, low }
    }
}

/// a + b and what rounding lost.
#[inline(always)]
pub(super) fn sum(a: f64, b: f64) -> Parts {
    let high = a + b;
    let b_part = high - a;
    Parts::new(high, (a - (high - b_part)) + (b - b_part))
}

/// a + b and what rounding lost, for |a| ≥ |b| or a = 0.
#[inline(always)]
pub(super) fn sum_of_sorted(a: f64, b: f64) -> Parts {
    let high = a + b;
    Parts::new(high, (a - high) + b)
}

/// a · b and what rounding lost.
#[inline(always)]
pub(super) fn product(a: f64, b: f64) -> Parts {
    let high = a * b;
    Parts::new(high, a.mul_add(b, -high))
}

/// The quotient, precise to about 100 bits.
#[inline(always)]
pub(super) fn quotient(a: Parts, b: Parts) -> Parts {
    let inverse = 1.0 / b.high;
    let high = a.high * inverse;
    let rest = (-high).mul_add(b.high, a.high); // exact
    let rest = (-high).mul_add(b.low, rest + a.low);
    sum_of_sorted(high, rest * inverse)
}
