//! W3d and W5a: MLP(4, [16, 16, 3]), f32.

use chainrule::InstructionSet;

use super::{
    layers::{Adam, Layer, cross_entropy, descend},
    math::Real,
};
use crate::{
    Result,
    meter::Meter,
    numbers::{self, CHECKED_STEPS},
};

const ROWS: usize = 32;

/// The network, or its gradients.
struct Net {
    first: Layer<f32, 4, 16>,
    second: Layer<f32, 16, 16>,
    out: Layer<f32, 16, 4>,
}

impl Net {
    fn shared() -> Net {
        Net {
            first: Layer::shared(0, 16),
            second: Layer::shared(1, 16),
            out: Layer::shared(2, 3),
        }
    }

    /// The answer to one row, which never leaves the registers.
    #[inline(always)]
    fn answer<const TANH: bool>(&self, x: &[f32; 4]) -> [f32; 4] {
        let mut h = self.first.row(x);
        bend::<TANH>(std::slice::from_mut(&mut h));
        let mut h = self.second.row(&h);
        bend::<TANH>(std::slice::from_mut(&mut h));
        self.out.row(&h)
    }

    /// Each layer's weights and biases as one list.
    fn lists(&mut self) -> [&mut [f32]; 6] {
        [
            self.first.weight.as_flattened_mut(),
            &mut self.first.bias,
            self.second.weight.as_flattened_mut(),
            &mut self.second.bias,
            self.out.weight.as_flattened_mut(),
            &mut self.out.bias,
        ]
    }
}

#[inline(always)]
fn tanh(rows: &mut [[f32; 16]]) {
    for y in rows.as_flattened_mut() {
        *y = Real::tanh(*y);
    }
}

/// Gradients of tanh's results become those of its arguments.
#[inline(always)]
fn through_tanh(d: &mut [[f32; 16]], y: &[[f32; 16]]) {
    for (d, y) in d.as_flattened_mut().iter_mut().zip(y.as_flattened()) {
        *d *= 1.0 - y * y;
    }
}

/// Everything that a step writes.
struct Room {
    h1: [[f32; 16]; ROWS],
    h2: [[f32; 16]; ROWS],
    out: [[f32; 4]; ROWS],
    d2: [[f32; 16]; ROWS],
    d1: [[f32; 16]; ROWS],
}

#[inline(always)]
fn gradients(net: &Net, gradient: &mut Net, x: &[[f32; 4]; ROWS], y: &[usize], room: &mut Room) -> f64 {
    net.first.sums(x, &mut room.h1);
    tanh(&mut room.h1);
    net.second.sums(&room.h1, &mut room.h2);
    tanh(&mut room.h2);
    net.out.sums(&room.h2, &mut room.out);
    let loss = cross_entropy::<f32, 3, 4>(&mut room.out, y);
    gradient.out.gradient(&room.h2, &room.out);
    net.out.back::<3>().sums(&room.out, &mut room.d2);
    through_tanh(&mut room.d2, &room.h2);
    gradient.second.gradient(&room.h1, &room.d2);
    net.second.back::<16>().sums(&room.d2, &mut room.d1);
    through_tanh(&mut room.d1, &room.h1);
    gradient.first.gradient(x, &room.d1);
    loss
}

/// W3d: one step of training, by Adam or by plain descent.
pub fn step<const ADAM: bool>(meter: &mut Meter) -> Result<()> {
    let (x, y) = numbers::classification(ROWS, 4, 3);
    let x: [[f32; 4]; ROWS] = std::array::from_fn(|r| std::array::from_fn(|p| x[4 * r + p] as f32));
    let (mut net, mut gradient) = (Net::shared(), Net::shared());
    let blank = [[0.0; 16]; ROWS];
    let mut room = Room {
        h1: blank,
        h2: blank,
        out: [[0.0; 4]; ROWS],
        d2: blank,
        d1: blank,
    };
    let count = net.lists().iter().map(|list| list.len()).sum();
    let mut adam = Adam::new(crate::ADAM, count);
    let mut steps = 0;
    let mut once = move || {
        steps += 1;
        InstructionSet::in_use().run(
            #[inline(always)]
            || {
                let loss = gradients(&net, &mut gradient, &x, &y, &mut room);
                let mut place = 0;
                for (weights, gradient) in net.lists().into_iter().zip(gradient.lists()) {
                    if ADAM {
                        adam.update(place, steps, weights, gradient);
                        place += weights.len();
                    } else {
                        descend(crate::SGD as f32, weights, gradient);
                    }
                }
                loss
            },
        )
    };
    for _ in 0..CHECKED_STEPS {
        once();
    }
    let check = once();
    meter.measure(check, 1.0, || Ok(once()))
}

#[inline(always)]
fn bend<const TANH: bool>(rows: &mut [[f32; 16]]) {
    if TANH {
        tanh(rows);
    } else {
        for y in rows.as_flattened_mut() {
            *y = if *y > 0.0 { *y } else { 0.0 };
        }
    }
}

/// W5a: the answers to so many rows, with tanh or relu, told per row.
pub fn predict<const TANH: bool>(meter: &mut Meter, rows: usize) -> Result<()> {
    /// Few rows at a time stay in the nearest cache.
    const PART: usize = 64;
    let x = numbers::inputs(rows, 4);
    let x: Vec<[f32; 4]> = (0..rows)
        .map(|r| std::array::from_fn(|p| x[4 * r + p] as f32))
        .collect();
    let (net, wide_out) = (Net::shared(), Layer::<f32, 16, 16>::shared(2, 3));
    let (mut h1, mut h2, mut out) = ([[0.0; 16]; PART], [[0.0; 16]; PART], vec![[0.0; 16]; rows]);
    let mut once = |out: &mut [[f32; 16]]| {
        InstructionSet::in_use().run(
            #[inline(always)]
            || {
                if let ([x], [out]) = (&x[..], &mut *out) {
                    out[..4].copy_from_slice(&net.answer::<TANH>(x));
                    return;
                }
                for (x, out) in x.chunks(PART).zip(out.chunks_mut(PART)) {
                    let (h1, h2) = (&mut h1[..x.len()], &mut h2[..x.len()]);
                    net.first.sums(x, h1);
                    bend::<TANH>(h1);
                    net.second.sums(h1, h2);
                    bend::<TANH>(h2);
                    wide_out.sums(h2, out);
                }
            },
        );
    };
    once(&mut out);
    let check = out.iter().flat_map(|row| &row[..3]).map(|&y| f64::from(y)).sum();
    meter.measure(check, rows as f64, || {
        once(&mut out);
        Ok(())
    })
}
