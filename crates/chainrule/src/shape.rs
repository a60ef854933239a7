//! How big is it: the shape of a value.

use std::fmt;

/// The most axes a value can have.
pub const MAX_RANK: usize = 6;

/// The sizes of a value along each of its axes, row-major; `[]` is a scalar.
///
/// A shape is `Copy` and holds up to [`MAX_RANK`] axes. Broadcasting is numpy's: shapes are
/// aligned at their last axis, and an axis of size 1, or one that is absent, is repeated.
///
/// ```
/// use chainrule::Shape;
/// let shape = Shape::from([2, 3]);
/// assert_eq!((shape.rank(), shape.len()), (2, 6));
/// assert_eq!(shape.broadcast(Shape::from([3])), Some(shape));
/// assert_eq!(shape.broadcast(Shape::from([2])), None);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Shape {
    rank: u8,
    sizes: [u32; MAX_RANK],
}

impl Shape {
    /// The shape of a single number, `[]`.
    pub const SCALAR: Shape = Shape {
        rank: 0,
        sizes: [1; MAX_RANK],
    };

    /// The shape with these sizes; `None` when there are more than [`MAX_RANK`] or one exceeds
    /// 2³² − 1.
    pub fn new(sizes: &[usize]) -> Option<Shape> {
        let mut shape = Shape::SCALAR;
        if sizes.len() > MAX_RANK {
            return None;
        }
        for &size in sizes {
            shape = shape.push(u32::try_from(size).ok()?);
        }
        Some(shape)
    }

    #[inline]
    fn push(mut self, size: u32) -> Shape {
        self.sizes[self.rank as usize] = size;
        self.rank += 1;
        self
    }

    /// The sizes, first axis first.
    #[inline]
    pub fn sizes(&self) -> &[u32] {
        &self.sizes[..self.rank as usize]
    }

    /// The number of axes; 0 for a scalar.
    #[inline]
    pub fn rank(&self) -> usize {
        self.rank as usize
    }

    /// The size along an axis counted from the front; 1 where there is no such axis.
    #[inline]
    pub fn size(&self, axis: usize) -> usize {
        self.sizes().get(axis).map_or(1, |&size| size as usize)
    }

    /// The size along the last axis; 1 for a scalar.
    #[inline]
    pub fn last(&self) -> usize {
        self.sizes().last().map_or(1, |&size| size as usize)
    }

    /// How many numbers a value of this shape holds (the product of the sizes, at most `usize::MAX`).
    #[inline]
    pub fn len(&self) -> usize {
        // Nothing times the most is nothing, so that no order of the sizes matters.
        self.sizes()
            .iter()
            .fold(1usize, |product, &size| product.saturating_mul(size as usize))
    }

    /// Whether a value of this shape holds no number at all.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The shape that two values broadcast to, by numpy's rule; `None` when they do not fit.
    pub fn broadcast(self, other: Shape) -> Option<Shape> {
        let rank = self.rank().max(other.rank());
        let mut shape = Shape::SCALAR;
        for axis in 0..rank {
            shape = shape.push(match (self.aligned(axis, rank), other.aligned(axis, rank)) {
                (a, b) if a == b => a,
                (1, b) => b,
                (a, 1) => a,
                _ => return None,
            });
        }
        Some(shape)
    }

    /// The size along `axis` once the shape has been padded in front with ones to `rank` axes.
    fn aligned(&self, axis: usize, rank: usize) -> u32 {
        let missing = rank - self.rank();
        if axis < missing { 1 } else { self.sizes[axis - missing] }
    }

    /// Distance in memory between neighbors along each axis, row-major.
    pub(crate) fn strides(&self) -> [usize; MAX_RANK] {
        let mut strides = [0; MAX_RANK];
        let mut step = 1usize;
        for axis in (0..self.rank()).rev() {
            strides[axis] = step;
            step = step.saturating_mul(self.sizes[axis] as usize);
        }
        strides
    }

    /// Strides that read a value of this shape as if it had the shape `to`: 0 along repeated axes.
    pub(crate) fn strides_as(&self, to: Shape) -> [usize; MAX_RANK] {
        let own = self.strides();
        let missing = to.rank() - self.rank();
        let mut strides = [0; MAX_RANK];
        for axis in missing..to.rank() {
            if self.sizes[axis - missing] != 1 {
                strides[axis] = own[axis - missing];
            }
        }
        strides
    }

    /// The shape of so many rows of this shape; none when it would have too many axes.
    pub(crate) fn with_rows(self, rows: usize) -> Option<Shape> {
        if self.rank() == MAX_RANK {
            return None;
        }
        let rows = Shape::SCALAR.push(u32::try_from(rows).ok()?);
        Some(self.sizes().iter().fold(rows, |shape, &size| shape.push(size)))
    }

    /// The same sizes with that of one axis, if there is such an axis, replaced.
    #[inline]
    pub(crate) fn with_size(mut self, axis: usize, size: usize) -> Shape {
        if let Some(old) = self.sizes[..self.rank as usize].get_mut(axis) {
            *old = u32::try_from(size).unwrap_or(u32::MAX);
        }
        self
    }

    /// The same sizes with the last axis, if there is one, replaced.
    #[inline]
    pub(crate) fn with_last(self, size: usize) -> Shape {
        self.with_size(self.rank().wrapping_sub(1), size)
    }

    /// The same shape without the axes for which `drop` holds; with `keep` they stay, as size 1.
    pub(crate) fn without(self, drop: impl Fn(usize) -> bool, keep: bool) -> Shape {
        let mut shape = Shape::SCALAR;
        for axis in 0..self.rank() {
            match (drop(axis), keep) {
                (false, _) => shape = shape.push(self.sizes[axis]),
                (true, true) => shape = shape.push(1),
                (true, false) => {}
            }
        }
        shape
    }
}

impl<const N: usize> From<[usize; N]> for Shape {
    /// Sizes beyond 2³² − 1 are held as 2³² − 1: no value can fill either.
    #[inline]
    fn from(sizes: [usize; N]) -> Shape {
        const { assert!(N <= MAX_RANK, "a shape has at most six axes") };
        let mut shape = Shape::SCALAR;
        for size in sizes {
            shape = shape.push(u32::try_from(size).unwrap_or(u32::MAX));
        }
        shape
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.sizes())
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broadcasting_follows_numpy() {
        type Sizes = &'static [usize];
        let cases: &[(Sizes, Sizes, Option<Sizes>)] = &[
            (&[], &[], Some(&[])),
            (&[3], &[], Some(&[3])),
            (&[2, 3], &[3], Some(&[2, 3])),
            (&[2, 1], &[1, 3], Some(&[2, 3])),
            (&[5, 1, 4], &[3, 1], Some(&[5, 3, 4])),
            (&[0], &[1], Some(&[0])),
            (&[2], &[3], None),
            (&[2, 3], &[2], None),
        ];
        for (a, b, expected) in cases {
            let (a, b) = (Shape::new(a).unwrap(), Shape::new(b).unwrap());
            let expected = expected.map(|s| Shape::new(s).unwrap());
            assert_eq!(a.broadcast(b), expected, "{a} with {b}");
            assert_eq!(b.broadcast(a), expected, "{b} with {a}");
        }
    }

    #[test]
    fn a_seventh_axis_is_refused() {
        assert_eq!(Shape::new(&[1; 7]), None);
        assert!(Shape::new(&[1; 6]).is_some());
    }
}
