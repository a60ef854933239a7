//! How a number is written, in one place: everything a reader of a picture sees goes through here.

/// A number for a node of a computation graph: four decimals, as micrograd prints them.
///
/// Numbers that four decimals would hide or drown (`1.2e-9`, `3.457e12`) are written with an exponent,
/// so that only a true zero reads `0.0000`.
///
/// ```
/// use chainrule_picture::number::decimals;
/// assert_eq!(decimals(-3.0), "-3.0000");
/// assert_eq!(decimals(1.2e-9), "1.2e-9");
/// assert_eq!(decimals(0.0), "0.0000");
/// ```
pub fn decimals(value: f64) -> String {
    let size = value.abs();
    if !value.is_finite() {
        special(value)
    } else if size == 0.0 {
        "0.0000".to_string() // never "-0.0000"; `exact` tells the two zeros apart
    } else if size < 1e-3 {
        format!("{value:.1e}")
    } else if size < 1e6 {
        format!("{value:.4}")
    } else {
        format!("{value:.3e}")
    }
}

/// A number with three significant digits, for places where many stand side by side.
///
/// ```
/// use chainrule_picture::number::brief;
/// assert_eq!(brief(0.12345), "0.123");
/// assert_eq!(brief(-12.0), "-12");
/// assert_eq!(brief(1e-9), "1e-9");
/// ```
pub fn brief(value: f64) -> String {
    let size = value.abs();
    if !value.is_finite() {
        return special(value);
    }
    if size == 0.0 {
        return "0".to_string();
    }
    if !(1e-3..1e6).contains(&size) {
        return scientific(value, 2);
    }
    let digits = 2 - size.log10().floor() as i32;
    trim_zeros(&format!("{value:.*}", digits.clamp(0, 6) as usize))
}

/// A number in full: the shortest text that reads back as the same bits. For tooltips.
pub fn exact(value: f64) -> String {
    if value.is_finite() {
        format!("{value:?}")
    } else {
        special(value)
    }
}

/// A count with its thousands marked: `4,312`.
///
/// ```
/// assert_eq!(chainrule_picture::number::count(1_234_567), "1,234,567");
/// ```
pub fn count(count: usize) -> String {
    group_thousands(&count.to_string())
}

/// `count` of something, in the singular or the plural: `1 point`, `2 points`.
pub(crate) fn counted(number: usize, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", count(number))
}

/// A real minus sign for text that is looked at; files such as DOT keep the ASCII hyphen.
pub(crate) fn typographic(text: &str) -> String {
    text.replace('-', "\u{2212}")
}

/// A coordinate in an SVG: a tenth of a pixel is finer than anyone sees.
///
/// Layout never produces anything but finite numbers; the zero is a second lock, since one `NaN` in a path
/// makes a browser drop the path.
pub(crate) fn coordinate(value: f64) -> String {
    if !value.is_finite() {
        return "0".to_string();
    }
    let text = trim_zeros(&format!("{value:.1}"));
    if text == "-0" { "0".to_string() } else { text }
}

/// An opacity or another number between 0 and 1.
pub(crate) fn ratio(value: f64) -> String {
    let value = if value.is_finite() { value.clamp(0.0, 1.0) } else { 0.0 };
    trim_zeros(&format!("{value:.2}"))
}

/// The label of a tick at `value` on a linear axis whose ticks are multiples of `10^exponent`.
///
/// `largest` is the largest absolute value on the axis: it decides for all ticks together whether they are
/// written out or with powers of ten.
pub(crate) fn tick(value: f64, exponent: i32, largest: f64) -> String {
    if value == 0.0 {
        return "0".to_string();
    }
    // Far from zero a power of ten would need as many digits again in front of it.
    let crowded = largest < 1e13 && largest.log10() - f64::from(exponent) > 6.0;
    if (1e-4..1e7).contains(&largest) || (largest >= 1e7 && crowded) {
        let places = (-exponent).clamp(0, 12) as usize;
        let text = format!("{value:.places$}");
        if text.trim_start_matches('-').chars().all(|c| c == '0' || c == '.') {
            return "0".to_string();
        }
        return typographic(&if value.abs() >= 1e4 {
            group_thousands(&text)
        } else {
            text
        });
    }
    let digits = (value.abs().log10().floor() as i32 - exponent).clamp(0, 15);
    let text = scientific(value, digits as usize);
    match text.split_once('e') {
        Some((mantissa, power)) => format!("{}×10{}", typographic(mantissa), superscript(power)),
        None => typographic(&text),
    }
}

/// The label of the tick at `10^power` on a logarithmic axis.
pub(crate) fn power_of_ten(power: i32) -> String {
    match power {
        0..=5 => count(10usize.pow(power as u32)),
        -4..=-1 => format!("{:.*}", -power as usize, 10f64.powi(power)),
        _ => format!("10{}", superscript(&power.to_string())),
    }
}

fn special(value: f64) -> String {
    if value.is_nan() {
        "NaN".to_string()
    } else if value > 0.0 {
        "inf".to_string()
    } else {
        "-inf".to_string()
    }
}

/// `mantissa e exponent` with at most `digits` decimals and no trailing zeros.
fn scientific(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$e}");
    match text.split_once('e') {
        Some((mantissa, power)) => format!("{}e{power}", trim_zeros(mantissa)),
        None => text,
    }
}

fn trim_zeros(text: &str) -> String {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_string()
    } else {
        text.to_string()
    }
}

fn superscript(power: &str) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    power
        .chars()
        .map(|c| match c.to_digit(10) {
            Some(digit) => DIGITS[digit as usize],
            None => '⁻',
        })
        .collect()
}

/// Commas between the thousands of the whole part of a plain decimal number.
fn group_thousands(text: &str) -> String {
    let (whole, fraction) = match text.find('.') {
        Some(point) => text.split_at(point),
        None => (text, ""),
    };
    let (sign, digits) = match whole.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", whole),
    };
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_zero_reads_as_zero() {
        assert_eq!(decimals(-0.0), "0.0000");
        assert_eq!(decimals(4e-5), "4.0e-5");
        assert_eq!(decimals(0.0012), "0.0012");
        assert_eq!(decimals(123456.7891), "123456.7891");
        assert_eq!(decimals(1e300), "1.000e300");
        assert_eq!(decimals(f64::NAN), "NaN");
        assert_eq!(decimals(f64::NEG_INFINITY), "-inf");
    }

    #[test]
    fn exact_reads_back() {
        for value in [0.1 + 0.2, -0.0, 5e-324, f64::MAX] {
            assert_eq!(exact(value).parse::<f64>().unwrap().to_bits(), value.to_bits());
        }
    }

    #[test]
    fn ticks_share_their_decimals() {
        assert_eq!(tick(0.5, -1, 1.0), "0.5");
        assert_eq!(tick(1.0, -1, 1.0), "1.0");
        assert_eq!(tick(-20000.0, 4, 40000.0), "−20,000");
        assert_eq!(tick(2.5e-9, -10, 3e-9), "2.5×10⁻⁹");
        assert_eq!(tick(1e300, 299, 1e300), "1×10³⁰⁰");
        assert_eq!(power_of_ten(-3), "0.001");
        assert_eq!(power_of_ten(-7), "10⁻⁷");
        assert_eq!(power_of_ten(4), "10,000");
    }

    #[test]
    fn coordinates_are_always_numbers() {
        assert_eq!(coordinate(f64::NAN), "0");
        assert_eq!(coordinate(-0.01), "0");
        assert_eq!(coordinate(12.34), "12.3");
        assert_eq!(ratio(f64::INFINITY), "0");
    }
}
