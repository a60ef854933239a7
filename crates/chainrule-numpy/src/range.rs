//! Evenly spaced numbers, with numpy's rounding.

use crate::error::{Error, Result, cells};

/// `count` evenly spaced numbers from `start` to `stop`, both included: numpy's `linspace(start, stop, count)`.
///
/// The step is computed first; the last number is set to `stop`. Fails where the count is beyond what can be held.
///
/// ```
/// # fn main() -> chainrule_numpy::Result<()> {
/// assert_eq!(chainrule_numpy::linspace(-5.0, 5.0, 5)?, [-5.0, -2.5, 0.0, 2.5, 5.0]);
/// # Ok(())
/// # }
/// ```
pub fn linspace(start: f64, stop: f64, count: usize) -> Result<Vec<f64>> {
    let mut numbers = spaced(start, stop, count, count.saturating_sub(1))?;
    if let [_, .., last] = numbers.as_mut_slice() {
        *last = stop;
    }
    Ok(numbers)
}

/// `count` evenly spaced numbers from `start` to before `stop`: numpy's `linspace(start, stop, count, endpoint=False)`.
///
/// Fails where the count is beyond what can be held.
///
/// ```
/// # fn main() -> chainrule_numpy::Result<()> {
/// assert_eq!(chainrule_numpy::linspace_half_open(0.0, 1.0, 4)?, [0.0, 0.25, 0.5, 0.75]);
/// # Ok(())
/// # }
/// ```
pub fn linspace_half_open(start: f64, stop: f64, count: usize) -> Result<Vec<f64>> {
    spaced(start, stop, count, count)
}

fn spaced(start: f64, stop: f64, count: usize, steps: usize) -> Result<Vec<f64>> {
    cells(count, 1)?;
    let length = stop - start;
    let step = length / steps as f64;
    let number = |i: usize| {
        let i = i as f64;
        if steps == 0 {
            i * length + start
        } else if step == 0.0 {
            // Subnormal lengths: dividing first keeps what the step has lost.
            i / steps as f64 * length + start
        } else {
            i * step + start
        }
    };
    Ok((0..count).map(number).collect())
}

/// The numbers `start`, `start + step`, … before `stop`: numpy's `arange(start, stop, step)` of floats.
///
/// As in numpy, the step really taken is `(start + step) - start`, and rounding can let the last number reach `stop`.
/// Fails where the step is 0, where an end is not finite and where the numbers are more than can be held.
///
/// ```
/// # fn main() -> chainrule_numpy::Result<()> {
/// assert_eq!(chainrule_numpy::arange(0.0, 0.3, 0.1)?, [0.0, 0.1, 0.2]);
/// # Ok(())
/// # }
/// ```
pub fn arange(start: f64, stop: f64, step: f64) -> Result<Vec<f64>> {
    let length = stop - start;
    let count = length / step;
    if step == 0.0 || !length.is_finite() || step.is_nan() {
        return Err(Error::new(format!(
            "steps of {step} do not lead from {start} to {stop}: give finite ends and a step other than 0"
        )));
    }
    let count = if count == 0.0 && length != 0.0 {
        // A step far beyond the length: the quotient is too small to be told from 0.
        usize::from(count.is_sign_positive())
    } else {
        // The cast saturates, and the check below refuses what it cuts off.
        count.ceil().max(0.0) as usize
    };
    cells(count, 1)?;
    let second = start + step;
    let taken = second - start;
    Ok((0..count)
        .map(|i| match i {
            0 => start,
            1 => second,
            _ => start + i as f64 * taken,
        })
        .collect())
}
