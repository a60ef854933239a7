//! Functions in plain arithmetic, for exported source that has no standard library. Each part between two marks goes into the
//! exported file as it stands here, when it is needed.
#![allow(dead_code)]

// [floor]
/// The largest whole number that is not above x.
pub(crate) fn floor(x: f64) -> f64 {
    // Beyond 2⁵² there are no fractions.
    if x.is_nan() || x >= 4503599627370496.0 || x <= -4503599627370496.0 {
        return x;
    }
    let whole = x as i64 as f64;
    if whole > x { whole - 1.0 } else { whole }
}

// [exp]
/// eˣ = 2ᵏ eʳ with |r| ≤ ½ ln 2, and eʳ by its series.
pub(crate) fn exp(x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    if x > 709.782712893384 {
        return f64::INFINITY;
    }
    if x < -745.2 {
        return 0.0;
    }
    let k = floor(x * core::f64::consts::LOG2_E + 0.5);
    // ln 2 in two parts, so that k ln 2 is exact in the first.
    let r = (x - k * 6.931_471_803_691_238e-1) - k * 1.908_214_929_270_587_7e-10;
    let mut sum = 1.0;
    let mut n = 14.0;
    while n > 0.0 {
        sum = 1.0 + r * sum / n;
        n -= 1.0;
    }
    let power = |k: i64| f64::from_bits(((k + 1023) as u64) << 52);
    let half = (k / 2.0) as i64;
    sum * power(half) * power(k as i64 - half)
}

// [ln]
/// The natural logarithm: ln(2ᵉ m) = e ln 2 + 2 artanh((m − 1) / (m + 1)) with m near 1. For normal numbers above 0.
pub(crate) fn ln(x: f64) -> f64 {
    let bits = x.to_bits();
    let mut exponent = ((bits >> 52) as i64 - 1023) as f64;
    let mut m = f64::from_bits((bits & 0x000f_ffff_ffff_ffff) | 0x3ff0_0000_0000_0000);
    if m > core::f64::consts::SQRT_2 {
        m *= 0.5;
        exponent += 1.0;
    }
    let s = (m - 1.0) / (m + 1.0);
    let mut sum = 0.0;
    let mut n = 29.0;
    while n > 0.0 {
        sum = 1.0 / n + s * s * sum;
        n -= 2.0;
    }
    exponent * core::f64::consts::LN_2 + 2.0 * s * sum
}

// [tanh]
/// The hyperbolic tangent, 1 − 2 / (e²ˣ + 1).
pub(crate) fn tanh(x: f64) -> f64 {
    if x < 0.0 {
        return -tanh(-x);
    }
    if x < 1e-4 {
        return x - x * x * x / 3.0;
    }
    1.0 - 2.0 / (exp(2.0 * x) + 1.0)
}

// [sigmoid]
/// 1 / (1 + e⁻ˣ).
pub(crate) fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + exp(-x))
}

// [sin]
/// The sine by its series, whole turns taken off.
pub(crate) fn sin(x: f64) -> f64 {
    let turns = floor(x / core::f64::consts::TAU + 0.5);
    let r = (x - turns * core::f64::consts::TAU) - turns * 2.449_293_598_294_706_4e-16;
    let (mut sum, mut n) = (1.0, 28.0);
    while n > 0.0 {
        sum = 1.0 - r * r * sum / (n * (n + 1.0));
        n -= 2.0;
    }
    r * sum
}

// [erf]
/// The error function, 2/√π e^(−x²) Σ 2ⁿ x²ⁿ⁺¹ / (1·3·…·(2n+1)). Source: Abramowitz and Stegun, 7.1.6.
pub(crate) fn erf(x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    if x < 0.0 {
        return -erf(-x);
    }
    if x > 6.0 {
        return 1.0;
    }
    let mut term = x;
    let mut sum = x;
    let mut n = 1.0;
    while term > sum * 1e-17 {
        term *= 2.0 * x * x / (2.0 * n + 1.0);
        sum += term;
        n += 1.0;
    }
    core::f64::consts::FRAC_2_SQRT_PI * exp(-x * x) * sum
}

// [end]
#[cfg(test)]
mod tests {
    use super::*;

    fn near(name: &str, own: fn(f64) -> f64, known: fn(f64) -> f64, from: f64, to: f64) {
        for step in 0..=4000 {
            let x = from + (to - from) * f64::from(step) / 4000.0;
            let (own, known) = (own(x), known(x));
            let error = (own - known).abs() / known.abs().max(1.0);
            assert!(error < 4e-15 || own == known, "{name}({x}) = {own}, not {known}");
        }
    }

    #[test]
    fn plain_functions_are_those_of_the_standard_library() {
        near("floor", floor, f64::floor, -50.0, 50.0);
        near("floor", floor, f64::floor, -1e17, 1e17);
        near("exp", exp, f64::exp, -40.0, 5.0);
        near("ln", ln, f64::ln, 0.01, 40.0);
        near("tanh", tanh, f64::tanh, -30.0, 30.0);
        near("tanh", tanh, f64::tanh, -0.001, 0.001);
        near("sin", sin, f64::sin, -9.0, 9.0);
        for (x, y) in [
            (0.5, 0.520_499_877_813_046_5),
            (1.0, 0.842_700_792_949_714_9),
            (-3.0, -0.999_977_909_503_001_5),
        ] {
            assert!((erf(x) - y).abs() < 4e-16, "erf({x}) = {}", erf(x));
        }
        for (x, y) in [
            (800.0, f64::INFINITY),
            (-800.0, 0.0),
            (0.0, 1.0),
            (709.0, 709f64.exp()),
            (-740.0, (-740f64).exp()),
        ] {
            let error = (exp(x) - y).abs() / y.max(1e-300);
            assert!(exp(x) == y || error < 1e-13, "exp({x}) = {}", exp(x));
        }
        assert!(exp(f64::NAN).is_nan() && erf(f64::NAN).is_nan() && floor(f64::NAN).is_nan());
        assert_eq!((tanh(1e300), erf(-1e300), sigmoid(-1e300)), (1.0, -1.0, 0.0));
    }
}
