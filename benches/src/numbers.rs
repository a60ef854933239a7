//! Numbers that every program of the comparison makes for itself, to the bit: SplitMix64 by position.

/// The stream of the inputs.
pub const INPUTS: u64 = 1;
/// The stream of the answers.
pub const ANSWERS: u64 = 2;
/// The stream of the first layer's weights; its biases are the next one, then comes the second layer.
pub const WEIGHTS: u64 = 10;

/// How many steps are done before the loss is compared.
pub const CHECKED_STEPS: usize = 20;

/// Number `i` of a stream, well mixed. Source: Steele, Lea and Flood, SplitMix (2014).
pub fn bits(stream: u64, i: usize) -> u64 {
    let z = (stream << 32).wrapping_add((i as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Number `i` of a stream in [0, 1), a multiple of 2⁻²⁴, so that f32 and f64 hold the same.
pub fn unit(stream: u64, i: usize) -> f64 {
    (bits(stream, i) >> 40) as f64 / 16_777_216.0
}

/// Number `i` of a stream in [−1, 1).
pub fn signed(stream: u64, i: usize) -> f64 {
    2.0 * unit(stream, i) - 1.0
}

/// A layer's weights, `[inputs, outputs]`, and biases, uniform in ±1/√inputs.
pub fn layer(place: usize, inputs: usize, outputs: usize) -> (Vec<f64>, Vec<f64>) {
    let (stream, scale) = (WEIGHTS + 2 * place as u64, (inputs as f64).sqrt());
    let numbers = |stream, count| (0..count).map(|i| signed(stream, i) / scale).collect();
    (numbers(stream, inputs * outputs), numbers(stream + 1, outputs))
}

/// Rows of inputs in [−1, 1), row-major.
pub fn inputs(rows: usize, features: usize) -> Vec<f64> {
    (0..rows * features).map(|i| signed(INPUTS, i)).collect()
}

/// Rows with classes: the second half repeats the inputs of the first with other classes, so that no training ever fits
/// them and every step works on numbers of ordinary size.
pub fn classification(rows: usize, features: usize, classes: usize) -> (Vec<f64>, Vec<usize>) {
    let half = rows / 2;
    let x = inputs(half, features).repeat(2);
    let first = (0..half).map(|i| (unit(ANSWERS, i) * classes as f64) as usize);
    let second = (0..half).map(|i| ((unit(ANSWERS, i) * classes as f64) as usize + 1) % classes);
    (x, first.chain(second).collect())
}

/// The same numbers in single precision.
pub fn singles(numbers: &[f64]) -> Vec<f32> {
    numbers.iter().map(|&number| number as f32).collect()
}
