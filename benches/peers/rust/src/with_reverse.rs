//! reverse: a tape of single numbers.

use reverse::{Gradient, Tape, Var};

use crate::{
    Result,
    meter::Meter,
    numbers::{self, CHECKED_STEPS},
    points::{self, SAMPLES, WANTED},
    tape::{LEAVES, factors, places, starts},
};

/// The weights and biases of all layers, neuron by neuron.
fn weights(widths: &[usize]) -> Vec<f64> {
    let mut all = vec![];
    for (place, pair) in widths.windows(2).enumerate() {
        let (weight, bias) = numbers::layer(place, pair[0], pair[1]);
        for j in 0..pair[1] {
            all.extend((0..pair[0]).map(|i| weight[i * pair[1] + j]));
            all.push(bias[j]);
        }
    }
    all
}

fn answer<'a>(widths: &[usize], bent: bool, weights: &[Var<'a>], x: Vec<Var<'a>>) -> Var<'a> {
    let (mut x, mut rest) = (x, weights);
    for (place, pair) in widths.windows(2).enumerate() {
        let mut y = vec![];
        for _ in 0..pair[1] {
            let (own, others) = rest.split_at(pair[0] + 1);
            rest = others;
            let mut sum = own[pair[0]];
            for (w, x) in own.iter().zip(&x) {
                sum = sum + *w * *x;
            }
            y.push(if bent || place + 2 < widths.len() {
                sum.tanh()
            } else {
                sum
            });
        }
        x = y;
    }
    x[0]
}

/// One step for the sum of squares times `share`; the loss before it.
fn step(tape: &Tape, widths: &[usize], bent: bool, weights: &mut [f64], rows: &[(Vec<f64>, f64)], share: f64) -> f64 {
    tape.clear();
    let vars = tape.add_vars(weights);
    let mut loss = tape.add_var(0.0);
    for (x, y) in rows {
        let error = answer(widths, bent, &vars, tape.add_vars(x)) - *y;
        loss = loss + error * error;
    }
    let loss = loss * share;
    let gradient = loss.grad().wrt(&vars);
    for (w, g) in weights.iter_mut().zip(gradient) {
        *w -= points::LEARNING_RATE * g;
    }
    loss.val()
}

/// W2a: a full-batch step on the hundred points.
pub fn points_step(meter: &mut Meter) -> Result<()> {
    let (x, y) = points::data();
    let rows: Vec<_> = x.chunks_exact(2).map(<[f64]>::to_vec).zip(y).collect();
    let (tape, widths) = (Tape::new(), [2, 16, 16, 1]);
    let mut weights = weights(&widths);
    let mut once = || step(&tape, &widths, false, &mut weights, &rows, 1.0 / points::ROWS as f64);
    for _ in 0..CHECKED_STEPS {
        once();
    }
    let check = once();
    meter.measure(check, 1.0, || Ok(once()))
}

/// W2c: twenty epochs on the four samples.
pub fn samples_epochs(meter: &mut Meter) -> Result<()> {
    let rows: Vec<_> = SAMPLES.iter().map(|x| x.to_vec()).zip(WANTED).collect();
    let (tape, widths) = (Tape::new(), [3, 4, 4, 1]);
    let mut weights = weights(&widths);
    let mut once = || step(&tape, &widths, true, &mut weights, &rows, 1.0);
    for _ in 0..CHECKED_STEPS {
        once();
    }
    let check = once();
    meter.measure(check, 1.0 / CHECKED_STEPS as f64, || Ok(once()))
}

/// W7: a graph of so many nodes, told per node.
pub fn graph(meter: &mut Meter, nodes: usize, random: bool) -> Result<()> {
    let (tape, places) = (Tape::new(), places(nodes / 2, random));
    let once = || {
        tape.clear();
        let (factors, mut values) = (tape.add_vars(&factors()), tape.add_vars(&starts()));
        let mut a = tape.add_var(0.5);
        for (step, &place) in places.iter().enumerate() {
            a = a + values[place as usize] * factors[step % LEAVES];
            values.push(a);
        }
        a.grad().wrt(&factors).iter().sum::<f64>()
    };
    meter.measure(once(), nodes as f64, || Ok(once()))
}
