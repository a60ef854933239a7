//! Softmax and its logarithm, along one axis.

use super::{Example, SMOOTH, axes::axis_of, keepdims};
use crate::{
    error::Fault,
    float::Float,
    graph::{Doc, Here, Moment, Op, Var, View},
    shape::Shape,
};
use std::borrow::Cow;

/// Softmax along an axis, `yᵢ = e^xᵢ / Σ e^xⱼ`.
#[derive(Clone, Debug, PartialEq)]
pub struct Softmax {
    /// The axis whose numbers become probabilities; negative counts from the end.
    pub axis: isize,
}

/// Logarithm of softmax along an axis, `yᵢ = xᵢ − ln Σ e^xⱼ`.
#[derive(Clone, Debug, PartialEq)]
pub struct LogSoftmax {
    /// The axis; negative counts from the end.
    pub axis: isize,
}

pub(super) fn examples<T: Float>() -> Vec<Example<T>> {
    [0, 1, -1]
        .into_iter()
        .flat_map(|axis| {
            let shape = Shape::from([2, 3, 2]);
            [
                Example::new(Softmax { axis }, [shape]),
                Example::new(LogSoftmax { axis }, [shape]),
            ]
        })
        .collect()
}

/// The cells of each line along an axis: `line(first cell, distance, length)`.
pub(super) fn lines(axis: isize, shape: Shape, mut line: impl FnMut(usize, usize, usize)) {
    let Ok(axis) = axis_of(axis, shape) else { return };
    let (length, distance) = (shape.size(axis), shape.strides()[axis]);
    if shape.is_empty() {
        return;
    }
    for outer in (0..shape.len()).step_by(length * distance) {
        for inner in 0..distance {
            line(outer + inner, distance, length);
        }
    }
}

/// Fills the cells of a line with eˣ⁻ᵐ, m its largest number; returns m and Σ eˣ⁻ᵐ.
fn exponentials<T: Float>(x: &[T], cells: impl Iterator<Item = usize> + Clone, out: &mut [T]) -> (T, T) {
    let larger = |m, cell: usize| if x[cell] > m { x[cell] } else { m };
    let largest = cells.clone().fold(T::NEG_INFINITY, larger);
    let mut sum = T::ZERO;
    for cell in cells {
        out[cell] = (x[cell] - largest).exp();
        sum += out[cell];
    }
    (largest, sum)
}

impl<T: Float> Op<T> for Softmax {
    fn name(&self) -> &'static str {
        "softmax"
    }
    fn label(&self) -> Cow<'static, str> {
        format!("softmax {}", self.axis).into()
    }
    fn doc(&self) -> Doc {
        Doc {
            text: "Softmax along an axis, `yᵢ = e^xᵢ / Σ e^xⱼ`, shifted by the largest x. \
                   Source: Bridle, Probabilistic Interpretation of Feedforward Classification Network Outputs (1990).",
            derivative: "y * (g - Σ g y)",
        }
    }
    fn shape(&self, arguments: &[Shape]) -> Result<Shape, Fault> {
        axis_of(self.axis, arguments[0]).map(|_| arguments[0])
    }
    fn eval(&self, arguments: &[View<'_, T>], out: &mut [T]) {
        let x = arguments[0];
        lines(self.axis, x.shape, |first, distance, length| {
            let cells = (0..length).map(|i| first + i * distance);
            let (_, sum) = exponentials(x.data, cells.clone(), out);
            for cell in cells {
                out[cell] /= sum;
            }
        });
    }
    fn pull(&self, _: usize, at: &Moment<'_, T>, gradient_y: &[T], gradient_x: &mut [T]) {
        let y = at.value.data;
        lines(self.axis, at.value.shape, |first, distance, length| {
            let cells = (0..length).map(|i| first + i * distance);
            let dot: T = cells.clone().map(|cell| gradient_y[cell] * y[cell]).sum();
            for cell in cells {
                gradient_x[cell] += y[cell] * (gradient_y[cell] - dot);
            }
        });
    }
    fn emit<'g>(&self, _: usize, at: &Here<'_, 'g, T>, g: Var<'g, T>) -> Option<Var<'g, T>> {
        let y = at.value;
        Some(y * (g - (g * y).sum_over(keepdims(self.axis))))
    }
    fn try_at(&self) -> &'static [f64] {
        SMOOTH
    }
}

impl<T: Float> Op<T> for LogSoftmax {
    fn name(&self) -> &'static str {
        "log_softmax"
    }
    fn label(&self) -> Cow<'static, str> {
        format!("ln softmax {}", self.axis).into()
    }
    fn doc(&self) -> Doc {
        Doc {
            text: "Logarithm of softmax along an axis, `yᵢ = xᵢ − ln Σ e^xⱼ`, shifted by the largest x. \
                   Source: Bridle, Probabilistic Interpretation of Feedforward Classification Network Outputs (1990).",
            derivative: "g - exp(y) Σ g",
        }
    }
    fn shape(&self, arguments: &[Shape]) -> Result<Shape, Fault> {
        axis_of(self.axis, arguments[0]).map(|_| arguments[0])
    }
    fn eval(&self, arguments: &[View<'_, T>], out: &mut [T]) {
        let x = arguments[0];
        lines(self.axis, x.shape, |first, distance, length| {
            let cells = (0..length).map(|i| first + i * distance);
            let (largest, sum) = exponentials(x.data, cells.clone(), out);
            let shift = sum.ln();
            for cell in cells {
                out[cell] = (x.data[cell] - largest) - shift;
            }
        });
    }
    fn pull(&self, _: usize, at: &Moment<'_, T>, gradient_y: &[T], gradient_x: &mut [T]) {
        let y = at.value.data;
        lines(self.axis, at.value.shape, |first, distance, length| {
            let cells = (0..length).map(|i| first + i * distance);
            let total: T = cells.clone().map(|cell| gradient_y[cell]).sum();
            for cell in cells {
                gradient_x[cell] += gradient_y[cell] - y[cell].exp() * total;
            }
        });
    }
    fn emit<'g>(&self, _: usize, at: &Here<'_, 'g, T>, g: Var<'g, T>) -> Option<Var<'g, T>> {
        Some(g - at.value.exp() * g.sum_over(keepdims(self.axis)))
    }
    fn try_at(&self) -> &'static [f64] {
        SMOOTH
    }
}

impl<'g, T: Float> Var<'g, T> {
    /// Probabilities along an axis, `e^xᵢ / Σ e^xⱼ`; they add up to 1 for any finite x.
    #[track_caller]
    pub fn softmax(self, axis: isize) -> Var<'g, T> {
        self.apply(Softmax { axis })
    }

    /// Logarithms of the probabilities along an axis, `xᵢ − ln Σ e^xⱼ`, precise for any finite x.
    #[track_caller]
    pub fn log_softmax(self, axis: isize) -> Var<'g, T> {
        self.apply(LogSoftmax { axis })
    }
}
