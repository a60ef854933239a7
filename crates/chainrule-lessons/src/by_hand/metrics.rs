//! How good predictions are, to the last digit of numpy and scikit-learn.

/// `√ mean (y − p)²`, summed in numpy's order.
pub(super) fn rmse(y: &[f64], predictions: &[f64]) -> f64 {
    (sum_of_squares(y, predictions) / y.len() as f64).sqrt()
}

/// `1 − Σ (y − p)² / Σ (y − mean y)²`, summed in numpy's order.
pub(super) fn r2(y: &[f64], predictions: &[f64]) -> f64 {
    let mean = numpy_sum(y) / y.len() as f64;
    1.0 - sum_of_squares(y, predictions) / sum_of_squares(y, &vec![mean; y.len()])
}

fn sum_of_squares(y: &[f64], predictions: &[f64]) -> f64 {
    let errors = y.iter().zip(predictions).map(|(y, prediction)| y - prediction);
    let squares: Vec<f64> = errors.map(|error| error * error).collect();
    numpy_sum(&squares)
}

/// Pairwise summation as numpy has it: eight running sums in blocks of up to 128 numbers, and halves above.
///
/// The order of a sum decides its last digit; so the printed errors come out only in this one.
fn numpy_sum(numbers: &[f64]) -> f64 {
    const LANES: usize = 8;
    const BLOCK: usize = 128;
    if numbers.len() > BLOCK {
        let half = numbers.len() / 2;
        let (left, right) = numbers.split_at(half - half % LANES);
        return numpy_sum(left) + numpy_sum(right);
    }
    let mut eights = numbers.chunks_exact(LANES);
    let mut lanes: Option<[f64; LANES]> = None;
    for eight in &mut eights {
        lanes = Some(match lanes {
            None => std::array::from_fn(|i| eight[i]),
            Some(lanes) => std::array::from_fn(|i| lanes[i] + eight[i]),
        });
    }
    let sum = lanes.map_or(0.0, |[a, b, c, d, e, f, g, h]| {
        ((a + b) + (c + d)) + ((e + f) + (g + h))
    });
    eights.remainder().iter().fold(sum, |sum, number| sum + number)
}
