//! Vector registers: numbers side by side that one instruction computes with.

use super::{
    Kernels,
    instructions::{Kind, run_as},
};
use std::marker::PhantomData;

/// A vector register of numbers.
///
/// # Safety
/// The functions may be called only where the machine has the register's instructions, from code that is compiled for
/// them (see [`InstructionSet::run`](super::instructions::InstructionSet::run)); the pointers must be good for as many
/// numbers as the function reads or writes.
pub(crate) trait Register: Copy {
    type Number: Kernels;
    /// How many numbers it holds.
    const LANES: usize;
    /// The same number everywhere.
    unsafe fn splat(x: Self::Number) -> Self;
    /// The next `LANES` numbers.
    unsafe fn load(from: *const Self::Number) -> Self;
    /// The next `count` numbers, from 1 to `LANES`, then zeros.
    unsafe fn load_first(from: *const Self::Number, count: usize) -> Self;
    /// Writes `LANES` numbers.
    unsafe fn store(self, to: *mut Self::Number);
    /// Writes the first `count` numbers, from 1 to `LANES`.
    unsafe fn store_first(self, to: *mut Self::Number, count: usize);
    /// `self · b + c`, rounded once.
    unsafe fn multiply_add(self, b: Self, c: Self) -> Self;
}

/// The register that an instruction set is best at, for one number type, and the tile of a matrix product.
pub(crate) trait Tiles: Register {
    /// The instructions it needs.
    const KIND: Kind;
    /// One of half as many numbers, where its instructions take half as long; else the same.
    type Half: Register<Number = Self::Number>;
    /// How many rows the tile has; with two registers a row, all its sums stay in registers.
    const HEIGHT: usize;
    /// How many rows and columns of a matrix are transposed at once.
    const SQUARE: usize;
    /// Copies a square of numbers transposed; rows lie `from_row` and `to_row` numbers apart.
    ///
    /// # Safety
    /// As for [`Register`]: both pointers must be good for the whole square.
    unsafe fn transpose(from: *const Self::Number, from_row: usize, to: *mut Self::Number, to_row: usize);
}

/// A machine with the instructions of `K`: a value of this type is the proof.
#[derive(Clone, Copy)]
pub(super) struct Machine<K>(PhantomData<K>);

impl<K: Tiles> Machine<K> {
    /// # Safety
    /// This machine must have the instructions of `K`.
    #[inline(always)]
    pub unsafe fn new() -> Machine<K> {
        Machine(PhantomData)
    }

    /// Does some work with them; what is to be compiled for them must be inlined.
    #[inline(always)]
    pub fn run<R>(self, work: impl FnOnce() -> R) -> R {
        // SAFETY: this value is the proof.
        unsafe { run_as(K::KIND, work) }
    }
}

/// Does what is written for any machine on that of an instruction set, for numbers of one type.
macro_rules! on_machine {
    ($set:expr, $T:ty, |$machine:ident| $work:expr) => {{
        macro_rules! on {
            ($K:ident) => {{
                // SAFETY: the set vouches for its instructions.
                let $machine =
                    unsafe { $crate::kernel::registers::Machine::<<$T as $crate::kernel::Kernels>::$K>::new() };
                $work
            }};
        }
        match $set.kind() {
            $crate::kernel::instructions::Kind::Portable => on!(Portable),
            #[cfg(target_arch = "x86_64")]
            $crate::kernel::instructions::Kind::Avx2 => on!(Avx2),
            #[cfg(target_arch = "x86_64")]
            $crate::kernel::instructions::Kind::Avx512 => on!(Avx512),
        }
    }};
}
pub(super) use on_machine;

