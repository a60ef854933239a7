//! Which axes an operation works on.

use crate::{
    error::Fault,
    shape::{MAX_RANK, Shape},
};
use std::fmt;

/// The axes that a reduction removes: one, several, or all; negative ones count from the end.
///
/// ```
/// use chainrule::{Graph, ops::keepdims};
/// let g = Graph::new();
/// let x = g.leaf([[1.0, 2.0], [3.0, 4.0]]);
/// assert_eq!(x.sum_over(0).value()?.data(), [4.0, 6.0]);
/// assert_eq!(x.sum_over(keepdims(-1)).shape().sizes(), [2, 1]);
/// assert_eq!(x.sum_over([0, 1]).item()?, 10.0);
/// # Ok::<(), chainrule::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Axes {
    which: Option<Vec<isize>>,
    keep: bool,
}

impl Axes {
    /// Every axis.
    pub const ALL: Axes = Axes {
        which: None,
        keep: false,
    };
}

/// The same axes, kept in the result with size 1 (numpy's `keepdims=True`).
pub fn keepdims(axes: impl Into<Axes>) -> Axes {
    Axes {
        keep: true,
        ..axes.into()
    }
}

impl From<isize> for Axes {
    fn from(axis: isize) -> Axes {
        Axes::from([axis])
    }
}

impl<const N: usize> From<[isize; N]> for Axes {
    fn from(axes: [isize; N]) -> Axes {
        Axes {
            which: Some(axes.to_vec()),
            keep: false,
        }
    }
}

impl From<&[isize]> for Axes {
    fn from(axes: &[isize]) -> Axes {
        Axes {
            which: Some(axes.to_vec()),
            keep: false,
        }
    }
}

impl Axes {
    /// Which axes of a shape are meant.
    pub(super) fn of(&self, shape: Shape) -> Result<[bool; MAX_RANK], Fault> {
        let mut chosen = [false; MAX_RANK];
        match &self.which {
            None => chosen[..shape.rank()].fill(true),
            Some(which) => {
                for &axis in which {
                    let position = axis_of(axis, shape)?;
                    if std::mem::replace(&mut chosen[position], true) {
                        return Err(Fault::new(format!("axis {axis} is named twice")));
                    }
                }
            }
        }
        Ok(chosen)
    }

    /// Whether every axis is meant.
    pub(super) fn are_all(&self) -> bool {
        self.which.is_none()
    }

    /// The same axes of a value with one more axis in front of this shape's.
    pub(super) fn after_rows(&self, shape: Shape) -> Axes {
        let rank = shape.rank() as isize;
        let which = match &self.which {
            None => (1..=rank).collect(),
            Some(which) => which.iter().map(|&axis| after_rows(axis)).collect(),
        };
        Axes {
            which: Some(which),
            keep: self.keep,
        }
    }

    /// The shape after these axes have been reduced.
    pub(super) fn reduce(&self, shape: Shape) -> Result<Shape, Fault> {
        let chosen = self.of(shape)?;
        Ok(shape.without(|axis| chosen[axis], self.keep))
    }

    /// The shape after these axes have been reduced but kept with size 1.
    pub(super) fn reduce_kept(&self, shape: Shape) -> Shape {
        match self.of(shape) {
            Ok(chosen) => shape.without(|axis| chosen[axis], true),
            Err(_) => shape,
        }
    }
}

impl fmt::Display for Axes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.which {
            None => Ok(()),
            Some(which) => write!(f, " over {which:?}"),
        }
    }
}

/// The same axis of a value with one more axis in front.
pub(super) fn after_rows(axis: isize) -> isize {
    if axis < 0 { axis } else { axis + 1 }
}

/// The position of an axis, counted from the end when negative.
pub(super) fn axis_of(axis: isize, shape: Shape) -> Result<usize, Fault> {
    let rank = shape.rank();
    let position = if axis < 0 {
        axis.checked_add_unsigned(rank)
    } else {
        Some(axis)
    };
    match position.and_then(|position| usize::try_from(position).ok()) {
        Some(position) if position < rank => Ok(position),
        _ => Err(
            Fault::new(format!("there is no axis {axis} in the shape {shape}")).fix(match rank {
                0 => "a single number has no axes".to_string(),
                _ => format!("axes run from 0 to {}, or from -{rank} to -1", rank - 1),
            }),
        ),
    }
}
