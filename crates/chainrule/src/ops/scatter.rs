//! Rearrangements backward: the inverse of a [`Layout`], which adds each number to the cell that it was read from.

use super::{Layout, SMOOTH};
use crate::{
    error::Fault,
    float::Float,
    graph::{Doc, Here, Moment, Op, Var, View},
    shape::Shape,
};
use std::{borrow::Cow, sync::Arc};

/// The inverse of a [`Layout`] for gradients: adds each number to the cell that the layout read it from.
#[derive(Clone, Debug, PartialEq)]
pub struct Scatter {
    /// The layout that is undone.
    pub layout: Layout,
    /// The shape of the layout's argument, which is the shape of the result.
    pub into: Shape,
}

impl<T: Float> Op<T> for Scatter {
    fn name(&self) -> &'static str {
        "scatter"
    }
    fn label(&self) -> Cow<'static, str> {
        format!("un-{}", Op::<T>::label(&self.layout)).into()
    }
    fn doc(&self) -> Doc {
        Doc {
            text: "The inverse of a rearrangement: each number is added to the cell it was read from. \
                   Source: the transpose of the layout as a linear map.",
            derivative: "layout(g)",
        }
    }
    fn shape(&self, arguments: &[Shape]) -> Result<Shape, Fault> {
        let read = self.layout.read(self.into)?;
        if read.shape != arguments[0] {
            let what = format!(
                "expects the shape {} that {} gives, got {}",
                read.shape,
                self.layout.word(),
                arguments[0]
            );
            return Err(Fault::new(what));
        }
        Ok(self.into)
    }
    fn eval(&self, arguments: &[View<'_, T>], out: &mut [T]) {
        let Ok(read) = self.layout.read(self.into) else { return };
        out.fill(T::ZERO);
        read.cells(|to, from| out[from] += arguments[0].data[to]);
    }
    fn pull(&self, _: usize, _: &Moment<'_, T>, gradient_y: &[T], gradient_x: &mut [T]) {
        let Ok(read) = self.layout.read(self.into) else { return };
        read.cells(|to, from| gradient_x[to] += gradient_y[from]);
    }
    fn emit<'g>(&self, _: usize, _: &Here<'_, 'g, T>, g: Var<'g, T>) -> Option<Var<'g, T>> {
        Some(g.apply(self.layout.clone()))
    }
    fn over_rows(&self, rows: usize, _: &[Shape]) -> Option<Arc<dyn Op<T>>> {
        if let Layout::Broadcast(to) = &self.layout
            && to.rank() > self.into.rank()
        {
            return None; // the new axis would not stay in front
        }
        let (layout, into) = (self.layout.with_rows(rows, self.into)?, self.into.with_rows(rows)?);
        Some(Arc::new(Scatter { layout, into }))
    }
    fn try_at(&self) -> &'static [f64] {
        SMOOTH
    }
}
