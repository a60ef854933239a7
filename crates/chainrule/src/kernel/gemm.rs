//! Matrix product on slices.

/// One matrix of a product: row-major numbers, read as they lie or transposed.
#[derive(Clone, Copy)]
pub(crate) struct Matrix<'a, T> {
    pub data: &'a [T],
    pub transposed: bool,
}

/// The sizes of a product: `[rows, inner] · [inner, columns]`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sizes {
    pub rows: usize,
    pub inner: usize,
    pub columns: usize,
}

/// Matrix product, for the two number types.
#[allow(private_interfaces)] // `Float` is sealed, so nobody outside can name or call this.
pub trait Gemm: Sized {
    /// `out += a · b`, `out` of `[rows, columns]`, row-major.
    #[doc(hidden)]
    fn multiply_add(sizes: Sizes, a: Matrix<Self>, b: Matrix<Self>, out: &mut [Self]);
}

macro_rules! gemm {
    ($T:ident, $call:path) => {
        #[allow(private_interfaces)]
        impl Gemm for $T {
            fn multiply_add(sizes: Sizes, a: Matrix<$T>, b: Matrix<$T>, out: &mut [$T]) {
                let Sizes { rows, inner, columns } = sizes;
                assert_eq!(a.data.len(), rows * inner, "left matrix of {sizes:?}");
                assert_eq!(b.data.len(), inner * columns, "right matrix of {sizes:?}");
                assert_eq!(out.len(), rows * columns, "product of {sizes:?}");
                let strides = |transposed, height: usize, width: usize| match transposed {
                    false => (width as isize, 1),
                    true => (1, height as isize),
                };
                let (a_row, a_column) = strides(a.transposed, rows, inner);
                let (b_row, b_column) = strides(b.transposed, inner, columns);
                // SAFETY: the three slices have exactly the lengths their sizes and strides reach
                // (checked above), and `out` is borrowed exclusively, so it overlaps neither input.
                unsafe {
                    $call(
                        rows,
                        inner,
                        columns,
                        1.0,
                        a.data.as_ptr(),
                        a_row,
                        a_column,
                        b.data.as_ptr(),
                        b_row,
                        b_column,
                        1.0,
                        out.as_mut_ptr(),
                        columns as isize,
                        1,
                    )
                }
            }
        }
    };
}
gemm!(f64, matrixmultiply::dgemm);
gemm!(f32, matrixmultiply::sgemm);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_transposition_agrees_with_the_definition() {
        for (rows, inner, columns) in [(1, 1, 1), (2, 3, 4), (5, 1, 3), (7, 9, 8), (2, 0, 2), (0, 3, 2)] {
            let sizes = Sizes { rows, inner, columns };
            let a: Vec<f64> = (0..rows * inner).map(|i| (i as f64 * 0.7).sin()).collect();
            let b: Vec<f64> = (0..inner * columns).map(|i| (i as f64 * 1.3).cos()).collect();
            for (a_transposed, b_transposed) in [(false, false), (true, false), (false, true), (true, true)] {
                let mut out = vec![0.5; rows * columns];
                f64::multiply_add(
                    sizes,
                    Matrix {
                        data: &a,
                        transposed: a_transposed,
                    },
                    Matrix {
                        data: &b,
                        transposed: b_transposed,
                    },
                    &mut out,
                );
                for i in 0..rows {
                    for j in 0..columns {
                        let sum: f64 = (0..inner)
                            .map(|k| {
                                let a = if a_transposed {
                                    a[k * rows + i]
                                } else {
                                    a[i * inner + k]
                                };
                                let b = if b_transposed {
                                    b[j * inner + k]
                                } else {
                                    b[k * columns + j]
                                };
                                a * b
                            })
                            .sum();
                        assert!((out[i * columns + j] - 0.5 - sum).abs() < 1e-12);
                    }
                }
            }
        }
    }
}
