//! What holds for every seed and all arguments.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

use chainrule_numpy::{
    Blobs, Centers, Circles, Classification, Friedman1, Moons, PerFeature, PythonRandom, RandomState, Regression,
    Samples, Size, Split, SwissRoll, arange, k_fold, linspace, shuffle_split, stratified_k_fold,
    stratified_train_test_split, train_test_split, train_test_split_in_order,
};
use proptest::prelude::*;

/// Counts that hit corners: small ones, and ones that no memory holds.
fn count() -> impl Strategy<Value = usize> {
    prop_oneof![8 => 0_usize..9, 1 => Just(1 << 40), 1 => Just(usize::MAX)]
}

fn float() -> impl Strategy<Value = f64> {
    prop_oneof![4 => 0.0..1.0, 1 => -3.0..3.0, 1 => any::<f64>(), 1 => Just(0.0)]
}

fn samples() -> impl Strategy<Value = Samples> {
    prop_oneof![
        count().prop_map(Samples::Total),
        prop::collection::vec(count(), 0..4).prop_map(Samples::Each)
    ]
}

fn size() -> impl Strategy<Value = Option<Size>> {
    prop::option::of(prop_oneof![
        float().prop_map(Size::Fraction),
        count().prop_map(Size::Count)
    ])
}

fn sorted(mut numbers: Vec<usize>) -> Vec<usize> {
    numbers.sort_unstable();
    numbers
}

fn all_different(numbers: &[usize]) -> bool {
    sorted(numbers.to_vec()).windows(2).all(|pair| pair[0] < pair[1])
}

fn disjoint(split: &Split, rows: usize) -> bool {
    let both = [&split.train[..], &split.test].concat();
    all_different(&both) && both.iter().all(|&row| row < rows)
}

