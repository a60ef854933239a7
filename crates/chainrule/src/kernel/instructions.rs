//! Which vector instructions the kernels run with: found out once, while the program runs.
//!
//! A kernel is plain code, written once. [`InstructionSet::run`] compiles it into a function that may use the
//! machine's vector instructions, where the compiler turns its loops into vector code. The bits of the results do not
//! depend on the choice: kernels are made of operations that every machine rounds alike (`+ − × ÷ √` and the fused
//! multiply-add), in an order that the code fixes. Machines without a fused multiply-add compute it in software.

use std::sync::atomic::{AtomicU8, Ordering};

/// A set of vector instructions. A value of this type is the proof that this machine has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstructionSet(Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    Portable = 1,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

/// The kind in use, or 0 before anyone asked.
static IN_USE: AtomicU8 = AtomicU8::new(0);

impl InstructionSet {
    /// What every machine of this architecture has; on 64-bit ARM that includes NEON and its fused multiply-add.
    pub const PORTABLE: InstructionSet = InstructionSet(Kind::Portable);

    /// Every set that this machine has, the fastest last.
    pub fn available() -> Vec<InstructionSet> {
        #[allow(unused_mut)]
        let mut sets = vec![InstructionSet::PORTABLE];
        #[cfg(target_arch = "x86_64")]
        {
            let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
            let avx512 = is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512vl")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512bw");
            if avx2 {
                sets.push(InstructionSet(Kind::Avx2));
            }
            if avx2 && avx512 {
                sets.push(InstructionSet(Kind::Avx512));
            }
        }
        sets
    }

    /// The set the kernels run with: the fastest available one, unless another was forced.
    #[inline]
    pub fn in_use() -> InstructionSet {
        let in_use = IN_USE.load(Ordering::Relaxed);
        #[cfg(target_arch = "x86_64")]
        for kind in [Kind::Avx512, Kind::Avx2] {
            if in_use == kind as u8 {
                return InstructionSet(kind);
            }
        }
        match in_use {
            0 => InstructionSet::look(),
            _ => InstructionSet::PORTABLE,
        }
    }

    #[cold]
    fn look() -> InstructionSet {
        let best = InstructionSet::available().pop().unwrap_or(InstructionSet::PORTABLE);
        best.force();
        best
    }

    /// Makes all kernels of the process run with it from now on: for tests, which compare the bits, and for
    /// measurements.
    pub fn force(self) {
        IN_USE.store(self.0 as u8, Ordering::Relaxed);
    }

    /// Its name: `portable`, `avx2` or `avx512`.
    pub fn name(self) -> &'static str {
        match self.0 {
            Kind::Portable => "portable",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => "avx2",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512 => "avx512",
        }
    }

    pub(super) fn kind(self) -> Kind {
        self.0
    }

    /// Does some work with these instructions: what is inlined into `work` (mark it `#[inline(always)]`) is compiled
    /// for them.
    #[inline(always)]
    pub fn run<R>(self, work: impl FnOnce() -> R) -> R {
        // SAFETY: an `InstructionSet` of this kind is made only where the machine has the instructions.
        unsafe { run_as(self.0, work) }
    }
}

/// Does some work with the instructions of a kind; where that is a constant, the work is compiled for no other.
///
/// # Safety
/// The machine must have the instructions.
#[inline(always)]
pub(super) unsafe fn run_as<R>(kind: Kind, work: impl FnOnce() -> R) -> R {
    match kind {
        Kind::Portable => work(),
        // SAFETY: the caller vouches for the instructions.
        #[cfg(target_arch = "x86_64")]
        Kind::Avx2 => unsafe { with_avx2(work) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Kind::Avx512 => unsafe { with_avx512(work) },
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn with_avx2<R>(work: impl FnOnce() -> R) -> R {
    work()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,avx512f,avx512vl,avx512dq,avx512bw")]
fn with_avx512<R>(work: impl FnOnce() -> R) -> R {
    work()
}

/// Does some work with the instruction set in use.
#[inline(always)]
pub(crate) fn run<R>(work: impl FnOnce() -> R) -> R {
    InstructionSet::in_use().run(work)
}

/// [`run`] for work on so many numbers: a single one is done where it stands, without choosing instructions.
#[inline(always)]
pub(crate) fn run_for<R>(count: usize, work: impl FnOnce() -> R) -> R {
    if count == 1 { work() } else { run(work) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_instructions_of_the_machine_are_found_and_used() {
        assert_eq!(Some(&InstructionSet::in_use()), InstructionSet::available().last());
        let names: Vec<_> = InstructionSet::available().iter().map(|set| set.name()).collect();
        assert_eq!(names[0], "portable");
        #[cfg(target_arch = "x86_64")]
        {
            let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
            assert_eq!(names.contains(&"avx2"), avx2);
            assert_eq!(
                names.contains(&"avx512"),
                avx2 && is_x86_feature_detected!("avx512dq") && is_x86_feature_detected!("avx512bw")
            );
        }
    }
}
