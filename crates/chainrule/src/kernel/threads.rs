//! One pool of threads for all kernels of the process.
//!
//! A piece of work is cut into parts, and whoever is free takes the next one: the calling thread, which never waits
//! before all parts are taken, and the pool's workers, if they arrive in time. So a worker whose core is busy with
//! something else costs at most the part it holds. Workers start with the first piece of work, watch for the next one
//! for some microseconds, and then sleep; they live as long as the process.
//!
//! Help that does not come in time is not asked for again for a while, and then for twice as long: on a machine that is
//! busy with something else, one thread is the fastest. Time is told by work done, since the engine has no clock.
//!
//! Which thread does a part, and how many there are, must not decide about bits: parts write to different places, and
//! a sum is never cut in a way that depends on the number of threads.

use std::{
    any::Any,
    cell::UnsafeCell,
    hint::spin_loop,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{
        Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{
            AtomicBool, AtomicU64, AtomicUsize,
            Ordering::{Acquire, Relaxed, Release, SeqCst},
        },
    },
    thread,
};

/// How often someone looks whether there is news before going to sleep: 5 to 20 microseconds on the machines of 2025.
const LOOKS: usize = 400;

/// How many threads work, or 0 before anyone asked.
static THREADS: AtomicUsize = AtomicUsize::new(0);

/// How many threads the process computes with.
///
/// As many as [`std::thread::available_parallelism`] says, unless [`set_threads`] chose another number.
pub fn threads() -> usize {
    match THREADS.load(Relaxed) {
        0 => {
            let count = thread::available_parallelism().map_or(1, usize::from);
            // Whoever chose a number in the meantime is not overruled.
            match THREADS.compare_exchange(0, count, Relaxed, Relaxed) {
                Ok(_) => count,
                Err(chosen) => chosen,
            }
        }
        count => count,
    }
}

/// Chooses how many threads the whole process computes with from now on, up to 1024; 0 leaves it to the machine.
///
/// No result depends on it, to the bit. Only large pieces of work are shared: a matrix product of a million
/// multiplications and more. With 1 no thread is ever started. Work that is better done side by side, such as the folds
/// of a cross-validation, can run in threads of your own: one of them at a time gets help, the others compute alone.
/// After a `fork`, which copies no thread but the one that calls it, choose 1 in the child.
///
/// ```
/// chainrule::set_threads(1);
/// assert_eq!(chainrule::threads(), 1);
/// ```
pub fn set_threads(count: usize) {
    THREADS.store(count.min(1024), Relaxed);
}

/// Less work than this is not worth the help of someone who is awake. Work is counted in multiply-adds, of which a
/// thread does some ten billion in a second.
pub(super) const SHARED: usize = 1 << 20;
/// Less work than this is not worth waking someone, ...
const WOKEN_FOR: usize = 8 << 20;
/// ... and this is what each further one must have to do.
const EACH: usize = 4 << 20;
/// For how much work nobody is asked after help did not come in time, at first and at most: in f32 with wide registers
/// ten and two hundred milliseconds. With a longer one, a machine that was busy for a moment computed alone for seconds.
const PAUSE: [u64; 2] = [1 << 29, 1 << 33];

/// Asks for help with so much work, at least [`SHARED`], by two threads or more; `None` where it is better done alone.
pub(super) fn help(threads: usize, work: usize) -> Option<Help> {
    POOL.help(threads, work)
}

/// The pool, taken by who has some work to share.
pub(super) struct Help {
    pool: &'static Pool,
    helpers: usize,
    started: bool,
}

impl Help {
    /// Does the parts `0..parts` of the work, each once, side by side.
    ///
    /// # Panics
    /// When a part does, after all that were begun are done.
    pub fn share(self, parts: usize, part: &(dyn Fn(usize) + Sync)) {
        let helpers = self.helpers.min(parts.saturating_sub(1));
        let panic = self.pool.run(parts, helpers, part);
        let in_time = 2 * self.pool.helped.load(Relaxed) >= parts * helpers / (helpers + 1);
        if !self.started {
            self.pool.judge(in_time);
        }
        drop(self);
        if let Some(panic) = panic {
            resume_unwind(panic);
        }
    }
}

