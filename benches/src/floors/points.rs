//! W2: MLP(2, [16, 16, 1]) with tanh on 100 points, and W2c: MLP(3, [4, 4, 1]) on four samples; f64.

use chainrule::InstructionSet;

use super::{
    layers::{Layer, descend},
    math::Real,
};
use crate::{
    Result,
    meter::Meter,
    numbers::CHECKED_STEPS,
    points::{self, ROWS},
};

/// A network with two hidden layers, or its gradients; the one answer is the first of four numbers.
struct Net<const IN: usize, const WIDE: usize> {
    first: Layer<f64, IN, WIDE>,
    second: Layer<f64, WIDE, WIDE>,
    out: Layer<f64, WIDE, 4>,
}

impl<const IN: usize, const WIDE: usize> Net<IN, WIDE> {
    fn shared() -> Self {
        Net {
            first: Layer::shared(0, WIDE),
            second: Layer::shared(1, WIDE),
            out: Layer::shared(2, 1),
        }
    }

    #[inline(always)]
    fn descend(&mut self, rate: f64, gradient: &Self) {
        let lists = [
            (
                self.first.weight.as_flattened_mut(),
                gradient.first.weight.as_flattened(),
            ),
            (&mut self.first.bias, &gradient.first.bias),
            (
                self.second.weight.as_flattened_mut(),
                gradient.second.weight.as_flattened(),
            ),
            (&mut self.second.bias, &gradient.second.bias),
            (self.out.weight.as_flattened_mut(), gradient.out.weight.as_flattened()),
            (&mut self.out.bias, &gradient.out.bias),
        ];
        for (weights, gradient) in lists {
            descend(rate, weights, gradient);
        }
    }
}

/// Everything that a step writes.
struct Room<const WIDE: usize, const COUNT: usize> {
    h1: [[f64; WIDE]; COUNT],
    h2: [[f64; WIDE]; COUNT],
    out: [[f64; 4]; COUNT],
    d2: [[f64; WIDE]; COUNT],
    d1: [[f64; WIDE]; COUNT],
}

impl<const WIDE: usize, const COUNT: usize> Room<WIDE, COUNT> {
    fn new() -> Self {
        let blank = [[0.0; WIDE]; COUNT];
        Room {
            h1: blank,
            h2: blank,
            out: [[0.0; 4]; COUNT],
            d2: blank,
            d1: blank,
        }
    }
}

#[inline(always)]
fn tanh<const WIDE: usize>(rows: &mut [[f64; WIDE]]) {
    for y in rows.as_flattened_mut() {
        *y = Real::tanh(*y);
    }
}

/// Gradients of tanh's results become those of its arguments.
#[inline(always)]
fn through_tanh<const WIDE: usize>(d: &mut [[f64; WIDE]], y: &[[f64; WIDE]]) {
    for (d, y) in d.as_flattened_mut().iter_mut().zip(y.as_flattened()) {
        *d *= 1.0 - y * y;
    }
}

/// One step for the sum of the squared errors times `share`, whose value it gives; tanh after the last layer as well where
/// `BENT`.
#[inline(always)]
fn step<const IN: usize, const WIDE: usize, const COUNT: usize, const BENT: bool>(
    net: &mut Net<IN, WIDE>,
    gradient: &mut Net<IN, WIDE>,
    (x, y): (&[[f64; IN]; COUNT], &[f64]),
    room: &mut Room<WIDE, COUNT>,
    (share, rate): (f64, f64),
) -> f64 {
    net.first.sums(x, &mut room.h1);
    tanh(&mut room.h1);
    net.second.sums(&room.h1, &mut room.h2);
    tanh(&mut room.h2);
    net.out.sums(&room.h2, &mut room.out);
    let mut loss = 0.0;
    for (row, y) in room.out.iter_mut().zip(y) {
        let answer = if BENT { Real::tanh(row[0]) } else { row[0] };
        let error = answer - y;
        loss += error * error;
        let slope = if BENT { 1.0 - answer * answer } else { 1.0 };
        *row = [2.0 * share * error * slope, 0.0, 0.0, 0.0];
    }
    gradient.out.gradient(&room.h2, &room.out);
    net.out.back::<1>().sums(&room.out, &mut room.d2);
    through_tanh(&mut room.d2, &room.h2);
    gradient.second.gradient(&room.h1, &room.d2);
    net.second.back::<WIDE>().sums(&room.d2, &mut room.d1);
    through_tanh(&mut room.d1, &room.h1);
    gradient.first.gradient(x, &room.d1);
    net.descend(rate, gradient);
    loss * share
}

/// W2a and W2b: a full-batch step on the points.
pub fn points_step(meter: &mut Meter) -> Result<()> {
    let (x, y) = points::data();
    let x: [[f64; 2]; ROWS] = std::array::from_fn(|r| [x[2 * r], x[2 * r + 1]]);
    let (mut net, mut gradient, mut room) = (Net::<2, 16>::shared(), Net::shared(), Room::new());
    let share = 1.0 / ROWS as f64;
    let mut once = || {
        InstructionSet::in_use().run(
            #[inline(always)]
            || {
                let rate = points::LEARNING_RATE;
                step::<2, 16, ROWS, false>(&mut net, &mut gradient, (&x, &y), &mut room, (share, rate))
            },
        )
    };
    for _ in 0..CHECKED_STEPS {
        once();
    }
    let check = once();
    meter.measure(check, 1.0, || Ok(once()))
}

/// W2c: twenty epochs on the four samples.
pub fn samples_epochs(meter: &mut Meter) -> Result<()> {
    let (mut net, mut gradient, mut room) = (Net::<3, 4>::shared(), Net::shared(), Room::new());
    let mut once = || {
        InstructionSet::in_use().run(
            #[inline(always)]
            || {
                let data = (&points::SAMPLES, &points::WANTED[..]);
                step::<3, 4, 4, true>(&mut net, &mut gradient, data, &mut room, (1.0, points::LEARNING_RATE))
            },
        )
    };
    for _ in 0..CHECKED_STEPS {
        once();
    }
    let check = once();
    meter.measure(check, 1.0 / CHECKED_STEPS as f64, || Ok(once()))
}
