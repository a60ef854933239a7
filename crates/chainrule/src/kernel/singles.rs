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

type Value<T> = unsafe fn(&Single<T>, T, T, T) -> T;
type Pull<T> = unsafe fn(&Single<T>, &[T], &mut [T], &Places);

/// The [`SingleRule`] of an operation with its parameters, compiled.
#[derive(Clone, Debug)]
pub struct Single<T> {
    parameters: Vec<f64>,
    // Both may need instructions that only `of` knows the machine to have.
    value: Value<T>,
    pull: Pull<T>,
}

impl<T: Copy + Default + AddAssign> Single<T> {
    /// The rule `R` with these parameters.
    pub fn of<R: SingleRule<T>>(parameters: &[f64]) -> Single<T> {
        let (value, pull): (Value<T>, Pull<T>) = match InstructionSet::in_use().kind() {
            Kind::Portable => (value::<T, R>, pull::<T, R>),
            // A single number needs the fused multiply-add, but no wider registers.
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 | Kind::Avx512 => (value_avx2::<T, R>, pull_avx2::<T, R>),
        };
        Single {
            parameters: parameters.to_vec(),
            value,
            pull,
        }
    }

    /// The value for these numbers.
    #[inline(always)]
    pub(crate) fn value(&self, [a, b, c]: [T; 3]) -> T {
        // SAFETY: `of` chose a function whose instructions this machine has.
        unsafe { (self.value)(self, a, b, c) }
    }

    /// Adds to the gradients of the arguments what they receive.
    #[inline(always)]
    pub(crate) fn pull(&self, values: &[T], gradients: &mut [T], places: &Places) {
        // SAFETY: `of` chose a function whose instructions this machine has.
        unsafe { (self.pull)(self, values, gradients, places) }
    }
}

#[inline(always)]
fn value<T, R: SingleRule<T>>(single: &Single<T>, a: T, b: T, c: T) -> T {
    R::value(&single.parameters, [a, b, c])
}

#[inline(always)]
fn pull<T: Copy + Default + AddAssign, R: SingleRule<T>>(
    single: &Single<T>,
    values: &[T],
    gradients: &mut [T],
    places: &Places,
) {
    let number = |numbers: &[T], place: u32| numbers.get(place as usize).copied().unwrap_or_default();
    let (y, gradient_y) = (number(values, places.result), number(gradients, places.result));
    let x = places.arguments.map(|place| number(values, place));
    for (k, &to) in places.arguments.iter().enumerate() {
        if places.receives >> k & 1 == 1
            && let Some(share) = R::share(&single.parameters, k, x, y, gradient_y)
            && let Some(gradient) = gradients.get_mut(to as usize)
        {
            *gradient += share;
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn value_avx2<T, R: SingleRule<T>>(single: &Single<T>, a: T, b: T, c: T) -> T {
    value::<T, R>(single, a, b, c)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn pull_avx2<T: Copy + Default + AddAssign, R: SingleRule<T>>(
    single: &Single<T>,
    values: &[T],
    gradients: &mut [T],
    places: &Places,
) {
    pull::<T, R>(single, values, gradients, places);
}
