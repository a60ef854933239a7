use super::*;
use proptest::prelude::*;

/// The definition: one chain of fused multiply-adds for each number.
macro_rules! twin {
    ($name:ident, $T:ident) => {
        fn $name(sizes: Sizes, a: Strided<$T>, b: Strided<$T>, out: &mut [$T]) {
            for i in 0..sizes.rows {
                for j in 0..sizes.columns {
                    let cell = &mut out[i * sizes.columns + j];
                    for k in 0..sizes.inner {
                        let (x, y) = (a.data[i * a.row + k * a.column], b.data[k * b.row + j * b.column]);
                        *cell = x.mul_add(y, *cell);
                    }
                }
            }
        }
    };
}
twin!(twin_f64, f64);
twin!(twin_f32, f32);

/// Numbers of very different sizes, so that another order of adding would show.
fn number(i: usize, seed: usize) -> f64 {
    let hash = i
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .wrapping_add(seed.wrapping_mul(0xbf58_476d_1ce4_e5b9));
    let hash = (hash ^ (hash >> 29)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let fraction = (hash >> 11) as f64 / (1u64 << 53) as f64 - 0.5;
    fraction * [1.0, 1e-3, 1e4][hash % 3]
}

/// Compares every instruction set with the definition, to the bit, for a `fresh` product, which starts from zeros, or one
/// that is added to what is there; `padding` is how much farther apart the lines of each matrix lie
/// than they must.
fn compare(sizes: Sizes, transposed: [bool; 2], padding: [usize; 2], fresh: bool) {
    let Sizes { rows, inner, columns } = sizes;
    let strides = |height: usize, width: usize, transposed: bool, padding: usize| match transposed {
        false => (width + padding, 1),
        true => (1, height + padding),
    };
    let (a_row, a_column) = strides(rows, inner, transposed[0], padding[0]);
    let (b_row, b_column) = strides(inner, columns, transposed[1], padding[1]);
    let numbers = |count: usize, seed| (0..count).map(|i| number(i, seed)).collect::<Vec<f64>>();
    let a = numbers(rows * a_row.max(1) + inner * a_column, 1);
    let b = numbers(inner * b_row.max(1) + columns * b_column, 2);
    let out = numbers(rows * columns, 3);
    macro_rules! compare {
        ($T:ident, $product:ident, $twin:ident) => {
            let narrow = |x: &[f64]| x.iter().map(|&x| x as $T).collect::<Vec<$T>>();
            let (a, b, out) = (narrow(&a), narrow(&b), narrow(&out));
            let a = Strided {
                data: &a,
                row: a_row,
                column: a_column,
            };
            let b = Strided {
                data: &b,
                row: b_row,
                column: b_column,
            };
            let mut expected = if fresh { vec![0.0; out.len()] } else { out.clone() };
            $twin(sizes, a, b, &mut expected);
            for set in InstructionSet::available() {
                let mut result = out.clone();
                $product(set, 1, sizes, a, b, &mut result, fresh);
                for (i, (x, y)) in result.iter().zip(&expected).enumerate() {
                    assert_eq!(
                        x.to_bits(),
                        y.to_bits(),
                        "{sizes:?} {transposed:?} fresh {fresh} {}, number {i}: {x} {y}",
                        set.name()
                    );
                }
            }
        };
    }
    compare!(f64, product_f64, twin_f64);
    compare!(f32, product_f32, twin_f32);
}

const BOTH: [bool; 2] = [false, true];

#[test]
fn small_products_of_every_transposition_agree_with_the_definition_to_the_bit() {
    for rows in [0, 1, 2, 3, 5, 7, 14, 15, 16] {
        for inner in [0, 1, 2, 3, 9] {
            for columns in [0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 40, 130] {
                for (a, b) in BOTH.into_iter().flat_map(|a| BOTH.map(|b| (a, b))) {
                    compare(Sizes { rows, inner, columns }, [a, b], [0, 0], a == b);
                }
            }
        }
    }
}

#[test]
fn blocks_and_copies_leave_the_bits_alone() {
    // Each is just above a border: of the blocks of the inner size, of rows, of columns, of crowded distances.
    for (rows, inner, columns) in [
        (17, 300, 140),
        (200, 260, 33),
        (400, 129, 9),
        (30, 5, 1100),
        (20, 512, 256),
        (1, 600, 70),
    ] {
        for (a, b) in BOTH.into_iter().flat_map(|a| BOTH.map(|b| (a, b))) {
            compare(Sizes { rows, inner, columns }, [a, b], [0, 0], a == b);
        }
    }
}

#[test]
fn the_parts_of_a_product_have_the_bits_of_the_whole() {
    // The longer side is cut: rows, columns, the columns of a single row, and the rows of a single column.
    for (rows, inner, columns) in [(150, 90, 80), (20, 40, 1400), (1, 900, 1200), (1200, 900, 1)] {
        let sizes = Sizes { rows, inner, columns };
        let numbers = |count: usize, seed| (0..count).map(|i| number(i, seed) as f32).collect::<Vec<f32>>();
        let (a, b) = (numbers(rows * inner, 1), numbers(inner * columns, 2));
        for (a_transposed, b_transposed) in BOTH.into_iter().flat_map(|a| BOTH.map(|b| (a, b))) {
            let matrix = |data, transposed| Matrix { data, transposed };
            let a = matrix(&a[..], a_transposed).strided(rows, inner);
            let b = matrix(&b[..], b_transposed).strided(inner, columns);
            let set = InstructionSet::in_use();
            let mut expected = vec![0.0; rows * columns];
            product_f32(set, 1, sizes, a, b, &mut expected, true);
            let mut result = vec![f32::NAN; rows * columns];
            for most in [1, 2, 3, 4, 16] {
                let product = Product::new(sizes, a, b, &mut result, true).unwrap();
                let cut = product.cut(most);
                assert!(cut.parts <= most && (cut.parts > 1) == (most > 1), "{most}");
                for i in (0..cut.parts).rev() {
                    // SAFETY: nobody else uses the result.
                    unsafe { compute_f32(set, &product.part(cut, i)) };
                }
                let same = result.iter().zip(&expected).all(|(x, y)| x.to_bits() == y.to_bits());
                assert!(same, "{sizes:?} {a_transposed} {b_transposed} in {} parts", cut.parts);
                result.fill(f32::NAN);
                // And as threads take them, if they come in time.
                product_f32(set, most, sizes, a, b, &mut result, true);
                let same = result.iter().zip(&expected).all(|(x, y)| x.to_bits() == y.to_bits());
                assert!(same, "{sizes:?} {a_transposed} {b_transposed} with {most} threads");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_sizes_and_strides_agree_with_the_definition_to_the_bit(
        rows in 0usize..60, inner in 0usize..80, columns in 0usize..150,
        transposed in any::<[bool; 2]>(), padding in [0usize..40, 0usize..40], fresh in any::<bool>(),
    ) {
        compare(Sizes { rows, inner, columns }, transposed, padding, fresh);
    }
}

#[test]
fn infinities_and_nan_arrive() {
    for set in InstructionSet::available() {
        for columns in [1, 3, 8, 16, 20] {
            let mut b = vec![1.0; 2 * columns];
            b[columns - 1] = f64::INFINITY;
            let mut out = vec![0.0; 2 * columns];
            let a = Strided {
                data: &[1.0, 2.0, 0.0, f64::NAN],
                row: 2,
                column: 1,
            };
            let b = Strided {
                data: &b,
                row: columns,
                column: 1,
            };
            product_f64(
                set,
                1,
                Sizes {
                    rows: 2,
                    inner: 2,
                    columns,
                },
                a,
                b,
                &mut out,
                false,
            );
            assert_eq!(out[columns - 1], f64::INFINITY);
            assert!(out[columns..].iter().all(|x| x.is_nan()), "{}", set.name());
            assert!(columns == 1 || out[0] == 3.0);
        }
    }
}

#[test]
#[should_panic(expected = "right matrix")]
fn a_matrix_that_is_too_short_is_refused() {
    let sizes = Sizes {
        rows: 1,
        inner: 2,
        columns: 2,
    };
    let matrix = |data| Matrix {
        data,
        transposed: false,
    };
    f64::multiply_add(sizes, matrix(&[1.0, 2.0]), matrix(&[1.0, 2.0, 3.0]), &mut [0.0; 2]);
}
