//! Folds and splits keep together what belongs together, and apart what must not meet.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use chainrule_table::{Division, Fold, Fractions, Split};
use expect_test::{Expect, expect};
use proptest::prelude::*;

fn set(rows: &[usize]) -> BTreeSet<usize> {
    rows.iter().copied().collect()
}

/// A random order of `rows` rows, a label of each below `labels`.
fn labeled(rows: std::ops::Range<usize>, labels: u32) -> impl Strategy<Value = (Vec<usize>, Vec<u32>)> {
    rows.prop_flat_map(move |rows| {
        let order = Just((0..rows).collect::<Vec<usize>>()).prop_shuffle();
        (order, prop::collection::vec(0..labels, rows))
    })
}

proptest! {
    #[test]
    fn at_random_every_row_is_judged_once_and_classes_are_shared_evenly(
        (order, classes) in labeled(4..80, 4),
        folds in 2usize..7,
    ) {
        let Ok(made) = Fold::all(&order, Division::Random { classes: Some(&classes) }, folds) else { return Ok(()) };
        let count = |rows: &[usize], class: u32| rows.iter().filter(|row| classes[**row] == class).count();
        let mut judged = vec![];
        for fold in &made {
            prop_assert!(set(&fold.train).is_disjoint(&set(&fold.test)));
            prop_assert_eq!(fold.train.len() + fold.test.len(), order.len());
            judged.extend(fold.test.iter().copied());
            for class in 0..4 {
                let all = count(&order, class);
                prop_assert!(all == 0 || count(&fold.train, class) > 0, "class {} cannot be learned", class);
                let shares: Vec<usize> = made.iter().map(|fold| count(&fold.test, class)).collect();
                prop_assert!(shares.iter().max().unwrap() - shares.iter().min().unwrap() <= 1);
            }
        }
        let alone = (0..4).filter(|class| count(&order, *class) == 1).count();
        prop_assert_eq!(set(&judged).len(), judged.len());
        prop_assert_eq!(judged.len(), order.len() - alone);
        let sizes: Vec<usize> = made.iter().map(|fold| fold.test.len()).collect();
        prop_assert!(sizes.iter().max().unwrap() - sizes.iter().min().unwrap() <= 1);
    }

    #[test]
    fn no_group_is_on_two_sides((order, groups) in labeled(5..60, 9), folds in 2usize..6) {
        let classes: Vec<u32> = groups.iter().map(|group| group % 2).collect();
        let division = Division::Groups { groups: &groups, classes: Some(&classes) };
        let of = |rows: &[usize]| rows.iter().map(|row| groups[*row]).collect::<BTreeSet<u32>>();
        let there = of(&order).len();
        let made = Fold::all(&order, division, folds);
        prop_assert_eq!(made.is_ok(), there >= 2);
        for fold in made.into_iter().flatten() {
            prop_assert!(of(&fold.train).is_disjoint(&of(&fold.test)));
            prop_assert_eq!(fold.train.len() + fold.test.len(), order.len());
        }
        let split = Split::by(&order, division, Fractions::default());
        prop_assert_eq!(split.is_ok(), there >= 3);
        if let Ok(split) = split {
            let parts = [&split.train, &split.validation, &split.test].map(|rows| of(rows));
            prop_assert!(parts.iter().all(|part| !part.is_empty()));
            prop_assert_eq!(parts.iter().map(BTreeSet::len).sum::<usize>(), there);
            prop_assert_eq!(split.train.len() + split.validation.len() + split.test.len(), order.len());
        }
    }

    #[test]
    fn nothing_is_learned_from_the_future((order, times) in labeled(5..60, 12), folds in 2usize..6) {
        let times: Vec<f64> = times.into_iter().map(f64::from).collect();
        let earliest = |rows: &[usize]| rows.iter().map(|row| times[*row]).fold(f64::INFINITY, f64::min);
        let latest = |rows: &[usize]| rows.iter().map(|row| times[*row]).fold(f64::NEG_INFINITY, f64::max);
        let division = Division::Time { times: &times };
        if let Ok(made) = Fold::all(&order, division, folds) {
            prop_assert!(made.len() <= folds && made.len() >= 2);
            for (fold, next) in made.iter().zip(made.iter().skip(1).map(Some).chain([None])) {
                prop_assert!(latest(&fold.train) < earliest(&fold.test));
                let learned = next.map_or(set(&order), |next| set(&next.train));
                prop_assert_eq!(learned, &set(&fold.train) | &set(&fold.test));
            }
        }
        if let Ok(split) = Split::by(&order, division, Fractions::default()) {
            prop_assert!(latest(&split.train) < earliest(&split.validation));
            prop_assert!(latest(&split.validation) < earliest(&split.test));
            prop_assert_eq!(split.train.len() + split.validation.len() + split.test.len(), order.len());
        }
    }
}

