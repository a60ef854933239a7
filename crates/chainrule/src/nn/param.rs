//! A weight that learns.

use crate::{
    float::Float,
    graph::{Graph, Operand, Var},
    shape::Shape,
    tensor::Tensor,
};
use std::sync::atomic::{AtomicU64, Ordering};

/// Numbers that an optimizer changes: owned by your own struct, used in any graph.
///
/// A reference is an operand: `x.matmul(&self.weight) + &self.bias`. Within one graph the same parameter is one
/// leaf, however often it is used; a clone is another parameter.
///
/// ```
/// use chainrule::{Graph, Param};
/// let w = Param::new(3.0);
/// let g = Graph::new();
/// let y = g.leaf(2.0) * &w * &w;
/// assert_eq!(y.item()?, 18.0);
/// # Ok::<(), chainrule::Error>(())
/// ```
#[derive(Debug)]
pub struct Param<T: Float = f64> {
    key: u64,
    name: String,
    /// The numbers. A graph in which the parameter was used before a change keeps the numbers it had then.
    pub value: Tensor<T>,
    /// Whether gradients flow to it and optimizers change it. Buffers, such as running means, are not trainable.
    pub trainable: bool,
    buffer: bool,
}

fn next_key() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

impl<T: Float> Param<T> {
    /// A trainable parameter with these numbers.
    pub fn new(value: impl Into<Tensor<T>>) -> Param<T> {
        Param {
            key: next_key(),
            name: String::new(),
            value: value.into(),
            trainable: true,
            buffer: false,
        }
    }

    /// Numbers that belong to a layer but are not learnt by gradients.
    pub fn buffer(value: impl Into<Tensor<T>>) -> Param<T> {
        Param {
            trainable: false,
            buffer: true,
            ..Param::new(value)
        }
    }

    /// Gives it a name, which errors and drawings show.
    pub fn named(mut self, name: impl Into<String>) -> Param<T> {
        self.set_name(name);
        self
    }

    pub(super) fn set_name(&mut self, name: impl Into<String>) {
        self.name = name.into();
    }

    /// Its name; empty when it has none.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is a buffer, which no gradient ever trains.
    pub fn is_buffer(&self) -> bool {
        self.buffer
    }

    /// The shape of its value.
    pub fn shape(&self) -> Shape {
        self.value.shape()
    }

    pub(crate) fn key(&self) -> u64 {
        self.key
    }
}

impl<T: Float> Clone for Param<T> {
    /// Another parameter with the same numbers and name.
    fn clone(&self) -> Param<T> {
        Param {
            key: next_key(),
            name: self.name.clone(),
            value: self.value.clone(),
            trainable: self.trainable,
            buffer: self.buffer,
        }
    }
}

impl<'g, T: Float> Operand<'g, T> for &Param<T> {
    #[inline]
    #[track_caller]
    fn on(self, graph: &'g Graph<T>) -> Var<'g, T> {
        match graph.parameter(self.key) {
            Some(leaf) => leaf,
            None => graph.add_parameter(self.key, &self.name, &self.value, self.trainable),
        }
    }
}