/// Defines a register of a vector type of the machine, with the names of its instructions.
macro_rules! register {
    (
        $(#[$doc:meta])+ $Name:ident($Vector:ty) of $kind:ident: $lanes:literal $T:ty, half $Half:ty, $height:literal rows, $square:literal $transpose:ident;
        $splat:ident, $load:ident, $store:ident, |$a:ident, $b:ident, $c:ident| $multiply_add:expr;
        |$from:ident, $first:ident| $load_first:expr; |$to:ident, $some:ident, $x:ident| $store_first:expr
    ) => {
        $(#[$doc])+
        #[derive(Clone, Copy)]
        pub(crate) struct $Name($Vector);

        // SAFETY of all its functions: the caller promises that the machine has the instructions, and that the pointers
        // are good for the numbers that they read or write: all lanes, or the first so many.
        #[allow(unused_unsafe)] // plain arithmetic is safe
        impl Register for $Name {
            type Number = $T;
            const LANES: usize = $lanes;
            #[inline(always)]
            unsafe fn splat(x: $T) -> Self {
                $Name(unsafe { $splat(x) })
            }
            #[inline(always)]
            unsafe fn load(from: *const $T) -> Self {
                $Name(unsafe { $load(from) })
            }
            #[inline(always)]
            unsafe fn load_first($from: *const $T, $first: usize) -> Self {
                $Name(unsafe { $load_first })
            }
            #[inline(always)]
            unsafe fn store(self, to: *mut $T) {
                unsafe { $store(to, self.0) }
            }
            #[inline(always)]
            unsafe fn store_first(self, $to: *mut $T, $some: usize) {
                let $x = self.0;
                unsafe { $store_first }
            }
            #[inline(always)]
            unsafe fn multiply_add(self, b: Self, c: Self) -> Self {
                let ($a, $b, $c) = (self.0, b.0, c.0);
                $Name(unsafe { $multiply_add })
            }
        }

        impl Tiles for $Name {
            const KIND: Kind = Kind::$kind;
            type Half = $Half;
            const HEIGHT: usize = $height;
            const SQUARE: usize = $square;
            #[inline(always)]
            unsafe fn transpose(from: *const $T, from_row: usize, to: *mut $T, to_row: usize) {
                unsafe { $transpose(from, from_row, to, to_row) }
            }
        }
    };
}

/// A square of one number.
#[inline(always)]
unsafe fn copy_one<T: Copy>(from: *const T, _: usize, to: *mut T, _: usize) {
    // SAFETY: the caller promises that both pointers are good for one number.
    unsafe { *to = *from }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{Kind, Register, Tiles};
    use std::arch::x86_64::*;

    register! {
        /// Eight f64 with AVX-512.
        Avx512F64(__m512d) of Avx512: 8 f64, half Avx2F64, 14 rows, 4 transpose_f64;
        _mm512_set1_pd, _mm512_loadu_pd, _mm512_storeu_pd, |a, b, c| _mm512_fmadd_pd(a, b, c);
        |from, count| _mm512_maskz_loadu_pd(lanes_8(count), from);
        |to, count, x| _mm512_mask_storeu_pd(to, lanes_8(count), x)
    }
    register! {
        /// Sixteen f32 with AVX-512.
        Avx512F32(__m512) of Avx512: 16 f32, half Avx2F32, 14 rows, 8 transpose_f32;
        _mm512_set1_ps, _mm512_loadu_ps, _mm512_storeu_ps, |a, b, c| _mm512_fmadd_ps(a, b, c);
        |from, count| _mm512_maskz_loadu_ps(lanes_16(count), from);
        |to, count, x| _mm512_mask_storeu_ps(to, lanes_16(count), x)
    }
    register! {
        /// Four f64 with AVX2 and FMA.
        Avx2F64(__m256d) of Avx2: 4 f64, half Avx2F64, 6 rows, 4 transpose_f64;
        _mm256_set1_pd, _mm256_loadu_pd, _mm256_storeu_pd, |a, b, c| _mm256_fmadd_pd(a, b, c);
        |from, count| _mm256_maskload_pd(from, wide_lanes_4(count));
        |to, count, x| _mm256_maskstore_pd(to, wide_lanes_4(count), x)
    }
    register! {
        /// Eight f32 with AVX2 and FMA.
        Avx2F32(__m256) of Avx2: 8 f32, half Avx2F32, 6 rows, 8 transpose_f32;
        _mm256_set1_ps, _mm256_loadu_ps, _mm256_storeu_ps, |a, b, c| _mm256_fmadd_ps(a, b, c);
        |from, count| _mm256_maskload_ps(from, wide_lanes_8(count));
        |to, count, x| _mm256_maskstore_ps(to, wide_lanes_8(count), x)
    }

    /// Four by four, with two exchanges: of neighbors, then of pairs.
    #[inline(always)]
    unsafe fn transpose_f64(from: *const f64, from_row: usize, to: *mut f64, to_row: usize) {
        // SAFETY: the caller promises the instructions and that the pointers are good for four rows of four numbers.
        unsafe {
            let row = |i: usize| _mm256_loadu_pd(from.add(i * from_row));
            let (a, b, c, d) = (row(0), row(1), row(2), row(3));
            let (ab_even, ab_odd) = (_mm256_unpacklo_pd(a, b), _mm256_unpackhi_pd(a, b));
            let (cd_even, cd_odd) = (_mm256_unpacklo_pd(c, d), _mm256_unpackhi_pd(c, d));
            _mm256_storeu_pd(to, _mm256_permute2f128_pd::<0x20>(ab_even, cd_even));
            _mm256_storeu_pd(to.add(to_row), _mm256_permute2f128_pd::<0x20>(ab_odd, cd_odd));
            _mm256_storeu_pd(to.add(2 * to_row), _mm256_permute2f128_pd::<0x31>(ab_even, cd_even));
            _mm256_storeu_pd(to.add(3 * to_row), _mm256_permute2f128_pd::<0x31>(ab_odd, cd_odd));
        }
    }

    /// Eight by eight, as four squares of four that change places.
    #[inline(always)]
    unsafe fn transpose_f32(from: *const f32, from_row: usize, to: *mut f32, to_row: usize) {
        for half in 0..2 {
            // SAFETY: the caller promises the instructions and that the pointers are good for eight rows of eight
            // numbers, of which each load takes half.
            unsafe {
                let row = |i: usize| {
                    let (top, bottom) = (
                        from.add(i * from_row + 4 * half),
                        from.add((i + 4) * from_row + 4 * half),
                    );
                    _mm256_insertf128_ps::<1>(_mm256_castps128_ps256(_mm_loadu_ps(top)), _mm_loadu_ps(bottom))
                };
                let (a, b, c, d) = (row(0), row(1), row(2), row(3));
                let (ab_low, ab_high) = (_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b));
                let (cd_low, cd_high) = (_mm256_unpacklo_ps(c, d), _mm256_unpackhi_ps(c, d));
                let to = to.add(4 * half * to_row);
                _mm256_storeu_ps(to, _mm256_shuffle_ps::<0x44>(ab_low, cd_low));
                _mm256_storeu_ps(to.add(to_row), _mm256_shuffle_ps::<0xee>(ab_low, cd_low));
                _mm256_storeu_ps(to.add(2 * to_row), _mm256_shuffle_ps::<0x44>(ab_high, cd_high));
                _mm256_storeu_ps(to.add(3 * to_row), _mm256_shuffle_ps::<0xee>(ab_high, cd_high));
            }
        }
    }

    /// A bit for each of the first lanes.
    #[inline(always)]
    fn lanes_8(count: usize) -> u8 {
        ((1u32 << count) - 1) as u8
    }

    #[inline(always)]
    fn lanes_16(count: usize) -> u16 {
        ((1u32 << count) - 1) as u16
    }

    /// Minus one in the first lanes, zero in the others.
    #[inline(always)]
    unsafe fn wide_lanes_4(count: usize) -> __m256i {
        const TABLE: [i64; 8] = [-1, -1, -1, -1, 0, 0, 0, 0];
        // SAFETY: four numbers are read from a slice of four; the caller promises that the machine has AVX.
        unsafe { _mm256_loadu_si256(TABLE[4 - count..][..4].as_ptr().cast()) }
    }

    #[inline(always)]
    unsafe fn wide_lanes_8(count: usize) -> __m256i {
        const TABLE: [i32; 16] = [-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0];
        // SAFETY: as above, with eight.
        unsafe { _mm256_loadu_si256(TABLE[8 - count..][..8].as_ptr().cast()) }
    }
}
#[cfg(target_arch = "x86_64")]
pub(crate) use x86::{Avx2F32, Avx2F64, Avx512F32, Avx512F64};

#[cfg(target_arch = "aarch64")]
mod arm {
    use super::{Kind, Register, Tiles, copy_one};
    use std::arch::aarch64::*;

    register! {
        /// Two f64 with NEON.
        PortableF64(float64x2_t) of Portable: 2 f64, half PortableF64, 8 rows, 1 copy_one;
        vdupq_n_f64, vld1q_f64, vst1q_f64, |a, b, c| vfmaq_f64(c, a, b);
        |from, count| {
            let mut numbers = [0.0; 2];
            std::ptr::copy_nonoverlapping(from, numbers.as_mut_ptr(), count);
            vld1q_f64(numbers.as_ptr())
        };
        |to, count, x| {
            let mut numbers = [0.0; 2];
            vst1q_f64(numbers.as_mut_ptr(), x);
            std::ptr::copy_nonoverlapping(numbers.as_ptr(), to, count);
        }
    }
    register! {
        /// Four f32 with NEON.
        PortableF32(float32x4_t) of Portable: 4 f32, half PortableF32, 8 rows, 1 copy_one;
        vdupq_n_f32, vld1q_f32, vst1q_f32, |a, b, c| vfmaq_f32(c, a, b);
        |from, count| {
            let mut numbers = [0.0; 4];
            std::ptr::copy_nonoverlapping(from, numbers.as_mut_ptr(), count);
            vld1q_f32(numbers.as_ptr())
        };
        |to, count, x| {
            let mut numbers = [0.0; 4];
            vst1q_f32(numbers.as_mut_ptr(), x);
            std::ptr::copy_nonoverlapping(numbers.as_ptr(), to, count);
        }
    }
}
#[cfg(target_arch = "aarch64")]
pub(crate) use arm::{PortableF32, PortableF64};

#[cfg(not(target_arch = "aarch64"))]
mod portable {
    use super::{Kind, Register, Tiles, copy_one};

    register! {
        /// One f64 on any machine.
        PortableF64(f64) of Portable: 1 f64, half PortableF64, 4 rows, 1 copy_one;
        same, read, write, |a, b, c| a.mul_add(b, c);
        |from, _count| *from; |to, _count, x| *to = x
    }
    register! {
        /// One f32 on any machine.
        PortableF32(f32) of Portable: 1 f32, half PortableF32, 4 rows, 1 copy_one;
        same, read, write, |a, b, c| a.mul_add(b, c);
        |from, _count| *from; |to, _count, x| *to = x
    }

    #[inline(always)]
    fn same<T>(x: T) -> T {
        x
    }

    #[inline(always)]
    unsafe fn read<T: Copy>(from: *const T) -> T {
        // SAFETY: the caller promises that the pointer is good for one number.
        unsafe { *from }
    }

    #[inline(always)]
    unsafe fn write<T>(to: *mut T, x: T) {
        // SAFETY: as above.
        unsafe { *to = x }
    }
}
#[cfg(not(target_arch = "aarch64"))]
pub(crate) use portable::{PortableF32, PortableF64};
