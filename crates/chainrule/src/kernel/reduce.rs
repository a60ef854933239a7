//! Sums in a fixed order, so that the same numbers give the same bits on every machine.
//!
//! The order: up to [`LANES`] numbers are added one after the other, as anyone would. More are taken in runs of
//! [`RUN`]; in a run, number i is added to partial sum i mod [`LANES`], and the partial sums are added in pairs, half of
//! them to the other half. The sums of the runs are added in pairs as well:
//! the first to the second, those to the next two, as a binary counter carries. So the error grows with the logarithm
//! of the length, not with the length (Higham, The Accuracy of Floating Point Summation, 1993), and vector
//! instructions have work to do side by side.
//!
//! The functions here are meant to be called inside [`run`](super::instructions::run).

use std::ops::{Add, Range};

/// How many partial sums a run has.
const LANES: usize = 16;

/// How many numbers a run has.
const RUN: usize = 128;

/// The sum of all numbers, which are added where they lie.
#[inline(always)]
pub(crate) fn sum<T: Copy + Default + Add<Output = T>>(x: &[T]) -> T {
    tree(
        x.len(),
        #[inline(always)]
        |cells| sum_of_run(&x[cells]),
    )
}

/// The sum of `f` of all numbers.
#[inline(always)]
pub(crate) fn sum_of<T: Copy + Default + Add<Output = T>>(x: &[T], f: impl Fn(T) -> T) -> T {
    sum_of_pairs(
        x,
        x,
        #[inline(always)]
        |x, _| f(x),
    )
}

/// The sum of `f` of pairs of numbers; of as many as the shorter slice has.
#[inline(always)]
pub(crate) fn sum_of_pairs<T: Copy + Default + Add<Output = T>>(a: &[T], b: &[T], f: impl Fn(T, T) -> T) -> T {
    tree(
        a.len().min(b.len()),
        #[inline(always)]
        |cells| {
            let (a, b, mut y) = (&a[cells.clone()], &b[cells], [T::default(); RUN]);
            let y = &mut y[..a.len()];
            for ((y, &a), &b) in y.iter_mut().zip(a).zip(b) {
                *y = f(a, b);
            }
            sum_of_run(y)
        },
    )
}

/// The best of some numbers, where `better(best, x)` gives one of its two numbers; `start` when there are none.
#[inline(always)]
pub(crate) fn best<T: Copy>(start: T, x: &[T], better: impl Fn(T, T) -> T) -> T {
    if x.len() <= LANES {
        return x.iter().fold(start, |best, &x| better(best, x));
    }
    let mut lanes = [start; LANES];
    let (chunks, rest) = x.as_chunks::<LANES>();
    for chunk in chunks {
        for (lane, &x) in lanes.iter_mut().zip(chunk) {
            *lane = better(*lane, x);
        }
    }
    for (lane, &x) in lanes.iter_mut().zip(rest) {
        *lane = better(*lane, x);
    }
    let mut best = start;
    for lane in lanes {
        best = better(best, lane);
    }
    best
}

/// The sum of a run of up to [`RUN`] numbers.
#[inline(always)]
fn sum_of_run<T: Copy + Default + Add<Output = T>>(x: &[T]) -> T {
    if x.len() <= LANES {
        return x.iter().fold(T::default(), |sum, &x| sum + x);
    }
    let mut lanes = [T::default(); LANES];
    let (chunks, rest) = x.as_chunks::<LANES>();
    for chunk in chunks {
        for (lane, &x) in lanes.iter_mut().zip(chunk) {
            *lane = *lane + x;
        }
    }
    for (lane, &x) in lanes.iter_mut().zip(rest) {
        *lane = *lane + x;
    }
    let mut half = LANES / 2;
    while half > 0 {
        for i in 0..half {
            lanes[i] = lanes[i] + lanes[i + half];
        }
        half /= 2;
    }
    lanes[0]
}

