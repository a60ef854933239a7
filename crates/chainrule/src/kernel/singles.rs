//! Rules for single numbers, compiled once for the instruction set in use: a call of one is a jump, with the numbers in
//! registers. Graphs of single numbers run on them.

use super::instructions::{InstructionSet, Kind};
use std::ops::AddAssign;

/// What an operation does to at most three single numbers; `parameters` are its own numbers, such as a slope.
pub trait SingleRule<T> {
    /// The value; of `x` only as many numbers count as the operation takes.
    fn value(parameters: &[f64], x: [T; 3]) -> T;

    /// What argument `k` receives when the result `y` has gradient `gradient_y`; none when it never receives anything.
    fn share(parameters: &[f64], k: usize, x: [T; 3], y: T, gradient_y: T) -> Option<T>;
}

/// Where the numbers of one operation lie in a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Places {
    /// Those of its arguments; 0 where it has fewer.
    pub arguments: [u32; 3],
    /// That of its result.
    pub result: u32,
    /// Which of the arguments receive a gradient, as bits.
    pub receives: u8,
}

type Evaluate<T> = unsafe fn(&Single<T>, &mut [T], &[Places]);
type Pull<T> = unsafe fn(&Single<T>, &mut Back<'_, T>, &[Places]);
type PullOne<T> = unsafe fn(&Single<T>, &mut Back<'_, T>, &Places, T);

/// What the walk back reads and writes, laid out alike.
pub(crate) struct Back<'a, T> {
    pub values: &'a [T],
    pub gradients: &'a mut [T],
}

/// The [`SingleRule`] of an operation with its parameters, compiled.
#[derive(Clone, Debug)]
pub struct Single<T> {
    parameters: Vec<f64>,
    // Both may need instructions that only `of` knows the machine to have.
    evaluate: Evaluate<T>,
    pull: Pull<T>,
    pull_one: PullOne<T>,
}

impl<T: Copy + Default + AddAssign> Single<T> {
    /// The rule `R` with these parameters.
    pub fn of<R: SingleRule<T>>(parameters: &[f64]) -> Single<T> {
        let parameters = parameters.to_vec();
        match InstructionSet::in_use().kind() {
            Kind::Portable => Single {
                parameters,
                evaluate: evaluate::<T, R>,
                pull: pull::<T, R>,
                pull_one: pull_one::<T, R>,
            },
            // A single number needs the fused multiply-add, but no wider registers.
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 | Kind::Avx512 => Single {
                parameters,
                evaluate: evaluate_avx2::<T, R>,
                pull: pull_avx2::<T, R>,
                pull_one: pull_one_avx2::<T, R>,
            },
        }
    }

    /// Computes some results where they lie, one after the other.
    #[inline(always)]
    pub(crate) fn evaluate(&self, values: &mut [T], all: &[Places]) {
        // SAFETY: `of` chose a function whose instructions this machine has.
        unsafe { (self.evaluate)(self, values, all) }
    }

    /// Adds to the gradients of the arguments what they receive, for one result after the other.
    #[inline(always)]
    pub(crate) fn pull(&self, back: &mut Back<'_, T>, all: &[Places]) {
        // SAFETY: `of` chose a function whose instructions this machine has.
        unsafe { (self.pull)(self, back, all) }
    }

    /// The same for one result with this gradient; a gradient of −0, to which something is added, becomes 0 or more or
    /// less, as if it had been 0.
    #[inline(always)]
    pub(crate) fn pull_one(&self, back: &mut Back<'_, T>, places: &Places, gradient_y: T) {
        // SAFETY: `of` chose a function whose instructions this machine has.
        unsafe { (self.pull_one)(self, back, places, gradient_y) }
    }
}

/// The number at a place; 0 where there is none.
#[inline(always)]
fn number<T: Copy + Default>(numbers: &[T], place: u32) -> T {
    match numbers.get(place as usize) {
        Some(number) => *number,
        None => T::default(),
    }
}

/// Does something for one operation after the other.
#[inline(always)]
fn each(all: &[Places], mut one: impl FnMut(&Places)) {
    // One alone, as it comes where each needs the one before: inside the loop that would take twice as long.
    if let [places] = all {
        return one(places);
    }
    for places in all {
        one(places);
    }
}

#[inline(always)]
fn evaluate<T: Copy + Default, R: SingleRule<T>>(single: &Single<T>, values: &mut [T], all: &[Places]) {
    each(
        all,
        #[inline(always)]
        |places| {
            let [a, b, c] = places.arguments;
            let x = [number(values, a), number(values, b), number(values, c)];
            let y = R::value(&single.parameters, x);
            if let Some(to) = values.get_mut(places.result as usize) {
                *to = y;
            }
        },
    );
}

/// Hands `add` each argument's place and what it receives when the result has this gradient.
#[inline(always)]
fn shares<T: Copy + Default, R: SingleRule<T>>(
    single: &Single<T>,
    values: &[T],
    places: &Places,
    gradient_y: T,
    mut add: impl FnMut(usize, T),
) {
    let y = number(values, places.result);
    let [a, b, c] = places.arguments;
    let x = [number(values, a), number(values, b), number(values, c)];
    for (k, to) in [a, b, c].into_iter().enumerate() {
        if places.receives >> k & 1 == 1
            && let Some(share) = R::share(&single.parameters, k, x, y, gradient_y)
        {
            add(to as usize, share);
        }
    }
}

#[inline(always)]
fn pull<T: Copy + Default + AddAssign, R: SingleRule<T>>(single: &Single<T>, back: &mut Back<'_, T>, all: &[Places]) {
    let Back { values, gradients } = back;
    each(
        all,
        #[inline(always)]
        |places| {
            let gradient_y = number(gradients, places.result);
            shares::<T, R>(
                single,
                values,
                places,
                gradient_y,
                #[inline(always)]
                |to, share| {
                    if let Some(gradient) = gradients.get_mut(to) {
                        *gradient += share;
                    }
                },
            );
        },
    );
}

#[inline(always)]
fn pull_one<T: Copy + Default + AddAssign, R: SingleRule<T>>(
    single: &Single<T>,
    back: &mut Back<'_, T>,
    places: &Places,
    gradient_y: T,
) {
    let Back { values, gradients } = back;
    shares::<T, R>(
        single,
        values,
        places,
        gradient_y,
        #[inline(always)]
        |to, mut share| {
            // −0 becomes 0, any other number stays.
            share += T::default();
            gradients[to] += share;
        },
    );
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn evaluate_avx2<T: Copy + Default, R: SingleRule<T>>(single: &Single<T>, values: &mut [T], all: &[Places]) {
    evaluate::<T, R>(single, values, all);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn pull_avx2<T: Copy + Default + AddAssign, R: SingleRule<T>>(
    single: &Single<T>,
    back: &mut Back<'_, T>,
    all: &[Places],
) {
    pull::<T, R>(single, back, all);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn pull_one_avx2<T: Copy + Default + AddAssign, R: SingleRule<T>>(
    single: &Single<T>,
    back: &mut Back<'_, T>,
    places: &Places,
    gradient_y: T,
) {
    pull_one::<T, R>(single, back, places, gradient_y);
}
