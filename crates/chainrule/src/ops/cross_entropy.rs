//! Cross-entropy of logits against class indices.

use super::{
    Example, SMOOTH, keepdims,
    softmax::{normalizers, probabilities},
};
use crate::{
    error::Fault,
    float::Float,
    graph::{Doc, Here, Moment, Op, Rows, Var, View},
    shape::Shape,
};
use std::sync::Arc;

/// Cross-entropy of each row of logits against a class, `y = −Σ qₖ ln softmax(x)ₖ`.
///
/// Its arguments are the logits and the class of each row, counted from 0; what is no class gives NaN. Without smoothing and
/// weights q is 1 for the row's class and 0 elsewhere. In general, as in PyTorch,
/// `qₖ = wₖ ((1 − s) [k = class] + s / classes)`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CrossEntropy {
    /// How much of each row's target is spread evenly over all classes, from 0 to 1.
    pub smoothing: f64,
    /// The weight of each class; none means 1 for all.
    pub weights: Option<Arc<[f64]>>,
}

pub(super) fn examples<T: Float>() -> Vec<Example<T>> {
    let op = |smoothing, weights: Option<&[f64]>| CrossEntropy {
        smoothing,
        weights: weights.map(Into::into),
    };
    let shapes = [Shape::from([4, 3]), Shape::from([4])];
    let classes = [0.0, 2.0, 1.0, 2.0];
    vec![
        Example::new(op(0.0, None), shapes).with(1, classes),
        Example::new(op(0.1, None), shapes).with(1, classes),
        Example::new(op(0.2, Some(&[0.5, 1.0, 3.0])), shapes).with(1, classes),
        Example::new(op(0.0, None), [Shape::from([3]), Shape::SCALAR]).with(1, [1.0]),
    ]
}

impl CrossEntropy {
    fn weight(&self, class: usize) -> f64 {
        self.weights
            .as_ref()
            .map_or(1.0, |weights| weights.get(class).copied().unwrap_or(1.0))
    }

    /// Whether the target is 1 for the row's class and 0 elsewhere.
    fn is_plain(&self) -> bool {
        self.smoothing == 0.0 && self.weights.is_none()
    }

    /// The target of a class, with its weight, in a row of the class `right`; NaN when that is none.
    #[inline]
    fn target(&self, right: Option<usize>, class: usize, count: usize) -> f64 {
        let hit = match right {
            Some(right) if right == class => 1.0 - self.smoothing,
            Some(_) => 0.0,
            None => f64::NAN,
        };
        self.weight(class) * (hit + self.smoothing / count as f64)
    }
}

/// The class that a number says, if there is such a class: the nearest index, so that it does not hang on a last bit.
fn class_of<T: Float>(number: T, count: usize) -> Option<usize> {
    let number = number.to_f64() + 0.5;
    (0.0..count as f64).contains(&number).then_some(number as usize)
}

