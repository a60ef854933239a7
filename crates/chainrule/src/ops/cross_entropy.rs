//! Cross-entropy of logits against class indices.

use super::{Example, SMOOTH, softmax::log_sum_exp};
use crate::{
    error::Fault,
    float::Float,
    graph::{Doc, Here, Moment, Op, Var, View},
    kernel::instructions::run,
    shape::Shape,
};
use std::sync::Arc;

/// Cross-entropy of each row of logits against a class, `y = −Σ qₖ ln softmax(x)ₖ`.
///
/// Without smoothing and weights q is 1 for the row's class and 0 elsewhere. In general, as in PyTorch,
/// `qₖ = wₖ ((1 − s) [k = class] + s / classes)`.
#[derive(Clone, Debug, PartialEq)]
pub struct CrossEntropy {
    /// The class of each row, counted from 0.
    pub classes: Arc<[usize]>,
    /// How much of each row's target is spread evenly over all classes, from 0 to 1.
    pub smoothing: f64,
    /// The weight of each class; none means 1 for all.
    pub weights: Option<Arc<[f64]>>,
}

pub(super) fn examples<T: Float>() -> Vec<Example<T>> {
    let op = |classes: &[usize], smoothing, weights: Option<&[f64]>| CrossEntropy {
        classes: classes.into(),
        smoothing,
        weights: weights.map(Into::into),
    };
    let shape = Shape::from([4, 3]);
    vec![
        Example::new(op(&[0, 2, 1, 2], 0.0, None), [shape]),
        Example::new(op(&[0, 2, 1, 2], 0.1, None), [shape]),
        Example::new(op(&[0, 2, 1, 2], 0.2, Some(&[0.5, 1.0, 3.0])), [shape]),
        Example::new(op(&[1], 0.0, None), [Shape::from([3])]),
    ]
}

impl CrossEntropy {
    fn weight(&self, class: usize) -> f64 {
        self.weights
            .as_ref()
            .map_or(1.0, |weights| weights.get(class).copied().unwrap_or(1.0))
    }

    /// The target distribution of a row, with weights.
    fn target(&self, row: usize, class: usize, count: usize) -> f64 {
        let hit = if self.classes.get(row) == Some(&class) {
            1.0 - self.smoothing
        } else {
            0.0
        };
        self.weight(class) * (hit + self.smoothing / count as f64)
    }

    /// The sum of the weights of the rows' classes, by which a weighted mean divides.
    pub(crate) fn total_weight(&self) -> f64 {
        self.classes.iter().map(|&class| self.weight(class)).sum()
    }
}

impl<T: Float> Op<T> for CrossEntropy {
    fn name(&self) -> &'static str {
        "cross_entropy"
    }
    fn doc(&self) -> Doc {
        Doc {
            text: "Cross-entropy of logits against class indices, `y = −Σ qₖ ln softmax(x)ₖ`, one number per row. \
                   Source: PyTorch, cross_entropy; Szegedy et al. (2016) for smoothing.",
            derivative: "g * (softmax(x) Σ q - q)",
        }
    }
    fn shape(&self, arguments: &[Shape]) -> Result<Shape, Fault> {
        let logits = arguments[0];
        if logits.rank() == 0 {
            return Err(Fault::new("needs one logit per class, got a single number")
                .fix("for two classes and one logit use bce_with_logits"));
        }
        let (count, rows) = (logits.last(), logits.without(|axis| axis + 1 == logits.rank(), false));
        if self.classes.len() != rows.len() {
            return Err(
                Fault::new(format!("{} classes for logits of shape {logits}", self.classes.len()))
                    .fix(format!("give one class for each of the {} rows", rows.len())),
            );
        }
        if let Some((row, class)) = self.classes.iter().enumerate().find(|(_, class)| **class >= count) {
            return Err(Fault::new(format!(
                "class {class} of row {row}, but there are {count} logits per row"
            ))
            .fix("classes are counted from 0"));
        }
        if let Some(weights) = &self.weights
            && weights.len() != count
        {
            return Err(Fault::new(format!(
                "{} class weights for {count} classes",
                weights.len()
            )));
        }
        if !(0.0..=1.0).contains(&self.smoothing) {
            return Err(Fault::new(format!(
                "label smoothing {} lies outside 0 to 1",
                self.smoothing
            )));
        }
        Ok(rows)
    }
    fn eval(&self, arguments: &[View<'_, T>], out: &mut [T]) {
        let logits = arguments[0];
        let count = logits.shape.last();
        for (row, (y, x)) in out.iter_mut().zip(logits.data.chunks_exact(count.max(1))).enumerate() {
            let normalizer = run(
                #[inline(always)]
                || log_sum_exp(x),
            );
            for (class, &x) in x.iter().enumerate() {
                let target = self.target(row, class, count);
                if target != 0.0 {
                    *y += T::from_f64(target) * (normalizer - x);
                }
            }
        }
    }
    fn pull(&self, _: usize, at: &Moment<'_, T>, gradient_y: &[T], gradient_x: &mut [T]) {
        let logits = at.arguments[0];
        let count = logits.shape.last();
        let rows = logits
            .data
            .chunks_exact(count.max(1))
            .zip(gradient_x.chunks_exact_mut(count.max(1)));
        let mut targets = vec![T::ZERO; count];
        for (row, ((x, gradient_x), &g)) in rows.zip(gradient_y).enumerate() {
            let mut total = 0.0;
            for (class, target) in targets.iter_mut().enumerate() {
                let exact = self.target(row, class, count);
                *target = T::from_f64(exact);
                total += exact;
            }
            let total = T::from_f64(total);
            run(
                #[inline(always)]
                || {
                    let normalizer = log_sum_exp(x);
                    for ((gradient_x, &x), &target) in gradient_x.iter_mut().zip(x).zip(&targets) {
                        *gradient_x += g * ((x - normalizer).exp() * total - target);
                    }
                },
            );
        }
    }
    fn emit<'g>(&self, _: usize, at: &Here<'_, 'g, T>, g: Var<'g, T>) -> Option<Var<'g, T>> {
        let (x, shape) = (at.arguments[0], at.arguments[0].shape());
        let count = shape.last();
        let targets: Vec<T> = (0..self.classes.len() * count)
            .map(|cell| T::from_f64(self.target(cell / count, cell % count, count)))
            .collect();
        let totals: Vec<T> = targets
            .chunks_exact(count.max(1))
            .map(|row| row.iter().copied().sum())
            .collect();
        let one_per_row = shape.with_last(1);
        let graph = x.graph();
        let probabilities = x.softmax(-1) * graph.tensor(&totals, one_per_row);
        Some(g.reshape(one_per_row) * (probabilities - graph.tensor(&targets, shape)))
    }
    fn try_at(&self) -> &'static [f64] {
        SMOOTH
    }
}