impl Drop for Help {
    fn drop(&mut self) {
        self.pool.taken.store(false, Release);
    }
}

/// Some work, and how many parts it has.
struct Work {
    /// Lives, whatever the type says, as long as someone is in the room.
    part: &'static (dyn Fn(usize) + Sync),
    parts: usize,
}

/// The workers' room. Its door is open while there are parts to take.
struct Pool {
    /// Whether some work is under way. Whoever sets it owns the pool until clearing it.
    taken: AtomicBool,
    /// [`OPEN`], [`AWAITED`], and [`ONE`] for each worker who is in.
    door: AtomicUsize,
    /// How many workers may be in.
    seats: AtomicUsize,
    /// The work under way: written by the owner while the room is empty and the door closed, read by who is in.
    work: UnsafeCell<Option<Work>>,
    /// The next part to take, and how many workers have done.
    next: AtomicUsize,
    helped: AtomicUsize,
    /// For how much work nobody is asked, and for how much when help is late the next time. The owner's.
    pause: AtomicU64,
    next_pause: AtomicU64,
    /// What a worker panicked with.
    panic: Mutex<Option<Box<dyn Any + Send>>>,
    /// How many workers there are, and how many of them sleep.
    workers: AtomicUsize,
    asleep: AtomicUsize,
    /// Held for a moment by who falls asleep and by who wakes others.
    bed: Mutex<()>,
    opened: Condvar,
    emptied: Condvar,
}

/// Workers may come in.
const OPEN: usize = 1;
/// The owner sleeps until the room is empty.
const AWAITED: usize = 2;
/// A worker who is in.
const ONE: usize = 4;

// SAFETY: `work` is written only by the pool's owner, while nobody is in and nobody can come in; who comes in sees
// what was written before the door was opened.
unsafe impl Sync for Pool {}

static POOL: Pool = Pool::new();

