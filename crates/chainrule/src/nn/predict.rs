//! Predictions of a network straight from its weights, without a graph.

use super::{Linear, Mlp};
use crate::{
    error::{Error, Fault, Result},
    float::Float,
    graph::Graph,
    kernel::dense::{Extent, Layer, Layers},
    tensor::Tensor,
};
use std::panic::Location;

impl<T: Float> Mlp<T> {
    /// The result for each row of plain numbers, x of `[…, inputs]`: what [`forward`](Mlp::forward) gives, to the bit.
    ///
    /// For row after row in a loop there is [`predict_into`](Mlp::predict_into), which asks for no memory.
    ///
    /// # Errors
    /// When the last axis is not the number of inputs.
    #[track_caller]
    pub fn predict(&self, x: &Tensor<T>) -> Result<Tensor<T>> {
        let shape = x.shape();
        if shape.rank() > 0
            && let Some(extent) = self.extent(x.data().len())
            && shape.last() == extent.inputs
        {
            // Not `vec!`, which would ask for cleared memory: for a few numbers that takes longer.
            let results = extent.rows * extent.outputs;
            let mut out = Vec::with_capacity(results);
            out.resize(results, T::ZERO);
            T::predict(self, &extent, x.data(), &mut out);
            return Ok(Tensor::of(out, shape.with_last(extent.outputs)));
        }
        let graph = Graph::default();
        self.forward(graph.constant(x)).value()
    }

    /// Writes to `out` the result for each row of plain numbers, all rows one after the other: what
    /// [`predict`](Mlp::predict) gives, but no memory is asked for.
    ///
    /// One network can answer many threads at once; each thread keeps some room for the numbers between the layers.
    ///
    /// ```
    /// use chainrule::{Mlp, Rng, ops::Relu};
    /// let mlp: Mlp<f32> = Mlp::new(&[4, 16, 16, 3], Relu, &mut Rng::new(0))?;
    /// let mut one = [0.0; 3];
    /// mlp.predict_into(&[5.1, 3.5, 1.4, 0.2], &mut one)?;
    /// let mut two = [0.0; 6];
    /// mlp.predict_into(&[5.1, 3.5, 1.4, 0.2, 6.3, 3.3, 6.0, 2.5], &mut two)?;
    /// assert_eq!(one, two[..3]);
    /// # Ok::<(), chainrule::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the numbers are no whole rows, or `out` is not as long as the results.
    #[track_caller]
    pub fn predict_into(&self, rows: &[T], out: &mut [T]) -> Result<()> {
        let line = Location::caller(); // taken here: a closure would be its own caller
        let refuse = |what: String, fix: String| Err(Error::shape("Mlp", Fault::new(what).fix(fix), line));
        let no_room = |results: usize| {
            let what = format!(
                "{} numbers give {results}, and there is room for {}",
                rows.len(),
                out.len()
            );
            refuse(what, format!("make `out` {results} numbers long"))
        };
        if let Some(extent) = self.extent(rows.len()) {
            let results = extent.rows * extent.outputs;
            if results != out.len() {
                return no_room(results);
            }
            T::predict(self, &extent, rows, out);
            return Ok(());
        }
        let inputs = self.layers.first().map_or(1, Linear::inputs);
        if inputs == 0 || !rows.len().is_multiple_of(inputs) {
            return refuse(
                format!("{} numbers are no whole rows of {inputs}", rows.len()),
                "give all numbers of each row, one row after the other".to_string(),
            );
        }
        let graph = Graph::default();
        let value = self
            .forward(graph.tensor(rows, [rows.len() / inputs, inputs]))
            .value()?;
        if value.data().len() != out.len() {
            return no_room(value.data().len());
        }
        out.copy_from_slice(value.data());
        Ok(())
    }

    /// How much there is to predict for so many numbers; none when they are no whole rows, or when the network is not
    /// the usual one: layers that fit together, with nonlinearities that make each number of one. The graph knows what to
    /// do with any other, or what is wrong with it.
    fn extent(&self, numbers: usize) -> Option<Extent> {
        // Numbers do not say how many rows of none they are.
        let inputs = self.layers.first()?.inputs();
        if inputs == 0 {
            return None;
        }
        let mut extent = Extent {
            rows: if numbers == inputs { 1 } else { numbers / inputs },
            layers: self.layers.len().min(self.activations.len()),
            inputs,
            outputs: inputs,
            widest: 0,
            weights: 0,
        };
        for (Linear { weight, bias }, activation) in self.layers.iter().zip(&self.activations) {
            let (&[inputs, outputs], &[biases]) = (weight.value.sizes(), bias.value.sizes()) else {
                return None;
            };
            if inputs as usize != extent.outputs || biases != outputs || outputs == 0 || !activation.is_pointwise() {
                return None;
            }
            extent.outputs = outputs as usize;
            extent.widest = extent.widest.max(extent.outputs);
            extent.weights += weight.value.data().len();
        }
        let whole = extent.rows * inputs == numbers && extent.widest > 0;
        whole.then_some(extent)
    }
}

impl<T: Float> Layers<T> for Mlp<T> {
    fn layer(&self, place: usize) -> Layer<'_, T> {
        Layer {
            weight: self.layers[place].weight.value.data(),
            bias: self.layers[place].bias.value.data(),
            bent: !self.activations[place].is_identity(),
        }
    }
    fn bend(&self, place: usize, x: &[T], y: &mut [T]) {
        self.activations[place].evaluate(x, y);
    }
}