impl<T: Float> Op<T> for CrossEntropy {
    fn name(&self) -> &'static str {
        "cross_entropy"
    }
    fn arity(&self) -> Option<usize> {
        Some(2)
    }
    fn receives_gradient(&self, k: usize) -> bool {
        k == 0
    }
    fn doc(&self) -> Doc {
        Doc {
            text: "Cross-entropy of logits against class indices, `y = −Σ qₖ ln softmax(x)ₖ`, one number per row. \
                   Source: PyTorch, cross_entropy; Szegedy et al. (2016) for smoothing.",
            derivative: "g * (softmax(x) Σ q - q); NoGradient",
        }
    }
    fn shape(&self, arguments: &[Shape]) -> Result<Shape, Fault> {
        let logits = arguments[0];
        if logits.rank() == 0 {
            return Err(Fault::new("needs one logit per class, got a single number")
                .fix("for two classes and one logit use bce_with_logits"));
        }
        let (count, rows) = (logits.last(), logits.without(|axis| axis + 1 == logits.rank(), false));
        if count == 0 && !rows.is_empty() {
            return Err(Fault::new(format!("there is no class (logits of shape {logits})")));
        }
        if arguments[1] != rows {
            return Err(
                Fault::new(format!("{} classes for logits of shape {logits}", arguments[1].len()))
                    .fix(format!("give one class for each of the {} rows", rows.len())),
            );
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
        let (logits, rights) = (arguments[0], arguments[1].data);
        let (count, plain) = (logits.shape.last(), self.is_plain());
        normalizers(logits.data, count, |row, normalizer| {
            let x = &logits.data[row * count..][..count];
            let right = class_of(rights[row], count);
            out[row] = match right {
                Some(right) if plain => normalizer - x[right],
                _ => {
                    let share = |(class, &x)| match self.target(right, class, count) {
                        0.0 => T::ZERO,
                        target => T::from_f64(target) * (normalizer - x),
                    };
                    x.iter().enumerate().map(share).sum()
                }
            };
        });
    }
    fn pull(&self, k: usize, at: &Moment<'_, T>, gradient_y: &[T], gradient_x: &mut [T]) {
        if k != 0 {
            return;
        }
        let (logits, rights) = (at.arguments[0], at.arguments[1].data);
        let (count, plain) = (logits.shape.last(), self.is_plain());
        probabilities(logits.data, count, |first, probabilities| {
            let (row, class) = (first / count, first % count);
            for (i, probabilities) in probabilities.chunks(count).enumerate() {
                let (g, right) = (gradient_y[row + i], class_of(rights[row + i], count));
                let gradient_x = &mut gradient_x[first + i * count..][..probabilities.len()];
                match right {
                    Some(right) if plain => {
                        // As if the right class were another one; then its own share, which is g (p − 1).
                        let here = right.wrapping_sub(class);
                        let hit = gradient_x.get(here).zip(probabilities.get(here));
                        let own = hit.map(|(&gradient_x, &p)| gradient_x + g * (p - T::ONE));
                        for (gradient_x, &p) in gradient_x.iter_mut().zip(probabilities) {
                            *gradient_x += g * p;
                        }
                        if let Some((gradient_x, own)) = gradient_x.get_mut(here).zip(own) {
                            *gradient_x = own;
                        }
                    }
                    _ => {
                        let target = |class| self.target(right, class, count);
                        let total = T::from_f64((0..count).map(target).sum());
                        for (k, (gradient_x, &p)) in gradient_x.iter_mut().zip(probabilities).enumerate() {
                            *gradient_x += g * (p * total - T::from_f64(target(class + k)));
                        }
                    }
                }
            }
        });
    }
    fn emit<'g>(&self, k: usize, at: &Here<'_, 'g, T>, g: Var<'g, T>) -> Option<Var<'g, T>> {
        let [x, right] = *at.arguments else { return None };
        if k != 0 {
            return None;
        }
        let (graph, shape) = (x.graph(), x.shape());
        let (count, one_per_row) = (shape.last(), shape.with_last(1));
        let each_class =
            |of: &dyn Fn(usize) -> f64| graph.constant((0..count).map(|k| T::from_f64(of(k))).collect::<Vec<T>>());
        let hit = right.reshape(one_per_row).equal(each_class(&|class| class as f64));
        let target =
            each_class(&|class| self.weight(class)) * (hit * (1.0 - self.smoothing) + self.smoothing / count as f64);
        let probabilities = x.softmax(-1) * target.sum_over(keepdims(-1));
        Some(g.reshape(one_per_row) * (probabilities - target))
    }
    fn rows_needed(&self, _: usize, arguments: &[Shape]) -> Option<Rows> {
        (arguments.first()?.rank() > 1).then_some(Rows::Own)
    }
    fn over_rows(&self, _: usize, _: &[Shape]) -> Option<Arc<dyn Op<T>>> {
        Some(Arc::new(self.clone()))
    }
    fn try_at(&self) -> &'static [f64] {
        SMOOTH
    }
}