/// No code that can panic runs under these locks.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pool {
    const fn new() -> Pool {
        Pool {
            taken: AtomicBool::new(false),
            door: AtomicUsize::new(0),
            seats: AtomicUsize::new(0),
            work: UnsafeCell::new(None),
            next: AtomicUsize::new(0),
            helped: AtomicUsize::new(0),
            pause: AtomicU64::new(0),
            next_pause: AtomicU64::new(PAUSE[0]),
            panic: Mutex::new(None),
            workers: AtomicUsize::new(0),
            asleep: AtomicUsize::new(0),
            bed: Mutex::new(()),
            opened: Condvar::new(),
            emptied: Condvar::new(),
        }
    }

    fn help(&'static self, threads: usize, work: usize) -> Option<Help> {
        // Someone who is at work already, perhaps this very thread, keeps the workers.
        if self.taken.swap(true, Acquire) {
            return None;
        }
        let mut help = Help {
            pool: self,
            helpers: (work / EACH).clamp(1, threads - 1),
            started: false,
        };
        let pause = self.pause.load(Relaxed);
        if pause > 0 {
            self.pause.store(pause.saturating_sub(work as u64), Relaxed);
            return None;
        }
        if work < WOKEN_FOR && self.asleep.load(Relaxed) == self.workers.load(Relaxed) {
            return None;
        }
        let workers = self.workers.load(Relaxed);
        help.helpers = help.helpers.min(self.start(help.helpers));
        help.started = workers < help.helpers;
        (help.helpers > 0).then_some(help)
    }

    /// Decides for how much work nobody is asked.
    fn judge(&self, in_time: bool) {
        let next = self.next_pause.load(Relaxed);
        if in_time {
            self.next_pause.store((next / 2).max(PAUSE[0]), Relaxed);
        } else {
            self.pause.store(next, Relaxed);
            self.next_pause.store((2 * next).min(PAUSE[1]), Relaxed);
        }
    }

    /// Does some work with workers, and says what someone panicked with; the caller has taken the pool.
    fn run(&'static self, parts: usize, helpers: usize, part: &(dyn Fn(usize) + Sync)) -> Option<Box<dyn Any + Send>> {
        // SAFETY: only the lifetime changes. Nobody uses `part` who is not in the room, and this function returns only
        // when it is empty and closed.
        let part: &'static (dyn Fn(usize) + Sync) = unsafe { std::mem::transmute(part) };
        // SAFETY: the pool is ours, the door is closed and nobody is in.
        unsafe { *self.work.get() = Some(Work { part, parts }) };
        self.next.store(0, Relaxed);
        self.helped.store(0, Relaxed);
        self.seats.store(helpers, Relaxed);
        self.door.store(OPEN, SeqCst);
        // Who is awake looks at the door before falling asleep.
        let awake = self.workers.load(Relaxed).saturating_sub(self.asleep.load(SeqCst));
        if awake < helpers {
            drop(lock(&self.bed));
            (awake..helpers).for_each(|_| self.opened.notify_one());
        }
        let done = catch_unwind(AssertUnwindSafe(|| self.take_parts(parts, part)));
        self.empty();
        done.err().or(lock(&self.panic).take())
    }

    /// Starts workers until there are so many, as far as the machine lets us, and says how many there are.
    fn start(&'static self, count: usize) -> usize {
        let mut workers = self.workers.load(Relaxed);
        while workers < count {
            let worker = thread::Builder::new().name(format!("chainrule {}", workers + 1));
            if worker.spawn(|| self.serve()).is_err() {
                break;
            }
            workers += 1;
            self.workers.store(workers, Relaxed);
        }
        workers
    }

    /// Takes parts until none is left, and closes the door with the last one. Says how many.
    fn take_parts(&self, parts: usize, part: &(dyn Fn(usize) + Sync)) -> usize {
        for done in 0.. {
            let i = self.next.fetch_add(1, Relaxed);
            if i + 1 >= parts {
                self.door.fetch_and(!OPEN, Relaxed);
            }
            if i >= parts {
                return done;
            }
            part(i);
        }
        parts
    }

    /// Closes the door and waits until the room is empty.
    fn empty(&self) {
        self.next.store(usize::MAX / 2, Relaxed); // for the case of a panic
        self.door.fetch_and(!OPEN, Relaxed);
        let occupied = || self.door.load(Acquire) >= ONE;
        for _ in 0..LOOKS {
            if !occupied() {
                return;
            }
            spin_loop();
        }
        let mut bed = lock(&self.bed);
        self.door.fetch_or(AWAITED, Relaxed);
        while occupied() {
            bed = self.emptied.wait(bed).unwrap_or_else(PoisonError::into_inner);
        }
        self.door.fetch_and(!AWAITED, Relaxed);
    }

    /// What a worker does all its life.
    fn serve(&self) {
        loop {
            while !(0..LOOKS).any(|_| {
                self.enter() || {
                    spin_loop();
                    false
                }
            }) {
                let mut bed = lock(&self.bed);
                self.asleep.fetch_add(1, SeqCst);
                while !self.has_seat(self.door.load(SeqCst)) {
                    bed = self.opened.wait(bed).unwrap_or_else(PoisonError::into_inner);
                }
                self.asleep.fetch_sub(1, SeqCst);
            }
            // SAFETY: who is in may read.
            if let Some(Work { part, parts }) = unsafe { &*self.work.get() } {
                let done = catch_unwind(AssertUnwindSafe(|| self.take_parts(*parts, part)));
                match done {
                    Ok(count) => _ = self.helped.fetch_add(count, Relaxed),
                    Err(panic) => {
                        self.next.store(usize::MAX / 2, Relaxed);
                        *lock(&self.panic) = Some(panic);
                    }
                }
            }
            // The last one out wakes the owner.
            if self.door.fetch_sub(ONE, Release) & !OPEN == ONE | AWAITED {
                drop(lock(&self.bed));
                self.emptied.notify_one();
            }
        }
    }

    fn has_seat(&self, door: usize) -> bool {
        door & OPEN != 0 && door / ONE < self.seats.load(Relaxed)
    }

    /// Comes in where there is work and a seat.
    fn enter(&self) -> bool {
        let door = self.door.load(Relaxed);
        self.has_seat(door) && self.door.compare_exchange(door, door + ONE, Acquire, Relaxed).is_ok()
    }
}

#[cfg(test)]
mod tests;
