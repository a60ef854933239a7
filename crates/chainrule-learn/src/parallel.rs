//! Work that does not wait for each other, side by side.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    thread,
};

/// What `work` gives for each of `0..count`, in order: done by as many threads as the engine is told to use.
///
/// Each piece must depend on its number only; then so does the result, whatever the threads.
pub(crate) fn side_by_side<T: Send>(count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let threads = chainrule::threads().min(count);
    if threads <= 1 {
        return (0..count).map(work).collect();
    }
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::with_capacity(count)));
    let take_one_after_the_other = || {
        loop {
            let place = next.fetch_add(1, Relaxed);
            if place >= count {
                break;
            }
            let result = work(place);
            done.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push((place, result));
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(take_one_after_the_other);
        }
        take_one_after_the_other();
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_piece_is_done_once_and_stands_in_its_place() {
        let squares: Vec<usize> = (0..1000).map(|i| i * i).collect();
        for threads in [1, 2, 7] {
            chainrule::set_threads(threads);
            assert_eq!(side_by_side(1000, |i| i * i), squares);
            assert!(side_by_side(0, |i| i).is_empty());
        }
        chainrule::set_threads(0);
    }
}
