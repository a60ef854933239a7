//! Rearranging numbers without calculating: reshape, permute, slice, broadcast, pick. All are one
//! idea: each cell of the result reads one cell of the argument. Backward, each cell of the gradient
//! is added to the cell that was read: that is [`Scatter`], and the two are each other's derivative.

use super::{
    Example, SMOOTH, Scatter,
    axes::{after_rows, axis_of},
};
use crate::{
    error::Fault,
    float::Float,
    graph::{Doc, Here, Moment, Op, Var, View},
    kernel::walk::Walk,
    shape::{MAX_RANK, Shape},
};
use std::{borrow::Cow, ops::Range, sync::Arc};

/// A rearrangement of numbers: which cell of the argument each cell of the result reads.
#[derive(Clone, Debug, PartialEq)]
pub enum Layout {
    /// The same numbers in another shape.
    Reshape(Shape),
    /// Axes in another order: axis `i` of the result is axis `order[i]` of the argument.
    Permute(Vec<isize>),
    /// A part of one axis.
    Slice {
        /// The axis; negative counts from the end.
        axis: isize,
        /// The positions that stay.
        range: Range<usize>,
    },
    /// Repeated along axes of size 1 and new leading axes.
    Broadcast(Shape),
    /// One position of one axis, which disappears.
    At {
        /// The axis; negative counts from the end.
        axis: isize,
        /// The position, less than the axis's size.
        position: usize,
    },
    /// Chosen positions along one axis, in any order and any number of times.
    Pick {
        /// The axis; negative counts from the end.
        axis: isize,
        /// The positions, each less than the axis's size.
        positions: Arc<[usize]>,
    },
}

pub(super) fn examples<T: Float>() -> Vec<Example<T>> {
    let shape = Shape::from([2, 3, 2]);
    let layouts = [
        (Layout::Reshape(Shape::from([3, 4])), shape),
        (Layout::Permute(vec![2, 0, 1]), shape),
        (Layout::Permute(vec![-1, -2, 0]), shape),
        (Layout::Slice { axis: 1, range: 1..3 }, shape),
        (Layout::Slice { axis: 0, range: 1..2 }, Shape::from([3])),
        (Layout::Reshape(Shape::from([1])), Shape::SCALAR),
        (Layout::At { axis: 1, position: 2 }, shape),
        (Layout::At { axis: 0, position: 0 }, Shape::from([1, 1])),
        (Layout::At { axis: 0, position: 1 }, Shape::from([3])),
        (Layout::Broadcast(Shape::from([2, 3, 2])), Shape::from([3, 1])),
        (Layout::Broadcast(Shape::from([2, 2])), Shape::SCALAR),
        (
            Layout::Pick {
                axis: 1,
                positions: Arc::new([2, 0, 2]),
            },
            shape,
        ),
        (
            Layout::Pick {
                axis: -1,
                positions: Arc::new([1]),
            },
            shape,
        ),
    ];
    layouts
        .into_iter()
        .flat_map(|(layout, into)| {
            let out = layout.read(into).map_or(into, |read| read.shape);
            let scatter = Scatter {
                layout: layout.clone(),
                into,
            };
            [Example::new(layout, [into]), Example::new(scatter, [out])]
        })
        .collect()
}

/// Where each cell of a result is read: `start + Σ index · stride`, or along one axis by a list.
pub(super) struct Read<'a> {
    pub shape: Shape,
    start: usize,
    strides: [usize; MAX_RANK],
    /// The axis (of the result) that is read through a list, with the distance between its positions.
    listed: Option<(usize, usize, &'a [usize])>,
}

