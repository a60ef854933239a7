//! W1: two inputs, two hidden neurons and one output, with sigmoids, person by person; f64.

use crate::{
    Result,
    meter::Meter,
    numbers,
    points::{EPOCHS, PEOPLE, PEOPLE_RATE},
};

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// W1: a thousand epochs of four people.
pub fn epochs(meter: &mut Meter) -> Result<()> {
    let [(hidden, hidden_bias), (out, out_bias)] = [numbers::layer(0, 2, 2), numbers::layer(1, 2, 1)];
    let mut w = [hidden[0], hidden[1], hidden[2], hidden[3]]; // [input][neuron]
    let (mut b, mut v, mut c) = ([hidden_bias[0], hidden_bias[1]], [out[0], out[1]], out_bias[0]);
    let mut epoch = || {
        let mut sum = 0.0;
        for (x, y) in PEOPLE {
            let h = [0, 1].map(|j| sigmoid(x[0] * w[j] + x[1] * w[2 + j] + b[j]));
            let o = sigmoid(h[0] * v[0] + h[1] * v[1] + c);
            let error = y - o;
            sum += error * error;
            let d = -2.0 * error * o * (1.0 - o) * PEOPLE_RATE;
            for j in 0..2 {
                let dh = d * v[j] * h[j] * (1.0 - h[j]);
                v[j] -= d * h[j];
                w[j] -= dh * x[0];
                w[2 + j] -= dh * x[1];
                b[j] -= dh;
            }
            c -= d;
        }
        sum
    };
    for _ in 0..EPOCHS {
        epoch();
    }
    let check = epoch();
    meter.measure(check, 1.0 / EPOCHS as f64, || Ok(epoch()))
}
