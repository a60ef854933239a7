//! Numbers as sentences and formulas have them.

/// A number with so many digits that say something, trailing zeros as well.
pub(crate) fn rounded(number: f64, digits: usize) -> String {
    if number == 0.0 || !number.is_finite() {
        return number.to_string();
    }
    let before = number.abs().log10().floor() as i32 + 1;
    match before {
        -3..=9 => format!("{number:.*}", (digits as i32 - before).max(0) as usize),
        _ => format!("{number:.*e}", digits.saturating_sub(1)),
    }
}
