use super::*;
use crate::kernel::placed::Placed;
use proptest::{collection::vec, prelude::*, sample::select};

fn cells(shape: &[usize], value: &[usize]) -> Vec<usize> {
    let walk = Walk::new(Shape::new(shape).unwrap(), [Shape::new(value).unwrap()]);
    let mut cells = vec![];
    walk.rows(|length, [start], [step]| cells.extend((0..length).map(|i| start + i * step)));
    cells
}

#[test]
fn cells_are_paired_as_numpy_broadcasts() {
    assert_eq!(cells(&[], &[]), [0]);
    assert_eq!(cells(&[2, 2], &[]), [0, 0, 0, 0]);
    assert_eq!(cells(&[2, 3], &[3]), [0, 1, 2, 0, 1, 2]);
    assert_eq!(cells(&[2, 3], &[2, 1]), [0, 0, 0, 1, 1, 1]);
    assert_eq!(cells(&[2, 2, 2], &[2, 1, 2]), [0, 1, 0, 1, 2, 3, 2, 3]);
    assert_eq!(cells(&[0, 3], &[3]), Vec::<usize>::new());
}

#[test]
fn what_is_repeated_is_added_up_in_order() {
    let cases: [(&[usize], &[usize]); 5] = [
        (&[300, 17], &[17]),
        (&[3, 5000], &[1, 5000]),
        (&[70, 2, 33], &[2, 33]),
        (&[4100], &[]),
        (&[2, 3], &[2, 3]),
    ];
    for (shape, value) in cases {
        let (shape, value) = (Shape::new(shape).unwrap(), Shape::new(value).unwrap());
        let numbers: Vec<f64> = (0..shape.len()).map(|i| (0.7 * i as f64).sin()).collect();
        let (mut sums, mut expected) = (vec![0.5; value.len()], vec![0.5; value.len()]);
        assert!(add_repeated(&numbers, &shape, &mut sums, &value));
        for (i, x) in numbers.iter().enumerate() {
            expected[i % value.len()] += x;
        }
        assert_eq!(sums, expected, "{shape} to {value}");
    }
    assert!(!add_repeated(
        &[1.0; 6],
        &Shape::from([2, 3]),
        &mut [0.0; 2],
        &Shape::from([2, 1])
    ));
}

/// Sizes of a few axes, as values of them that broadcast to one another: each lacks some leading axes, and has size 1 instead
/// of some others. Where one axis is long, what is repeated along it is longer than a block.
fn any_shapes() -> impl Strategy<Value = Vec<Shape>> {
    let sizes = vec(select(vec![0usize, 1, 2, 2, 3, 3, 4, 5]), 0..=4);
    let long = (0usize..8, 100usize..700);
    (sizes, long, vec((0usize..8, vec(prop::bool::weighted(0.3), 4)), 3)).prop_map(
        |(mut sizes, (axis, size), changes)| {
            if let Some(long) = sizes.get_mut(axis) {
                *long = size;
            }
            let values = changes.into_iter().map(|(missing, ones)| {
                let missing = missing.saturating_sub(4).min(sizes.len());
                let own = sizes.iter().zip(ones).skip(missing);
                let own: Vec<usize> = own.map(|(&size, one)| if one { 1 } else { size }).collect();
                Shape::new(&own).unwrap()
            });
            values.collect()
        },
    )
}

/// For each cell of a shape the cell of a value that it is paired with, by the definition: index by index, from the last
/// axis on.
fn paired(shape: Shape, value: Shape) -> Vec<usize> {
    let missing = shape.rank() - value.rank();
    let cell = |mut i: usize| {
        let (mut cell, mut distance) = (0, 1);
        for axis in (0..shape.rank()).rev() {
            let index = i % shape.size(axis);
            i /= shape.size(axis);
            if axis >= missing && value.size(axis - missing) > 1 {
                cell += index * distance;
                distance *= value.size(axis - missing);
            }
        }
        cell
    };
    (0..shape.len()).map(cell).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 3 } else { 400 }))]

    #[test]
    fn any_values_are_paired_by_the_definition_and_nothing_else_is_touched(
        shapes in any_shapes(), before in [0usize..18, 0usize..18, 0usize..18], short in any::<bool>(),
    ) {
        let shapes = [shapes[0], shapes[1], shapes[2]];
        let shape = shapes.iter().fold(Shape::SCALAR, |all, &own| all.broadcast(own).unwrap());
        let cells = shapes.map(|own| paired(shape, own));
        let values: [Placed<f64>; 3] = std::array::from_fn(|k| {
            let numbers: Vec<f64> = (0..shapes[k].len()).map(|i| (k * 1_000_000 + i) as f64).collect();
            Placed::new(&numbers, before[k], f64::NAN)
        });
        let data = values.each_ref().map(Placed::numbers);
        let mut seen = vec![];
        side_by_side(data, shapes, short, |block| {
            assert_eq!(block.first, seen.len());
            assert!(!short || block.length <= BLOCK);
            let [a, b, c] = block.numbers();
            seen.extend((0..block.length).map(|i| [a[i], b[i], c[i]]));
        });
        let expected: Vec<[f64; 3]> = (0..shape.len()).map(|i| std::array::from_fn(|k| data[k][cells[k][i]])).collect();
        prop_assert_eq!(seen, expected);

        let share = |cell: usize| (0.7 * cell as f64).sin();
        for k in 0..3 {
            // What is repeated is added to; where nothing is, the shares can be put in place.
            for add in [true, false] {
                if !add && shapes[k] != shape {
                    continue;
                }
                let start = vec![0.25; shapes[k].len()];
                let mut to = Placed::new(&start, before[k], 7.5);
                side_by_side(data, shapes, true, |block| {
                    block.hand_on(to.numbers_mut(), k, add, |shares| {
                        shares.iter_mut().enumerate().for_each(|(i, to)| *to = share(block.first + i));
                    });
                });
                let mut expected = if add { start } else { vec![0.0; shapes[k].len()] };
                for (cell, &to) in cells[k].iter().enumerate() {
                    expected[to] += share(cell);
                }
                prop_assert_eq!(to.numbers(), expected);
                prop_assert!(to.before().iter().all(|&x| x == 7.5));
            }
        }
    }
}
