//! Room for a few numbers on the stack.

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
        let numbers = &mut self.numbers[..count];
        numbers.fill(MaybeUninit::new(T::default()));
        self.filled = count;
        // SAFETY: each of them was written just now.
        unsafe { &mut *(std::ptr::from_mut(numbers) as *mut [T]) }
    }

    /// The numbers that were asked for last.
    pub fn filled(&self) -> &[T] {
        // SAFETY: `zeros` has written so many.
        unsafe { &*(std::ptr::from_ref(&self.numbers[..self.filled]) as *const [T]) }
    }
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
