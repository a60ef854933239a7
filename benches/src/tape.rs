//! W7: the calculation of many single numbers whose gradient is asked for.
//!
//! Two nodes at a time: `a = a + v · w`, with the small factors w in turn from sixteen leaves. In the chained graph v is
//! the sum of eight steps before, in the random one any sum so far. The factors are so small that neither values nor
//! gradients fade or explode.

use crate::numbers::{bits, signed};

/// How many factors there are, and as many first numbers.
pub const LEAVES: usize = 16;

/// The factors.
pub fn factors() -> [f64; LEAVES] {
    std::array::from_fn(|k| 1e-6 * signed(20, k))
}

/// The first numbers that are multiplied, before there are sums.
pub fn starts() -> [f64; LEAVES] {
    std::array::from_fn(|k| signed(22, k))
}

/// Which number is multiplied at each of so many steps: its place among the starts and all sums so far.
pub fn places(steps: usize, random: bool) -> Vec<u32> {
    let place = |step: usize| match random {
        true => (bits(23, step) % (LEAVES + step) as u64) as usize,
        false => LEAVES + step - 8,
    };
    (0..steps).map(|step| place(step) as u32).collect()
}
