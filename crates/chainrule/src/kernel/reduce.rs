//! Sums in a fixed order, so that the same numbers give the same bits.

use std::ops::Add;

/// How many numbers are added one after the other before the tree begins.
const LEAF: usize = 128;

/// The sum of a slice as a fixed binary tree over runs of at most 128 numbers: the error grows with the
/// logarithm of the length, not with the length (Higham, 1993).
pub(crate) fn sum<T: Copy + Default + Add<Output = T>>(numbers: &[T]) -> T {
    if numbers.len() <= LEAF {
        return numbers.iter().fold(T::default(), |sum, &x| sum + x);
    }
    let half = (numbers.len() / 2).next_multiple_of(LEAF);
    let (left, right) = numbers.split_at(half.min(numbers.len() - 1));
    sum(left) + sum(right)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_long_sum_in_f32_stays_precise() {
        let numbers = vec![0.1f32; 1 << 20];
        let exact = 0.1f32 as f64 * numbers.len() as f64;
        assert!((super::sum(&numbers) as f64 - exact).abs() / exact < 1e-6);
    }
}
