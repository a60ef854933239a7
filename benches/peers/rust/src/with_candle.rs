//! candle.

use candle_core::{DType, Device, Tensor, Var};
use candle_nn::{AdamW, Linear, Module, Optimizer, ParamsAdamW, SGD, loss};

use crate::{
    Bend, Result,
    meter::Meter,
    numbers::{self, CHECKED_STEPS},
    points,
};

struct Net {
    layers: Vec<Linear>,
    vars: Vec<Var>,
}

impl Net {
    fn shared(widths: &[usize], number: DType) -> Result<Net> {
        let mut net = Net {
            layers: vec![],
            vars: vec![],
        };
        for (place, pair) in widths.windows(2).enumerate() {
            let (weight, bias) = numbers::layer(place, pair[0], pair[1]);
            let weight = Tensor::from_vec(weight, (pair[0], pair[1]), &Device::Cpu)?.to_dtype(number)?;
            let bias = Tensor::from_vec(bias, pair[1], &Device::Cpu)?.to_dtype(number)?;
            let weight = Var::from_tensor(&weight.t()?.contiguous()?)?;
            let bias = Var::from_tensor(&bias)?;
            net.layers
                .push(Linear::new(weight.as_tensor().clone(), Some(bias.as_tensor().clone())));
            net.vars.extend([weight, bias]);
        }
        Ok(net)
    }

    fn forward(&self, x: &Tensor, bend: Bend) -> Result<Tensor> {
        let mut x = x.clone();
        for (place, layer) in self.layers.iter().enumerate() {
            x = layer.forward(&x)?;
            x = match bend {
                _ if place + 1 == self.layers.len() => x,
                Bend::Relu => x.relu()?,
                Bend::Tanh => x.tanh()?,
            };
        }
        Ok(x)
    }
}

enum Rule {
    Descent(SGD),
    Adam(AdamW),
}

/// W3: a step with Adam at this rate, or without one with plain descent.
pub fn step(meter: &mut Meter, widths: &[usize], bend: Bend, rows: usize, adam: Option<f64>) -> Result<()> {
    let (x, y) = numbers::classification(rows, widths[0], widths[widths.len() - 1]);
    let x = Tensor::from_vec(numbers::singles(&x), (rows, widths[0]), &Device::Cpu)?;
    let y = Tensor::from_vec(y.iter().map(|&class| class as u32).collect(), rows, &Device::Cpu)?;
    let net = Net::shared(widths, DType::F32)?;
    let mut rule = match adam {
        Some(lr) => {
            let params = ParamsAdamW {
                lr,
                weight_decay: 0.0,
                ..ParamsAdamW::default()
            };
            Rule::Adam(AdamW::new(net.vars.clone(), params)?)
        }
        None => Rule::Descent(SGD::new(net.vars.clone(), crate::SGD)?),
    };
    let mut once = || {
        let loss = loss::cross_entropy(&net.forward(&x, bend)?, &y)?;
        match &mut rule {
            Rule::Descent(sgd) => sgd.backward_step(&loss)?,
            Rule::Adam(adam) => adam.backward_step(&loss)?,
        }
        Result::Ok(loss)
    };
    for _ in 0..CHECKED_STEPS {
        once()?;
    }
    let check = f64::from(once()?.to_scalar::<f32>()?);
    meter.measure(check, 1.0, once)
}

/// W2b: a step on the hundred points.
pub fn points_step(meter: &mut Meter) -> Result<()> {
    let (x, y) = points::data();
    let x = Tensor::from_vec(x, (points::ROWS, 2), &Device::Cpu)?;
    let y = Tensor::from_vec(y, (points::ROWS, 1), &Device::Cpu)?;
    let net = Net::shared(&[2, 16, 16, 1], DType::F64)?;
    let mut sgd = SGD::new(net.vars.clone(), points::LEARNING_RATE)?;
    let mut once = || {
        let loss = loss::mse(&net.forward(&x, Bend::Tanh)?, &y)?;
        sgd.backward_step(&loss)?;
        Result::Ok(loss)
    };
    for _ in 0..CHECKED_STEPS {
        once()?;
    }
    let check = once()?.to_scalar::<f64>()?;
    meter.measure(check, 1.0, once)
}

/// W5: the answers to so many rows.
pub fn predict(meter: &mut Meter, widths: &[usize], bend: Bend, rows: usize) -> Result<()> {
    let mut net = Net::shared(widths, DType::F32)?;
    // Without variables nothing is remembered for gradients.
    for layer in &mut net.layers {
        *layer = Linear::new(layer.weight().detach(), layer.bias().map(Tensor::detach));
    }
    let x = numbers::singles(&numbers::inputs(rows, widths[0]));
    let x = Tensor::from_vec(x, (rows, widths[0]), &Device::Cpu)?;
    let answers = net.forward(&x, bend)?.flatten_all()?.to_vec1::<f32>()?;
    let check = answers.into_iter().map(f64::from).sum();
    meter.measure(check, rows as f64, || net.forward(&x, bend))
}
