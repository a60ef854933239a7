use super::*;
use crate::kernel::placed::Placed;
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

/// [`compare_at`] with matrices whose memory begins and ends with them.
fn compare(sizes: Sizes, transposed: [bool; 2], padding: [usize; 2], fresh: bool) {
    compare_at(sizes, transposed, padding, fresh, [0; 3], 1);
}

/// Compares every instruction set with the definition, to the bit, for a `fresh` product, which starts from zeros, or one
/// that is added to what is there; `padding` is how much farther apart the lines of each matrix lie
/// than they must, `offsets` how many other numbers there are before each matrix and the result. Behind their last
/// numbers there is nothing.
fn compare_at(
    sizes: Sizes,
    transposed: [bool; 2],
    padding: [usize; 2],
    fresh: bool,
    offsets: [usize; 3],
    threads: usize,
) {
    let Sizes { rows, inner, columns } = sizes;
    let strides = |height: usize, width: usize, transposed: bool, padding: usize| match transposed {
        false => (width + padding, 1),
        true => (1, height + padding),
    };
    let (a_row, a_column) = strides(rows, inner, transposed[0], padding[0]);
    let (b_row, b_column) = strides(inner, columns, transposed[1], padding[1]);
    let numbers = |count: usize, seed| (0..count).map(|i| number(i, seed)).collect::<Vec<f64>>();
    let count = |height: usize, width: usize, row: usize, column: usize| match height * width {
        0 => 0,
        _ => (height - 1) * row + (width - 1) * column + 1,
    };
    let a = numbers(count(rows, inner, a_row, a_column), 1);
    let b = numbers(count(inner, columns, b_row, b_column), 2);
    let out = numbers(rows * columns, 3);
    macro_rules! compare {
        ($T:ident, $twin:ident) => {
            let narrow = |x: &[f64]| x.iter().map(|&x| x as $T).collect::<Vec<$T>>();
            let (a, b, out) = (narrow(&a), narrow(&b), narrow(&out));
            let a = Placed::new(&a, offsets[0], $T::NAN);
            let b = Placed::new(&b, offsets[1], $T::NAN);
            let a = Strided {
                data: a.numbers(),
                row: a_row,
                column: a_column,
            };
            let b = Strided {
                data: b.numbers(),
                row: b_row,
                column: b_column,
            };
            let mut expected = if fresh { vec![0.0; out.len()] } else { out.clone() };
            $twin(sizes, a, b, &mut expected);
            for set in InstructionSet::available() {
                let mut result = Placed::new(&out, offsets[2], 7.5);
                product(set, threads, sizes, a, b, result.numbers_mut(), fresh);
                for (i, (x, y)) in result.numbers().iter().zip(&expected).enumerate() {
                    assert_eq!(
                        x.to_bits(),
                        y.to_bits(),
                        "{sizes:?} {transposed:?} fresh {fresh} {}, number {i}: {x} {y}",
                        set.name()
                    );
                }
                assert!(
                    result.before().iter().all(|&x| x == 7.5),
                    "{sizes:?} {}",
                    set.name()
                );
            }
        };
    }
    compare!(f64, twin_f64);
    compare!(f32, twin_f32);
}

const BOTH: [bool; 2] = [false, true];

#[test]
fn small_products_of_every_transposition_agree_with_the_definition_to_the_bit() {
    // Miri, which looks for wrong addresses, takes ten thousand times as long.
    let few = |sizes: &'static [usize], fewer: &'static [usize]| if cfg!(miri) { fewer } else { sizes };
    for &rows in few(&[0, 1, 2, 3, 5, 7, 14, 15, 16], &[0, 1, 5, 7]) {
        for &inner in few(&[0, 1, 2, 3, 9], &[0, 2]) {
            for &columns in few(
                &[0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 40, 130],
                &[1, 3, 9, 17],
            ) {
                for (a, b) in BOTH.into_iter().flat_map(|a| BOTH.map(|b| (a, b))) {
                    compare(Sizes { rows, inner, columns }, [a, b], [0, 0], a == b);
                }
            }
        }
    }
}

