//! W3a, W3b and W5b: MLP(784, [128, 10]) with relu, f32: matrix products as tiles of registers, each step's update in the
//! same pass as its gradient.

use chainrule::InstructionSet;

use super::layers::{Adam, Layer, cross_entropy, descend};
use crate::{
    Result,
    meter::Meter,
    numbers::{self, CHECKED_STEPS},
};

const INPUTS: usize = 784;
const HIDDEN: usize = 128;
const CLASSES: usize = 10;
/// A tile of the product: so many rows and columns are summed in registers.
const TALL: usize = 8;
const WIDE: usize = 32;

type Row = [f32; HIDDEN];

struct Net {
    first: Vec<Row>,
    bias: Row,
    out: Layer<f32, HIDDEN, 16>,
}

impl Net {
    fn shared() -> Net {
        let (first, bias) = numbers::layer(0, INPUTS, HIDDEN);
        Net {
            first: numbers::singles(&first).as_chunks::<HIDDEN>().0.to_vec(),
            bias: std::array::from_fn(|j| bias[j] as f32),
            out: Layer::shared(1, CLASSES),
        }
    }

    /// relu(x · W + b) for each row of x.
    #[inline(always)]
    fn hidden(&self, x: &[f32], h: &mut [Row]) {
        for (x, h) in x.chunks(TALL * INPUTS).zip(h.chunks_mut(TALL)) {
            for j in (0..HIDDEN).step_by(WIDE) {
                if h.len() == TALL {
                    self.tile::<TALL>(x, h, j);
                } else {
                    for (x, h) in x.chunks_exact(INPUTS).zip(h.chunks_mut(1)) {
                        self.tile::<1>(x, h, j);
                    }
                }
            }
        }
    }

    #[inline(always)]
    fn tile<const ROWS: usize>(&self, x: &[f32], h: &mut [Row], j: usize) {
        let x: [&[f32]; ROWS] = std::array::from_fn(|r| &x[r * INPUTS..][..INPUTS]);
        let Some(bias) = self.bias[j..].first_chunk::<WIDE>() else {
            return;
        };
        let mut sums = [*bias; ROWS];
        for (p, weights) in self.first[..INPUTS].iter().enumerate() {
            let Some(weights) = weights[j..].first_chunk::<WIDE>() else {
                return;
            };
            // The rows inside: so the compiler keeps all sums in registers.
            for c in 0..WIDE {
                for r in 0..ROWS {
                    sums[r][c] = x[r][p].mul_add(weights[c], sums[r][c]);
                }
            }
        }
        for (h, sums) in h.iter_mut().zip(sums) {
            for c in 0..WIDE {
                h[j + c] = if sums[c] > 0.0 { sums[c] } else { 0.0 };
            }
        }
    }
}

/// xᵀ · d for some rows and columns of the first layer's weights.
#[inline(always)]
fn gradient_tile(x: &[f32], d: &[Row], i: usize, j: usize) -> [[f32; WIDE]; TALL] {
    let mut sums = [[0.0; WIDE]; TALL];
    for (x, d) in x.chunks_exact(INPUTS).zip(d) {
        let (Some(x), Some(d)) = (x[i..].first_chunk::<TALL>(), d[j..].first_chunk::<WIDE>()) else {
            return sums;
        };
        for c in 0..WIDE {
            for r in 0..TALL {
                sums[r][c] = x[r].mul_add(d[c], sums[r][c]);
            }
        }
    }
    sums
}

/// The gradient of the last layer's weights: tiles of 8 × 16.
#[inline(always)]
fn out_gradient(gradient: &mut Layer<f32, HIDDEN, 16>, h: &[Row], d: &[[f32; 16]]) {
    for (part, weights) in gradient.weight.chunks_mut(TALL).enumerate() {
        let mut sums = [[0.0; 16]; TALL];
        for (h, d) in h.iter().zip(d) {
            let Some(h) = h[part * TALL..].first_chunk::<TALL>() else {
                return;
            };
            for c in 0..16 {
                for r in 0..TALL {
                    sums[r][c] = h[r].mul_add(d[c], sums[r][c]);
                }
            }
        }
        weights.copy_from_slice(&sums);
    }
    gradient.bias = [0.0; 16];
    for d in d {
        for c in 0..16 {
            gradient.bias[c] += d[c];
        }
    }
}

