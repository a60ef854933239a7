//! The cellar: arithmetic on slices. The only room with `unsafe`, and the only one that will ever know an instruction set.
//! It knows slices, shapes and strides; it knows no graph and no op.

#[allow(unsafe_code)]
pub(crate) mod dense;
#[allow(unsafe_code)]
pub(crate) mod gemm;
#[allow(unsafe_code)]
pub(crate) mod instructions;
pub(crate) mod math;
#[cfg(test)]
mod placed;
pub(crate) mod reduce;
#[allow(unsafe_code)]
mod registers;
#[allow(unsafe_code)]
mod room;
#[allow(unsafe_code)]
pub(crate) mod singles;
#[allow(unsafe_code)]
pub(crate) mod threads;
pub(crate) mod walk;

use instructions::InstructionSet;
use registers::Tiles;
use std::{cell::RefCell, ops::AddAssign};

/// What is compiled for each number type, once: whoever uses it, in this crate or another, finds it done.
pub(crate) trait Kernels: Copy + Default + From<u8> + AddAssign + Send + Sync + 'static {
    /// The register that each instruction set computes with.
    type Portable: Tiles<Number = Self>;
    #[cfg(target_arch = "x86_64")]
    type Avx2: Tiles<Number = Self>;
    #[cfg(target_arch = "x86_64")]
    type Avx512: Tiles<Number = Self>;

    /// −0: in place of a gradient that nothing was added to yet.
    const NOTHING: Self;
    /// Whether it is that, to the bit.
    fn is_nothing(self) -> bool;

    /// Matrix product, see [`gemm::product`].
    fn product(sizes: gemm::Sizes, a: gemm::Matrix<Self>, b: gemm::Matrix<Self>, out: &mut [Self], fresh: bool);

    /// Predictions of dense layers, see [`dense::predict`].
    fn predict(layers: &dyn dense::Layers<Self>, extent: &dense::Extent, x: &[Self], out: &mut [Self]);

    /// Lends room for so many numbers, which hold anything: this thread's, which is kept for the next time. It begins with
    /// a line of the cache.
    fn lend_room(count: usize, work: &mut dyn FnMut(&mut [Self]));
}

macro_rules! kernels {
    ($T:ident: $Portable:ident $Avx2:ident $Avx512:ident) => {
        impl Kernels for $T {
            type Portable = registers::$Portable;
            #[cfg(target_arch = "x86_64")]
            type Avx2 = registers::$Avx2;
            #[cfg(target_arch = "x86_64")]
            type Avx512 = registers::$Avx512;

            const NOTHING: $T = -0.0;
            #[inline(always)]
            fn is_nothing(self) -> bool {
                self.to_bits() == $T::NOTHING.to_bits()
            }

            fn product(sizes: gemm::Sizes, a: gemm::Matrix<$T>, b: gemm::Matrix<$T>, out: &mut [$T], fresh: bool) {
                let (a, b) = (
                    a.strided(sizes.rows, sizes.inner),
                    b.strided(sizes.inner, sizes.columns),
                );
                gemm::product(
                    InstructionSet::in_use(),
                    threads::threads(),
                    sizes,
                    a,
                    b,
                    out,
                    fresh,
                );
            }
            fn predict(layers: &dyn dense::Layers<$T>, extent: &dense::Extent, x: &[$T], out: &mut [$T]) {
                dense::predict(InstructionSet::in_use(), layers, extent, x, out);
            }
            fn lend_room(count: usize, work: &mut dyn FnMut(&mut [$T])) {
                thread_local! {
                    static ROOMS: RefCell<Vec<Vec<$T>>> = const { RefCell::new(vec![]) };
                }
                // Who has borrowed room may need more, such as a prediction for its products.
                let mut room = ROOMS.with_borrow_mut(Vec::pop).unwrap_or_default();
                work(room::aligned(&mut room, count));
                ROOMS.with_borrow_mut(|rooms| rooms.push(room));
            }
        }
    };
}
kernels!(f64: PortableF64 Avx2F64 Avx512F64);
kernels!(f32: PortableF32 Avx2F32 Avx512F32);