impl Layout {
    pub(super) fn read(&self, from: Shape) -> Result<Read<'_>, Fault> {
        let plain = |shape, strides| Read {
            shape,
            start: 0,
            strides,
            listed: None,
        };
        let own = from.strides();
        match self {
            Layout::Reshape(to) => {
                if to.len() != from.len() {
                    return Err(Fault::new(format!(
                        "shape {from} holds {} numbers, shape {to} holds {}",
                        from.len(),
                        to.len()
                    ))
                    .fix("a reshape keeps every number: choose sizes with the same product"));
                }
                Ok(plain(*to, to.strides()))
            }
            Layout::Permute(order) => {
                let (mut strides, mut shape, mut seen) = ([0; MAX_RANK], from, [false; MAX_RANK]);
                for (to, &axis) in order.iter().enumerate() {
                    let axis = axis_of(axis, from)?;
                    if std::mem::replace(&mut seen[axis], true) {
                        return Err(Fault::new(format!("axis {axis} is named twice in {order:?}")));
                    }
                    strides[to] = own[axis];
                    shape = shape.with_size(to, from.size(axis));
                }
                if order.len() != from.rank() {
                    return Err(Fault::new(format!(
                        "{order:?} does not name every axis of the shape {from}"
                    )));
                }
                Ok(plain(shape, strides))
            }
            Layout::Slice { axis, range } => {
                let axis = axis_of(*axis, from)?;
                if range.start > range.end || range.end > from.size(axis) {
                    return Err(Fault::new(format!(
                        "positions {range:?} do not lie in axis {axis} of the shape {from}"
                    ))
                    .fix(format!("choose a range within 0..{}", from.size(axis))));
                }
                let shape = from.with_size(axis, range.len());
                let start = range.start * own[axis];
                Ok(Read {
                    start,
                    ..plain(shape, own)
                })
            }
            Layout::At { axis, position } => {
                let axis = axis_of(*axis, from)?;
                let size = from.size(axis);
                if *position >= size {
                    return Err(Fault::new(format!(
                        "position {position} lies outside axis {axis} of the shape {from}"
                    ))
                    .fix(format!("positions run from 0 to {}", size.saturating_sub(1))));
                }
                let mut strides = own;
                strides.copy_within(axis + 1.., axis);
                let shape = from.without(|other| other == axis, false);
                Ok(Read {
                    start: position * own[axis],
                    ..plain(shape, strides)
                })
            }
            Layout::Broadcast(to) => match from.broadcast(*to) {
                Some(shape) if shape == *to => Ok(plain(*to, from.strides_as(*to))),
                _ => Err(Fault::new(format!("shape {from} does not broadcast to {to}"))
                    .fix("sizes are compared from the last axis; only axes of size 1 can be repeated")),
            },
            Layout::Pick { axis, positions } => {
                let axis = axis_of(*axis, from)?;
                let size = from.size(axis);
                if let Some((i, position)) = positions.iter().enumerate().find(|(_, position)| **position >= size) {
                    return Err(Fault::new(format!(
                        "position {position} (number {i} of the list) lies outside axis {axis} of the shape {from}"
                    ))
                    .fix(format!("positions run from 0 to {}", size.saturating_sub(1))));
                }
                let shape = from.with_size(axis, positions.len());
                let mut strides = own;
                strides[axis] = 0;
                Ok(Read {
                    listed: Some((axis, own[axis], positions)),
                    ..plain(shape, strides)
                })
            }
        }
    }

    /// The layout that does the same to each of so many rows of this shape.
    pub(super) fn with_rows(&self, rows: usize, shape: Shape) -> Option<Layout> {
        Some(match self {
            Layout::Reshape(to) => Layout::Reshape(to.with_rows(rows)?),
            Layout::Broadcast(to) => Layout::Broadcast(to.with_rows(rows)?),
            Layout::Permute(order) => {
                let positions = order.iter().map(|&axis| axis_of(axis, shape).ok());
                let moved = positions.map(|axis| Some(axis? as isize + 1));
                Layout::Permute(std::iter::once(Some(0)).chain(moved).collect::<Option<_>>()?)
            }
            Layout::Slice { axis, range } => Layout::Slice {
                axis: after_rows(*axis),
                range: range.clone(),
            },
            Layout::Pick { axis, positions } => Layout::Pick {
                axis: after_rows(*axis),
                positions: positions.clone(),
            },
            Layout::At { axis, position } => Layout::At {
                axis: after_rows(*axis),
                position: *position,
            },
        })
    }

    pub(super) fn word(&self) -> &'static str {
        match self {
            Layout::Reshape(_) => "reshape",
            Layout::Permute(_) => "permute",
            Layout::Slice { .. } => "slice",
            Layout::At { .. } => "at",
            Layout::Broadcast(_) => "broadcast",
            Layout::Pick { .. } => "pick",
        }
    }
}

impl Read<'_> {
    /// Calls `pair(to, from)` for each cell of the result, in order.
    pub(super) fn cells(&self, mut pair: impl FnMut(usize, usize)) {
        let mut to = 0;
        match self.listed {
            None => Walk::strided(self.shape, [self.strides]).rows(|length, [start], [step]| {
                for i in 0..length {
                    pair(to, self.start + start + i * step);
                    to += 1;
                }
            }),
            Some((axis, distance, positions)) => {
                let own = self.shape.strides();
                let walk = Walk::strided(self.shape, [self.strides, own]);
                walk.rows(|length, starts, steps| {
                    for i in 0..length {
                        let cell = starts[1] + i * steps[1];
                        let position = cell / own[axis].max(1) % positions.len();
                        pair(to, starts[0] + i * steps[0] + positions[position] * distance);
                        to += 1;
                    }
                });
            }
        }
    }
}