/// The sum of the sums of all runs.
#[inline(always)]
fn tree<T: Copy + Default + Add<Output = T>>(count: usize, sum_of_run: impl Fn(Range<usize>) -> T) -> T {
    /// As many as a `usize` has bits: the sums that wait for another of as many runs.
    const LEVELS: usize = usize::BITS as usize;
    if count <= RUN {
        return sum_of_run(0..count);
    }
    let mut waiting = [T::default(); LEVELS];
    let runs = count.div_ceil(RUN);
    for i in 0..runs {
        let mut sum = sum_of_run(i * RUN..count.min((i + 1) * RUN));
        let full = (i + 1).trailing_zeros() as usize;
        for smaller in &waiting[..full] {
            sum = *smaller + sum;
        }
        waiting[full] = sum;
    }
    let mut total = T::default();
    for (level, sum) in waiting.iter().enumerate() {
        if (runs >> level) & 1 == 1 {
            total = *sum + total;
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{instructions::InstructionSet, placed::Placed};

    #[test]
    #[cfg_attr(miri, ignore)]
    fn a_long_sum_in_f32_stays_precise() {
        let numbers = vec![0.1f32; 1 << 20];
        let exact = 0.1f32 as f64 * numbers.len() as f64;
        assert!((sum(&numbers) as f64 - exact).abs() / exact < 1e-6);
    }

    /// The documented order, written down as recursion.
    fn as_documented(x: &[f64]) -> f64 {
        let run = |x: &[f64]| {
            if x.len() <= 16 {
                return x.iter().fold(0.0, |sum, x| sum + x);
            }
            let mut lanes: Vec<f64> = (0..16)
                .map(|k| x.iter().skip(k).step_by(16).sum::<f64>() + 0.0)
                .collect();
            while lanes.len() > 1 {
                let (a, b) = lanes.split_at(lanes.len() / 2);
                lanes = a.iter().zip(b).map(|(a, b)| a + b).collect();
            }
            lanes[0]
        };
        if x.len() <= 128 {
            return run(x);
        }
        // The largest power of two of whole runs that leaves something comes first.
        let runs = x.len().div_ceil(128);
        let first = 1 << (usize::BITS - 1 - (runs - 1).leading_zeros());
        let (a, b) = x.split_at(first * 128);
        as_documented(a) + as_documented(b)
    }

    #[test]
    #[cfg_attr(miri, ignore)]
    fn sums_keep_the_documented_order_on_every_instruction_set() {
        let x: Vec<f64> = (0..3000).map(|i| (i as f64 * 0.7).sin() * 10f64.powi(i % 9)).collect();
        for count in (0..300).chain([383, 384, 385, 511, 512, 513, 1000, 2048, 2999]) {
            // Numbers whose memory ends with them, at any distance from a line of the cache.
            let (placed, x) = (Placed::new(&x[..count], count % 9, f64::NAN), &x[..count]);
            let squares: Vec<f64> = x.iter().map(|x| x * x).collect();
            let halves: Vec<f32> = x.iter().map(|&x| x as f32).collect();
            let (x, halves) = (placed.numbers(), halves.into_boxed_slice());
            let narrow = sum(&halves).to_bits();
            for set in InstructionSet::available() {
                let results = set.run(
                    #[inline(always)]
                    || {
                        (
                            sum(x),
                            sum_of(x, |x| x * x),
                            sum_of_pairs(x, x, |a, b| a * b),
                            sum(&halves),
                        )
                    },
                );
                let name = set.name();
                assert_eq!(
                    results.0.to_bits(),
                    as_documented(x).to_bits(),
                    "{count} numbers, {name}"
                );
                assert_eq!(
                    results.1.to_bits(),
                    as_documented(&squares).to_bits(),
                    "{count} numbers, {name}"
                );
                assert_eq!(results.2.to_bits(), results.1.to_bits(), "{count} numbers, {name}");
                assert_eq!(results.3.to_bits(), narrow, "{count} numbers, {name}");
                let larger = |a: f64, b: f64| if b > a { b } else { a };
                let expected = x.iter().copied().fold(f64::NEG_INFINITY, larger);
                assert_eq!(set.run(|| best(f64::NEG_INFINITY, x, larger)), expected);
            }
        }
    }
}
