//! burn, with its backend for processors.

use burn::{
    module::{Module, Param},
    nn::{Linear, LinearConfig, loss::CrossEntropyLossConfig},
    optim::{AdamConfig, GradientsParams, ModuleOptimizer, SgdConfig},
    tensor::{Device, Int, Tensor, TensorData, activation},
};

use crate::{Bend, Result, meter::Meter, numbers};

#[derive(Module, Debug)]
struct Net {
    layers: Vec<Linear>,
}

impl Net {
    fn shared(widths: &[usize], device: &Device) -> Net {
        let layer = |(place, pair): (usize, &[usize])| {
            let (weight, bias) = numbers::layer(place, pair[0], pair[1]);
            let weight = TensorData::new(numbers::singles(&weight), [pair[0], pair[1]]);
            let bias = TensorData::new(numbers::singles(&bias), [pair[1]]);
            let mut layer = LinearConfig::new(pair[0], pair[1]).init(device);
            layer.weight = Param::from_tensor(Tensor::from_data(weight, device));
            layer.bias = Some(Param::from_tensor(Tensor::from_data(bias, device)));
            layer
        };
        Net {
            layers: widths.windows(2).enumerate().map(layer).collect(),
        }
    }

    fn forward(&self, x: Tensor<2>, bend: Bend) -> Tensor<2> {
        let (mut x, last) = (x, self.layers.len() - 1);
        for (place, layer) in self.layers.iter().enumerate() {
            x = layer.forward(x);
            x = match bend {
                _ if place == last => x,
                Bend::Relu => activation::relu(x),
                Bend::Tanh => activation::tanh(x),
            };
        }
        x
    }
}

/// W3: a step with Adam at this rate, or without one with plain descent.
pub fn step(meter: &mut Meter, widths: &[usize], bend: Bend, rows: usize, adam: Option<f64>) -> Result<()> {
    let device = Device::flex().autodiff();
    let (x, y) = numbers::classification(rows, widths[0], widths[widths.len() - 1]);
    let x: Tensor<2> = Tensor::from_data(TensorData::new(numbers::singles(&x), [rows, widths[0]]), &device);
    let y: Vec<i64> = y.iter().map(|&class| class as i64).collect();
    let y: Tensor<1, Int> = Tensor::from_data(TensorData::new(y, [rows]), &device);
    let loss = CrossEntropyLossConfig::new().init(&device);
    let mut optimizer: ModuleOptimizer = match adam {
        Some(_) => AdamConfig::new().with_epsilon(1e-8).init(),
        None => SgdConfig::new().init(),
    };
    let rate = adam.unwrap_or(crate::SGD);
    let mut net = Some(Net::shared(widths, &device));
    let mut once = || {
        let own = net.take().ok_or("no net")?;
        let loss = loss.forward(own.forward(x.clone(), bend), y.clone());
        let gradients = GradientsParams::from_grads(loss.backward(), &own);
        net = Some(optimizer.step(rate, own, gradients));
        Result::Ok(loss)
    };
    for _ in 0..numbers::CHECKED_STEPS {
        once()?;
    }
    let check = f64::from(once()?.into_scalar::<f32>());
    meter.measure(check, 1.0, once)
}

/// W5: the answers to so many rows.
pub fn predict(meter: &mut Meter, widths: &[usize], bend: Bend, rows: usize) -> Result<()> {
    let device = Device::flex();
    let net = Net::shared(widths, &device);
    let x = TensorData::new(numbers::singles(&numbers::inputs(rows, widths[0])), [rows, widths[0]]);
    let x: Tensor<2> = Tensor::from_data(x, &device);
    let answers = net.forward(x.clone(), bend).into_data();
    let check = answers.iter::<f32>().map(f64::from).sum();
    meter.measure(check, rows as f64, || Ok(net.forward(x.clone(), bend)))
}
