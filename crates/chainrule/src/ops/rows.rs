//! The table of pointwise operations. To add one, add a row: doc with source, type, method, label, arguments, value,
//! gradient of each argument (`y` is the result, `g` its gradient), points to check at, kinks, and its role if it has one.

use super::{
    pointwise::{self, Num, Role, Row},
    table::{Table, is_simple, table},
};
use crate::{
    float::Float,
    graph::{Apply, Operand, Var},
};
use std::{
    any::TypeId,
    f64::consts::{FRAC_1_SQRT_2, PI},
    sync::Arc,
};

table! {
    /// Change of sign, `y = −x`. Source: calculus.
    Neg neg "−" (x) -> y = -x; g => -g; at [-2.0, 0.0, 1.5];

    /// Absolute value, `y = |x|`; subgradient 0 at 0, as PyTorch has it. Source: calculus.
    Abs abs "|·|" (x) -> y = Num(x.0.abs()); g => g * x.sign(); at [-2.0, 1.5]; kink [0.0];

    /// Sign, `y = −1, 0 or 1`; derivative 0. Source: numpy.sign.
    Sign sign "sign" (x) -> y = if x.above(0.0) { Num(T::ONE) } else if (-x).above(0.0) { Num(-T::ONE) } else { x };
        g => NoGradient; at [-2.0, 1.5]; kink [0.0];

    /// Exponential, `y = eˣ`. Source: calculus.
    Exp exp "exp" (x) -> y = Num(x.0.exp()); g => g * y; at [-2.0, 0.0, 1.5];

    /// Natural logarithm, `y = ln x`. Source: calculus.
    Ln ln "ln" (x) -> y = Num(x.0.ln()); g => g / x; at [0.3, 1.0, 3.0];

    /// Logarithm near one, `y = ln(1 + x)`, precise for small x. Source: C99 log1p.
    Ln1p ln_1p "log1p" (x) -> y = Num(x.0.ln_1p()); g => g / (1.0 + x); at [-0.5, 0.0, 3.0];

    /// Square root, `y = √x`. Source: calculus.
    Sqrt sqrt "√" (x) -> y = Num(x.0.sqrt()); g => g / (2.0 * y); at [0.3, 1.0, 4.0];

    /// Square, `y = x²`. Source: calculus.
    Square square "x²" (x) -> y = x * x; g => g * (2.0 * x); at [-2.0, 0.0, 1.5];

    /// Reciprocal, `y = 1/x`. Source: calculus.
    Recip recip "1/x" (x) -> y = 1.0 / x; g => -g * (y * y); at [-2.0, 0.5];

    /// Sine, `y = sin x`, x in radians. Source: calculus.
    Sin sin "sin" (x) -> y = Num(x.0.sin()); g => g * x.cos(); at [-2.0, 0.0, 0.7]; role Activation;

    /// Cosine, `y = cos x`, x in radians. Source: calculus.
    Cos cos "cos" (x) -> y = Num(x.0.cos()); g => -g * x.sin(); at [-2.0, 0.0, 0.7];

    /// Hyperbolic tangent, `y = tanh x`, in (−1, 1). Source: LeCun et al., Efficient BackProp (1998), §4.4.
    Tanh tanh "tanh" (x) -> y = Num(x.0.tanh()); g => g * (1.0 - y * y); at [-2.0, 0.0, 0.7]; role Activation;

    /// Logistic sigmoid, `y = 1 / (1 + e⁻ˣ)`, in (0, 1), without overflow for any x.
    /// Source: Rumelhart, Hinton and Williams, Learning representations by back-propagating errors (1986).
    Sigmoid sigmoid "σ" (x) -> y = {
            let e = (-x.abs()).exp();
            if x.above(0.0) { 1.0 / (1.0 + e) } else { e / (1.0 + e) }
        };
        g => g * (y * (1.0 - y)); at [-2.0, 0.0, 0.7]; role Activation;

    /// Rectified linear unit, `y = max(x, 0)`; subgradient 0 at 0, as PyTorch and JAX have it.
    /// Source: Nair and Hinton, Rectified Linear Units Improve Restricted Boltzmann Machines (2010).
    Relu relu "relu" (x) -> y = if (-x).above(0.0) { Num(T::ZERO) } else { x };
        g => x.step().select(g, 0.0); at [-2.0, 0.7]; kink [0.0]; role Activation;

    /// Leaky rectified linear unit, `y = x` above 0 and `slope · x` below; subgradient `slope` at 0, as PyTorch has it.
    /// Source: Maas, Hannun and Ng, Rectifier Nonlinearities Improve Neural Network Acoustic Models (2013).
    LeakyRelu { slope = 0.01 } leaky_relu "leaky_relu" (x) -> y = x.step().select(x, x * slope);
        g => g * x.step().select(1.0, slope); at [-2.0, 0.7]; kink [0.0]; role Activation;

    /// Exponential linear unit, `y = x` above 0 and `alpha · (eˣ − 1)` below; derivative `alpha` at 0.
    /// Source: Clevert, Unterthiner and Hochreiter, Fast and Accurate Deep Network Learning by ELUs (2016).
    Elu { alpha = 1.0 } elu "elu" (x) -> y = if x.above(0.0) { x } else { Num(x.0.exp_m1()) * alpha };
        g => g * x.step().select(1.0, alpha * (x - x.relu()).exp()); at [-2.0, -0.1, 0.7]; kink [0.0]; role Activation;

    /// Cumulative normal distribution, `y = Φ(x) = ½ erfc(−x/√2)`. Source: Abramowitz and Stegun, 26.2.29.
    NormalCdf normal_cdf "Φ" (x) -> y = 0.5 * Num((x * -FRAC_1_SQRT_2).0.erfc());
        g => g * ((x * x * -0.5).exp() * (0.5 / PI).sqrt()); at [-2.0, 0.0, 0.7];

    /// Gaussian error linear unit, `y = x Φ(x)`. Source: Hendrycks and Gimpel, Gaussian Error Linear Units (2016).
    Gelu gelu "gelu" (x) -> y = x * x.normal_cdf();
        g => g * (x.normal_cdf() + x * ((x * x * -0.5).exp() * (0.5 / PI).sqrt())); at [-2.0, 0.0, 0.7]; role Activation;

    /// Gaussian error linear unit by tanh, `y = ½ x (1 + tanh(√(2/π) (x + 0.044715 x³)))`.
    /// Source: Hendrycks and Gimpel, Gaussian Error Linear Units (2016), §2.
    GeluTanh gelu_tanh "gelu_tanh" (x) -> y = 0.5 * x * (1.0 + ((2.0 / PI).sqrt() * (x + 0.044715 * x * x * x)).tanh());
        g => g * {
            let c = x.clamp(-20.0, 20.0); // beyond, tanh is ±1 and its derivative 0 to the last bit
            let t = ((2.0 / PI).sqrt() * (c + 0.044715 * c * c * c)).tanh();
            0.5 * (1.0 + t) + 0.5 * c * (1.0 - t * t) * ((2.0 / PI).sqrt() * (1.0 + 0.134145 * c * c))
        }; at [-2.0, 0.0, 0.7]; role Activation;

    /// Sigmoid linear unit (swish), `y = x σ(x)`. Source: Elfwing, Uchibe and Doya, Sigmoid-Weighted Linear Units (2018).
    Silu silu "silu" (x) -> y = x * x.sigmoid();
        g => g * (x.sigmoid() * (1.0 + x * (1.0 - x.sigmoid()))); at [-2.0, 0.0, 0.7]; role Activation;

    /// Softplus, `y = ln(1 + eˣ)`, without overflow for any x.
    /// Source: Dugas et al., Incorporating Second-Order Functional Knowledge (2001).
    Softplus softplus "softplus" (x) -> y = x.relu() + (-x.abs()).exp().ln_1p(); g => g * x.sigmoid(); at [-2.0, 0.0, 0.7]; role Activation;

    /// Heaviside step, `y = 1` above 0, otherwise 0; derivative 0. Source: Oliver Heaviside.
    Heaviside step "step" (x) -> y = if x.above(0.0) { Num(T::ONE) } else if x.is_nan() { x } else { Num(T::ZERO) };
        g => NoGradient; at [-2.0, 0.7]; kink [0.0];

    /// Bounded to a range, `y = min(max(x, low), high)`; derivative 1 inside, 0 outside and at the bounds, as PyTorch 2.15 has it.
    /// Source: numpy.clip.
    Clamp { low = -1.0, high = 1.0 } clamp "clamp" (x) -> y = x.maximum(low).minimum(high);
        g => x.between(low, high).select(g, 0.0); at [-2.0, 0.7, 3.0]; kink [-1.0, 1.0];

    /// Whether inside a range, `y = 1` for `low < x < high`, otherwise 0; derivative 0. Source: set theory.
    Between { low = -1.0, high = 1.0 } between "between" (x) -> y = {
            let inside = x.above(low) && (-x).above(-high);
            if inside { Num(T::ONE) } else if x.is_nan() { x } else { Num(T::ZERO) }
        };
        g => NoGradient; at [-2.0, 0.7, 3.0]; kink [-1.0, 1.0];

    /// Power with a constant exponent, `y = xᵖ`. Source: calculus.
    Powf { exponent = 2.0 } powf "pow" (x) -> y = Num(x.0.powf(T::from_f64(exponent)));
        g => g * (exponent * if exponent == 0.0 { x * 0.0 } else { x.powf(exponent - 1.0) }); at [0.3, 1.0, 2.5];

    /// Sum, `y = a + b`. Source: calculus.
    Add add "+" (a, b) -> y = a + b; g => g, g; at [-2.0, 0.7, 1.5];

    /// Difference, `y = a − b`. Source: calculus.
    Sub sub "−" (a, b) -> y = a - b; g => g, -g; at [-2.0, 0.7, 1.5];

    /// Product, `y = a · b`. Source: calculus.
    Mul mul "×" (a, b) -> y = a * b; g => g * b, g * a; at [-2.0, 0.7, 1.5];

    /// Quotient, `y = a / b`. Source: calculus.
    Div div "÷" (a, b) -> y = a / b; g => g / b, -g * (y / b); at [-2.0, 0.7, 1.5];

    /// Power, `y = aᵇ` for a ≥ 0; at a = 0 the exponent's gradient is 0 for b ≥ 0, as PyTorch has it. Source: calculus.
    Pow pow "^" (a, b) -> y = Num(a.0.powf(b.0));
        g => g * b.select(b * a.pow(b - 1.0), 0.0), g * (y * (a.abs() + (-b).step()).select(a, 1.0).ln()); at [0.3, 1.0, 2.5];

    /// The larger of two, `y = max(a, b)`; at a tie each side receives half, as PyTorch has it; NaN wins. Source: numpy.maximum.
    Maximum maximum "max" (a, b) -> y = if a.0 > b.0 || a.is_nan() { a } else { b };
        g => a.greater(b).select(g * a.greater(b), 0.0), b.greater(a).select(g * b.greater(a), 0.0); at [-2.0, 0.7, 1.5];

    /// The smaller of two, `y = min(a, b)`; at a tie each side receives half, as PyTorch has it; NaN wins. Source: numpy.minimum.
    Minimum minimum "min" (a, b) -> y = if a.0 < b.0 || a.is_nan() { a } else { b };
        g => b.greater(a).select(g * b.greater(a), 0.0), a.greater(b).select(g * a.greater(b), 0.0); at [-2.0, 0.7, 1.5];

    /// Whether greater, `y = 1` for a > b, ½ for a = b, otherwise 0; derivative 0. Source: Heaviside's step at ½.
    Greater greater ">" (a, b) -> y = if a.0 > b.0 { Num(T::ONE) } else if a.0 == b.0 { Num::from(0.5) } else { Num(T::ZERO) };
        g => NoGradient, NoGradient; at [-2.0, 0.7, 1.5];

    /// Whether equal, `y = 1` for a = b, otherwise 0; derivative 0. Source: numpy.equal.
    Equal equal "=" (a, b) -> y = if a.0 == b.0 { Num(T::ONE) } else { Num(T::ZERO) };
        g => NoGradient, NoGradient; at [-2.0, 0.7, 1.5];

    /// Choice by a condition, `y = a` where `condition ≠ 0`, otherwise `b`. Source: numpy.where.
    Where select "where" (condition, a, b) -> y = if condition.0 != T::ZERO { a } else { b };
        g => NoGradient, condition.select(g, 0.0), condition.select(0.0, g); at [0.7, -1.5, 2.0];

    /// Binary cross-entropy of a logit z against a target t in [0, 1], `y = ln(1 + eᶻ) − t z`, without
    /// overflow for any z. Source: PyTorch, binary_cross_entropy_with_logits.
    BceWithLogits bce_with_logits "bce" (z, t) -> y = (z.relu() - z * t) + (-z.abs()).exp().ln_1p();
        g => g * (z.sigmoid() - t), -g * z; at [-2.0, 0.3, 0.7];
}
