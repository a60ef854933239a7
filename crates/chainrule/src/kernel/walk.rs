//! Walking several values of different shapes side by side, as broadcasting pairs their cells.

use crate::shape::{MAX_RANK, Shape};

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
