//! Walking several values of different shapes side by side, as broadcasting pairs their cells.

use crate::shape::{MAX_RANK, Shape};
use std::ops::AddAssign;

/// A walk over the cells of one shape, in row-major order, that says for each of `N` values where
/// its cell lies. Axes that all values cross alike are merged, so equal shapes are one long row.
pub(crate) struct Walk<const N: usize> {
    sizes: [usize; MAX_RANK],
    strides: [[usize; MAX_RANK]; N],
    rank: usize,
}

impl<const N: usize> Walk<N> {
    /// A walk over `shape` beside values of these shapes, each of which broadcasts to it.
    pub fn new(shape: Shape, values: [Shape; N]) -> Walk<N> {
        Walk::strided(shape, values.map(|value| value.strides_as(shape)))
    }

    /// A walk over `shape` with given strides.
    pub fn strided(shape: Shape, strides: [[usize; MAX_RANK]; N]) -> Walk<N> {
        let mut walk = Walk {
            sizes: [1; MAX_RANK],
            strides: [[0; MAX_RANK]; N],
            rank: 0,
        };
        for axis in 0..shape.rank() {
            let size = shape.size(axis);
            if size == 1 {
                continue;
            }
            let inner = walk.rank.wrapping_sub(1);
            let merges = walk.rank > 0 && (0..N).all(|k| walk.strides[k][inner] == strides[k][axis].wrapping_mul(size));
            let to = if merges { inner } else { walk.rank };
            walk.sizes[to] = if merges { walk.sizes[to] * size } else { size };
            for k in 0..N {
                walk.strides[k][to] = strides[k][axis];
            }
            walk.rank = to + 1;
        }
        walk
    }

    /// Calls `row(length, starts, steps)` for each row along the last axis: value `k`'s cells of
    /// that row are `starts[k] + i * steps[k]` for `i` in `0..length`.
    #[inline]
    pub fn rows(&self, mut row: impl FnMut(usize, [usize; N], [usize; N])) {
        if self.sizes[..self.rank].contains(&0) {
            return;
        }
        let Some(last) = self.rank.checked_sub(1) else {
            return row(1, [0; N], [0; N]);
        };
        let steps = std::array::from_fn(|k| self.strides[k][last]);
        let (mut starts, mut index) = ([0usize; N], [0usize; MAX_RANK]);
        loop {
            row(self.sizes[last], starts, steps);
            let mut axis = last;
            loop {
                let Some(outer) = axis.checked_sub(1) else {
                    return;
                };
                axis = outer;
                index[axis] += 1;
                if index[axis] < self.sizes[axis] {
                    for k in 0..N {
                        starts[k] += self.strides[k][axis];
                    }
                    break;
                }
                index[axis] = 0;
                for k in 0..N {
                    starts[k] -= self.strides[k][axis] * (self.sizes[axis] - 1);
                }
            }
        }
    }
}

/// How many cells are brought side by side at a time where broadcasting spreads them.
const BLOCK: usize = 64;

/// Cells of `N` values that broadcasting pairs, side by side.
pub(crate) struct Block<'a, T, const N: usize> {
    /// How many cells of each value.
    pub length: usize,
    numbers: [&'a [T]; N],
    starts: [usize; N],
    steps: [usize; N],
}

impl<T, const N: usize> Block<'_, T, N> {
    /// The numbers, `length` of each value.
    #[inline(always)]
    pub fn numbers(&self) -> [&[T]; N] {
        std::array::from_fn(|k| &self.numbers[k][..self.length])
    }
}

impl<T: Copy + Default + AddAssign, const N: usize> Block<'_, T, N> {
    /// Lets `add` add numbers, one for each of the block's cells, to the cells of value `k` in `to`. A cell that
    /// appears more than once receives them one after the other.
    #[inline(always)]
    pub fn add_to(&self, to: &mut [T], k: usize, add: impl FnOnce(&mut [T])) {
        let (start, step) = (self.starts[k], self.steps[k]);
        if step == 1 || self.length == 1 {
            return add(&mut to[start..][..self.length]);
        }
        let mut shares = [T::default(); BLOCK];
        add(&mut shares[..self.length]);
        for (i, share) in shares[..self.length].iter().enumerate() {
            to[start + i * step] += *share;
        }
    }
}

/// Calls `block` with the cells of values of these shapes as broadcasting pairs them, in the order of the result's
/// cells, many at a time.
#[inline(always)]
pub(crate) fn side_by_side<T: Copy + Default, const N: usize>(
    data: [&[T]; N],
    shapes: [Shape; N],
    mut block: impl FnMut(Block<'_, T, N>),
) {
    let Some(shape) = shapes
        .iter()
        .try_fold(Shape::SCALAR, |shape, other| shape.broadcast(*other))
    else {
        return;
    };
    Walk::new(shape, shapes).rows(|length, starts, steps| {
        if steps.iter().all(|&step| step == 1) {
            let numbers = std::array::from_fn(|k| &data[k][starts[k]..]);
            return block(Block {
                length,
                numbers,
                starts,
                steps,
            });
        }
        let mut copies = [[T::default(); BLOCK]; N];
        for done in (0..length).step_by(BLOCK) {
            let length = BLOCK.min(length - done);
            let starts: [usize; N] = std::array::from_fn(|k| starts[k] + done * steps[k]);
            for (k, copy) in copies.iter_mut().enumerate().filter(|(k, _)| steps[*k] != 1) {
                for (i, x) in copy[..length].iter_mut().enumerate() {
                    *x = data[k][starts[k] + i * steps[k]];
                }
            }
            let numbers = std::array::from_fn(|k| {
                if steps[k] == 1 {
                    &data[k][starts[k]..]
                } else {
                    &copies[k][..]
                }
            });
            block(Block {
                length,
                numbers,
                starts,
                steps,
            });
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(shape: &[usize], value: &[usize]) -> Vec<usize> {
        let walk = Walk::new(Shape::new(shape).unwrap(), [Shape::new(value).unwrap()]);
        let mut cells = vec![];
        walk.rows(|length, [start], [step]| cells.extend((0..length).map(|i| start + i * step)));
        cells
    }

    #[test]
    fn cells_are_paired_as_numpy_broadcasts() {
        assert_eq!(cells(&[], &[]), [0]);
        assert_eq!(cells(&[2, 2], &[]), [0, 0, 0, 0]);
        assert_eq!(cells(&[2, 3], &[3]), [0, 1, 2, 0, 1, 2]);
        assert_eq!(cells(&[2, 3], &[2, 1]), [0, 0, 0, 1, 1, 1]);
        assert_eq!(cells(&[2, 2, 2], &[2, 1, 2]), [0, 1, 0, 1, 2, 3, 2, 3]);
        assert_eq!(cells(&[0, 3], &[3]), Vec::<usize>::new());
    }
}
