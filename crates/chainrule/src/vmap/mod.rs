//! A function of one sample, calculated for many samples at once.
//!
//! The function is recorded for the first sample, as any calculation is. Then each of its operations is recorded once
//! more, on all samples: a value that differs from sample to sample gets an axis in front. What the function does with
//! single numbers is not left as it is: like operations of one level (all arguments known) become one operation on a
//! matrix with a row for each sample, and sums of products with the same factors become one product of matrices. So a
//! network written neuron by neuron runs as fast as one written with matrices.

mod all_samples;
mod recording;

use crate::{
    error::{Fault, Result},
    float::Float,
    graph::{Graph, Var},
};
use all_samples::AllSamples;
use recording::Recording;

/// What the function of one sample may give: a value, or an error instead.
pub trait Answer<'g, T: Float> {
    /// It as a value of the graph, which carries the error.
    fn on(self, graph: &'g Graph<T>) -> Var<'g, T>;
}

impl<'g, T: Float> Answer<'g, T> for Var<'g, T> {
    fn on(self, _: &'g Graph<T>) -> Var<'g, T> {
        self
    }
}

impl<'g, T: Float> Answer<'g, T> for Result<Var<'g, T>> {
    #[track_caller]
    fn on(self, graph: &'g Graph<T>) -> Var<'g, T> {
        self.unwrap_or_else(|error| graph.broken(error))
    }
}

/// The answers of a function of one sample for all samples at once: `y[i] = f(x[i])`, as JAX's `vmap`.
///
/// The first axis of the inputs counts the samples; the function is called once, with the first sample, and its answer
/// gets the same axis in front. It must do the same operations for every sample: no `if` on a value. Everything that a
/// graph can record may happen in it, gradients included, which then are gradients of each sample on its own.
///
/// Sums of products of single numbers are computed as products of matrices: their last digits may differ from those of one
/// sample calculated alone. An input without a first axis, or inputs of different numbers of samples, or of none, or values
/// of different graphs give a faulty value.
///
/// ```
/// use chainrule::{Graph, Param, vmap};
/// let g = Graph::new();
/// let (x, y) = (g.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), g.constant([1.0, 0.0, 1.0]));
/// let w = g.leaf([0.5, -0.5]);
/// let losses = vmap([x, y], |[x, y]| (x.at(0) * w.at(0) + x.at(1) * w.at(1) - y).square());
/// assert_eq!(losses.value()?.data(), [2.25, 0.25, 2.25]);
///
/// // The gradient of each sample's loss on its own: a row for each sample.
/// let gradients = vmap([x, y], |[x, y]| {
///     let loss = (x.matmul(w) - y).square();
///     Ok(loss.backward_graph()?.wrt(w))
/// });
/// assert_eq!(gradients.value()?.data(), [-3.0, -6.0, -3.0, -4.0, -15.0, -18.0]);
/// # Ok::<(), chainrule::Error>(())
/// ```
///
/// Source: Bradbury et al., JAX (2018), `vmap`.
#[track_caller]
pub fn vmap<'g, T: Float, A: Answer<'g, T>, const N: usize>(
    inputs: [Var<'g, T>; N],
    of_one: impl FnOnce([Var<'g, T>; N]) -> A,
) -> Var<'g, T> {
    const { assert!(N > 0, "vmap needs an input") };
    let graph = inputs[0].graph();
    if let Some(fault) = inputs.iter().find_map(|input| input.fault()) {
        return graph.broken(fault);
    }
    let foreign = |var: &Var<'g, T>| !std::ptr::eq(var.graph(), graph);
    let refuse_foreign = |what: &str| {
        let fault = Fault::new(format!("{what} belongs to another graph"));
        graph.faulty(
            "vmap".to_string(),
            fault.fix("build every value of a calculation in one graph"),
        )
    };
    if inputs.iter().any(foreign) {
        return refuse_foreign("an input");
    }
    let rows = inputs[0].shape().size(0);
    let fits = |input: &Var<'g, T>| input.shape().rank() > 0 && input.shape().size(0) == rows;
    if rows == 0 || !inputs.iter().all(fits) {
        let shapes: Vec<_> = inputs.iter().map(|input| input.shape().to_string()).collect();
        let fault = Fault::new(format!("the inputs {} have no samples in common", shapes.join(" and ")));
        let fix = "give each input the same number of samples, at least one, along its first axis";
        return graph.faulty("vmap".to_string(), fault.fix(fix));
    }
    let samples = inputs.map(|input| input.at(0));
    let answer = of_one(samples).on(graph);
    if foreign(&answer) {
        return refuse_foreign("the answer");
    }
    if answer.fault().is_some() {
        return answer;
    }
    let steps = Recording::read(graph, &samples, answer).steps();
    let recorded = AllSamples::new(graph, rows, samples.into_iter().zip(inputs)).record(&steps, answer);
    recorded.unwrap_or_else(|error| graph.broken(error))
}
