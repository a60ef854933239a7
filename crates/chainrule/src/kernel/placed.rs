//! Numbers of tests in memory that ends with them: a sanitizer sees who reads or writes one more.

/// Some numbers, and in front of them a few that nobody may change; behind the last one the memory ends.
pub(super) struct Placed<T> {
    memory: Box<[T]>,
    before: usize,
}

impl<T: Copy> Placed<T> {
    /// These numbers behind so many times `guard`; with none before, the memory begins with them, too.
    pub fn new(numbers: &[T], before: usize, guard: T) -> Placed<T> {
        let mut memory = vec![guard; before + numbers.len()].into_boxed_slice();
        memory[before..].copy_from_slice(numbers);
        Placed { memory, before }
    }

    /// The numbers.
    pub fn numbers(&self) -> &[T] {
        &self.memory[self.before..]
    }

    /// The numbers, to be changed.
    pub fn numbers_mut(&mut self) -> &mut [T] {
        &mut self.memory[self.before..]
    }

    /// What stands before them.
    pub fn before(&self) -> &[T] {
        &self.memory[..self.before]
    }
}
