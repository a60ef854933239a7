//! Derivatives measured: move the input a little, see how far the output moves.

use crate::error::Result;

/// `(f(x + h) − f(x)) / h`.
pub(crate) fn forward(f: impl Fn(f64) -> Result<f64>, x: f64, h: f64) -> Result<f64> {
    Ok((f(x + h)? - f(x)?) / h)
}

/// `(f(x + h) − f(x − h)) / 2h`: the errors of both sides cancel.
pub(crate) fn central(f: impl Fn(f64) -> Result<f64>, x: f64, h: f64) -> Result<f64> {
    Ok((f(x + h)? - f(x - h)?) / (2.0 * h))
}

/// The same for each of several numbers, the others staying where they are.
pub(crate) fn gradient<const N: usize>(f: impl Fn(&[f64; N]) -> f64, at: &[f64; N], h: f64) -> [f64; N] {
    std::array::from_fn(|i| {
        let moved = |by: f64| {
            let mut moved = *at;
            moved[i] += by;
            f(&moved)
        };
        (moved(h) - moved(-h)) / (2.0 * h)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_parabola_only_the_central_difference_is_exact() {
        let square = |x: f64| Ok(x * x);
        assert_eq!(forward(square, 3.0, 0.5).unwrap(), 6.5);
        assert_eq!(central(square, 3.0, 0.5).unwrap(), 6.0);
        assert_eq!(gradient(|[x, y]| x * x * y, &[3.0, 2.0], 0.5), [12.0, 9.0]);
    }
}