/// Whole registers of rows and what is left, whole squares of steps and what is left; rows that lie where they crowd.
#[test]
fn a_matrix_times_a_vector_agrees_with_the_definition_to_the_bit() {
    let few = |sizes: &'static [usize], fewer: &'static [usize]| if cfg!(miri) { fewer } else { sizes };
    for &many in few(&[7, 8, 9, 16, 31, 47, 100, 300], &[9, 47]) {
        for &inner in few(&[7, 8, 9, 11, 12, 20, 28, 127, 128, 259], &[9, 12]) {
            for (transposed, fresh) in BOTH.into_iter().flat_map(|a| BOTH.map(|b| (a, b))) {
                for padding in [0, 3] {
                    let (rows, columns) = if transposed { (1, many) } else { (many, 1) };
                    let padding = if transposed { [0, padding] } else { [padding, 0] };
                    compare(Sizes { rows, inner, columns }, [false, transposed], padding, fresh);
                }
            }
        }
    }
}

/// Ten outputs are a register and a part of the next with AVX2, and part of one with AVX-512: the last layer of a network
/// for digits.
#[test]
#[cfg_attr(miri, ignore)]
fn ten_columns_agree_with_the_definition_to_the_bit() {
    for (rows, inner) in [(1, 128), (6, 128), (7, 1), (32, 128), (33, 300), (128, 32)] {
        for (a, b) in BOTH.into_iter().flat_map(|a| BOTH.map(|b| (a, b))) {
            for fresh in BOTH {
                compare(
                    Sizes {
                        rows,
                        inner,
                        columns: 10,
                    },
                    [a, b],
                    [0, 0],
                    fresh,
                );
                compare(
                    Sizes {
                        rows: 10,
                        inner,
                        columns: rows,
                    },
                    [a, b],
                    [0, 3],
                    fresh,
                );
            }
        }
    }
}

#[test]
#[cfg_attr(miri, ignore)]
fn a_product_in_one_part_asks_nobody() {
    // One row, so narrow that it is not cut, and so long that it would be worth it.
    let (a, b) = (vec![1.0; 1 << 14], vec![1.0; 100 << 14]);
    let strided = |data, row| Strided { data, row, column: 1 };
    let sizes = Sizes {
        rows: 1,
        inner: 1 << 14,
        columns: 100,
    };
    let mut out = vec![0.0; 100];
    let product = Product::new(sizes, strided(&a, 1 << 14), strided(&b, 100), &mut out, true).unwrap();
    assert!(product.work() > threads::SHARED);
    assert_eq!(product.cut(8).parts, 1);
}

#[test]
fn blocks_and_copies_leave_the_bits_alone() {
    // Each is just above a border: of the blocks of the inner size, of rows, of columns, of crowded distances.
    let sizes = [
        (8, 257, 2),
        (17, 300, 140),
        (200, 260, 33),
        (400, 129, 9),
        (30, 5, 1100),
        (20, 512, 256),
        (1, 600, 70),
    ];
    for &(rows, inner, columns) in &sizes[..if cfg!(miri) { 1 } else { sizes.len() }] {
        for (a, b) in BOTH.into_iter().flat_map(|a| BOTH.map(|b| (a, b))) {
            compare(Sizes { rows, inner, columns }, [a, b], [0, 0], a == b);
        }
    }
}