#[test]
fn groups_of_one_size_give_the_parts_their_sizes_and_their_classes() {
    // 50 patients with 4 visits each, a fifth of them ill.
    let groups: Vec<u32> = (0..200).map(|row| row / 4).collect();
    let ill: Vec<u32> = groups.iter().map(|group| u32::from(group % 5 == 0)).collect();
    let division = Division::Groups {
        groups: &groups,
        classes: Some(&ill),
    };
    let order: Vec<usize> = (0..200).collect();
    let split = Split::by(&order, division, Fractions::default()).unwrap();
    let count = |rows: &[usize]| (rows.len(), rows.iter().filter(|row| ill[**row] == 1).count());
    assert_eq!(
        [&split.train, &split.validation, &split.test].map(|rows| count(rows)),
        [(128, 24), (32, 8), (40, 8)]
    );
    for fold in Fold::all(&order, division, 5).unwrap() {
        assert_eq!(count(&fold.test), (40, 8));
    }
}

#[test]
fn a_large_group_is_not_held_out() {
    let groups: Vec<u32> = (0..100).map(|row| if row < 60 { 0 } else { row }).collect();
    let order: Vec<usize> = (0..100).collect();
    let division = Division::Groups {
        groups: &groups,
        classes: None,
    };
    let split = Split::by(&order, division, Fractions::default()).unwrap();
    let sizes: BTreeMap<&str, usize> = [
        ("train", split.train.len()),
        ("validation", split.validation.len()),
        ("test", split.test.len()),
    ]
    .into();
    expect![[r#"{"test": 10, "train": 84, "validation": 6}"#]].assert_eq(&format!("{sizes:?}"));
    assert!(split.train.contains(&0));
}

#[test]
fn what_cannot_be_divided() {
    let check = |made: chainrule_table::Result<Vec<Fold>>, message: Expect| {
        message.assert_eq(&made.unwrap_err().to_string());
    };
    let order = [0, 1, 2, 3];
    let random = Division::Random { classes: None };
    check(
        Fold::all(&order, random, 1),
        expect!["4 rows cannot be divided into 1 folds; there must be at least two folds and a row for each"],
    );
    check(
        Fold::all(&order, random, 5),
        expect!["4 rows cannot be divided into 5 folds; there must be at least two folds and a row for each"],
    );
    let short = Division::Time { times: &[0.0, 1.0] };
    check(
        Fold::all(&order, short, 2),
        expect!["the order names row 3, but what divides them is known of 2 rows only"],
    );
    let at_once = Division::Time { times: &[1.0; 4] };
    check(
        Fold::all(&order, at_once, 2),
        expect!["4 rows at 1 moment are too few for two folds that go forward in time"],
    );
    let one = Division::Groups {
        groups: &[7; 4],
        classes: None,
    };
    check(
        Fold::all(&order, one, 2),
        expect![
            "4 rows of 1 group cannot be divided group by group; at least 2 groups are needed: divide by another column, or at random"
        ],
    );
    let (order, groups): (Vec<usize>, Vec<u32>) = (0..10).map(|row| (row as usize, row / 5)).unzip();
    let two = Division::Groups {
        groups: &groups,
        classes: None,
    };
    let error = Split::by(&order, two, Fractions::default()).unwrap_err();
    assert!(error.is_data());
    expect!["10 rows of 2 groups cannot be divided group by group; at least 3 groups are needed, one to train on, one to validate with, one to test with: divide by another column, or at random"].assert_eq(&error.to_string());
    let fractions = Fractions {
        validation: 0.2,
        test: 0.0,
    };
    assert!(Split::by(&order, two, fractions).is_ok());
    let error = Split::by(&order[..5], two, fractions).unwrap_err();
    expect!["5 rows of 1 group cannot be divided group by group; at least 2 groups are needed, one to train on, one to validate with: divide by another column, or at random"].assert_eq(&error.to_string());
    let order: Vec<usize> = (0..4).collect();
    let classes = Division::Random {
        classes: Some(&[0, 1, 2, 3]),
    };
    check(
        Fold::all(&order, classes, 2),
        expect!["there are too few rows of each class for two folds: each needs one to learn from and one to judge by"],
    );
    let order: Vec<usize> = (0..10).collect();
    let error = Split::by(&order, Division::Time { times: &[1.0; 10] }, Fractions::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "10 rows have the same time, so there is no earlier and later; divide by another column, or at random"
    );
}
