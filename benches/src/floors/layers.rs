//! Layers of sixteen numbers or fewer: every row is one or two vector registers.

use super::math::Real;

/// Weights and biases; the outputs beyond those of the network are 0.
#[derive(Clone, Copy)]
pub struct Layer<T, const IN: usize, const OUT: usize> {
    pub weight: [[T; OUT]; IN],
    pub bias: [T; OUT],
}

impl<T: Real, const IN: usize, const OUT: usize> Layer<T, IN, OUT> {
    /// The layer at this place of the shared network, with so many outputs of its own.
    pub fn shared(place: usize, outputs: usize) -> Self {
        let (weight, bias) = crate::numbers::layer(place, IN, outputs);
        let mut layer = Layer::zeros();
        for (row, numbers) in layer.weight.iter_mut().zip(weight.chunks_exact(outputs)) {
            for (to, from) in row.iter_mut().zip(numbers) {
                *to = T::of(*from);
            }
        }
        for (to, from) in layer.bias.iter_mut().zip(bias) {
            *to = T::of(from);
        }
        layer
    }

    /// All zeros.
    pub fn zeros() -> Self {
        Layer {
            weight: [[T::ZERO; OUT]; IN],
            bias: [T::ZERO; OUT],
        }
    }

    /// The first rows of the transposed weights, without biases: what carries gradients back.
    #[inline(always)]
    pub fn back<const ROWS: usize>(&self) -> Layer<T, ROWS, IN> {
        let weight = std::array::from_fn(|o| std::array::from_fn(|i| self.weight[i][o]));
        Layer {
            weight,
            bias: [T::ZERO; IN],
        }
    }

    /// The weighted sums of each row, of which the first `IN` numbers are read.
    #[inline(always)]
    pub fn sums<const WIDTH: usize>(&self, x: &[[T; WIDTH]], y: &mut [[T; OUT]]) {
        let ((x, x_rest), (y, y_rest)) = (x.as_chunks::<8>(), y.as_chunks_mut::<8>());
        for (x, y) in x.iter().zip(y) {
            *y = self.block(x);
        }
        for (x, y) in x_rest.iter().zip(y_rest) {
            *y = self.row(x);
        }
    }

    /// A single row: four sums beside each other, for one would wait for itself.
    #[inline(always)]
    pub fn row<const WIDTH: usize>(&self, x: &[T; WIDTH]) -> [T; OUT] {
        if IN > 16 {
            let [sums] = self.block(&[*x]);
            return sums;
        }
        let mut sums = self.bias;
        for j in 0..OUT {
            let mut parts = [sums[j], T::ZERO, T::ZERO, T::ZERO];
            for p in 0..IN {
                parts[p % 4] = x[p].times_plus(self.weight[p][j], parts[p % 4]);
            }
            sums[j] = (parts[0] + parts[1]) + (parts[2] + parts[3]);
        }
        sums
    }

    #[inline(always)]
    fn block<const ROWS: usize, const WIDTH: usize>(&self, x: &[[T; WIDTH]; ROWS]) -> [[T; OUT]; ROWS] {
        let mut sums = [self.bias; ROWS];
        for p in 0..IN {
            // The rows inside: so the compiler keeps all sums in registers.
            for j in 0..OUT {
                for r in 0..ROWS {
                    sums[r][j] = x[r][p].times_plus(self.weight[p][j], sums[r][j]);
                }
            }
        }
        sums
    }

    /// The gradients of weights and biases, for the rows that came in and the gradients of those that went out.
    #[inline(always)]
    pub fn gradient(&mut self, x: &[[T; IN]], d: &[[T; OUT]]) {
        if IN > 8 {
            self.gradient_part::<8>(0, x, d);
            self.gradient_part::<8>(8, x, d);
        } else {
            self.gradient_part::<IN>(0, x, d);
        }
        let mut bias = [T::ZERO; OUT];
        for d in d {
            for j in 0..OUT {
                bias[j] = bias[j] + d[j];
            }
        }
        self.bias = bias;
    }

    #[inline(always)]
    fn gradient_part<const PART: usize>(&mut self, from: usize, x: &[[T; IN]], d: &[[T; OUT]]) {
        let mut sums = [[T::ZERO; OUT]; PART];
        for (x, d) in x.iter().zip(d) {
            for j in 0..OUT {
                for p in 0..PART {
                    sums[p][j] = x[from + p].times_plus(d[j], sums[p][j]);
                }
            }
        }
        self.weight[from..from + PART].copy_from_slice(&sums);
    }
}

/// How weights move along their gradient, in one pass.
#[derive(Clone)]
pub struct Adam<T> {
    pub rate: T,
    pub means: Vec<T>,
    pub squares: Vec<T>,
}

impl<T: Real> Adam<T> {
    /// For so many weights.
    pub fn new(rate: f64, count: usize) -> Adam<T> {
        let zeros = || vec![T::ZERO; count];
        Adam {
            rate: T::of(rate),
            means: zeros(),
            squares: zeros(),
        }
    }

    /// The step number `t` for the weights from this place on.
    #[inline(always)]
    pub fn update(&mut self, from: usize, t: i32, weights: &mut [T], gradient: &[T]) {
        let (fast, slow) = (T::of(1.0 - 0.9_f64.powi(t)), T::of(1.0 - 0.999_f64.powi(t)));
        let (rate, one_by_slow) = (self.rate / fast, T::ONE / slow);
        let (beta1, beta2, epsilon) = (T::of(0.9), T::of(0.999), T::of(1e-8));
        let count = weights.len();
        let means = &mut self.means[from..from + count];
        let squares = &mut self.squares[from..from + count];
        let gradient = &gradient[..count];
        for i in 0..count {
            let g = gradient[i];
            let mean = means[i].times_plus(beta1, g * (T::ONE - beta1));
            let square = squares[i].times_plus(beta2, g * g * (T::ONE - beta2));
            (means[i], squares[i]) = (mean, square);
            weights[i] = weights[i] - rate * mean / ((square * one_by_slow).root() + epsilon);
        }
    }
}

/// The step of plain gradient descent.
#[inline(always)]
pub fn descend<T: Real>(rate: T, weights: &mut [T], gradient: &[T]) {
    for (w, g) in weights.iter_mut().zip(gradient) {
        *w = *w - rate * *g;
    }
}

/// The loss of logits of which the first `CLASSES` of each row count, its gradient in their place.
#[inline(always)]
pub fn cross_entropy<T: Real, const CLASSES: usize, const WIDTH: usize>(
    logits: &mut [[T; WIDTH]],
    classes: &[usize],
) -> f64 {
    let share = T::of(1.0 / logits.len() as f64);
    let (mut loss, mut product) = (0.0, 1.0);
    for (row, &class) in logits.iter_mut().zip(classes) {
        let mut most = row[0];
        for c in 1..CLASSES {
            most = if row[c] > most { row[c] } else { most };
        }
        loss += (most - row[class]).wide();
        for c in 0..WIDTH {
            row[c] = (row[c] - most).exp();
        }
        let mut sum = T::ZERO;
        for c in 0..CLASSES {
            sum = sum + row[c];
        }
        product *= sum.wide(); // one logarithm for all rows: Σ ln s = ln Π s
        if product > 1e200 {
            loss += f64::ln(product);
            product = 1.0;
        }
        let scale = share / sum;
        for c in 0..WIDTH {
            row[c] = if c < CLASSES { row[c] * scale } else { T::ZERO };
        }
        row[class] = row[class] - share;
    }
    (loss + f64::ln(product)) / logits.len() as f64
}
