//! What lists of numbers have in common.

/// The mean; NaN of no numbers.
pub(crate) fn mean(numbers: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = numbers.len() as f64;
    numbers.sum::<f64>() / count
}

/// The population standard deviation, numpy's `std`.
pub(crate) fn standard_deviation(numbers: &[f64]) -> f64 {
    let middle = mean(numbers.iter().copied());
    mean(numbers.iter().map(|number| (number - middle).powi(2))).sqrt()
}

/// The number below which this share of the sorted numbers lies, with a straight line between neighbors, as numpy's
/// `quantile` has it.
pub(crate) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len().max(1) - 1) as f64;
    let (below, part) = (place.floor() as usize, place.fract());
    match (sorted.get(below), sorted.get(below + 1)) {
        (Some(low), Some(high)) => low + (high - low) * part,
        (Some(low), None) => *low,
        _ => f64::NAN,
    }
}

/// `0, 1, 2, …`, such as the epochs to draw losses over.
pub(crate) fn numbered(count: usize) -> Vec<f64> {
    (0..count).map(|number| number as f64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Figures of numpy 2.4: mean, std and quantile of [1, 2, 4, 9].
    #[test]
    fn they_are_numpys() {
        let numbers = [1.0, 2.0, 4.0, 9.0];
        assert_eq!(mean(numbers.into_iter()), 4.0);
        assert_eq!(standard_deviation(&numbers), 3.082207001484488);
        assert_eq!(
            [0.0, 0.25, 0.5, 0.9, 1.0].map(|share| quantile(&numbers, share)),
            [1.0, 1.75, 3.0, 7.500000000000001, 9.0]
        );
        assert!(quantile(&[], 0.5).is_nan());
    }
}