#[test]
#[cfg_attr(miri, ignore)]
fn the_parts_of_a_product_have_the_bits_of_the_whole() {
    // The longer side is cut: rows, columns, columns of which one is left over, the columns of a single row, and the rows of a
    // single column.
    let all = [
        (150, 90, 80),
        (20, 40, 1400),
        (130, 90, 161),
        (1, 900, 1200),
        (1200, 900, 1),
    ];
    for (rows, inner, columns) in all {
        let sizes = Sizes { rows, inner, columns };
        let numbers = |count: usize, seed| (0..count).map(|i| number(i, seed) as f32).collect::<Vec<f32>>();
        let (a, b) = (numbers(rows * inner, 1), numbers(inner * columns, 2));
        for (a_transposed, b_transposed) in BOTH.into_iter().flat_map(|a| BOTH.map(|b| (a, b))) {
            let matrix = |data, transposed| Matrix { data, transposed };
            let a = matrix(&a[..], a_transposed).strided(rows, inner);
            let b = matrix(&b[..], b_transposed).strided(inner, columns);
            let set = InstructionSet::in_use();
            let mut expected = vec![0.0; rows * columns];
            product(set, 1, sizes, a, b, &mut expected, true);
            let mut result = vec![f32::NAN; rows * columns];
            for threads in [1, 2, 3, 4, 16] {
                let whole = Product::new(sizes, a, b, &mut result, true).unwrap();
                let cut = whole.cut(threads);
                assert!(
                    cut.parts <= PARTS_EACH * threads && (cut.parts > 1) == (threads > 1),
                    "{threads}"
                );
                for i in (0..cut.parts).rev() {
                    // SAFETY: nobody else uses the result.
                    unsafe { compute(set, &whole.part(cut, i)) };
                }
                let same = result.iter().zip(&expected).all(|(x, y)| x.to_bits() == y.to_bits());
                assert!(same, "{sizes:?} {a_transposed} {b_transposed} in {} parts", cut.parts);
                result.fill(f32::NAN);
                // And as threads take them, if they come in time.
                product(set, threads, sizes, a, b, &mut result, true);
                let same = result.iter().zip(&expected).all(|(x, y)| x.to_bits() == y.to_bits());
                assert!(same, "{sizes:?} {a_transposed} {b_transposed} with {threads} threads");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    #[cfg_attr(miri, ignore)]
    fn any_sizes_and_strides_agree_with_the_definition_to_the_bit(
        rows in 0usize..60, inner in 0usize..80, columns in 0usize..150,
        transposed in any::<[bool; 2]>(), padding in [0usize..40, 0usize..40], fresh in any::<bool>(),
    ) {
        compare(Sizes { rows, inner, columns }, transposed, padding, fresh);
    }

    #[test]
    #[cfg_attr(miri, ignore)]
    fn any_sizes_strides_and_offsets_touch_nothing_else(
        sizes in any_sizes(), transposed in any::<[bool; 2]>(), padding in [0usize..20, 0usize..20],
        offsets in [0usize..18, 0usize..18, 0usize..18], fresh in any::<bool>(), threads in 1usize..3,
    ) {
        compare_at(sizes, transposed, padding, fresh, offsets, threads);
    }
}

/// Sizes near the borders of registers and tiles; sometimes one that is cut into blocks, or shared by threads.
fn any_sizes() -> impl Strategy<Value = Sizes> {
    let small = (0usize..35, 0usize..35, 0usize..70);
    let small = small.prop_map(|(rows, inner, columns)| Sizes { rows, inner, columns });
    let long = (0usize..3, 1usize..6, 1usize..40, 250usize..700).prop_map(|(which, few, some, many)| match which {
        0 => Sizes {
            rows: many,
            inner: few,
            columns: some,
        },
        1 => Sizes {
            rows: few,
            inner: many,
            columns: some,
        },
        _ => Sizes {
            rows: some,
            inner: few,
            columns: many,
        },
    });
    // Enough to wake threads that sleep.
    let shared = (204usize..215, 204usize..215, 204usize..215);
    let shared = shared.prop_map(|(rows, inner, columns)| Sizes { rows, inner, columns });
    prop_oneof![20 => small, 10 => long, 1 => shared]
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
            product(
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
    f64::product(
        sizes,
        matrix(&[1.0, 2.0]),
        matrix(&[1.0, 2.0, 3.0]),
        &mut [0.0; 2],
        false,
    );
}
