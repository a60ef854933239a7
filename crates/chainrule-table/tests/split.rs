//! The parts of a split are disjoint, hold all rows, and have the promised sizes, class by class.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use chainrule_table::{Fractions, Split};
use expect_test::{Expect, expect};
use proptest::prelude::*;

fn sizes(split: &Split) -> (usize, usize, usize) {
    (split.train.len(), split.validation.len(), split.test.len())
}

#[test]
fn iris_is_split_evenly() {
    let order: Vec<usize> = (0..150).rev().collect();
    let groups: Vec<u32> = (0..150).map(|row| row / 50).collect();
    let split = Split::new(&order, Some(&groups), Fractions::default()).unwrap();
    assert_eq!(sizes(&split), (96, 24, 30));
    for (part, per_class) in [(&split.train, 32), (&split.validation, 8), (&split.test, 10)] {
        for class in 0..3 {
            assert_eq!(part.iter().filter(|row| groups[**row] == class).count(), per_class);
        }
    }
}

#[test]
fn many_small_classes_do_not_move_the_sizes() {
    let order: Vec<usize> = (0..300).collect();
    let groups: Vec<u32> = (0..300).map(|row| row / 3).collect();
    let split = Split::new(&order, Some(&groups), Fractions::default()).unwrap();
    assert_eq!(sizes(&split), (192, 48, 60));
}

#[test]
fn a_class_of_one_row_is_trained_on() {
    let order: Vec<usize> = (0..10).collect();
    let groups = [0, 0, 0, 0, 0, 0, 0, 0, 0, 9];
    let split = Split::new(&order, Some(&groups), Fractions::default()).unwrap();
    assert!(split.train.contains(&9));
}

#[test]
fn five_rows_are_enough_and_parts_may_be_left_out() {
    let order = [3, 1, 4, 0, 2];
    let split = Split::new(&order, None, Fractions::default()).unwrap();
    assert_eq!(
        split,
        Split {
            test: vec![3],
            validation: vec![1],
            train: vec![4, 0, 2]
        }
    );
    let split = Split::new(
        &order,
        None,
        Fractions {
            validation: 0.0,
            test: 0.4,
        },
    )
    .unwrap();
    assert_eq!(sizes(&split), (3, 0, 2));
    let split = Split::new(
        &order,
        None,
        Fractions {
            validation: 0.0,
            test: 0.0,
        },
    )
    .unwrap();
    assert_eq!(split.train, order);
    let split = Split::new(
        &order,
        None,
        Fractions {
            validation: 0.49,
            test: 0.5,
        },
    )
    .unwrap();
    assert_eq!(sizes(&split), (1, 1, 3));
}

#[test]
fn what_cannot_be_split() {
    let check = |rows: usize, groups: Option<&[u32]>, fractions: Fractions, message: Expect| {
        let order: Vec<usize> = (0..rows).collect();
        let error = Split::new(&order, groups, fractions).unwrap_err();
        assert!(error.is_request());
        message.assert_eq(&error.to_string());
    };
    let usual = Fractions::default();
    check(
        4,
        None,
        usual,
        expect!["4 rows cannot be split for training, validation and test; at least 5 are needed"],
    );
    check(
        0,
        None,
        usual,
        expect!["0 rows cannot be split for training, validation and test; at least 5 are needed"],
    );
    check(
        6,
        Some(&[0, 1, 2, 3, 4, 4]),
        usual,
        expect![
            "6 rows in 5 classes are too few to hold any out: each class needs one row to train on, and at least 7 rows are needed"
        ],
    );
    check(
        10,
        None,
        Fractions {
            validation: 0.5,
            test: 0.5,
        },
        expect![
            "the fractions 0.5 for validation and 0.5 for test leave no training rows; each must be at least 0, and their sum below 1"
        ],
    );
    check(
        10,
        None,
        Fractions {
            validation: f64::NAN,
            test: -0.5,
        },
        expect![
            "the fractions NaN for validation and -0.5 for test leave no training rows; each must be at least 0, and their sum below 1"
        ],
    );
    check(
        7,
        Some(&[0; 6]),
        usual,
        expect!["the order names row 6, but there are groups for 6 rows only"],
    );
    let error = Split::new(&[0, 1, 2, 3, 1], None, usual).unwrap_err();
    expect!["the order names row 1 twice; every row may be in one part only"].assert_eq(&error.to_string());
}

proptest! {
    #[test]
    fn parts_are_disjoint_cover_all_rows_and_are_stratified(
        (order, groups) in (5..300usize, 1..12u32).prop_flat_map(|(rows, classes)| {
            (Just((0..rows).collect::<Vec<_>>()).prop_shuffle(), prop::collection::vec(0..classes, rows))
        }),
        validation in 0.05..0.4f64,
        test in 0.05..0.4f64,
    ) {
        let rows = order.len();
        let fractions = Fractions { validation, test };
        let Ok(split) = Split::new(&order, Some(&groups), fractions) else {
            let classes = groups.iter().collect::<std::collections::BTreeSet<_>>().len();
            prop_assert!(rows - classes < 2);
            return Ok(());
        };
        prop_assert_eq!(&split, &Split::new(&order, Some(&groups), fractions).unwrap());

        let mut all: Vec<usize> = [&split.train[..], &split.validation, &split.test].concat();
        all.sort_unstable();
        prop_assert_eq!(all, (0..rows).collect::<Vec<_>>());
        prop_assert!(!split.validation.is_empty() && !split.test.is_empty());

        let mut counts: BTreeMap<u32, [usize; 3]> = BTreeMap::new();
        for (place, part) in [&split.train, &split.validation, &split.test].into_iter().enumerate() {
            for row in part {
                counts.entry(groups[*row]).or_default()[place] += 1;
            }
        }
        prop_assert!(counts.values().all(|count| count[0] >= 1));
        // Where no class is so small that its last training row stands in the way, sizes and proportions hold.
        let smallest = counts.values().map(|count| count.iter().sum::<usize>()).min().unwrap();
        if smallest >= 20 {
            prop_assert!((split.test.len() as f64 - rows as f64 * test).abs() <= 1.0);
            prop_assert!((split.validation.len() as f64 - rows as f64 * validation).abs() <= 1.0);
            for count in counts.values() {
                let share = count.iter().sum::<usize>() as f64 / rows as f64;
                prop_assert!((count[2] as f64 - split.test.len() as f64 * share).abs() < 1.5, "{:?}", counts);
                prop_assert!((count[1] as f64 - split.validation.len() as f64 * share).abs() < 2.5, "{:?}", counts);
            }
        }
    }
}
