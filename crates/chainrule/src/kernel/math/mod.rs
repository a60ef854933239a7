//! Functions of one number: eˣ, ln x and what is built from them.
//!
//! Each is straight-line code without tables or branches, so that the compiler can compute many at once (see
//! [`instructions`](super::instructions)); one number or a slice, any instruction set: the same bits. NaN gives NaN.
//!
//! - `double.rs`: f64, with the last part of each sum kept in a second number, so that nearly every result is the
//!   number nearest to the true one.
//! - `single.rs`: f32, computed in f64 and rounded once.

pub(crate) mod double;
mod parts;
pub(crate) mod single;
#[cfg(test)]
mod tests;

pub(crate) use libm::{erfc, erfcf};

/// Adding this to a number up to 2⁵¹ in size rounds it to the nearest whole number, which then stands in the last bits.
const ROUNDER: f64 = 6755399441055744.0; // 1.5 · 2⁵²

/// The whole number nearest to x, as a number and as an integer; x up to 2⁵¹ in size.
#[inline(always)]
fn nearest(x: f64) -> (f64, i64) {
    let shifted = x + ROUNDER;
    let whole = shifted.to_bits().wrapping_sub(ROUNDER.to_bits());
    (shifted - ROUNDER, whole as i64)
}

/// An integer up to 2⁵¹ in size as a number: what `as f64` does, for which AVX2 has no instruction.
#[inline(always)]
fn number(whole: i64) -> f64 {
    f64::from_bits(ROUNDER.to_bits().wrapping_add(whole as u64)) - ROUNDER
}

/// 2ᵏ for k from −1022 to 1023.
#[inline(always)]
fn power_of_two(k: i64) -> f64 {
    f64::from_bits((k.wrapping_add(1023) as u64) << 52)
}

/// x = 2ᵏ m with m from √½ to √2, for a positive normal x: k and m.
#[inline(always)]
fn split(x: f64) -> (i64, f64) {
    const BELOW_ROOT: u64 = 0x3fe6_a09e_667f_3bcd; // √½
    // With 1024 · 2⁵² on top the difference is positive, and a shift of bits divides it.
    let steps = x.to_bits().wrapping_sub(BELOW_ROOT).wrapping_add(1 << 62) >> 52;
    let k = (steps as i64).wrapping_sub(1024);
    (k, f64::from_bits(x.to_bits().wrapping_sub((k as u64) << 52)))
}

/// A polynomial with the first factor for the highest power, `((a x + b) x + c) …`.
#[inline(always)]
fn polynomial<const N: usize>(x: f64, factors: [f64; N]) -> f64 {
    let mut sum = factors[0];
    for i in 1..N {
        sum = sum.mul_add(x, factors[i]);
    }
    sum
}

/// `y`, the logarithm as computed for positive numbers, or what it is elsewhere.
#[inline(always)]
fn logarithm_or_limit(argument: f64, y: f64) -> f64 {
    let y = if argument < f64::INFINITY { y } else { argument };
    let y = if argument == 0.0 { f64::NEG_INFINITY } else { y };
    if argument < 0.0 { f64::NAN } else { y }
}
