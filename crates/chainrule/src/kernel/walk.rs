//! Walking several values of different shapes side by side, as broadcasting pairs their cells.

use super::{instructions::run, room::Room};
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

/// How many cells are brought side by side at a time where broadcasting repeats some of them.
const BLOCK: usize = 256;

/// Where the cells of one value lie that a block brings beside the others'.
#[derive(Clone, Copy)]
enum Place {
    /// One after the other from here on.
    Straight(usize),
    /// The value's first so many cells, again and again.
    Again(usize),
    /// One cell, again and again.
    Same(usize),
}

/// Cells of `N` values that broadcasting pairs, side by side.
pub(crate) struct Block<'a, T, const N: usize> {
    /// The first cell of the result that they are paired for.
    pub first: usize,
    /// How many cells of each value.
    pub length: usize,
    numbers: [&'a [T]; N],
    places: [Place; N],
}

impl<T, const N: usize> Block<'_, T, N> {
    /// The numbers, `length` of each value.
    #[inline(always)]
    pub fn numbers(&self) -> [&[T]; N] {
        std::array::from_fn(|k| &self.numbers[k][..self.length])
    }
}

impl<T: Copy + Default + AddAssign, const N: usize> Block<'_, T, N> {
    /// Lets `shares` write a number for each of the block's cells, and puts them in place of the cells of value `k` in
    /// `to`, or adds them, which takes a short block. A cell that appears more than once receives its shares one after
    /// the other.
    #[inline(always)]
    pub fn hand_on(&self, to: &mut [T], k: usize, add: bool, shares: impl FnOnce(&mut [T])) {
        if let (Place::Straight(start), false) = (self.places[k], add) {
            return shares(&mut to[start..][..self.length]);
        }
        let mut room = Room::<T, BLOCK>::new();
        let room = room.zeros(self.length);
        shares(room);
        match self.places[k] {
            Place::Straight(start) => add_again(room, &mut to[start..][..self.length]),
            Place::Again(period) => add_again(room, &mut to[..period]),
            Place::Same(cell) => room.iter().for_each(|share| to[cell] += *share),
        }
    }
}

/// Adds the numbers of a shape to those of a value that broadcasts to it, each to the one that it is repeated from, in
/// order; says whether it did: not where other axes than the leading ones are repeated.
pub(crate) fn add_repeated<T: Copy + AddAssign>(numbers: &[T], shape: &Shape, to: &mut [T], value: &Shape) -> bool {
    let Some(period) = period(value, shape).filter(|&period| period > 0) else {
        return false;
    };
    // Enough rows at a time, and few enough to be near when the next columns are added.
    for rows in numbers.chunks((16 * BLOCK).div_ceil(period) * period) {
        add_again(rows, to);
    }
    true
}

/// Adds rows of numbers to one row, one after the other.
#[inline(never)]
fn add_again<T: Copy + AddAssign>(rows: &[T], to: &mut [T]) {
    const LANES: usize = 16;
    run(
        #[inline(always)]
        || {
            let period = to.len();
            let (lanes, rest) = to.as_chunks_mut::<LANES>();
            for (i, to) in lanes.iter_mut().enumerate() {
                let mut sums = *to;
                for row in rows.chunks_exact(period) {
                    for (sum, share) in sums.iter_mut().zip(&row[i * LANES..][..LANES]) {
                        *sum += *share;
                    }
                }
                *to = sums;
            }
            let done = period - rest.len();
            for (i, to) in rest.iter_mut().enumerate() {
                for row in rows.chunks_exact(period) {
                    *to += row[done + i];
                }
            }
        },
    );
}

/// How many cells of a value are repeated beside the cells of a shape that it broadcasts to: all of them again and
/// again, when only leading axes are repeated; none when others are.
#[inline]
fn period(value: &Shape, shape: &Shape) -> Option<usize> {
    let (sizes, own) = (shape.sizes(), value.sizes());
    let own = &own[own.iter().take_while(|&&size| size == 1).count()..];
    let missing = sizes.len().checked_sub(own.len())?;
    let mut cells = 1;
    for (&own, &size) in own.iter().zip(&sizes[missing..]) {
        if own != size {
            return None;
        }
        cells *= own as usize;
    }
    Some(cells)
}