struct Training<const ADAM: bool> {
    net: Net,
    gradient: Layer<f32, HIDDEN, 16>,
    adam: Adam<f32>,
    steps: i32,
    h: Vec<Row>,
    out: Vec<[f32; 16]>,
    d: Vec<Row>,
}

impl<const ADAM: bool> Training<ADAM> {
    fn new(rows: usize) -> Self {
        Training {
            net: Net::shared(),
            gradient: Layer::zeros(),
            adam: Adam::new(crate::ADAM, INPUTS * HIDDEN + HIDDEN + HIDDEN * 16 + 16),
            steps: 0,
            h: vec![[0.0; HIDDEN]; rows],
            out: vec![[0.0; 16]; rows],
            d: vec![[0.0; HIDDEN]; rows],
        }
    }

    #[inline(always)]
    fn step(&mut self, x: &[f32], y: &[usize]) -> f64 {
        self.steps += 1;
        let Training {
            net, h, out, d, adam, ..
        } = self;
        net.hidden(x, h);
        net.out.sums(h, out);
        let loss = cross_entropy::<f32, CLASSES, 16>(out, y);
        out_gradient(&mut self.gradient, h, out);
        net.out.back::<CLASSES>().sums(out, d);
        let mut bias = [0.0; HIDDEN];
        for (d, h) in d.iter_mut().zip(h) {
            for j in 0..HIDDEN {
                d[j] = if h[j] > 0.0 { d[j] } else { 0.0 };
                bias[j] += d[j];
            }
        }
        let (t, rate) = (self.steps, crate::SGD as f32);
        let mut update = |place, weights: &mut [f32], gradient: &[f32]| {
            if ADAM {
                adam.update(place, t, weights, gradient);
            } else {
                descend(rate, weights, gradient);
            }
        };
        for i in (0..INPUTS).step_by(TALL) {
            for j in (0..HIDDEN).step_by(WIDE) {
                let sums = gradient_tile(x, d, i, j);
                for (r, sums) in sums.iter().enumerate() {
                    update((i + r) * HIDDEN + j, &mut net.first[i + r][j..j + WIDE], sums);
                }
            }
        }
        let place = INPUTS * HIDDEN;
        update(place, &mut net.bias, &bias);
        update(place + HIDDEN, &mut net.out.bias, &self.gradient.bias);
        let weights = net.out.weight.as_flattened_mut();
        update(place + HIDDEN + 16, weights, self.gradient.weight.as_flattened());
        loss
    }
}

/// W3a and W3b: one step of training, by Adam or by plain descent.
pub fn step<const ADAM: bool>(meter: &mut Meter, rows: usize) -> Result<()> {
    let (x, y) = numbers::classification(rows, INPUTS, CLASSES);
    let x = numbers::singles(&x);
    let mut training = Training::<ADAM>::new(rows);
    let mut once = || {
        InstructionSet::in_use().run(
            #[inline(always)]
            || training.step(&x, &y),
        )
    };
    for _ in 0..CHECKED_STEPS {
        once();
    }
    let check = once();
    meter.measure(check, 1.0, || Ok(once()))
}

/// W5b: the answers to so many rows, told per row.
pub fn predict(meter: &mut Meter, rows: usize) -> Result<()> {
    let (net, x) = (Net::shared(), numbers::singles(&numbers::inputs(rows, INPUTS)));
    let (mut h, mut out) = (vec![[0.0; HIDDEN]; rows], vec![[0.0; 16]; rows]);
    let mut once = |out: &mut [[f32; 16]]| {
        InstructionSet::in_use().run(
            #[inline(always)]
            || {
                net.hidden(&x, &mut h);
                net.out.sums(&h, out);
            },
        );
    };
    once(&mut out);
    let check = out.iter().flat_map(|row| &row[..CLASSES]).map(|&y| f64::from(y)).sum();
    meter.measure(check, rows as f64, || {
        once(&mut out);
        Ok(())
    })
}
