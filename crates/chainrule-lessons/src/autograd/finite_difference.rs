//! Derivatives measured: move the input a little, see how far the output moves.

use crate::error::Result;

/// `(f(x + h) − f(x)) / h`.
pub(super) fn forward(f: impl Fn(f64) -> Result<f64>, x: f64, h: f64) -> Result<f64> {
    Ok((f(x + h)? - f(x)?) / h)
}

/// `(f(x + h) − f(x − h)) / 2h` with h = 10⁻⁵: the errors of both sides cancel.
pub(super) fn central(f: impl Fn(f64) -> Result<f64>, x: f64) -> Result<f64> {
    const H: f64 = 1e-5;
    Ok((f(x + H)? - f(x - H)?) / (2.0 * H))
}