/// The shape that all broadcast to, and how many cells of each are [repeated](period); none when there is no such shape.
#[inline]
fn periods<const N: usize>(shapes: &[Shape; N]) -> Option<(Shape, [Option<usize>; N])> {
    // Nearly always it is one of them.
    let largest = shapes.iter().max_by_key(|shape| (shape.rank(), shape.len()))?;
    let own = shapes.each_ref().map(|value| period(value, largest));
    if own.iter().all(Option::is_some) {
        return Some((*largest, own));
    }
    let all = shapes
        .iter()
        .try_fold(Shape::SCALAR, |shape, other| shape.broadcast(*other))?;
    Some((all, shapes.each_ref().map(|value| period(value, &all))))
}

/// Calls `block` with the cells of values of these shapes as broadcasting pairs them, in the order of the result's
/// cells, many at a time; at most [`BLOCK`] when they are to be `short`.
#[inline]
pub(crate) fn side_by_side<T: Copy + Default, const N: usize>(
    data: [&[T]; N],
    shapes: [Shape; N],
    short: bool,
    mut block: impl FnMut(Block<'_, T, N>),
) {
    if !short && shapes.iter().all(|&other| other == shapes[0]) {
        return block(Block {
            first: 0,
            length: shapes[0].len(),
            numbers: data,
            places: [Place::Straight(0); N],
        });
    }
    repeated(data, shapes, short, &mut block);
}

/// [`side_by_side`] where shapes differ, or blocks are short.
#[inline(never)]
fn repeated<T: Copy + Default, const N: usize>(
    data: [&[T]; N],
    shapes: [Shape; N],
    short: bool,
    block: &mut dyn FnMut(Block<'_, T, N>),
) {
    let Some((shape, periods)) = periods(&shapes) else {
        return;
    };
    let count = shape.len();
    if count == 0 {
        return;
    }
    let periods = periods.map(|period| period.unwrap_or(0));
    let (mut longest, mut same) = (1, true);
    for &period in periods.iter().filter(|&&period| period < count) {
        same &= period == 1 || longest == 1 || period == longest;
        longest = longest.max(period);
        same &= period > 0;
    }
    let mut copies: [Room<T, BLOCK>; N] = std::array::from_fn(|_| Room::new());
    let long = 2 * longest > BLOCK;
    if !same || long && (short || periods.contains(&1)) {
        return in_rows(data, shapes, shape, short, block);
    }
    let length = if long { longest } else { BLOCK / longest * longest };
    for (k, copy) in copies
        .iter_mut()
        .enumerate()
        .filter(|&(k, _)| periods[k] < count && !long)
    {
        let (copy, mut filled) = (copy.zeros(length.min(count)), periods[k]);
        copy[..filled].copy_from_slice(&data[k][..filled]);
        while filled < copy.len() {
            let more = filled.min(copy.len() - filled);
            copy.copy_within(..more, filled);
            filled += more;
        }
    }
    for first in (0..count).step_by(length) {
        let length = length.min(count - first);
        let (mut numbers, mut places) = (data, [Place::Straight(0); N]);
        for k in 0..N {
            if periods[k] == count {
                numbers[k] = &data[k][first..];
                places[k] = Place::Straight(first);
            } else if !long {
                numbers[k] = copies[k].filled();
                places[k] = Place::Again(periods[k]);
            }
        }
        block(Block {
            first,
            length,
            numbers,
            places,
        });
    }
}

/// [`side_by_side`] where axes in the middle or at the end are repeated: row by row along the last axis, along which each
/// value has either cells side by side or one that is repeated.
fn in_rows<T: Copy + Default, const N: usize>(
    data: [&[T]; N],
    shapes: [Shape; N],
    shape: Shape,
    short: bool,
    block: &mut dyn FnMut(Block<'_, T, N>),
) {
    let mut copies: [Room<T, BLOCK>; N] = std::array::from_fn(|_| Room::new());
    let mut first = 0;
    Walk::new(shape, shapes).rows(|length, starts, steps| {
        let straight = steps.iter().all(|&step| step == 1);
        let longest = if straight && !short { length } else { BLOCK };
        for done in (0..length).step_by(longest) {
            let length = longest.min(length - done);
            let starts: [usize; N] = std::array::from_fn(|k| starts[k] + done * steps[k]);
            for (k, copy) in copies.iter_mut().enumerate().filter(|(k, _)| steps[*k] != 1) {
                copy.fill(length, data[k][starts[k]]);
            }
            let numbers = std::array::from_fn(|k| match steps[k] {
                1 => &data[k][starts[k]..],
                _ => copies[k].filled(),
            });
            let places = std::array::from_fn(|k| match steps[k] {
                1 => Place::Straight(starts[k]),
                _ => Place::Same(starts[k]),
            });
            block(Block {
                first,
                length,
                numbers,
                places,
            });
            first += length;
        }
    });
}

#[cfg(test)]
mod tests;
