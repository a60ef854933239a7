//! Room for numbers: a few on the stack, or many in lines of the cache of their own.

use std::mem::MaybeUninit;

/// Room for up to `SIZE` numbers, of which only those that are used are ever written: clearing all of it would take
/// longer than what a small network has to compute.
pub(super) struct Room<T, const SIZE: usize> {
    numbers: [MaybeUninit<T>; SIZE],
    filled: usize,
}

impl<T: Copy + Default, const SIZE: usize> Room<T, SIZE> {
    /// Room with nothing in it.
    #[inline(always)]
    pub fn new() -> Room<T, SIZE> {
        Room {
            numbers: [MaybeUninit::uninit(); SIZE],
            filled: 0,
        }
    }

    /// So many zeros, up to [`SIZE`].
    pub fn zeros(&mut self, count: usize) -> &mut [T] {
        self.fill(count, T::default())
    }

    /// A number so many times, up to [`SIZE`].
    pub fn fill(&mut self, count: usize, x: T) -> &mut [T] {
        let numbers = &mut self.numbers[..count];
        numbers.fill(MaybeUninit::new(x));
        self.filled = count;
        // SAFETY: each of them was written just now.
        unsafe { &mut *(std::ptr::from_mut(numbers) as *mut [T]) }
    }

    /// The numbers that were asked for last.
    pub fn filled(&self) -> &[T] {
        // SAFETY: `fill` has written so many.
        unsafe { &*(std::ptr::from_ref(&self.numbers[..self.filled]) as *const [T]) }
    }
}

/// How many numbers of a buffer lie before the first whose address is a multiple of 64 bytes, at most; loads from there
/// on never straddle two lines of the cache.
const MARGIN: usize = 16;

/// A run of `count` numbers in a buffer that grows when it is too short, aligned to a line of the cache.
pub(super) fn aligned<T: Copy + Default>(buffer: &mut Vec<T>, count: usize) -> &mut [T] {
    if buffer.len() < count + MARGIN {
        buffer.resize(count + MARGIN, T::default());
    }
    let start = buffer.as_ptr().align_offset(64).min(MARGIN);
    &mut buffer[start..][..count]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_there() {
        let mut room = Room::<f64, 8>::new();
        assert!(room.filled().is_empty());
        room.zeros(3)[1] = 2.0;
        assert_eq!(room.filled(), [0.0, 2.0, 0.0]);
        assert_eq!(room.zeros(8), [0.0; 8]);
    }
}
