//! The shared networks and rows as the engine's own types.

use chainrule::{
    Float, Mlp, Module, Rng, Tensor,
    nn::{Activation, scalar},
};

use crate::{
    Result,
    numbers::{classification, layer, singles},
};

/// A network with these weights.
pub fn mlp<T: Float>(widths: &[usize], activation: impl Into<Activation<T>>) -> Result<Mlp<T>> {
    let mut net = Mlp::new(widths, activation, &mut Rng::new(0))?;
    for (place, pair) in widths.windows(2).enumerate() {
        let (weight, bias) = layer(place, pair[0], pair[1]);
        let mut rest = [weight, bias].into_iter();
        net.layers[place].visit_mut("", &mut |_, param| {
            for (to, from) in param.value.data_mut().iter_mut().zip(rest.next().unwrap_or_default()) {
                *to = T::from_f64(from);
            }
        });
    }
    Ok(net)
}

/// The same written neuron by neuron, with the nonlinearity after the last layer as well.
pub fn scalar_mlp(widths: &[usize], activation: impl Into<Activation>) -> scalar::Mlp {
    let mut net = scalar::Mlp::new(widths, activation, &mut Rng::new(0));
    for (place, pair) in widths.windows(2).enumerate() {
        let (weight, bias) = layer(place, pair[0], pair[1]);
        for (j, neuron) in net.layers[place].neurons.iter_mut().enumerate() {
            for (i, to) in neuron.weights.iter_mut().enumerate() {
                to.value = weight[i * pair[1] + j].into();
            }
            neuron.bias.value = bias[j].into();
        }
    }
    net
}

/// Rows with classes as tensors.
pub fn classification_tensors(rows: usize, features: usize, classes: usize) -> Result<(Tensor<f32>, Tensor<f32>)> {
    let (x, y) = classification(rows, features, classes);
    let x = Tensor::new(singles(&x), [rows, features])?;
    Ok((x, Tensor::new(y.iter().map(|&class| class as f32).collect(), [rows])?))
}
