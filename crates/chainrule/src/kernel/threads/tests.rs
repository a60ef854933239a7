use super::*;
use std::collections::BTreeSet;

/// Shares so much work that everyone is asked, whether or not help came in time before.
fn share(pool: &'static Pool, threads: usize, parts: usize, part: &(dyn Fn(usize) + Sync)) {
    if threads == 1 {
        return (0..parts).for_each(part);
    }
    match pool
        .help(threads, usize::MAX)
        .or_else(|| pool.help(threads, usize::MAX))
    {
        Some(help) => help.share(parts, part),
        None => (0..parts).for_each(part),
    }
}

fn counts(pool: &'static Pool, threads: usize, parts: usize) -> Vec<usize> {
    let counts: Vec<AtomicUsize> = (0..parts).map(|_| AtomicUsize::new(0)).collect();
    share(pool, threads, parts, &|i| {
        counts[i].fetch_add(1, Relaxed);
    });
    counts.into_iter().map(AtomicUsize::into_inner).collect()
}

#[test]
fn every_part_is_done_once_whatever_the_number_of_threads() {
    static POOL: Pool = Pool::new();
    for threads in [1, 2, 3, 8] {
        for parts in (0..12).chain([100]) {
            for _ in 0..10 {
                assert_eq!(counts(&POOL, threads, parts), vec![1; parts], "{threads} threads");
            }
        }
    }
}

#[test]
fn threads_start_with_the_first_work_and_are_no_more_than_asked_for() {
    static POOL: Pool = Pool::new();
    assert!(POOL.help(2, WOKEN_FOR - 1).is_none());
    assert_eq!(POOL.workers.load(Relaxed), 0);
    for (threads, work, workers) in [(2, WOKEN_FOR, 1), (9, 3 * EACH, 3), (2, 9 * EACH, 3)] {
        drop(POOL.help(threads, work));
        assert_eq!(POOL.workers.load(Relaxed), workers);
    }
}

#[test]
fn workers_help_and_wake_again_after_sleeping() {
    static POOL: Pool = Pool::new();
    for _ in 0..3 {
        // Each part waits until three threads have come, so all three must.
        let seen = Mutex::new(BTreeSet::new());
        share(&POOL, 3, 3, &|_| {
            lock(&seen).insert(format!("{:?}", thread::current().id()));
            while lock(&seen).len() < 3 {
                thread::yield_now();
            }
        });
        while POOL.asleep.load(SeqCst) < 2 {
            thread::yield_now();
        }
    }
}

#[test]
fn a_panic_arrives_where_the_work_was_asked_for_and_the_pool_goes_on() {
    static POOL: Pool = Pool::new();
    for culprit in 0..8 {
        let panic = catch_unwind(|| share(&POOL, 2, 8, &|i| assert_ne!(i, culprit, "this one")));
        let panic = panic.unwrap_err();
        assert!(panic.downcast_ref::<String>().unwrap().contains("this one"));
        assert_eq!(counts(&POOL, 2, 8), [1; 8]);
    }
    // One that only a worker can meet: the calling thread stays in its part until the worker has fallen.
    let (caller, fallen) = (thread::current().id(), AtomicBool::new(false));
    let panic = catch_unwind(AssertUnwindSafe(|| {
        share(&POOL, 2, 2, &|_| {
            if thread::current().id() != caller {
                fallen.store(true, SeqCst);
                panic!("in a worker");
            }
            while !fallen.load(SeqCst) {
                thread::yield_now();
            }
        });
    }));
    assert_eq!(panic.unwrap_err().downcast_ref::<&str>(), Some(&"in a worker"));
    assert_eq!(counts(&POOL, 2, 8), [1; 8]);
}

#[test]
fn who_helped_too_late_is_not_asked_for_a_while_and_then_for_twice_as_long() {
    static POOL: Pool = Pool::new();
    let asked_after = || {
        let mut work = 0;
        while POOL.help(2, 1 << 24).is_none() {
            work += 1 << 24;
        }
        work
    };
    assert_eq!(asked_after(), 0);
    for pause in [PAUSE[0], 2 * PAUSE[0], 4 * PAUSE[0]] {
        POOL.judge(false);
        assert_eq!(asked_after(), pause);
    }
    (0..9).for_each(|_| POOL.judge(true));
    assert_eq!(asked_after(), 0);
    POOL.judge(false);
    assert_eq!(asked_after(), PAUSE[0]);
    (0..99).for_each(|_| POOL.judge(false));
    assert_eq!(asked_after(), PAUSE[1]);
}

#[test]
fn work_inside_work_and_work_from_many_threads_is_done() {
    static POOL: Pool = Pool::new();
    let inner = AtomicUsize::new(0);
    share(&POOL, 2, 4, &|_| {
        share(&POOL, 2, 5, &|_| {
            inner.fetch_add(1, Relaxed);
        });
    });
    assert_eq!(inner.into_inner(), 20);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..200).for_each(|_| assert_eq!(counts(&POOL, 2, 7), [1; 7])));
        }
    });
}