/// The tests together are all rows, each once, and the training is the rest.
fn assert_folds(splits: &[Split], rows: usize) {
    let tested: Vec<usize> = splits.iter().flat_map(|split| split.test.clone()).collect();
    assert_eq!(sorted(tested), (0..rows).collect::<Vec<_>>());
    for split in splits {
        let both = [&split.train[..], &split.test].concat();
        assert_eq!(sorted(both), (0..rows).collect::<Vec<_>>());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_shuffle_is_a_permutation(seed: u32, rows in 0_usize..200) {
        prop_assert_eq!(sorted(RandomState::new(seed).permutation(rows)), (0..rows).collect::<Vec<_>>());
        let mut items: Vec<usize> = (0..rows).collect();
        PythonRandom::new(seed).shuffle(&mut items);
        prop_assert_eq!(sorted(items), (0..rows).collect::<Vec<_>>());
    }

    #[test]
    fn a_choice_without_replacement_has_no_number_twice(seed: u32, weights in prop::collection::vec(0.0..1.0, 1..30)) {
        let sum: f64 = weights.iter().sum();
        prop_assume!(sum > 0.0);
        let probabilities: Vec<f64> = weights.iter().map(|weight| weight / sum).collect();
        let possible = probabilities.iter().filter(|&&p| p > 0.0).count();
        let mut random = RandomState::new(seed);
        let chosen = random.choice(weights.len(), possible, false, Some(&probabilities)).unwrap();
        prop_assert!(all_different(&chosen) && chosen.iter().all(|&i| probabilities[i] > 0.0));
        prop_assert!(all_different(&random.choice(weights.len(), weights.len(), false, None).unwrap()));
        prop_assert!(all_different(&PythonRandom::new(seed).sample(1000, weights.len()).unwrap()));
    }

    #[test]
    fn numbers_are_in_range(seed: u32, low: i64, width in 1_u64.., low_end in -1e9..1e9, length in 0.0..1e9) {
        let high = low.saturating_add_unsigned(width);
        prop_assume!(low < high);
        let mut random = RandomState::new(seed);
        prop_assert!((low..high).contains(&random.randint(low, high).unwrap()));
        prop_assert!((low_end..=low_end + length).contains(&random.uniform(low_end, low_end + length).unwrap()));
        prop_assert!((0.0..1.0).contains(&random.random_sample()));
        let mut random = PythonRandom::new(seed);
        prop_assert!((low..=high).contains(&random.randint(low, high).unwrap()));
        for step in [1, 2, 1000] {
            let up = random.randrange(low, high, step).unwrap();
            prop_assert!((low..high).contains(&up) && (i128::from(up) - i128::from(low)) % i128::from(step) == 0);
            let down = random.randrange(high, low, -step).unwrap();
            prop_assert!(low < down && down <= high);
        }
    }

    #[test]
    fn a_clone_goes_on_alike(seed: u32, drawn in 0_usize..700) {
        let mut random = RandomState::new(seed);
        random.randn(drawn);
        let mut copy = random.clone();
        prop_assert_eq!(random.randn(5), copy.randn(5));
        prop_assert_eq!(random, copy);
    }

    #[test]
    fn a_seed_is_its_words(seed: u64) {
        let words = [seed as u32, (seed >> 32) as u32, 0];
        prop_assert_eq!(PythonRandom::from_words(&words), PythonRandom::new(seed));
        prop_assert_eq!(PythonRandom::new(-i128::from(seed)), PythonRandom::new(seed));
    }

    #[test]
    fn splits_are_disjoint(rows in 0_usize..60, test in size(), train in size(), seed: u32) {
        if let Ok(split) = train_test_split(rows, test, train, &mut RandomState::new(seed)) {
            prop_assert!(disjoint(&split, rows) && !split.train.is_empty());
            let in_order = train_test_split_in_order(rows, test, train).unwrap();
            prop_assert!(disjoint(&in_order, rows));
            prop_assert_eq!(in_order.test.len(), split.test.len());
            // The default sizes are not the same.
            if test.is_some() || train.is_some() {
                let several = shuffle_split(rows, 3, test, train, &mut RandomState::new(seed)).unwrap();
                prop_assert_eq!((several.len(), &several[0]), (3, &split));
                prop_assert!(several.iter().all(|split| disjoint(split, rows)));
            }
            if train.is_none() {
                prop_assert_eq!(split.train.len() + split.test.len(), rows);
            }
        }
    }

    #[test]
    fn splits_by_class_are_disjoint(
        labels in prop::collection::vec(0_u8..4, 0..60), test in size(), train in size(), seed: u32,
    ) {
        if let Ok(split) = stratified_train_test_split(&labels, test, train, &mut RandomState::new(seed)) {
            prop_assert!(disjoint(&split, labels.len()));
            let share = split.train.len() as f64 / labels.len() as f64;
            for label in 0..4 {
                let of_class = |rows: &[usize]| rows.iter().filter(|&&row| labels[row] == label).count() as f64;
                let all: Vec<usize> = (0..labels.len()).collect();
                prop_assert!((of_class(&split.train) - of_class(&all) * share).abs() < 1.0 + 1e-9);
            }
        }
    }

    #[test]
    fn folds_cover(labels in prop::collection::vec(0_u8..4, 0..60), folds in count(), seed: u32, shuffled: bool) {
        let random = || shuffled.then(|| RandomState::new(seed));
        if let Ok(splits) = k_fold(labels.len(), folds, random().as_mut()) {
            assert_folds(&splits, labels.len());
        }
        if let Ok(splits) = stratified_k_fold(&labels, folds, random().as_mut()) {
            assert_folds(&splits, labels.len());
            for label in 0..4 {
                let of_class = |split: &Split| split.test.iter().filter(|&&row| labels[row] == label).count();
                let counts: Vec<usize> = splits.iter().map(of_class).collect();
                prop_assert!(counts.iter().max().unwrap() - counts.iter().min().unwrap() <= 1);
            }
        }
    }

    #[test]
    fn ranges_have_their_ends(start in float(), stop in float(), steps in count(), step in float()) {
        if let Ok(numbers) = linspace(start, stop, steps) {
            prop_assert_eq!(numbers.len(), steps);
            if steps > 1 {
                prop_assert_eq!(numbers.last().unwrap().to_bits(), stop.to_bits());
            }
        }
        // Small steps over small lengths only: the others may be long.
        if (stop - start).abs() / step.abs() < 1e4
            && let Ok(numbers) = arange(start, stop, step)
            && let Some(&first) = numbers.first()
        {
            prop_assert_eq!(first, start);
        }
    }

    #[test]
    fn toy_data_has_its_shape_or_an_error(
        samples in samples(), total in count(), columns in count(), some in count(), noise in float(), flag: bool,
        seed: u32,
    ) {
        let random = || RandomState::new(seed);
        let noise_of = flag.then_some(noise);
        let moons = Moons { samples: samples.clone(), shuffle: flag, noise: noise_of };
        if let Ok(data) = moons.make(&mut random()) {
            prop_assert_eq!((data.features.len(), data.target.len()), (2 * data.rows, data.rows));
            prop_assert_eq!(data.row(0).len(), 2);
            prop_assert!(data.row(data.rows).is_empty() && data.row(usize::MAX).is_empty());
        }
        let circles = Circles { samples: samples.clone(), shuffle: flag, noise: noise_of, factor: noise };
        if let Ok(data) = circles.make(&mut random()) {
            prop_assert_eq!((data.features.len(), data.target.len()), (2 * data.rows, data.rows));
        }
        let centers = flag.then_some(Centers::Count(some));
        let blobs = Blobs { samples, features: columns, centers, standard_deviations: vec![noise], ..Blobs::default() };
        if let Ok((data, centers)) = blobs.make_with_centers(&mut random()) {
            prop_assert_eq!((data.features.len(), data.columns), (data.rows * columns, columns));
            prop_assert!(data.target.iter().all(|blob| blob * columns < centers.len()));
        }
        let friedman = Friedman1 { samples: total, features: columns, noise };
        if let Ok(data) = friedman.make(&mut random()) {
            prop_assert_eq!((data.features.len(), data.target.len()), (total * columns, total));
        }
        let roll = SwissRoll { samples: total, noise, hole: flag };
        if let Ok(data) = roll.make(&mut random()) {
            prop_assert_eq!((data.features.len(), data.target.len()), (3 * total, total));
        }
        let regression = Regression {
            samples: total, features: columns, informative: noise_of.map(|_| some), targets: some, bias: noise, noise,
            shuffle: flag,
        };
        if let Ok((data, coefficients)) = regression.make_with_coefficients(&mut random()) {
            prop_assert_eq!((data.features.len(), data.target.len()), (total * columns, total * some));
            prop_assert_eq!(coefficients.len(), columns * some);
        }
    }

    #[test]
    fn classification_has_its_shape_or_an_error(
        samples in count(), features in count(), informative in count(), redundant in count(), repeated in count(),
        classes in count(), clusters_per_class in count(), weights in prop::option::of(prop::collection::vec(float(), 0..4)),
        flip in float(), separation in float(), hypercube: bool, shuffle: bool, seed: u32,
    ) {
        let classification = Classification {
            samples, features: if features == 8 { 40 } else { features }, informative, redundant, repeated, classes,
            clusters_per_class, weights, flip, separation, hypercube, shuffle,
            shift: if hypercube { PerFeature::Random } else { PerFeature::Same(flip) },
            scale: if shuffle { PerFeature::Random } else { PerFeature::Same(separation) },
        };
        if let Ok((data, kinds)) = classification.make_with_kinds(&mut RandomState::new(seed)) {
            prop_assert_eq!(data.features.len(), data.rows * data.columns);
            prop_assert_eq!((data.target.len(), kinds.len()), (samples, data.columns));
            prop_assert!(data.target.iter().all(|&class| class < classes));
        }
    }
}