impl<T: Float> Op<T> for Layout {
    fn name(&self) -> &'static str {
        self.word()
    }
    fn label(&self) -> Cow<'static, str> {
        match self {
            Layout::Reshape(to) => format!("reshape {to}"),
            Layout::Permute(order) => format!("permute {order:?}"),
            Layout::Slice { axis, range } => format!("slice {axis}: {range:?}"),
            Layout::Broadcast(to) => format!("broadcast {to}"),
            Layout::At { axis, position } => format!("at {axis}: {position}"),
            Layout::Pick { axis, positions } => format!("pick {axis}: {} positions", positions.len()),
        }
        .into()
    }
    fn doc(&self) -> Doc {
        Doc {
            text: "Numbers rearranged: each cell of the result reads one cell of the argument. \
                   Source: numpy.reshape, transpose, take, broadcast_to and slices.",
            derivative: "scatter(g)",
        }
    }
    fn shape(&self, arguments: &[Shape]) -> Result<Shape, Fault> {
        self.read(arguments[0]).map(|read| read.shape)
    }
    fn eval(&self, arguments: &[View<'_, T>], out: &mut [T]) {
        let x = arguments[0];
        if let Layout::Reshape(_) = self {
            return out.copy_from_slice(x.data);
        }
        let Ok(read) = self.read(x.shape) else { return };
        read.cells(|to, from| out[to] = x.data[from]);
    }
    fn pull(&self, _: usize, at: &Moment<'_, T>, gradient_y: &[T], gradient_x: &mut [T]) {
        let Ok(read) = self.read(at.arguments[0].shape) else {
            return;
        };
        read.cells(|to, from| gradient_x[from] += gradient_y[to]);
    }
    fn emit<'g>(&self, _: usize, at: &Here<'_, 'g, T>, g: Var<'g, T>) -> Option<Var<'g, T>> {
        let into = at.arguments[0].shape();
        Some(match self {
            Layout::Reshape(_) => g.reshape(into),
            Layout::Broadcast(_) => g.sum_to(into),
            _ => g.apply(Scatter {
                layout: self.clone(),
                into,
            }),
        })
    }
    fn joins(&self, _: &[Shape]) -> bool {
        matches!(self, Layout::Reshape(_))
    }
    fn broadcasts(&self) -> bool {
        matches!(self, Layout::Broadcast(_))
    }
    fn reads_cell(&self, of: Shape) -> Option<usize> {
        let read = self.read(of).ok()?;
        (read.shape.len() == 1 && read.listed.is_none()).then_some(read.start)
    }
    fn over_rows(&self, rows: usize, arguments: &[Shape]) -> Option<Arc<dyn Op<T>>> {
        Some(Arc::new(self.with_rows(rows, arguments[0])?))
    }
    fn try_at(&self) -> &'static [f64] {
        SMOOTH
    }
}

impl<'g, T: Float> Var<'g, T> {
    /// The same numbers, in the same order, in another shape.
    #[track_caller]
    pub fn reshape(self, to: impl Into<Shape>) -> Var<'g, T> {
        let to = to.into();
        if to == self.shape() && self.fault().is_none() {
            self
        } else {
            self.apply(Layout::Reshape(to))
        }
    }

    /// Axes in another order: axis `i` of the result is axis `order[i]` of this value.
    #[track_caller]
    pub fn permute(self, order: &[isize]) -> Var<'g, T> {
        self.apply(Layout::Permute(order.to_vec()))
    }

    /// A part of one axis: `x.slice(1, 0..3)` is numpy's `x[:, 0:3]`.
    #[track_caller]
    pub fn slice(self, axis: isize, range: Range<usize>) -> Var<'g, T> {
        self.apply(Layout::Slice { axis, range })
    }

    /// What lies at one position of the first axis, which disappears: numpy's `x[i]`.
    ///
    /// ```
    /// use chainrule::Graph;
    /// let g = Graph::new();
    /// let x = g.leaf([[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(x.at(1).value()?.data(), [3.0, 4.0]);
    /// assert_eq!(x.at(1).at(0).item()?, 3.0);
    /// # Ok::<(), chainrule::Error>(())
    /// ```
    #[track_caller]
    pub fn at(self, position: usize) -> Var<'g, T> {
        self.apply(Layout::At { axis: 0, position })
    }

    /// Repeated along axes of size 1 and new leading axes, until the shape is `to`.
    #[track_caller]
    pub fn broadcast(self, to: impl Into<Shape>) -> Var<'g, T> {
        let to = to.into();
        if to == self.shape() && self.fault().is_none() {
            self
        } else {
            self.apply(Layout::Broadcast(to))
        }
    }

    /// Chosen positions along one axis, in any order and any number of times (`numpy.take`, gather).
    ///
    /// ```
    /// use chainrule::Graph;
    /// let g = Graph::new();
    /// let x = g.leaf([10.0, 20.0, 30.0]);
    /// let picked = x.pick(0, [2, 0, 2]);
    /// assert_eq!(picked.value()?.data(), [30.0, 10.0, 30.0]);
    /// assert_eq!(picked.sum().backward()?.wrt(x), [1.0, 0.0, 2.0]);
    /// # Ok::<(), chainrule::Error>(())
    /// ```
    #[track_caller]
    pub fn pick(self, axis: isize, positions: impl Into<Arc<[usize]>>) -> Var<'g, T> {
        self.apply(Layout::Pick {
            axis,
            positions: positions.into(),
        })
    }
}
